"""The ledger that the first version of syndicate left is brought to this one, and nothing is posted again.

`first_version/` is what the program of 2026-11-24 (schema 1) wrote: two stories seen at the first run, two posted
everywhere, one whose webhook gave no answer (held), one that Mastodon and Facebook took without an answer (unknown).
"""

from __future__ import annotations

import sqlite3
import urllib.parse
import urllib.request
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate.ledger.database import VERSION
from tests.worlds.servers import Documents

LEFT = Path(__file__).parent / "first_version"
STATES = {"posted": 9, "held": 1, "unknown": 2}


def rows(path):
    with closing(sqlite3.connect(path)) as ledger:
        return Counter(state for (state,) in ledger.execute("SELECT state FROM delivery"))


@pytest.fixture
def moved_in(desk):
    """A desk with that ledger, whose feed lists the same stories."""
    site = Documents()
    places = {"SITE": site.url.removeprefix("http://"), "SANDBOX": desk.sandbox.url.removeprefix("http://")}

    def put_in(name):
        text = (LEFT / name).read_text(encoding="utf-8")
        for word, place in places.items():
            text = text.replace(word, place)
        return text

    site.pages["/rss.xml"] = put_in("rss.xml").encode()
    with closing(sqlite3.connect(desk.folder / "syndicate.db")) as ledger:
        ledger.executescript(put_in("ledger.sql"))
    desk.config("masto", "fb", "hook", extra="defaults: {image: none}")
    desk.path.write_text(desk.path.read_text(encoding="utf-8").replace(desk.site.url, site.url), encoding="utf-8")
    desk.pages = site.pages
    yield desk
    site.close()


def arrived(desk, path, **words):
    """A post that the network took, as the first version sent it."""
    data = urllib.parse.urlencode(words).encode()
    token = {"Authorization": "Bearer masto-token"} if "status" in words else {}
    with urllib.request.urlopen(urllib.request.Request(desk.sandbox.url + path, data, token)) as answer:
        assert answer.status == 200


def story(number):
    now = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    url = f"https://gazette.example/{number}.html"
    return f"<item><title>Story {number}</title><link>{url}</link><guid>{url}</guid><pubDate>{now}</pubDate></item>"


def test_the_ledger_of_the_first_version_is_upgraded_and_posts_nothing_again(moved_in):
    path = moved_in.folder / "syndicate.db"
    assert rows(path) == STATES
    words, link = "Story 6\n\nWhat happened at 6.", "https://gazette.example/6.html"
    arrived(moved_in, "/api/v1/statuses", status=f"{words}\n\n{link}")
    arrived(moved_in, "/v21.0/4711/feed", message=words, link=link, access_token="fb-token")
    before = len(moved_in.sandbox.posts())
    assert before == 2

    assert moved_in("db", "upgrade").out == f"schema 1 → {VERSION}\n"
    for _ in range(2):
        moved_in("post")
        assert len(moved_in.sandbox.posts()) == before
    assert rows(path) == {"posted": 11, "held": 1}  # those without an answer were found
    assert moved_in("db", "check").code == 0
    listed = moved_in("deliveries", "list", "--json", "--all").rows
    assert {row["state"] for row in listed} == {"posted", "held"}
    assert "what a first run finds is recorded" in moved_in("explain", "https://gazette.example/1.html").out

    moved_in.pages["/rss.xml"] = moved_in.pages["/rss.xml"].replace(b"<item>", story(7).encode() + b"<item>", 1)
    assert moved_in("post").code == 1  # the one that is held waits for a person, as before
    sent = moved_in.sandbox.posts()[before:]
    assert {post["platform"] for post in sent} == {"mastodon", "facebook", "webhook"}
    assert {post["link"] for post in sent} == {"https://gazette.example/7.html"}
