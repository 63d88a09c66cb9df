"""Carries out planned edits and deletions of published posts; both may be repeated."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from syndicate import serialization
from syndicate.delivery.lane import Lane, Render, Timeouts, hold_account, judged, with_session
from syndicate.errors import PlatformError, RenderError
from syndicate.ledger import Ledger
from syndicate.ledger.deliveries import delivery_key
from syndicate.model import Delivery, Json, Post, Receipt
from syndicate.ports import Deletable, Editable

POST_WAIT = timedelta(seconds=30)  # until a post's own end is known
TEMPLATE_WAIT = timedelta(minutes=1)
REPEATS = 2  # times that a post has borne the same words: two servers, one of which has an old copy


def amend(delivery: Delivery, lane: Lane, ledger: Ledger, render: Render, terms: Timeouts) -> None:
    """Carry out an edit or a deletion as far as it goes now."""
    now = ledger.now()
    post = ledger.deliveries.find(delivery_key(delivery.anchor, delivery.account))
    resent = post is not None and post.state == "due" and post.draft is not None  # the same bytes go again
    if resent or (post is not None and post.state in ("sending", "unknown", "held")):
        ledger.claims.waits(
            delivery, "no_answer", due_at=now + POST_WAIT, error="its post waits for an answer", now=now
        )
        return
    receipt = ledger.deliveries.receipt(post.key) if post is not None else None
    if post is None or post.state != "posted" or receipt is None:
        ledger.claims.skips(delivery, "person", error="there is no post to change", now=now)
    elif delivery.action == "delete":
        _delete(delivery, receipt, lane, ledger, terms)
    else:
        _edit(delivery, post, receipt, lane, ledger, render, terms)


def _delete(delivery: Delivery, receipt: Receipt, lane: Lane, ledger: Ledger, terms: Timeouts) -> None:
    platform = lane.platform
    if not isinstance(platform, Deletable):
        ledger.claims.fails(delivery, "rejected", error=f"{platform.name} cannot delete posts", now=ledger.now())
        return
    claimed = ledger.claims.claim(delivery, now=ledger.now(), lease=terms.lease)
    if claimed is None:
        return
    try:
        with_session(lane, ledger, lambda: platform.delete(receipt))
    except PlatformError as fault:
        _record(claimed, fault, lane, ledger, terms)
    else:
        ledger.claims.posted(claimed, receipt, now=ledger.now())
        ledger.reached(lane.account)


def _edit(
    delivery: Delivery, post: Delivery, receipt: Receipt, lane: Lane, ledger: Ledger, render: Render, terms: Timeouts
) -> None:
    """The article as it is now; where that changes nothing people would see, nothing is asked of the network."""
    now, platform = ledger.now(), lane.platform
    if not isinstance(platform, Editable):
        ledger.claims.skips(delivery, "unchanged", error=f"{platform.name} cannot edit posts", now=now)
        return
    article = ledger.articles.find(delivery.anchor).article
    try:
        limits = with_session(lane, ledger, lane.limits)
        rendered = render(article, lane.account, platform, limits, at=now, planned_at=post.planned_at)
    except RenderError as fault:
        ledger.claims.waits(delivery, "template", due_at=now + TEMPLATE_WAIT, error=str(fault), now=now)
        return
    except PlatformError as fault:
        ledger.claims.waits(delivery, "unavailable", due_at=now + TEMPLATE_WAIT, error=str(fault), now=now)
        return
    record = serialization.post_record(rendered.post) | {"length": rendered.length, "limit": rendered.limit}
    shown = [_words(each) for each in _shown(delivery, post, ledger)]
    if _words(record) == shown[-1]:
        ledger.claims.skips(delivery, "unchanged", error=None, now=now)
        return
    if shown.count(_words(record)) >= REPEATS:
        told = "its source goes back and forth between the same words"
        ledger.claims.skips(delivery, "unchanged", error=told, now=now)
        return
    claimed = ledger.claims.claim(delivery, now=now, lease=terms.lease)
    if claimed is not None:
        _send_edit(claimed, receipt, rendered.post, record, lane, ledger, terms)


def _send_edit(
    claimed: Delivery, receipt: Receipt, post: Post, record: Json, lane: Lane, ledger: Ledger, terms: Timeouts
) -> None:
    platform = lane.platform
    assert isinstance(platform, Editable)
    try:
        changed = with_session(lane, ledger, lambda: platform.edit(receipt, post))
    except PlatformError as fault:
        _record(claimed, fault, lane, ledger, terms)
    else:
        ledger.claims.posted(claimed, changed, now=ledger.now(), post=record)
        ledger.reached(lane.account)


def _record(claimed: Delivery, fault: PlatformError, lane: Lane, ledger: Ledger, terms: Timeouts) -> None:
    """Both may be repeated, so no answer is only a reason to ask again."""
    step = judged(claimed, fault, lane, ledger, terms)
    columns: dict[str, Any] = {"due_at": step.due_at, "error": str(fault)}
    if not step.spent:
        columns["attempts"] = claimed.attempts - 1
    ledger.claims.leave(claimed, step.state, step.reason, now=ledger.now(), **columns)
    hold_account(lane, step, ledger)


def _shown(delivery: Delivery, post: Delivery, ledger: Ledger) -> list[Json]:
    """What people have seen: the post and each edit that went through, the last of which they see now."""
    rows = ledger.deliveries.search(accounts=(delivery.account,), anchor=delivery.anchor, states=("posted",))
    edits = sorted((row for row in rows if row.action == "edit"), key=lambda row: row.revision)
    return [post.post or {}, *(row.post for row in edits if row.post)]


def _words(record: Json) -> tuple[Any, ...]:
    """What an edit can change: text and link card, not pictures."""
    card = record.get("card") or {}
    return record.get("text"), record.get("link"), card.get("url"), card.get("title"), card.get("description")
