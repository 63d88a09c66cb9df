"""Parses feeds that are not well-formed with feedparser, only in a process that can be killed (`isolated`)."""

from __future__ import annotations

from typing import Any

from syndicate.errors import SourceError
from syndicate.model import Article, Image
from syndicate.sources.parsing import html_text, hub_links, summaries
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
from syndicate.sources.parsing.images import around, in_text, is_ornament
from syndicate.sources.parsing.next_page import next_page


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
    reader.base = address(found.feed.get("link"), reader.base) or reader.base
    reader.language = language(found.feed.get("language"))
    articles = [_article(entry, reader) for entry in found.entries[:ENTRIES]]
    kept = tuple(article for article in articles if article.url or article.title)
    notes = (f"the feed is not well-formed ({why}); its entries could be read",)
    hub = hub_links.of_links(links, reader.base)
    return Parsed(kept, len(found.entries), notes=notes, hub=hub, older=older)


def _article(entry: dict[str, Any], reader: ParseContext) -> Article:
    unread = len(reader.undated)
    published = reader.stated(entry.get("published", ""), entry.get("created", ""))
    updated = reader.stated(entry.get("updated", "") if "updated" in entry else "")
    guid = str(entry.get("id", "")).strip()
    url = address(entry.get("feedburner_origlink") or entry.get("link"), reader.base)
    enclosures = [
        (address(link.get("href"), reader.base), str(link.get("type", "")).lower())
        for link in entry.get("links", ())
        if link.get("rel") == "enclosure"
    ]
    title = _words(entry.get("title_detail"), html_text.title)
    described = str((entry.get("summary_detail") or {}).get("value", "")) if _has_summary(entry) else ""
    contents = (str(part.get("value", "")) for part in entry.get("content", ()))
    return Article(
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
        language=language((entry.get("title_detail") or {}).get("language")) or reader.language,
        kind=kind_of(mime for _, mime in enclosures),
        raw=reader.unread(unread) if published is None else {},
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
        Image(url, type=media.get("type"))
        for media in entry.get("media_content", ())
        if (media.get("medium") == "image" or str(media.get("type", "")).startswith("image/"))
        and not str(media.get("type", "")).startswith("video/")
        and (url := address(media.get("url"), reader.base))
    ]
    listed += [Image(url, type=mime) for url, mime in enclosures if url and mime.startswith("image/")]
    listed += [
        Image(url) for media in entry.get("media_thumbnail", ()) if (url := address(media.get("url"), reader.base))
    ]
    listed += [Image(url) for url in [address((entry.get("image") or {}).get("href"), reader.base)] if url]
    listed = [image for image in listed if not is_ornament(image.url)]
    if listed:
        return tuple({image.url: image for image in reversed(listed)}.values())[::-1]
    bodies = [str(part.get("value", "")) for part in (*entry.get("content", ()), entry.get("summary_detail") or {})]
    pictured = next((image for body in bodies if (image := in_text(body, around(page, reader.base)))), None)
    return (pictured,) if pictured else ()
