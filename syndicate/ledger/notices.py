"""Alert conditions and events: each is sent to a person once, and again only after it was over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from syndicate.ledger.alerts import TRIES
from syndicate.ledger.database import Database, from_micros, micros

GAP = "source_gap"
"""Kind of an event: articles of a source may be missing."""
LEFT_OUT = "left_out"
"""Kind of an event: a source lists entries that cannot be announced, and nobody seems to have meant that."""
LAPSED = "lapsed"
"""Kind of an event: articles of a source expired while they waited for approval."""

LEFT = "account_left"
"""Kind of an event: an account left the config, and what waited for it is skipped."""
ANOTHER_LOGIN = "another_login"
"""Kind of an event: an account's token belongs to another login, and what waited for the old one is skipped."""
KEY = "key"
"""Kind of an event: a stored session could not be opened, and a new login was made."""
LEDGER = "ledger"
"""Kind of an event: something was wrong with the ledger's files, and was put right."""
EVENTS = (GAP, LEFT_OUT, LAPSED, LEFT, ANOTHER_LOGIN, KEY, LEDGER)


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to alert a person to. `subject` names the account or the source.

    `kind` is "login", "account_waits", "source_failing", "source_gap", "source_gone", "source_quiet",
    "token_expiring", "approval", "burst", "similar", "stranger", "left_out", "lapsed", "account_left",
    "another_login", "key" or "ledger".
    """

    kind: str
    subject: str
    message: str
    since: datetime


class Notices:
    """The `notice` table."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def observe(self, found: Mapping[tuple[str, str], str], now: datetime) -> None:
        """Store the conditions that hold now, by kind and subject, with their messages; remove those that are over."""
        rows = self._db.rows("SELECT kind, subject FROM notice")
        known = {(row["kind"], row["subject"]) for row in rows if row["kind"] not in EVENTS}
        if known == found.keys():
            return
        with self._db.transaction():
            for kind, subject in known - found.keys():
                self._db.change(
                    "DELETE FROM notice WHERE kind = :kind AND subject = :subject", kind=kind, subject=subject
                )
            for (kind, subject), message in found.items():
                self._db.change(
                    "INSERT INTO notice (kind, subject, message, since, tries)"
                    " VALUES (:kind, :subject, :message, :now, 0) ON CONFLICT DO NOTHING",
                    kind=kind,
                    subject=subject,
                    message=message,
                    now=micros(now),
                )

    def happened(self, kind: str, subject: str, message: str, now: datetime) -> None:
        """Store an event, which is alerted once each time it happens."""
        self._db.change("DELETE FROM notice WHERE kind = :kind AND subject = :subject", kind=kind, subject=subject)
        self._db.change(
            "INSERT INTO notice (kind, subject, message, since, tries) VALUES (:kind, :subject, :message, :now, 0)",
            kind=kind,
            subject=subject,
            message=message,
            now=micros(now),
        )

    def waiting(self) -> list[Notice]:
        """Notices not sent yet."""
        rows = self._db.rows(
            "SELECT * FROM notice WHERE told_at IS NULL AND tries < :tries ORDER BY since", tries=TRIES
        )
        found = []
        for row in rows:
            since = from_micros(row["since"])
            assert since is not None
            found.append(Notice(row["kind"], row["subject"], row["message"], since))
        return found

    def told(self, notice: Notice, *, now: datetime, heard: bool) -> None:
        """Record that a notice was sent (`heard`), or count a failed try."""
        self._db.change(
            "UPDATE notice SET tries = tries + 1, told_at = :told_at WHERE kind = :kind AND subject = :subject",
            kind=notice.kind,
            subject=notice.subject,
            told_at=micros(now) if heard else None,
        )
