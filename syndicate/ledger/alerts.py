"""Alerts of single deliveries that were held, failed or skipped: each is sent to a person once."""

from __future__ import annotations

from datetime import datetime

from syndicate.ledger import rows
from syndicate.ledger.database import Database, micros
from syndicate.model import Delivery

TRIES = 3


class Alerts:
    """The `alert` table."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def waiting(self) -> list[tuple[Delivery, str, int]]:
        """Alerts not sent yet: the delivery, and the state and fence that it had then."""
        found = self._db.rows(
            "SELECT delivery.*, article.url AS article_url, alert.state AS told, alert.fence AS told_fence FROM alert"
            " JOIN delivery ON delivery.key = alert.key JOIN article ON article.anchor = delivery.anchor"
            " WHERE alert.done_at IS NULL AND alert.tries < :tries ORDER BY delivery.planned_at",
            tries=TRIES,
        )
        return [(rows.delivery(row), row["told"], row["told_fence"]) for row in found]

    def told(self, key: str, state: str, fence: int, *, now: datetime, heard: bool) -> None:
        """Record that an alert was sent (`heard`), or count a failed try; after TRIES it is given up."""
        self._db.change(
            "UPDATE alert SET tries = tries + 1, done_at = :done_at"
            " WHERE key = :key AND state = :state AND fence = :fence",
            key=key,
            state=state,
            fence=fence,
            done_at=micros(now) if heard else None,
        )
