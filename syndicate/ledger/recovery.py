"""Notices that the ledger was put back from a copy, or that nothing ran for long: accounts then look before they post.

Every run and every post is counted in the ledger and, after that, in a file beside it: a ledger that has counted less
than its file is an older copy; so is one whose file is a copy itself. Each account then lists what it has, once,
before it gets something.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

from syndicate.ledger.database import EPOCH, MICROSECOND, Database, Often, Row, from_micros, micros
from syndicate.ledger.run_file import SAME, LastRun, RunFile
from syndicate.model.dataclass import dataclass
from syndicate.ports import Clock

Why: TypeAlias = Literal["restored", "stopped", "asked"]
"""The ledger was put back from a copy; nothing ran for long; a person asked."""

STOP = timedelta(hours=1)  # a shorter stop is none
USUAL = 3  # times the usual gap between two runs: a longer one is a stop
GAPS = 20  # gaps that show what is usual: nine in ten stay below the usual one
KEPT = timedelta(seconds=20)  # how often a daemon stores that it runs
MISSING = 2  # runs in a row that did not find the file as it was: after that, this machine does not keep it
_WANTED = Often(
    "SELECT account, why, since, looked_at, again_at, unlisted, doubt_until, said FROM look WHERE account = :account"
)
_COUNT = Often(
    "UPDATE run SET count = count + 1, stamp = CASE WHEN stamped < :number THEN :stamp ELSE stamp END,"
    " stamped = CASE WHEN stamped < :number THEN :number ELSE stamped END"
)
_COUNTED = Often("SELECT count FROM run")

DOUBTS = (
    "SELECT account, doubt_at, doubt_until FROM look WHERE doubt_at IS NOT NULL AND (looked_at IS NULL OR unlisted = 1)"
    " AND doubt_until > (SELECT MIN(baseline_at) FROM source)"
)
"""Accounts of which it is in doubt what was sent to them, if that can be anything: not before the first reading."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """Why accounts have to look: the ledger last ran at `at`; `until` is the last run that came after it, if known.

    `beside` is what is wrong with the file beside the ledger, if anything is: it is missing, or a copy itself.
    """

    why: Why | None
    at: datetime | None
    until: datetime | None = None
    beside: Literal["missing", "copied"] | None = None


@dataclass(frozen=True, slots=True)
class WantedLook:
    """An account that looks before it posts: `why`, and what it may have got since `since`.

    `looked_at` None: it did not look yet, and does not before `again_at`. `doubt_until`, after a restore, is until when
    the replaced ledger may have posted. `unlisted`: its network cannot say what it has. `said`: why, in words.
    """

    account: str
    why: Why
    since: datetime
    looked_at: datetime | None
    again_at: datetime
    unlisted: bool
    doubt_until: datetime | None
    said: str | None = None


class Recovery:
    """The `run`, `look` and `charge` tables, and the file beside the ledger."""

    def __init__(self, database: Database, clock: Clock, file: RunFile | None = None) -> None:
        self._db = database
        self._clock = clock
        beside = database.path
        self._file = file or RunFile(beside or Path(os.devnull), kept=beside is not None, shared=beside is None)
        self._unstamped: tuple[int, int] | None = None  # the last count written beside the ledger, and its file's stamp

    # Runs

    def begin(self, *, asks: bool = True, usual: timedelta | None = None) -> Noticed:
        """Count the start of a run, and notice a restore or a stop. `usual` is the gap between a daemon's heartbeats.

        Without `asks`, what was noticed is forgotten: nothing is looked for.
        """
        now = self._clock()
        self._file.tidy()
        with self._db.transaction():
            row, beside = self._row(), self._file.read()
            noticed = self._noticed(row, beside, now)
            count = max(row["count"], beside.count if beside else 0) + 1
            self._store(count, now, self._gaps(row, now, usual), row["alone"] + 1 if noticed.beside else 0)
            if not asks:
                self._db.change("DELETE FROM look")
            elif noticed.why is not None:
                self._ask(noticed.why, noticed.at, noticed.until or now, now)
        self.written(count)
        self.stamp()
        return noticed

    def keep(self, *, asks: bool = True) -> Noticed | None:
        """Store that a daemon runs, now and then. What it noticed, as after a machine slept; None: nothing."""
        now, row = self._clock(), self._row()
        if micros(now) - row["at"] < KEPT // MICROSECOND and row["at"] <= micros(now):
            return None
        with self._db.transaction():
            self.stamp()
            stopped = self._stopped(row, now)
            self._store(row["count"], now, self._gaps(row, now, KEPT), row["alone"])
            if stopped and asks:
                self._ask("stopped", from_micros(row["at"]), now, now)
        return Noticed("stopped", from_micros(row["at"])) if stopped and asks else None

    def count(self) -> int:
        """Count a post that is about to be sent, in the caller's transaction; `written` comes after it.

        RETURNING would take SQLite longer than all else of a claim: it keeps what it returns in a table of its own.
        """
        (number, stamp), self._unstamped = self._unstamped or (-1, 0), None
        self._db.note(_COUNT, number=number, stamp=stamp)
        counted = self._db.row(_COUNTED)
        assert counted is not None
        return int(counted["count"])

    def written(self, count: int) -> None:
        """Store a count beside the ledger, once the ledger has it."""
        stamp = self._file.write(count, self._clock())
        if stamp is not None:
            self._unstamped = (count, stamp)

    def stamp(self) -> None:
        """Store by what the file beside the ledger can be known again. Not with each post: that would be a commit of
        its own; the next post stores it, or a daemon's heartbeat, or the end of the run.
        """
        self._file.settle()
        last, self._unstamped = self._unstamped, None
        if last is not None:
            self._db.change(
                "UPDATE run SET stamp = :stamp, stamped = :count WHERE stamped < :count", count=last[0], stamp=last[1]
            )

    # Looking

    def ask(self, why: str) -> None:
        """Have every account look before it posts, since the ledger was put back; `why` is for people.

        The file beside the ledger says how far the replaced one was.
        """
        now = self._clock()
        with self._db.transaction():
            row, beside = self._row(), self._file.read()
            newer = beside is not None and beside.count > row["count"]
            until = beside.at if newer and beside is not None else now
            count = max(row["count"], beside.count if beside else 0) + 1
            self._store(count, now, row["gaps"], 0)
            self._ask("restored", from_micros(row["at"]), until, now)
            self._db.change("UPDATE look SET said = :why", why=why)
        self.written(count)
        self.stamp()

    def trust(self) -> None:
        """After `ask`: nothing was sent of which the ledger does not know."""
        self._db.change("UPDATE look SET doubt_at = NULL, doubt_until = NULL")

    def doubt(self, account: str, since: datetime, until: datetime) -> None:
        """After `ask`: an earlier ledger was in doubt of what was sent to an account, too."""
        self._db.change(
            "UPDATE look SET doubt_at = CASE WHEN doubt_at > :since THEN doubt_at ELSE :since END,"
            " doubt_until = CASE WHEN doubt_until > :until THEN doubt_until ELSE :until END WHERE account = :account",
            account=account,
            since=micros(since),
            until=micros(until),
        )

    def in_doubt(self) -> bool:
        """Whether it is in doubt what was sent to any account, beyond single deliveries."""
        return self._db.row(f"{DOUBTS} LIMIT 1") is not None

    def ask_by_hand(self) -> None:
        """Have every account look, because a person wants it. What a restore left in doubt stays so."""
        now = self._clock()
        with self._db.transaction():
            self._ask("asked", from_micros(self._row()["at"]), now, now)

    def wanted(self, account: str) -> WantedLook | None:
        """How an account looks before it posts; None where nobody asked for it."""
        row = self._db.row(_WANTED, account=account)
        return _look(row) if row else None

    def pending(self) -> list[str]:
        """Accounts that have to look now, since something waits for them, and that are not paused."""
        found = self._db.rows(
            "SELECT account FROM look JOIN account ON account.name = look.account WHERE looked_at IS NULL"
            " AND again_at <= :now AND paused IS NULL AND next_at <= :now"
            " AND NOT EXISTS (SELECT 1 FROM pause WHERE word = '') AND EXISTS (SELECT 1 FROM delivery"
            " WHERE delivery.account = look.account AND state IN ('planned', 'due') AND action = 'post')",
            now=micros(self._clock()),
        )
        return [row["account"] for row in found]

    def looked(self, account: str, *, unlisted: bool = False) -> None:
        """Record that an account has looked, or that its network cannot say what it has."""
        self._db.change(
            "UPDATE look SET looked_at = :now, unlisted = :unlisted WHERE account = :account",
            now=micros(self._clock()),
            unlisted=int(unlisted),
            account=account,
        )

    def later(self, account: str, again_at: datetime) -> None:
        """Look again at `again_at`: its network could not be asked."""
        self._db.change("UPDATE look SET again_at = :at WHERE account = :account", at=micros(again_at), account=account)

    def charged(self, account: str, cost: int) -> None:
        """Record what a network charges for a listing, in millionths of a dollar."""
        if cost:
            self._db.change(
                "INSERT INTO charge (account, at, cost) VALUES (:account, :now, :cost)",
                account=account,
                now=micros(self._clock()),
                cost=cost,
            )

    def _row(self) -> Row:
        row = self._db.row("SELECT * FROM run")
        assert row is not None
        return row

    def _store(self, count: int, now: datetime, gaps: str, alone: int) -> None:
        self._db.change(
            "UPDATE run SET count = :count, at = :now, gaps = :gaps, alone = :alone",
            count=count,
            now=micros(now),
            gaps=gaps,
            alone=alone,
        )

    def _noticed(self, row: Row, beside: LastRun | None, now: datetime) -> Noticed:
        at = from_micros(row["at"] or None)
        if beside is not None and beside.count > row["count"]:
            return Noticed("restored", at, beside.at)
        wrong: Literal["missing", "copied"] | None = None
        if self._file.shared:
            wrong = None
        elif beside is None and row["count"]:
            wrong = "missing"
        elif beside is not None and beside.count == row["stamped"] and abs(beside.stamp - row["stamp"]) > SAME:
            wrong = "copied"
        if wrong and row["alone"] < MISSING:
            return Noticed("restored", at, beside=wrong)
        return Noticed("stopped" if self._stopped(row, now) else None, at, beside=wrong)

    def _stopped(self, row: Row, now: datetime) -> bool:
        usual = usual_gap(json.loads(row["gaps"]))
        stop = micros(now) - row["at"]
        return usual is not None and stop > max(STOP // MICROSECOND, USUAL * usual)

    def _gaps(self, row: Row, now: datetime, usual: timedelta | None) -> str:
        if usual is not None:
            return json.dumps([usual // MICROSECOND])
        known: list[int] = json.loads(row["gaps"])
        gap = micros(now) - row["at"]
        return json.dumps([*known, gap][-GAPS:] if row["at"] and gap > 0 else known)

    def _ask(self, why: Why, since: datetime | None, until: datetime, now: datetime) -> None:
        """Have all accounts look; a look for an earlier reason that nobody took reaches back as far as it did."""
        restored = why == "restored"
        self._db.change(
            "INSERT INTO look (account, why, since, asked_at, again_at, unlisted, doubt_at, doubt_until)"
            " SELECT name, :why, :since, :now, 0, 0, :doubt_at, :doubt_until FROM account WHERE true"
            " ON CONFLICT (account) DO UPDATE SET"
            " why = CASE WHEN look.looked_at IS NULL AND look.why = 'restored' THEN look.why ELSE excluded.why END,"
            " since = CASE WHEN look.looked_at IS NULL AND look.since < excluded.since THEN look.since"
            " ELSE excluded.since END, asked_at = excluded.asked_at, looked_at = NULL, again_at = 0,"
            " said = NULL, doubt_at = COALESCE(excluded.doubt_at, look.doubt_at),"
            " doubt_until = COALESCE(excluded.doubt_until, look.doubt_until)",
            why=why,
            since=micros(since or EPOCH),
            now=micros(now),
            doubt_at=micros(now) if restored else None,
            doubt_until=micros(until) if restored else None,
        )


def usual_gap(gaps: Sequence[int]) -> int | None:
    """The time between two runs that nine in ten stay below; None where none is known."""
    return sorted(gaps)[len(gaps) * 9 // 10] if gaps else None


def _look(row: Row) -> WantedLook:
    since, again_at = from_micros(row["since"]), from_micros(row["again_at"])
    assert since is not None
    assert again_at is not None
    return WantedLook(
        account=row["account"],
        why=row["why"],
        since=since,
        looked_at=from_micros(row["looked_at"]),
        again_at=again_at,
        unlisted=bool(row["unlisted"]),
        doubt_until=from_micros(row["doubt_until"]),
        said=row["said"],
    )
