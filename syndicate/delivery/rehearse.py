"""Renders a delivery and shows what would be asked of its network, without touching the ledger."""

from __future__ import annotations

from syndicate.delivery.lane import Lane, Render
from syndicate.delivery.session import with_session
from syndicate.ledger import Ledger
from syndicate.model import Delivery


def rehearse(delivery: Delivery, lane: Lane, ledger: Ledger, render: Render) -> None:
    """Go through everything but the records: for a dry run of what waits. Raises RenderError, PlatformError.

    The lane's door answers every write from samples.
    """
    article = ledger.articles.find(delivery.anchor).article
    limits = with_session(lane, ledger, lane.limits)
    rendered = render(article, lane.account, lane.platform, limits, at=ledger.now(), planned_at=delivery.planned_at)
    draft = with_session(lane, ledger, lambda: lane.platform.prepare(rendered.post, delivery.key, None))
    with_session(lane, ledger, lambda: lane.platform.commit(draft, delivery.key))
