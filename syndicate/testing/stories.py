"""Makes posts for tests, rendered by hand, so that a test knows what it sends."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from typing import Any

from syndicate.model import LinkCard, Media, Post, Span
from syndicate.ports import Platform
from syndicate.testing.doors import now

LINK = "https://gazette.example/news/bridge?utm_medium=social&utm_source=test"
COM_LINK = LINK.replace("gazette.example", "www.gazette.com")
"""An address that networks recognise and may rewrite; one on .example some leave unchanged."""


def picture(width: int = 8, height: int = 6, alt: str = "A bridge in fog", size: int = 0) -> Media:
    """A small PNG of one colour; `size` bytes of it, if given, most of them a comment."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x20\x60\xa0" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows))
    end = chunk(b"IEND", b"")
    if size:
        data += chunk(b"tEXt", b"Comment\0".ljust(size - len(data + end + chunk(b"tEXt", b"")), b"x"))
    return Media(data + end, "image/png", width, height, alt)


def post(text: str = "A bridge opens", **changes: Any) -> Post:
    """A rendered post without link or pictures, with the fields that a test changes."""
    moment = now().replace(microsecond=0)
    plain = Post(text, None, (), (), None, "en", at=moment, planned_at=moment, article={"url": LINK})
    return replace(plain, **changes)


def linked(platform: Platform, text: str = "A bridge opens", link: str = LINK) -> Post:
    """A post with its link where this network takes the link card from."""
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
