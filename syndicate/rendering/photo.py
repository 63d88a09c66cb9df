"""The article's photo as the network takes it: fetched once, checked, cleaned, made to fit.

Pillow is loaded with the first picture. Nothing that a camera wrote about place or person is passed on.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from syndicate.errors import PlatformError, RenderError
from syndicate.model import Image, Limits, Media
from syndicate.ports import Http

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MAX_BYTES = 20_000_000
MAX_PIXELS = 60_000_000
MAX_EDGE = 4096
"""Pixels along the longer side of a picture we encode: no network shows more."""

QUALITIES = (88, 82, 76, 70, 60, 50)
_SHRINK = 0.85
_SMALLEST_EDGE = 16

_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")
_ACCEPT = "image/jpeg,image/png,image/webp,image/gif;q=0.8,image/tiff;q=0.5,image/bmp;q=0.5"
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
"""What turns a picture upright, by its EXIF orientation."""

_HARMLESS = {
    *("jfif", "jfif_version", "jfif_unit", "jfif_density", "adobe", "adobe_transform"),
    *("progressive", "progression", "dpi", "gamma", "srgb", "chromaticity", "transparency", "interlace", "aspect"),
    *("version", "background", "extension", "loop", "duration", "timestamp"),
}
"""What `Image.info` may hold of a file that is passed on as it is: nothing about a place, a person or colours."""

_HARMLESS_SEGMENTS = ("APP0", "APP14")

_decoding = threading.Lock()
"""One picture is decoded at a time: sixty megapixels take 180 MB."""


class Pictures:
    """Photos as they were published: accounts that want the same one share one request.

    Shared by threads. What was fetched is kept up to `kept_bytes`; a failure is told to
    those who wait for it and then forgotten, so that a later delivery asks again.
    """

    def __init__(self, http: Http, *, kept_bytes: int = 8_000_000) -> None:
        self._http = http
        self._kept_bytes = kept_bytes
        self._answers: dict[str, Future[bytes]] = {}
        self._lock = threading.Lock()

    def fetch(
        self, image: Image, limits: Limits, alt: str, *, max_bytes: int | None = None, edge: int | None = None
    ) -> Media:
        """The picture within `max_bytes` (else `limits.image_bytes`), and `edge` pixels along its longer side.

        Raises RenderError: one line that says which picture and why not.
        """
        data = self._original(image.url)
        try:
            return encode(data, limits, alt, max_bytes=max_bytes or limits.image_bytes, edge=edge)
        except RenderError as fault:
            raise RenderError(f"{image.url}: {fault}") from fault

    def _original(self, url: str) -> bytes:
        with self._lock:
            answer = self._answers.get(url)
            first = answer is None
            if answer is None:
                answer = self._answers[url] = Future()
        if first:
            self._ask(url, answer)
        return answer.result()

    def _ask(self, url: str, answer: Future[bytes]) -> None:
        try:
            answer.set_result(download(self._http, url))
        except BaseException as fault:  # noqa: BLE001  (others wait for this answer, whatever it is)
            answer.set_exception(fault)
        with self._lock:
            if answer.exception():
                del self._answers[url]
            self._forget()

    def _forget(self) -> None:
        """Drop the oldest answers while they hold too much; the newest stays."""
        done = [(url, answer) for url, answer in self._answers.items() if answer.done() and not answer.exception()]
        held = sum(len(answer.result()) for _, answer in done)
        for url, answer in done[:-1]:
            if held <= self._kept_bytes:
                return
            held -= len(answer.result())
            del self._answers[url]


def download(http: Http, url: str) -> bytes:
    """The bytes behind a picture's address. Raises RenderError."""
    if not url.lower().startswith(("http://", "https://")):
        raise RenderError(f"{url[:80]}: not an http address")
    try:
        reply = http.call("GET", url, headers={"Accept": _ACCEPT})
    except PlatformError as fault:
        raise RenderError(f"{url}: {fault}") from fault
    if reply.status != 200:
        raise RenderError(f"{url}: HTTP {reply.status}")
    if not reply.body:
        raise RenderError(f"{url}: the answer is empty")
    if len(reply.body) > MAX_BYTES:
        raise RenderError(f"{url}: {len(reply.body)} bytes are more than the {MAX_BYTES} we read")
    return reply.body


def encode(data: bytes, limits: Limits, alt: str, *, max_bytes: int, edge: int | None = None) -> Media:
    """A picture that fits: the very bytes if they are clean and small enough, else a JPEG made from them.

    Upright, in sRGB, one frame, without metadata. The same bytes give the same bytes. `edge` binds only
    what has to be encoded anew. Raises RenderError.
    """
    with _opened(data) as picture:
        width, height = picture.size
        mime = _TYPES.get(picture.format or "", "")
        small = len(data) <= max_bytes and width * height <= (limits.image_pixels or MAX_PIXELS)
        if small and mime in limits.image_types and _is_clean(picture, data):
            return Media(data, mime, width, height, alt)
    with _opened(data) as picture:
        return _jpeg(_prepared(picture, limits, min(edge or MAX_EDGE, MAX_EDGE)), max_bytes, alt)


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    """The picture, nothing decoded yet; whatever Pillow finds wrong with it is one RenderError."""
    from PIL import Image as Pillow

    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Pillow.DecompressionBombWarning)
        try:
            with Pillow.open(io.BytesIO(data), formats=_FORMATS) as picture:
                _refuse_huge(picture)
                yield picture
        except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as fault:
            raise RenderError(f"more than the {MAX_PIXELS} pixels we open") from fault
        except RenderError:
            raise
        except Exception as fault:  # decoders fail in many ways on hostile bytes
            raise RenderError(f"not a picture we can read ({type(fault).__name__})") from fault


def _refuse_huge(picture: Picture) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise RenderError(f"{picture.width} x {picture.height} pixels are more than the {MAX_PIXELS} we open")


def _is_clean(picture: Picture, data: bytes) -> bool:
    """Whether the file is sound to its end and holds nothing but one picture on a screen's terms.

    A JPEG is read at an eighth of its size: that goes through all of it at little cost.
    """
    if getattr(picture, "is_animated", False) or picture.mode == "CMYK":
        return False
    if picture.format == "JPEG":
        if not data.endswith(b"\xff\xd9"):
            return False
        picture.draft(picture.mode, (picture.width // 8, picture.height // 8))
    picture.load()
    segments = {name for name, _ in getattr(picture, "applist", ())}
    return _HARMLESS.issuperset(map(str, picture.info)) and segments.issubset(_HARMLESS_SEGMENTS)


def _prepared(picture: Picture, limits: Limits, edge: int) -> Picture:
    """The picture upright, in sRGB on white, at most `edge` pixels wide or high and within the pixel limit."""
    from PIL import Image as Pillow

    width, height = picture.size
    scale = min(1.0, edge / max(width, height), ((limits.image_pixels or MAX_PIXELS) / (width * height)) ** 0.5)
    size = max(1, int(width * scale)), max(1, int(height * scale))
    if scale < 1:
        picture.draft(picture.mode, size)
    orientation = picture.getexif().get(_ORIENTATION)
    flat = _in_srgb(_on_white(picture), picture.info.get("icc_profile"))
    if flat.size != size:
        flat = flat.resize(size, Pillow.Resampling.LANCZOS)
    if orientation in _UPRIGHT:
        flat = flat.transpose(Pillow.Transpose[_UPRIGHT[orientation]])
    flat.info = {}
    return flat


def _on_white(picture: Picture) -> Picture:
    """Without transparency, eight bits a channel, in a mode a colour profile can speak about."""
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
    """Colours as every screen shows them; a broken or unfitting profile is passed over."""
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


def _jpeg(picture: Picture, max_bytes: int, alt: str) -> Media:
    """The best JPEG within `max_bytes`: first less quality, then fewer pixels."""
    from PIL import Image as Pillow

    for quality in QUALITIES:
        if len(data := _saved(picture, quality)) <= max_bytes:
            return Media(data, "image/jpeg", *picture.size, alt)
    while min(picture.size) > _SMALLEST_EDGE:
        width, height = (int(side * _SHRINK) for side in picture.size)
        picture = picture.resize((width, height), Pillow.Resampling.LANCZOS)
        if len(data := _saved(picture, QUALITIES[-1])) <= max_bytes:
            return Media(data, "image/jpeg", *picture.size, alt)
    raise RenderError(f"cannot be made as small as {max_bytes} bytes")


def _saved(picture: Picture, quality: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()
