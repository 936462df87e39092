"""In no scenario does a secret reach standard output, standard error or a saved bundle, in any form it travels in."""

import base64
import urllib.parse
from pathlib import Path

import pytest
from doctor import BINARY, CAUSE_FOUND, HEALTHY, INCONCLUSIVE, Lab, scenarios

SCENARIOS = scenarios() if Path(BINARY).exists() else []
FORMS = ["text", "json"]


def forms(secret: str, user: str) -> set[str]:
    """The secret as it is, and as logs, URLs and AUTH commands carry it."""
    auth_plain = f"\0{user}\0{secret}"
    carried = [secret, auth_plain, urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret)]
    encoded = [base64.b64encode(text.encode()).decode() for text in (secret, auth_plain, secret + "\n")]
    escaped = [secret.replace("/", r"\/"), secret.replace("+", r"\u002b"), secret.encode().hex()]
    return {form.rstrip("=") for form in carried + encoded + escaped if len(form) >= 8}


def secrets_of(lab: Lab) -> dict[str, str]:
    names = ("SMTP_PASSWORD", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return {name: lab[name] for name in names if lab.environment.get(name)}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_secret_comes_out(scenario, tmp_path):
    printed = {}
    with Lab(scenario) as lab:
        for form in FORMS:
            bundle = tmp_path / f"{form}.bundle"
            done = lab.diagnose("-vv", "--output", form, "--evidence-out", str(bundle))
            assert done.code in (HEALTHY, CAUSE_FOUND, INCONCLUSIVE), done
            printed |= {f"{form}: stdout": done.out, f"{form}: stderr": done.err, f"{form}: bundle": bundle.read_text()}
        secrets = secrets_of(lab)
        user = lab.environment.get("SMTP_USERNAME", "")
    leaks = [
        f"{name} in {place}"
        for name, secret in secrets.items()
        for form in forms(secret, user)
        for place, text in printed.items()
        if form in text
    ]
    assert not leaks, leaks


def test_a_saved_bundle_is_for_its_owner_only(tmp_path):
    bundle = tmp_path / "bundle.json"
    with Lab("wrong-region-password") as lab:
        lab.diagnose("--evidence-out", str(bundle))
    assert bundle.stat().st_mode & 0o077 == 0


def test_there_are_scenarios():
    assert {"healthy", "wrong-region-password"} <= set(SCENARIOS)
