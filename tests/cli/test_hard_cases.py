"""What a sceptical reader found: accounts that change hands, shared links, clocks, half-made keys."""

from __future__ import annotations

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


def test_an_account_that_leads_to_another_login_is_another_account(desk):
    desk.config("bsky")
    desk("post")
    desk.site.publish(1)
    desk("post")
    desk.site.publish(1, ago=timedelta(minutes=5))
    text = desk.path.read_text()
    desk.path.write_text(text.replace("handle: gazette.example", "handle: second.example"))
    assert [row["reason"] for row in desk("post", "--json").rows] == ["baseline"]
    desk.site.publish(1)
    run = desk("post", "--json")
    assert "/second.example/" in run.rows[0]["permalink"]
    assert [post["account"] for post in desk.sandbox.posts()] == ["gazette.example", "second.example"]


@pytest.mark.parametrize(("before", "after"), [("masto", "bsky"), ("fb", "masto"), ("masto", "fb")])
def test_an_account_moved_to_another_platform_takes_nothing_with_it(desk, before, after):
    desk.config(before, account=", settle: 1s")
    desk("post")
    desk.sandbox.add_faults(
        [{"step": "commit", "fault": "drop_before"}, {"step": "commit", "fault": "503", "count": 9}]
    )
    desk.site.publish(2)
    desk("post")
    desk.sandbox.clear()
    desk.config(after)
    desk.path.write_text(desk.path.read_text().replace(f"  {after}: {{", f"  {before}: {{"))
    run = desk("post", "--json")
    assert "Traceback" not in run.err
    assert desk.sandbox.posts() == []
    assert {row["state"] for row in desk("deliveries", "list", "--json").rows} <= {"skipped", "held"}


def test_what_an_account_that_left_the_config_sent_without_an_answer_is_for_a_person(desk):
    desk.config("masto", "fb")
    desk("post")
    desk.site.publish(1)
    desk.sandbox.add_faults([{"platform": "facebook", "step": "commit", "fault": "503"}])
    assert desk("post").code == 1
    desk.config("masto")
    run = desk("post")
    [row] = [row for row in desk("deliveries", "list", "--json").rows if row["account"] == "fb"]
    assert (run.code, row["state"], row["reason"]) == (1, "held", "no_answer")
    assert f"hint: look at the network, then run syndicate deliveries resolve {row['key'][:8]}" in run.err
    assert desk("deliveries", "resolve", row["key"], "--sent", "https://facebook.com/1").code == 0
    assert desk("post").code == 0


@pytest.mark.parametrize("account", ["fb", "x-main", "masto"])
def test_two_stories_with_one_link_are_two_posts(desk, account):
    template = desk.folder / "templates" / "default" / "post.txt.j2"
    template.parent.mkdir(parents=True)
    template.write_text("{{ article.title }} https://gazette.example.com/live", encoding="utf-8")
    desk.config(account, account=", settle: 1s, link: none", extra="templates: ./templates")
    desk("post")
    desk.site.publish(1)
    desk("post")
    desk.sandbox.add_faults([{"step": "commit", "fault": "drop_before"}])
    desk.site.publish(1)
    run = desk("post", "--wait", "3m", "--json")
    assert [row["state"] for row in run.rows] == ["posted"]
    assert len({row["permalink"] for row in desk("deliveries", "list", "--json").rows}) == 2
    assert len(desk.sandbox.posts()) == 2


def test_a_story_listed_with_two_guids_is_posted_once(desk):
    desk("post")
    [story] = desk.site.publish(1)
    desk("post")
    one = desk.site.item(story)
    twin = one.replace(f">{story.slug}</guid>", f">{story.slug}#1</guid>")
    desk.site.raw = desk.site.feed().replace(one, one + twin).encode()
    assert desk("post", "--json").rows == []
    [other] = desk.site.publish(1)
    both = desk.site.item(other)
    desk.site.raw = desk.site.feed().replace(both, both.replace("</guid>", "#0</guid>") + both).encode()
    assert len(desk("post", "--json").rows) == 1
    assert len(desk.sandbox.posts()) == 2


def test_a_new_sources_baseline_swallows_no_story_of_an_old_one(desk):
    desk("post")
    desk.site.publish(2)
    desk.site.status = 503
    second = "  second: {type: feed, url: 'URL/rss.xml?second'}\n".replace("URL", desk.site.url)
    answer = desk.site.answer
    desk.site.answer = lambda path, tag: (
        (200, "application/rss+xml", desk.site.feed().encode(), None) if "second" in path else answer(path, tag)
    )
    desk.path.write_text(desk.path.read_text().replace("accounts:", f"{second}accounts:"))
    assert desk("post").code == 1
    assert desk.sandbox.posts() == []
    desk.site.status = 200
    assert len(desk("post", "--json").rows) == 2
    assert len(desk.sandbox.posts()) == 2


def test_an_empty_key_left_by_a_crash_is_made_again(desk):
    desk.config("bsky")
    desk("post")
    (desk.folder / "syndicate.db.key").write_bytes(b"")
    desk.site.publish(1)
    assert [row["state"] for row in desk("post", "--json").rows] == ["posted"]


def test_a_rehearsal_shows_a_proxy_no_login(desk):
    seen = []

    class Proxy(BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append(self.path)
            self.send_error(502)

        def do_GET(self):
            path = "/" + self.path.split("/", 3)[3]
            status, kind, body, _ = desk.site.answer(path, None)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    proxy = f"http://127.0.0.1:{server.server_address[1]}"
    desk.config("masto", "bsky", extra=f"network: {{proxy: '{proxy}'}}")
    desk.site.publish(1)
    run = desk("post", "--sandbox", "--json")
    server.shutdown()
    server.server_close()
    assert [row["state"] for row in run.rows] == ["posted", "posted"], run.err
    assert seen == []


def test_a_secret_in_a_feeds_address_is_not_printed_nor_stored(desk, monkeypatch):
    monkeypatch.setenv("FEED_KEY", "very-secret-key")
    desk.path.write_text(desk.path.read_text().replace("/rss.xml", "/rss.xml?key=${FEED_KEY}"))
    run = desk("post")
    assert run.code == 1
    assert "404" in run.err
    assert "very-secret" not in run.err
    for path in desk.folder.glob("syndicate.db*"):
        assert b"very-secret" not in path.read_bytes()


def test_a_story_killed_many_times_has_spent_no_attempt(ledger, article, clock):
    from syndicate.model import Account
    from syndicate.planning.apply import announce

    anchor = announce(article(), [Account("masto", "mastodon")], ledger)
    [delivery] = ledger.deliveries.search(anchor=anchor)
    for _ in range(9):
        delivery = ledger.claims.claim(delivery, now=clock(), lease=timedelta(seconds=60))
        clock.move(seconds=61)
        ledger.claims.sweep(clock(), lambda _: timedelta(0))
        delivery = ledger.deliveries.find(delivery.key)
    assert (delivery.state, delivery.attempts) == ("due", 0)


def test_an_absurd_wish_to_wait_is_capped(desk):
    from datetime import UTC, datetime

    from syndicate import errors
    from syndicate.delivery import retry_policy

    now = datetime(2026, 1, 1, tzinfo=UTC)
    step = retry_policy.after_failure(errors.RateLimited("x", retry_after=9e14), attempts=1, now=now, jitter=0.5)
    assert step.due_at == now + retry_policy.LONGEST_RATE_WAIT


def test_a_rehearsal_takes_a_folder_account_for_the_one_it_is(desk):
    desk.path.write_text(
        desk.path.read_text().replace("accounts:\n", "accounts:\n  archive: {platform: folder, path: ./archive}\n")
    )
    desk("post")
    desk.site.publish(1)
    desk("post", "--account", "masto")
    run = desk("post", "--sandbox", "--json")
    assert [(row["account"], row["state"]) for row in run.rows] == [("archive", "posted")]
    assert not (desk.folder / "archive").exists()
