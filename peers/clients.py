"""Mail clients that are not ours, each sending one message; each gives the server's last word on it."""

import json
import re
import smtplib
import ssl
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path

from conftest import NODE_MODULES, program
from doctor import Lab, clean_environment

SENDER = "app@example.com"
SIMULATOR = "success@simulator.amazonses.com"


@dataclass(frozen=True)
class Account:
    """What a person types into a mail client."""

    host: str
    port: int
    user: str
    password: str
    authority: str
    sender: str = SENDER
    recipient: str = SIMULATOR
    wrapper: bool = False
    name: str = "localhost"

    @classmethod
    def of_lab(cls, lab: Lab) -> "Account":
        host, port = lab.endpoint(587)
        name = f"email-smtp.{lab['AWS_REGION']}.amazonaws.com"
        user, password = lab["SMTP_USERNAME"], lab["SMTP_PASSWORD"]
        sender = option(lab.diagnose_args, "--from") or SENDER
        return cls(host, port, user, password, lab["SES_DOCTOR_TLS_CA"], sender=sender, name=name)

    def wrapped_at(self, address: tuple[str, int]) -> "Account":
        return replace(self, host=address[0], port=address[1], wrapper=True)


def option(args: list[str], name: str) -> str | None:
    return args[args.index(name) + 1] if name in args else None


@dataclass(frozen=True)
class Reply:
    code: int
    text: str

    @classmethod
    def parse(cls, line: str) -> "Reply":
        code, _, text = line.strip().partition(" ")
        return cls(int(code), text)


class NamedSSLContext(ssl.SSLContext):
    """Verifies the name of the service, wherever the test reaches it."""

    name: str

    def wrap_socket(self, *args, **kwargs):
        return super().wrap_socket(*args, **{**kwargs, "server_hostname": self.name})


def trust(account: Account) -> ssl.SSLContext:
    context = NamedSSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(account.authority)
    context.name = account.name
    return context


def smtplib_session(account: Account) -> smtplib.SMTP:
    """Connected, with TLS, not logged in."""
    if account.wrapper:
        return smtplib.SMTP_SSL(account.host, account.port, timeout=30, context=trust(account))
    session = smtplib.SMTP(account.host, account.port, timeout=30)
    session.starttls(context=trust(account))
    return session


def send_with_smtplib(account: Account) -> Reply:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = account.sender, account.recipient, "from smtplib"
    message.set_content("hello")
    with smtplib_session(account) as session:
        try:
            session.login(account.user, account.password)
            session.mail(account.sender)
            session.rcpt(account.recipient)
            code, text = session.data(message.as_bytes())
        except smtplib.SMTPResponseException as refused:
            code, text = refused.smtp_code, refused.smtp_error
    return Reply(code, text.decode())


def send_with_swaks(account: Account) -> Reply:
    """Its transcript marks the server's lines with `<~` once TLS is on; an error reply is marked `<~*`."""
    tls = ["--tls-on-connect"] if account.wrapper else ["--tls"]
    verify = ["--tls-ca-path", account.authority, "--tls-verify"]
    command = [
        program("swaks"), "--server", account.host, "--port", str(account.port), *tls, *verify,
        "--from", account.sender, "--to", account.recipient, "--auth", "LOGIN", "--auth-user", account.user,
        "--timeout", "30", "--suppress-data",
    ]  # fmt: skip
    done = subprocess.run(
        command, input=account.password + "\n", env=clean_environment(), capture_output=True, text=True, timeout=60
    )
    replies = re.findall(r"^<~\*? +(\d{3} .*)$", done.stdout, re.MULTILINE)
    told = [line for line in replies if not line.startswith(("221", "354"))]
    assert told, f"swaks: {done.stdout}\n{done.stderr}"
    return Reply.parse(told[-1])


def send_with_nodemailer(account: Account) -> Reply:
    settings = {
        "modules": str(NODE_MODULES), "host": account.host, "port": account.port, "secure": account.wrapper,
        "user": account.user, "password": account.password, "ca": account.authority, "name": account.name,
        "sender": account.sender, "recipient": account.recipient,
    }  # fmt: skip
    script = Path(__file__).with_name("nodemailer.mjs")
    done = subprocess.run(
        [program("node"), str(script)],
        input=json.dumps(settings), env=clean_environment(), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Reply.parse(json.loads(done.stdout)["reply"])


Client = Callable[[Account], Reply]
CLIENTS: dict[str, Client] = {
    "smtplib": send_with_smtplib,
    "swaks": send_with_swaks,
    "nodemailer": send_with_nodemailer,
}
