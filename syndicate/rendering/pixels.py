"""Makes a photo's bytes ready for a network: checked, without metadata, upright, within its limits.

Runs in the card worker, which has limits on memory and time; everybody else asks it through `cards.studio`.
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
from syndicate.rendering.picture_files import only_picture

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_PIXELS = 25_000_000
"""The most pixels that are decoded: 100 MB, and several times that while they are turned into something else."""

MAX_JPEG_PIXELS = 60_000_000
"""The same for a JPEG, which can be decoded at a half, a quarter or an eighth of its size."""

MAX_EDGE = 4096
"""Pixels along the longer side of a picture we encode: no network shows more."""

QUALITIES = (88, 82, 76, 70, 60, 50)
_SHRINK = 0.85
_SMALLEST_EDGE = 16
_HOPELESS = 4
"""How many times too large a file may be for a lower quality, or a few pixels less, to be worth trying."""

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

_JPEGS = ("JPEG", "MPO")  # the second: several JPEGs in one file, of which the first is read

_decoding = threading.Lock()
"""One picture is decoded at a time."""


def encode(data: bytes, limits: Limits, alt: str, *, max_bytes: int, edge: int | None = None) -> Media:
    """A picture within the limits: the same bytes if they are clean and small enough, else a JPEG made from them.

    Upright, in sRGB, one frame, without metadata, cut to a shape that the network takes. The same input gives the same
    bytes. `edge` (pixels) limits only pictures that have to be encoded anew. Raises RenderError.
    """
    with opened(data) as picture:
        width, height = picture.size
        mime = _TYPES.get(picture.format or "", "")
        small = len(data) <= max_bytes and width * height <= (limits.image_pixels or MAX_PIXELS)
        small = small and (limits.shapes is None or limits.shapes[0] <= width / height <= limits.shapes[1])
        if small and mime in limits.image_types and _is_clean(picture, data):
            return Media(data, mime, width, height, alt)
    with opened(data) as picture:
        return jpeg(_cut(_prepared(picture, limits, min(edge or MAX_EDGE, MAX_EDGE)), limits), max_bytes, alt)


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
        except (RenderError, MemoryError):
            raise
        except Exception as fault:  # decoders fail in many ways on hostile bytes
            raise RenderError(f"not a picture we can read ({type(fault).__name__})") from fault


def check(data: bytes) -> None:
    """Raise RenderError unless this is a picture of a size that can be shown; it is not decoded."""
    with opened(data):
        pass


def ready() -> None:
    """Load what opening a picture needs."""
    _readable()


def _readable() -> tuple[str, ...]:
    """The formats that are read; others that Pillow knows have decoders nobody needs."""
    from PIL import Image as Pillow

    Pillow.init()
    return (*_FORMATS, *(name for name in _IF_BUILT_IN if name in Pillow.OPEN))


def _refuse_size(picture: Picture) -> None:
    width, height = picture.size
    most = MAX_JPEG_PIXELS if picture.format in _JPEGS else MAX_PIXELS
    if width * height > most:
        raise RenderError(f"{width} x {height} pixels are more than the {most} we open")
    if min(width, height) < _LEAST:
        raise RenderError(f"{width} x {height} pixels are too few for a photo")


def _is_clean(picture: Picture, data: bytes) -> bool:
    """Whether the file is complete and undamaged, and has one upright sRGB picture, and nothing else.

    A JPEG is decoded at an eighth of its size, which reads all of it at little cost.
    """
    if getattr(picture, "is_animated", False) or picture.mode == "CMYK":
        return False
    if not only_picture(data, picture.format or "") or not _HARMLESS.issuperset(map(str, picture.info)):
        return False
    _drafted(picture, (max(1, picture.width // 8), max(1, picture.height // 8)))
    picture.load()
    return _HARMLESS.issuperset(map(str, picture.info))  # some formats have their metadata behind the pixels


def _drafted(picture: Picture, size: tuple[int, int]) -> None:
    """Let a JPEG be decoded at the smallest fraction of its size that is not below `size`, or that may be decoded."""
    if picture.format not in _JPEGS:
        return
    width, height = picture.size
    share = next(share for share in (1, 2, 4, 8) if (width // share) * (height // share) <= MAX_PIXELS)
    picture.draft(picture.mode, (max(1, min(size[0], width // share)), max(1, min(size[1], height // share))))


def master(data: bytes, cover: tuple[int, int]) -> Picture:
    """The picture upright and in sRGB, no larger than it needs to be to cover `cover` pixels when cropped.

    A JPEG is decoded at a fraction of its size where that is enough. Raises RenderError.
    """
    with opened(data) as picture:
        width, height = picture.size
        scale = min(1.0, max(cover[0] / width, cover[1] / height))
        _drafted(picture, cover)
        return _flat(picture, (max(1, round(width * scale)), max(1, round(height * scale))))


def _prepared(picture: Picture, limits: Limits, edge: int) -> Picture:
    """The picture upright, in sRGB on white, at most `edge` pixels wide or high and within the pixel limit."""
    width, height = picture.size
    scale = min(1.0, edge / max(width, height), ((limits.image_pixels or MAX_PIXELS) / (width * height)) ** 0.5)
    size = max(1, int(width * scale)), max(1, int(height * scale))
    if scale < 1:
        _drafted(picture, size)
    return _flat(picture, size)


def _cut(picture: Picture, limits: Limits) -> Picture:
    """The middle of the picture, where it is taller or wider than the network takes."""
    width, height = picture.size
    least, most = limits.shapes or (width / height, width / height)
    fitting = min(width, int(height * most)), min(height, int(width / least))
    if limits.shapes is None or fitting == (width, height):
        return picture
    left, top = (width - fitting[0]) // 2, (height - fitting[1]) // 2
    return picture.crop((left, top, left + fitting[0], top + fitting[1]))


def _flat(picture: Picture, size: tuple[int, int]) -> Picture:
    """One upright frame of at most this size (before it is turned), in sRGB, without metadata.

    It is made smaller before its colours are converted, so that few copies of all its pixels exist at once.
    """
    from PIL import Image as Pillow

    orientation, profile = picture.getexif().get(_ORIENTATION), picture.info.get("icc_profile")
    flat = _on_white(picture)
    size = min(size[0], flat.width), min(size[1], flat.height)  # it may have been decoded smaller
    if flat.size != size:
        flat = flat.resize(size, Pillow.Resampling.LANCZOS)
    flat = _in_srgb(flat, profile)
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
    layer = picture if picture.mode == "RGBA" else picture.convert("RGBA")
    white = Pillow.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer)
    return white


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
    data = b""
    for quality in QUALITIES:
        if len(data := _saved(picture, quality, optimize=optimize)) <= max_bytes:
            return Media(data, "image/jpeg", *picture.size, alt)
        if len(data) > _HOPELESS * max_bytes:
            break
    return _smaller(picture, len(data), max_bytes, alt)


def _smaller(picture: Picture, taken: int, max_bytes: int, alt: str) -> Media:
    """The largest JPEG of fewer pixels within `max_bytes`. `taken` bytes were too many for all pixels."""
    from PIL import Image as Pillow

    width, height = picture.size
    while min(width, height) > _SMALLEST_EDGE:
        width, height = (int(side * _SHRINK) for side in (width, height))
        share = width * height / (picture.width * picture.height)
        if taken * share > _HOPELESS * max_bytes:
            continue  # not worth the time that it takes to see
        small = picture.resize((width, height), Pillow.Resampling.LANCZOS)
        if len(data := _saved(small, QUALITIES[-1])) <= max_bytes:
            return Media(data, "image/jpeg", *small.size, alt)
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
