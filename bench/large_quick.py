"""Rows of stories on the shelf, written as text at once: what `large_rows` and the shelf make of them, in a fraction of
the time. A test holds the two against each other, byte by byte.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from bench.large_rows import ANSWERED, DAY, LIMITS, TRY, attempts_of, planned_at, receipt_of, seen_at, tries_of
from bench.large_words import Told
from syndicate.ledger.database import micros
from syndicate.ledger.shelf_format import WORDS
from syndicate.serialization import compact

ARTICLE = (
    *("anchor", "source", "url", "data", "content_hash", "published_at", "first_seen_at", "position", "gone"),
    *("title_key", "summary_key", "utc_day"),
)
PAUSE = "\\n\\n"  # between the parts of a post, as JSON writes it
_PRIMED = zlib.compressobj(6, zlib.DEFLATED, -13, 6, zlib.Z_DEFAULT_STRATEGY, WORDS)


@dataclass(slots=True)
class Shelf:
    """Rows by table, in the order of their columns, and how many deliveries and attempts there are of which kind."""

    articles: list[tuple[Any, ...]] = field(default_factory=list)
    stories: list[tuple[int, int, bytes]] = field(default_factory=list)
    keys: list[tuple[int, int]] = field(default_factory=list)
    names: list[tuple[int, int]] = field(default_factory=list)
    counts: Counter[tuple[int, int, str]] = field(default_factory=Counter)


class _Story(NamedTuple):
    said: Told
    anchor: str
    published: int
    seen: int
    tags: str


def add(shelf: Shelf, said: Told, accounts: dict[str, str]) -> None:
    """Add one story, for these accounts with their platforms."""
    names, published = _names(said), micros(said.published)
    story = _Story(
        said, names[0][1], published, seen_at(said.number, published), " ".join(map("#{}".format, said.tags))
    )
    number = int(_whole_digest(story.anchor)[:15], 16)
    keys = [_digest(f"{story.anchor}\n{account}\npost\n0\n0") for account in accounts]
    logins = enumerate(zip(keys, accounts.items(), strict=True))
    deliveries = ",".join([_delivery(shelf, story, place, key, login) for place, (key, login) in logins])
    listed = ",".join([f'["{kind}","{hashed}"]' for kind, hashed in names])
    maker = _PRIMED.copy()
    data = maker.compress(f'{{"a":"{story.anchor}","n":[{listed}],"d":[{deliveries}]}}'.encode()) + maker.flush()
    first = min([planned_at(story.seen, said.number + place) for place in range(len(keys))])
    shelf.articles.append(_article(story))
    shelf.stories.append((number, first, data))
    shelf.keys += [(start, number) for start in {int(key[:8], 16) for key in keys}]
    shelf.names += [(int(hashed[:15], 16), number) for _, hashed in names]


def _whole_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _names(said: Told) -> list[tuple[str, str]]:
    """What `aliases` gives: kinds and hashes."""
    place, date = said.url.partition("://")[2], said.published.isoformat()
    return [
        ("url", _digest(f"url\n\n{place}")),
        ("guid", _digest(f"guid\n{said.source}\nhttps://gazette.example/?p={said.number}")),
        ("guid_path", _digest(f"guid_path\n{said.source}\n/?p={said.number}")),
        ("title_date", _digest(f"title_date\n{said.source}\n{said.title.lower()}\n{date}")),
    ]


def _article(story: _Story) -> tuple[Any, ...]:
    said, anchor = story.said, story.anchor
    return (
        anchor,
        said.source,
        said.url,
        _words(said),
        anchor[::-1],
        story.published,
        story.seen,
        said.number % 20,
        0,
        _digest(said.title.lower()),
        _digest(said.summary[:-1].lower()),
        story.published // DAY * DAY,
    )


def _words(said: Told) -> str:
    """What `store_article` gives."""
    return (
        f'{{"source":"{said.source}","url":"{said.url}","title":"{said.title}","summary":"{said.summary}",'
        f'"guid":"https://gazette.example/?p={said.number}","canonical_url":null,'
        f'"published":"{said.published.isoformat()[:19]}Z","precision":"second","tz_assumed":false,"updated":null,'
        f'"authors":["{said.author}"],"section":"{said.source.capitalize()}",'
        f'"categories":[{",".join([chr(34) + tag + chr(34) for tag in said.tags])}],'
        f'"images":[{{"url":"{said.picture}","alt":"{said.alt}","caption":"","credit":"","width":null,"height":null,'
        '"type":null,"focus":null}],"language":"en","kind":"article","raw":{},"withdrawn":false,"pictured_by":"",'
        '"named_by":[]}'
    )


def _delivery(shelf: Shelf, story: _Story, place: int, key: str, login: tuple[str, str]) -> str:
    """What is packed of one delivery."""
    number, (account, platform) = story.said.number + place, login
    at, tries = planned_at(story.seen, number), tries_of(number)
    counts, counted = shelf.counts, at // DAY * DAY
    head, day = f'{{"key":"{key}","account":{place + 1},"platform":"{platform}"', story.published // DAY * DAY - at
    if not tries:
        counts[place + 1, counted, "skipped"] += 1
        return (
            f'{head},"state":"skipped","reason":"filtered","planned_at":{at},"attempts":0,"fence":0,"updated_at":0,'
            f'"expires_at":{story.published + DAY - at},"day":{day}}}'
        )
    counts[place + 1, counted, "posted"] += 1
    counts[place + 1, counted, "tried posted"] += 1
    again = ""
    if tries > 1:
        counts[place + 1, counted, "tried due"] += tries - 1
        again = f',"attempts":{tries},"fence":{tries}'
    sent = TRY * tries
    return (
        f'{head},"planned_at":{at}{again},"post":{_post(story, platform)},"committed_at":{sent},'
        f'{_receipt(platform, key)},"updated_at":{sent + ANSWERED},"day":{day},"posted":1,'
        f'"tried":{_tried(tries, account)}}}'
    )


@lru_cache
def _tried(tries: int, account: str) -> str:
    rows = attempts_of("", account, tries, TRY * tries)
    return compact([[row[name] for name in ("fence", "started_at", "ended_at", "outcome", "error")] for row in rows])


def _post(story: _Story, platform: str) -> str:
    """What is kept of a post."""
    said = story.said
    picture = hashlib.sha256(f"https://gazette.example/?p={said.number}{platform}".encode()).hexdigest()
    shown = f'{{"file":"{picture}","mime":"image/jpeg","width":1200,"height":630,"alt":"{said.alt}"}}'
    media, card, tags = f"[{shown}]", "null", story.tags
    if platform == "bluesky":
        parts: tuple[str, ...] = (said.title, tags)
        media, card = (
            "[]",
            (f'{{"url":"{said.url}","title":"{said.title}","description":"{said.summary}","thumb":{shown}}}'),
        )
    elif platform == "facebook":
        parts = (said.title, said.summary, tags)
    elif platform == "x":
        parts = (said.title, said.url, tags)
    else:
        parts = (said.title, said.summary, said.url, tags)
    text = PAUSE.join(parts)
    return (
        f'{{"text":"{text}","link":"{said.url}","media":{media},"card":{card},'
        f'"length":{len(text) - 2 * (len(parts) - 1)},"limit":{LIMITS[platform]}}}'
    )


def _receipt(platform: str, key: str) -> str:
    """Id, address and what else is kept of a receipt."""
    remote, permalink, data = receipt_of(platform, key)
    told = ",".join([f'"{name}":"{value}"' for name, value in data.items()])
    return f'"remote_id":"{remote}","permalink":"{permalink}","receipt":{{{told}}}'
