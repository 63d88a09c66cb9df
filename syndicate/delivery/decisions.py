"""What a person decides: approve, retry, skip, resolve, delete, repost a delivery; pause and resume accounts.

Each acts on the states that allow it, and raises SyndicateError with the state for any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from syndicate.errors import SyndicateError
from syndicate.ledger import Ledger
from syndicate.ledger.deliveries import SHORTEST, PlannedDelivery
from syndicate.ledger.parts import is_linked
from syndicate.model import APPROVABLE, Account, Delivery, Json, Reason, Receipt
from syndicate.model.dataclass import dataclass
from syndicate.planning.changes import plan_delete
from syndicate.ports import Deletable, Platform

WAITING: tuple[Reason, ...] = (*APPROVABLE, "preflight")
"""Reasons for which a planned delivery may be approved."""

Render: TypeAlias = Callable[[Delivery], tuple[Json, str]]
"""Renders a delivery's post as it would go out now; returns its record and digest. Raises RenderError."""
Deliver: TypeAlias = Callable[[Delivery], tuple[Delivery, tuple[str, ...]]]


class PostChanged(SyndicateError):
    """The post is another one than the person saw who approves it."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The result of resuming an account, or articles with a word: whether it was paused, and how many deliveries of
    its queue are now too old.
    """

    account: str | None
    word: str | None
    was_paused: bool
    too_old: int


def find(key: str, ledger: Ledger) -> Delivery:
    """The one delivery whose key begins with `key`. Raises SyndicateError where there is none, or more than one."""
    found = ledger.deliveries.starting_with(key.strip().lower()) if key.strip() else []
    if not found:
        short = len(key.strip()) < SHORTEST
        hint = f"type {SHORTEST} digits or more" if short else None
        raise SyndicateError(f"no delivery has a key that begins with {key!r}", hint=hint)
    if len(found) > 1:
        raise SyndicateError(f"more than one delivery has a key that begins with {key!r}", hint="type more of it")
    return found[0]


def batch(
    ledger: Ledger, *, reasons: Sequence[str] = (), sources: Sequence[str] = (), accounts: Sequence[str] = ()
) -> list[Delivery]:
    """Planned deliveries that wait for one of these reasons, from these sources, for these accounts; all by default."""
    waiting = ledger.deliveries.search(states=("planned",), accounts=accounts, sources=sources)
    return [delivery for delivery in waiting if delivery.reason in (reasons or WAITING)]


def waits(delivery: Delivery, now: datetime) -> bool:
    """Whether a delivery still waits for a person's approval: not decided, and not too old."""
    old = delivery.expires_at is not None and delivery.expires_at <= now
    return delivery.state == "planned" and delivery.reason in APPROVABLE and not old


def approve(delivery: Delivery, render: Render, ledger: Ledger, digest: str | None = None, by: str = "") -> Delivery:
    """Approve a planned delivery as its post is now. If text or picture change later, it waits for approval again.

    Returns the delivery with the post that was approved. `digest`: approve only if the post's digest begins so, else
    PostChanged is raised. `by`: who decides, in words, to be kept.
    """
    now = ledger.now()
    if delivery.state != "planned" or delivery.reason not in WAITING:
        raise _refused(delivery, "approve", f"planned ({', '.join(WAITING)})")
    post, bound = render(delivery)
    if digest and not bound.startswith(digest):
        raise PostChanged(f"{delivery.key[:8]} has changed since you looked; its digest is now {bound[:16]}…")
    preflight = delivery.reason == "preflight"  # without its page, and without an age limit
    at = None if preflight else delivery.due_at
    with ledger.transaction():  # rendering takes a while: somebody may have decided meanwhile
        still = _now(delivery, ledger).reason == delivery.reason
        if not still or not ledger.decisions.approve(delivery, bound, at=at, now=now, ages=not preflight, by=by):
            raise _refused(_now(delivery, ledger), "approve", f"planned ({', '.join(WAITING)})")
    return replace(_now(delivery, ledger), post=post)


def refuse(delivery: Delivery, ledger: Ledger, by: str = "") -> Delivery:
    """Never send what waits for approval. Unlike `skip`, leaves what was approved meanwhile."""
    with ledger.transaction():
        found, now = _now(delivery, ledger), ledger.now()
        if not waits(found, now) or not ledger.decisions.skip(found, now, by):
            raise _refused(found, "skip", f"planned ({', '.join(APPROVABLE)})")
    return _now(delivery, ledger)


def retry(delivery: Delivery, ledger: Ledger) -> Delivery:
    """Try a failed delivery again, as if for the first time; or a reply whose link could not be put into its post."""
    again = ledger.decisions.ask_again if _is_missed(delivery, ledger) else ledger.decisions.retry
    if not again(delivery, ledger.now()):
        raise _refused(_now(delivery, ledger), "retry", "failed")
    return _now(delivery, ledger)


def _is_missed(reply: Delivery, ledger: Ledger) -> bool:
    """Whether a reply was given up for an edit of its post, and that was not made, nor is under way."""
    if not is_linked(reply):
        return False
    rows = ledger.deliveries.search(accounts=(reply.account,), anchor=reply.anchor)
    edits = (row for row in rows if row.action == "edit" and row.planned_at >= reply.planned_at)
    return not any(row.state in ("due", "sending", "posted") for row in edits)


def skip(delivery: Delivery, ledger: Ledger) -> Delivery:
    """Never send it."""
    if not ledger.decisions.skip(delivery, ledger.now()):
        raise _refused(_now(delivery, ledger), "skip", "planned, due or failed")
    return _now(delivery, ledger)


def resolve(delivery: Delivery, ledger: Ledger, *, url: str | None) -> Delivery:
    """Record what became of a held delivery: it is published at `url`, or, with None, it never arrived."""
    now = ledger.now()
    if delivery.state != "held":
        moved = False
    elif url:
        moved = ledger.outcomes.posted(delivery, Receipt(url, url), now=now)
    else:
        moved = ledger.decisions.not_sent(delivery, now)
    if not moved:
        raise _refused(_now(delivery, ledger), "resolve", "held")
    return _now(delivery, ledger)


def delete(delivery: Delivery, platform: Platform | None, deliver: Deliver, ledger: Ledger) -> Delivery:
    """Delete a post from its network now, if the network can. Returns the deletion's own delivery."""
    if delivery.action != "post" or delivery.state != "posted":
        raise _refused(delivery, "delete", "posted")
    _deletable(delivery, platform)
    row = ledger.deliveries.find(plan_delete(delivery, ledger, ledger.now()))
    assert row is not None
    for each in _deletions_before(delivery, ledger):
        deliver(each)
    return deliver(row)[0]


def _deletions_before(post: Delivery, ledger: Ledger) -> list[Delivery]:
    """The planned deletions of the posts after this one in its thread, the last one first."""
    found = ledger.deliveries.search(states=("due",), accounts=(post.account,), anchor=post.anchor)
    same = (each for each in found if each.action == "delete" and each.revision == post.revision)
    return sorted((each for each in same if each.part > post.part), key=lambda each: -each.part)


def withdraw(delivery: Delivery, platform: Platform | None, deliver: Deliver, ledger: Ledger) -> Delivery:
    """Take one post of a story back: skip it if it was not sent, else delete it.

    Where nobody knows yet whether it was sent, its deletion waits for that. Returns the delivery that was changed.
    """
    if delivery.state in ("planned", "due", "failed") and delivery.draft is None:
        return skip(delivery, ledger)
    if delivery.state == "posted":
        return delete(delivery, platform, deliver, ledger)
    _deletable(delivery, platform)
    row = ledger.deliveries.find(plan_delete(delivery, ledger, ledger.now()))
    assert row is not None
    return row


def repost(delivery: Delivery, ledger: Ledger) -> Delivery:
    """Plan a deleted post anew: due now, as its article is then. Returns the new delivery.

    `delivery` is the post, or its deletion. Approval, pauses, hours and budget apply; age does not.
    """
    if delivery.again is not None:
        raise SyndicateError(
            f"{delivery.key[:8]} repeats a story in other words; repost is for its first post",
            hint="post the article again, in the words that you want",
        )
    with ledger.transaction():
        last = ledger.deliveries.latest(delivery.anchor, delivery.account)
        was_deleted = last is not None and last.reason == "deleted"
        was_dropped = last is not None and last.revision > 0 and last.state == "skipped"  # planned anew, then skipped
        if last is None or not (was_deleted or was_dropped):
            raise _refused(last or delivery, "repost", "deleted")
        now = ledger.now()
        ledger.articles.restore(delivery.anchor)
        again = PlannedDelivery(
            anchor=delivery.anchor,
            account=delivery.account,
            platform=last.platform,
            state="due",
            due_at=now,
            revision=ledger.deliveries.next_revision(delivery.anchor, delivery.account),
        )
        key = ledger.deliveries.plan(again, now)
    found = ledger.deliveries.find(key or again.key)
    assert found is not None
    return found


def pause(names: Iterable[str], words: Iterable[str], ledger: Ledger, until: datetime | None = None) -> None:
    """Pause these accounts, and articles with these words ("" is every article), until `until` or until resumed."""
    now = ledger.now()
    for name in names:
        ledger.accounts.pause(name, "person", now, until)
    for word in words:
        ledger.pauses.add(word, now=now, until=until)


def resume(
    paused: Iterable[Account], words: Iterable[str], accounts: Sequence[Account], ledger: Ledger
) -> list[Resumed]:
    """End the pauses of these accounts and of these words. `accounts` are all that are switched on."""
    found = [Resumed(account.name, None, *ledger.resume(account)) for account in paused]
    return found + [Resumed(None, word, *ledger.end_pause(word, accounts)) for word in words]


def _deletable(delivery: Delivery, platform: Platform | None) -> None:
    """Raise SyndicateError if the network cannot delete posts."""
    if not isinstance(platform, Deletable):
        where = delivery.permalink or f"the post of {delivery.article}"
        raise SyndicateError(
            f"{delivery.key[:8]} {delivery.account}: {delivery.platform} cannot delete posts, so {where} stays"
        )


def _refused(delivery: Delivery, verb: str, takes: str) -> SyndicateError:
    state = "deleted" if delivery.reason == "deleted" else delivery.state
    return SyndicateError(f"{delivery.key[:8]} is {state}; {verb} needs a delivery that is {takes}")


def _now(delivery: Delivery, ledger: Ledger) -> Delivery:
    return ledger.deliveries.find(delivery.key) or delivery
