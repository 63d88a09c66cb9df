"""Records of Bluesky posts: their keys, their fields, and whether one that is there is ours. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from syndicate.errors import Rejected
from syndicate.model import Json, ListedPost, Post, Receipt
from syndicate.platforms._replies import addresses_in, by_hand, same_address, same_text

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
    """The language as the server takes it: two or three small letters first, then script and region; none if it is no
    language tag.

    Measured on @atproto/pds 0.5.35 (2026-11-29): `en_US`, `EN` and `english` are refused, and the post with them.
    """
    first, *parts = (tag or "").replace("_", "-").split("-")
    if not re.fullmatch("[A-Za-z]{2,3}", first):
        return []
    spelled = "-".join([first.lower(), *parts])
    return [spelled if re.fullmatch("[a-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?", spelled) else first.lower()]


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


def listed(record: Json, receipt: Callable[[Json, str, str], Receipt]) -> ListedPost | None:
    """A record of a listing; None if it does not say when it was made."""
    value, uri = record.get("value"), str(record["uri"])
    if not isinstance(value, dict):
        return None
    made = made_at(value)
    if made is None or uri.count("/") < 4:
        return None
    repo, _, rkey = uri.removeprefix("at://").split("/", 2)
    text = str(value.get("text", ""))
    known = receipt({"repo": repo, "rkey": rkey}, uri, str(record.get("cid") or ""))
    return ListedPost(known, made, tuple(dict.fromkeys([*links(value), *addresses_in(text)])), text)


def place(receipt: Receipt, handle: str, session: Json) -> tuple[str, str]:
    """Repository and record key of a post, from its id or from its address in the app."""
    address = by_hand(receipt)
    if address is None:
        repo, _, rkey = receipt.id.removeprefix("at://").split("/")
        return repo, rkey
    found = re.search(r"/profile/([^/]+)/post/([^/]+)/?$", urlsplit(address).path)
    ours = (handle.lower(), str(session.get("handle", "")).lower(), session["did"])
    if found is None or found[1].lower() not in ours:
        raise Rejected(f"bluesky: {address} is not the address of a post by @{handle}; delete it in the app")
    return session["did"], found[2]
