"""Rows of a large ledger: stories of three years of a busy group, as finished deliveries leave them. Nothing is sent.

The words are of a fixed random sequence, so that two ledgers of one size hold the same.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from syndicate.aliases import aliases, wording
from syndicate.ledger.database import micros
from syndicate.ledger.deliveries import delivery_key
from syndicate.model import Article, Image
from syndicate.serialization import compact, store_article

Row = dict[str, Any]

YEARS = timedelta(days=3 * 365)
SOURCES = ("news", "sport", "culture", "business", "local", "opinion", "science", "travel")
PLATFORMS = {"masto": "mastodon", "bsky": "bluesky", "fb": "facebook", "x-main": "x", "archive": "folder"}
LIMITS = {"mastodon": 500, "bluesky": 300, "facebook": 63206, "x": 280, "folder": 10000}
SYLLABLES = [
    first + last
    for first in ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "br", "st", "tr", "pl")
    for last in ("a", "e", "i", "o", "u", "ai", "en", "or", "ul")
]
BY = json.dumps({"host": "web-1", "boot": "0c04cca6-e912-471c-ba71-d5c0935bc387", "pid": 10544, "started": "1278842"})
DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Story:
    """The rows of one article, by table; JSON columns as what they say."""

    article: Row
    aliases: list[Row]
    deliveries: list[Row]
    attempts: list[Row]


def names_of(accounts: int) -> dict[str, str]:
    """So many accounts, with their platforms."""
    pairs = list(PLATFORMS.items())
    return {
        pairs[number % len(pairs)][0] + (f"-{number // len(pairs) + 1}" if number >= len(pairs) else ""): pairs[
            number % len(pairs)
        ][1]
        for number in range(accounts)
    }


@lru_cache
def vocabulary() -> list[str]:
    """Six thousand words."""
    source = random.Random(0)
    return ["".join(source.choices(SYLLABLES, k=1 + number % 3)) for number in range(6000)]


class Writer:
    """Makes up words, the same ones each time."""

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.vocabulary = vocabulary()

    def words(self, least: int, most: int) -> str:
        return " ".join(self.random.choices(self.vocabulary, k=self.random.randint(least, most)))

    def article(self, number: int, published: datetime) -> Article:
        title, source = self.words(6, 12).capitalize(), self.random.choice(SOURCES)
        slug = f"https://gazette.example/{source}/{published:%Y/%m/%d}/{number}-{'-'.join(title.lower().split()[:4])}"
        picture = Image(f"https://media.gazette.example/{published:%Y/%m}/{number}.jpg", self.words(4, 8))
        return Article(
            source=source,
            url=slug,
            title=title,
            summary=self.words(12, 24).capitalize() + ".",
            guid=f"https://gazette.example/?p={number}",
            published=published,
            precision="second",
            authors=(self.random.choice(("Anna Mole", "Rui Costa", "Eva Lind")),),
            section=source.capitalize(),
            categories=tuple(word.capitalize() for word in self.words(1, 2).split()),
            images=(picture,),
            language="en",
        )


def stories(count: int, accounts: int, end: datetime, numbers: range | None = None) -> Iterator[Story]:
    """The stories that a ledger of so many holds, oldest first: evenly over three years until `end`. Only these
    `numbers` of them, which have words of their own.
    """
    numbers = numbers or range(count)
    writer, named = Writer(numbers.start + 1), names_of(accounts)
    for number in numbers:
        published = (end - YEARS * (1 - number / count)).replace(microsecond=0)
        yield _story(writer, number, published, named)


def _story(writer: Writer, number: int, published: datetime, named: dict[str, str]) -> Story:
    article = writer.article(number, published)
    names = aliases(article)
    anchor, seen = names[0].hash, micros(published) + 140_000_000 + number % 977
    row: Row = {
        "anchor": anchor,
        "source": article.source,
        "url": article.url,
        "data": store_article(article),
        "content_hash": anchor[::-1],
        "published_at": micros(published),
        "first_seen_at": seen,
        "position": number % 20,
        "gone": 0,
        "title_key": wording(article.title),
        "summary_key": wording(article.summary),
        "utc_day": micros(published) // DAY * DAY,
    }
    deliveries: list[Row] = []
    attempts: list[Row] = []
    for place, (account, platform) in enumerate(named.items()):
        _deliver(article, row, account, platform, number + place, deliveries, attempts)
    return Story(
        row, [{"hash": name.hash, "kind": name.kind, "anchor": anchor} for name in names], deliveries, attempts
    )


def written(row: Row) -> Row:
    """A row with its JSON as text."""
    return {name: compact(value) if isinstance(value, dict) else value for name, value in row.items()}


def _deliver(
    article: Article,
    stored: Row,
    account: str,
    platform: str,
    number: int,
    deliveries: list[Row],
    attempts: list[Row],
) -> None:
    """Append what a delivery left: mostly one attempt; a few were left out, and a few took two."""
    planned_at, key = stored["first_seen_at"] + number % 7, delivery_key(stored["anchor"], account)
    row: Row = {
        "key": key,
        "anchor": stored["anchor"],
        "account": account,
        "platform": platform,
        "action": "post",
        **dict.fromkeys(("revision", "part", "attempts", "fence", "lease_until", "unknowns", "absent", "cost"), 0),
        **dict.fromkeys(("looks", "cleared"), 0),
        "priority": 1,
        "planned_at": planned_at,
        "updated_at": planned_at,
        "expires_at": stored["published_at"] + DAY,
        "day": stored["utc_day"],
    }
    if number % 50 == 49:
        deliveries.append(row | {"state": "skipped", "reason": "filtered"})
        return
    tries = 2 if number % 100 == 17 else 1
    sent = planned_at + 1_300_000 * tries
    remote, permalink, data = _receipt(platform, key)
    post = _post(article, platform, planned_at, sent)
    row |= {
        "state": "posted",
        "attempts": tries,
        "fence": tries,
        "claimed_by": BY,
        "post": post,
        "digest": hashlib.sha256(f"{key}{platform}".encode()).hexdigest(),
        "committed_at": sent,
        "posted_at": sent,
        "updated_at": sent + 240_000,
        "remote_id": remote,
        "permalink": permalink,
        "receipt": {"id": remote, "permalink": permalink, "data": data},
    }
    deliveries.append(row)
    for fence in range(1, tries + 1):
        last = fence == tries
        attempts.append(
            {
                "key": key,
                "fence": fence,
                "started_at": sent - 20_000 - 1_000_000 * (tries - fence),
                "ended_at": sent + 240_000 if last else sent - 900_000,
                "outcome": "posted" if last else "due",
                "error": None if last else f"{account}: the network answered 503 (Service Unavailable)",
            }
        )


def _receipt(platform: str, key: str) -> tuple[str, str, dict[str, str]]:
    """Id, address and what else a network says of a post."""
    long = 110_000_000_000_000_000 + int(key[:12], 16)
    record = key[:13].translate(str.maketrans("0189", "ghjk"))
    if platform == "mastodon":
        return str(long), f"https://social.gazette.example/@gazette/{long}", {}
    if platform == "bluesky":
        uri = f"at://did:plc:ufmz3emu6vv4scrpzztpflh4/app.bsky.feed.post/{record}"
        page = f"https://bsky.app/profile/gazette.example/post/{record}"
        return uri, page, {"uri": uri, "cid": f"bafyrei{key}{key[:20]}"}
    if platform == "facebook":
        return f"1_{long}", f"https://www.facebook.com/1/posts/{long}", {}
    if platform == "x":
        return f"2{long}", f"https://x.com/i/status/2{long}", {}
    return key, f"file:///srv/archive/{key}/index.html", {}


def _post(article: Article, platform: str, planned_at: int, sent: int) -> Row:
    """A post as the ledger keeps it: `serialization.post_record` with its length."""
    tags = " ".join(f"#{word}" for word in article.categories)
    parts = {
        "mastodon": (article.title, article.summary, article.url, tags),
        "bluesky": (article.title, tags),
        "facebook": (article.title, article.summary, tags),
        "x": (article.title, article.url, tags),
        "folder": (article.title, article.summary, article.url, tags),
    }[platform]
    text = "\n\n".join(parts)
    spans = [(article.url, "link", article.url)] if article.url in parts else []
    spans += [(f"#{word}", "tag", word) for word in article.categories]
    picture = {
        "file": hashlib.sha256(f"{article.guid}{platform}".encode()).hexdigest(),
        "mime": "image/jpeg",
        "width": 1200,
        "height": 630,
        "alt": article.images[0].alt,
    }
    card = {"url": article.url, "title": article.title, "description": article.summary, "thumb": picture}
    return {
        "text": text,
        "link": article.url,
        "spans": [
            {"start": (at := text.index(said)), "end": at + len(said), "kind": kind, "value": value}
            for said, kind, value in spans
        ],
        "media": [] if platform == "bluesky" else [picture],
        "card": card if platform == "bluesky" else None,
        "language": "en",
        "at": _instant(sent - 30_000),
        "planned_at": _instant(planned_at),
        "reply_to": None,
        "length": len(text),
        "limit": LIMITS[platform],
    }


def _instant(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1e6, UTC).isoformat().replace("+00:00", "Z")
