"""How long a stop is, by the usual gaps between runs; and what a clock that is in doubt may not overwrite."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger.run_gaps import RunGaps

MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)


@pytest.fixture
def gaps(ledger):
    return RunGaps(ledger.database)


def test_the_beginning_of_a_run_is_stored_whole_or_not_at_all(gaps, clock, monkeypatch):
    gaps.begin(clock())
    clock.move(minutes=10)
    with monkeypatch.context() as broken:
        broken.setattr(gaps, "_run_at", lambda *_, **__: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            gaps.begin(clock())
    assert gaps._gaps() == []
    gaps.begin(clock())
    assert gaps._gaps() == [10 * MINUTE]


@pytest.mark.parametrize(
    ("minutes", "stop"),
    [
        ([], 360),
        ([10, 10], 360),  # two gaps show no habit
        ([10, 20, 30], 60),
        ([5, 5, 5], 15),
        ([1, 1, 1], 15),  # never less than a quarter of an hour
        ([10, 20, 30, 40], 60),  # the lower of the two in the middle
        ([600] * 5 + [10] * 9, 30),  # nine gaps are kept
        ([10] * 5 + [20] * 5, 60),
        ([20] + [10] * 4 + [20] * 4, 60),  # the ninth last one counts still
    ],
)
def test_a_stop_is_three_usual_gaps(gaps, clock, minutes, stop):
    gaps.begin(clock())
    for gap in minutes:
        clock.move(minutes=gap)
        gaps.begin(clock())
    last = clock()
    assert gaps.stopped_since(last + stop * MINUTE - TICK) is None
    assert gaps.stopped_since(last + stop * MINUTE) == last


def test_nothing_has_stopped_that_never_ran(gaps, clock):
    assert gaps.stopped_since(clock()) is None


@pytest.mark.parametrize(("sure", "kept"), [(True, True), (False, False)])
@pytest.mark.parametrize("call", ["begin", "beat"])
def test_only_a_sure_clock_puts_an_earlier_time_in_the_place_of_a_later(gaps, clock, call, sure, kept):
    getattr(gaps, call)(clock(), sure=False)  # the first time is better than none
    earlier = clock() - 60 * MINUTE
    getattr(gaps, call)(earlier, sure=sure)
    assert gaps.stopped_since(clock() + 999 * MINUTE) == (earlier if kept else clock())
    later = clock() + MINUTE
    getattr(gaps, call)(later, sure=False)
    assert gaps.stopped_since(clock() + 999 * MINUTE) == later
    getattr(gaps, call)(clock())
    assert gaps.stopped_since(clock() + 999 * MINUTE) == clock(), "a clock is sure unless it is said"


def test_an_earlier_run_is_no_gap(gaps, clock):
    gaps.begin(clock())
    for _ in range(3):
        gaps.begin(clock(), sure=False)
        gaps.begin(clock() - MINUTE, sure=False)
    assert gaps.stopped_since(clock() + 360 * MINUTE - TICK) is None, "nobody knows what is usual"


@pytest.mark.parametrize(("seconds", "stored"), [(19.9, False), (20, True), (-19.9, False), (-20, True)])
def test_beats_are_stored_twenty_seconds_apart(gaps, clock, seconds, stored):
    gaps.beat(clock())
    beat = clock() + timedelta(seconds=seconds)
    gaps.beat(beat)
    assert gaps.stopped_since(clock() + 999 * MINUTE) == (beat if stored else clock())


def test_a_time_of_the_same_moment_changes_nothing_for_an_unsure_clock(gaps, clock):
    gaps.begin(clock())
    gaps.begin(clock(), sure=False)
    assert gaps.stopped_since(clock() + 360 * MINUTE) == clock()
