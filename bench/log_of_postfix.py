"""Writes a Postfix log of a given size, in which every fiftieth line tells of a refused login at SES. The same each time."""

import random
import sys

HOSTS = ["email-smtp.eu-west-1.amazonaws.com", "email-smtp.us-east-1.amazonaws.com"]
SENT = "dsn=2.0.0, status=sent (250 Ok 0107{a:012x}-{b:08x}-dbf1-44b7-b876-{a:012x}-000000)"
REFUSED = "dsn=4.0.0, status=deferred (SASL authentication failed; server {host}[{ip}] said: 535 Authentication Credentials Invalid)"


def message(number: int, pick: random.Random, refused: bool) -> str:
    """The seven or eight lines of one message."""
    second = number // 9
    stamp = f"Jun {1 + second // 86400 % 28:2d} {second // 3600 % 24:02d}:{second // 60 % 60:02d}:{second % 60:02d} mx1 postfix/"
    queue, pid = f"{pick.getrandbits(40):010X}", 1000 + number % 60000
    host, ip = pick.choice(HOSTS), f"198.51.100.{pick.randint(1, 250)}"
    delivery = (REFUSED if refused else SENT).format(host=host, ip=ip, a=pick.getrandbits(48), b=pick.getrandbits(32))
    lines = [
        f"smtpd[{pid}]: connect from app{number % 7}.internal[10.0.0.{number % 250}]",
        f"smtpd[{pid}]: {queue}: client=app.internal[10.0.0.5], sasl_method=PLAIN, sasl_username=app",
        f"cleanup[{pid}]: {queue}: message-id=<{pick.getrandbits(64):016x}.{number}@app.internal>",
        f"qmgr[811]: {queue}: from=<user{number % 9000}@example.com>, size={500 + number % 90000}, nrcpt=1 (queue active)",
        f"smtp[{pid}]: Trusted TLS connection established to {host}[{ip}]:587: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)",
        f"smtp[{pid}]: {queue}: to=<p{number}@example.net>, relay={host}[{ip}]:587, delay={number % 90 / 10}, delays=0.05/0.01/0.24/0.02, {delivery}",
        f"smtpd[{pid}]: disconnect from app.internal[10.0.0.5] ehlo=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=6",
    ]
    if not refused:
        lines.insert(6, f"qmgr[811]: {queue}: removed")
    return "".join(stamp + line + "\n" for line in lines)


def main() -> None:
    path, megabytes = sys.argv[1], int(sys.argv[2])
    pick, written, number = random.Random(1), 0, 0
    with open(path, "w", encoding="ascii") as out:
        while written < megabytes * 1_000_000:
            # One line of seven, in one message of seven: two in a hundred.
            text = message(number, pick, refused=number % 7 == 0)
            out.write(text)
            written += len(text)
            number += 1


main()
