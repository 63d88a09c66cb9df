"""`syndicate post` from a feed on loopback to the sandbox, as a publisher would use it."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from subprocess import TimeoutExpired

import pytest

from syndicate.app.engines.run_once import Run
from syndicate.app.runs import RealRun
from syndicate.app.wiring import App, load
from tests import processes
from tests.waiting import PATIENCE
from tests.worlds.in_flight import InFlight

PASSED = {"due", "posted"}


def test_the_first_run_posts_nothing_and_says_so(desk):
    desk.site.publish(3)
    run = desk("post")
    assert (run.code, run.out) == (0, "")
    assert "first run, 3 articles recorded as seen" in run.err
    assert desk.sandbox.posts() == []


def test_a_new_story_is_posted_once_and_its_permalink_printed(desk):
    desk.site.publish(3)
    desk("post")
    [story] = desk.site.publish(1)
    run = desk("post", "--json")
    [row] = run.rows
    assert run.code == 0
    assert (row["state"], row["article"], row["account"]) == ("posted", desk.site.link(story), "masto")
    assert row["permalink"].startswith("http")
    assert desk.site.link(story) in row["text"]
    assert desk("post", "--json").rows == []
    assert len(desk.sandbox.posts()) == 1


def test_the_network_is_asked_whose_login_it_is_before_a_story_waits_for_that_and_not_again(desk):
    def asked():
        found = [f"{each['method']} {each['path'].rpartition('/')[2]}" for each in desk.sandbox.requests()]
        desk.sandbox.clear()
        return found

    desk("post")
    assert asked() == ["GET verify_credentials", "GET instance", "GET nodeinfo", "GET 2.0"]
    desk("post")
    desk.site.publish(1)
    assert asked() == []
    assert desk("post").code == 0
    assert asked() == ["POST statuses"]


def test_an_unchanged_feed_is_asked_for_with_its_own_validators(desk):
    desk.site.publish(1)
    desk("post")
    desk("post")
    first, second = [headers for path, headers in desk.site.requests if path == "/rss.xml"]
    assert "if-none-match" not in first
    assert second["if-none-match"].startswith('"')


def test_every_account_gets_the_story_and_one_that_fails_stops_no_other(desk):
    desk.config("masto", "bsky", "fb", "x-main", "hook")
    desk("post")
    desk.sandbox.add_faults([{"platform": "facebook", "step": "commit", "fault": "401", "count": None}])
    desk.site.publish(1)
    run = desk("post", "--json")
    states = {row["account"]: row["state"] for row in run.rows}
    assert states == {"masto": "posted", "bsky": "posted", "fb": "due", "x-main": "posted", "hook": "posted"}
    assert run.code == 1
    assert "fb: paused: its login was refused" in run.err
    again = desk("post")
    assert again.code == 1
    assert "fb: paused" in again.err


def test_a_resumed_account_sends_its_backlog_in_order(desk):
    desk.config("fb")
    desk("post")
    desk.sandbox.add_faults([{"platform": "facebook", "step": "commit", "fault": "401"}])
    desk.site.publish(3)
    desk("post")
    assert desk("accounts", "resume", "fb").out == "fb: resumed\n"
    assert desk("post").code == 0
    assert [post["link"] for post in desk.sandbox.posts()] == [
        desk.site.link(story) for story in reversed(desk.site.stories)
    ]


def test_backfill_plans_the_newest_whatever_their_age_and_never_twice(desk):
    desk.site.publish(5, ago=timedelta(days=30))
    desk("post")
    assert len(desk("post", "--backfill", "2", "--json").rows) == 2
    assert len(desk("post", "--backfill", "3", "--json").rows) == 1
    posted = [text.split("\n")[0] for text in desk.texts()]
    assert posted == ["Story 3 of the harbour", "Story 4 of the harbour", "Story 2 of the harbour"]


def test_an_edited_headline_does_not_post_twice(desk):
    desk("post")
    [story] = desk.site.publish(1)
    desk("post")
    story.title = "A better headline"
    assert desk("post").code == 0
    assert len(desk.sandbox.posts()) == 1


def test_a_migration_that_changes_every_guid_posts_nothing(desk):
    desk("post")
    desk.site.publish(5)
    desk("post")
    before = len(desk.sandbox.posts())
    for story in desk.site.stories:
        story.slug = f"moved-{story.slug}"
    desk("post")
    assert len(desk.sandbox.posts()) == before


def test_one_article_is_announced_by_its_address(desk):
    desk.config("masto", "bsky")
    [story] = desk.site.publish(1, ago=timedelta(days=400))
    run = desk("post", "--article", desk.site.link(story), "--json")
    assert [row["state"] for row in run.rows] == ["posted", "posted"]
    assert [path for path, _ in desk.site.requests if path == "/rss.xml"] == []
    again = desk("post", "--article", desk.site.link(story), "--json")
    assert (again.code, [row["permalink"] for row in again.rows]) == (0, [row["permalink"] for row in run.rows])
    assert len(desk.sandbox.posts()) == 2


def test_one_article_leaves_the_queue_of_its_account_alone(desk):
    [old] = desk.site.publish(1)
    desk("post")
    desk("accounts", "pause", "masto")
    waiting = desk.site.publish(2)
    desk("post")
    desk("accounts", "resume", "masto")
    rows = desk("post", "--article", desk.site.link(old), "--json").rows
    assert [(row["article"], row["state"]) for row in rows] == [(desk.site.link(old), "posted")]
    assert len(desk.sandbox.posts()) == 1
    rows = desk("post", "--article", desk.site.link(waiting[0]), "--json").rows
    assert [row["article"] for row in rows] == [desk.site.link(waiting[0])]
    assert len(desk.sandbox.posts()) == 2


def test_an_article_that_answers_404_is_not_announced(desk):
    run = desk("post", "--article", f"{desk.site.url}/news/none.html")
    assert run.code == 1
    assert "404" in run.err
    assert desk.sandbox.posts() == []


def test_a_run_for_an_article_that_cannot_be_read_sends_nothing_else(desk):
    desk("post")
    desk("accounts", "pause", "masto")
    desk.site.publish(1)
    desk("post")
    desk("accounts", "resume", "masto")
    run = desk("post", "--article", f"{desk.site.url}/news/none.html", "--json")
    assert (run.code, run.rows, desk.sandbox.posts()) == (1, [], [])
    assert desk("post").code == 0
    assert len(desk.sandbox.posts()) == 1


def test_account_limits_delivery_and_what_is_left_stays_due(desk):
    desk.config("masto", "fb")
    desk("post")
    desk.site.publish(1)
    run = desk("post", "--account", "fb", "--json")
    assert [(row["account"], row["state"]) for row in run.rows] == [("fb", "posted")]
    assert run.code == 0
    assert [row["account"] for row in desk("post", "--json").rows] == ["masto"]


def test_the_dry_run_shows_what_is_sent_and_leaves_no_trace(desk):
    desk.config("masto", "bsky", "fb", "x-main", "hook")
    desk.site.publish(2)
    desk("post")
    desk.site.publish(2, photo=True)
    files = {path.name for path in desk.folder.iterdir()}
    dry = desk("post", "--dry-run", "--json").rows
    assert {path.name for path in desk.folder.iterdir()} == files
    assert desk.sandbox.posts() == []
    assert {row["state"] for row in dry} == {"due"}
    real = desk("post", "--json").rows
    shown = {(row["article"], row["account"]): (row["text"], row["link"], row["media"], row["length"]) for row in dry}
    sent = {(row["article"], row["account"]): (row["text"], row["link"], row["media"], row["length"]) for row in real}
    assert shown == sent
    assert len(real) == 10
    for post in desk.sandbox.posts():
        assert post["text"] in {row["text"] for row in dry}
        if post["platform"] != "webhook":
            assert [media["alt"] for media in post["media"]] == ["The harbour at dawn (Photo: A. Sample)"]


def test_a_newcomers_dry_run_shows_the_newest_three(desk):
    desk.site.publish(5)
    run = desk("post", "--dry-run", "--json")
    assert [(row["state"], row["reason"]) for row in run.rows] == [("skipped", "baseline")] * 3
    assert all(row["text"] for row in run.rows)
    assert "posts nothing" in run.err
    assert [path.name for path in desk.folder.iterdir()] == ["config.yaml"]


def test_a_rehearsal_sends_to_stand_ins_of_its_own(desk):
    desk.config("masto", "bsky")
    desk.site.publish(5)
    run = desk("post", "--sandbox", "--json")
    assert [row["state"] for row in run.rows] == ["posted"] * 6
    assert desk.sandbox.posts() == []
    assert [path.name for path in desk.folder.iterdir()] == ["config.yaml"]


@pytest.mark.parametrize("fault", ["drop_after", "drop_before", "500", "500_after"])
@pytest.mark.parametrize("account", ["masto", "bsky", "fb", "x-main"])
def test_a_lost_answer_is_looked_up_and_ends_as_one_post(desk, account, fault):
    desk.config(account, account=", settle: 1s")
    desk("post")
    desk.sandbox.add_faults([{"step": "commit", "fault": fault}])
    desk.site.publish(1)
    run = desk("post", "--wait", "3m", "--json")
    assert [row["state"] for row in run.rows] == ["posted"]
    assert (run.code, len(desk.sandbox.posts())) == (0, 1)


def test_a_webhook_that_never_answered_is_held_until_a_person_decides(desk):
    desk.config("hook")
    desk("post")
    desk.sandbox.add_faults([{"step": "commit", "fault": "drop_after"}])
    desk.site.publish(1)
    run = desk("post", "--json")
    [row] = run.rows
    assert (run.code, row["state"], row["reason"]) == (1, "held", "no_answer")
    assert "deliveries resolve" in run.err
    assert desk("post").code == 1
    resolved = desk("deliveries", "resolve", row["key"][:8], "--sent", "https://hook.example/1")
    assert (resolved.code, desk("post").code) == (0, 0)
    assert len(desk.sandbox.posts()) == 1
    refused = desk("deliveries", "resolve", row["key"], "--not-sent")
    assert (refused.code, "is posted" in refused.err) == (1, True)


def test_not_sent_sends_it(desk):
    desk.config("hook")
    desk("post")
    desk.sandbox.add_faults([{"step": "commit", "fault": "drop_before"}])
    desk.site.publish(1)
    [row] = desk("post", "--json").rows
    desk("deliveries", "resolve", row["key"], "--not-sent")
    assert [row["state"] for row in desk("post", "--json").rows] == ["posted"]
    assert len(desk.sandbox.posts()) == 1


def test_a_bluesky_session_outlives_the_run(desk):
    desk.config("bsky")
    desk("post")
    for _ in range(3):
        desk.site.publish(1)
        desk("post")
    logins = [request for request in desk.sandbox.requests() if request["path"].endswith("createSession")]
    assert (len(desk.sandbox.posts()), len(logins)) == (3, 1)
    key = desk.folder / "syndicate.db.key"
    assert key.stat().st_mode & 0o777 == 0o600
    stored = (desk.folder / "syndicate.db").read_bytes()
    assert b"accessJwt" not in stored


def test_the_publishers_command_hears_of_a_failure_once(desk):
    told = desk.folder / "told.jsonl"
    desk.config("masto", extra=f'alerts: {{command: ["sh", "-c", "cat >> {told}"]}}')
    desk("post")
    long = "x" * 30
    (desk.folder / "templates" / "mastodon").mkdir(parents=True)
    (desk.folder / "templates" / "mastodon" / "post.txt.j2").write_text(f"{{{{ '{long}' * 30 }}}}", encoding="utf-8")
    desk.config("masto", extra=f'templates: ./templates\nalerts: {{command: ["sh", "-c", "cat >> {told}"]}}')
    desk.site.publish(1)
    run = desk("post", "--json")
    assert [(row["state"], row["reason"]) for row in run.rows] == [("failed", "too_long")]
    desk("post")
    assert told.read_text().count("\n") == 1
    assert '"reason": "too_long"' in told.read_text()


@pytest.mark.slow
def test_kill_9_during_thirty_articles_to_three_networks_ends_with_ninety_posts_each_once(desk):
    desk.config("masto", "bsky", "fb", account=", settle: 1s", source=", burst: off")
    desk("post")
    desk.site.publish(30)
    for after in (0.6, 0.9, 1.2, 0.7):
        process = desk.start("post")
        with suppress(TimeoutExpired):  # it is meant to be killed in the middle
            process.wait(timeout=after)
        processes.end(process)
    run = desk("post", "--wait", "3m", "--json")
    assert run.code == 0
    counted = Counter((post["platform"], post["link"]) for post in desk.sandbox.posts())
    assert len(counted) == 90
    assert set(counted.values()) == {1}
    states = {row["state"] for row in desk("deliveries", "list", "--json").rows}
    assert states == {"posted"}


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)])
def test_a_stop_waits_for_the_request_in_flight_and_loses_nothing(desk, number, code):
    desk("post")
    desk.site.publish(2)
    flight = InFlight(desk.sandbox)
    process = desk.start("post", "--json")
    assert flight.begun.wait(PATIENCE)
    process.send_signal(number)
    flight.over.set()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    states = Counter(row["state"] for row in desk("deliveries", "list", "--json").rows)
    assert states["posted"] == len(desk.sandbox.posts()) >= 1
    assert states["posted"] + states["due"] == 2
    assert desk("post").code == 0
    assert len(desk.sandbox.posts()) == 2


def test_after_a_stop_no_other_delivery_is_begun(desk):
    desk("post")
    desk.site.publish(2)
    flight, stop = InFlight(desk.sandbox), threading.Event()

    def stopped():
        assert flight.begun.wait(PATIENCE)
        stop.set()
        flight.over.set()

    with App(RealRun(load(desk.path, os.environ), os.environ)) as app:
        run = Run(app, stop=stop)
        run.poll(["news"], lambda _: 0)
        stopper = threading.Thread(target=stopped)
        stopper.start()
        run.deliver()
        stopper.join()
    assert Counter(row["state"] for row in desk("deliveries", "list", "--json").rows) == {"posted": 1, "due": 1}
    assert len(desk.sandbox.posts()) == 1


@pytest.mark.slow
def test_a_stop_does_not_wait_for_a_feed_that_hangs(desk):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(PATIENCE)
        hanging = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        desk.config("masto", extra="network: {timeout: 1h}\nlease: 2h")
        desk.path.write_text(desk.path.read_text().replace(f"{desk.site.url}/rss.xml", hanging))
        process = desk.start("post")
        connection, _ = silent.accept()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE)
        connection.close()
    assert process.returncode == 143
    assert "Traceback" not in err
