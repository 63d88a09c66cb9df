"""Makes small copies of pictures, to keep the preview page small. Loads Pillow."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import TypeAlias

from syndicate.errors import RenderError

Small: TypeAlias = "Callable[[bytes], tuple[bytes, tuple[int, int]] | None]"
"""What makes a small copy, as `rendition` does in the card worker."""

LARGEST = 40_000
"""Bytes of one copy."""

_WIDTHS = (640, 560, 480, 400, 320, 240, 160, 96)
_QUALITIES = (78, 68, 58)


def rendition(data: bytes) -> tuple[bytes, tuple[int, int]] | None:
    """A JPEG of at most 40 kB, with its size in pixels; None for bytes that are not a picture.

    Runs in the card worker, as everything that decodes pictures.
    """
    from PIL import Image

    from syndicate.rendering.pixels import master

    try:
        picture = master(data, (_WIDTHS[0], _WIDTHS[0] * 3))
    except RenderError:
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
