"""A look-up: what the network is asked, and what each answer leaves in the row and on the account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from syndicate import errors
from syndicate.delivery.lane import Lane, Timeouts
from syndicate.delivery.look_up import look_up
from syndicate.model import Receipt
from tests.worlds.accounts import MASTO

SETTLE = timedelta(seconds=15)
TERMS = Timeouts(timedelta(seconds=60), timedelta(seconds=30), lambda: 0.5)


@pytest.fixture
def asked(ledger, clock, put):
    """Looks up an unknown delivery at a network that gives this answer; the row as it then is."""

    def one(answer, *, account=MASTO, certainty="keyed", others=(), **columns):
        def find(draft, key, since):
            one.questions.append((draft, key, since))
            if isinstance(answer, Exception):
                raise answer
            return answer

        began = clock() - timedelta(minutes=1)
        row = put(
            1, account, **{"state": "unknown", "reason": "no_answer", "unknowns": 1} | {"committed_at": began} | columns
        )
        network = SimpleNamespace(name="fake", certainty=certainty, key_window=3300.0, find=find)
        one.before = row
        look_up(row, Lane(account, network, lambda: None, SETTLE), ledger, TERMS)
        return ledger.deliveries.find(row.key)

    one.questions = []
    return one


def left(row, clock):
    """State, reason, seconds to wait, error, look-ups and commits without a result; whether the draft is kept."""
    wait = row.due_at and (row.due_at - clock()).total_seconds()
    return row.state, row.reason, wait, row.error, row.absent, row.unknowns, row.draft is not None


DRAFT = {"text": "x"}
LAST = {"absent": 1, "unknowns": 3, "committed_at": None}
KEPT = {"draft": DRAFT, "post": DRAFT, "error": "read timed out"}


def test_the_network_is_asked_for_the_draft_from_well_before_its_commit(ledger, clock, put, asked):
    put(2, state="posted", remote_id="77")
    put(3, replace(MASTO, name="other"), state="posted", remote_id="88")
    began = clock() - timedelta(minutes=9)
    asked(None, draft=DRAFT, remote_id=None, committed_at=began)
    [(draft, key, since)] = asked.questions
    assert draft == {"text": "x", "others": ["77"]}
    assert key == asked.before.key
    assert since == began - timedelta(hours=2)


def test_without_a_time_of_commit_it_is_asked_from_when_it_was_planned(clock, asked):
    asked(None, committed_at=None, planned_at=clock() - timedelta(hours=5))
    assert asked.questions[0][0] == {"others": []}
    assert asked.questions[0][2] == clock() - timedelta(hours=7)


@pytest.mark.parametrize(
    ("answer", "columns", "row"),
    [
        (None, {}, ("unknown", "no_answer", 15, "read timed out", 1, 1, True)),
        (None, {"absent": 1}, ("due", None, 0, "read timed out", 0, 1, True)),
        (None, {"absent": 1, "unknowns": 2}, ("due", None, 120, "read timed out", 0, 2, True)),
        (
            None,
            {"absent": 1, "unknowns": 3, "committed_at": None},
            ("held", "no_answer", None, "read timed out", 0, 3, True),
        ),
        (errors.Unavailable("down"), {"absent": 1}, ("unknown", "no_answer", 15, "down", 1, 1, True)),
        (errors.AuthError("revoked"), {"absent": 1}, ("unknown", "no_answer", 15, "revoked", 1, 1, True)),
        (errors.RateLimited("slow"), {}, ("unknown", "no_answer", 60, "slow", 0, 1, True)),
        (errors.Rejected("no"), {"absent": 1}, ("held", "no_answer", None, "no", 0, 1, True)),
        (errors.Unsupported("nothing to ask"), {}, ("held", "no_answer", None, "read timed out", 0, 1, True)),
    ],
)
def test_each_answer_leads_one_step_on(clock, asked, answer, columns, row):
    assert left(asked(answer, **KEPT | columns), clock) == row


@pytest.mark.parametrize("certainty", ["keyed", "lookup"])
def test_what_surely_never_arrived_is_rendered_anew_where_no_key_protects_it(clock, asked, certainty):
    after = asked(None, certainty=certainty, absent=1, **KEPT)
    assert (after.state, after.draft, after.post) == (
        "due",
        *((DRAFT, DRAFT) if certainty == "keyed" else (None, None)),
    )


@pytest.mark.parametrize(
    ("wish", "state", "due", "error"),
    [
        ("hold", "held", False, "nothing to ask"),
        ("retry", "due", True, None),
        ("assume-sent", "posted", False, "nothing to ask"),
    ],
)
def test_where_the_network_cannot_be_asked_the_wish_of_the_account_decides(clock, asked, wish, state, due, error):
    after = asked(errors.Unsupported("nothing to ask"), account=replace(MASTO, on_unknown=wish), draft=DRAFT)
    assert (after.state, after.due_at, after.error) == (state, clock() if due else None, error)
    assert (after.draft is None) is (wish == "retry")


def test_what_is_assumed_to_be_sent_keeps_the_words_of_the_lost_answer(asked):
    after = asked(errors.Unsupported("nothing"), account=replace(MASTO, on_unknown="assume-sent"), **KEPT)
    assert (after.state, after.reason, after.error) == ("posted", "no_answer", "read timed out")


def test_a_post_that_is_found_is_posted_and_ends_the_accounts_trouble(ledger, clock, put, asked):
    ledger.accounts.ensure(MASTO, clock())
    ledger.accounts.troubled("masto", "told to wait")
    ledger.accounts.throttled("masto")
    after = asked(Receipt("9", "https://social.example/9"), **KEPT)
    assert (after.state, after.remote_id, after.permalink) == ("posted", "9", "https://social.example/9")
    assert (after.error, after.unknowns, after.draft) == (None, 0, None)
    assert ledger.accounts.find("masto").trouble is None
    assert ledger.accounts.throttled("masto") == 1


def test_a_login_that_is_refused_pauses_the_account(ledger, asked):
    asked(errors.AuthError("revoked"))
    assert ledger.accounts.find("masto").paused == "auth"


def test_throttled_look_ups_in_a_row_wait_longer(ledger, clock, asked):
    ledger.accounts.ensure(MASTO, clock())
    ledger.accounts.throttled("masto")
    after = asked(errors.RateLimited("slow"))
    assert after.due_at == clock() + timedelta(minutes=5)


def test_what_another_looks_up_is_not_looked_up(ledger, clock, put, asked):
    asked(None)
    taken = ledger.deliveries.find(asked.before.key)
    asked.questions.clear()
    network = SimpleNamespace(find=lambda *_: pytest.fail("another process asks"))
    look_up(replace(taken, fence=0), Lane(MASTO, network, lambda: None, SETTLE), ledger, TERMS)
    assert ledger.deliveries.find(taken.key) == taken


def test_a_login_that_has_expired_is_refreshed_for_a_look_up_too(ledger, clock, put):
    row, logins = put(1, state="unknown", committed_at=clock()), []
    ledger.credentials.lock("masto", 0, clock())
    ledger.credentials.replace("masto", 0, {"token": "old"})

    def find(*_):
        if not logins:
            raise errors.AuthError("expired")
        return Receipt("9", None)

    network = SimpleNamespace(certainty="lookup", key_window=0.0, find=find)
    lane = Lane(MASTO, network, lambda: None, SETTLE, lambda old: logins.append(old) or {"token": "new"})
    look_up(row, lane, ledger, TERMS)
    assert ledger.deliveries.find(row.key).state == "posted"
