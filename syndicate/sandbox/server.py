"""Runs the sandbox: stand-ins for all networks on one port of this machine, and a page of what was posted."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from syndicate.errors import ConfigError
from syndicate.sandbox.board import Board
from syndicate.sandbox.connection import Server, Visiting
from syndicate.sandbox.control import Control, leads_to
from syndicate.sandbox.exchange import Answer, Received, Route, text_answer
from syndicate.sandbox.faults import FaultPlan, Rule
from syndicate.sandbox.networks import StandIn, stand_ins
from syndicate.sandbox.page import static_page
from syndicate.sandbox.refusals import NAMES, PAGES, refusal

LOG_LENGTH = 5_000
PROXY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"


class Sandbox:
    """The stand-ins for all networks on http://127.0.0.1:PORT, by their platforms' names in `stand_ins`.

    It runs from when it is made until `close`, on its own threads. `latency` (seconds) is
    added to each write. `faults` are rules as `POST /_sandbox/faults` takes them. `clock` gives
    seconds since 1970, for idempotency windows and sessions. `quirks` are extra arguments of single
    stand-ins, such as `{"mastodon": {"max_characters": 50}}`. Raises ConfigError if the
    port is unavailable, for a rule that makes no sense, and for quirks of an unknown network.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        latency: float = 0.0,
        faults: Iterable[Any] = (),
        clock: Callable[[], float] = time.time,
        quirks: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        kinds, own = stand_ins(), quirks or {}
        if strange := sorted(own.keys() - kinds.keys()):
            raise ConfigError(f"the sandbox has no stand-in for {', '.join(strange)} (there are {', '.join(kinds)})")
        self.board = Board()
        self.faults = FaultPlan(kinds, faults)
        self._latency = latency
        self._lock = threading.Lock()
        self._log: deque[dict[str, Any]] = deque(maxlen=LOG_LENGTH)
        self._closed = threading.Event()
        self._server = _listen(port, self._visit, clock)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.stand_ins: Mapping[str, StandIn] = {
            name: kind(self.board, clock, self.url, **own.get(name, {})) for name, kind in kinds.items()
        }
        self._control = Control(self)
        self._accepting = threading.Thread(target=self._accept, name="sandbox", daemon=True)
        self._accepting.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def posts(self) -> list[dict[str, Any]]:
        """The posts that were not deleted, oldest first, as `GET /_sandbox/posts` lists them."""
        return self.board.posts()

    def deleted(self) -> list[dict[str, Any]]:
        """The posts that were deleted again, as `GET /_sandbox/deleted` lists them."""
        return self.board.deleted()

    def shown(self) -> list[dict[str, Any]]:
        """All posts, deleted or not, in the order in which they were posted: what the page shows."""
        return sorted(self.posts() + self.deleted(), key=lambda post: post["seq"])

    def requests(self) -> list[dict[str, Any]]:
        """The last 5,000 requests to the networks, oldest first."""
        with self._lock:
            return list(self._log)

    def add_faults(self, rules: Iterable[Any]) -> None:
        """Add rules after the current ones."""
        self.faults.add(rules)

    def clear(self) -> None:
        """Forget posts, uploads and the log of requests; sessions and faults stay."""
        with self._lock:
            self.board.clear()
            self._log.clear()
            for stand_in in self.stand_ins.values():
                stand_in.clear()

    def number_of(self, permalink: str) -> int | None:
        """The number of the post with this permalink, with which its place on the page is named."""
        path = urlsplit(permalink).path
        found = (post["seq"] for post in self.shown() if leads_to(path, str(post["permalink"] or "")))
        return next(found, None)

    def page(self, *, ended: bool = False) -> str:
        """The page of all posts as one self-contained file, for saving; `ended`: no permalink leads anywhere."""
        posts = [post | {"permalink": None} for post in self.shown()] if ended else self.shown()
        return static_page(posts, self.stand_ins, self.board.media())

    def serve_forever(self) -> None:
        """Wait until `close` is called, or Ctrl-C."""
        try:
            self._closed.wait()
        finally:
            self.close()

    def close(self) -> None:
        """Stop listening and end every connection. Calling it again does nothing."""
        if self._closed.is_set():
            return
        self._closed.set()
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._server.server_port), timeout=1):
            self._accepting.join(timeout=5)
        self._server.server_close()
        self._server.cut()

    def _accept(self) -> None:
        while not self._closed.is_set():
            self._server.handle_request()

    def _visit(self, method: str, path: str) -> Visiting:
        for stand_in in self.stand_ins.values():
            route = stand_in.route(method, path)
            if route is not None:
                return _NetworkVisit(self, stand_in, route, method, path)
        return self._control

    def pause(self, route: Route) -> None:
        """Wait for the latency of a write."""
        if self._latency and route.step not in ("read", "login"):
            time.sleep(self._latency)

    def operate(self, route: Route, request: Received) -> Answer:
        """Run an operation; a lock allows one at a time. What is done ahead of it is outside."""
        if route.ahead is not None:
            route.ahead(request)
        with self._lock:
            return route.operation(request)

    def log(self, **entry: Any) -> None:
        """Add a request to the log."""
        with self._lock:
            self._log.append(entry)


class _NetworkVisit:
    """The handling of a request to a network, with its fault if there is one."""

    def __init__(self, sandbox: Sandbox, stand_in: StandIn, route: Route, method: str, path: str) -> None:
        self._sandbox = sandbox
        self._stand_in = stand_in
        self._route = route
        self._rule = sandbox.faults.next(route.platform, route.step) if route.told is None else None
        self._entry = {"method": method, "path": path, "platform": route.platform, "step": route.step}
        self.refused = self._rule is not None and self._rule.fault == "refuse"
        if self.refused:
            self._log(None)

    def respond(self, request: Received) -> Answer | None:
        """The operation's answer, or what the fault replaces it with."""
        if self._route.told is not None:
            self._route = self._route._replace(step=self._route.told(request))
            self._rule = self._sandbox.faults.next(self._route.platform, self._route.step)
            self._entry["step"] = self._route.step
        reply = self._reply(request, self._rule)
        self._log(reply)
        return reply

    def _reply(self, request: Received, rule: Rule | None) -> Answer | None:
        fault = rule.fault if rule else None
        if rule and fault in ("401", "429", "500", "503"):
            return self._stand_in.failure(fault, self._route.step, rule.retry_after)
        if rule and fault in (*PAGES, *NAMES):
            return refusal(rule.fault, self._route.platform, self._stand_in)
        if rule and fault == "late":
            self._later(request, rule.seconds)
        if fault in ("drop_before", "late", "refuse"):  # what is refused here was read already
            return None
        self._sandbox.pause(self._route)
        reply = self._sandbox.operate(self._route, request)
        return self._spoilt(reply, rule) if rule else reply

    def _spoilt(self, reply: Answer, rule: Rule) -> Answer | None:
        """The answer that the client gets after the request was carried out, changed by the fault."""
        match rule.fault:
            case "slow":
                time.sleep(rule.seconds)
            case "drop_after":
                return None
            case "500_after":
                return self._stand_in.failure("500", self._route.step, rule.retry_after)
            case "502_after":
                return text_answer(502, PROXY_PAGE)
            case "truncate":
                return replace(reply, cut=True)
            case "drip":
                return replace(reply, drip=rule.seconds)
        return reply

    def _later(self, request: Received, seconds: float) -> None:
        """Accept the request later, after the client got no answer, as a network's internal queue may do."""
        timer = threading.Timer(seconds, self._sandbox.operate, (self._route, request))
        timer.daemon = True
        timer.start()

    def _log(self, reply: Answer | None) -> None:
        fault = self._rule.fault if self._rule else None
        self._sandbox.log(**self._entry, status=reply.status if reply else None, fault=fault)


def _listen(port: int, visit: Callable[[str, str], Visiting], clock: Callable[[], float]) -> Server:
    try:
        return Server(port, visit, clock)
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            raise ConfigError(f"port {port} is in use", hint="choose another with --port") from fault
        reason = fault.strerror or str(fault)
        raise ConfigError(f"port {port} cannot be used: {reason}", hint="choose another with --port") from fault
    except OverflowError as fault:
        raise ConfigError(f"port {port} is not between 0 and 65535") from fault
