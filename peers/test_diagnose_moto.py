"""A diagnosis whose IAM and STS are moto's and whose SMTP is Python's: nothing in this world but the command is ours.

moto has no SESv2 GetAccount and no CloudTrail LookupEvents: the diagnosis must get by without them, and say so.
"""

import re
import subprocess
import time
from dataclasses import dataclass

import boto3
import pytest
from conftest import program
from derivation import smtp_password
from doctor import CAUSE_FOUND, HEALTHY, Run, run
from server import Server, SesLike

REGION = "eu-west-1"
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ses:SendRawEmail","Resource":"*"}]}'


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    """The address of a moto_server on loopback."""
    log = tmp_path_factory.mktemp("moto") / "log"
    with log.open("w") as sink:
        process = subprocess.Popen([program("moto_server"), "-H", "127.0.0.1", "-p", "0"], stdout=sink, stderr=sink)
    end = time.monotonic() + 60
    while not (started := re.search(r"Running on (http://\S+)", log.read_text())):
        assert process.poll() is None and time.monotonic() < end, log.read_text()
        time.sleep(0.1)  # the pause between two looks
    yield started[1]
    process.terminate()
    process.wait(timeout=10)


@dataclass
class World:
    """An IAM user with a key in moto, and the SMTP endpoints of two regions that know its passwords."""

    moto: str
    iam: object
    user: str
    key: str
    secret: str
    endpoints: list[str]
    authority: str
    ses: dict[str, SesLike]

    def diagnose(self, password_file: str, *args: str) -> Run:
        reader = {"AWS_ACCESS_KEY_ID": "AKIAREADERREADERREAD", "AWS_SECRET_ACCESS_KEY": "reader"}
        endpoints = [part for endpoint in self.endpoints for part in ("--smtp-endpoint", endpoint)]
        return run(
            "diagnose", "--region", REGION, *endpoints, "--endpoint-url", self.moto, "--tls-ca", self.authority,
            "--username", self.key, "--password-file", password_file, "--output", "json", *args, env=reader,
        )  # fmt: skip


@pytest.fixture
def world(moto, certificates, request):
    name = f"smtp-{request.node.name}"[:60].replace("[", "-").replace("]", "")
    iam = boto3.client(
        "iam", endpoint_url=moto, region_name="us-east-1", aws_access_key_id="admin", aws_secret_access_key="admin"
    )
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="send", PolicyDocument=POLICY)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    user, secret = key["AccessKeyId"], key["SecretAccessKey"]
    ses = {
        region: SesLike(certificates, {user: smtp_password(secret, region)}) for region in (REGION, "us-east-1")
    }
    with Server(ses[REGION]) as here, Server(ses["us-east-1"]) as there:
        endpoints = [f"{REGION}={here.address}", f"us-east-1={there.address}"]
        yield World(moto, iam, name, user, secret, endpoints, str(certificates.authority), ses)


def test_a_healthy_login_is_called_healthy(world, secret_file):
    done = world.diagnose(secret_file(smtp_password(world.secret, REGION)))
    assert (done.code, done.report["outcome"]) == (HEALTHY, "healthy"), done


def test_what_moto_does_not_have_is_unavailable_and_not_absent(world, secret_file):
    done = world.diagnose(secret_file(smtp_password(world.secret, "us-east-1")))
    unavailable = [item for item in done.report["evidence"] if item.get("unavailable")]
    sources = " ".join(str(item) for item in unavailable).lower()
    assert "lookupevents" in sources or "cloudtrail" in sources, done
    assert "getaccount" in sources or "sesv2" in sources, done


def test_the_password_of_another_region_is_named(world, secret_file):
    done = world.diagnose(secret_file(smtp_password(world.secret, "us-east-1")))
    assert (done.code, done.report["outcome"]) == (CAUSE_FOUND, "cause-found"), done
    assert done.causes[0] == ("wrong-region-password", "confirmed"), done


def refuse(world: World) -> None:
    """From now on the endpoints know this key no more, as SES does not once IAM has changed."""
    for one in world.ses.values():
        one.logins.clear()


def test_an_inactive_key_is_named(world, secret_file):
    world.iam.update_access_key(UserName=world.user, AccessKeyId=world.key, Status="Inactive")
    refuse(world)
    done = world.diagnose(secret_file(smtp_password(world.secret, REGION)))
    assert (done.code, done.causes[0]) == (CAUSE_FOUND, ("key-inactive", "confirmed")), done


def test_a_deleted_key_is_named(world, secret_file):
    world.iam.delete_access_key(UserName=world.user, AccessKeyId=world.key)
    refuse(world)
    done = world.diagnose(secret_file(smtp_password(world.secret, REGION)))
    assert (done.code, done.causes[0][0]) == (CAUSE_FOUND, "key-deleted"), done


def test_a_raw_secret_key_is_named(world, secret_file):
    done = world.diagnose(secret_file(world.secret))
    assert (done.code, done.causes[0][0]) == (CAUSE_FOUND, "raw-secret-key-as-password"), done
    assert world.secret not in done.out + done.err
