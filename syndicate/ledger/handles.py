"""Remembers for a day which account has a handle on a network, so that nobody is asked for it with every post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from syndicate.ledger import rows
from syndicate.ledger.database import Database, Row, from_micros, micros

REMEMBERED = timedelta(days=1)
"""A handle may change hands: no longer than this does a mention lead to whom it belonged before."""

_ROW = "handle {} {}"


class Handles:
    """Rows `handle …` of the `meta` table, each with the instant of the answer; those that are over are removed."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def known(self, network: str, handles: Iterable[str], now: datetime) -> dict[str, str]:
        """The accounts that the network named within a day, by their handles."""
        names = {_ROW.format(network, handle): handle for handle in handles}
        if not names:
            return {}
        values: Row = {}
        found = self._db.rows(f"SELECT name, value FROM meta WHERE {rows.among('name', list(names), values)}", **values)
        answers = {names[row["name"]]: row["value"].partition(" ") for row in found}
        return {handle: who for handle, (at, _, who) in answers.items() if _is_fresh(from_micros(int(at)), now)}

    def found(self, network: str, people: Mapping[str, str], now: datetime) -> None:
        """Record what the network answered now."""
        with self._db.transaction():
            self._db.change(
                "DELETE FROM meta WHERE name >= 'handle ' AND name < 'handle!' AND value < :since",
                since=str(micros(now - REMEMBERED)),
            )
            for handle, who in people.items():
                self._db.change(
                    "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name)"
                    " DO UPDATE SET value = :value",
                    name=_ROW.format(network, handle),
                    value=f"{micros(now)} {who}",
                )

    def forget(self, network: str, handle: str) -> None:
        """Have the network asked anew, since it named another account, or none."""
        self._db.change("DELETE FROM meta WHERE name = :name", name=_ROW.format(network, handle))


def _is_fresh(at: datetime | None, now: datetime) -> bool:
    """Whether an answer is of the last day; one that a wrong clock dated ahead is none."""
    return at is not None and timedelta() <= now - at < REMEMBERED
