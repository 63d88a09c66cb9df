"""Keeps what the publisher's command wrote for a delivery, from before its first attempt: it is not asked twice."""

from __future__ import annotations

import json
from dataclasses import asdict

from syndicate.ledger.database import Database
from syndicate.model import Delivery, OwnWords
from syndicate.serialization import OWN_WORDS, compact, own_words

_STORED = "SELECT post FROM delivery WHERE key = :key AND post IS NOT NULL"
_STORED_OF_ALL = (
    "SELECT post FROM delivery WHERE post IS NOT NULL"
    " AND (key = :key OR (anchor = :anchor AND account = :account AND state = 'posted'))"
)


class KeptWords:
    """The words stand in the stored post of the delivery. Those that were stored first stay."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, delivery: Delivery, asked: str) -> OwnWords | None:
        """What was written for the delivery when the same was asked. An edit takes what its post, or an edit of it,
        says already: where nothing has changed that was asked, it has nothing to edit.
        """
        asked_for = {"key": delivery.key}
        if delivery.action == "edit":
            asked_for |= {"anchor": delivery.anchor, "account": delivery.account}
        rows = self._db.rows(_STORED_OF_ALL if delivery.action == "edit" else _STORED, **asked_for)
        found = (own_words(json.loads(row["post"])) for row in rows)
        return next((words for words in found if words is not None and words.asked == asked), None)

    def keep(self, delivery: Delivery, words: OwnWords) -> OwnWords:
        """Store what was written for a delivery that was not sent yet. Returns what counts: another process may have
        asked at the same time, and been first.
        """
        with self._db.transaction():
            kept = self.of(delivery, words.asked)
            if kept is not None:
                return kept
            row = self._db.row("SELECT post FROM delivery WHERE key = :key", key=delivery.key)
            stored = json.loads(row["post"]) if row and row["post"] else {}
            self._db.change(
                "UPDATE delivery SET post = :post WHERE key = :key AND state IN ('planned', 'due') AND draft IS NULL",
                key=delivery.key,
                post=compact(stored | {OWN_WORDS: asdict(words)}),
            )
        return words
