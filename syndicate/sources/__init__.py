"""Where articles come from: one module per kind of source, loaded when it is used."""

from __future__ import annotations

from datetime import UTC, datetime

from syndicate.errors import ConfigError, SourceError
from syndicate.model import Fetched, Validators
from syndicate.ports import Clock, Http, Source

TYPES = ("feed", "page", "sitemap", "folder")
"""Types of source that a config may name."""


def build(
    kind: str, name: str, url: str, http: Http, *, timezone: str = "UTC", link: str = "", clock: Clock | None = None
) -> Source:
    """The reader of one source. `link` and `clock` are for folders. Raises ConfigError for a type that is not built."""
    if kind == "feed":
        from syndicate.sources.feed import FeedSource

        return FeedSource(name, url, http, timezone=timezone)
    if kind == "page":
        from syndicate.sources.page import PageSource

        return PageSource(name, url, http, timezone=timezone)
    if kind == "sitemap":
        from syndicate.sources.sitemap import SitemapSource

        return SitemapSource(name, url, http, timezone=timezone)
    if kind == "folder":
        from syndicate.sources.folder import FolderSource

        return FolderSource(name, url, link=link, clock=clock or _now, timezone=timezone)
    raise ConfigError(f"sources.{name}: unknown type {kind!r}", hint=f"types are {', '.join(TYPES)}")


def parse(body: bytes, *, source: str, url: str, timezone: str = "UTC", pages: bool = True) -> Fetched:
    """What a file says that was not fetched: a feed, a sitemap, or where `pages` one article of a page or of Markdown.

    `url` is the address it stands for, "" if there is none. Raises SourceError.
    """
    from syndicate.sources.parsing import read_feed

    if body.startswith((b"---\n", b"---\r\n", b"+++\n", b"+++\r\n")):
        from syndicate.sources.markdown import read_file

        article = read_file(body, source=source, url=url, timezone=timezone, now=_now())
        return Fetched(articles=(article,), entries=1)
    if body.startswith(b"\x1f\x8b"):
        return _sitemap(body, source, url, timezone)
    try:
        reading = read_feed(body, source=source, url=url, timezone=timezone)
    except SourceError as fault:
        if "sitemap" in str(fault):
            return _sitemap(body, source, url, timezone)
        if not pages or "HTML page" not in str(fault):
            raise
        from syndicate.sources.page import parse_page

        article = parse_page(body, source=source, url=url, content_type=None, timezone=timezone)
        return Fetched(articles=(article,), entries=1)
    return Fetched(articles=reading.articles, entries=reading.listed, notes=reading.notes)


def discover(site: str, http: Http) -> tuple[str, list[tuple[str, str]]]:
    """A site's name, and titles and addresses of the feeds that its page links. Raises SourceError."""
    from syndicate.sources.page import ACCEPT, find_feeds, site_name
    from syndicate.sources.visit import get

    reply = get(http, site, Validators(), accept=ACCEPT).reply
    feeds = [(title, url) for title, url, _ in find_feeds(reply.body, reply.url)]
    return site_name(reply.body, reply.url), feeds


def _sitemap(body: bytes, source: str, url: str, timezone: str) -> Fetched:
    """The news in a sitemap; pages and files it names besides are counted, since nothing is fetched here."""
    from syndicate.sources import urlset, visit

    shown = visit.shown(url) or source
    said = urlset.read(body, source=source, url=url, shown=shown, content_type=None, timezone=timezone, now=None)
    others = len(said.pages) + len(said.files)
    notes = (*said.notes, f"pages or files listed without news of their own: {others}") if others else said.notes
    return Fetched(articles=said.articles, entries=said.entries, notes=notes)


def _now() -> datetime:
    return datetime.now(UTC)
