"""What happens to deliveries and posts when a known article changes or is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeAlias

from syndicate.aliases import folded, public_address, urlkey
from syndicate.ledger import Ledger
from syndicate.ledger.deliveries import PlannedDelivery
from syndicate.model import Account, Article, BreakingRules, Delivery
from syndicate.planning.plan import embargo, expiry, priority

EDITS = 10
"""Edits of one post at most; further changes of its article are told once, and left."""
MICROSECOND = timedelta(microseconds=1)
_BEGINNING = 100
"""Letters by which it is told whether a note and an article say the same."""
Change: TypeAlias = tuple[str, Article, Article]
"""The anchor of an article, the article before the change, and the article now."""


def revise(
    changes: Sequence[Change], accounts: Sequence[Account], ledger: Ledger, now: datetime, breaking: BreakingRules
) -> list[str]:
    """Restart delays of changed articles, let new breaking news go first, and plan edits where the account wants them.

    Returns the keys of the planned edits. An edit never makes a new post.
    """
    keys = []
    for anchor, before, after in changes:
        if after.withdrawn:
            keys += withdraw(anchor, accounts, ledger, now)
            continue
        if priority(after, breaking) == 0:
            ledger.backlog.raise_priority(anchor)
        if before.override != after.override:
            _reconsider(anchor, after, accounts, ledger, now)
        if _says_the_same(before, after):
            continue  # some systems give pictures a new address every time
        for account in accounts:
            if account.delay:
                ledger.backlog.extend_delay(anchor, account.name, now, account.delay)
            if account.on_edit == "edit" and ledger.deliveries.was_posted(anchor, account.name):
                key = plan_edit(anchor, account, ledger, now)
                keys += [key] if key else []
    return keys


def _reconsider(anchor: str, article: Article, accounts: Sequence[Account], ledger: Ledger, now: datetime) -> None:
    """Let what waits follow what an article now says itself: the gate looks at it once nothing else holds it."""
    due_at = embargo(article, now) or now
    for account in accounts:
        expires_at = expiry(article, account, now)
        ledger.backlog.reconsider(anchor, account.name, due_at=due_at, expires_at=expires_at)


def _says_the_same(before: Article, after: Article) -> bool:
    """Whether a post would show the same words and address; another spelling of the same address is no change.

    Nor is it one that an article counts as a note now, or no more, as long as its words begin the same.
    """
    if before.form != after.form and _place(before) == _place(after):
        one, other = (folded(each.body or each.summary or each.title)[:_BEGINNING] for each in (before, after))
        return one.startswith(other) or other.startswith(one)
    also = bool(before.content and after.content) and before.content != after.content  # "": no account had threads
    return _shown(before) == _shown(after) and not also


def _shown(article: Article) -> tuple[object, ...]:
    said = article.override
    own = (said.whole, said.named) if said is not None and not said.faults else None
    return article.title, article.summary, article.note, own, _place(article)


def _place(article: Article) -> str:
    url = public_address(article)
    return urlkey(url) or url


def withdraw(anchor: str, accounts: Sequence[Account], ledger: Ledger, now: datetime) -> list[str]:
    """Withdraw an article: skip what was not sent; alert to posts, or plan their deletion, as the account wants.

    A post that is not confirmed yet is deleted once it is. Returns the keys of the planned deletions.
    """
    keys: list[str] = []
    with ledger.transaction():
        if not ledger.articles.withdraw(anchor, now):
            return keys
        wishes = {account.name: account.on_withdrawn for account in accounts}
        for post in ledger.deliveries.search(anchor=anchor):
            if post.action != "post" or post.reason == "deleted":
                continue
            if post.part and (wishes.get(post.account) == "delete" or post.state != "due" or post.draft is not None):
                continue  # what becomes of it, or is told of it, is that of its thread's first post
            if post.state in ("planned", "due") and post.draft is None:
                ledger.decisions.withdraw(post, error="withdrawn by the publisher", now=now)
            elif post.state in ("due", "sending", "unknown", "held", "posted"):
                if wishes.get(post.account) == "delete":
                    keys.append(plan_delete(post, ledger, now))
                else:
                    ledger.decisions.tell(post, "withdrawn")
    return keys


def plan_edit(anchor: str, account: Account, ledger: Ledger, now: datetime) -> str | None:
    """Plan an edit of an article's post.

    Returns its key; None where an edit waits already, or where one after EDITS was left: then all are.
    """
    rows = ledger.deliveries.search(accounts=(account.name,), anchor=anchor)
    edits = sorted((row for row in rows if row.action == "edit"), key=lambda row: row.revision)
    if any(row.state in ("due", "sending") for row in edits):
        return None
    firsts = (row.planned_at for row in rows if row.action == "post" and not row.part and row.again is None)
    post = max(firsts, default=now)
    sent = [row.revision for row in edits if row.state == "posted" and row.planned_at >= post]
    if len(sent) >= EDITS and edits[-1].revision > sent[-1]:
        return None
    revision = 1 + max((row.revision for row in edits), default=0)
    edit = PlannedDelivery(
        anchor=anchor,
        account=account.name,
        platform=account.platform,
        state="due",
        due_at=now,
        priority=0,  # not only in the account's hours
        action="edit",
        revision=revision,
    )
    return ledger.deliveries.plan(edit, now)


def plan_delete(post: Delivery, ledger: Ledger, now: datetime) -> str:
    """Plan the deletion of a post, and of the posts after it in its thread: those first, the last one at first.

    Returns its key; one that was planned before is used again, even if it failed. Posts of the thread that were not
    sent yet are not sent any more.
    """
    with ledger.transaction():
        rest = ledger.deliveries.thread(post)
        key = _plan_deletion(post, ledger, now, after=len(rest))
        for number, each in enumerate(reversed(rest)):
            if each.state in ("planned", "due", "failed") and each.draft is None:
                ledger.decisions.skip(each, now)
            elif each.state != "skipped" and each.reason != "deleted":
                _plan_deletion(each, ledger, now, after=number)
    return key


def _plan_deletion(post: Delivery, ledger: Ledger, now: datetime, *, after: int) -> str:
    """Plan one deletion, to be made after so many others."""
    deletion = PlannedDelivery(
        anchor=post.anchor,
        account=post.account,
        platform=post.platform,
        state="due",
        due_at=now,
        priority=0,  # a wrong post is not left up until the account's hours
        action="delete",
        revision=post.revision,
        part=post.part,
    )
    if ledger.deliveries.plan(deletion, now + after * MICROSECOND) is not None:
        return deletion.key
    known = ledger.deliveries.find(deletion.key)
    if known is not None and known.state in ("failed", "skipped"):
        ledger.decisions.ask_again(known, now)
    return deletion.key
