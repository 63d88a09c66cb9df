"""Lists of deliveries: any selection, in the order of planning, page after page, and how many there are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger import catalogue
from syndicate.ledger.catalogue import Catalogue, Selection
from syndicate.ledger.database import micros
from syndicate.model import Account

FACE = Account("fb", "facebook")
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
ROWS = (  # number, columns, planned how long ago
    (1, {"state": "posted"}, 5),
    (2, {"state": "due"}, 4),
    (3, {"state": "planned"}, 3),
    (4, {"state": "posted", "reason": "deleted"}, 2),
    (5, {"state": "failed"}, 2),
    (6, {"state": "skipped", "account": FACE}, 1),
    (1, {"state": "due", "account": FACE}, 0),
)


@pytest.fixture
def listed(ledger, clock, put):
    """A ledger with ROWS; lists of it by article and account, with pages of so many rows."""
    for number, columns, hours in ROWS:
        put(number, **columns, planned_at=clock() - hours * HOUR)
    read = Catalogue(ledger.database)

    def names(selection, order="oldest_first"):
        return [f"{row.article[-1]}{row.account[0]}" for row in getattr(read, order)(selection)]

    return names


@pytest.fixture
def anchor(ledger, listed):
    return next(row.anchor for row in ledger.catalogue.oldest_first(Selection()) if row.article.endswith("/1"))


def selections(clock, anchor):
    at = clock()
    return [
        (Selection(), {"1m", "2m", "3m", "4m", "5m", "6f", "1f"}),
        (Selection(states=("due",)), {"2m", "1f"}),
        (Selection(states=("posted", "due")), {"1m", "2m", "4m", "1f"}),
        (Selection(states=("skipped",)), {"6f"}),
        (Selection(accounts=("fb",)), {"6f", "1f"}),
        (Selection(accounts=("fb", "masto"), states=("due",)), {"2m", "1f"}),
        (Selection(anchor=anchor), {"1m", "1f"}),
        (Selection(anchor=anchor, states=("posted",)), {"1m"}),
        (Selection(since=at - 2 * HOUR), {"4m", "5m", "6f", "1f"}),
        (Selection(since=at - 2 * HOUR + TICK), {"6f", "1f"}),
        (Selection(until=at - 4 * HOUR), {"1m"}),
        (Selection(until=at - 4 * HOUR + TICK), {"1m", "2m"}),
        (Selection(since=at - 4 * HOUR, until=at - HOUR, accounts=("masto",)), {"2m", "3m", "4m", "5m"}),
        (Selection(accounts=("nobody",)), set()),
    ]


@pytest.mark.parametrize("page", [1, 2, 3, 7, 500])
def test_any_selection_comes_in_the_order_of_planning(listed, ledger, clock, anchor, monkeypatch, page):
    monkeypatch.setattr(catalogue, "FIRST", page)
    monkeypatch.setattr(catalogue, "PAGE", page)
    order = listed(Selection())
    assert order[:3] == ["1m", "2m", "3m"]
    assert order[5:] == ["6f", "1f"]
    for selection, wanted in selections(clock, anchor):
        assert listed(selection) == [name for name in order if name in wanted]
        assert listed(selection, "newest_first") == [name for name in reversed(order) if name in wanted]
        if not selection.states:
            assert ledger.catalogue.count(selection) == len(wanted)


def test_a_page_is_read_when_it_is_wanted_and_no_more_after_the_last(listed, ledger, monkeypatch):
    monkeypatch.setattr(catalogue, "FIRST", 2)
    monkeypatch.setattr(catalogue, "PAGE", 3)
    asked = []
    rows = ledger.database.rows

    def counted(sql, **values):
        if "page" in values:
            asked.append(values["page"])
        return rows(sql, **values)

    monkeypatch.setattr(ledger.database, "rows", counted)
    found = ledger.catalogue.oldest_first(Selection())
    assert [len(asked) for _ in found] == [1, 1, 2, 2, 2, 3, 3]
    assert asked == [2, 3, 3]


@pytest.mark.parametrize(
    ("states", "count"),
    [
        ((), 7),
        (("due",), 2),
        (("due", "failed"), 3),
        (("posted",), 1),  # one of two was deleted
        (("deleted",), 1),
        (("posted", "deleted"), 2),
        (("due", "deleted"), 3),
        (("due", "posted"), 3),
    ],
)
def test_a_deleted_post_is_no_posted_one(listed, ledger, states, count):
    assert ledger.catalogue.count(Selection(), states) == count


def test_a_count_is_of_the_selection(listed, ledger, clock):
    assert ledger.catalogue.count(Selection(accounts=("fb",)), ("due", "deleted")) == 1
    assert ledger.catalogue.count(Selection(since=clock() - HOUR), ("due",)) == 1
    assert ledger.catalogue.count(Selection(states=("due",)), ("failed",)) == 1


def test_what_waits_is_planned_or_due(listed, ledger, clock):
    def states(selection):
        return sorted(state for _, state in ledger.catalogue.waiting(selection))

    assert states(Selection()) == ["due", "due", "planned"]
    assert states(Selection(accounts=("masto",))) == ["due", "planned"]
    assert states(Selection(states=("posted",))) == ["due", "due", "planned"]
    [(key, _)] = ledger.catalogue.waiting(Selection(accounts=("fb",)))
    assert ledger.deliveries.find(key).article.endswith("/1")


@pytest.mark.parametrize(
    ("selection", "state"),
    [
        (Selection(states=("due",)), True),
        (Selection(states=("due", "failed")), True),
        (Selection(anchor="x", states=("posted",)), True),
        (Selection(states=("posted",)), False),
        (Selection(states=("due", "skipped")), False),
        (Selection(), False),
    ],
)
def test_where_most_rows_match_the_order_keeps_its_own_index(ledger, selection, state):
    values = {}
    selection = Selection(selection.states, ("masto",), selection.anchor)
    where = selection.where(values)
    plan = ledger.database.rows(
        f"EXPLAIN QUERY PLAN SELECT key FROM delivery WHERE {where} ORDER BY planned_at, key", **values
    )
    by_plan = any("delivery_by_plan" in row["detail"] for row in plan)
    assert by_plan is not state
    assert micros(selection.since) is None
