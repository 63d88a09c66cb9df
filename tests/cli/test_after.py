"""Word back, from the post to the file, the front matter, the command and the webhook; killed and down in between."""

from __future__ import annotations

import json
import signal
import sqlite3
import sys

import pytest

from syndicate.ledger.sqlite import SqliteDatabase
from tests import processes
from tests.waiting import wait_for
from tests.worlds.desk import ACCOUNTS
from tests.worlds.listener import Listener

FILE = "after: {file: data/syndication.json}"
KILLED = """
import os, signal
from syndicate.app.word_back import WordBack
WordBack.tell = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
from syndicate.cli import main
main({arguments!r})
"""


@pytest.fixture
def listener():
    running = Listener()
    yield running
    running.close()


def hooked(listener):
    return f"after: {{webhook: {{url: '{listener.url}/social', secret: sesame-open}}}}"


def begun(desk, *accounts, extra):
    """A desk whose sources have had their first run."""
    desk.config(*accounts, extra=extra)
    desk("post")
    return desk


def permalinks(desk):
    return json.loads((desk.folder / "data" / "syndication.json").read_text(encoding="utf-8"))


def owed(desk):
    with sqlite3.connect(desk.folder / "syndicate.db") as ledger:
        return [row[0] for row in ledger.execute("SELECT event FROM follow_up WHERE state = 'owed' ORDER BY rowid")]


def killed_before_it_tells(desk, *arguments):
    code = KILLED.format(arguments=["-c", str(desk.path), *arguments])
    done = processes.run([sys.executable, "-c", code], check=False, cwd=desk.folder)
    assert done.returncode == -signal.SIGKILL


def test_the_next_build_finds_where_each_story_was_posted(desk, site):
    begun(desk, "masto", "bsky", extra=FILE)
    assert permalinks(desk) == {}  # there from the first run on, so that a build can read it
    [story] = site.publish()
    assert desk("post").code == 0
    [posts] = permalinks(desk).values()
    assert [post["account"] for post in posts] == ["bsky", "masto"]
    assert posts[0]["id"].startswith("at://")
    assert posts[0]["url"].startswith("https://bsky.app/profile/")
    [address] = permalinks(desk)
    assert story.slug in address
    assert desk("deliveries", "export").out == (desk.folder / "data" / "syndication.json").read_text()
    assert "masto-token" not in desk("deliveries", "export", "--format", "json").out
    assert desk("deliveries", "export", "-o", str(desk.folder / "other.json")).code == 0
    assert json.loads((desk.folder / "other.json").read_text()) == permalinks(desk)


def test_killed_between_receipt_and_word_the_next_run_tells_and_posts_nothing_twice(desk, site):
    begun(desk, "masto", extra=FILE)
    site.publish(2)
    killed_before_it_tells(desk, "post")
    assert len(desk.texts()) == 2
    assert permalinks(desk) == {}
    assert owed(desk) == ["posted", "posted"]
    assert desk("post").code == 0
    assert len(permalinks(desk)) == 2
    assert len(desk.texts()) == 2
    assert owed(desk) == []


def test_killed_while_it_tells_it_is_told_again(desk, site):
    script = desk.folder / "tell"
    script.write_text(
        f"#!{sys.executable}\nimport os, pathlib, signal, sys\n"
        "open('heard', 'a').write(sys.stdin.read())\n"
        "if pathlib.Path('deadly').exists():\n    os.kill(os.getppid(), signal.SIGKILL)\n"
    )
    script.chmod(0o755)
    begun(desk, "masto", extra="after: {command: [./tell]}")
    (desk.folder / "deadly").touch()
    site.publish()
    process = desk.start("post")
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    (desk.folder / "deadly").unlink()
    assert desk("post").code == 0
    heard = [json.loads(line) for line in (desk.folder / "heard").read_text().splitlines()]
    assert [each["event"] for each in heard] == ["posted", "posted"]
    assert heard[0] == heard[1]
    assert len(desk.texts()) == 1


def test_a_webhook_hears_of_posts_edits_and_deletions_in_order(desk, site, listener):
    begun(desk, "masto", extra=f"{hooked(listener)}\ndefaults: {{image: none, on_edit: edit}}")
    [story] = site.publish()
    desk("post")
    story.title = "A better title"
    desk("post")
    key = listener.heard[0].json["key"]
    desk("deliveries", "delete", key)
    desk("post")
    assert listener.events() == ["posted", "edited", "deleted"]
    lines = [each.json for each in listener.heard]
    assert len({line["permalink"] for line in lines}) == 1
    assert len({line["id"] for line in lines}) == 3
    assert all(each.headers["webhook-signature"].startswith("v1,") for each in listener.heard)


def test_what_cannot_be_sent_is_told_as_failed(desk, site, listener):
    begun(desk, "masto", extra=f"{hooked(listener)}\ntemplates: ./mine")
    folder = desk.folder / "mine" / "default"
    folder.mkdir(parents=True)
    (folder / "post.txt.j2").write_text("x" * 600 + " {{ link }}")
    site.publish()
    desk("post")
    assert listener.events() == ["failed"]
    assert listener.heard[0].json["state"] == "failed"


def test_a_place_that_is_down_delays_no_post_and_hears_all_of_it_later(desk, site, listener):
    begun(desk, "masto", extra=f"{hooked(listener)}")
    listener.statuses = [503, 503]
    for number in range(2):
        site.publish(title=f"Story {number}")
        ended = desk("post")
        assert ended.code == 0  # it passes by itself
        assert ended.err.count("after: webhook: 127.0.0.1: HTTP 503; it is told later") == 1
        assert len(desk.texts()) == number + 1
    assert len(listener.heard) == 2  # asked once a run
    desk("post")
    assert listener.events() == ["posted"] * 4
    assert len({each.json["id"] for each in listener.heard}) == 2


def test_a_place_that_stays_down_is_one_trouble_that_status_shows(desk, site, listener, monkeypatch):
    begun(desk, "masto", extra=f"{hooked(listener)}\nalerts: {{command: [./hear]}}")
    script = desk.folder / "hear"
    script.write_text("#!/bin/sh\ncat >> alerts\n")
    script.chmod(0o755)
    desk.path.write_text(desk.path.read_text().replace("[./hear]", f"['{script}']"))
    monkeypatch.chdir(desk.folder)
    listener.statuses = [503] * 20
    site.publish(3)
    desk("post")
    assert desk("status").code == 0  # not for long yet
    with sqlite3.connect(desk.folder / "syndicate.db") as ledger:
        ledger.execute("UPDATE follow_up SET failing_at = failing_at - 7200000000 WHERE failing_at IS NOT NULL")
    for _ in range(3):
        desk("post")
    ended = desk("status", "--json")
    assert ended.code == 1
    [need] = ended.rows[0]["needs"]
    assert (need["kind"], need["subject"]) == ("word_back", "webhook")
    assert "3 events wait for it" in need["message"]
    alerts = [json.loads(line) for line in (desk.folder / "alerts").read_text().splitlines()]
    assert [each["alert"] for each in alerts] == ["word_back"]
    listener.statuses = []
    desk("post")
    assert desk("status").code == 0
    alerts = [json.loads(line) for line in (desk.folder / "alerts").read_text().splitlines()]
    assert [each["alert"] for each in alerts] == ["word_back", "all_clear"]


def test_what_only_a_person_can_help_makes_the_run_fail(desk, site, listener):
    begun(desk, "masto", extra=hooked(listener))
    listener.statuses = [401]
    site.publish()
    ended = desk("post")
    assert ended.code == 1
    assert "after: webhook: 127.0.0.1: HTTP 401" in ended.err
    assert len(desk.texts()) == 1


def test_a_dry_run_and_the_sandbox_tell_nobody(desk, site, listener):
    begun(desk, "masto", extra=f"{hooked(listener)[:-1]}, file: there.json}}")
    (desk.folder / "there.json").unlink()
    site.publish()
    desk("post", "--dry-run")
    desk("post", "--sandbox")
    desk("preview")
    assert not listener.heard
    assert not (desk.folder / "there.json").exists()


def test_the_daemon_tells_as_well(desk, site, listener):
    begun(desk, "masto", extra=f"{hooked(listener)[:-1]}, file: there.json}}")
    desk.path.write_text(
        desk.path.read_text().replace("rss.xml", "rss.xml").replace("type: feed,", "type: feed, every: 1s,")
    )
    daemon = desk.start("daemon", "--json")
    site.publish()
    wait_for(lambda: listener.heard)
    wait_for(lambda: "http" in (desk.folder / "there.json").read_text())
    daemon.send_signal(signal.SIGTERM)
    _, log = daemon.communicate()
    told = [each for each in map(json.loads, log.splitlines()) if each["event"] == "word.told"]
    assert {each["to"] for each in told} == {"webhook", "file"}
    assert listener.events() == ["posted"]


def test_front_matter_says_where_and_the_next_run_does_not_post_again(desk, listener):
    blog = desk.folder / "content"
    blog.mkdir()
    desk.path.write_text(
        f'site: {{name: The Test Gazette, url: "{desk.site.url}/", language: en}}\n'
        "sources:\n  blog: {type: folder, url: ./content, preflight: off}\n"
        f"accounts:\n  masto: {ACCOUNTS['masto'].replace('URL', desk.sandbox.url)}\n"
        "defaults: {image: none, on_edit: edit}\n"
        "after: {front_matter: {source: blog}}\n"
    )
    (blog / "old.md").write_text("---\ntitle: Old\ndate: 2026-01-01\n---\nOld.\n")
    desk("post")
    from datetime import UTC, datetime

    new = blog / "new.md"
    new.write_text(f"---\ntitle: The ferry sails\ndate: {datetime.now(UTC).isoformat()}\n---\nIt does.\n")
    assert desk("post").code == 0
    text = new.read_text()
    assert 'url: "http' in text or 'url: "https' in text
    assert text.startswith("---\ntitle: The ferry sails\n")
    assert desk("post").out == ""
    assert len(desk.texts()) == 1
    assert new.read_text() == text


def test_each_site_has_a_file_of_its_own(desk, site):
    (desk.folder / "sites").mkdir()
    mine = (
        f'site: {{name: Gazette, url: "{site.url}/", language: en}}\n'
        f'sources: {{news: {{url: "{site.url}/rss.xml"}}}}\ndefaults: {{image: none}}\n'
        f"accounts:\n  masto: {ACCOUNTS['masto'].replace('URL', desk.sandbox.url)}\n"
        "after: {file: gazette.json}\n"
    )
    (desk.folder / "sites" / "gazette.yaml").write_text(mine)
    desk.path.write_text("sites: ./sites\nafter: {file: all.json}\n")
    desk("post")
    site.publish()
    assert desk("post").code == 0
    [own] = json.loads((desk.folder / "sites" / "gazette.json").read_text()).values()
    [everything] = json.loads((desk.folder / "all.json").read_text()).values()
    assert [each["account"] for each in own] == ["masto"]
    assert [each["account"] for each in everything] == ["gazette/masto"]
    ended = desk("deliveries", "export", "--site", "gazette")
    assert ended.out == (desk.folder / "sites" / "gazette.json").read_text()


def test_a_post_takes_no_statement_and_no_commit_more_where_nobody_wants_to_hear(desk, site, monkeypatch):
    desk.config("masto")
    desk("post")
    site.publish(3)
    said = []
    real = SqliteDatabase._rows

    def rows(self, sql, values):
        said.append(sql)
        return real(self, sql, values)

    change = SqliteDatabase.change

    def changed(self, sql, **values):
        said.append(sql)
        return change(self, sql, **values)

    monkeypatch.setattr(SqliteDatabase, "_rows", rows)
    monkeypatch.setattr(SqliteDatabase, "change", changed)
    assert desk("post").code == 0
    assert len(desk.texts()) == 3
    assert not [sql for sql in said if "follow_up" in sql]
    assert any("INSERT INTO attempt" in sql or "UPDATE delivery" in sql for sql in said)
