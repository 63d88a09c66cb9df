"""A document's bytes as received, and how many of them are read."""

from __future__ import annotations

from syndicate.errors import SourceError
from syndicate.model.dataclass import dataclass
from syndicate.net.unpacking import BODY_BYTES
from syndicate.sources.parsing.fields import Namespaces

NAMES = Namespaces("", "")
"""Prefixes of namespaces, for documents that declare none."""


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes and where they are from: `url` without secrets. `before` lines were left out before `body`."""

    body: bytes
    url: str
    content_type: str | None = None
    before: int = 0


def check_size(body: bytes, url: str) -> None:
    """Refuse a document that is too large, before anything reads it. Raises SourceError."""
    if len(body) > BODY_BYTES:
        raise SourceError(f"{url} has more than {BODY_BYTES:,} bytes, the most that is read")
