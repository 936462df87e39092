"""In no scenario does a secret reach standard output, standard error or a saved bundle, in any form it travels in."""

import base64
import tomllib
import urllib.parse
from pathlib import Path

import pytest
from derivation import REGIONS, smtp_password
from doctor import BINARY, CAUSE_FOUND, HEALTHY, INCONCLUSIVE, Lab, scenarios

SCENARIOS = scenarios() if Path(BINARY).exists() else []
FORMS = ["text", "json"]
WORLDS = Path(__file__).parent.parent / "crates/ses-lab/scenarios"


def forms(secret: str, user: str) -> set[str]:
    """The secret as it is, and as logs, URLs and AUTH commands carry it."""
    auth_plain = f"\0{user}\0{secret}"
    carried = [secret, auth_plain, urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret)]
    encoded = [base64.b64encode(text.encode()).decode() for text in (secret, auth_plain, secret + "\n")]
    escaped = [secret.replace("/", r"\/"), secret.replace("+", r"\u002b"), secret.encode().hex()]
    return {form.rstrip("=") for form in carried + encoded + escaped if len(form) >= 8}


def secrets_of(lab: Lab) -> dict[str, str]:
    """What the client submits, what the caller signs with, and every key of the world with all that derives from it."""
    world = tomllib.loads((WORLDS / f"{lab.scenario}.toml").read_text())
    keys = [key for account in world["account"] for user in account.get("user", []) for key in user.get("key", [])]
    found = {name: lab[name] for name in ("SMTP_PASSWORD", "AWS_SECRET_ACCESS_KEY") if lab.environment.get(name)}
    for key in keys:
        found[f"secret of {key['id']}"] = key["secret"]
        found |= {f"{region} password of {key['id']}": smtp_password(key["secret"], region) for region in REGIONS}
    return found


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
