"""Parses RSS 0.9x, 1.0 (RDF) and 2.0 into articles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from syndicate.model import Article, LeftOut
from syndicate.sources.parsing import html_text, hub_links, notes, summaries
from syndicate.sources.parsing.article_links import EntryLink, choose, enclosed, link_of, original
from syndicate.sources.parsing.fields import (
    BASE,
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
    "content:encoded", "dc:date", "dc:creator", "dc:subject", "dc:language", "dc:title", "dc:description",
    "dcterms:issued", "dcterms:created", "dcterms:modified", "atom:link", "atom:published", "atom:updated",
    "atom:author", "atom:summary", "atom:content", "atom:id", "media:content", "media:group", "media:thumbnail",
    "media:title", "itunes:image", "itunes:author", "feedburner:origLink", "feedblitz:origLink", "pheedo:origLink",
    "prism:section",
})  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 7 * 24, "monthly": 30 * 24, "yearly": 365 * 24}


def read(root: Element, reader: ParseContext) -> Parsed:
    """The items of a channel, in order, and how often the feed asks to be polled."""
    about, here = reader.children(root), reader.base
    channels = about.get("channel", [root])
    channel = reader.children(channels[0])
    reader.base = reader.home = address(_channel_link(channel), reader.base) or reader.base
    reader = reader.inside(root if BASE in root.attrib else channels[0])
    reader.language = language(first(channel, "language", "dc:language") or root.get(LANG))
    items = [
        item for parent in ([root, *channels] if about.get("channel") else channels) for item in _items(parent, reader)
    ]
    shown = readable(items, lambda item: _article(item, reader))
    articles, left_out = sorted_out(
        shown, lambda item: _article(item, reader), reader, lambda item: why_of(item, reader)
    )
    links = [(link.get("rel", ""), link.get("href")) for link in channel.get("atom:link", ())]
    hours, days = _rests(channel, reader)
    return Parsed(
        articles,
        len(items),
        left_out=left_out,
        interval=_interval(channel),
        hours=hours,
        days=days,
        hub=hub_links.of_links(links, reader.base),
        older=next_page(links, here, first(channel, "generator")),
    )


def _items(parent: Element, reader: ParseContext) -> Iterator[Element]:
    names = reader.names
    return (child for child in parent if names[child.tag] == "item")


def _article(item: Element, reader: ParseContext) -> Article | LeftOut:
    """The article of an item; left out if it has neither title nor address."""
    reader = reader.inside(item)
    found, base = reader.children(item), reader.base
    guid = (
        first(found, "guid")
        or item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about")
        or first(found, "atom:id")
    )
    spoken = language(first(found, "dc:language", "language") or item.get(LANG)) or reader.language
    before = len(reader.hostless)
    url = _url(found, guid, spoken or reader.rule.language, reader)
    title = html_text.shortened(html_text.title(first(found, "title", "dc:title", "media:title")))
    if not url and not title:
        return nameless(identity(guid), reader, before)
    unread = len(reader.undated)
    published = reader.date(found, "pubDate", "dc:date", "atom:published", "dcterms:issued", "dcterms:created")
    updated = reader.date(found, "atom:updated", "dcterms:modified")
    descriptions = _all(found, "description", "dc:description", "atom:summary", "itunes:summary")
    enclosures = [(address(element.get("url"), base), _mime(element)) for element in found.get("enclosure", ())]
    bodies = _all(found, "content:encoded", "atom:content")
    article = Article(
        source=reader.source,
        url=url,
        title=title,
        summary=summaries.told(title, url, map(inner, descriptions), map(inner, bodies)),
        guid=identity(guid),
        published=published.instant if published else None,
        precision=published.precision if published else "second",
        tz_assumed=published.tz_assumed if published else False,
        updated=updated.instant if updated else None,
        authors=_authors(found, reader),
        section=_section(found),
        categories=distinct(reader.label(words(element)) for element in _categories(found, reader)),
        images=images(reader, found, enclosures, (*bodies, *descriptions), url),
        language=spoken,
        kind=kind_of(mime for _, mime in enclosures),
        raw=extras(found, _READ)
        | enclosed(url, enclosures)
        | reader.refused(url, before)
        | (reader.unread(unread) if published is None else {}),
    )
    article = notes.told(article, reader, lambda: map(inner, bodies), lambda: map(inner, descriptions))
    return overridden(article, said_in(found), reader)


def _url(found: Found, guid: str, stated: str | None, reader: ParseContext) -> str:
    """The article's address; a guid is used as one unless it has `isPermaLink="false"`."""
    own = original(found, reader)
    if own:
        return own
    links = [link_of(each, reader) for name in ("link", "atom:link") for each in found.get(name, ())]
    is_permalink = all(_permalink(one).strip().lower() != "false" for one in found.get("guid", ()))
    permanent = reader.link(guid) if is_permalink and guid.lower().startswith(("http://", "https://")) else ""
    links += [
        EntryLink(reader.link(each.get("url"), asked=False), "enclosure", _mime(each))
        for each in found.get("enclosure", ())
    ]
    return choose(links, permanent, reader, stated)


def _mime(enclosure: Element) -> str:
    return enclosure.get("type", "").strip().lower()


def _permalink(guid: Element) -> str:
    return guid.get("isPermaLink") or guid.get("ispermalink") or "true"


def _all(found: Found, *names: str) -> list[Element]:
    return [element for name in names for element in found.get(name, ())]


def _categories(found: Found, reader: ParseContext) -> Iterator[Element]:
    """The item's categories; some sites put a list element around them."""
    for name in ("category", "dc:subject"):
        yield from found.get(name, ())
    for listed in found.get("categories", ()):
        yield from reader.children(listed).get("category", ())


def _authors(found: Found, reader: ParseContext) -> tuple[str, ...]:
    """Authors from one kind of element only: a feed with two kinds names the same people twice."""
    for name in ("dc:creator", "author", "atom:author", "itunes:author"):
        elements = found.get(name)
        if not elements:
            continue
        names = distinct(person(_name(element, reader)) for element in elements)
        if names:
            return names
    return ()


def _name(author: Element, reader: ParseContext) -> str:
    """The name of a person whose element has parts (name, office, address)."""
    named = first(reader.children(author), "name", "atom:name") if len(author) else ""
    return named if named or reader.names[author.tag] == "atom:author" else words(author)


def _section(found: Found) -> str | None:
    """PRISM's section. RSS's plain categories are labels, and nothing says which of them is the section."""
    return html_text.title(first(found, "prism:section")) or None


def _channel_link(channel: Found) -> str:
    return next((said for element in channel.get("link", ()) if (said := words(element))), "")


def _interval(channel: Found) -> timedelta | None:
    """The longer of `<ttl>` (minutes) and the syndication module's period."""
    waits = []
    ttl = first(channel, "ttl")
    if ttl.isdecimal() and len(ttl) < 7:
        waits.append(timedelta(minutes=int(ttl)))
    hours = _PERIODS.get(first(channel, "sy:updatePeriod").lower())
    times = first(channel, "sy:updateFrequency") or "1"
    if hours and times.isdecimal() and int(times[:6]) > 0:
        waits.append(timedelta(hours=hours) / int(times[:6]))
    return max(waits, default=None) or None


def _rests(channel: Found, reader: ParseContext) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """`<skipHours>` and `<skipDays>`, both GMT (https://www.rssboard.org/skip-hours-days); 24 is an old name of 0."""
    said = _inside(channel, reader, "skipHours", "hour")
    hours = {int(word) % 24 for word in said if word.isdecimal() and len(word) < 3 and int(word) <= 24}
    days = {word.lower() for word in _inside(channel, reader, "skipDays", "day")}
    return tuple(sorted(hours)), tuple(number for number, day in enumerate(_DAYS) if day in days)


def _inside(channel: Found, reader: ParseContext, outer: str, inner_name: str) -> list[str]:
    parents = channel.get(outer, ())
    return [words(child) for parent in parents for child in reader.children(parent).get(inner_name, ())]
