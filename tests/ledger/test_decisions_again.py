"""Decisions that bring a deletion back, and what a filter leaves out after all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.model import NOTHING, Concession

COUNTED = {"attempts": 8, "unknowns": 2, "absent": 1, "error": "an earlier one", "due_at": None}


@pytest.mark.parametrize(
    ("state", "asked"), [("failed", True), ("skipped", True), ("posted", False), ("held", False), ("due", False)]
)
def test_a_deletion_that_failed_is_asked_again(ledger, clock, put, state, asked):
    row = put(1, state=state, reason="rejected", action="delete", **COUNTED)
    assert ledger.decisions.ask_again(row, clock()) is asked
    left = ledger.deliveries.find(row.key)
    if asked:
        assert (left.state, left.reason, left.due_at, left.attempts, left.error) == ("due", None, clock(), 0, None)
    else:
        assert left == row


@pytest.mark.parametrize(
    ("state", "left_out"), [("planned", True), ("due", True), ("sending", False), ("posted", False), ("failed", False)]
)
def test_what_the_filter_refuses_after_all_is_left_out(ledger, clock, put, state, left_out):
    row = put(1, state=state, reason="embargo", **COUNTED | {"due_at": clock()})
    assert ledger.decisions.leave_out(row, now=clock()) is left_out
    left = ledger.deliveries.find(row.key)
    if left_out:
        assert (left.state, left.reason, left.due_at, left.error) == ("skipped", "filtered", None, "an earlier one")
    else:
        assert left == row


def test_a_failed_post_begins_anew_without_what_it_had_given_up(ledger, clock, put):
    row = put(1, state="failed", conceded={"picture": "none", "why": ["HTTP 413"]})
    assert row.conceded == Concession("none", why=("HTTP 413",))
    assert ledger.decisions.retry(row, clock())
    assert ledger.deliveries.find(row.key).conceded == NOTHING


@pytest.mark.parametrize(
    ("decide", "state", "told"),
    [
        ("retry", "failed", "due by a person"),
        ("skip", "due", "skipped by a person"),
        ("not_sent", "held", "due by a person"),
        ("withdraw", "due", "skipped by its site"),
        ("leave_out", "due", "skipped by its site"),
        ("approve", "planned", "due by a person"),
        ("embargo", "planned", "planned by a person"),
    ],
)
def test_the_attempt_that_was_open_says_who_ended_it(ledger, clock, put, decide, state, told):
    row = put(1, state=state)
    ledger.database.change("INSERT INTO attempt (key, fence, started_at) VALUES (:key, 0, 1)", key=row.key)
    ledger.database.change("INSERT INTO attempt (key, fence, started_at) VALUES ('another', 0, 1)")
    later = clock() + timedelta(hours=1)
    {
        "retry": lambda: ledger.decisions.retry(row, clock()),
        "skip": lambda: ledger.decisions.skip(row, clock()),
        "not_sent": lambda: ledger.decisions.not_sent(row, clock()),
        "withdraw": lambda: ledger.decisions.withdraw(row, error="gone", now=clock()),
        "leave_out": lambda: ledger.decisions.leave_out(row, now=clock()),
        "approve": lambda: ledger.decisions.approve(row, "d", at=None, now=clock(), ages=True),
        "embargo": lambda: ledger.decisions.approve(row, "d", at=later, now=clock(), ages=True),
    }[decide]()
    assert ledger.deliveries.attempts(row.key)[0]["outcome"] == told
    assert ledger.deliveries.attempts("another")[0]["outcome"] is None
