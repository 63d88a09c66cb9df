"""The bytes of a document as they came, and how many of them are read."""

from __future__ import annotations

from dataclasses import dataclass

from syndicate.errors import SourceError
from syndicate.sources.parsing.fields import Namespaces

BODY_BYTES = 10_000_000
NAMES = Namespaces("", "")
"""For documents that give no prefixes of their own."""


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes and where they are from: `url` as people may see it. `before` lines of it are not in `body`."""

    body: bytes
    url: str
    content_type: str | None = None
    before: int = 0


def check_size(body: bytes, url: str) -> None:
    """Refuse what no feed needs before anything reads it. Raises SourceError."""
    if len(body) > BODY_BYTES:
        raise SourceError(f"{url} has more than {BODY_BYTES:,} bytes; so many are read at most")
