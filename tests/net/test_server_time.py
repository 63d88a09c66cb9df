"""What time servers say it is, and what is left of it when our own clock is set."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.net.server_time import ServerTimes, elapsed, server, stated

SENT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DATE = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "later"),
    [
        ({"date": DATE}, 0),
        ({"date": DATE, "age": "3600"}, 3600),
        ({"date": DATE, "age": " 60 "}, 60),
        ({"date": DATE, "age": "-1"}, 0),
        ({"date": DATE, "age": "1" * 40}, 0),
        ({"date": DATE, "age": "soon"}, 0),
        ({"date": "Mon, 23 Nov 2026 13:00:00 +0100"}, 0),
        ({"date": "Mon, 23 Nov 2026 12:00:00 -0000"}, 0),
        ({}, None),
        ({"date": "yesterday"}, None),
        ({"date": "Mon, 99 Nov 2026 12:00:00 GMT"}, None),
        ({"date": "Fri, 31 Dec 9999 23:59:59 GMT", "age": "999999999"}, None),
    ],
)
def test_an_answer_says_when_it_was_sent_and_how_long_a_cache_kept_it(headers, later):
    assert stated(headers) == (None if later is None else SENT + timedelta(seconds=later))


def test_what_a_server_said_goes_on_with_the_time_that_passes():
    passed = [0.0]
    times = ServerTimes(lambda: passed[0])
    assert times.recent(600) == {}
    times.heard("https://me:secret@Site.example:8443/rss.xml", {"date": DATE})
    passed[0] = 90.0
    assert times.recent(90) == {"site.example:8443": SENT + timedelta(seconds=90)}
    assert times.recent(89) == {}
    assert times.heard_since(0.0)
    assert not times.heard_since(0.1)


def test_a_server_is_its_host_and_port():
    assert server("https://me:secret@Site.example:8443/a?b") == "site.example:8443"


def test_only_what_was_asked_and_heard_since_a_mark_counts():
    passed = [5.0]
    times = ServerTimes(lambda: passed[0])
    assert not times.asked_since(0.0)
    assert not times.heard_since(0.0)
    times.asked()
    assert [times.asked_since(mark) for mark in (4.9, 5.0, 5.1)] == [True, True, False]
    times.heard("https://a.example/", {})
    assert not times.heard_since(0.0), "it did not say what time it is"
    times.heard("https://a.example/", {"date": DATE})
    passed[0] = 7.0
    times.heard("https://b.example/", {"date": DATE})
    assert [times.heard_since(mark) for mark in (5.0, 6.0, 7.0, 7.1)] == [True, True, True, False]
    assert times.recent(1) == {"b.example": SENT}
    passed[0] = 9.0
    times.heard("https://a.example/", {"date": DATE})
    assert times.recent(99) == {"a.example": SENT, "b.example": SENT + timedelta(seconds=2)}


@pytest.mark.parametrize(("age", "kept"), [("9" * 9, 999_999_999), ("1" + "0" * 9, 0), ("²", 0)])
def test_an_age_has_less_than_ten_digits(age, kept):
    assert stated({"date": DATE, "age": age}) == SENT + timedelta(seconds=kept)


def test_a_date_without_a_zone_is_of_greenwich():
    assert stated({"date": "Mon, 23 Nov 2026 12:00:00"}) == SENT


def test_the_time_that_passes_goes_on_by_itself(monkeypatch):
    first = elapsed()
    assert elapsed() >= first > 0
    monkeypatch.setattr(time, "clock_gettime", lambda which: ("clock", which))
    assert elapsed() == ("clock", time.CLOCK_BOOTTIME)
    monkeypatch.delattr(time, "CLOCK_BOOTTIME")
    assert isinstance(elapsed(), float)
    assert ServerTimes()._elapsed is elapsed
