"""The state of each account: its baseline, its pause, when it may post next, its login."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import lru_cache

from syndicate.ledger.database import EPOCH, MICROSECOND, Database, Often, Row, from_micros, micros
from syndicate.ledger.follow_ups import FollowUps
from syndicate.ledger.partings import end
from syndicate.model import Account, Identity
from syndicate.model.dataclass import dataclass
from syndicate.serialization import instant, moment

JUST = timedelta(minutes=10)

PAUSED: Mapping[str, str] = {
    "auth": "paused: its login was refused",
    "login": "paused: somebody has to sign in to it",
    "person": "paused by a person",
    "all": "paused with everything else",
}
"""Why an account is paused, in words, for each value of `AccountState.paused`."""
REFUSED = ("auth", "login")
"""Those of them that mean that the network takes no login of ours."""


@dataclass(frozen=True, slots=True)
class AccountState:
    """`paused` is why ("auth", "login", "person" or, with everything, "all"), None when it posts.

    Nothing is sent before `next_at`, and only breaking news before `opens_at`. `failures` counts failures in a
    row to reach the network; `down_since` is when it was paused or could no longer be reached. `trouble` is what a
    person is told of a long wait that the network asked for; it ends with the next post.
    `paused_until` is when the pause ends by itself.
    """

    name: str
    platform: str
    baseline_at: datetime
    paused: str | None
    next_at: datetime
    identity: Identity | None
    identity_at: datetime | None
    opens_at: datetime = EPOCH
    failures: int = 0
    down_since: datetime | None = None
    trouble: str | None = None
    paused_until: datetime | None = None


class Accounts:
    """The `account` table."""

    def __init__(self, database: Database, follow_ups: FollowUps) -> None:
        self._db = database
        self._follow_ups = follow_ups

    def ensure(self, account: Account, now: datetime, whose: str = "", before: str = "") -> AccountState:
        """The state of an account. A new one is added, with `now` as its baseline.

        A name that now leads to another platform or another login is a new account, too.
        `whose` identifies the login, `before` is an older form of the same; "" means that it is not known.
        """
        name = account.name
        row = self._db.row("SELECT platform, whose FROM account WHERE name = :name", name=name)
        if row is None or is_another(row, account, whose, before):
            self.begin_anew(account, now, whose)
        elif whose not in ("", row["whose"]):
            self._db.change("UPDATE account SET whose = :whose WHERE name = :name", whose=whose, name=name)
        found = self.find(name)
        assert found is not None
        return found

    def begin_anew(self, account: Account, now: datetime, whose: str) -> int:
        """Add an account with `now` as its baseline; the login that its name led to so far is ended.

        Returns how many articles waited for that one.
        """
        name, articles = account.name, 0
        with self._db.transaction():
            row = self._db.row("SELECT paused, paused_until FROM account WHERE name = :name", name=name)
            if row is not None:
                articles = end(self._db, name, now, self._follow_ups)
            halted = row is not None and row["paused"] == "person"  # a person paused the name, whatever its login
            self._db.change(
                "INSERT INTO account (name, platform, whose, baseline_at, next_at, lane_until, paused,"
                " paused_until, down_since, max_age) VALUES (:name, :platform, :whose, :now, 0, 0, :paused, :until,"
                " :since, :age) ON CONFLICT DO NOTHING",
                name=name,
                platform=account.platform,
                whose=whose,
                now=micros(now),
                paused="person" if halted else None,
                until=row["paused_until"] if halted and row else None,
                since=micros(now) if halted else None,
                age=account.max_age // MICROSECOND,
            )
        return articles

    def began_at(self, at: datetime, now: datetime) -> None:
        """Accounts that were first used just now, by a clock that is ahead, were first used `at`."""
        self._db.change(
            "UPDATE account SET baseline_at = :at WHERE baseline_at > :at AND baseline_at > :now - :just",
            at=micros(at),
            now=micros(now),
            just=JUST // MICROSECOND,
        )

    def began(self, name: str, at: datetime) -> None:
        """An account was first used `at`, before this ledger knew it."""
        self._db.change("UPDATE account SET baseline_at = :at WHERE name = :name", name=name, at=micros(at))

    def find(self, name: str) -> AccountState | None:
        """The state of an account; None if the ledger does not know it."""
        row = self._db.row(_BY_NAME, name=name)
        return _state(row) if row else None

    def all(self) -> dict[str, AccountState]:
        """All accounts by name, also those that have left the config."""
        return {row["name"]: _state(row) for row in self._db.rows(_SELECT)}

    def paused(self) -> list[Row]:
        """Name and reason of each paused account."""
        return self._db.rows(f"SELECT name, paused FROM ({_SELECT}) AS state WHERE paused IS NOT NULL")

    def pause(self, name: str, why: str, now: datetime, until: datetime | None = None) -> None:
        """Pause an account. A refused login does not replace a person's pause. `until` is when the pause ends by
        itself. Where a person had signed in, "auth" becomes "login": only signing in again helps.
        """
        if why == "auth" and self._db.row(_SIGNED_IN, name=name):
            why = "login"
        self._db.change(
            "UPDATE account SET paused = COALESCE(paused, :why), down_since = COALESCE(down_since, :now),"
            " paused_until = CASE WHEN COALESCE(paused, :why) = 'person' AND :why = 'person' THEN :until"
            " ELSE paused_until END WHERE name = :name",
            name=name,
            why=why,
            now=micros(now),
            until=micros(until),
        )

    def lapsed(self, now: datetime) -> list[str]:
        """Accounts whose pause had a set end that has passed."""
        found = self._db.rows(
            "SELECT name FROM account WHERE paused = 'person' AND paused_until <= :now", now=micros(now)
        )
        return [row["name"] for row in found]

    def resume(self, name: str, now: datetime) -> bool:
        """End an account's pause; what waited for that is due now. False if it was not paused."""
        with self._db.transaction():
            resumed = self._db.change(
                "UPDATE account SET trouble = CASE WHEN paused = 'login' THEN NULL ELSE trouble END,"
                " paused = NULL, down_since = NULL, paused_until = NULL"
                " WHERE name = :name AND paused IS NOT NULL",
                name=name,
            )
            self._db.change(
                "UPDATE delivery SET reason = NULL, due_at = :now"
                " WHERE account = :name AND state = 'due' AND reason IN ('auth', 'paused')",
                name=name,
                now=micros(now),
            )
        return bool(resumed)

    def wait(self, name: str, until: datetime) -> None:
        """Send nothing for this account before `until`. A longer wait stays."""
        self._db.change(
            "UPDATE account SET next_at = CASE WHEN next_at < :until THEN :until ELSE next_at END WHERE name = :name",
            name=name,
            until=micros(until),
        )

    def throttled(self, name: str) -> int:
        """Count an answer that asks to wait without saying how long. Returns how many in a row."""
        row = self._db.row(
            "UPDATE account SET throttles = throttles + 1 WHERE name = :name RETURNING throttles", name=name
        )
        return int(row["throttles"]) if row else 1

    def troubled(self, name: str, trouble: str) -> None:
        """Record what a person is told of the account's long wait."""
        self._db.change("UPDATE account SET trouble = :trouble WHERE name = :name", name=name, trouble=trouble)

    def is_troubled(self, name: str) -> bool:
        """Whether anything is recorded that ends when the network takes a post."""
        return self._db.row(_TROUBLED, name=name) is not None

    def flows(self, name: str) -> None:
        """Record that the network took a post: no waits in a row any more, and no trouble."""
        self._db.change(
            "UPDATE account SET throttles = 0, trouble = NULL"
            " WHERE name = :name AND (throttles > 0 OR trouble IS NOT NULL)",
            name=name,
        )

    def unreachable(self, name: str, now: datetime, breaks: int) -> int:
        """Count a failure to reach the network. Returns how many in a row; from `breaks` on the account is down."""
        row = self._db.row(
            "UPDATE account SET failures = failures + 1, down_since = CASE WHEN failures + 1 >= :breaks"
            " THEN COALESCE(down_since, :now) ELSE down_since END WHERE name = :name RETURNING failures",
            name=name,
            now=micros(now),
            breaks=breaks,
        )
        return int(row["failures"]) if row else 0

    def was_down(self, name: str) -> bool:
        """Whether its network could not be reached the last time, or the account is paused or down."""
        asked = "SELECT 1 FROM account WHERE name = :name AND (failures > 0 OR down_since IS NOT NULL)"
        return self._db.row(asked, name=name) is not None

    def reached(self, name: str) -> None:
        """Record that the network answered: no failures in a row any more."""
        self._db.change(
            "UPDATE account SET failures = 0, down_since = CASE WHEN paused IS NULL THEN NULL ELSE down_since END"
            " WHERE name = :name",
            name=name,
        )

    def identified(self, name: str, identity: Identity, now: datetime) -> None:
        """Store whose login it is, and the limits its server stated."""
        self._db.change(
            "UPDATE account SET identity = :identity, identity_at = :now WHERE name = :name",
            name=name,
            identity=json.dumps(asdict(identity) | {"expires_at": instant(identity.expires_at)}),
            now=micros(now),
        )


def is_another(row: Row, account: Account, whose: str, before: str = "") -> bool:
    """Whether an account's name led to another platform or another login, by its row."""
    other = whose not in ("", row["whose"]) and row["whose"] not in ("", before)
    return other or bool(row["platform"] != account.platform)


_SIGNED_IN = "SELECT 1 FROM credential WHERE account = :name AND signed_in_at IS NOT NULL"
_SELECT = (
    "SELECT account.name, platform, whose, baseline_at, next_at, opens_at, failures, down_since, identity, identity_at,"
    " trouble, paused_until, COALESCE(paused, (SELECT 'all' FROM pause WHERE word = '')) AS paused FROM account"
)
"""Accounts; while everything is paused, each of them is."""
_BY_NAME = Often(f"{_SELECT} WHERE name = :name")
_TROUBLED = Often(
    "SELECT 1 FROM account WHERE name = :name AND (failures > 0 OR down_since IS NOT NULL OR throttles > 0"
    " OR trouble IS NOT NULL)"
)


def _identity(said: Row) -> Identity:
    listed = {name: tuple(said.get(name) or ()) for name in ("scopes", "notes")}
    return Identity(**said | listed | {"expires_at": moment(said.get("expires_at"))})


@lru_cache(maxsize=256)
@lru_cache(maxsize=256)  # asked with each post
def software_of(identity: str | None) -> str:
    """What an account's server runs, by what is stored of its last answer; "" where nobody has asked it yet."""
    return _identity(json.loads(identity)).software if identity else ""


def _state(row: Row) -> AccountState:
    baseline_at, next_at = from_micros(row["baseline_at"]), from_micros(row["next_at"])
    opens_at = from_micros(row["opens_at"])
    assert baseline_at is not None
    assert next_at is not None
    assert opens_at is not None
    return AccountState(
        name=row["name"],
        platform=row["platform"],
        baseline_at=baseline_at,
        paused=row["paused"],
        next_at=next_at,
        identity=_identity(json.loads(row["identity"])) if row["identity"] else None,
        identity_at=from_micros(row["identity_at"]),
        opens_at=opens_at,
        failures=row["failures"],
        down_since=from_micros(row["down_since"]),
        trouble=row["trouble"],
        paused_until=from_micros(row["paused_until"]),
    )
