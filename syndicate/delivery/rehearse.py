"""Renders a delivery and makes its requests against a dry run's door. Writes nothing to the ledger."""

from __future__ import annotations

from dataclasses import replace

from syndicate.delivery.concessions import render_conceded
from syndicate.delivery.lane import Lane, Render
from syndicate.delivery.session import with_session
from syndicate.ledger import Ledger
from syndicate.model import Delivery


def rehearse(delivery: Delivery, lane: Lane, ledger: Ledger, render: Render) -> None:
    """Take every step of a delivery but the records, for a dry run. Raises RenderError, PlatformError.

    The lane's Http answers every write with its sample.
    """
    article = ledger.articles.find(delivery.anchor).article
    limits = with_session(lane, ledger, lane.limits)
    at, given = ledger.now(), delivery.conceded
    rendered = render_conceded(given, article, lane, limits, render, at=at, planned_at=delivery.planned_at)
    post = replace(rendered.post, day=delivery.day)
    draft = with_session(lane, ledger, lambda: lane.platform.prepare(lane.hosted(post), delivery.key, None))
    with_session(lane, ledger, lambda: lane.platform.commit(draft, delivery.key))
