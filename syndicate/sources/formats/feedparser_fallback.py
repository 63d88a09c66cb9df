"""Parses feeds that are not well-formed with feedparser, only in a process that can be killed (`isolated`)."""

from __future__ import annotations

from typing import Any

from syndicate.errors import SourceError
from syndicate.model import Article, Image, LeftOut
from syndicate.sources.parsing import html_text, hub_links, notes, summaries
from syndicate.sources.parsing.article_links import EntryLink, choose, enclosed
from syndicate.sources.parsing.fields import (
    ENTRIES,
    ParseContext,
    Parsed,
    address,
    distinct,
    identity,
    kind_of,
    language,
    person,
)
from syndicate.sources.parsing.images import around
from syndicate.sources.parsing.next_page import next_page
from syndicate.sources.parsing.omissions import nameless, sorted_out
from syndicate.sources.parsing.picture_choice import in_text, is_picture, number, ranked
from syndicate.sources.parsing.posse_party import ELEMENT, overridden
from syndicate.sources.parsing.withheld import LOCKED, UNPUBLISHED, is_locked


def read(text: str, reader: ParseContext, *, url: str, why: str) -> Parsed:
    """The entries that feedparser finds. Raises SourceError if it finds none."""
    import feedparser

    found = feedparser.parse(
        text.encode("utf-8", "replace"),
        resolve_relative_uris=False,
        sanitize_html=False,
        response_headers={"content-type": "application/xml; charset=utf-8"},
    )
    if not found.get("version") and not found.entries:
        raise SourceError(f"{url} cannot be read as a feed: {why}")
    links = [(str(link.get("rel", "")), link.get("href")) for link in found.feed.get("links", ())]
    older = next_page(links, reader.base, str(found.feed.get("generator", "")))
    reader.base = reader.home = address(found.feed.get("link"), reader.base) or reader.base
    reader.language = language(found.feed.get("language"))
    shown = found.entries[:ENTRIES]
    articles, left_out = sorted_out(shown, lambda entry: _article(entry, reader), reader, _withheld)
    notes = (f"the feed is not well-formed ({why}); its entries could be read",)
    hub = hub_links.of_links(links, reader.base)
    return Parsed(articles, len(found.entries), notes, hub=hub, older=older, left_out=left_out)


def _withheld(entry: dict[str, Any]) -> str:
    """Why an entry is not meant to be announced; "" if it is."""
    if str(entry.get("app_draft", "")).strip().casefold() == "yes":
        return UNPUBLISHED
    return LOCKED if is_locked(*_bodies(entry)) else ""


def _article(entry: dict[str, Any], reader: ParseContext) -> Article | LeftOut:
    """The article of an entry; left out if it has neither title nor address."""
    unread = len(reader.undated)
    published = reader.stated(entry.get("published", ""), entry.get("created", ""))
    updated = reader.stated(entry.get("updated", "") if "updated" in entry else "")
    guid = str(entry.get("id", "")).strip()
    spoken = language((entry.get("title_detail") or {}).get("language")) or reader.language
    before = len(reader.hostless)
    url = _url(entry, guid, spoken or reader.rule.language, reader)
    enclosures = [
        (address(link.get("href"), reader.base), str(link.get("type", "")).lower())
        for link in entry.get("links", ())
        if link.get("rel") == "enclosure"
    ]
    title = _words(entry.get("title_detail"), html_text.title)
    if not url and not title:
        return nameless(identity(guid), reader, before)
    described = str((entry.get("summary_detail") or {}).get("value", "")) if _has_summary(entry) else ""
    contents = [str(part.get("value", "")) for part in entry.get("content", ())]
    article = Article(
        source=reader.source,
        url=url,
        title=title,
        summary=summaries.told(title, url, [described], contents),
        guid=identity(guid),
        published=published.instant if published else None,
        precision=published.precision if published else "second",
        tz_assumed=published.tz_assumed if published else False,
        updated=updated.instant if updated else None,
        authors=distinct(person(str(author.get("name", ""))) for author in entry.get("authors", ())),
        categories=distinct(
            html_text.title(str(tag.get("label") or tag.get("term") or "")) for tag in entry.get("tags", ())
        ),
        images=_images(entry, enclosures, reader, url),
        language=spoken,
        kind=kind_of(mime for _, mime in enclosures),
        raw=enclosed(url, enclosures)
        | reader.refused(url, before)
        | (reader.unread(unread) if published is None else {}),
    )
    article = notes.told(article, reader, lambda: contents, lambda: [described])
    return overridden(article, str(entry.get(ELEMENT.replace(":", "_"), "")), reader)


def _url(entry: dict[str, Any], guid: str, stated: str | None, reader: ParseContext) -> str:
    """The article's address, as in well-formed feeds. feedparser calls an id a link where there is none."""
    original = next((str(said) for name, said in entry.items() if name.endswith("_origlink")), "")
    links = [
        EntryLink(
            reader.link(link.get("href"), asked=link.get("rel") == "alternate"),
            str(link.get("rel", "alternate")),
            str(link.get("type", "")).lower(),
            str(link.get("hreflang", "")).lower(),
        )
        for link in entry.get("links", ())
    ]
    permanent = reader.link(guid) if entry.get("guidislink") and guid.startswith(("http://", "https://")) else ""
    last = guid if guid.startswith(("http://", "https://")) else None
    return (
        reader.link(original)
        or choose(links, permanent, reader, stated)
        or reader.link(entry.get("link"), asked=False)
        or reader.link(last)
    )


def _words(detail: dict[str, Any] | None, undeclared: Any) -> str:
    """A text element as plain text: Atom's plain text unchanged, anything else decoded as HTML."""
    if not detail:
        return ""
    said: str = undeclared(str(detail.get("value", "")))
    return said


def _has_summary(entry: dict[str, Any]) -> bool:
    """Whether the entry has a summary of its own: feedparser copies the content into a missing one."""
    content = entry.get("content") or [{}]
    return str(entry.get("summary", "")) != str(content[0].get("value", ""))


def _images(
    entry: dict[str, Any], enclosures: list[tuple[str, str]], reader: ParseContext, page: str
) -> tuple[Image, ...]:
    """The pictures, as in well-formed feeds but without captions, which feedparser gives to the wrong pictures."""
    listed = [
        Image(url, width=number(media.get("width")), height=number(media.get("height")), type=media.get("type"))
        for media in entry.get("media_content", ())
        if (media.get("medium") == "image" or (not media.get("medium") and is_picture(*_kind_of(media))))
        and not str(media.get("type", "")).startswith("video/")
        and (url := address(media.get("url"), reader.base))
    ]
    listed += [Image(url, type=mime) for url, mime in enclosures if url and is_picture(mime, url)]
    thumbnails = [
        Image(url, width=number(media.get("width")), height=number(media.get("height")))
        for media in entry.get("media_thumbnail", ())
        if (url := address(media.get("url"), reader.base))
    ]
    listed += [Image(url) for url in [address((entry.get("image") or {}).get("href"), reader.base)] if url]
    told = (in_text(body, around(page, reader.base)) for body in _bodies(entry))
    return ranked(listed, thumbnails, lambda: next(filter(None, told), ()))


def _kind_of(media: Any) -> tuple[str, str]:
    return str(media.get("type", "")), str(media.get("url", ""))


def _bodies(entry: dict[str, Any]) -> list[str]:
    return [str(part.get("value", "")) for part in (*entry.get("content", ()), entry.get("summary_detail") or {})]
