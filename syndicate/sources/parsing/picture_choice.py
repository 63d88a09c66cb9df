"""Chooses an article's picture: the largest sensible one of those that its source names and its text shows. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from urllib.parse import unquote, urlsplit

from syndicate.model import Image
from syndicate.model.pattern import pattern
from syndicate.sources.parsing import html_text
from syndicate.sources.parsing.fields import address

MOST = 20  # pictures of one article
SMALLEST = 200  # pixels of width; less is an icon or a counter
LARGE = 600
"""Pixels of width from which on a picture is never passed over for a larger one: networks draw large link cards from
there on (https://developers.facebook.com/docs/sharing/webmasters/images)."""
_LARGEST = 2400  # pixels; of a `srcset` no larger one is taken, since no network shows more
_ASSUMED = 400  # pixels of width of a picture in a text that does not state its own
_THUMBNAIL = 320  # and of a thumbnail
_FROM_TEXT = MOST  # pictures of one text

_IMAGE_NAME = pattern(r"\.(?:jpe?g|png|gif|webp|avif)(?:$|[?#])", re.IGNORECASE)
_DRAWN = pattern(r"\.(?:svgz?|ico)$", re.IGNORECASE)  # which no network takes
_MISSING = frozenset({"undefined", "null", "nan", "[object object]"})
_OTHER_FILES = ("audio", "video", "text", "font", "model")
# Not pictures of the article: portraits of its author (WordPress.com and GitHub list them first), smileys and
# formulas, and what services hang below a text to be shared by, to count readers or to advertise.
_ORNAMENT = pattern(
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
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_HIDES = pattern(r"display\s*:\s*none|visibility\s*:\s*hidden|(?:^|[\s;])opacity\s*:\s*0(?:\.0+)?\s*(?:$|[;!])")
_HIDDEN_PART = pattern(
    r"<(div|span|p|figure|section|a)(?=\s)(?=[^<>]{0,500}?(?:display\s*:\s*none|visibility\s*:\s*hidden"
    r"|\shidden(?=[\s=>])))[^<>]{0,2000}>",
    re.IGNORECASE,
)
_SIDE = pattern(r"(?:^|[\s;])(?:max-)?(width|height)\s*:\s*(\d{1,5})(?:\.\d+)?px", re.IGNORECASE)
_NEXT = pattern(r"[\s,]*+(\S++)")  # as https://html.spec.whatwg.org/multipage/images.html#parse-a-srcset-attribute
_SIZED = pattern(r"\s*(\d+(?:\.\d+)?)([wx])")
# The size that WordPress (photo-300x200.jpg) and Google's servers (/s72-c/, =w640-h480) write into an address.
_SIZE_IN_NAME = pattern(r"-(\d{2,4})x\d{2,4}\.\w{3,4}$")
_SIZE_IN_PATH = pattern(r"(?:/|=)[sw](\d{2,4})(?:-[\w-]{1,20})?(?:/|$)")


def is_picture(mime: str, url: str) -> bool:
    """Whether an enclosed file is a picture: by its type, or by its name where the type says little."""
    kind = mime.partition("/")[0].strip().lower()
    return kind == "image" or (kind not in _OTHER_FILES and _IMAGE_NAME.search(url) is not None)


def is_ornament(url: str) -> bool:
    """Whether a picture is not the article's (a portrait, an icon, a counter), by its address."""
    return _ORNAMENT.search(url) is not None


def is_missing(text: str) -> bool:
    """Whether a text is what scripts write where they have none: "undefined", "null"."""
    return text.strip().lower() in _MISSING


def is_usable(image: Image) -> bool:
    """Whether a network can show a picture, and it is the article's."""
    if not image.url or is_ornament(image.url) or (image.type or "").startswith("image/svg"):
        return False
    path = image.url.partition("#")[0].partition("?")[0]
    name = path.rpartition("/")[2]
    return not _DRAWN.search(path) and not is_missing(unquote(name) if "%" in name else name)


def ranked(
    named: Iterable[Image],
    thumbnails: Iterable[Image] = (),
    shown: Callable[[], Sequence[Image]] = tuple,
) -> tuple[Image, ...]:
    """The usable pictures, the best first: a large one that the source names, else the largest.

    `shown` gives those of the text, which come first where no large one is named. A picture whose size nobody states is
    large, unless it is a thumbnail.
    """
    found = {image.url: (image, _width(image) or LARGE) for image in named if is_usable(image)}
    for image in thumbnails:
        if is_usable(image):
            found.setdefault(image.url, (image, _width(image) or _THUMBNAIL))
    listed = sorted(found.values(), key=lambda each: -min(each[1], LARGE))
    images = tuple(image for image, _ in listed)
    told = shown()
    if images and listed[0][1] >= LARGE:
        images = (*images, *told)
    elif told and (not images or (_width(told[0]) or _ASSUMED) > listed[0][1]):
        images = (*told, *images)
    else:
        images = (*images, *told)
    each: dict[str, Image] = {}
    for image in images:
        each.setdefault(image.url, image)
    return tuple(each.values())[:MOST]


def in_text(body: str, base: str) -> tuple[Image, ...]:
    """The pictures of a text in its order, without those that are hidden or small; of a `srcset` the largest."""
    if not _has_picture(body):
        return ()
    if "display" in body or "hidden" in body:
        body = _without_hidden(body)
    found: dict[str, Image] = {}
    waiting: dict[str, str] = {}
    for tag in html_text.pictures(body):
        if "media" in tag or ("srcset" in tag and "img" not in tag):
            waiting = waiting or tag  # a <source>, for an <img> that names nothing
            continue
        image = _shown(tag, base) or (_shown(waiting | {"alt": tag.get("alt", "")}, base) if waiting else None)
        waiting = {}
        if image is not None and is_usable(image) and _is_large_enough(image, tag):
            found.setdefault(image.url, image)
        if len(found) == _FROM_TEXT:
            break
    return tuple(found.values())


def _has_picture(text: str) -> bool:
    return "<img" in text or "<IMG" in text


def _shown(tag: dict[str, str], base: str) -> Image | None:
    """The picture of one tag: the largest of its set, else what is loaded when it is seen, else its `src`."""
    if _ORNAMENTS.intersection(tag.get("class", "").split()) or _is_hidden(tag):
        return None
    alt, width, height = html_text.line(tag.get("alt", "")), number(tag.get("width")), number(tag.get("height"))
    plain = next((tag[name] for name in _LAZY if tag.get(name)), "") or tag.get("src", "")
    url = "" if is_missing(plain) else address(plain, base)
    larger, wide = _largest([tag[name] for name in _SETS if tag.get(name)], base)
    if larger and (not url or (wide or 0) > (width or 0)):
        return Image(larger, alt=alt, width=wide, height=None if wide != width else height)
    return Image(url, alt=alt, width=width, height=height) if url else None


def _largest(sets: list[str], base: str) -> tuple[str, int | None]:
    """The largest picture of a `srcset` that is not too large, with its width if that is stated."""
    usable = [
        (there, size, unit)
        for said in sets
        for url, size, unit in _parted(said[:20_000])
        if not is_missing(url) and (there := address(url, base))
    ]
    if not usable:
        return "", None
    sensible = [each for each in usable if each[2] != "w" or each[1] <= _LARGEST]
    best = max(sensible, key=lambda each: each[1]) if sensible else min(usable, key=lambda each: each[1])
    return best[0], int(best[1]) if best[2] == "w" else None


def _parted(said: str) -> Iterator[tuple[str, float, str]]:
    """The addresses in a `srcset`, each with its size and unit; an address may contain commas."""
    position = 0
    while found := _NEXT.match(said, position):
        url, position = found[1], found.end()
        size = None
        if not url.endswith(","):
            size = _SIZED.match(said, position)
            comma = said.find(",", position)
            position = comma if comma >= 0 else len(said)
        yield url.rstrip(","), float(size[1]) if size else 1.0, size[2] if size else "x"


def _is_hidden(tag: dict[str, str]) -> bool:
    return "hidden" in tag or _HIDES.search(tag.get("style", "").lower()) is not None


def _is_large_enough(image: Image, tag: dict[str, str]) -> bool:
    """Whether a picture is not too small to be the article's, by its attributes and style."""
    style = {side.lower(): int(pixels) for side, pixels in _SIDE.findall(tag.get("style", ""))}
    width, height = (number(tag.get("width")), style.get("width")), (number(tag.get("height")), style.get("height"))
    if any(side is not None and side <= 1 for side in (*width, *height)):
        return False
    return (image.width or style.get("width") or SMALLEST) >= SMALLEST


def _without_hidden(body: str) -> str:
    """A text without its parts that are hidden, up to their closing tag."""
    kept: list[str] = []
    position = 0
    while opened := _HIDDEN_PART.search(body, position):
        kept.append(body[position : opened.start()])
        closed = body.find(f"</{opened[1]}", opened.end())
        position = opened.end() if closed < 0 else closed
    return "".join([*kept, body[position:]])


def _width(image: Image) -> int | None:
    """A picture's width as it is stated, or as its address has it."""
    if image.width is not None:
        return image.width
    parts = urlsplit(image.url)
    found = _SIZE_IN_NAME.search(parts.path)
    if found is None and re.search(r"(?:^|\.)(?:bp\.blogspot|googleusercontent|ggpht)\.com$", parts.hostname or ""):
        found = _SIZE_IN_PATH.search(parts.path)
    return int(found[1]) if found else None


def number(text: str | None) -> int | None:
    """A number of pixels, such as "1200" or "1200px"."""
    text = (text or "").strip().removesuffix("px")
    return int(text) if text.isdecimal() and len(text) < 7 else None
