"""What a person's decision leaves in the row: to the column."""

from __future__ import annotations

from datetime import timedelta

import pytest

TRIED = {"attempts": 8, "unknowns": 2, "absent": 1, "post": {"text": "x"}, "error": "an earlier one"}
SENT = TRIED | {"draft": {"text": "x"}}


def left(ledger, row):
    """State, reason, time, error, attempts, unknowns, absent; then whether post, draft, commit time are kept."""
    now = ledger.deliveries.find(row.key)
    counts = (now.state, now.reason, now.due_at, now.error, now.attempts, now.unknowns, now.absent)
    return counts, tuple(kept is not None for kept in (now.post, now.draft, now.committed_at))


@pytest.mark.parametrize("ages", [True, False])
@pytest.mark.parametrize(
    ("ahead", "state", "reason"), [(None, "due", None), (0, "due", None), (-1, "due", None), (1, "planned", "embargo")]
)
def test_what_is_approved_goes_out_now_or_at_its_hour(ledger, clock, put, ahead, state, reason, ages):
    row = put(1, state="planned", reason="approval", error="asks", due_at=None, expires_at=clock() + timedelta(days=1))
    at = None if ahead is None else clock() + timedelta(minutes=ahead)
    assert ledger.decisions.approve(row, "d1", at=at, now=clock(), ages=ages)
    found = ledger.deliveries.find(row.key)
    assert (found.state, found.reason, found.error, found.approved) == (state, reason, None, "d1")
    assert found.due_at == (at if state == "planned" else clock())
    assert found.expires_at == (clock() + timedelta(days=1) if ages else None)


def test_a_failed_delivery_is_tried_as_if_for_the_first_time(ledger, clock, put):
    row = put(1, state="failed", reason="rejected", expires_at=clock() - timedelta(days=1), **TRIED)
    assert ledger.decisions.retry(row, clock())
    assert left(ledger, row) == (("due", None, clock(), None, 0, 0, 0), (False, False, False))
    assert ledger.deliveries.find(row.key).expires_at is None, "a person wants it, however old it is"


@pytest.mark.parametrize("state", ["planned", "due", "failed"])
def test_what_a_person_skips_is_never_sent_and_keeps_what_it_was(ledger, clock, put, state):
    row = put(1, state=state, **SENT)
    assert ledger.decisions.skip(row, clock())
    assert left(ledger, row) == (("skipped", "person", None, "an earlier one", 8, 2, 1), (True, False, False))


def test_what_never_arrived_is_rendered_anew(ledger, clock, put):
    row = put(1, state="held", reason="no_answer", committed_at=clock(), **SENT)
    assert ledger.decisions.not_sent(row, clock())
    assert left(ledger, row) == (("due", None, clock(), "an earlier one", 8, 0, 0), (False, False, False))


def test_a_withdrawn_article_says_so(ledger, clock, put):
    row = put(1, state="due", **TRIED)
    assert ledger.decisions.withdraw(row, error="the page is gone", now=clock())
    assert left(ledger, row) == (
        ("skipped", "withdrawn", None, "the page is gone", 8, 2, 1),
        (True, False, False),
    )


@pytest.mark.parametrize("state", ["sending", "posted", "unknown"])
def test_what_may_be_out_is_not_for_these_decisions(ledger, clock, put, state):
    row = put(1, state=state)
    assert not ledger.decisions.retry(row, clock())
    assert not ledger.decisions.not_sent(row, clock())
    assert not ledger.decisions.withdraw(row, error="x", now=clock())
    assert not ledger.decisions.approve(row, "d1", at=None, now=clock(), ages=True)
    assert ledger.deliveries.find(row.key) == row


def test_a_person_is_told_once(ledger, put):
    row = put(1)
    ledger.decisions.tell(row, "undeleted")
    ledger.decisions.tell(row, "undeleted")
    assert [(found.key, told) for found, told, _ in ledger.alerts.waiting()] == [(row.key, "undeleted")]
