"""One filter, four ways of searching CloudTrail: `trail scan` over files, `trail history` over LookupEvents, and the SQL of
`trail athena` and `trail lake`, which a real SQL engine runs. All have to give the same rows.

Athena and Lake speak Trino's dialect. sqlglot parses the statement as that and writes it in DuckDB's, which runs it on the
same events in typed columns. Whether an address is in a network is decided by Python's `ipaddress` there, since DuckDB
has no such function. The requests are held to botocore's models. None of this is AWS: what Athena itself does with the
table's definition is not run here."""

import ipaddress
import json
import random
import re
import threading
import urllib.request
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest
from doctor import COULD_NOT_RUN, HEALTHY, INCONCLUSIVE, USAGE, run
from test_diagnose_moto import ADMIN

duckdb = pytest.importorskip("duckdb")
sqlglot = pytest.importorskip("sqlglot")

import botocore.session  # noqa: E402
from botocore.validate import ParamValidator  # noqa: E402
from sqlglot import exp  # noqa: E402

ACCOUNT = "111122223333"
STORE = "EXAMPLE1-2345-6789-abcd-EXAMPLE12345"
NOW = datetime.now(UTC).replace(microsecond=0)
HOSTILE = ["o'neil", "100%", "a_b", "a%b", "back\\slash", "line\nbreak", "${x}", "'; DROP TABLE t; --", "naïve-ü", "#1", '"q"', "''"]
IDENTITY = (
    "STRUCT(type VARCHAR, arn VARCHAR, userName VARCHAR, accessKeyId VARCHAR, "
    "sessionContext STRUCT(sessionIssuer STRUCT(arn VARCHAR, userName VARCHAR)))"
)


def events(count: int = 400) -> list[dict]:
    """Varied: members that are null or not there, texts that mean something to SQL, addresses of both kinds."""
    dice = random.Random(7)
    made = []
    for number in range(count):
        at = NOW - timedelta(minutes=20 + number * 13)
        user = dice.choice([*HOSTILE, "mailer", "mailer2", "Mailer"])
        identity = dice.choice(
            [
                {"type": "IAMUser", "userName": user, "arn": f"arn:aws:iam::{ACCOUNT}:user/path/{user}"},
                {"type": "IAMUser", "userName": None, "arn": f"arn:aws:iam::{ACCOUNT}:user/{user}"},
                {"type": "AssumedRole", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{user}/session"}
                | {"sessionContext": {"sessionIssuer": {"userName": user, "arn": f"arn:aws:iam::{ACCOUNT}:role/{user}"}}},
                {"type": "AssumedRole", "arn": None, "sessionContext": {}},
                {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root"},
                None,
            ]
        )
        if identity and dice.random() < 0.6:
            identity["accessKeyId"] = dice.choice(["AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE", "ASIAEXAMPLE", None])
        event = {
            "eventVersion": "1.11",
            "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": dice.choice(["ses.amazonaws.com", "iam.amazonaws.com", "sts.amazonaws.com"]),
            "eventName": dice.choice(["GetAccount", "SendEmail", "UpdateAccessKey", "GetSendQuota", *HOSTILE]),
            "awsRegion": dice.choice(["us-east-1", "eu-west-1", "eu-central-1"]),
            "sourceIPAddress": dice.choice(
                ["203.0.113.7", "203.0.113.200", "203.0.114.1", "10.1.2.3", "2001:db8::1", "2001:db8:0:1::9"]
                + ["fe80::1", "cloudformation.amazonaws.com", "AWS Internal", "1.2.3", "203.0.113.07", None]
            ),
            "requestID": f"r-{number}",
            "eventID": f"{number:08d}-0000-4000-8000-{dice.randrange(16**12):012x}",
        }
        if identity is not None:
            event["userIdentity"] = identity
        if dice.random() < 0.5:
            event["errorCode"] = dice.choice(["AccessDenied", "Throttling", "Client.UnauthorizedOperation", None, *HOSTILE])
        made.append({name: value for name, value in event.items() if dice.random() < 0.97 or name in ("eventTime", "eventID")})
    return made


EVENTS = events()


def as_json(event: dict) -> str:
    """The event in one of JSON's spellings: some escape what need not be."""
    text = json.dumps(event, ensure_ascii=event["eventID"][7] in "02468")
    return text.replace("mailer", "m\\u0061iler") if event["eventID"][6] in "13" else text


class Engine:
    """DuckDB with the events in the schemas of both tables."""

    def __init__(self, folder):
        self.lock = threading.Lock()
        self.db = duckdb.connect()
        lines = folder / "typed.jsonl"
        lines.write_text("".join(json.dumps(event) + "\n" for event in EVENTS))
        names = ("eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "errorCode", "requestID", "eventID")
        columns = ", ".join(f"{name}: 'VARCHAR'" for name in names) + f", userIdentity: '{IDENTITY}'"
        read = f"read_json('{lines}', format='newline_delimited', columns={{{columns}}})"
        self.db.execute('CREATE SCHEMA "default"')
        # A file of an unknown region stands somewhere too; here its events stand in the folder of us-east-1.
        self.db.execute(
            f"""CREATE TABLE "default".ses_doctor_trail AS SELECT *, '{ACCOUNT}' AS account, coalesce(awsRegion, 'us-east-1') AS region,
            replace(substr(eventTime, 1, 10), '-', '/') AS day FROM {read}"""
        )
        self.db.execute(f"CREATE TABLE store AS SELECT * REPLACE (CAST(replace(eventTime, 'Z', '') AS TIMESTAMP) AS eventTime) FROM {read}")
        self.db.execute("ALTER TABLE store ADD COLUMN eventJson VARCHAR")
        self.db.executemany("UPDATE store SET eventJson = ? WHERE eventID = ?", [[as_json(event), event["eventID"]] for event in EVENTS])
        self.db.create_function("within_network", within_network, ["VARCHAR", "VARCHAR"], "BOOLEAN", null_handling="special")

    def run(self, sql: str, dialect: str) -> list[tuple]:
        tree = sqlglot.parse_one(sql.replace(f"FROM {STORE}", "FROM store"), read=dialect)
        with self.lock:
            return self.db.execute(tree.transform(without_addresses).sql(dialect="duckdb")).fetchall()


def without_addresses(node: exp.Expression) -> exp.Expression:
    if isinstance(node, exp.ArrayContains):
        return exp.Anonymous(this="within_network", expressions=[node.this, node.expression.this])
    return node


def within_network(network, address) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network)
    except (ValueError, TypeError):
        return False


MODELS = botocore.session.get_session()


class Aws:
    """LookupEvents, Athena and CloudTrail Lake over those events, until the end of the `with` block."""

    def __init__(self, engine: Engine):
        self.engine, self.queries, self.calls = engine, {}, []
        self.scanned, self.forever = 12_345_678, False

    def __enter__(self) -> "Aws":
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                region = self.headers["authorization"].split("/")[2]
                target, _, operation = self.headers["x-amz-target"].rpartition(".")
                service = "athena" if "Athena" in target else "cloudtrail"
                answer = json.dumps(stand_in.answer(service, operation, json.loads(body), region))
                self.send_response(200)
                self.send_header("content-type", "application/x-amz-json-1.1")
                self.send_header("content-length", str(len(answer.encode())))
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def environment(self) -> dict[str, str]:
        url = f"http://127.0.0.1:{self.server.server_address[1]}"
        return {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "an-example",
            "AWS_REGION": "us-east-1",
        }

    def answer(self, service: str, operation: str, request: dict, region: str) -> dict:
        self.calls.append(operation)
        shape = MODELS.get_service_model(service).operation_model(operation).input_shape
        assert not (problems := ParamValidator().validate(request, shape).generate_report()), problems
        if operation == "LookupEvents":
            return self.cloudtrail_LookupEvents(request, region)
        return getattr(self, f"{service}_{operation}")(request)

    def cloudtrail_LookupEvents(self, request: dict, region: str) -> dict:
        attribute = request.get("LookupAttributes", [None])[0]
        start, size = int(request.get("NextToken", 0)), request.get("MaxResults", 50)
        here = [event for event in EVENTS if event.get("awsRegion", "us-east-1") == region]
        held = [event for event in here if found_by(attribute, event)]
        within = [event for event in held if request["StartTime"] <= seconds(event) <= request["EndTime"]]
        page = [
            {"EventId": event["eventID"], "EventTime": seconds(event), "CloudTrailEvent": json.dumps(event)}
            for event in within[start : start + size]
        ]
        more = {"NextToken": str(start + size)} if start + size < len(within) else {}
        return {"Events": page, **more}

    def athena_StartQueryExecution(self, request: dict) -> dict:
        sql = request["QueryString"]
        rows = [] if sql.startswith("CREATE EXTERNAL TABLE") else self.engine.run(sql, "athena")
        head = [f"c{at}" for at in range(14)]
        self.queries[str(len(self.queries))] = [head, *rows]
        return {"QueryExecutionId": str(len(self.queries) - 1)}

    def athena_GetQueryExecution(self, _: dict) -> dict:
        state = "RUNNING" if self.forever else "SUCCEEDED"
        return {"QueryExecution": {"Status": {"State": state}, "Statistics": {"DataScannedInBytes": self.scanned}}}

    def athena_GetQueryResults(self, request: dict) -> dict:
        start, rows = int(request.get("NextToken", 0)), self.queries[request["QueryExecutionId"]]
        cells = [[{"VarCharValue": cell} if cell is not None else {} for cell in row] for row in rows[start : start + 70]]
        more = {"NextToken": str(start + 70)} if start + 70 < len(rows) else {}
        return {"ResultSet": {"Rows": [{"Data": row} for row in cells]}, **more}

    def athena_StopQueryExecution(self, _: dict) -> dict:
        return {}

    def cloudtrail_StartQuery(self, request: dict) -> dict:
        self.queries[(key := str(len(self.queries)).zfill(36))] = self.engine.run(request["QueryStatement"], "trino")
        return {"QueryId": key}

    def cloudtrail_DescribeQuery(self, _: dict) -> dict:
        return {"QueryStatus": "FINISHED", "QueryStatistics": {"BytesScanned": self.scanned}}

    def cloudtrail_GetQueryResults(self, request: dict) -> dict:
        start, rows = int(request.get("NextToken", "0000")), self.queries[request["QueryId"]]
        page = [[{f"c{at}": cell} for at, cell in enumerate(row)] for row in rows[start : start + 70]]
        more = {"NextToken": str(start + 70).zfill(4)} if start + 70 < len(rows) else {}
        return {"QueryResultRows": page, **more}


def seconds(event: dict) -> int:
    return int(datetime.strptime(event["eventTime"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())


def found_by(attribute: dict | None, event: dict) -> bool:
    """`Username` is the name of an IAM user, else that of the session."""
    if attribute is None:
        return True
    identity = event.get("userIdentity") or {}
    arn = identity.get("arn") or ""
    names = {identity.get("userName"), arn.rsplit("/", 1)[-1] if "/" in arn else None}
    value = attribute["AttributeValue"]
    return {
        "AccessKeyId": identity.get("accessKeyId") == value,
        "Username": value in names,
        "EventName": event.get("eventName") == value,
        "EventSource": event.get("eventSource") == value,
    }[attribute["AttributeKey"]]


def ago(**span: int) -> str:
    return (NOW - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


FILTERS = [
    [],
    ["--access-key", "AKIAIOSFODNN7EXAMPLE"],
    ["--access-key", "AKIA*", "--event-source", "ses"],
    ["--access-key", "ASIAEXAMPLE", "--access-key", "AKIAI44QH8DHBEXAMPLE", "--error-code", "*"],
    ["--user", "mailer"],
    ["--user", f"arn:aws:iam::{ACCOUNT}:user/mailer"],
    ["--user", "arn:aws:*:user/*mailer*"],
    ["--role", "mailer", "--role", f"arn:aws:iam::{ACCOUNT}:role/Mail*"],
    ["--role", "*"],
    ["--action", "Get*", "--action", "*Key"],
    ["--action", "*a*c*"],
    ["--error-code", "AccessDenied", "--error-code", "*Unauthorized*"],
    ["--event-source", "iam", "--event-source", "st*"],
    ["--source-ip", "203.0.113.7"],
    ["--source-ip", "203.0.113.0/24", "--source-ip", "AWS Internal"],
    ["--source-ip", "203.0.113.77/25", "--source-ip", "2001:db8::/32"],
    ["--source-ip", "2001:db8:0:0::/64"],
    ["--source-ip", "0.0.0.0/0"],
    ["--source-ip", "::/0", "--source-ip", "cloud*"],
    ["--region", "eu-*"],
    ["--region", "us-east-1", "--action", "SendEmail"],
    ["--request-id", "r-7", "--request-id", "00000009-*"],
    ["--since", ago(hours=30), "--until", ago(hours=3)],
    ["--since", EVENTS[40]["eventTime"], "--until", EVENTS[20]["eventTime"]],
    *[["--user", text] for text in HOSTILE],
    *[["--action", f"*{text}*"] for text in HOSTILE],
    *[["--error-code", text, "--role", f"{text}*"] for text in HOSTILE[:4]],
]
# A history is asked by region.
REGIONS = ["us-east-1", "eu-west-1", "eu-central-1"]


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    with Aws(Engine(tmp_path_factory.mktemp("engine"))) as aws:
        yield aws


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    file = tmp_path_factory.mktemp("archive") / "events.json"
    file.write_text(json.dumps({"Records": EVENTS}))
    return str(file)


def rows(*args: str, env=None) -> list[str]:
    done = run("trail", *args, "-o", "csv", env=env)
    assert done.code == HEALTHY, done
    return sorted(done.out.splitlines())


@pytest.mark.parametrize("filter", FILTERS, ids=lambda filter: " ".join(filter) or "everything")
def test_a_filter_gives_the_same_rows_everywhere(filter, aws, archive):
    scanned = rows("scan", archive, *filter)
    env = aws.environment()
    athena = ["athena", "s3://a-trail", "--account", ACCOUNT, "--apply"]
    assert rows(*athena, *filter, env=env) == scanned
    assert rows("lake", STORE, "--apply", *filter, env=env) == scanned


# The history costs half a second for two pages.
@pytest.mark.parametrize("filter", FILTERS[1:], ids=lambda filter: " ".join(filter))
def test_the_history_gives_the_rows_of_a_scan(filter, aws, archive):
    named = [part for region in REGIONS for part in ("--region", region)]
    asked = filter if "--region" in filter else [*filter, *named]
    assert rows("history", *asked, env=aws.environment()) == rows("scan", archive, *asked)


def test_the_filters_find_something():
    assert len({event["eventID"] for event in EVENTS}) == len(EVENTS)
    assert len(FILTERS) > 40


def test_a_rehearsal_calls_nothing_and_prints_what_sqlglot_reads(aws):
    before = len(aws.calls)
    done = run("trail", "athena", "s3://a-trail/logs", "--account", ACCOUNT, "--organization", "o-abcdefghij", env=aws.environment())
    assert done.code == HEALTHY and len(aws.calls) == before
    definition, search = [text for text in re.split(r";\n\n?", done.out) if text.strip()]
    assert isinstance(sqlglot.parse_one(definition, read="athena"), exp.Create)
    assert isinstance(sqlglot.parse_one(search, read="athena"), exp.Select)
    assert "s3://a-trail/logs/AWSLogs/o-abcdefghij/${account}/CloudTrail/${region}/${day}" in done.out


def expected_of_moto(moto: str, *results: list[list]) -> None:  # noqa: F811
    """moto runs no SQL: the rows of the next queries, in turn."""
    cell = lambda value: {} if value is None else {"VarCharValue": value}  # noqa: E731
    told = [{"rows": [{"Data": [cell(value) for value in row]} for row in rows], "column_info": []} for rows in results]
    body = json.dumps({"region": "eu-west-1", "results": told}).encode()
    address = f"{moto}/moto-api/static/athena/query-results"
    request = urllib.request.Request(address, body, {"content-type": "application/json"})
    assert urllib.request.urlopen(request, timeout=10).status == 201


@pytest.mark.parametrize("filter", [["--action", "*Access*"], ["--error-code", "nothing like it"]], ids=" ".join)
def test_athena_of_moto_keeps_what_was_asked_and_gives_the_rows(filter, aws, archive, moto):  # noqa: F811
    trail = ["athena", "s3://a-trail", "--account", ACCOUNT, "--workgroup", "mail", "--results", "s3://results/"]
    printed = run("trail", *trail, *filter)
    statements = [text.split("\n", 1)[1] for text in re.split(r";\n\n?", printed.out) if text.strip()]
    expected_of_moto(moto, [], [[f"c{at}" for at in range(14)], *aws.engine.run(statements[1], "athena")])
    athena = boto3.client("athena", endpoint_url=moto, region_name="eu-west-1", **ADMIN)
    if "mail" not in [group["Name"] for group in athena.list_work_groups()["WorkGroups"]]:
        athena.create_work_group(Name="mail", Configuration={})
    before = set(athena.list_query_executions(WorkGroup="mail")["QueryExecutionIds"])
    env = {"AWS_ACCESS_KEY_ID": "AKIAREADERREADERREAD", "AWS_SECRET_ACCESS_KEY": "reader", "AWS_REGION": "eu-west-1"}
    assert rows(*trail, *filter, "--apply", "--endpoint-url", moto, env=env) == rows("scan", archive, *filter)
    asked = [id for id in athena.list_query_executions(WorkGroup="mail")["QueryExecutionIds"] if id not in before]
    kept = [athena.get_query_execution(QueryExecutionId=id)["QueryExecution"] for id in asked]
    assert [query["Query"] for query in kept] == statements
    assert {query["ResultConfiguration"]["OutputLocation"].split("/")[2] for query in kept} == {"results"}


@pytest.fixture(scope="module")
def delivered(moto):  # noqa: F811
    """A trail in moto's S3: a file of 1,000 bytes for each of three days in two regions, and of another account."""
    s3 = boto3.client("s3", endpoint_url=moto, region_name="us-east-1", **ADMIN)
    s3.create_bucket(Bucket="delivered")
    for account in (ACCOUNT, "444455556666"):
        for region in ("eu-west-1", "us-east-1"):
            for day in ("03", "04", "05"):
                name = f"{account}_CloudTrail_{region}_202603{day}T0505Z_Abcdefgh12345678.json.gz"
                s3.put_object(Bucket="delivered", Key=f"logs/AWSLogs/{account}/CloudTrail/{region}/2026/03/{day}/{name}", Body=b"x" * 1000)
    return ["athena", "s3://delivered/logs", "--account", ACCOUNT, "--endpoint-url", moto, "--query-region", "eu-central-1"]


READER = {"AWS_ACCESS_KEY_ID": "AKIAREADERREADERREAD", "AWS_SECRET_ACCESS_KEY": "reader"}


@pytest.mark.parametrize(
    ("filter", "told"),
    [
        ([], "to be read: 6 files, 5.86 KiB; about"),
        (["--region", "eu-west-1"], "to be read: 3 files, 2.93 KiB; about"),
        # The folder of a day is read whole, and the day after too: files are delivered after their events.
        (["--since", "2026-03-04T12:00:00Z", "--until", "2026-03-04T13:00:00Z"], "to be read: 4 files, 3.91 KiB; about"),
        (["--account", "777788889999"], "to be read: at least 6 files, 5.86 KiB (s3://delivered/logs/AWSLogs/777788889999/CloudTrail/: there is nothing)"),
    ],
    ids=" ".join,
)
def test_what_athena_would_read_is_told_before(filter, told, delivered):
    done = run("trail", *delivered, *filter, "--estimate", env=READER)
    assert done.code == HEALTHY and told in done.err, done


def test_a_query_over_more_than_the_limit_is_not_begun(delivered, moto):  # noqa: F811
    athena = boto3.client("athena", endpoint_url=moto, region_name="eu-central-1", **ADMIN)
    done = run("trail", *delivered, "--apply", "--max-bytes", "5999", env=READER)
    assert done.code == COULD_NOT_RUN and "6000 bytes, more than --max-bytes; nothing was run" in done.err, done
    assert athena.list_query_executions()["QueryExecutionIds"] == []
    done = run("trail", *delivered, "--apply", "--max-bytes", "6000", env=READER)
    assert done.code == HEALTHY and len(athena.list_query_executions()["QueryExecutionIds"]) == 2, done


def test_a_size_that_cannot_be_known_is_called_so_and_the_query_runs(aws):
    done = run("trail", "athena", "s3://a-trail", "--account", ACCOUNT, "--apply", env=aws.environment())
    assert done.code == HEALTHY and "to be read: at least 0 files" in done.err and "400 events" in done.err, done


def test_a_query_that_scans_too_much_is_stopped(aws):
    aws.forever = True
    try:
        done = run("trail", "athena", "s3://a-trail", "--account", ACCOUNT, "--apply", "--max-bytes", "1000", env=aws.environment())
    finally:
        aws.forever = False
    assert done.code == COULD_NOT_RUN and "StopQueryExecution" in aws.calls, done


def test_what_is_scanned_and_what_it_costs_is_told(aws):
    done = run("trail", "lake", STORE, "--apply", env=aws.environment())
    assert "400 events; 11.77 MiB scanned, about 0.0001 USD" in done.err, done


@pytest.mark.parametrize("hostile", ["s3://b'x", "s3://", "b", "s3://a b"])
def test_a_place_that_means_something_in_sql_is_refused(hostile):
    assert run("trail", "athena", hostile, "--account", ACCOUNT).code == USAGE


TEXTS = [
    ["--text", "UpdateAccessKey"],
    ["--text", "user/mailer"],
    ["--text", "mailer", "--text", "Throttling"],
    ["--text", '"q"', "--region", "eu-*"],
    ["--text", "nothing like it"],
    *[["--text", text] for text in HOSTILE],
]


@pytest.mark.parametrize("filter", TEXTS, ids=" ".join)
def test_text_anywhere_gives_the_same_rows_in_a_store(filter, aws, archive):
    assert rows("lake", STORE, "--apply", *filter, env=aws.environment()) == rows("scan", archive, *filter)


def test_text_gives_events_whole(aws):
    done = run("trail", "lake", STORE, "--apply", "--text", "mailer2", "-o", "json", env=aws.environment())
    given = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == HEALTHY and given, done
    assert all(event in EVENTS for event in given)


def test_an_event_whose_json_is_not_there_is_counted_and_not_passed_over(tmp_path):
    engine = Engine(tmp_path)
    engine.db.execute("UPDATE store SET eventJson = NULL WHERE eventID LIKE '0000000%'")
    with Aws(engine) as aws:
        done = run("trail", "lake", STORE, "--apply", "--text", "nothing like it", env=aws.environment())
    assert done.code == INCONCLUSIVE and "NOT SEARCHED: 10 events" in done.err, done


def test_text_is_refused_of_a_table_and_an_estimate_of_a_store():
    assert run("trail", "athena", "s3://a-trail", "--account", ACCOUNT, "--text", "x").code == USAGE
    done = run("trail", "lake", STORE, "--estimate")
    assert done.code == USAGE and "no dry run" in done.err, done
