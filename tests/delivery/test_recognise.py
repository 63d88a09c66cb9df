"""Before anything is sent or looked up, the network has to know the login."""

from __future__ import annotations

import pytest

from syndicate import errors
from syndicate.delivery.deliver import deliver
from syndicate.delivery.gates import Gate
from syndicate.delivery.lane import Lane
from tests.worlds.accounts import MASTO
from tests.worlds.newsroom import Network
from tests.worlds.one_delivery import SETTLE, TERMS, render

ROWS = [
    {"state": "due"},
    {"state": "due", "draft": {"text": "x"}, "post": {"text": "x"}},
    {"state": "due", "action": "edit"},
    {"state": "unknown", "draft": {"text": "x"}},
]


@pytest.fixture
def after(ledger, put):
    """The row after a run in which the network answers like this, and what else it was asked."""

    def run(columns, answer):
        row, network = put(1, **columns), Network()

        def recognise():
            if isinstance(answer, Exception):
                raise answer
            return answer

        lane = Lane(MASTO, network, lambda: network.limits, SETTLE, recognise=recognise)
        found, _ = deliver(row.key, lane, ledger, render, TERMS, Gate(ledger))
        return found, network.requests

    return run


@pytest.mark.parametrize("columns", ROWS)
def test_another_login_is_asked_for_nothing_more(after, columns):
    assert after(columns, answer=False)[1] == []


@pytest.mark.parametrize("columns", ROWS)
@pytest.mark.parametrize(
    ("fault", "reason"), [(errors.Unavailable("down"), "unavailable"), (errors.AuthError("no"), "auth")]
)
def test_while_the_network_does_not_say_whose_it_is_everything_waits(ledger, clock, after, columns, fault, reason):
    found, requests = after(columns, fault)
    assert (found.state, requests) == (columns["state"], [])
    assert found.reason == ("no_answer" if columns["state"] == "unknown" else reason)
    assert found.due_at >= clock()
    assert ledger.accounts.find("masto").paused == ("auth" if reason == "auth" else None)
