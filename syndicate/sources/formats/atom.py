"""Parses Atom 1.0 (RFC 4287) and 0.3 into articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from syndicate.model import Article, LeftOut
from syndicate.sources.parsing import html_text, hub_links, notes, summaries
from syndicate.sources.parsing.article_links import EntryLink, choose, enclosed, link_of, original
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
from syndicate.sources.parsing.omissions import nameless, sorted_out
from syndicate.sources.parsing.posse_party import overridden, said_in
from syndicate.sources.parsing.withheld import why_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_READ = frozenset({
    "dc:date", "dc:creator", "dc:subject", "dcterms:issued", "dcterms:modified", "media:content", "media:group",
    "media:thumbnail", "feedburner:origLink", "feedblitz:origLink", "pheedo:origLink",
})  # fmt: skip
_MARKUP = ("html", "text/html", "xhtml", "application/xhtml+xml")


def read(root: Element, reader: ParseContext) -> Parsed:
    """The entries of a feed, in order."""
    here = reader.base
    reader = reader.inside(root)
    reader.language = language(root.get(LANG))
    links = [(_rel(child), child.get("href")) for child in root if reader.names[child.tag] == "link"]
    reader.home = address(next((href for rel, href in links if rel == "alternate"), None), reader.base) or reader.base
    entries = [child for child in root if reader.names[child.tag] == "entry"]
    shown = readable(entries, lambda entry: _article(entry, reader))
    articles, left_out = sorted_out(
        shown, lambda entry: _article(entry, reader), reader, lambda entry: why_of(entry, reader)
    )
    generator = next((words(child) for child in root if reader.names[child.tag] == "generator"), "")
    older = next_page(links, reader.base, generator, here=here)
    hub = hub_links.of_links(links, reader.base)
    return Parsed(articles, len(entries), hub=hub, older=older, left_out=left_out)


def _article(entry: Element, reader: ParseContext) -> Article | LeftOut:
    """The article of an entry; left out if it has neither title nor address."""
    reader = reader.inside(entry)
    found = reader.children(entry)
    before = len(reader.hostless)
    links = [link_of(each, reader) for each in found.get("link", ())]
    spoken = _language(entry, found) or reader.language
    url, title = _url(found, links, spoken or reader.rule.language, reader), _title(found.get("title", ()))
    if not url and not title:
        return nameless(identity(first(found, "id")), reader, before)
    unread = len(reader.undated)
    published = reader.date(found, "published", "issued", "dc:date", "dcterms:issued", "created")
    updated = reader.date(found, "updated", "modified", "dcterms:modified")
    enclosures = [(each.url, each.type) for each in links if each.rel == "enclosure"]
    bodies = [element for name in ("content", "summary") for element in found.get(name, ())]
    article = Article(
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
        language=spoken,
        kind="video" if "yt:videoId" in found else kind_of(mime for _, mime in enclosures),
        raw=extras(found, _READ)
        | enclosed(url, enclosures)
        | reader.refused(url, before)
        | (reader.unread(unread) if published is None else {}),
    )
    contents, described = found.get("content", ()), found.get("summary", ())
    article = notes.told(article, reader, lambda: map(_markup, contents), lambda: map(_markup, described))
    return overridden(article, said_in(found), reader)


def _url(found: Found, links: list[EntryLink], stated: str | None, reader: ParseContext) -> str:
    """The article's address: that of its links, or else of an id that is one."""
    guid = first(found, "id")
    is_address = guid.lower().startswith(("http://", "https://")) and not any(
        each.url and each.rel == "alternate" for each in links
    )
    return original(found, reader) or choose(links, reader.link(guid) if is_address else "", reader, stated)


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
