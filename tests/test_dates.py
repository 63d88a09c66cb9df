from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.dates import parse

TEN = datetime(2025, 9, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("Mon, 01 Sep 2025 10:00:00 GMT", TEN),
        ("Mon, 01 Sep 2025 10:00:00 +0000", TEN),
        ("Mon, 1 Sep 2025 12:00:00 +0200", TEN),
        ("Mon,01 Sep 2025 10:00:00 UT", TEN),
        ("01 Sep 2025 10:00:00 Z", TEN),
        ("Mon, 01 Sep 25 10:00:00 GMT", TEN),
        ("Tue, 01 Sep 2025 10:00:00 GMT", TEN),
        ("Monday, 01-Sep-25 10:00:00 GMT", TEN),
        ("Mon, 01 September 2025 10:00:00 GMT", TEN),
        ("Mon, 01 Sep 2025 06:00:00 -0400", TEN),
        ("Mon, 01 Sep 2025 10:00:00 +0000 (UTC)", TEN),
        ("Mon Sep  1 10:00:00 UTC 2025", TEN),
        ("Mon Sep 01 10:00:00 +0000 2025", TEN),
        ("Mon Sep 01 2025 12:00:00 GMT+0200 (Central European Summer Time)", TEN),
        ("September 1, 2025 10:00 AM GMT", TEN),
        ("Sep 1, 2025 12:00:00 pm EST", datetime(2025, 9, 1, 17, tzinfo=UTC)),
        ("2025-09-01T10:00:00Z", TEN),
        ("2025-09-01t10:00:00z", TEN),
        ("2025-09-01T10:00:00.123456789Z", TEN),
        ("2025-09-01T10:00:00,5Z", TEN),
        ("2025-09-01T12:00:00+02:00", TEN),
        ("2025-09-01T12:00:00+02", TEN),
        ("2025-09-01T10:00:00+0200", TEN - timedelta(hours=2)),
        ("2025-09-01 12:00:00 +0200", TEN),
        ("2025-09-01T10:00:00-00:00", TEN),
        ("20250901T100000Z", TEN),
        ("2025-09-01T11:00:00+01:00[Europe/Lisbon]", TEN),
        ("1756720800", TEN),
        ("1756720800000", TEN),
        ("Mon, 01 Sep 2025 12:00:00 CEST", TEN),
        ("Mon, 01 Sep 2025 11:00:00 CET", TEN),
        ("Mon, 01 Sep 2025 11:00:00 BST", TEN),
        ("Mon, 01 Sep 2025 05:00:00 EST", TEN),
        ("Mon, 01 Sep 2025 06:00:00 EDT", TEN),
        ("Mon, 01 Sep 2025 04:00:00 CST", TEN),
        ("Mon, 01 Sep 2025 19:30:00 ACST", TEN),
        ("Mon, 01 Sep 2025 12:00:00 GMT+2", TEN),
        ("Mon, 01 Sep 2025 12:00:00 UTC+02:00", TEN),
        ("lun, 01 sep 2025 12:00:00 +0200", TEN),
        ("mié, 03 dic 2025 10:00:00 GMT", datetime(2025, 12, 3, 10, tzinfo=UTC)),
        ("seg, 01 set 2025 10:00:00 GMT", TEN),
        ("lun., 1 sept. 2025 10:00:00 GMT", TEN),
        ("Mo, 1. September 2025 10:00:00 GMT", TEN),
        ("lun, 01 set 2025 10:00:00 GMT", TEN),
        ("ma 01 september 2025 10:00:00 GMT", TEN),
        ("Mon, 01 Sep 2025 15:30:00+5:30", TEN),
        ("Mon, 01 Sep 2025 06:00:00 -4:00", TEN),
        ("Mon, 01 Sep 2025 06:00:00 \u22120400", TEN),
        ("Mon, 01 Sep 2025 06:00:00 -0400 EDT", TEN),
        ("Mon, 01 Sep 2025 15:30:00 +0530 IST", TEN),
        ("2025-09-01 10:00:00 +0000 UTC", TEN),
        ("2025-09-01 15:30:00.123456 +0530 +0530 m=+0.012", TEN),
        ("2025-09-01T10:00:00+00:00Z", TEN),
        ("2025-09-01 03:00:00 America/Los_Angeles", TEN),
        ("Mon, 01 Sep 2025 12:00:00 Europe/Berlin", TEN),
        ("Mon, 01 Sep 2025 10:0:0 GMT", TEN),
        ("2025-9-1T10:0:0Z", TEN),
        ("01/Sep/2025:10:00:00 +0000", TEN),
        ("Пн, 01 сен 2025 13:00:00 +0300", TEN),
        ("понедельник, 1 сентября 2025 г., 13:00:00 +0300", TEN),
        ("Пн, 01 вер 2025 13:00:00 +0300", TEN),
        ("pon, 01 wrz 2025 12:00:00 +0200", TEN),
        ("mån, 01 sep 2025 12:00:00 +0200", TEN),
        ("man., 01 sept. 2025 12:00:00 +0200", TEN),
        ("Po, 01 zář 2025 12:00:00 +0200", TEN),
        ("Pzt, 01 Eyl 2025 13:00:00 +0300", TEN),
        ("Δευ, 01 Σεπ 2025 13:00:00 +0300", TEN),
        ("月, 01 9月 2025 19:00:00 +0900", TEN),
        ("周一, 01 9月 2025 18:00:00 +0800", TEN),
        ("월, 01 9월 2025 19:00:00 +0900", TEN),
    ],
)
def test_an_instant_is_read_as_it_was_written(text, instant):
    found = parse(text)
    assert found is not None
    assert (found.instant, found.tz_assumed) == (instant, False)


@pytest.mark.parametrize(
    ("text", "precision"),
    [("2025-09-01-10:00:00 AM", "second"), ("2025-09-01-10:00:00+00:00", "second"), ("2025-08-31-10:00", "day")],
)
def test_a_hyphen_before_a_whole_time_is_no_offset(text, precision):
    found = parse(text)
    assert found is not None
    assert (found.precision, found.instant == TEN) == (precision, precision == "second")


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("1 de enero de 2025", 1),
        ("1 janvier 2025", 1),
        ("1. Jänner 2025", 1),
        ("1 gen 2025", 1),
        ("2 févr. 2025", 2),
        ("1 março 2025", 3),
        ("1. März 2025", 3),
        ("1 mrt 2025", 3),
        ("1 abr 2025", 4),
        ("1 mei 2025", 5),
        ("1 maggio 2025", 5),
        ("1er juin 2025", 6),
        ("1 juil. 2025", 7),
        ("1 août 2025", 8),
        ("1 ago 2025", 8),
        ("1 de outubro de 2025", 10),
        ("1. Okt 2025", 10),
        ("1 ott 2025", 10),
        ("1. Dez. 2025", 12),
        ("1 déc. 2025", 12),
        ("1 февраля 2025", 2),
        ("1 мая 2025 года", 5),
        ("1 lutego 2025", 2),
        ("1. července 2025", 7),
        ("1 juli 2025", 7),
        ("den 1 maj 2025", 5),
        ("1. huhtikuuta 2025", 4),
        ("2025. március 1.", 3),
        ("1 Ağustos 2025", 8),
        ("1 Kasım 2025", 11),
        ("1 octombrie 2025", 10),
        ("1 d'agost de 2025", 8),
        ("1 Tháng 9, 2025", 9),
        ("2025年10月1日", 10),
        ("2025년 10월 1일", 10),
        ("1 يونيو 2025", 6),
        ("יום שני, 1 בספטמבר 2025", 9),
    ],
)
def test_months_are_known_in_many_languages(text, month):
    found = parse(text)
    assert found is not None
    assert (found.instant.month, found.precision) == (month, "day")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2025",
        "2025-09",
        "2025-W36-1",
        "0000-00-00 00:00:00",
        "0000-00-00",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "1994-12-31",
        "0",
        "86400",
        "Mon, 31 Feb 2025 10:00:00 GMT",
        "2025-02-30",
        "Mon, 01 Sep 2025 10:00:60 GMT",
        "Mon, 01 Sep 2025 24:00:00 GMT",
        "Mon, 01 Sep 2025 10:60:00 GMT",
        "Sep 1, 2025 13:00 PM GMT",
        "2025-09-01T10:00:00+25:00",
        "2025-09-01T10:00:00+02:75",
        "Mon, 01 Sep 2025 10:00:00 +2500",
        "Mon, 01 Sep 2025 10:00:00 IST",
        "Mon, 01 Sep 2025 10:00:00 XYZ",
        "01/09/2025 10:00",
        "01/09/2025",
        "1.9.2025",
        "01-09-2025",
        "09-01-25",
        "Published 3 December 2021",
        "12 jui 2025",
        "01 Foo 2025 10:00:00 GMT",
        "2025090110",
        "٢٠٢٥-٠٩-٠١",
        "2025-09-01T10",
        "Mon, 01 Sep 2025 10:00:00 GMT and more",
        "Mon, 01 Sep 2025 10:00:00 America/Nowhere",
        "2025-09-01 10:00.5",
        "Yesterday at 10:00",
        "1 Foo 2025 at 10:00",
        "x" * 200,
    ],
)
def test_what_is_not_beyond_doubt_is_no_date(text):
    assert parse(text, timezone="Europe/Lisbon") is None


@pytest.mark.parametrize(
    ("text", "instant", "precision"),
    [
        ("2020/1/10 14:33:00", datetime(2020, 1, 10, 13, 33, tzinfo=UTC), "second"),
        ("2025-07-01 10:00", datetime(2025, 7, 1, 8, tzinfo=UTC), "minute"),
        ("2025-01-01T10:00:00", datetime(2025, 1, 1, 9, tzinfo=UTC), "second"),
        ("dimanche 7 septembre 2025", datetime(2025, 9, 6, 22, tzinfo=UTC), "day"),
        ("2025-09-07", datetime(2025, 9, 6, 22, tzinfo=UTC), "day"),
        ("20250907", datetime(2025, 9, 6, 22, tzinfo=UTC), "day"),
        ("2025.09.07", datetime(2025, 9, 6, 22, tzinfo=UTC), "day"),
        ("Sun, 07 Sep 2025", datetime(2025, 9, 6, 22, tzinfo=UTC), "day"),
        ("Monday, September 1, 2025 - 15:00", datetime(2025, 9, 1, 13, tzinfo=UTC), "minute"),
        ("Mon, 09/01/2025 - 15:00", datetime(2025, 9, 1, 13, tzinfo=UTC), "minute"),
        ("lun, 01/09/2025 - 15:00", datetime(2025, 9, 1, 13, tzinfo=UTC), "minute"),
        ("September 1, 2025 at 3:00 pm", datetime(2025, 9, 1, 13, tzinfo=UTC), "minute"),
        ("1 septembre 2025 à 15h00", datetime(2025, 9, 1, 13, tzinfo=UTC), "minute"),
        ("1. September 2025, 15.00 Uhr", datetime(2025, 9, 1, 13, tzinfo=UTC), "minute"),
        ("2025年9月1日(月) 15時00分", datetime(2025, 9, 1, 13, tzinfo=UTC), "minute"),
        ("2025년 9월 1일 오후 3:00", datetime(2025, 9, 1, 13, tzinfo=UTC), "minute"),
    ],
)
def test_a_date_without_zone_is_the_sources_own_and_says_so(text, instant, precision):
    found = parse(text, timezone="Europe/Berlin")
    assert found is not None
    assert (found.instant, found.precision, found.tz_assumed) == (instant, precision, True)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("pon, 03 lis 2025 10:00:00 GMT", (11, 3)),  # Polish
        ("pon, 06 lis 2025 10:00:00 GMT", (10, 6)),  # Croatian
        ("6 listopada 2025 10:00:00 GMT", None),
        ("Thu, 01/09/2025", (1, 9)),
        ("Mon, 01/09/2025", (9, 1)),
        ("Tue, 01/09/2025", None),
        ("Mon, 22/10/2025", None),
    ],
)
def test_of_two_days_that_a_text_can_mean_the_weekday_decides(text, day):
    found = parse(text)
    assert (found and (found.instant.month, found.instant.day)) == day


def test_a_day_is_that_day_in_the_sources_zone_even_if_it_names_another():
    found = parse("2025-09-07Z", timezone="Asia/Tokyo")
    assert found is not None
    assert (found.instant, found.precision) == (datetime(2025, 9, 6, 15, tzinfo=UTC), "day")


def test_far_ahead_is_refused_once_the_present_is_known():
    text = "Mon, 01 Sep 2031 10:00:00 GMT"
    assert parse(text) is not None
    assert parse(text, now=datetime(2026, 11, 23, tzinfo=UTC)) is None
    assert parse("2031-09-01T10:00:00Z", now=datetime(2030, 11, 23, tzinfo=UTC)) is not None


MOMENTS = st.integers(0, 95 * 365 * 86_400).map(
    lambda seconds: datetime(1995, 1, 2, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(MOMENTS, st.integers(-12 * 60, 14 * 60))
def test_every_way_to_write_an_instant_says_the_same(moment, offset):
    sign, hours, minutes = "-" if offset < 0 else "+", abs(offset) // 60, abs(offset) % 60
    zone = f"{sign}{hours:02}{minutes:02}"
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    rfc = f"{moment.day:02} {months[moment.month - 1]} {moment.year} {moment:%H:%M:%S} {zone}"
    expected = moment - timedelta(minutes=offset)
    for text in (
        rfc,
        f"Mon, {rfc}",
        f"Monday,  {rfc}",
        f"{moment:%Y-%m-%dT%H:%M:%S}{zone}",
        f"{moment:%Y-%m-%d %H:%M:%S} {zone}",
    ):
        found = parse(text)
        assert found is not None
        assert found.instant == expected


@given(st.text(alphabet="0123456789 -/:.,+TZGMadeprsunotv()", max_size=40))
def test_no_text_breaks_the_parser(text):
    found = parse(text)
    assert found is None or found.instant.tzinfo is UTC
