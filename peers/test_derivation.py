"""Our SMTP passwords agree with a derivation written from AWS's description, for every region and any key."""

import secrets
import string

import pytest
from derivation import REGIONS, smtp_password
from doctor import HEALTHY, USAGE, run

ALPHABET = string.ascii_letters + string.digits + "+/"


def random_secret() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(40))


@pytest.fixture(params=range(5))
def secret(request) -> str:
    return random_secret()


def test_every_region_has_the_same_password_here_and_there(secret, secret_file):
    ours = run("password", "--secret-key-file", secret_file(secret), "--all-regions", "--output", "json")
    assert ours.code == HEALTHY, ours
    passwords = {entry["region"]: entry["password"] for entry in ours.report["passwords"]}
    assert set(REGIONS) <= set(passwords)
    assert passwords == {region: smtp_password(secret, region) for region in passwords}
    assert secret not in ours.out + ours.err


@pytest.mark.parametrize("region", REGIONS)
def test_one_region_is_one_line(region, secret_file):
    secret = random_secret()
    ours = run("password", "--secret-key-file", secret_file(secret), "--region", region)
    assert (ours.code, ours.out) == (HEALTHY, smtp_password(secret, region) + "\n"), ours


def test_the_secret_may_come_on_standard_input():
    secret = random_secret()
    ours = run("password", "--secret-key-stdin", "--region", "eu-west-1", stdin=secret + "\n")
    assert ours.out == smtp_password(secret, "eu-west-1") + "\n", ours


@pytest.mark.parametrize("option", ["--secret-key", "--password"])
def test_no_option_takes_a_secret(option):
    secret = random_secret()
    refused = run("password", option, secret, "--region", "eu-west-1")
    assert refused.code == USAGE, refused
