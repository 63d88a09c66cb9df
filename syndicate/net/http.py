"""Every HTTP request of the program: time limits, address guard, secrets masked, failures turned into errors.

What fails before a connection is made is Unavailable: nothing was sent. What fails after that is
Uncertain. Only a read is ever sent twice: when the server had already closed the connection it used.
"""

from __future__ import annotations

import re
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from copy import copy
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from syndicate import __version__
from syndicate.errors import (
    AuthError,
    ConfigError,
    PlatformError,
    Unavailable,
    Uncertain,
)
from syndicate.model.dataclass import dataclass
from syndicate.net.address_guard import Guard, Origin, origin_of, resolve
from syndicate.net.connections import Trip, adapter, quiet
from syndicate.net.leaving import ask
from syndicate.net.redaction import Mask, causes
from syndicate.net.server_time import ServerTimes
from syndicate.ports import Clock, OAuth1, Part, Reply

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.adapters import HTTPAdapter

USER_AGENT = f"syndicate/{__version__}"
REDIRECTS = 5
CHUNK = 65_536

_READS = ("GET", "HEAD")
_MOVED = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)
_ANYWHERE = ("accept", "accept-encoding", "accept-language", "if-modified-since", "if-none-match", "user-agent")
_TELLING = re.compile(r"(?:token|secret|password|(?<!\Ar)key|sig|signature|assertion|proof)$", re.IGNORECASE)
"""Parameters with a secret. `rkey` is none: it is the end of a Bluesky post's address."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What a request needs of the machine: `resolver` gives the addresses of a host and port; `ca_file` names
    the certificate authorities trusted instead of certifi's; `times` is told what time the servers say it is.
    """

    resolver: Callable[[str, int], list[tuple[Any, ...]]] = resolve
    ca_file: str | None = None
    times: ServerTimes | None = None


class RequestsHttp:
    """ports.Http with the library `requests`; shared by threads, each of which has its own connections.

    No cookies, no .netrc, no environment. `timeout` (seconds) is for a whole request, redirects included;
    `max_body` is counted after decompression; `machine` is how names are resolved and whose certificates count.
    `learned` are the secrets that requests contained so far.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        timeout: float = 30.0,
        secrets: Iterable[str] = (),
        guard: Guard | None = None,
        proxy: str | None = None,
        max_body: int = 10_000_000,
        user_agent: str = USER_AGENT,
        machine: Machine = Machine(),
    ) -> None:
        self.mask = Mask(secrets)
        self.learned: frozenset[str] = frozenset()
        self.site = ""
        self._clock = clock
        self._timeout = timeout
        self._guard = guard
        self._proxies = _proxies(proxy, self.mask)
        self._max_body = max_body
        self._headers = {"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "gzip"}
        self._verify: bool | str = machine.ca_file or True
        self._resolver = machine.resolver
        self._times = machine.times
        self._here = threading.local()
        self._adapters: weakref.WeakSet[HTTPAdapter] = weakref.WeakSet()
        self._trusted: frozenset[Origin] = frozenset()
        self._until: float | None = None

    def trusting(self, origins: frozenset[Origin]) -> RequestsHttp:
        """The same client with the same connections, whose calls may lead to these private origins."""
        made = copy(self)
        made._trusted = origins  # noqa: SLF001 - another of us
        return made

    def called(self, user_agent: str) -> RequestsHttp:
        """The same client with the same connections, which says that it is somebody else."""
        made = copy(self)
        made._headers = {**self._headers, "User-Agent": user_agent}  # noqa: SLF001 - another of us
        return made

    def within(self, seconds: float) -> RequestsHttp:
        """The same client, whose calls together, and those of what it is made into, take at most so many seconds."""
        made = copy(self)
        made._until = time.monotonic() + seconds  # noqa: SLF001 - another of us
        return made

    def close(self) -> None:
        """Close idle connections; the next call opens new ones."""
        for line in list(self._adapters):
            line.close()

    def call(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | Mapping[str, str] | None = None,
        files: Mapping[str, Part] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: OAuth1 | None = None,
        sample: Any = None,  # noqa: ARG002 - for dry runs only
    ) -> Reply:
        """As `ports.Http.call`. Only reads follow redirects; another origin is not sent the secrets."""
        self._learn(headers, auth, params, data)
        trip = self._line()[1]
        until = time.monotonic() + self._timeout
        trip.deadline, trip.trusted = until if self._until is None else min(until, self._until), self._trusted
        request = self._prepare(
            method.upper(), url, params=params, json=json, data=data, files=files, headers=headers, auth=auth
        )
        moved, lasting = None, True
        for _ in range(REDIRECTS + 1):
            reply = self._exchange(request)
            if request.method not in _READS or reply.status not in _MOVED or "location" not in reply.headers:
                return replace(reply, moved=moved) if moved else reply
            request = self._redirect(request, reply.headers["location"], auth)
            lasting = lasting and reply.status in _FOR_GOOD
            if lasting:
                moved = self._whole(request)
        raise Unavailable(f"{self._host(request)} redirects more than {REDIRECTS} times")

    def learn(self, *secrets: str) -> None:
        """From now on, mask these too."""
        self.learned |= {secret for secret in secrets if len(secret) >= 8}
        self.mask.learn(*self.learned)

    def _learn(self, headers: Mapping[str, str] | None, auth: OAuth1 | None, *fields: Any) -> None:
        """From now on, mask the secrets that this request contains: tokens change while we run."""
        found = [] if auth is None else [auth.consumer_key, auth.consumer_secret, auth.token, auth.token_secret]
        for name, value in (headers or {}).items():
            if name.lower() == "authorization":
                found.append(value.partition(" ")[2] or value)
        for pairs in fields:
            if isinstance(pairs, Mapping):
                found += [value for name, value in pairs.items() if _TELLING.search(name)]
        self.learn(*found)

    def _prepare(self, method: str, url: str, *, auth: OAuth1 | None, headers: Any, **parts: Any) -> PreparedRequest:
        from requests.exceptions import InvalidHeader

        try:
            request = _prepared(method, url, {**self._headers, **(headers or {})}, **parts)
            "".join(map(str, request.headers.values())).encode("latin-1")
        except (InvalidHeader, UnicodeEncodeError) as fault:
            raise AuthError(
                f"a header for {self._shown(url)} holds a character no header may have"
            ) from self.mask.hush(fault)
        except ValueError as fault:
            raise Unavailable(f"{self._shown(url)} is not an address") from self.mask.hush(fault)
        if not str(request.url).startswith(("http://", "https://")):
            raise Unavailable(f"{self._shown(url)} is neither http:// nor https://")
        if auth:
            self._sign(request, auth)
        return request

    def _sign(self, request: PreparedRequest, auth: OAuth1) -> None:
        """Sign with HMAC-SHA1: the query and a form's fields; other bodies are not signed (RFC 5849 §3.4.1.3.1)."""
        from oauthlib.oauth1 import Client

        quiet("oauthlib")
        client = Client(
            auth.consumer_key,
            auth.consumer_secret,
            auth.token,
            auth.token_secret,
            timestamp=str(int(self._clock().timestamp())),
        )
        kind = "application/x-www-form-urlencoded"
        form = {"Content-Type": kind} if request.headers.get("Content-Type") == kind else {}
        _, headers, _ = client.sign(request.url, request.method, request.body if form else None, form)
        request.headers["Authorization"] = headers["Authorization"]

    def _redirect(self, before: PreparedRequest, location: str, auth: OAuth1 | None) -> PreparedRequest:
        """The next hop of a read. Another origin gets neither headers of ours nor an address with a secret."""
        here, headers = str(before.url), dict(before.headers)
        try:
            there = urljoin(here, _in_utf8(location))
            same = origin_of(here) == origin_of(there)
        except ValueError as fault:
            raise Unavailable(f"{self._host(before)} redirects to something that is not an address") from fault
        if not same:
            headers = {name: value for name, value in headers.items() if name.lower() in _ANYWHERE}
            if self.mask(there) != there:
                raise Unavailable(f"{self._host(before)} redirects elsewhere with a secret in the address")
        return self._prepare(str(before.method), there, headers=headers, auth=auth if same else None)

    def _exchange(self, request: PreparedRequest) -> Reply:
        """Send one request. A read that was sent on a closed connection is sent again on a new one."""
        from requests.exceptions import InvalidURL, RequestException
        from urllib3.exceptions import HTTPError

        if self._guard:
            self._guard.inspect(str(request.url), self._trusted)
        line, trip = self._line()
        again = request.method in _READS
        if self._times:
            self._times.asked()
        if request.method not in _READS:
            ask()
        while True:
            trip.fresh = False
            try:
                return self._send(request, line, trip)
            except PlatformError as fault:
                self.mask.hush(fault)
                raise
            except InvalidURL as fault:
                raise Unavailable(f"{self._shown(str(request.url))} is not an address") from self.mask.hush(fault)
            except (RequestException, HTTPError, OSError) as fault:
                if again and not trip.fresh and any(isinstance(each, ConnectionError) for each in causes(fault)):
                    again = False
                    continue
                why = _silence(fault, self._timeout)
                raise Uncertain(f"{self._host(request)} {why}") from self.mask.hush(fault)

    def _send(self, request: PreparedRequest, line: HTTPAdapter, trip: Trip) -> Reply:
        with closing(
            line.send(request, stream=True, timeout=trip.left(), verify=self._verify, proxies=self._proxies)
        ) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            if self._times:
                self._times.heard(str(request.url), headers)
            if _packed(headers) > 1:  # each layer can multiply what it holds by a thousand
                raise Uncertain(f"{self._host(request)} packed its answer more than once", status=answer.status_code)
            body = self._body(request, answer, trip)
        if answer.status_code >= 400:  # networks quote the token they refuse
            body = self.mask.bytes(body)
        return Reply(answer.status_code, headers, body, self.mask(_without_login(str(request.url))), self._clock())

    def _body(self, request: PreparedRequest, answer: Response, trip: Trip) -> bytes:
        """The whole body, unpacked. The time is checked in each round, since unpacking has no time limit of its own."""
        body, left = BytesIO(), self._max_body + 1  # a list of pieces would need the room twice in the end
        while left and (chunk := answer.raw.read1(min(CHUNK, left), decode_content=True)):
            body.write(chunk)
            left -= len(chunk)
            trip.left()
        if not left:
            raise Uncertain(f"{self._host(request)} sent more than {self._max_body} bytes", status=answer.status_code)
        return body.getvalue()

    def _line(self) -> tuple[HTTPAdapter, Trip]:
        """This thread's connections."""
        here = self._here
        if not hasattr(here, "adapter"):
            here.trip = Trip()
            here.adapter = adapter(here.trip, self._guard, self._resolver)
            self._adapters.add(here.adapter)
        return here.adapter, here.trip

    def _host(self, request: PreparedRequest) -> str:
        return self.mask(urlsplit(str(request.url)).netloc.rpartition("@")[2])

    def _whole(self, request: PreparedRequest) -> str | None:
        """An address that may be stored; None if it holds a secret."""
        url = str(request.url)
        return url if self.mask(url) == url and "@" not in urlsplit(url).netloc else None

    def _shown(self, url: str) -> str:
        """An address for a message; it may have no host."""
        return repr(self.mask(url)[:200])


def _prepared(method: str, url: str, headers: Mapping[str, str], *, params: Any = None, **body: Any) -> PreparedRequest:
    """What `Request.prepare` makes, without the cookies and hooks that we have none of."""
    from requests import PreparedRequest

    made = PreparedRequest()
    made.prepare_method(method)
    if params is None:
        made.url = _prepared_url(url)
    else:
        made.prepare_url(url, params)
    made.prepare_headers(headers)
    made.prepare_body(body.get("data"), body.get("files"), body.get("json"))
    if "@" in url:  # a login, of which it makes a header
        made.prepare_auth(None, url)
    return made


@lru_cache(maxsize=64)  # every post goes to the same one
def _prepared_url(url: str) -> str | None:
    from requests import PreparedRequest

    made = PreparedRequest()
    made.prepare_url(url, None)
    return made.url


def _packed(headers: Mapping[str, str]) -> int:
    """How many codings an answer has on top of each other (RFC 9110 §8.4)."""
    codings = (each.strip().lower() for each in headers.get("content-encoding", "").split(","))
    return sum(coding not in ("", "identity") for coding in codings)


def _silence(fault: BaseException, timeout: float) -> str:
    """Why there is no whole answer, in a few words."""
    from http.client import IncompleteRead, RemoteDisconnected

    from urllib3.exceptions import DecodeError
    from urllib3.exceptions import IncompleteRead as CutOff

    reasons: tuple[tuple[Any, str], ...] = (
        (TimeoutError, f"did not answer within {timeout:g} s"),
        (RemoteDisconnected, "closed the connection without an answer"),
        ((IncompleteRead, CutOff), "broke off in the middle of its answer"),
        (DecodeError, "sent an answer that cannot be unpacked"),
        (ConnectionError, "cut the connection"),
    )
    found = list(causes(fault))
    fitting = (words for kinds, words in reasons if any(isinstance(each, kinds) for each in found))
    return next(fitting, "sent something that is not HTTP")


def _proxies(proxy: str | None, mask: Mask) -> dict[str, str]:
    if proxy is None:
        return {}
    try:
        scheme, *_ = origin_of(proxy)
        parts = urlsplit(proxy)
    except ValueError:
        scheme = ""
    if scheme not in ("http", "https"):
        raise ConfigError("network.proxy: an address that starts with http:// or https:// is needed")
    mask.learn(parts.password or "")
    return {"http": proxy, "https": proxy}


def _in_utf8(header: str) -> str:
    """A header as most servers mean it: http.client reads all as Latin-1."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeDecodeError:
        return header


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else url
