"""Rows of a large ledger: stories of three years of a busy group, as finished deliveries leave them. Nothing is sent.

They are as the code itself writes them; `large_quick` writes those of the shelf much faster.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.large_words import Told, told
from syndicate.aliases import aliases, wording
from syndicate.ledger.database import micros
from syndicate.ledger.deliveries import delivery_key
from syndicate.model import Article, Image
from syndicate.serialization import compact, store_article

Row = dict[str, Any]

YEARS = timedelta(days=3 * 365)
PLATFORMS = {"masto": "mastodon", "bsky": "bluesky", "fb": "facebook", "x-main": "x", "archive": "folder"}
LIMITS = {"mastodon": 500, "bluesky": 300, "facebook": 63206, "x": 280, "folder": 10000}
BY = json.dumps({"host": "web-1", "boot": "0c04cca6-e912-471c-ba71-d5c0935bc387", "pid": 10544, "started": "1278842"})
DAY = 86_400_000_000
TRY = 1_300_000  # microseconds that a try takes until it is sent
ANSWERED = 240_000  # microseconds until a network has answered
DELIVERY = (
    *(
        "key",
        "anchor",
        "account",
        "platform",
        "action",
        "revision",
        "part",
        "state",
        "reason",
        "planned_at",
        "attempts",
    ),
    *("fence", "lease_until", "claimed_by", "post", "digest", "committed_at", "unknowns", "absent", "remote_id"),
    *("permalink", "receipt", "updated_at", "priority", "expires_at", "cost", "looks", "day", "cleared", "posted_at"),
)
"""Columns of `delivery`, in their order, that a finished one may have something in."""
ZERO = ("revision", "part", "attempts", "fence", "lease_until", "unknowns", "absent", "cost", "looks", "cleared")
BASE32 = str.maketrans("0189", "ghjk")


@dataclass(frozen=True, slots=True)
class Story:
    """The rows of one article, by table; JSON columns as what they say."""

    article: Row
    aliases: list[Row]
    deliveries: list[Row]
    attempts: list[Row]


def names_of(accounts: int) -> dict[str, str]:
    """So many accounts, with their platforms, in the order of their names: so an index gives their deliveries."""
    pairs, named = list(PLATFORMS.items()), {}
    for number in range(accounts):
        name, platform = pairs[number % len(pairs)]
        named[f"{name}-{number // len(pairs) + 1}" if number >= len(pairs) else name] = platform
    return dict(sorted(named.items()))


def article_of(said: Told) -> Article:
    """The article that says this."""
    return Article(
        source=said.source,
        url=said.url,
        title=said.title,
        summary=said.summary,
        guid=f"https://gazette.example/?p={said.number}",
        published=said.published,
        precision="second",
        authors=(said.author,),
        section=said.source.capitalize(),
        categories=said.tags,
        images=(Image(said.picture, said.alt),),
        language="en",
    )


def published_at(number: int, count: int, end: datetime) -> datetime:
    """When story `number` of so many was published: they are spread evenly over the years."""
    return (end - YEARS * (1 - number / count)).replace(microsecond=0)


def stories(count: int, accounts: int, end: datetime, numbers: range | None = None) -> Iterator[Story]:
    """The stories that a ledger of so many holds, oldest first, in three years until `end`; only these `numbers`."""
    named = names_of(accounts)
    for number in numbers or range(count):
        yield story_of(told(number, published_at(number, count, end)), named)


def story_of(said: Told, named: dict[str, str]) -> Story:
    """The rows of one story, for these accounts with their platforms."""
    article, number, published = article_of(said), said.number, said.published
    names = aliases(article)
    anchor, seen = names[0].hash, seen_at(number, micros(published))
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


def seen_at(number: int, published: int) -> int:
    """When a story was first seen."""
    return published + 140_000_000 + number % 977


def planned_at(seen: int, number: int) -> int:
    """When a delivery was planned."""
    return seen + number % 7


def tries_of(number: int) -> int:
    """In how many tries a delivery went out: mostly in one; a few were left out, and a few took two."""
    if number % 50 == 49:
        return 0
    return 2 if number % 100 == 17 else 1


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
    """Append what a delivery left."""
    planned, key = planned_at(stored["first_seen_at"], number), delivery_key(stored["anchor"], account)
    row: Row = dict.fromkeys(DELIVERY)
    row |= {"key": key, "anchor": stored["anchor"], "account": account, "platform": platform, "action": "post"}
    row |= dict.fromkeys(ZERO, 0) | {"planned_at": planned, "priority": 1, "day": stored["utc_day"]}
    row |= {"updated_at": planned, "expires_at": stored["published_at"] + DAY}
    tries = tries_of(number)
    if not tries:
        deliveries.append(row | {"state": "skipped", "reason": "filtered"})
        return
    sent = planned + TRY * tries
    remote, permalink, data = receipt_of(platform, key)
    row |= {
        "state": "posted",
        "attempts": tries,
        "fence": tries,
        "claimed_by": BY,
        "post": _post(article, platform, planned, sent),
        "digest": hashlib.sha256(f"{key}{platform}".encode()).hexdigest(),
        "committed_at": sent,
        "posted_at": sent,
        "updated_at": sent + ANSWERED,
        "remote_id": remote,
        "permalink": permalink,
        "receipt": {"id": remote, "permalink": permalink, "data": data},
    }
    deliveries.append(row)
    attempts += attempts_of(key, account, tries, sent)


def attempts_of(key: str, account: str, tries: int, sent: int) -> list[Row]:
    """The rows of so many tries, the last of which was sent then."""
    return [
        {
            "key": key,
            "fence": fence,
            "started_at": sent - 20_000 - 1_000_000 * (tries - fence),
            "ended_at": sent + ANSWERED if fence == tries else sent - 900_000,
            "outcome": "posted" if fence == tries else "due",
            "error": None if fence == tries else f"{account}: the network answered 503 (Service Unavailable)",
        }
        for fence in range(1, tries + 1)
    ]


def receipt_of(platform: str, key: str) -> tuple[str, str, dict[str, str]]:
    """Id, address and what else a network says of a post."""
    long = 110_000_000_000_000_000 + int(key[:12], 16)
    record = key[:13].translate(BASE32)
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
