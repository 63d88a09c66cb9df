"""Reads the dates of a list as days, where each of them is midnight: its generator knows no hours. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from syndicate.model import EMBARGOED, Article

FEW = 2
"""Dates that a list needs at least, so that midnight in UTC means days in another zone."""


def by_day(articles: Sequence[Article], zone: str, now: datetime) -> tuple[Article, ...]:
    """The articles with dates that are days, if all are midnight in the source's `zone` (IANA), or all in UTC.

    A day begins at its midnight in `zone`. In another zone than UTC, nothing is changed where something is dated
    ahead of `now`: it may be an embargo, which is never shortened.
    """
    dates = [article.published for article in articles if article.published is not None]
    local = ZoneInfo(zone)
    if not dates or any(EMBARGOED in article.raw for article in articles):
        return tuple(articles)
    if all(_is_midnight(each, local) for each in dates):
        return tuple(
            article if article.published is None else replace(article, precision="day") for article in articles
        )
    if len(dates) < FEW or max(dates) > now or not all(_is_midnight(each, UTC) for each in dates):
        return tuple(articles)
    return tuple(_moved(article, local) for article in articles)


def _moved(article: Article, local: tzinfo) -> Article:
    if article.published is None:
        return article
    day = datetime.combine(article.published.astimezone(UTC).date(), time.min, tzinfo=local)
    return replace(article, published=day.astimezone(UTC), precision="day")


def _is_midnight(moment: datetime, zone: tzinfo) -> bool:
    return moment.astimezone(zone).time() == time.min
