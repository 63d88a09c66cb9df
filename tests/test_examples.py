from __future__ import annotations

import http.client
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from syndicate.config.reader import load
from syndicate.errors import ConfigError
from tests.waiting import PATIENCE

EXAMPLES = Path(__file__).parent.parent / "examples"
sys.path.append(str(EXAMPLES))

import demo  # noqa: E402 - scripts, found on the path they run on
import gazette  # noqa: E402
from drawing.canvas import steps  # noqa: E402
from serve import Site  # noqa: E402

MEDIA = f"{{{gazette.MEDIA}}}"
DC = f"{{{gazette.DUBLIN_CORE}}}"
ATOM = f"{{{gazette.ATOM}}}"
NOON = datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=UTC)
STORIES = gazette.stories()


@pytest.fixture
def site(clock):
    clock.now = NOON
    with Site(now=clock) as running:
        yield running


def ask(site, path, method="GET", body=None, **headers):
    """Status, headers and body of one request."""
    connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=PATIENCE)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read()
    finally:
        connection.close()


def items(site):
    return ET.fromstring(ask(site, "/rss.xml")[2]).findall("channel/item")


def entries(site):
    return ET.fromstring(ask(site, "/atom.xml")[2]).findall(f"{ATOM}entry")


def metadata(site, story):
    """Open Graph properties (the last of each) and the JSON-LD of a story's page."""
    tree = LexborHTMLParser(ask(site, story.path)[2].decode())
    properties = {node.attributes["property"]: node.attributes["content"] for node in tree.css("meta[property]")}
    return tree, properties, json.loads(tree.css_first('script[type="application/ld+json"]').text())


# The stories


def test_there_are_a_dozen_stories_in_a_dozen_languages():
    assert len(STORIES) == 12
    assert len({story.language for story in STORIES}) == 12
    assert [story.number for story in STORIES] == list(range(1, 13))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.slug)
def test_a_story_has_all_that_a_newsroom_gives(story):
    assert re.fullmatch(r"[a-z0-9-]+", story.slug)
    assert story.title
    assert story.author
    assert len(story.section.split(" > ")) == 2
    assert len(story.categories) >= 1
    assert len(story.paragraphs) == 3
    assert all(story.paragraphs)


def test_the_stories_hold_what_trips_a_careless_program():
    titles = "\n".join(story.title for story in STORIES)
    assert max(len(word) for word in titles.split()) == 68
    assert max(len(story.title) for story in STORIES) > 200
    for mark in ("&", "“", "«", "、", "👵🏽", "🎺"):
        assert mark in titles
    assert any("‍" in text for story in STORIES for text in story.paragraphs), "no joined emoji"


def test_a_story_that_lacks_something_is_named(tmp_path):
    (tmp_path / "01-short.md").write_text("title: Too short\n\nText.", encoding="utf-8")
    with pytest.raises(ValueError, match=r"01-short\.md: 'language' is missing"):
        gazette.stories(tmp_path)


# The pictures


def test_every_picture_is_used_and_every_one_named_is_there():
    named = {story.photo.file for story in STORIES if story.photo}
    assert named == {path.name for path in (EXAMPLES / "site" / "photos").iterdir()}
    assert len(named) == 8


@pytest.mark.parametrize("photo", [story.photo for story in STORIES if story.photo], ids=lambda photo: photo.file)
def test_a_picture_is_a_small_jpeg_with_description_and_credit(photo):
    path = EXAMPLES / "site" / "photos" / photo.file
    with Image.open(path) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (gazette.WIDTH, gazette.HEIGHT)
    assert path.stat().st_size <= 120_000
    assert len(photo.alt) > 20
    assert photo.caption
    assert photo.credit.endswith(gazette.NAME)


def test_steps_go_from_nothing_to_everything():
    assert steps(3) == [0, 0.5, 1]


# The feeds


def test_at_first_only_the_older_stories_are_out(site):
    assert len(items(site)) == len(entries(site)) == len(site.published) == 4
    dates = [parsedate_to_datetime(item.findtext("pubDate")) for item in items(site)]
    assert dates == sorted(dates, reverse=True)
    assert max(dates) < NOON - timedelta(hours=1)


def test_what_is_published_is_fresh_and_in_order(site, clock):
    clock.move(minutes=3)
    told = site.publish(3)
    assert [story.number for story in told] == [5, 6, 7]
    newest = [parsedate_to_datetime(item.findtext("pubDate")) for item in items(site)[:3]]
    assert newest == [clock.now.replace(microsecond=0) - timedelta(seconds=second) for second in range(3)]
    assert [item.findtext("title") for item in items(site)[:3]] == [story.title for story in reversed(told)]


def test_both_feeds_tell_the_same(site):
    site.publish()
    assert len(items(site)) == 12
    for item, entry in zip(items(site), entries(site), strict=True):
        assert item.findtext("title") == entry.findtext(f"{ATOM}title")
        assert item.findtext("link") == entry.find(f"{ATOM}link").get("href")
        assert item.findtext(f"{DC}creator") == entry.findtext(f"{ATOM}author/{ATOM}name")
        assert parsedate_to_datetime(item.findtext("pubDate")).isoformat() == entry.findtext(f"{ATOM}published")
        assert [label.text for label in item.findall("category")] == [
            label.get("term") for label in entry.findall(f"{ATOM}category")
        ]
        assert item.findtext("description") == f"<p>{entry.findtext(f'{ATOM}summary')}</p>"


def test_an_item_says_all_that_the_story_says(site):
    site.publish(1)
    story, item = STORIES[4], items(site)[0]
    assert item.findtext("title") == story.title
    assert item.findtext("link") == site.url + story.path
    assert item.findtext("guid") == "gazette-0005"
    assert item.findtext(f"{DC}language") == "en"
    assert [label.text for label in item.findall("category")] == ["News", "Harbour", "weather", "volunteers"]
    picture = item.find(f"{MEDIA}content")
    assert picture.get("url") == f"{site.url}/photos/harbour.jpg"
    assert picture.findtext(f"{MEDIA}description") == story.photo.alt
    assert picture.findtext(f"{MEDIA}credit") == story.photo.credit
    status, headers, body = ask(site, "/photos/harbour.jpg")
    assert (status, headers["Content-Type"], len(body)) == (200, "image/jpeg", int(picture.get("fileSize")))


def test_guids_are_never_shared(site):
    site.publish()
    assert len({item.findtext("guid") for item in items(site)}) == 12
    assert len({entry.findtext(f"{ATOM}id") for entry in entries(site)}) == 12


# The pages


def test_every_story_has_a_page_that_machines_can_read(site):
    site.publish()
    for story in STORIES:
        tree, properties, linked = metadata(site, story)
        assert tree.css_first('link[rel="canonical"]').attributes["href"] == site.url + story.path
        assert tree.css_first("html").attributes["lang"] == story.language
        assert tree.css_first("h1").text() == story.title
        assert properties["og:title"] == linked["headline"] == story.title
        assert properties["og:url"] == site.url + story.path
        assert properties["article:section"] == " > ".join(linked["articleSection"]) == story.section
        assert properties["article:published_time"] == linked["datePublished"]
        assert linked["author"] == [{"@type": "Person", "name": story.author}]
        if story.photo:
            assert properties["og:image:alt"] == linked["image"]["description"] == story.photo.alt
            assert linked["image"]["creditText"] == story.photo.credit
            assert properties["og:image"] == linked["image"]["url"] == f"{site.url}/photos/{story.photo.file}"
        else:
            assert "og:image" not in properties


def test_a_page_written_from_right_to_left_says_so(site):
    site.publish()
    assert metadata(site, STORIES[8])[0].css_first("html").attributes["dir"] == "rtl"


def test_what_is_not_published_is_not_there(site):
    waiting = site.waiting[0]
    assert ask(site, waiting.path)[0] == 404
    assert ask(site, f"/photos/{waiting.photo.file}")[0] == 404
    site.publish(1)
    assert ask(site, waiting.path)[0] == 200


def test_the_front_page_leads_to_feeds_and_stories(site):
    tree = LexborHTMLParser(ask(site, "/")[2].decode())
    feeds = {node.attributes["href"] for node in tree.css('link[rel="alternate"]')}
    assert feeds == {"/rss.xml", "/atom.xml"}
    assert len(tree.css("main li a")) == 4


# The server


@pytest.mark.parametrize("path", ["/", "/rss.xml", "/atom.xml", STORIES[0].path, "/photos/lighthouse.jpg"])
def test_who_has_it_already_is_told_so(site, path):
    status, headers, body = ask(site, path)
    assert status == 200
    assert body
    for condition in (
        {"If_None_Match": headers["ETag"]},
        {"If_None_Match": f'"other", W/{headers["ETag"]}'},
        {"If_Modified_Since": headers["Last-Modified"]},
    ):
        assert ask(site, path, **condition)[::2] == (304, b"")
    assert ask(site, path, If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])[0] == 200
    assert ask(site, path, If_Modified_Since="yesterday")[0] == 200


def test_a_feed_with_something_new_is_sent_whole(site, clock):
    _, headers, _ = ask(site, "/rss.xml")
    clock.move(seconds=5)
    site.publish(1)
    assert ask(site, "/rss.xml", If_None_Match=headers["ETag"])[0] == 200
    assert ask(site, "/rss.xml", If_Modified_Since=headers["Last-Modified"])[0] == 200


def test_a_head_request_gets_the_same_headers_and_no_body(site):
    _, whole, body = ask(site, "/rss.xml")
    status, headers, nothing = ask(site, "/rss.xml", method="HEAD")
    assert (status, headers["ETag"], nothing) == (200, whole["ETag"], b"")
    assert int(headers["Content-Length"]) == len(body)


def test_publishing_by_request_takes_the_next_ones(site):
    status, _, body = ask(site, "/_site/publish", method="POST", body=b'{"count": 2}')
    assert (status, json.loads(body)) == (
        200,
        {"published": ["every-boat-home-before-the-fog", "banda-toca-para-as-baleias"], "waiting": 6},
    )
    assert len(items(site)) == 6
    assert json.loads(ask(site, "/_site/publish", method="POST")[2])["waiting"] == 0
    assert site.publish(3) == []


@pytest.mark.parametrize("body", [b"three", b"[]", b'{"count": -1}', b'{"count": "3"}', b'{"count": true}', b"\xff"])
def test_a_request_to_publish_that_makes_no_sense_publishes_nothing(site, body):
    assert ask(site, "/_site/publish", method="POST", body=body)[0] == 400
    assert len(site.published) == 4


def test_the_site_remembers_what_was_asked(site):
    ask(site, "/rss.xml")
    ask(site, "/nowhere")
    assert site.requests == [("GET", "/rss.xml", 200), ("GET", "/nowhere", 404)]


# The demo


def test_the_config_of_the_demo_loads(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(
        demo.config("http://127.0.0.1:1", "http://127.0.0.1:2", tmp_path / 'a "quoted" folder'), encoding="utf-8"
    )
    loaded = load(path, {"DEMO_TOKEN": "token"})
    assert tuple(loaded.accounts) == demo.ACCOUNTS
    assert [entry.account.platform for entry in loaded.accounts.values()] == list(demo.ACCOUNTS)
    assert loaded.accounts["folder"].options.path == tmp_path / 'a "quoted" folder'
    assert {getattr(loaded.accounts[name].options, "api_url", None) for name in demo.NETWORKS} == {"http://127.0.0.1:2"}
    with pytest.raises(ConfigError, match="DEMO_TOKEN"):
        load(path, {})


class Network:
    """Stands for a sandbox that received what it is told."""

    url = "http://127.0.0.1:2"

    def __init__(self, posts):
        self._posts = posts

    def posts(self):
        return self._posts


def received(story, accounts=demo.NETWORKS):
    link = f"https://gazette.example{story.path}?utm_source=x"
    return [{"platform": name, "text": story.title, "link": link, "card": None} for name in accounts]


def written(folder, story):
    (folder / story.slug).mkdir(parents=True)
    url = {"article": {"url": f"https://gazette.example{story.path}"}}
    (folder / story.slug / "post.json").write_text(json.dumps(url), encoding="utf-8")


@pytest.mark.parametrize(
    ("posts", "wrong"),
    [
        (received(STORIES[4]), []),
        (received(STORIES[4], ["mastodon", "bluesky", "x", "facebook"]), ["every-boat… 0 times for webhook, not 1"]),
        (received(STORIES[4]) + received(STORIES[4], ["x"]), ["every-boat… 2 times for x, not 1"]),
        (received(STORIES[4]) + received(STORIES[0], ["x"]), ["unknown 1 times for x, not 0"]),
    ],
    ids=["once each", "one missing", "one doubled", "a stranger"],
)
def test_the_demo_counts(site, tmp_path, monkeypatch, posts, wrong):
    monkeypatch.chdir(tmp_path)
    written(demo.OUT / "folder", STORIES[4])
    shown = demo.Demo(site, Network(posts), tmp_path, demo.Talk())
    shown._count([STORIES[4]])
    short = [line.replace(STORIES[4].slug, "every-boat…") for line in shown.wrong]
    assert short == [f"the networks hold {line}" for line in wrong]
