"""Every API that the lab serves, called by boto3 and held to botocore's models by the letter."""

import json
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from doctor import Lab
from models import Watch

ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ses:Get*", "Resource": "*"}]})


class Account:
    """The AWS APIs of one lab, each answer held to its model."""

    def __init__(self, lab: Lab):
        self.lab = lab
        self.watch = Watch()

    def __getattr__(self, service: str):
        lab = self.__dict__["lab"]
        made = boto3.client(
            service,
            endpoint_url=lab["AWS_ENDPOINT_URL"],
            region_name=lab["AWS_REGION"],
            aws_access_key_id=lab["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=lab["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )
        setattr(self, service, self.watch.over(made))
        return made

    def refused(self, call, code: str, **arguments):
        with pytest.raises(ClientError) as error:
            call(**arguments)
        assert error.value.response["Error"]["Code"] == code


@pytest.fixture
def account(request):
    with Lab(request.param) as lab:
        yield Account(lab)


def in_world(name: str):
    return pytest.mark.parametrize("account", [name], indirect=True, ids=[name])


@in_world("healthy-organization")
def test_reads_of_iam_and_sts(account):
    iam, key = account.iam, account.lab["SMTP_USERNAME"]
    account.sts.get_caller_identity()
    account.sts.get_access_key_info(AccessKeyId=key)
    user = iam.get_access_key_last_used(AccessKeyId=key)["UserName"]
    arn = iam.get_user(UserName=user)["User"]["Arn"]
    iam.list_users()
    iam.list_access_keys(UserName=user)
    for name in iam.list_user_policies(UserName=user)["PolicyNames"]:
        iam.get_user_policy(UserName=user, PolicyName=name)
    for group in iam.list_groups_for_user(UserName=user)["Groups"]:
        for name in iam.list_group_policies(GroupName=group["GroupName"])["PolicyNames"]:
            iam.get_group_policy(GroupName=group["GroupName"], PolicyName=name)
        iam.list_attached_group_policies(GroupName=group["GroupName"])
    iam.get_account_summary()
    attached = iam.list_attached_user_policies(UserName=user)["AttachedPolicies"]
    for policy in [entry["PolicyArn"] for entry in attached] + ["arn:aws:iam::aws:policy/SecurityAudit"]:
        version = iam.get_policy(PolicyArn=policy)["Policy"]["DefaultVersionId"]
        iam.get_policy_version(PolicyArn=policy, VersionId=version)
    iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["ses:SendRawEmail", "s3:GetObject"])
    account.refused(iam.get_user, "NoSuchEntity", UserName="nobody-of-this-name")
    assert account.watch.differences == []


@in_world("healthy-organization")
def test_reads_of_organizations_and_ses(account):
    organizations, ses = account.organizations, account.sesv2
    organizations.describe_organization()
    own = account.sts.get_caller_identity()["Account"]
    organizations.describe_account(AccountId=own)
    target = own
    while True:
        for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
            for policy in organizations.list_policies_for_target(TargetId=target, Filter=kind)["Policies"]:
                organizations.describe_policy(PolicyId=policy["Id"])
        if target.startswith("r-"):
            break
        if target.startswith("ou-"):
            organizations.describe_organizational_unit(OrganizationalUnitId=target)
        target = organizations.list_parents(ChildId=target)["Parents"][0]["Id"]
    ses.get_account()
    ses.list_configuration_sets()
    for identity in ses.list_email_identities()["EmailIdentities"]:
        ses.get_email_identity(EmailIdentity=identity["IdentityName"])
        ses.get_email_identity_policies(EmailIdentity=identity["IdentityName"])
    account.refused(ses.get_email_identity, "NotFoundException", EmailIdentity="nobody.example")
    account.refused(ses.get_configuration_set, "NotFoundException", ConfigurationSetName="none")
    assert account.watch.differences == []


@in_world("healthy-vpc-endpoint")
def test_reads_of_ec2(account):
    endpoints = account.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    account.ec2.describe_security_groups(GroupIds=[endpoints[0]["Groups"][0]["GroupId"]])
    assert account.watch.differences == []


@in_world("tenant-paused")
def test_reads_of_tenants(account):
    ses = account.sesv2
    (paused,) = [t["TenantName"] for t in ses.list_tenants()["Tenants"] if t["TenantName"] == "millrace-bakery"]
    tenant = ses.get_tenant(TenantName=paused)["Tenant"]
    assert tenant["SendingStatus"] == "DISABLED"
    assert ses.list_tenant_resources(TenantName=paused)["TenantResources"]
    entity = {"ReputationEntityType": "RESOURCE", "ReputationEntityReference": tenant["TenantArn"]}
    assert ses.get_reputation_entity(**entity)["ReputationEntity"]["SendingStatusAggregate"] == "DISABLED"
    account.refused(ses.get_tenant, "NotFoundException", TenantName="nobody")
    account.refused(ses.list_tenant_resources, "NotFoundException", TenantName="nobody")
    assert account.watch.differences == []


@pytest.fixture
def speaking(monkeypatch):
    """`speaking("query")`: boto3 takes this of the protocols that a service's model lists. Other SDKs take others than botocore does."""
    return lambda protocol: monkeypatch.setattr("botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS", [protocol])


@in_world("quarantine-policy")
@pytest.mark.parametrize("protocol", ["json", "smithy-rpc-v2-cbor"])
def test_reads_of_health(account, speaking, protocol):
    speaking(protocol)
    health = account.health
    events = health.describe_events(filter={"services": ["SES", "RISK"], "eventStatusCodes": ["open", "closed"]})["events"]
    (leak,) = [event["arn"] for event in events]
    details = health.describe_event_details(eventArns=[leak, f"{leak}X"])
    assert "rotate" in details["successfulSet"][0]["eventDescription"]["latestDescription"]
    assert len(details["failedSet"]) == 1
    (entity,) = health.describe_affected_entities(filter={"eventArns": [leak]})["entities"]
    assert entity["entityValue"] == account.lab["SMTP_USERNAME"]
    account.refused(health.describe_events, "InvalidPaginationToken", nextToken="never-given")
    assert health.meta.service_model.resolved_protocol == protocol
    assert account.watch.differences == []


@in_world("healthy-wrapper-port")
def test_health_of_an_account_without_the_support_plan(account):
    account.refused(account.health.describe_events, "SubscriptionRequiredException")
    assert account.watch.differences == []


@in_world("aws-outage")
@pytest.mark.parametrize("protocol", ["json", "smithy-rpc-v2-cbor", "query"])
def test_reads_of_cloudwatch(account, speaking, protocol):
    speaking(protocol)
    now = datetime.now(timezone.utc)
    question = {
        "StartTime": now - timedelta(days=1),
        "EndTime": now,
        "MetricDataQueries": [query("sent", "Send", "Sum"), query("bounced", "Reputation.BounceRate", "Average")],
    }
    cloudwatch = account.cloudwatch
    pages = cloudwatch.get_paginator("get_metric_data").paginate(**question, PaginationConfig={"PageSize": 7})
    sent = [value for page in pages for result in page["MetricDataResults"] if result["Id"] == "sent" for value in result["Values"]]
    assert sent == cloudwatch.get_metric_data(**question)["MetricDataResults"][0]["Values"]
    assert 22 <= len(sent) <= 25 and 84.0 in sent
    assert {metric["MetricName"] for metric in cloudwatch.list_metrics(Namespace="AWS/SES")["Metrics"]} == {"Send", "Delivery"}
    account.refused(cloudwatch.get_metric_data, "InvalidNextToken", **question, NextToken="never-given")
    account.refused(cloudwatch.get_metric_data, "ValidationError", **question | {"EndTime": question["StartTime"]})
    assert account.watch.differences == []


def query(name: str, metric: str, statistic: str) -> dict:
    stat = {"Metric": {"Namespace": "AWS/SES", "MetricName": metric}, "Period": 3600, "Stat": statistic}
    return {"Id": name, "MetricStat": stat}


@in_world("healthy")
def test_writes_and_what_they_leave_in_the_history(account):
    iam, key = account.iam, account.lab["SMTP_USERNAME"]
    user = iam.get_access_key_last_used(AccessKeyId=key)["UserName"]
    iam.put_user_policy(UserName=user, PolicyName="reads", PolicyDocument=ALLOW)
    iam.get_user_policy(UserName=user, PolicyName="reads")
    iam.delete_user_policy(UserName=user, PolicyName="reads")
    made = iam.create_access_key(UserName=user)["AccessKey"]
    account.refused(iam.create_access_key, "LimitExceeded", UserName=user)
    iam.update_access_key(UserName=user, AccessKeyId=made["AccessKeyId"], Status="Inactive")
    iam.delete_access_key(UserName=user, AccessKeyId=made["AccessKeyId"])
    account.sesv2.create_email_identity(EmailIdentity="new.example")
    account.sesv2.delete_email_identity(EmailIdentity="new.example")
    account.sesv2.put_account_sending_attributes(SendingEnabled=False)
    assert account.sesv2.get_account()["SendingEnabled"] is False
    account.cloudtrail.lookup_events()
    assert account.watch.differences == []


@in_world("explicit-deny")
def test_groups_policies_and_who_has_them(account):
    iam = account.iam
    (user,) = iam.get_group(GroupName="web-workers")["Users"]
    assert user["UserName"] == "ticket-shop"
    iam.put_group_policy(GroupName="web-workers", PolicyName="more", PolicyDocument=ALLOW)
    assert "more" in iam.list_group_policies(GroupName="web-workers")["PolicyNames"]
    assert iam.get_group_policy(GroupName="web-workers", PolicyName="more")["PolicyDocument"] == json.loads(ALLOW)
    iam.delete_group_policy(GroupName="web-workers", PolicyName="more")
    account.refused(iam.delete_group_policy, "NoSuchEntity", GroupName="web-workers", PolicyName="more")
    account.refused(iam.get_group, "NoSuchEntity", GroupName="nobody")
    entities = iam.list_entities_for_policy(PolicyArn="arn:aws:iam::aws:policy/SecurityAudit")
    assert [user["UserName"] for user in entities["PolicyUsers"]] == ["oncall"]
    account.refused(iam.list_entities_for_policy, "NoSuchEntity", PolicyArn="arn:aws:iam::292517163266:policy/none")
    assert account.watch.differences == []


@in_world("identity-policy-deny")
def test_policies_of_identities(account):
    ses, identity = account.sesv2, "mediumwave.example"
    named = {"EmailIdentity": identity, "PolicyName": "more"}
    ses.create_email_identity_policy(**named, Policy=ALLOW)
    account.refused(ses.create_email_identity_policy, "AlreadyExistsException", **named, Policy=ALLOW)
    ses.update_email_identity_policy(**named, Policy="{}")
    policies = ses.get_email_identity_policies(EmailIdentity=identity)["Policies"]
    assert (sorted(policies), policies["more"]) == (["more", "studio-only"], "{}")
    account.refused(ses.update_email_identity_policy, "BadRequestException", **named, Policy="[")
    ses.delete_email_identity_policy(**named)
    account.refused(ses.update_email_identity_policy, "NotFoundException", **named, Policy=ALLOW)
    account.refused(ses.create_email_identity_policy, "NotFoundException", EmailIdentity="x.example", PolicyName="p", Policy=ALLOW)
    assert account.watch.differences == []


@in_world("healthy")
def test_topics_of_sns(account):
    sns = account.sns
    topic = sns.create_topic(Name="mail-team")["TopicArn"]
    assert sns.create_topic(Name="mail-team")["TopicArn"] == topic
    assert [entry["TopicArn"] for entry in sns.list_topics()["Topics"]] == [topic]
    assert sns.publish(TopicArn=topic, Subject="s", Message="m\nn")["MessageId"]
    account.refused(sns.publish, "NotFound", TopicArn=f"{topic}-x", Message="m")
    account.refused(sns.publish, "InvalidParameter", TopicArn=topic, Subject="a\nb", Message="m")
    assert account.watch.differences == []


@in_world("healthy")
@pytest.mark.parametrize("protocol", ["query", "json", "smithy-rpc-v2-cbor"])
def test_what_is_put_into_cloudwatch_is_read_back(account, speaking, protocol):
    speaking(protocol)
    cloudwatch = account.cloudwatch
    dimensions = [{"Name": "Outcome", "Value": "applied"}]
    metric = {"Namespace": "SesDoctor", "MetricName": "Remediations", "Dimensions": dimensions}
    now = datetime.now(timezone.utc)
    datum = {"MetricName": "Remediations", "Dimensions": dimensions, "Timestamp": now, "Value": 1.0, "Unit": "Count"}
    cloudwatch.put_metric_data(Namespace="SesDoctor", MetricData=[datum, datum])
    assert cloudwatch.list_metrics(Namespace="SesDoctor")["Metrics"] == [metric]
    query = {"Id": "m", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
    (series,) = cloudwatch.get_metric_data(
        MetricDataQueries=[query], StartTime=now - timedelta(hours=1), EndTime=now + timedelta(hours=1)
    )["MetricDataResults"]
    assert series["Values"] == [2.0]
    account.refused(cloudwatch.put_metric_data, "InvalidParameterValue", Namespace="AWS/SES", MetricData=[datum])
    assert account.watch.differences == []


def test_the_watch_sees_what_is_wrong():
    """Each kind of difference, in answers of our own making: a check that cannot fail proves nothing."""
    from botocore.model import ServiceModel
    from botocore.session import get_session
    from models import in_json, value, wire

    loader = get_session().get_component("data_loader")
    ses = ServiceModel(loader.load_service_model("sesv2", "service-2"), "sesv2")
    shape = ses.operation_model("GetAccount").output_shape
    assert value("x", {"SendingEnabled": "yes"}, shape) != []
    assert value("x", {"SendQuota": {"Max24HourSend": 1.0}}, shape) == []
    assert in_json("x", {"SendingEnabled": True, "Sending": True}, shape) == ["x: the model knows no member Sending"]
    assert in_json("x", {"SendQuota": None}, shape) == ["x.SendQuota: null"]
    identity = ses.operation_model("GetEmailIdentity").output_shape
    assert value("x", {"IdentityType": "HOUSE"}, identity)[0].startswith("x.IdentityType: 'HOUSE' is none of")
    iam = ServiceModel(loader.load_service_model("iam", "service-2"), "iam")
    users = iam.operation_model("ListUsers").output_shape
    body = b"<R><ListUsersResult><Users><member><Nick>a</Nick></member></Users></ListUsersResult></R>"
    assert wire("x", body, users, iam) == ["x.Users[]: the model knows no element Nick"]
    assert value("x", {"Users": [{}]}, users) != []


@in_world("healthy")
def test_access_analyzer(account):
    analyzer = account.accessanalyzer
    identity = {"policyType": "IDENTITY_POLICY"}
    assert analyzer.validate_policy(policyDocument=ALLOW, **identity)["findings"] == []
    broken = analyzer.validate_policy(policyDocument=ALLOW.replace("Effect", "Efect"), **identity)["findings"]
    assert {finding["findingType"] for finding in broken} == {"ERROR"}
    wider = ALLOW.replace("ses:Get*", "ses:*")
    checks = [
        (analyzer.check_no_new_access, {"existingPolicyDocument": ALLOW, "newPolicyDocument": ALLOW}, "PASS"),
        (analyzer.check_no_new_access, {"existingPolicyDocument": ALLOW, "newPolicyDocument": wider}, "FAIL"),
        (analyzer.check_access_not_granted, {"policyDocument": ALLOW, "access": [{"actions": ["ses:SendEmail"]}]}, "PASS"),
        (analyzer.check_access_not_granted, {"policyDocument": ALLOW, "access": [{"actions": ["ses:GetAccount"]}]}, "FAIL"),
    ]
    for call, arguments, result in checks:
        answer = call(**arguments, **identity)
        assert answer["result"] == result, answer
        assert bool(answer.get("reasons")) == (result == "FAIL")
    account.refused(
        analyzer.check_no_new_access,
        "InvalidParameterException",
        existingPolicyDocument="{}",
        newPolicyDocument=ALLOW,
        **identity,
    )
