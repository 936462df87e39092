"""`explain` on a Postfix log beside ripgrep counting the reply code in it, in the same interleaved run. See README.md."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from diagnosis import BINARY, interleaved, peak_memory_mb

HERE = Path(__file__).parent


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Wall seconds of a whole process. A log whose failures the text does not decide ends with 3."""
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    wall = time.perf_counter() - start
    if done.returncode not in (0, 1, 3):
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=int, default=1000)
    options = parser.parse_args()
    if not shutil.which("rg"):
        sys.exit("ripgrep is not there: apt-get install ripgrep")
    environment = {"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir()}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "mail.log"
        subprocess.run([sys.executable, HERE / "log_of_postfix.py", log, str(options.megabytes)], check=True)
        explain = [BINARY, "explain", "--output", "json", str(log)]
        count = ["rg", "--count", "535", str(log)]
        results = interleaved(
            options.rounds,
            explain=lambda: seconds(explain, environment),
            ripgrep=lambda: seconds(count, environment),
        )
        memory = peak_memory_mb(explain, environment)
    ours, theirs = (statistics.median(results[name]) for name in ("explain", "ripgrep"))
    gigabytes = options.megabytes / 1000
    print(f"explain {ours:.2f} s, {gigabytes / ours:.2f} GB/s; ripgrep counting 535 {theirs:.2f} s, {gigabytes / theirs:.2f} GB/s")
    print(f"ratio of speeds {theirs / ours:.2f} (goal 0.5); peak memory {memory:.0f} MB (goal 50)")


if __name__ == "__main__":
    main()
