"""One diagnosis, start-up and memory, each beside a peer in the same interleaved run. See README.md for the method."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
BINARY = os.environ.get("SES_DOCTOR_BIN", str(HERE.parent / "target/release/ses-doctor"))
VENV = HERE.parent / ".peers/venv/bin"
SCENARIO, MADE_FOR = "wrong-region-password", "us-east-1"
LATENCY_MS = 50
FULL_BUDGET = 1.1  # seconds after which CloudTrail allows two look-ups again, whoever made the last


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, str]:
    """Wall seconds of a whole process, and what it printed."""
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    wall = time.perf_counter() - start
    if done.returncode not in (0, 1):
        sys.exit(f"{command[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return wall, done.stdout


def interleaved(rounds: int, **contestants) -> dict[str, list]:
    """Each contestant once a round; the first round warms up and is thrown away."""
    results = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, contest in contestants.items():
            result = contest()
            if number:
                results[name].append(result)
    return results


def peak_memory_mb(command: list[str], environment: dict[str, str]) -> float:
    """Peak resident memory of one process, in a child so that nothing else counts."""
    code = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    out = subprocess.run([sys.executable, "-c", code, *command], env=environment, capture_output=True, text=True)
    return int(out.stdout) / 1024


class Lab:
    def __enter__(self):
        command = [BINARY, "lab", "--scenario", SCENARIO, "--latency-ms", str(LATENCY_MS), "--output", "json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        announced = json.loads(self.process.stdout.readline())
        base = {"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir()}
        self.environment = base | announced["environment"]
        self.arguments = announced["diagnose"]
        self.environment["BENCH_FROM"] = self.arguments[self.arguments.index("--from") + 1]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def ours(self) -> tuple[float, dict]:
        time.sleep(FULL_BUDGET)
        wall, out = timed([BINARY, "diagnose", *self.arguments, "--output", "json"], self.environment)
        report = json.loads(out)
        first = report["findings"][0]
        assert first["cause"] == SCENARIO and MADE_FOR in first["why"], first
        return wall, report["timing"]

    def boto3(self) -> tuple[float, None]:
        time.sleep(FULL_BUDGET)
        wall, out = timed([str(VENV / "python"), str(HERE / "boto3_diagnosis.py")], self.environment)
        assert out.strip() == MADE_FOR, out
        return wall, None


def diagnosis(rounds: int) -> None:
    with Lab() as lab:
        runs = interleaved(rounds, ours=lab.ours, boto3=lab.boto3)
        memory = peak_memory_mb([BINARY, "diagnose", *lab.arguments], lab.environment)
    wall = statistics.median(seconds for seconds, _ in runs["ours"])
    path = statistics.median(timing["critical_path_ms"] for _, timing in runs["ours"]) / 1000
    inside = statistics.median(timing["elapsed_ms"] for _, timing in runs["ours"]) / 1000
    peer = statistics.median(seconds for seconds, _ in runs["boto3"])
    print(f"\n## A whole diagnosis, {LATENCY_MS} ms added to every API call and SMTP reply, medians of {rounds}\n")
    print(f"critical path: {' -> '.join(runs['ours'][-1][1]['critical_path'])}\n")
    print("| | seconds | ratio |\n|---|---|---|")
    print(f"| critical path | {path:.3f} | 1 |")
    print(f"| collection | {inside:.3f} | {inside / path:.2f} x the critical path |")
    print(f"| ses-doctor, whole process | {wall:.3f} | {wall / path:.2f} x the critical path |")
    print(f"| boto3, 25 threads, whole process | {peer:.3f} | {peer / wall:.1f} x ses-doctor |")
    print(f"\npeak memory of the diagnosis: {memory:.0f} MB")


def start_up(rounds: int) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir()}
    commands = {
        "ses-doctor --version": [BINARY, "--version"],
        "import boto3": [str(VENV / "python"), "-c", "import boto3"],
        "aws --version": [str(VENV / "aws"), "--version"],
    }
    contests = {name: (lambda command=command: timed(command, environment)[0]) for name, command in commands.items()}
    runs = interleaved(rounds, **contests)
    ours = statistics.median(runs["ses-doctor --version"])
    print(f"\n## Start-up, medians of {rounds}\n\n| | ms | ratio |\n|---|---|---|")
    for name, walls in runs.items():
        median = statistics.median(walls)
        print(f"| {name} | {median * 1000:.1f} | {median / ours:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    start_up(rounds)
    diagnosis(rounds)


if __name__ == "__main__":
    main()
