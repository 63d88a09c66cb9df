"""A machine whose clock is wrong for a while loses nothing, and posts nothing twice."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.worlds.press import Press

HOUR, DAY, YEAR = (timedelta(hours=hours) for hours in (1, 24, 24 * 365))


@pytest.fixture
def press(tmp_path, clock):
    made = Press(tmp_path, clock)
    yield made
    made.shut()


def listed(room, *numbers):
    """The feed with these stories on top of what it lists, published now."""
    return [*(room.story(number) for number in numbers), *room.items]


def once(room, numbers):
    return Counter(room.arrived()) == Counter(f"https://gazette.example/{number}" for number in numbers)


@pytest.mark.parametrize("wrong", [6 * HOUR, DAY, YEAR, -HOUR, -DAY, -YEAR])
def test_a_first_run_with_a_wrong_clock_is_put_right_by_the_next(press, clock, wrong):
    press.wrong = wrong
    press.items = [press.story(number, ago=20 * number) for number in range(1, 6)]
    assert press.run() == []
    assert any("its first run waits" in fault for fault in press.faults), press.faults
    assert press.rows() == []
    press.wrong = timedelta(0)
    press.close()
    for number in (10, 11, 12):
        clock.move(minutes=2)
        press.run(*listed(press, number))
    assert once(press, (10, 11, 12)), press.arrived()
    assert press.faults == []


@pytest.mark.parametrize("wrong", [HOUR, DAY, timedelta(hours=25), YEAR, -HOUR, -DAY, -YEAR])
def test_one_run_with_a_wrong_clock_skips_nothing(press, clock, wrong):
    press.items = [press.story(number, ago=60 * number) for number in range(1, 5)]
    press.run()
    press.sandbox.add_faults([{"platform": "mastodon", "step": "commit", "fault": "429", "retry_after": 3, "count": 1}])
    clock.move(minutes=2)
    press.run(*listed(press, 10, 11))
    press.wrong = wrong
    press.close()
    clock.move(minutes=2)
    press.run(*listed(press, 12))
    assert any("the clock of this machine is" in fault for fault in press.faults)
    assert not [row for row in press.rows() if row[1] == "skipped"]
    press.wrong = timedelta(0)
    press.close()
    for number in (13, 14):
        clock.move(minutes=2)
        press.run(*listed(press, number))
    assert once(press, range(10, 15)), (press.arrived(), press.rows())
    assert press.faults == []


def test_a_clock_that_stays_wrong_by_a_day_still_posts_what_is_new_once(press, clock):
    press.items = [press.story(1, ago=60)]
    press.run()
    press.wrong = DAY
    for number in (10, 11):
        clock.move(minutes=5)
        press.run(*listed(press, number))
    assert once(press, (10, 11))


def test_a_story_that_is_old_by_any_clock_waits_for_a_right_one(press, clock):
    press.items = [press.story(1, ago=60)]
    press.run()
    press.wrong = HOUR
    clock.move(minutes=5)
    press.run(*listed(press, 10), press.story(2, ago=60 * 48))
    assert once(press, (10,)), "what can be judged goes out"
    assert [link for link, *_ in press.rows()] == ["https://gazette.example/10"]
    press.wrong = timedelta(0)
    clock.move(minutes=5)
    press.run()
    assert ("https://gazette.example/2", "skipped", "baseline") in press.rows()


def test_a_server_whose_clock_is_wrong_makes_no_doubt_where_another_is_right(press, clock):
    """The feed's server is a day behind; the network, asked for nothing else, says what time it is."""
    press.site.clock = lambda: clock() - DAY
    press.items = [press.story(1, ago=60)]
    press.run()
    clock.move(minutes=5)
    assert len(press.run(*listed(press, 10))) == 1
    assert press.faults == []
