"""Which stories an account's rule may post again, in turn, and the look through all articles that finds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from syndicate.ledger.articles import StoredArticle, stored_article
from syndicate.ledger.database import MICROSECOND, Database, Row, from_micros, micros
from syndicate.model import LAST_OF_ALL
from syndicate.model.dataclass import dataclass

OPEN = "state IN ('planned', 'due', 'sending', 'unknown', 'held')"
"""The condition on a delivery of which something may still be seen on its network, or is not known."""
_CURSOR = "evergreen"  # the row of `meta` that says how far the look is
_AHEAD = 2 * timedelta(days=365) // MICROSECOND  # what was seen so much later than now was seen by a wrong clock


@dataclass(frozen=True, slots=True)
class Turn:
    """A story that may be next: how often it was posted again, and when it was posted last."""

    anchor: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Survey:
    """How far a look through all articles is. `rules` is a hash of what it looks for; `ended` None: it goes on."""

    rules: str
    number: int = 0
    ended: datetime | None = None


class Evergreens:
    """The `evergreen` table, and questions about what is posted again. None of them reads more than a few rows."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # In turn

    def turns(self, account: str, times: int, before: datetime, most: int) -> list[Turn]:
        """The stories that were posted again exactly so often, the last time before then: longest ago first."""
        found = self._db.rows(
            "SELECT anchor, times, last_at FROM evergreen WHERE account = :account AND times = :times"
            " AND last_at <= :before ORDER BY last_at LIMIT :most",
            account=account,
            times=times,
            before=micros(before),
            most=most,
        )
        return [Turn(row["anchor"], row["times"], at) for row in found if (at := from_micros(row["last_at"]))]

    def put(self, account: str, turn: Turn) -> None:
        """Record a story, or what is known of it now."""
        self._db.change(
            "INSERT INTO evergreen (account, anchor, times, last_at) VALUES (:account, :anchor, 0, 0)"
            " ON CONFLICT DO NOTHING",
            account=account,
            anchor=turn.anchor,
        )
        self._db.change(
            "UPDATE evergreen SET times = :times, last_at = :last_at WHERE account = :account AND anchor = :anchor",
            account=account,
            anchor=turn.anchor,
            times=turn.times,
            last_at=micros(turn.last_at),
        )

    def drop(self, account: str, anchor: str) -> None:
        """Leave a story out, until the next look finds it again."""
        self._db.change(
            "DELETE FROM evergreen WHERE account = :account AND anchor = :anchor", account=account, anchor=anchor
        )

    # What is under way

    def is_open(self, account: str) -> bool:
        """Whether a story that an account posts again is under way: one at a time."""
        asked = f"SELECT 1 FROM delivery WHERE account = :account AND again IS NOT NULL AND {OPEN} LIMIT 1"
        return self._db.row(asked, account=account) is not None

    def sent_by_rule(self, account: str, since: datetime) -> int:
        """How many stories an account's rule has posted again since then."""
        row = self._db.row(
            "SELECT COUNT(*) AS number FROM delivery WHERE account = :account AND committed_at >= :since"
            " AND again IS NOT NULL AND priority = :last",
            account=account,
            since=micros(since),
            last=LAST_OF_ALL,
        )
        return row["number"] if row else 0

    def news_at(self, account: str, until: datetime) -> datetime | None:
        """When the first post is due for an account, up to then, that is no story posted again."""
        row = self._db.row(
            "SELECT MIN(due_at) AS at FROM delivery WHERE account = :account AND due_at <= :until"
            " AND action = 'post' AND again IS NULL"
            " AND (state = 'due' OR (state = 'planned' AND reason IN ('embargo', 'delay')))",
            account=account,
            until=micros(until),
        )
        return from_micros(row["at"]) if row else None

    # The look through all articles

    def survey(self) -> Survey | None:
        """How far the last look came; None before the first one."""
        row = self._db.row("SELECT value FROM meta WHERE name = :name", name=_CURSOR)
        if row is None:
            return None
        rules, number, ended = row["value"].split()
        return Survey(rules, int(number), from_micros(int(ended)) if int(ended) else None)

    def surveyed(self, survey: Survey) -> None:
        """Record how far it is."""
        self._db.change(
            "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value",
            name=_CURSOR,
            value=f"{survey.rules} {survey.number} {micros(survey.ended) or 0}",
        )

    def articles(self, survey: Survey, before: datetime, most: int) -> list[tuple[int, StoredArticle]]:
        """The next articles, in the order in which they came, up to the first that came after `before`."""
        found = self._db.rows(
            "SELECT rowid AS number, * FROM article WHERE rowid > :number ORDER BY rowid LIMIT :most",
            number=survey.number,
            most=most,
        )
        return [(row["number"], stored_article(row)) for row in _up_to(found, micros(before))]


def _up_to(found: Sequence[Row], before: int) -> list[Row]:
    listed = []
    for row in found:
        if before < row["first_seen_at"] <= before + _AHEAD:
            break
        listed.append(row)
    return listed
