"""When a source is polled next: by the config, the server's hints, and how often it publishes. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from syndicate.model import PollHints, PollInterval

LONGEST = timedelta(hours=24)  # a wait that we choose
LONGEST_ASKED = timedelta(days=7)  # a wait that a server asks for; a longer one is cut to this, as a mistake
SPREAD = timedelta(minutes=5)
GONE = timedelta(hours=24)
BARE = timedelta(hours=1)  # at least, if a server never answers "unchanged": it sends the whole document
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
WEEKS = 6  # of the past that count; each counts half as much as the one after it
EXPECTED = 0.5  # articles that are expected by the next poll
KNOWN = 8  # articles needed to know how often a source publishes
NEIGHBOURS = ((-1, 0.25), (0, 0.5), (1, 0.25))  # what usually comes at 07:00 may come at 06:58


def next_poll(
    every: PollInterval, wish: PollHints, came: Sequence[datetime], now: datetime, *, bare: bool = False
) -> datetime:
    """When to poll again after a good answer. `came`: when the last articles came, newest first.

    `bare`: the server gives no validators.
    """
    waits = [every.least, *(wait for wait in (wish.served, wish.said) if wait)]
    if every.learns:
        waits += [expected(came, now, every.most), *([BARE] if bare else [])]
    latest = now + every.most
    return min(latest, awake(now + max(waits), wish, latest))


def after_failure(
    name: str,
    every: PollInterval,
    wish: PollHints,
    now: datetime,
    *,
    fails: int,
    gone: bool = False,
    pressed: bool = False,
    retry_at: datetime | None = None,
) -> datetime:
    """When to poll again after the `fails`th failure in a row: twice as long each time, up to a day.

    Spread by name between half of that and the whole; half of the first is the usual wait. With full jitter,
    a failing server could be asked sooner than a working one. No spread where it answers that we ask too
    often (`pressed`). Never before `retry_at`.
    """
    usual = min(every.most, max(every.least, wish.served or every.least, wish.said or every.least))
    whole = usual * 2 ** min(fails, 20) if usual < LONGEST else usual
    wait = whole if pressed else whole * (1 + share(f"{name} {fails}")) / 2
    wait = max(min(LONGEST, wait), usual, GONE if gone else usual)
    return max(now + wait, retry_at or now)


def spread(name: str, every: PollInterval, now: datetime) -> datetime:
    """When an overdue poll runs, if several sources of one site are overdue: spread by name."""
    return now + share(name) * min(every.least, SPREAD)


def asked_for(seconds: float | None, now: datetime) -> datetime | None:
    """The instant that a Retry-After of so many seconds means; None if there was none."""
    return None if seconds is None else now + min(LONGEST_ASKED, timedelta(seconds=min(seconds, 1e9)))


def share(word: str) -> float:
    """A fixed number in [0, 1) for each word, spread evenly."""
    return int.from_bytes(hashlib.sha256(word.encode()).digest()[:6]) / 2**48


def awake(moment: datetime, wish: PollHints, latest: datetime) -> datetime:
    """The first instant from `moment` on outside the source's skip hours and days; at the latest `latest`."""
    while moment < latest and (moment.hour in wish.hours or moment.weekday() in wish.days):
        moment = moment.replace(minute=0, second=0, microsecond=0) + HOUR
    return min(moment, latest)


def expected(came: Sequence[datetime], now: datetime, most: timedelta) -> timedelta:
    """How long until half an article is expected, by what came at these hours in the last weeks; at most `most`.

    For each hour of the week (UTC) an average over weeks, of which each counts half as much as the one after it
    (EWMA). An hour without data counts as the mean one. With too few articles the wait is zero.
    """
    past = [moment for moment in came if moment <= now]
    if len(past) < KNOWN:
        return timedelta(0)
    rates, mean = _rates(past, now)
    so_far, at = 0.0, now
    while at < now + most:
        ends = at.replace(minute=0, second=0, microsecond=0) + HOUR
        rate = rates.get(_slot(at), mean)  # articles an hour
        here = rate * ((ends - at) / HOUR)
        if so_far + here >= EXPECTED:
            return at - now + HOUR * ((EXPECTED - so_far) / rate)
        so_far += here
        at = ends
    return most


def _rates(past: Sequence[datetime], now: datetime) -> tuple[dict[int, float], float]:
    """Articles per hour, for each hour of the week with data, and their mean."""
    begun = max(min(past), now - WEEK * WEEKS)
    seen: dict[int, float] = {}
    count: dict[int, float] = {}
    for number in range(int((now - begun) / HOUR) + 1):
        at = now - HOUR * number
        seen[_slot(at)] = seen.get(_slot(at), 0.0) + _weight(at, now)
    for moment in past:
        if moment < begun:
            continue
        for step, part in NEIGHBOURS:
            slot = _slot(moment + HOUR * step)
            count[slot] = count.get(slot, 0.0) + part * _weight(moment, now)
    whole = sum(seen.values())
    return {slot: count.get(slot, 0.0) / weight for slot, weight in seen.items()}, sum(count.values()) / whole


def _weight(at: datetime, now: datetime) -> float:
    return float(0.5 ** ((now - at) // WEEK))


def _slot(at: datetime) -> int:
    return at.weekday() * 24 + at.hour
