"""Records what was dropped while it waited, so that nothing is: each is logged once, told once, and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from syndicate.ledger import rows
from syndicate.ledger.alerts import TRIES
from syndicate.ledger.articles import CHUNK
from syndicate.ledger.database import Database, Row, from_micros, micros
from syndicate.model import REASONS
from syndicate.model.dataclass import dataclass

LATE = "late"
"""Cause: it was already too old when its source could be read again."""
NO_RUN = "no_run"
"""Cause: it was due, waited for nothing, and no run sent it in time."""
ANOTHER_LOGIN = "another_login"
"""Cause: its account leads to another login now."""
APART = timedelta(hours=1)  # between two alerts about the same account and cause
STALE = timedelta(days=7)  # what was dropped longer ago is no news any more

_WORDS: Mapping[str, str] = {
    **dict[str, str](REASONS.items()),
    LATE: "it was too old when its source could be read again",
    NO_RUN: "it was due, and no run sent it in time",
    ANOTHER_LOGIN: "its account leads to another login now",
}

CAUSE = (
    "COALESCE(delivery.reason, (SELECT CASE WHEN account.paused IN ('auth', 'login') THEN 'auth'"
    " WHEN account.paused IS NOT NULL OR EXISTS (SELECT 1 FROM pause WHERE word = '') THEN 'paused'"
    " WHEN account.next_at > delivery.planned_at AND account.failures > 0 THEN 'unavailable'"
    " WHEN account.next_at > delivery.planned_at THEN 'rate_limited'"
    " WHEN account.opens_at > delivery.planned_at THEN 'window' END"
    f" FROM account WHERE account.name = delivery.account), '{NO_RUN}')"
)
"""SQL: what a waiting delivery waits for. One that no run has looked at waits for what its account waits for."""

_WAITING = (
    f"SELECT expires_at, account, error, {CAUSE} AS cause, CASE WHEN reason IS NULL THEN"
    " (SELECT opens_at FROM account WHERE name = delivery.account) ELSE due_at END AS opens_at FROM delivery"
    " WHERE state IN ('planned', 'due') AND expires_at <= :soon AND expires_at > :now"
    " AND account = :account AND action = 'post' AND draft IS NULL"
)
_PAUSE_ENDS = (
    "(EXISTS (SELECT 1 FROM account AS halted WHERE halted.name = waiting.account"
    " AND halted.paused_until < waiting.expires_at)"
    " OR EXISTS (SELECT 1 FROM pause WHERE pause.until < waiting.expires_at))"
)


@dataclass(frozen=True, slots=True)
class Drop:
    """A delivery that was dropped while it waited for `cause`: a reason to wait, LATE, NO_RUN or ANOTHER_LOGIN.

    `reason` is that of the skipped delivery, and `error` what was last said of its wait. `down_since` is since when
    the account's network was not reached, or this was tried first, and `until` how long it asked us to wait.
    """

    key: str
    at: datetime
    account: str
    source: str
    article: str
    title: str
    cause: str
    reason: str | None
    error: str | None
    down_since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class DropCount:
    """How many deliveries of an account were dropped for one cause, the last one at `latest`."""

    account: str
    cause: str
    count: int
    latest: datetime


@dataclass(frozen=True, slots=True)
class Expiring:
    """Deliveries of an account that have waited long for `cause`: how many, and when the first expires.

    `error` is what was said of the wait of one of them.
    """

    account: str
    cause: str
    count: int
    first: datetime
    error: str | None = None


class Dropped:
    """The `dropped` table."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def late(self, keys: Sequence[str], now: datetime) -> None:
        """Record deliveries that were skipped as they were planned: they had become too old before they were seen."""
        for start in range(0, len(keys), CHUNK):
            values: Row = {}
            note(self._db, rows.among("key", keys[start : start + CHUNK], values), now=now, cause=LATE, values=values)

    def take(self) -> list[Drop]:
        """What was dropped and not logged yet, by whichever process; it counts as logged from now on."""
        if self._db.row("SELECT 1 FROM dropped WHERE logged = 0 LIMIT 1") is None:
            return []
        taken = self._db.rows("UPDATE dropped SET logged = 1 WHERE logged = 0 RETURNING key, at")
        found = {(row["key"], row["at"]) for row in taken}
        since = min(row["at"] for row in taken)
        return [drop for drop in self._drops("dropped.at >= :since", since=since) if _place(drop) in found]

    def has(self, key: str) -> bool:
        """Whether a delivery was ever dropped."""
        return self._db.row("SELECT 1 FROM dropped WHERE key = :key LIMIT 1", key=key) is not None

    def untold(self, now: datetime) -> list[Drop]:
        """What was dropped in the last days and no alert told yet; not where one told of that account and cause lately.

        What is left out is told with what comes until then.
        """
        return self._drops(
            "dropped.told_at IS NULL AND dropped.tries < :tries AND dropped.at > :since AND NOT EXISTS (SELECT 1"
            " FROM dropped AS earlier WHERE earlier.account = dropped.account AND earlier.cause = dropped.cause"
            " AND earlier.told_at > :lately)",
            tries=TRIES,
            since=micros(now - STALE),
            lately=micros(now - APART),
        )

    def told(self, drops: Sequence[Drop], *, now: datetime, heard: bool) -> None:
        """Record that an alert told of them (`heard`), or count a failed try."""
        with self._db.transaction():
            for drop in drops:
                self._db.change(
                    "UPDATE dropped SET tries = tries + 1, told_at = :told_at WHERE key = :key AND at = :at",
                    key=drop.key,
                    at=micros(drop.at),
                    told_at=micros(now) if heard else None,
                )

    def counts(self, since: datetime | None = None) -> list[DropCount]:
        """How many were dropped (since then), by account and cause."""
        found = self._db.rows(
            "SELECT account, cause, COUNT(*) AS number, MAX(at) AS latest FROM dropped WHERE at >= :since"
            " GROUP BY account, cause ORDER BY account, cause",
            since=micros(since) or 0,
        )
        return [
            DropCount(row["account"], row["cause"], row["number"], latest)
            for row in found
            if (latest := from_micros(row["latest"]))
        ]

    def accounts_expiring(self, now: datetime, soon: datetime) -> set[str]:
        """The accounts for which anything waits that expires until then."""
        found = self._db.rows(
            "SELECT DISTINCT account FROM delivery WHERE state IN ('planned', 'due')"
            " AND expires_at <= :soon AND expires_at > :now",
            now=micros(now),
            soon=micros(soon),
        )
        return {row["account"] for row in found}

    def expiring(self, account: str, now: datetime, max_age: timedelta) -> list[Expiring]:
        """What waits and has spent half of `max_age`, by what it waits for.

        Not what the publisher wants to wait: for a date or a delay, or for hours, a limit or the end of a pause that
        come before it expires.
        """
        found = self._db.rows(
            f"SELECT cause, COUNT(*) AS number, MIN(expires_at) AS first, MAX(error) AS error"
            f" FROM ({_WAITING}) AS waiting"
            f" WHERE cause NOT IN ('embargo', 'delay', '{NO_RUN}')"
            " AND NOT (cause IN ('window', 'spacing', 'cap', 'budget') AND opens_at < expires_at)"
            f" AND NOT (cause = 'paused' AND {_PAUSE_ENDS}) GROUP BY cause ORDER BY cause",
            account=account,
            now=micros(now),
            soon=micros(now + max_age / 2),
        )
        return [
            Expiring(account, row["cause"], row["number"], first, row["error"])
            for row in found
            if (first := from_micros(row["first"]))
        ]

    def _drops(self, condition: str, **values: object) -> list[Drop]:
        found = self._db.rows(
            "SELECT dropped.*, delivery.reason, article.source, article.url, article.data FROM dropped"
            " JOIN delivery ON delivery.key = dropped.key JOIN article ON article.anchor = delivery.anchor"
            f" WHERE {condition} ORDER BY dropped.at, delivery.planned_at",
            **values,
        )
        return [_drop(row) for row in found]


def why(cause: str) -> str:
    """What a cause means, in words."""
    return _WORDS[cause]


def note(
    database: Database, where: str, *, now: datetime, cause: str | None = None, told: bool = False, values: Row
) -> None:
    """Record the deliveries that `where` names as dropped now. Called before the statement that skips them.

    `cause` None: what each of them waits for. `told`: another alert tells of them.
    """
    database.change(
        "INSERT INTO dropped (key, at, account, cause, error, down_since, wait_until, told_at)"
        f" SELECT key, :dropped_at, account, COALESCE(:dropped_for, {CAUSE}), error,"
        " COALESCE((SELECT down_since FROM account WHERE name = delivery.account),"
        " (SELECT MIN(started_at) FROM attempt WHERE attempt.key = delivery.key AND fence > 0)),"
        " (SELECT next_at FROM account WHERE name = delivery.account), :dropped_told"
        f" FROM delivery WHERE {where} ON CONFLICT DO NOTHING",
        **values,
        dropped_at=micros(now),
        dropped_for=cause,
        dropped_told=micros(now) if told else None,
    )


def _place(drop: Drop) -> tuple[str, int | None]:
    return drop.key, micros(drop.at)


def _drop(row: Row) -> Drop:
    at, planned = from_micros(row["at"]), from_micros(row["wait_until"])
    assert at is not None
    return Drop(
        key=row["key"],
        at=at,
        account=row["account"],
        source=row["source"],
        article=rows.address(row),
        title=rows.title(row),
        cause=row["cause"],
        reason=row["reason"],
        error=row["error"],
        down_since=from_micros(row["down_since"]),
        until=planned if row["wait_until"] else None,
    )
