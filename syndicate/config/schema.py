"""The settings of a config file as dataclasses, with their defaults. `reader.load` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from syndicate.addresses import server_place
from syndicate.errors import ConfigError
from syndicate.model import DEFAULT_INTERVAL, Account, BreakingRules, PollInterval, Secret, Site, site_of
from syndicate.model.dataclass import dataclass
from syndicate.net.webhook_signature import signing_key

__all__ = [
    "NOT_BUILT",
    "AccountConfig",
    "AfterConfig",
    "AlertSettings",
    "ApprovalSettings",
    "Bucket",
    "Config",
    "FrontMatterConfig",
    "Listen",
    "MediaConfig",
    "NetworkConfig",
    "Sftp",
    "SiteConfig",
    "SourceConfig",
    "WebhookConfig",
    "WordPressConfig",
]

NOT_BUILT: Mapping[str, Mapping[str, str]] = {
    "": {},
    "sources": {},
    "accounts": {},
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
    `headlines`: whether titles in a feed are headlines; "auto": unless all are cut from the words, or are dates.
    `own`: whether it is the publisher's own, so that what it names may be at the site's private address; None: as
    their domains say. `overrides` is the field in which an article may say itself how it is announced; None: none.
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
    headlines: Literal["auto", "always", "never"] = "auto"
    own: bool | None = None
    overrides: str | None = None


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
class ApprovalSettings:
    """How people decide about what waits for approval. `base` is where the web reaches the page for it: `listen`."""

    base: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket with the API of S3. `endpoint` is the server's address, without the bucket; `prefix` a folder in it."""

    endpoint: str
    bucket: str
    access_key: Secret
    secret_key: Secret
    region: str = "us-east-1"
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Sftp:
    """A folder on a server with SFTP. `place` is `user@host`; `key` a file with a private key,
    `config` one of ssh's own settings.
    """

    place: str
    folder: str
    port: int | None = None
    key: Path | None = None
    config: Path | None = None


@dataclass(frozen=True, slots=True)
class MediaConfig:
    """Where pictures are put for networks that fetch them: one of `folder`, `s3`, `sftp`. `url` is where that is read.

    The sandbox has none of the three: it takes pictures at `url` itself.
    """

    url: str
    folder: Path | None = None
    s3: Bucket | None = None
    sftp: Sftp | None = None


@dataclass(frozen=True, slots=True)
class FrontMatterConfig:
    """The list in the front matter of a folder's files that says where an article was posted."""

    source: str
    key: str = "syndication"


@dataclass(frozen=True, slots=True)
class WebhookConfig:
    """An address that hears what became of deliveries; with a secret, requests are signed."""

    url: str
    secret: Secret | None = None

    def __post_init__(self) -> None:
        if self.secret is not None:
            signing_key(self.secret)


@dataclass(frozen=True, slots=True)
class WordPressConfig:
    """The field of a WordPress site's posts that says where each was posted."""

    source: str
    user: str
    app_password: Secret
    meta: str = "syndication_links"


@dataclass(frozen=True, slots=True)
class AfterConfig:
    """Who hears what became of deliveries. Paths are absolute; names of sources are those of the ledger."""

    file: Path | None = None
    front_matter: FrontMatterConfig | None = None
    command: tuple[str, ...] = ()
    webhook: WebhookConfig | None = None
    wordpress: WordPressConfig | None = None


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """What one site has besides sources and accounts. `path` is the file that says so.

    `people` has how networks mention them, by name and network.
    """

    site: Site
    path: Path
    templates: Path | None = None
    breaking: BreakingRules = field(default_factory=BreakingRules)
    people: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Config:
    """One config file. Paths are absolute; `database` is `sqlite:///` and an absolute path, or the address of
    a database on a PostgreSQL server.

    `secrets` are all values that must never be printed. `filled` are the settings, such as
    "accounts.masto.token", that have a stand-in because the variable or file that they name is missing.
    `recover`: whether accounts ask their networks what they have before they post, after a restore or a long stop.
    `state` is a copy, as text, of what the ledger must not forget.
    `notes` tell of values that still work but have a new name.

    `after` is by site; "" hears of every account.

    Where it has `sites`, names of sources and accounts are `site/name`; `site` stands for all of them where no
    name tells which. `broken` are sites whose own config has a mistake. `files` were read, or looked for.
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
    approvals: ApprovalSettings | None = None
    breaking: BreakingRules = field(default_factory=BreakingRules)
    people: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    key_file: Path | None = None
    recover: Literal["ask", "off"] = "ask"
    state: Path | None = None
    media: MediaConfig | None = None
    after: Mapping[str, AfterConfig] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    filled: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    sites: Mapping[str, SiteConfig] = field(default_factory=dict)
    broken: Mapping[str, ConfigError] = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    def of(self, name: str) -> SiteConfig:
        """The site of a source or an account."""
        found = self.sites.get(site_of(name))
        return found or SiteConfig(self.site, self.path, self.templates, self.breaking, self.people)

    def rests(self, name: str) -> bool:
        """Whether a name that is not in the config may be of a site whose config has a mistake: then nothing is done
        about what the ledger has of it.
        """
        return bool(self.broken) and site_of(name) not in self.sites

    def broken_sites(self) -> dict[str, str]:
        """The first mistake of each site that is left out because of its config, and how many more there are."""
        found = {}
        for site, fault in self.broken.items():
            first, *rest = [line for line in str(fault).splitlines() if not line.startswith("    ")]
            found[site] = f"{first} (and {len(rest)} more)" if rest else first
        return found

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
    def server(self) -> str | None:
        """The address of the database on a PostgreSQL server that holds the ledger; None where it is a file."""
        return self.database if self.database.startswith("postgresql:") else None

    @property
    def ledger(self) -> Path:
        """The path of the ledger's file. Of a ledger on a server: what this machine's own files are named after."""
        if self.server:
            return self.path.with_name("postgresql")
        return Path(self.database.removeprefix("sqlite:///"))

    @property
    def ledger_name(self) -> str:
        """Where the ledger is, for people; never with a password."""
        return server_place(self.server) if self.server else str(self.ledger)
