"""A bucket of S3 on loopback whose objects need not be held: what a scan of many megabytes is measured and disturbed with.

It knows ListObjectsV2 and GetObject, whole and in ranges, as far as `trail scan` asks for them; signatures are not looked at
(test_trail_s3.py does). Connections are kept, unless they are cut."""

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote

PAGE = 1000
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


@dataclass(frozen=True)
class Repeated:
    """Bytes so many times over."""

    piece: bytes
    times: int = 1

    def __len__(self) -> int:
        return len(self.piece) * self.times

    def slice(self, start: int, end: int) -> bytes:
        first, last = start // len(self.piece), (end - 1) // len(self.piece)
        offset = start - first * len(self.piece)
        return (self.piece * (last - first + 1))[offset : offset + end - start]


class Bucket:
    """Serves `objects` until the end of the `with` block. `cuts` holds how many more answers for a key break off in the middle."""

    def __init__(self, objects: dict[str, Repeated]):
        self.objects = objects
        self.cuts: dict[str, int] = {}
        self.denied: set[str] = set()
        self.served = 0
        self.lock = threading.Lock()

    def __enter__(self) -> "Bucket":
        bucket = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path, _, query = self.path.partition("?")
                key = unquote(path).lstrip("/").partition("/")[2]
                if key:
                    return bucket.give(self, key)
                return bucket.list(self, {name: values[0] for name, values in parse_qs(query).items()})

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                """Whoever has enough hangs up."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def list(self, request, query: dict[str, str]) -> None:
        prefix, after = query.get("prefix", ""), query.get("continuation-token", "")

        def entry(key: str) -> str:
            """The key, or the folder that it is told by."""
            folder, slash, _ = key.removeprefix(prefix).partition("/")
            return f"{prefix}{folder}/" if slash and "delimiter" in query else key

        entries = sorted({entry(key) for key in self.objects if key.startswith(prefix)})
        entries = [name for name in entries if name > after]
        most = int(query.get("max-keys", PAGE))
        page, more = entries[:most], len(entries) > most
        text = f"<IsTruncated>{str(more).lower()}</IsTruncated><EncodingType>url</EncodingType>"
        text += f"<NextContinuationToken>{quote(page[-1])}</NextContinuationToken>" if more else ""
        for name in page:
            if name in self.objects:
                size = len(self.objects[name])
                text += f"<Contents><Key>{quote(name)}</Key><Size>{size}</Size><ETag>&quot;e&quot;</ETag></Contents>"
            else:
                text += f"<CommonPrefixes><Prefix>{quote(name)}</Prefix></CommonPrefixes>"
        self.send(request, 200, f'<ListBucketResult xmlns="{NAMESPACE}">{text}</ListBucketResult>'.encode())

    def give(self, request, key: str) -> None:
        if key in self.denied:
            return self.send(request, 403, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
        content = self.objects[key]
        start, end, status = 0, len(content), 200
        if said := request.headers["range"]:
            first, last = said.removeprefix("bytes=").split("-")
            start, end, status = int(first), int(last) + 1, 206
        body = content.slice(start, end)
        with self.lock:
            self.served += len(body)
            is_cut = self.cuts.get(key, 0) > 0
            self.cuts[key] = self.cuts.get(key, 0) - is_cut
        return self.send(request, status, body, is_cut)

    def send(self, request, status: int, body: bytes, is_cut: bool = False) -> None:
        request.send_response(status)
        request.send_header("etag", '"e"')
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: len(body) // 2] if is_cut else body)
        request.close_connection = request.close_connection or is_cut
