"""The month of LinkedIn's API that we speak, and when LinkedIn retires it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from syndicate.model.pattern import pattern

VERSION = "202609"
"""The version that every request names, unless the config has another: September 2026, read 2026-11-29.

Programs of others speak it; LinkedIn's own pages are there for it (li-lms-2026-09).
"""
_MONTH = pattern(r"20\d\d(?:0[1-9]|1[0-2])")
_AHEAD = timedelta(days=60)


def check(version: str) -> None:
    """Raise ValueError where it is not a month as LinkedIn writes it."""
    if not _MONTH.fullmatch(version):
        raise ValueError(f"version '{version}' is not a month of LinkedIn's API, such as {VERSION}")


def ends(version: str) -> datetime:
    """When LinkedIn retires a version: in the middle of the same month, a year later.

    202601 ends 2027-01-15, 202603 ends 2027-03-16, 202511 ended 2026-11-16.
    https://learn.microsoft.com/en-us/linkedin/marketing/integrations/migrations (2026-11-23).
    """
    return datetime(int(version[:4]) + 1, int(version[4:]), 15, tzinfo=UTC)


def note(version: str, now: datetime) -> str | None:
    """A warning, from 60 days before a version ends; None before."""
    end = ends(version)
    if end - now > _AHEAD:
        return None
    when = "ends" if end > now else "has ended, or will any day: it was due to end"
    cure = (
        "update syndicate, which names a newer one" if version == VERSION else "set a newer `version`, or leave it out"
    )
    return f"LinkedIn's API version {version} {when} on {end:%Y-%m-%d}; {cure}"
