"""Deliveries: one row for each article, account, action, revision and part."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from syndicate.ledger import rows
from syndicate.ledger.articles import CHUNK
from syndicate.ledger.database import Database, Often, Row, from_micros, micros
from syndicate.ledger.days import DAY, LAST, fixed_day
from syndicate.ledger.delivery_keys import delivery_key
from syndicate.ledger.shelf import Shelf
from syndicate.ledger.transitions import WANTED
from syndicate.model import Action, Again, Delivery, Receipt, State
from syndicate.model.dataclass import dataclass
from syndicate.serialization import compact

SHORTEST = 4
"""Characters of a key that a person has to type at least."""
_DAY = (
    "(SELECT COALESCE(article.utc_day, CASE WHEN article.published_at >= 0 AND article.published_at < "
    f"{LAST} THEN article.published_at / {DAY} * {DAY} END) FROM article WHERE article.anchor = :anchor)"
)
"""The UTC day of a delivery's article; articles of earlier versions only have their date."""
GIVEN_UP = ("preflight", "withdrawn")
"""Reasons for which something was skipped because it was not on the site; it may come back."""


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """One delivery to write: which article and account, and what was decided.

    `due_at` is None where no time is set. Past `expires_at` it is not sent any more; None: it never expires.
    `note` says in words why it waits.
    """

    anchor: str
    account: str
    platform: str
    state: State
    reason: str | None = None
    due_at: datetime | None = None
    expires_at: datetime | None = None
    priority: int = 1
    note: str | None = None
    action: Action = "post"
    revision: int = 0
    part: int = 0
    again: Again | None = None

    @property
    def key(self) -> str:
        """The key that this delivery gets, or already has."""
        return delivery_key(self.anchor, self.account, self.action, self.revision, self.part)


class Deliveries:
    """The `delivery`, `attempt` and `alert` tables."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._shelf = Shelf(database)

    # Planning

    def fetch(self, anchors: Iterable[str]) -> None:
        """Get the rows of these articles back that are on the shelf."""
        self._shelf.fetch(anchors)

    def plan(self, planned: PlannedDelivery, planned_at: datetime, *, fetched: bool = False) -> str | None:
        """Write a new delivery. Returns its key, or None if this article was planned for this account before.

        `fetched`: its article was given to `fetch` in this transaction.
        """
        if not fetched:
            self._shelf.fetch([planned.anchor])
        made = self._plan(planned, planned.key, planned_at)
        if made is None and self._is_of_a_former_name(planned):
            return self._plan(planned, delivery_key(planned.key, planned.account), planned_at)
        return made

    def _is_of_a_former_name(self, planned: PlannedDelivery) -> bool:
        """Whether a delivery that was planned under this account's name, and has another name since, has its key."""
        other = "SELECT 1 FROM delivery WHERE key = :key AND account <> :account"
        return self._db.row(other, key=planned.key, account=planned.account) is not None

    def plan_first(self, planned: Sequence[tuple[PlannedDelivery, datetime]]) -> set[str]:
        """Write the first deliveries of articles that have none, all at once, with when each is planned. Returns their
        keys; of the other articles, nothing is written.

        The articles were given to `fetch` in this transaction.
        """
        anchors, known = [*dict.fromkeys(each.anchor for each, _ in planned)], set[str]()
        for start in range(0, len(anchors), CHUNK):
            values: Row = {}
            among = rows.among("anchor", anchors[start : start + CHUNK], values)
            found = self._db.rows(f"SELECT DISTINCT anchor FROM delivery WHERE {among}", **values)
            known |= {row["anchor"] for row in found}
        first: dict[str, Row] = {}
        for each, at in planned:
            if each.anchor not in known:
                first.setdefault(each.key, _new_row(each, each.key, at))
        self._db.change_many(_INSERT, [*first.values()])
        return {*first}

    def _plan(self, planned: PlannedDelivery, key: str, planned_at: datetime) -> str | None:
        made = self._db.row(f"{_INSERT} RETURNING key", **_new_row(planned, key, planned_at))
        return made["key"] if made else None

    def replan(self, planned: PlannedDelivery, reasons: Sequence[str], planned_at: datetime) -> bool:
        """Plan a delivery anew, whatever its age, that was skipped for one of these reasons or waits for approval."""
        names = {f"r{number}": reason for number, reason in enumerate(reasons)}
        listed = ", ".join(f":{name}" for name in names)
        return bool(
            self._db.change(
                f"UPDATE delivery SET {WANTED.sets(planned.state)}, reason = :reason, due_at = :due_at,"
                " planned_at = :planned_at, priority = :priority, expires_at = NULL, error = NULL, post = NULL,"
                " draft = NULL, committed_at = NULL, looks = 0, looked_at = NULL"
                f" WHERE {_SAME} AND {WANTED.allowed} AND ((state = 'skipped' AND reason IN ({listed}))"
                " OR (state = 'planned' AND reason IN ('burst', 'similar', 'stranger')))",
                **_which(planned),
                **names,
                **_decided(planned, planned_at),
            )
        )

    def filtered(self, account: str, anchors: Sequence[str]) -> set[str]:
        """Which of these articles the account's filters left out."""
        self._shelf.fetch(anchors)
        found: set[str] = set()
        for start in range(0, len(anchors), CHUNK):
            values: Row = {"account": account}
            among = rows.among("anchor", anchors[start : start + CHUNK], values)
            asked = f"SELECT anchor FROM delivery WHERE {among} AND account = :account AND action = 'post'"
            left_out = self._db.rows(f"{asked} AND state = 'skipped' AND reason = 'filtered'", **values)
            found |= {row["anchor"] for row in left_out}
        return found

    def given_up(self, anchor: str, reasons: Sequence[str] = GIVEN_UP) -> bool:
        """Whether an article was skipped for one of these reasons, such as that its page was not there."""
        self._shelf.fetch([anchor])
        values: Row = {"anchor": anchor}
        among = rows.among("reason", reasons, values)
        asked = f"SELECT 1 FROM delivery WHERE anchor = :anchor AND state = 'skipped' AND {among} LIMIT 1"
        return self._db.row(asked, **values) is not None

    def let_in(self, planned: PlannedDelivery, reasons: Sequence[str], planned_at: datetime) -> bool:
        """Plan a delivery like a new one that was skipped for one of these reasons."""
        names = {f"r{number}": reason for number, reason in enumerate(reasons)}
        return bool(
            self._db.change(
                f"UPDATE delivery SET {WANTED.sets(planned.state)}, reason = :reason, due_at = :due_at,"
                " planned_at = :planned_at, expires_at = :expires_at, priority = :priority, error = :error,"
                " looks = 0, looked_at = NULL, post = NULL, draft = NULL, prepared = NULL, committed_at = NULL,"
                " attempts = 0, unknowns = 0, absent = 0, updated_at = :planned_at"
                f" WHERE {_SAME} AND {WANTED.allowed} AND state = 'skipped'"
                f" AND reason IN ({', '.join(f':{name}' for name in names)})",
                **_which(planned),
                **names,
                **_decided(planned, planned_at),
            )
        )

    # Reading

    def find(self, key: str) -> Delivery | None:
        """The delivery with this key; None if there is none."""
        found = self.stored(key)
        if found is None:
            self._shelf.fetch_keyed(key)
            found = self.stored(key)  # in any case: another process may have got it back in between
        return found

    def stored(self, key: str) -> Delivery | None:
        """As `find`, of those alone that are not put away."""
        row = self._db.row(_BY_KEY, key=key)
        return rows.delivery(row) if row else None

    def several(self, keys: Sequence[str]) -> list[Delivery]:
        """The deliveries with these keys, in their order."""
        found: dict[str, Delivery] = {}
        for start in range(0, len(keys), CHUNK):
            values: Row = {}
            among = rows.among("delivery.key", keys[start : start + CHUNK], values)
            found |= {row["key"]: rows.delivery(row) for row in self._db.rows(f"{rows.JOINED} WHERE {among}", **values)}
        return [found[key] for key in dict.fromkeys(keys) if key in found]

    def due_by_reason(self, account: str) -> dict[str | None, int]:
        """How many deliveries are due for an account, by the reason for which they wait."""
        asked = "SELECT reason, COUNT(*) AS number FROM delivery WHERE account = :account AND state = 'due' GROUP BY 1"
        return {row["reason"]: row["number"] for row in self._db.rows(asked, account=account)}

    def of(self, anchor: str, account: str, revision: int = 0, part: int = 0) -> Delivery | None:
        """The post of an article for an account; None if there is none. Its key may be of a former account name.

        `part` counts the further posts of its thread.
        """
        self._shelf.fetch([anchor])
        row = self._db.row(
            f"{rows.JOINED} WHERE delivery.anchor = :anchor AND delivery.account = :account"
            " AND delivery.action = 'post' AND delivery.revision = :revision AND delivery.part = :part",
            anchor=anchor,
            account=account,
            revision=revision,
            part=part,
        )
        return rows.delivery(row) if row else None

    def thread(self, post: Delivery) -> list[Delivery]:
        """The posts of a thread after this one, in order, whatever their state."""
        found = self._db.rows(
            f"{rows.JOINED} WHERE delivery.anchor = :anchor AND delivery.account = :account"
            " AND delivery.action = 'post' AND delivery.revision = :revision AND delivery.part > :part"
            " ORDER BY delivery.part",
            anchor=post.anchor,
            account=post.account,
            revision=post.revision,
            part=post.part,
        )
        return [rows.delivery(row) for row in found]

    def key_of(self, planned: PlannedDelivery) -> str:
        """The key that a planned delivery has."""
        row = self._db.row(f"SELECT key FROM delivery WHERE {_SAME}", **_which(planned))
        return row["key"] if row else planned.key

    def starting_with(self, prefix: str) -> list[Delivery]:
        """Deliveries whose key begins with `prefix`: people type the first digits."""
        if not prefix.isalnum() or len(prefix) < SHORTEST:
            return []
        self._shelf.fetch_keyed(prefix)
        found = self._db.rows(f"{rows.JOINED} WHERE delivery.key LIKE :pattern LIMIT 3", pattern=f"{prefix.lower()}%")
        return [rows.delivery(row) for row in found]

    def remote_ids(self, delivery: Delivery) -> list[str]:
        """Ids of the posts of the account's other deliveries, the newest thousand."""
        found = self._db.rows(
            "SELECT remote_id FROM delivery WHERE account = :account AND key <> :key AND remote_id IS NOT NULL"
            " ORDER BY planned_at DESC LIMIT 1000",
            account=delivery.account,
            key=delivery.key,
        )
        return [row["remote_id"] for row in found]

    def rivals(self, delivery: Delivery, link: str | None, states: Sequence[State]) -> bool:
        """Whether another post of the account with this link is in one of these states, so that a look-up could take
        the one for the other. As on a live page, whose stories share its address.
        """
        values: Row = {"account": delivery.account, "key": delivery.key}
        found = self._db.rows(
            "SELECT post FROM delivery WHERE account = :account AND key <> :key AND action = 'post'"
            f" AND post IS NOT NULL AND {rows.among('state', states, values)}",
            **values,
        )
        return link is not None and any(json.loads(row["post"]).get("link") == link for row in found)

    def links(self, account: str, states: Sequence[State]) -> set[str]:
        """The links of an account's posts in these states."""
        values: Row = {"account": account}
        found = self._db.rows(
            "SELECT post FROM delivery WHERE account = :account AND action = 'post' AND post IS NOT NULL"
            f" AND {rows.among('state', states, values)}",
            **values,
        )
        return {link for row in found if (link := json.loads(row["post"]).get("link"))}

    def was_posted(self, anchor: str, account: str) -> bool:
        """Whether an article was posted on an account, or may have been, and was not deleted since.

        Not where its network had it already: that may be a person's own post.
        """
        found = self.latest(anchor, account)
        if found is None or found.reason in ("deleted", "elsewhere"):
            return False
        return found.state in ("sending", "unknown", "held", "posted")

    def latest(self, anchor: str, account: str) -> Delivery | None:
        """The post of an article on an account: the last one, if it was deleted and sent once more. None if none was
        planned. Those that repeat the story in other words do not count.
        """
        self._shelf.fetch([anchor])
        row = self._db.row(
            f"{rows.JOINED} WHERE delivery.anchor = :anchor AND account = :account AND action = 'post' AND part = 0"
            " AND again IS NULL ORDER BY revision DESC LIMIT 1",
            anchor=anchor,
            account=account,
        )
        return rows.delivery(row) if row else None

    def next_revision(self, anchor: str, account: str) -> int:
        """The revision of the next post of an article on an account."""
        self._shelf.fetch([anchor])
        row = self._db.row(
            "SELECT MAX(revision) AS last FROM delivery WHERE anchor = :anchor AND account = :account"
            " AND action = 'post' AND part = 0",
            anchor=anchor,
            account=account,
        )
        return 1 + row["last"] if row and row["last"] is not None else 0

    def edits(self, anchor: str, account: str, since: datetime) -> tuple[int, datetime | None]:
        """How many edits of a post that was planned at `since` went through, and when the last one did."""
        self._shelf.fetch([anchor])
        row = self._db.row(
            "SELECT COUNT(*) AS number, MAX(updated_at) AS last FROM delivery WHERE anchor = :anchor"
            " AND account = :account AND action = 'edit' AND state = 'posted' AND planned_at >= :since",
            since=micros(since),
            anchor=anchor,
            account=account,
        )
        assert row is not None
        return row["number"], from_micros(row["last"])

    def receipt(self, key: str) -> Receipt | None:
        """The stored receipt of a delivery; None if there is none."""
        row = self._db.row("SELECT receipt FROM delivery WHERE key = :key", key=key)
        if row is None and self._shelf.fetch_keyed(key):
            return self.receipt(key)
        return Receipt(**json.loads(row["receipt"])) if row and row["receipt"] else None

    def search(
        self,
        *,
        states: Sequence[str] = (),
        accounts: Sequence[str] = (),
        sources: Sequence[str] = (),
        anchor: str | None = None,
    ) -> list[Delivery]:
        """Deliveries in the order they were planned, filtered where something is given."""
        values: Row = {}
        conditions = [
            rows.among("delivery.state", states, values),
            rows.among("delivery.account", accounts, values),
            rows.among("article.source", sources, values),
        ]
        if anchor is not None:
            self._shelf.fetch([anchor])
            conditions.append("delivery.anchor = :anchor")
            values["anchor"] = anchor
        where = " AND ".join(condition for condition in conditions if condition) or "1 = 1"
        found = self._db.rows(f"{rows.JOINED} WHERE {where} ORDER BY delivery.planned_at, delivery.key", **values)
        return [rows.delivery(row) for row in found]

    def latest_commit(self, account: str, number: int, *, besides: str = "") -> datetime | None:
        """When the `number`-th newest post of an account was sent. Not counted are a post that surely did not arrive,
        and the further posts of a thread.
        """
        row = self._db.row(_LATEST_COMMIT, account=account, besides=besides, skipped=number - 1)
        return from_micros(row["committed_at"]) if row else None

    def spent(self, account: str, since: datetime) -> int:
        """What an account's posts and listings cost since then, in millionths of a dollar."""
        row = self._db.row(
            "SELECT (SELECT COALESCE(SUM(cost), 0) FROM delivery WHERE account = :account AND committed_at >= :since)"
            " + (SELECT COALESCE(SUM(cost), 0) FROM charge WHERE account = :account AND at >= :since) AS spent",
            account=account,
            since=micros(since),
        )
        return int(row["spent"]) if row else 0

    def next_due(
        self, account: str, now: datetime, *, sources: Sequence[str] = (), anchor: str | None = None
    ) -> Delivery | None:
        """The next delivery of an account: unknown ones first (they need no lane), breaking news, then as planned."""
        found = self.queue(account, now, 1, sources=sources, anchor=anchor)
        return found[0] if found else None

    def queue(
        self, account: str, now: datetime, most: int, *, sources: Sequence[str] = (), anchor: str | None = None
    ) -> list[Delivery]:
        """The next deliveries of an account, in the order of `next_due`; those of one state alone."""
        unclear = self._db.row(_UNCLEAR, account=account, now=micros(now)) is not None
        for state in ("unknown", "due") if unclear else ("due",):
            values: Row = {"account": account, "now": micros(now), "most": most}
            among = rows.among("article.source", sources, values)
            if anchor is not None:
                values["anchor"] = anchor
            asked = (
                f"{rows.JOINED} WHERE delivery.account = :account AND delivery.state = '{state}'"
                " AND +delivery.due_at <= :now AND delivery.lease_until <= :now"  # + keeps to the order's index
                + (f" AND {among}" if among else "")
                + (" AND delivery.anchor = :anchor" if anchor is not None else "")
                + " ORDER BY delivery.priority, delivery.planned_at LIMIT :most"
            )
            found = self._db.rows(asked if among or anchor is not None else Often(asked), **values)
            if found:
                return [rows.delivery(row) for row in found]
        return []

    def accounts_with_work(self, now: datetime) -> list[str]:
        """Names of accounts that have something due and may send now, or have something to look up."""
        found = self._db.rows(
            "SELECT name FROM account WHERE EXISTS (SELECT 1 FROM delivery WHERE state = 'unknown'"
            " AND account = account.name AND due_at <= :now AND lease_until <= :now)"
            " OR (paused IS NULL AND next_at <= :now AND NOT EXISTS (SELECT 1 FROM pause WHERE word = '')"
            " AND ((opens_at <= :now AND EXISTS (SELECT 1 FROM delivery WHERE state = 'due'"
            " AND account = account.name AND due_at <= :now))"
            " OR EXISTS (SELECT 1 FROM delivery WHERE account = account.name AND state = 'due' AND priority <= 0"
            " AND +due_at <= :now)))",
            now=micros(now),
        )
        return [row["name"] for row in found]

    def accounts_in_a_hurry(self, now: datetime) -> list[str]:
        """Names of accounts that have breaking news due."""
        found = self._db.rows(
            "SELECT name FROM account WHERE EXISTS (SELECT 1 FROM delivery WHERE account = account.name"
            " AND state = 'due' AND priority <= 0 AND +due_at <= :now)",
            now=micros(now),
        )
        return [row["name"] for row in found]

    def unclear(self) -> list[str]:
        """Names of accounts that have an unknown delivery."""
        found = self._db.rows("SELECT DISTINCT account FROM delivery WHERE state = 'unknown'")
        return [row["account"] for row in found]

    def has_unanswered(self) -> bool:
        """Whether nobody knows of any delivery if it arrived: it is unknown or held."""
        return self._db.row("SELECT 1 FROM delivery WHERE state IN ('unknown', 'held') LIMIT 1") is not None

    def under_way(self) -> bool:
        """Whether anything is due, being sent or unknown."""
        states = "state IN ('due', 'sending', 'unknown')"
        return self._db.row(f"SELECT 1 FROM delivery WHERE {states} LIMIT 1") is not None

    def accounts(self) -> list[str]:
        """Names of all accounts that anything was ever planned for, also those that left the config."""
        found = self._db.rows(
            "WITH RECURSIVE named (account) AS (SELECT MIN(account) FROM delivery UNION ALL"
            " SELECT (SELECT MIN(account) FROM delivery WHERE account > named.account) FROM named"
            " WHERE named.account IS NOT NULL) SELECT account FROM named WHERE account IS NOT NULL"
            " UNION SELECT name FROM shelf_account"
        )  # from one to the next by the index, however many rows each has
        return [row["account"] for row in found]

    def attempts(self, key: str) -> list[Row]:
        """Each try of a delivery, first to last, with instants and outcome."""
        found = self._db.rows("SELECT * FROM attempt WHERE key = :key ORDER BY fence", key=key)
        if not found and self._shelf.fetch_keyed(key):
            return self.attempts(key)
        return [
            row | {"started_at": from_micros(row["started_at"]), "ended_at": from_micros(row["ended_at"])}
            for row in found
        ]


_BY_KEY = Often(f"{rows.JOINED} WHERE delivery.key = :key")
_UNCLEAR = Often("SELECT 1 FROM delivery WHERE state = 'unknown' AND account = :account AND due_at <= :now LIMIT 1")
_LATEST_COMMIT = Often(
    "SELECT committed_at FROM delivery WHERE account = :account AND committed_at IS NOT NULL"
    " AND action = 'post' AND part = 0 AND key <> :besides ORDER BY committed_at DESC LIMIT 1 OFFSET :skipped"
)
_INSERT = (
    "INSERT INTO delivery (key, anchor, account, platform, action, revision, part, state, reason, due_at,"
    " planned_at, expires_at, priority, error, again, attempts, fence, lease_until, unknowns, absent, updated_at, day)"
    " VALUES (:key, :anchor, :account, :platform, :action, :revision, :part, :state, :reason, :due_at,"
    " :planned_at, :expires_at, :priority, :error, :again, 0, 0, 0, 0, 0, :planned_at,"
    f" COALESCE({_DAY}, :undated)) ON CONFLICT DO NOTHING"
)
_SAME = "anchor = :anchor AND account = :account AND action = :action AND revision = :revision AND part = :part"


def _which(planned: PlannedDelivery) -> Row:
    """The values of _SAME."""
    return {
        "anchor": planned.anchor,
        "account": planned.account,
        "action": planned.action,
        "revision": planned.revision,
        "part": planned.part,
    }


def _new_row(planned: PlannedDelivery, key: str, planned_at: datetime) -> Row:
    """The values of _INSERT."""
    again = compact(asdict(planned.again)) if planned.again is not None else None
    own = {"key": key, "platform": planned.platform, "undated": fixed_day(planned.key), "again": again}
    return _which(planned) | own | _decided(planned, planned_at)


def _decided(planned: PlannedDelivery, planned_at: datetime) -> Row:
    """The columns that a decision fills."""
    return {
        "state": planned.state,
        "reason": planned.reason,
        "due_at": micros(planned.due_at),
        "planned_at": micros(planned_at),
        "expires_at": micros(planned.expires_at),
        "priority": planned.priority,
        "error": planned.note,
    }
