"""Makes ready what an account sends next, before anything of it is claimed: checked, rendered and prepared.

That is done while the network answers the post before it. A claim is then one transaction with the record of that
post, and nothing slow comes between it and the request. What has changed since it was made ready, or waited too long,
goes the usual way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
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

MOST = 50  # deliveries that are read at a time
LONGEST = 2.0  # seconds after which no other one follows, so that what became of them is told
FRESH = timedelta(seconds=2)  # how long a delivery that was made ready may be sent as it is

Queue: TypeAlias = Callable[[str, datetime, int], list[Delivery]]
"""The next deliveries of an account at an instant, so many at most, in the order in which they are sent."""

_Stored: TypeAlias = tuple[StoredArticle, tuple[str, int | None]]


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
        self._rest: list[tuple[Delivery, _Stored]] = []
        self._kept: _Kept | None = None
        self._limits: Limits | None = None
        self._bug: Exception | None = None
        self._others = self._here = -1  # how far the ledger had changed when it was read
        self._ends = 0.0
        self._unclear: set[str] = set()  # links of posts of which nobody knows whether they arrived

    def fill(self, first: Delivery, article: Article) -> None:
        """Read what comes after `first`, which is sent now and is of `article`."""
        self._rest, self._kept, self._ends = [], None, monotonic() + LONGEST
        self._others = self._ledger.database.others()
        account, ledger = self._lane.account, self._ledger
        slow = account.image == "card" or account.text is not None or self._looks_at(article)
        slow = slow or account.threads is not None or account.link == "reply"  # the rest of a thread goes first
        if slow or account.approve or account.schedule.spacing or self._is_disturbed():
            return
        rest = [each for each in self._queue(account.name, ledger.now(), MOST + 1) if each.key != first.key]
        if not rest:
            return
        try:
            self._limits = self._lane.limits()  # read already for the first one
        except SyndicateError:
            return
        self._unclear = ledger.deliveries.links(account.name, ("unknown",))
        stored = ledger.articles.stored([each.anchor for each in rest])
        self._rest = [(each, stored[each.anchor]) for each in reversed(rest)]

    def make(self) -> None:
        """As `Onward.make`."""
        self._kept = None
        if not self._rest or self._limits is None or not self._may_go():
            return
        try:
            self._kept = self._made(*self._rest.pop(), self._limits)
        except Exception as bug:  # noqa: BLE001 - the post that is under way is recorded first
            self._bug = bug
        if self._kept is None:
            self._rest = []

    def next(self) -> Ready | None:
        """As `Onward.next`."""
        if self._bug is not None:
            raise self._bug
        if self._kept is None or not self._may_go():
            return None
        now = self._ledger.now()
        kept = self._kept if self._unchanged() else self._compared(now)
        if kept is None or not kept.at <= now < kept.at + FRESH:
            return None
        delivery = kept.ready.delivery
        if delivery.expires_at is not None and delivery.expires_at <= now:
            return None
        if self._gate.opening(delivery, self._lane.account, now).reason is not None:  # the hours are over
            return None
        return kept.ready

    def _may_go(self) -> bool:
        """Whether another one may go before this step ends."""
        return self._going() and monotonic() < self._ends

    def _unchanged(self) -> bool:
        """Whether nobody has changed anything in the ledger since it was read, but for the work of `sending`."""
        database = self._ledger.database
        return (self._others, self._here) == (database.others(), database.changed_here())

    def _compared(self, now: datetime) -> _Kept | None:
        """The next one by the ledger, if it was made ready and is as it was then."""
        found, kept = self._queue(self._lane.account.name, now, 1), self._kept
        if kept is None or not found or found[0] != kept.ready.delivery:
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

    def _looks_at(self, article: Article) -> bool:
        """Whether the pages of an article's source are looked at right before its stories go."""
        return self._gate.look is not None and self._gate.patience(article.source) is not None

    def _made(self, delivery: Delivery, known: _Stored, limits: Limits) -> _Kept | None:
        """A delivery made ready without any request, and without a word in the ledger; None if that is not possible."""
        article, at = known[0].article, self._ledger.now()
        plain = delivery.state == "due" and delivery.action == "post" and delivery.draft is None
        plain = plain and delivery.again is None  # which is compared with what was said before
        if not plain or delivery.looks or delivery.part or self._looks_at(article):
            return None
        if self._lane.account.image == "photo" and article.images:
            return None
        try:
            if self._gate.ahead(delivery, known[0], self._lane.account) is not None:
                return None
            ready = self._ready(delivery, article, limits, at)
        except SyndicateError:  # the usual way meets it again, and records it
            return None
        return None if ready is None else _Kept(ready, known[1], at)

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
