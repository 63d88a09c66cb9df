"""Reads a picture's type and size from its bytes; what the sender declares does not count."""

from __future__ import annotations

import struct
from typing import NamedTuple


class Picture(NamedTuple):
    """A picture's type and its size in pixels."""

    mime: str
    width: int
    height: int


def look(data: bytes) -> Picture | None:
    """Type and size of a PNG, JPEG, GIF or WebP; None for anything else, or if the header is incomplete."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
            return Picture("image/png", *struct.unpack_from(">II", data, 16))
        if data.startswith((b"GIF87a", b"GIF89a")):
            return Picture("image/gif", *struct.unpack_from("<HH", data, 6))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return Picture("image/webp", *_webp(data))
        if data.startswith(b"\xff\xd8\xff"):
            return Picture("image/jpeg", *_jpeg(data))
    except (struct.error, IndexError):
        pass
    return None


def _jpeg(data: bytes) -> tuple[int, int]:
    """Size of a JPEG: skip segments up to the frame header (SOF0 to SOF15, without DHT, JPG and DAC)."""
    at = 2
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:
            at += 1
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        alone = marker == 0x01 or 0xD0 <= marker <= 0xD8
        at += 2 if alone else 2 + struct.unpack_from(">H", data, at + 2)[0]


def _webp(data: bytes) -> tuple[int, int]:
    """Size of a WebP of any of the three kinds: lossy, lossless, extended."""
    kind = data[12:16]
    if kind == b"VP8X":
        wide, high = struct.unpack_from("3s3s", data, 24)
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF
