"""Policies that `policy minimize` proposes, held against parliament, a linter that is not ours."""

import json
import subprocess

import pytest
from conftest import program
from doctor import CAUSE_FOUND, HEALTHY, INCONCLUSIVE, Lab, run

USER = "arn:aws:iam::111122223333:user/app"
SES = "arn:aws:ses:eu-west-1:111122223333"
REFUSED = f"{USER} is not authorized to perform: ses:SendRawEmail on resource: {SES}:identity/example.com"
MISSING = "because no identity-based policy allows the ses:SendRawEmail action"


def lint(document: dict) -> str:
    """What parliament says of a document; nothing if it finds nothing."""
    parliament = program("parliament")
    done = subprocess.run(
        [parliament, "--string", json.dumps(document)], capture_output=True, text=True, timeout=60
    )
    return (done.stdout + done.stderr).strip() if done.returncode or done.stdout.strip() else ""


def request(action: str, resource: str, **more) -> str:
    return json.dumps({"principal": USER, "action": action, "resource": resource, **more})


CALLS = {
    "the API's words": ["--error", f"User: {REFUSED} {MISSING}"],
    "a message with its configuration set": [
        "--error",
        f"User: {REFUSED} {MISSING}",
        *["--from", "app@example.com", "--configuration-set", "default"],
    ],
    "a message in the sandbox": [
        "--error",
        f"User: {REFUSED} {MISSING}",
        *["--from", "app@example.com", "--to", "to@example.org", "--sandbox"],
    ],
    "with a condition": [
        "--error",
        f"User: {REFUSED} {MISSING}",
        *["--condition", "ses:FromAddress=app@example.com"],
    ],
}
REQUESTS = {
    "a send": request("ses:SendRawEmail", f"{SES}:identity/example.com"),
    "of another service": request("s3:GetObject", "arn:aws:s3:::amzn-s3-demo-bucket/a key"),
    "a key to be made": request("iam:CreateAccessKey", "arn:aws:iam::111122223333:user/app"),
}


def proposed(answer: dict) -> dict:
    assert answer["outcome"] == "proposal", answer
    assert answer["proposal"]["proven_to_be_enough"] and answer["proposal"]["proven_to_grant_nothing_else"], answer
    return answer["proposal"]["document"]


@pytest.mark.parametrize("call", CALLS, ids=list(CALLS))
def test_a_denial_is_answered_with_a_policy_that_lints_clean(call):
    ours = run("policy", "minimize", *CALLS[call], "--output", "json")
    assert ours.code == HEALTHY, ours
    assert lint(proposed(ours.report)) == "", ours


@pytest.mark.parametrize("call", REQUESTS, ids=list(REQUESTS))
def test_a_request_is_answered_with_a_policy_that_lints_clean(call):
    ours = run("policy", "minimize", "-", "--output", "json", stdin=REQUESTS[call])
    assert ours.code == HEALTHY, ours
    assert lint(proposed(ours.report)) == "", ours


def test_the_linter_is_awake():
    wrong = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ses:Sing", "Resource": "*"}]}
    assert "Sing" in lint(wrong) or "UNKNOWN_ACTION" in lint(wrong)


def test_an_explicit_deny_is_answered_with_no_policy():
    ours = run("policy", "minimize", "--error", f"User: {REFUSED} with an explicit deny in a service control policy", "--output", "json")
    assert (ours.code, ours.report["proposal"]) == (CAUSE_FOUND, None), ours
    assert ours.report["blocked_by"][0]["layer"] == "service-control-policy", ours


def test_a_denial_without_a_reason_is_not_taken_for_a_missing_allow():
    smtp = f"554 Access denied: User `{USER}' is not authorized to perform `ses:SendRawEmail' on resource `{SES}:identity/example.com'"
    ours = run("policy", "minimize", "--error", smtp, "--output", "json")
    assert (ours.code, ours.report["outcome"]) == (INCONCLUSIVE, "undetermined"), ours
    assert lint(ours.report["proposal"]["document"]) == "", ours


#: Newer than the linter's list of actions.
UNKNOWN_TO_PARLIAMENT = (
    "ses:GetTenant",
    "ses:ListTenantResources",
    "ses:GetReputationEntity",
    "ses:UpdateReputationEntityCustomerManagedStatus",
    "ses:CreateTenantResourceAssociation",
    "ses:DeleteTenantResourceAssociation",
)

NARROW = ["--account", "111122223333", "--user", "team/app", "--region", "eu-west-1", "--from", "app@example.com", "--to", "to@example.org"]


@pytest.mark.parametrize("task", ["diagnose", "compare", "apply", "rotate", "history", "scan", "athena", "lake"])
@pytest.mark.parametrize("narrowed", [[], NARROW], ids=["as it is", "narrowed"])
def test_the_policies_that_ses_doctor_asks_for_lint_clean(task, narrowed):
    ours = run("permissions", task, *narrowed, "--output", "json")
    assert ours.code == HEALTHY, ours
    for policy in ours.report["policies"]:
        assert lint(known_to_parliament(policy["document"])) == "", policy["name"]


@pytest.mark.parametrize("scenario", ["explicit-deny", "key-inactive", "identity-policy-deny", "security-group-blocks-endpoint"])
def test_the_policies_for_a_plan_lint_clean(scenario, tmp_path):
    plan = str(tmp_path / "plan.json")
    with Lab(scenario) as lab:
        made = run("plan", *lab.diagnose_args, "--client-source", "10.60.0.0/16", "--out", plan, env=lab.environment)
    assert made.code == HEALTHY, made
    ours = run("permissions", "apply", "--plan", plan, "--output", "json")
    assert ours.code == HEALTHY, ours
    own = ours.report["policies"][0]
    assert any(statement["Sid"].startswith("Write") for statement in own["document"]["Statement"]), own
    for policy in ours.report["policies"]:
        assert lint(known_to_parliament(policy["document"])) == "", policy["name"]


def known_to_parliament(document: dict) -> dict:
    """The document without what the linter is too old for."""
    for statement in document["Statement"]:
        statement["Action"] = [action for action in statement["Action"] if action not in UNKNOWN_TO_PARLIAMENT]
        if isinstance(statement["Resource"], list):
            # The linter takes AWS's own policies for a malformed account.
            statement["Resource"] = [one for one in statement["Resource"] if ":aws:" not in one.removeprefix("arn:aws:")]
        if statement["Sid"] == "AnyHealthEvent":
            statement["Resource"] = "arn:aws:health:*::event/*/*/*"
    document["Statement"] = [statement for statement in document["Statement"] if statement["Action"]]
    return document
