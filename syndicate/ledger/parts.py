"""The further posts of a thread: each gets its row once the one before it is posted, in the same transaction."""

from __future__ import annotations

from datetime import datetime

from syndicate.ledger.database import Database, micros
from syndicate.ledger.delivery_keys import delivery_key
from syndicate.model import Delivery
from syndicate.serialization import posts_after

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
