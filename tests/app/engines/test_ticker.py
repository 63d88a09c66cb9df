"""The daemon ticks by the monotonic clock: a step of the machine's clock neither stops it nor makes it spin."""

import threading

from syndicate.app.engines import ticker
from syndicate.app.engines.ticker import tick_until
from tests.waiting import PATIENCE


def test_it_ticks_until_it_is_told_to_stop_and_never_twice_at_once(monkeypatch):
    monkeypatch.setattr(ticker, "TICK", 0.01)
    stop, guard, ticks, looks = threading.Event(), threading.Lock(), [], []

    def tick():
        assert guard.acquire(blocking=False)
        ticks.append(threading.current_thread())
        stop.wait(0.03)
        guard.release()
        if len(ticks) == 5:
            stop.set()

    tick_until(stop, tick, lambda: looks.append(1))
    assert len(ticks) == 5
    assert len(looks) >= 5
    assert threading.current_thread() not in ticks


def test_a_tick_that_fails_is_followed_by_the_next(monkeypatch):
    monkeypatch.setattr(ticker, "TICK", 0.01)
    stop, ticks = threading.Event(), []

    def tick():
        ticks.append(1)
        if len(ticks) == 3:
            stop.set()
        raise RuntimeError("nobody thought of this")

    ended = threading.Thread(target=tick_until, args=(stop, tick))
    ended.start()
    ended.join(PATIENCE)
    assert len(ticks) == 3


def test_it_returns_when_the_last_tick_has_ended(monkeypatch):
    """What a tick uses is closed after that."""
    monkeypatch.setattr(ticker, "TICK", 0.01)
    stop, ended = threading.Event(), []

    def tick():
        stop.set()
        threading.Event().wait(0.1)
        ended.append(1)

    tick_until(stop, tick)
    assert ended == [1]
