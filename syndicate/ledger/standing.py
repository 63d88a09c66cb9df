"""Where things stand: what waits, what is held or failed, what was dropped, for `syndicate status`."""

from __future__ import annotations

from datetime import datetime

from syndicate.ledger import rows
from syndicate.ledger.database import Database, Row, from_micros, micros
from syndicate.model import SCHEDULED, Delivery, Reason
from syndicate.model.dataclass import dataclass

DROPPED: tuple[Reason, ...] = ("too_old", "preflight", "empty", "withdrawn", "account_left")
"""Reasons with which a story was dropped by nobody's choice."""


@dataclass(frozen=True, slots=True)
class DroppedCount:
    """How many deliveries of an account were skipped for a reason; `waited_for` is what they had waited for."""

    account: str
    reason: str
    waited_for: str | None
    count: int


class Standing:
    """Reads of the whole ledger for one screen. Each is one query that an index answers."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def waiting(self) -> dict[str, int]:
        """How many posts wait, also for an answer, by account."""
        found = self._db.rows(
            "SELECT account, COUNT(*) AS number FROM delivery"
            " WHERE state IN ('planned', 'due', 'sending', 'unknown') GROUP BY account"
        )
        return {row["account"]: row["number"] for row in found}

    def closed_for(self, account: str) -> str | None:
        """The reason for which an account's next post waits for its schedule; None if it does not."""
        values: Row = {"account": account}
        row = self._db.row(
            "SELECT reason FROM delivery WHERE account = :account AND state = 'due'"
            f" AND {rows.among('reason', SCHEDULED, values)} ORDER BY planned_at LIMIT 1",
            **values,
        )
        return row["reason"] if row else None

    def unsettled(self, since: datetime) -> list[Delivery]:
        """What a person has to settle: held, failed since then, or waiting for a template that is broken."""
        found = self._db.rows(
            f"{rows.JOINED} WHERE delivery.state = 'held' OR (delivery.state = 'failed'"
            " AND delivery.updated_at >= :since) OR (delivery.state = 'due' AND delivery.reason = 'template')"
            " ORDER BY delivery.planned_at",
            since=micros(since),
        )
        return [rows.delivery(row) for row in found]

    def dropped(self, since: datetime) -> list[DroppedCount]:
        """What was dropped since then, by account, reason and what it had waited for; the most first."""
        values: Row = {"since": micros(since)}
        found = self._db.rows(
            "SELECT account, reason, waited_for, COUNT(*) AS number FROM delivery WHERE likely(state = 'skipped')"
            f" AND unlikely(updated_at >= :since) AND action = 'post' AND {rows.among('reason', DROPPED, values)}"
            " GROUP BY account, reason, waited_for ORDER BY number DESC, account",
            **values,
        )
        return [DroppedCount(row["account"], row["reason"], row["waited_for"], row["number"]) for row in found]

    def last_run(self) -> datetime | None:
        """When a run or the daemon last did anything here."""
        row = self._db.row(
            "SELECT MAX(at) AS at FROM (SELECT MAX(polled_at) AS at FROM source"
            " UNION ALL SELECT CAST(value AS BIGINT) FROM meta WHERE name = 'clock') AS times"
        )
        return from_micros(row["at"]) if row else None

    def schema(self) -> int:
        """The version of the ledger's tables."""
        row = self._db.row("SELECT value FROM meta WHERE name = 'schema_version'")
        return int(row["value"]) if row else 0
