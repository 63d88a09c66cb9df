"""Whether this machine's clock is right, by what servers say."""

from datetime import timedelta
from email.utils import format_datetime

import pytest

from syndicate.app import clock_watch
from syndicate.app.clock_watch import ClockWatch, span
from syndicate.net.server_time import ServerTimes


class Servers:
    """Servers by name, each with how many minutes its clock is ahead of the right one; None: it does not answer."""

    def __init__(self, clock, **minutes):
        self.clock, self.minutes, self.asked = clock, minutes, []
        self.passed = 1000.0
        self.times = ServerTimes(lambda: self.passed)
        self.wrong = timedelta(0)
        self.watch = ClockWatch(lambda: clock() + self.wrong, self.times, self.ask)

    def hear(self, name, age=0):
        self.times.asked()
        if self.minutes[name] is not None:
            moment = self.clock() + timedelta(minutes=self.minutes[name], seconds=-age)
            headers = {"date": format_datetime(moment, usegmt=True)} | ({"age": str(age)} if age else {})
            self.times.heard(f"https://{name}/", headers)

    def ask(self, known):
        name = next((name for name in self.minutes if name not in known), next(iter(self.minutes)))
        self.asked.append(name)
        self.hear(name)


@pytest.fixture(autouse=True)
def questions_are_not_spaced(monkeypatch):
    monkeypatch.setattr(clock_watch, "AGAIN", 0.0)


@pytest.mark.parametrize(
    ("ours", "servers", "doubted"),
    [
        (0, {"a": 0}, False),
        (9, {"a": 0, "b": 0}, False),
        (11, {"a": 0, "b": 0}, True),
        (-11, {"a": 0, "b": 0}, True),
        (11, {"a": 0}, True),
        (0, {"a": 60}, True),  # nobody else is there to say that it is the server's
        (0, {"a": 60, "b": 0}, False),
        (0, {"a": -3000, "b": 0}, False),
        (0, {"a": -60, "b": -60}, True),
        (60, {"a": 0, "b": None}, True),
        (1_000_000, {"a": 0, "b": 0}, True),
    ],
)
def test_a_clock_is_doubted_if_no_server_agrees_with_it(clock, ours, servers, doubted):
    world = Servers(clock, **servers)
    world.wrong = timedelta(minutes=ours)
    world.hear("a")
    doubt = world.watch.doubt()
    assert bool(doubt) is doubted
    if doubt:
        assert doubt.words.startswith("the clock of this machine is ")
        assert abs(doubt.servers - clock()) <= timedelta(minutes=abs(servers["a"]), seconds=1)


def test_a_second_server_is_asked_only_for_a_doubt(clock):
    world = Servers(clock, a=0, b=0)
    world.hear("a")
    assert world.watch.doubt() is None
    assert world.asked == []
    world.wrong = timedelta(hours=1)
    assert world.watch.doubt()
    assert world.asked == ["b"]


def test_what_a_cache_kept_for_hours_makes_no_doubt(clock):
    world = Servers(clock, cached=0)
    world.hear("cached", age=7200)
    assert world.watch.doubt() is None
    assert world.asked == []


def test_a_cache_that_does_not_say_so_is_found_out_by_asking_past_it(clock):
    world = Servers(clock, cached=-300)
    world.hear("cached")
    world.minutes["cached"] = 0
    assert world.watch.doubt() is None
    assert world.asked == ["cached"]


def test_a_step_is_seen_without_a_new_answer(clock):
    world = Servers(clock, a=0)
    world.hear("a")
    world.wrong, world.minutes["a"] = timedelta(days=-1), None
    assert world.watch.doubt().words == "the clock of this machine is 24 h behind that of a"


def test_a_clock_behind_the_last_run_is_doubted_until_a_server_agrees(clock):
    world = Servers(clock, a=0)
    world.watch.behind(timedelta(hours=3))
    assert world.watch.doubt().words == "the clock of this machine is 3 h behind the last run"
    assert world.watch.doubt().servers is None
    world.hear("a")
    assert world.watch.doubt() is None


def test_after_a_stop_a_server_has_to_be_heard_for_a_while(clock, monkeypatch):
    world = Servers(clock, a=None)
    assert not world.watch.unheard()
    monkeypatch.setattr(clock_watch, "elapsed", lambda: world.passed)
    world.watch.begin(clock_watch.PATIENCE)
    assert world.watch.doubt().words == ""
    world.passed += clock_watch.PATIENCE
    assert world.watch.doubt() is None, "nobody was asked: it is believed"
    world.hear("a")
    assert world.watch.unheard(), "somebody was asked and did not answer"
    world.minutes["a"] = 0
    world.hear("a")
    assert not world.watch.unheard()


@pytest.mark.parametrize(
    ("seconds", "said"), [(4, "4 s"), (700, "12 min"), (7140, "119 min"), (7200, "2 h"), (172_800, "2 days")]
)
def test_a_span_is_said_in_its_unit(seconds, said):
    assert span(timedelta(seconds=seconds)) == said
