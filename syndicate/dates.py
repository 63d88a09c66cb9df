"""Reads dates strictly: RFC 822, ISO 8601, Y/M/D, epoch, month names of seven languages. Never guesses.

A wrong date is worse than none: an undated archive that looks new is a flood. So a part that is
missing is never filled in, `01/09/2025` (two orders) and `IST` (three zones) are refused, and so is
a year that no feed of a living site can mean.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from syndicate.model import Precision

EARLIEST_YEAR = 1995
FUTURE = timedelta(days=2 * 365)
_FARTHEST = 14 * 60  # minutes from UTC, Kiribati
LONGEST = 100  # characters; no date needs more


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant as a text states it. `tz_assumed`: it named no time zone, so the source's own was taken.

    With precision "day" the instant is 00:00 of that date in the source's zone.
    """

    instant: datetime
    precision: Precision
    tz_assumed: bool


def parse(text: str, *, timezone: str = "UTC", now: datetime | None = None) -> Moment | None:
    """The instant that `text` states, or None if that is not certain.

    `timezone` is the source's own, an IANA name. With `now`, dates more than two years ahead are
    refused too.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        return None
    moment = _usual(text) or _epoch(text) or _calendar(_plain(text), timezone)
    if moment is None or moment.instant.year < EARLIEST_YEAR:
        return None
    return None if now is not None and moment.instant > now + FUTURE else moment


def _usual(text: str) -> Moment | None:
    """The one form that nearly every feed uses, `Mon, 01 Sep 2025 10:00:00 +0200`: read without the slower patterns."""
    found = _RFC822.fullmatch(text)
    if found is None:
        return None
    day, name, year, hour, minute, second, sign, hours, minutes = found.groups()
    month = _MONTHS.get(name.lower())
    if month is None:
        return None
    try:
        instant = datetime(int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except ValueError:
        return None
    if hours is not None:
        offset = int(hours) * 60 + int(minutes)
        if offset > _FARTHEST or minutes > "59":
            return None
        instant += timedelta(minutes=offset if sign == "-" else -offset)
    return Moment(instant, "second", tz_assumed=False)


def _epoch(text: str) -> Moment | None:
    """Seconds or milliseconds since 1970."""
    if not _EPOCH.fullmatch(text):
        return None
    return Moment(datetime.fromtimestamp(int(text[:-3] if len(text) > 10 else text), UTC), "second", tz_assumed=False)


def _calendar(text: str, timezone: str) -> Moment | None:
    for pattern in _YEAR_FIRST if text[:4].isdecimal() else _NAMED_MONTH:
        found = pattern.fullmatch(text)
        if found:
            return _moment(found.groupdict(), timezone)
    return None


def _moment(part: dict[str, str | None], timezone: str) -> Moment | None:
    """The instant made of the parts of one date; None if one of them is impossible."""
    month, year = _month(part["month"] or ""), _year(part["year"] or "")
    offset = _offset(part.get("zone") or "")
    if month is None or offset is None or not _is_weekday(part.get("weekday")):
        return None
    hour = _hour(int(part["hour"] or 0), part.get("half"))
    zone: tzinfo = UTC if offset != "" and part["hour"] else _zone(timezone)
    try:
        written = datetime(
            year, month, int(part["day"] or 0), hour, int(part["minute"] or 0), int(part["second"] or 0), tzinfo=zone
        )
        instant = written - offset if isinstance(offset, timedelta) and part["hour"] else written.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    precision: Precision = "second" if part["second"] else "minute" if part["hour"] else "day"
    return Moment(instant, precision, tz_assumed=offset == "")


def _hour(hour: int, half: str | None) -> int:
    """The hour from 0 to 23; 24, which no date accepts, if it does not go with `half`, "a" or "p" (am, pm)."""
    if half is None:
        return hour
    return hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 24


def _year(text: str) -> int:
    """The year; two digits are read as RFC 2822 §4.3 says."""
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < 50 else 1900)


def _offset(text: str) -> timedelta | str | None:
    """Distance from UTC; "" where no zone is named, None where it cannot be told."""
    text = _COMMENT.sub("", text).strip()
    if not text:
        return ""
    hours = _ZONES.get(text)
    if hours is not None:
        return timedelta(hours=hours)
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    hour, minute = int(found["hour"] or found["short"]), int(found["minute"] or 0)
    if minute > 59 or hour * 60 + minute > _FARTHEST:
        return None
    distance = timedelta(hours=hour, minutes=minute)
    return -distance if found["sign"] == "-" else distance


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _month(text: str) -> int | None:
    return int(text) if text.isdecimal() else _MONTHS.get(text)


def _is_weekday(text: str | None) -> bool:
    """Whether it is a weekday. Not whether it is the right one: generators get that wrong more often than the date."""
    return text is None or text.removesuffix("-feira") in _WEEKDAYS


def _plain(text: str) -> str:
    """Lower case, without accents."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


def _prefixes(names: str, shortest: int) -> dict[str, int]:
    """Every prefix of every name, to the number of its `|` group (from 1). Prefixes in two groups are left out."""
    found: dict[str, int] = {}
    for place, group in enumerate(names.split("|"), 1):
        for name in group.split():
            for end in range(shortest, len(name) + 1):
                found[name[:end]] = place if found.get(name[:end], place) == place else 0
    return {name: place for name, place in found.items() if place}


# English, Spanish, Portuguese, French, German (Austrian January), Italian, Dutch; accents folded away.
_MONTHS = _prefixes(
    "january enero janeiro janvier januar janner gennaio januari"
    "|february febrero fevereiro fevrier februar febbraio februari"
    "|march marzo marco mars marz maart mrz mrt"
    "|april abril avril aprile"
    "|may mayo maio mai maggio mei"
    "|june junio junho juin juni giugno"
    "|july julio julho juillet juli luglio"
    "|august agosto aout augustus"
    "|september septiembre setiembre setembro septembre settembre"
    "|october octubre outubro octobre oktober ottobre"
    "|november noviembre novembro novembre"
    "|december diciembre dezembro decembre dezember dicembre",
    3,
)
_WEEKDAYS = {
    name[:end]
    for name in [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "lunes",
        "martes",
        "miercoles",
        "jueves",
        "viernes",
        "sabado",
        "domingo",
        "segunda",
        "terca",
        "quarta",
        "quinta",
        "sexta",
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "lunedi",
        "martedi",
        "mercoledi",
        "giovedi",
        "venerdi",
        "domenica",
        "maandag",
        "dinsdag",
        "woensdag",
        "donderdag",
        "vrijdag",
        "zaterdag",
        "zondag",
    ]
    for end in range(2, len(name) + 1)
}
# Names that mean one offset. RFC 822 §5.1 fixes the North American ones; IST, AST, AMT, SST mean several.
_ZONES = {
    name: hours
    for hours, names in {
        0: "z utc ut gmt wet",
        1: "west cet met mez bst wat",
        2: "cest mest mesz eet sast cat",
        3: "eest msk eat trt",
        5: "pkt",
        7: "wib ict",
        8: "hkt sgt awst myt pht",
        9: "jst kst",
        9.5: "acst",
        10: "aest",
        10.5: "acdt",
        11: "aedt",
        12: "nzst",
        13: "nzdt",
        -3: "brt art uyt",
        -4: "edt",
        -5: "est cdt",
        -6: "cst mdt",
        -7: "mst pdt",
        -8: "pst akdt",
        -9: "akst",
        -10: "hst",
    }.items()
    for name in names.split()
}
_RFC822 = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d{1,2}) ([A-Z][a-z]{2}) ([12]\d{3}) (\d\d):(\d\d):(\d\d)"
    r" (?:GMT|([+-])(\d\d)(\d\d))",
    re.ASCII,
)
_EPOCH = re.compile(r"[789]\d{8}|1\d{9}|[789]\d{11}|1\d{12}", re.ASCII)
_OFFSET = re.compile(r"(?:gmt|utc)?\s*(?P<sign>[+-])(?:(?P<hour>\d\d):?(?P<minute>\d\d)|(?P<short>\d{1,2}))", re.ASCII)
_COMMENT = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])$")
_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?\s*"
)
_ZONED = rf"{_TIME}(?P<zone>.*)"
_WEEKDAY = r"(?:(?P<weekday>[a-z]{2,}(?:-feira)?)[.,\s]+)?"
_YMD = r"(?P<year>\d{4})(?P<gap>[-/.])(?P<month>\d{1,2})(?P=gap)(?P<day>\d{1,2})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|o|\.)?[\s-]+(?:de\s+)?(?P<month>[a-z]{3,})\.?,?[\s-]+(?:de\s+)?"
_YEAR_FIRST = (
    re.compile(rf"{_YMD}(?:t|,?\s+|-(?=\d\d:\d\d:\d\d)){_ZONED}", re.ASCII),
    re.compile(rf"{_YMD}(?P<zone>z|[+-]\d\d:\d\d)?(?P<hour>)(?P<minute>)(?P<second>)", re.ASCII),
    re.compile(
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
        r"(?:t(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?\s*(?P<zone>.*))?",
        re.ASCII,
    ),
)
_NAMED_MONTH = (
    # Mon, 01 Sep 2025 10:00:00 +0200; lunes, 1 de septiembre de 2025; 1. September 2025
    re.compile(rf"{_WEEKDAY}{_DAY}(?P<year>\d{{4}}|\d\d)(?:,?\s+{_ZONED})?", re.ASCII),
    # Sep 1, 2025 10:00 AM
    re.compile(
        rf"{_WEEKDAY}(?P<month>[a-z]{{3,}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})"
        rf"(?:,?\s+{_ZONED})?",
        re.ASCII,
    ),
    # Mon Sep  1 10:00:00 2025; Mon Sep 01 10:00:00 +0000 2025
    re.compile(
        rf"{_WEEKDAY}(?P<month>[a-z]{{3,}})\s+(?P<day>\d{{1,2}})\s+{_TIME}(?P<zone>\S*)\s+(?P<year>\d{{4}})", re.ASCII
    ),
)
