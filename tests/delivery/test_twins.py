"""Two posts with one link, as on a live page, of which the network did not answer: none is taken for the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate import errors
from syndicate.model import Receipt
from tests.worlds.accounts import MASTO
from tests.worlds.newsroom import Network, Newsroom

LIVE = "https://gazette.example/live"


class Silent(Network):
    """Answers commits or not, as `answers` says: "lost" is published without an answer, "dropped" never arrives."""

    answers = ()

    def commit(self, draft, key):
        said, *self.answers = self.answers or ("good",)
        if said != "dropped":
            super().commit(draft, key)
        if said != "good":
            raise errors.Uncertain("no answer")
        return Receipt(key, f"https://social.example/{key[:6]}")


@pytest.fixture
def room(ledger, clock):
    made = Newsroom(ledger, clock, network=Silent())
    made.lane = replace(made.lane, settle=timedelta(seconds=10))
    return made


@pytest.mark.parametrize("first", ["lost", "dropped"])
@pytest.mark.parametrize("second", ["lost", "dropped", "good"])
def test_both_are_posted_once_whatever_became_of_each(room, article, clock, first, second):
    room.network.answers = (first, second)
    room.publish(*(article(number, url=LIVE, guid=f"live-{number}") for number in (1, 2)))
    room.run()
    assert [state for state, _ in room.states()].count("unknown") == 1
    assert ("due", "behind") in room.states()
    waits = next(row for row in room.ledger.deliveries.search() if row.reason == "behind")
    assert waits.due_at == clock() + room.lane.settle
    for _ in range(12):
        clock.move(seconds=15)
        room.run()
    assert room.states() == [("posted", None)] * 2
    assert sorted(text.split(" http")[0] for text in room.network.posts.values()) == ["Story 1", "Story 2"]


def test_another_link_waits_for_nobody(room, article):
    room.network.answers = ("lost", "good")
    room.publish(article(1, url=LIVE), article(2))
    room.run()
    assert sorted(state for state, _ in room.states()) == ["posted", "unknown"]


@pytest.mark.parametrize("state", ["unknown", "held"])
def test_a_post_that_may_be_anothers_is_not_taken(room, put, ledger, clock, state):
    """As an earlier version left them, or where a person did not decide yet about the first."""
    post = {"text": "Live", "link": LIVE}
    put(1, replace(MASTO, name="acct"), state=state, post=post, due_at=clock() + timedelta(hours=1))
    row = put(2, replace(MASTO, name="acct"), state="unknown", post=post, draft={"link": LIVE}, due_at=clock())
    room.network.posts["9"] = f"Live {LIVE}"
    room.run()
    found = ledger.deliveries.find(row.key)
    assert (found.state, found.remote_id) == ("held", None)
    assert "another story" in found.error
