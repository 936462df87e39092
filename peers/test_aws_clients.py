"""boto3 and the AWS CLI drive the lab as they drive AWS: nothing about them is changed but the endpoint."""

import json
import subprocess

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import program
from doctor import Lab, clean_environment
from models import Watch


def client_of(lab: Lab, service: str, **changed: str):
    settings = {
        "endpoint_url": lab["AWS_ENDPOINT_URL"],
        "region_name": lab["AWS_REGION"],
        "aws_access_key_id": lab["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": lab["AWS_SECRET_ACCESS_KEY"],
        "config": Config(retries={"total_max_attempts": 1}, proxies={}),
    }
    return boto3.client(service, **settings | changed)


@pytest.fixture(scope="module")
def healthy(lab) -> Lab:
    return lab("healthy")


@pytest.fixture(scope="module")
def member(lab) -> Lab:
    """The account of a delegated administrator, deep in an organization."""
    return lab("healthy-organization")


@pytest.fixture(params=["boto3", "aws-cli"])
def call(request, healthy):
    """`call("iam", "list-users")` in the CLI's words, by either client; gives the answer as JSON has it."""

    def by_boto3(service: str, operation: str, **arguments) -> dict:
        answer = getattr(client_of(healthy, service), operation.replace("-", "_"))(**arguments)
        del answer["ResponseMetadata"]
        return json.loads(json.dumps(answer, default=str))

    def by_cli(service: str, operation: str, **arguments) -> dict:
        given = ["--cli-input-json", json.dumps(arguments)] if arguments else []
        return json.loads(aws_cli(healthy, service, operation, *given).stdout)

    return by_boto3 if request.param == "boto3" else by_cli


def aws_cli(lab: Lab, *args: str, check: bool = True, **changed: str) -> subprocess.CompletedProcess:
    command = [program("aws"), *args, "--output", "json"]
    env = clean_environment(AWS_MAX_ATTEMPTS="1", AWS_PAGER="", **lab.environment | changed)
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert not check or done.returncode == 0, f"{command}: {done.stderr}"
    return done


def test_sts_names_the_caller(call):
    identity = call("sts", "get-caller-identity")
    assert identity["Arn"].split(":")[4] == identity["Account"]


def test_sts_names_the_account_of_the_smtp_key(call, healthy):
    account = call("sts", "get-caller-identity")["Account"]
    assert call("sts", "get-access-key-info", AccessKeyId=healthy["SMTP_USERNAME"])["Account"] == account


def test_iam_names_the_user_of_the_smtp_key(call, healthy):
    found = call("iam", "get-access-key-last-used", AccessKeyId=healthy["SMTP_USERNAME"])
    keys = call("iam", "list-access-keys", UserName=found["UserName"])["AccessKeyMetadata"]
    statuses = {key["AccessKeyId"]: key["Status"] for key in keys}
    assert statuses[healthy["SMTP_USERNAME"]] == "Active"


def test_a_user_that_is_not_there_is_nosuchentity(healthy):
    with pytest.raises(ClientError) as refused:
        client_of(healthy, "iam").get_user(UserName="nobody-of-this-name")
    assert refused.value.response["Error"]["Code"] == "NoSuchEntity"


def test_users_come_in_pages(healthy):
    iam = client_of(healthy, "iam")
    whole = [user["UserName"] for user in iam.list_users()["Users"]]
    pages = list(iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 1}))
    assert whole and [user["UserName"] for page in pages for user in page["Users"]] == whole
    assert len(pages) == len(whole)


def test_the_cli_pages_through_users_too(healthy):
    paged = json.loads(aws_cli(healthy, "iam", "list-users", "--page-size", "1").stdout)
    whole = json.loads(aws_cli(healthy, "iam", "list-users").stdout)
    assert paged["Users"] == whole["Users"]


def test_ses_describes_its_account(call):
    account = call("sesv2", "get-account")
    assert account["SendingEnabled"] is True
    assert account["SendQuota"]["Max24HourSend"] > 0


def test_ses_lists_its_identities(call):
    identities = call("sesv2", "list-email-identities")["EmailIdentities"]
    assert identities
    details = call("sesv2", "get-email-identity", EmailIdentity=identities[0]["IdentityName"])
    assert details["VerifiedForSendingStatus"] is True


def test_an_identity_has_the_policies_that_its_own_call_lists(member):
    ses = client_of(member, "sesv2")
    name = ses.list_email_identities()["EmailIdentities"][0]["IdentityName"]
    policies = ses.get_email_identity_policies(EmailIdentity=name)["Policies"]
    assert json.loads(policies["PartnerMaySend"])["Statement"][0]["Action"] == "ses:SendRawEmail"
    assert ses.get_email_identity(EmailIdentity=name)["Policies"] == policies


def test_a_configuration_set_is_switched_off_and_on():
    with Lab("configuration-set-paused") as own:
        watch = Watch()
        ses = watch.over(client_of(own, "sesv2"))
        name = ses.list_configuration_sets()["ConfigurationSets"][0]
        for enabled in (True, False):
            ses.put_configuration_set_sending_options(ConfigurationSetName=name, SendingEnabled=enabled)
            found = ses.get_configuration_set(ConfigurationSetName=name)
            assert found["SendingOptions"] == {"SendingEnabled": enabled}
        ses.create_configuration_set(ConfigurationSetName="another", SendingOptions={"SendingEnabled": False})
        assert not ses.get_configuration_set(ConfigurationSetName="another")["SendingOptions"]["SendingEnabled"]
        ses.delete_configuration_set(ConfigurationSetName="another")
        with pytest.raises(ses.exceptions.NotFoundException):
            ses.get_configuration_set(ConfigurationSetName="another")
        assert watch.differences == []


def test_a_tenant_is_made_given_resources_switched_and_deleted():
    with Lab("healthy-tenant") as own:
        watch = Watch()
        ses = watch.over(client_of(own, "sesv2"))
        made = ses.create_tenant(TenantName="matinee")
        assert (made["TenantName"], made["SendingStatus"]) == ("matinee", "ENABLED")
        listed = ses.get_paginator("list_tenants").paginate(PaginationConfig={"PageSize": 1})
        assert [tenant["TenantName"] for page in listed for tenant in page["Tenants"]][-1] == "matinee"
        identity = ses.list_email_identities()["EmailIdentities"][0]["IdentityName"]
        arn = made["TenantArn"].rsplit(":", 1)[0] + f":identity/{identity}"
        ses.create_tenant_resource_association(TenantName="matinee", ResourceArn=arn)
        with pytest.raises(ses.exceptions.AlreadyExistsException):
            ses.create_tenant_resource_association(TenantName="matinee", ResourceArn=arn)
        resources = ses.list_tenant_resources(TenantName="matinee", Filter={"RESOURCE_TYPE": "EMAIL_IDENTITY"})
        assert resources["TenantResources"] == [{"ResourceType": "EMAIL_IDENTITY", "ResourceArn": arn}]
        assert "matinee" in [one["TenantName"] for one in ses.list_resource_tenants(ResourceArn=arn)["ResourceTenants"]]
        entity = {"ReputationEntityType": "RESOURCE", "ReputationEntityReference": made["TenantArn"]}
        ses.update_reputation_entity_customer_managed_status(**entity, SendingStatus="DISABLED")
        assert ses.get_tenant(TenantName="matinee")["Tenant"]["SendingStatus"] == "DISABLED"
        statuses = ses.get_reputation_entity(**entity)["ReputationEntity"]
        assert statuses["CustomerManagedStatus"]["Status"] == "DISABLED"
        assert statuses["AwsSesManagedStatus"]["Status"] == "ENABLED"
        ses.delete_tenant_resource_association(TenantName="matinee", ResourceArn=arn)
        ses.delete_tenant(TenantName="matinee")
        with pytest.raises(ses.exceptions.NotFoundException):
            ses.get_tenant(TenantName="matinee")
        assert watch.differences == []


def test_cloudtrail_answers_in_its_own_form(call):
    events = call("cloudtrail", "lookup-events")["Events"]
    for event in events:
        assert json.loads(event["CloudTrailEvent"])["eventName"] == event["EventName"]


def test_the_organization_is_climbed_from_the_account_to_the_root(member):
    organizations = client_of(member, "organizations")
    account = client_of(member, "sts").get_caller_identity()["Account"]
    organization = organizations.describe_organization()["Organization"]
    steps = [account]
    while not steps[-1].startswith("r-"):
        steps += [parent["Id"] for parent in organizations.list_parents(ChildId=steps[-1])["Parents"]]
    path = "/".join([organization["Id"], *reversed(steps)]) + "/"
    assert organizations.describe_account(AccountId=account)["Account"].get("Paths", [path]) == [path]
    unit = organizations.describe_organizational_unit(OrganizationalUnitId=steps[1])["OrganizationalUnit"]
    assert unit["Name"] == "Production"
    assert organization["MasterAccountId"] != account


def test_control_policies_come_in_pages_with_their_documents(member):
    organizations = client_of(member, "organizations")
    account = client_of(member, "sts").get_caller_identity()["Account"]
    unit = organizations.list_parents(ChildId=account)["Parents"][0]["Id"]
    root = organizations.list_parents(ChildId=organizations.list_parents(ChildId=unit)["Parents"][0]["Id"])
    pages = organizations.get_paginator("list_policies_for_target").paginate(
        TargetId=root["Parents"][0]["Id"], Filter="SERVICE_CONTROL_POLICY", PaginationConfig={"PageSize": 1}
    )
    policies = [policy for page in pages for policy in page["Policies"]]
    assert [(policy["Name"], policy["AwsManaged"]) for policy in policies] == [
        ("FullAWSAccess", True),
        ("NobodyLeaves", False),
    ]
    for policy in policies:
        content = organizations.describe_policy(PolicyId=policy["Id"])["Policy"]["Content"]
        assert json.loads(content)["Statement"]


def test_vpc_endpoints_are_found_by_their_service_with_their_security_groups(lab):
    ec2 = client_of(lab("healthy-vpc-endpoint"), "ec2")
    service = f"com.amazonaws.{ec2.meta.region_name}.email-smtp"
    pages = ec2.get_paginator("describe_vpc_endpoints").paginate(
        Filters=[{"Name": "service-name", "Values": [service]}], PaginationConfig={"PageSize": 1}
    )
    (endpoint,) = [endpoint for page in pages for endpoint in page["VpcEndpoints"]]
    assert (endpoint["ServiceName"], endpoint["State"], endpoint["PrivateDnsEnabled"]) == (service, "available", True)
    assert json.loads(endpoint["PolicyDocument"])["Statement"][0]["Action"] == "ses:SendRawEmail"
    (group,) = ec2.describe_security_groups(GroupIds=[endpoint["Groups"][0]["GroupId"]])["SecurityGroups"]
    (rule,) = group["IpPermissions"]
    assert (rule["FromPort"], rule["ToPort"], rule["IpRanges"]) == (587, 587, [{"CidrIp": "10.24.0.0/16"}])


def test_ec2_refuses_in_its_own_words(lab):
    ec2 = client_of(lab("healthy-vpc-endpoint"), "ec2")
    with pytest.raises(ClientError) as refused:
        ec2.describe_security_groups(GroupIds=["sg-00000000000000000"])
    assert refused.value.response["Error"]["Code"] == "InvalidGroup.NotFound"


def test_the_simulator_answers_for_the_smtp_user(member):
    iam = client_of(member, "iam")
    user = iam.get_access_key_last_used(AccessKeyId=member["SMTP_USERNAME"])["UserName"]
    question = {
        "PolicySourceArn": iam.get_user(UserName=user)["User"]["Arn"],
        "ActionNames": ["ses:SendRawEmail", "s3:GetObject"],
        "ContextEntries": [
            {"ContextKeyName": "ses:FromAddress", "ContextKeyValues": ["a@b.example"], "ContextKeyType": "string"}
        ],
    }
    pages = iam.get_paginator("simulate_principal_policy").paginate(**question, PaginationConfig={"PageSize": 1})
    sending, other = [result for page in pages for result in page["EvaluationResults"]]
    assert (sending["EvalActionName"], sending["EvalDecision"]) == ("ses:SendRawEmail", "allowed")
    assert sending["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": True}
    assert sending["MatchedStatements"][0]["StartPosition"]["Line"] == 1
    assert other["EvalDecision"] == "implicitDeny"
    assert other["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": False}


def health_cli(lab: Lab, *args: str, check: bool = True) -> subprocess.CompletedProcess:
    """For Health the CLI takes its own endpoint over that of the environment, but not over that of an option."""
    return aws_cli(lab, "health", *args, "--endpoint-url", lab["AWS_ENDPOINT_URL"], check=check)


def test_the_cli_reads_health_and_cloudwatch(lab):
    outage = lab("aws-outage")
    events = json.loads(health_cli(outage, "describe-events", "--filter", "services=SES").stdout)["events"]
    assert [(event["eventTypeCode"], event["statusCode"]) for event in events] == [("AWS_SES_OPERATIONAL_ISSUE", "open")]
    details = health_cli(outage, "describe-event-details", "--event-arns", events[0]["arn"]).stdout
    assert "SMTP authentication" in details
    metrics = json.loads(aws_cli(outage, "cloudwatch", "list-metrics", "--namespace", "AWS/SES").stdout)["Metrics"]
    assert {metric["MetricName"] for metric in metrics} == {"Send", "Delivery"}
    stat = {"Metric": {"Namespace": "AWS/SES", "MetricName": "Send"}, "Period": 86400, "Stat": "Sum"}
    queries = json.dumps([{"Id": "sent", "MetricStat": stat}])
    window = ["--start-time", "2026-01-01T00:00:00Z", "--end-time", "2100-01-01T00:00:00Z"]
    data = aws_cli(outage, "cloudwatch", "get-metric-data", "--metric-data-queries", queries, *window).stdout
    assert max(json.loads(data)["MetricDataResults"][0]["Values"]) == 7.0 * 288


def test_health_refuses_an_account_without_the_support_plan(lab):
    refused = health_cli(lab("healthy-wrapper-port"), "describe-events", check=False)
    assert refused.returncode != 0 and "SubscriptionRequiredException" in refused.stderr


def test_an_account_of_no_organization_is_told_so(healthy):
    with pytest.raises(ClientError) as refused:
        client_of(healthy, "organizations").describe_organization()
    assert refused.value.response["Error"]["Code"] == "AWSOrganizationsNotInUseException"


def test_a_write_lands_in_the_history():
    with Lab("healthy") as own:
        iam = client_of(own, "iam")
        key = own["SMTP_USERNAME"]
        user = iam.get_access_key_last_used(AccessKeyId=key)["UserName"]
        iam.update_access_key(UserName=user, AccessKeyId=key, Status="Inactive")
        # IAM's events are kept in us-east-1, wherever the account sends from.
        history = client_of(own, "cloudtrail", region_name="us-east-1")
        name = [{"AttributeKey": "EventName", "AttributeValue": "UpdateAccessKey"}]
        records = [json.loads(e["CloudTrailEvent"]) for e in history.lookup_events(LookupAttributes=name)["Events"]]
    asked = records[0]["requestParameters"]
    assert asked == {"userName": user, "accessKeyId": key, "status": "Inactive"}
    assert records[0]["eventSource"] == "iam.amazonaws.com"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"aws_secret_access_key": "w" * 40}, "SignatureDoesNotMatch"),
        ({"aws_access_key_id": "AKIAZZZZZZZZZZZZZZZZ"}, "InvalidClientTokenId"),
    ],
)
@pytest.mark.parametrize(("service", "operation"), [("sts", "get_caller_identity"), ("iam", "list_users")])
def test_a_bad_signature_is_refused_in_aws_words(healthy, service, operation, changed, code):
    with pytest.raises(ClientError) as refused:
        getattr(client_of(healthy, service, **changed), operation)()
    assert refused.value.response["Error"]["Code"] == code


def test_the_cli_is_refused_too(healthy):
    refused = aws_cli(healthy, "sts", "get-caller-identity", check=False, AWS_SECRET_ACCESS_KEY="w" * 40)
    assert refused.returncode != 0 and "SignatureDoesNotMatch" in refused.stderr
