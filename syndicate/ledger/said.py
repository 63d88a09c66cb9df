"""The sign by which the words of a post are known again when they are forgotten: some of their hash. Pure.

It stands in the column `digest`, which says nothing of a finished delivery otherwise; no digest begins so.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

_SIGN = "~"
_BYTES = 6


def sign(text: str) -> str:
    """The sign of a text; white space does not count."""
    words = " ".join(text.split())
    return _SIGN + base64.urlsafe_b64encode(hashlib.sha256(words.encode("utf-8", "replace")).digest()[:_BYTES]).decode()


def is_sign(digest: object) -> bool:
    """Whether a delivery's digest is the sign of words that are forgotten."""
    return isinstance(digest, str) and digest.startswith(_SIGN)


def of_row(row: dict[str, Any]) -> str | None:
    """The sign of what a row says that is about to be forgotten; None where nothing is out that says anything."""
    post = row.get("post")
    if not post or row.get("state", "posted") != "posted":
        return None
    stored = json.loads(post) if isinstance(post, str) else post
    text = stored.get("text") if isinstance(stored, dict) else None
    return sign(text) if text else None
