"""What else searches CloudTrail's files: each peer prints the ids of the events that a question asks for, one a line, newest first
where it can.

`trail_peers.py PEER FOLDER QUESTION THREADS`
"""

import multiprocessing
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archive_of_cloudtrail import KEY


@dataclass(frozen=True)
class Question:
    """What is asked, in the language of each peer."""

    ours: list[str]
    needles: list[bytes]
    """What stands in every file that holds such an event, the rarest first."""
    matches: Callable[[dict], bool]
    sql: str
    jq: str


QUESTIONS = {
    "events of a key": Question(
        ours=["--access-key", KEY],
        needles=[KEY.encode()],
        matches=lambda record: (record.get("userIdentity") or {}).get("accessKeyId") == KEY,
        sql=f"r.userIdentity.accessKeyId = '{KEY}'",
        jq=f'.userIdentity.accessKeyId == "{KEY}"',
    ),
    "what SES refused": Question(
        ours=["--event-source", "ses", "--error-code", "AccessDenied*"],
        needles=[b"ses.amazonaws.com", b"AccessDenied"],
        matches=lambda record: record.get("eventSource") == "ses.amazonaws.com"
        and (record.get("errorCode") or "").startswith("AccessDenied"),
        sql="r.eventSource = 'ses.amazonaws.com' AND r.errorCode LIKE 'AccessDenied%'",
        jq='.eventSource == "ses.amazonaws.com" and ((.errorCode // "") | startswith("AccessDenied"))',
    ),
}

FIELDS = "STRUCT(eventTime VARCHAR, eventSource VARCHAR, eventName VARCHAR, errorCode VARCHAR, eventID VARCHAR, userIdentity STRUCT(accessKeyId VARCHAR))[]"


def of_file(task):
    """Byte search first, as a careful programmer would write it."""
    import orjson
    from isal import igzip

    path, name = task
    question = QUESTIONS[name]
    text = igzip.decompress(path.read_bytes())
    if not all(needle in text for needle in question.needles):
        return []
    found = filter(question.matches, orjson.loads(text)["Records"])
    return [(record["eventTime"], record["eventID"]) for record in found]


def orjson_isal(folder, name, threads):
    tasks = [(path, name) for path in Path(folder).rglob("*.json.gz")]
    if threads == 1:
        found = [pair for task in tasks for pair in of_file(task)]
    else:
        with multiprocessing.Pool(threads) as pool:
            found = [pair for pairs in pool.imap_unordered(of_file, tasks, 16) for pair in pairs]
    return [event for _, event in sorted(found, reverse=True)]


def duckdb_typed(folder, name, threads):
    import duckdb

    database = duckdb.connect()
    database.execute(f"SET threads = {threads}")
    query = f"""SELECT r.eventID FROM (SELECT unnest(Records) AS r FROM read_json('{folder}/**/*.json.gz', format = 'newline_delimited',
        maximum_object_size = 134217728, columns = {{Records: '{FIELDS}'}})) WHERE {QUESTIONS[name].sql} ORDER BY r.eventTime DESC"""
    return [row[0] for row in database.execute(query).fetchall()]


def chdb_typed(folder, name, threads):
    import chdb

    structure = "Records Array(Tuple(eventTime String, eventSource String, eventName String, errorCode Nullable(String), eventID String, userIdentity Tuple(accessKeyId Nullable(String))))"
    query = f"""SELECT r.eventID FROM (SELECT arrayJoin(Records) AS r FROM file('{folder}/**/*.json.gz', 'JSONEachRow', '{structure}'))
        WHERE {QUESTIONS[name].sql} ORDER BY r.eventTime DESC
        SETTINGS max_threads = {threads}, input_format_skip_unknown_fields = 1, input_format_null_as_default = 1,
        input_format_json_ignore_unknown_keys_in_named_tuple = 1, input_format_json_defaults_for_missing_elements_in_named_tuple = 1"""
    return str(chdb.query(query, "TSV")).split()


def with_jq(files, name, threads, each):
    """`each` files go to one `zcat | jq`."""
    one = f"zcat \"$@\" | jq -r '.Records[] | select({QUESTIONS[name].jq}) | .eventID'"
    command = ["xargs", "-0", "-r", "-n", str(each), "-P", str(threads), "sh", "-c", one, "sh"]
    return subprocess.run(command, input=files, capture_output=True, check=True).stdout.decode().split()


def zcat_jq(folder, name, threads):
    files = b"\0".join(str(path).encode() for path in Path(folder).rglob("*.json.gz"))
    return with_jq(files, name, threads, 256)


def ripgrep_jq(folder, name, threads):
    """The files in which all of it stands, each needle searched for among what the one before has left."""
    search = ["rg", "-z", "-l", "-0", "--no-ignore", "-F", "--threads", str(threads)]
    first, *others = QUESTIONS[name].needles
    hits = subprocess.run([*search, first, folder], capture_output=True).stdout
    for needle in others:
        hits = subprocess.run(["xargs", "-0", "-r", *search, needle], input=hits, capture_output=True).stdout
    return with_jq(hits, name, 1, 256)


PEERS = {"orjson+isal": orjson_isal, "duckdb": duckdb_typed, "chdb": chdb_typed, "zcat+jq": zcat_jq, "ripgrep+jq": ripgrep_jq}

if __name__ == "__main__":
    peer, folder, question, threads = sys.argv[1:]
    print("\n".join(PEERS[peer](folder, question, int(threads))))
