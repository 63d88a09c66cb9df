"""Where articles come from: one module per kind of source, loaded when it is used."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from syndicate.errors import ConfigError, SourceError
from syndicate.model import Fetched, Secret, Validators
from syndicate.ports import Http, Source

if TYPE_CHECKING:
    from syndicate.sources.discovery import Found
    from syndicate.sources.documents import Kind
    from syndicate.sources.fields import Reading

TYPES = ("feed", "page", "wordpress", "ghost", "ninjs", "newsml", "jsonl")
"""Types of source that a config may name."""

DOCUMENTS = ("ninjs", "newsml", "jsonl")
"""Those whose `url` may be a path."""


def build(kind: str, name: str, url: str, http: Http, *, timezone: str = "UTC", key: Secret | None = None) -> Source:
    """The reader of one source. Raises ConfigError for a type that is not built."""
    if kind == "feed":
        from syndicate.sources.feed import FeedSource

        return FeedSource(name, url, http, timezone=timezone)
    if kind == "page":
        from syndicate.sources.page import PageSource

        return PageSource(name, url, http, timezone=timezone)
    if kind == "wordpress":
        from syndicate.sources.wordpress import WordPressSource

        return WordPressSource(name, url, http, timezone=timezone)
    if kind == "ghost":
        from syndicate.sources.ghost import GhostSource

        return GhostSource(name, url, http, key=key or Secret(), timezone=timezone)
    if kind in DOCUMENTS:
        from syndicate.sources.documents import DocumentSource

        return DocumentSource(name, url, http, _kind(kind), timezone=timezone)
    raise ConfigError(f"sources.{name}: unknown type {kind!r}", hint=f"types are {', '.join(TYPES)}")


def parse(
    body: bytes,
    *,
    source: str,
    url: str,
    timezone: str = "UTC",
    pages: bool = True,
    content_type: str | None = None,
    now: datetime | None = None,
) -> Fetched:
    """What a document says, recognised by its content: any list we read, or where `pages` one article of a page.

    `url` is the address it stands for, "" if there is none. Raises SourceError.
    """
    from syndicate.sources.parsing import read_feed

    reading = _recognised(body, source=source, url=url, timezone=timezone, content_type=content_type, now=now)
    try:
        reading = reading or read_feed(
            body, source=source, url=url, timezone=timezone, content_type=content_type, now=now
        )
    except SourceError as fault:
        if not pages or "HTML page" not in str(fault):
            raise
        from syndicate.sources.page import parse_page

        article = parse_page(body, source=source, url=url, content_type=content_type, timezone=timezone, now=now)
        return Fetched(articles=(article,), entries=1)
    return Fetched(articles=reading.articles, entries=reading.listed, notes=reading.notes)


def look(url: str, http: Http) -> Fetched:
    """Whatever an address gives, with one request: a list of articles, else one of a page. Raises SourceError."""
    from syndicate.sources.visit import get

    reply = get(http, url, Validators(), accept="*/*").reply
    content_type = reply.headers.get("content-type")
    return parse(reply.body, source=url, url=reply.url, content_type=content_type, now=reply.received_at)


def discover(site: str, http: Http) -> tuple[str, list[Found]]:
    """A site's name, and the sources that its front page leads to. Raises SourceError."""
    from syndicate.sources.discovery import discover as found

    return found(site, http)


def _kind(name: str) -> Kind:
    from syndicate.sources.documents import Kind

    if name == "ninjs":
        from syndicate.sources import ninjs

        return Kind(ninjs.parse, "application/json", (".json",), ninjs.items_of)
    if name == "newsml":
        from syndicate.sources import newsml

        accept = "application/vnd.iptc.g2.newsmessage+xml, application/vnd.iptc.g2.newsitem+xml, application/xml;q=0.9"
        return Kind(newsml.parse, accept, (".xml",), newsml.items_of)
    from syndicate.sources import jsonl

    return Kind(jsonl.parse, "application/jsonl, application/x-ndjson, application/json;q=0.9, */*;q=0.1", grows=True)


def _recognised(
    body: bytes, *, source: str, url: str, timezone: str, content_type: str | None, now: datetime | None
) -> Reading | None:
    """What a document says that is neither a feed nor a page; None for those."""
    from syndicate.sources import recognising, visit
    from syndicate.sources.documents import NAMES, Document
    from syndicate.sources.fields import Reader
    from syndicate.sources.parsing import is_json, noted

    reader = Reader(source, url, timezone, now, NAMES)
    shown = visit.shown(url) or source
    document = Document(body, shown, content_type)
    if recognising.is_newsml(body):
        return noted(_kind("newsml").read(document, reader), reader)
    if is_json(body):
        reading = recognising.read_json(document, reader)
        return noted(reading, reader) if reading else None
    return None
