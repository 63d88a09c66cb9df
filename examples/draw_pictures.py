"""Draws the sample site's pictures: `python examples/draw_pictures.py` writes examples/site/photos/*.jpg.

The pictures are committed; this is how they were made. The same Pillow gives the same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from drawing.canvas import Canvas
from drawing.coast import dunes, harbour, lighthouse
from drawing.indoors import books, town
from drawing.inland import mountains, night, viaduct
from PIL import Image

PHOTOS = Path(__file__).parent / "site" / "photos"
MOST_BYTES = 120_000

PICTURES: dict[str, Callable[[], Canvas]] = {
    painter.__name__: painter for painter in (harbour, lighthouse, viaduct, dunes, town, night, books, mountains)
}


def encoded(picture: Image.Image) -> bytes:
    """A JPEG of at most MOST_BYTES, as good as that allows."""
    for quality in range(90, 40, -4):
        buffer = BytesIO()
        picture.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        if buffer.tell() <= MOST_BYTES:
            break
    return buffer.getvalue()


def main(names: list[str]) -> int:
    """Draw the pictures that were named, or all of them."""
    unknown = [name for name in names if name not in PICTURES]
    if unknown:
        print(f"no picture is called {', '.join(unknown)}; there is: {', '.join(PICTURES)}", file=sys.stderr)
        return 2
    PHOTOS.mkdir(parents=True, exist_ok=True)
    for name in names or PICTURES:
        data = encoded(PICTURES[name]().finished())
        (PHOTOS / f"{name}.jpg").write_bytes(data)
        print(f"{name}.jpg  {len(data):>7,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
