"""Which of the deliveries that a reading wrote are told as dropped: what became too old since the one before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.aliases import aliases
from syndicate.ingestion.too_late import write
from syndicate.model import Account
from syndicate.planning.plan import Candidate, Planned
from tests.worlds.accounts import MASTO

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
FACE = Account("fb", "facebook")


@pytest.fixture
def entry(ledger, clock, article):
    def make(number=1, account=MASTO, state="skipped", reason="too_old", ago=30 * HOUR):
        story = article(number, published=clock() - ago)
        anchor = ledger.articles.add(story, aliases(story), position=0, now=clock())
        return Planned(Candidate(anchor, story), account, state, reason)

    return make


@pytest.mark.parametrize(
    ("given", "read", "told"),
    [
        ({}, 7 * HOUR, True),
        ({}, 6 * HOUR, False),  # it was as old then already
        ({}, 6 * HOUR + TICK, True),
        ({}, None, False),
        ({"state": "due", "reason": None}, 7 * HOUR, False),
        ({"reason": "filtered"}, 7 * HOUR, False),
        ({"state": "planned"}, 7 * HOUR, False),
    ],
)
def test_what_became_too_old_since_the_last_reading_is_told(ledger, clock, entry, given, read, told):
    made = entry(**given)
    keys = write([made], None if read is None else clock() - read, ledger, clock())
    assert len(keys) == 1
    assert [(each.key, each.cause, each.at) for each in ledger.dropped.take()] == [(keys[0], "late", clock())] * told
    assert write([made], clock() - 7 * HOUR, ledger, clock()) == []
    assert ledger.dropped.take() == [], "what was known before is not told"


def test_each_account_is_told_for_itself(ledger, clock, entry):
    first = entry()
    keys = write([first, replace(first, account=FACE), entry(2, ago=40 * HOUR)], clock() - 7 * HOUR, ledger, clock())
    assert len(keys) == 3
    assert {each.key for each in ledger.dropped.take()} == {*keys[:2]}
