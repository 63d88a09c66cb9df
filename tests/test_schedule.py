"""Hours on the wall's clock, both nights it is set; caps; senseless schedules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.config.hours import hours
from syndicate.model import Schedule
from syndicate.schedule import Cap, caps, flaw, free_at, opening

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def schedule(*windows, quiet=(), zone="UTC", **fields):
    return Schedule(tuple(map(hours, windows)), tuple(map(hours, quiet)), timezone=zone, **fields)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Mon 07:00-09:30", [(420, 570)]),
        ("mon-tue 7:00-9:00", [(420, 540), (1860, 1980)]),
        ("Sat,Sun", [(7200, 8640), (8640, 10080)]),
        ("Monday, Wednesday 00:00-24:00", [(0, 1440), (2880, 4320)]),
        ("Sun 22:00-06:00", [(9960, 10440)]),
        ("Sat 22:00-Sun 09:00", [(8520, 9180)]),
        ("Sun 22:00-Mon 06:00", [(9960, 10440)]),
        ("Fri-Mon 09:00–10:00", [(540, 600), (6300, 6360), (7740, 7800), (9180, 9240)]),
    ],
)
def test_hours_are_read_as_people_write_them(text, spans):
    assert list(hours(text).spans) == spans


def test_hours_without_days_are_of_every_day():
    assert len(hours("22:00-06:00").spans) == 7


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mon 25:00-26:00", "is no time of day"),
        ("Mon 10:75-11:00", "is no time of day"),
        ("Mon 10:00-10:00", "is empty; the whole day is 00:00-24:00"),
        ("Mno 10:00-11:00", "did you mean 'Mon'?"),
        ("always", "'always' is none of Mon"),
        ("10-11", "is no time of the week, such as"),
        ("Mon-Fri 22:00-Sat 09:00", "name one day for the start"),
    ],
)
def test_hours_that_say_nothing_are_refused(text, words):
    with pytest.raises(ValueError, match=r".") as fault:
        hours(text)
    assert words in str(fault.value)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-26T12:00+00:00", "2026-11-26T12:00+00:00"),  # a Thursday, within
        ("2026-11-26T06:59:59+00:00", "2026-11-26T07:00+00:00"),
        ("2026-11-26T07:00+00:00", "2026-11-26T07:00+00:00"),
        ("2026-11-26T23:00+00:00", "2026-11-27T07:00+00:00"),  # an end is the first instant outside
        ("2026-11-27T23:30+00:00", "2026-11-30T07:00+00:00"),  # Friday night: Monday
    ],
)
def test_a_window_opens_and_closes_on_the_minute(now, opens):
    assert opening(schedule("Mon-Fri 07:00-23:00"), at(now))[0] == at(opens)


@pytest.mark.parametrize(
    ("zone", "now", "opens"),
    [
        # spring: 02:30 never comes, and the window begins when the clock jumps over it
        ("Europe/Berlin", "2026-03-29T00:10+00:00", "2026-03-29T01:00+00:00"),
        ("America/New_York", "2026-03-08T06:00+00:00", "2026-03-08T07:00+00:00"),
        ("Australia/Lord_Howe", "2026-10-03T15:00+00:00", "2026-10-03T15:30+00:00"),  # half an hour only
        # autumn: 02:30 comes twice, and counts the first time; it does not close again in between
        ("Europe/Berlin", "2026-10-25T00:10+00:00", "2026-10-25T00:30+00:00"),
        ("Europe/Berlin", "2026-10-25T01:10+00:00", "2026-10-25T01:10+00:00"),
        ("Europe/Berlin", "2026-10-25T02:59+00:00", "2026-10-25T02:59+00:00"),
        ("Europe/Berlin", "2026-10-25T03:00+00:00", "2026-10-26T01:30+00:00"),  # 04:00 at the end of it
    ],
)
def test_the_nights_the_clock_is_set(zone, now, opens):
    assert opening(schedule("02:30-04:00", zone=zone), at(now))[0] == at(opens)


def test_quiet_hours_cut_windows_and_say_who_decides():
    plan = schedule("Mon-Fri 07:00-23:00", quiet=["Thu 12:00-14:00", "Thu 13:30-Fri 08:00"])
    assert opening(plan, NOW) == (at("2026-11-27T08:00+00:00"), "quiet")
    assert opening(schedule(quiet=["Thu 11:00-13:00"]), NOW) == (NOW + timedelta(hours=1), "quiet")
    assert opening(schedule(), NOW) == (NOW, "")


def test_every_minute_of_two_strange_weeks_agrees_with_the_clock_on_the_wall():
    """Away from the hours that come twice or never, a window is open when the local clock says so."""
    from zoneinfo import ZoneInfo

    plan = schedule("Mon-Fri 07:15-22:45", "Sat 10:00-Sun 02:00", zone="Europe/Lisbon")
    open_minutes = {minute for entry in plan.windows for start, end in entry.spans for minute in range(start, end)}
    for start in ("2026-03-26T00:00+00:00", "2026-10-22T00:00+00:00"):
        moment = at(start)
        while moment < at(start) + timedelta(days=7):
            local = moment.astimezone(ZoneInfo("Europe/Lisbon"))
            minute = local.weekday() * 1440 + local.hour * 60 + local.minute
            is_open = opening(plan, moment)[0] == moment
            expected = minute in open_minutes or minute + 10080 in open_minutes
            if not (local.weekday() == 6 and 0 <= local.hour <= 2):
                assert is_open == expected, local
            moment += timedelta(minutes=15)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (
            schedule("Mon 07:00-09:00", "Mon-Fri 08:00-10:00"),
            "the windows 'Mon 07:00-09:00' and 'Mon-Fri 08:00-10:00' overlap",
        ),
        (schedule("Sun 22:00-06:00", "Mon 05:00-07:00"), "overlap"),
        (schedule("Mon 07:00-09:00", quiet=["Mon"]), "the quiet hours cover every window: nothing can ever be posted"),
        (schedule(quiet=["00:00-24:00"]), "the quiet hours fill the whole week: nothing can ever be posted"),
        (schedule("Mon 07:00-09:00", "Mon 09:00-11:00", quiet=["Mon 08:00-10:00"]), None),
        (schedule(), None),
    ],
)
def test_a_senseless_schedule_is_named(plan, words):
    found = flaw(plan)
    assert (found is None) if words is None else words in found


def test_caps_count_back_from_now():
    plan = schedule(spacing=timedelta(minutes=10), per_hour=3, per_day=5)
    posted = [NOW - timedelta(minutes=minutes) for minutes in (4, 20, 50, 100, 1300)]

    def latest(number):
        return posted[number - 1] if number <= len(posted) else None

    assert free_at(caps(plan)[:1], latest, NOW) == (NOW + timedelta(minutes=6), "spacing")
    assert free_at(caps(plan)[:2], latest, NOW) == (NOW + timedelta(minutes=10), "per_hour")
    assert free_at(caps(plan), latest, NOW) == (NOW + timedelta(minutes=140), "per_day")
    assert [cap.said for cap in caps(plan, urgent=True)] == ["per_hour", "per_day"]
    assert free_at([], latest, NOW) == (NOW, "")


def test_a_clock_that_was_set_back_stretches_no_wait():
    ahead = NOW + timedelta(hours=1)
    assert free_at([Cap(1, timedelta(minutes=10), "spacing")], lambda _: ahead, NOW)[0] == NOW + timedelta(minutes=10)
