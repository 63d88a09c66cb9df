"""What people are told of a thread: in lists, one by one, as they approve it, and when its link does not follow."""

from __future__ import annotations

import json

import pytest

from tests.worlds.cut_threads import change, cut, expires, rows
from tests.worlds.long_stories import PARAGRAPHS, chains


@pytest.fixture
def alerts(tmp_path):
    """What a command is told, line by line."""

    def told():
        place = tmp_path / "told"
        return [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines()] if place.exists() else []

    told.extra = f"alerts: {{command: [sh, -c, 'cat >> {tmp_path}/told']}}"
    return told


def test_a_post_whose_reply_is_due_says_so_in_the_list(desk):
    cut(desk, "429")
    lines = desk("deliveries", "list").out.splitlines()
    assert len(lines) == 2
    [first] = [line for line in lines if line.startswith("posted")]
    assert "  reply due  (http" in first
    assert [row["state"] for row in rows(desk)] == ["posted", "due"]


def test_a_post_whose_thread_goes_on_says_so_in_the_list(desk):
    cut(desk, "too_long", out=2, more="threads: {posts: 3}, link: reply")
    lines = desk("deliveries", "list").out.splitlines()
    first, second, third = (next(line for line in lines if row["key"][:8] in line) for row in rows(desk))
    assert "  post 3 of its thread failed  (http" in first
    assert "post 2 of its thread: http" in second
    assert third.startswith("failed")
    assert "post 3 of its thread: " in third


def test_a_thread_that_is_out_has_no_such_word(desk):
    cut(desk, "late", out=9)
    out = desk("deliveries", "list").out
    assert out.count("posted ") >= 2
    assert "reply" not in out


def test_show_tells_of_every_post_of_a_thread(desk):
    cut(desk, "429", more="threads: {posts: 3}, link: reply")
    first, second = rows(desk)
    shown = desk("deliveries", "show", first["key"])
    assert [line.split(":")[0] for line in shown.out.splitlines() if line.startswith("post ")] == [
        f"post {number} of 4" for number in (2, 3, 4)
    ]
    assert PARAGRAPHS[0][:40] in shown.out
    record = json.loads(desk("deliveries", "show", first["key"], "--json").out)
    assert [*record["thread"][-1]] == ["text", "length", "limit", "link"]
    assert [each["link"] is not None for each in record["thread"]] == [False, False, True]
    part = json.loads(desk("deliveries", "show", second["key"], "--json").out)
    assert part["text"] == record["thread"][0]["text"]
    assert part["thread"] == []
    assert PARAGRAPHS[0][:40] in desk("deliveries", "show", second["key"]).out


def test_whoever_approves_a_thread_is_shown_all_that_was_approved(desk):
    cut(desk, "late", out=9, more="threads: {posts: 3}, link: reply, approve: true")
    [row] = rows(desk)
    waits = json.loads(desk("deliveries", "show", row["key"], "--json").out)
    assert len(waits["thread"]) == 3
    said = desk("deliveries", "approve", row["key"]).err
    for each in (waits, *waits["thread"]):
        assert each["text"] in said
    desk("post")
    [texts] = chains(desk.sandbox.posts()).values()
    assert texts == [waits["text"], *(each["text"] for each in waits["thread"])]


def test_a_reply_that_is_refused_is_told_as_a_post_without_its_link(desk, alerts):
    cut(desk, "too_long", extra=alerts.extra)
    [line] = alerts()
    first, reply = rows(desk)
    assert (line["alert"], line["state"], line["key"]) == ("reply_missing", "failed", reply["key"])
    assert line["post"] == first["permalink"]
    assert line["command"] == f"syndicate deliveries retry {reply['key'][:8]}"
    assert "masto: a post is without its link, since the reply with it is failed: " in line["message"]
    assert desk("deliveries", "retry", reply["key"]).code == 0
    assert desk("post").code == 0
    [texts] = chains(desk.sandbox.posts()).values()
    assert len(texts) == 2
    assert len(alerts()) == 1


def test_a_part_before_the_one_with_the_link_leaves_the_post_without_it_too(desk, alerts):
    cut(desk, "too_long", more="threads: {posts: 3}, link: reply", extra=alerts.extra)
    [line] = alerts()
    assert line["alert"] == "reply_missing"


def test_a_part_of_a_thread_whose_first_post_has_the_link_is_told_as_any_other(desk, alerts):
    cut(desk, "too_long", more="threads: {posts: 3}", extra=alerts.extra)
    [line] = alerts()
    assert "alert" not in line
    assert line["state"] == "failed"


def test_a_reply_that_waited_for_too_long_has_failed_and_can_be_tried_again(desk, alerts):
    cut(desk, "429", extra=alerts.extra)
    expires(desk)
    assert desk("post").code == 1
    first, reply = rows(desk)
    assert (reply["state"], reply["reason"]) == ("failed", "too_old")
    [line] = alerts()
    assert (line["alert"], line["post"], line["reason"]) == ("reply_missing", first["permalink"], "too_old")
    needed = desk("status")
    assert needed.code == 1
    assert "post 2 of a thread failed: it expired while it waited" in needed.out
    assert desk("deliveries", "retry", reply["key"]).code == 0
    expires(desk)  # it has no age any more
    change(desk, "UPDATE account SET next_at = 0")
    assert desk("post").code == 0, desk("status").out
    assert [row["state"] for row in rows(desk)] == ["posted", "posted"]


def test_a_held_reply_is_told_as_a_post_without_its_link_until_somebody_knows(desk, alerts):
    cut(desk, "429", extra=alerts.extra)
    first, reply = rows(desk)
    change(desk, "UPDATE delivery SET state = 'unknown', draft = '{}', reason = 'no_answer' WHERE part = 1")
    change(desk, "DELETE FROM account")  # one that left the config, so that nobody can look it up
    desk.path.write_text(desk.path.read_text(encoding="utf-8").replace("  masto:", "  other:"), encoding="utf-8")
    assert desk("post").code == 1
    [line] = alerts()
    assert (line["alert"], line["state"], line["post"]) == ("reply_missing", "held", first["permalink"])
    assert line["command"] == f"syndicate deliveries resolve {reply['key'][:8]} --sent URL or --not-sent"
    assert "the reply with it is held" in line["message"]


@pytest.mark.parametrize("account", ["masto", "fb"])
def test_where_the_network_edits_the_link_of_a_reply_can_go_into_the_post_itself(desk, alerts, account):
    cut(desk, "too_long", account=account, extra=alerts.extra)
    first, reply = rows(desk)
    [line] = alerts()
    assert line["instead"] == f"syndicate deliveries retry {reply['key'][:8]} --in-post"
    assert line["message"].endswith(f"; or, to put the link into the post, {line['instead']}")
    [before] = desk.sandbox.posts()
    assert "story-0" not in before["text"]
    done = desk("deliveries", "retry", reply["key"], "--in-post")
    assert done.code == 0, done.err
    assert done.out == f"{reply['key'][:8]} {account}: its link is in the post: {first['permalink']}\n"
    [after] = desk.sandbox.posts()
    assert (after["id"], "/news/story-0.html" in after["text"]) == (before["id"], True)
    found = {(row["action"], row["part"]): (row["state"], row["reason"]) for row in rows(desk)}
    assert found == {("post", 0): ("posted", None), ("post", 1): ("skipped", "linked"), ("edit", 0): ("posted", None)}
    assert "reply" not in desk("deliveries", "list").out.partition("\n")[0]
    for more in ((), ("--in-post",)):
        assert desk("deliveries", "retry", reply["key"], *more).code == 1
    assert desk("post").code == 0
    assert len(desk.sandbox.posts()) == 1
    assert len(alerts()) == 1


def test_later_edits_of_such_a_post_keep_its_link_and_its_thread(desk):
    cut(desk, "too_long", out=2, more="threads: {posts: 3}, link: reply, on_edit: edit")
    *_, failed = rows(desk)
    assert (failed["part"], failed["state"]) == (2, "failed")
    done = desk("deliveries", "retry", failed["key"], "--in-post")
    assert done.code == 0, done.err
    change(desk, "UPDATE delivery SET updated_at = updated_at - 120000000, committed_at = committed_at - 120000000")
    desk.site.raw = desk.site.raw.replace(b"Story 0 of the harbour", b"Story 0, corrected")
    run = desk("post")
    assert run.code == 0, run.err
    first, second = desk.sandbox.posts()
    assert first["text"].startswith("Story 0, corrected")
    assert "/news/story-0.html" in first["text"]
    assert second["reply_to"] == first["id"]


def test_an_edit_that_is_refused_leaves_the_reply_to_be_tried_again(desk):
    cut(desk, "too_long")
    _, reply = rows(desk)
    desk.sandbox.add_faults([{"step": "edit", "fault": "too_long", "count": 1}])
    done = desk("deliveries", "retry", reply["key"], "--in-post")
    assert done.code == 1
    assert "the post is not edited: " in done.complaint
    assert desk("deliveries", "retry", reply["key"]).code == 0
    assert desk("post").code == 0, desk("status").out
    [texts] = chains(desk.sandbox.posts()).values()
    assert ["story-0" in text for text in texts] == [False, True]


def test_an_edit_that_cannot_be_made_now_is_made_by_the_next_run(desk):
    cut(desk, "too_long")
    _, reply = rows(desk)
    desk.sandbox.add_faults([{"step": "edit", "fault": "503", "count": 1}])
    done = desk("deliveries", "retry", reply["key"], "--in-post")
    assert (done.code, "; the next run tries again" in done.complaint) == (1, True)
    assert desk("deliveries", "retry", reply["key"]).code == 1  # the edit is under way
    change(desk, "UPDATE delivery SET due_at = 0 WHERE action = 'edit'")
    change(desk, "UPDATE account SET next_at = 0")
    assert desk("post").code == 0, desk("status").out
    [post] = desk.sandbox.posts()
    assert "/news/story-0.html" in post["text"]


def test_where_the_network_cannot_edit_it_says_so_and_changes_nothing(desk, alerts):
    cut(desk, "too_long", account="bsky", extra=alerts.extra)
    _, reply = rows(desk)
    [line] = alerts()
    assert "instead" not in line
    done = desk("deliveries", "retry", reply["key"], "--in-post")
    assert (done.code, done.complaint) == (1, f"{reply['key'][:8]} bsky: bluesky cannot edit posts")
    assert rows(desk)[1]["state"] == "failed"


def test_what_is_no_reply_with_a_link_has_none_to_put_anywhere(desk):
    cut(desk, "too_long", more="threads: {posts: 3}")
    first, part = rows(desk)
    for row in (first, part):
        done = desk("deliveries", "retry", row["key"], "--in-post")
        assert (done.code, "is no reply with the link" in done.complaint) == (1, True)
