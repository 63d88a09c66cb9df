"""A thread over a ledger on a PostgreSQL server: out in order, and gone on with where that ledger is moved to."""

from __future__ import annotations

import json

import pytest
from cryptography.fernet import Fernet

from tests.worlds.long_stories import BODY, chains, feed

MORE = "defaults: {image: none, hashtags: 0, threads: {posts: 3}, link: reply}"
SIZE = 4


@pytest.fixture
def served(postgres, desk, monkeypatch):
    """A desk with two accounts and its ledger on a server, and a long story that is about to be published."""
    monkeypatch.setenv("SYNDICATE_KEY", Fernet.generate_key().decode())
    name = postgres.empty()
    desk.on_server = lambda: desk.config(
        "masto", "bsky", extra=f"database: {postgres.address(name)}\n{MORE}", source=", preflight: off"
    )
    desk.on_server()
    assert desk("db", "upgrade").code == 0
    desk.site.raw = feed(desk.site)
    assert desk("post").code == 0
    desk.site.raw = feed(desk.site, BODY)
    yield desk
    postgres.drop(name)


def whole(desk):
    """Both accounts have the whole thread, each post once."""
    arrived = chains(desk.sandbox.posts())
    assert {name: len(texts) for name, texts in arrived.items()} == {"mastodon": SIZE, "bluesky": SIZE}
    assert all(len(set(texts)) == SIZE for texts in arrived.values())


def test_a_thread_goes_out_over_a_server_and_is_listed_shown_and_deleted(served):
    run = served("post", "--json")
    assert run.code == 0, run.err
    whole(served)
    listed = served("deliveries", "list", "--json").rows
    assert sorted((row["account"], row["part"], row["state"]) for row in listed) == [
        (name, part, "posted") for name in ("bsky", "masto") for part in range(SIZE)
    ]
    first = next(row for row in listed if row["account"] == "masto" and not row["part"])
    assert len(json.loads(served("deliveries", "show", first["key"], "--json").out)["thread"]) == SIZE - 1
    assert served("deliveries", "delete", first["key"]).code == 0
    assert {post["platform"] for post in served.sandbox.posts()} == {"bluesky"}


@pytest.mark.parametrize("fault", ["drop_after", "429"])
def test_a_thread_that_is_cut_goes_on_in_the_file_and_from_the_file_on_the_server(served, tmp_path, fault):
    served.sandbox.add_faults(
        [
            {"platform": name, "step": "commit", "fault": fault, "after": 1, "retry_after": 1}
            for name in ("mastodon", "bluesky")
        ]
    )
    served("post")
    assert len(served.sandbox.posts()) < 2 * SIZE
    back = tmp_path / "back.db"
    assert served("db", "export", str(back)).code == 0
    served.config(
        "masto", "bsky", extra=f"database: sqlite:///{back}\nrecover: 'off'\n{MORE}", source=", preflight: off"
    )
    run = served("post", "--wait", "10m")
    assert run.code == 0, run.err
    whole(served)
