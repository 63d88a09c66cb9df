"""What an outcome keeps where it is told no more than it must be, and what a receipt leaves for later."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.model import Receipt

LEASE = timedelta(seconds=60)
RECEIPT = Receipt("7", "https://social.example/7", {"cid": "b"})


@pytest.fixture
def claimed(ledger, put, clock):
    """A delivery that is being sent or looked up, of which all columns say something."""

    def make(state):
        said = {"attempts": 3, "unknowns": 2, "absent": 1, "prepared": {"half": 1}, "error": "an earlier one"}
        row = put(1, state=state, post={"text": "x"}, draft={"text": "x"}, committed_at=clock(), **said)
        claim = ledger.claims.claim if state == "due" else ledger.claims.claim_lookup
        return claim(row, now=clock(), lease=LEASE)

    return make


@pytest.mark.parametrize(("post", "kept"), [(None, {"text": "x"}), ({"text": "edited"}, {"text": "edited"})])
def test_the_receipt_is_kept_whole_and_the_post_unless_it_is_another(ledger, clock, claimed, post, kept):
    sending = claimed("due")
    assert ledger.deliveries.receipt(sending.key) is None
    assert ledger.outcomes.posted(sending, RECEIPT, now=clock(), post=post)
    assert ledger.deliveries.receipt(sending.key) == RECEIPT
    assert ledger.deliveries.find(sending.key).post == kept
    assert ledger.deliveries.receipt("of nothing") is None


def test_what_goes_later_has_spent_an_attempt_and_is_rendered_anew(ledger, clock, claimed):
    sending = claimed("due")
    assert ledger.outcomes.later(sending, None, due_at=clock(), error="down", now=clock())
    left = ledger.deliveries.find(sending.key)
    assert (left.attempts, left.reason, left.draft, left.committed_at, left.unknowns) == (4, None, None, None, 0)
    assert left.post == {"text": "x"}


def test_what_failed_without_a_post_keeps_the_one_it_had(ledger, clock, claimed):
    sending = claimed("due")
    assert ledger.outcomes.failed(sending, "rejected", error="no", now=clock())
    assert ledger.deliveries.find(sending.key).post == {"text": "x"}


def test_what_is_held_without_a_word_keeps_the_last_one(ledger, clock, claimed):
    looked_up = claimed("unknown")
    assert ledger.outcomes.held(looked_up, now=clock())
    left = ledger.deliveries.find(looked_up.key)
    assert (left.error, left.due_at, left.reason, left.absent) == ("an earlier one", None, "no_answer", 0)


@pytest.mark.parametrize("outcome", ["given_back", "later", "failed", "unanswered", "held", "posted"])
def test_every_outcome_frees_the_lane_and_closes_the_attempt(ledger, clock, claimed, outcome):
    sending, end = claimed("due"), ledger.outcomes
    clock.move(seconds=5)
    {
        "given_back": lambda: end.given_back(sending, clock()),
        "later": lambda: end.later(sending, "unavailable", due_at=clock(), error="down", now=clock()),
        "failed": lambda: end.failed(sending, "rejected", error="down", now=clock()),
        "unanswered": lambda: end.unanswered(sending, due_at=clock(), now=clock(), error="down"),
        "held": lambda: end.held(sending, now=clock(), error="down"),
        "posted": lambda: end.posted(sending, RECEIPT, now=clock()),
    }[outcome]()
    left = ledger.deliveries.find(sending.key)
    [tried] = ledger.deliveries.attempts(sending.key)
    assert (tried["fence"], tried["ended_at"] - tried["started_at"]) == (sending.fence, timedelta(seconds=5))
    assert (tried["outcome"], tried["error"]) == (left.state, None if outcome in ("given_back", "posted") else "down")
    lane = ledger.database.row("SELECT lane, lane_until FROM account")
    assert lane == {"lane": None, "lane_until": 0}
    told = [(row.key, state) for row, state, _ in ledger.alerts.waiting()]
    assert told == ([(sending.key, left.state)] if left.state in ("held", "failed") else [])
