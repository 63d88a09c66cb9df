"""What flood control compares a reading with: a source's hosts, its pace, what it listed last, and approvals."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from syndicate.aliases import site_host
from syndicate.ledger.database import Database, Row, from_micros, micros
from syndicate.model import Article, Delivery
from syndicate.serialization import load_article

HOUR = timedelta(hours=1)
"""How long an approval lets everything of its source through, and in which time new articles are counted."""
PAST = timedelta(days=30)
"""How far back a source's busiest hour is looked for."""
REMEMBERED = 500  # entries of a list, from its top

_GOING = (  # a post that went out, will go out, or waits because it was one of too many; a person's own wish is none
    "EXISTS (SELECT 1 FROM delivery WHERE delivery.anchor = article.anchor AND action = 'post' AND expires_at IS NOT"
    " NULL AND priority > 0 AND state <> 'skipped' AND NOT (state = 'planned' AND reason IN ('similar', 'stranger')))"
)
_DATES = (
    "published_at, first_seen_at, data LIKE :by_day AS by_day,"
    " EXISTS (SELECT 1 FROM delivery WHERE delivery.anchor = article.anchor) AS planned"
)
_BY_DAY = '%"precision":"day"%'
_MEANT = (  # never asked about, or not refused
    "(NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.anchor = article.anchor)"
    " OR EXISTS (SELECT 1 FROM delivery WHERE delivery.anchor = article.anchor AND action = 'post'"
    " AND NOT (state = 'planned' AND reason IN ('burst', 'similar', 'stranger'))"
    " AND NOT (state = 'skipped' AND (reason IN ('person', 'similar') OR (waited_for IS NOT NULL"
    " AND waited_for IN ('burst', 'similar', 'stranger'))))))"
)


class Floods:
    """The `source_host` table, and columns of `source` that only flood control uses."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def hosts(self, source: str) -> set[str]:
        """The hosts to which a source led so far, apart from those that wait for approval or were refused."""
        return {row["host"] for row in self._db.rows("SELECT host FROM source_host WHERE source = :name", name=source)}

    def led_before(self, source: str, new: Iterable[str]) -> set[str]:
        """The hosts of everything that is known of a source but `new` (anchors), for a ledger that kept none so far."""
        fresh = set(new)
        rows = self._db.rows("SELECT anchor, url FROM article WHERE source = :name", name=source)
        return {host for row in rows if row["anchor"] not in fresh and (host := site_host(row["url"]))}

    def lead_to(self, source: str, hosts: Iterable[str]) -> None:
        """Record hosts to which a source leads."""
        self._db.change_many(
            "INSERT INTO source_host (source, host) VALUES (:source, :host) ON CONFLICT DO NOTHING",
            [{"source": source, "host": host} for host in hosts],
        )

    def came(self, source: str, now: datetime, besides: Iterable[str]) -> list[datetime]:
        """When the new articles of a source were published that came within the last hour, but those in `besides` and
        breaking news. One without a time counts when it was first seen.
        """
        known = set(besides)
        rows = self._db.rows(
            f"SELECT anchor, {_DATES} FROM article WHERE source = :name AND first_seen_at > :since AND {_GOING}",
            name=source,
            by_day=_BY_DAY,
            since=micros(now - HOUR),
        )
        return _moments(row for row in rows if row["anchor"] not in known)

    def published(self, source: str, now: datetime) -> list[datetime]:
        """When the articles of a source were published, over PAST, apart from the last hour.

        One without a time counts when it was first seen, unless the first run found it; what a person refused, and
        what still waits, does not.
        """
        dated = (  # + keeps to one index
            "published_at > :since AND published_at <= :until AND (+first_seen_at <= :until OR NOT EXISTS"
            " (SELECT 1 FROM delivery WHERE delivery.anchor = article.anchor))"
        )
        timeless = "first_seen_at > :since AND first_seen_at <= :until AND (+published_at IS NULL OR data LIKE :by_day)"
        rows = self._db.rows(
            f"SELECT {_DATES} FROM article WHERE source = :name AND {dated} AND data NOT LIKE :by_day AND {_MEANT}"
            f" UNION ALL SELECT {_DATES} FROM article WHERE source = :name AND {timeless} AND {_MEANT}",
            name=source,
            by_day=_BY_DAY,
            since=micros(now - PAST),
            until=micros(now - HOUR),
        )
        return _moments(rows)

    def recent(self, source: str, count: int, besides: Collection[str]) -> list[Article]:
        """The last articles of a source that have a date, newest first, without those in `besides`.

        What a person refused, and what still waits, is left out.
        """
        rows = self._db.rows(
            "SELECT anchor, data FROM article WHERE source = :source AND published_at IS NOT NULL"
            f" AND content_hash <> '' AND {_MEANT} ORDER BY published_at DESC LIMIT :count",
            source=source,
            count=count + len(besides),
        )
        return [load_article(row["data"]) for row in rows if row["anchor"] not in besides][:count]

    def is_calm(self, source: str, now: datetime) -> bool:
        """Whether a person approved what was too much within the last hour, and nothing is too much for now."""
        return (
            self._db.row("SELECT 1 FROM source WHERE name = :name AND calm_until > :now", name=source, now=micros(now))
            is not None
        )

    def listed(self, source: str) -> list[str]:
        """Anchors of what a source listed last, in its order."""
        row = self._db.row("SELECT listed FROM source WHERE name = :name", name=source)
        return json.loads(row["listed"]) if row and row["listed"] else []

    def lists(self, source: str, anchors: Sequence[str]) -> None:
        """Record what a source lists."""
        self._db.change(
            "UPDATE source SET listed = :listed WHERE name = :name",
            name=source,
            listed=json.dumps(list(dict.fromkeys(anchors))[:REMEMBERED]),
        )


def approved(database: Database, delivery: Delivery, now: datetime) -> None:
    """Record what the approval of a delivery tells of its source: that a host is its own, or that it publishes a lot.

    It publishes a lot once nothing of it waits as a burst any more for the delivery's account.
    """
    row = database.row("SELECT source, url FROM article WHERE anchor = :anchor", anchor=delivery.anchor)
    assert row is not None
    host = site_host(row["url"])
    if delivery.reason == "stranger" and host:
        Floods(database).lead_to(row["source"], [host])
    if delivery.reason == "burst":
        database.change(
            "UPDATE source SET calm_until = :until WHERE name = :source AND NOT EXISTS (SELECT 1 FROM delivery"
            " JOIN article ON article.anchor = delivery.anchor WHERE account = :account AND state = 'planned'"
            " AND reason = 'burst' AND article.source = :source)",
            until=micros(now + HOUR),
            source=row["source"],
            account=delivery.account,
        )


def _moments(rows: Iterable[Row]) -> list[datetime]:
    """When each of these articles was published, or else first seen."""
    found = []
    for row in rows:
        dated = row["published_at"] is not None and not row["by_day"]
        at = from_micros(row["published_at"] if dated else row["first_seen_at"])
        if at is not None and (dated or row["planned"]):
            found.append(at)
    return found
