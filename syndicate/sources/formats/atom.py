"""Parses Atom 1.0 (RFC 4287) and 0.3 into articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from syndicate.model import Article
from syndicate.sources.parsing import html_text, hub_links, summaries
from syndicate.sources.parsing.fields import (
    LANG,
    ParseContext,
    Parsed,
    address,
    distinct,
    extras,
    first,
    identity,
    inner,
    kind_of,
    language,
    person,
    readable,
    words,
)
from syndicate.sources.parsing.images import Found, images
from syndicate.sources.parsing.next_page import next_page

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_READ = frozenset({
    "dc:date", "dc:creator", "dc:subject", "dcterms:issued", "dcterms:modified", "media:content", "media:group",
    "media:thumbnail", "feedburner:origLink",
})  # fmt: skip
_MARKUP = ("html", "text/html", "xhtml", "application/xhtml+xml")


def read(root: Element, reader: ParseContext) -> Parsed:
    """The entries of a feed, in order."""
    here = reader.base
    reader = reader.inside(root)
    reader.language = language(root.get(LANG))
    entries = [child for child in root if reader.names[child.tag] == "entry"]
    shown = readable(entries, lambda entry: _article(entry, reader))
    articles = [article for entry in shown if (article := _article(entry, reader)) is not None]
    links = [(_rel(child), child.get("href")) for child in root if reader.names[child.tag] == "link"]
    generator = next((words(child) for child in root if reader.names[child.tag] == "generator"), "")
    older = next_page(links, reader.base, generator, here=here)
    return Parsed(tuple(articles), len(entries), hub=hub_links.of_links(links, reader.base), older=older)


def _article(entry: Element, reader: ParseContext) -> Article | None:
    """None for an entry that has neither title nor address."""
    reader = reader.inside(entry)
    found = reader.children(entry)
    links = [(link, address(link.get("href") or link.text, reader.inside(link).base)) for link in found.get("link", ())]
    url, title = _url(found, links, reader.base), _title(found.get("title", ()))
    if not url and not title:
        return None
    unread = len(reader.undated)
    published = reader.date(found, "published", "issued", "dc:date", "dcterms:issued", "created")
    updated = reader.date(found, "updated", "modified", "dcterms:modified")
    enclosures = [(there, link.get("type", "").strip().lower()) for link, there in links if _rel(link) == "enclosure"]
    bodies = [element for name in ("content", "summary") for element in found.get(name, ())]
    return Article(
        source=reader.source,
        url=url,
        title=title,
        summary=summaries.told(
            title, url, map(_markup, found.get("summary", ())), map(_markup, found.get("content", ()))
        )
        or _told_of_video(found, reader),
        guid=identity(first(found, "id")),
        published=published.instant if published else None,
        precision=published.precision if published else "second",
        tz_assumed=published.tz_assumed if published else False,
        updated=updated.instant if updated else None,
        authors=_authors(found, reader),
        categories=_categories(found),
        images=images(reader, found, enclosures, bodies, url),
        language=_language(entry, found) or reader.language,
        kind="video" if "yt:videoId" in found else kind_of(mime for _, mime in enclosures),
        raw=extras(found, _READ) | (reader.unread(unread) if published is None else {}),
    )


def _url(found: Found, links: list[tuple[Element, str]], base: str) -> str:
    """The article's address: the alternate link; of several, the one to HTML."""
    original = address(first(found, "feedburner:origLink"), base)
    if original:
        return original
    alternates = [(link, url) for link, url in links if url and _rel(link) == "alternate"]
    pages = [url for link, url in alternates if link.get("type", "text/html").startswith("text/html")]
    if alternates:
        return next(iter(pages), alternates[0][1])
    guid = first(found, "id")
    return address(guid, base) if guid.lower().startswith(("http://", "https://")) else ""


def _rel(link: Element) -> str:
    """A link's relation; it may be written as the address of its registration (RFC 4287 §4.2.7.2)."""
    return link.get("rel", "alternate").strip().lower().rpartition("/")[2]


def _language(entry: Element, found: Found) -> str | None:
    """The entry's own language, else that of its texts, where feeds collected from others name it."""
    texts = (element for name in ("title", "summary", "content") for element in found.get(name, ()))
    return language(next((said for element in (entry, *texts) if (said := element.get(LANG))), None))


def _authors(found: Found, reader: ParseContext) -> tuple[str, ...]:
    """The entry's own authors, else those of the feed it was collected from (RFC 4287 §4.2.1)."""
    for where in (found, *(reader.children(source) for source in found.get("source", ()))):
        people = where.get("author", ())
        names = [first(reader.children(one), "name") or ("" if len(one) else words(one)) for one in people]
        authors = distinct(map(person, names or [words(element) for element in where.get("dc:creator", ())]))
        if authors:
            return authors
    return ()


def _categories(found: Found) -> tuple[str, ...]:
    labels = [element.get("label") or element.get("term") or words(element) for element in found.get("category", ())]
    subjects = [words(element) for element in found.get("dc:subject", ())]
    return distinct(map(html_text.declared_plain, labels + subjects))


def _title(elements: Sequence[Element]) -> str:
    """The title, decoded as its declared type says; what it looks like never counts."""
    said = (html_text.text(inner(element)) if _is_markup(element) else _plain(element) for element in elements)
    return html_text.shortened(next(filter(None, said), ""))


def _markup(element: Element) -> str:
    """A summary or content as HTML; what is declared plain is read so only if it is HTML from end to end.

    Of other types, such as a picture's, nothing.
    """
    if _is_markup(element):
        return inner(element)
    kind = element.get("type", "text").lower()
    return html_text.as_markup(words(element)) if kind in ("text", "text/plain", "") else ""


def _told_of_video(found: Found, reader: ParseContext) -> str:
    """The description of a YouTube video, whose entry has no summary; it does not describe the picture."""
    groups = found.get("media:group", ()) if "yt:videoId" in found else ()
    return html_text.shortened(
        html_text.declared_plain(next((first(reader.children(one), "media:description") for one in groups), ""))
    )


def _plain(element: Element) -> str:
    return html_text.declared_plain(words(element))


def _is_markup(element: Element) -> bool:
    return len(element) > 0 or element.get("type") in _MARKUP or element.get("mode") == "escaped"
