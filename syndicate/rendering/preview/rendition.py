"""Makes small copies of pictures, to keep the preview page small. Loads Pillow."""

from __future__ import annotations

import base64
import io

LARGEST = 40_000
"""Bytes of one copy."""

_WIDTHS = (640, 560, 480, 400, 320, 240, 160, 96)
_QUALITIES = (78, 68, 58)


def rendition(data: bytes) -> tuple[bytes, tuple[int, int]] | None:
    """A JPEG of at most 40 kB, with its size in pixels; None for bytes that are not a picture."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as opened:
            picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
    for width in _WIDTHS:
        small = picture.copy()
        small.thumbnail((width, width * 3), Image.Resampling.LANCZOS)
        for quality in _QUALITIES:
            buffer = io.BytesIO()
            small.save(buffer, "JPEG", quality=quality, optimize=True)
            if buffer.tell() <= LARGEST:
                return buffer.getvalue(), small.size
    return None


def data_uri(data: bytes, mime: str = "image/jpeg") -> str:
    """The bytes as a `data:` address, which needs no request."""
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"
