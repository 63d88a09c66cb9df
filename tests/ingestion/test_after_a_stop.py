"""A host or feed that was down for long: what came out meanwhile goes out in turn, what waited as catch_up says."""

from collections import Counter
from datetime import timedelta

import pytest

from syndicate.ledger.run_gaps import RunGaps
from tests.worlds.press import Press

MINUTE = timedelta(minutes=1)


@pytest.fixture
def press(tmp_path, clock):
    """A publisher whose cron has run every ten minutes for a while."""
    made = Press(tmp_path, clock)
    made.items = [made.story(number, ago=60 * number) for number in range(1, 31)]
    for _ in range(5):
        made.run()
        clock.move(minutes=10)
    yield made
    made.shut()


def published_over(press, hours, count, start=100):
    """The feed after so many stories came out in the last hours."""
    fresh = [press.story(start + number, ago=hours * 60 * number / count + 1) for number in range(count)]
    return [*fresh, *press.items]


def states(press):
    return Counter((state, reason) for _, state, reason in press.rows())


def test_what_came_out_while_the_host_was_down_goes_out_a_minute_apart(press, clock):
    clock.move(hours=20)
    press.close()
    first = press.run(*published_over(press, 20, 9))
    assert first == ["https://gazette.example/108"], "the oldest first"
    assert states(press) == {("posted", None): 1, ("due", "catch_up"): 8}
    assert press.faults == []
    sent = [len(first)]
    for _ in range(9):
        clock.move(minutes=1)
        sent.append(len(press.run()))
    assert sent == [1] * 9 + [0]


def test_more_than_burst_goes_out_up_to_it_and_the_rest_waits_for_one_yes(press, clock):
    clock.move(hours=9)
    press.close()
    press.run(*published_over(press, 9, 13))
    assert states(press) == {("posted", None): 1, ("due", "catch_up"): 9, ("planned", "burst"): 3}
    assert sorted(press.waiting("burst")) == [f"https://gazette.example/{number}" for number in (110, 111, 112)]


def test_a_gap_that_is_usual_is_no_stop(press, clock):
    clock.move(minutes=4)
    press.close()
    assert len(press.run(*published_over(press, 0.2, 5))) == 5


def test_a_feed_that_was_down_for_hours_has_stopped_as_well(press, clock):
    press.site.status = 500
    for _ in range(13):
        clock.move(minutes=10)
        press.close()
        press.run()
    press.site.status = 200
    assert len(press.run(*published_over(press, 2, 4))) == 1
    assert states(press)["due", "catch_up"] == 3


@pytest.mark.parametrize(("keep", "sent", "skipped"), [("2", 1, 2), ("all", 4, 0)])
def test_what_was_due_when_the_host_went_down_is_caught_up_as_the_config_says(press, clock, keep, sent, skipped):
    press.configure(account=f", schedule: {{catch_up: {keep}}}")
    press.sandbox.add_faults([{"platform": "mastodon", "step": "commit", "fault": "429", "retry_after": 60}])
    press.run(*published_over(press, 0.2, 4))
    clock.move(hours=5)
    press.close()
    assert len(press.run()) == sent
    assert states(press)["skipped", "too_old"] == skipped
    assert states(press)["posted", None] + states(press)["due", "catch_up"] == 4 - skipped


def test_three_usual_gaps_are_a_stop_and_never_less_than_a_quarter_of_an_hour(ledger, clock):
    gaps = RunGaps(ledger.database)
    assert gaps.stopped_since(clock()) is None
    gaps.begin(clock())
    clock.move(hours=5, minutes=59)
    assert gaps.stopped_since(clock()) is None, "nobody knows yet what is usual"
    clock.move(minutes=1)
    assert gaps.stopped_since(clock()) == clock() - timedelta(hours=6)
    for _ in range(9):
        gaps.begin(clock())
        clock.move(hours=2)
    assert gaps.stopped_since(clock() + timedelta(hours=3, minutes=59)) is None
    assert gaps.stopped_since(clock() + timedelta(hours=4)) is not None
    for _ in range(9):
        gaps.begin(clock())
        clock.move(seconds=30)
    gaps.beat(clock())
    assert gaps.stopped_since(clock() + timedelta(minutes=14)) is None
    assert gaps.stopped_since(clock() + timedelta(minutes=15)) == clock()


def test_a_run_whose_clock_was_behind_does_not_hide_when_the_last_one_was(ledger, clock):
    gaps = RunGaps(ledger.database)
    gaps.begin(clock())
    gaps.beat(clock() + timedelta(seconds=19))
    assert gaps.stopped_since(clock() + timedelta(hours=6)) == clock(), "not written at each beat"
    gaps.beat(clock() + timedelta(seconds=20))
    gaps.begin(clock() - timedelta(days=1), sure=False)
    assert gaps.stopped_since(clock() + timedelta(hours=7)) == clock() + timedelta(seconds=20)


@pytest.mark.parametrize("wrong", [timedelta(hours=3), timedelta(days=1), timedelta(days=-1)])
def test_a_clock_that_is_set_is_no_stop(press, clock, wrong):
    press.wrong = wrong
    clock.move(minutes=2)
    press.close()
    ahead = press.run(*published_over(press, 0.05, 3))
    press.wrong = timedelta(0)
    clock.move(minutes=2)
    press.close()
    later = press.run(*published_over(press, 0.05, 3, start=200))
    assert len([*ahead, *later]) == 6, states(press)
