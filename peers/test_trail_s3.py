"""`trail scan s3://…`: moto's S3 holds what lies on the disk, and both have to give the same rows, byte for byte.

Between the command and moto stands a proxy. It writes down what was asked, so that a listing that should not have been made is
seen; holds every signature to botocore's; and answers in moto's place where a bucket has to be slow, denied or elsewhere. moto
itself knows no permissions and no regions here, so that what S3 says to these is written down in this file, not observed."""

import gzip
import http.client
import json
import random
import re
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

import boto3
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from doctor import BINARY, COULD_NOT_RUN, HEALTHY, INCONCLUSIVE, USAGE, Run, clean_environment, run

REGION = "eu-west-1"
KEY, SECRET = "AKIAREADERREADERREAD", "a-secret-of-the-reader"
BUCKET = "a-trail"
ACCOUNT = "111122223333"
REGIONS = ["eu-west-1", "eu-central-1", "us-east-1"]
FIRST = datetime(2026, 2, 27, tzinfo=UTC)
DAYS = 5
STRANGE = ["more/a b+c=d%2F&é/ü ☃.json", "more/plus+plus.jsonl", "more/%25.json.gz", "more/dots/../up.json", "more//empty.json"]


def record(number: int, at: datetime, region: str) -> dict:
    return {
        "eventVersion": "1.11",
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "ses.amazonaws.com",
        "eventName": ["SendEmail", "GetAccount"][number % 2],
        "awsRegion": region,
        "userIdentity": {"type": "IAMUser", "userName": f"user-{number % 3}"},
        "eventID": f"{number:08d}",
        "note": "naïve \u2603" if number % 5 else 'with "quotes" and \\ ',
    }


def archive() -> dict[str, bytes]:
    """Keys and contents: CloudTrail's layout of two prefixes, and what may lie beside it."""
    dice = random.Random(11)
    made, number = {}, 0
    for prefix in ("", "logs/o-prefix/"):
        for region in REGIONS:
            for day in range(DAYS):
                midnight = FIRST + timedelta(days=day)
                for part in range(3):
                    at = midnight + timedelta(hours=5 + 7 * part)
                    records = []
                    for _ in range(dice.randrange(4)):
                        records.append(record(number, at - timedelta(minutes=dice.randrange(1, 9)), region))
                        number += 1
                    name = f"{ACCOUNT}_CloudTrail_{region}_{at:%Y%m%dT%H%M}Z_{number:016d}.json.gz"
                    key = f"{prefix}AWSLogs/{ACCOUNT}/CloudTrail/{region}/{at:%Y/%m/%d}/{name}"
                    made[key] = gzip.compress(json.dumps({"Records": records}, ensure_ascii=False).encode())
    for key in STRANGE:
        text = (json.dumps(record(number, FIRST, "eu-west-1")) + "\n").encode()
        made[key] = gzip.compress(text) if key.endswith(".gz") else text
        number += 1
    digest = f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/eu-west-1/2026/02/27/{ACCOUNT}_CloudTrail-Digest_eu-west-1_x.json.gz"
    made[digest] = gzip.compress(b"{}")
    made[f"AWSLogs/{ACCOUNT}/Config/eu-west-1/2026/2/27/ConfigHistory/{ACCOUNT}_Config.txt"] = b"nothing of CloudTrail"
    made["readme.txt"] = b"no JSON"
    return made


ARCHIVE = archive()


class Proxy:
    """In front of moto, until the end of the `with` block. `answer` may take moto's place: it is asked with path and query, and
    gives status, headers and body, or nothing."""

    def __init__(self, moto: str):
        self.moto = urlsplit(moto).netloc
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.ranges: list[str] = []
        self.agents: set[str] = set()
        self.wrong: list[str] = []
        self.answer = lambda path, query: None

    def __enter__(self) -> "Proxy":
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path, _, query = self.path.partition("?")
                pairs = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
                proxy.note(self, path, pairs)
                answer = proxy.answer(unquote(path), pairs)
                status, headers, body = answer or proxy.of_moto(self.path, self.headers)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def note(self, request, path: str, query: dict) -> None:
        self.asked.append((unquote(path), query))
        self.agents.add(request.headers["x-amz-user-agent"])
        if request.headers["range"]:
            self.ranges.append(request.headers["range"])
        said = request.headers["authorization"]
        if not said.endswith("Signature=" + signature(self.url + request.path, request.headers)):
            self.wrong.append(request.path)

    def of_moto(self, path: str, headers) -> tuple[int, dict, bytes]:
        connection = http.client.HTTPConnection(self.moto)
        passed = ("authorization", "range", "if-match")  # moto takes any signature, but not none
        connection.request("GET", path, headers={name: headers[name] for name in passed if headers[name]})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        kept = {name: answer.headers[name] for name in ("content-type", "etag", "content-range") if answer.headers[name]}
        return answer.status, kept, body

    def scan(self, *args: str, region: str = REGION, **env: str) -> Run:
        reader = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": region}
        done = run("trail", "scan", *args, "--endpoint-url", self.url, env={**reader, **env})
        assert self.wrong == [], self.wrong
        return done

    def listed(self) -> list[str]:
        return [query["prefix"] for _, query in self.asked if "list-type" in query]

    def fetched(self) -> list[str]:
        return [path.removeprefix(f"/{BUCKET}/") for path, query in self.asked if "list-type" not in query]


def signature(url: str, headers) -> str:
    """What botocore would have signed."""
    scope, signed = re.search(r"Credential=\S+?/\d+/(\S+?)/s3/aws4_request, *SignedHeaders=([^,]+)", headers["authorization"]).groups()
    request = AWSRequest(method="GET", url=url, headers={name: headers[name] for name in signed.split(";")})
    request.context["timestamp"] = headers["x-amz-date"]
    auth = S3SigV4Auth(Credentials(KEY, SECRET), "s3", scope)
    return auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)


def error(status: int, code: str, message: str, **headers: str) -> tuple[int, dict, bytes]:
    text = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return status, {"content-type": "application/xml", **headers}, text.encode()


@pytest.fixture(scope="module")
def moto(moto):
    """The same, with the archive in its S3."""
    s3 = client(moto)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    for key, content in ARCHIVE.items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=content)
    return moto


def client(url: str):
    return boto3.client("s3", endpoint_url=url, region_name=REGION, aws_access_key_id=KEY, aws_secret_access_key=SECRET)


@pytest.fixture
def proxy(moto):
    with Proxy(moto) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory) -> Path:
    """The same, but for keys that no file can have."""
    folder = tmp_path_factory.mktemp("archive")
    for key, content in ARCHIVE.items():
        if ".." not in key and "//" not in key:
            (folder / key).parent.mkdir(parents=True, exist_ok=True)
            (folder / key).write_bytes(content)
    return folder


FILTERS = [
    [],
    ["--user", "user-1"],
    ["--region", "eu-*"],
    ["--region", "us-east-1", "--since", "2026-02-28"],
    ["--since", "2026-02-28T06:00:00Z", "--until", "2026-03-01T05:00:00Z"],
    ["--until", "2026-02-27T12:00:00Z", "--action", "GetAccount"],
    ["--text", "☃", "--event-source", "ses"],
]


@pytest.mark.parametrize("form", ["json", "csv", "text"])
@pytest.mark.parametrize("filter", FILTERS, ids=" ".join)
def test_a_bucket_gives_the_rows_of_the_same_files(filter, form, proxy, on_disk):
    for place in ("AWSLogs", "logs", "more/plus+plus.jsonl", "more/a b+c=d%2F&é"):
        here = run("trail", "scan", str(on_disk / place), *filter, "-o", form)
        there = proxy.scan(f"s3://{BUCKET}/{place}", *filter, "-o", form)
        assert (here.code, there.code) == (HEALTHY, HEALTHY), str(there)
        assert there.out == here.out


def test_a_whole_bucket_with_every_strange_key_is_read(proxy):
    done = proxy.scan(f"s3://{BUCKET}", "-o", "json")
    found = {json.loads(line)["eventID"] for line in done.out.splitlines()}
    records = sum(len(json.loads(gzip.decompress(content))["Records"]) for key, content in ARCHIVE.items() if "_CloudTrail_" in key)
    assert (done.code, len(found)) == (HEALTHY, records + len(STRANGE)), done
    assert set(STRANGE) <= set(proxy.fetched())
    assert all("ses-doctor" in agent and "api/s3" in agent for agent in proxy.agents), proxy.agents


def test_what_the_filter_rules_out_is_not_even_listed(proxy):
    done = proxy.scan(f"s3://{BUCKET}/AWSLogs", "--region", "eu-*", "--since", "2026-03-01", "--until", "2026-03-01T12:00:00Z")
    assert done.code == HEALTHY and "folders not entered" in done.err, done
    root = f"AWSLogs/{ACCOUNT}/"
    assert {prefix.removeprefix(root) for prefix in proxy.listed() if prefix.startswith(root)} == {
        "",
        "CloudTrail/",
        *(
            f"CloudTrail/{region}/{place}"
            for region in ("eu-west-1", "eu-central-1")
            for place in ("", "2026/", "2026/03/", "2026/03/01/", "2026/03/02/")
        ),
    }
    assert all(re.search(r"/eu-[a-z]+-1/2026/03/0[12]/", key) for key in proxy.fetched()), proxy.fetched()


def test_without_a_filter_a_trail_is_one_listing(proxy):
    assert proxy.scan(f"s3://{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail/").code == HEALTHY
    # Whether anything is there, and then all of it.
    assert proxy.listed() == [f"AWSLogs/{ACCOUNT}/CloudTrail/"] * 2


def test_nothing_left_after_ruling_out_is_no_error(proxy):
    done = proxy.scan(f"s3://{BUCKET}/AWSLogs", "--region", "sa-east-1", "-o", "json")
    assert (done.code, done.out, proxy.fetched()) == (HEALTHY, "", []), done


def test_a_star_at_the_end_stands_for_any_rest(proxy):
    done = proxy.scan(f"s3://{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail/eu-*", "-o", "json")
    found = {json.loads(line)["awsRegion"] for line in done.out.splitlines()}
    assert (done.code, found) == (HEALTHY, {"eu-west-1", "eu-central-1"})
    assert not any("us-east-1" in key for key in proxy.listed() + proxy.fetched())


def test_places_here_and_there_are_read_together(proxy, on_disk):
    here, there = on_disk / "more/plus+plus.jsonl", f"s3://{BUCKET}/logs"
    both = proxy.scan(str(here), there, "-o", "json")
    apart = proxy.scan(there, "-o", "json").out.splitlines() + run("trail", "scan", str(here), "-o", "json").out.splitlines()
    assert (both.code, sorted(both.out.splitlines())) == (HEALTHY, sorted(apart))


def test_pages_are_followed(proxy):
    def smaller(path, query):
        if "list-type" not in query or "max-keys" in query:
            return None
        asked = "".join(f"&{name}={quote(value, safe='')}" for name, value in query.items())
        return proxy.of_moto(f"/{BUCKET}?max-keys=2{asked}", dict.fromkeys(("authorization", "range", "if-match")))

    proxy.answer = smaller
    paged = proxy.scan(f"s3://{BUCKET}", "-o", "json", "--since", "2026-02-28")
    assert any("continuation-token" in query for _, query in proxy.asked)
    proxy.answer = lambda path, query: None
    whole = proxy.scan(f"s3://{BUCKET}", "-o", "json", "--since", "2026-02-28")
    assert (paged.code, sorted(paged.out.splitlines())) == (HEALTHY, sorted(whole.out.splitlines()))


def test_a_large_object_is_read_in_ranges_within_the_limit(proxy, moto, tmp_path):
    """64 MB leave 8 to objects that wait, and a quarter of that to one of them."""
    dice = random.Random(3)
    noise = lambda: "".join(dice.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=4000))  # noqa: E731
    lines = [json.dumps(record(number, FIRST, "eu-west-1") | {"noise": noise()}) for number in range(2500)]
    files = {"large/a.json.gz": gzip.compress("\n".join(lines).encode()), "large/b.jsonl": "\n".join(lines).encode()}
    for key, content in files.items():
        assert len(content) > 5_000_000
        client(moto).put_object(Bucket=BUCKET, Key=key, Body=content)
        (tmp_path / key).parent.mkdir(exist_ok=True)
        (tmp_path / key).write_bytes(content)
    there = proxy.scan(f"s3://{BUCKET}/large", "-o", "json", "--memory", "64")
    here = run("trail", "scan", str(tmp_path / "large"), "-o", "json")
    assert (there.code, there.out) == (HEALTHY, here.out)
    assert len(proxy.ranges) > 5 and len(set(proxy.ranges)) > 3

    def broken(path, query):
        return error(403, "AccessDenied", "Access Denied") if path.endswith("a.json.gz") and len(proxy.ranges) > 1 else None

    proxy.ranges.clear()
    proxy.answer = broken
    done = proxy.scan(f"s3://{BUCKET}/large/a.json.gz", "-o", "json", "--memory", "64")
    assert (done.code, done.out) == (COULD_NOT_RUN, ""), done
    assert "s3:GetObject was denied" in done.err and "unpacked" not in done.err
    for key in files:
        client(moto).delete_object(Bucket=BUCKET, Key=key)


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(proxy):
    root = f"AWSLogs/{ACCOUNT}/CloudTrail"
    names = [key for key in ARCHIVE if key.startswith(f"{root}/eu-west-1/2026/02/27/")]
    gone, denied, sealed = names

    def broken(path, query):
        key = path.removeprefix(f"/{BUCKET}/")
        if key == gone:
            return error(404, "NoSuchKey", "The specified key does not exist.")
        if key == denied:
            return error(403, "AccessDenied", "Access Denied")
        if key == sealed:
            return error(403, "AccessDenied", "User: x is not authorized to perform: kms:Decrypt on the resource")
        if query.get("prefix") == f"{root}/us-east-1/":
            return error(403, "AccessDenied", "Access Denied")
        return None

    whole = proxy.scan(f"s3://{BUCKET}/{root}", "-o", "json", "--since", "2026-02-27")
    proxy.answer = broken
    done = proxy.scan(f"s3://{BUCKET}/{root}", "-o", "json", "--since", "2026-02-27")
    rest = [line for line in whole.out.splitlines() if json.loads(line)["awsRegion"] != "us-east-1"]
    lost = {record["eventID"] for name in names for record in json.loads(gzip.decompress(ARCHIVE[name]))["Records"]}
    assert done.code == INCONCLUSIVE, done
    assert done.out.splitlines() == [line for line in rest if json.loads(line)["eventID"] not in lost]
    told = unwrapped(done)
    for words in (
        f"s3://{BUCKET}/{gone}: it cannot be read: it is not there any more",
        f"{denied}: it cannot be read: s3:GetObject was denied",
        "it takes s3:GetObject on the bucket's objects",
        "it takes kms:Decrypt on the key that encrypts the trail",
        f"s3://{BUCKET}/{root}/us-east-1/: it cannot be read: s3:ListBucket was denied",
        "access denied to 3 files or folders; 1 file or folder could not be had",
    ):
        assert words in told, f"{words}\n{told}"


def unwrapped(done: Run) -> str:
    return " ".join(re.sub(r"[│⚠]", " ", done.err).split())


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("s3://no-such-bucket", "there is no bucket of this name"),
        (f"s3://{BUCKET}/nothing", "there is nothing"),
        (f"s3://{BUCKET}/nothing/", "there is nothing"),
        (f"s3://{BUCKET}/nothing*", "there is nothing"),
    ],
)
def test_what_is_not_there_is_an_error(place, words, proxy):
    done = proxy.scan(place)
    assert (done.code, done.out) == (COULD_NOT_RUN, "") and words in done.err, done
    both = proxy.scan(place, f"s3://{BUCKET}/more/plus+plus.jsonl", "-o", "json")
    assert (both.code, len(both.out.splitlines())) == (INCONCLUSIVE, 1) and words in both.err, both


def test_a_denied_bucket_and_no_credentials_end_with_the_reason(proxy):
    proxy.answer = lambda path, query: error(403, "AccessDenied", "Access Denied")
    done = proxy.scan(f"s3://{BUCKET}")
    assert done.code == COULD_NOT_RUN and "s3:ListBucket was denied: Access Denied" in done.err, done
    nobody = run("trail", "scan", f"s3://{BUCKET}", "--endpoint-url", proxy.url)
    assert nobody.code == COULD_NOT_RUN and "credentials" in nobody.err, nobody
    wrong = run("trail", "scan", "s3://x")
    assert wrong.code == USAGE and "is no place in S3" in wrong.err, wrong


def test_being_asked_to_slow_down_is_obeyed(proxy):
    lock, seen = threading.Lock(), set()

    def slow(path, query):
        with lock:
            again = (path, json.dumps(query)) in seen
            seen.add((path, json.dumps(query)))
        return None if again or len(seen) % 3 else error(503, "SlowDown", "Please reduce your request rate.")

    whole = proxy.scan(f"s3://{BUCKET}/logs", "-o", "json")
    proxy.answer = slow
    done = proxy.scan(f"s3://{BUCKET}/logs", "-o", "json")
    assert (done.code, done.out) == (HEALTHY, whole.out), done


def test_a_bucket_elsewhere_is_followed(proxy):
    moved = error(301, "PermanentRedirect", "The bucket is elsewhere.", **{"x-amz-bucket-region": "ap-south-1"})
    signed = []

    def elsewhere(path, query):
        signed.append(path)
        return moved if len(signed) == 1 else None

    proxy.answer = elsewhere
    done = proxy.scan(f"s3://{BUCKET}/more/plus+plus.jsonl", "-o", "json")
    assert (done.code, len(done.out.splitlines())) == (HEALTHY, 1), done


def test_an_object_that_changes_between_listing_and_reading_is_told(proxy, moto):
    key = "changing/a.jsonl"
    s3 = client(moto)
    s3.put_object(Bucket=BUCKET, Key=key, Body=(json.dumps(record(1, FIRST, REGION)) + "\n").encode())

    def change(path, query):
        if path.endswith(key) and "list-type" not in query:
            s3.put_object(Bucket=BUCKET, Key=key, Body=b'{"another":1}\n')
        return None

    proxy.answer = change
    done = proxy.scan(f"s3://{BUCKET}/changing")
    s3.delete_object(Bucket=BUCKET, Key=key)
    assert done.code == COULD_NOT_RUN and "has changed since it was listed" in unwrapped(done), done


def test_a_diagnosis_takes_evidence_from_a_bucket(proxy, moto, tmp_path):
    key = "AKIAIOSFODNN7EXAMPLE"
    deleted = record(1, FIRST, "us-east-1") | {
        "eventSource": "iam.amazonaws.com",
        "eventName": "DeleteAccessKey",
        "requestParameters": {"userName": "mailer", "accessKeyId": key},
    }
    client(moto).put_object(Bucket=BUCKET, Key="evidence/a.json", Body=json.dumps({"Records": [deleted]}).encode())
    arguments = ["--host", "email-smtp.eu-west-1.amazonaws.com", "--username", key, "--password-env", "PASSWORD"]
    arguments += ["--error", "535 Authentication Credentials Invalid", "-o", "json", "--trail", f"s3://{BUCKET}/evidence"]
    arguments += ["--endpoint-url", proxy.url, "--smtp-endpoint", "eu-west-1:587=127.0.0.1:9", "--no-wait", "--no-region-sweep"]
    proxy.answer = lambda path, query: None
    env = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION}
    env["PASSWORD"] = "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk"
    done = run("diagnose", *arguments, env=env)
    told = next(item for item in done.report["evidence"] if item["id"] == "cloudtrail.archived-events")
    assert "DeleteAccessKey" in json.dumps(told), told
    offline = run("diagnose", *arguments, "--offline", env=env)
    assert offline.code == USAGE and "a bucket cannot be read without AWS" in offline.err, offline


def test_whoever_has_read_enough_may_go(proxy):
    reader = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION}
    command = f'"{BINARY}" trail scan s3://{BUCKET} -o json --as-found --quiet --endpoint-url {proxy.url} | head -n 1'
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], env=clean_environment(**reader), capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, len(done.stdout.splitlines()), done.stderr) == (0, 1, ""), done
