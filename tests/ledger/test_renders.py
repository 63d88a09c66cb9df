"""Renders that never came back are counted, whichever process began them."""

import json
from datetime import timedelta

import pytest

from syndicate.ledger import claimant

LEASE = timedelta(minutes=10)


@pytest.fixture
def elsewhere(monkeypatch):
    """Begins a render as another process; one that is dead, or one of another machine."""

    def begin(ledger, key, *, now, number=1, **differs):
        other = json.dumps(json.loads(claimant.me()) | {"pid": number, "started": "-1"} | differs)
        with monkeypatch.context() as patched:
            patched.setattr(claimant, "me", lambda: other)
            return ledger.renders.begin(key, now=now, lease=LEASE)

    return begin


def begin(ledger, clock, key="a"):
    return ledger.renders.begin(key, now=clock(), lease=LEASE)


def came_back(ledger, clock, key="a", *, forget=True):
    ledger.renders.came_back(key, forget=forget, now=clock())


def test_a_render_that_came_back_was_not_lost(ledger, clock):
    for _ in range(3):
        assert begin(ledger, clock) == 0
        came_back(ledger, clock)
    assert begin(ledger, clock) == 0
    assert begin(ledger, clock) == 0, "its own process is alive"


def test_renders_of_dead_processes_were_lost_each_for_its_own_delivery(ledger, clock, elsewhere):
    assert [elsewhere(ledger, "a", now=clock(), number=number) for number in (1, 2, 3)] == [0, 1, 2]
    assert begin(ledger, clock, "b") == 0
    assert begin(ledger, clock) == 3


def test_what_came_back_is_forgotten_with_those_before_it_or_alone(ledger, clock, elsewhere):
    elsewhere(ledger, "a", now=clock())
    elsewhere(ledger, "b", now=clock())
    assert begin(ledger, clock) == 1
    came_back(ledger, clock, forget=False)
    assert begin(ledger, clock) == 1
    came_back(ledger, clock, forget=True)
    assert begin(ledger, clock) == 0
    assert begin(ledger, clock, "b") == 1


def test_what_another_machine_began_is_lost_when_its_lease_is_over(ledger, clock, elsewhere):
    elsewhere(ledger, "a", now=clock(), host="another")
    clock.move(seconds=599)
    assert begin(ledger, clock) == 0
    clock.move(seconds=1)
    assert begin(ledger, clock) == 1


def test_lost_renders_are_remembered_for_a_month(ledger, clock, elsewhere):
    elsewhere(ledger, "a", now=clock())
    clock.move(days=30)
    came_back(ledger, clock, "b")
    assert begin(ledger, clock) == 1
    clock.move(seconds=1)
    came_back(ledger, clock, "b")
    assert begin(ledger, clock) == 0


def test_a_process_that_stops_in_order_has_lost_no_render(ledger, clock, elsewhere, monkeypatch):
    elsewhere(ledger, "a", now=clock(), number=7)
    begin(ledger, clock)
    ledger.claims.abandon(clock(), lambda _: timedelta(0))
    monkeypatch.setattr(claimant, "me", lambda: json.dumps({"host": "another"}))
    monkeypatch.setattr(claimant, "dead", lambda _: True)
    assert begin(ledger, clock) == 1
