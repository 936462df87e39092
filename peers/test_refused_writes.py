"""Writes that moto refuses by IAM's own quotas, though everything was in order when it was looked at: told with IAM's code, written
into the journal, and nothing lost."""

import json
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from derivation import smtp_password
from doctor import HEALTHY, Run, run
from server import Server
from test_diagnose_moto import REGION, SENDER, World, world  # noqa: F401
from test_policy_versions import FULL, Policy, denying
from test_rotate import Site, pair, site  # noqa: F401

ROLLED_BACK = 5
OPERATOR = {"AWS_ACCESS_KEY_ID": "AKIAREADERREADERREAD", "AWS_SECRET_ACCESS_KEY": "reader"}


class Between:
    """Passes on what is said to moto; `first` is done right before the first call of `action`, as by somebody who came in between."""

    def __init__(self, moto: str, action: str, first):  # noqa: F811
        self.moto, self.action, self.first = moto, f"Action={action}".encode(), first
        self.calls = 0

    def __enter__(self) -> str:
        between = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                if between.action in body:
                    between.calls += 1
                    if between.calls == 1:
                        between.first()
                request = urllib.request.Request(between.moto + self.path, body, dict(self.headers))
                try:
                    answer = urllib.request.urlopen(request)
                except urllib.error.HTTPError as error:
                    answer = error
                text = answer.read()
                self.send_response(answer.status)
                for name in ("Content-Type", "x-amzn-RequestId", "x-amzn-ErrorType"):
                    if answer.headers[name]:
                        self.send_header(name, answer.headers[name])
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def told(refused: Run, state: str, step: int) -> None:
    """The step has IAM's code and what to do, the journal has both, and what came before is undone."""
    assert (refused.code, refused.report["outcome"]) == (ROLLED_BACK, "rolled-back"), refused
    failed = refused.report["steps"][step]
    assert (failed["state"], failed["code"]) == ("not-done", "LimitExceeded"), refused
    assert all(later["state"] == "not-begun" for later in refused.report["steps"][step + 1 :]), refused
    journal = Path(state, "runs", refused.report["run"], "journal.jsonl").read_text()
    outcomes = [json.loads(line)["entry"].get("outcome") for line in journal.splitlines()]
    assert [one["outcome"]["not-done"]["code"] for one in outcomes if one and "not-done" in one["outcome"]] == ["LimitExceeded"]


def test_a_third_key_is_refused_by_iam_and_the_second_is_somebody_elses(site):  # noqa: F811
    site.secrets.create_secret(Name="refused/smtp", SecretString=pair(site))
    before = site.secrets.get_secret_value(SecretId="refused/smtp")
    between = Between(site.moto, "CreateAccessKey", lambda: site.iam.create_access_key(UserName=site.user))
    with Server(site.ses) as server, between as way:
        refused = site.run(
            "rotate", "--region", REGION, "--endpoint-url", way, "--smtp-endpoint", f"{REGION}={server.address}",
            "--tls-ca", site.authority, "--store", "secret:refused/smtp", "--quiet-for", "0s", "--apply", "--output", "json",
        )  # fmt: skip
        told(refused, site.state, step=1)
        assert "two access keys" in refused.report["steps"][1]["why"], refused
        # Asked once: a definite no does not change by being asked again.
        assert between.calls == 1
        keys = site.keys()
        assert len(keys) == 2 and set(keys.values()) == {"Active"}, keys
        after = site.secrets.get_secret_value(SecretId="refused/smtp")
        assert (after["VersionId"], after["SecretString"]) == (before["VersionId"], before["SecretString"])
        assert not list(Path(site.state).glob("runs/*/new-key.secret"))
        # Nothing is in the way of whoever comes next, and the undoing of nothing is nothing.
        again = site.run("rollback", refused.report["run"], "--apply", "--endpoint-url", site.moto)
        assert again.code == HEALTHY and site.keys() == keys, again


def test_a_sixth_version_is_refused_by_iam_and_the_five_stay(world, secret_file, tmp_path):  # noqa: F811
    policy = Policy(world)
    # One place is free when the plan is made.
    oldest = policy.versions()["idle 2"]
    world.iam.delete_policy_version(PolicyArn=policy.arn, VersionId=oldest)
    planned, plan, way, env = plan_of(world, secret_file, tmp_path)
    assert planned.code == HEALTHY and "delete-version" not in planned.out, planned

    def fill() -> None:
        world.iam.create_policy_version(PolicyArn=policy.arn, PolicyDocument=denying("came in between"))

    between = Between(world.moto, "CreatePolicyVersion", fill)
    with between as endpoint:
        through = [endpoint if part == world.moto else part for part in way]
        refused = run("apply", plan, "--apply", "--send", *through, "--output", "json", env=env)
    told(refused, env["SES_DOCTOR_STATE_DIR"], step=0)
    versions = policy.versions()
    assert len(versions) == FULL and "in force (default)" in versions and "came in between" in versions, versions
    assert between.calls == 1
    attached = world.iam.list_attached_user_policies(UserName=world.user)["AttachedPolicies"]
    assert policy.arn in [one["PolicyArn"] for one in attached]


def plan_of(world: World, secret_file, folder):  # noqa: F811
    """A plan for a user whom SES refused, with the options that lead to moto and to the endpoint."""
    arn = world.iam.get_user(UserName=world.user)["User"]["Arn"]
    identity = f"arn:aws:ses:{REGION}:{arn.split(':')[4]}:identity/{SENDER.split('@')[1]}"
    refusal = f"554 Access denied: User `{arn}' is not authorized to perform `ses:SendRawEmail' on resource `{identity}'"
    env = OPERATOR | {"SES_DOCTOR_STATE_DIR": str(folder / "state")}
    endpoints = [part for endpoint in world.endpoints for part in ("--smtp-endpoint", endpoint)]
    way = [*endpoints, "--endpoint-url", world.moto, "--tls-ca", world.authority]
    login = ["--username", world.key, "--password-file", secret_file(smtp_password(world.secret, REGION))]
    plan = str(folder / "plan.json")
    planned = run(
        "plan", "--region", REGION, *way, *login, "--from", SENDER, "--error", refusal, "--no-wait", "--out", plan, env=env,
    )  # fmt: skip
    return planned, plan, way, env
