"""Condition operators against Python's own reading of addresses, dates, numbers and patterns.

iam-simulate compares some of these as text (docs/concepts/differences-from-iam-simulate.md); this is the judge for them.
"""

import ipaddress
import json
import operator
import random
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from doctor import run

CASES = 2_000
SEED = 20_260_301


def address(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return str(ipaddress.IPv4Address(0xC0000200 + rng.randrange(512)))
    one = ipaddress.IPv6Address((0x20010DB8 << 96) + rng.choice([0, 1 << 64, 1 << 120]) + rng.randrange(64))
    return rng.choice([str(one), one.exploded, str(one).upper()])


def network(rng: random.Random) -> str:
    base = address(rng)
    bits = 128 if ":" in base else 32
    return rng.choice([base, f"{base}/{rng.randrange(bits + 1)}", f"{base}/{bits - rng.randrange(9)}", f"{base}/{bits}"])


def number(rng: random.Random) -> str:
    return rng.choice(["{}", "-{}", "{}.0", "{}.5", "{}.25"]).format(rng.randrange(4))


def date(rng: random.Random) -> str:
    moment = datetime.fromtimestamp(1_772_323_200 + rng.choice([0, 1, 60, 3600, 86_400]) * rng.randrange(-2, 3), UTC)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    choices = [text + "Z", text + ".000Z", str(int(moment.timestamp()))]
    return rng.choice(choices + ([moment.strftime("%Y-%m-%d")] if text.endswith("00:00:00") else []))


def text(rng: random.Random) -> str:
    return "".join(rng.choices("ab.", k=rng.randrange(6)))


def pattern(rng: random.Random) -> str:
    return "".join(rng.choices("ab.*?", [3, 3, 1, 2, 1], k=rng.randrange(8)))


def arn(rng: random.Random) -> str:
    return ":".join(["arn", "aws", rng.choice(["s3", "ses"]), rng.choice(["", "eu-west-1"]), rng.choice(["", "1"]), rng.choice(["a", "a/b", "a:b"])])


def arn_pattern(rng: random.Random) -> str:
    part = lambda *choices: rng.choice([*choices, "*"])  # noqa: E731
    return ":".join(["arn", part("aws"), part("s3", "ses", "s?"), part("", "eu-west-1", "eu-*"), part("", "1"), part("a", "a*", "a/b", "?:b")])


def moment(value: str) -> datetime:
    if value.isdigit():
        return datetime.fromtimestamp(int(value), UTC)
    parsed = datetime.fromisoformat(value)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def within(wanted: str, value: str) -> bool:
    found, net = ipaddress.ip_address(value), ipaddress.ip_network(wanted, strict=False)
    return found.version == net.version and found in net


def globbed(wanted: str, value: str) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(character) or re.escape(character) for character in wanted)
    return re.fullmatch(expression, value, re.DOTALL) is not None


def globbed_by_part(wanted: str, value: str) -> bool:
    return all(globbed(*pair) for pair in zip(wanted.split(":", 5), value.split(":", 5), strict=True))


def compared(read, compare):
    return lambda wanted, value: compare(read(value), read(wanted))


COMPARISONS = {
    "Equals": operator.eq,
    "NotEquals": operator.ne,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
# The operator, the key, what the request and the policy may say, and whether one of the policy's values matches.
JUDGED = {
    "IpAddress": ("aws:SourceIp", address, network, within),
    "NotIpAddress": ("aws:SourceIp", address, network, within),
    "StringLike": ("aws:UserAgent", text, pattern, globbed),
    "StringNotLike": ("aws:UserAgent", text, pattern, globbed),
    "ArnLike": ("aws:SourceArn", arn, arn_pattern, globbed_by_part),
    "ArnNotLike": ("aws:SourceArn", arn, arn_pattern, globbed_by_part),
    **{f"Numeric{name}": ("s3:max-keys", number, number, compared(Decimal, compare)) for name, compare in COMPARISONS.items()},
    **{f"Date{name}": ("aws:CurrentTime", date, date, compared(moment, compare)) for name, compare in COMPARISONS.items()},
}
# Of several values one must match; where the operator negates, none may.
NEGATED = {"NotIpAddress": "none", "StringNotLike": "none", "ArnNotLike": "none", "NumericNotEquals": "all", "DateNotEquals": "all"}
MUST = {"none": lambda matches: not any(matches), "all": all, "any": any}


def case(name: str, rng: random.Random) -> tuple[dict, bool]:
    key, value_of, wanted_of, matches = JUDGED[name]
    value, wanted = value_of(rng), [wanted_of(rng) for _ in range(rng.choice([1, 1, 2]))]
    holds = MUST[NEGATED.get(name, "any")]([matches(one, value) for one in wanted])
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {name: {key: wanted}}}
    request = {
        "principal": "arn:aws:iam::111122223333:user/app",
        "action": "s3:ListBucket",
        "resource": "arn:aws:s3:::mail-archive",
        "resource_account": "111122223333",
        "context": {key: value},
        "identity_policies": [{"name": "identity", "document": {"Version": "2012-10-17", "Statement": statement}}],
    }
    return request, holds


@pytest.mark.parametrize("name", JUDGED)
def test_an_operator_holds_where_python_says_so(name):
    rng = random.Random(f"{SEED} {name}")
    cases = [case(name, rng) for _ in range(CASES)]
    done = run("policy", "simulate", "--output", "json", "-", stdin="\n".join(json.dumps(request) for request, _ in cases))
    answers = [json.loads(line)["decision"] for line in done.out.splitlines()]
    wrong = [
        f"{request['identity_policies'][0]['document']['Statement']['Condition']} {request['context']}: {answer}"
        for (request, holds), answer in zip(cases, answers, strict=True)
        if answer != ("allowed" if holds else "implicit-deny")
    ]
    assert wrong == []
    assert 0.05 < sum(holds for _, holds in cases) / CASES < 0.95
