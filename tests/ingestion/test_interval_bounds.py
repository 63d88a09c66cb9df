"""How long a failing source is left alone at most, and what its server may ask for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.config.values import every
from syndicate.ingestion.interval import after_failure, asked_for, awake, expected, next_poll, spread
from syndicate.model import NO_HINTS, PollHints

NOW = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def wait(typed="5m", wish=NO_HINTS, fails=1, **options):
    return after_failure("news", every(typed), wish, NOW, fails=fails, **options) - NOW


@pytest.mark.parametrize("fails", [9, 20, 21, 400])
def test_a_source_that_always_fails_is_asked_once_a_day(fails):
    assert wait(fails=fails, pressed=True) == DAY
    assert 12 * HOUR <= wait(fails=fails) <= DAY
    assert wait("2d", fails=fails) == 2 * DAY, "not sooner than one that is well"


@pytest.mark.parametrize(("fails", "minutes"), [(1, 10), (2, 20), (3, 40), (8, 1280)])
def test_each_failure_doubles_the_wait(fails, minutes):
    assert wait(fails=fails, pressed=True) == minutes * MINUTE
    assert minutes * MINUTE / 2 <= wait(fails=fails) < minutes * MINUTE


@pytest.mark.parametrize(
    ("wish", "minutes"),
    [
        (PollHints(served=30 * MINUTE), 60),
        (PollHints(said=30 * MINUTE), 60),
        (PollHints(served=30 * MINUTE, said=40 * MINUTE), 80),
        (PollHints(served=MINUTE), 10),
        (PollHints(served=9 * HOUR), 120),  # an hour at most, doubled
    ],
)
def test_a_failing_source_is_not_asked_sooner_than_it_wished(wish, minutes):
    assert wait("5m to 1h", wish, pressed=True) == minutes * MINUTE


def test_one_that_is_gone_for_good_is_asked_once_a_day():
    assert wait(gone=True) == DAY
    assert wait(fails=400, gone=True) == DAY
    assert wait("2d", gone=True) == 2 * DAY


@pytest.mark.parametrize(("minutes", "waits"), [(None, 10), (5, 10), (11, 11), (60, 60)])
def test_what_the_server_asks_for_is_kept_if_it_is_longer(minutes, waits):
    at = None if minutes is None else NOW + minutes * MINUTE
    assert wait(pressed=True, retry_at=at) == waits * MINUTE


@pytest.mark.parametrize(
    ("seconds", "until"), [(None, None), (0, 0), (60.5, 60.5), (604_800, 604_800), (604_801, 604_800), (1e300, 604_800)]
)
def test_a_server_may_ask_for_a_week(seconds, until):
    assert asked_for(seconds, NOW) == (None if until is None else NOW + timedelta(seconds=until))


def test_overdue_polls_are_spread_over_five_minutes_and_less():
    waits = [spread(f"source {number}", every("1h"), NOW) - NOW for number in range(200)]
    assert timedelta(0) <= min(waits) < 5 * timedelta(seconds=2)
    assert 5 * MINUTE - timedelta(seconds=10) < max(waits) < 5 * MINUTE
    assert max(spread(f"source {number}", every("1m"), NOW) - NOW for number in range(200)) < MINUTE


@pytest.mark.parametrize(
    ("hours", "days", "at"),
    [
        ((), (), NOW),
        ((11,), (), NOW),
        ((12,), (), NOW + 30 * MINUTE),
        ((12, 13), (), NOW + 90 * MINUTE),
        ((12, 14), (), NOW + 30 * MINUTE),
        ((), (0,), NOW + 11.5 * HOUR),
        ((0, 1), (0,), NOW + 13.5 * HOUR),
        ((), (1,), NOW),
    ],
)
def test_hours_and_days_that_a_source_skips(hours, days, at):
    assert awake(NOW, PollHints(hours=hours, days=days), NOW + DAY) == at
    assert awake(NOW, PollHints(hours=hours, days=days), NOW + 20 * MINUTE) == min(at, NOW + 20 * MINUTE)


@pytest.mark.parametrize(("bare", "minutes"), [(True, 60), (False, 1)])
def test_a_server_that_always_sends_it_all_is_asked_hourly(bare, minutes):
    assert next_poll(every("1m to 6h"), NO_HINTS, (), NOW, bare=bare) == NOW + minutes * MINUTE
    assert next_poll(every("1m"), NO_HINTS, (), NOW, bare=bare) == NOW + MINUTE


@pytest.mark.parametrize(("known", "learned"), [(7, False), (8, True)])
def test_from_eight_articles_on_its_habits_are_known(known, learned):
    came = [NOW - number * HOUR for number in range(1, known + 1)]
    assert (expected(came, NOW, 6 * HOUR) > timedelta(0)) is learned
    assert (expected([*came, NOW + MINUTE], NOW, 6 * HOUR) > timedelta(0)) is learned, "what is ahead tells nothing"
    assert (expected([*came[1:], NOW], NOW, 6 * HOUR) > timedelta(0)) is learned


def test_one_article_an_hour_is_expected_in_half_of_one():
    came = [NOW - number * HOUR for number in range(7 * 24)]
    assert abs(expected(came, NOW, 6 * HOUR) - 30 * MINUTE) <= 3 * MINUTE


def test_what_came_long_ago_counts_half_as_much_each_week_and_not_at_all_in_the_end():
    old = [NOW - timedelta(weeks=7) - number * MINUTE for number in range(500)]
    few = [NOW - timedelta(weeks=week, hours=3) for week in range(4)]
    assert expected([*few, *old], NOW, 6 * HOUR) == expected([*few, *old[:8]], NOW, 6 * HOUR)
