"""Alert conditions and events: each is told to a person once, and a condition again when it is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

from syndicate.ledger.alerts import TRIES
from syndicate.ledger.database import Database, Row, from_micros, micros
from syndicate.model.dataclass import dataclass

Condition: TypeAlias = Literal[
    "login",
    "account_waits",
    "sign_in",
    "token_expiring",
    "login_ending",
    "expiring",
    "source_failing",
    "source_waits",
    "source_gone",
    "source_quiet",
    "approval",
    "burst",
    "similar",
    "stranger",
    "date",
    "word_back",
]
"""Kinds of what lasts: it is told when it begins, and when it is over."""
Event: TypeAlias = Literal[
    "source_gap", "left_out", "account_left", "another_login", "key", "not_renewed", "ledger", "given_up"
]
"""Kinds of what happens: it is told each time."""

GAP: Event = "source_gap"
"""Kind of an event: articles of a source may be missing."""
LEFT_OUT: Event = "left_out"
"""Kind of an event: a source lists entries that cannot be announced, and nobody seems to have meant that."""
Named: TypeAlias = tuple[str, str] | tuple[str, str, str]
"""Kind and subject of a notice, and its cause where one subject may have several."""

LEFT: Event = "account_left"
"""Kind of an event: an account left the config, and what waited for it is skipped."""
ANOTHER_LOGIN: Event = "another_login"
"""Kind of an event: an account's token belongs to another login, and what waited for the old one is skipped."""
KEY: Event = "key"
"""Kind of an event: a stored session could not be opened, and a new login was made."""
NOT_RENEWED: Event = "not_renewed"
"""Kind of an event: a network answered with an empty token, and the stored one was kept."""
GIVEN_UP: Event = "given_up"
"""Kind of an event: a place of the setting `after` refused something for days, and is not told of it any more."""
LEDGER: Event = "ledger"
"""Kind of an event: something was wrong with the ledger's files, and was put right."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell a person. `kind` is a Condition or an Event; `subject` names the account or the source.

    `cause` is a reason to wait, where several notices of one subject can hold. `ended`: a condition that was told
    is over since then.
    """

    kind: str
    subject: str
    message: str
    since: datetime
    cause: str = ""
    ended: datetime | None = None


class Notices:
    """The `notice` table."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def observe(self, found: Mapping[Named, str], now: datetime) -> list[Notice]:
        """Store the conditions that hold now, with their messages. Returns those that have just begun.

        One that is over is kept until that is told; it is removed where nobody was told of it, or where it ended with
        what it warned of.
        """
        wanted = {((*named, "")[:3]): message for named, message in found.items()}
        rows = self._db.rows("SELECT * FROM notice WHERE event = 0 AND ended_at IS NULL")
        known = {(row["kind"], row["subject"], row["cause"]): row["told_at"] for row in rows}
        if known.keys() == wanted.keys():
            return []
        begun = [key for key in wanted if key not in known]
        with self._db.transaction():
            for key in known.keys() - wanted.keys():
                if known[key] is None or self._came_true(key):
                    self._remove(key)
                else:
                    self._db.change(
                        f"UPDATE notice SET ended_at = :now, tries = 0 WHERE {_NAMED}", now=micros(now), **_values(key)
                    )
            for key in begun:
                self._add(key, wanted[key], now)
        return [Notice(kind, subject, wanted[kind, subject, cause], now, cause) for kind, subject, cause in begun]

    def happened(self, kind: str, subject: str, message: str, now: datetime) -> None:
        """Store an event, which is told once each time it happens."""
        self._add((kind, subject, ""), message, now, event=True)

    def waiting(self) -> list[Notice]:
        """Notices to send: what began or happened, and what is over, where that was not told yet."""
        rows = self._db.rows(
            "SELECT * FROM notice WHERE (told_at IS NULL OR ended_at IS NOT NULL) AND tries < :tries"
            " ORDER BY since, kind, subject, cause",
            tries=TRIES,
        )
        return [_notice(row) for row in rows]

    def holding(self) -> list[Notice]:
        """The conditions that hold now, as far as they were observed."""
        rows = self._db.rows("SELECT * FROM notice WHERE event = 0 AND ended_at IS NULL")
        return [_notice(row) for row in rows]

    def told(self, notice: Notice, *, now: datetime, heard: bool) -> None:
        """Record that a notice was sent (`heard`), or count a failed try; one that is over is removed then."""
        key = (notice.kind, notice.subject, notice.cause)
        if heard and notice.ended is not None:
            self._remove(key)
            return
        self._db.change(
            f"UPDATE notice SET tries = tries + 1, told_at = COALESCE(:told_at, told_at) WHERE {_NAMED}",
            told_at=micros(now) if heard else None,
            **_values(key),
        )

    def _came_true(self, key: tuple[str, str, str]) -> bool:
        """Whether what was in danger was dropped since: that has an alert of its own, and is no reason for relief."""
        asked = (
            f"SELECT 1 FROM notice WHERE {_NAMED} AND kind = 'expiring' AND EXISTS (SELECT 1 FROM dropped"
            " WHERE dropped.account = notice.subject AND dropped.cause = notice.cause AND dropped.at >= notice.since)"
        )
        return self._db.row(asked, **_values(key)) is not None

    def _add(self, key: tuple[str, str, str], message: str, now: datetime, *, event: bool = False) -> None:
        self._remove(key)
        self._db.change(
            "INSERT INTO notice (kind, subject, cause, message, since, tries, event)"
            " VALUES (:kind, :subject, :cause, :message, :now, 0, :event)",
            event=int(event),
            message=message,
            now=micros(now),
            **_values(key),
        )

    def _remove(self, key: tuple[str, str, str]) -> None:
        self._db.change(f"DELETE FROM notice WHERE {_NAMED}", **_values(key))


_NAMED = "kind = :kind AND subject = :subject AND cause = :cause"


def _values(key: tuple[str, str, str]) -> Row:
    return dict(zip(("kind", "subject", "cause"), key, strict=True))


def _notice(row: Row) -> Notice:
    since = from_micros(row["since"])
    assert since is not None
    return Notice(row["kind"], row["subject"], row["message"], since, row["cause"], from_micros(row["ended_at"]))
