"""Whether a post that repeats a story would say what was said before."""

from __future__ import annotations

from syndicate.ledger import Ledger
from syndicate.model import Delivery


def same_text(delivery: Delivery, text: str, ledger: Ledger) -> bool:
    """Whether an account has posted this text of the story before: as its first post or an edit of it, or, where a
    person asks for the repetition, in any post. Of a post whose words were forgotten (`db prune`), nothing is known.
    """
    rows = ledger.deliveries.search(anchor=delivery.anchor, accounts=(delivery.account,), states=("posted",))
    by_rule = delivery.again is not None and delivery.again.by == "rule"
    before = (row for row in rows if row.action != "delete" and row.key != delivery.key)
    said = {
        _words(row.post["text"]) for row in before if row.post and row.post.get("text") and not (by_rule and row.again)
    }
    return _words(text) in said


def _words(text: str) -> str:
    return " ".join(text.split())
