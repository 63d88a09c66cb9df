"""Reads times from the command line: a date, a time, or how long ago; and the options --since and --until."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar, cast
from zoneinfo import ZoneInfo

import click

F = TypeVar("F", bound=Callable[..., Any])

KNOWN = "2026-11-29, 2026-11-29T14:00, 14:00, today, yesterday or 2h"


class TimeSpan(NamedTuple):
    """The texts of --since and --until; None where one was not given."""

    first: str | None
    last: str | None

    def read(self, zone: str, now: datetime) -> tuple[datetime | None, datetime | None]:
        """From when, and until when. Raises UsageError."""
        begins, ends = since(self.first, zone, now), until(self.last, zone, now)
        if begins and ends and begins >= ends:
            raise click.UsageError(f"--since {self.first} is after --until {self.last}")
        return begins, ends


def span_options(function: F) -> F:
    """Add --since and --until to a command, which gets them as `span`."""

    @functools.wraps(function)
    def spanned(*args: Any, **kwargs: Any) -> Any:
        return function(*args, span=TimeSpan(kwargs.pop("since"), kwargs.pop("until")), **kwargs)

    spanned = click.option("--until", metavar="WHEN", help="Planned until then; a date includes that day.")(spanned)
    told = "Planned since then: a date, a time, or a span such as 2h."
    return cast("F", click.option("--since", metavar="WHEN", help=told)(spanned))


def since(text: str | None, zone: str, now: datetime) -> datetime | None:
    """From when on: a date means from its beginning, a span such as 2h so long ago. Raises UsageError."""
    return _read("--since", text, zone, now)[0]


def until(text: str | None, zone: str, now: datetime) -> datetime | None:
    """Until when: a date includes that day. Raises UsageError."""
    at, day = _read("--until", text, zone, now)
    return at.astimezone(ZoneInfo(zone)) + timedelta(days=1) if at and day else at


def _read(option: str, text: str | None, zone: str, now: datetime) -> tuple[datetime | None, bool]:
    """The instant, and whether it is the beginning of a day that is meant."""
    if text is None:
        return None, False
    said, today = text.strip().lower(), now.astimezone(ZoneInfo(zone)).date()
    if said in ("today", "yesterday"):
        day = today - timedelta(days=said == "yesterday")
        return datetime.combine(day, time(), ZoneInfo(zone)), True
    found = _clock(said, datetime.combine(today, time(), ZoneInfo(zone))) or _ago(said, now)
    if found is not None:
        return found, False
    from syndicate import dates

    read = dates.parse(text, timezone=zone)
    if read is None:
        raise click.UsageError(f"{option} {text!r} is no date, time or span, such as {KNOWN}")
    return read.instant, read.precision == "day"


def _clock(said: str, midnight: datetime) -> datetime | None:
    try:
        at = time.fromisoformat(said) if ":" in said and "-" not in said else None
    except ValueError:
        return None
    return datetime.combine(midnight.date(), at, at.tzinfo or midnight.tzinfo) if at is not None else None


def _ago(said: str, now: datetime) -> datetime | None:
    from syndicate.config.values import duration

    try:
        return now - duration(said.removesuffix(" ago").removesuffix("ago").strip())
    except (ValueError, OverflowError):
        return None
