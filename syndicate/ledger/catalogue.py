"""Lists deliveries in the order in which they were planned, page by page, so that any number needs little memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from syndicate.ledger import rows
from syndicate.ledger.articles import CHUNK
from syndicate.ledger.database import Database, Row, micros
from syndicate.ledger.shelf import Shelf
from syndicate.ledger.shelf_order import joined, parts_of_days, shelved
from syndicate.model import Delivery
from syndicate.model.dataclass import dataclass

FIRST = 50  # rows of the first question, since many want no more than these
PAGE = 500  # rows of the others: no read stays open while somebody reads what is printed
_EMPTY: Row = dict.fromkeys(
    (
        *("reason", "due_at", "post", "digest", "prepared", "draft", "committed_at", "looked_at", "remote_id"),
        *("permalink", "error", "expires_at", "approved", "conceded", "day", "posted_at", "again"),
    )
)
"""Columns that a row on the shelf need not have."""
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

    def reaches_the_shelf(self, states: Sequence[str] | None = None) -> bool:
        """Whether any of them may be on the shelf; the rows of one article were got back when it was looked for."""
        states = self.states if states is None else states
        return self.anchor is None and (not states or bool({*_MANY, "deleted"}.intersection(states)))

    def takes(self, row: Row, states: Sequence[str] | None = None) -> bool:
        """Whether a row of `delivery` is one of them."""
        states = self.states if states is None else states
        since, until = micros(self.since), micros(self.until)
        return (
            (not states or row["state"] in states)
            and (not self.accounts or row["account"] in self.accounts)
            and (since is None or row["planned_at"] >= since)
            and (until is None or row["planned_at"] < until)
        )


class Catalogue:
    """The `delivery` table in the order of planning."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._shelf = Shelf(database)

    def oldest_first(self, selection: Selection) -> Iterator[Delivery]:
        """The deliveries in the order in which they were planned."""
        return map(rows.delivery, self.rows(selection))

    def newest_first(self, selection: Selection) -> Iterator[Delivery]:
        """The deliveries in the reverse order."""
        return map(rows.delivery, self.rows(selection, newest_first=True))

    def rows(self, selection: Selection, *, newest_first: bool = False) -> Iterator[Row]:
        """The deliveries as rows: those of the table, and those on the shelf, which is not looked into before they are
        needed.
        """
        others = self._pages(selection, "<" if newest_first else ">", " DESC" if newest_first else "")
        last = self._shelf.newest() if selection.reaches_the_shelf() else None
        if last is not None:
            found = self._shelved(selection, newest_first=newest_first)
            others = joined(others, found, last if newest_first else None)
        return others

    def _shelved(self, selection: Selection, *, newest_first: bool) -> Iterator[Row]:
        since, until = micros(selection.since), micros(selection.until)
        found = shelved(self._shelf, selection.takes, newest_first=newest_first, since=since, until=until)
        while page := list(islice(found, CHUNK)):
            values: Row = {}
            among = rows.among("anchor", [*{row["anchor"] for row in page}], values)
            asked = self._db.rows(f"SELECT anchor, url FROM article WHERE {among}", **values)
            places = {row["anchor"]: row["url"] for row in asked}
            yield from (_EMPTY | row | {"article_url": places[row["anchor"]]} for row in page)

    def _pages(self, selection: Selection, beyond: str, order: str) -> Iterator[Row]:
        values: Row = {"page": FIRST}
        where, after = selection.where(values), ""
        while True:
            page = self._db.rows(
                f"{rows.JOINED} WHERE {where}{after}"
                f" ORDER BY delivery.planned_at{order}, delivery.key{order} LIMIT :page",
                **values,
            )
            yield from page
            if len(page) < values["page"]:
                return
            after = f" AND (delivery.planned_at, delivery.key) {beyond} (:planned_at, :last)"
            values |= {"planned_at": page[-1]["planned_at"], "last": page[-1]["key"], "page": PAGE}

    def count(self, selection: Selection, states: Sequence[str] = ()) -> int:
        """How many there are, in these states; of posted ones that were deleted, only with the state `deleted`."""
        values: Row = {}
        listed = [state for state in states if state != "deleted"]
        found = self._number(selection.where(values, listed), values) if listed or not states else 0
        deleted = self._number(f"delivery.reason = 'deleted' AND {selection.where(values, ())}", values)
        if selection.reaches_the_shelf(states):
            on_shelf = self._counted(selection)
            deleted += on_shelf["deleted"]
            on_shelf["posted"] += on_shelf["deleted"]  # as rows count
            wanted = listed if states else _MANY
            found += sum(number for state, number in on_shelf.items() if state in wanted)
        if not states:
            return found
        return found + deleted * (("deleted" in states) - ("posted" in states))

    def _counted(self, selection: Selection) -> Counter[str]:
        """How many are on the shelf, by state: days that are whole are counted already."""
        since, until = micros(selection.since), micros(selection.until)
        counts: Counter[str] = Counter()
        for (account, what), number in self._shelf.counts(since, until).items():
            if not selection.accounts or account in selection.accounts:
                counts[what] += number
        for begin, end in parts_of_days(since, until):
            found = shelved(self._shelf, selection.takes, newest_first=False, since=begin, until=end)
            inside = (row for row in found if begin <= row["planned_at"] < end)
            counts.update("deleted" if row.get("reason") == "deleted" else row["state"] for row in inside)
        return counts

    def waiting(self, selection: Selection) -> list[tuple[str, str]]:
        """Key and state of each that is planned or due."""
        values: Row = {}
        where = selection.where(values, ("planned", "due"))
        found = self._db.rows(f"SELECT delivery.key, delivery.state FROM delivery WHERE {where}", **values)
        return [(row["key"], row["state"]) for row in found]

    def _number(self, where: str, values: Row) -> int:
        row = self._db.row(f"SELECT COUNT(*) AS number FROM delivery WHERE {where}", **values)
        return int(row["number"]) if row else 0
