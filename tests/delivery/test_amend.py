"""Edits and withdrawals: rows of their own, which wait for their post, may be repeated, and never post again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from syndicate import errors
from syndicate.model import Schedule
from syndicate.planning.changes import plan_delete, withdraw
from tests.worlds.newsroom import Fixed, Network, Newsroom


@pytest.fixture
def newsroom(ledger, clock):
    return lambda **options: Newsroom(ledger, clock, **options)


def rows(room, action):
    return [(row.state, row.reason) for row in room.ledger.deliveries.search() if row.action == action]


@pytest.fixture
def posted(newsroom, article, clock):
    """A newsroom whose first story is out."""

    def make(**options):
        room = newsroom(**options)
        room.publish(article(1, published=clock.now))
        room.run()
        return room

    return make


def test_an_edited_headline_never_posts_again_and_by_default_nothing_follows(posted, article, clock):
    room = posted()
    assert room.publish(article(1, title="Another headline", published=clock.now)) == ()
    assert room.run() == []
    assert room.network.requests == ["commit"]


def test_a_post_follows_its_article_where_that_is_asked(posted, article, clock):
    room = posted(on_edit="edit")
    for title in ("Better", "Better still"):
        room.publish(article(1, title=title, published=clock.now))
        room.run()
        clock.move(minutes=1)
    assert list(room.network.posts.values()) == ["Better still https://gazette.example/1"]
    assert room.network.requests == ["commit", "edit", "edit"]
    assert rows(room, "edit") == [("posted", None)] * 2
    assert {row.revision for row in room.ledger.deliveries.search() if row.action == "edit"} == {1, 2}


def test_a_permalink_that_moved_is_an_edit_of_the_link(posted, article, clock):
    room = posted(on_edit="edit")
    room.publish(article(1, url="https://gazette.example/2026/1", published=clock.now))
    room.run()
    assert list(room.network.posts.values()) == ["Story 1 https://gazette.example/2026/1"]


@pytest.mark.parametrize("url", ["http://www.gazette.example/1/", "https://gazette.example/1?utm_source=rss"])
def test_an_address_in_another_spelling_is_none(posted, article, clock, url):
    """A site that moves to https has all its feed rewritten; no post is edited for that."""
    room = posted(on_edit="edit")
    assert room.publish(article(1, url=url, published=clock.now)) == ()


def test_several_changes_before_the_edit_are_one_edit(posted, article, clock):
    room = posted(on_edit="edit")
    for title in ("Better", "Better still", "Best"):
        room.publish(article(1, title=title, published=clock.now))
    room.run()
    assert list(room.network.posts.values()) == ["Best https://gazette.example/1"]
    assert room.network.requests == ["commit", "edit"]


def test_a_story_that_changes_all_the_time_edits_its_post_once_a_minute_and_ten_times(posted, article, clock):
    room = posted(on_edit="edit")
    sent, told = [], []
    for number in range(200):
        clock.move(seconds=10)
        room.publish(article(1, title=f"Goal {number}", published=clock.now))
        before = len(room.network.requests)
        room.run()
        sent += [clock.now] * (len(room.network.requests) - before)
        told = [(row.action, state) for row, state, _ in room.ledger.alerts.waiting()]
    assert len(sent) == 10
    assert {later - earlier for earlier, later in pairwise(sent)} == {timedelta(minutes=1)}
    assert told == [("edit", "skipped")], "and it was told once"
    assert rows(room, "edit") == [("posted", None)] * 10 + [("skipped", "unchanged")]


def test_a_change_that_nobody_would_see_asks_the_network_nothing(posted, article, clock):
    room = posted(on_edit="edit")
    room.publish(article(1, summary="Not part of this post.", published=clock.now))
    room.run()
    assert room.network.requests == ["commit"]
    assert rows(room, "edit") == [("skipped", "unchanged")]


def test_back_to_the_first_words_is_an_edit_as_well(posted, article, clock):
    room = posted(on_edit="edit")
    for title in ("Better", "Story 1"):
        clock.move(minutes=1)
        room.publish(article(1, title=title, published=clock.now))
        room.run()
    assert list(room.network.posts.values()) == ["Story 1 https://gazette.example/1"]


def test_two_servers_of_which_one_has_an_old_copy_do_not_edit_a_post_all_day(posted, article, clock):
    room = posted(on_edit="edit")
    for number in range(20):
        clock.move(minutes=5)
        room.publish(article(1, title="Better" if number % 2 == 0 else "Story 1", published=clock.now))
        room.run()
    assert room.network.requests == ["commit", "edit", "edit", "edit"]
    assert list(room.network.posts.values()) == ["Better https://gazette.example/1"]
    room.publish(article(1, title="Best", published=clock.now))
    room.run()
    assert list(room.network.posts.values()) == ["Best https://gazette.example/1"]


@pytest.mark.parametrize(
    "fault",
    [errors.Uncertain("cut off"), errors.Unavailable("down"), errors.RateLimited("slow", retry_after=30)],
    ids=["no answer", "down", "throttled"],
)
def test_an_edit_or_deletion_that_fails_is_repeated(posted, article, clock, fault):
    room = posted(on_edit="edit", on_withdrawn="delete")
    room.network.script = [fault]
    room.publish(article(1, title="Better", published=clock.now))
    room.run()
    assert list(room.network.posts.values()) == ["Story 1 https://gazette.example/1"]
    clock.move(minutes=2)
    room.run()
    assert list(room.network.posts.values()) == ["Better https://gazette.example/1"]
    room.network.script = [fault]
    withdraw(room.ledger.deliveries.search()[0].anchor, [room.account], room.ledger, clock.now)
    room.run()
    clock.move(minutes=2)
    room.run()
    assert room.network.posts == {}
    assert rows(room, "post") == [("posted", "deleted")]


def test_a_network_that_cannot_edit_keeps_the_post_and_it_is_noted(posted, article, clock):
    room = posted(on_edit="edit", network=Fixed())
    room.publish(article(1, title="Better", published=clock.now))
    room.run()
    [row] = [row for row in room.ledger.deliveries.search() if row.action == "edit"]
    assert (row.state, row.reason, row.error) == ("skipped", "unchanged", "fake cannot edit posts")


def raises(fault):
    def broken(*_, **__):
        raise fault

    return broken


@pytest.mark.parametrize("reason", ["unavailable", "template"])
def test_an_edit_that_cannot_be_rendered_now_comes_back_later(posted, article, clock, reason):
    room = posted(on_edit="edit")
    lane, render = room.lane, room.render
    if reason == "unavailable":
        room.lane = replace(lane, limits=raises(errors.Unavailable("down")))
    else:
        room.render = raises(errors.RenderError("post.txt.j2:3: 'titel' is undefined"))
    room.publish(article(1, title="Better", published=clock.now))
    for _ in range(3):
        room.run()
        [row] = [row for row in room.ledger.deliveries.search() if row.action == "edit"]
        assert (row.state, row.reason, row.attempts) == ("due", reason, 0)
        assert row.due_at == clock.now + timedelta(minutes=1)
        clock.move(minutes=1)
    room.lane, room.render = lane, render
    room.run()
    assert list(room.network.posts.values()) == ["Better https://gazette.example/1"]


@pytest.mark.parametrize("change", ["edit", "delete"])
@pytest.mark.parametrize("answer", [None, errors.Rejected("no")], ids=["done", "refused"])
def test_a_network_that_answers_a_change_is_no_longer_down(posted, article, clock, ledger, change, answer):
    room = posted(on_edit="edit", on_withdrawn="delete")
    room.network.script = [errors.Unavailable("down"), errors.Uncertain("cut off"), answer]
    room.publish(article(1, title="Better", published=clock.now, withdrawn=change == "delete"))
    for failures in (1, 2, 0):
        room.run()
        assert ledger.accounts.find("acct").failures == failures
        clock.move(hours=1)
    assert rows(room, change) == [("posted", None) if answer is None else ("failed", "rejected")]


def test_an_edit_waits_until_its_post_has_an_end(newsroom, article, clock):
    room = newsroom(on_edit="edit", network=Network(script=[errors.Uncertain("cut off")]))
    room.publish(article(1, published=clock.now))
    room.run()
    room.publish(article(1, title="Better", published=clock.now))
    room.run()
    assert rows(room, "post") == [("unknown", "no_answer")]
    assert rows(room, "edit") == [("due", "behind")]
    for _ in range(8):
        clock.move(seconds=31)
        room.run()
    # Absent twice: the same bytes went again under the same key, and only then the edit.
    assert list(room.network.posts.values()) == ["Better https://gazette.example/1"]
    assert room.network.requests == ["commit", "find", "find", "commit", "edit"]


def test_a_story_withdrawn_before_it_was_sent_never_is(newsroom, article, clock):
    room = newsroom(on_withdrawn="delete")
    room.ledger.accounts.pause("acct", "person", clock.now)
    room.publish(article(1, published=clock.now))
    room.publish(article(1, published=clock.now, withdrawn=True))
    room.ledger.resume(room.account)
    assert room.run() == []
    assert room.states() == [("skipped", "withdrawn")]


def test_a_story_withdrawn_before_it_was_sent_goes_out_when_it_is_given_out_again(newsroom, article, clock):
    room = newsroom(approve=True)
    story = article(1, published=clock.now)
    room.publish(story)
    room.publish(article(1, published=clock.now, withdrawn=True))
    assert room.states() == [("skipped", "withdrawn")]
    clock.move(hours=1)
    room.publish(story)
    assert room.states() == [("planned", "approval")]
    room.publish(article(1, published=story.published, withdrawn=True))
    assert room.states() == [("skipped", "withdrawn")]


def test_a_story_that_was_out_and_deleted_is_not_announced_again_when_it_is_given_out_again(posted, article, clock):
    room = posted(on_withdrawn="delete")
    room.publish(article(1, published=clock.now, withdrawn=True))
    room.run()
    clock.move(hours=1)
    room.publish(article(1, published=clock.now))
    assert room.run() == []


def test_a_withdrawn_story_that_is_out_is_told_of_and_stays(posted, article, clock, ledger):
    room = posted()
    room.publish(article(1, published=clock.now, withdrawn=True))
    assert [(row.state, told) for row, told, _ in ledger.alerts.waiting()] == [("posted", "withdrawn")]
    assert room.run() == []
    assert len(room.network.posts) == 1


def test_or_it_is_deleted_where_that_is_asked_and_never_posted_again(posted, article, clock):
    room = posted(on_withdrawn="delete")
    keys = room.publish(article(1, published=clock.now, withdrawn=True))
    assert len(keys) == 1
    room.run()
    assert room.network.posts == {}
    room.publish(article(1, published=clock.now))
    room.run()
    assert room.network.posts == {}
    assert rows(room, "delete") == [("posted", None)]


def test_withdrawn_while_nobody_knows_it_is_deleted_once_it_is_found(newsroom, article, clock):
    class Silent(Network):
        def commit(self, draft, key):
            super().commit(draft, key)
            raise errors.Uncertain("cut off")

    room = newsroom(on_withdrawn="delete", network=Silent())
    room.publish(article(1, published=clock.now))
    room.run()
    room.publish(article(1, published=clock.now, withdrawn=True))
    for _ in range(4):
        clock.move(seconds=31)
        room.run()
    assert room.network.posts == {}
    assert room.network.requests == ["commit", "find", "delete"]


def test_withdrawn_while_nobody_knows_and_it_never_arrived_it_is_not_sent_again(newsroom, article, clock):
    room = newsroom(on_withdrawn="delete", network=Network(script=[errors.Uncertain("cut off")]))
    room.publish(article(1, published=clock.now))
    room.run()
    room.publish(article(1, published=clock.now, withdrawn=True))
    for _ in range(6):
        clock.move(seconds=31)
        room.run()
    assert room.network.posts == {}
    assert rows(room, "post") == [("skipped", "withdrawn")]
    assert rows(room, "delete") == [("skipped", "person")]


def test_a_story_first_seen_as_withdrawn_is_known_and_never_new(newsroom, article, clock):
    room = newsroom()
    assert room.publish(article(1, published=clock.now, withdrawn=True)) == ()
    assert room.publish(article(1, published=clock.now)) == ()
    assert room.run() == []


def test_a_deletion_that_failed_may_be_asked_for_again(posted, clock, ledger):
    room = posted()
    room.network.script = [errors.Rejected("not yours")]
    [post] = ledger.deliveries.search()
    key = plan_delete(post, ledger, clock.now)
    room.run()
    assert ledger.deliveries.find(key).state == "failed"
    assert plan_delete(post, ledger, clock.now) == key
    room.run()
    assert ledger.deliveries.find(key).state == "posted"
    assert room.network.posts == {}


def test_a_kill_between_the_claim_of_a_deletion_and_its_answer_repeats_it(posted, clock, ledger):
    room = posted()
    [post] = ledger.deliveries.search()
    row = ledger.deliveries.find(plan_delete(post, ledger, clock.now))
    assert ledger.claims.claim(row, now=clock.now, lease=timedelta(seconds=60))
    clock.move(seconds=61)
    room.run()
    assert room.network.posts == {}
    assert rows(room, "delete") == [("posted", None)]


def test_a_deletion_does_not_wait_for_the_accounts_hours(posted, clock, ledger):
    from syndicate.config.hours import hours

    room = posted()
    room.account = replace(room.account, schedule=Schedule(windows=(hours("Mon-Fri 07:00-11:00"),)))
    room.lane = replace(room.lane, account=room.account)
    ledger.backlog.close("acct", "window", clock.now + timedelta(hours=9), "windows", clock.now)
    [post] = ledger.deliveries.search()
    plan_delete(post, ledger, clock.now)
    assert ledger.deliveries.accounts_with_work(clock.now) == ["acct"]
    room.run()
    assert room.network.posts == {}


def test_what_was_withdrawn_by_mistake_can_be_announced_by_hand(newsroom, article, clock, ledger):
    from syndicate.planning.apply import announce

    room = newsroom()
    ledger.accounts.pause("acct", "person", clock.now)
    room.publish(article(1, published=clock.now))
    room.publish(article(1, published=clock.now, withdrawn=True))
    ledger.resume(room.account)
    assert room.states() == [("skipped", "withdrawn")]
    announce(article(1, published=clock.now), [room.account], ledger)
    assert room.run() == ["Story 1"]
