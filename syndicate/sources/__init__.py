"""Reads articles from sources: one module per kind of source, loaded when it is used."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from syndicate.errors import ConfigError, SourceError
from syndicate.model import Reading, Secret, Validators
from syndicate.net.address_guard import bare
from syndicate.ports import Clock, Http, Source

if TYPE_CHECKING:
    from syndicate.sources.documents import Kind
    from syndicate.sources.parsing.fields import Parsed

TYPES = ("feed", "page", "sitemap", "wordpress", "ghost", "folder", "ninjs", "newsml", "jsonl")
"""The types of source that a config may name."""

DOCUMENTS = ("ninjs", "newsml", "jsonl")
"""The types whose `url` may be a path on this machine."""


def build(
    kind: str,
    name: str,
    url: str,
    http: Http,
    *,
    timezone: str = "UTC",
    key: Secret | None = None,
    link: str = "",
    clock: Clock,
) -> Source:
    """Make the reader of one source. `key` is for Ghost, `link` and `clock` for folders.

    Raises ConfigError for an unknown type.
    """
    if kind == "ghost":
        from syndicate.sources.ghost import GhostSource

        return GhostSource(name, url, http, key=key or Secret(), timezone=timezone)
    if kind == "folder":
        from syndicate.sources.folder import FolderSource

        return FolderSource(name, url, link=link, clock=clock, timezone=timezone)
    if kind in DOCUMENTS:
        return document(kind, name, url, http, timezone=timezone)
    if kind == "sitemap":
        from syndicate.sources.sitemap import SitemapSource

        return SitemapSource(name, url, http, timezone=timezone)
    return _on_the_web(kind, name, url, http, timezone)


def document(kind: str, name: str, url: str, http: Http, *, timezone: str = "UTC", overrides: str = "") -> Source:
    """Make the reader of a source of one of the types in DOCUMENTS. `overrides` names the field in which its articles
    say how they are announced.
    """
    from syndicate.sources.documents import DocumentSource

    return DocumentSource(name, url, http, _kind(kind), timezone=timezone, overrides=overrides)


def _on_the_web(kind: str, name: str, url: str, http: Http, timezone: str) -> Source:
    if kind == "feed":
        from syndicate.sources.feed import FeedSource

        return FeedSource(name, url, http, timezone=timezone)
    if kind == "page":
        from syndicate.sources.page import PageSource

        return PageSource(name, url, http, timezone=timezone)
    if kind == "wordpress":
        from syndicate.sources.wordpress import WordPressSource

        return WordPressSource(name, url, http, timezone=timezone)
    raise ConfigError(f"sources.{name}: unknown type {kind!r}", hint=f"types are {', '.join(TYPES)}")


def parse(
    body: bytes,
    *,
    source: str,
    url: str,
    timezone: str = "UTC",
    pages: bool = True,
    sitemaps: bool = True,
    content_type: str | None = None,
    now: datetime,
) -> Reading:
    """The articles of a document whose format is recognised by its content: any list, or one Markdown file or page.

    A page is read only if `pages`. `url` is the document's address, "" if it has none. An article that expired
    before `now` is refused, and so are dates far after it. Raises SourceError.
    """
    from syndicate.net.unpacking import unpacked
    from syndicate.sources.formats.feed import read_feed

    if body.startswith((b"---\n", b"---\r\n", b"+++\n", b"+++\r\n")):
        from syndicate.sources.formats.markdown import read_file

        article = read_file(body, source=source, url=url, timezone=timezone, now=now)
        return Reading(articles=(article,), entries=1)
    body = unpacked(body, bare(url) or source)
    reading = _recognised(body, source=source, url=url, timezone=timezone, content_type=content_type, now=now)
    try:
        reading = reading or read_feed(
            body, source=source, url=url, timezone=timezone, content_type=content_type, now=now
        )
    except SourceError as fault:
        if sitemaps and fault.found == "sitemap":
            return _sitemap(body, source, url, timezone, now)
        if not pages or fault.found != "page":
            raise
        from syndicate.sources.formats.page import parse_page

        article = parse_page(body, source=source, url=url, content_type=content_type, timezone=timezone, now=now)
        return Reading(articles=(article,), entries=1)
    return Reading(articles=reading.articles, entries=reading.listed, notes=reading.notes, left_out=reading.left_out)


def look(url: str, http: Http, clock: Clock) -> Reading:
    """The articles at an address, with one request: a list of them, else the article of a page. Raises SourceError."""
    from syndicate.sources.fetch import get

    reply = get(http, url, Validators(), accept="*/*").reply
    content_type = reply.headers.get("content-type")
    now = reply.received_at
    try:
        return parse(reply.body, source=bare(url), url=reply.url, content_type=content_type, now=now, sitemaps=False)
    except SourceError as fault:
        if fault.found != "sitemap" and not url.endswith(".gz"):
            raise
    return build("sitemap", bare(url), url, http, clock=clock).fetch(Validators())


def _kind(name: str) -> Kind:
    from syndicate.sources.documents import Kind

    if name == "ninjs":
        from syndicate.sources.formats import ninjs

        return Kind(ninjs.parse, "application/json", (".json",), ninjs.items_of)
    if name == "newsml":
        from syndicate.sources.formats import newsml

        accept = "application/vnd.iptc.g2.newsmessage+xml, application/vnd.iptc.g2.newsitem+xml, application/xml;q=0.9"
        return Kind(newsml.parse, accept, (".xml",), newsml.items_of)
    from syndicate.sources.formats import jsonl

    return Kind(jsonl.parse, "application/jsonl, application/x-ndjson, application/json;q=0.9, */*;q=0.1", grows=True)


def _recognised(
    body: bytes, *, source: str, url: str, timezone: str, content_type: str | None, now: datetime
) -> Parsed | None:
    """The articles of a document that is neither a feed nor a page; None for a feed or a page."""
    from syndicate.sources import detect
    from syndicate.sources.parsing import json_fields
    from syndicate.sources.parsing.document import NAMES, Document
    from syndicate.sources.parsing.fields import ParseContext, noted

    reader = ParseContext(source, url, timezone, now, NAMES)
    shown = bare(url) or source
    document = Document(body, shown, content_type)
    if detect.is_newsml(body):
        return noted(_kind("newsml").read(document, reader), reader)
    if json_fields.is_json(body):
        reading = detect.read_json(document, reader)
        return noted(reading, reader) if reading else None
    return None


def _sitemap(body: bytes, source: str, url: str, timezone: str, now: datetime) -> Reading:
    """The news in a sitemap; other pages and files that it lists are only counted, since nothing is fetched here."""
    from syndicate.sources.formats import sitemap

    shown = bare(url) or source
    said = sitemap.read(body, source=source, url=url, shown=shown, content_type=None, timezone=timezone, now=now)
    others = len(said.pages) + len(said.files)
    notes = (*said.notes, f"pages or files listed without news of their own: {others}") if others else said.notes
    return Reading(articles=said.articles, entries=said.entries, notes=notes, left_out=said.left_out)
