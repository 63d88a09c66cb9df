"""Makes the HTTP clients (doors): a guarded one for feeds, pages and pictures, and plain ones for the accounts."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import quote, urlsplit

from syndicate.app.trust import article_origins, hub_origins
from syndicate.config.schema import Config
from syndicate.errors import ConfigError, PlatformError
from syndicate.net.address_guard import Guard, Origin, bare, origin_of
from syndicate.net.http import USER_AGENT, Machine, RequestsHttp
from syndicate.net.server_time import ServerTimes, elapsed, server
from syndicate.ports import Clock, Http, Reply

LARGEST = 20_000_000  # bytes of a picture before it is fitted
ASKED = 5.0  # seconds for a server to say what time it is
OTHERS = 3  # servers at most that are asked for it
TYPED = "page"
"""The name of the source of an article that a person named by its address."""
_IN_ADDRESSES = "%:/?#[]@!$&'*+,;=~"


class Web:
    """ports.Http and ports.Guarded: `http`, which trusts no private address but those that `origins` gives a source.

    `card` gives what a source's site is called in requests; None: all are called the same.
    """

    def __init__(
        self,
        http: RequestsHttp,
        origins: Callable[[str], frozenset[Origin]],
        card: Callable[[str], str] | None = None,
    ) -> None:
        self._http = http
        self._origins = origins
        self._card = card

    def call(self, method: str, url: str, **parts: Any) -> Reply:
        """As `ports.Http.call`, on nobody's behalf."""
        return self._http.call(method, url, **parts)

    def within(self, seconds: float) -> Web:
        """The same, whose calls together take at most so many seconds."""
        return Web(self._http.within(seconds), self._origins, self._card)

    def at(self, address: str) -> Http:
        """The client for an address that the config names, on a private network or not."""
        return self._http.trusting(frozenset({origin_of(address)}))

    def on_behalf_of(self, *sources: str) -> Http:
        """The client for an address that each of these sources gives."""
        http = self._http if self._card is None or not sources else self._http.called(self._card(sources[0]))
        return http.trusting(frozenset().union(*map(self._origins, sources)))


class Doors:
    """The HTTP clients of one run, made from the config's `network`. Thread-safe."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self.times = ServerTimes()
        self._config = config
        self._clock = clock
        self._machine = Machine(times=self.times)
        self._lock = threading.Lock()
        self._typed = frozenset[Origin]()

    @property
    def web(self) -> Web:
        """The client for feeds, pages and pictures. Addresses from outside may not lead it to private networks."""
        with self._lock:
            return Web(self._web, self._of_source, self._card)

    @property
    def hubs(self) -> Web:
        """The client for WebSub hubs, which only their own feed may have on a private network."""
        with self._lock:
            return Web(self._web, functools.partial(hub_origins, self._config), self._card)

    def trust(self, address: str) -> None:
        """Trust the origin of this address for the articles of TYPED, because a person typed it."""
        with self._lock:
            self._typed |= {origin_of(address)}

    def network(self, account: str = "", *, proxied: bool = True, timeout: float | None = None) -> RequestsHttp:
        """A client for an account's network, which may say for whose site it calls; "": for an address of the config.

        Not `proxied` for stand-ins, which are on this machine. `timeout` (seconds): instead of the config's.
        """
        network = self._config.network
        door = RequestsHttp(
            clock=self._clock,
            timeout=network.timeout.total_seconds() if timeout is None else timeout,
            secrets=self._config.secrets,
            proxy=network.proxy if proxied else None,
            machine=self._machine,
        )
        door.site = _as_in_a_header(self._config.of(account).site.url)
        return door

    def ask_the_time(self, known: Collection[str]) -> None:
        """Have one server say what time it is: another than the `known` ones, or else one of these, past any cache."""
        fresh = {"Cache-Control": "no-cache"}
        door = RequestsHttp(clock=self._clock, timeout=ASKED, proxy=self._config.network.proxy, machine=self._machine)
        servers = dict.fromkeys(_root(address) for address in (*origins(self._config), *_networks(self._config)))
        others = [address for address in servers if server(address) not in known]
        again = [address for address in servers if server(address) in known]
        try:
            for address in [*others[:OTHERS], *again[:1]]:
                mark = elapsed()
                with contextlib.suppress(PlatformError, ConfigError):
                    door.call("HEAD", address, headers=fresh)
                if self.times.heard_since(mark):
                    return
        finally:
            door.close()

    @functools.cached_property
    def _web(self) -> RequestsHttp:
        network = self._config.network
        return RequestsHttp(
            clock=self._clock,
            timeout=network.timeout.total_seconds(),
            secrets=self._config.secrets,
            guard=Guard(allow=self._config.network.allow),
            proxy=network.proxy,
            max_body=LARGEST,
            user_agent=_calling_card(self._config.site.url),
            machine=self._machine,
        )

    @property
    def _card(self) -> Callable[[str], str] | None:
        """Who asks, by source; None where there is one site only."""
        return (lambda source: _calling_card(self._config.of(source).site.url)) if self._config.sites else None

    def _of_source(self, source: str) -> frozenset[Origin]:
        return article_origins(self._config, source) | (self._typed if is_typed(source) else frozenset())


def is_typed(source: str) -> bool:
    """Whether it is the source of articles that a person named by their addresses."""
    return source.rpartition("/")[2] == TYPED


def origins(config: Config) -> list[str]:
    """The addresses that the config itself names: those of sites and sources. Paths are left out."""
    named = (address for source in config.sources.values() for address in (source.url, source.link or ""))
    sites = [config.site.url, *(each.site.url for each in config.sites.values())]
    return [*dict.fromkeys(sites), *(address for address in named if "://" in address)]


def _networks(config: Config) -> list[str]:
    """The addresses of networks that accounts name."""
    found = []
    for entry in config.accounts.values():
        named = (getattr(entry.options, name, None) for name in ("api_url", "service", "url"))
        found += [address for address in named if isinstance(address, str) and "://" in address][:1]
    return found


def _root(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"


def _calling_card(site: str) -> str:
    """The User-Agent, with the site's address, so that the owner of a server sees who asks."""
    return f"{USER_AGENT} (+{_as_in_a_header(site)})"


def _as_in_a_header(site: str) -> str:
    return quote(bare(site), safe=_IN_ADDRESSES)
