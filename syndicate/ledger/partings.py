"""Skips what waits for an account whose name or login left, and lets it wait again when that is back in time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from syndicate.ledger import rows
from syndicate.ledger.database import Database, Row, micros
from syndicate.ledger.dropped import ANOTHER_LOGIN
from syndicate.ledger.follow_ups import FollowUps
from syndicate.ledger.transitions import CLOSED, HELD, RETURNED, drop
from syndicate.model import APPROVABLE, Reason

PLANNED: tuple[Reason, ...] = (*APPROVABLE, "embargo", "delay", "override", "preflight")
"""What a delivery waits for in the state `planned`."""


def close(database: Database, name: str, reason: Reason, words: str, now: datetime, cause: str) -> int:
    """Skip everything that waits for an account, and keep for which login and until when it waited.

    `cause` is for what tells of it. Returns how many articles that are.
    """
    with database.transaction():
        counted = f"SELECT COUNT(DISTINCT anchor) AS number FROM delivery WHERE account = :name AND {CLOSED.allowed}"
        row = database.row(counted, name=name)
        assert row is not None
        database.change(
            "UPDATE delivery SET left_due_at = due_at, left_login ="
            " COALESCE((SELECT login FROM account WHERE name = :name), '')"
            f" WHERE account = :name AND {CLOSED.allowed}",
            name=name,
        )
        values: Row = {"name": name, "words": words}
        drop(database, CLOSED, "account = :name", now=now, error=":words", reason=reason, cause=cause, values=values)
    return int(row["number"])


def end(database: Database, name: str, now: datetime, follow_ups: FollowUps) -> int:
    """End the login that a name led to, so that nothing of it reaches the next one. Returns how many articles waited.

    What was not sent is skipped. What was sent without an answer is held, since it cannot be looked up any more.
    """
    articles = close(database, name, "baseline", "the account now leads to another login", now, ANOTHER_LOGIN)
    asked = f"{rows.JOINED} WHERE delivery.account = :name AND {HELD.allowed}"
    unclear = database.rows(asked, name=name) if follow_ups.sinks else []
    database.change(
        f"UPDATE delivery SET {HELD.sets()}, reason = 'no_answer', due_at = NULL, fence = fence + 1,"
        f" lease_until = 0, updated_at = :now WHERE account = :name AND {HELD.allowed}",
        name=name,
        now=micros(now),
    )
    for row in unclear:
        follow_ups.note(rows.delivery(row), "held", now)
    # Of these it is not known for which login they were: they never come back.
    database.change("UPDATE delivery SET left_login = NULL WHERE account = :name AND left_login = ''", name=name)
    for table in ("credential", "listed"):
        database.change(f"DELETE FROM {table} WHERE account = :name", name=name)
    database.change("DELETE FROM account WHERE name = :name", name=name)
    return articles


class Partings:
    """Accounts that left the config, with what waited for them."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def left(self, configured: Collection[str]) -> list[str]:
        """Accounts that are not in the config any more."""
        return [
            row["name"]
            for row in self._db.rows("SELECT name FROM account ORDER BY name")
            if row["name"] not in configured
        ]

    def leave(self, name: str, now: datetime) -> int:
        """Skip what waits for an account that left the config. Returns how many articles that are."""
        waits = f"SELECT 1 FROM delivery WHERE account = :name AND {CLOSED.allowed} LIMIT 1"
        if self._db.row(waits, name=name) is None:
            return 0
        with self._db.transaction():
            articles = close(self._db, name, "account_left", "the account left the config", now, "account_left")
            if articles:
                self._db.change("UPDATE account SET left_at = :now WHERE name = :name", name=name, now=micros(now))
        return articles

    def comes_back(self, name: str, now: datetime) -> int:
        """Let wait again what was skipped because this name or its login had left, unless it expired since.

        Returns how many deliveries that are.
        """
        row = self._db.row("SELECT login FROM account WHERE name = :name", name=name)
        values: Row = {"name": name, "login": row and row["login"], "now": micros(now)}
        mine = (
            "account = :name AND left_login IS NOT NULL AND reason IN ('account_left', 'baseline')"
            " AND (left_login = :login OR (left_login = '' AND reason = 'account_left'))"
            " AND (expires_at IS NULL OR expires_at > :now)"
        )
        planned = rows.among("waited_for", PLANNED, values)
        back = "reason = waited_for, waited_for = NULL, left_due_at = NULL, left_login = NULL, error = NULL"
        with self._db.transaction():
            self._db.change("UPDATE account SET left_at = NULL WHERE name = :name AND left_at IS NOT NULL", name=name)
            found = self._db.change(
                f"UPDATE delivery SET {RETURNED.sets('planned')}, due_at = left_due_at, updated_at = :now, {back}"
                f" WHERE {RETURNED.allowed} AND {mine} AND {planned}",
                **values,
            )
            return found + self._db.change(
                f"UPDATE delivery SET {RETURNED.sets('due')}, due_at = COALESCE(left_due_at, :now), updated_at = :now,"
                f" {back} WHERE {RETURNED.allowed} AND {mine}",
                **values,
            )
