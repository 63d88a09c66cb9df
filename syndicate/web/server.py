"""The daemon's HTTP server: `/healthz`, `/metrics`, and `/hooks/…`, which make it read a source at once."""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import threading
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import TCPServer
from typing import Any

from syndicate.errors import ConfigError, SyndicateError
from syndicate.model import Secret
from syndicate.web import signatures
from syndicate.web.hooks import Hooks
from syndicate.web.request import Body, HttpError, Request, Response, linger, timed

PATIENCE = 10.0  # seconds a client may take for its whole request
WORKERS = 16
WAITING = 64  # connections that may wait for a worker; more are closed at once


class Listener:
    """A small HTTP server on threads of its own. `health` gives what is wrong, None if nothing is.

    `metrics` gives the text for Prometheus. If there is a token, all requests need it but `/healthz` and signed
    ones; without one, hooks are refused. `patience` is in seconds, for a whole request. Raises ConfigError if it
    cannot listen on the address.
    """

    def __init__(
        self,
        address: tuple[str, int],
        token: Secret | None,
        health: Callable[[], str | None],
        metrics: Callable[[], bytes],
        hooks: Hooks | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._token = token
        self._health = health
        self._metrics = metrics
        self.hooks = hooks
        try:
            self._server = _Server(address, _handler(self, patience))
        except OSError as fault:
            where = f"[{address[0]}]:{address[1]}" if ":" in address[0] else f"{address[0]}:{address[1]}"
            raise ConfigError(
                f"listen.address: cannot listen on {where}: {(fault.strerror or str(fault)).lower()}"
            ) from fault
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, name="listener", daemon=True).start()

    def answer(self, asked: Request) -> Response:
        """Answer a request; errors become responses. Called by the server's threads."""
        try:
            return self._answer(asked)
        except HttpError as refused:
            return refused.answer
        except SyndicateError as fault:
            return Response(503, f"{fault}\n".encode())

    def close(self) -> None:
        """Stop listening, and let the threads end."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, asked: Request) -> Response:
        if self.hooks is not None and asked.path.startswith("/hooks/"):
            return self.hooks.answer(asked)
        if asked.path not in ("/healthz", "/metrics"):
            raise HttpError(404, "the paths are /healthz, /metrics and /hooks/publish")
        asked.only("GET")
        if asked.path == "/healthz":
            return self._healthz()
        if self._token is not None and not signatures.bearer(asked.headers, self._token):
            raise HttpError(401, "send the token of `listen` as a bearer token")
        try:
            return Response(200, self._metrics(), "text/plain; version=0.0.4; charset=utf-8")
        except ImportError:
            raise HttpError(501, 'metrics need an extra: pip install "syndicate-social[metrics]"') from None

    def _healthz(self) -> Response:
        wrong = self._health()
        said = {"status": "ok"} if wrong is None else {"status": "failing", "reason": wrong}
        return Response(200 if wrong is None else 503, json.dumps(said).encode() + b"\n", "application/json")


def _handler(listener: Listener, patience: float) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = patience
        server_version = "syndicate"
        sys_version = ""

        def setup(self) -> None:
            super().setup()
            self.rfile: Any = timed(self.connection, patience)

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = Body(headers, self.rfile)
            said = listener.answer(Request(self.command, path, query, headers, body))
            self.send_response(said.status)
            for name, value in {"Content-Type": said.kind, "Cache-Control": "no-store", **said.headers}.items():
                self.send_header(name, value)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)
            if body.unread:
                linger(self.connection)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Log nothing: the daemon's log has only its own events."""

    return Handler


class _Server(HTTPServer):
    """An HTTP server with WORKERS threads, each with its own connection to the ledger. More clients have to wait."""

    request_queue_size = WAITING

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._waiting: queue.Queue[tuple[Any, Any] | None] = queue.Queue(WAITING)
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)
        for number in range(WORKERS):
            threading.Thread(target=self._work, name=f"listener-{number}", daemon=True).start()

    def server_bind(self) -> None:
        """Bind without the name look-up of HTTPServer, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Queue a connection for a thread; if the queue is full, close it at once."""
        try:
            self._waiting.put_nowait((request, client_address))
        except queue.Full:
            self.shutdown_request(request)

    def server_close(self) -> None:
        """Close the connections that wait, and let the threads end."""
        super().server_close()
        with contextlib.suppress(queue.Empty):
            while (taken := self._waiting.get_nowait()) is not None:
                self.shutdown_request(taken[0])
        for _ in range(WORKERS):
            self._waiting.put(None)

    def _work(self) -> None:
        while (taken := self._waiting.get()) is not None:
            request, address = taken
            try:
                self.finish_request(request, address)
            except OSError:
                pass  # the client broke off: nothing to do
            except Exception:  # noqa: BLE001 - a bug with one request stops no other, and is told whole
                traceback.print_exc()
            self.shutdown_request(request)
