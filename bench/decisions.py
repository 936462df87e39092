"""Decisions a second on IAM policies, one thread, each contestant in turn. See README.md for the method."""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

from diagnosis import HERE, interleaved, peak_memory_mb

ROOT = HERE.parent
SEND = HERE / "iam/send.json"
OURS = ROOT / "target/release/examples/decisions"
CEDAR = HERE / "target/release/cedar-decisions"
SECONDS = 1.0
COUNTS = (10, 100, 1_000, 10_000, 50_000)
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir()}


def simulate(kind: str) -> list[str]:
    return [shutil.which("node") or "node", str(HERE / "iam/simulate.mjs"), kind]


OURS_READY, OURS_FROM_JSON = "ses-doctor, request ready", "ses-doctor, request read from JSON"
VALIDATED, UNVALIDATED, CEDAR_NAME = "iam-simulate, validating", "iam-simulate, not validating", "Cedar"
CONTESTANTS = {
    OURS_READY: [str(OURS), "ready"],
    OURS_FROM_JSON: [str(OURS), "json"],
    CEDAR_NAME: [str(CEDAR)],
    UNVALIDATED: simulate("unvalidated"),
    VALIDATED: simulate("validated"),
}


def measure(command: list[str], request: Path, seconds: float) -> dict:
    run = subprocess.run([*command, str(request), str(seconds)], env=ENVIRONMENT, check=True, capture_output=True, text=True)
    return json.loads(run.stdout)


def rates(commands: dict[str, tuple[list[str], Path]], rounds: int, decision: str) -> dict[str, float]:
    """Medians, each contestant once a round; all must give the same answer."""
    contests = {name: (lambda one=one: measure(*one, SECONDS)) for name, one in commands.items()}
    results = interleaved(rounds, **contests)
    wrong = {name for name, runs in results.items() if any(run["decision"] != decision for run in runs)}
    assert not wrong, f"another decision than {decision}: {wrong}"
    return {name: statistics.median(run["per_second"] for run in runs) for name, runs in results.items()}


def refused(folder: Path) -> Path:
    """The same request from another sender, which nothing allows."""
    request = json.loads(SEND.read_text())
    request["context"]["ses:FromAddress"] = "app@example.org"
    return written(folder / "refused.json", request)


def written(path: Path, request: dict) -> Path:
    path.write_text(json.dumps(request))
    return path


def equal_case(folder: Path, rounds: int) -> None:
    for name, command in CONTESTANTS.items():
        decision = measure(command, refused(folder), 0)["decision"]
        assert decision == "implicit-deny", f"{name}: {decision}"
    found = rates({name: (command, SEND) for name, command in CONTESTANTS.items()}, rounds, "allowed")
    print(f"\n## User, boundary and SCP for one SES send, medians of {rounds}\n")
    print("| | decisions a second | ses-doctor is | peak memory |\n|---|---|---|---|")
    for name, rate in found.items():
        memory = peak_memory_mb([*CONTESTANTS[name], str(SEND), "0.2"], ENVIRONMENT)
        print(f"| {name} | {rate:,.0f} | {found[OURS_READY] / rate:,.1f} x | {memory:.0f} MB |")


IDENTITY = "arn:aws:ses:us-east-1:111122223333:identity"
# What the statements that do not match have in their `Resource` and `Condition`.
KINDS = {
    "statements": lambda n: (f"{IDENTITY}/*", {"StringLike": {"ses:FromAddress": f"*@customer-{n}.example.com"}}),
    "statements with a variable": lambda n: (f"{IDENTITY}/${{aws:username}}-{n}.example.com", {}),
    "statements with a date": lambda n: (f"{IDENTITY}/*", {"DateLessThan": {"aws:CurrentTime": f"2020-01-{n % 28 + 1:02}T00:00:00Z"}}),
}


def with_statements(folder: Path, kind: str, count: int) -> Path:
    """`count` statements, a thousand in a policy, of which the last one allows."""
    request = json.loads(SEND.read_text())
    request["context"] |= {"aws:username": "app", "aws:CurrentTime": "2026-03-04T05:06:07Z"}
    allows = request["identity_policies"][0]["document"]["Statement"][-1]
    parts = [KINDS[kind](number) for number in range(count - 1)]
    others = [
        {"Effect": "Allow", "Action": ["ses:SendEmail", "ses:SendRawEmail"], "Resource": resource, "Condition": condition}
        for resource, condition in parts
    ]
    statements = [*others, allows]
    request["identity_policies"] = [
        {"name": str(start), "document": {"Version": "2012-10-17", "Statement": statements[start : start + 1000]}}
        for start in range(0, count, 1000)
    ]
    return written(folder / f"{kind}-{count}.json", request)


def hostile(folder: Path, stars: int) -> Path:
    """Patterns made to backtrack, against an address that almost matches."""
    request = json.loads(SEND.read_text())
    request["context"]["ses:FromAddress"] = "a" * 250 + "@example.com"
    condition = request["identity_policies"][0]["document"]["Statement"][1]["Condition"]
    condition["StringLike"]["ses:FromAddress"] = ["a*" * stars + "b", "*a" * stars + "?b", "*@example.com"]
    return written(folder / f"hostile-{stars}.json", request)


def growth(folder: Path, rounds: int) -> None:
    files = {f"{count:,} {kind}": with_statements(folder, kind, count) for kind in KINDS for count in COUNTS}
    files |= {f"{stars} wildcards in a pattern of two": hostile(folder, stars) for stars in (4, 32, 120)}
    commands = {name: (CONTESTANTS[OURS_READY], path) for name, path in files.items()}
    found = rates(commands, rounds, "allowed")
    print(f"\n## ses-doctor as policies grow, medians of {rounds}\n")
    print("| | microseconds a decision | peak memory |\n|---|---|---|")
    for name, rate in found.items():
        memory = peak_memory_mb([*CONTESTANTS[OURS_READY], str(files[name]), "0.2"], ENVIRONMENT)
        print(f"| {name} | {1_000_000 / rate:,.1f} | {memory:.0f} MB |")
    for kind in KINDS:
        statement = {count: 1_000_000_000 / found[f"{count:,} {kind}"] / count for count in COUNTS}
        print()
        for count, nanoseconds in statement.items():
            print(f"{count:,} {kind}: {nanoseconds:,.0f} ns each, {nanoseconds / statement[1_000]:.2f} of what one of 1,000 takes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        equal_case(Path(folder), rounds)
        growth(Path(folder), rounds)


if __name__ == "__main__":
    main()
