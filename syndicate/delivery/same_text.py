"""Whether a post that repeats a story would say what was said before."""

from __future__ import annotations

from syndicate.ledger import Ledger
from syndicate.ledger.said import is_sign, sign
from syndicate.model import Delivery


def same_text(delivery: Delivery, text: str, ledger: Ledger) -> bool:
    """Whether an account has posted this text of the story before: as its first post or an edit of it, or, where a
    person asks for the repetition, in any post. Words that were forgotten (`db prune`) are known by their sign.
    """
    rows = ledger.deliveries.search(anchor=delivery.anchor, accounts=(delivery.account,), states=("posted",))
    by_rule = delivery.again is not None and delivery.again.by == "rule"
    before = (row for row in rows if row.action != "delete" and row.key != delivery.key)
    return sign(text) in {_sign_of(row) for row in before if not (by_rule and row.again)}


def _sign_of(row: Delivery) -> str | None:
    """By what the words of a post are known again; None of one whose words an earlier version forgot."""
    if row.post and row.post.get("text"):
        return sign(row.post["text"])
    return row.digest if is_sign(row.digest) else None
