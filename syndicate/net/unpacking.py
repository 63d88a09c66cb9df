"""Unpacks a document that is compressed without a header that says so, as static files and some proxies send it."""

from __future__ import annotations

from syndicate.errors import SourceError

BODY_BYTES = 10_000_000
"""How many bytes of a document are read, once it is unpacked."""

GZIP = b"\x1f\x8b"


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
