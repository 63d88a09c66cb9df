"""Renders a post so that a picture which ends the process does so twice at most: then the post goes without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.delivery.lane import Render
from syndicate.ledger import Ledger
from syndicate.model import Account, Article, Delivery, Limits, Rendered, StoryWarning
from syndicate.ports import Platform

MOST = 2
"""Renders of one delivery that may never come back, before it is rendered without its picture."""


def watched(render: Render, delivery: Delivery, ledger: Ledger, lease: timedelta) -> Render:
    """`render`, recorded in the ledger while it works, where it may have to do with a picture."""

    def rendered(
        article: Article, account: Account, platform: Platform, limits: Limits, *, at: datetime, planned_at: datetime
    ) -> Rendered:
        if account.image == "none" or not (article.images or account.image == "card"):
            return render(article, account, platform, limits, at=at, planned_at=planned_at)
        lost = ledger.renders.begin(delivery.key, now=ledger.now(), lease=lease)
        try:
            if lost < MOST:
                return render(article, account, platform, limits, at=at, planned_at=planned_at)
            bare = render(article, replace(account, image="none"), platform, limits, at=at, planned_at=planned_at)
            return replace(bare, warnings=(*bare.warnings, StoryWarning(told(lost))))
        finally:
            ledger.renders.came_back(delivery.key, forget=lost < MOST, now=ledger.now())

    return rendered


def told(lost: int) -> str:
    """One line about a picture that is left out for this."""
    return f"the picture is left out: {lost} times the program ended while it made it"
