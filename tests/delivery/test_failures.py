"""Failures as an engine meets them: what the account does until its network takes a post again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate import errors
from tests.worlds.newsroom import Newsroom

BUSY = errors.RateLimited("fake: HTTP 429")
SPENT = errors.RateLimited("fake: the usage cap is reached", capped=True, hint="buy more")
FIREWALL = errors.Unavailable("fake: HTTP 403 from a firewall", status=403, gateway=True)


@pytest.fixture
def room(ledger, clock):
    return Newsroom(ledger, clock)


def waits(room, count):
    """How long the account waits after each of so many runs, in minutes."""
    found = []
    for _ in range(count):
        room.run()
        wait = room.ledger.accounts.find("acct").next_at - room.clock()
        found.append(wait / timedelta(minutes=1))
        room.clock.move(seconds=wait.total_seconds())
    return found


def test_waits_that_are_not_stated_grow_and_begin_anew_after_a_post(room, article):
    room.publish(article(1))
    room.network.script = [BUSY] * 6
    assert waits(room, 6) == [1, 5, 15, 60, 60, 60]
    assert room.ledger.accounts.find("acct").trouble == "fake: HTTP 429"
    assert room.run() == ["Story 1"]
    assert (room.ledger.accounts.find("acct").trouble, room.only().attempts) == (None, 1)
    room.publish(article(2), article(1))
    room.network.script = [BUSY]
    assert waits(room, 1) == [1]


def test_one_refusal_of_a_spent_quota_is_asked_once_an_hour_for_the_whole_account(room, article):
    room.publish(*(article(number) for number in range(4)))
    room.network.script = [SPENT] * 3
    assert waits(room, 3) == [60, 60, 60]
    assert room.network.requests.count("commit") == 3
    assert {row.state for row in room.ledger.deliveries.search()} == {"due"}
    assert room.ledger.accounts.find("acct").trouble == "fake: the usage cap is reached; buy more"
    assert len(room.run()) == 4


def test_a_firewall_holds_the_account_and_fails_no_story(room, article):
    room.publish(*(article(number) for number in range(3)))
    room.network.script = [FIREWALL] * 40
    for _ in range(60):
        room.run()
        room.clock.move(minutes=10)
    assert len(room.network.posts) == 3
    assert {row.state for row in room.ledger.deliveries.search()} == {"posted"}


def test_a_picture_still_in_the_works_when_the_post_is_sent_goes_back_to_prepare(room, article):
    room.publish(article(1))
    room.network.script = [errors.NotReady("fake: not processed", prepared={"media": 5}, retry_after=5)] * 2
    for _ in range(3):
        room.run()
        waiting = room.only()
        if waiting.state == "posted":
            break
        assert (waiting.state, waiting.reason, waiting.draft) == ("due", "unavailable", None)
        assert (waiting.prepared, waiting.attempts) == ({"media": 5}, 0)
        room.clock.move(seconds=5)
    assert (room.only().state, room.only().attempts) == ("posted", 1)
