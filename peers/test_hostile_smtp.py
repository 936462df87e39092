"""Servers that are not SES, broken, or hostile cannot hang the command, crash it, or have the password."""

import json
import smtplib
import socket
import ssl
import threading
import time

import pytest
from certificates import Certificates
from conftest import program
from derivation import smtp_password
from doctor import CAUSE_FOUND, INCONCLUSIVE, Run, run
from postfix import Postfix
from server import Server, SesLike

REGION = "eu-west-1"
USER = "AKIAIOSFODNN7EXAMPLE"
PASSWORD = smtp_password("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", REGION)
BOUND_SECONDS = 60
GREETING = b"220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-PEERTEST1 0123456789abcdefghij\r\n"


@pytest.fixture
def diagnose(certificates, secret_file):
    """`diagnose(address)`: the report on that server, and no more than a minute for it."""

    def against(address: str, *args: str) -> Run:
        began = time.monotonic()
        done = run(
            "diagnose", "--region", REGION, "--smtp-endpoint", f"{REGION}={address}", "--no-aws",
            "--tls-ca", str(certificates.authority), "--username", USER, "--password-file", secret_file(PASSWORD),
            "--output", "json", "--deadline", "40", *args, timeout=BOUND_SECONDS,
        )  # fmt: skip
        assert time.monotonic() - began < BOUND_SECONDS
        assert PASSWORD not in done.out + done.err
        return done

    return against


def hang(connection: socket.socket) -> None:
    connection.recv(1)  # until the client gives up, or the test is over


def late(connection: socket.socket) -> None:
    time.sleep(12)  # the misbehaviour itself
    connection.sendall(GREETING)
    connection.recv(4096)


def garbage(connection: socket.socket) -> None:
    connection.sendall(bytes(range(256)) * 4 + b"\r\n")
    connection.recv(4096)


def endless_line(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"2" * 65536)


def endless_lines(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"220-still greeting\r\n" * 1000)


def huge_reply(connection: socket.socket) -> None:
    connection.sendall(GREETING)
    connection.recv(4096)
    connection.sendall(b"250-KEYWORD of no meaning\r\n" * 200_000 + b"250 Ok\r\n")
    connection.recv(4096)


def half_close(connection: socket.socket) -> None:
    connection.sendall(GREETING)
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(4096):
        pass


def close_at_once(connection: socket.socket) -> None:
    connection.close()


def to_starttls(connection: socket.socket) -> None:
    """Up to the point where the client begins its handshake."""
    connection.sendall(GREETING)
    connection.recv(4096)
    connection.sendall(b"250-email-smtp.amazonaws.com\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 Ok\r\n")
    connection.recv(4096)
    connection.sendall(b"220 Ready to start TLS\r\n")


def close_in_tls(connection: socket.socket) -> None:
    to_starttls(connection)
    connection.recv(1)


def garbage_in_tls(connection: socket.socket) -> None:
    to_starttls(connection)
    connection.recv(4096)
    connection.sendall(b"\x16\x03\x03\x40\x00" + b"\xff" * 16384)


def hang_in_tls(connection: socket.socket) -> None:
    to_starttls(connection)
    while connection.recv(4096):
        pass


def injected_after_starttls(connection: socket.socket) -> None:
    """Plaintext behind the go-ahead, which a careless client would take for what came through TLS."""
    connection.sendall(GREETING)
    connection.recv(4096)
    connection.sendall(b"250-email-smtp.amazonaws.com\r\n250-STARTTLS\r\n250 Ok\r\n")
    connection.recv(4096)
    connection.sendall(b"220 Ready to start TLS\r\n250-AUTH PLAIN\r\n235 Authentication successful.\r\n")
    connection.recv(4096)


MISBEHAVIOURS = [
    late, hang, garbage, endless_line, endless_lines, huge_reply, half_close, close_at_once,
    close_in_tls, garbage_in_tls, hang_in_tls, injected_after_starttls,
]  # fmt: skip


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOURS, ids=lambda handler: handler.__name__)
def test_a_misbehaving_server_gives_a_report_in_bounded_time(diagnose, misbehaviour):
    with Server(misbehaviour) as server:
        done = diagnose(server.address)
        assert server.connections > 0
    assert done.code in (CAUSE_FOUND, INCONCLUSIVE), done
    assert done.report["outcome"] != "healthy"
    assert not any(finding["cause"] == "healthy" for finding in done.report["findings"])


def test_nobody_listening_gives_a_report(diagnose):
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    done = diagnose(f"127.0.0.1:{port}")
    assert done.code in (CAUSE_FOUND, INCONCLUSIVE), done


def test_a_certificate_of_another_authority_gets_no_password(tmp_path_factory, diagnose):
    ses = SesLike(Certificates.made_in(tmp_path_factory.mktemp("other")), {USER: PASSWORD})
    with Server(ses) as server:
        done = diagnose(server.address)
    assert "AUTH" not in ses.commands, done
    assert done.code == CAUSE_FOUND, done


class SaslWitness:
    """The SASL server behind a Postfix, in dovecot's protocol; it knows no password and remembers who asked."""

    def __init__(self, path):
        self.asked: list[str] = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        path.chmod(0o777)
        self.listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        mechanisms = "MECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\n"
        connection.sendall(f"VERSION\t1\t2\n{mechanisms}SPID\t1\nCUID\t1\nCOOKIE\t{'0' * 32}\nDONE\n".encode())
        for line in connection.makefile("r"):
            verb, _, rest = line.rstrip("\n").partition("\t")
            if verb == "AUTH":
                self.asked.append(line)
                connection.sendall(f"FAIL\t{rest.split(chr(9))[0]}\n".encode())

    def close(self) -> None:
        self.listener.close()


@pytest.fixture
def impostor(open_folder, certificates):
    """A real Postfix that offers AUTH over TLS, with the witness behind it; yields its address and the witness."""
    program("postfix")
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    for name, source in (("tls.pem", certificates.certificate), ("tls.key", certificates.key)):
        (open_folder / name).write_bytes(source.read_bytes())
    settings = {
        "smtpd_tls_security_level": "may",
        "smtpd_tls_cert_file": str(open_folder / "tls.pem"),
        "smtpd_tls_key_file": str(open_folder / "tls.key"),
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sasl_type": "dovecot",
        "smtpd_sasl_path": str(open_folder / "auth"),
        "smtpd_relay_restrictions": "permit_sasl_authenticated, reject",
    }
    running = Postfix(open_folder, settings, services=f"127.0.0.1:{port} inet n - n - - smtpd\n")
    witness = SaslWitness(open_folder / "auth")
    with running:
        wait_until_it_greets(port)
        yield f"127.0.0.1:{port}", witness
    witness.close()


def wait_until_it_greets(port: int, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
                if connection.recv(3) == b"220":
                    return
        except OSError:
            time.sleep(0.1)  # the pause between two looks
    raise AssertionError(f"nothing greets on port {port}")


def test_the_postfix_of_the_next_test_takes_logins(impostor, certificates):
    address, witness = impostor
    with smtplib.SMTP("127.0.0.1", int(address.split(":")[1]), timeout=30) as session:
        session.starttls(context=ssl.create_default_context(cafile=str(certificates.authority)))
        with pytest.raises(smtplib.SMTPAuthenticationError):
            session.login("someone", "some password")
    assert witness.asked


def test_a_postfix_in_the_place_of_ses_is_named_and_gets_no_password(diagnose, impostor):
    address, witness = impostor
    done = diagnose(address)
    assert witness.asked == [], "our credentials went to a server that is not SES"
    assert (done.code, done.causes[0][0]) == (CAUSE_FOUND, "not-ses"), done


def test_probe_says_so_too_and_gives_nothing_away(impostor, certificates, secret_file):
    address, witness = impostor
    done = run(
        "probe", "--region", REGION, "--smtp-endpoint", f"{REGION}={address}", "--tls-ca", str(certificates.authority),
        "--username", USER, "--password-file", secret_file(PASSWORD), "--output", "json",
    )  # fmt: skip
    json.loads(done.out)
    assert witness.asked == []
    assert PASSWORD not in done.out + done.err
