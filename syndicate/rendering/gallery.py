"""Which pictures of an article are pictures of their own: one of each in several sizes, and no icons. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from syndicate.model import Image
from syndicate.model.pattern import pattern

SMALLEST = 200
"""Pixels of width or height that is stated; what is smaller is an icon or a counter."""

_SIZE_IN_NAME = pattern(r"(?:-(\d{2,4})x(\d{2,4})|-scaled|-rotated|@[1-4]x)(?=\.\w{3,4}$)")
"""WordPress and others: photo-300x200.jpg, photo-scaled.jpg."""
_SIZE_IN_PATH = pattern(
    r"/size/w\d{2,4}(?:h\d{2,4})?(?=/)"  # Ghost
    r"|/(?:[swh]\d{2,4}(?:-[\w-]{1,20})?)(?=/[^/]+$)|=[swh]\d{2,4}(?:-[\w-]{1,20})?$"  # Google's servers
    r"|/(?:[a-z]{1,3}_[\w.:-]{1,40},?){1,12}(?=/)"  # Cloudinary
    r"|/(?:\d{2,4}x\d{2,4}|max/\d{2,4}|resize:[\w:-]{1,40})(?=/)"  # Wikimedia, Medium and others
)
_PHOTON = pattern(r"i[0-3]\.wp\.com")
_SIZES = frozenset(
    (
        *("w", "h", "width", "height", "size", "s", "resize", "fit", "crop", "quality", "q", "auto", "dpr", "fm"),
        *("format", "strip", "ssl", "imwidth", "imwidth", "maxwidth", "max-w", "zoom", "scale", "sig", "signature"),
        *("ixlib", "ixid", "rect", "v", "usm", "cs", "blur", "optimize", "enable", "disable", "upscale"),
    )
)
"""Names in a query that ask for another size or form of the same picture."""


def apart(images: Sequence[Image]) -> tuple[Image, ...]:
    """The pictures in their order, each once: the largest of its sizes, with what any of them says of it."""
    found: dict[str, Image] = {}
    for image in images:
        if min(image.width or SMALLEST, image.height or SMALLEST) < SMALLEST:
            continue
        key = _key(image.url)
        found[key] = _larger(found[key], image) if key in found else image
    return tuple(found.values())


def _larger(one: Image, other: Image) -> Image:
    """The larger of two sizes of a picture; words that it lacks are those of the other one."""
    first, second = (one, other) if _width(one) >= _width(other) else (other, one)
    return replace(
        first,
        alt=first.alt or second.alt,
        caption=first.caption or second.caption,
        credit=first.credit or second.credit,
        focus=first.focus or second.focus,
    )


def _width(image: Image) -> int:
    """How wide a picture is, as far as that is known; one whose address has no size is the original."""
    if image.width is not None:
        return image.width
    sized = _SIZE_IN_NAME.search(urlsplit(image.url).path)
    return int(sized[1]) if sized and sized[1] else 1_000_000 if sized is None else 999_999


def _key(url: str) -> str:
    """What the addresses of all sizes of a picture have in common."""
    parts = urlsplit(url)
    host, path = (parts.hostname or "").removeprefix("www."), unquote(parts.path)
    if _PHOTON.fullmatch(host):
        host, _, path = path.lstrip("/").partition("/")
        host, path = host.removeprefix("www."), f"/{path}"
    path = _SIZE_IN_PATH.sub("", _SIZE_IN_NAME.sub("", path))
    said = [pair for pair in parts.query.split("&") if pair and pair.partition("=")[0].casefold() not in _SIZES]
    return f"{host}{re.sub('/{2,}', '/', path)}?{'&'.join(sorted(said))}"
