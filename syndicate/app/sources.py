"""Builds the readers of sources, and reads what an address, a file or standard input lists, without a ledger."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from syndicate.app.doors import TYPED, Doors
from syndicate.app.trust import article_origins
from syndicate.config.schema import Config, SourceConfig
from syndicate.errors import SourceError
from syndicate.model import Article, Reading, Secret, Validators, site_of
from syndicate.net.address_guard import Guard, bare, origin_of
from syndicate.net.http import RequestsHttp
from syndicate.net.redaction import Mask
from syndicate.ports import Clock, Http, Memory, Source
from syndicate.sources.masked import masked

if TYPE_CHECKING:
    from syndicate.sources.discovery import Found

MOST = 10_000_001
"""Bytes of a document that are read: one more than it may have, so that a longer one is noticed."""


def reader(config: Config, name: str, clock: Clock) -> Source:
    """The reader of one configured source, for use without a ledger. Secrets are masked in its errors."""
    guard = Guard(allow=config.network.allow)
    door = RequestsHttp(
        clock=clock,
        timeout=config.network.timeout.total_seconds(),
        guard=guard,
        secrets=config.secrets,
        proxy=config.network.proxy,
    )
    trusted = door.trusting(article_origins(config, name))
    language = config.of(name).site.language
    source = build(config.sources[name], trusted, clock, language=language, words=has_threads(config, name))
    return masked(source, Mask(config.secrets))


def has_threads(config: Config, source: str) -> bool:
    """Whether an account of a source's site sends threads, so that articles' words are kept."""
    accounts = (each.account for each in config.accounts.values() if each.account.threads is not None)
    return any(site_of(account.name) == site_of(source) for account in accounts)


def web(url: str) -> str:
    """Check an address that a person typed. Raises SourceError if it is no web address."""
    try:
        if origin_of(url)[0] in ("http", "https"):
            return url
    except ValueError:
        pass
    raise SourceError(f"'{bare(url)}' is no web address", hint="it has to begin with https:// or http:// and a host")


def read_url(url: str, clock: Clock) -> Reading:
    """Read whatever is at an address: a list of articles, or one article from a page. Raises SourceError."""
    from syndicate import sources

    url = web(url)
    return sources.look(url, RequestsHttp(clock=clock, guard=Guard(origins=[url])), clock)


def read_stdin(base: str | None, clock: Clock) -> Reading:
    """Read a document from standard input as `read_file` does. Raises SourceError."""
    import sys

    from syndicate import sources

    return sources.parse(sys.stdin.buffer.read(MOST), source="standard input", url=base or "", now=clock())


def read_file(path: Path, base: str | None, clock: Clock, *, zone: str = "UTC") -> Reading:
    """Read a list of articles or a page from a file, or a folder of Markdown. `base` is its address on the web.

    Raises SourceError.
    """
    from syndicate import sources

    if path.is_dir():
        wanted = SourceConfig(path.name, str(path), "folder", timezone=zone, link=base or "https://site.example/")
        return build(wanted, RequestsHttp(clock=clock), clock).fetch(Validators())
    try:
        with path.open("rb") as file:
            body = file.read(MOST)
    except OSError as fault:
        raise SourceError(f"{path}: {fault.strerror}") from fault
    return sources.parse(body, source=path.name, url=base or "", timezone=zone, now=clock())


def read_article(origin: str, doors: Doors, clock: Clock, *, zone: str, site: str = "") -> Article:
    """Read the one article that a person named by its address, or by a file with its page, for this site.

    Raises SourceError.
    """
    before = f"{site}/" if site else ""
    if "://" in origin:
        doors.trust(web(origin))
        wanted = SourceConfig(before + TYPED, origin, "page", timezone=zone)
        return build(wanted, doors.web.on_behalf_of(wanted.name), clock).fetch(Validators()).articles[0]
    found = read_file(Path(origin), None, clock, zone=zone).articles
    if len(found) != 1:
        raise SourceError(f"{origin} lists {len(found)} articles; --article takes one")
    if not found[0].url:
        raise SourceError(
            f"{origin} does not state the address of the article (rel=canonical, og:url)",
            hint="give its address instead of the file",
        )
    return replace(found[0], source=before + found[0].source)


def discover(site: str, clock: Clock) -> tuple[str, list[Found]]:
    """Find a site's name, and the sources that its front page names. Raises SourceError."""
    from syndicate.sources import discovery

    site = web(site)
    return discovery.discover(site, RequestsHttp(clock=clock, guard=Guard(origins=[site])))


def stated(site: str, clock: Clock) -> tuple[str, str]:
    """The language and the time zone that a site states; "" where it does not."""
    from syndicate.sources import discovery

    return discovery.stated(web(site), RequestsHttp(clock=clock, guard=Guard(origins=[site])))


def build(
    wanted: SourceConfig,
    door: Http,
    clock: Clock,
    memory: Memory | None = None,
    *,
    language: str | None = None,
    words: bool = False,
) -> Source:
    """The reader of a source, which uses the given HTTP client. `memory` is for sitemaps; `language` is the site's.

    `words`: articles' words are kept, for threads.
    """
    if wanted.type == "sitemap":
        from syndicate.sources.sitemap import SitemapSource

        return SitemapSource(wanted.name, wanted.url, door, timezone=wanted.timezone, memory=memory)
    from syndicate import sources

    if wanted.type == "feed":
        return _feed(wanted, door, language, words=words)
    if wanted.overrides or words:
        return _overridden(wanted, door, clock, words=words)
    return sources.build(
        wanted.type,
        wanted.name,
        wanted.url,
        door,
        timezone=wanted.timezone,
        key=wanted.key,
        link=wanted.link or "",
        clock=clock,
    )


def _overridden(wanted: SourceConfig, door: Http, clock: Clock, *, words: bool) -> Source:
    """The reader of a source whose articles may say themselves how they are announced, or whose `words` are kept."""
    from syndicate import sources
    from syndicate.sources.folder import FolderSource
    from syndicate.sources.ghost import GhostSource
    from syndicate.sources.wordpress import WordPressSource

    name, url, key, zone = wanted.name, wanted.url, wanted.overrides or "", wanted.timezone
    if wanted.type == "folder":
        return FolderSource(name, url, link=wanted.link or "", clock=clock, timezone=zone, overrides=key, words=words)
    if wanted.type == "wordpress":
        return WordPressSource(name, url, door, timezone=zone, overrides=key, words=words)
    if wanted.type == "ghost":
        return GhostSource(name, url, door, key=wanted.key or Secret(), timezone=zone, overrides=key, words=words)
    return sources.document(wanted.type, name, url, door, timezone=zone, overrides=key)


def _feed(wanted: SourceConfig, door: Http, language: str | None, *, words: bool) -> Source:
    from syndicate.sources.feed import FeedSource
    from syndicate.sources.parsing.fields import LinkRule

    rule = LinkRule(wanted.links, language, wanted.headlines, words, wanted.overrides or "")
    return FeedSource(wanted.name, wanted.url, door, timezone=wanted.timezone, rule=rule)
