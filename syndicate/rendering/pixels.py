"""Makes a photo's bytes ready for a network: checked, without metadata, upright, within its limits.

Pillow is loaded with the first picture. Nothing that a camera wrote about place or person is passed on.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from syndicate.errors import RenderError
from syndicate.model import Limits, Media

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_PIXELS = 60_000_000
MAX_EDGE = 4096
"""Pixels along the longer side of a picture we encode: no network shows more."""

QUALITIES = (88, 82, 76, 70, 60, 50)
_SHRINK = 0.85
_SMALLEST_EDGE = 16
_LEAST = 16
"""Pixels of width and height; less is a counter or a spacer."""

_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")
_IF_BUILT_IN = ("AVIF", "HEIF")
"""Read where the installed Pillow can: AVIF since its version 11.3, HEIC with the plug-in pillow-heif."""
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
"""The transposition that turns a picture upright, by its EXIF orientation."""

_HARMLESS = {
    *("jfif", "jfif_version", "jfif_unit", "jfif_density", "adobe", "adobe_transform"),
    *("progressive", "progression", "dpi", "gamma", "srgb", "chromaticity", "transparency", "interlace", "aspect"),
    *("version", "background", "extension", "loop", "duration", "timestamp"),
}
"""The keys of `Image.info` that a file passed on unchanged may have: none about a place, a person or colours."""

_HARMLESS_SEGMENTS = ("APP0", "APP14")

_decoding = threading.Lock()
"""One picture is decoded at a time: sixty megapixels take 180 MB."""


def encode(data: bytes, limits: Limits, alt: str, *, max_bytes: int, edge: int | None = None) -> Media:
    """A picture within the limits: the same bytes if they are clean and small enough, else a JPEG made from them.

    Upright, in sRGB, one frame, without metadata. The same input gives the same bytes. `edge` (pixels) limits only
    pictures that have to be encoded anew. Raises RenderError.
    """
    with opened(data) as picture:
        width, height = picture.size
        mime = _TYPES.get(picture.format or "", "")
        small = len(data) <= max_bytes and width * height <= (limits.image_pixels or MAX_PIXELS)
        if small and mime in limits.image_types and _is_clean(picture, data):
            return Media(data, mime, width, height, alt)
    with opened(data) as picture:
        return jpeg(_prepared(picture, limits, min(edge or MAX_EDGE, MAX_EDGE)), max_bytes, alt)


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """Open the picture without decoding it. Raises RenderError for anything that Pillow finds wrong with it."""
    from PIL import Image as Pillow

    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Pillow.DecompressionBombWarning)
        try:
            with Pillow.open(io.BytesIO(data), formats=_readable()) as picture:
                _refuse_size(picture)
                yield picture
        except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as fault:
            raise RenderError(f"more than the {MAX_PIXELS} pixels we open") from fault
        except RenderError:
            raise
        except Exception as fault:  # decoders fail in many ways on hostile bytes
            raise RenderError(f"not a picture we can read ({type(fault).__name__})") from fault


def check(data: bytes) -> None:
    """Raise RenderError unless this is a picture of a size that can be shown; it is not decoded."""
    with opened(data):
        pass


def _readable() -> tuple[str, ...]:
    """The formats that are read; others that Pillow knows have decoders nobody needs."""
    from PIL import Image as Pillow

    Pillow.init()
    return (*_FORMATS, *(name for name in _IF_BUILT_IN if name in Pillow.OPEN))


def _refuse_size(picture: Picture) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise RenderError(f"{width} x {height} pixels are more than the {MAX_PIXELS} we open")
    if min(width, height) < _LEAST:
        raise RenderError(f"{width} x {height} pixels are too few for a photo")


def _is_clean(picture: Picture, data: bytes) -> bool:
    """Whether the file is complete and undamaged, and has one upright sRGB picture and no metadata.

    A JPEG is decoded at an eighth of its size, which reads all of it at little cost.
    """
    if getattr(picture, "is_animated", False) or picture.mode == "CMYK":
        return False
    if picture.format == "JPEG":
        if not data.endswith(b"\xff\xd9"):
            return False
        picture.draft(picture.mode, (max(1, picture.width // 8), max(1, picture.height // 8)))
    picture.load()
    segments = {name for name, _ in getattr(picture, "applist", ())}
    return _HARMLESS.issuperset(map(str, picture.info)) and segments.issubset(_HARMLESS_SEGMENTS)


def master(data: bytes, cover: tuple[int, int]) -> Picture:
    """The picture upright and in sRGB, no larger than it needs to be to cover `cover` pixels when cropped.

    A JPEG is decoded at a fraction of its size where that is enough. Raises RenderError.
    """
    with opened(data) as picture:
        width, height = picture.size
        scale = min(1.0, max(cover[0] / width, cover[1] / height))
        picture.draft(picture.mode, cover)
        return _flat(picture, (max(1, round(width * scale)), max(1, round(height * scale))))


def _prepared(picture: Picture, limits: Limits, edge: int) -> Picture:
    """The picture upright, in sRGB on white, at most `edge` pixels wide or high and within the pixel limit."""
    width, height = picture.size
    scale = min(1.0, edge / max(width, height), ((limits.image_pixels or MAX_PIXELS) / (width * height)) ** 0.5)
    size = max(1, int(width * scale)), max(1, int(height * scale))
    if scale < 1:
        picture.draft(picture.mode, size)
    return _flat(picture, size)


def _flat(picture: Picture, size: tuple[int, int]) -> Picture:
    """One upright frame of this size (before it is turned), in sRGB, without metadata."""
    from PIL import Image as Pillow

    orientation = picture.getexif().get(_ORIENTATION)
    flat = _in_srgb(_on_white(picture), picture.info.get("icc_profile"))
    if flat.size != size:
        flat = flat.resize(size, Pillow.Resampling.LANCZOS)
    if orientation in _UPRIGHT:
        flat = flat.transpose(Pillow.Transpose[_UPRIGHT[orientation]])
    flat.info = {}
    return flat


def _on_white(picture: Picture) -> Picture:
    """The picture without transparency, eight bits a channel, in a mode that colour profiles apply to."""
    from PIL import Image as Pillow

    if picture.mode.startswith("I"):
        return picture.point(lambda value: value / 256).convert("L")
    if not picture.has_transparency_data:
        return picture if picture.mode in ("RGB", "CMYK", "L") else picture.convert("RGB")
    layer = picture.convert("RGBA")
    white = Pillow.new("RGBA", layer.size, "white")
    white.alpha_composite(layer)
    return white.convert("RGB")


def _in_srgb(picture: Picture, profile: bytes | None) -> Picture:
    """The picture in sRGB; a profile that is broken or does not fit is ignored."""
    from PIL import ImageCms

    if profile:
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            turned = None
        if turned is not None:
            return turned
    return picture.convert("RGB")


def jpeg(picture: Picture, max_bytes: int, alt: str = "", *, optimize: bool = True) -> Media:
    """The best JPEG within `max_bytes`: first lower quality, then fewer pixels. Raises RenderError.

    Without `optimize` it takes half the time and is a few per cent larger.
    """
    from PIL import Image as Pillow

    for quality in QUALITIES:
        if len(data := _saved(picture, quality, optimize=optimize)) <= max_bytes:
            return Media(data, "image/jpeg", *picture.size, alt)
    while min(picture.size) > _SMALLEST_EDGE:
        width, height = (int(side * _SHRINK) for side in picture.size)
        picture = picture.resize((width, height), Pillow.Resampling.LANCZOS)
        if len(data := _saved(picture, QUALITIES[-1])) <= max_bytes:
            return Media(data, "image/jpeg", *picture.size, alt)
    raise RenderError(f"cannot be made as small as {max_bytes} bytes")


def png(picture: Picture, max_bytes: int, alt: str = "") -> Media:
    """A PNG, or the best JPEG if the PNG is too large. Raises RenderError."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=False, compress_level=6)
    data = buffer.getvalue()
    return Media(data, "image/png", *picture.size, alt) if len(data) <= max_bytes else jpeg(picture, max_bytes, alt)


def _saved(picture: Picture, quality: int, *, optimize: bool = True) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality, optimize=optimize)
    return buffer.getvalue()
