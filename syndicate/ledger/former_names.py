"""The names that accounts and sources had before: what was told under an old name can still be answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from syndicate.ledger.database import Database, Row

Kind: TypeAlias = Literal["account", "source"]


class FormerNames:
    """The `former_name` table."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def record(self, kind: Kind, moves: Iterable[tuple[str, str]]) -> None:
        """Record old and new names. A name that is in use again is no former one."""
        pairs = [*moves]
        for old, new in pairs:
            values: Row = {"kind": kind, "old": old, "new": new}
            self._db.change("UPDATE former_name SET name = :new WHERE kind = :kind AND name = :old", **values)
            self._db.change("DELETE FROM former_name WHERE kind = :kind AND former = :old", kind=kind, old=old)
            self._db.change("INSERT INTO former_name (kind, former, name) VALUES (:kind, :old, :new)", **values)
        for _, new in pairs:
            self._db.change("DELETE FROM former_name WHERE kind = :kind AND former = :new", kind=kind, new=new)

    def all(self, kind: Kind) -> dict[str, str]:
        """Every former name, with the present one."""
        found = self._db.rows("SELECT former, name FROM former_name WHERE kind = :kind", kind=kind)
        return {row["former"]: row["name"] for row in found}

    def now(self, kind: Kind, names: Iterable[str]) -> list[str]:
        """The present name of each of these; a name that was never changed is given as it is."""
        known = self.all(kind)
        return [known.get(name, name) for name in names]
