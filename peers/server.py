"""SMTP servers on loopback for the tests: one that speaks as SES does, and whatever a test hands in instead."""

import base64
import re
import socket
import ssl
import threading
from collections.abc import Callable

from certificates import Certificates

Handler = Callable[[socket.socket], None]


class Server:
    """Accepts on a port of its own until the end of the `with` block; each connection gets a thread."""

    def __init__(self, handler: Handler):
        self.handler = handler
        self.connections = 0
        self.open: set[socket.socket] = set()

    def __enter__(self) -> "Server":
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self.listener, *self.open):
            close(one)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            self.handler(connection)
        except (OSError, EOFError, ValueError):
            pass  # the client went away, which is its right
        finally:
            close(connection)
            self.open.discard(connection)


def close(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    one.close()


class SesLike:
    """The dialogue of SES for one region, from posted transcripts: no enhanced codes, one 535 for every refusal."""

    def __init__(self, certificates: Certificates, logins: dict[str, str]):
        self.logins = logins
        self.refusal: str | None = None
        self.accepted: list[bytes] = []
        self.commands: list[str] = []
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificates.certificate, certificates.key)

    def __call__(self, connection: socket.socket) -> None:
        session = Session(self, connection)
        session.say("220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-PEERTEST1 0123456789abcdefghij")
        while session.step():
            pass


class Session:
    def __init__(self, ses: SesLike, connection: socket.socket):
        self.ses = ses
        self.user: str | None = None
        self.secure = False
        self._use(connection)

    def _use(self, connection: socket.socket) -> None:
        self.connection = connection
        self.lines = connection.makefile("rb")

    def say(self, *lines: str) -> None:
        self.connection.sendall("".join(line + "\r\n" for line in lines).encode())

    def hear(self) -> str:
        line = self.lines.readline(4096)
        if not line:
            raise EOFError
        return line.rstrip(b"\r\n").decode("latin-1")

    def step(self) -> bool:
        verb, _, rest = self.hear().partition(" ")
        self.ses.commands.append(verb.upper())
        match verb.upper():
            case "EHLO":
                greeting = ["250-email-smtp.amazonaws.com", "250-8BITMIME", "250-STARTTLS", "250-AUTH PLAIN LOGIN"]
                self.say(*greeting, "250 Ok")
            case "STARTTLS":
                self.say("220 Ready to start TLS")
                self._use(self.ses.tls.wrap_socket(self.connection, server_side=True))
                self.secure = True
            case "AUTH" | "MAIL" if not self.secure:
                self.say("530 Must issue a STARTTLS command first")
            case "AUTH":
                self.authenticate(rest)
            case "MAIL" if self.user is None:
                self.say("530 Authentication required")
            case "DATA":
                self.receive()
            case "RCPT" | "MAIL" | "RSET" | "NOOP":
                self.say("250 Ok")
            case "QUIT":
                self.say("221 Bye")
                return False
            case _:
                self.say("500 Error: command not implemented")
        return True

    def authenticate(self, rest: str) -> None:
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            _, user, password = unbase64(initial or self.ask("")).split("\0")
        else:
            user = unbase64(initial or self.ask("VXNlcm5hbWU6"))
            password = unbase64(self.ask("UGFzc3dvcmQ6"))
        if self.ses.logins.get(user) == password:
            self.user = user
            self.say("235 Authentication successful.")
        else:
            self.say("535 Authentication Credentials Invalid")

    def ask(self, challenge: str) -> str:
        self.say(f"334 {challenge}")
        return self.hear()

    def receive(self) -> None:
        self.say("354 End data with <CR><LF>.<CR><LF>")
        message = bytearray()
        while (line := self.lines.readline()) not in (b".\r\n", b""):
            message += line
        if self.ses.refusal:
            self.say(self.ses.refusal)
            return
        self.ses.accepted.append(bytes(message))
        self.say("250 Ok 0100018c00000000-00000000-0000-0000-0000-000000000000-000000")


def unbase64(text: str) -> str:
    return base64.b64decode(re.sub(r"\s", "", text), validate=True).decode()
