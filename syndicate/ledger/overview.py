"""The ledger in numbers, for health checks and metrics."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from syndicate.ledger.database import Database, micros
from syndicate.ledger.dropped import Dropped
from syndicate.ledger.notices import Notices
from syndicate.ledger.shelf import TRIED, Shelf
from syndicate.model.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Overview:
    """Numbers with their labels: counts, seconds, or 1 for what is true."""

    deliveries: list[tuple[str, str, float]]
    oldest: list[tuple[str, float]]
    paused: list[tuple[str, str, float]]
    failures: list[tuple[str, float]]
    source_failures: list[tuple[str, float]]
    polled: list[tuple[str, float]]
    attempts: list[tuple[str, str, float]]
    dropped: list[tuple[str, str, float]]
    alerts: list[tuple[str, str, str, float]]


def _deliveries(database: Database) -> list[tuple[str, str, float]]:
    """Counts by account and state; posts that were deleted count as `deleted`."""
    found = database.rows("SELECT account, state, COUNT(*) AS number FROM delivery GROUP BY account, state")
    counts = {(row["account"], row["state"]): row["number"] for row in found}
    gone = database.rows("SELECT account, COUNT(*) AS number FROM delivery WHERE reason = 'deleted' GROUP BY account")
    for row in gone:
        counts[row["account"], "deleted"] = row["number"]
        counts[row["account"], "posted"] -= row["number"]
    for (account, what), number in Shelf(database).counts().items():
        if not what.startswith(TRIED):
            counts[account, what] = counts.get((account, what), 0) + number
    return [(account, state, number) for (account, state), number in counts.items()]


def _attempts(database: Database) -> list[tuple[str, str, float]]:
    """Counts by account and outcome."""
    found = database.rows(
        "SELECT delivery.account AS account, attempt.outcome AS outcome, COUNT(*) AS number FROM attempt"
        " JOIN delivery ON delivery.key = attempt.key WHERE attempt.outcome IS NOT NULL"
        " GROUP BY delivery.account, attempt.outcome"
    )
    counts = Counter({(row["account"], row["outcome"]): row["number"] for row in found})
    for (account, what), number in Shelf(database).counts().items():
        if what.startswith(TRIED):
            counts[account, what.removeprefix(TRIED)] += number
    return [(account, outcome, number) for (account, outcome), number in counts.items()]


def overview(database: Database, now: datetime) -> Overview:
    """Read all numbers, with one query for each field."""
    at = micros(now)

    def rows(sql: str, **values: object) -> list[tuple[object, ...]]:
        return [tuple(row.values()) for row in database.rows(sql, **values)]

    return Overview(
        deliveries=_deliveries(database),
        oldest=rows(  # type: ignore[arg-type]
            "SELECT account, (:now - MIN(due_at)) / 1000000.0 AS seconds FROM delivery"
            " WHERE state = 'due' AND due_at <= :now GROUP BY account",
            now=at,
        ),
        paused=rows("SELECT name, paused, 1 AS so FROM account WHERE paused IS NOT NULL"),  # type: ignore[arg-type]
        failures=rows("SELECT name, failures FROM account"),  # type: ignore[arg-type]
        source_failures=rows("SELECT name, fails FROM source"),  # type: ignore[arg-type]
        polled=rows(  # type: ignore[arg-type]
            "SELECT name, (:now - polled_at) / 1000000.0 AS seconds FROM source WHERE polled_at IS NOT NULL", now=at
        ),
        attempts=_attempts(database),
        dropped=[(each.account, each.cause, each.count) for each in Dropped(database).counts()],
        alerts=[(each.kind, each.subject, each.cause, 1) for each in Notices(database).holding()],
    )
