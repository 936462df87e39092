"""`trail scan` beside unpacking alone and beside what else searches CloudTrail's files: the same files, in turn, the same answer
checked. See README.md."""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from diagnosis import BINARY, interleaved
from trail_peers import PEERS, QUESTIONS

HERE = Path(__file__).parent
UNPACK = HERE.parent / "target/release/examples/unpack"
MEMORY_MB = 256


class Outcome:
    """Wall and processor seconds and peak memory of a whole process and its children, and what it printed."""

    def __init__(self, command):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as talk:
            start = time.perf_counter()
            process = subprocess.Popen([str(part) for part in command], stdout=out, stderr=talk)
            _, status, usage = os.wait4(process.pid, 0)
            self.seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0), talk.seek(0)
            self.text = out.read().decode()
            if process.returncode:
                sys.exit(f"{command[0]} ended with {process.returncode}: {talk.read().decode()[-2000:]}")
        self.megabytes = usage.ru_maxrss / 1024
        self.processor = usage.ru_utime + usage.ru_stime


def ours(folder, threads, *filters):
    return Outcome([BINARY, "trail", "scan", folder, "-o", "json", "--quiet", "--threads", threads, "--memory", MEMORY_MB, *filters])


def ids(text):
    return [json.loads(line)["eventID"] for line in text.splitlines()]


def slice_of(folder, megabytes, total, into):
    """Some of the files, spread over all of them, for peers that would take minutes for the whole."""
    files = sorted(Path(folder).rglob("*.json.gz"))
    every = max(1, int(total / 1e6 / megabytes))
    for path in files[::every]:
        link = Path(into, path.relative_to(folder))
        link.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, link)
    return into


def text_of(folder):
    return int(Outcome([UNPACK, folder, 2]).text.split()[1])


def medians(outcomes):
    """Wall seconds, processor seconds, and the most memory."""
    wall, processor = (statistics.median(getattr(one, what) for one in outcomes) for what in ("seconds", "processor"))
    return wall, processor, max(one.megabytes for one in outcomes)


def line(what, size, measured, beside):
    wall, processor, megabytes = measured
    print(f"  {what:34} {size / wall / 1e9:7.3f} GB/s, {size / processor / 1e9:7.3f} a core, {megabytes:5.0f} MB {beside}", flush=True)


def compare(profile, folder, threads, options, slice_folder):
    total, part = text_of(folder), text_of(slice_folder)
    contests = {name: lambda ours_of=question.ours: ours(folder, threads, *ours_of) for name, question in QUESTIONS.items()}
    results = interleaved(options.rounds, unpack=lambda: Outcome([UNPACK, folder, threads]), **contests)
    limit, memory = medians(results["unpack"]), 0
    print(f"\n{profile} files, {total / 1e9:.2f} GB of text, threads: {threads}; by the clock, and by processor time")
    line("unpacking alone (libdeflate)", total, limit, "")
    for name in QUESTIONS:
        mine, events = medians(results[name]), len(ids(results[name][0].text))
        memory = max(memory, mine[2])
        ratios = f"{limit[0] / mine[0]:.2f} and {limit[1] / mine[1]:.2f} of unpacking alone (goal 0.85)"
        line(f"trail scan, {name}", total, mine, f"{ratios}; {events} events")
    print(f"  memory {memory:.0f} MB (goal {MEMORY_MB})")
    if options.peers:
        for name in QUESTIONS:
            beside_peers(slice_folder, part, threads, options, name)


def beside_peers(folder, size, threads, options, name):
    """On a part of the files: some take minutes for the whole."""
    script = [sys.executable, HERE / "trail_peers.py"]
    contests = {peer: lambda peer=peer: Outcome([*script, peer, folder, name, threads]) for peer in options.peers}
    results = interleaved(options.peer_rounds, mine=lambda: ours(folder, threads, *QUESTIONS[name].ours), **contests)
    mine, best = medians(results["mine"]), [float("inf"), float("inf")]
    expected = sorted(ids(results.pop("mine")[0].text))
    print(f"  on {size / 1e9:.2f} GB of it, {name}:")
    line("trail scan", size, mine, f"{len(expected)} events")
    for peer, outcomes in results.items():
        for outcome in outcomes:
            if sorted(outcome.text.split()) != expected:
                sys.exit(f"{peer} finds {len(outcome.text.split())} events, not these {len(expected)}")
        theirs = medians(outcomes)
        times = [theirs[0] / mine[0], theirs[1] / mine[1]]
        best = [min(pair) for pair in zip(best, times)]
        line(peer, size, theirs, f"trail scan is {times[0]:.1f} and {times[1]:.1f} times as fast")
    print(f"  the best peer: {best[0]:.1f} and {best[1]:.1f} times (goal 3)")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-rounds", type=int, default=3)
    parser.add_argument("--small-mb", type=float, default=400)
    parser.add_argument("--large-mb", type=float, default=400)
    parser.add_argument("--slice-mb", type=float, default=200, help="text that the peers get, of the same files")
    parser.add_argument("--archive", help="a folder with archives that were made before, in `small` and `large`")
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    options = parser.parse_args()
    for program in ("jq", "rg"):
        if not shutil.which(program):
            sys.exit(f"{program} is not there: apt-get install jq ripgrep")
    with tempfile.TemporaryDirectory() as made:
        archive = Path(options.archive or made)
        for profile, size in (("small", options.small_mb), ("large", options.large_mb)):
            folder = archive / profile
            if not folder.exists():
                subprocess.run([sys.executable, HERE / "archive_of_cloudtrail.py", folder, str(size), profile], check=True)
            with tempfile.TemporaryDirectory(dir=archive) as part:
                slice_of(folder, options.slice_mb, text_of(folder), part)
                for threads in (1, 2):
                    compare(profile, folder, threads, options, part)


if __name__ == "__main__":
    main()
