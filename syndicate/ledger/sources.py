"""The state of each source between polls: validators, baseline, failures, when it is polled next."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from syndicate.ledger.database import MICROSECOND, Database, Row, from_micros, micros
from syndicate.model import NO_HINTS, PollHints, Validators
from syndicate.model.dataclass import dataclass

FLOOR = timedelta(seconds=10)
"""The shortest time between two polls of a source because of hints."""

_NEXT = (
    "CASE WHEN hinted_at IS NULL OR hinted_at >= :next_poll_at THEN :next_poll_at"
    " WHEN hinted_at < :retry_at THEN :retry_at ELSE hinted_at END"
)  # a hint that came while this poll was under way is not lost with it


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How the last polls of a source went: `fails` in a row since `failing_since`, the last with `error`.

    `gone`: it answered 410. `good_at` is when it was last read. `retry_at` is until when its server asked us to wait,
    and `asked_to_wait` how long that was; None and zero: it did not.
    """

    name: str
    fails: int
    error: str | None
    gone: bool = False
    asked_to_wait: timedelta = timedelta(0)
    good_at: datetime | None = field(default=None, compare=False)
    failing_since: datetime | None = field(default=None, compare=False)
    next_poll_at: datetime | None = field(default=None, compare=False)
    retry_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source between polls. `url` is the configured address; `retry_at` is what its server asked for (Retry-After).

    `baseline_at` is None until the first good reading. `address` is its new address, if it moved for good;
    `moved_to` is the address to which it has redirected for good since `moved_at`, and which is not used yet.
    `gone`: it answered 410. `gap_at` is when articles were found missing that are not read yet. `read_at` is when it
    was last read successfully, `begun_at` when it was first read while the clock was doubted, `unread_since` since when
    its polls have failed.
    """

    name: str
    url: str = field(repr=False)  # it may hold a secret
    validators: Validators
    baseline_at: datetime | None
    next_poll_at: datetime
    retry_at: datetime
    fails: int
    entries: int
    error: str | None
    wish: PollHints = NO_HINTS
    address: str | None = None
    moved_to: str | None = None
    moved_at: datetime | None = None
    gone: bool = False
    gap_at: datetime | None = None
    read_at: datetime | None = None
    begun_at: datetime | None = None
    unread_since: datetime | None = None


def hashed(url: str) -> str:
    """What is stored of a source's address: it may hold a secret, and is only compared."""
    return hashlib.sha256(url.encode()).hexdigest()


class Sources:
    """The `source` table."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def ensure(self, name: str, url: str) -> SourceState:
        """The state of a source; a new one is added. With another address it starts over, until it is read."""
        kept = hashed(url)
        row = self._row(name)
        if row is not None and row["url"] == kept:
            return _state(row, url)
        with self._db.transaction():
            self._db.change("DELETE FROM source WHERE name = :name", name=name)
            self._db.change(
                "INSERT INTO source (name, url, next_poll_at, retry_at, fails, entries)"
                " VALUES (:name, :url, 0, 0, 0, 0)",
                name=name,
                url=kept,
            )
        row = self._row(name)
        assert row is not None
        return _state(row, url)

    def known(self, names: Iterable[str]) -> list[SourceHealth]:
        """The health of those sources that were ever polled."""
        wanted = list(names)
        if len(wanted) > 1:  # one question, not thousands
            rows: Mapping[str, Row | None] = {row["name"]: row for row in self._db.rows("SELECT * FROM source")}
        else:
            rows = {name: self._row(name) for name in wanted}
        return [_health(row) for name in wanted if (row := rows.get(name))]

    def baseline(self, name: str) -> datetime | None:
        """When a source was first read successfully; None before that, or where the source is not known."""
        row = self._row(name)
        return from_micros(row["baseline_at"]) if row else None

    def any_read(self) -> bool:
        """Whether any source was ever read successfully."""
        return self._db.row("SELECT 1 FROM source WHERE baseline_at IS NOT NULL LIMIT 1") is not None

    def read(
        self,
        name: str,
        validators: Validators,
        *,
        baseline_at: datetime,
        polled_at: datetime | None = None,
        entries: int | None,
        next_poll_at: datetime,
        wish: PollHints = NO_HINTS,
        gap_at: datetime | None = None,
    ) -> None:
        """Record a good reading. `entries` None: the document was unchanged, and its count stays.

        `baseline_at` counts for a first one; it was read at `polled_at`, or else at that instant.
        """
        self._db.change(
            "UPDATE source SET polled_at = :now, read_at = :now, failing_since = NULL, etag = :etag,"
            " last_modified = :last_modified, body_hash = :body_hash,"
            " place = :place, wish = :wish, baseline_at = COALESCE(baseline_at, :baseline_at), gone = 0,"
            " begun_at = NULL,"
            " entries = COALESCE(:entries, entries), retry_at = 0, fails = 0, gap_at = :gap_at,"
            f" next_poll_at = {_NEXT}, error = NULL WHERE name = :name",
            name=name,
            now=micros(polled_at or baseline_at),
            etag=validators.etag,
            last_modified=validators.last_modified,
            body_hash=validators.body_hash,
            place=validators.place,
            wish=_stored(wish),
            baseline_at=micros(baseline_at),
            entries=entries,
            gap_at=micros(gap_at),
            next_poll_at=micros(next_poll_at),
            retry_at=None,
        )

    def failed(
        self,
        name: str,
        error: str,
        *,
        next_poll_at: datetime,
        retry_at: datetime | None,
        gone: bool = False,
        at: datetime | None = None,
        since: datetime | None = None,
    ) -> None:
        """Record that a poll `at` that time failed. Validators and baseline stay as they are.

        Nothing was read since `since`.
        """
        self._db.change(
            "UPDATE source SET fails = fails + 1, failing_since = COALESCE(failing_since, :since, :at, polled_at),"
            f" error = :error, next_poll_at = {_NEXT}, gone = :gone,"
            " retry_at = COALESCE(:retry_at, 0), refused_at = :at WHERE name = :name",
            name=name,
            since=micros(since),
            error=error,
            at=micros(at),
            gone=int(gone),
            next_poll_at=micros(next_poll_at),
            retry_at=micros(retry_at),
        )

    def begun(self, name: str, at: datetime) -> None:
        """Record a first reading while the clock is doubted: what is published after `at` will be new."""
        self._db.change(
            "UPDATE source SET begun_at = COALESCE(begun_at, :at) WHERE name = :name AND baseline_at IS NULL",
            name=name,
            at=micros(at),
        )

    def moving(self, name: str, to: str | None, since: datetime | None) -> None:
        """Record where it redirects for good, and since when; None: it does not."""
        self._db.change(
            "UPDATE source SET moved_to = :to, moved_at = :since WHERE name = :name",
            name=name,
            to=to,
            since=micros(since),
        )

    def settle(self, name: str, address: str | None) -> None:
        """Poll it at `address` from now on; None: at its configured address. It stays the same source."""
        self._db.change(
            "UPDATE source SET address = :address, moved_to = NULL, moved_at = NULL WHERE name = :name",
            name=name,
            address=address,
        )

    def reserve(self, names: Sequence[str], *, now: datetime, next_poll_at: datetime, early: bool = False) -> list[str]:
        """Reserve the next poll of these sources for this process. Returns those that were due and not taken.

        `early`: also those not due, unless their server asked us to wait. At most some hundred names at a time.
        """
        values = {f"n{number}": name for number, name in enumerate(names)}
        taken = self._db.rows(
            "UPDATE source SET read_at = CASE WHEN fails = 0 THEN polled_at ELSE read_at END,"
            " next_poll_at = :next_poll_at, polled_at = :now, hinted_at = NULL"
            " WHERE (next_poll_at <= :now OR (:early = 1 AND retry_at <= :now))"
            f" AND name IN ({', '.join(f':{each}' for each in values)}) RETURNING name",
            now=micros(now),
            next_poll_at=micros(next_poll_at),
            early=int(early),
            **values,
        )
        return [row["name"] for row in taken]

    def forget(self, name: str) -> None:
        """Drop the validators, so that the next poll gets the whole document even if nothing is new."""
        self._db.change(
            "UPDATE source SET etag = NULL, last_modified = NULL, body_hash = NULL, place = NULL WHERE name = :name",
            name=name,
        )

    def hint(self, names: Iterable[str], now: datetime) -> Mapping[str, datetime]:
        """Poll sources as soon as possible, because a hook or hub says they have news. Returns when, by name.

        Not within FLOOR of the last poll, not before the server's Retry-After, never later than planned
        anyway. The same hint again changes nothing.
        """
        with self._db.transaction():
            return {name: at for name in names if (at := self._hint(name, now)) is not None}

    def _hint(self, name: str, now: datetime) -> datetime | None:
        row = self._db.row("SELECT polled_at, retry_at, next_poll_at FROM source WHERE name = :name", name=name)
        if row is None:
            return None
        earliest = max(micros(now), row["retry_at"], (row["polled_at"] or 0) + FLOOR // MICROSECOND)
        self._db.change(
            "UPDATE source SET hinted_at = COALESCE(hinted_at, :at),"
            " next_poll_at = CASE WHEN next_poll_at > :at THEN :at ELSE next_poll_at END WHERE name = :name",
            name=name,
            at=earliest,
        )
        return from_micros(min(earliest, max(micros(now), row["next_poll_at"])))

    def relent(self, name: str, until: datetime) -> None:
        """Poll a source whose server asked us to wait longer, at `until`."""
        self._db.change(
            "UPDATE source SET retry_at = :until, next_poll_at = :until WHERE name = :name AND retry_at > :until",
            name=name,
            until=micros(until),
        )

    def due(self, now: datetime) -> dict[str, str | None]:
        """The sources due for a poll, each with the address it moved to, if it did."""
        found = self._db.rows(
            "SELECT name, address FROM source WHERE next_poll_at <= :now ORDER BY next_poll_at", now=micros(now)
        )
        return {row["name"]: row["address"] for row in found}

    def appointments(self, now: datetime) -> list[tuple[str, datetime]]:
        """The next polls of sources that are not due and whose last poll was good."""
        found = self._db.rows(
            "SELECT name, next_poll_at FROM source WHERE fails = 0 AND next_poll_at > :now", now=micros(now)
        )
        return [(row["name"], at) for row in found if (at := from_micros(row["next_poll_at"]))]

    def advance(self, name: str, until: datetime) -> None:
        """Set the next poll of a source to an earlier time."""
        self._db.change("UPDATE source SET next_poll_at = :until WHERE name = :name", name=name, until=micros(until))

    def postpone(self, name: str, until: datetime) -> None:
        """Put off the next poll of a source to `until`, unless a hint has asked for it."""
        self._db.change(
            "UPDATE source SET next_poll_at = :until WHERE name = :name AND next_poll_at < :until"
            " AND hinted_at IS NULL",
            name=name,
            until=micros(until),
        )

    def _row(self, name: str) -> Row | None:
        return self._db.row("SELECT * FROM source WHERE name = :name", name=name)


def _health(row: Row) -> SourceHealth:
    waits = row["retry_at"] > 0 and row["refused_at"] is not None
    return SourceHealth(
        row["name"],
        row["fails"],
        row["error"],
        bool(row["gone"]),
        asked_to_wait=(row["retry_at"] - row["refused_at"]) * MICROSECOND if waits else timedelta(0),
        good_at=from_micros(row["read_at"] if row["fails"] else row["baseline_at"] and row["polled_at"]),
        failing_since=from_micros(row["failing_since"]),
        next_poll_at=from_micros(row["next_poll_at"]),
        retry_at=from_micros(row["retry_at"]) if waits else None,
    )


def _state(row: Row, url: str) -> SourceState:
    next_poll_at, retry_at = from_micros(row["next_poll_at"]), from_micros(row["retry_at"])
    assert next_poll_at is not None
    assert retry_at is not None
    return SourceState(
        name=row["name"],
        url=url,
        validators=Validators(row["etag"], row["last_modified"], row["body_hash"], row["place"]),
        baseline_at=from_micros(row["baseline_at"]),
        next_poll_at=next_poll_at,
        retry_at=retry_at,
        fails=row["fails"],
        entries=row["entries"],
        error=row["error"],
        wish=_wish(row["wish"]),
        address=row["address"],
        moved_to=row["moved_to"],
        moved_at=from_micros(row["moved_at"]),
        gone=bool(row["gone"]),
        gap_at=from_micros(row["gap_at"]),
        read_at=from_micros(row["read_at"]),
        begun_at=from_micros(row["begun_at"]),
        unread_since=from_micros(row["failing_since"]),
    )


def _stored(wish: PollHints) -> str | None:
    if wish == NO_HINTS:
        return None
    served, said = (None if wait is None else wait.total_seconds() for wait in (wish.served, wish.said))
    return json.dumps({"served": served, "said": said, "hours": wish.hours, "days": wish.days})


def _wish(text: str | None) -> PollHints:
    if text is None:
        return NO_HINTS
    data = json.loads(text)
    served, said = (None if data[name] is None else timedelta(seconds=data[name]) for name in ("served", "said"))
    return PollHints(served, said, tuple(data["hours"]), tuple(data["days"]))
