"""Secrets Manager and the Parameter Store of the lab, driven by boto3 and the AWS CLI as AWS's own are."""

import json

import boto3
import pytest
from doctor import Lab
from models import Watch
from test_aws_clients import aws_cli, client_of

SECRET = "choir/ses-smtp"
PARAMETER = "/ferry/smtp/password"
WATCH = Watch()


@pytest.fixture(autouse=True)
def by_the_letter_of_the_models():
    yield
    assert WATCH.differences == []


def watched(lab: Lab, service: str):
    return WATCH.over(client_of(lab, service))


@pytest.fixture(scope="module")
def secrets(lab):
    return watched(lab("healthy-secret"), "secretsmanager")


@pytest.fixture(scope="module")
def parameters(lab):
    return watched(lab("healthy-parameter"), "ssm")


def test_a_secret_is_read_by_name_arn_stage_and_version(secrets):
    found = secrets.get_secret_value(SecretId=SECRET)
    assert set(json.loads(found["SecretString"])) == {"username", "password"}
    assert found["VersionStages"] == ["AWSCURRENT"]
    before = secrets.get_secret_value(SecretId=found["ARN"], VersionStage="AWSPREVIOUS")
    assert before["CreatedDate"] < found["CreatedDate"] and before["SecretString"] != found["SecretString"]
    again = secrets.get_secret_value(SecretId=found["ARN"].rsplit("-", 1)[0], VersionId=before["VersionId"])
    assert again["SecretString"] == before["SecretString"]
    described = secrets.describe_secret(SecretId=SECRET)
    assert described["VersionIdsToStages"] == {
        found["VersionId"]: ["AWSCURRENT"],
        before["VersionId"]: ["AWSPREVIOUS"],
    }
    assert described["RotationEnabled"] and described["LastRotatedDate"] <= described["LastChangedDate"]
    versions = secrets.list_secret_version_ids(SecretId=SECRET)["Versions"]
    assert {version["VersionId"] for version in versions} == set(described["VersionIdsToStages"])
    assert [one["Name"] for one in secrets.list_secrets()["SecretList"]] == [SECRET]


def test_a_secret_that_is_not_there_is_told_so(secrets):
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.get_secret_value(SecretId="nothing")
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.get_secret_value(SecretId=SECRET, VersionStage="AWSPENDING")


def test_a_rotation_by_hand_moves_the_labels_and_lands_in_the_history_without_the_value():
    with Lab("healthy-secret") as own:
        secrets = watched(own, "secretsmanager")
        current = secrets.get_secret_value(SecretId=SECRET)["VersionId"]
        token = "11111111-2222-3333-4444-555555555555"
        put = secrets.put_secret_value(
            SecretId=SECRET, SecretString="canary-value", ClientRequestToken=token, VersionStages=["AWSPENDING"]
        )
        assert (put["VersionId"], put["VersionStages"]) == (token, ["AWSPENDING"])
        move = {"SecretId": SECRET, "VersionStage": "AWSCURRENT", "MoveToVersionId": token}
        with pytest.raises(secrets.exceptions.InvalidParameterException):
            secrets.update_secret_version_stage(**move)
        secrets.update_secret_version_stage(**move, RemoveFromVersionId=current)
        assert secrets.get_secret_value(SecretId=SECRET)["SecretString"] == "canary-value"
        stages = secrets.describe_secret(SecretId=SECRET)["VersionIdsToStages"]
        assert stages[current] == ["AWSPREVIOUS"] and "AWSCURRENT" in stages[token]
        secrets.tag_resource(SecretId=SECRET, Tags=[{"Key": "owner", "Value": "mail"}])
        assert secrets.describe_secret(SecretId=SECRET)["Tags"] == [{"Key": "owner", "Value": "mail"}]
        made = secrets.create_secret(Name="another", SecretBinary=b"\x00canary-bytes")
        assert secrets.get_secret_value(SecretId=made["ARN"])["SecretBinary"] == b"\x00canary-bytes"
        with pytest.raises(secrets.exceptions.ResourceExistsException):
            secrets.create_secret(Name="another", SecretString="x")
        events = watched(own, "cloudtrail").lookup_events()["Events"]
        names = {event["EventName"] for event in events}
        assert {"PutSecretValue", "UpdateSecretVersionStage", "CreateSecret", "TagResource"} <= names
        assert "canary" not in json.dumps([event["CloudTrailEvent"] for event in events])


def test_a_parameter_is_sealed_until_it_is_decrypted(parameters):
    sealed = parameters.get_parameter(Name=PARAMETER)["Parameter"]
    opened = parameters.get_parameter(Name=sealed["ARN"], WithDecryption=True)["Parameter"]
    assert (opened["Type"], opened["Version"]) == ("SecureString", 1)
    assert opened["Value"] != sealed["Value"] and len(opened["Value"]) == 44
    both = parameters.get_parameters(Names=[PARAMETER, "/nothing"], WithDecryption=True)
    assert [one["Name"] for one in both["Parameters"]] == [PARAMETER] and both["InvalidParameters"] == ["/nothing"]
    only = [{"Key": "Name", "Option": "Equals", "Values": [PARAMETER]}]
    (described,) = parameters.describe_parameters(ParameterFilters=only)["Parameters"]
    assert described["LastModifiedUser"].endswith(":user/deploy")
    with pytest.raises(parameters.exceptions.ParameterNotFound):
        parameters.get_parameter(Name="/nothing")


def test_a_parameter_is_overwritten_only_when_that_is_said():
    with Lab("healthy-parameter") as own:
        parameters = watched(own, "ssm")
        new = {"Name": PARAMETER, "Value": "canary-value", "Type": "SecureString"}
        with pytest.raises(parameters.exceptions.ParameterAlreadyExists):
            parameters.put_parameter(**new)
        assert parameters.put_parameter(**new, Overwrite=True)["Version"] == 2
        assert parameters.get_parameter(Name=f"{PARAMETER}:1", WithDecryption=True)["Parameter"]["Version"] == 1
        history = parameters.get_parameter_history(Name=PARAMETER, WithDecryption=True)["Parameters"]
        assert [(one["Version"], one["Value"] == "canary-value") for one in history] == [(1, False), (2, True)]
        events = watched(own, "cloudtrail").lookup_events()["Events"]
        put = [json.loads(event["CloudTrailEvent"]) for event in events if event["EventName"] == "PutParameter"]
        assert put and "canary" not in json.dumps(put)


def test_the_cli_reads_both(lab):
    found = json.loads(aws_cli(lab("healthy-secret"), "secretsmanager", "get-secret-value", "--secret-id", SECRET).stdout)
    assert json.loads(found["SecretString"])["username"] == lab("healthy-secret")["SMTP_USERNAME"]
    command = ["ssm", "get-parameter", "--name", PARAMETER, "--with-decryption"]
    found = json.loads(aws_cli(lab("healthy-parameter"), *command).stdout)["Parameter"]
    assert found["Value"] == lab("healthy-parameter")["SMTP_PASSWORD"]


def test_what_the_lab_writes_the_diagnosis_reads():
    with Lab("healthy-secret") as own:
        secrets = boto3.client("secretsmanager", **credentials(own))
        pair = {"username": own["SMTP_USERNAME"], "password": "B" * 44}
        secrets.put_secret_value(SecretId=SECRET, SecretString=json.dumps(pair))
        done = own.diagnose("--output", "json")
        assert done.causes[0] == ("password-mismatch", "confirmed"), done
        logins = [item for item in done.report["evidence"] if item["id"] == "smtp.stored-logins"]
        assert logins[0]["value"] == [{"version": "previous", "outcome": "accepted"}], done


def credentials(lab: Lab) -> dict:
    return {
        "endpoint_url": lab["AWS_ENDPOINT_URL"],
        "region_name": lab["AWS_REGION"],
        "aws_access_key_id": lab["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": lab["AWS_SECRET_ACCESS_KEY"],
    }
