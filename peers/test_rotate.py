"""A rotation whose IAM, Secrets Manager and Parameter Store are moto's and whose SMTP is Python's: boto3 reads back what was
written, and the endpoint takes the password that boto3 found there. Then the lab, whose writes boto3 makes itself.

moto tells no last use of a key that nobody used by moto's own APIs: the old key counts as quiet since it was made.
"""

import json
import threading
import time

import boto3
import pytest
from conftest import program
from derivation import smtp_password
from doctor import COULD_NOT_RUN, HEALTHY, INCONCLUSIVE, Lab, Run, run
from models import Watch
from server import Server, SesLike
from test_apply import client_of
from test_diagnose_moto import ADMIN, POLICY, REGION

ROTATOR = {"AWS_ACCESS_KEY_ID": "AKIAREADERREADERREAD", "AWS_SECRET_ACCESS_KEY": "reader"}
WAITING = INCONCLUSIVE


class Site:
    """A user with a key in moto, and an endpoint that learns of every key of the user as SES does."""

    def __init__(self, moto: str, name: str, certificates, folder):
        self.moto, self.user = moto, name
        self.iam = self.client("iam")
        self.secrets, self.ssm = self.client("secretsmanager"), self.client("ssm")
        self.iam.create_user(UserName=name)
        self.iam.put_user_policy(UserName=name, PolicyName="send", PolicyDocument=POLICY)
        made = self.iam.create_access_key(UserName=name)["AccessKey"]
        self.key, self.password = made["AccessKeyId"], smtp_password(made["SecretAccessKey"], REGION)
        self.ses = SesLike(certificates, Logins(self))
        self.authority = str(certificates.authority)
        self.state = str(folder / "state")
        self.folder = folder

    def client(self, service: str):
        return boto3.client(service, endpoint_url=self.moto, region_name=REGION, **ADMIN)

    def keys(self) -> dict[str, str]:
        found = self.iam.list_access_keys(UserName=self.user)["AccessKeyMetadata"]
        return {key["AccessKeyId"]: key["Status"] for key in found}

    def run(self, *args: str) -> Run:
        env = ROTATOR | {"SES_DOCTOR_STATE_DIR": self.state}
        return run(*args, env=env)

    def rotate(self, server: Server, *args: str) -> Run:
        return self.run(
            "rotate", "--region", REGION, "--endpoint-url", self.moto, "--smtp-endpoint", f"{REGION}={server.address}",
            "--tls-ca", self.authority, *args,
        )  # fmt: skip

    def more(self, server: Server, *args: str) -> Run:
        options = ("--endpoint-url", self.moto, "--smtp-endpoint", f"{REGION}={server.address}", "--tls-ca", self.authority)
        return self.run(*args, *options)


class Logins:
    """What the endpoint takes: the password of each active key. moto tells a secret once, so the pairs that were stored are
    learnt from where they were stored, and the one that is not stored yet from the run's own file."""

    def __init__(self, site: Site):
        self.site = site

    def get(self, user: str) -> str | None:
        if self.site.keys().get(user) != "Active":
            return None
        if user == self.site.key:
            return self.site.password
        for file in self.site.folder.glob("state/runs/*/new-key.secret"):
            kept = json.loads(file.read_text())
            if kept["access_key_id"] == user:
                self.last = (user, smtp_password(kept["secret_access_key"], REGION))
        known, password = getattr(self, "last", (None, None))
        return password if known == user else None


@pytest.fixture
def site(moto, certificates, tmp_path, request):  # noqa: F811
    return Site(moto, f"rotate-{request.node.name}"[:60], certificates, tmp_path)


def pair(site: Site, **rest) -> str:
    return json.dumps({"host": "mail.example", "username": site.key, "password": site.password, **rest})


def test_a_secret_of_moto_is_rotated_finished_and_the_old_key_deleted(site):
    site.secrets.create_secret(Name="prod/smtp", SecretString=pair(site, port=587))
    before = site.secrets.get_secret_value(SecretId="prod/smtp")
    with Server(site.ses) as server:
        rehearsed = site.rotate(server, "--store", "secret:prod/smtp")
        assert rehearsed.code == HEALTHY and list(site.keys()) == [site.key], rehearsed
        done = site.rotate(server, "--store", "secret:prod/smtp", "--quiet-for", "0s", "--apply", "--output", "json")
        assert (done.code, done.report["verification"]["state"]) == (HEALTHY, "verified"), done
        new = done.report["rotation"]["new_key"]
        assert site.keys() == {site.key: "Inactive", new: "Active"}
        found = site.secrets.get_secret_value(SecretId="prod/smtp")
        kept = json.loads(found["SecretString"])
        assert (kept["username"], kept["host"], kept["port"]) == (new, "mail.example", 587)
        assert found["VersionId"] != before["VersionId"]
        previous = site.secrets.get_secret_value(SecretId="prod/smtp", VersionStage="AWSPREVIOUS")
        assert previous["SecretString"] == before["SecretString"]
        assert kept["password"] not in done.out + done.err
        logged_in = site.run(
            "probe", "--region", REGION, "--endpoint-url", site.moto, "--smtp-endpoint", f"{REGION}={server.address}",
            "--tls-ca", site.authority, "--password-secret", "prod/smtp",
        )  # fmt: skip
        assert logged_in.code == HEALTHY, logged_in
        finish = ("rotate", "--finish", done.report["run"], "--apply")
        assert site.more(server, *finish).code == COULD_NOT_RUN
        gone = site.more(server, *finish, "--allow-one-way", f"delete-key:{site.key}")
        assert (gone.code, site.keys()) == (HEALTHY, {new: "Active"}), gone


def test_a_rotation_of_moto_waits_and_is_undone(site):
    site.secrets.create_secret(Name="two/smtp", SecretString=pair(site))
    before = site.secrets.get_secret_value(SecretId="two/smtp")["SecretString"]
    with Server(site.ses) as server:
        waits = site.rotate(server, "--store", "secret:two/smtp", "--apply", "--output", "json")
        assert (waits.code, waits.report["outcome"]) == (WAITING, "waiting"), waits
        again = site.more(server, "runs", "resume", waits.report["run"])
        assert again.code == WAITING, again
        undone = site.run("rollback", waits.report["run"], "--apply", "--endpoint-url", site.moto)
        assert undone.code == HEALTHY, undone
    # Without a stage, moto gives the version that was written last; AWS gives the current one.
    current = site.secrets.get_secret_value(SecretId="two/smtp", VersionStage="AWSCURRENT")
    assert current["SecretString"] == before
    new = waits.report["rotation"]["new_key"]
    assert site.keys() == {site.key: "Active", new: "Inactive"}


def test_parameters_of_moto_keep_the_halves_of_a_pair(site):
    site.ssm.put_parameter(Name="/mail/user", Value=site.key, Type="String")
    site.ssm.put_parameter(Name="/mail/password", Value=site.password, Type="SecureString")
    places = ("--store", "parameter:/mail/user", "--store", "parameter:/mail/password")
    with Server(site.ses) as server:
        done = site.rotate(server, *places, "--quiet-for", "0s", "--apply", "--output", "json")
        assert done.code == HEALTHY, done

        def value(name: str) -> dict:
            return site.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]

        new = done.report["rotation"]["new_key"]
        assert (value("/mail/user")["Value"], value("/mail/user")["Version"]) == (new, 2)
        assert site.ses.logins.get(new) == value("/mail/password")["Value"]
        undone = site.run("rollback", done.report["run"], "--apply", "--endpoint-url", site.moto)
        assert undone.code == HEALTHY, undone
        assert (value("/mail/user")["Value"], value("/mail/password")["Value"]) == (site.key, site.password)
        assert value("/mail/password")["Type"] == "SecureString"


def test_a_pair_that_does_not_log_in_is_never_stored(site):
    site.secrets.create_secret(Name="three/smtp", SecretString=pair(site))
    site.ses.logins = {}
    with Server(site.ses) as server:
        options = ("--verify-for", "2", "--apply", "--output", "json")
        failed = site.rotate(server, "--store", "secret:three/smtp", *options)
    assert (failed.report["outcome"], site.keys()) == ("rolled-back", {site.key: "Active"}), failed
    assert site.secrets.get_secret_value(SecretId="three/smtp")["SecretString"] == pair(site)


def test_an_endpoint_that_learns_of_the_key_late_is_waited_for(site):
    site.secrets.create_secret(Name="four/smtp", SecretString=pair(site))
    known, site.ses.logins = site.ses.logins, {}

    def learn() -> None:
        while "AUTH" not in site.ses.commands:
            time.sleep(0.02)  # the pause between two looks
        site.ses.logins = known

    threading.Thread(target=learn, daemon=True).start()
    with Server(site.ses) as server:
        done = site.rotate(server, "--store", "secret:four/smtp", "--apply", "--output", "json")
    assert done.code == WAITING and len(site.keys()) == 2, done


def test_the_lab_makes_the_writes_of_a_rotation_as_boto3_wants_them():
    with Lab("healthy-secret") as lab:
        watch = Watch()
        iam, secrets = watch.over(client_of(lab, "iam")), watch.over(client_of(lab, "secretsmanager"))
        user = iam.get_access_key_last_used(AccessKeyId=lab["SMTP_USERNAME"])["UserName"]
        made = iam.create_access_key(UserName=user)["AccessKey"]
        assert made["Status"] == "Active" and len(made["SecretAccessKey"]) == 40
        with pytest.raises(iam.exceptions.LimitExceededException):
            iam.create_access_key(UserName=user)
        own = client_of(lab, "sts").get_caller_identity()["Account"]
        assert client_of(lab, "sts").get_access_key_info(AccessKeyId=made["AccessKeyId"])["Account"] == own
        current = secrets.get_secret_value(SecretId="choir/ses-smtp")
        same = secrets.put_secret_value(
            SecretId="choir/ses-smtp",
            SecretString=current["SecretString"],
            ClientRequestToken=current["VersionId"],
            VersionStages=["AWSCURRENT"],
        )
        assert same["VersionId"] == current["VersionId"]
        with pytest.raises(secrets.exceptions.ResourceExistsException):
            secrets.put_secret_value(
                SecretId="choir/ses-smtp", SecretString="another", ClientRequestToken=current["VersionId"]
            )
        assert secrets.get_secret_value(SecretId="choir/ses-smtp")["SecretString"] == current["SecretString"]
        iam.update_access_key(UserName=user, AccessKeyId=made["AccessKeyId"], Status="Inactive")
        iam.delete_access_key(UserName=user, AccessKeyId=made["AccessKeyId"])
        assert watch.differences == []


def test_boto3_reads_back_what_a_rotation_wrote_into_the_lab(tmp_path):
    program("moto_server")  # the same peers as the others
    with Lab("healthy-secret") as lab:
        env = lab.environment | {"SES_DOCTOR_STATE_DIR": str(tmp_path / "state")}
        options = ("--store", "secret:choir/ses-smtp", "--quiet-for", "5m", "--apply", "--output", "json")
        done = run("rotate", *options, env=env)
        assert done.code == HEALTHY, done
        iam, secrets = client_of(lab, "iam"), client_of(lab, "secretsmanager")
        found = secrets.get_secret_value(SecretId="choir/ses-smtp")
        kept = json.loads(found["SecretString"])
        owner = iam.get_access_key_last_used(AccessKeyId=kept["username"])["UserName"]
        statuses = {key["AccessKeyId"]: key["Status"] for key in iam.list_access_keys(UserName=owner)["AccessKeyMetadata"]}
        assert statuses == {lab["SMTP_USERNAME"]: "Inactive", kept["username"]: "Active"}
        assert kept["username"] == done.report["rotation"]["new_key"]
        stages = secrets.describe_secret(SecretId="choir/ses-smtp")["VersionIdsToStages"]
        assert "AWSCURRENT" in stages[found["VersionId"]] and len(stages) >= 2
        # The history of IAM is in us-east-1, that of Secrets Manager in the secret's region.
        for region, name in (("us-east-1", "CreateAccessKey"), (lab["AWS_REGION"], "PutSecretValue")):
            trail = client_of(Elsewhere(lab, region), "cloudtrail")
            events = trail.lookup_events()["Events"]
            assert name in [event["EventName"] for event in events]
            assert kept["password"] not in json.dumps([event["CloudTrailEvent"] for event in events])


class Elsewhere:
    """The same lab, with its clients in another region."""

    def __init__(self, lab: Lab, region: str):
        self.lab, self.region = lab, region

    def __getitem__(self, name: str) -> str:
        return self.region if name == "AWS_REGION" else self.lab[name]
