"""When a source is asked again: tables of what publishers type, servers wish and newsrooms do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.config.values import every
from syndicate.ingestion.interval import LONGEST, after_failure, asked_for, expected, next_poll, share, spread
from syndicate.model import DEFAULT_INTERVAL, PollHints, PollInterval

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
NOON = MONDAY + timedelta(hours=12)
RANGE = every("5m to 6h")


def minutes(number):
    return timedelta(minutes=number)


def newsroom(weeks=5, until=MONDAY):
    """Ten stories an hour, Monday to Friday from seven to nineteen; nothing else. Newest first."""
    hours = [until - timedelta(weeks=weeks) + timedelta(hours=number) for number in range(weeks * 168)]
    busy = [hour for hour in hours if hour.weekday() < 5 and 7 <= hour.hour < 19]
    return [hour + timedelta(minutes=6 * number) for hour in reversed(busy) for number in reversed(range(10))]


@pytest.mark.parametrize(
    ("typed", "wish", "wait"),
    [
        ("5m", PollHints(served=timedelta(hours=2), said=timedelta(days=1)), 5),  # the publisher's own word wins
        ("5m", PollHints(hours=tuple(range(24))), 5),
        (None, PollHints(), 5),
        (None, PollHints(served=minutes(15)), 15),
        (None, PollHints(served=minutes(15), said=minutes(30)), 30),
        (None, PollHints(served=minutes(1)), 5),
        (None, PollHints(said=timedelta(days=1)), 60),  # a newsroom must not wait a day
        (None, PollHints(hours=(12, 13)), 60),  # until 14:00, but an hour at most
        (None, PollHints(served=minutes(50), hours=(13,)), 50),
        ("5m to 6h", PollHints(served=timedelta(hours=2)), 120),
        ("5m to 6h", PollHints(said=timedelta(days=1)), 360),
        ("5m to 6h", PollHints(hours=(12, 13, 14)), 180),
        ("5m to 6h", PollHints(days=(0,)), 360),
        ("5m to 48h", PollHints(days=(0,)), 720),
        ("5m to 48h", PollHints(days=tuple(range(7))), 48 * 60),
    ],
)
def test_what_is_typed_and_what_is_wished(typed, wish, wait):
    assert next_poll(every(typed) if typed else DEFAULT_INTERVAL, wish, (), NOON) == NOON + minutes(wait)


def test_a_busy_weekday_morning_is_asked_as_often_as_allowed():
    for hour in range(8, 18):
        now = MONDAY + timedelta(hours=hour)
        assert next_poll(RANGE, PollHints(), newsroom(), now) == now + minutes(5)


def test_a_silent_night_is_left_alone():
    for now in (MONDAY - timedelta(hours=23), MONDAY - timedelta(hours=12), MONDAY):
        assert next_poll(RANGE, PollHints(), newsroom(until=now), now) == now + timedelta(hours=6)


def test_the_morning_is_not_slept_through():
    """At four nothing comes for hours, but at seven it does: the wait ends there and not at ten."""
    now = MONDAY + timedelta(hours=4)
    assert timedelta(hours=2) < next_poll(RANGE, PollHints(), newsroom(), now) - now <= timedelta(hours=3)


def test_a_newsroom_that_changes_its_hours_is_followed_within_weeks():
    before = [moment + timedelta(hours=12) for moment in newsroom(weeks=6, until=MONDAY - timedelta(weeks=2))]
    came = sorted([*before, *newsroom(weeks=2)], reverse=True)
    morning, night = MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=22)
    assert expected(came, morning, RANGE.most) < minutes(6)
    assert expected(came, night, RANGE.most) > expected(came, morning, RANGE.most) * 2


@pytest.mark.parametrize(
    ("came", "hour", "wait"),
    [
        (12, 8, 10),  # half a story of three an hour
        (12, 9, 5),  # of six
        (12, 10, 30),  # of three, a week ago by now, when they count half, beside this hour's none: of one
        (4, 8, 30),
        (4, 9, 15),
        (2, 8, 60),
        (2, 8.5, 45),  # a quarter of a story in half this hour, and another quarter in a quarter of the next
        (2, 11, 360),  # nothing, for as long as may be
    ],
)
def test_the_wait_is_until_half_a_story_is_to_be_expected(came, hour, wait):
    """So many stories at ten past nine on each day of one week: half of them count for this hour, a quarter
    for each beside it.
    """
    days = [MONDAY - timedelta(days=day) + timedelta(hours=9, minutes=10) for day in range(1, 8)]
    seen = [day for day in days for _ in range(came)]
    assert expected(seen, MONDAY + timedelta(hours=hour), RANGE.most) == minutes(wait)


def test_of_two_weeks_the_older_one_counts_half():
    """Twelve in this hour two weeks ago count as half of six, in one and a half weeks: two an hour."""
    now = MONDAY + timedelta(hours=9)
    seen = [now - timedelta(weeks=2) + minutes(5 + 4 * number) for number in range(12)]
    assert expected(seen, now, RANGE.most) == minutes(15)


def test_who_is_hardly_known_has_no_habits():
    assert expected(newsroom()[:7], MONDAY, RANGE.most) == timedelta(0)
    assert expected(newsroom()[:8], MONDAY, RANGE.most) > timedelta(0)


def test_hours_never_seen_count_as_the_mean_one():
    """Ten stories of yesterday's afternoon say nothing of the night, and the night is not taken as silent."""
    came = [MONDAY - timedelta(hours=number) for number in range(4, 14)]
    assert timedelta(0) < expected(came, MONDAY + timedelta(hours=5), timedelta(days=2)) <= timedelta(hours=2)


def test_an_abandoned_blog_is_asked_as_seldom_as_allowed():
    came = [MONDAY - timedelta(days=100 + number) for number in range(20)]
    assert next_poll(RANGE, PollHints(), came, MONDAY) == MONDAY + timedelta(hours=6)


def test_a_server_that_cannot_say_unchanged_is_asked_hourly_at_most_where_habits_decide():
    assert next_poll(RANGE, PollHints(), newsroom(), NOON, bare=True) == NOON + timedelta(hours=1)
    assert next_poll(every("5m"), PollHints(), (), NOON, bare=True) == NOON + minutes(5)


@given(
    st.lists(st.integers(0, 60 * 24 * 60), max_size=60),
    st.integers(0, 60 * 24 * 7),
    st.sampled_from([DEFAULT_INTERVAL, RANGE, every("5m"), every("10m to 3d")]),
    st.tuples(*[st.none() | st.integers(1, 10_000)] * 2),
    st.sets(st.integers(0, 23)),
    st.sets(st.integers(0, 6)),
)
def test_it_stays_within_its_bounds(ages, now, rule, waits, hours, days):
    at = MONDAY + minutes(now)
    wish = PollHints(*(wait and minutes(wait) for wait in waits), tuple(hours), tuple(days))
    after = next_poll(rule, wish, sorted((at - minutes(age) for age in ages), reverse=True), at) - at
    assert rule.least <= after <= rule.most


def test_each_failure_doubles_the_wait_up_to_a_day():
    waits = [after_failure("news", every("5m"), PollHints(), NOON, fails=fails) - NOON for fails in range(1, 30)]
    for number, wait in enumerate(waits[:8]):
        assert minutes(5) * 2**number <= wait <= minutes(10) * 2**number
    assert waits[:9] == sorted(waits[:9])
    assert LONGEST / 2 <= waits[-1] <= max(waits) <= LONGEST


def test_a_429_without_a_time_doubles_in_full():
    waits = [
        after_failure("news", every("5m"), PollHints(), NOON, fails=fails, pressed=True) - NOON
        for fails in (1, 2, 3, 12)
    ]
    assert waits == [minutes(10), minutes(20), minutes(40), LONGEST]


def test_failures_are_spread_by_name():
    waits = {after_failure(f"n{number}", every("5m"), PollHints(), NOON, fails=3) for number in range(40)}
    assert len(waits) == 40
    assert max(waits) - min(waits) > minutes(12)


def test_what_is_gone_is_asked_once_a_day():
    assert after_failure("news", every("5m"), PollHints(), NOON, fails=1, gone=True) == NOON + timedelta(days=1)


def test_a_wait_that_the_server_asks_for_is_kept_to():
    at = asked_for(90_000, NOON)
    assert after_failure("news", every("5m"), PollHints(), NOON, fails=1, retry_at=at) == NOON + timedelta(hours=25)
    assert asked_for(1e12, NOON) == NOON + timedelta(days=7)
    assert asked_for(None, NOON) is None


def test_a_slow_source_that_fails_is_not_asked_sooner():
    assert after_failure("news", every("3d"), PollHints(), NOON, fails=1) >= NOON + timedelta(days=1)


def test_overdue_sources_of_a_site_are_spread_over_five_minutes_at_most():
    for rule in (every("1m"), DEFAULT_INTERVAL, every("6h")):
        whens = {spread(f"s{number}", rule, NOON) for number in range(40)}
        assert len(whens) == 40
        assert NOON <= min(whens) <= max(whens) < NOON + min(rule.least, minutes(5))
    assert 0 <= share("news") == share("news") < 1


def test_a_range_is_read():
    assert every("5m") == PollInterval(minutes(5), minutes(5))
    assert every("5m to 6h") == PollInterval(minutes(5), timedelta(hours=6), learns=True)
    for wrong in ("6h to 5m", "5m to 5m", "5m to", "to 6h", "0 to 6h", "5m to 6", "5m to 6h to 7h"):
        with pytest.raises(ValueError):
            every(wrong)
