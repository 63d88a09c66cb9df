"""Parses JSON Feed 1 and 1.1 into articles (https://www.jsonfeed.org/version/1.1/).

Titles and summaries are plain text; entities in them are decoded all the same, and HTML that is closed again is read
as such. An id that is a number counts as its digits, as version 1 asks.
"""

from __future__ import annotations

from typing import Any

from syndicate.errors import SourceError
from syndicate.model import Article, Image, LeftOut
from syndicate.sources.parsing import html_text, hub_links, notes, summaries
from syndicate.sources.parsing.article_links import enclosed, recording
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
from syndicate.sources.parsing.json_fields import extras, mapping, objects, text, texts
from syndicate.sources.parsing.omissions import nameless, sorted_out
from syndicate.sources.parsing.overrides import overridden
from syndicate.sources.parsing.picture_choice import in_text, is_picture, ranked
from syndicate.sources.parsing.withheld import LOCKED, is_locked

VERSION = "jsonfeed.org/version/"


def is_one(data: Any) -> bool:
    """Whether a JSON document says that it is a JSON Feed."""
    return VERSION in text(mapping(data).get("version"))


def read(feed: dict[str, Any], reader: ParseContext, *, url: str) -> Parsed:
    """The items of a feed, in order. Raises SourceError if it has no list of items."""
    items = feed.get("items")
    if not isinstance(items, list):
        raise SourceError(f"{url} is a JSON Feed without a list of items")
    older = address(text(feed.get("next_url")), reader.base)
    reader.base = reader.home = address(text(feed.get("home_page_url")), reader.base) or reader.base
    reader.language = language(text(feed.get("language")))
    shown = objects(items[:ENTRIES])
    articles, left_out = sorted_out(shown, lambda item: _article(item, reader), reader, _withheld)
    notes = ("the feed says that it has ended and will have no new articles",) if feed.get("expired") is True else ()
    told = [("hub", text(hub.get("url"))) for hub in objects(feed.get("hubs")) if text(hub.get("type")) == "WebSub"]
    hub = hub_links.of_links([*told, ("self", text(feed.get("feed_url")))], url)
    return Parsed(articles, len(items), notes, hub=hub, older=older, left_out=left_out)


def _withheld(item: dict[str, Any]) -> str:
    """Why an item is not meant to be announced; "" if it is."""
    return LOCKED if is_locked(*(text(item.get(name)) for name in ("content_html", "summary"))) else ""


def _article(item: dict[str, Any], reader: ParseContext) -> Article | LeftOut:
    """The article of an item; left out if it has neither title nor address."""
    guid = text(item.get("id"))
    attachments = [
        (address(text(one.get("url")), reader.base), text(one.get("mime_type")).lower())
        for one in objects(item.get("attachments"))
    ]
    before = len(reader.hostless)
    url = _url(item, guid, attachments, reader)
    title = html_text.shortened(html_text.declared_plain(text(item.get("title"))))
    if not url and not title:
        return nameless(identity(guid), reader, before)
    unread = len(reader.undated)
    published = reader.stated(text(item.get("date_published")))
    updated = reader.stated(text(item.get("date_modified")))
    authors = [text(one.get("name")) for name in ("authors", "author") for one in objects(item.get(name))]
    article = Article(
        source=reader.source,
        url=url,
        title=title,
        summary=_summary(item, title, url),
        guid=guid or None,
        published=published.instant if published else None,
        precision=published.precision if published else "second",
        tz_assumed=published.tz_assumed if published else False,
        updated=updated.instant if updated else None,
        authors=distinct(map(person, authors)),
        categories=distinct(map(html_text.declared_plain, texts(item.get("tags")))),
        images=_images(item, attachments, reader.base, url),
        language=language(text(item.get("language"))) or reader.language,
        kind=kind_of(mime for _, mime in attachments),
        raw=extras(item, (name for name in item if name.startswith("_") and name != field_of(reader.overrides)))
        | enclosed(url, attachments)
        | reader.refused(url, before)
        | (reader.unread(unread) if published is None else {}),
    )
    content, described = text(item.get("content_html")), html_text.as_markup(text(item.get("summary")))
    article = notes.told(article, reader, lambda: [content], lambda: [described], plain=text(item.get("content_text")))
    said = {reader.overrides: item.get(field_of(reader.overrides))}
    return overridden(article, said, f"{reader.source}, {guid or url}, {field_of(reader.overrides)}", reader)


def field_of(overrides: str) -> str:
    """The name of an extension, which begins with an underscore, in which an item says how it is announced."""
    return f"_{overrides.removeprefix('_')}"


def _url(item: dict[str, Any], guid: str, attachments: list[tuple[str, str]], reader: ParseContext) -> str:
    """The item's own address, or with `links: out` the one it points to; else that of its recording."""
    own, outside = (reader.link(text(item.get(name))) for name in ("url", "external_url"))
    permanent = reader.link(guid) if not own and guid.startswith(("http://", "https://")) else ""
    told = [own, permanent, outside] if reader.rule.links == "own" else [outside, own, permanent]
    return next(filter(None, told), "") or recording(attachments)


def _summary(item: dict[str, Any], title: str, url: str) -> str:
    """The summary; of an item without title and summary, the first words of its content."""
    described = [html_text.as_markup(text(item.get("summary")))]
    said = summaries.told(title, url, described, [text(item.get("content_html"))])
    return said or ("" if title else summaries.plain_opening(text(item.get("content_text")), url=url))


def _images(item: dict[str, Any], attachments: list[tuple[str, str]], base: str, page: str) -> tuple[Image, ...]:
    """The main image, attached ones and the banner; without any, the first in the text."""
    main, banner = (address(text(item.get(name)), base) for name in ("image", "banner_image"))
    attached = [
        Image(url, type=mime if mime.startswith("image/") else None)
        for url, mime in attachments
        if is_picture(mime, url)
    ]
    named = (Image(main), *attached, Image(banner))
    return ranked(named, shown=lambda: in_text(text(item.get("content_html")), around(page, base)))
