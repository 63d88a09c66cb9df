"""Takes one answer of a network's page on this machine: the address to which it leads after somebody has signed in.

It listens on a loopback address alone, and the first answer counts. Whether it belongs to this attempt, the adapter
tells by its `state`.
"""

from __future__ import annotations

import queue
import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from syndicate.errors import SyndicateError

HERE = ("127.0.0.1", "localhost", "::1")
"""Hosts of this machine."""
PATIENCE = 10.0  # seconds that a client may take for its request
_TOLD = {"code", "error", "state", "oauth_verifier", "denied", "hash"}
"""Parameters of which an answer has at least one; whatever else is asked here is no answer."""


class SignInDoor:
    """Listens on the host, port and path of `redirect`, until `close`. `answers` gets the answer, as a whole address.

    Raises SyndicateError if it cannot listen there.
    """

    def __init__(self, redirect: str) -> None:
        parts = urlsplit(redirect)
        self.redirect = redirect
        self.path = parts.path or "/"
        self.answers: queue.Queue[str] = queue.Queue()
        self._taken = threading.Lock()
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", parts.port or 80), _handler(self))
        except OSError as fault:
            raise SyndicateError(f"port {parts.port or 80} cannot be used: {fault.strerror or fault}") from fault
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="sign-in", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, path: str, query: str) -> tuple[int, str]:
        """Take what somebody asked here: HTTP status and words."""
        if path != self.path or _TOLD.isdisjoint(parse_qs(query, keep_blank_values=True)):
            return 404, "There is nothing here."
        if not self._taken.acquire(blocking=False):
            return 410, "This was answered already. Look at the terminal."
        self.answers.put(f"{self.redirect}?{query}")
        return 200, "Thank you. You can close this page, and go back to the terminal."


def listens(redirect: str) -> bool:
    """Whether an address leads to this machine, so that it can be listened on."""
    parts = urlsplit(redirect)
    return parts.scheme == "http" and parts.hostname in HERE


def _handler(door: SignInDoor) -> type[BaseHTTPRequestHandler]:
    class AnswerHandler(BaseHTTPRequestHandler):
        timeout = PATIENCE
        server_version = "syndicate"
        sys_version = ""

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            status, words = door.take(path, query)
            body = f"<!doctype html><meta charset=utf-8><title>syndicate</title><p>{escape(words)}\n".encode()
            self.send_response(status)
            for name, value in (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            self.send_header("Cache-Control", "no-store")
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Log nothing: the address has a code in it."""

    return AnswerHandler
