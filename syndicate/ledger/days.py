"""The UTC day that names an article's records where we choose their keys: every ledger finds the same day."""

from __future__ import annotations

from datetime import timedelta

from syndicate.ledger.database import EPOCH, micros
from syndicate.model import Article

DAY = timedelta(days=1) // timedelta(microseconds=1)
"""Microseconds of a day."""
LAST = micros(EPOCH.replace(year=2200))
"""Days from here on are mistakes, and would not fit into a record key."""

_UNDATED = micros(EPOCH.replace(year=2020))
_SPREAD = 1024  # days over which undated articles are spread, so that their record keys stay apart
_NOON = timedelta(hours=12)


def day_of(article: Article) -> int | None:
    """The UTC day of an article's date, as microseconds of its midnight; None without a usable date.

    A date without a time is 00:00 in its source's zone, which east of Greenwich is the day before in UTC: the day of
    its noon is taken, which is the day that the same story has when it is dated to the second.
    """
    if article.published is None:
        return None
    at = micros(article.published + (_NOON if article.precision == "day" else timedelta(0)))
    return at // DAY * DAY if 0 <= at < LAST else None


def fixed_day(key: str) -> int:
    """The day of a delivery whose article has no date: made of its key alone."""
    return _UNDATED + int(key, 16) % _SPREAD * DAY
