"""Records of Bluesky posts: their keys, their fields, and whether one that is there is ours. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from syndicate.model import Json, Post
from syndicate.platforms._replies import same_address, same_text

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_LOW_BITS = 20
_CLOCK_BITS = 10
NOON = timedelta(hours=12)
"""A record key lies at noon of its day: the key's own bits may move it by a second."""


def record_key(at: datetime, key: str) -> str:
    """The record key (TID) of a delivery: 13 characters, the same in every ledger, sorted by the article's day.

    From the highest bit: a zero; 53 bits of microseconds since 1970, whose lowest 20 (about a second)
    are replaced by bits 10 to 29 of the delivery key; 10 bits of clock id, bits 0 to 9 of the key.
    So deliveries of one day differ in 30 bits of their keys. The server refuses a
    key that is not a TID and accepts one from the future (measured on @atproto/pds 0.5.35, 2026-11-23).
    """
    micros = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    own = int(key, 16) & ((1 << (_LOW_BITS + _CLOCK_BITS)) - 1)
    number = (micros >> _LOW_BITS << (_LOW_BITS + _CLOCK_BITS)) | own
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))


def created(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def languages(tag: str | None) -> list[str]:
    """The language as BCP 47 with hyphens, since `en_US` is refused (measured); none if it is not a language tag."""
    spelled = (tag or "").replace("_", "-")
    return [spelled] if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", spelled) else []


def has_blobs(post: Post) -> bool:
    return bool(post.media or (post.card and post.card.thumb))


def same(ours: Json, theirs: Any) -> bool:
    if not isinstance(theirs, dict):
        return False
    here, there = links(ours), links(theirs)
    return (
        ours["createdAt"] == theirs.get("createdAt")
        or (bool(ours["text"]) and same_text(ours["text"], str(theirs.get("text", ""))))
        or any(same_address(link, other) for link in here for other in there)
    )


def links(record: Json) -> list[str]:
    embed = record.get("embed") or {}
    external = (embed.get("media") or embed).get("external") or {}
    features = [feature for facet in record.get("facets") or [] for feature in facet.get("features") or []]
    addresses = [external.get("uri"), *(feature.get("uri") for feature in features)]
    return [address for address in addresses if address]


def made_at(record: Json) -> datetime | None:
    """When a record says that it was made; None if it does not say."""
    try:
        made = datetime.fromisoformat(str(record.get("createdAt")))
    except ValueError:
        return None
    return made if made.tzinfo else made.replace(tzinfo=UTC)
