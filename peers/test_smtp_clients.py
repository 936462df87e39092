"""Mail clients as people run them log in to the lab, and read there what SES would tell them."""

import shutil
import smtplib

import pytest
from clients import CLIENTS, Account, Client, Reply, smtplib_session
from conftest import program
from postfix import Postfix

CREDENTIALS_INVALID = Reply(535, "Authentication Credentials Invalid")


@pytest.fixture(params=CLIENTS)
def send(request) -> Client:
    if request.param == "nodemailer":
        request.getfixturevalue("node")
    return CLIENTS[request.param]


def test_a_client_logs_in_and_its_message_is_accepted(lab, send):
    reply = send(Account.of_lab(lab("healthy")))
    assert reply.code == 250 and reply.text.startswith("Ok "), reply


def test_a_client_logs_in_through_the_tls_wrapper(lab, send):
    healthy = lab("healthy")
    reply = send(Account.of_lab(healthy).wrapped_at(healthy.endpoint(465)))
    assert reply.code == 250 and reply.text.startswith("Ok "), reply


def test_a_client_reads_exactly_the_535_of_ses(lab, send):
    assert send(Account.of_lab(lab("wrong-region-password"))) == CREDENTIALS_INVALID


def test_auth_is_offered_before_tls_and_refused_there(lab):
    account = Account.of_lab(lab("healthy"))
    with smtplib.SMTP(account.host, account.port, timeout=30) as session:
        session.ehlo()
        assert session.esmtp_features["auth"].split() == ["PLAIN", "LOGIN"]
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            session.login(account.user, account.password)
    assert (refused.value.smtp_code, refused.value.smtp_error) == (530, b"Must issue a STARTTLS command first")


def test_mail_without_a_login_is_refused(lab):
    with smtplib_session(Account.of_lab(lab("healthy"))) as session:
        session.ehlo()
        assert session.mail("app@example.com") == (530, b"Authentication required")


def test_a_session_survives_a_refused_login(lab):
    account = Account.of_lab(lab("healthy"))
    with smtplib_session(account) as session:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            session.login(account.user, "B" * 44)
        assert session.login(account.user, account.password)[0] == 235


@pytest.fixture
def postfix(open_folder):
    """Postfix as AWS's guide sets it up: relayhost, a SASL map, TLS required and the certificate verified."""
    program("postfix")

    def relay_to(account: Account) -> Postfix:
        authority = open_folder / "ca.pem"
        shutil.copy(account.authority, authority)
        relay = f"[{account.host}]:{account.port}"
        one = Postfix(
            open_folder,
            {
                "relayhost": relay,
                "smtp_sasl_auth_enable": "yes",
                "smtp_sasl_security_options": "noanonymous",
                "smtp_tls_security_level": "secure",
                "smtp_tls_secure_cert_match": account.name,
                "smtp_tls_CAfile": str(authority),
                "smtp_tls_loglevel": "1",
            },
        )
        one.set(smtp_sasl_password_maps=one.postmap("sasl_passwd", f"{relay} {account.user}:{account.password}"))
        return one

    return relay_to


def test_postfix_relays_through_the_lab(lab, postfix):
    account = Account.of_lab(lab("healthy"))
    with postfix(account) as running:
        running.send(account.sender, account.recipient, "hello")
        line = running.wait_for("status=")
    assert "status=sent (250 Ok " in line, line


def test_postfix_defers_with_the_535_in_its_log(lab, postfix):
    account = Account.of_lab(lab("wrong-region-password"))
    with postfix(account) as running:
        running.send(account.sender, account.recipient, "hello")
        line = running.wait_for("status=")
    assert "status=deferred" in line and "said: 535 Authentication Credentials Invalid" in line, line
