"""A webhook of Discord, by its address."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

from syndicate.model.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook by its address: its number, its secret, and the thread that it posts to, if any."""

    number: str
    secret: str
    thread: str | None

    @property
    def path(self) -> str:
        """Where it is below the API's address."""
        return f"/webhooks/{self.number}/{self.secret}"


def hook(address: str) -> Hook:
    """The webhook of an address as Discord's app copies it. Raises ValueError for any other address.

    An address without a path stands in for a secret that is not set: it has a number and a secret too.
    """
    parts = urlsplit(address.strip())
    if not parts.path.strip("/") or not parts.scheme:
        return Hook(str(10**17 + crc32(address.encode())), "stand-in", None)
    found = re.fullmatch(r"/api(?:/v\d+)?/webhooks/(\d+)/([\w-]+)(?:/(?:slack|github))?/?", parts.path)
    if found is None or parts.scheme not in ("http", "https"):
        raise ValueError("webhook_url is an address such as https://discord.com/api/webhooks/123456789/abc…")
    return Hook(found[1], found[2], parse_qs(parts.query).get("thread_id", [None])[0])
