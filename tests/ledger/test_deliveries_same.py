"""A planned delivery is found by article, account, action and revision: never that of another one beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syndicate.ledger.deliveries import PlannedDelivery
from syndicate.model import Account

FACE = Account("fb", "facebook")


@pytest.fixture
def beside(put):
    """A skipped delivery, and those that differ from it in one thing."""
    mine = put(1, state="skipped", reason="filtered")
    others = [
        put(1, FACE, state="skipped", reason="filtered"),
        put(2, state="skipped", reason="filtered"),
        put(3, state="skipped", reason="filtered", action="edit"),
        put(4, state="skipped", reason="filtered", revision=1),
    ]
    return mine, others


def planned(row, **fields):
    made = PlannedDelivery(row.anchor, row.account, row.platform, "due")
    return replace(made, **fields)


def test_of_an_article_that_has_a_delivery_nothing_is_written_with_the_first_ones(ledger, clock, put):
    known = put(1, state="posted")
    new = put(2)
    ledger.database.change("DELETE FROM delivery WHERE key = :key", key=new.key)
    first = planned(new)
    assert ledger.deliveries.plan_first([(planned(known, account="fb"), clock()), (first, clock())]) == {first.key}
    assert {row.key for row in ledger.deliveries.search()} == {known.key, first.key}


@pytest.mark.parametrize("way", ["replan", "let_in"])
def test_only_the_one_that_was_skipped_is_planned_anew(ledger, clock, beside, way):
    mine, others = beside
    assert getattr(ledger.deliveries, way)(planned(mine), ("filtered",), clock())
    assert ledger.deliveries.find(mine.key).state == "due"
    assert [ledger.deliveries.find(row.key) for row in others] == others


@pytest.mark.parametrize("way", ["replan", "let_in"])
def test_nothing_is_planned_anew_where_it_is_of_another_action_or_revision(ledger, clock, beside, way):
    *_, edit, second = beside[1]
    for row in (edit, second):
        assert not getattr(ledger.deliveries, way)(planned(row), ("filtered",), clock())
        assert ledger.deliveries.find(row.key) == row


def test_the_key_is_that_of_the_row_itself_or_the_one_that_it_would_get(ledger, beside):
    mine, others = beside
    assert ledger.deliveries.key_of(planned(mine)) == mine.key
    assert ledger.deliveries.key_of(planned(others[0])) == others[0].key
    new = planned(mine, account="nobody")
    assert ledger.deliveries.key_of(new) == new.key
