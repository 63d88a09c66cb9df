"""Parses times of the week, such as `Mon-Fri 07:00-23:00` or `Sat 22:00-Sun 09:00`. Raises ValueError."""

from __future__ import annotations

import re

from syndicate.config.values import suggestion
from syndicate.model import Hours
from syndicate.model.pattern import pattern

__all__ = ["hours"]

DAY = 24 * 60
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = r"(\d{1,2}):(\d{2})"
_FORM = pattern(
    rf"(?:(?P<days>[^\d:]+?)\s+)?(?P<start>{_TIME})\s*[-–]\s*(?:(?P<day>[^\d\s:]+)\s+)?(?P<end>{_TIME})", re.ASCII
)


def hours(text: str) -> Hours:
    """Parse `[DAYS] HH:MM-[DAY ]HH:MM` or `DAYS` (Mon-Fri or Sat,Sun). An end before its start is on the next day."""
    said = " ".join(text.split())
    found = _FORM.fullmatch(said)
    if found is None:
        if re.search(r"\d", said):
            raise ValueError(f"'{text}' is no time of the week, such as Mon-Fri 07:00-23:00 or Sat 22:00-Sun 09:00")
        return Hours(said, tuple((day * DAY, (day + 1) * DAY) for day in _days(said)))
    start, end = _minute(found["start"]), _minute(found["end"])
    days = _days(found["days"]) if found["days"] else range(7)
    if found["day"]:
        return Hours(said, (_across(days, start, _day(found["day"]), end, text),))
    if start == end:
        raise ValueError(f"'{text}' is empty; the whole day is 00:00-24:00")
    length = end - start if end > start else end + DAY - start
    return Hours(said, tuple((day * DAY + start, day * DAY + start + length) for day in days))


def _across(days: range | list[int], start: int, last: int, end: int, text: str) -> tuple[int, int]:
    if len(days) != 1:
        raise ValueError(
            f"'{text}': if the end is on another day, name one day for the start, such as Sat 22:00-Sun 09:00"
        )
    begins, ends = days[0] * DAY + start, last * DAY + end
    return begins, ends if ends > begins else ends + 7 * DAY


def _minute(time: str) -> int:
    hour, minute = (int(part) for part in time.split(":"))
    if minute > 59 or hour * 60 + minute > DAY:
        raise ValueError(f"'{time}' is no time of day")
    return hour * 60 + minute


def _days(text: str) -> list[int]:
    found: list[int] = []
    for part in filter(None, re.split(r"[,\s]+", text)):
        first, dash, last = part.replace("–", "-").partition("-")
        one = _day(first)
        found += [(one + step) % 7 for step in range((_day(last) - one) % 7 + 1)] if dash else [one]
    return sorted(set(found))


def _day(word: str) -> int:
    folded = word.strip(" ,").lower()
    if len(folded) >= 2:
        for number, name in enumerate(_DAYS):
            if name.startswith(folded):
                return number
    names = [name[:3].capitalize() for name in _DAYS]
    raise ValueError(f"'{word}' is none of {', '.join(names)}{suggestion(word.capitalize(), names)}")
