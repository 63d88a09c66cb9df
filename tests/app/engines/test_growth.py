"""How many threads read the sources of one run."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from syndicate.app.engines import run_threads


@pytest.fixture
def grown(monkeypatch):
    """How many threads are added in turns of a second in each of which the process works for so long."""

    def added(*worked, left=1000):
        at = iter(range(len(worked) + 1))
        spent = [0.0]
        for each in worked:
            spent.append(spent[-1] + each)
        sums = iter(spent)
        clock = SimpleNamespace(monotonic=lambda: float(next(at)), process_time=lambda: next(sums))
        monkeypatch.setattr(run_threads, "time", clock)
        growth = run_threads.Growth(lambda: None, run_threads.FEW, lambda: left)
        return [len(growth.more()) for _ in worked]

    return added


def test_threads_double_while_all_wait_for_servers(grown):
    assert grown(0.1, 0.1, 0.1, 0.1, 0.1) == [2, 4, 8, 0, 0]


def test_there_are_no_more_threads_while_they_compute(grown):
    assert grown(1.0, 0.9, 0.6, 0.1, 1.0) == [0, 0, 0, 2, 0]


def test_there_are_no_more_threads_than_sources_left(grown):
    assert grown(0.0, 0.0, left=1) == [1, 1]
    assert grown(0.0, left=0) == [0]
