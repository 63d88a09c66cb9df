"""Tells whether a picture's file holds one picture and nothing else: no bytes behind it, no segment of another kind.

Such a file may be passed on unchanged. A file that is two things at once (a picture with an archive or another
picture behind it), or that has a thumbnail of what was cropped away, has to be encoded anew. Pure.
"""

from __future__ import annotations

import re
import struct

_JPEG_SEGMENTS = frozenset(
    {*range(0xC0, 0xD0), 0xDB, 0xDD, 0xDA, 0xE0, 0xEE} - {0xC8, 0xCC}  # frames, tables, scans, JFIF and Adobe
)
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The next marker in a scan's data: FF 00 is a byte FF, FF D0 to FF D7 begin the next interval (ITU T.81, B.1.1)."""
_JFIF_BYTES = 16
"""A JFIF segment without a thumbnail (ITU T.871, 10.1), its length included."""
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"bKGD", b"sBIT", b"hIST"}
)
_WEBP_HEAD = struct.Struct("<4sI4s")
_WEBP_CHUNKS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH"})


def only_picture(data: bytes, kind: str) -> bool:
    """Whether the file of this kind (as Pillow names it) has nothing but one picture, up to its last byte."""
    look = {"JPEG": _jpeg, "PNG": _png, "GIF": _gif, "WEBP": _webp}.get(kind)
    try:
        return look is not None and look(data)
    except (IndexError, struct.error):  # it ends in the middle
        return False


def _jpeg(data: bytes) -> bool:
    """Go from marker to marker to the first end of image, past thumbnails in segments, which have ends of their own."""
    if data[:2] != b"\xff\xd8":
        return False
    at = 2
    while True:
        if data[at] != 0xFF:
            return False
        while data[at] == 0xFF:  # fill bytes
            at += 1
        marker, at = data[at], at + 1
        if marker == 0xD9:
            return at == len(data)
        length = int.from_bytes(data[at : at + 2])
        if marker not in _JPEG_SEGMENTS or (marker == 0xE0 and not _is_plain_jfif(data[at : at + length])):
            return False
        at += length
        if marker == 0xDA:
            found = _AFTER_SCAN.search(data, at)
            if found is None:
                return False
            at = found.start()


def _is_plain_jfif(segment: bytes) -> bool:
    return len(segment) == _JFIF_BYTES and segment[2:7] == b"JFIF\0"


def _png(data: bytes) -> bool:
    at = len(_PNG_HEAD)
    if data[:at] != _PNG_HEAD:
        return False
    while True:
        length, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        at += 12 + length
        if name not in _PNG_CHUNKS:
            return False
        if name == b"IEND":
            return at == len(data)


def _gif(data: bytes) -> bool:
    """One image and what controls how it is shown; a comment or an application's data is something else."""
    if data[:4] != b"GIF8":
        return False
    at = 13 + _table(data[10])
    while data[at] != 0x3B:
        if data[at : at + 2] == b"\x21\xf9":
            at += 2
        elif data[at] == 0x2C:
            at += 10 + _table(data[at + 9]) + 1
        else:
            return False
        while data[at]:  # blocks, each with its length before it, up to an empty one
            at += 1 + data[at]
        at += 1
    return at + 1 == len(data)


def _table(flags: int) -> int:
    """Bytes of a colour table."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _webp(data: bytes) -> bool:
    head, length, kind = _WEBP_HEAD.unpack_from(data)
    if (head, kind) != (b"RIFF", b"WEBP") or length + 8 != len(data):
        return False
    at = 12
    while at < len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        if name not in _WEBP_CHUNKS:
            return False
        at += 8 + length + length % 2
    return at == len(data)
