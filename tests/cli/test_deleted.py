"""Posts that were deleted: they say so everywhere, and can be sent again; a story is taken back everywhere."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.cli import choice, post


def closed():
    """A window of an hour, twelve hours from now: shut whenever this runs, in UTC."""
    start = datetime.now(UTC) + timedelta(hours=12)
    return f", schedule: {{windows: '{start:%a} {start:%H}:00-{start:%a} {start:%H}:30', timezone: UTC, spacing: 1h}}"


@pytest.fixture
def posted(desk):
    """One story on these accounts; the desk and the story."""

    def make(*accounts):
        desk.config(*(accounts or ("masto",)))
        desk.site.publish(1)
        desk("post")
        [story] = desk.site.publish(1, title="Mayor resings")
        desk("post")
        return story

    return make


def key(desk, account="masto"):
    return next(row["key"] for row in desk("deliveries", "list", "--account", account, "--json").rows)


def test_a_deleted_post_says_so_everywhere(desk, posted):
    story = posted()
    link = desk("deliveries", "list", "--json").rows[0]["permalink"]
    assert desk("deliveries", "delete", key(desk)).out == f"{key(desk)[:8]} masto: deleted\n"
    gone, deletion = desk("deliveries", "list", "--json").rows
    assert (gone["state"], gone["reason"], gone["action"], gone["permalink"]) == ("posted", "deleted", "post", link)
    assert (deletion["action"], deletion["state"]) == ("delete", "posted")
    assert f"{link} (deleted)" in desk("deliveries", "list").out
    assert "state:      deleted" in desk("deliveries", "show", key(desk)).out
    told = desk("explain", desk.site.link(story)).out
    assert f"deleted    {link} leads nowhere any more, syndicate deliveries repost {key(desk)[:8]}" in told
    assert [row["key"] for row in desk("deliveries", "list", "--state", "deleted", "--json").rows] == [gone["key"]]
    assert [row["action"] for row in desk("deliveries", "list", "--state", "posted", "--json").rows] == ["delete"]
    assert desk("deliveries", "delete", key(desk)).out == f"{key(desk)[:8]} masto: deleted\n"  # as often as one likes
    assert (desk("post", "--json").code, desk.sandbox.posts()) == (0, [])


def test_it_is_sent_again_as_its_article_is_by_then(desk, posted):
    story = posted("masto", "bsky")
    for account in ("masto", "bsky"):
        desk("deliveries", "delete", key(desk, account))
    story.title = "Mayor resigns"
    run = desk("deliveries", "repost", key(desk, "masto"), key(desk, "bsky"), "--json")
    assert (run.code, [(row["state"], row["revision"]) for row in run.rows]) == (0, [("posted", 1)] * 2)
    assert [text.splitlines()[0] for text in desk.texts()] == ["Mayor resigns"] * 2
    first = run.rows[0]["key"]
    assert first != key(desk)
    assert desk("deliveries", "repost", key(desk)).complaint.startswith(f"{first[:8]} is posted; repost needs")
    desk("deliveries", "delete", first)
    assert desk("deliveries", "repost", first, "--json").rows[0]["revision"] == 2
    assert desk("post", "--json").rows == []
    assert len(desk.sandbox.posts()) == 2


def test_a_story_that_is_named_is_not_sent_again_unless_somebody_says_so(desk, posted, monkeypatch):
    story = posted("masto", "bsky")
    desk("deliveries", "delete", key(desk))
    refused = desk("post", "--article", desk.site.link(story))
    assert refused.code == 1
    assert refused.complaint.endswith(f"to send it again: syndicate deliveries repost {key(desk)[:8]}")
    assert len(desk.sandbox.posts()) == 1
    assert desk("post", "--article", desk.site.link(story), "--account", "bsky").code == 0
    monkeypatch.setattr(post, "_again", lambda gone: [each.account for each in gone] == ["masto"])
    story.title = "Mayor resigns"
    run = desk("post", "--article", desk.site.link(story), "--json")
    assert (run.code, len(desk.sandbox.posts())) == (0, 2)
    assert desk.texts()[-1].startswith("Mayor resigns")


def test_an_edit_or_a_withdrawal_concerns_the_post_that_is_there(desk, posted):
    story = posted()
    desk.config("masto", account=", on_edit: edit, on_withdrawn: delete")
    desk("deliveries", "delete", key(desk))
    story.title = "Mayor resigns"
    assert desk("post", "--json").rows == []
    desk("deliveries", "repost", key(desk))
    story.title = "Mayor resigns at last"
    desk("post")
    assert [text.splitlines()[0] for text in desk.texts()] == ["Mayor resigns at last"]


def test_a_network_that_cannot_delete_is_asked_nothing_and_nothing_is_planned(desk, posted):
    posted("hook")
    refused = desk("deliveries", "delete", key(desk, "hook"))
    assert refused.code == 1
    assert "webhook cannot delete posts" in refused.complaint
    assert len(desk("deliveries", "list", "--json").rows) == 1


def test_a_story_is_taken_back_everywhere(desk, posted):
    story = posted("masto", "hook")
    desk.config("masto", "hook", "bsky", "x-main")
    desk("post")
    desk("accounts", "pause", "x-main")
    url = desk.site.link(story)
    assert {row["state"] for row in desk("post", "--article", url, "--json").rows} == {"posted", "due"}
    asked = desk("deliveries", "delete", "--article", url)
    assert (asked.code, len(desk.sandbox.posts())) == (1, 3)
    assert asked.complaint.endswith("to say yes, add --yes")
    assert "delete it from" in asked.complaint
    assert "skip it for x-main?" in asked.complaint
    run = desk("deliveries", "delete", "--article", url, "--yes")
    assert run.code == 1
    assert "webhook cannot delete posts" in run.complaint
    assert sorted(line.split(" ", 1)[1] for line in run.out.splitlines()) == [
        "bsky: deleted",
        "masto: deleted",
        "x-main: skipped",
    ]
    desk("accounts", "resume", "x-main")
    desk("post")
    assert [each["platform"] for each in desk.sandbox.posts()] == ["webhook"]


def test_a_person_says_no(desk, posted, monkeypatch):
    story = posted()
    monkeypatch.setattr(choice, "agreed", lambda question, yes: False)
    assert desk("deliveries", "delete", "--article", desk.site.link(story)).code == 1
    assert len(desk.sandbox.posts()) == 1


def test_of_a_story_that_is_nowhere_there_is_nothing_to_take_back(desk, posted):
    story = posted()
    assert "no article has the address" in desk("deliveries", "delete", "--article", "https://x.example/1").complaint
    desk("deliveries", "delete", key(desk))
    run = desk("deliveries", "delete", "--article", desk.site.link(story))
    assert (run.code, run.complaint) == (0, f"nothing of {desk.site.link(story)} is posted or waits")


def test_now_passes_hours_and_spacing_and_no_pause(desk):
    desk.config("masto", account=closed())
    desk.site.publish(1)
    desk("post")
    first, second = desk.site.publish(2)
    assert [row["reason"] for row in desk("post", "--json").rows] == ["window", "window"]
    for story in (first, second):
        [row] = desk("post", "--article", desk.site.link(story), "--now", "--json").rows
        assert (row["state"], row["reason"]) == ("posted", None)
    [third] = desk.site.publish(1)
    desk("accounts", "pause", "masto")
    [row] = desk("post", "--article", desk.site.link(third), "--now", "--json").rows
    assert (row["state"], row["reason"]) == ("due", "paused")
    assert len(desk.sandbox.posts()) == 2
    desk("accounts", "resume", "masto")
    assert [row["state"] for row in desk("post", "--json").rows] == ["posted"]
    assert "--now goes with --article" in desk("post", "--now").err


def test_the_deleted_are_counted_apart(ledger, put):
    put(1, state="posted", reason="deleted")
    put(2, state="posted")
    counted = {(state, number) for _, state, number in ledger.overview(ledger.now()).deliveries}
    assert counted == {("posted", 1), ("deleted", 1)}
    assert json.dumps(ledger.deliveries.latest("nothing", "masto")) == "null"
