"""The policies of `permissions athena` and `permissions lake`, held against what is really called.

The commands run against moto's Athena and S3 and the stand-in of test_trail_engines.py, and every request is written down: the action
by the request alone, the resource by what the request names. What Athena then calls by itself nobody here can see: it follows
from the statements that were sent, by the examples of the Athena User Guide ("Configure access to databases and tables in the AWS
Glue Data Catalog", "Access to Amazon S3"). Two evaluators decide, ours and iam-simulate, which also knows by AWS's Service
Authorization Reference on which resources an action can be asked."""

import http.client
import json
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from conftest import NODE_MODULES, missing, program
from doctor import COULD_NOT_RUN, HEALTHY, USAGE, run
from test_diagnose_moto import ADMIN
from test_policy_lint import lint
from test_trail_engines import ACCOUNT, STORE, Aws, Engine

sqlglot = pytest.importorskip("sqlglot")
from sqlglot import exp  # noqa: E402

REGION = "eu-west-1"
HERE = f"{REGION}:{ACCOUNT}"
READER = {"AWS_ACCESS_KEY_ID": "AKIAREADERREADERREAD", "AWS_SECRET_ACCESS_KEY": "reader", "AWS_REGION": REGION}
TRAIL_KEY, RESULTS_KEY, STORE_KEY = (f"arn:aws:kms:{HERE}:key/{digit * 8}-12ab-34cd-56ef-1234567890ab" for digit in "123")
ASKED = ["--account", ACCOUNT, "--region", REGION]
PLACE = ["--bucket", "s3://delivered-here/logs", "--results", "s3://results-here/athena/", "--workgroup", "mail", "--database", "security"]
LAKE = ["--store", STORE]

Pair = tuple[str, str]

#: A key is governed by its own policy, which leaves it to those of IAM where it is the default one.
KEY_POLICY = {
    "name": "key policy",
    "document": {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}],
    },
}


class Recorder:
    """In front of moto, until the end of the `with` block: what was asked of IAM, as pairs of action and resource."""

    def __init__(self, moto: str):
        self.moto = urlsplit(moto).netloc
        self.called: set[Pair] = set()
        self.statements: list[str] = []
        self.workgroups: dict[str, str] = {}
        self.outputs: set[str] = set()

    def __enter__(self) -> "Recorder":
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.pass_on(b"")

            def do_POST(self):
                self.pass_on(self.rfile.read(int(self.headers["content-length"])))

            def pass_on(self, body: bytes):
                status, kind, answer = recorder.of_moto(self.command, self.path, self.headers, body)
                recorder.note(self, body, answer)
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

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

    def of_moto(self, method: str, path: str, headers, body: bytes) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection(self.moto)
        passed = ("authorization", "x-amz-target", "content-type", "x-amz-date")
        connection.request(method, path, body, {name: headers[name] for name in passed if headers[name]})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.headers["content-type"] or "application/xml", content

    def note(self, request, body: bytes, answer: bytes) -> None:
        _, _, region, service, _ = request.headers["authorization"].split("Credential=")[1].split(",")[0].split("/")
        if service == "s3":
            where = urlsplit(request.path)
            bucket, _, key = where.path.strip("/").partition("/")
            listing = "list-type" in parse_qs(where.query)
            assert request.command == "GET" and listing != bool(key), request.path
            self.called.add(("s3:ListBucket", f"arn:aws:s3:::{bucket}") if listing else ("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}"))
            return
        operation, asked, told = request.headers["x-amz-target"].rpartition(".")[2], json.loads(body), json.loads(answer)
        if operation == "StartQueryExecution":
            self.statements.append(asked["QueryString"])
            self.workgroups[told["QueryExecutionId"]] = asked["WorkGroup"]
        if operation == "GetQueryExecution":
            self.outputs.add(told["QueryExecution"]["ResultConfiguration"]["OutputLocation"])
        workgroup = asked.get("WorkGroup") or self.workgroups[asked["QueryExecutionId"]]
        self.called.add((f"{service}:{operation}", f"arn:aws:athena:{region}:{ACCOUNT}:workgroup/{workgroup}"))


class Stoppable(Aws):
    """The stand-in, whose queries of both engines may never end, and which keeps what was asked."""

    def __init__(self, engine: Engine):
        super().__init__(engine)
        self.called: set[Pair] = set()
        self.asks = ""

    def answer(self, service: str, operation: str, request: dict, region: str) -> dict:
        match operation:
            case "StartQueryExecution":
                self.asks = f"workgroup/{request['WorkGroup']}"
            case "StartQuery":
                self.asks = "eventdatastore/" + re.search(r"\bFROM (\S+)", request["QueryStatement"])[1]
        self.called.add((f"{service}:{operation}", f"arn:aws:{service}:{region}:{ACCOUNT}:{self.asks}"))
        return super().answer(service, operation, request, region)

    def cloudtrail_DescribeQuery(self, request: dict) -> dict:
        known = super().cloudtrail_DescribeQuery(request)
        return {**known, "QueryStatus": "RUNNING"} if self.forever else known

    def cloudtrail_CancelQuery(self, request: dict) -> dict:
        return {"QueryId": request["QueryId"], "QueryStatus": "CANCELLED"}


def glue(*things: str) -> list[str]:
    return [f"arn:aws:glue:{HERE}:{thing}" for thing in ("catalog", *things)]


def by_athena(statements: list[str], outputs: set[str], definition: str) -> set[Pair]:
    """What the guide says that Athena calls for these statements, whose results go there, on a table so defined."""
    called: set[Pair] = set()
    for sql in statements:
        tree = sqlglot.parse_one(sql, read="athena")
        (table,) = tree.find_all(exp.Table)
        database, name = f"database/{table.db}", f"table/{table.db}/{table.name}"
        called |= {("glue:GetDatabase", arn) for arn in [*glue(database), *glue("database/default")]}
        called |= {("glue:GetTable", arn) for arn in glue(database, name)}
        if isinstance(tree, exp.Create):
            called |= {("glue:CreateTable", arn) for arn in glue(database, name)}
            continue
        # A file of that day, in the folder that the table's template gives.
        bucket, folder = re.search(r"'storage.location.template' = 's3://([^/]+)/([^']+)'", definition).groups()
        folder = folder.replace("${account}", ACCOUNT).replace("${region}", REGION).replace("${day}", "2026/03/04")
        called.add(("s3:GetObject", f"arn:aws:s3:::{bucket}/{folder}/{ACCOUNT}_CloudTrail_{REGION}_20260304T0505Z_x.json.gz"))
        called |= {(f"s3:{action}", f"arn:aws:s3:::{bucket}") for action in ("ListBucket", "GetBucketLocation")}
    for output in outputs:
        bucket, _, key = output.removeprefix("s3://").partition("/")
        objects = ("GetObject", "PutObject", "AbortMultipartUpload")
        called |= {(f"s3:{action}", f"arn:aws:s3:::{bucket}/{key}{more}") for action in objects for more in ("", ".metadata")}
        called |= {(f"s3:{action}", f"arn:aws:s3:::{bucket}") for action in ("ListBucket", "GetBucketLocation")}
    return called


def printed(*args: str) -> dict:
    done = run("permissions", *args, "--output", "json")
    assert done.code == HEALTHY, done
    return done.report


def requests(report: dict, pairs: list[Pair]) -> list[dict]:
    (policy,) = report["policies"]
    return [
        {
            "principal": f"arn:aws:iam::{ACCOUNT}:user/auditor",
            "action": action,
            "resource": resource,
            "resource_account": ACCOUNT,
            "identity_policies": [{"name": policy["name"], "document": policy["document"]}],
            **({"resource_policy": KEY_POLICY} if action.startswith("kms:") else {}),
        }
        for action, resource in pairs
    ]


def decided(report: dict, pairs: set[Pair]) -> dict[Pair, tuple[str, str]]:
    """What iam-eval and iam-simulate say to each."""
    order = sorted(pairs)
    asked = requests(report, order)
    done = run("policy", "simulate", "-", "--output", "json", stdin="".join(json.dumps(request) + "\n" for request in asked))
    ours = [json.loads(line)["decision"] for line in done.out.splitlines()]
    script = Path(__file__).parent / "iam/allowed.mjs"
    answer = subprocess.run([program("node"), str(script)], input=json.dumps(asked), capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stderr
    theirs = json.loads(answer.stdout)
    assert len(ours) == len(theirs) == len(order), done
    return {pair: (one, other.get("decision") or str(other["refused"])) for pair, one, other in zip(order, ours, theirs, strict=True)}


def refused(report: dict, pairs: set[Pair]) -> dict:
    return {pair: said for pair, said in decided(report, pairs).items() if said != ("allowed", "allowed")}


def allowed(report: dict, pairs: set[Pair]) -> dict:
    return {pair: said for pair, said in decided(report, pairs).items() if said != ("implicit-deny", "implicit-deny")}


def granted(report: dict) -> set[str]:
    statements = report["policies"][0]["document"]["Statement"]
    return {action for statement in statements for action in statement["Action"]}


def on_behalf(report: dict) -> set[str]:
    """Actions that are said to be called by the service, if anywhere."""
    return {one["action"] for one in report["actions"] if re.search(r"\bby (Athena|CloudTrail)\b", one["calls"]) and "left_out_because" not in one}


@pytest.fixture(scope="module", autouse=True)
def simulator():
    if not (NODE_MODULES / "@cloud-copilot/iam-simulate").is_dir():
        missing("iam-simulate")


@pytest.fixture(scope="module")
def trail(moto):
    s3 = boto3.client("s3", endpoint_url=moto, region_name="us-east-1", **ADMIN)
    s3.create_bucket(Bucket="delivered-here")
    name = f"{ACCOUNT}_CloudTrail_{REGION}_20260304T0505Z_Abcdefgh12345678.json.gz"
    s3.put_object(Bucket="delivered-here", Key=f"logs/AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/03/04/{name}", Body=b"x")
    athena = boto3.client("athena", endpoint_url=moto, region_name=REGION, **ADMIN)
    athena.create_work_group(Name="mail", Configuration={})
    return [
        *["athena", "s3://delivered-here/logs", "--account", ACCOUNT, "--workgroup", "mail", "--database", "security"],
        *["--results", "s3://results-here/athena/", "--since", "2026-03-01", "--until", "2026-03-09", "--query-region", REGION],
    ]


@pytest.fixture(scope="module")
def endless(tmp_path_factory):
    with Stoppable(Engine(tmp_path_factory.mktemp("engine"))) as aws:
        yield aws


def stopped(endless, *args: str) -> set[Pair]:
    """What is called for a query that reaches the limit."""
    endless.called.clear()
    endless.forever = True
    try:
        done = run("trail", *args, "--apply", "--max-bytes", "1000", env={**endless.environment(), "AWS_REGION": REGION})
    finally:
        endless.forever = False
    assert done.code == COULD_NOT_RUN and "more than --max-bytes; it was" in done.err, done
    assert "COULD NOT BE STOPPED" not in done.err
    return set(endless.called)


def test_athena_may_do_what_is_called_and_nothing_else(trail, moto, endless):
    with Recorder(moto) as recorder:
        done = run("trail", *trail, "--apply", "--endpoint-url", recorder.url, env=READER)
        assert done.code == HEALTHY and "to be read: 1 file" in done.err, done
    assert len(recorder.statements) == 2 and recorder.outputs
    own = recorder.called | stopped(endless, *trail)
    its_own = by_athena(recorder.statements, recorder.outputs, recorder.statements[0])
    report = printed("athena", *ASKED, *PLACE)
    assert refused(report, own | its_own) == {}
    # Nothing that is never called; and what is not called here is said to be Athena's.
    assert granted(report) == {action for action, _ in own | its_own}
    assert on_behalf(report) == {action for action, _ in its_own}
    assert report.get("left_broad", []) == []
    assert lint(report["policies"][0]["document"]) == ""


def test_a_table_that_is_there_is_not_made(trail, moto):
    with Recorder(moto) as recorder:
        done = run("trail", *trail, "--apply", "--existing-table", "--endpoint-url", recorder.url, env=READER)
        assert done.code == HEALTHY, done
    (search,) = recorder.statements
    assert search.startswith("SELECT")
    report = printed("athena", *ASKED, *PLACE, "--existing-table")
    definition = run("trail", *trail).out
    assert refused(report, recorder.called | by_athena([search], recorder.outputs, definition)) == {}
    table = glue("database/security", "table/security/ses_doctor_trail")
    assert allowed(report, {("glue:CreateTable", arn) for arn in table}) == {}


def test_lake_may_do_what_is_called_and_nothing_else(endless):
    endless.called.clear()
    done = run("trail", "lake", STORE, "--apply", env={**endless.environment(), "AWS_REGION": REGION})
    assert done.code == HEALTHY, done
    own = set(endless.called) | stopped(endless, "lake", STORE)
    report = printed("lake", *ASKED, *LAKE)
    assert refused(report, own) == {}
    assert granted(report) == {action for action, _ in own}
    assert on_behalf(report) == set()
    assert allowed(report, {(action, arn.replace(STORE, STORE.replace("1", "2"))) for action, arn in own}) == {}
    named = printed("lake", "--store", f"arn:aws:cloudtrail:{HERE}:eventdatastore/{STORE}")
    assert named["policies"] == report["policies"] and "left_broad" not in named


def test_nothing_else_may_be_read_or_written(trail):
    report = printed("athena", *ASKED, *PLACE)
    file = f"logs/AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/03/04/x.json.gz"
    others = {
        *[(f"s3:{action}", f"arn:aws:s3:::delivered-here/{file}") for action in ("PutObject", "DeleteObject", "AbortMultipartUpload")],
        *[("s3:PutObject", f"arn:aws:s3:::delivered-here/{key}") for key in ("x", "athena/x", "logs/x")],
        ("s3:GetObject", "arn:aws:s3:::delivered-here/payroll.csv"),
        ("s3:GetObject", f"arn:aws:s3:::delivered-here/logs/AWSLogs/{ACCOUNT}/Config/{REGION}/2026/3/4/x.json.gz"),
        ("s3:GetObject", "arn:aws:s3:::results-here/of-others.csv"),
        ("s3:PutObject", "arn:aws:s3:::results-here/of-others.csv"),
        ("s3:GetObject", f"arn:aws:s3:::another/{file}"),
        ("glue:GetTable", f"arn:aws:glue:{HERE}:table/security/customers"),
        ("glue:DeleteTable", f"arn:aws:glue:{HERE}:table/security/ses_doctor_trail"),
        ("athena:StartQueryExecution", f"arn:aws:athena:{HERE}:workgroup/primary"),
        ("kms:Decrypt", TRAIL_KEY),
    }
    assert allowed(report, others) == {}


def test_keys_are_granted_where_they_are_named():
    report = printed("athena", *ASKED, *PLACE, "--trail-key", TRAIL_KEY, "--results-key", RESULTS_KEY)
    assert refused(report, {("kms:Decrypt", TRAIL_KEY), ("kms:Decrypt", RESULTS_KEY), ("kms:GenerateDataKey", RESULTS_KEY)}) == {}
    assert allowed(report, {("kms:GenerateDataKey", TRAIL_KEY), ("kms:Decrypt", STORE_KEY)}) == {}
    assert lint(report["policies"][0]["document"]) == ""
    lake = printed("lake", *ASKED, *LAKE, "--store-key", STORE_KEY)
    assert refused(lake, {("kms:Decrypt", STORE_KEY), ("kms:GenerateDataKey", STORE_KEY)}) == {}
    scan = printed("scan", *ASKED, "--bucket", "delivered-here", "--trail-key", TRAIL_KEY)
    assert refused(scan, {("kms:Decrypt", TRAIL_KEY)}) == {} == allowed(scan, {("kms:Decrypt", RESULTS_KEY)})


@pytest.mark.parametrize("task", ["athena", "lake"])
def test_what_is_left_broad_is_said_and_no_star_stands_alone(task):
    report = printed(task)
    text = json.dumps(report["policies"][0]["document"])
    assert '"*"' not in text and "arn:aws:s3:::*/*" not in text
    options = {one["option"] for one in report["left_broad"]}
    assert options == {"--account", "--region", *{"athena": ["--bucket", "--results"], "lake": ["--store"]}[task]}
    assert lint(report["policies"][0]["document"]) == ""


@pytest.mark.parametrize(
    "args",
    [
        ["athena", "--bucket", "a-trail", "--results", "s3://a-trail/"],
        ["athena", "--bucket", "s3://a-trail/logs", "--results", "s3://a-trail/logs/AWSLogs/x/"],
        ["athena", "--bucket", "s3://a-trail/lo*"],
        ["athena", "--results", "a-bucket"],
        ["athena", "--workgroup", "*"],
        ["athena", "--table", "*"],
        ["athena", "--results-key", "arn:aws:kms:eu-west-1:111122223333:alias/mine"],
        ["athena", "--store", STORE],
        ["lake", "--store", "*"],
        ["lake", "--table", "x"],
        ["diagnose", "--trail-key", TRAIL_KEY],
    ],
    ids=" ".join,
)
def test_what_would_widen_it_or_means_nothing_is_refused(args):
    done = run("permissions", *args)
    assert done.code == USAGE and not done.out, done
