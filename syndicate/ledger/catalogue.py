"""Lists deliveries in the order in which they were planned, page by page, so that any number needs little memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from syndicate.ledger import rows
from syndicate.ledger.database import Database, Row, micros
from syndicate.model import Delivery

PAGE = 500  # rows of one question: no read stays open while somebody reads what is printed
_MANY = ("posted", "skipped")  # states in which nearly all rows of an old ledger are


@dataclass(frozen=True, slots=True)
class Selection:
    """Which deliveries: any of these states and accounts, of this article, planned from `since` to before `until`.

    Empty or None: whatever it is.
    """

    states: Sequence[str] = ()
    accounts: Sequence[str] = ()
    anchor: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def where(self, values: Row, states: Sequence[str] | None = None) -> str:
        """The SQL condition; its parameters are added to `values`. `states` replaces those of the selection."""
        states = self.states if states is None else states
        # Where most rows match, the order's own index is the fast one; an expression keeps SQLite to it.
        plain = self.anchor is not None or (states and not set(_MANY).intersection(states))
        whole = "" if plain else " || ''"
        found = [
            rows.among(f"delivery.state{whole}", states, values),
            rows.among(f"delivery.account{whole}", self.accounts, values),
            "delivery.anchor = :anchor" if self.anchor is not None else "",
            "delivery.planned_at >= :since" if self.since is not None else "",
            "delivery.planned_at < :until" if self.until is not None else "",
        ]
        values |= {"anchor": self.anchor, "since": micros(self.since), "until": micros(self.until)}
        return " AND ".join(each for each in found if each) or "1 = 1"


class Catalogue:
    """The `delivery` table in the order of planning."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def oldest_first(self, selection: Selection) -> Iterator[Delivery]:
        """The deliveries in the order in which they were planned."""
        return self._pages(selection, ">", "")

    def newest_first(self, selection: Selection) -> Iterator[Delivery]:
        """The deliveries in the reverse order."""
        return self._pages(selection, "<", " DESC")

    def _pages(self, selection: Selection, beyond: str, order: str) -> Iterator[Delivery]:
        values: Row = {"page": PAGE}
        where, after = selection.where(values), ""
        while True:
            page = self._db.rows(
                f"{rows.JOINED} WHERE {where}{after}"
                f" ORDER BY delivery.planned_at{order}, delivery.key{order} LIMIT :page",
                **values,
            )
            yield from map(rows.delivery, page)
            if len(page) < PAGE:
                return
            after = f" AND (delivery.planned_at, delivery.key) {beyond} (:planned_at, :last)"
            values |= {"planned_at": page[-1]["planned_at"], "last": page[-1]["key"]}

    def count(self, selection: Selection, states: Sequence[str] = ()) -> int:
        """How many there are, in these states; of posted ones that were deleted, only with the state `deleted`."""
        values: Row = {}
        listed = [state for state in states if state != "deleted"]
        found = self._number(selection.where(values, listed), values) if listed or not states else 0
        deleted = self._number(f"delivery.reason = 'deleted' AND {selection.where(values, ())}", values)
        if not states:
            return found
        return found + deleted * (("deleted" in states) - ("posted" in states))

    def waiting(self, selection: Selection) -> list[tuple[str, str]]:
        """Key and state of each that is planned or due."""
        values: Row = {}
        where = selection.where(values, ("planned", "due"))
        found = self._db.rows(f"SELECT delivery.key, delivery.state FROM delivery WHERE {where}", **values)
        return [(row["key"], row["state"]) for row in found]

    def _number(self, where: str, values: Row) -> int:
        row = self._db.row(f"SELECT COUNT(*) AS number FROM delivery WHERE {where}", **values)
        return int(row["number"]) if row else 0
