"""Running our command, and nothing but its command line, environment, output and exit code."""

import json
import os
import queue
import shlex
import signal
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

BINARY = os.environ.get("SES_DOCTOR_BIN") or str(Path(__file__).parent.parent / "target/debug/ses-doctor")
HEALTHY, CAUSE_FOUND, USAGE, INCONCLUSIVE, COULD_NOT_RUN = range(5)
PANIC = ("panicked at", "RUST_BACKTRACE", "internal error: entered unreachable")


def clean_environment(**extra: str) -> dict[str, str]:
    """What a fresh account has: nothing of the caller's AWS, proxies or mail settings."""
    home = tempfile.gettempdir() + "/ses-doctor-peers-home"
    Path(home).mkdir(exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "LANG": "C.UTF-8",
        "AWS_EC2_METADATA_DISABLED": "true",
        **extra,
    }


@dataclass(frozen=True)
class Run:
    command: list[str]
    code: int
    out: str
    err: str

    @property
    def report(self) -> dict:
        """The JSON on standard output; there is nothing else there."""
        return json.loads(self.out)

    @property
    def causes(self) -> list[tuple[str, str]]:
        return [(finding["cause"], finding["verdict"]) for finding in self.report["findings"]]

    def __str__(self) -> str:
        line = shlex.join(self.command)
        return f"$ {line}\nexit code {self.code}\n--- stdout\n{self.out[-6000:]}\n--- stderr\n{self.err[-6000:]}"


def run(*args: str, env: dict[str, str] | None = None, stdin: str = "", timeout: float = 120) -> Run:
    """Runs the command to its end. No run may panic, whatever it met."""
    command = [BINARY, *args]
    done = subprocess.run(
        command,
        input=stdin,
        env=clean_environment(**(env or {})),
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    result = Run(command, done.returncode, done.stdout, done.stderr)
    assert not any(words in done.stderr for words in PANIC), result
    assert done.returncode >= 0, f"ended by a signal: {result}"
    return result


@dataclass
class Lab:
    """`ses-doctor lab`, serving until the end of the `with` block."""

    scenario: str
    latency_ms: int = 0
    #: A world file in place of the scenario.
    world: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    diagnose_args: list[str] = field(default_factory=list)

    def __enter__(self) -> "Lab":
        served = ["--world", self.world] if self.world else ["--scenario", self.scenario]
        command = [BINARY, "lab", *served, "--output", "json", "--latency-ms", str(self.latency_ms)]
        self.process = subprocess.Popen(
            command, env=clean_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        line = first_line(self.process, seconds=30)
        announced = json.loads(line)
        assert announced["ready"] is True
        self.environment = announced["environment"]
        self.diagnose_args = announced["diagnose"]
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def __getitem__(self, name: str) -> str:
        return self.environment[name]

    def diagnose(self, *args: str, timeout: float = 120) -> Run:
        return run("diagnose", *self.diagnose_args, *args, env=self.environment, timeout=timeout)

    def endpoints(self) -> dict[str, tuple[str, int]]:
        """`REGION:PORT` as the client would use it, to the address on loopback."""
        pairs = (entry.split("=", 1) for entry in self["SES_DOCTOR_SMTP_ENDPOINTS"].split(","))
        return {key: (at.rsplit(":", 1)[0], int(at.rsplit(":", 1)[1])) for key, at in pairs}

    def endpoint(self, port: int, region: str | None = None) -> tuple[str, int]:
        """Where the port of the region (the world's own by default) is reached."""
        return self.endpoints()[f"{region or self['AWS_REGION']}:{port}"]


def first_line(process: subprocess.Popen, seconds: float) -> str:
    """The first line of its standard output, or a failure that says what happened instead."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: lines.put(process.stdout.readline()), daemon=True).start()
    try:
        line = lines.get(timeout=seconds)
    except queue.Empty:
        process.kill()
        raise AssertionError(f"{process.args} printed nothing within {seconds} s") from None
    assert line, f"{process.args} ended with {process.wait(timeout=10)} and printed nothing"
    return line


def scenarios() -> list[str]:
    return [entry["name"] for entry in run("lab", "--list", "--output", "json").report]
