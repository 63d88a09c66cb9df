"""The further posts of a thread: each gets its row once the one before it is posted, in the same transaction."""

from __future__ import annotations

import json
from datetime import datetime

from syndicate.ledger.database import Database, micros
from syndicate.ledger.delivery_keys import delivery_key
from syndicate.model import Delivery
from syndicate.model.dataclass import dataclass
from syndicate.serialization import PARTS, posts_after

_OPEN = (
    "SELECT first.key AS first, first.post AS words, delivery.part, delivery.state FROM delivery"
    " JOIN delivery AS first ON first.anchor = delivery.anchor AND first.account = delivery.account"
    " AND first.action = 'post' AND first.revision = delivery.revision AND first.part = 0"
    " WHERE delivery.state IN ('planned', 'due', 'sending', 'unknown', 'held', 'failed')"
    " AND delivery.part > 0 AND delivery.action = 'post' ORDER BY delivery.part"
)
URGENT = -1
"""Priority of a further post: nothing else of its account comes between it and the one before."""

_ADD = (
    "INSERT INTO delivery (key, anchor, account, platform, action, revision, part, state, due_at, planned_at,"
    " expires_at, priority, attempts, fence, lease_until, unknowns, absent, updated_at, day)"
    " SELECT :next, anchor, account, platform, action, revision, part + 1, 'due', :now, :now,"
    " :now + (SELECT max_age FROM account WHERE account.name = delivery.account),"
    " :urgent, 0, 0, 0, 0, 0, :now, day FROM delivery WHERE key = :key"
    " AND NOT EXISTS (SELECT 1 FROM delivery AS gone WHERE gone.anchor = delivery.anchor"
    " AND gone.account = delivery.account AND gone.action = 'delete' AND gone.revision = delivery.revision"
    " AND gone.part <= delivery.part AND gone.state IN ('planned', 'due', 'sending', 'unknown', 'held', 'posted'))"
    " ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class OpenPart:
    """A post of a thread that is not out, though those before it are. `is_reply`: it has the link of the first one."""

    number: int
    state: str
    is_reply: bool


def open_parts(database: Database) -> dict[str, OpenPart]:
    """What is not out of threads that are begun, by the key of their first post."""
    found = {}
    for row in database.rows(_OPEN):
        words = json.loads(row["words"]) if row["words"] else {}
        rest = words.get(PARTS, ())
        is_reply = words.get("link") is None and row["part"] == len(rest) and bool(rest[-1].get("link"))
        found[row["first"]] = OpenPart(row["part"], row["state"], is_reply)
    return found


def lacks_its_link(first: Delivery | None, part: int) -> bool:
    """Whether the first post of a thread has no link, and one was to follow in this part of it, or in a later one."""
    stored = (first and first.post) or {}
    return stored.get("link") is None and any(each.get("link") for each in stored.get(PARTS, ())[max(0, part - 1) :])


def is_linked(part: Delivery) -> bool:
    """Whether the link that this post of a thread was to bring goes into the first post instead."""
    return part.state == "skipped" and part.reason == "linked"


def follow(database: Database, posted: Delivery, now: datetime) -> bool:
    """Have the post of a thread sent that comes after one that is posted. False where there is none, or it is planned
    already, or the thread is being deleted.
    """
    if posted.action != "post" or not posts_after(posted.post, posted.part):
        return False
    key = delivery_key(posted.anchor, posted.account, "post", posted.revision, posted.part + 1)
    taken = "SELECT 1 FROM delivery WHERE key = :key AND account <> :account"
    if database.row(taken, key=key, account=posted.account):  # planned under this name, which another account has now
        key = delivery_key(key, posted.account)
    return bool(database.change(_ADD, key=posted.key, next=key, now=micros(now), urgent=URGENT))
