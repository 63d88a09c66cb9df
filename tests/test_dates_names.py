"""Each name of a zone, and each letter that is folded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.dates import parse

HOURS = """
z 0, utc 0, ut 0, gmt 0, wet 0, west 1, cet 1, met 1, mez 1, bst 1, wat 1, cest 2, mest 2, mesz 2, eet 2, sast 2,
cat 2, eest 3, msk 3, eat 3, trt 3, pkt 5, wib 7, ict 7, hkt 8, sgt 8, awst 8, myt 8, pht 8, jst 9, kst 9, acst 9.5,
aest 10, acdt 10.5, aedt 11, nzst 12, nzdt 13, brt -3, art -3, uyt -3, edt -4, est -5, cdt -5, cst -6, mdt -6, mst -7,
pdt -7, pst -8, akdt -8, akst -9, hst -10
"""
NAMED = [each.split() for each in HOURS.split(",")]
ENGLISH = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@pytest.mark.parametrize(("name", "hours"), NAMED)
def test_a_zone_that_means_one_offset_is_that(name, hours):
    found = parse(f"1 Sep 2025 10:00:00 {name.upper()}", timezone="Asia/Tokyo")
    assert found.instant == datetime(2025, 9, 1, 10, tzinfo=UTC) - timedelta(hours=float(hours))
    assert found.tz_assumed is False


@pytest.mark.parametrize("name", ["IST", "AST", "AMT", "SST", "XYZ"])
def test_a_zone_that_means_several_is_none(name):
    assert parse(f"1 Sep 2025 10:00:00 {name}") is None


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("tail", ["GMT", "+0000", "-0000"])
def test_the_usual_form_with_each_month(month, tail):
    found = parse(f"{ENGLISH[month - 1]}".join(("01 ", f" 2025 10:00:01 {tail}")))
    assert (found.instant, found.precision, found.tz_assumed) == (
        datetime(2025, month, 1, 10, 0, 1, tzinfo=UTC),
        "second",
        False,
    )


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("01 Sep 2025 10:00:00 +0130", datetime(2025, 9, 1, 8, 30, tzinfo=UTC)),
        ("01 Sep 2025 10:00:00 -0130", datetime(2025, 9, 1, 11, 30, tzinfo=UTC)),
        ("01 Sep 2025 10:00:00 +1400", datetime(2025, 8, 31, 20, tzinfo=UTC)),
        ("01 Sep 2025 10:00:00 +1401", None),
        ("01 Sep 2025 10:00:00 -1400", datetime(2025, 9, 2, 0, tzinfo=UTC)),
        ("01 Sep 2025 10:00:00 +0059", datetime(2025, 9, 1, 9, 1, tzinfo=UTC)),
        ("01 Sep 2025 10:00:00 +0060", None),
        ("01 Sep 2025 10:00:00 +1359", datetime(2025, 8, 31, 20, 1, tzinfo=UTC)),
        ("01 Sep 2025 10:00 +14:00", datetime(2025, 8, 31, 20, tzinfo=UTC)),
        ("01 Sep 2025 10:00 +14:01", None),
        ("01 Sep 2025 10:00 +01:59", datetime(2025, 9, 1, 8, 1, tzinfo=UTC)),
        ("01 Sep 2025 10:00 +01:60", None),
        ("2025-09-01 10:00 00:00", datetime(2025, 9, 1, 10, tzinfo=UTC)),
        ("2025-09-01 10:00 +01", datetime(2025, 9, 1, 9, tzinfo=UTC)),
        ("2025-09-01 10:00 GMT-1", datetime(2025, 9, 1, 11, tzinfo=UTC)),
        ("01 Sep 2025 10:00 \u22120100", datetime(2025, 9, 1, 11, tzinfo=UTC)),
        ("01 Sep 2025 10:00 \u20130100", datetime(2025, 9, 1, 11, tzinfo=UTC)),
        ("01 Sep 2025 10:00 \u20140100", datetime(2025, 9, 1, 11, tzinfo=UTC)),
        ("31 Sep 2025 10:00:00 GMT", None),
        ("01 Sep 2025 24:00:00 GMT", None),
        ("01 Sep 1995 00:00:00 GMT", datetime(1995, 9, 1, tzinfo=UTC)),
        ("31 Dec 1994 23:59:59 GMT", None),
        ("01 Sep 49 10:00:00 GMT", datetime(2049, 9, 1, 10, tzinfo=UTC)),
        ("01 Sep 50 10:00:00 GMT", None),  # 1950
        ("01 Sep 99 10:00:00 GMT", datetime(1999, 9, 1, 10, tzinfo=UTC)),
        ("1756720800", datetime(2025, 9, 1, 10, tzinfo=UTC)),
        ("1756720800000", datetime(2025, 9, 1, 10, tzinfo=UTC)),
        ("999999999", datetime(2001, 9, 9, 1, 46, 39, tzinfo=UTC)),
        ("999999999000", datetime(2001, 9, 9, 1, 46, 39, tzinfo=UTC)),
    ],
)
def test_the_bounds_of_an_instant(text, instant):
    found = parse(text)
    assert (found and found.instant) == instant


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("poniedzia\u0142ek, 1 wrze\u015bnia 2025", 1),
        ("l\u00f8rdag 6. september 2025", 6),
        ("Sal\u0131, 2 Eyl\u00fcl 2025", 2),
        ("\u043f\u2019\u044f\u0442\u043d\u0438\u0446\u044f, 5 \u0432\u0435\u0440\u0435\u0441\u043d\u044f 2025", 5),
        ("\u043f'\u044f\u0442\u043d\u0438\u0446\u044f, 5 \u0432\u0435\u0440\u0435\u0441\u043d\u044f 2025", 5),
    ],
)
def test_letters_that_have_no_accent_to_lose_are_read_like_those_that_do(text, day):
    found = parse(text)
    assert (found.instant, found.precision) == (datetime(2025, 9, day, tzinfo=UTC), "day")


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("1 Sep 2025 12:00 am", 0),
        ("1 Sep 2025 1:00 am", 1),
        ("1 Sep 2025 11:00 am", 11),
        ("1 Sep 2025 12:00 pm", 12),
        ("1 Sep 2025 11:00 pm", 23),
        ("1 Sep 2025 13:00 pm", None),
        ("1 Sep 2025 0:00 am", None),
        ("2025\u5e749\u67081\u65e5 \u5348\u524d10:00", 10),
        ("2025\u5e749\u67081\u65e5 \u5348\u5f8c10:00", 22),
        ("2025\u5e749\u67081\u65e5 \u4e0b\u534810:00", 22),
        ("2025\u5e749\u67081\u65e5 \u4e0a\u534810:00", 10),
        ("2025\ub144 9\uc6d4 1\uc77c \uc624\ud6c4 10:00", 22),
        ("2025\ub144 9\uc6d4 1\uc77c \uc624\uc804 10:00", 10),
        ("1 Sep 2025 10h30", 10),
        ("1 Sep 2025 23:00", 23),
        ("1 Sep 2025 24:00", None),
    ],
)
def test_the_half_of_a_day(text, hour):
    found = parse(text)
    assert (found and found.instant.hour) == hour


@pytest.mark.parametrize(("days", "read"), [(730, True), (730.001, False), (0, True), (-1, True)])
def test_a_date_far_ahead_is_none(days, read):
    now = datetime(2023, 9, 1, tzinfo=UTC)
    text = (now + timedelta(days=days)).isoformat()
    assert (parse(text, now=now) is not None) is read
    assert parse(text) is not None


@pytest.mark.parametrize(("blanks", "read"), [(0, True), (75, True), (76, False)])
def test_a_text_that_is_too_long_for_a_date_is_none(blanks, read):
    text = f"  1 Sep 2025{' ' * blanks} 10:00:00 +0000  "
    assert (len(text.strip()) <= 100) is read
    assert (parse(text) is not None) in (read, False)


@pytest.mark.parametrize(
    ("text", "precision", "assumed"),
    [
        ("2025-09-01", "day", True),
        ("2025-09-01Z", "day", False),
        ("2025-09-01T10:00", "minute", True),
        ("2025-09-01T10:00Z", "minute", False),
        ("2025-09-01T10:00:05", "second", True),
        ("1 September 2025", "day", True),
        ("20250901", "day", True),
        ("20250901T1000", "minute", True),
    ],
)
def test_how_exact_a_date_is_and_whose_zone(text, precision, assumed):
    found = parse(text, timezone="Asia/Tokyo")
    assert (found.precision, found.tz_assumed) == (precision, assumed)
    if precision == "day":
        assert found.instant == datetime(2025, 8, 31, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Mon, 09/01/2025", (9, 1)),
        ("Mon, 01/09/2025", (9, 1)),
        ("Thu, 09/01/2025", (1, 9)),
        ("Tue, 09/01/2025", None),
        ("Sat, 13/09/2025", (9, 13)),
        ("Sun, 13/09/2025", None),  # of numbers the weekday has to be right
        ("Mon, 13/13/2025", None),
        ("\u043f'\u044f\u0442\u043d\u0438\u0446\u044f, 12.09.2025", (9, 12)),
        ("\u043f'\u044f\u0442\u043d\u0438\u0446\u044f, 09.12.2025", (9, 12)),
        ("Sun, 1 Sep 2025", (9, 1)),  # of a name it need not
        ("Nonsense, 1 Sep 2025", None),
    ],
)
def test_of_two_numbers_the_weekday_says_which_is_the_month(text, day):
    found = parse(text)
    assert (found and (found.instant.month, found.instant.day)) == day
