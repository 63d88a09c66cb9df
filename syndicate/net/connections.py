"""The connections of one thread: guarded, limited in time, and clear about what failed before anything was sent."""

from __future__ import annotations

import importlib
import io
import logging
import sys
import threading
import time
import warnings
from collections.abc import Callable, Collection
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from syndicate.errors import Unavailable
from syndicate.model.pattern import compiled_late
from syndicate.net.address_guard import Guard, Origin, dial, origin, refusal
from syndicate.net.awaiting import awaited

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter

CONNECT = 10.0
"""Seconds in which a connection has to be made."""
AT_ONCE = 16_384
"""Bytes of a request up to which head and body leave in one piece."""
IDLE = 4.0
"""Seconds after which an idle connection is not used again: if the server closes it just then, a write is Uncertain."""


class Trip:
    """What a thread's connections need to know of the call in progress."""

    def __init__(self) -> None:
        self.deadline = 0.0
        self.fresh = False
        self.trusted: Collection[Origin] = ()

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


class _InOnePiece:
    """A connection that keeps the head of a request back until the body is there: a small one leaves in one piece."""

    _held: bytes | None = None  # of a request that is being put together

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._held = b""
        try:
            super().request(*args, **kwargs)  # type: ignore[misc]
            self._let_go()
        finally:
            self._held = None

    def send(self, data: Any) -> None:
        if self._held is not None and isinstance(data, bytes) and len(self._held) + len(data) <= AT_ONCE:
            self._held += data
            return
        self._let_go()
        super().send(data)  # type: ignore[misc]

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held:
            super().send(held)  # type: ignore[misc]


def adapter(trip: Trip, guard: Guard | None, resolver: Callable[[str, int], Any]) -> HTTPAdapter:
    """A transport adapter for `requests` that uses our connections, also through a proxy, and never retries."""
    load_requests()
    from requests import Response
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Retry

    quiet("urllib3")
    pools = {
        "http": _pool(HTTPConnectionPool, trip, guard, resolver),
        "https": _pool(HTTPSConnectionPool, trip, guard, resolver),
    }

    class Adapter(HTTPAdapter):
        """What `requests` works out anew for each request is the same for all to one server, where no proxy is."""

        last: tuple[tuple[str, str], Any] | None = None

        def get_connection_with_tls_context(
            self, request: Any, verify: Any, proxies: Any = None, cert: Any = None
        ) -> Any:
            if proxies:
                return super().get_connection_with_tls_context(request, verify, proxies, cert)
            place = urlsplit(request.url)[:2]
            if self.last is None or self.last[0] != place or self.last[1].pool is None:  # closed meanwhile
                self.last = place, super().get_connection_with_tls_context(request, verify, proxies, cert)
            return self.last[1]

        def request_url(self, request: Any, proxies: Any) -> str:
            return super().request_url(request, proxies) if proxies else str(request.path_url)

        def build_response(self, req: Any, resp: Any) -> Any:
            """Without the cookies and the guess of an encoding, which we have no use for."""
            made: Any = Response()
            made.status_code, made.raw, made.request, made.url = resp.status, resp, req, req.url
            made.headers = dict(resp.headers.itermerged())
            return made

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

    class Connection(_InOnePiece, base.ConnectionCls):  # type: ignore[misc]  # plain or TLS
        response_class = _answer(trip)
        last = 0.0
        target = ""
        lent = False  # made to a private address, for a call that trusts it

        @property
        def is_connected(self) -> bool:
            if self.lent and origin(base.scheme, self.host, self.port) not in trip.trusted:
                return False  # another call's trust
            return time.monotonic() - self.last < IDLE and super().is_connected

        def _new_conn(self) -> Any:
            addresses = resolver(self._dns_host, self.port)
            if guard and self.proxy is None:
                found = [target[0] for *_, target in addresses]
                self.lent = guard.judge(base.scheme, self.host, self.port, found, trip.trusted)
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
            awaited()
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


_GUESSERS = ("chardet", "charset_normalizer")
_METADATA = "importlib.metadata"
_PATTERNS = ("urllib3.util.url", "http.cookiejar", "http.cookies", "idna.core")
"""Modules with patterns that no usual request needs: every form of an IPv6 address, what is in cookies."""
_loading = threading.Lock()


def load_requests() -> None:
    """Import `requests`, without a third of what it does then: without what guesses the encoding of a text, and what
    reads the metadata of packages; and without compiling patterns that are hardly ever used.

    It does without the guesser where that is not installed, and we read bytes; urllib3 asks for metadata before it
    speaks HTTP/2, which it is never told to. Whoever wants either can import it as ever.
    """
    with _loading:
        if "requests" in sys.modules:
            return
        absent: dict[str, Any] = dict.fromkeys(_GUESSERS)  # None: importing it fails
        absent |= {_METADATA: _Later(_METADATA)}
        absent = {name: instead for name, instead in absent.items() if name not in sys.modules}
        sys.modules.update(absent)
        try:
            with warnings.catch_warnings(), compiled_late(_PATTERNS):
                warnings.simplefilter("ignore")  # it says that it cannot guess
                import requests  # noqa: F401
        finally:
            for name, instead in absent.items():
                if sys.modules.get(name) is instead:
                    del sys.modules[name]


class _Later(ModuleType):
    """Stands in for a module until something of it is used."""

    def version(self, *package: str) -> Any:
        """As `importlib.metadata.version`."""
        return self.__getattr__("version")(*package)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


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
