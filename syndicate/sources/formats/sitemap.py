"""Parses a sitemap: the articles of Google's news sitemap, else its pages and further sitemaps.

https://www.sitemaps.org/protocol.html, https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import TYPE_CHECKING

from syndicate.addresses import without_login
from syndicate.dates import Moment
from syndicate.errors import SourceError
from syndicate.model import Article, Image, LeftOut
from syndicate.model.dataclass import dataclass
from syndicate.net import unpacking
from syndicate.sources.parsing import html_text, xml_tree
from syndicate.sources.parsing.bot_challenges import HINT, challenger
from syndicate.sources.parsing.document import check_size
from syndicate.sources.parsing.fields import (
    ENTRIES,
    Namespaces,
    ParseContext,
    address,
    distinct,
    extras,
    first,
    language,
    readable,
)
from syndicate.sources.parsing.omissions import shown, sorted_out

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from syndicate.sources.parsing.images import Found

SIGNS = 400_000  # `=`; an element of 700,000 attributes would cost 300 MB
_READ = frozenset({"news:publication", "news:publication_date", "news:title", "news:keywords", "news:language"})


@dataclass(frozen=True, slots=True)
class Listed:
    """An address in a sitemap, with its date of change if the sitemap gives one."""

    url: str
    changed: Moment | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap says. `pages` are addresses without a news entry, `files` further sitemaps."""

    articles: tuple[Article, ...] = ()
    pages: tuple[Listed, ...] = ()
    files: tuple[Listed, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def entries(self) -> int:
        """How many articles, pages and files it lists, and how many that are none."""
        return len(self.articles) + len(self.pages) + len(self.files) + len(self.left_out)


def read(
    body: bytes, *, source: str, url: str, shown: str, content_type: str | None, timezone: str, now: datetime | None
) -> Sitemap:
    """Everything a sitemap says, unpacked if need be. Raises SourceError, which says what it is, if it is none."""
    body = unpacked(body, shown)
    root = _root(body, shown, content_type)
    reader = ParseContext(source, url, timezone, now, Namespaces(root.tag, xml_tree.head(body)))
    listed = [reader.children(child) for child in root if reader.names[child.tag] in ("url", "sitemap")]
    if root.tag.endswith("sitemapindex"):
        files, lost = _pages(listed, reader)
        return Sitemap(files=files, left_out=lost)
    news = [found for found in listed if "news:news" in found]
    shown_news = readable(news, lambda found: _article(found, reader))
    articles, left_out = sorted_out(shown_news, lambda found: _article(found, reader), reader)
    notes = [f"{len(news)} entries; the newest {ENTRIES} are read"] if len(news) > ENTRIES else []
    unnamed = min(len(news), ENTRIES) - len(articles) - len(left_out)
    if unnamed:
        notes.append(f"entries left out, without title or address: {unnamed}")
    pages, lost = _pages([found for found in listed if "news:news" not in found], reader)
    if reader.undated:
        notes.append(f"dates that cannot be read: {len(reader.undated)}, such as {reader.undated[0][:60]!r}")
    return Sitemap(articles, pages, notes=tuple(notes), left_out=(*left_out, *lost))


def is_sitemap(body: bytes) -> bool:
    """Whether a document is a sitemap, by its beginning."""
    if body.startswith(unpacking.GZIP):
        body = zlib.decompressobj(31).decompress(body[:2000], 2000)
    start = body[:2000]
    return b"<urlset" in start or b"<sitemapindex" in start


def unpacked(body: bytes, shown: str) -> bytes:
    """The body, unpacked if it is compressed (`sitemap.xml.gz`). Raises SourceError if it is too large or damaged."""
    body = unpacking.unpacked(body, shown)
    check_size(body, shown)
    if body.count(b"=") > SIGNS:
        raise SourceError(f"{shown} has more attributes or queries than any sitemap needs")
    return body


def _root(body: bytes, shown: str, content_type: str | None) -> Element:
    """The root element of a sitemap. Raises SourceError if the document is not a sitemap."""
    from xml.etree.ElementTree import ParseError

    if not body.strip():
        raise SourceError(f"{shown} is an empty document, not a sitemap")
    try:
        root = xml_tree.tree(body, url=shown, content_type=content_type)
    except ParseError as fault:
        raise _stranger(body, shown, str(fault)) from fault
    name = root.tag.rpartition("}")[2]
    if name in xml_tree.ROOTS:
        raise SourceError(f"{shown} is a feed, not a sitemap", hint="use it as a source of type feed")
    if name not in ("urlset", "sitemapindex"):
        raise _stranger(body, shown, f"it is an XML document <{name[:40]}>")
    return root


def _stranger(body: bytes, shown: str, why: str) -> SourceError:
    who = challenger(body)
    if who:
        return SourceError(f"{shown} is a bot check of {who}, not a sitemap", hint=HINT)
    if b"<html" in body[:5000].lower() or b"<!doctype html" in body[:5000].lower():
        return SourceError(f"{shown} is an HTML page, not a sitemap", hint="robots.txt often names the sitemap")
    return SourceError(f"{shown} is not a sitemap: {why}")


def _pages(listed: list[Found], reader: ParseContext) -> tuple[tuple[Listed, ...], tuple[LeftOut, ...]]:
    """The addresses of these entries, and those that lead nowhere."""
    pages: list[Listed] = []
    lost: list[LeftOut] = []
    for each in listed:
        said = first(each, "loc")
        url = address(said, reader.base)
        if url:
            pages.append(Listed(url, reader.date(each, "lastmod")))
        elif said:
            lost.append(_lost(said))
    return tuple(pages), tuple(lost)


def _lost(said: str) -> LeftOut:
    """An entry whose address leads nowhere."""
    return LeftOut(shown(without_login(said)), "its address leads nowhere", meant=False)


def _article(found: Found, reader: ParseContext) -> Article | LeftOut:
    """One entry of a news sitemap; left out without title or address, since both are required."""
    news = reader.children(found["news:news"][0])
    said, title = first(found, "loc"), html_text.shortened(html_text.title(first(news, "news:title")))
    url = address(said, reader.base)
    if not url:
        return _lost(said) if said else LeftOut(title, "it has no address", meant=False)
    if not title:
        return LeftOut(url, "its entry of news has no title", meant=False)
    published, updated = reader.date(news, "news:publication_date"), reader.date(found, "lastmod")
    about = reader.children(news["news:publication"][0]) if "news:publication" in news else {}
    return Article(
        source=reader.source,
        url=url,
        title=title,
        published=published.instant if published else None,
        precision=published.precision if published else "second",
        tz_assumed=published.tz_assumed if published else False,
        updated=updated.instant if updated else None,
        categories=distinct(map(reader.label, first(news, "news:keywords").split(","))),
        images=tuple(_images(found, reader)),
        language=language(first(about, "news:language") or first(news, "news:language")),
        raw=extras(news, _READ),
    )


def _images(found: Found, reader: ParseContext) -> list[Image]:
    """The pictures; `image:title` is the alt text unless it is a file name."""
    images: dict[str, Image] = {}
    for element in found.get("image:image", ())[:20]:
        said = reader.children(element)
        url, title = address(first(said, "image:loc"), reader.base), html_text.text(first(said, "image:title"))
        if url:
            alt = title if " " in title else ""
            images.setdefault(url, Image(url, alt=alt, caption=html_text.text(first(said, "image:caption"))))
    return list(images.values())
