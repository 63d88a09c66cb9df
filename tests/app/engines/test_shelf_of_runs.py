"""Runs and the daemon put finished stories on the shelf, and go on as before."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.app import ledger_files
from syndicate.ledger.database import micros
from syndicate.ledger.shelving import Shelving
from tests.worlds.old_stories import fill

COUNT = 30


@pytest.fixture
def path(desk, monkeypatch):
    monkeypatch.setattr(Shelving.__init__, "__kwdefaults__", {"kept": 3})
    desk.site.publish(2)
    assert desk("post").code == 0
    path = desk.folder / "syndicate.db"
    fill(path, range(COUNT))
    with sqlite3.connect(path) as connection:  # as if what the desk published had come last
        connection.execute("UPDATE article SET rowid = rowid + 1000 WHERE first_seen_at > :new", {"new": _new()})
    connection.close()
    return path


def _new():
    return micros(datetime.now(UTC) - timedelta(days=1))


def asked(path, sql):
    with sqlite3.connect(path) as connection:
        found = connection.execute(sql).fetchall()
    connection.close()
    return found


def test_runs_put_stories_away_and_post_what_is_new(desk, path):
    before = desk("--json", "deliveries", "list").rows
    for _ in range(40):
        assert desk("post").code == 0
        if asked(path, "SELECT COUNT(*) FROM shelf")[0][0] >= COUNT / 2:
            break
    assert asked(path, "SELECT COUNT(*) FROM shelf")[0][0] >= COUNT / 2
    assert desk("--json", "deliveries", "list").rows == before
    desk.site.publish(1)
    assert [row["state"] for row in desk("--json", "post").rows] == ["posted"]
    assert desk("db", "check").code == 0


def test_a_rehearsal_puts_nothing_away(desk, path):
    for words in (["post", "--dry-run"], ["preview"], ["status"]):
        desk(*words)
    assert asked(path, "SELECT COUNT(*) FROM shelf") == [(0,)]


def test_a_story_on_the_shelf_is_explained_shown_and_never_posted_again(desk, path, monkeypatch):
    monkeypatch.setattr(ledger_files, "QUICK", 0)
    assert desk("db", "prune", "--older", "2000d").code == 0
    [(key, url)] = asked(
        path,
        "SELECT delivery.key, url FROM article LEFT JOIN delivery ON delivery.anchor = article.anchor"
        " WHERE url LIKE '%gazette.example%' ORDER BY first_seen_at LIMIT 1 OFFSET 1",
    )
    assert key is None  # it is on the shelf
    sent = len(desk.sandbox.posts())
    assert "posted" in desk("post", "--dry-run", "--article", url).out + desk("explain", url).out
    [row] = [each for each in desk("--json", "deliveries", "list", "--article", url).rows if each["article"] == url]
    assert row["permalink"]
    assert row["text"]
    assert desk("deliveries", "show", row["key"][:8]).code == 0
    assert len(desk.sandbox.posts()) == sent
