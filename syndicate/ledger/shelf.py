"""The shelf: stories that were finished long ago, each as one compressed row instead of dozens.

A story is whole in one place: its deliveries, attempts and names are either rows of their own tables, or on the shelf.
Whoever asks for one of its names or keys, or plans something for it, gets its rows back first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from syndicate.ledger.database import Database, Row
from syndicate.ledger.days import DAY
from syndicate.ledger.shelf_format import (
    BITS,
    Shelved,
    Stripped,
    is_hex,
    number_of,
    number_of_name,
    pack,
    pack_text,
    unpack,
    unpacked_deliveries,
)

CHUNK = 400
PAGE = 100  # stories of one question
TRIED = "tried "
"""What counts of attempts begin with; their outcome follows."""
_STORED = "INSERT INTO shelf (id, planned_at, data) VALUES (:id, :planned_at, :data)"
WIDE = DAY  # microseconds: the deliveries of one story on the shelf were planned within this time


class Shelf:
    """The `shelf` tables. Each change is one transaction, or part of its caller's."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # Getting rows back

    def fetch(self, anchors: Iterable[str]) -> None:
        """Get the rows of these stories back, of those that are on the shelf."""
        self._fetch([number_of(anchor) for anchor in anchors])

    def fetch_named(self, hashes: Iterable[str]) -> bool:
        """Get the rows of the stories back that have these aliases. Returns whether any was on the shelf."""
        wanted = list(hashes)
        if len(wanted) > PAGE and self._db.row("SELECT 1 FROM shelf_name LIMIT 1") is None:
            return False  # nothing is on it yet, as in the first weeks
        numbers = [number_of_name(hashed) for hashed in wanted if is_hex(hashed)]
        found = [row["id"] for row in self._among("SELECT id FROM shelf_name WHERE hash", numbers)]
        self._fetch(found)
        return bool(found)

    def fetch_keyed(self, prefix: str) -> bool:
        """Get the rows of the stories back that may have a delivery whose key begins so. Returns whether any was on
        the shelf.
        """
        start = prefix[:8]
        if not start or set(start) - set("0123456789abcdef"):
            return False
        found = self._db.rows(
            "SELECT id FROM shelf_key WHERE start >= :low AND start <= :high LIMIT 20",
            low=int(start.ljust(8, "0"), 16),
            high=int(start.ljust(8, "f"), 16),
        )
        self._fetch([row["id"] for row in found])
        return bool(found)

    def _fetch(self, ids: Sequence[int]) -> None:
        for row in self._among("SELECT id FROM shelf WHERE id", ids):
            with self._db.transaction():
                self._take_down(row["id"])

    def _among(self, asked: str, numbers: Sequence[int]) -> list[Row]:
        found: list[Row] = []
        listed = list(dict.fromkeys(numbers))
        for start in range(0, len(listed), CHUNK):
            values = {f"n{place}": number for place, number in enumerate(listed[start : start + CHUNK])}
            found += self._db.rows(f"{asked} IN ({', '.join(f':{name}' for name in values)})", **values)
        return found

    def _take_down(self, number: int) -> None:
        row = self._db.row("SELECT data FROM shelf WHERE id = :id", id=number)
        if row is None:
            return  # another process was first
        story, names = unpack(row["data"]), self._names()
        self._forget(number, story)
        known = self._db.columns("delivery")
        # Where two accounts became one, what was sent counts before what was not.
        for each in sorted(story.deliveries, key=lambda row: row["state"] != "posted"):
            kept = {name: value for name, value in each.items() if name in known}
            self._insert("delivery", kept | {"account": names[each["account"]]})
        for each in story.attempts:
            self._insert("attempt", each)
        for kind, hashed in story.names:
            self._insert("alias", {"hash": hashed, "kind": kind, "anchor": story.anchor})

    def _insert(self, table: str, row: Row) -> None:
        """Add a row, unless it is there, as where two accounts became one."""
        columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        self._db.change(f"INSERT INTO {table} ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING", **row)

    def _forget(self, number: int, story: Shelved) -> None:
        self._db.change("DELETE FROM shelf WHERE id = :id", id=number)
        self._db.change_many("DELETE FROM shelf_key WHERE start = :start AND id = :id", key_rows(number, story))
        self._db.change_many("DELETE FROM shelf_name WHERE hash = :hash", name_rows(number, story))
        self._count(story, -1)

    # Putting rows away

    def put(self, story: Shelved) -> bool:
        """Put a story on the shelf and delete its rows. Accounts are names in it. False: it stays where it is."""
        number, names = number_of(story.anchor), {name: each for each, name in self._names().items()}
        if not _fits(story) or self._is_taken(number, story):
            return False
        deliveries = [row | {"account": self._number(row["account"], names)} for row in story.deliveries]
        story = Shelved(story.anchor, story.names, deliveries, story.attempts)
        self._db.change(_STORED, **_stored(number, story))
        self._db.change_many("INSERT INTO shelf_key (start, id) VALUES (:start, :id)", key_rows(number, story))
        self._db.change_many("INSERT INTO shelf_name (hash, id) VALUES (:hash, :id)", name_rows(number, story))
        self._count(story, 1)
        self._db.change_many("DELETE FROM attempt WHERE key = :key", [{"key": row["key"]} for row in deliveries])
        self._db.change("DELETE FROM delivery WHERE anchor = :anchor", anchor=story.anchor)
        self._db.change("DELETE FROM alias WHERE anchor = :anchor", anchor=story.anchor)
        return True

    def strip(self, stories: Sequence[tuple[Row, Stripped]]) -> None:
        """Store stories on the shelf without their posts and attempts: of each its row, and what is left."""
        rows = [
            {"id": row["id"], "planned_at": row["planned_at"], "data": pack_text(bare.text)} for row, bare in stories
        ]
        # Deleted first: a row that only got smaller would free no page.
        self._db.change_many("DELETE FROM shelf WHERE id = :id", [{"id": row["id"]} for row in rows])
        self._db.change_many(_STORED, rows)
        counts: Counter[tuple[int, int, str]] = Counter()
        for account, planned_at, outcome in (each for _, bare in stories for each in bare.attempts):
            if outcome is not None:
                counts[account, planned_at // DAY * DAY, f"{TRIED}{outcome}"] -= 1
        self._add(counts)

    def _is_taken(self, number: int, story: Shelved) -> bool:
        """Whether something else has one of its numbers, which is next to impossible."""
        names = [row["hash"] for row in name_rows(number, story)]
        return len(set(names)) < len(names) or bool(
            self._among("SELECT id FROM shelf WHERE id", [number])
            or self._among("SELECT id FROM shelf_name WHERE hash", names)
        )

    # Accounts and counts

    def _names(self) -> dict[int, str]:
        return {row["number"]: row["name"] for row in self._db.rows("SELECT * FROM shelf_account")}

    def _number(self, account: str, known: dict[str, int]) -> int:
        if account not in known:
            known[account] = 1 + max([0, *self._names()])
            self._db.change(
                "INSERT INTO shelf_account (number, name) VALUES (:number, :name)", number=known[account], name=account
            )
        return known[account]

    def rename(self, old: str, new: str) -> None:
        """Give an account another name, which may be another account's as well."""
        self._db.change("UPDATE shelf_account SET name = :new WHERE name = :old", old=old, new=new)

    def _count(self, story: Shelved, by: int) -> None:
        self._add(Counter({which: number * by for which, number in tally(story).items()}))

    def _add(self, counts: Counter[tuple[int, int, str]]) -> None:
        self._db.change_many(
            "INSERT INTO shelf_count (account, day, what, number) VALUES (:account, :day, :what, :number)"
            " ON CONFLICT (account, day, what) DO UPDATE SET number = shelf_count.number + excluded.number",
            [
                {"account": account, "day": day, "what": what, "number": number}
                for (account, day, what), number in counts.items()
                if number
            ],
        )

    def counts(self, since: int | None = None, until: int | None = None) -> dict[tuple[str, str], int]:
        """How many deliveries are on the shelf, by account and state; what was deleted counts as `deleted`. Attempts
        too: `tried` and their outcome. Only those planned on whole days from `since` to before `until`.
        """
        found = self._db.rows(
            "SELECT name, what, SUM(shelf_count.number) AS number FROM shelf_count"
            " JOIN shelf_account ON shelf_account.number = shelf_count.account"
            " WHERE (:since IS NULL OR day >= :since) AND (:until IS NULL OR day + :whole <= :until)"
            " GROUP BY name, what",
            since=since,
            until=until,
            whole=DAY,
        )
        return {(row["name"], row["what"]): row["number"] for row in found if row["number"]}

    # Reading without getting back

    def newest(self) -> int | None:
        """When the last story on the shelf was planned; None: the shelf is empty."""
        row = self._db.row("SELECT MAX(planned_at) AS at FROM shelf")
        return row["at"] if row else None

    def stories(self, *, newest_first: bool, low: int, high: int) -> Iterator[tuple[int, list[Row]]]:
        """The deliveries of the stories whose first one was planned from `low` to `high`, in order, with its instant.
        Accounts are names in them, JSON is read.
        """
        beyond, order = ("<", " DESC") if newest_first else (">", "")
        after, values = "", {"low": low, "high": high, "page": PAGE}
        while True:
            page = self._db.rows(
                f"SELECT id, planned_at, data FROM shelf WHERE planned_at >= :low AND planned_at <= :high{after}"
                f" ORDER BY planned_at{order}, id{order} LIMIT :page",
                **values,
            )
            names = self._names()  # after the page: an account may be new on the shelf
            for row in page:
                deliveries = unpacked_deliveries(row["data"])
                for each in deliveries:
                    each["account"] = names[each["account"]]
                yield row["planned_at"], deliveries
            if len(page) < PAGE:
                return
            after = f" AND (planned_at, id) {beyond} (:at, :last)"
            values |= {"at": page[-1]["planned_at"], "last": page[-1]["id"]}


def _stored(number: int, story: Shelved) -> Row:
    planned_at = min(row["planned_at"] for row in story.deliveries)
    return {"id": number, "planned_at": planned_at, "data": pack(story)}


def _fits(story: Shelved) -> bool:
    """Whether it can be found again by all its keys and names, and read in order."""
    planned = [row["planned_at"] for row in story.deliveries]
    words = [*(row["key"] for row in story.deliveries), *(hashed for _, hashed in story.names)]
    return bool(planned) and max(planned) - min(planned) <= WIDE and all(map(is_hex, words))


def tally(story: Shelved) -> Counter[tuple[int, int, str]]:
    """How many deliveries and attempts a story has, by account, day and what became of them."""
    counts: Counter[tuple[int, int, str]] = Counter()
    planned = {row["key"]: (row["account"], row["planned_at"] // DAY * DAY) for row in story.deliveries}
    for row in story.deliveries:
        counts[*planned[row["key"]], "deleted" if row.get("reason") == "deleted" else row["state"]] += 1
    for attempt in story.attempts:
        if attempt["outcome"] is not None:
            counts[*planned[attempt["key"]], f"{TRIED}{attempt['outcome']}"] += 1
    return counts


def key_rows(number: int, story: Shelved) -> list[Row]:
    """What finds a story by the keys of its deliveries."""
    starts = dict.fromkeys(int(row["key"][:8], 16) for row in story.deliveries)
    return [{"start": start, "id": number} for start in starts]


def name_rows(number: int, story: Shelved) -> list[Row]:
    """What finds a story by its aliases."""
    return [{"hash": number_of_name(hashed), "id": number} for _, hashed in story.names]


assert BITS < 63, "SQLite's integers have a sign"
