from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest

from syndicate.sandbox.networks import stand_ins
from syndicate.sandbox.page import SCRIPT, live_page, script, static_page
from tests.worlds.client import png
from tests.worlds.sandbox_posts import picture, shown

NASTY = "</p><script>alert(1)</script>\"' & <img src=x onerror=alert(1)>"


def saved(posts, media=None):
    return static_page(posts, stand_ins(), media or {})


def live(posts):
    return live_page(posts, stand_ins())


class Reader(HTMLParser):
    """Collects tags and text; complains about a tag that is not closed."""

    EMPTY = frozenset({"meta", "link", "img", "br"})

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.text, self.open = [], [], "", []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_a_post_shows_its_text_link_account_and_time():
    reader = Reader(saved([shown()]))
    for words in ("A bridge opens https://gazette.example/a?b=1&c=2 #Köln", "gazette", "23 Nov 2026, 10:00:00 UTC"):
        assert words in reader.text
    assert ("a", "href", "https://gazette.example/a?b=1&c=2") in reader.attributes
    assert ("p", "lang", "de") in reader.attributes


@pytest.mark.parametrize("field", ["text", "account", "language", "key", "visibility", "link", "permalink"])
def test_nothing_that_came_in_becomes_markup(field):
    reader = Reader(saved([shown(**{field: NASTY})]))
    assert "script" not in reader.tags
    assert "img" not in reader.tags
    assert not [each for each in reader.attributes if each[1].startswith("on")]


def test_nothing_in_a_card_or_an_alt_text_becomes_markup():
    card = {"url": NASTY, "title": NASTY, "description": NASTY, "image": picture(NASTY)}
    reader = Reader(saved([shown(card=card, media=[picture(NASTY) | {"sha256": "cd34"}])]))
    assert "script" not in reader.tags
    assert reader.text.count("alert(1)") >= 4


def test_a_picture_that_is_in_the_box_is_not_shown_beside_it():
    card = {"url": "https://gazette.example/a", "title": "T", "description": "", "image": picture()}
    beside = picture("The harbour") | {"sha256": "cd34"}
    for media, count in (([picture()], 1), ([picture(), beside], 2)):
        reader = Reader(live([shown(card=card, media=media)]))
        assert [name for tag, name, _ in reader.attributes if tag == "img"].count("src") == count


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x.example", "vbscript:x"])
def test_only_web_addresses_become_links(url):
    card = {"url": url, "title": "T", "description": "", "image": None}
    reader = Reader(saved([shown(link=url, permalink=url), shown(seq=2, card=card)]))
    assert all(value.startswith("http") for tag, name, value in reader.attributes if (tag, name) == ("a", "href"))


def test_a_saved_page_needs_nothing_from_outside():
    page = saved([shown(media=[picture()])], {"ab12": ("image/png", png()), "cd": ("image/png", b"unseen")})
    reader = Reader(page)
    sources = [value for _, name, value in reader.attributes if name == "src"]
    assert sources == ["data:image/png;base64," + base64.b64encode(png()).decode()]
    assert "script" not in reader.tags
    assert not re.search(r"url\(|@import", page)
    assert ("img", "alt", "A bridge") in reader.attributes


def test_alt_text_is_shown_and_its_absence_named():
    assert "A bridge" in Reader(saved([shown(media=[picture()])])).text
    assert "no alt text" in Reader(saved([shown(media=[picture("")])])).text


def test_a_file_that_is_no_picture_is_named_not_shown():
    page = saved([shown(media=[picture() | {"mime": "text/html"}])], {"ab12": ("text/html", b"<script>")})
    assert "a file that is not a picture" in Reader(page).text


def test_each_network_has_its_column_newest_first():
    posts = [shown(seq=1, text="Old"), shown(seq=2, text="New"), shown(seq=3, platform="x", text="Elsewhere")]
    text = Reader(saved(posts)).text
    assert text.index("Mastodon") < text.index("New") < text.index("Old") < text.index("Elsewhere")
    assert "2 posts" in text
    assert "1 post" in text


def test_a_link_without_text_or_card_is_shown_by_itself():
    reader = Reader(saved([shown(text="A bridge", link="https://gazette.example/z")]))
    assert "https://gazette.example/z" in reader.text


def test_what_was_edited_or_deleted_says_so_and_is_not_counted_as_standing():
    moment = "2026-11-23T10:05:00.000Z"
    edited, gone = shown(seq=1, edited_at=moment), shown(seq=2, text="A mistake", deleted_at=moment)
    reader = Reader(saved([edited, gone]))
    assert f"edited{moment}" in reader.text
    assert f"deleted{moment}" in reader.text
    assert "1 post, 1 deleted" in reader.text
    assert [value for tag, name, value in reader.attributes if (tag, name) == ("article", "class")] == ["deleted"]


def test_the_page_keeps_showing_what_was_deleted(client, sandbox):
    token = {"Authorization": "Bearer one"}
    numbers = [
        client("POST", "/api/v1/statuses", json={"status": f"Story {n}"}, headers=token).json["id"] for n in "12"
    ]
    client("PUT", f"/api/v1/statuses/{numbers[1]}", json={"status": "Story 2, mended"}, headers=token)
    client("DELETE", f"/api/v1/statuses/{numbers[0]}", headers=token)
    [gone] = client("GET", "/_sandbox/deleted").json
    assert (gone["id"], gone["text"], bool(gone["deleted_at"])) == (numbers[0], "Story 1", True)
    assert [post["text"] for post in client("GET", "/_sandbox/posts").json] == ["Story 2, mended"]
    for query in ({}, {"static": "1"}):
        page = Reader(client("GET", "/", query=query).body.decode())
        assert "1 post, 1 deleted" in page.text
        assert page.text.index("Story 2, mended") < page.text.index("Story 1")
    client("DELETE", "/_sandbox/posts")
    assert client("GET", "/_sandbox/deleted").json == sandbox.deleted() == []


def test_the_empty_page_says_what_to_do():
    assert "syndicate post --sandbox" in Reader(live([])).text


def test_the_live_page_takes_pictures_from_the_sandbox_and_asks_again(client):
    reader = Reader(live([shown(media=[picture()])]))
    assert ("img", "src", "/_sandbox/media/ab12") in reader.attributes
    assert ("script", "src", SCRIPT) in reader.attributes
    assert "/_sandbox/posts" in script()
    got = client("GET", "/")
    assert got.headers["content-type"] == "text/html; charset=utf-8"
    assert b"Nothing has been posted yet" in got.body


def test_the_sandbox_saves_its_page(client, sandbox):
    client("POST", "/webhook/cms", json={"text": "For the file"})
    saved = client("GET", "/", query={"static": "1"}).body.decode()
    assert "For the file" in saved
    assert saved == sandbox.page()
