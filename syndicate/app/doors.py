"""Makes the HTTP clients (doors): a guarded one for feeds, pages and pictures, and plain ones for the accounts."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Collection
from urllib.parse import quote, urlsplit

from syndicate.config.schema import Config
from syndicate.errors import ConfigError, PlatformError
from syndicate.net.address_guard import Guard, bare
from syndicate.net.http import USER_AGENT, Machine, RequestsHttp
from syndicate.net.server_time import ServerTimes, elapsed, server
from syndicate.ports import Clock, Http

LARGEST = 20_000_000  # bytes of a picture before it is fitted
ASKED = 5.0  # seconds for a server to say what time it is
OTHERS = 3  # servers at most that are asked for it
_IN_ADDRESSES = "%:/?#[]@!$&'*+,;=~"


class Doors:
    """The HTTP clients of one run, made from the config's `network`. Thread-safe."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self.times = ServerTimes()
        self._config = config
        self._clock = clock
        self._machine = Machine(times=self.times)
        self._lock = threading.Lock()

    @property
    def web(self) -> Http:
        """The client for feeds, pages and pictures. Addresses from outside may not lead it to private networks."""
        with self._lock:
            return self._web

    def trust(self, address: str) -> None:
        """Allow `web` the origin of this address, even on a private network, because a person typed it."""
        with self._lock:
            self._guard.trust(address)

    def network(self, *, proxied: bool = True, timeout: float | None = None) -> RequestsHttp:
        """A client for one account's network, or for another address of the config.

        Not `proxied` for stand-ins, which are on this machine. `timeout` (seconds): instead of the config's.
        """
        network = self._config.network
        return RequestsHttp(
            clock=self._clock,
            timeout=network.timeout.total_seconds() if timeout is None else timeout,
            secrets=self._config.secrets,
            proxy=network.proxy if proxied else None,
            machine=self._machine,
        )

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
    def _web(self) -> Http:
        network = self._config.network
        return RequestsHttp(
            clock=self._clock,
            timeout=network.timeout.total_seconds(),
            secrets=self._config.secrets,
            guard=self._guard,
            proxy=network.proxy,
            max_body=LARGEST,
            user_agent=_calling_card(self._config.site.url),
            machine=self._machine,
        )

    @functools.cached_property
    def _guard(self) -> Guard:
        return Guard(allow=self._config.network.allow, origins=origins(self._config))


def origins(config: Config) -> list[str]:
    """The addresses that the config itself names, and so trusts: the site's and the sources'. Paths are left out."""
    named = (address for source in config.sources.values() for address in (source.url, source.link or ""))
    return [config.site.url, *(address for address in named if "://" in address)]


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
    return f"{USER_AGENT} (+{quote(bare(site), safe=_IN_ADDRESSES)})"
