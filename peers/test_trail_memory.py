"""`trail scan s3://…` in the memory that it was given: hundreds of megabytes, one object larger than the limit, one that unpacks to
far more, a reader who takes his time; and connections that break in the middle.

The peak is that of the whole process, from the kernel. A process that scans one small object is what stands beside the limit: the
program itself, TLS roots, connections."""

import json
import zlib

import pytest
from bucket import Bucket, Repeated
from bucket_scan import MB, READER, SMALL, Scan, packed, record
from doctor import COULD_NOT_RUN, HEALTHY, INCONCLUSIVE, run

SLACK_MB = 8  # what an allocator keeps


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> float:
    """The process by itself."""
    with Bucket(SMALL) as bucket:
        scan = Scan(bucket, tmp_path_factory.mktemp("base"), "-o", "json", "--memory", "64")
    assert (scan.code, scan.lines) == (HEALTHY, 3), scan
    return scan.peak


@pytest.fixture(scope="module")
def files() -> list[bytes]:
    """Of half a megabyte to two, hardly to be packed."""
    return [packed(records, 2000, seed) for seed, records in enumerate((300, 500, 900, 1300))]


@pytest.mark.parametrize("memory", [64, 256])
@pytest.mark.parametrize("order", [(), ("--as-found",)])
def test_hundreds_of_megabytes_are_read_within_the_limit(memory, order, base, files, tmp_path):
    objects = {f"day/{number:03}.json.gz": Repeated(files[number % 4]) for number in range(200)}
    wanted = 200 // 4 * sum(records // 10 for records in (300, 500, 900, 1300))
    with Bucket(objects) as bucket:
        asked = ("-o", "json", "--memory", str(memory), "--action", "GetAccount", *order)
        scan = Scan(bucket, tmp_path, *asked, pause=0.002)
        assert bucket.served == sum(map(len, objects.values())) > 150 * MB
    assert (scan.code, scan.lines) == (HEALTHY, wanted), scan
    assert scan.peak < memory + base + SLACK_MB, f"beside {base:.0f} MB: {scan}"


def test_what_is_found_beyond_the_limit_waits_in_a_file(base, files, tmp_path):
    objects = {f"{number:02}.json.gz": Repeated(files[number % 4]) for number in range(60)}
    with Bucket(objects) as bucket:
        scan = Scan(bucket, tmp_path, "-o", "json", "--memory", "64", pause=0.0005)
    assert (scan.code, scan.lines) == (HEALTHY, 60 // 4 * 3000) and scan.bytes > 85 * MB, scan
    assert scan.peak < 64 + base + SLACK_MB, f"beside {base:.0f} MB: {scan}"


def test_an_object_larger_than_the_limit_is_read_within_it(base, files, tmp_path):
    with Bucket({"large.json.gz": Repeated(files[1], 200)}) as bucket:
        assert len(bucket.objects["large.json.gz"]) > 100 * MB
        scan = Scan(bucket, tmp_path, "-o", "json", "--memory", "64", "--action", "GetAccount")
    assert (scan.code, scan.lines) == (HEALTHY, 200 * 50), scan
    assert scan.peak < 64 + base + SLACK_MB, f"beside {base:.0f} MB: {scan}"


def bomb(head: bytes, piece: bytes, times: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(head), *(packer.compress(piece) for _ in range(times)), packer.flush()]
    return b"".join(parts)


def test_what_unpacks_to_far_more_is_read_within_the_limit_or_given_up(base, tmp_path):
    one = record(1).encode() + b","
    bombs = {
        "spaces.json.gz": bomb(b'{"Records":[', b" " * MB, 400),
        "text.json.gz": bomb(b'{"Records":[{"eventName":"', b"x" * MB, 400),
        # It is sound to its end, where the list is not closed: nothing of it counts, and all of it was looked at.
        "records.json.gz": bomb(b'{"Records":[', one * 5000, 400),
    }
    with Bucket(SMALL | {key: Repeated(content) for key, content in bombs.items()}) as bucket:
        assert sum(map(len, bombs.values())) < 5 * MB
        scan = Scan(bucket, tmp_path, "-o", "json", "--memory", "64", "--action", "GetAccount")
    assert (scan.code, scan.lines) == (INCONCLUSIVE, 1), scan
    assert "3 damaged files skipped" in scan.talk, scan
    assert scan.peak < 64 + base + SLACK_MB, f"beside {base:.0f} MB: {scan}"


def scanned(bucket: Bucket, *args: str):
    return run("trail", "scan", "s3://a-bucket", "-o", "json", "--endpoint-url", bucket.url, *args, env=READER)


def test_a_connection_that_breaks_is_made_again_and_what_is_never_whole_is_told(files, tmp_path):
    objects = SMALL | {f"{number}.json.gz": Repeated(content) for number, content in enumerate(files)}
    objects["ranges.json.gz"] = Repeated(files[3], 8)
    with Bucket(objects) as bucket:
        whole = scanned(bucket, "--memory", "64")
        bucket.cuts = dict.fromkeys(objects, 1)
        mended = scanned(bucket, "--memory", "64")
        assert (mended.code, mended.out, bucket.cuts["ranges.json.gz"]) == (HEALTHY, whole.out, 0), mended
        bucket.cuts = dict.fromkeys(["1.json.gz", "ranges.json.gz"], 1000)
        told = tmp_path / "told"
        done = scanned(bucket, "--memory", "64", "--not-read", str(told))
    assert done.code == INCONCLUSIVE and "2 files or folders could not be had" in done.err, done
    *losses, counts = [json.loads(line) for line in told.read_text().splitlines()]
    assert {(loss["file"], loss["loss"]) for loss in losses} == {
        ("s3://a-bucket/1.json.gz", "unreadable"),
        ("s3://a-bucket/ranges.json.gz", "unreadable"),
    }
    assert (counts["summary"]["unreadable"], counts["summary"]["damaged"], counts["summary"]["files"]) == (2, 0, 4)
    assert set(done.out.splitlines()) < set(whole.out.splitlines())


def test_a_bucket_whose_objects_are_denied_is_not_damaged_and_fills_no_screen(tmp_path):
    objects = {f"{number:03}.json.gz": SMALL["one.json.gz"] for number in range(120)}
    with Bucket(objects) as bucket:
        bucket.denied = set(list(objects)[:100])
        done = scanned(bucket, "--not-read", str(tmp_path / "told"))
        assert done.code == INCONCLUSIVE and "access denied to 100 files or folders" in done.err, done
        assert "damaged" not in done.err and done.err.count("s3:GetObject was denied") == 10, done
        assert "not named here: access denied to 90 more files or folders" in " ".join(done.err.split()), done
        assert scanned(bucket, "-v").err.count("s3:GetObject was denied") == 100
        *losses, counts = [json.loads(line) for line in (tmp_path / "told").read_text().splitlines()]
        assert len(losses) == counts["summary"]["denied"] == 100
        bucket.denied = set(objects)
        done = scanned(bucket)
        assert done.code == COULD_NOT_RUN and "nothing could be read: access denied to 120" in " ".join(done.err.split()), done
