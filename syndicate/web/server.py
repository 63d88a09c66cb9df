"""The daemon's HTTP server: `/healthz`, `/metrics`, `/hooks/…`, which have a source read at once, and `/decide/…`."""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, TypeAlias

from syndicate.app.approval_addresses import PATH
from syndicate.control_characters import visible
from syndicate.errors import ConfigError, SyndicateError
from syndicate.model import Secret
from syndicate.web import signatures
from syndicate.web.approvals import ApprovalDoor
from syndicate.web.doorstep import Doorstep
from syndicate.web.hooks import Hooks
from syndicate.web.request import Body, HttpError, Request, Response, timed

PATIENCE = 10.0  # seconds a client may take for the body of its request
HEAD_SECONDS = 3.0  # for its headers, all of them
WORKERS = 16
HEALTH_WORKERS = 2
HEALTH_WAITING = 400
WAITING = 64  # connections that may wait for a worker; more are closed at once

_Turn: TypeAlias = "tuple[socket.socket, bytes]"


class Listener:
    """A small HTTP server on threads of its own. `health` gives what is wrong, None if nothing is.

    `metrics` gives the text for Prometheus. If there is a token, all requests need it but `/healthz` and signed
    ones; without one, hooks are refused. `patience` is in seconds, for a body. `approvals`, where set, answers people
    who decide. Raises ConfigError if it cannot listen on the address.
    """

    def __init__(
        self,
        address: tuple[str, int],
        token: Secret | None,
        health: Callable[[], str | None],
        metrics: Callable[[], bytes],
        hooks: Hooks | None = None,
        patience: float = PATIENCE,
        approvals: ApprovalDoor | None = None,
    ) -> None:
        self._token = token
        self._health = health
        self._metrics = metrics
        self.hooks = hooks
        self.approvals = approvals
        try:
            self._server = _Server(address, _handler(self, patience), patience)
        except OSError as fault:
            where = f"[{address[0]}]:{address[1]}" if ":" in address[0] else f"{address[0]}:{address[1]}"
            raise ConfigError(
                f"listen.address: cannot listen on {where}: {(fault.strerror or str(fault)).lower()}"
            ) from fault
        self.port = self._server.door.port

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
        self._server.close()

    def _answer(self, asked: Request) -> Response:
        if self.hooks is not None and asked.path.startswith("/hooks/"):
            return self.hooks.answer(asked)
        if self.approvals is not None and asked.path.startswith(PATH):
            return self.approvals.answer(asked)
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


class _Handler(BaseHTTPRequestHandler):
    """Answers one request, of which `begun` was read already. `unread`: some of its body may still be on its way."""

    def __init__(self, connection: socket.socket, begun: bytes) -> None:
        self.begun = begun
        self.unread = False
        super().__init__(connection, None, None)  # type: ignore[arg-type] # neither is looked at


def _handler(listener: Listener, patience: float) -> type[_Handler]:
    class Handler(_Handler):
        timeout = patience
        server_version = "syndicate"
        sys_version = ""

        def setup(self) -> None:
            super().setup()
            self.rfile: Any = timed(self.connection, patience, self.begun)

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
            if self.command != "HEAD":
                self.wfile.write(said.body)
            self.unread = body.unread

        def do_POST(self) -> None:
            self.do_GET()

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Log nothing: the daemon's log has only its own events."""

    return Handler


class _Server:
    """WORKERS threads for requests, each with its own connection to the ledger, and a few for `/healthz` alone.

    More clients wait for a turn, up to WAITING; further ones are closed at once. Of those that ask for health, up to
    HEALTH_WAITING wait, and where there are more, the one that waits longest is closed.
    """

    def __init__(self, address: tuple[str, int], handler: type[_Handler], patience: float) -> None:
        self._handler = handler
        self._waiting: queue.Queue[_Turn | None] = queue.Queue(WAITING)
        self._health: queue.Queue[_Turn | None] = queue.Queue(HEALTH_WAITING)
        self.door = Doorstep(address, min(HEAD_SECONDS, patience), self._hand_on)
        self._lanes = [self._waiting] * WORKERS + [self._health] * HEALTH_WORKERS
        for number, lane in enumerate(self._lanes):
            threading.Thread(target=self._work, args=(lane,), name=f"listener-{number}", daemon=True).start()

    def close(self) -> None:
        """Close the connections that wait, and let the threads end."""
        self.door.close()
        for lane in (self._waiting, self._health):
            with contextlib.suppress(queue.Empty):
                while (turn := lane.get_nowait()) is not None:
                    turn[0].close()
        for lane in self._lanes:
            lane.put(None)

    def _hand_on(self, connection: socket.socket, begun: bytes) -> None:
        lane = self._health if _asks_for_health(begun) else self._waiting
        if lane is self._health and lane.full():
            with contextlib.suppress(queue.Empty):
                if (oldest := lane.get_nowait()) is not None:
                    oldest[0].close()
        try:
            lane.put_nowait((connection, begun))
        except queue.Full:
            connection.close()

    def _work(self, lane: queue.Queue[_Turn | None]) -> None:
        while (turn := lane.get()) is not None:
            connection, begun = turn
            try:
                if self._handler(connection, begun).unread:
                    self.door.see_off(connection)
                    continue
            except OSError:
                pass  # the client broke off: nothing to do
            except Exception:  # noqa: BLE001 - a bug with one request stops no other, and is told whole
                sys.stderr.write(visible(traceback.format_exc()))
            connection.close()


def _asks_for_health(begun: bytes) -> bool:
    words = begun.split(b"\n", 1)[0].split()
    return words[:1] == [b"GET"] and len(words) > 1 and words[1].partition(b"?")[0] == b"/healthz"
