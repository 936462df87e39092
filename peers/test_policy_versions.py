"""A managed policy of moto's with all the versions that IAM keeps: the plan makes room for a new one, with consent, and boto3
reads back what is there afterwards and after the rollback."""

import json

from derivation import smtp_password
from doctor import COULD_NOT_RUN, HEALTHY, run
from test_diagnose_moto import REGION, SENDER, World, world  # noqa: F401

FULL = 5


def denying(note: str) -> str:
    statement = {"Sid": "NoMail", "Effect": "Deny", "Action": "ses:Send*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Id": note, "Statement": [statement]})


class Policy:
    """The policy, with its versions by what they are called in the documents."""

    def __init__(self, world: World):
        self.iam = world.iam
        made = self.iam.create_policy(PolicyName=f"{world.user}-deny", PolicyDocument=denying("in force"))
        self.arn = made["Policy"]["Arn"]
        self.iam.attach_user_policy(UserName=world.user, PolicyArn=self.arn)
        for number in range(2, FULL + 1):
            self.iam.create_policy_version(PolicyArn=self.arn, PolicyDocument=denying(f"idle {number}"))

    def versions(self) -> dict[str, str]:
        """Note of the document, and the version's id."""
        found = {}
        for version in self.iam.list_policy_versions(PolicyArn=self.arn)["Versions"]:
            kept = self.iam.get_policy_version(PolicyArn=self.arn, VersionId=version["VersionId"])["PolicyVersion"]
            mark = " (default)" if kept["IsDefaultVersion"] else ""
            found[kept["Document"]["Id"] + mark] = version["VersionId"]
        return found


def test_the_oldest_version_goes_with_consent_and_is_made_again_by_the_rollback(world, secret_file, tmp_path):  # noqa: F811
    policy = Policy(world)
    before = policy.versions()
    assert len(before) == FULL
    arn = world.iam.get_user(UserName=world.user)["User"]["Arn"]
    identity = f"arn:aws:ses:{REGION}:{arn.split(':')[4]}:identity/{SENDER.split('@')[1]}"
    refusal = f"554 Access denied: User `{arn}' is not authorized to perform `ses:SendRawEmail' on resource `{identity}'"
    env = {
        "AWS_ACCESS_KEY_ID": "AKIAREADERREADERREAD",
        "AWS_SECRET_ACCESS_KEY": "reader",
        "SES_DOCTOR_STATE_DIR": str(tmp_path / "state"),
    }
    endpoints = [part for endpoint in world.endpoints for part in ("--smtp-endpoint", endpoint)]
    way = [*endpoints, "--endpoint-url", world.moto, "--tls-ca", world.authority]
    login = ["--username", world.key, "--password-file", secret_file(smtp_password(world.secret, REGION))]
    plan = str(tmp_path / "plan.json")
    planned = run(
        "plan", "--region", REGION, *way, *login, "--from", SENDER, "--error", refusal, "--no-wait", "--out", plan, env=env,
    )  # fmt: skip
    consent = f"delete-version:{world.user}-deny:{before['idle 2']}"
    assert planned.code == HEALTHY and consent in planned.out, planned

    apply = ["apply", plan, "--apply", "--send", *way, "--output", "json"]
    refused = run(*apply, env=env)
    assert refused.code == COULD_NOT_RUN and policy.versions() == before, refused
    applied = run(*apply, "--allow-one-way", consent, env=env)
    assert applied.code == HEALTHY, applied
    after = policy.versions()
    assert len(after) == FULL and "idle 2" not in after and "in force" in after, after

    undone = run("rollback", applied.report["run"], "--apply", "--endpoint-url", world.moto, env=env)
    assert undone.code == HEALTHY, undone
    again = policy.versions()
    assert again.keys() == before.keys() and again.pop("idle 2") != before.pop("idle 2"), again
    assert again == before
