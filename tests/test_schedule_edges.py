"""Hours, caps and the flaws of a schedule, to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.config.hours import hours
from syndicate.model import Account, Schedule
from syndicate.schedule import Cap, at_once, caps, flaw, free_at, opening

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)  # a Thursday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def schedule(*windows, quiet=(), zone="UTC"):
    return Schedule(tuple(map(hours, windows)), tuple(map(hours, quiet)), timezone=zone)


@pytest.mark.parametrize(
    ("priority", "breaking", "ignores"),
    [(0, "at once", True), (1, "at once", False), (0, "wait", False), (1, "wait", False), (-1, "wait", True)],
)
def test_only_breaking_news_of_an_account_that_wants_it_so_and_what_a_person_wants_now_goes_at_once(
    priority, breaking, ignores
):
    account = Account("desk", "mastodon", schedule=Schedule(breaking=breaking))
    assert at_once(account, priority) is ignores


@pytest.mark.parametrize(
    ("said", "urgent", "found"),
    [
        ({}, False, ()),
        ({"spacing": MINUTE}, False, (Cap(1, MINUTE, "spacing"),)),
        ({"spacing": MINUTE}, True, ()),
        ({"per_hour": 0}, False, (Cap(0, HOUR, "per_hour"),)),
        ({"per_day": 0}, True, (Cap(0, DAY, "per_day"),)),
        (
            {"spacing": MINUTE, "per_hour": 2, "per_day": 3},
            False,
            (Cap(1, MINUTE, "spacing"), Cap(2, HOUR, "per_hour"), Cap(3, DAY, "per_day")),
        ),
        ({"spacing": MINUTE, "per_hour": 2, "per_day": 3}, True, (Cap(2, HOUR, "per_hour"), Cap(3, DAY, "per_day"))),
    ],
)
def test_the_caps_of_a_schedule(said, urgent, found):
    assert caps(Schedule(**said), urgent=urgent) == found
    if not urgent:
        assert caps(Schedule(**said)) == found


@pytest.mark.parametrize(
    ("ago", "limits", "free"),
    [
        ({1: 9 * MINUTE}, [Cap(1, 10 * MINUTE, "a")], (NOW + MINUTE, "a")),
        ({1: 10 * MINUTE}, [Cap(1, 10 * MINUTE, "a")], (NOW, "")),
        ({1: 11 * MINUTE}, [Cap(1, 10 * MINUTE, "a")], (NOW, "")),
        ({}, [Cap(1, 10 * MINUTE, "a")], (NOW, "")),
        ({1: -HOUR}, [Cap(1, 10 * MINUTE, "a")], (NOW + 10 * MINUTE, "a")),
        ({1: 9 * MINUTE}, [Cap(1, 10 * MINUTE, "a"), Cap(1, 10 * MINUTE, "b")], (NOW + MINUTE, "a")),
        ({1: 0 * MINUTE, 2: MINUTE}, [Cap(1, 10 * MINUTE, "a"), Cap(2, HOUR, "b")], (NOW + 59 * MINUTE, "b")),
        ({1: 0 * MINUTE, 2: MINUTE}, [Cap(2, HOUR, "b"), Cap(1, 10 * MINUTE, "a")], (NOW + 59 * MINUTE, "b")),
    ],
)
def test_the_cap_that_is_free_last_decides(ago, limits, free):
    assert free_at(limits, lambda number: NOW - ago[number] if number in ago else None, NOW) == free


WEEKDAYS = "Mon-Fri 07:00-23:00"


@pytest.mark.parametrize(
    ("plan", "now", "opens", "said"),
    [
        (schedule(), "2026-11-26T12:00", "2026-11-26T12:00", ""),
        (schedule(WEEKDAYS), "2026-11-26T07:00", "2026-11-26T07:00", ""),
        (schedule(WEEKDAYS), "2026-11-26T06:59:59", "2026-11-26T07:00", "windows"),
        (schedule(WEEKDAYS), "2026-11-26T22:59:59", "2026-11-26T22:59:59", ""),
        (schedule(WEEKDAYS), "2026-11-26T23:00", "2026-11-27T07:00", "windows"),
        (schedule("Sun 22:00-06:00"), "2026-11-23T05:59", "2026-11-23T05:59", ""),
        (schedule("Sun 22:00-06:00"), "2026-11-23T06:00", "2026-11-29T22:00", "windows"),
        (schedule("Mon 07:00-08:00"), "2026-11-23T08:00", "2026-11-30T07:00", "windows"),
        (schedule("Mon 07:00-08:00"), "2026-11-29T23:59", "2026-11-30T07:00", "windows"),
        (schedule("Mon 07:00-09:00", "Mon 09:00-11:00"), "2026-11-23T09:00", "2026-11-23T09:00", ""),
        (schedule("Mon 07:00-09:00", "Mon 09:00-11:00"), "2026-11-23T11:00", "2026-11-30T07:00", "windows"),
        (schedule("Mon 09:00-11:00", "Mon 07:00-08:00"), "2026-11-23T08:30", "2026-11-23T09:00", "windows"),
        (schedule(quiet=["22:00-06:00"]), "2026-11-26T22:00", "2026-11-27T06:00", "quiet"),
        (schedule(quiet=["22:00-06:00"]), "2026-11-26T21:59:59", "2026-11-26T21:59:59", ""),
        (schedule(quiet=["22:00-06:00"]), "2026-11-27T06:00", "2026-11-27T06:00", ""),
        (schedule(quiet=["Sun 22:00-06:00"]), "2026-11-23T05:00", "2026-11-23T06:00", "quiet"),
        (schedule(quiet=["Thu", "Fri", "Thu 12:00-13:00"]), "2026-11-26T12:30", "2026-11-28T00:00", "quiet"),
        (schedule(WEEKDAYS, quiet=["Thu"]), "2026-11-26T12:00", "2026-11-27T07:00", "windows"),
        (schedule(WEEKDAYS, quiet=["Thu 07:00-08:00"]), "2026-11-26T05:00", "2026-11-26T08:00", "quiet"),
        (schedule(WEEKDAYS, quiet=["Thu 22:00-Fri 07:00"]), "2026-11-26T22:30", "2026-11-27T07:00", "quiet"),
        (schedule(WEEKDAYS, quiet=["Thu 22:00-Fri 06:00"]), "2026-11-26T22:30", "2026-11-27T07:00", "windows"),
        (schedule(WEEKDAYS, zone="Asia/Kolkata"), "2026-11-26T17:30", "2026-11-27T01:30", "windows"),
        (schedule("Mon 07:00-08:00", zone="Pacific/Auckland"), "2026-11-28T12:00", "2026-11-29T18:00", "windows"),
        (schedule("Sun 20:00-21:00", zone="America/Los_Angeles"), "2026-11-30T03:00", "2026-11-30T04:00", "windows"),
    ],
)
def test_when_an_account_may_post_next_and_what_decides(plan, now, opens, said):
    assert opening(plan, at(now)) == (at(opens), said)


@pytest.mark.parametrize("day", range(23, 30))
@pytest.mark.parametrize("time", ["00:00", "12:00", "23:59:59"])
def test_hours_that_never_open_end_the_search(day, time):
    now = at(f"2026-11-{day}T{time}")
    assert opening(schedule(quiet=["Mon-Sun"]), now) == (None, "quiet")
    found, said = opening(schedule("Mon 07:00-09:00", quiet=["Mon"]), now)
    assert found is None
    assert said in ("windows", "quiet")


@pytest.mark.parametrize(
    ("zone", "plan", "now", "opens"),
    [
        ("Europe/Berlin", "02:30-04:00", "2026-03-29T00:59:59", "2026-03-29T01:00"),
        ("Europe/Berlin", "02:00-03:00", "2026-03-29T00:30", "2026-03-30T00:00"),  # all of it is left out that night
        ("Europe/Berlin", "03:00-04:00", "2026-03-29T00:30", "2026-03-29T01:00"),
        ("Africa/Cairo", "Fri 00:00-01:30", "2026-04-23T12:00", "2026-04-23T22:00"),  # at midnight
        ("Pacific/Apia", "Sat 00:00-01:00", "2011-12-29T12:00", "2011-12-30T10:00"),  # a day that was left out
        ("Europe/Berlin", "02:00-02:30", "2026-10-25T00:29:59", "2026-10-25T00:29:59"),
        ("Europe/Berlin", "02:00-02:30", "2026-10-25T00:30", "2026-10-26T01:00"),
    ],
)
def test_nights_on_which_the_clock_is_set(zone, plan, now, opens):
    assert opening(schedule(plan, zone=zone), at(now))[0] == at(opens)


OVERLAP = "the windows '{}' and '{}' overlap"
NEVER = "the quiet hours cover every window: nothing can ever be posted"


@pytest.mark.parametrize(
    ("windows", "quiet", "said"),
    [
        ((), (), None),
        ((WEEKDAYS,), (), None),
        (("Mon 07:00-09:00", "Mon 09:00-10:00"), (), None),
        (("Mon 09:00-10:00", "Mon 07:00-09:00"), (), None),
        (("Mon 07:00-09:01", "Mon 09:00-10:00"), (), OVERLAP),
        (("Mon 09:00-10:00", "Mon 07:00-09:01"), (), OVERLAP),
        (("Sun 22:00-06:00", "Mon 06:00-07:00"), (), None),
        (("Sun 22:00-06:00", "Mon 05:59-07:00"), (), OVERLAP),
        (("Mon 05:59-07:00", "Sun 22:00-06:00"), (), OVERLAP),
        (("Mon 06:00-07:00", "Sun 22:00-06:00"), (), None),
        (("Tue", "Mon 23:00-01:00"), (), OVERLAP),
        (("Mon 07:00-09:00",), ("Mon 07:00-09:00",), NEVER),
        (("Mon 07:00-09:00",), ("Mon 07:00-08:59",), None),
        (("Mon 07:00-09:00",), ("Mon 07:01-09:00",), None),
        (("Sun 23:00-01:00",), ("Sun", "Mon 00:00-01:00"), NEVER),
        (("Mon 00:00-01:00",), ("Sun 22:00-02:00",), NEVER),
        ((), ("Mon-Sun",), "the quiet hours fill the whole week: nothing can ever be posted"),
        ((), ("Mon-Sat", "Sun 00:00-23:59"), None),
        ((), ("Tue-Sun", "Mon 00:01-24:00"), None),
    ],
)
def test_what_is_wrong_with_a_schedule(windows, quiet, said):
    found = flaw(schedule(*windows, quiet=quiet))
    assert found == (said and said.format(*windows))


def test_the_first_two_windows_that_overlap_are_named():
    found = flaw(schedule("Mon", "Tue", "Wed 01:00-02:00", "Wed", "Tue 01:00-02:00"))
    assert found == "the windows 'Tue' and 'Tue 01:00-02:00' overlap"
