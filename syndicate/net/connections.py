"""The connections of one thread: guarded, limited in time, and clear about what failed before anything was sent."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from syndicate.errors import Unavailable
from syndicate.net.address_guard import Guard, dial, refusal

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter

CONNECT = 10.0
"""Seconds in which a connection has to be made."""
IDLE = 4.0
"""Seconds after which an idle connection is not used again: if the server closes it just then, a write is Uncertain."""


class Trip:
    """What a thread's connections need to know of the call in progress."""

    def __init__(self) -> None:
        self.deadline = 0.0
        self.fresh = False

    def left(self) -> float:
        """Seconds until the call has to be over. Raises TimeoutError."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for this request is up")
        return left


class _Metered(io.RawIOBase):
    """The reading side of a socket; every read stops when the call's time is up, even if bytes still trickle in."""

    def __init__(self, raw: io.RawIOBase, sock: Any, trip: Trip) -> None:
        self._raw, self._sock, self._trip = raw, sock, trip
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._trip.left())
        count = self._raw.readinto(buffer)
        self.ended = count == 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def adapter(trip: Trip, guard: Guard | None, resolver: Callable[[str, int], Any]) -> HTTPAdapter:
    """A transport adapter for `requests` that uses our connections, also through a proxy, and never retries."""
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Retry

    quiet("urllib3")
    pools = {
        "http": _pool(HTTPConnectionPool, trip, guard, resolver),
        "https": _pool(HTTPSConnectionPool, trip, guard, resolver),
    }

    class Adapter(HTTPAdapter):
        def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
            manager = super().proxy_manager_for(proxy, **kwargs)
            manager.pool_classes_by_scheme = pools
            return manager

    made = Adapter(max_retries=Retry(0, read=False))
    made.poolmanager.pool_classes_by_scheme = pools
    return made


def _pool(base: Any, trip: Trip, guard: Guard | None, resolver: Callable[[str, int], Any]) -> Any:
    """A pool whose connections ask the guard, keep the time limit, and tell what failed before they were made.

    Only the socket is replaced, so TLS, server name and Host header stay as they are.
    """
    import socket

    from urllib3.exceptions import HTTPError

    class Connection(base.ConnectionCls):  # type: ignore[misc]  # plain or TLS
        response_class = _answer(trip)
        last = 0.0
        target = ""

        @property
        def is_connected(self) -> bool:
            return time.monotonic() - self.last < IDLE and super().is_connected

        def _new_conn(self) -> Any:
            addresses = resolver(self._dns_host, self.port)
            if guard and self.proxy is None:
                guard.judge(base.scheme, self.host, self.port, [target[0] for *_, target in addresses])
            return dial(addresses, min(CONNECT, trip.left()), self.socket_options or ())

        def set_tunnel(self, host: str, *args: Any, **kwargs: Any) -> None:
            self.target = host
            super().set_tunnel(host, *args, **kwargs)

        def connect(self) -> None:
            trip.fresh = True
            try:
                super().connect()
                self.sock.settimeout(trip.left())
            except (OSError, HTTPError, ValueError) as fault:
                self.close()
                unresolved = isinstance(fault, socket.gaierror)
                what = f"{_name(self)} cannot be reached: {refusal(fault)}"
                raise Unavailable(what, unresolved=unresolved) from fault

        def getresponse(self) -> Any:
            answer = super().getresponse()
            self.last = time.monotonic()
            return answer

    return type(base.__name__, (base,), {"ConnectionCls": Connection})


def _answer(trip: Trip) -> Any:
    """http.client's response, with the time limit; headers that break off are an error."""
    from http.client import HTTPResponse, IncompleteRead

    class WireAnswer(HTTPResponse):
        def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.metered = _Metered(self.fp.detach(), sock, trip)
            self.fp = io.BufferedReader(self.metered)

        def begin(self) -> None:
            super().begin()
            if self.metered.ended:
                raise IncompleteRead(b"")

    return WireAnswer


def quiet(library: str) -> None:
    """Keep a library from logging addresses and signatures, which hold secrets."""
    logging.getLogger(library).setLevel(logging.CRITICAL)


def _name(connection: Any) -> str:
    """Which host is called, and through which proxy."""
    port = "" if connection.port == connection.default_port else f":{connection.port}"
    if connection.proxy is None:
        return f"{connection.host}{port}"
    through = f"the proxy {connection.host}{port}"
    return f"{connection.target} behind {through}" if connection.target else through
