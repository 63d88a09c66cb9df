"""What a source of any type should not have said: one line that names it, and everything stays as it was."""

from __future__ import annotations

import gzip
import sqlite3

import pytest

from tests.worlds.challenges import CLOUDFLARE
from tests.worlds.servers import Documents

GOOD = {
    "feed": b"<rss><channel><item><title>Old</title><link>/old</link></item></channel></rss>",
    "page": b"<html><title>Old</title><meta property='article:published_time' content='2020-01-01T10:00:00Z'>",
    "sitemap": b'<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>/old</loc><news:news>'
    b"<news:title>Old</news:title><news:publication_date>2020-01-01</news:publication_date></news:news></url></urlset>",
}
BAD = {
    "nothing": (b"", "empty document"),
    "spaces": (b" \n ", "empty document"),
    "challenge": (CLOUDFLARE, "bot check of Cloudflare"),
    "maintenance": (b"Down for maintenance", "not "),
    "json": (b'{"error": "quota"}', "not "),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0", "not "),
    "packed": (gzip.compress(b"<rss/>")[:10], "not |cut off|cannot be unpacked"),
}


@pytest.fixture
def pages():
    running = Documents()
    yield running
    running.close()


def state(desk):
    with sqlite3.connect(desk.folder / "syndicate.db") as database:
        return database.execute("SELECT etag, last_modified, body_hash, baseline_at, entries FROM source").fetchall()


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("bad", BAD)
def test_one_line_names_it_and_state_and_validators_stay(desk, pages, kind, bad):
    pages.pages["/x"] = GOOD[kind]
    desk.path.write_text(
        f"site: {{name: Gazette, url: '{pages.url}/'}}\nsources: {{news: {{type: {kind}, url: '{pages.url}/x'}}}}\n",
        encoding="utf-8",
    )
    assert desk("post").code == 0
    before = state(desk)
    assert before[0][2], "there is something to keep"
    pages.pages["/x"], words = BAD[bad]
    run = desk("post")
    said = [line for line in run.err.splitlines() if f"{pages.url}/x" in line]
    assert run.code == 1
    assert len(said) == 1, run.err
    assert any(word in said[0] for word in words.split("|")), said
    assert "Traceback" not in run.err
    assert state(desk) == before
    pages.pages["/x"] = GOOD[kind]
    assert desk("post").code == 0
