"""Reads which characters a font file can draw: its table `cmap` (OpenType 1.9, chapter `cmap`). Pure.

The file may come from anywhere: whatever is read is checked to lie within it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping

_BEST = ((3, 10), (3, 1), (0, 6), (0, 4), (0, 3), (0, 2), (0, 1), (0, 0))
"""Platform and encoding of the tables that map Unicode, the widest first."""
_LAST = 0x10FFFF
_MOST = 1_500_000  # characters that a table may name, some of them more than once
_KINDS = (b"\0\1\0\0", b"OTTO", b"true", b"typ1")


def coverage(data: bytes) -> frozenset[int]:
    """The code points of all characters with a glyph. Raises ValueError: not a font that can be read."""
    try:
        return frozenset(_characters(_table(data)))
    except (struct.error, IndexError, zlib.error) as fault:
        raise ValueError("it is cut off or damaged") from fault


def _table(data: bytes) -> bytes:
    """The table `cmap` of a font, or of the first one of a collection: they differ in the form of characters, not in
    which there are.
    """
    if data[:4] == b"wOF2":
        raise ValueError("it is WOFF2; use its .ttf, .otf or .woff")
    if data[:4] == b"wOFF":
        return _unpacked(data)
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    if data[start : start + 4] not in _KINDS:
        raise ValueError("it begins as no font does")
    for number in range(struct.unpack_from(">H", data, start + 4)[0]):
        tag, _, offset, length = struct.unpack_from(">4sIII", data, start + 12 + 16 * number)
        if tag == b"cmap":
            return data[offset : offset + length]
    raise ValueError("it maps no characters")


def _unpacked(data: bytes) -> bytes:
    """The table `cmap` of a WOFF file, whose tables are compressed one by one (W3C, WOFF 1.0)."""
    for number in range(struct.unpack_from(">H", data, 12)[0]):
        tag, offset, packed, length, _ = struct.unpack_from(">4sIIII", data, 44 + 20 * number)
        if tag == b"cmap":
            found = data[offset : offset + packed]
            return found if packed >= length else zlib.decompressobj().decompress(found, length)
    raise ValueError("it maps no characters")


def _characters(table: bytes) -> Iterator[int]:
    found = {}
    for number in range(struct.unpack_from(">H", table, 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * number)
        found[platform, encoding] = offset
    place = next((found[kind] for kind in _BEST if kind in found), None)
    if place is None:
        return
    kind = struct.unpack_from(">H", table, place)[0]
    if kind not in _READERS:
        raise ValueError(f"its characters are mapped in format {kind}")
    yield from (code for code in _READERS[kind](table[place:]) if code <= _LAST)


def _bytes(table: bytes) -> Iterator[int]:
    yield from (code for code, glyph in enumerate(table[6:262]) if glyph)


def _segments(table: bytes) -> Iterator[int]:
    """Format 4, that of most fonts: segments of characters, each with a difference or with a list of glyphs."""
    count = struct.unpack_from(">H", table, 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", table, 14)
    starts = struct.unpack_from(f">{count}H", table, 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", table, 16 + 4 * count)
    offsets = struct.unpack_from(f">{count}H", table, 16 + 6 * count)
    _require_few(sum(max(0, end - start) for start, end in zip(starts, ends, strict=True)))
    for number in range(count):
        if starts[number] == 0xFFFF:
            continue
        base = 16 + 6 * count + 2 * number + offsets[number]
        for code in range(starts[number], ends[number] + 1):
            if offsets[number]:
                glyph = struct.unpack_from(">H", table, base + 2 * (code - starts[number]))[0]
                if glyph and (glyph + deltas[number]) & 0xFFFF:
                    yield code
            elif (code + deltas[number]) & 0xFFFF:
                yield code


def _trimmed(table: bytes) -> Iterator[int]:
    """Format 6: one run of characters."""
    first, count = struct.unpack_from(">HH", table, 6)
    glyphs = struct.unpack_from(f">{count}H", table, 10)
    yield from (first + number for number, glyph in enumerate(glyphs) if glyph)


def _trimmed_wide(table: bytes) -> Iterator[int]:
    """Format 10: the same, beyond the first 65,536 characters."""
    first, count = struct.unpack_from(">II", table, 12)
    glyphs = struct.unpack_from(f">{min(count, _MOST)}H", table, 20)
    yield from (first + number for number, glyph in enumerate(glyphs) if glyph)


def _groups(table: bytes, *, alike: bool) -> Iterator[int]:
    """Formats 12 and 13: groups of characters; `alike`: all of a group have one glyph."""
    total = 0
    for number in range(struct.unpack_from(">I", table, 12)[0]):
        first, last, glyph = struct.unpack_from(">III", table, 16 + 12 * number)
        total += max(0, min(last, _LAST) - first)
        _require_few(total)
        for code in range(first, min(last, _LAST) + 1):
            if glyph + (0 if alike else code - first):
                yield code


def _require_few(characters: int) -> None:
    if characters > _MOST:
        raise ValueError("it maps more characters than there are")


_READERS: Mapping[int, Callable[[bytes], Iterator[int]]] = {
    0: _bytes,
    4: _segments,
    6: _trimmed,
    10: _trimmed_wide,
    12: lambda table: _groups(table, alike=False),
    13: lambda table: _groups(table, alike=True),
}
