"""Networks are asked whose login an account is before a post has to wait for the answer: once in half a day."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from syndicate.app.identities import AGAIN, EARLY, Identities
from syndicate.errors import Unavailable
from syndicate.model import Account, Identity, Limits

ONE = Account("one", "mastodon")


@pytest.fixture
def desk(ledger, clock):
    """Accounts in the ledger, and a network that answers as it is told."""
    made = SimpleNamespace(asked=[], fault=None, limits=Limits(text=500, stated=True), complete=True)
    ledger.accounts.ensure(ONE, clock())

    def verify(name):
        made.asked.append(name)
        if made.fault:
            raise made.fault
        ledger.accounts.identified(name, Identity("1", "@one"), clock())

    config = SimpleNamespace(enabled=[ONE], complete=lambda _: made.complete)
    lanes = SimpleNamespace(
        states_whose=lambda _: made.limits.stated,
        verify=verify,
    )
    made.kind = SimpleNamespace(config=config, ledger=ledger, stand_ins=False, assumes_limits=False)
    made.identities = Identities(made.kind, lanes)
    return made


def asks(desk):
    """Ask whom there is to ask; the accounts."""
    desk.asked.clear()
    for name in desk.identities.stale():
        desk.identities.ask(name)
    return desk.asked


def test_it_is_asked_once_in_half_a_day(desk, clock):
    assert asks(desk) == ["one"]
    assert asks(desk) == []
    clock.move(seconds=EARLY.total_seconds())
    assert asks(desk) == []
    clock.move(seconds=1)
    assert asks(desk) == ["one"]


def test_a_network_that_cannot_be_asked_is_asked_again_in_an_hour(desk, clock):
    desk.fault = Unavailable("down")
    assert asks(desk) == ["one"]
    clock.move(seconds=AGAIN.total_seconds())
    assert asks(desk) == []
    clock.move(seconds=1)
    assert asks(desk) == ["one"]


def test_an_answer_of_a_clock_that_was_ahead_is_not_good_for_ever(desk, clock):
    clock.move(seconds=86_400 * 365)
    assert asks(desk) == ["one"]
    clock.move(seconds=-86_400 * 365)
    assert asks(desk) == ["one"]


@pytest.mark.parametrize(
    "change",
    [
        lambda desk, now: desk.kind.ledger.accounts.pause("one", "person", now),
        lambda desk, now: desk.kind.ledger.accounts.wait("one", now + timedelta(minutes=5)),
        lambda desk, _: setattr(desk, "limits", Limits(text=500)),
        lambda desk, _: setattr(desk, "complete", False),
        lambda desk, _: setattr(desk.kind, "stand_ins", True),
        lambda desk, _: setattr(desk.kind, "assumes_limits", True),
        lambda desk, _: desk.kind.ledger.database.change("DELETE FROM account"),
    ],
    ids=["paused", "told to wait", "nothing to ask", "no secret", "stand-ins", "dry run", "not registered"],
)
def test_where_nothing_may_be_sent_nobody_is_asked(desk, clock, change):
    change(desk, clock())
    assert asks(desk) == []
