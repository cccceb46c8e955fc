"""Servers on this machine that count the bytes of files which they send."""

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Sent:
    """What a server sent of its files so far."""

    def __init__(self) -> None:
        self.bytes = 0
        self.requests = 0


class _Ranges(SimpleHTTPRequestHandler):
    """A file server that knows `Range`, and counts."""

    sent: Sent
    ranges = True

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            return super().do_HEAD()
        self._begin(path, 200, path.stat().st_size if path.exists() else None)
        return None

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_dir() or not path.exists():
            return super().do_GET()
        self.sent.requests += 1
        content = path.read_bytes()
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked is None or not self.ranges:
            self._begin(path, 200, len(content))
            return self._send(content)
        first, last = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1)
        part = content[first : last + 1]
        self._begin(path, 206, len(part), f"bytes {first}-{last}/{len(content)}")
        return self._send(part)

    def _begin(self, path: Path, status: int, length: int | None, content_range: str | None = None) -> None:
        self.send_response(status if length is not None else 404)
        self.send_header("Content-Length", str(length or 0))
        self.send_header("Content-Type", "application/octet-stream")
        if self.ranges:
            self.send_header("Accept-Ranges", "bytes")
        if content_range is not None:
            self.send_header("Content-Range", content_range)
        self.end_headers()

    def _send(self, content: bytes) -> None:
        for start in range(0, len(content), 4096):
            try:
                self.wfile.write(content[start : start + 4096])
            except OSError:  # whoever asked has seen enough
                return
            self.sent.bytes += len(content[start : start + 4096])


@contextmanager
def web(folder: Path, *, ranges: bool = True) -> Iterator[tuple[str, Sent]]:
    """A folder as a web server shows it: its address, and what it sent."""
    sent = Sent()
    handler = type("Handler", (_Ranges,), {"sent": sent, "ranges": ranges})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", sent
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def s3() -> Iterator[tuple[str, Sent]]:
    """An S3 server: its endpoint, and what it sent of objects."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, *args: object) -> None:
            """Say nothing."""

    sent = Sent()
    inner = DomainDispatcherApplication(create_backend_app)

    def counting(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        parts = list(inner(environ, start))
        if environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"].count("/") > 1:
            sent.requests += 1
            sent.bytes += sum(map(len, parts))
        return parts

    server = make_server("127.0.0.1", 0, counting, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", sent
    finally:
        server.shutdown()
        thread.join()
