"""What is appended to a state file while posts are sent: what may be out from now on, and what arrived."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from syndicate.ledger.database import Database, micros
from syndicate.ledger.state import ARTICLE, article_fact, post_fact, thread, words_fact
from syndicate.ledger.state_facts import Fact
from syndicate.model import Delivery, Receipt
from syndicate.serialization import compact, instant


def intended(database: Database, delivery: Delivery, now: datetime, told: Collection[str]) -> list[Fact]:
    """What is told before the request of a delivery leaves: that it may be out.

    With it its article, and what else waits of that: who knows an article takes it for no new one. `told` are the
    deliveries of which that was said before. The post of the first one of a thread has the words of all.
    """
    at, words = instant(now), thread(delivery.post)
    begun = {"state": "unknown", "updated": at, "committed": at} | ({"thread": words} if words else {})
    posts = [
        post_fact(row) | (begun if row["key"] == delivery.key else {})
        for row in database.rows("SELECT * FROM delivery WHERE anchor = :anchor", anchor=delivery.anchor)
        if row["key"] == delivery.key or row["key"] not in told
    ]
    return posts if delivery.key in told else [*_story(database, delivery.anchor), *posts]


def answered(database: Database, delivery: Delivery, receipt: Receipt, now: datetime) -> Fact:
    """What is told of a delivery once it is posted."""
    row, at = database.row("SELECT * FROM delivery WHERE key = :key", key=delivery.key), micros(now)
    assert row is not None
    kept = compact({"id": receipt.id, "permalink": receipt.permalink, "data": receipt.data})
    gone = {"reason": None, "due_at": None, "error": None, "remote_id": receipt.id, "permalink": receipt.permalink}
    return post_fact(row | gone | {"state": "posted", "receipt": kept, "posted_at": at, "updated_at": at})


def changing(database: Database, change: Delivery) -> list[Fact]:
    """What is told before the request of an edit or a deletion leaves: that it is due, with what it is about."""
    return [*_story(database, change.anchor), *_rows(database, "key = :key", key=change.key)]


def changed(database: Database, change: Delivery) -> list[Fact]:
    """What is told once an edit or a deletion is recorded: that, and how the posts of its story stand now."""
    own = "anchor = :anchor AND account = :account"
    return _rows(database, own, anchor=change.anchor, account=change.account)


def _rows(database: Database, where: str, **values: str) -> list[Fact]:
    return [post_fact(row) for row in database.rows(f"SELECT * FROM delivery WHERE {where}", **values)]


def _story(database: Database, anchor: str) -> list[Fact]:
    """An article by its names, and its words: it is out."""
    row = database.row(f"SELECT {ARTICLE} FROM article WHERE anchor = :anchor", anchor=anchor)
    assert row is not None
    names = database.rows("SELECT hash, kind FROM alias WHERE anchor = :anchor ORDER BY hash", anchor=anchor)
    named = {each["hash"]: each["kind"] for each in names}
    return [article_fact(row, named, public=True), words_fact(database, anchor)]
