"""Threads of a ledger that was put back from a copy: what is out is recognised or held, and nothing goes out twice."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter

import pytest

from tests.worlds.desk import OTHERS
from tests.worlds.long_stories import BODY, chains, feed

LISTED = ("masto", "bsky", "x-main")
UNLISTED = ("fb", "threads", "slack", "linkedin")
"""Their networks do not list what answers another post."""
WHERE = {"masto": "mastodon", "bsky": "bluesky", "x-main": "x", "fb": "facebook"}


@pytest.fixture
def begun(desk):
    """A desk with one account, a baseline, and a story that is about to be published."""

    def begin(account, more):
        rules = f"defaults: {{image: none, hashtags: 0, {more}}}"
        desk.config(*((account,) if account in WHERE else ()), extra=rules, source=", preflight: off")
        if account not in WHERE:
            text = desk.path.read_text(encoding="utf-8")
            other = f"{{platform: {account}, {OTHERS[account]}, api_url: '{desk.sandbox.url}'}}"
            desk.path.write_text(f"{text}accounts:\n  {account}: {other}\n", encoding="utf-8")
        desk.site.raw = feed(desk.site)
        first = desk("post")
        assert first.code == 0, first.err
        desk.site.raw = feed(desk.site, BODY)
        return desk

    return begin


def keep(desk):
    shutil.copy(desk.folder / "syndicate.db", desk.folder / "night.db")


def put_back(desk):
    for file in desk.folder.glob("syndicate.db*"):
        if not file.name.endswith((".runs", ".key")):
            file.unlink()
    shutil.copy(desk.folder / "night.db", desk.folder / "syndicate.db")


def at_once(desk):
    """What waits for its network is tried again now."""
    with sqlite3.connect(desk.folder / "syndicate.db") as connection:
        connection.execute("UPDATE delivery SET due_at = planned_at, reason = NULL WHERE state = 'due'")
        connection.execute("UPDATE account SET next_at = 0")
    connection.close()


def stands(desk):
    """State and reason of each post of the thread, in order."""
    rows = sorted(desk("deliveries", "list", "--json").rows, key=lambda row: row["part"])
    return [(row["state"], row["reason"]) for row in rows]


def once(desk, account, size):
    """The thread is there, in order, each post once."""
    assert {platform: len(texts) for platform, texts in chains(desk.sandbox.posts()).items()} == {
        WHERE.get(account, account): size
    }
    assert max(Counter(desk.texts()).values()) == 1


def cut(begun, account, more, out):
    """A thread of which so many posts are out, copied; then the rest of it goes out, and the copy is put back."""
    desk = begun(account, more)
    desk.sandbox.add_faults([{"step": "commit", "fault": "429", "after": out, "count": 1}])
    desk("post")
    keep(desk)
    at_once(desk)
    done = desk("post")
    assert done.code == 0, done.err
    put_back(desk)
    at_once(desk)
    return desk


@pytest.mark.parametrize("out", [1, 2, 3])
@pytest.mark.parametrize("account", LISTED)
def test_of_a_thread_what_is_out_is_recognised_by_its_words_and_its_link(begun, account, out):
    desk = cut(begun, account, "threads: {posts: 3}, link: reply", out)
    once(desk, account, 4)
    run = desk("post")
    assert run.code == 0, run.err
    assert stands(desk) == [("posted", None)] * out + [("posted", "elsewhere")] * (4 - out)
    once(desk, account, 4)


@pytest.mark.parametrize("account", UNLISTED)
def test_where_answers_are_not_listed_a_person_says_what_became_of_the_reply(begun, account):
    desk = cut(begun, account, "link: reply", 1)
    once(desk, account, 2)
    assert desk("post").code == 1
    assert stands(desk) == [("posted", None), ("held", "restored")]
    once(desk, account, 2)
    [row] = desk("deliveries", "list", "--state", "held", "--json").rows
    reply = next(post for post in desk.sandbox.posts() if post["reply_to"])
    url = reply.get("permalink") or "https://network.example/post/1"
    assert desk("deliveries", "resolve", row["key"], "--sent", url).code == 0
    assert desk("post").code == 0
    once(desk, account, 2)


@pytest.mark.parametrize("account", UNLISTED)
def test_a_held_reply_that_never_arrived_goes_out(begun, account):
    desk = begun(account, "link: reply")
    desk.sandbox.add_faults([{"step": "commit", "fault": "429", "after": 1, "count": 2}])
    desk("post")
    keep(desk)
    at_once(desk)
    desk("post")  # of which the copy knows nothing
    put_back(desk)
    at_once(desk)
    desk("post")
    assert stands(desk) == [("posted", None), ("held", "restored")]
    [row] = desk("deliveries", "list", "--state", "held", "--json").rows
    assert desk("deliveries", "resolve", row["key"], "--not-sent").code == 0
    assert desk("post").code == 0
    assert stands(desk) == [("posted", None), ("posted", None)]
    once(desk, account, 2)


@pytest.mark.parametrize("more", ["threads: {posts: 3}", "link: reply", "threads: {posts: 3}, link: reply"])
@pytest.mark.parametrize("account", LISTED)
def test_a_thread_of_which_the_copy_knows_nothing_is_not_sent_again(begun, account, more):
    desk = begun(account, more)
    keep(desk)
    assert desk("post").code == 0
    before = desk.texts()
    put_back(desk)
    desk("post")
    assert desk.texts() == before
    assert stands(desk)[0] == ("posted", "elsewhere")
    at_once(desk)
    desk("post")
    assert desk.texts() == before


@pytest.mark.parametrize("account", UNLISTED)
def test_a_reply_of_which_the_copy_knows_nothing_is_held(begun, account):
    desk = begun(account, "link: reply")
    keep(desk)
    assert desk("post").code == 0
    before = desk.texts()
    put_back(desk)
    desk("post")
    assert desk.texts() == before
    assert stands(desk) == [("posted", "elsewhere"), ("held", "restored")]


@pytest.mark.parametrize("account", [*LISTED, *UNLISTED])
def test_a_reply_that_a_lost_ledger_had_not_sent_yet_is_not_forgotten(begun, account):
    """Its post is recognised by its words, so those of the reply are known too."""
    desk = begun(account, "link: reply")
    keep(desk)
    desk.sandbox.add_faults([{"step": "commit", "fault": "429", "after": 1, "count": 1}])
    desk("post")
    assert len(desk.texts()) == 1
    put_back(desk)
    desk("post")
    if account in LISTED:
        assert stands(desk) == [("posted", "elsewhere"), ("posted", None)]
        once(desk, account, 2)
    else:
        assert stands(desk) == [("posted", "elsewhere"), ("held", "restored")]
        assert len(desk.texts()) == 1


def test_a_thread_that_waits_for_a_yes_is_gone_on_with_after_a_restore_once_it_has_that(begun):
    """Who approved it is forgotten; its first post is out."""
    desk = begun("masto", "link: reply, approve: true")
    desk("post")
    [row] = desk("deliveries", "list", "--json").rows
    keep(desk)
    assert desk("deliveries", "approve", row["key"]).code == 0
    desk.sandbox.add_faults([{"step": "commit", "fault": "429", "after": 1, "count": 1}])
    desk("post")
    assert len(desk.texts()) == 1
    put_back(desk)
    desk("post")
    assert stands(desk) == [("planned", "approval")]
    assert desk("deliveries", "approve", row["key"]).code == 0
    assert desk("post").code == 0
    assert stands(desk) == [("posted", "elsewhere"), ("posted", None)]
    once(desk, "masto", 2)
