"""What was published while nothing ran goes out a minute apart on each account, after what has a turn already."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.model import Account
from syndicate.planning.in_turn import in_turn
from syndicate.planning.plan import Candidate, Planned
from tests.worlds.accounts import MASTO

MINUTE = timedelta(minutes=1)
FACE = Account("fb", "facebook")


@pytest.fixture
def entry(article, clock):
    def make(number, account=MASTO, state="due", **fields):
        return Planned(Candidate(str(number), article(number)), account, state, fields.pop("reason", None), **fields)

    return make


@pytest.fixture
def turns(ledger, clock):
    """Minutes from now and reasons, as the entries get them."""

    def made(*entries):
        found = in_turn(entries, ledger, clock())
        assert [each.candidate for each in found] == [each.candidate for each in entries]
        return [(each.due_at and (each.due_at - clock()) / MINUTE, each.reason) for each in found]

    return made


def test_each_account_has_turns_of_its_own(turns, entry):
    assert turns(entry(1), entry(1, FACE), entry(2), entry(3), entry(2, FACE)) == [
        (0, None), (0, None), (1, "catch_up"), (2, "catch_up"), (1, "catch_up")
    ]  # fmt: skip


def test_breaking_news_and_what_waits_anyway_take_no_turn(turns, entry, clock):
    at = clock() + 9 * MINUTE
    assert turns(
        entry(1, priority=0),
        entry(2, state="planned", reason="embargo", due_at=at),
        entry(3, state="skipped", reason="too_old"),
        entry(4),
        entry(5),
    ) == [(None, None), (9, "embargo"), (None, "too_old"), (0, None), (1, "catch_up")]


@pytest.mark.parametrize(
    ("ago", "turn"),
    [(0.5, (0.5, "catch_up")), (1, (0, None)), (5, (0, None)), (-3, (4, "catch_up")), (0, (1, "catch_up"))],
)
def test_what_has_a_turn_already_goes_first(turns, entry, put, clock, ago, turn):
    put(9, due_at=clock() - ago * MINUTE)
    put(9, FACE, due_at=clock() + 30 * MINUTE)
    assert turns(entry(1)) == [turn]
