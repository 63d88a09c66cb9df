"""Keys of deliveries."""

from __future__ import annotations

import hashlib


def delivery_key(anchor: str, account: str, action: str = "post", revision: int = 0, part: int = 0) -> str:
    """The delivery's primary key, 32 hex digits: made of what is delivered to whom, never of the text (DESIGN §8)."""
    words = "\n".join((anchor, account, action, str(revision), str(part)))
    return hashlib.sha256(words.encode()).hexdigest()[:32]
