"""Keeps everything that was posted, on all networks, for the page and for tests."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from typing import Any

from syndicate.sandbox.pictures import look


class Board:
    """Every post that a stand-in accepted, oldest first, and the posts' pictures."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._posts: dict[tuple[str, str], dict[str, Any]] = {}
        self._deleted: list[dict[str, Any]] = []
        self._media: dict[str, tuple[str, bytes]] = {}
        self._seq = 0

    def put(self, platform: str, number: str, **about: Any) -> None:
        """Add a post, or replace the one with the same id."""
        with self._lock:
            before = self._posts.get((platform, number))
            if before is None:
                self._seq += 1
            post = {"id": number, "platform": platform, "seq": before["seq"] if before else self._seq}
            blank = dict.fromkeys(("account", "text", "link", "language", "card", "key", "permalink", "at", "reply_to"))
            usual = {"media": [], "visibility": "public", "warning": "", "sensitive": False, "replies": "everyone"}
            self._posts[platform, number] = blank | usual | about | post

    def change(self, platform: str, number: str, **about: Any) -> None:
        """Change a post as it was edited."""
        with self._lock:
            self._posts[platform, number] |= about

    def remove(self, platform: str, number: str, at: str) -> None:
        """Delete a post, and remember that it was shown until `at`."""
        with self._lock:
            post = self._posts.pop((platform, number), None)
            if post is not None:
                self._deleted.append(post | {"deleted_at": at})

    def posts(self) -> list[dict[str, Any]]:
        """A copy of the list, oldest first."""
        with self._lock:
            return [dict(post) for post in self._posts.values()]

    def deleted(self) -> list[dict[str, Any]]:
        """The deleted posts, in the order of their deletion."""
        with self._lock:
            return [dict(post) for post in self._deleted]

    def keep(self, data: bytes, *, alt: str = "", mime: str | None = None) -> dict[str, Any]:
        """Store a picture's bytes; return its description, with size and type read from the bytes."""
        sha256 = hashlib.sha256(data).hexdigest()
        seen = look(data)
        kind = seen.mime if seen else mime or "application/octet-stream"
        with self._lock:
            self._media[sha256] = (kind, data)
        return {
            "sha256": sha256,
            "mime": kind,
            "bytes": len(data),
            "width": seen.width if seen else None,
            "height": seen.height if seen else None,
            "alt": alt,
        }

    def picture(self, sha256: str) -> tuple[str, bytes] | None:
        """Type and bytes of a picture that was received."""
        with self._lock:
            return self._media.get(sha256)

    def media(self) -> Mapping[str, tuple[str, bytes]]:
        """All pictures, by the SHA-256 of their bytes."""
        with self._lock:
            return dict(self._media)

    def clear(self) -> None:
        """Remove everything; the numbering continues."""
        with self._lock:
            self._posts.clear()
            self._deleted.clear()
            self._media.clear()
