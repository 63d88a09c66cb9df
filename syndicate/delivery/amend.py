"""Carries out planned edits and deletions of published posts; both may be repeated."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from syndicate.delivery.concessions import render_conceded
from syndicate.delivery.failures import record_failure
from syndicate.delivery.lane import Lane, Render, Timeouts
from syndicate.delivery.link_in_post import with_link
from syndicate.delivery.lost_renders import watched
from syndicate.delivery.retry_policy import TEMPLATE_WAIT
from syndicate.delivery.session import with_session
from syndicate.errors import LedgerError, PlatformError, RenderError
from syndicate.ledger import Ledger
from syndicate.ledger.parts import is_linked
from syndicate.model import Delivery, Json, Post, Receipt, Rendered
from syndicate.planning.changes import EDITS
from syndicate.ports import Deletable, Editable
from syndicate.serialization import PARTS, freeze

POST_WAIT = timedelta(seconds=30)  # until it is checked again what became of the post itself
EDIT_SPACING = timedelta(minutes=1)  # between two edits of one post
REPEATS = 2  # times that a post may show the same words: two servers, one with an old copy, would alternate for ever


def amend(delivery: Delivery, lane: Lane, ledger: Ledger, render: Render, timeouts: Timeouts) -> None:
    """Carry out an edit or a deletion as far as possible now."""
    now = ledger.now()
    post = _post_of(delivery, ledger)
    resent = post is not None and post.state == "due" and post.draft is not None  # the same bytes go again
    if resent or (post is not None and post.state in ("sending", "unknown", "held")):
        told = "its post is not confirmed yet"
        ledger.waiting.waits(delivery, "behind", due_at=now + POST_WAIT, error=told, now=now)
        return
    receipt = ledger.deliveries.receipt(post.key) if post is not None else None
    if post is None or post.state != "posted" or post.reason == "deleted" or receipt is None:
        ledger.waiting.skips(delivery, "person", error="there is no post to change", now=now)
    elif delivery.action == "delete":
        _delete(delivery, receipt, lane, ledger, timeouts)
    else:
        _edit(delivery, post, receipt, lane, ledger, render, timeouts)


def _post_of(delivery: Delivery, ledger: Ledger) -> Delivery | None:
    """The post that is to be deleted, or the last one of the article, which is the one to edit."""
    if delivery.action == "edit":
        return ledger.deliveries.latest(delivery.anchor, delivery.account)
    return ledger.deliveries.of(delivery.anchor, delivery.account, delivery.revision, delivery.part)


def _delete(delivery: Delivery, receipt: Receipt, lane: Lane, ledger: Ledger, timeouts: Timeouts) -> None:
    platform = lane.platform
    if not isinstance(platform, Deletable):
        ledger.waiting.fails(delivery, "rejected", error=f"{platform.name} cannot delete posts", now=ledger.now())
        return
    claimed = ledger.claims.claim(delivery, now=ledger.now(), lease=timeouts.lease)
    if claimed is None:
        return
    _tell(claimed, ledger)
    try:
        with_session(lane, ledger, lambda: platform.delete(receipt))
    except PlatformError as fault:
        record_failure(claimed, fault, lane, ledger, timeouts)
    else:
        ledger.outcomes.posted(claimed, receipt, now=ledger.now())
        ledger.journal.changed(claimed)
        ledger.reached(lane.account)
        ledger.accounts.flows(lane.account.name)


def _edit(
    delivery: Delivery, post: Delivery, receipt: Receipt, lane: Lane, ledger: Ledger, render: Render, timeouts: Timeouts
) -> None:
    """Render the article as it is now and edit the post; no request where nothing that people see would change."""
    now, platform = ledger.now(), lane.platform
    if not isinstance(platform, Editable):
        ledger.waiting.skips(delivery, "unchanged", error=f"{platform.name} cannot edit posts", now=now)
        return
    count, last = ledger.deliveries.edits(delivery.anchor, delivery.account, post.planned_at)
    if count >= EDITS:
        told = f"its post was edited {count} times; further changes of the article are left"
        with ledger.transaction():
            if ledger.waiting.skips(delivery, "unchanged", error=told, now=now):
                ledger.decisions.tell(delivery, "skipped")
        return
    article = ledger.articles.find(delivery.anchor).article
    if article.override is not None and article.override.faults:  # once it is corrected, an edit is planned again
        told = f"{article.override.place}: {article.override.faults[0]}"
        ledger.waiting.skips(delivery, "unchanged", error=told, now=now)
        return
    try:
        lane = with_link(lane, post, ledger)
        limits = with_session(lane, ledger, lane.limits)
        render = watched(render, delivery, ledger, timeouts.lease)
        rendered = render_conceded(post.conceded, article, lane, limits, render, at=now, planned_at=post.planned_at)
    except RenderError as fault:
        ledger.waiting.waits(delivery, "template", due_at=now + TEMPLATE_WAIT, error=str(fault), now=now)
        return
    except PlatformError as fault:
        ledger.waiting.waits(delivery, "unavailable", due_at=now + TEMPLATE_WAIT, error=str(fault), now=now)
        return
    record, _ = freeze(rendered)
    has_more = PARTS in record or (bool(ledger.deliveries.thread(post)) if post.post is None else PARTS in post.post)
    thread = _thread(delivery, post, rendered, ledger) if has_more else []
    if thread is not None and _is_worth(record, delivery, post, last, ledger):
        claimed = ledger.claims.claim(delivery, now=now, lease=timeouts.lease)
        if claimed is not None:
            _send_edit(claimed, [(receipt, rendered.post), *thread], record, lane, ledger, timeouts)


def _thread(
    delivery: Delivery, post: Delivery, rendered: Rendered, ledger: Ledger
) -> list[tuple[Receipt, Post]] | None:
    """The further posts of a thread that are to say something else now. None where nothing can be edited (yet), and it
    is recorded why: a post that is out never changes its place, and none is added or taken away.
    """
    now, rows = ledger.now(), ledger.deliveries.thread(post)
    left = [row for row in rows if not is_linked(row)]
    size = 1 + max([0, len((post.post or {}).get(PARTS, [])) - (len(left) < len(rows)), *(row.part for row in left)])
    if size != 1 + len(rendered.rest):
        told = (
            f"its article now takes {1 + len(rendered.rest)} posts, and its thread has {size}; nothing of it is edited"
        )
        with ledger.transaction():
            if ledger.waiting.skips(delivery, "unchanged", error=told, now=now):
                ledger.decisions.tell(delivery, "skipped")
        return None
    if any(row.state in ("due", "sending", "unknown", "held") for row in rows):
        told = "its thread is not out as a whole yet"
        ledger.waiting.waits(delivery, "behind", due_at=now + POST_WAIT, error=told, now=now)
        return None
    said = _shown(delivery, post, ledger)[-1].get(PARTS, [])
    new = {
        number: each.post
        for number, each in enumerate(rendered.rest, 1)
        if number > len(said) or each.post.text != said[number - 1]["text"]  # what was said may be forgotten
    }
    out = (row for row in rows if row.part in new and row.state == "posted" and row.reason != "deleted")
    found = [(ledger.deliveries.receipt(row.key), new[row.part]) for row in out]
    return [(receipt, words) for receipt, words in found if receipt is not None]


def _is_worth(record: Json, delivery: Delivery, post: Delivery, last: datetime | None, ledger: Ledger) -> bool:
    """Whether an edit may go now; else it is recorded why not. `last` is when the post was edited last."""
    now = ledger.now()
    shown = [_words(each) for each in _shown(delivery, post, ledger)]
    if _words(record) == shown[-1]:
        ledger.waiting.skips(delivery, "unchanged", error=None, now=now)
        return False
    if shown.count(_words(record)) >= REPEATS:
        told = "its source alternates between the same words"
        ledger.waiting.skips(delivery, "unchanged", error=told, now=now)
        return False
    if last is not None and last <= now < last + EDIT_SPACING:
        told = "its post was edited less than a minute ago"
        ledger.waiting.waits(delivery, "spacing", due_at=last + EDIT_SPACING, error=told, now=now)
        return False
    return True


def _send_edit(
    claimed: Delivery,
    edits: Sequence[tuple[Receipt, Post]],
    record: Json,
    lane: Lane,
    ledger: Ledger,
    timeouts: Timeouts,
) -> None:
    """Edit a post, and the further ones of its thread. Stopped in between, all of it is done again, to the same end."""
    platform = lane.platform
    assert isinstance(platform, Editable)
    _tell(claimed, ledger)
    try:
        changed = [with_session(lane, ledger, partial(platform.edit, receipt, post)) for receipt, post in edits]
    except PlatformError as fault:
        record_failure(claimed, fault, lane, ledger, timeouts)
    else:
        ledger.outcomes.posted(claimed, changed[0], now=ledger.now(), post=record)
        ledger.journal.changed(claimed)
        ledger.reached(lane.account)
        ledger.accounts.flows(lane.account.name)


def _tell(claimed: Delivery, ledger: Ledger) -> None:
    """Write down that the request leaves now. Raises LedgerError where that cannot be done: then nothing is sent."""
    try:
        ledger.journal.changes(claimed)
    except LedgerError:
        ledger.outcomes.given_back(claimed, ledger.now())
        raise


def _shown(delivery: Delivery, post: Delivery, ledger: Ledger) -> list[Json]:
    """What people have seen: the post and each edit that went through, the last of which they see now."""
    rows = ledger.deliveries.search(accounts=(delivery.account,), anchor=delivery.anchor, states=("posted",))
    of_post = (row for row in rows if row.action == "edit" and row.planned_at >= post.planned_at)
    edits = sorted(of_post, key=lambda row: row.revision)
    return [post.post or {}, *(row.post for row in edits if row.post)]


def _words(record: Json) -> tuple[Any, ...]:
    """What an edit can change: text and link card, not pictures; of all posts of a thread."""
    card = record.get("card") or {}
    rest = tuple(each["text"] for each in record.get(PARTS, ()))
    return record.get("text"), record.get("link"), card.get("url"), card.get("title"), card.get("description"), rest
