"""What a person decides about deliveries: which states allow it, what becomes of them, and what is said otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.delivery import decisions
from syndicate.delivery.decisions import Resumed
from syndicate.errors import SyndicateError
from syndicate.model import Schedule
from tests.worlds.accounts import MASTO
from tests.worlds.newsroom import Network

BLUE = replace(MASTO, name="blue")
POST, DIGEST = {"text": "as it is now"}, "a1b2c3d4e5f60718ffff"


def render(_):
    return POST, DIGEST


def state(ledger, row):
    found = ledger.deliveries.find(row.key)
    return found.state, found.reason, found.due_at


# Finding


@pytest.fixture
def keyed(put):
    return put(1, key="abcd1234"), put(2, key="abcd5678"), put(3, key="bbbb0000")


@pytest.mark.parametrize(
    ("typed", "found"), [("abcd1", 0), (" ABCD1234 ", 0), ("abcd5678", 1), ("bbbb", 2), ("bbbb0000", 2)]
)
def test_the_first_digits_name_a_delivery(ledger, keyed, typed, found):
    assert decisions.find(typed, ledger) == keyed[found]


@pytest.mark.parametrize(
    ("typed", "said", "hint"),
    [
        ("abcd", "more than one delivery has a key that begins with 'abcd'", "type more of it"),
        ("cccc", "no delivery has a key that begins with 'cccc'", None),
        ("bbb", "no delivery has a key that begins with 'bbb'", "type 4 digits or more"),
        ("bbb ", "no delivery has a key that begins with 'bbb '", "type 4 digits or more"),
        ("  ", "no delivery has a key that begins with '  '", "type 4 digits or more"),
        ("%%%%", "no delivery has a key that begins with '%%%%'", None),
    ],
)
def test_digits_that_name_none_or_several_are_refused(ledger, keyed, typed, said, hint):
    with pytest.raises(SyndicateError) as told:
        decisions.find(typed, ledger)
    assert (str(told.value), told.value.hint) == (said, hint)


@pytest.fixture
def waiting(ledger, put, article):
    """One that waits for each reason, by the reason; the last two are of other sources and accounts."""
    reasons = ("approval", "burst", "similar", "date", "preflight", "embargo", "delay")
    made = {reason: put(n, state="planned", reason=reason) for n, reason in enumerate(reasons)}
    put(7, state="due", reason="approval")
    made["other account"] = put(8, BLUE, state="planned", reason="burst")
    made["other source"] = put(9, state="planned", reason="burst")
    ledger.database.change("UPDATE article SET source = 'sport' WHERE anchor = :a", a=made["other source"].anchor)
    return made


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["approval", "burst", "similar", "date", "preflight", "other account", "other source"]),
        ({"reasons": ["burst"]}, ["burst", "other account", "other source"]),
        ({"reasons": ["date", "approval"]}, ["approval", "date"]),
        ({"reasons": ["burst"], "sources": ["sport"]}, ["other source"]),
        ({"accounts": ["blue"]}, ["other account"]),
        ({"accounts": ["blue"], "sources": ["sport"]}, []),
    ],
)
def test_a_batch_is_what_waits_for_a_person_narrowed_by_what_is_given(ledger, waiting, wanted, found):
    keys = {row.key for row in decisions.batch(ledger, **wanted)}
    assert keys == {waiting[name].key for name in found}


# Approving


@pytest.mark.parametrize("reason", decisions.WAITING)
@pytest.mark.parametrize("ahead", [None, -60, 60])
def test_a_yes_sends_the_post_as_it_is_now_and_keeps_its_hour(ledger, clock, put, reason, ahead):
    """What waits for its page goes at once, whatever its age."""
    hour = ahead and clock() + timedelta(minutes=ahead)
    ends = clock() + timedelta(days=1)
    row = put(1, state="planned", reason=reason, due_at=hour, expires_at=ends, error="asks")
    after = decisions.approve(row, render, ledger)
    assert (after.post, after.approved) == (POST, DIGEST)
    later = ahead == 60 and reason != "preflight"
    assert state(ledger, row) == (("planned", "embargo", hour) if later else ("due", None, clock()))
    assert ledger.deliveries.find(row.key).expires_at == (None if reason == "preflight" else ends)


@pytest.mark.parametrize("digest", [None, "", "a1b2", DIGEST])
def test_a_yes_to_the_digest_that_was_seen_is_taken(ledger, put, digest):
    assert decisions.approve(put(1, state="planned", reason="approval"), render, ledger, digest).state == "due"


def test_a_yes_to_another_digest_approves_nothing_and_says_the_new_one(ledger, put):
    row = put(1, state="planned", reason="approval")
    with pytest.raises(SyndicateError) as told:
        decisions.approve(row, render, ledger, "1b2c")
    assert str(told.value) == f"{row.key[:8]} has changed since you looked; its digest is now a1b2c3d4e5f60718…"
    assert ledger.deliveries.find(row.key) == row


TAKES = "planned (approval, burst, similar, stranger, date, preflight)"


@pytest.mark.parametrize(
    ("now", "reason"), [("due", "approval"), ("held", "no_answer"), ("planned", "embargo"), ("planned", "delay")]
)
def test_what_waits_for_nobody_is_not_approved(ledger, put, now, reason):
    row = put(1, state=now, reason=reason)
    with pytest.raises(SyndicateError, match="approve needs a delivery that is") as told:
        decisions.approve(row, lambda _: pytest.fail("it need not be rendered"), ledger)
    assert str(told.value) == f"{row.key[:8]} is {now}; approve needs a delivery that is {TAKES}"


def test_what_went_out_while_it_was_looked_at_is_not_approved(ledger, put):
    row = put(1, state="planned", reason="approval")

    def meanwhile(_):
        ledger.database.change("UPDATE delivery SET state = 'posted', fence = fence + 1")
        return POST, DIGEST

    with pytest.raises(SyndicateError) as told:
        decisions.approve(row, meanwhile, ledger)
    assert str(told.value) == f"{row.key[:8]} is posted; approve needs a delivery that is {TAKES}"


# Retrying, skipping, resolving

STATES = ("planned", "due", "sending", "unknown", "held", "posted", "skipped", "failed")
DECIDED = {
    "retry": (decisions.retry, ["failed"], "failed", ("due", None)),
    "skip": (
        decisions.skip,
        ["planned", "due", "failed"],
        "planned, due or failed",
        ("skipped", "person"),
    ),
    "resolve": (lambda row, ledger: decisions.resolve(row, ledger, url=None), ["held"], "held", ("due", None)),
}


@pytest.mark.parametrize("now", STATES)
@pytest.mark.parametrize("verb", DECIDED)
def test_a_decision_is_taken_in_the_states_that_allow_it(ledger, clock, put, verb, now):
    decide, takes, said, (after, reason) = DECIDED[verb]
    row = put(1, state=now, reason="no_answer" if now == "held" else None)
    if now in takes:
        decided = decide(row, ledger)
        assert decided == ledger.deliveries.find(row.key)
        assert state(ledger, row) == (after, reason, clock() if after == "due" else None)
        return
    with pytest.raises(SyndicateError) as told:
        decide(row, ledger)
    assert str(told.value) == f"{row.key[:8]} is {now}; {verb} needs a delivery that is {said}"
    assert ledger.deliveries.find(row.key) == row


def test_a_post_that_a_person_found_is_posted_at_its_address(ledger, put):
    row = put(1, state="held", reason="no_answer", unknowns=3)
    after = decisions.resolve(row, ledger, url="https://social.example/7")
    assert (after.state, after.reason, after.permalink) == ("posted", None, "https://social.example/7")
    assert ledger.deliveries.receipt(row.key).id == "https://social.example/7"


def test_a_decision_on_an_old_sight_of_a_delivery_names_its_state_now(ledger, put):
    seen = put(1, state="failed")
    ledger.database.change("UPDATE delivery SET state = 'due'")
    with pytest.raises(SyndicateError, match="is due; retry needs a delivery that is failed"):
        decisions.retry(seen, ledger)
    held = replace(put(2, state="due"), state="held")
    with pytest.raises(SyndicateError, match="is due; resolve needs"):
        decisions.resolve(held, ledger, url=None)


# Deleting


def test_a_deletion_is_planned_and_carried_out_at_once(ledger, clock, put):
    post, carried = put(1, state="posted"), []

    def deliver(row):
        carried.append((row.action, row.state, row.anchor, row.account, row.due_at))
        return replace(row, state="posted"), ("a warning",)

    after = decisions.delete(post, Network(), deliver, ledger)
    assert carried == [("delete", "due", post.anchor, "masto", clock())]
    assert (after.action, after.state, after.key != post.key) == ("delete", "posted", True)


@pytest.mark.parametrize(("now", "action"), [("held", "post"), ("due", "post"), ("posted", "edit")])
def test_only_a_post_that_is_out_is_deleted(ledger, put, now, action):
    row = put(1, state=now, action=action)
    with pytest.raises(SyndicateError, match=f"is {now}; delete needs a delivery that is posted"):
        decisions.delete(row, Network(), lambda _: pytest.fail("nothing is to be deleted"), ledger)
    assert len(ledger.deliveries.search()) == 1


# Pausing


@pytest.mark.parametrize("until", [None, 1])
def test_accounts_and_words_are_paused_until_a_person_or_an_hour(ledger, clock, until):
    ledger.accounts.ensure(MASTO, clock())
    ledger.accounts.ensure(BLUE, clock())
    end = until and clock() + timedelta(hours=until)
    decisions.pause(["masto"], ["Storm", ""], ledger, end)
    assert [(row["name"], row["paused"]) for row in ledger.accounts.paused()] == [("masto", "person"), ("blue", "all")]
    assert {(pause.word, pause.since, pause.until) for pause in ledger.pauses.all()} == {
        ("storm", clock(), end),
        ("", clock(), end),
    }
    assert ledger.accounts.lapsed(clock() + timedelta(hours=1)) == (["masto"] if until else [])


def test_what_is_resumed_says_what_was_paused_and_what_became_too_old(ledger, clock, put):
    short = replace(MASTO, schedule=Schedule(catch_up=1))
    for number in range(3):
        put(number, short, planned_at=clock() + timedelta(seconds=number), expires_at=clock() + timedelta(days=1))
    ledger.accounts.ensure(BLUE, clock())
    decisions.pause(["masto"], ["storm"], ledger)
    clock.move(hours=2)
    found = decisions.resume([short, BLUE], ["Storm", "fog"], [short, BLUE], ledger)
    assert found == [
        Resumed("masto", None, True, 2),
        Resumed("blue", None, False, 0),
        Resumed(None, "Storm", True, 0),
        Resumed(None, "fog", False, 0),
    ]
    assert ledger.accounts.paused() == []
    assert ledger.pauses.all() == []
