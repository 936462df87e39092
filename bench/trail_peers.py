"""What else searches CloudTrail's files: each peer prints the ids of the events of one key, one a line.

`trail_peers.py PEER FOLDER KEY THREADS`
"""

import multiprocessing
import subprocess
import sys
from pathlib import Path

FIELDS = "STRUCT(eventTime VARCHAR, eventSource VARCHAR, eventName VARCHAR, errorCode VARCHAR, eventID VARCHAR, userIdentity STRUCT(accessKeyId VARCHAR))[]"
SELECT = '.Records[] | select(.userIdentity.accessKeyId == "{key}") | .eventID'


def of_file(task):
    """Byte search first, as a careful programmer would write it."""
    import orjson
    from isal import igzip

    path, key = task
    text = igzip.decompress(path.read_bytes())
    if key.encode() not in text:
        return []
    records = orjson.loads(text)["Records"]
    found = (record for record in records if (record.get("userIdentity") or {}).get("accessKeyId") == key)
    return [(record["eventTime"], record["eventID"]) for record in found]


def orjson_isal(folder, key, threads):
    tasks = [(path, key) for path in Path(folder).rglob("*.json.gz")]
    if threads == 1:
        found = [pair for task in tasks for pair in of_file(task)]
    else:
        with multiprocessing.Pool(threads) as pool:
            found = [pair for pairs in pool.imap_unordered(of_file, tasks, 16) for pair in pairs]
    return [event for _, event in sorted(found, reverse=True)]


def duckdb_typed(folder, key, threads):
    import duckdb

    database = duckdb.connect()
    database.execute(f"SET threads = {threads}")
    query = f"""SELECT r.eventID FROM (SELECT unnest(Records) AS r FROM read_json('{folder}/**/*.json.gz', format = 'newline_delimited',
        maximum_object_size = 134217728, columns = {{Records: '{FIELDS}'}})) WHERE r.userIdentity.accessKeyId = ? ORDER BY r.eventTime DESC"""
    return [row[0] for row in database.execute(query, [key]).fetchall()]


def chdb_typed(folder, key, threads):
    import chdb

    structure = "Records Array(Tuple(eventTime String, eventSource String, eventName String, errorCode Nullable(String), eventID String, userIdentity Tuple(accessKeyId Nullable(String))))"
    query = f"""SELECT r.eventID FROM (SELECT arrayJoin(Records) AS r FROM file('{folder}/**/*.json.gz', 'JSONEachRow', '{structure}'))
        WHERE r.userIdentity.accessKeyId = '{key}' ORDER BY r.eventTime DESC
        SETTINGS max_threads = {threads}, input_format_skip_unknown_fields = 1, input_format_null_as_default = 1,
        input_format_json_ignore_unknown_keys_in_named_tuple = 1, input_format_json_defaults_for_missing_elements_in_named_tuple = 1"""
    return str(chdb.query(query, "TSV")).split()


def zcat_jq(folder, key, threads):
    one = f"zcat \"$@\" | jq -r '{SELECT.format(key=key)}'"
    command = ["xargs", "-0", "-n", "256", "-P", str(threads), "sh", "-c", one, "sh"]
    return subprocess.run(command, input=names(folder), capture_output=True, check=True).stdout.decode().split()


def ripgrep_jq(folder, key, threads):
    command = ["rg", "-z", "-l", "-0", "--no-ignore", "-F", "--threads", str(threads), key, folder]
    hits = subprocess.run(command, capture_output=True).stdout
    one = f"zcat \"$@\" | jq -r '{SELECT.format(key=key)}'"
    if not hits:
        return []
    return subprocess.run(["xargs", "-0", "sh", "-c", one, "sh"], input=hits, capture_output=True, check=True).stdout.decode().split()


def names(folder):
    return b"\0".join(str(path).encode() for path in Path(folder).rglob("*.json.gz"))


PEERS = {"orjson+isal": orjson_isal, "duckdb": duckdb_typed, "chdb": chdb_typed, "zcat+jq": zcat_jq, "ripgrep+jq": ripgrep_jq}

if __name__ == "__main__":
    peer, folder, key, threads = sys.argv[1:]
    print("\n".join(PEERS[peer](folder, key, int(threads))))
