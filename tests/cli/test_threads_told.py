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
