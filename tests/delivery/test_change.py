"""An edit or a deletion, step by step: whether it waits, is left, or goes, and what is recorded of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syndicate import errors
from syndicate.delivery import amend
from syndicate.model import Receipt
from syndicate.planning.changes import plan_delete, plan_edit
from tests.worlds.accounts import MASTO
from tests.worlds.one_delivery import Network, left, raises, render

SENT = {"text": "Story 1 of 500", "link": "https://gazette.example/1", "card": None}


@pytest.fixture
def planned(ledger, clock, put):
    """Plans an edit or a deletion of a post in this state; the post is row one."""

    def make(action="edit", **columns):
        post = put(1, **{"state": "posted", "post": SENT} | columns)
        if post.state == "posted" and "receipt" not in columns:
            stored = {"id": "9", "permalink": "https://social.example/9", "data": {}}
            post = put(1, receipt=stored)
        key = plan_edit(post.anchor, MASTO, ledger, clock()) if action == "edit" else plan_delete(post, ledger, clock())
        return ledger.deliveries.find(key)

    return make


@pytest.mark.parametrize("action", ["edit", "delete"])
@pytest.mark.parametrize(
    "columns",
    [
        {"state": "sending"},
        {"state": "unknown", "reason": "no_answer"},
        {"state": "held", "reason": "no_answer"},
        {"state": "due", "draft": {"text": "x"}},
    ],
)
def test_a_change_waits_until_its_post_has_an_end(clock, planned, send, action, columns):
    network = Network()
    after = send(planned(action, **columns), network)
    assert left(after, clock) == ("due", "behind", 30, "its post is not confirmed yet", 0)
    assert network.asked == []


@pytest.mark.parametrize("action", ["edit", "delete"])
@pytest.mark.parametrize(
    "columns",
    [{"state": "due"}, {"state": "failed"}, {"state": "skipped"}, {"state": "posted", "receipt": None}],
)
def test_where_there_is_no_post_there_is_nothing_to_change(clock, planned, send, action, columns):
    network = Network()
    after = send(planned(action, **columns), network)
    assert left(after, clock) == ("skipped", "person", None, "there is no post to change", 0)
    assert network.asked == []


def other(article, account, platform, limits, *, at, planned_at):
    return render(replace(article, title="Better"), account, platform, limits, at=at, planned_at=planned_at)


def test_a_deletion_goes_to_the_posts_receipt(ledger, clock, planned, send):
    row, network = planned("delete"), Network()
    ledger.accounts.troubled("masto", "told to wait")
    ledger.accounts.unreachable("masto", clock(), 1)
    after = send(row, network)
    assert network.asked == [("delete", "9")]
    assert left(after, clock) == ("posted", None, None, None, 1)
    account = ledger.accounts.find("masto")
    assert (account.failures, account.trouble) == (0, None)


def test_an_edit_sends_the_new_words_and_keeps_them(ledger, clock, planned, send):
    row, network = planned(), Network()
    ledger.accounts.troubled("masto", "told to wait")
    ledger.accounts.unreachable("masto", clock(), 1)
    after = send(row, network, render=other)
    assert network.asked == [("edit", "9", "Better of 500")]
    assert left(after, clock) == ("posted", None, None, None, 1)
    assert (after.remote_id, after.post["text"]) == ("10", "Better of 500")
    account = ledger.accounts.find("masto")
    assert (account.failures, account.trouble) == (0, None)


@pytest.mark.parametrize(
    ("action", "row"),
    [
        ("delete", ("failed", "rejected", None, "fake cannot delete posts", 0)),
        ("edit", ("skipped", "unchanged", None, "fake cannot edit posts", 0)),
    ],
)
def test_a_network_that_cannot_says_so(clock, planned, send, action, row):
    class Fixed:
        name, certainty = "fake", "keyed"

    assert left(send(planned(action), Fixed()), clock) == row


@pytest.mark.parametrize(
    ("broken", "row"),
    [
        ({"render": raises(errors.RenderError("line 3"))}, ("due", "template", 60, "line 3", 0)),
        ({"limits": raises(errors.Unavailable("down"))}, ("due", "unavailable", 60, "down", 0)),
    ],
)
def test_an_edit_that_cannot_be_rendered_now_waits_a_minute(clock, planned, send, broken, row):
    assert left(send(planned(), Network(), **broken), clock) == row


@pytest.mark.parametrize(
    ("change", "edits"),
    [
        ({}, False),
        ({"text": "Another"}, True),
        ({"link": None}, True),
        ({"card": {"url": "u", "title": None, "description": None}}, True),
        ({"card": {"url": None, "title": "t", "description": None}}, True),
        ({"card": {"url": None, "title": None, "description": "d"}}, True),
        ({"card": {"thumb": {"alt": "x"}}}, False),
        ({"media": [{"alt": "x"}]}, False),
    ],
)
def test_only_words_and_link_are_worth_an_edit(clock, planned, send, change, edits):
    network = Network()
    after = send(planned(post=SENT | change), network)
    assert bool(network.asked) is edits
    assert left(after, clock)[:4] == (("posted", None, None, None) if edits else ("skipped", "unchanged", None, None))


@pytest.mark.parametrize(("earlier", "goes"), [([], True), (["Better", "Story 1"], True), (["Better", "x"] * 2, False)])
def test_words_that_were_shown_twice_are_not_shown_again(ledger, clock, planned, put, send, earlier, goes):
    network = Network()
    for title in earlier:
        row = planned()
        made = {"Better": other}.get(title) or _titled(title)
        assert send(row, network, render=made).state == "posted"
        clock.move(minutes=1)
    network.asked.clear()
    after = send(planned(), network, render=other)
    if goes:
        assert (after.state, len(network.asked)) == ("posted", 1)
    else:
        told = "its source alternates between the same words"
        assert (after.state, after.reason, after.error, network.asked) == ("skipped", "unchanged", told, [])


def _titled(title):
    def made(article, *arguments, **moments):
        return render(replace(article, title=title), *arguments, **moments)

    return made


@pytest.mark.parametrize("action", ["edit", "delete"])
@pytest.mark.parametrize(
    ("fault", "row"),
    [
        (errors.Uncertain("cut"), ("due", "unavailable", 5, "cut", 1)),
        (errors.RateLimited("slow"), ("due", "rate_limited", 60, "slow", 0)),
        (errors.Rejected("no"), ("failed", "rejected", None, "no", 1)),
    ],
)
def test_a_change_that_fails_is_tried_again_or_given_up(clock, planned, send, action, fault, row):
    network = Network()
    network.faults[action] = fault
    assert left(send(planned(action), network, render=other), clock) == row


@pytest.mark.parametrize("action", ["edit", "delete"])
def test_a_change_that_another_process_carries_out_is_left_to_it(ledger, clock, planned, put, send, action):
    row, network = planned(action), Network()
    ledger.accounts.pause("masto", "person", clock())
    assert send(row, network, render=other) == row
    assert network.asked == []


@pytest.mark.parametrize("action", ["edit", "delete"])
def test_a_login_that_expired_is_refreshed_for_a_change(ledger, clock, planned, send, action):
    row, network = planned(action), Network()
    ledger.credentials.lock("masto", 0, clock())
    ledger.credentials.replace("masto", 0, {"token": "old"})
    network.faults[action] = errors.AuthError("expired")
    after = send(row, network, render=other, refresh=lambda old: network.faults.clear() or {"token": "new"})
    assert (after.state, len(network.asked)) == ("posted", 2)
    assert ledger.deliveries.receipt(after.key) == Receipt(
        *(("10", "https://social.example/10") if action == "edit" else ("9", "https://social.example/9"))
    )


def test_a_post_may_show_the_same_words_twice():
    assert amend.REPEATS == 2


@pytest.mark.parametrize(("number", "account"), [(2, MASTO), (1, replace(MASTO, name="other"))])
def test_what_another_post_showed_is_not_what_this_one_shows(ledger, clock, planned, put, send, number, account):
    row = planned()
    stored = {"id": "8", "permalink": None, "data": {}}
    another = put(number, account, state="posted", post=SENT, receipt=stored)
    theirs = ledger.deliveries.find(plan_edit(another.anchor, account, ledger, clock()))
    assert send(theirs, Network(), account=account, render=other).state == "posted"
    network = Network()
    assert send(row, network, render=other).state == "posted"
    assert network.asked == [("edit", "9", "Better of 500")]


@pytest.mark.parametrize("action", ["edit", "delete"])
def test_where_nothing_was_ever_planned_there_is_nothing_to_change(ledger, clock, planned, send, action):
    row, network = planned(action), Network()
    ledger.database.change("DELETE FROM delivery WHERE action = 'post'")
    assert left(send(row, network), clock) == ("skipped", "person", None, "there is no post to change", 0)
