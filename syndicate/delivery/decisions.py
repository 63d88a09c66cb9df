"""What a person decides: approve, retry, skip, resolve, delete a delivery; pause and resume accounts.

Each acts on the states that allow it, and raises SyndicateError with the state for any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from syndicate.errors import SyndicateError
from syndicate.ledger import Ledger
from syndicate.ledger.deliveries import SHORTEST
from syndicate.model import APPROVABLE, Account, Delivery, Json, Reason, Receipt
from syndicate.planning.changes import plan_delete

WAITING: tuple[Reason, ...] = (*APPROVABLE, "preflight")
"""Reasons for which a planned delivery may be approved."""

Render: TypeAlias = Callable[[Delivery], tuple[Json, str]]
"""Renders a delivery's post as it would go out now; returns its record and digest. Raises RenderError."""
Deliver: TypeAlias = Callable[[Delivery], tuple[Delivery, tuple[str, ...]]]


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


def approve(delivery: Delivery, render: Render, ledger: Ledger, digest: str | None = None) -> Delivery:
    """Approve a planned delivery as its post is now. If text or picture change later, it waits for approval again.

    Returns the delivery with the post that was approved. `digest`: approve only if the post's digest begins so.
    """
    now = ledger.now()
    if delivery.state != "planned" or delivery.reason not in WAITING:
        raise _refused(delivery, "approve", f"planned ({', '.join(WAITING)})")
    post, bound = render(delivery)
    if digest and not bound.startswith(digest):
        raise SyndicateError(f"{delivery.key[:8]} has changed since you looked; its digest is now {bound[:16]}…")
    preflight = delivery.reason == "preflight"  # without its page, and without an age limit
    at = None if preflight else delivery.due_at
    if not ledger.decisions.approve(delivery, bound, at=at, now=now, ages=not preflight):
        raise _refused(_now(delivery, ledger), "approve", f"planned ({', '.join(WAITING)})")
    return replace(_now(delivery, ledger), post=post)


def retry(delivery: Delivery, ledger: Ledger) -> Delivery:
    """Try a failed delivery again, as if for the first time."""
    if not ledger.decisions.retry(delivery, ledger.now()):
        raise _refused(_now(delivery, ledger), "retry", "failed")
    return _now(delivery, ledger)


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


def delete(delivery: Delivery, deliver: Deliver, ledger: Ledger) -> Delivery:
    """Delete a post from its network now, if the network can. Returns the deletion's own delivery."""
    if delivery.action != "post" or delivery.state != "posted":
        raise _refused(delivery, "delete", "posted")
    row = ledger.deliveries.find(plan_delete(delivery, ledger, ledger.now()))
    assert row is not None
    return deliver(row)[0]


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


def _refused(delivery: Delivery, verb: str, takes: str) -> SyndicateError:
    return SyndicateError(f"{delivery.key[:8]} is {delivery.state}; {verb} needs a delivery that is {takes}")


def _now(delivery: Delivery, ledger: Ledger) -> Delivery:
    return ledger.deliveries.find(delivery.key) or delivery
