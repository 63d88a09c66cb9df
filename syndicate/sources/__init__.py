"""Where articles come from: one module per kind of source, loaded when it is used."""

from __future__ import annotations

from syndicate.errors import ConfigError, SourceError
from syndicate.model import Fetched, Validators
from syndicate.ports import Http, Source

TYPES = ("feed", "page")
"""Types of source that a config may name."""


def build(kind: str, name: str, url: str, http: Http, *, timezone: str = "UTC") -> Source:
    """The reader of one source. Raises ConfigError for a type that is not built."""
    if kind == "feed":
        from syndicate.sources.feed import FeedSource

        return FeedSource(name, url, http, timezone=timezone)
    if kind == "page":
        from syndicate.sources.page import PageSource

        return PageSource(name, url, http, timezone=timezone)
    raise ConfigError(f"sources.{name}: unknown type {kind!r}", hint=f"types are {', '.join(TYPES)}")


def parse(body: bytes, *, source: str, url: str, timezone: str = "UTC", pages: bool = True) -> Fetched:
    """What a file says that was not fetched: a feed, or where `pages` one article of an HTML page.

    `url` is the address it stands for, "" if there is none. Raises SourceError.
    """
    from syndicate.sources.parsing import read_feed

    try:
        reading = read_feed(body, source=source, url=url, timezone=timezone)
    except SourceError as fault:
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
