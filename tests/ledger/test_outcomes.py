"""Every way out of a claim, and what it leaves in the row: to the column."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.model import Concession, Receipt

LEASE = timedelta(seconds=60)
TRIED = {"attempts": 3, "unknowns": 2, "absent": 1, "prepared": {"half": 1}, "error": "an earlier one"}


@pytest.fixture
def sending(ledger, put, clock):
    """A delivery that was sent before without an answer, and is being sent again."""
    row = put(1, **TRIED, post={"text": "x"}, draft={"text": "x"}, committed_at=clock() - timedelta(hours=1))
    return ledger.claims.claim(row, now=clock(), lease=LEASE)


@pytest.fixture
def unknown(ledger, put, clock):
    kept = TRIED | {"state": "unknown", "reason": "no_answer", "post": {"text": "x"}, "draft": {"text": "x"}}
    return ledger.claims.claim_lookup(put(1, **kept, committed_at=clock()), now=clock(), lease=LEASE)


def left(ledger, row):
    """State, reason, time, error, attempts, unknowns, absent; then whether post, draft, prepared, commit are kept."""
    now = ledger.deliveries.find(row.key)
    counts = (now.state, now.reason, now.due_at, now.error, now.attempts, now.unknowns, now.absent)
    return counts, tuple(kept is not None for kept in (now.post, now.draft, now.prepared, now.committed_at))


def test_posted_forgets_what_was_needed_to_send_it(ledger, sending, clock):
    assert ledger.outcomes.posted(sending, Receipt("7", "https://social.example/7"), now=clock())
    assert left(ledger, sending) == (("posted", None, None, None, 4, 0, 0), (True, False, False, True))
    found = ledger.deliveries.find(sending.key)
    assert (found.remote_id, found.permalink) == ("7", "https://social.example/7")


@pytest.mark.parametrize(("spent", "attempts"), [(True, 4), (False, 3)])
@pytest.mark.parametrize(
    ("resend", "unknowns", "kept"), [(True, 2, (True, True, True, True)), (False, 0, (True, False, True, False))]
)
def test_later_gives_back_what_is_not_spent_and_keeps_what_goes_again(
    ledger, sending, clock, spent, attempts, resend, unknowns, kept
):
    soon = clock() + timedelta(minutes=1)
    said = {"due_at": soon, "error": "down", "now": clock(), "spent": spent, "resend": resend}
    assert ledger.outcomes.later(sending, "unavailable", **said)
    assert left(ledger, sending) == (("due", "unavailable", soon, "down", attempts, unknowns, 0), kept)


def test_what_the_network_works_on_keeps_what_it_has_and_whose_it_is(ledger, sending, clock):
    soon = clock() + timedelta(seconds=5)
    assert ledger.outcomes.not_ready(sending, {"id": 9}, "d1", due_at=soon, error="working", now=clock())
    assert left(ledger, sending) == (("due", "unavailable", soon, "working", 3, 0, 0), (True, False, True, False))
    found = ledger.deliveries.find(sending.key)
    assert (found.prepared, found.digest) == ({"id": 9}, "d1")


def test_what_the_post_gives_up_is_kept_and_costs_no_attempt(ledger, sending, clock):
    given = Concession("smaller", 500, 7, ("x: HTTP 413", "x: too long"))
    assert ledger.outcomes.concedes(sending, given, error="x: too long", now=clock())
    assert left(ledger, sending) == (("due", None, clock(), "x: too long", 3, 0, 0), (True, False, False, False))
    assert ledger.deliveries.find(sending.key).conceded == given


def test_what_was_given_back_is_due_at_once_and_has_spent_nothing(ledger, sending, clock):
    assert ledger.outcomes.given_back(sending, clock())
    assert left(ledger, sending)[0] == ("due", None, clock(), "an earlier one", 3, 2, 1)


def test_what_spent_no_attempt_has_none_to_give_back(ledger, sending, clock):
    untried = replace(sending, attempts=0)
    assert ledger.outcomes.given_back(untried, clock())
    assert ledger.deliveries.find(sending.key).attempts == 0
    again = ledger.claims.claim(ledger.deliveries.find(sending.key), now=clock(), lease=LEASE)
    assert ledger.outcomes.concedes(replace(again, attempts=0), Concession("none"), error="x", now=clock())
    assert ledger.deliveries.find(sending.key).attempts == 0


def test_failed_says_why_and_keeps_what_was_refused(ledger, sending, clock):
    assert ledger.outcomes.failed(sending, "rejected", error="no", now=clock(), post={"text": "refused"})
    assert left(ledger, sending) == (("failed", "rejected", None, "no", 4, 0, 0), (True, False, True, False))
    assert ledger.deliveries.find(sending.key).post == {"text": "refused"}


@pytest.mark.parametrize(("error", "told"), [("cut off", "cut off"), (None, "an earlier one")])
def test_unanswered_counts_and_begins_to_look_anew(ledger, sending, clock, error, told):
    soon = clock() + timedelta(seconds=9)
    assert ledger.outcomes.unanswered(sending, due_at=soon, now=clock(), error=error)
    assert left(ledger, sending) == (("unknown", "no_answer", soon, told, 4, 3, 0), (True, True, True, True))


@pytest.mark.parametrize(("error", "told"), [("503", "503"), (None, "an earlier one")])
def test_still_unknown_counts_the_looks_that_saw_nothing(ledger, unknown, clock, error, told):
    soon = clock() + timedelta(seconds=9)
    ledger.database.change("UPDATE delivery SET reason = NULL")
    assert ledger.outcomes.still_unknown(unknown, due_at=soon, absent=2, now=clock(), error=error)
    assert left(ledger, unknown) == (("unknown", "no_answer", soon, told, 3, 2, 2), (True, True, True, True))


@pytest.mark.parametrize(("fresh", "kept"), [(True, (False, False, False, False)), (False, (True, True, True, True))])
def test_again_sends_the_same_bytes_or_new_ones(ledger, unknown, clock, fresh, kept):
    soon = clock() + timedelta(minutes=1)
    assert ledger.outcomes.again(unknown, due_at=soon, fresh=fresh, now=clock())
    assert left(ledger, unknown) == (("due", None, soon, "an earlier one", 3, 2, 0), kept)


def test_assumed_and_held_say_that_nobody_answered(ledger, unknown, clock):
    assert ledger.outcomes.held(unknown, now=clock(), error="cannot tell")
    assert left(ledger, unknown)[0] == ("held", "no_answer", None, "cannot tell", 3, 2, 0)
    assert not ledger.outcomes.assumed(unknown, error="late", now=clock()), "a person decides now"


def test_assumed_is_posted_without_an_answer(ledger, unknown, clock):
    assert ledger.outcomes.assumed(unknown, error="cannot tell", now=clock())
    assert left(ledger, unknown)[0] == ("posted", "no_answer", None, "cannot tell", 3, 2, 1)


def test_a_network_is_down_from_its_first_failure_until_it_answers(ledger, put, clock):
    put(1)
    assert not ledger.accounts.was_down("masto")
    assert [ledger.accounts.unreachable("masto", clock(), 3) for _ in range(3)] == [1, 2, 3]
    assert ledger.accounts.was_down("masto")
    assert ledger.accounts.find("masto").down_since == clock()
    ledger.accounts.reached("masto")
    assert not ledger.accounts.was_down("masto")
