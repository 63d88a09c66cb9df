"""The sandbox's HTTP/1.1 server: reads whole requests, and writes each answer at once."""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from socketserver import StreamRequestHandler, TCPServer
from typing import Any, Protocol
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from syndicate.sandbox.exchange import Answer, Received, text_answer

_HERE = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]*)?", re.IGNORECASE)
LINE_BYTES = 65_536
BODY_BYTES = 64_000_000


class BadRequest(Exception):
    """The request is not HTTP that we can read; has the status and the line to answer."""

    def __init__(self, status: int, line: str) -> None:
        super().__init__(line)
        self.status = status


class Visiting(Protocol):
    """The handling of one request."""

    refused: bool
    """Whether to close the connection before the body is read."""

    def respond(self, request: Received) -> Answer | None:
        """The answer; None closes the connection without an answer."""


DRIPS = 20


class Connection(StreamRequestHandler):
    """Serves one client until it leaves, asks to close, or a fault ends the connection."""

    disable_nagle_algorithm = True
    server: Server

    def handle(self) -> None:
        """Answer requests one after another."""
        with suppress(ConnectionError, TimeoutError):
            while self._serve():
                pass

    def _serve(self) -> bool:
        """Serve one request; return whether the connection stays open."""
        try:
            head = self._head()
            if head is None:
                return False
            method, target, headers = head
            self.server.admit(method, headers)
            visit = self.server.visit(method, unquote(_split(target).path))
            if visit.refused:
                self._reset()
                return False
            answer = visit.respond(self._request(method, target, headers))
        except BadRequest as fault:
            self._send(text_answer(fault.status, f"{fault}\n", mime="text/plain"), close=True)
            return False
        if answer is None:
            return False
        close = headers.get("connection", "").lower() == "close"
        self._send(answer, close=close, bodiless=method == "HEAD")
        return not (close or answer.cut)

    def _head(self) -> tuple[str, str, dict[str, str]] | None:
        """Read method, target and headers; None if the client has left."""
        line = self.rfile.readline(LINE_BYTES + 1)
        if not line:
            return None
        words = line.decode("latin-1").split()
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise BadRequest(400, "not a request line of HTTP/1.1")
        headers: dict[str, str] = {"connection": "close"} if words[2] == "HTTP/1.0" else {}
        while (line := self.rfile.readline(LINE_BYTES + 1)) not in (b"\r\n", b"\n"):
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or len(line) > LINE_BYTES or len(headers) > 200:
                raise BadRequest(400, "a header that cannot be read")
            headers[name.strip().lower()] = value.strip()
        return words[0], words[1], headers

    def _request(self, method: str, target: str, headers: dict[str, str]) -> Received:
        parts = _split(target)
        query: dict[str, str] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            query.setdefault(name, value)
        url = f"http://{headers.get('host', '127.0.0.1')}{parts.path}"
        return Received(method, unquote(parts.path), query, headers, self._body(headers), url, target)

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        length = headers.get("content-length", "0")
        if not length.isdecimal():
            raise BadRequest(400, "Content-Length is not a number")
        return self._read(int(length))

    def _chunks(self) -> bytes:
        body = bytearray()
        while True:
            try:
                size = int(self.rfile.readline(LINE_BYTES).partition(b";")[0], 16)
            except ValueError:
                raise BadRequest(400, "a chunk without its size") from None
            if size == 0:
                while self.rfile.readline(LINE_BYTES) not in (b"\r\n", b"\n", b""):
                    pass
                return bytes(body)
            if len(body) + size > BODY_BYTES:
                raise BadRequest(413, f"the body is over {BODY_BYTES} bytes")
            body += self._read(size)
            self.rfile.readline(LINE_BYTES)

    def _read(self, length: int) -> bytes:
        if length > BODY_BYTES:
            raise BadRequest(413, f"the body is over {BODY_BYTES} bytes")
        data = self.rfile.read(length) if length else b""
        if len(data) < length:
            raise ConnectionError("the client left in the middle of a body")
        return data

    def _send(self, answer: Answer, *, close: bool = False, bodiless: bool = False) -> None:
        phrase = HTTPStatus(answer.status).phrase
        lines = [
            f"HTTP/1.1 {answer.status} {phrase}",
            f"Date: {date(int(self.server.clock()))}",
            f"Content-Length: {len(answer.body)}",
            "X-Content-Type-Options: nosniff",
        ]
        if answer.body:
            lines.append(f"Content-Type: {answer.mime}")
        if close:
            lines.append("Connection: close")
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        if answer.drip:
            self._drip(head + answer.body, answer.drip)
        elif answer.cut:
            whole = len(head) // 2 if not answer.body else len(head) + len(answer.body) // 2
            self.wfile.write((head + answer.body)[:whole])
        else:
            self.wfile.write(head if bodiless else head + answer.body)

    def _drip(self, data: bytes, seconds: float) -> None:
        """Write the answer in twenty pieces, spread over this time (seconds)."""
        size = len(data) // DRIPS + 1
        for start in range(0, len(data), size):
            self.wfile.write(data[start : start + size])
            self.wfile.flush()
            time.sleep(seconds / DRIPS)

    def _reset(self) -> None:
        """Close so that the client sees a reset; once it is connected, nothing is closer to a refused connection."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()

    def finish(self) -> None:
        """Close both directions; it does not matter if the client is gone already."""
        with suppress(OSError):
            super().finish()


class Server(ThreadingHTTPServer):
    """A threaded HTTP server that closes all its open connections when it is closed."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, port: int, visit: Callable[[str, str], Visiting], clock: Callable[[], float] = time.time
    ) -> None:
        self.visit = visit
        self.clock = clock
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", port), Connection)

    def server_bind(self) -> None:
        """Bind without the base class's name look-up, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def admit(self, method: str, headers: Mapping[str, str]) -> None:
        """Refuse what a web page of somebody else may have a browser send here. Raises BadRequest."""
        host, origin = headers.get("host", ""), headers.get("origin")
        if host and _HERE.fullmatch(host) is None:
            raise BadRequest(403, "the sandbox is at 127.0.0.1 and localhost, and has no other name")
        if origin is not None and method not in ("GET", "HEAD") and origin not in self._origins():
            raise BadRequest(403, "only the sandbox's own page may change anything here")

    def _origins(self) -> list[str]:
        return [f"http://{name}:{self.server_port}" for name in ("127.0.0.1", "localhost", "[::1]")]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Note the connection before its thread starts."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close the connection, and forget it."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def cut(self) -> None:
        """End every open connection."""
        with self._guard:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


def _split(target: str) -> SplitResult:
    try:
        return urlsplit(target)
    except ValueError:
        raise BadRequest(400, "an address that cannot be read") from None


_dates: dict[int, str] = {}


def date(second: int) -> str:
    """The `Date` header of a second, cached."""
    if second not in _dates:
        _dates.clear()
        _dates[second] = formatdate(second, usegmt=True)
    return _dates.get(second) or formatdate(second, usegmt=True)
