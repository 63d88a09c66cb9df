"""Makes ready what an account sends next, before anything of it is claimed: checked, rendered and prepared.

A claim is then one transaction with the record of the post before it, and nothing slow comes between it and the
request. What has changed since it was made ready, or waited too long, goes the usual way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

from syndicate.delivery.concessions import render_conceded
from syndicate.delivery.gates import Gate
from syndicate.delivery.lane import Lane, Render
from syndicate.delivery.sending import Frozen, Ready, Taken, cost
from syndicate.errors import SyndicateError
from syndicate.ledger import Ledger
from syndicate.ledger.articles import StoredArticle
from syndicate.model import Article, Delivery, Limits, Post
from syndicate.model.dataclass import dataclass
from syndicate.serialization import freeze

MOST = 16  # deliveries that are made ready at a time: the first one waits for that
SLOW = timedelta(seconds=0.2)  # after so long nothing more is made ready
FRESH = timedelta(seconds=2)  # how long a delivery that was made ready may be sent as it is

Queue: TypeAlias = Callable[[str, datetime, int], list[Delivery]]
"""The next deliveries of an account at an instant, so many at most, in the order in which they are sent."""


@dataclass(frozen=True, slots=True)
class _Kept:
    ready: Ready
    article: tuple[str, int | None]
    at: datetime


class Ahead:
    """What one account sends next, for one step of an engine.

    `render` gives how a delivery is rendered, and `going` says whether anything more may be sent.
    """

    def __init__(
        self,
        lane: Lane,
        ledger: Ledger,
        gate: Gate,
        render: Callable[[Delivery], Render],
        queue: Queue,
        going: Callable[[], bool] = lambda: True,
    ) -> None:
        self._followed: list[Ready] = []
        self._lane = lane
        self._ledger = ledger
        self._gate = gate
        self._render = render
        self._queue = queue
        self._going = going
        self._kept: dict[str, _Kept] = {}
        self._others = self._here = -1  # how far the ledger had changed when they were made ready
        self._unclear: set[str] = set()  # links of posts of which nobody knows whether they arrived

    def fill(self, first: Delivery) -> None:
        """Make ready what comes after `first`, which is sent now."""
        self._kept.clear()
        self._others = self._ledger.database.others()
        account, ledger = self._lane.account, self._ledger
        slow = account.image == "card" or account.text is not None
        if slow or account.approve or account.schedule.spacing or self._is_disturbed():
            return
        rest = [each for each in self._queue(account.name, ledger.now(), MOST + 1) if each.key != first.key]
        if not rest:
            return
        try:
            limits = self._lane.limits()  # read already for the first one
        except SyndicateError:
            return
        begun, self._unclear = ledger.now(), ledger.deliveries.links(account.name, ("unknown",))
        stored = ledger.articles.stored([each.anchor for each in rest])
        for each in rest:
            made = self._made(each, *stored[each.anchor], limits)
            if made is None:
                return
            self._kept[each.key] = made
            if abs(ledger.now() - begun) >= SLOW:  # the first one waits, and what comes last would be old
                return

    def next(self) -> Ready | None:
        """As `Onward.next`."""
        if not self._kept or not self._going():
            return None
        now = self._ledger.now()
        kept = self._unchanged() or self._compared(now)
        if kept is None or not kept.at <= now < kept.at + FRESH:
            return None
        delivery = kept.ready.delivery
        if delivery.expires_at is not None and delivery.expires_at <= now:
            return None
        if self._gate.opening(delivery, self._lane.account, now).reason is not None:  # the hours are over
            return None
        return kept.ready

    def _unchanged(self) -> _Kept | None:
        """The next one as it was made ready, if nobody has changed anything in the ledger since but `sending`."""
        database = self._ledger.database
        if (self._others, self._here) != (database.others(), database.changed_here()):
            return None
        return self._kept.pop(next(iter(self._kept)))

    def _compared(self, now: datetime) -> _Kept | None:
        """The next one by the ledger, if it was made ready and is as it was then."""
        found = self._queue(self._lane.account.name, now, 1)
        kept = self._kept.pop(found[0].key, None) if found else None
        if kept is None or found[0] != kept.ready.delivery:
            return None
        if self._is_disturbed() or self._ledger.articles.as_stored(found[0].anchor) != kept.article:
            return None
        return kept

    def sends(self) -> None:
        """As `Onward.sends`."""
        self._here = self._ledger.database.changed_here()

    def goes(self, ready: Ready) -> None:
        """As `Onward.goes`."""
        self._followed.append(ready)

    def taken(self) -> list[Taken]:
        """What was sent in this way, in order."""
        found = self._ledger.deliveries.several([ready.delivery.key for ready in self._followed])
        by_key = {each.key: each for each in found}
        pairs = ((ready, by_key.get(ready.delivery.key)) for ready in self._followed)
        return [Taken(ready.delivery, after, ready.frozen.warnings) for ready, after in pairs if after is not None]

    def _is_disturbed(self) -> bool:
        """Whether anything is paused, or the account has to look first: then each delivery is judged by itself."""
        return bool(self._ledger.pauses.all()) or self._ledger.recovery.wanted(self._lane.account.name) is not None

    def _made(
        self, delivery: Delivery, known: StoredArticle, stored: tuple[str, int | None], limits: Limits
    ) -> _Kept | None:
        """A delivery made ready without any request, and without a word in the ledger; None if that is not possible."""
        plain = delivery.state == "due" and delivery.action == "post" and delivery.draft is None
        plain = plain and delivery.again is None  # which is compared with what was said before
        if not plain or delivery.looks:
            return None
        at = self._ledger.now()
        if self._lane.account.image == "photo" and known.article.images:
            return None
        looked_at = self._gate.look is not None and self._gate.patience(known.article.source) is not None
        try:
            if looked_at or self._gate.ahead(delivery, known, self._lane.account) is not None:
                return None
            ready = self._ready(delivery, known.article, limits, at)
        except SyndicateError:  # the usual way meets it again, and records it
            return None
        return None if ready is None else _Kept(ready, stored, at)

    def _ready(self, delivery: Delivery, article: Article, limits: Limits, at: datetime) -> Ready | None:
        lane = self._lane
        rendered = render_conceded(
            delivery.conceded,
            article,
            lane,
            limits,
            self._render(delivery),
            at=at,
            planned_at=delivery.planned_at,
        )
        post = replace(rendered.post, day=delivery.day)
        if _asks(post):
            return None
        record, digest = freeze(rendered)
        frozen = Frozen(record, digest, post=post, warnings=rendered.warnings, cost=cost(lane.platform, post))
        if record.get("link") is None or record["link"] in self._unclear:
            return None
        allowance = self._gate.allowance(delivery, lane.account, lane.platform, post)
        if self._gate.after_render(delivery, digest, lane.account, allowance) is not None:
            return None
        return Ready(delivery, frozen, lane.platform.prepare(post, delivery.key, None), allowance)


def _asks(post: Post) -> bool:
    """Whether pictures have to be uploaded, or people be looked up, before the post is made."""
    return bool(post.media or (post.card and post.card.thumb)) or any(span.kind == "mention" for span in post.spans)
