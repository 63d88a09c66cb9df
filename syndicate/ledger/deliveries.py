"""Planned deliveries: one row for each article, account, action, revision and part."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from syndicate.ledger import rows
from syndicate.ledger.database import Database, Row, from_micros, micros
from syndicate.model import Delivery, Receipt, State


def delivery_key(anchor: str, account: str, action: str = "post", revision: int = 0, part: int = 0) -> str:
    """The word to grep for: made of what is delivered to whom, never of the text (DESIGN §8)."""
    words = "\n".join((anchor, account, action, str(revision), str(part)))
    return hashlib.sha256(words.encode()).hexdigest()[:32]


class Deliveries:
    """The `delivery`, `attempt` and `alert` tables."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # Planning

    def plan(
        self,
        anchor: str,
        account: str,
        platform: str,
        *,
        state: State,
        reason: str | None,
        due_at: datetime | None,
        planned_at: datetime,
    ) -> str | None:
        """Write a delivery; its key, or None if this article was planned for this account before."""
        made = self._db.rows(
            "INSERT INTO delivery (key, anchor, account, platform, action, revision, part, state, reason, due_at,"
            " planned_at, attempts, fence, lease_until, unknowns, absent, updated_at)"
            " VALUES (:key, :anchor, :account, :platform, 'post', 0, 0, :state, :reason, :due_at,"
            " :planned_at, 0, 0, 0, 0, 0, :planned_at) ON CONFLICT DO NOTHING RETURNING key",
            key=delivery_key(anchor, account),
            anchor=anchor,
            account=account,
            platform=platform,
            state=state,
            reason=reason,
            due_at=micros(due_at),
            planned_at=micros(planned_at),
        )
        return made[0]["key"] if made else None

    def replan(self, key: str, reasons: Sequence[str], *, due_at: datetime, planned_at: datetime) -> bool:
        """A delivery that was skipped for one of these reasons is wanted after all."""
        names = {f"r{number}": reason for number, reason in enumerate(reasons)}
        listed = ", ".join(f":{name}" for name in names)
        return bool(
            self._db.change(
                "UPDATE delivery SET state = 'due', reason = NULL, due_at = :due_at, planned_at = :planned_at"
                f" WHERE key = :key AND state = 'skipped' AND reason IN ({listed})",
                key=key,
                due_at=micros(due_at),
                planned_at=micros(planned_at),
                **names,
            )
        )

    def release(self, now: datetime) -> None:
        """What waited for an instant, and that instant has come, is due."""
        self._db.change(
            "UPDATE delivery SET state = 'due', reason = NULL"
            " WHERE state = 'planned' AND reason = 'embargo' AND due_at <= :now",
            now=micros(now),
        )

    def bring_forward(self, keys: Sequence[str], now: datetime) -> None:
        """Let planned deliveries go out at once: for a copy of the ledger, where nothing is sent."""
        for key in keys:
            self._db.change(
                "UPDATE delivery SET state = 'due', reason = NULL, due_at = :now"
                " WHERE key = :key AND state = 'planned'",
                key=key,
                now=micros(now),
            )

    def retry_templates(self, now: datetime) -> None:
        """What waited for a mended template may be tried at once: somebody may have mended it."""
        self._db.change(
            "UPDATE delivery SET due_at = :now WHERE state = 'due' AND reason = 'template'", now=micros(now)
        )

    # Reading

    def find(self, key: str) -> Delivery | None:
        """One delivery."""
        row = self._db.row(f"{rows.JOINED} WHERE delivery.key = :key", key=key)
        return rows.delivery(row) if row else None

    def starting_with(self, prefix: str) -> list[Delivery]:
        """Deliveries whose key begins so: people type the first digits."""
        safe = prefix.replace("%", "").replace("_", "")
        found = self._db.rows(f"{rows.JOINED} WHERE delivery.key LIKE :pattern LIMIT 3", pattern=f"{safe}%")
        return [rows.delivery(row) for row in found]

    def remote_ids(self, delivery: Delivery) -> list[str]:
        """Ids of the posts that other deliveries of the same account have, the newest thousand."""
        found = self._db.rows(
            "SELECT remote_id FROM delivery WHERE account = :account AND key <> :key AND remote_id IS NOT NULL"
            " ORDER BY planned_at DESC LIMIT 1000",
            account=delivery.account,
            key=delivery.key,
        )
        return [row["remote_id"] for row in found]

    def receipt(self, key: str) -> Receipt | None:
        """What the platform answered, if it has."""
        row = self._db.row("SELECT receipt FROM delivery WHERE key = :key", key=key)
        return Receipt(**json.loads(row["receipt"])) if row and row["receipt"] else None

    def search(
        self, *, states: Sequence[str] = (), accounts: Sequence[str] = (), anchor: str | None = None
    ) -> list[Delivery]:
        """Deliveries in the order they were planned, filtered where something is given."""
        values: Row = {}
        conditions = [rows.among("delivery.state", states, values), rows.among("delivery.account", accounts, values)]
        if anchor is not None:
            conditions.append("delivery.anchor = :anchor")
            values["anchor"] = anchor
        where = " AND ".join(condition for condition in conditions if condition) or "1 = 1"
        found = self._db.rows(f"{rows.JOINED} WHERE {where} ORDER BY delivery.planned_at, delivery.key", **values)
        return [rows.delivery(row) for row in found]

    def next_due(
        self, account: str, now: datetime, *, sources: Sequence[str] = (), anchor: str | None = None
    ) -> Delivery | None:
        """What to work on next for an account: unknowns first (they need no lane), then in planned order."""
        values: Row = {"account": account, "now": micros(now)}
        among = rows.among("article.source", sources, values)
        if anchor is not None:
            values["anchor"] = anchor
        row = self._db.row(
            f"{rows.JOINED} WHERE delivery.account = :account AND delivery.state IN ('due', 'unknown')"
            " AND delivery.due_at <= :now AND delivery.lease_until <= :now"
            + (f" AND {among}" if among else "")
            + (" AND delivery.anchor = :anchor" if anchor is not None else "")
            + " ORDER BY CASE delivery.state WHEN 'unknown' THEN 0 ELSE 1 END, delivery.planned_at LIMIT 1",
            **values,
        )
        return rows.delivery(row) if row else None

    def accounts_with_work(self, now: datetime) -> list[str]:
        """Names of accounts that have something due."""
        found = self._db.rows(
            "SELECT DISTINCT account FROM delivery WHERE state IN ('due', 'unknown') AND due_at <= :now"
            " AND lease_until <= :now",
            now=micros(now),
        )
        return [row["account"] for row in found]

    def accounts(self) -> list[str]:
        """Names of all accounts that anything was ever planned for, also those that left the config."""
        return [row["account"] for row in self._db.rows("SELECT DISTINCT account FROM delivery")]

    def counts(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        found = self._db.rows("SELECT state, COUNT(*) AS number FROM delivery GROUP BY state")
        return {row["state"]: row["number"] for row in found}

    def attempts(self, key: str) -> list[Row]:
        """Each try of a delivery, first to last, with instants and outcome."""
        found = self._db.rows("SELECT * FROM attempt WHERE key = :key ORDER BY fence", key=key)
        return [
            row | {"started_at": from_micros(row["started_at"]), "ended_at": from_micros(row["ended_at"])}
            for row in found
        ]
