"""A ledger that is put back from a copy, with real commands against the stand-ins: nothing is posted twice."""

from __future__ import annotations

import shutil
from collections import Counter

import pytest

from tests.worlds.desk import ACCOUNTS

LISTED = ("masto", "bsky", "fb", "x-main")


@pytest.fixture
def newsroom(desk):
    """Five accounts, a baseline, and a copy of the ledger from then."""
    desk.config(*ACCOUNTS)
    desk("post")
    shutil.copy(desk.folder / "syndicate.db", desk.folder / "night.db")
    return desk


def put_back(desk, *, whole=False):
    for file in desk.folder.glob("syndicate.db*"):
        if whole or not file.name.endswith((".runs", ".key")):
            file.unlink()
    shutil.copy(desk.folder / "night.db", desk.folder / "syndicate.db")


def doubled(desk):
    posts = Counter((post["platform"], post["link"] or post["text"].split()[-1]) for post in desk.sandbox.posts())
    return [post for post, count in posts.items() if count > 1]


def states(run):
    return Counter((row["account"], row["state"], row["reason"]) for row in run.rows)


@pytest.mark.parametrize("whole", [False, True], ids=["the ledger alone", "and the file beside it is gone"])
def test_a_ledger_put_back_posts_nothing_twice_and_the_next_story_once(newsroom, whole):
    newsroom.site.publish(3)
    assert newsroom("post").code == 0
    put_back(newsroom, whole=whole)
    run = newsroom("post", "--json")
    assert doubled(newsroom) == []
    assert states(run) == {
        **{(name, "posted", "elsewhere"): 3 for name in LISTED},
        ("hook", "held", "restored"): 3,
    }
    assert all(row["permalink"] for row in run.rows if row["state"] == "posted")
    assert run.code == 1
    assert "masto: it had 3 stories already, recorded as posted" in run.err
    assert "hook: nobody can tell whether it has 3 stories: held for you to decide" in run.err
    for row in run.rows:
        if row["state"] == "held":
            assert newsroom("deliveries", "resolve", row["key"], "--not-sent").code == 0
    newsroom.site.publish(1)
    assert newsroom("post").code == 0
    assert Counter(post["platform"] for post in newsroom.sandbox.posts()) == {
        "mastodon": 4,
        "bluesky": 4,
        "facebook": 4,
        "x": 4,
        "webhook": 7,
    }


def test_a_batch_that_was_posted_meanwhile_does_not_wait_for_a_yes(newsroom):
    newsroom.config(*ACCOUNTS, source=", burst: 20")
    newsroom.site.publish(12)
    newsroom("post")
    put_back(newsroom)
    newsroom.config(*ACCOUNTS)
    run = newsroom("post")
    assert "waiting for your approval" not in run.err
    assert {row["state"] for row in newsroom("deliveries", "list", "--json").rows} == {"posted", "held"}
    assert doubled(newsroom) == []


def test_approving_a_batch_after_a_restore_looks_first(newsroom):
    newsroom.config("masto", "hook")
    stories = newsroom.site.publish(12)
    newsroom("post")
    for file in newsroom.folder.glob("syndicate.db"):
        shutil.copy(file, newsroom.folder / "night.db")
    newsroom("deliveries", "approve", "--reason", "burst")
    newsroom("post")
    put_back(newsroom)
    yes = newsroom("deliveries", "approve", "--reason", "burst", "--account", "masto")
    assert "masto: it had 12 stories already, recorded as posted" in yes.err
    assert newsroom("post").code == 1
    assert len(newsroom.sandbox.posts()) == 2 * len(stories)


def test_a_dry_run_shows_what_the_real_one_would_find(newsroom):
    newsroom.site.publish(2)
    newsroom("post")
    put_back(newsroom)
    shown = states(newsroom("post", "--dry-run", "--json"))
    assert shown == states(newsroom("post", "--json"))


def test_a_story_that_somebody_posted_by_hand_meanwhile_is_not_posted_again(newsroom):
    story = newsroom.site.publish(1)[0]
    link = newsroom.site.link(story).replace("http://", "HTTP://") + "?utm_source=desk#top"
    newsroom.config("masto")
    by_hand = newsroom.sandbox.posts
    request(newsroom, "/api/v1/statuses", {"status": f"Read this: {link}"})
    assert len(by_hand()) == 1
    put_back(newsroom, whole=True)
    assert states(newsroom("post", "--json")) == {("masto", "posted", "elsewhere"): 1}
    assert len(by_hand()) == 1


def request(desk, path, body):
    import json
    from urllib.request import Request, urlopen

    asked = Request(
        desk.sandbox.url + path,
        json.dumps(body).encode(),
        {"Authorization": "Bearer masto-token", "Content-Type": "application/json"},
    )
    with urlopen(asked) as answer:
        return answer.read()


def test_switched_off_a_restored_ledger_posts_what_it_does_not_know(newsroom):
    newsroom.site.publish(1)
    newsroom("post")
    put_back(newsroom)
    newsroom.config("hook", "bsky", extra="recover: off")
    newsroom("post", "--wait", "3s")
    assert [platform for platform, _ in doubled(newsroom)] == ["webhook"]  # bluesky refuses it by itself
    assert newsroom("recover").code == 1


def test_recover_says_what_each_account_has_and_sends_nothing(newsroom):
    newsroom.site.publish(2)
    newsroom("post")
    put_back(newsroom)
    first = newsroom("recover")
    assert first.code == 0
    assert "note: syndicate.db was put back from a copy" in first.err
    assert "masto   posts listed: 2; nothing that waits is among them" in first.out
    assert "hook    cannot say what it has" in first.out
    run = newsroom("post", "--json")
    assert doubled(newsroom) == []
    assert states(run)["masto", "posted", "elsewhere"] == 2
    again = {row["account"]: row for row in newsroom("recover", "--json").rows}
    assert {name: again[name]["listed"] for name in again} == dict.fromkeys(LISTED, 2) | {"hook": None}
    assert len(newsroom.sandbox.posts()) == 10


def test_after_a_restore_an_account_waits_until_its_network_answers_and_says_why(newsroom):
    newsroom.config("masto")
    newsroom.site.publish(1)
    newsroom("post")
    put_back(newsroom)
    newsroom.sandbox.add_faults([{"platform": "mastodon", "step": "read", "fault": "503"}])
    run = newsroom("post", "--json")
    assert states(run) == {("masto", "due", "restored"): 1}
    assert run.code == 1
    assert "masto: nothing is sent until it says what it has" in run.err
    [row] = newsroom("deliveries", "list", "--json").rows
    assert (row["state"], row["reason"]) == ("due", "restored")
    shown = newsroom("deliveries", "show", row["key"])
    assert "its network could not be asked what it has" in shown.out
    assert "restored" in newsroom("explain", row["article"]).out
    assert newsroom("post", "--wait", "30s").code == 0
    assert len(newsroom.sandbox.posts()) == 1


def test_what_a_listing_costs_is_spent_from_the_budget(newsroom):
    newsroom.site.publish(2)
    newsroom("post")
    put_back(newsroom)
    newsroom.config("x-main", account=", budget: {monthly_usd: 0.05}")
    newsroom("post")
    newsroom.site.publish(1)
    [row] = newsroom("post", "--json").rows
    assert (row["state"], row["reason"]) == ("due", "budget")
