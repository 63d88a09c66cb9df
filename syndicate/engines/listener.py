"""`/healthz` and `/metrics` of a running daemon."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

from syndicate.errors import ConfigError, SyndicateError
from syndicate.model import Secret

PATIENCE = 10.0  # seconds a client may take for its request


class Listener:
    """A small server on a thread of its own. `health` gives what is wrong, None if nothing is.

    `metrics` gives the text of Prometheus. With a token, everything but `/healthz` asks for it. Raises
    ConfigError where the address cannot be had.
    """

    def __init__(
        self,
        address: tuple[str, int],
        token: Secret | None,
        health: Callable[[], str | None],
        metrics: Callable[[], bytes],
    ) -> None:
        self._token = token
        self._health = health
        self._metrics = metrics
        listener = self

        class Handler(BaseHTTPRequestHandler):
            timeout = PATIENCE
            server_version = "syndicate"
            sys_version = ""

            def do_GET(self) -> None:
                status, kind, body = listener.answer(self.path, self.headers.get("Authorization", ""))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """The daemon's log is for facts."""

        try:
            self._server = _Server(address, Handler)
        except OSError as fault:
            where = f"{address[0]}:{address[1]}"
            raise ConfigError(
                f"listen.address {where} cannot be had: {(fault.strerror or str(fault)).lower()}"
            ) from fault
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, name="listener", daemon=True).start()

    def answer(self, path: str, authorization: str) -> tuple[int, str, bytes]:
        """Status, type and body for a GET."""
        path = path.partition("?")[0]
        if path == "/healthz":
            return self._healthz()
        if path != "/metrics":
            return 404, "text/plain; charset=utf-8", b"there are /healthz and /metrics\n"
        if not self._allowed(authorization):
            return 401, "text/plain; charset=utf-8", b"send the token of `listen` as a bearer token\n"
        try:
            return 200, "text/plain; version=0.0.4; charset=utf-8", self._metrics()
        except ImportError:
            words = b'metrics need an extra: pip install "syndicate-social[metrics]"\n'
            return 501, "text/plain; charset=utf-8", words
        except SyndicateError as fault:
            return 503, "text/plain; charset=utf-8", f"{fault}\n".encode()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _healthz(self) -> tuple[int, str, bytes]:
        wrong = self._health()
        body = {"status": "ok"} if wrong is None else {"status": "failing", "reason": wrong}
        return 200 if wrong is None else 503, "application/json", json.dumps(body).encode() + b"\n"

    def _allowed(self, authorization: str) -> bool:
        if self._token is None:
            return True
        given = authorization.partition(" ")[2].strip() if authorization.lower().startswith("bearer ") else ""
        return hmac.compare_digest(given.encode(), self._token.encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Bind without the name look-up of the class above, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
