"""A lab holds the password of its world in a folder of its own: however it is stopped, that folder goes with it."""

import signal
import smtplib
from pathlib import Path

import pytest
from doctor import USAGE, Lab, run


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
def test_a_stopped_lab_leaves_nothing(how):
    with Lab("wrong-region-password") as lab:
        folder = Path(lab["SES_DOCTOR_TLS_CA"]).parent
        assert folder.is_dir()
        with smtplib.SMTP(*lab.endpoint(587), timeout=30) as session:
            session.noop()
        lab.process.send_signal(how)
        lab.process.wait(timeout=10)
    assert not folder.exists()


def test_a_lab_listens_on_loopback_only():
    with Lab("healthy") as lab:
        hosts = {host for host, _ in lab.endpoints().values()}
        assert hosts == {"127.0.0.1"}
        assert lab["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")


def test_an_unknown_scenario_is_a_usage_error_that_says_where_to_look():
    refused = run("lab", "--scenario", "no-such-thing")
    assert refused.code == USAGE and "lab --list" in refused.err, refused
