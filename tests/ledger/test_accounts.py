"""Whose an account is: the same login told better keeps all it has, another one begins anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.model import Account
from tests.worlds.accounts import MASTO

FACE = Account("fb", "facebook")

SAME = [
    ("", "one", ""),  # it was not told before
    ("", "one", "old"),
    ("one", "", ""),  # it is not told now
    ("one", "one", ""),
    ("old", "one", "old"),  # told by another word for the same
]
OTHER = [("one", "two", ""), ("one", "two", "three"), ("one", "two", "two")]


@pytest.fixture
def known(ledger, clock):
    """An account with a session, first seen an hour ago as `whose`."""

    def make(whose):
        state = ledger.accounts.ensure(MASTO, clock(), whose)
        ledger.credentials.renew("masto", 0, lambda _: {"token": "of the first login"}, clock=ledger.now)
        clock.move(hours=1)
        return state

    return make


@pytest.mark.parametrize(("stored", "whose", "before"), SAME)
def test_a_login_that_is_merely_told_apart_better_keeps_its_baseline_its_queue_and_its_session(
    ledger, clock, put, known, stored, whose, before
):
    first, due = known(stored), put()
    assert ledger.accounts.ensure(MASTO, clock(), whose, before) == first
    assert ledger.deliveries.find(due.key) == due
    assert ledger.credentials.load("masto")[1] == {"token": "of the first login"}
    # From now on it is known by the better word: the same one is the same login, and any other is another.
    name = whose or stored
    assert ledger.accounts.ensure(MASTO, clock(), name) == first
    assert ledger.accounts.ensure(MASTO, clock(), f"not {name}").baseline_at == clock()


@pytest.mark.parametrize(("stored", "whose", "before"), OTHER)
def test_another_login_begins_anew(ledger, clock, put, known, stored, whose, before):
    known(stored)
    due = put()
    assert ledger.accounts.ensure(MASTO, clock(), whose, before).baseline_at == clock()
    assert ledger.deliveries.find(due.key).state == "skipped"
    assert ledger.credentials.load("masto") == (0, {})
    clock.move(hours=1)
    assert ledger.accounts.ensure(MASTO, clock(), whose).baseline_at == clock() - timedelta(hours=1)


def test_another_platform_under_the_same_name_begins_anew(ledger, clock, put, known):
    known("one")
    due = put()
    assert ledger.accounts.ensure(replace(MASTO, platform="bluesky"), clock(), "one").baseline_at == clock()
    assert ledger.deliveries.find(due.key).state == "skipped"


CLOSED = [
    ("planned", "approval", "skipped", "baseline"),
    ("planned", "burst", "skipped", "baseline"),
    ("planned", "embargo", "skipped", "baseline"),
    ("due", None, "skipped", "baseline"),
    ("due", "window", "skipped", "baseline"),
    ("sending", None, "held", "no_answer"),
    ("unknown", "no_answer", "held", "no_answer"),
    ("posted", None, "posted", None),
    ("held", "no_answer", "held", "no_answer"),
    ("failed", "rejected", "failed", "rejected"),
    ("skipped", "too_old", "skipped", "too_old"),
]


@pytest.mark.parametrize(("state", "reason", "after", "why"), CLOSED)
def test_nothing_of_a_login_that_left_goes_out_under_the_next_one(ledger, clock, put, state, reason, after, why):
    ledger.accounts.ensure(MASTO, clock(), "one")
    mine = put(1, MASTO, state=state, reason=reason, lease_until=clock() + timedelta(minutes=1))
    others = put(2, FACE, state=state, reason=reason, lease_until=clock() + timedelta(minutes=1))
    ledger.accounts.ensure(MASTO, clock(), "two")
    left = ledger.deliveries.find(mine.key)
    assert (left.state, left.reason) == (after, why)
    assert ledger.deliveries.find(others.key) == others
    if state != after:
        assert left.due_at is None
    assert not ledger.outcomes.given_back(mine, clock()), "who was sending has lost it"


@pytest.mark.parametrize(("why", "stays"), [("person", True), ("auth", False)])
def test_the_pause_of_a_name_stays_and_that_of_a_refused_login_leaves_with_it(ledger, clock, why, stays):
    ledger.accounts.ensure(MASTO, clock(), "one")
    ledger.accounts.pause("masto", why, clock())
    assert ledger.accounts.ensure(MASTO, clock(), "two").paused == (why if stays else None)


def test_a_persons_pause_has_an_end_and_a_refused_login_does_not_replace_it(ledger, clock):
    minute = timedelta(minutes=1)
    began = clock()
    ledger.accounts.ensure(MASTO, clock())
    ledger.accounts.ensure(FACE, clock())
    ledger.accounts.pause("masto", "person", clock(), began + minute)
    clock.move(seconds=30)
    ledger.accounts.pause("masto", "auth", clock(), None)
    state = ledger.accounts.find("masto")
    assert (state.paused, state.down_since) == ("person", began)
    assert ledger.accounts.paused() == [{"name": "masto", "paused": "person"}]
    assert ledger.accounts.lapsed(began + minute - timedelta(seconds=1)) == []
    assert ledger.accounts.lapsed(began + minute) == ["masto"]
    ledger.accounts.pause("masto", "person", clock(), None)
    assert ledger.accounts.lapsed(began + minute) == []
    assert ledger.accounts.find("fb").paused is None


def test_a_refused_login_has_no_end(ledger, clock):
    ledger.accounts.ensure(MASTO, clock())
    ledger.accounts.pause("masto", "auth", clock(), clock())
    assert ledger.accounts.find("masto").paused == "auth"
    assert ledger.accounts.lapsed(clock()) == []


def test_what_waited_for_a_pause_is_due_when_it_ends_and_nothing_else(ledger, clock, put):
    later = clock() + timedelta(hours=1)
    for account in (MASTO, FACE):
        ledger.accounts.ensure(account, clock())
        ledger.accounts.pause(account.name, "person", clock(), later)
    waited = [put(1, reason="auth", due_at=later), put(2, reason="paused", due_at=later)]
    others = [
        put(3, reason="window", due_at=later),
        put(4, FACE, reason="paused", due_at=later),
        put(5, state="planned", reason="paused", due_at=later),
    ]
    assert ledger.accounts.resume("masto", clock())
    assert not ledger.accounts.resume("masto", clock())
    state = ledger.accounts.find("masto")
    assert (state.paused, state.down_since, ledger.accounts.lapsed(later)) == (None, None, ["fb"])
    assert {(row.reason, row.due_at) for row in map(ledger.deliveries.find, (r.key for r in waited))} == {
        (None, clock())
    }
    assert [ledger.deliveries.find(row.key) for row in others] == others


def test_the_longer_wait_counts(ledger, clock):
    ledger.accounts.ensure(MASTO, clock())
    ledger.accounts.ensure(FACE, clock())
    for seconds, waits in ((60, 60), (30, 60), (90, 90)):
        ledger.accounts.wait("masto", clock() + timedelta(seconds=seconds))
        assert ledger.accounts.find("masto").next_at == clock() + timedelta(seconds=waits)
    assert ledger.accounts.find("fb").next_at < clock()


def test_a_network_is_down_from_so_many_failures_in_a_row_on(ledger, clock):
    ledger.accounts.ensure(MASTO, clock())
    ledger.accounts.ensure(FACE, clock())
    for number, down in enumerate([None, clock() + timedelta(minutes=2), clock() + timedelta(minutes=2)], 1):
        clock.move(minutes=1)
        assert ledger.accounts.unreachable("masto", clock(), 2) == number
        state = ledger.accounts.find("masto")
        assert (state.failures, state.down_since) == (number, down)
    ledger.accounts.reached("masto")
    state = ledger.accounts.find("masto")
    assert (state.failures, state.down_since) == (0, None)
    ledger.accounts.pause("masto", "person", clock())
    ledger.accounts.unreachable("masto", clock(), 2)
    ledger.accounts.reached("masto")
    assert ledger.accounts.find("masto").down_since == clock()  # the pause goes on
    assert ledger.accounts.find("fb").failures == 0


def test_waits_in_a_row_are_counted_until_a_post_goes_out(ledger, put):
    put(1)
    assert [ledger.accounts.throttled("masto") for _ in range(3)] == [1, 2, 3]
    ledger.accounts.troubled("masto", "masto: the quota is spent")
    assert ledger.accounts.find("masto").trouble == "masto: the quota is spent"
    ledger.accounts.flows("masto")
    assert ledger.accounts.find("masto").trouble is None
    assert ledger.accounts.throttled("masto") == 1
