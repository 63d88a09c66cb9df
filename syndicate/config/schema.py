"""What a config file says, as values; defaults stand beside the fields. `reader.load` makes them."""

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
"""Settings with a fixed name and a meaning, whose behaviour comes later, by section: what to do until then."""


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """Where articles come from. `timezone` is for dates that name none; the site's unless given.

    `every` binds the daemon only; a command that polls, polls now. `preflight` is how long a story waits
    for its page to answer before it is given up; None: nobody looks. `url` is an absolute path where it is
    no address, or `-` for standard input. `key` is Ghost's. `link` is where a folder's articles are on the
    web: a base, or a pattern; the site's address unless given. `burst` and `similar`: model.Caution.
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
    similar: Literal["hold", "post", "skip"] = "hold"


@dataclass(frozen=True, slots=True)
class AccountConfig:
    """An account, and the options its platform's adapter is built with."""

    account: Account
    options: object
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """How we reach the world. `allow` lists private ranges, addresses and hosts that articles may name.

    `timeout` is for a whole request.
    """

    allow: tuple[str, ...] = ()
    proxy: Secret | None = None
    timeout: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Who hears that something is held or failed, needs a login or has gone quiet. `urls` are apprise's."""

    command: tuple[str, ...] = ()
    urls: tuple[Secret, ...] = ()


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the daemon answers: `host:port`. Metrics ask for the token, if there is one; hooks need one.

    `public` is where the world reaches the same, for hubs (WebSub).
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

    `secrets` are all values that must never be printed; `filled` are the settings, such as
    "accounts.masto.token", that have a stand-in, because what they name outside is not set.
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
    listen: Listen | None = None
    breaking: BreakingRules = field(default_factory=BreakingRules)
    key_file: Path | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    filled: frozenset[str] = frozenset()

    def complete(self, account: str) -> bool:
        """Whether an account has all its own settings, and no stand-in for one."""
        return not any(where.startswith((f"accounts.{account}.", "defaults.")) for where in self.filled)

    @property
    def enabled(self) -> list[Account]:
        """The accounts that are not switched off, in the order of the file."""
        return [entry.account for entry in self.accounts.values() if entry.enabled]

    def patience(self, source: str) -> timedelta | None:
        """How long a story of this source waits for its page; None: nobody looks."""
        found = self.sources.get(source)
        return found.preflight if found is not None else None

    def has_preflight(self, source: str) -> bool:
        """Whether anybody looks at the pages of this source's stories."""
        return self.patience(source) is not None

    @property
    def ledger(self) -> Path:
        """The file of the ledger."""
        return Path(self.database.removeprefix("sqlite:///"))
