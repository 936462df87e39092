"""The memory of `trail scan s3://…`, of which nothing is known from files on disk: a bucket on loopback, a reader who takes his time,
the peak of the whole process beside one that scans a single small object. See README.md."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "peers"))
os.environ.setdefault("SES_DOCTOR_BIN", str(HERE.parent / "target/release/ses-doctor"))

from bucket import Bucket, Repeated  # noqa: E402
from bucket_scan import MB, SMALL, Scan, packed  # noqa: E402

PAUSE = 0.001  # after every 64 kB


def measured(objects, memory, *filters):
    with tempfile.TemporaryDirectory() as folder, Bucket(objects) as bucket:
        scan = Scan(bucket, Path(folder), "-o", "json", "--memory", str(memory), *filters, pause=PAUSE)
    if scan.code:
        sys.exit(f"the scan ended with {scan}")
    return scan


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=500, help="packed bytes in each bucket")
    options = parser.parse_args()
    pieces = [packed(records, 2000, seed) for seed, records in enumerate((300, 500, 900, 1300))]
    rounds = options.mb * MB // sum(map(len, pieces)) + 1
    many = {f"{number:04}.json.gz": Repeated(pieces[number % 4]) for number in range(4 * rounds)}
    one = {"large.json.gz": Repeated(pieces[1], options.mb * MB // len(pieces[1]) + 1)}
    base = measured(SMALL, 64).peak
    print(f"\ntrail scan s3://…, {options.mb} MB of objects, results read slowly; one small object: {base:.0f} MB")
    for memory in (64, 256):
        for what, objects, filters in (
            ("one record in ten, newest first", many, ("--action", "GetAccount")),
            ("one record in ten, as found", many, ("--action", "GetAccount", "--as-found")),
            ("every record, newest first", many, ()),
            (f"a single object of {options.mb} MB", one, ("--action", "GetAccount")),
        ):
            scan = measured(objects, memory, *filters)
            print(f"  --memory {memory:3}, {what:34} {scan.peak:4.0f} MB (goal {memory + base:.0f}), {scan.lines} records", flush=True)


if __name__ == "__main__":
    main()
