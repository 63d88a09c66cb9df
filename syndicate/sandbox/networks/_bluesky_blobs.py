"""The uploaded files of a PDS: each belongs to an account, is checked when a record first uses it, and goes with its
last record.

As measured on @atproto/pds 0.5.35 (2026-11-29): what a file's first bytes say of its type counts more than its header.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from syndicate.sandbox.networks._bluesky_cids import cid_of_bytes
from syndicate.sandbox.networks._bluesky_records import link_of
from syndicate.sandbox.networks._bluesky_sessions import BlueskyRefusal

MOST_BYTES = 5_242_880
_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypavif", 4, "image/avif"),
    (b"ftypheic", 4, "image/heic"),
    (b"ftypisom", 4, "video/mp4"),
    (b"ftypmp42", 4, "video/mp4"),
    (b"%PDF", 0, "application/pdf"),
)


@dataclass(slots=True)
class _Stored:
    mime: str
    data: bytes
    users: set[str] = field(default_factory=set)
    kept: bool = False


class Blobs:
    """What all accounts have uploaded."""

    def __init__(self) -> None:
        self._stored: dict[tuple[str, str], _Stored] = {}

    def clear(self) -> None:
        """Forget all files."""
        self._stored.clear()

    def upload(self, did: str, data: bytes, declared: str) -> dict[str, Any]:
        """Take a file; the reference by which a record names it."""
        if len(data) > MOST_BYTES:
            raise BlueskyRefusal(413, "PayloadTooLarge", "request entity too large")
        cid, mime = cid_of_bytes(data), _sniffed(data) or declared
        self._stored.setdefault((did, cid), _Stored(mime, data))
        return {"$type": "blob", "ref": {"$link": cid}, "mimeType": mime, "size": len(data)}

    def data(self, did: str, cid: str) -> bytes | None:
        """The bytes of a file."""
        found = self._stored.get((did, cid))
        return found.data if found else None

    def check(self, did: str, blobs: Iterable[dict[str, Any]]) -> None:
        """Refuse what is not there, and what is described wrongly the first time a record uses it."""
        for blob in blobs:
            cid = link_of(blob)
            found = self._stored.get((did, cid))
            if found is None:
                raise BlueskyRefusal(400, "BlobNotFound", f"Could not find blob: {cid}")
            if found.kept:
                continue
            told = "Referenced {} does not match stored blob. Expected: {}, Got: {}"
            if blob["mimeType"] != found.mime:
                words = told.format("Mimetype", found.mime, blob["mimeType"])
                raise BlueskyRefusal(400, "InvalidMimeType", words)
            if blob["size"] != len(found.data):
                raise BlueskyRefusal(400, "InvalidSize", told.format("Size", len(found.data), blob["size"]))

    def use(self, did: str, uri: str, blobs: Iterable[dict[str, Any]]) -> None:
        """A record names these files now, and no others; what no record names any more is removed."""
        named = {link_of(blob) for blob in blobs}
        for (owner, cid), stored in list(self._stored.items()):
            if owner != did:
                continue
            if cid in named:
                stored.users.add(uri)
                stored.kept = True
            elif uri in stored.users:
                stored.users.discard(uri)
                if not stored.users:
                    del self._stored[owner, cid]


def _sniffed(data: bytes) -> str | None:
    return next((mime for sign, place, mime in _SIGNS if data.startswith(sign, place)), None)
