"""When an account may post: its hours on the local clock, spacing and caps. Pure."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from syndicate.model import Account, Hours, Schedule
from syndicate.model.dataclass import dataclass

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

WEEK = 7 * 24 * 60  # minutes
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `count` posts in any `window`; `said` names the setting."""

    count: int
    window: timedelta
    said: str


def at_once(account: Account, priority: int) -> bool:
    """Whether an article of this priority ignores the account's hours, spacing and delay: breaking news, where the
    account wants that, and what a person wants at once.
    """
    return priority < 0 or (priority == 0 and account.schedule.breaking == "at once")


def caps(schedule: Schedule, *, urgent: bool = False) -> tuple[Cap, ...]:
    """The schedule's caps; spacing is a cap of one post, and does not apply to what is `urgent`."""
    found = []
    if schedule.spacing and not urgent:
        found.append(Cap(1, schedule.spacing, "spacing"))
    if schedule.per_hour is not None:
        found.append(Cap(schedule.per_hour, HOUR, "per_hour"))
    if schedule.per_day is not None:
        found.append(Cap(schedule.per_day, DAY, "per_day"))
    return tuple(found)


def free_at(limits: Iterable[Cap], latest: Callable[[int], datetime | None], now: datetime) -> tuple[datetime, str]:
    """When all caps next allow a post, with the setting that decides; `now` and "" if they do already.

    `latest(n)` is when the n-th newest post was sent. A clock that was set back does not make a wait longer.
    """
    best, said = now, ""
    for cap in limits:
        nth = latest(cap.count)
        until = now if nth is None else min(nth, now) + cap.window
        if until > best:
            best, said = until, cap.said
    return best, said


def opening(schedule: Schedule, now: datetime) -> tuple[datetime | None, str]:
    """The first instant from `now` on within the windows and outside the quiet hours, with the setting that decides.

    Times are on the local clock: one that comes twice in an autumn night counts when it first comes, and one
    that a spring night leaves out counts when the clock jumps over it. None: never.
    """
    if not (schedule.windows or schedule.quiet):
        return now, ""
    from zoneinfo import ZoneInfo  # not needed for most runs, and slow to load

    zone = ZoneInfo(schedule.timezone)
    windows, quiet = _around(schedule.windows, zone, now), _around(schedule.quiet, zone, now)
    moment, said = now, ""
    while True:
        if schedule.windows and not any(start <= moment < end for start, end in windows):
            later = [start for start, _ in windows if start > moment]
            if not later:
                return None, "windows"
            moment, said = min(later), "windows"
        silent = [end for start, end in quiet if start <= moment < end]
        if not silent:
            return moment, said
        moment, said = max(silent), "quiet"
        if moment - now > timedelta(days=14):
            return None, "quiet"


@functools.lru_cache(maxsize=100)  # many accounts have the same one
def flaw(schedule: Schedule) -> str | None:
    """What is wrong with a schedule, in words: windows that overlap, or hours that never open; None if nothing."""
    for number, one in enumerate(schedule.windows):
        for other in schedule.windows[number + 1 :]:
            if any(_meet(a, b) for a in one.spans for b in other.spans):
                return f"the windows '{one.said}' and '{other.said}' overlap"
    if (schedule.windows or schedule.quiet) and not _open_minutes(schedule):
        if not schedule.windows:
            return "the quiet hours fill the whole week: nothing can ever be posted"
        return "the quiet hours cover every window: nothing can ever be posted"
    return None


def _open_minutes(schedule: Schedule) -> set[int]:
    windows = _minutes(schedule.windows) if schedule.windows else set(range(WEEK))
    return windows - _minutes(schedule.quiet)


def _minutes(hours: Sequence[Hours]) -> set[int]:
    return {minute % WEEK for entry in hours for start, end in entry.spans for minute in range(start, end)}


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return any(one[0] + shift < other[1] and other[0] < one[1] + shift for shift in (-WEEK, 0, WEEK))


def _around(hours: Sequence[Hours], zone: ZoneInfo, now: datetime) -> list[Span]:
    """The hours of the weeks around `now` as spans of instants; spans that touch are joined."""
    local = now.astimezone(zone)
    monday = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None) - timedelta(days=local.weekday())
    found = sorted(
        (
            _instant(monday + timedelta(days=7 * week, minutes=start), zone),
            _instant(monday + timedelta(days=7 * week, minutes=end), zone),
        )
        for entry in hours
        for start, end in entry.spans
        for week in (-1, 0, 1, 2)
    )
    merged: list[Span] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the local clock first shows this time, or jumps over it."""
    first = local.replace(tzinfo=zone)
    moment = first.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    low, high = first.replace(fold=1).astimezone(UTC), moment  # the jump lies between: at most a few hours
    after = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)
