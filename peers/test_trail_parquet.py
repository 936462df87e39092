"""`-o parquet`: DuckDB reads the rows that `-o json` gives, in columns with types, and each record whole."""

import json
import os
import pty
import random
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from doctor import BINARY, COULD_NOT_RUN, HEALTHY, USAGE, clean_environment, run

duckdb = pytest.importorskip("duckdb")

FIRST = datetime(2026, 2, 27, tzinfo=UTC)
HOSTILE = ["naïve ☃", 'a "quoted" \\ one', "line\nbreak", "", "null", "\U0001f600", "a,b;c"]
COLUMNS = {
    "awsRegion": ["awsRegion"],
    "eventSource": ["eventSource"],
    "eventName": ["eventName"],
    "errorCode": ["errorCode"],
    "userIdentity": ["userIdentity", "userName"],
    "accessKeyId": ["userIdentity", "accessKeyId"],
    "sourceIPAddress": ["sourceIPAddress"],
    "requestID": ["requestID"],
    "eventID": ["eventID"],
}


def event(number: int, dice: random.Random) -> dict:
    at = FIRST + timedelta(seconds=number * 7)
    made = {
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "awsRegion": "eu-west-1",
        "eventSource": "ses.amazonaws.com",
        "eventName": dice.choice(["SendEmail", *HOSTILE]),
        "errorCode": dice.choice(["AccessDenied", None]),
        "userIdentity": {"userName": dice.choice(["mailer", *HOSTILE]), "accessKeyId": "AKIAIOSFODNN7EXAMPLE"},
        "eventID": str(number),
        "requestParameters": {"text": dice.choice(HOSTILE)},
    }
    left_out = dice.choice(["awsRegion", "eventTime", "errorCode", None, None])
    return {name: value for name, value in made.items() if name != left_out}


def write(folder: Path, count: int, noise: int = 0) -> str:
    dice = random.Random(5)
    file = folder / "events.jsonl"
    with file.open("w") as lines:
        for number in range(count):
            record = event(number, dice)
            if noise:
                record["noise"] = "".join(dice.choices("abcdefgh", k=noise))
            lines.write(json.dumps(record, ensure_ascii=bool(number % 2)) + "\n")
    return str(file)


def rows(file: Path) -> list[dict]:
    found = duckdb.connect().execute(f"SELECT * FROM read_parquet('{file}')")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def at(value: dict, path: list[str]):
    for name in path:
        value = (value or {}).get(name)
    return value


@pytest.mark.parametrize("filter", [[], ["--error-code", "AccessDenied"], ["--text", "no such text"]], ids=" ".join)
def test_duckdb_reads_the_rows_of_json(filter, tmp_path):
    archive, out = write(tmp_path, 700), tmp_path / "out.parquet"
    lines = run("trail", "scan", archive, *filter, "-o", "json").out.splitlines()
    done = run("trail", "scan", archive, *filter, "-o", "parquet", "--output-file", str(out))
    assert (done.code, done.out) == (HEALTHY, ""), done
    found = rows(out)
    assert [row["record"] for row in found] == lines
    for row, line in zip(found, lines, strict=True):
        record = json.loads(line)
        for column, path in COLUMNS.items():
            assert row[column] == at(record, path), (column, line)
        time = record.get("eventTime")
        assert row["eventTime"] == (time and datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)), line
    assert not [name for name in os.listdir(tmp_path) if name not in ("events.jsonl", "out.parquet")]


def test_columns_have_types_and_groups_are_bounded(tmp_path):
    archive, out = write(tmp_path, 4000, noise=8000), tmp_path / "out.parquet"
    with out.open("wb") as sink:
        command = [BINARY, "trail", "scan", archive, "-o", "parquet", "--quiet"]
        assert subprocess.run(command, env=clean_environment(), stdout=sink, timeout=120).returncode == HEALTHY
    db = duckdb.connect()
    types = dict(db.execute(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{out}')").fetchall())
    assert types["eventTime"] == "TIMESTAMP WITH TIME ZONE" and set(types.values()) - {types["eventTime"]} == {"VARCHAR"}
    groups = db.execute(f"SELECT row_group_bytes FROM parquet_metadata('{out}') GROUP BY row_group_id, row_group_bytes").fetchall()
    assert len(groups) >= 3 and all(size <= 12_000_000 for (size,) in groups), groups
    newest = db.execute(f"SELECT count(*), max(eventTime) FROM '{out}' WHERE userIdentity = 'mailer'").fetchone()
    assert newest[0] > 0 and newest[1] < FIRST + timedelta(days=1)


def test_a_terminal_is_spared_and_a_file_is_whole_or_not_there(tmp_path):
    archive = write(tmp_path, 5)
    terminal, other = pty.openpty()
    command = [BINARY, "trail", "scan", archive, "-o", "parquet"]
    done = subprocess.run(command, env=clean_environment(), stdout=other, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(other)
    os.close(terminal)
    assert done.returncode == USAGE and "--output-file" in done.stderr, done.stderr
    nowhere = run("trail", "scan", archive, "-o", "csv", "--output-file", str(tmp_path / "absent" / "x.csv"))
    assert nowhere.code == COULD_NOT_RUN and "absent" in nowhere.err, nowhere
    for form in ("parquet", "json"):
        full = run("trail", "scan", archive, "-o", form, "--output-file", "/dev/full")
        assert full.code == COULD_NOT_RUN and "cannot write /dev/full: No space left" in full.err, full
    kept = tmp_path / "kept.parquet"
    kept.write_text("as it was")
    failed = run("trail", "scan", str(tmp_path / "nothing"), "-o", "parquet", "--output-file", str(kept))
    assert failed.code == COULD_NOT_RUN and kept.read_text() == "as it was"
    for form in ("json", "csv", "text"):
        file = tmp_path / f"out.{form}"
        assert run("trail", "scan", archive, "-o", form, "--output-file", str(file)).out == ""
        assert file.read_text() == run("trail", "scan", archive, "-o", form).out
