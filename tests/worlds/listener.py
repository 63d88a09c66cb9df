"""An HTTP server that keeps what it was sent, and answers as it is told to."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class HungUpOn(ThreadingHTTPServer):
    """Says nothing of clients that are gone before they are answered, as one is that was killed."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@dataclass
class Heard:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)


@dataclass
class Listener:
    """`statuses` are those of the next answers, then 200; a function gets the request and gives its status."""

    statuses: list = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    answer: object = None

    def __post_init__(self) -> None:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", 0)))
                heard = Heard(self.command, self.path, headers, body)
                listener.heard.append(heard)
                status, said = listener.reply(heard)
                self.send_response(status)
                self.send_header("Content-Type", listener.kind(heard))
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST = handle_any  # noqa: N815 - the standard library's names

            def log_message(self, *_: object) -> None:
                pass

        self._http = HungUpOn(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def kind(self, _heard: Heard) -> str:
        """The media type of what it answers."""
        return "application/json; charset=utf-8"

    def reply(self, heard: Heard) -> tuple[int, bytes]:
        if callable(self.answer):
            status, said = self.answer(heard)
            return status, json.dumps(said).encode()
        return (self.statuses.pop(0) if self.statuses else 200), b"{}"

    def events(self) -> list[str]:
        return [each.json["event"] for each in self.heard]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
