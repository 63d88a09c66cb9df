"""Finds the pictures of a feed's entry, the best first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from syndicate.model import Image
from syndicate.sources.parsing import html_text
from syndicate.sources.parsing.fields import ParseContext, address, first, inner
from syndicate.sources.parsing.next_page import same_site
from syndicate.sources.parsing.picture_choice import in_text, is_picture, number, ranked

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Found: TypeAlias = "dict[str, list[Element]]"
Enclosure: TypeAlias = tuple[str, str]
"""Address and MIME type ("" if not given) of an enclosed file."""

_FILE_NAME = re.compile(r"\S*(?:\.\w{3,4}|\d{3,}|_\S*)")


def images(
    reader: ParseContext, found: Found, enclosures: Iterable[Enclosure], bodies: Iterable[Element], page: str
) -> tuple[Image, ...]:
    """Media RSS contents (widest first), image enclosures and thumbnails; those in a body where none is large.

    `page` is the article's address.
    """
    has_media = "media:content" in found or "media:group" in found or any(map(len, found.get("link", ())))
    has_thumbnails = has_media or "media:thumbnail" in found
    return ranked(
        _attached(reader, found, enclosures, has_media=has_media),
        _thumbnails(reader, found) if has_thumbnails else (),
        lambda: next(filter(None, (_pictured(body, reader, page) for body in bodies)), ()),
    )


def _attached(reader: ParseContext, found: Found, enclosures: Iterable[Enclosure], *, has_media: bool) -> list[Image]:
    """The pictures attached to the entry, without thumbnails, the best first."""
    attached = sorted(_contents(reader, found), key=lambda image: -(image.width or 0)) if has_media else []
    for url, mime in enclosures:
        if is_picture(mime, url):
            attached.append(Image(url, type=mime if mime.startswith("image/") else None))
    if "itunes:image" in found:
        attached += [Image(address(one.get("href"), reader.base)) for one in found["itunes:image"]]
    if "image" in found:
        attached += [Image(address(_own(reader, one), reader.base)) for one in found["image"]]
    return attached


def _own(reader: ParseContext, image: Element) -> str:
    """An item's own `<image>`, which is in no standard: an address, or an element `<url>`."""
    return first(reader.children(image), "url") or (image.text or "").strip() or image.get("url", "")


def _pictured(body: Element, reader: ParseContext, page: str) -> tuple[Image, ...]:
    """The pictures in a text, their addresses relative to the article's page unless there is an xml:base."""
    text = inner(body)
    if "<img" not in text and "<IMG" not in text:
        return ()
    inside = reader.inside(body)
    return in_text(text, inside.base if inside.based else around(page, inside.base))


def around(page: str, base: str) -> str:
    """The base of relative addresses in the text of the article at `page`: that page, if it is on this site."""
    return page if page and same_site(page, base) else base


def _contents(reader: ParseContext, found: Found) -> list[Image]:
    """One image for each media:content; from a group, which has one picture in several sizes, the widest."""
    listed = [
        image
        for element in found.get("media:content", ())
        if (image := _content(reader, element, found, {})) is not None
    ]
    for group in found.get("media:group", ()):
        inside = reader.children(group)
        sizes = [_content(reader, element, inside, found) for element in inside.get("media:content", ())]
        widest = max((image for image in sizes if image), key=lambda image: image.width or 0, default=None)
        if widest:
            listed.append(widest)
    return listed


def _content(reader: ParseContext, element: Element, around: Found, further: Found) -> Image | None:
    mime, medium = element.get("type", ""), element.get("medium", "")
    url = address(element.get("url"), reader.base)
    is_image = medium == "image" or (not medium and is_picture(mime, url))
    if not url or not is_image or mime.startswith("video/"):  # Mastodon's feeds call a film without sound an image
        return None
    levels = (reader.children(element) if len(element) else {}, around, further)
    return Image(
        url,
        alt=_alt(levels[0]) or (_said(around, "media:description") if further else ""),
        credit=next(
            (said for level in levels if "media:credit" in level and (said := _said(level, "media:credit"))), ""
        ),
        width=number(element.get("width")),
        height=number(element.get("height")),
        type=mime or None,
    )


def _alt(said: Found) -> str:
    """A picture's alt text; its title is used unless it is a file name."""
    if not said:
        return ""
    described = _said(said, "media:description", "media:text")
    if described:
        return described
    title = _said(said, "media:title")
    return "" if len(title) < 100 and _FILE_NAME.fullmatch(title) else title


def _thumbnails(reader: ParseContext, found: Found) -> list[Image]:
    """Thumbnails of the entry, its groups and their contents (a video's still), and those inside links."""
    names = reader.names
    listed = [(element, found) for element in found.get("media:thumbnail", ())]
    groups = [*found.get("media:group", ()), *filter(len, found.get("link", ()))]
    contents = [child for group in groups for child in group if names[child.tag] == "media:content"]
    for parent in (*groups, *filter(len, found.get("media:content", ())), *contents):
        if any(names[child.tag] == "media:thumbnail" for child in parent):
            inside = reader.children(parent)
            listed += [(element, inside) for element in inside["media:thumbnail"]]
    return [
        Image(
            address(element.get("url"), reader.base),
            credit=_said(around, "media:credit"),
            width=number(element.get("width")),
            height=number(element.get("height")),
        )
        for element, around in listed
    ]


def _said(found: Found, *names: str) -> str:
    said = first(found, *names)
    return html_text.text(said) if said else ""
