"""Puts a link that did not follow in its reply into the post itself, by an edit, where a person asks for that."""

from __future__ import annotations

from dataclasses import replace

from syndicate.delivery.decisions import Deliver
from syndicate.delivery.lane import Lane
from syndicate.errors import SyndicateError
from syndicate.ledger import Ledger
from syndicate.ledger.parts import is_linked, lacks_its_link
from syndicate.model import Account, Delivery
from syndicate.planning.changes import plan_edit
from syndicate.ports import Editable, Platform


def put_into_post(part: Delivery, account: Account, platform: Platform, deliver: Deliver, ledger: Ledger) -> Delivery:
    """Give up the reply, and edit the first post of its thread now: as its article is now, with the link in the text.

    Returns the edit's own delivery. Raises SyndicateError where there is no such post, or its network cannot edit.
    """
    first = ledger.deliveries.of(part.anchor, part.account, part.revision)
    if part.action != "post" or not part.part or first is None or not lacks_its_link(first, part.part):
        raise SyndicateError(f"{part.key[:8]} is no reply with the link of a post that has none")
    latest = ledger.deliveries.latest(part.anchor, part.account)
    if first.state != "posted" or first.reason == "deleted" or latest is None or latest.key != first.key:
        raise SyndicateError(f"{part.key[:8]}: the post that it belongs to cannot be edited any more")
    if not isinstance(platform, Editable):
        raise SyndicateError(f"{part.key[:8]} {part.account}: {part.platform} cannot edit posts")
    with ledger.transaction():
        now = ledger.now()
        if not ledger.decisions.link(part, now):
            found = ledger.deliveries.find(part.key) or part
            raise SyndicateError(f"{part.key[:8]} is {found.state}; its link can go into the post once it has failed")
        plan_edit(part.anchor, account, ledger, now)
        edits = ledger.deliveries.search(accounts=(part.account,), anchor=part.anchor, states=("due", "sending"))
        edit = next((row for row in edits if row.action == "edit"), None)
        if edit is None:
            raise SyndicateError(f"{first.key[:8]} was edited too often")
    return deliver(edit)[0] if edit.state == "due" else edit


def with_link(lane: Lane, post: Delivery, ledger: Ledger) -> Lane:
    """The lane by whose settings a post is edited: with its link in the text, where that has taken a reply's place."""
    if not any(map(is_linked, ledger.deliveries.thread(post))):
        return lane
    return replace(lane, account=replace(lane.account, link="text"))
