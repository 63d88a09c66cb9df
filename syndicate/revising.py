"""What follows when a known article says something else, or is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from syndicate.amending import plan_delete, plan_edit
from syndicate.ledger import Ledger
from syndicate.model import Account, Article, Breaking
from syndicate.plan import priority

Change: TypeAlias = tuple[str, Article, Article]
"""The anchor of an article, what it said before, and what it says now."""


def revise(
    changes: Sequence[Change], accounts: Sequence[Account], ledger: Ledger, now: datetime, breaking: Breaking
) -> list[str]:
    """What waits for calm waits on, what became breaking news overtakes, posts follow where that is asked.

    Returns the keys of edits that were planned. An edit never posts again.
    """
    keys = []
    for anchor, before, after in changes:
        if after.withdrawn:
            keys += withdraw(anchor, accounts, ledger, now)
            continue
        if priority(after, breaking) == 0:
            ledger.backlog.hurry(anchor)
        if (before.title, before.summary, before.url) == (after.title, after.summary, after.url):
            continue  # pictures come with new addresses every time, from some systems
        for account in accounts:
            if account.delay:
                ledger.backlog.calm(anchor, account.name, now, account.delay)
            if account.on_edit == "edit" and ledger.deliveries.was_posted(anchor, account.name):
                key = plan_edit(anchor, account, ledger, now)
                keys += [key] if key else []
    return keys


def withdraw(anchor: str, accounts: Sequence[Account], ledger: Ledger, now: datetime) -> list[str]:
    """The publisher took an article back: what was not sent never is; what was is told of, or deleted.

    A post whose end is not known yet is deleted once it is. Returns the keys of deletions.
    """
    keys: list[str] = []
    with ledger.transaction():
        if not ledger.articles.withdraw(anchor, now):
            return keys
        wishes = {account.name: account.on_withdrawn for account in accounts}
        for post in ledger.deliveries.search(anchor=anchor):
            if post.action != "post":
                continue
            if post.state in ("planned", "due") and post.draft is None:
                ledger.claims.decide(
                    post,
                    ("planned", "due"),
                    "skipped",
                    "withdrawn",
                    now=now,
                    due_at=None,
                    error="the publisher withdrew it",
                )
            elif post.state in ("due", "sending", "unknown", "held", "posted"):
                if wishes.get(post.account) == "delete":
                    keys.append(plan_delete(post, ledger, now))
                else:
                    ledger.claims.tell(post, "withdrawn")
    return keys
