"""Finds the pictures of a feed's entry, the best first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from syndicate.model import Image
from syndicate.sources.parsing import html_text
from syndicate.sources.parsing.fields import ParseContext, address, first, inner
from syndicate.sources.parsing.next_page import same_site

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Found: TypeAlias = "dict[str, list[Element]]"
Enclosure: TypeAlias = tuple[str, str]
"""Address and MIME type ("" if not given) of an enclosed file."""

_IMAGE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:$|[?#])", re.IGNORECASE)
_FILE_NAME = re.compile(r"\S*(?:\.\w{3,4}|\d{3,}|_\S*)")
# Not pictures of the article: portraits of its author (WordPress.com and GitHub list them first), smileys and
# formulas, and what services hang below a text to be shared by, to count readers or to advertise.
_ORNAMENT = re.compile(
    r"//(?:[\w-]+\.)?gravatar\.com/|//avatars\d*\.githubusercontent\.com/"
    r"|//s\.w\.org/images/core/emoji|/twemoji/|/smilies/|/wp-includes/images/|//s0\.wp\.com/latex\.php"
    r"|//feeds\d?\.feedburner\.com/|//[\w.-]+/~(?:ff?|[acr])/[^.]{0,80}$|//feedads\.|[/.]pheedo\.com/"
    r"|//(?:da|pi|rc|res\d*|share|adchoice)\.feedsportal\.com/|//api\.flattr\.com/|/flattr-badge"
    r"|//static\.addtoany\.com/|//a\.fsdn\.com/sd/\w+_icon|//www\.gstatic\.com/images/icons/|//img\.shields\.io/"
    r"|//(?:pixel|stats)\.(?:wp|wordpress)\.com/|//feeds\.wordpress\.com/|/tracking/|/display-ad/|[/.]doubleclick\.net/"
    r"|[/.](?:assoc-amazon|amazon-adsystem)\.com/|//s0\.wp\.com/i/blank|/wordbooker_blank\.|[/_-]icons?[/_-][^?#]{0,60}\.svg"
)
_ORNAMENTS = {"avatar", "emoji", "wp-smiley"}
"""Classes of an `<img>` that is an ornament, whatever its address."""
_LAZY = ("data-src", "data-lazy-src", "data-original")  # where `src` holds the place of what is loaded when seen
MOST = 20  # pictures of one article
SMALLEST = 200  # pixels of width; less is an icon or a counter


def images(
    reader: ParseContext, found: Found, enclosures: Iterable[Enclosure], bodies: Iterable[Element], page: str
) -> tuple[Image, ...]:
    """Media RSS contents (widest first), image enclosures and thumbnails; without any, the first `<img>` in a body.

    `page` is the article's address.
    """
    unique: dict[str, Image] = {}
    for image in _attached(reader, found, enclosures):
        if image.url and not is_ornament(image.url):
            unique.setdefault(image.url, image)
    if unique:
        return tuple(unique.values())[:MOST]
    pictured = next(filter(None, (_pictured(body, reader, page) for body in bodies)), None)
    return (pictured,) if pictured else ()


def _attached(reader: ParseContext, found: Found, enclosures: Iterable[Enclosure]) -> list[Image]:
    """All pictures attached to the entry, the best first."""
    has_media = "media:content" in found or "media:group" in found or any(map(len, found.get("link", ())))
    ranked = sorted(_contents(reader, found), key=lambda image: -(image.width or 0)) if has_media else []
    for url, mime in enclosures:
        if mime.startswith("image/") or (not mime and _IMAGE_NAME.search(url)):
            ranked.append(Image(url, type=mime or None))
    if has_media or "media:thumbnail" in found:
        ranked += _thumbnails(reader, found)
    if "itunes:image" in found:
        ranked += [Image(address(one.get("href"), reader.base)) for one in found["itunes:image"]]
    if "image" in found:
        ranked += [Image(address(_own(reader, one), reader.base)) for one in found["image"]]
    return ranked


def _own(reader: ParseContext, image: Element) -> str:
    """An item's own `<image>`, which is in no standard: an address, or an element `<url>`."""
    return first(reader.children(image), "url") or (image.text or "").strip() or image.get("url", "")


def _pictured(body: Element, reader: ParseContext, page: str) -> Image | None:
    """The picture in a text, its address relative to the article's page unless there is an xml:base."""
    text = inner(body)
    if not _has_picture(text):
        return None
    inside = reader.inside(body)
    return in_text(text, inside.base if inside.based else around(page, inside.base))


def around(page: str, base: str) -> str:
    """The base of relative addresses in the text of the article at `page`: that page, if it is on this site."""
    return page if page and same_site(page, base) else base


def is_ornament(url: str) -> bool:
    """Whether a picture is not the article's (a portrait, an icon, a counter), by its address."""
    return _ORNAMENT.search(url) is not None


def _has_picture(text: str) -> bool:
    return "<img" in text or "<IMG" in text


def in_text(body: str, base: str) -> Image | None:
    """The first `<img>` that is not too small by its attributes."""
    if not _has_picture(body):
        return None
    for tag in html_text.pictures(body):
        source = next((tag[name] for name in _LAZY if tag.get(name)), "") or tag.get("src")
        url = "" if source in ("undefined", "null") else address(source, base)  # scripts that had none
        width, height = _number(tag.get("width")), _number(tag.get("height"))
        large = (width is None or width >= SMALLEST) and height not in (0, 1)
        if url and large and not is_ornament(url) and _ORNAMENTS.isdisjoint(tag.get("class", "").split()):
            return Image(url, alt=html_text.declared_plain(tag.get("alt", "")), width=width, height=height)
    return None


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
    is_image = medium == "image" or mime.startswith("image/") or (not (medium or mime) and _IMAGE_NAME.search(url))
    if not url or not is_image or mime.startswith("video/"):  # Mastodon's feeds call a film without sound an image
        return None
    levels = (reader.children(element) if len(element) else {}, around, further)
    return Image(
        url,
        alt=_alt(levels[0]) or (_said(around, "media:description") if further else ""),
        credit=next(
            (said for level in levels if "media:credit" in level and (said := _said(level, "media:credit"))), ""
        ),
        width=_number(element.get("width")),
        height=_number(element.get("height")),
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
    for parent in (*groups, *found.get("media:content", ()), *contents):
        if any(names[child.tag] == "media:thumbnail" for child in parent):
            inside = reader.children(parent)
            listed += [(element, inside) for element in inside["media:thumbnail"]]
    return [
        Image(
            address(element.get("url"), reader.base),
            credit=_said(around, "media:credit"),
            width=_number(element.get("width")),
            height=_number(element.get("height")),
        )
        for element, around in listed
    ]


def _said(found: Found, *names: str) -> str:
    said = first(found, *names)
    return html_text.text(said) if said else ""


def _number(text: str | None) -> int | None:
    text = (text or "").strip().removesuffix("px")
    return int(text) if text.isdecimal() and len(text) < 7 else None
