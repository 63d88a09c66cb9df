"""Makes the HTTP clients (doors): a guarded one for feeds, pages and pictures, and plain ones for the accounts."""

from __future__ import annotations

import functools
import threading
from urllib.parse import quote

from syndicate.config.schema import Config
from syndicate.net.address_guard import Guard, bare
from syndicate.net.http import USER_AGENT, RequestsHttp
from syndicate.ports import Clock, Http

LARGEST = 20_000_000  # bytes of a picture before it is fitted
_IN_ADDRESSES = "%:/?#[]@!$&'*+,;=~"


class Doors:
    """The HTTP clients of one run, made from the config's `network`. Thread-safe."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock
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
        )

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
        )

    @functools.cached_property
    def _guard(self) -> Guard:
        return Guard(allow=self._config.network.allow, origins=origins(self._config))


def origins(config: Config) -> list[str]:
    """The addresses that the config itself names, and so trusts: the site's and the sources'. Paths are left out."""
    named = (address for source in config.sources.values() for address in (source.url, source.link or ""))
    return [config.site.url, *(address for address in named if "://" in address)]


def _calling_card(site: str) -> str:
    """The User-Agent, with the site's address, so that the owner of a server sees who asks."""
    return f"{USER_AGENT} (+{quote(bare(site), safe=_IN_ADDRESSES)})"
