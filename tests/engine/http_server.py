"""A web server on 127.0.0.1 that misbehaves as it is told."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

# Made for these tests alone: nothing trusts it, and it names no machine but 127.0.0.1.
SELF_SIGNED = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgQ9e0/6awjN1uk6d0
QDVG+7esvBd0ml4Jw3c6JtKJBu2hRANCAATdIqfxBBSskRGrDN+sYYtsoGvtu5xK
83lMb5YkiI0kCvXl7MDeKTlLnYh5a5Co2N3pAA2tLXT9W6FeA/oHjkc3
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUBwVA5wIlAfcmw7RhppIRAA9wErowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAx
MDAwMDAwWjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATdIqfxBBSskRGrDN+sYYtsoGvtu5xK83lMb5YkiI0kCvXl7MDeKTlL
nYh5a5Co2N3pAA2tLXT9W6FeA/oHjkc3o1MwUTAPBgNVHREECDAGhwR/AAABMA8G
A1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgKEMB0GA1UdDgQWBBRABSD7XqVK
KosG7Lw5t+9dQjO2FzAKBggqhkjOPQQDAgNIADBFAiA20eF6IPB3iHDrDxsJnXLp
Tk/gX8ZcS5fEJAY8WCAQFgIhAOXP8AItk7YQsUI1vpg+cQa+x3hRVfkL4cXrVysR
d8Wo
-----END CERTIFICATE-----
"""


@dataclass(frozen=True)
class Answer:
    """How one request is answered.

    Attributes:
        status: other than 200, an empty answer of this status.
        headers: in addition to, or instead of, the usual ones.
        ranges: whether Range and If-Range are understood.
        stall: whether nothing at all is sent.
        break_after, stall_after: bytes of the body, then the connection closes or stays silent.
        length: what Content-Length says; -1 leaves it out, then closing ends the body.
        shift: how far the body of a range is from where it should be.
        pace: seconds between blocks.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    ranges: bool = True
    stall: bool = False
    break_after: int | None = None
    stall_after: int | None = None
    length: int | None = None
    shift: int = 0
    pace: float = 0.0


@dataclass(frozen=True)
class Request:
    path: str
    range: str | None
    if_range: str | None


class Server(ThreadingHTTPServer):
    """Serves `content` at every path.

    Attributes:
        script: the answers to the next requests, the first one first; then comes `usual`.
        requests: all so far.
        sent: bytes of bodies so far.
        etag: None leaves it out.
    """

    # With threads that are waited for, no socket outlives its test.
    daemon_threads = False
    block = 1 << 15

    def __init__(self, content: bytes, folder: Path | None = None) -> None:
        """With a folder to keep its certificate in, the server speaks TLS."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content = content
        self.script: list[Answer] = []
        self.usual = Answer()
        self.requests: list[Request] = []
        self.sent = 0
        self.etag: str | None = '"first"'
        self.closing = threading.Event()
        self.certificate = folder / "certificate.pem" if folder else None
        if self.certificate:
            self.certificate.write_text(SELF_SIGNED, "utf-8")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate)
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.closing.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        # What waits in the kernel counts as sent and is lost when the client is killed.
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 17)
        super().setup()

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.close_connection = True
        wanted = self.headers.get("Range")
        condition = self.headers.get("If-Range")
        self.server.requests.append(Request(self.path, wanted, condition))
        answer = self.server.script.pop(0) if self.server.script else self.server.usual
        if answer.stall:
            self.server.closing.wait()
        elif answer.status != 200:
            self.head(answer.status, answer, 0)
        else:
            unchanged = condition is None or condition == self.server.etag
            start = 0
            if wanted and answer.ranges and unchanged:
                start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])  # type: ignore[index]
            self.body(answer, start)

    def body(self, answer: Answer, start: int) -> None:
        content = self.server.content
        if start >= len(content):
            self.head(416, answer, 0)
            return
        start += answer.shift if start else 0
        length = len(content) - start if answer.length is None else answer.length
        place = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
        self.head(206 if start else 200, answer, length, place if start else {})
        done = 0
        while start + done < len(content):
            end = min(
                self.server.block,
                *(at - done for at in (answer.break_after, answer.stall_after) if at is not None),
                len(content) - start - done,
            )
            if end <= 0:
                break
            # Counted first: whoever has received it may look at once.
            self.server.sent += end
            self.wfile.write(content[start + done : start + done + end])
            done += end
            time.sleep(answer.pace)
        if answer.stall_after is not None:
            self.server.closing.wait()

    def head(
        self, status: int, answer: Answer, length: int, more: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        headers = {"Content-Length": str(length), "Connection": "close", **(more or {})}
        if length < 0:
            del headers["Content-Length"]
        if self.server.etag is not None:
            headers["ETag"] = self.server.etag
        for name, value in (headers | dict(answer.headers)).items():
            self.send_header(name, value)
        self.end_headers()
