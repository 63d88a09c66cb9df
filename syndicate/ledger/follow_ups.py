"""Word of what became of deliveries, for the places that the setting `after` names: kept here until it is told.

It is written in the transaction of what it tells, and told later, outside any: so it can be told twice, but never be
lost, and nothing about it ever sends a post again. What one article has to tell to one place is told in order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from syndicate.ledger import claimant, rows
from syndicate.ledger.database import Database, Row, from_micros, micros
from syndicate.model import Delivery, Json, State, site_of
from syndicate.model.dataclass import dataclass
from syndicate.serialization import compact, instant

Event: TypeAlias = Literal["posted", "edited", "deleted", "held", "resolved", "failed"]

LINES = ("command", "webhook")
"""Places that hear each event by itself; the others write all addresses of an article, as they are then."""
KEPT = timedelta(days=7)
"""How long word that was told, or given up, is kept."""
PAGE = 200
_OF_ACTION: dict[str, Event] = {"post": "posted", "edit": "edited", "delete": "deleted"}


@dataclass(frozen=True, slots=True)
class Word:
    """One event that one place has to hear of. `line` is what it hears; None: it looks for itself.

    `failing_at` is when it could not be told for the first time.
    """

    id: str
    sink: str
    anchor: str
    key: str
    event: Event
    at: datetime
    line: Json | None
    tries: int
    failing_at: datetime | None


@dataclass(frozen=True, slots=True)
class Untold:
    """A place that cannot be told: since when, why, and how many events wait."""

    sink: str
    since: datetime
    error: str
    waiting: int


class FollowUps:
    """The `follow_up` tables. `sinks` are the places that want word; whoever opened the ledger names them."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.sinks: tuple[str, ...] = ()
        self.noted = False
        """Whether this process has written word since somebody looked."""

    # Written with what it tells

    def note(self, before: Delivery, after: State, now: datetime) -> None:
        """Keep word of a change of a delivery's state, within its transaction."""
        wanted = [sink for sink in self.sinks if site_of(sink) in ("", site_of(before.account))]
        events = _events(before, after)
        if not wanted or not events:
            return
        row = self._db.row(f"{rows.JOINED} WHERE delivery.key = :key", key=before.key)
        assert row is not None
        told = rows.record(row)
        for event in events:
            for sink in wanted:
                self._note(sink, event, row, told, now)
        self.noted = True

    def _note(self, sink: str, event: Event, row: Row, told: Json, now: datetime) -> None:
        named = "\n".join((sink, row["key"], event, str(row["fence"]), str(micros(now))))
        made = hashlib.sha256(named.encode()).hexdigest()[:32]
        line = {"event": event, "id": made, "at": instant(now), **told}
        self._db.change(
            "INSERT INTO follow_up (id, sink, anchor, key, event, at, line, state, tries, again_at)"
            " VALUES (:id, :sink, :anchor, :key, :event, :now, :line, 'owed', 0, 0) ON CONFLICT DO NOTHING",
            id=made,
            sink=sink,
            anchor=row["anchor"],
            key=row["key"],
            event=event,
            now=micros(now),
            line=compact(line) if kind_of(sink) in LINES else None,
        )

    # Who tells

    def claim(self, sink: str, now: datetime, lease: timedelta, *, early: bool = False) -> bool:
        """Take a place for `lease`, so that nobody else tells it meanwhile. False: another process does, or it failed
        and it is not time yet; `early` does not wait for that.
        """
        with self._db.transaction():
            row = self._db.row("SELECT * FROM follow_up_sink WHERE name = :name", name=sink)
            if row is None:
                self._db.change(
                    "INSERT INTO follow_up_sink (name, tries, again_at, lease_until) VALUES (:name, 0, 0, 0)", name=sink
                )
            elif (row["again_at"] > micros(now) and not early) or _is_held(row, now):
                return False
            self._db.change(
                "UPDATE follow_up_sink SET lease_until = :until, claimed_by = :me WHERE name = :name",
                name=sink,
                until=micros(now + lease),
                me=claimant.me(),
            )
        return True

    def extend(self, sink: str, until: datetime) -> bool:
        """Keep a place for longer; False where another process has taken it."""
        return bool(
            self._db.change(
                "UPDATE follow_up_sink SET lease_until = :until WHERE name = :name AND claimed_by = :me",
                name=sink,
                until=micros(until),
                me=claimant.me(),
            )
        )

    def release(self, sink: str) -> None:
        """Let others tell a place that this process took."""
        self._db.change(
            "UPDATE follow_up_sink SET lease_until = 0 WHERE name = :name AND claimed_by = :me",
            name=sink,
            me=claimant.me(),
        )

    # What is to be told

    def has_owed(self, now: datetime | None = None) -> bool:
        """Whether anything is to be told; with `now`, whether it is time for something."""
        values: Row = {"now": micros(now)}
        among = rows.among("word.sink", self.sinks, values)
        return bool(among) and bool(
            self._db.row(
                f"SELECT 1 AS found FROM follow_up AS word WHERE {among} AND word.state = 'owed'"
                " AND (:now IS NULL OR (word.again_at <= :now AND NOT EXISTS (SELECT 1 FROM follow_up_sink AS there"
                " WHERE there.name = word.sink AND there.again_at > :now))) LIMIT 1",
                **values,
            )
        )

    def first(self, sink: str, now: datetime, *, early: bool = False) -> list[Word]:
        """The next word of each article for a place, in order; what failed is left out until its time, unless `early`.

        What an article has to tell after it waits for that.
        """
        found = self._db.rows(
            "SELECT * FROM follow_up AS word WHERE sink = :sink AND state = 'owed' AND (:early = 1 OR again_at <= :now)"
            " AND NOT EXISTS (SELECT 1 FROM follow_up AS earlier WHERE earlier.sink = word.sink"
            " AND earlier.anchor = word.anchor AND earlier.state = 'owed' AND earlier.rowid < word.rowid)"
            " ORDER BY rowid LIMIT :most",
            sink=sink,
            now=micros(now),
            early=int(early),
            most=PAGE,
        )
        return [_word(row) for row in found]

    def owed(self, sink: str, anchor: str | None = None) -> list[Word]:
        """All that is owed to a place, or what one article owes it, in order."""
        found = self._db.rows(
            "SELECT * FROM follow_up WHERE sink = :sink AND state = 'owed' AND (:anchor IS NULL OR anchor = :anchor)"
            " ORDER BY rowid",
            sink=sink,
            anchor=anchor,
        )
        return [_word(row) for row in found]

    # What became of it

    def told(self, words: Sequence[Word], now: datetime) -> None:
        """Record that a place has heard these."""
        with self._db.transaction():
            self._end(words, "told", now)
            self._db.change(
                "UPDATE follow_up_sink SET tries = 0, again_at = 0 WHERE name = :name AND tries > 0", name=words[0].sink
            )
            self._db.change("DELETE FROM follow_up WHERE state <> 'owed' AND at < :old", old=micros(now - KEPT))

    def give_up(self, words: Sequence[Word], error: str, now: datetime) -> None:
        """Record that a place refuses these for good."""
        self._end(words, "given_up", now, error)

    def _end(self, words: Sequence[Word], state: str, now: datetime, error: str | None = None) -> None:
        self._db.change_many(
            "UPDATE follow_up SET state = :state, error = :error, line = NULL, at = :now"
            " WHERE id = :id AND state = 'owed'",
            [{"id": word.id, "state": state, "error": error, "now": micros(now)} for word in words],
        )

    def failed(self, word: Word, error: str, *, again_at: datetime, now: datetime, whole: bool) -> None:
        """Record that this could not be told. `whole`: nothing can be told there now, until `again_at`."""
        with self._db.transaction():
            self._db.change(
                "UPDATE follow_up SET tries = tries + 1, again_at = :again, error = :error,"
                " failing_at = COALESCE(failing_at, :now) WHERE id = :id AND state = 'owed'",
                id=word.id,
                again=micros(again_at),
                error=error,
                now=micros(now),
            )
            if whole:
                self._db.change(
                    "UPDATE follow_up_sink SET tries = tries + 1, again_at = :again WHERE name = :name",
                    name=word.sink,
                    again=micros(again_at),
                )

    def has_heard(self, sink: str, since: datetime) -> bool:
        """Whether a place has heard anything since then, as far as that is kept."""
        return bool(
            self._db.row(
                "SELECT 1 AS found FROM follow_up WHERE sink = :sink AND state = 'told' AND at > :since LIMIT 1",
                sink=sink,
                since=micros(since),
            )
        )

    def untold(self) -> list[Untold]:
        """The places that cannot be told what they should hear, each with the first that failed."""
        found: dict[str, Untold] = {}
        if not self.sinks:
            return []
        waiting = self._db.rows("SELECT sink, COUNT(*) AS number FROM follow_up WHERE state = 'owed' GROUP BY sink")
        numbers = {row["sink"]: row["number"] for row in waiting if row["sink"] in self.sinks}
        if not numbers:
            return []
        for row in self._db.rows(
            "SELECT sink, error, failing_at FROM follow_up WHERE state = 'owed' AND failing_at IS NOT NULL"
            " ORDER BY failing_at, rowid"
        ):
            since = from_micros(row["failing_at"])
            if row["sink"] in numbers and row["sink"] not in found and since is not None:
                found[row["sink"]] = Untold(row["sink"], since, row["error"] or "", numbers[row["sink"]])
        return list(found.values())


def kind_of(sink: str) -> str:
    """What kind of place it is: webhook, of `gazette/webhook`."""
    return sink.rpartition("/")[2]


def _events(before: Delivery, after: State) -> list[Event]:
    """What a change of state tells. A held delivery is resolved, whatever a person said; if it was sent, it is posted
    as well.
    """
    found: list[Event] = []
    if before.state == "held" and after != "held":
        found.append("resolved")
    if after == "posted":
        found.append(_OF_ACTION[before.action])
    elif after in ("held", "failed"):
        found.append(after)
    return found


def _is_held(row: Row, now: datetime) -> bool:
    """Whether another process, which is not dead, has taken a place."""
    holder = row["claimed_by"]
    return bool(row["lease_until"] > micros(now) and holder and holder != claimant.me() and not claimant.dead(holder))


def _word(row: Row) -> Word:
    at = from_micros(row["at"])
    assert at is not None
    line = json.loads(row["line"]) if row["line"] else None
    failing = from_micros(row["failing_at"])
    named = (row["id"], row["sink"], row["anchor"], row["key"], row["event"])
    return Word(*named, at=at, line=line, tries=row["tries"], failing_at=failing)
