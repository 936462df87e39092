"""A diagnosis whose AWS is moto's and whose SMTP is Python's: nothing in this world but the command is ours.

moto has no SESv2 GetAccount, no CloudTrail LookupEvents and no AWS Health: the diagnosis must get by without them, and
say so.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from derivation import smtp_password
from doctor import CAUSE_FOUND, HEALTHY, INCONCLUSIVE, Run, run
from server import Server, SesLike

REGION = "eu-west-1"
ADMIN = {"aws_access_key_id": "admin", "aws_secret_access_key": "admin"}
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}]}'


@dataclass
class World:
    """An IAM user with a key in moto, and the SMTP endpoints of two regions that know its passwords."""

    moto: str
    iam: object
    user: str
    key: str
    secret: str
    endpoints: list[str]
    authority: str
    ses: dict[str, SesLike]

    def evidence(self, done: Run, name: str) -> dict:
        (found,) = [item for item in done.report["evidence"] if item["id"] == name]
        return found

    def diagnose(self, password_file: str, *args: str) -> Run:
        reader = {"AWS_ACCESS_KEY_ID": "AKIAREADERREADERREAD", "AWS_SECRET_ACCESS_KEY": "reader"}
        endpoints = [part for endpoint in self.endpoints for part in ("--smtp-endpoint", endpoint)]
        return run(
            "diagnose", "--region", REGION, *endpoints, "--endpoint-url", self.moto, "--tls-ca", self.authority,
            "--username", self.key, "--password-file", password_file, "--no-wait", "--output", "json", *args, env=reader,
        )  # fmt: skip

    def diagnose_kept(self, *args: str) -> Run:
        """With a pair that moto keeps, and none of the client's own."""
        reader = {"AWS_ACCESS_KEY_ID": "AKIAREADERREADERREAD", "AWS_SECRET_ACCESS_KEY": "reader"}
        endpoints = [part for endpoint in self.endpoints for part in ("--smtp-endpoint", endpoint)]
        return run(
            "diagnose", "--region", REGION, *endpoints, "--endpoint-url", self.moto, "--tls-ca", self.authority,
            "--output", "json", *args, env=reader,
        )  # fmt: skip

    def kept(self, done: Run) -> dict:
        assert self.secret not in done.out + done.err and smtp_password(self.secret, REGION) not in done.out + done.err
        (source,) = [item for item in done.report["evidence"] if item["id"] == "password.source"]
        return source


@pytest.fixture
def world(moto, certificates, request):
    name = f"smtp-{request.node.name}"[:60].replace("[", "-").replace("]", "")
    iam = boto3.client("iam", endpoint_url=moto, region_name="us-east-1", **ADMIN)
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="send", PolicyDocument=POLICY)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    user, secret = key["AccessKeyId"], key["SecretAccessKey"]
    ses = {
        region: SesLike(certificates, {user: smtp_password(secret, region)}) for region in (REGION, "us-east-1")
    }
    with Server(ses[REGION]) as here, Server(ses["us-east-1"]) as there:
        endpoints = [f"{REGION}={here.address}", f"us-east-1={there.address}"]
        yield World(moto, iam, name, user, secret, endpoints, str(certificates.authority), ses)


def test_where_the_account_cannot_be_read_only_a_message_that_ses_took_is_healthy(world, secret_file):
    password = secret_file(smtp_password(world.secret, REGION))
    done = world.diagnose(password)
    # moto does not tell whether the account may send, so that a login that works is not the whole answer.
    assert (done.code, done.report["outcome"], done.causes) == (INCONCLUSIVE, "inconclusive", []), done
    done = world.diagnose(password, "--send", "--from", SENDER)
    assert (done.code, done.report["outcome"]) == (HEALTHY, "healthy"), done


def test_what_moto_does_not_have_is_unavailable_and_not_absent(world, secret_file):
    done = world.diagnose(secret_file(smtp_password(world.secret, "us-east-1")))
    unavailable = [item for item in done.report["evidence"] if item.get("unavailable")]
    sources = " ".join(str(item) for item in unavailable).lower()
    assert "lookupevents" in sources or "cloudtrail" in sources, done
    assert "getaccount" in sources or "sesv2" in sources, done


def test_the_password_of_another_region_is_named(world, secret_file):
    done = world.diagnose(secret_file(smtp_password(world.secret, "us-east-1")))
    assert (done.code, done.report["outcome"]) == (CAUSE_FOUND, "cause-found"), done
    assert done.causes[0] == ("wrong-region-password", "confirmed"), done


def refuse(world: World) -> None:
    """From now on the endpoints know this key no more, as SES does not once IAM has changed."""
    for one in world.ses.values():
        one.logins.clear()


def test_an_inactive_key_is_named(world, secret_file):
    world.iam.update_access_key(UserName=world.user, AccessKeyId=world.key, Status="Inactive")
    refuse(world)
    done = world.diagnose(secret_file(smtp_password(world.secret, REGION)))
    assert (done.code, done.causes[0]) == (CAUSE_FOUND, ("key-inactive", "confirmed")), done


def test_a_deleted_key_is_named(world, secret_file):
    world.iam.delete_access_key(UserName=world.user, AccessKeyId=world.key)
    refuse(world)
    done = world.diagnose(secret_file(smtp_password(world.secret, REGION)))
    # moto has no CloudTrail, so that nothing tells whether the key went alone or with its user.
    assert (done.code, done.causes[0]) == (INCONCLUSIVE, ("key-deleted", "possible")), done


def test_a_raw_secret_key_is_named(world, secret_file):
    done = world.diagnose(secret_file(world.secret))
    assert (done.code, done.causes[0][0]) == (CAUSE_FOUND, "raw-secret-key-as-password"), done
    assert world.secret not in done.out + done.err


SENDER = "orders@shop.example"


def refuse_message(world: World) -> None:
    """A send that SES refuses for want of permission, in SES's words, which name no reason."""
    user = world.iam.get_user(UserName=world.user)["User"]["Arn"]
    account = user.split(":")[4]
    identity = f"arn:aws:ses:{REGION}:{account}:identity/shop.example"
    for one in world.ses.values():
        one.refusal = (
            f"554 Access denied: User `{user}' is not authorized to perform `ses:SendRawEmail' on resource `{identity}'"
        )


def policy(effect: str, action: str = "ses:SendRawEmail", **rest) -> str:
    statement = {"Effect": effect, "Action": action, "Resource": "*", **rest}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def no_policy(world: World) -> None:
    world.iam.delete_user_policy(UserName=world.user, PolicyName="send")


def deny_of_a_group(world: World) -> None:
    group = f"{world.user}-group"
    world.iam.create_group(GroupName=group)
    world.iam.put_group_policy(GroupName=group, PolicyName="freeze", PolicyDocument=policy("Deny", "ses:*"))
    world.iam.add_user_to_group(GroupName=group, UserName=world.user)


def managed_policy_of_a_second_version(world: World) -> None:
    """The default version refuses what the first one allowed."""
    no_policy(world)
    arn = world.iam.create_policy(PolicyName=f"{world.user}-send", PolicyDocument=POLICY)["Policy"]["Arn"]
    world.iam.attach_user_policy(UserName=world.user, PolicyArn=arn)
    elsewhere = policy("Allow", Condition={"StringEquals": {"ses:FromAddress": "news@shop.example"}})
    world.iam.create_policy_version(PolicyArn=arn, PolicyDocument=elsewhere, SetAsDefault=True)


def only_from_one_address(world: World) -> None:
    there = {"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}}
    world.iam.put_user_policy(UserName=world.user, PolicyName="place", PolicyDocument=policy("Deny", Condition=there))


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        (no_policy, "missing-send-permission"),
        (deny_of_a_group, "explicit-deny"),
        (managed_policy_of_a_second_version, "from-address-condition"),
    ],
)
def test_a_refused_permission_is_traced_to_its_policy(world, secret_file, spoil, cause):
    spoil(world)
    refuse_message(world)
    password = secret_file(smtp_password(world.secret, REGION))
    done = world.diagnose(password, "--send", "--from", SENDER)
    assert (done.code, done.causes[0][0]) == (CAUSE_FOUND, cause), done
    assert done.causes[0][1] in ("confirmed", "likely"), done


def test_a_deny_of_other_places_is_not_blamed_while_this_place_is_let_through(world, secret_file):
    only_from_one_address(world)
    no_policy(world)
    refuse_message(world)
    done = world.diagnose(secret_file(smtp_password(world.secret, REGION)), "--send", "--from", SENDER)
    blamed = {cause for cause, verdict in done.causes if verdict in ("confirmed", "likely")}
    # moto calls no identity verified, which is found too.
    assert blamed == {"missing-send-permission", "identity-not-verified"}, done


def test_a_configuration_set_that_is_not_there_is_named(world, secret_file):
    for one in world.ses.values():
        one.refusal = "554 Configuration set does not exist"
    options = ("--send", "--from", SENDER, "--configuration-set", "newsletters")
    done = world.diagnose(secret_file(smtp_password(world.secret, REGION)), *options)
    assert (done.code, done.causes[0]) == (CAUSE_FOUND, ("configuration-set-missing", "confirmed")), done


def pair(world: World, password: str) -> str:
    return json.dumps({"SMTP_USERNAME": world.key, "SMTP_PASSWORD": password})


def test_a_secret_of_secrets_manager_gives_the_pair(world):
    secrets = boto3.client("secretsmanager", endpoint_url=world.moto, region_name=REGION, **ADMIN)
    arn = secrets.create_secret(Name="one/smtp", SecretString=pair(world, smtp_password(world.secret, REGION)))["ARN"]
    for name in ("one/smtp", arn):
        done = world.diagnose_kept("--password-secret", name)
        assert (done.code, done.report["outcome"]) == (INCONCLUSIVE, "inconclusive"), done
        assert world.kept(done)["value"]["name"] == "one/smtp"


def test_a_client_that_has_the_version_before_the_current_one_is_told_so(world, secret_file):
    secrets = boto3.client("secretsmanager", endpoint_url=world.moto, region_name=REGION, **ADMIN)
    old = smtp_password("x" * 40, REGION)
    secrets.create_secret(Name="two/smtp", SecretString=pair(world, old))
    secrets.put_secret_value(SecretId="two/smtp", SecretString=pair(world, smtp_password(world.secret, REGION)))
    done = world.diagnose(secret_file(old), "--password-secret", "two/smtp")
    assert done.causes[0] == ("secret-not-reloaded", "confirmed"), done
    assert world.kept(done)["value"]["own_pair"] == "previous"


def test_a_parameter_of_systems_manager_gives_the_password(world):
    ssm = boto3.client("ssm", endpoint_url=world.moto, region_name=REGION, **ADMIN)
    ssm.put_parameter(Name="/smtp/password", Value=smtp_password(world.secret, REGION), Type="SecureString")
    done = world.diagnose_kept("--username", world.key, "--password-parameter", "/smtp/password")
    assert (done.code, done.report["outcome"]) == (INCONCLUSIVE, "inconclusive"), done
    assert world.kept(done)["value"]["keeper"] == "parameter-store"


def test_a_secret_that_is_not_there_or_is_marked_for_deletion_is_no_clean_bill(world):
    secrets = boto3.client("secretsmanager", endpoint_url=world.moto, region_name=REGION, **ADMIN)
    done = world.diagnose_kept("--password-secret", "nothing/smtp")
    assert (done.code, world.kept(done)["value"]) == (INCONCLUSIVE, None), done
    secrets.create_secret(Name="gone/smtp", SecretString="x")
    secrets.delete_secret(SecretId="gone/smtp", RecoveryWindowInDays=7)
    done = world.diagnose_kept("--password-secret", "gone/smtp")
    assert done.code == INCONCLUSIVE and "marked for deletion" in world.kept(done)["unavailable"], done


def test_what_cloudwatch_counted_is_read(world, secret_file):
    """When mail stopped, by moto's CloudWatch, which is written to by boto3."""
    cloudwatch = boto3.client("cloudwatch", endpoint_url=world.moto, region_name=REGION, **ADMIN)
    now = datetime.now(timezone.utc)
    ages = [timedelta(minutes=5 * step) for step in range(12, 600, 12)]
    for chunk in (ages[:20], ages[20:]):
        data = [{"MetricName": "Send", "Timestamp": now - age, "Value": 3.0, "Unit": "Count"} for age in chunk]
        cloudwatch.put_metric_data(Namespace="AWS/SES", MetricData=data)
    world.iam.update_access_key(UserName=world.user, AccessKeyId=world.key, Status="Inactive")
    refuse(world)
    done = world.diagnose(secret_file(smtp_password(world.secret, REGION)))
    sending = world.evidence(done, "cloudwatch.sending")
    assert not sending.get("unavailable"), sending
    (sends,) = [series for series in sending["value"]["series"] if series["metric"] == "Send"]
    assert sum(value or 0 for value in sends["values"]) == 3.0 * len(ages), sends


def test_the_path_in_the_organization_is_read(world, secret_file):
    organizations = boto3.client("organizations", endpoint_url=world.moto, region_name="us-east-1", **ADMIN)
    organizations.create_organization(FeatureSet="ALL")
    try:
        root = organizations.list_roots()["Roots"][0]["Id"]
        organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
        refuse_message(world)
        done = world.diagnose(secret_file(smtp_password(world.secret, REGION)), "--send", "--from", SENDER)
        path = world.evidence(done, "organizations.path")
        assert not path.get("unavailable"), path
        assert path["value"]["management_account"] in json.dumps(organizations.describe_organization()), path
    finally:
        organizations.delete_organization()


def test_the_endpoints_of_the_vpc_are_read(world, secret_file):
    ec2 = boto3.client("ec2", endpoint_url=world.moto, region_name=REGION, **ADMIN)
    vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    service = f"com.amazonaws.{REGION}.email-smtp"
    made = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=service, VpcEndpointType="Interface")["VpcEndpoint"]
    refuse_message(world)
    done = world.diagnose(secret_file(smtp_password(world.secret, REGION)), "--send", "--from", SENDER)
    found = world.evidence(done, "ec2.vpc-endpoints")
    assert not found.get("unavailable"), found
    assert made["VpcEndpointId"] in [endpoint["id"] for endpoint in found["value"]], found
