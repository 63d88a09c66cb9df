"""What a person at the page for approvals looks at and decides: each post as it would be sent now, then yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from syndicate.app.wiring import App
from syndicate.delivery import decisions
from syndicate.delivery.gates import Gate
from syndicate.errors import SyndicateError
from syndicate.model import REASONS, Delivery, Rendered
from syndicate.model.dataclass import dataclass
from syndicate.serialization import freeze

SOON = timedelta(minutes=1)
FAR = timedelta(days=60)
"""Beyond it, hours say nothing that helps."""
NAME = 60
"""Letters of the name of who decides."""


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A delivery that an address names. `rendered` is its post, `digest` what an approval of it binds; None if it
    waits no more, or cannot be rendered: `fault` says why.
    """

    delivery: Delivery
    waits: bool
    title: str
    rendered: Rendered | None = None
    digest: str | None = None
    fault: str | None = None


class Approvals:
    """Finds, renders and decides deliveries for people who have the address of the page. Thread-safe."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._ledger = app.ledger

    def found(self, keys: Sequence[str]) -> list[Awaiting]:
        """These deliveries, as far as the ledger still has them; nothing is rendered."""
        now = self._ledger.now()
        known = [each for key in keys if (each := self._ledger.deliveries.find(key)) is not None]
        return [
            Awaiting(each, decisions.waits(each, now), self._ledger.articles.find(each.anchor).article.title)
            for each in known
        ]

    def rendered(self, awaiting: Awaiting) -> Awaiting:
        """The same with its post as it would be sent now, if it waits."""
        if not awaiting.waits:
            return awaiting
        try:
            made = self._render(awaiting.delivery)
        except SyndicateError as fault:
            return replace(awaiting, fault=str(fault))
        return replace(awaiting, rendered=made, digest=freeze(made)[1])

    def approve(self, delivery: Delivery, digest: str, by: str) -> Delivery:
        """Approve a post that has this digest. Raises PostChanged if it has another by now, SyndicateError."""
        if not decisions.waits(delivery, self._ledger.now()):
            raise SyndicateError(f"{delivery.key[:8]} does not wait for approval any more")
        return decisions.approve(delivery, lambda one: freeze(self._render(one)), self._ledger, digest, by)

    def refuse(self, delivery: Delivery, by: str) -> Delivery:
        """Never send it. Raises SyndicateError if it was decided meanwhile."""
        return decisions.refuse(delivery, self._ledger, by)

    def when(self, delivery: Delivery) -> str:
        """When it would go out if it were approved now, in words, by the clock of its site."""
        now, zone = self._ledger.now(), self.zone(delivery)
        at = max(delivery.due_at or now, now)
        entry = self.app.config.accounts.get(delivery.account)
        if entry is not None:
            opening = Gate(self._ledger).opening(delivery, entry.account, at)
            at = max(at, opening.at)
        if at - now <= SOON:
            return "as soon as you approve it"
        return moment(at, zone) if at - now < FAR else "when the hours of its account allow it"

    def outcome(self, delivery: Delivery) -> str:
        """What became of a delivery that was decided, in words."""
        now = self._ledger.now()
        if delivery.state == "posted":
            return "was deleted" if delivery.reason == "deleted" else "is posted"
        if delivery.state == "skipped":
            return (
                "was skipped" if delivery.reason == "person" else f"was skipped: {REASONS[delivery.reason or 'empty']}"
            )
        if delivery.state in ("sending", "unknown"):
            return "is being sent"
        if delivery.state == "planned" and delivery.expires_at is not None and delivery.expires_at <= now:
            return "is too old by now, and is not sent"
        if delivery.state in ("due", "planned") and delivery.approved is not None:
            at = delivery.due_at
            return f"is approved, and goes out {self._later(at, delivery) if at and at - now > SOON else 'now'}"
        return REASONS.get(delivery.reason, delivery.state) if delivery.reason else delivery.state

    def zone(self, delivery: Delivery) -> str:
        """The time zone of a delivery's site."""
        return self.app.config.of(delivery.account).site.timezone

    def _later(self, at: datetime, delivery: Delivery) -> str:
        return moment(at, self.zone(delivery))

    def _render(self, delivery: Delivery) -> Rendered:
        return self.app.renderer.rendered(delivery, self.app.lanes.of(delivery.account), self._ledger)


def moment(at: datetime, zone: str) -> str:
    """An instant as the page prints it: Thu 26 Nov, 14:00 WET."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %d %b, %H:%M %Z}"
