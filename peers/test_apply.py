"""What `apply` writes, read back by boto3; and the writes that it makes, made by boto3 itself."""

import json

import boto3
import pytest
from botocore.config import Config
from doctor import HEALTHY, Lab, run


def client_of(lab: Lab, service: str):
    return boto3.client(
        service,
        endpoint_url=lab["AWS_ENDPOINT_URL"],
        region_name=lab["AWS_REGION"],
        aws_access_key_id=lab["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=lab["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"total_max_attempts": 1}, proxies={}),
    )


class Mended:
    """A scenario, planned and applied; `undo` takes it back."""

    def __init__(self, lab: Lab, folder) -> None:
        self.lab = lab
        self.env = lab.environment | {"SES_DOCTOR_STATE_DIR": str(folder / "state")}
        plan = str(folder / "plan.json")
        planned = run("plan", *lab.diagnose_args, "--out", plan, env=self.env)
        assert planned.code == HEALTHY, planned
        applied = run("apply", plan, "--apply", "--send", "--output", "json", env=self.env)
        assert applied.code == HEALTHY, applied
        self.report = applied.report
        assert self.report["verification"]["state"] == "verified"
        self.action = json.loads((folder / "plan.json").read_text())["steps"][0]["action"]

    def undo(self) -> None:
        undone = run("rollback", self.report["run"], "--apply", env=self.env)
        assert undone.code == HEALTHY, undone


@pytest.fixture
def mended(tmp_path):
    labs = []

    def mend(scenario: str) -> Mended:
        labs.append(Lab(scenario).__enter__())
        return Mended(labs[-1], tmp_path)

    yield mend
    for lab in labs:
        lab.__exit__()


def test_a_policy_is_there_word_for_word_and_gone_after_the_rollback(mended):
    cure = mended("missing-send-permission")
    iam, action = client_of(cure.lab, "iam"), cure.action
    document = iam.get_user_policy(UserName=action["user"], PolicyName=action["name"])["PolicyDocument"]
    assert document == json.loads(action["after"])
    assert document["Statement"][0]["Action"] == "ses:SendRawEmail"
    cure.undo()
    assert action["name"] not in iam.list_user_policies(UserName=action["user"])["PolicyNames"]


def test_a_key_is_active_and_inactive_after_the_rollback(mended):
    cure = mended("key-inactive")
    iam, action = client_of(cure.lab, "iam"), cure.action

    def status() -> str:
        keys = iam.list_access_keys(UserName=action["user"])["AccessKeyMetadata"]
        return next(key["Status"] for key in keys if key["AccessKeyId"] == action["key"])

    assert status() == "Active"
    cure.undo()
    assert status() == "Inactive"


def test_sending_is_on_and_off_after_the_rollback(mended):
    cure = mended("sending-disabled")
    ses = client_of(cure.lab, "sesv2")
    assert ses.get_account()["SendingEnabled"] is True
    cure.undo()
    assert ses.get_account()["SendingEnabled"] is False


def test_the_policy_of_an_endpoint_is_read_back(mended):
    cure = mended("vpc-endpoint-policy-deny")
    ec2, action = client_of(cure.lab, "ec2"), cure.action

    def policy() -> dict:
        found = ec2.describe_vpc_endpoints(VpcEndpointIds=[action["endpoint"]])["VpcEndpoints"][0]
        return json.loads(found["PolicyDocument"])

    assert policy() == json.loads(action["after"])
    cure.undo()
    assert policy() == json.loads(action["before"])


def test_boto3_makes_the_same_writes_itself(lab):
    world = lab("healthy-vpc-endpoint")
    ec2 = client_of(world, "ec2")
    endpoint = ec2.describe_vpc_endpoints()["VpcEndpoints"][0]
    group = endpoint["Groups"][0]["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 2587, "ToPort": 2587, "IpRanges": [{"CidrIp": "10.9.0.0/16"}]}

    def ports() -> set[int]:
        found = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
        return {permission.get("FromPort", 0) for permission in found}

    assert 2587 not in ports()
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    assert 2587 in ports()
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])
    assert 2587 not in ports()
    policy = endpoint["PolicyDocument"]
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], PolicyDocument=policy)
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"][0]["PolicyDocument"] == policy
