"""Floods and repetitions at the command line: what is said, and one yes or no for all of it."""

import json
from contextlib import closing

from syndicate.ledger.sqlite import SqliteDatabase


def planned(desk, reason):
    rows = desk("deliveries", "list", "--json").rows
    return [row for row in rows if (row["state"], row["reason"]) == ("planned", reason)]


def test_a_burst_is_told_of_and_goes_out_after_one_yes(desk):
    desk.config("masto", "bsky")
    desk("post")
    desk.site.publish(12)
    run = desk("post", "--json")
    assert run.code == 0
    assert {(row["state"], row["reason"]) for row in run.rows} == {("planned", "burst")}
    assert run.err.count("12 articles new at once, waiting for your approval: syndicate deliveries approve") == 1
    assert desk.sandbox.posts() == []
    assert len(planned(desk, "burst")) == 24
    yes = desk("deliveries", "approve", "--reason", "burst", "--source", "news", "--account", "masto")
    assert (yes.code, yes.out.count("planned → due")) == (0, 12)
    no = desk("deliveries", "skip", "--reason", "burst", "--account", "bsky")
    assert (no.code, no.out.count("planned → skipped")) == (0, 12)
    assert desk("post").code == 0
    assert sorted(post["platform"] for post in desk.sandbox.posts()) == ["mastodon"] * 12


def test_each_run_reminds_of_what_waits_and_a_preview_shows_it(desk):
    desk("post")
    stories = desk.site.publish(12)
    assert "articles that wait for your approval" not in desk("post").err
    run = desk("post")
    assert (run.code, run.out) == (0, "")
    assert "articles that wait for your approval: 12" in run.err
    shown = desk("preview")
    assert desk.site.link(stories[0]) in shown.out
    assert "Nothing would be posted" not in shown.out
    assert {(row["state"], row["reason"]) for row in desk("preview", "--json").rows} == {("planned", "burst")}
    assert len(planned(desk, "burst")) == 12


def test_each_story_that_waits_for_approval_is_told_and_so_is_that_none_does_any_more(desk):
    told = desk.folder / "told"
    desk.config("masto", "bsky", account=", approve: true", extra=f"alerts: {{command: [sh, -c, 'cat >> {told}']}}")
    desk("post")
    links = []
    for _ in range(2):
        [story] = desk.site.publish(1)
        links.append((story.title, desk.site.link(story)))
        desk("post")
    desk("post")
    lines = [json.loads(line) for line in told.read_text().splitlines()]
    command = "syndicate deliveries approve --reason approval --source news"
    assert [(line["alert"], line["subject"], line["command"]) for line in lines] == [("approval", "news", command)] * 2
    for count, line, (title, link) in zip((1, 2), lines, links, strict=True):
        assert f"articles that wait for your approval: {count}; {command}" in line["message"]
        assert f"new: “{title}” {link}" in line["message"]
        assert {(each["title"], each["article"], each["account"]) for each in line["articles"]} == {
            (title, link, "masto"),
            (title, link, "bsky"),
        }
    desk("deliveries", "skip", "--reason", "approval")
    desk("post")
    last = json.loads(told.read_text().splitlines()[-1])
    assert (last["alert"], last["of"], last["subject"]) == ("all_clear", "approval", "news")
    desk("post")
    assert len(told.read_text().splitlines()) == 3


def test_what_grew_too_old_while_it_waited_for_a_yes_is_told(desk):
    told = desk.folder / "told"
    desk.config("masto", extra=f"alerts: {{command: [sh, -c, 'cat >> {told}']}}")
    desk("post")
    stories = desk.site.publish(11)
    desk("post")
    with closing(SqliteDatabase(desk.folder / "syndicate.db")) as database:
        database.change("UPDATE delivery SET expires_at = 1 WHERE reason = 'burst'")
    run = desk("post")
    line = "masto: articles dropped while they waited: 11 (one of many new at once; waits for your approval)"
    assert (run.code, line in run.err) == (1, True)
    again = desk("post")
    assert (again.code, again.err) == (0, "")
    [alert] = [alert for alert in map(json.loads, told.read_text().splitlines()) if alert["alert"] == "lapsed"]
    assert (alert["subject"], alert["reason"], len(alert["articles"])) == ("masto", "burst", 11)
    assert alert["message"].startswith(line)
    assert {each["article"] for each in alert["articles"]} == {desk.site.link(story) for story in stories}


def test_a_burst_is_alerted_once_while_it_lasts(desk):
    told = desk.folder / "told"
    desk.config("masto", extra=f"alerts: {{command: [sh, -c, 'cat >> {told}']}}")
    desk("post")
    desk.site.publish(11)
    desk("post")
    desk("post")
    [line] = told.read_text().splitlines()
    assert "articles that wait for your approval: 11" in json.loads(line)["message"]


def test_a_story_under_a_new_address_is_explained_with_the_one_it_resembles(desk):
    desk("post")
    [first] = desk.site.publish(1, title="Ferry aground")
    desk("post")
    [second] = desk.site.publish(1, title="Ferry aground", slug="ferry-aground-2")
    run = desk("post", "--json")
    assert [(row["state"], row["reason"]) for row in run.rows] == [("planned", "similar")]
    said = desk("explain", desk.site.link(second)).out
    assert f"it resembles {desk.site.link(first)}" in said
    assert "syndicate deliveries approve " in said
    desk("deliveries", "approve", run.rows[0]["key"][:8])
    desk("post")
    assert len(desk.sandbox.posts()) == 2


def test_a_link_to_another_site_waits_and_the_run_names_its_host(desk):
    desk("post")
    [story] = desk.site.publish(1)
    desk.site.raw = desk.site.feed().replace(desk.site.link(story), "https://casino.example/1").encode()
    run = desk("post")
    assert "nothing of news led to casino.example before, so what leads there waits" in run.err
    assert "syndicate deliveries approve --reason stranger --source news" in run.err
    assert "it leads to casino.example, where nothing led before" in desk("explain", "https://casino.example/1").out
    assert desk("deliveries", "skip", "--reason", "stranger", "--source", "news").code == 0
    assert desk.sandbox.posts() == []


def test_a_dry_run_shows_what_would_wait_and_why(desk):
    desk("post")
    desk.site.publish(11)
    rows = desk("post", "--dry-run", "--json").rows
    assert {(row["state"], row["reason"]) for row in rows} == {("planned", "burst")}
    assert all(row["text"] for row in rows)


def test_naming_nothing_or_keys_and_a_batch_at_once_is_wrong_usage(desk):
    desk("post")
    for words in ((), ("abc", "--reason", "burst")):
        run = desk("deliveries", "approve", *words)
        assert (run.code, "name deliveries by KEY, or a batch" in run.err) == (2, True)
    run = desk("deliveries", "approve", "--source", "nwes")
    assert (run.code, "did you mean 'news'?" in run.err) == (2, True)
    run = desk("deliveries", "skip", "--reason", "burst")
    assert (run.code, run.err.splitlines()[0]) == (1, "no delivery waits for that")


def test_a_story_named_by_a_person_waits_for_nothing(desk):
    desk("post")
    stories = desk.site.publish(11)
    desk("post")
    assert desk("post", "--article", desk.site.link(stories[3])).code == 0
    assert [post["link"] for post in desk.sandbox.posts()] == [desk.site.link(stories[3])]
    assert len(planned(desk, "burst")) == 10


def test_a_burst_of_a_source_that_has_another_name_by_now_goes_out_under_the_name_that_was_told(desk):
    desk("post")
    desk.site.publish(11)
    desk("post")
    desk.path.write_text(desk.path.read_text().replace("  news:", "  paper:"))
    desk("post")
    assert desk("deliveries", "approve", "--reason", "burst", "--source", "news").out.count("planned → due") == 11
