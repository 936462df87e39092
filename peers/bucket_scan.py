"""`trail scan` of a bucket that need not be held (bucket.py), read slowly, with the peak of its memory."""

import gzip
import json
import random
import subprocess
import sys
import time

from bucket import Bucket, Repeated
from doctor import BINARY, clean_environment

READER = {"AWS_ACCESS_KEY_ID": "AKIAREADERREADERREAD", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-1"}
MB = 1024 * 1024
# A process inherits the peak of whoever started it: something small has to.
MEASURE = "import resource,subprocess,sys;code=subprocess.call(sys.argv[2:]);open(sys.argv[1],'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss));sys.exit(code)"


def record(number: int, noise: int = 0, dice: random.Random | None = None) -> str:
    made = {
        "eventVersion": "1.11",
        "eventTime": f"2026-03-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z",
        "eventSource": "ses.amazonaws.com",
        "eventName": "SendEmail" if number % 10 else "GetAccount",
        "eventID": f"{number:08d}",
    }
    if noise and dice:
        made["noise"] = f"{dice.getrandbits(4 * noise):0{noise}x}"
    return json.dumps(made)


def packed(records: int, noise: int, seed: int) -> bytes:
    dice = random.Random(seed)
    text = '{"Records":[' + ",".join(record(seed * records + number, noise, dice) for number in range(records)) + "]}"
    return gzip.compress(text.encode(), 1)


SMALL = {"one.json.gz": Repeated(packed(3, 0, 0))}


class Scan:
    """A scan, its peak in MB, and what it printed, which `pause` lets wait."""

    def __init__(self, bucket: Bucket, folder, *args: str, pause: float = 0):
        peak = folder / "peak"
        command = [BINARY, "trail", "scan", "s3://a-bucket", "--endpoint-url", bucket.url, *args]
        process = subprocess.Popen(
            [sys.executable, "-S", "-E", "-c", MEASURE, str(peak), *command],
            env=clean_environment(**READER),
            stdout=subprocess.PIPE,
            stderr=(folder / "talk").open("w"),
        )
        self.bytes = self.lines = 0
        while piece := process.stdout.read1(64 * 1024):
            self.bytes += len(piece)
            self.lines += piece.count(b"\n")
            time.sleep(pause)  # whoever reads is slow
        self.code = process.wait()
        self.talk = (folder / "talk").read_text()
        self.peak = int(peak.read_text()) / 1024

    def __str__(self) -> str:
        return f"code {self.code}, {self.peak:.0f} MB, {self.lines} lines of {self.bytes} bytes\n{self.talk}"
