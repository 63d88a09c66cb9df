"""Posts to send: rendered by hand, so that a test sees what it sends."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from typing import Any

from syndicate.model import LinkCard, Media, Post, Span
from syndicate.ports import Platform
from syndicate.testing.doors import now

LINK = "https://gazette.example/news/bridge?utm_medium=social&utm_source=test"


def picture(width: int = 8, height: int = 6, alt: str = "A bridge in fog") -> Media:
    """A small PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x20\x60\xa0" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return Media(b"\x89PNG\r\n\x1a\n" + data, "image/png", width, height, alt)


def post(text: str = "A bridge opens", **changes: Any) -> Post:
    """A rendered post without link or pictures, and what a test wants otherwise."""
    moment = now().replace(microsecond=0)
    plain = Post(text, None, (), (), None, "en", at=moment, planned_at=moment, article={"url": LINK})
    return replace(plain, **changes)


def linked(platform: Platform, text: str = "A bridge opens", link: str = LINK) -> Post:
    """A post with its link where this network draws the box from."""
    if platform.limits.card == "client":
        return post(text, link=link, card=LinkCard(link, "A bridge", "It opens today", picture()))
    if platform.limits.card == "field":
        return post(text, link=link)
    whole = f"{text} {link}"
    return post(whole, link=link, spans=(Span(len(text) + 1, len(whole), "link", link),))


def illustrated(alt: str = "A bridge in fog", text: str = "A bridge opens", link: str = LINK) -> Post:
    """A post with a picture and its link in the text."""
    whole = f"{text} {link}"
    span = Span(len(text) + 1, len(whole), "link", link)
    return post(whole, link=link, spans=(span,), media=(picture(alt=alt),))
