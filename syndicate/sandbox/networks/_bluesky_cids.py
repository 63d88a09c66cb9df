"""Names (CIDs) of records and blobs: made from their bytes, and recognised in texts.

https://atproto.com/specs/data-model#link-and-cid-formats and https://github.com/multiformats/cid
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

RAW, CBOR = 0x55, 0x71
SAFE = 2**53 - 1
"""The largest integer that JavaScript counts exactly."""
_FIRST_VERSION = re.compile(r"Qm[1-9A-HJ-NP-Za-km-z]{44}")
_BASE32 = re.compile(r"b[a-z2-7]+")
_SHA_256 = 0x12


@dataclass(frozen=True, slots=True)
class Cid:
    """The name of a block, as it is written, and its codec; a codec of None is that of a name of version 0."""

    text: str
    codec: int | None

    @property
    def names_a_blob(self) -> bool:
        """Whether blobs have such names: version 1, raw bytes, SHA-256."""
        return self.codec == RAW and _bytes(self.text)[2:4] == bytes([_SHA_256, 32])


def parse_cid(text: str) -> Cid | None:
    """The CID that a text is in its usual spelling; None if it is none."""
    if _FIRST_VERSION.fullmatch(text):
        return Cid(text, None)
    if not _BASE32.fullmatch(text):
        return None
    try:
        data = _bytes(text)
        version, rest = _number(data)
        codec, rest = _number(rest)
        _, rest = _number(rest)
        length, digest = _number(rest)
    except ValueError:
        return None
    sound = version == 1 and length == len(digest) and _spelled(data) == text
    return Cid(text, codec) if sound else None


def cid_of_bytes(data: bytes) -> str:
    """The name of a blob: version 1, raw, SHA-256."""
    return _named(RAW, data)


def cid_of_record(record: Any) -> str:
    """The name of a record: version 1, DAG-CBOR, SHA-256. The order of keys makes no difference.

    Raises OverflowError for a number that is too large.
    """
    return _named(CBOR, b"".join(_cbor(record)))


def _named(codec: int, data: bytes) -> str:
    return _spelled(bytes([1, codec, _SHA_256, 32]) + hashlib.sha256(data).digest())


def _spelled(data: bytes) -> str:
    return "b" + base64.b32encode(data).decode().lower().rstrip("=")


def _bytes(text: str) -> bytes:
    """What a name in base 32 says. Raises ValueError."""
    letters = text[1:].upper()
    return base64.b32decode(letters + "=" * (-len(letters) % 8))


def _number(data: bytes) -> tuple[int, bytes]:
    """The unsigned varint at the start, and what is left. Raises ValueError."""
    number = 0
    for place, byte in enumerate(data[:9]):
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return number, data[place + 1 :]
    raise ValueError("a number without an end")


def _cbor(value: Any) -> Iterator[bytes]:
    """DAG-CBOR (RFC 8949, canonical): shortest heads, map keys by length and then by bytes."""
    if value is None or isinstance(value, bool):
        yield {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    elif isinstance(value, int):
        if abs(value) > SAFE:
            raise OverflowError(f"{value} cannot be written exactly")
        yield _head(0, value) if value >= 0 else _head(1, -1 - value)
    elif isinstance(value, str):
        data = _utf8(value)
        yield _head(3, len(data)) + data
    elif isinstance(value, bytes):
        yield _head(2, len(value)) + value
    elif isinstance(value, Cid):
        data = b"\x00" + _bytes(value.text)
        yield b"\xd8\x2a" + _head(2, len(data)) + data
    elif isinstance(value, list):
        yield _head(4, len(value))
        for each in value:
            yield from _cbor(each)
    else:
        yield _head(5, len(value))
        for name in sorted(value, key=lambda name: (len(_utf8(name)), _utf8(name))):
            yield from _cbor(name)
            yield from _cbor(value[name])


def mended(text: str) -> str:
    """The text with a replacement character for every half of a surrogate pair, as it is stored."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _utf8(text: str) -> bytes:
    return mended(text).encode()


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    extra, size = next((extra, size) for extra, size in ((24, 1), (25, 2), (26, 4), (27, 8)) if number < 1 << 8 * size)
    return bytes([kind << 5 | extra]) + number.to_bytes(size, "big")
