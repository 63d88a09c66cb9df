"""Logins that the config has under another name than before: the new name takes over rows, baseline and history."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from datetime import datetime
from typing import TypeAlias

from syndicate.ledger.database import Database, Row
from syndicate.ledger.former_names import FormerNames
from syndicate.ledger.partings import Partings
from syndicate.ledger.shelf import Shelf
from syndicate.ledger.transitions import CLOSED, drop
from syndicate.model import Account, site_of
from syndicate.model.dataclass import dataclass

FORMER = "~"
"""What is added to the name of an account when another login takes over that name."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the config says of whose account it is, in hashes.

    `whose` is "" where nothing can be said, as with a stand-in for a secret; `before` is an older form of the same.
    `proof` is of the secret that decides which of the logins at `whose` it is; None where `whose` says it all.
    """

    whose: str = ""
    before: str = ""
    proof: str | None = None


UNKNOWN = Fingerprint()
"""The config does not say whose account it is."""

Configured: TypeAlias = Mapping[str, tuple[Account, Fingerprint]]
"""Every account of the config by its name, switched off or not."""


class AccountNames:
    """Gives accounts their new names, in every table that has them."""

    def __init__(self, database: Database, partings: Partings, former: FormerNames) -> None:
        self._db = database
        self._partings = partings
        self._shelf = Shelf(database)
        self._names = former

    def follow(
        self, configured: Configured, now: datetime, rests: Callable[[str], bool] = lambda _: False
    ) -> list[tuple[str, str]]:
        """Let each login that the config has under another name go on under that. Returns old and new names.

        Where the new name had another login until now, the rows of that one stay under a former name. Accounts that
        `rests` names stay as they are: their site's config cannot be read now.
        """
        rows = {row["name"]: row for row in self._db.rows("SELECT * FROM account ORDER BY name")}
        known = {name: row for name, row in rows.items() if name in configured or not rests(name)}
        moves = _moves(configured, {name: row for name, row in known.items() if row["whose"]})
        moves |= {old: new for old, new in self._with_their_site(configured, known).items() if old not in moves}
        if not moves:
            return []
        with self._db.transaction():
            for old in moves:  # by way of a name that nobody has: two accounts may have changed names
                self._move(old, f"\n{old}")
            for old, new in moves.items():
                if self._is_there(new):
                    self._move(new, self._former(new))
                self._move(f"\n{old}", new)
                self._partings.comes_back(new, now)
            self._names.record("account", moves.items())
        return [*moves.items()]

    def _with_their_site(self, configured: Configured, known: Mapping[str, Row]) -> dict[str, str]:
        """Accounts whose sources have moved to another site, where nothing else says whose they are, and their new
        names.
        """
        sites: dict[str, list[str]] = {}
        for old, new in self._names.all("source").items():
            sites.setdefault(site_of(new), []).append(site_of(old))
        moves: dict[str, str] = {}
        for name, (account, signs) in configured.items():
            local = name.removeprefix(f"{site_of(name)}/")
            for site in [] if name in known else sites.get(site_of(name), []):
                old = f"{site}/{local}" if site else local
                row = known.get(old)
                if row is None or old in configured or row["platform"] != account.platform:
                    continue
                if not (row["whose"] and signs.whose):
                    moves[old] = name
        return moves

    def doubtful(self, configured: Configured, rests: Callable[[str], bool] = lambda _: False) -> dict[str, list[str]]:
        """New names, each with accounts that left the config and may be its login; only the network can tell."""
        known = {
            row["name"]: row for row in self._db.rows("SELECT * FROM account WHERE identity IS NOT NULL ORDER BY name")
        }
        found = {}
        for name, (account, signs) in configured.items():
            if signs.proof is None or self._is_there(name):
                continue
            left = [old for old, row in known.items() if old not in configured and not rests(old)]
            left = [old for old in left if _at_one_place(account, signs, known[old])]
            if left:
                found[name] = left
        return found

    def left_with(
        self, name: str, configured: Container[str], rests: Callable[[str], bool] = lambda _: False
    ) -> list[str]:
        """Accounts that are not `configured` any more and were the same login as this one."""
        found = self._db.rows(
            "SELECT other.name FROM account AS other JOIN account AS mine ON mine.name = :name"
            " WHERE other.name <> mine.name AND other.platform = mine.platform AND other.login = mine.login"
            " ORDER BY other.name",
            name=name,
        )
        return [row["name"] for row in found if row["name"] not in configured and not rests(row["name"])]

    def take_over(self, old: str, new: str, now: datetime) -> None:
        """Let a login go on under another name, which may have rows of its own already."""
        with self._db.transaction():
            self._move(old, new)
            self._names.record("account", [(old, new)])
            self._partings.comes_back(new, now)
            # What both names have goes out once: as the new one's.
            values: Row = {"old": old, "words": f"it goes out as {new}"}
            drop(self._db, CLOSED, "account = :old", now=now, error=":words", reason="elsewhere", values=values)

    def _move(self, old: str, new: str) -> None:
        values: Row = {"old": old, "new": new}
        if self._is_there(new):
            self._merge(values)
        else:
            self._db.change("UPDATE account SET name = :new WHERE name = :old", **values)
            self._db.change("UPDATE delivery SET account = :new WHERE account = :old", **values)
        self._shelf.rename(old, new)
        for table in ("credential", "look"):  # one row an account
            there = f"SELECT 1 FROM {table} WHERE account = :new"
            self._db.change(
                f"UPDATE {table} SET account = :new WHERE account = :old AND NOT EXISTS ({there})", **values
            )
            self._db.change(f"DELETE FROM {table} WHERE account = :old", old=old)
        self._db.change("DELETE FROM listed WHERE account = :new", new=new)
        for table in ("listed", "charge", "dropped"):
            self._db.change(f"UPDATE {table} SET account = :new WHERE account = :old", **values)

    def _merge(self, values: Row) -> None:
        """Join two accounts that are one login: what was sent, or may have been, counts before what was not."""
        same = (
            "FROM delivery AS twin WHERE twin.anchor = delivery.anchor AND twin.action = delivery.action"
            " AND twin.revision = delivery.revision AND twin.part = delivery.part"
        )
        self._db.change(
            "DELETE FROM delivery WHERE account = :new AND state IN ('planned', 'due', 'skipped', 'failed')"
            f" AND draft IS NULL AND EXISTS (SELECT 1 {same} AND twin.account = :old"
            " AND twin.state IN ('sending', 'unknown', 'held', 'posted'))",
            **values,
        )
        self._db.change(
            "UPDATE delivery SET account = :new WHERE account = :old"
            f" AND NOT EXISTS (SELECT 1 {same} AND twin.account = :new)",
            **values,
        )
        self._db.change(
            "UPDATE account SET baseline_at = (SELECT MIN(baseline_at) FROM account WHERE name IN (:old, :new))"
            " WHERE name = :new",
            **values,
        )
        self._db.change("DELETE FROM account WHERE name = :old", old=values["old"])

    def _is_there(self, name: str) -> bool:
        return self._db.row("SELECT 1 FROM account WHERE name = :name", name=name) is not None

    def _former(self, name: str) -> str:
        former = name + FORMER
        while self._is_there(former):
            former += FORMER
        return former


def _moves(configured: Configured, known: Mapping[str, Row]) -> dict[str, str]:
    """The accounts of the ledger that are in the config under another name, and that name."""
    moves: dict[str, str] = {}
    for name, (account, signs) in configured.items():
        if name in known and _is(account, signs, known[name]):
            continue
        for old, row in known.items():
            if old != name and old not in moves and _is(account, signs, row) and not _stays(configured.get(old), row):
                moves[old] = name
                break
    return moves


def _stays(mine: tuple[Account, Fingerprint] | None, row: Row) -> bool:
    """Whether an account's own name may still lead to its login."""
    return mine is not None and (not mine[1].whose or _is(*mine, row))


def _is(account: Account, signs: Fingerprint, row: Row) -> bool:
    """Whether the config says for sure that an account is the login of this row."""
    return _at_one_place(account, signs, row) and signs.proof in (None, row["proof"])


def _at_one_place(account: Account, signs: Fingerprint, row: Row) -> bool:
    there = bool(row["whose"]) and row["whose"] in (signs.whose, signs.before)
    return there and bool(row["platform"] == account.platform)
