"""How a finished story is stored on the shelf: its rows as one compressed text, without what nobody asks for. Pure.

Times are stored as their distance from the delivery's planning, columns with their usual value not at all.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from syndicate.ledger import said
from syndicate.model.dataclass import dataclass
from syndicate.serialization import compact

Row: TypeAlias = dict[str, Any]
Tried: TypeAlias = tuple[int, int, str | None]
"""Of an attempt: the account's number, when its delivery was planned, and the outcome."""

USUAL: Mapping[str, Any] = {
    "action": "post",
    "state": "posted",
    "revision": 0,
    "part": 0,
    "attempts": 1,
    "fence": 1,
    "lease_until": 0,
    "unknowns": 0,
    "absent": 0,
    "priority": 1,
    "cost": 0,
    "looks": 0,
    "cleared": 0,
}
"""What most finished deliveries have in these columns."""
DROPPED = frozenset({"anchor", "digest", "claimed_by", "prepared", "draft", "due_at", "asked_at", "rowid"})
"""Columns that nothing reads of a finished delivery."""
TIMES = ("updated_at", "committed_at", "posted_at", "day", "looked_at", "expires_at")
UNUSED = ("spans", "at", "planned_at", "reply_to", "language")
"""What a post was sent with, and nobody is shown."""
BITS = 60
LETTERS = "0123456789abcdef"
WORDS = (
    b'{"a":"","n":[["url",""],["guid",""],["guid_path",""],["title_date",""]],"d":[{"account":1,"platform":"mastodon",'
    b'"planned_at":,"updated_at":,"committed_at":,"posted_at":,"day":,"remote_id":"","permalink":"https://","receipt":'
    b'{"uri":"at://did:plc:/app.bsky.feed.post/","cid":"bafyrei"},"post":{"text":"","link":"https://","media":[{"file":'
    b'"","mime":"image/jpeg","width":1200,"height":630,"alt":""}],"card":{"url":"https://","title":"","description":"",'
    b'"thumb":null},"length":,"limit":500},"tried":[[1,-20000,,"posted",null]]},{"account":2,"platform":"bluesky",'
    b'"facebook","permalink":"https://www.facebook.com//posts/","https://bsky.app/profile//post/","https://x.com/i/stat'
    b'us/","folder","state":"skipped","reason":"filtered","attempts":0,"fence":0,"due"'
)
"""Texts that are in nearly every row; never changed, since rows that were written with them need them."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A story on the shelf: rows of `delivery`, `attempt` and `alias`. Accounts are numbers in `delivery`."""

    anchor: str
    names: Sequence[tuple[str, str]]
    deliveries: Sequence[Row]
    attempts: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Stripped:
    """A story's text without posts and attempts, and what they were: of how many deliveries, how many characters of
    posts, and which attempts.
    """

    text: str
    deliveries: int
    characters: int
    attempts: Sequence[Tried]


def number_of(anchor: str) -> int:
    """The number under which an article's story is on the shelf."""
    return int(hashlib.sha256(anchor.encode()).hexdigest()[: BITS // 4], 16)


def number_of_name(hashed: str) -> int:
    """The number of an alias, of its first digits."""
    return int(hashed[: BITS // 4], 16)


def is_hex(word: str) -> bool:
    """Whether a key or an alias is of 32 hex digits, as all are."""
    return len(word) == 32 and not word.strip(LETTERS)


def pack(story: Shelved) -> bytes:
    """A story as one compressed text."""
    tried: dict[str, list[Row]] = {}
    for row in story.attempts:
        tried.setdefault(row["key"], []).append(row)
    packed = {
        "a": story.anchor,
        "n": [list(name) for name in story.names],
        "d": [_packed(row, tried.get(row["key"], [])) for row in story.deliveries],
    }
    return pack_text(compact(packed))


def pack_text(text: str) -> bytes:
    """A story, compressed."""
    maker = zlib.compressobj(6, zlib.DEFLATED, -13, 6, zlib.Z_DEFAULT_STRATEGY, WORDS)
    return maker.compress(text.encode()) + maker.flush()


def strip(data: bytes, before: int) -> Stripped | None:
    """A story without its posts and attempts; None if it has none, or something changed of it since `before`.

    Nothing is turned into rows for that: it is the most of what pruning a ledger of years costs.
    """
    text = _text(data)
    found, tries, attempts = json.loads(text), list[Any](), list[Tried]()
    deliveries = posts = marks = 0
    for packed in found["d"]:
        planned_at = packed["planned_at"]
        if planned_at + packed["updated_at"] >= before:
            return None
        mark = said.of_row(packed)
        tried, post = packed.pop("tried", None), packed.pop("post", None)
        if mark:
            packed["digest"] = mark
            marks += len(compact({"digest": mark})) - len("{}") + len(",")
        deliveries += bool(tried or post)
        posts += bool(post)
        if tried:
            tries.append(tried)
            attempts += [(packed["account"], planned_at, each[3]) for each in tried]
    if not deliveries:
        return None
    bare = compact(found)
    lists = len(compact({"": tries})) - len('{"":[]}') - max(0, len(tries) - 1)  # without the commas between them
    told = lists + len(tries) * len(',"tried":')
    return Stripped(bare, deliveries, len(text) - len(bare) + marks - told - posts * len(',"post":'), attempts)


def unpack(data: bytes) -> Shelved:
    """The reverse of `pack`, as far as rows are kept."""
    found = _read(data)
    anchor, deliveries, attempts = found["a"], [], []
    for packed in found["d"]:
        row, tried = _unpacked(anchor, packed)
        deliveries.append(row)
        attempts += tried
    return Shelved(anchor, [(kind, hashed) for kind, hashed in found["n"]], deliveries, attempts)


def unpacked_deliveries(data: bytes) -> list[Row]:
    """The rows of `delivery` of a story, for a list: their posts and receipts are read already."""
    found = _read(data)
    return [_row(found["a"], packed) for packed in found["d"]]


def _read(data: bytes) -> Row:
    return dict(json.loads(_text(data)))


def _text(data: bytes) -> str:
    return zlib.decompressobj(-15, zdict=WORDS).decompress(data).decode()


def _packed(row: Row, tried: Sequence[Row]) -> Row:
    planned_at = row["planned_at"]
    kept = {
        name: value
        for name, value in row.items()
        if value is not None and name not in DROPPED and value != USUAL.get(name, None)
    }
    if said.is_sign(row.get("digest")):
        kept["digest"] = row["digest"]
    if row["state"] == "posted":
        kept.pop("expires_at", None)
    for name in TIMES:
        if name in kept:
            kept[name] -= planned_at
    if kept.get("posted_at", 0) == kept.get("committed_at"):
        kept.pop("posted_at", None)
        kept["posted"] = 1
    if kept.get("post"):
        kept["post"] = {name: value for name, value in _loaded(kept["post"]).items() if name not in UNUSED}
    kept |= _receipt(row)
    if tried:
        kept["tried"] = [_attempt(each, planned_at) for each in tried]
    return kept


def _attempt(row: Row, planned_at: int) -> list[Any]:
    ended = None if row["ended_at"] is None else row["ended_at"] - planned_at
    return [row["fence"], row["started_at"] - planned_at, ended, row["outcome"], row["error"]]


def _receipt(row: Row) -> Row:
    """A receipt without the id and the address that are columns as well."""
    if not row.get("receipt"):
        return {}
    found = _loaded(row["receipt"])
    plain = {"id": row.get("remote_id"), "permalink": row.get("permalink"), "data": found.get("data")}
    return {"receipt": found["data"] if found == plain else row["receipt"]}


def _loaded(text: str | Row) -> Row:
    """JSON of a column, as text or read already."""
    return text if isinstance(text, dict) else dict(json.loads(text))


def _row(anchor: str, kept: Row) -> Row:
    """A row of `delivery`, whose JSON is not written as text yet."""
    planned_at = kept["planned_at"]
    row = {**USUAL, **kept, "anchor": anchor}
    row.pop("tried", None)
    if row.pop("posted", None):
        row["posted_at"] = row["committed_at"]
    for name in TIMES:
        if row.get(name) is not None:
            row[name] += planned_at
    return row


def _unpacked(anchor: str, kept: Row) -> tuple[Row, list[Row]]:
    tried = kept.pop("tried", [])
    row = _row(anchor, kept)
    planned_at = row["planned_at"]
    if "post" in row:
        row["post"] = compact(row["post"])
    if isinstance(row.get("receipt"), dict):
        row["receipt"] = compact(
            {"id": row.get("remote_id"), "permalink": row.get("permalink"), "data": row["receipt"]}
        )
    names = ("fence", "started_at", "ended_at", "outcome", "error")
    attempts = [dict(zip(names, each, strict=True)) | {"key": row["key"]} for each in tried]
    for each in attempts:
        each["started_at"] += planned_at
        each["ended_at"] = None if each["ended_at"] is None else each["ended_at"] + planned_at
    return row, attempts
