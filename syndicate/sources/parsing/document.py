"""A document's bytes as received, and how many of them are read."""

from __future__ import annotations

from dataclasses import dataclass

from syndicate.errors import SourceError
from syndicate.sources.parsing.fields import Namespaces

BODY_BYTES = 10_000_000
GZIP = b"\x1f\x8b"
NAMES = Namespaces("", "")
"""Prefixes of namespaces, for documents that declare none."""


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes and where they are from: `url` without secrets. `before` lines were left out before `body`."""

    body: bytes
    url: str
    content_type: str | None = None
    before: int = 0


def unpacked(body: bytes, url: str) -> bytes:
    """The body, unpacked if it is compressed and its server did not say so. Raises SourceError if it is damaged."""
    if not body.startswith(GZIP):
        return body
    import zlib

    packed = zlib.decompressobj(31)
    try:
        body = packed.decompress(body, BODY_BYTES)
    except zlib.error as fault:
        raise SourceError(f"{url} cannot be unpacked: {fault}") from fault
    if packed.unconsumed_tail:
        raise SourceError(f"{url} has more than {BODY_BYTES:,} bytes once it is unpacked")
    if not packed.eof:
        raise SourceError(f"{url} is cut off: its compressed data end early")
    return body


def check_size(body: bytes, url: str) -> None:
    """Refuse a document that is too large, before anything reads it. Raises SourceError."""
    if len(body) > BODY_BYTES:
        raise SourceError(f"{url} has more than {BODY_BYTES:,} bytes, the most that is read")
