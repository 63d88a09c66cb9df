"""The settings of a config file as dataclasses, with their defaults. `reader.load` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from syndicate.model import DEFAULT_INTERVAL, Account, BreakingRules, PollInterval, Secret, Site

__all__ = [
    "NOT_BUILT",
    "AccountConfig",
    "AlertSettings",
    "Config",
    "Listen",
    "NetworkConfig",
    "SourceConfig",
]

NOT_BUILT: Mapping[str, Mapping[str, str]] = {
    "": dict.fromkeys(("media",), "leave it out"),
    "sources": {},
    "accounts": {"threads": "leave it out"},
}
"""Planned settings that are refused until they are built: by section, the name and what to do until then."""


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """One source of articles. `url` is an address, an absolute path, or `-` for standard input.

    `every` is for the daemon only; a command that polls, polls now. `timezone` is for dates that do not state
    their own; the site's unless given. `preflight` is how long an article waits for its page to answer before it
    is skipped; None: the page is not opened. `key` is Ghost's. `link` is where a folder's articles are on the
    web: a base, or a pattern; the site's address unless given. `burst` and `similar`: model.FloodLimits.
    `links` is for feeds whose entries lead to other sites: announce the entry's own page, or where it leads.
    """

    name: str
    url: str
    type: Literal["feed", "page", "sitemap", "wordpress", "ghost", "folder", "ninjs", "newsml", "jsonl"] = "feed"
    every: PollInterval = DEFAULT_INTERVAL
    timezone: str = "UTC"
    preflight: timedelta | None = timedelta(hours=1)
    key: Secret | None = None
    link: str | None = None
    burst: int | None = 10
    similar: Literal["ask", "post", "skip"] = "ask"
    links: Literal["own", "out"] = "own"


@dataclass(frozen=True, slots=True)
class AccountConfig:
    """One account of the config, and the options with which its platform's adapter is built."""

    account: Account
    options: object
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """How syndicate uses the network. `timeout` is for a whole request.

    `allow` lists private ranges, addresses and hosts to which the addresses in articles may lead.
    """

    allow: tuple[str, ...] = ()
    proxy: Secret | None = None
    timeout: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Where alerts go: a command, and addresses of apprise (`urls`). `heartbeat` is fetched after each healthy run."""

    command: tuple[str, ...] = ()
    urls: tuple[Secret, ...] = ()
    heartbeat: Secret | None = None


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the daemon answers HTTP requests: `host:port`. Metrics ask for the token, if there is one; hooks need one.

    `public` is its address on the web, for hubs (WebSub).
    """

    address: str
    token: Secret | None = None
    public: str | None = None

    def __post_init__(self) -> None:
        if self.public is not None and self.token is None:
            raise ValueError("`public` needs a `token`: without one, anybody could read the metrics")

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.address.rpartition(":")
        return host.strip("[]"), int(port)


@dataclass(frozen=True, slots=True)
class Config:
    """One config file. Paths are absolute; `database` is `sqlite:///` and an absolute path.

    `secrets` are all values that must never be printed. `filled` are the settings, such as
    "accounts.masto.token", that have a stand-in because the variable or file that they name is missing.
    `recover`: whether accounts ask their networks what they have before they post, after a restore or a long stop.
    `notes` tell of values that still work but have a new name.
    """

    path: Path
    site: Site
    database: str = "sqlite:///syndicate.db"
    templates: Path | None = None
    sources: Mapping[str, SourceConfig] = field(default_factory=dict)
    accounts: Mapping[str, AccountConfig] = field(default_factory=dict)
    network: NetworkConfig = NetworkConfig()
    lease: timedelta = timedelta(seconds=60)
    alert_command: tuple[str, ...] = ()
    alert_urls: tuple[Secret, ...] = ()
    heartbeat: Secret | None = None
    listen: Listen | None = None
    breaking: BreakingRules = field(default_factory=BreakingRules)
    key_file: Path | None = None
    recover: Literal["ask", "off"] = "ask"
    secrets: tuple[str, ...] = field(default=(), repr=False)
    filled: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    def complete(self, account: str) -> bool:
        """Whether an account has all its settings, with no stand-in among them."""
        return not any(where.startswith((f"accounts.{account}.", "defaults.")) for where in self.filled)

    @property
    def enabled(self) -> list[Account]:
        """The accounts that are not switched off, in the order of the file."""
        return [entry.account for entry in self.accounts.values() if entry.enabled]

    def patience(self, source: str) -> timedelta | None:
        """How long an article of this source waits for its page to answer; None: the page is not opened."""
        found = self.sources.get(source)
        return found.preflight if found is not None else None

    def has_preflight(self, source: str) -> bool:
        """Whether the pages of this source's articles are opened before they are announced."""
        return self.patience(source) is not None

    @property
    def ledger(self) -> Path:
        """The path of the ledger's file."""
        return Path(self.database.removeprefix("sqlite:///"))
