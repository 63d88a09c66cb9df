"""Reads dates strictly: RFC 822, ISO 8601, Y/M/D, epoch, and month names of many languages. Never guesses.

A wrong date is worse than none: an undated archive that looks new is a flood. So a part that is
missing is never filled in, `01/09/2025` (two orders) and `IST` (three zones) are refused, and so is
a year that no feed of a living site can mean. Where a name or an order means two months, the stated
weekday decides: `Mon, 09/01/2025` can only be the first of September.
"""

# ruff: noqa: RUF001 - letters of other scripts are what is meant
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache

from syndicate.model import Precision
from syndicate.model.dataclass import dataclass
from syndicate.model.pattern import pattern

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
    month = _ENGLISH.get(name)
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
    for form in _YEAR_FIRST if text[:4].isdecimal() else _YEAR_LAST:
        found = form.fullmatch(text)
        if found:
            return _moment(found.groupdict(), timezone)
    return None


def _moment(part: dict[str, str | None], timezone: str) -> Moment | None:
    """The instant made of the parts of one date; None if one of them is impossible."""
    day, offset = _date(part), _offset(part.get("zone") or "")
    if day is None or offset is None:
        return None
    said = part.get("hour") or ""
    hour = _hour(int(said or 0), part.get("half"))
    zone = UTC if isinstance(offset, timedelta) else offset if isinstance(offset, tzinfo) else _zone(timezone)
    zone = zone if said else _zone(timezone)
    try:
        time = (hour, int(part.get("minute") or part.get("after_h") or 0), int(part.get("second") or 0))
        written = datetime(day.year, day.month, day.day, *time, tzinfo=zone)
        instant = written - offset if isinstance(offset, timedelta) and said else written.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    precision: Precision = "second" if part.get("second") else "minute" if said else "day"
    return Moment(instant, precision, tz_assumed=offset == "")


def _date(part: dict[str, str | None]) -> date | None:
    """The only day that the parts can mean; of two, the one on the stated weekday."""
    weekday = part.get("weekday")
    weekdays = _weekday_names().get((weekday or "").removesuffix("-feira"), ())
    if weekday and not weekdays:
        return None
    days = {*_days(part)}
    # The weekday only decides between two: generators get it wrong more often than the date.
    days = {day for day in days if day.weekday() + 1 in weekdays} if len(days) != 1 or part.get("one") else days
    return days.pop() if len(days) == 1 else None


def _days(part: dict[str, str | None]) -> Iterator[date]:
    """Every day that the parts can mean: a name may be two months, and of two numbers either may be the month."""
    year, day = _year(part["year"] or part.get("short") or ""), part.get("day") or ""
    one, other = part.get("one"), part.get("other")
    orders = [((int(one),), other), ((int(other),), one)] if one and other else [(_months(part["month"] or ""), day)]
    for months, number in orders:
        for month in months:
            try:
                yield date(year, month, int(number))
            except ValueError:
                continue


def _hour(hour: int, half: str | None) -> int:
    """The hour from 0 to 23; 24, which no date accepts, if it does not go with `half`, such as "a" or "p" (am, pm)."""
    if half is None:
        return hour
    return hour % 12 + (12 if half in _AFTERNOON else 0) if 1 <= hour <= 12 else 24


def _year(text: str) -> int:
    """The year; two digits are read as RFC 2822 §4.3 says."""
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < 50 else 1900)


def _offset(text: str) -> timedelta | tzinfo | str | None:
    """Distance from UTC, or a zone named by its place; "" where no zone is named, None where it cannot be told.

    Of an offset with a name behind it (`-0400 EDT`, Go's `+0000 UTC m=+0.01`), the offset counts.
    """
    text = _COMMENT.sub("", text).strip()
    if not text:
        return ""
    hours = _ZONES.get(text)
    if hours is not None:
        return timedelta(hours=hours)
    if "/" in text:
        return _zones().get(text)
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    hour, minute = int(found["hour"] or 0), int(found["minute"] or 0)
    if minute > 59 or hour * 60 + minute > _FARTHEST:
        return None
    distance = timedelta(hours=hour, minutes=minute)
    return distance if found["sign"] == "+" else -distance


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


@cache
def _zones() -> dict[str, tzinfo]:
    """The zones that are named by a place, by their names in lower case."""
    from zoneinfo import ZoneInfo, available_timezones

    return {name.lower(): ZoneInfo(name) for name in available_timezones() if "/" in name}


def _months(text: str) -> tuple[int, ...]:
    """The months that a number or a name can mean."""
    number = _NUMBERED_MONTH.fullmatch(text)
    return (int(number[1]),) if number else _month_names().get(text.removeprefix("ב"), ())


def _plain(text: str) -> str:
    """Lower case, without accents."""
    if text.isascii():
        return text.lower()
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare.translate(_FOLDED))


@cache
def _month_names() -> dict[str, tuple[int, ...]]:
    return _prefixes(_FURTHER, 3, _prefixes(_WELL_KNOWN, 3, {}))


@cache
def _weekday_names() -> dict[str, tuple[int, ...]]:
    return _prefixes(_DAYS_OF_THE_WEEK, 2, {})


def _prefixes(names: str, shortest: int, taken: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Every prefix of every name that is not `taken`, to the numbers (from 1) of the `|` groups that have it."""
    found: dict[str, tuple[int, ...]] = {}
    for place, group in enumerate(_plain(names).split("|"), 1):
        for name in group.split():
            for end in range(min(shortest, len(name)), len(name) + 1):
                if name[:end] not in taken and place not in found.get(name[:end], ()):
                    found[name[:end]] = (*found.get(name[:end], ()), place)
    return found | taken


_ENGLISH = {
    name: place
    for place, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}
_FOLDED = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "−": "-", "–": "-", "—": "-", "’": "'"})
# English, Spanish, Portuguese, French, German (Austrian January), Italian, Dutch; accents folded away.
_WELL_KNOWN = (
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
    "|december diciembre dezembro decembre dezember dicembre"
)
# Catalan, Romanian; Danish, Norwegian, Swedish, Icelandic; Polish, Czech, Slovak, Croatian; Lithuanian, Latvian,
# Estonian, Finnish, Hungarian; Turkish, Indonesian; Russian, Ukrainian, Belarusian, Bulgarian, Serbian, Macedonian;
# Greek, Arabic, Hebrew. Where days are counted in the genitive, that form. None takes a form of those above.
_FURTHER = (
    "gener ianuarie stycznia styczen ledna leden januara sijecnja sijecanj sausio janvaris jaanuar tammikuuta ocak"
    " января январь січня студзеня януари јануар ιανουαριου يناير ינואר"
    "|febrer februarie lutego luty unora unor februara veljace veljaca vasario februaris veebruar helmikuuta subat"
    " pebruari февраля февраль лютого лютага февруари фебруар φεβρουαριου فبراير פברואר"
    "|martie marts marca marzec marec brezna brezen ozujka ozujak kovo maaliskuuta marcius mart maret"
    " марта март березня сакавика μαρτιου مارس מרץ"
    "|aprilie kwietnia kwiecien dubna duben aprila travnja travanj balandzio aprilis aprill huhtikuuta nisan"
    " апреля апрель квітня красавика април απριλιου ابريل אפריל"
    "|maig maj maja kvetna kveten svibnja svibanj geguzes maijs toukokuuta majus mayis"
    " мая май травня траўня мај μαιου مايو מאי"
    "|juny iunie czerwca czerwiec cervna cerven cvn juna lipnja lipanj birzelio junijs juuni kesakuuta junius haziran"
    " июня июнь червня чэрвеня юни јун јуни ιουνιου يونيو יוני"
    "|juliol iulie lipca lipiec cervence cervenec cvc jula srpnja srpanj liepos julijs juuli heinakuuta julius temmuz"
    " июля июль липня ліпеня юли јул јули ιουλιου يوليو יולי"
    "|agost augusti sierpnia sierpien srpna srpen augusta kolovoza kolovoz rugpjucio augusts elokuuta augusztus"
    " agustos agustus августа август серпня жніўня αυγουστου اغسطس אוגוסט"
    "|setembre septembrie wrzesnia wrzesien zari septembra rujna rujan rugsejo septembris syyskuuta szeptember eylul"
    " сентября сентябрь вересня верасня септември септембар σεπτεμβριου سبتمبر ספטמבר"
    "|octombrie pazdziernika pazdziernik rijna rijen oktobra listopada listopad spalio oktobris oktoober lokakuuta"
    " ekim октября октябрь жовтня кастрычніка октомври октобар οκτωβριου اكتوبر אוקטובר"
    "|noiembrie listopada listopad listopadu novembra studenoga studenog studeni lapkricio novembris marraskuuta kasim"
    " nopember ноября ноябрь листопада лістапада ноември новембар νοεμβριου نوفمبر נובמבר"
    "|desembre decembrie desember grudnia grudzien prosince prosinec decembra prosinca prosinac gruodzio decembris"
    " detsember joulukuuta aralik декабря декабрь грудня снежня декември децембар δεκεμβριου ديسمبر דצמבר"
)
_DAYS_OF_THE_WEEK = (
    "monday пн pzt pn lunes segunda lundi montag lunedi maandag dilluns luni mandag manudagur mandagur"
    " poniedzialek pondeli pondelok"
    " ponedjeljak pirmadienis pirmdiena esmaspaev maanantai hetfo pazartesi senin понедельник понеділок панядзелак"
    " понеделник понедељак δευτερα الاثنين שני 月 月曜日 월 월요일 周一 週一 星期一"
    "|tuesday вт martes terca mardi dienstag martedi dinsdag dimarts marti tirsdag tisdag þriðjudagur wtorek"
    " utery utorok"
    " utorak antradienis otrdiena teisipaev tiistai kedd sali selasa вторник вівторок ауторак уторак τριτη"
    " الثلاثاء שלישי"
    " 火 火曜日 화 화요일 周二 週二 星期二"
    "|wednesday ср miercoles quarta mercredi mittwoch mercoledi woensdag dimecres miercuri onsdag miðvikudagur"
    " sroda streda"
    " srijeda treciadienis tresdiena kolmapaev keskiviikko szerda carsamba rabu среда середа серада сряда τεταρτη"
    " الاربعاء רביעי 水 水曜日 수 수요일 周三 週三 星期三"
    "|thursday jueves quinta jeudi donnerstag giovedi donderdag dijous joi torsdag fimmtudagur czwartek ctvrtek"
    " stvrtok"
    " cetvrtak ketvirtadienis ceturtdiena neljapaev torstai csutortok persembe kamis четверг чт четвер чацвер"
    " четвъртък"
    " четвртак πεμπτη الخميس חמישי 木 木曜日 목 목요일 周四 週四 星期四"
    "|friday viernes sexta vendredi freitag venerdi vrijdag divendres vineri fredag fostudagur piatek patek"
    " piatok petak"
    " penktadienis piektdiena reede perjantai pentek cuma jumat пятница пт п'ятниця пятніца петък петак παρασκευη"
    " الجمعة שישי 金 金曜日 금 금요일 周五 週五 星期五"
    "|saturday cmt sabado samedi samstag sonnabend sabato zaterdag dissabte sambata lordag laugardagur sobota subota"
    " sestadienis sestdiena laupaev lauantai szombat cumartesi sabtu суббота сб субота σαββατο السبت שבת"
    " 土 土曜日 토 토요일 周六 週六 星期六"
    "|sunday domingo dimanche sonntag domenica zondag diumenge duminica sondag sunnudagur niedziela ndz nedele nedela"
    " nedjelja sekmadienis svetdiena puhapaev sunnuntai vasarnap pazar minggu воскресенье вс неділя нд нядзеля неделя"
    " недеља κυριακη الاحد ראשון 日 日曜日 일 일요일 周日 週日 星期日"
)


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
_EPOCH = pattern(r"[789]\d{8}|1\d{9}|[789]\d{11}|1\d{12}", re.ASCII)
_OFFSET = pattern(
    r"(?:(?:gmt|utc)?\s*(?P<sign>[+-])(?P<hour>[0-9]{1,2})(?::?(?P<minute>[0-9]{2}))?|00:?00)"
    r"(?:z|\s+(?:[a-z]{1,5}|[+-][0-9]{4}))?(?:\s+m=[+-][0-9.]+)?"
)
_COMMENT = pattern(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])$")
_NUMBERED_MONTH = pattern(r"(?:th(?:ang)?\s?)?([0-9]{1,2})(?:\s?[月월])?")
_AFTERNOON = ("p", "午後", "下午", "오후")
_N = "[0-9]{1,2}"
_TIME = (
    rf"(?=[0-9]{{1,2}}(?:[:.][0-9]|\s?h|\s?[ap]\.?\s?m))(?P<hour>{_N})"
    rf"(?:(?P<colon>[:.])(?P<minute>{_N})(?:(?P=colon)(?P<second>{_N})(?:[.,][0-9]{{1,9}})?)?"
    rf"|\s?h(?:\s?(?P<after_h>[0-9]{{2}})(?:\s?min)?)?(?![a-z]))?"
    r"(?:\s*(?P<half>[ap])\.?\s?m\b\.?)?(?:\s*(?:uhr|hrs|hs|h|ч)\b\.?)?\s*"
)
_ZONED = rf"{_TIME}(?P<zone>.*)"
# What stands between day and time: "at" in many languages, Drupal's hyphen, Apache's colon.
_THEN = (
    r"(?:,?\s+(?:(?:at|um|a\slas|a\sles|alle|alle\sore|as|om|kl\.?|klo|a|o|ob|u|ore|ora|v|в|о|у|saat|pukul|[-@|,])\s+)?"
    r"|,|:(?=[0-9]{2}:))"
)
_ARTICLE = r"(?:den|le|el|il|the|dia|em|d\.)\s+"
_WEEKDAY = rf"(?:(?:יום\s)?(?!{_ARTICLE})(?P<weekday>[^\W\d_]+(?:'[^\W\d_]+)?(?:-feira)?)[.,،\s]+)?(?:{_ARTICLE})?"
_NAME = rf"[^\W\d_]{{3,}}|th(?:ang)?\s?{_N}|{_N}\s?[月월]"
_YMD = rf"(?P<year>[0-9]{{4}})(?P<gap>[-/.])(?P<month>{_N})(?P=gap)(?P<day>{_N})"
_DAY = (
    rf"(?P<day>{_N})(?:st|nd|rd|th|er|e|o|a|°|-?го|\.)?[\s/.-]+(?:de\s+|d'|of\s+)?(?P<month>{_NAME})\.?,?[\s/-]+"
    r"(?:de\s+|del\s+)?"
)
_YEAR = r"(?P<year>[0-9]{4})(?:\s?(?:г|р|r)\.|\s?(?:года|року))?"
_YEAR_FIRST = (
    pattern(rf"{_YMD}(?:t|,?\s+|-(?=\d\d:\d\d:\d\d)){_ZONED}", re.ASCII),
    pattern(rf"{_YMD}(?P<zone>z|[+-]\d\d:\d\d)?(?P<hour>)(?P<minute>)(?P<second>)", re.ASCII),
    pattern(
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
        r"(?:t(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d))?\s*(?P<zone>.*))?",
        re.ASCII,
    ),
    # 2025年9月1日 10:00; 2025년 9월 1일 (월) 오전 10:00; 2025年9月1日(月) 10時00分
    pattern(
        rf"(?P<year>[0-9]{{4}})\s?[年년]\s?(?P<month>{_N})\s?[月월]\s?(?P<day>{_N})\s?[日일号號]?"
        r"(?:\s?\(?(?P<weekday>[周週]?[月火水木金土日一二三四五六월화수목금토일](?:曜日?|요일)?|星期[一二三四五六日])\)?)?"
        rf"(?:\s?(?P<half>午前|午後|上午|下午|오전|오후)?\s?(?P<hour>{_N})\s?[:時时点點시]\s?(?P<minute>{_N})?\s?[:分분]?"
        rf"\s?(?P<second>{_N})?\s?[秒초]?\s?(?P<zone>.*))?"
    ),
    # 2025. szeptember 1., 10:00; 2025 m. rugsėjo 1 d. 10:00
    pattern(
        rf"(?P<year>[0-9]{{4}})\.?\s+(?:m\.\s+)?(?P<month>[^\W\d_]{{3,}})\.?\s+(?P<day>{_N})(?:\.|\s?d\.)?"
        rf"(?:{_THEN}{_ZONED})?"
    ),
)
_YEAR_LAST = (
    # Mon, 01 Sep 2025 10:00:00 +0200; lunes, 1 de septiembre de 2025 a las 10:00; 1. September 2025
    pattern(rf"{_WEEKDAY}{_DAY}(?:{_YEAR}|(?P<short>[0-9]{{2}}))(?:{_THEN}{_ZONED})?"),
    # Sep 1, 2025 10:00 AM; Monday, September 1, 2025 - 15:00
    pattern(rf"{_WEEKDAY}(?P<month>[^\W\d_]{{3,}})\.?\s+(?P<day>{_N})(?:st|nd|rd|th)?,?\s+{_YEAR}(?:{_THEN}{_ZONED})?"),
    # Mon Sep  1 10:00:00 2025; Mon Sep 01 10:00:00 +0000 2025
    pattern(rf"{_WEEKDAY}(?P<month>[^\W\d_]{{3,}})\s+(?P<day>{_N})\s+{_TIME}(?P<zone>\S*)\s+(?P<year>[0-9]{{4}})"),
    # Mon, 09/01/2025 - 15:00: the weekday says which number is the month
    pattern(
        rf"(?P<weekday>[^\W\d_]+'?[^\W\d_]+)[.,\s]+(?P<one>{_N})(?P<gap>[-/.])(?P<other>{_N})(?P=gap)(?P<year>[0-9]{{4}})"
        rf"(?:{_THEN}{_ZONED})?"
    ),
)
