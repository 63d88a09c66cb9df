"""What each sample document says, recognised by its content: the facts, article by article."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate import sources
from syndicate.model import Article, Image, LeftOut

FEEDS = Path(__file__).parents[2] / "feeds" / "formats"
URL = "https://gazette.example/feeds/x"
NINE, TEN, ELEVEN, NOON = (datetime(2025, 9, 1, hour, tzinfo=UTC) for hour in (9, 10, 11, 12))
SIX = datetime(2025, 9, 2, 6, tzinfo=UTC)
GAZETTE = "https://gazette.example"

JSON_FEED = [
    {
        "url": f"{GAZETTE}/news/cafe?ref=json",
        "guid": f"{GAZETTE}/news/cafe",
        "title": "Café reopens: salt & vinegar <again>",
        "summary": "The old café is back. It opens at nine.",
        "published": TEN,
        "updated": ELEVEN,
        "authors": ("Ana Lima", "Rui Sousa"),
        "categories": ("Food", "Quay"),
        "images": (
            Image(f"{GAZETTE}/cafe.jpg"),
            Image(f"{GAZETTE}/cafe-wide.jpg"),
            Image(f"{GAZETTE}/inside.jpg", width=900),
        ),
        "language": "en-GB",
        "raw": {"_gazette_desk": "city"},
    },
    {
        "url": f"{GAZETTE}/audio/bridge",
        "guid": "4711",
        "title": "The bridge, an audio walk",
        "published": TEN,
        "images": (Image(f"{GAZETTE}/bridge.jpg", alt="The bridge", width=900),),
        "language": "pt-PT",
        "kind": "audio",
    },
    {
        "url": f"{GAZETTE}/links/9",
        "guid": f"{GAZETTE}/links/9",
        "title": "Worth reading",
        "language": "en-GB",
        "raw": {"unread_date": "yesterday"},
    },
]
OLD_JSON_FEED = [
    {
        "url": "https://old.example/blog/first",
        "guid": "a1",
        "title": "First",
        "published": datetime(2017, 5, 17, 15, 2, 12, tzinfo=UTC),
        "authors": ("Jo Meier",),
        "images": (Image("https://old.example/blog/photo.jpg", type="image/jpeg"),),
    }
]
WORDPRESS = [
    {
        "url": f"{GAZETTE}/economy/harbour-deal/",
        "guid": f"{GAZETTE}/?post_type=post&p=812",
        "title": "Harbour deal: Smith & Sons buy “the pier”",
        "summary": "The pier changes hands. Nobody was asked.",
        "published": TEN,
        "updated": datetime(2025, 9, 1, 11, 30, tzinfo=UTC),
        "authors": ("Ana Lima",),
        "section": "Economy & Work",
        "categories": ("Harbour", "City", "Economy & Work"),
        "images": (
            Image(
                f"{GAZETTE}/wp-content/uploads/pier.jpg",
                "The pier at dusk – empty",
                "The pier on Monday",
                "Photo desk",
                1600,
                1067,
                "image/jpeg",
            ),
            Image(f"{GAZETTE}/inside.jpg", width=800),
        ),
        "language": "en",
        "raw": {"series": "The long read"},
    },
    {
        "url": f"{GAZETTE}/2025/09/film/",
        "guid": f"{GAZETTE}/?p=811",
        "title": "A film without a picture",
        "published": NINE,
        "updated": NINE,
        "section": "Film",
        "categories": ("Culture", "Film"),
        "images": (Image(f"{GAZETTE}/uploads/still.jpg", "A still", width=1200, height=800),),
        "kind": "video",
    },
]
GHOST = [
    {
        "url": f"{GAZETTE}/chips/",
        "canonical_url": "https://www.gazette.example/chips-story/",
        "guid": "5ddc9141c35e7700383b2937",
        "title": "Salt & vinegar: the <chip> story",
        "summary": "How a town came to its chips.",
        "published": TEN,
        "updated": ELEVEN,
        "authors": ("Ana Lima", "Rui Sousa"),
        "section": "Food",
        "categories": ("Food", "Town"),
        "images": (Image(f"{GAZETTE}/content/images/chips.jpg", "A bag of chips", "Photo: Desk"),),
        "raw": {"visibility": "members"},
    },
    {
        "url": f"{GAZETTE}/no-picture/",
        "guid": "5ddc9141c35e7700383b2938",
        "title": "No picture",
        "summary": "The beginning of the text",
        "published": NINE,
        "updated": NINE,
        "images": (Image(f"{GAZETTE}/content/images/in.png", "Inside", width=2000),),
        "raw": {"visibility": "public"},
    },
]
NINJS_1 = [
    {
        "url": f"{GAZETTE}/economy/harbour-deal",
        "guid": "http://gazette.example/news/harbour-deal",
        "title": "Harbour deal: Smith & Sons buy the pier",
        "summary": "The pier changes hands.",
        "published": TEN,
        "updated": ELEVEN,
        "authors": ("Ana Lima", "Rui Sousa"),
        "section": "Economy",
        "categories": ("economy, business and finance", "harbour", "pier"),
        "images": (
            Image(
                f"{GAZETTE}/p1.jpg",
                "An empty pier",
                "The pier on Monday",
                "Jo Meier",
                1400,
                933,
                "image/jpeg",
                (0.25, 0.5),
            ),
            Image(f"{GAZETTE}/p2.jpg", width=800, height=600, type="image/jpeg"),
        ),
        "language": "en-GB",
        "raw": {
            "urgency": "2",
            "priority": "5",
            "slugline": "harbour-deal",
            "located": "Porto",
            "copyrightnotice": "Copyright 2025 The Example Gazette",
        },
    }
]
NINJS_2 = [
    {
        "url": f"{GAZETTE}/one",
        "guid": "urn:newsml:gazette.example:20250901:one",
        "title": "Third version",
        "summary": "All that changed",
        "published": TEN,
        "updated": NOON,
        "authors": ("Ana Lima",),
        "section": "sport",
        "categories": ("sport", "football"),
        "images": (
            Image(
                f"{GAZETTE}/goal.jpg", "A goal", "The second goal", "Jo Meier", 1200, 800, "image/jpeg", (0.25, 0.25)
            ),
        ),
        "raw": {"urgency": "1"},
    },
    {
        "url": f"{GAZETTE}/two",
        "guid": f"{GAZETTE}/two",
        "title": "At six tomorrow",
        "published": SIX,
        "raw": {"embargoed": "2025-09-02T06:00:00Z"},
        "kind": "video",
    },
    {
        "url": f"{GAZETTE}/four",
        "guid": f"{GAZETTE}/four",
        "title": "Taken back",
        "published": datetime(2025, 9, 1, 9, 30, tzinfo=UTC),
        "withdrawn": True,
    },
    {"guid": "urn:gone", "published": datetime(2025, 9, 1, 9, 40, tzinfo=UTC), "withdrawn": True},
]
NINJS_3 = [
    {
        "url": f"{GAZETTE}/night-train",
        "guid": f"{GAZETTE}/night-train",
        "title": "Comboio noturno regressa",
        "summary": "Seis anos depois.",
        "published": NOON,
        "authors": ("Ana Lima",),
        "images": (Image(f"{GAZETTE}/train.jpg", width=1600, height=900, type="image/jpeg", focus=(1.0, 0.0)),),
        "language": "pt",
        "raw": {"urgency": "3", "embargoed": "2025-09-01T12:00:00Z"},
    }
]
NEWSML_ITEM = [
    {
        "url": f"{GAZETTE}/economy/harbour-deal",
        "guid": "urn:newsml:gazette.example:20250901:HARBOUR",
        "title": "Harbour deal: Smith & Sons buy the pier",
        "summary": "The pier changes hands.",
        "published": TEN,
        "updated": NOON,
        "authors": ("Ana Lima",),
        "section": "economy, business and finance",
        "categories": ("economy, business and finance", "shipping", "Harbour"),
        "images": (Image(f"{GAZETTE}/pier.jpg", width=1200, height=800, type="image/jpeg"),),
        "language": "en-GB",
        "raw": {"urgency": "2", "slugline": "Harbour-Deal", "ednote": "Corrects the price.", "genre": "Current"},
    }
]
NEWSML_MESSAGE = [
    {
        "url": f"{GAZETTE}/night-train",
        "guid": "tag:gazette.example,2025:one",
        "title": "Night train returns",
        "published": SIX,
        "authors": ("Ana Lima", "Rui Sousa"),
        "categories": ("Porto",),
        "images": (
            Image(
                f"{GAZETTE}/train.jpg",
                "A red train",
                "The train on Monday",
                "Jo Meier / Gazette",
                2400,
                1600,
                "image/jpeg",
            ),
        ),
        "raw": {"embargoed": "2025-09-02T06:00:00Z"},
        "language": "en",
    },
    {
        "guid": "tag:gazette.example,2025:killed",
        "title": "Taken back",
        "published": ELEVEN,
        "kind": "video",
        "withdrawn": True,
    },
]
LINES = [
    {
        "url": f"{GAZETTE}/news/cafe",
        "canonical_url": f"{GAZETTE}/news/cafe",
        "guid": "cafe",
        "title": "Café reopens",
        "summary": "The old café is back.",
        "published": TEN,
        "updated": ELEVEN,
        "authors": ("Ana Lima",),
        "section": "News > City",
        "categories": ("Food", "Quay"),
        "language": "en-GB",
        "kind": "live",
        "images": (Image(f"{GAZETTE}/cafe.jpg", "The café", credit="Photo desk"),),
    },
    {
        "title": "Only a title & <brackets>",
        "published": datetime(2025, 9, 1, tzinfo=UTC),
        "precision": "day",
        "tz_assumed": True,
    },
    {
        "url": f"{GAZETTE}/bridge",
        "authors": ("Rui Sousa",),
        "categories": ("City",),
        "images": (
            Image(f"{GAZETTE}/bridge.jpg"),
            Image(f"{GAZETTE}/wide.jpg", caption="Wide", width=1600, height=900, focus=(0.5, 0.25)),
        ),
        "raw": {"desk": "city", "urgency": "1"},
    },
    {"url": f"{GAZETTE}/gone", "withdrawn": True},
]

SOON = "it is not published yet"
WITHHELD = "its publisher withholds it"
NO_STORY = "it is a picture, an event or a part of something, and no article"
NO_DATE = "published is not a date: '2025-02-31T10:00:00Z' (write 2026-11-23T12:00:00Z)"
SAMPLES = {
    "jsonfeed11.json": (
        JSON_FEED,
        4,
        ("dates that cannot be read: 1, such as 'yesterday'",),
        (LeftOut("empty", "it has neither a title nor an address", meant=False),),
    ),
    "jsonfeed10.json": (OLD_JSON_FEED, 1, ("the feed says that it has ended and will have no new articles",), ()),
    "wordpress.json": (
        WORDPRESS,
        4,
        (),
        (LeftOut(f"{GAZETTE}/?p=813", SOON), LeftOut(f"{GAZETTE}/?p=814", SOON)),
    ),
    "ghost.json": (GHOST, 3, (), (LeftOut(f"{GAZETTE}/p/1/", SOON),)),
    "ninjs1.json": (NINJS_1, 1, (), ()),
    "ninjs2.json": (
        NINJS_2,
        8,
        (),
        (
            LeftOut(f"{GAZETTE}/three", WITHHELD),
            LeftOut("urn:photo:9", NO_STORY),
            LeftOut(f"{GAZETTE}/five", "its embargo cannot be read: 'until the minister has spoken'", meant=False),
        ),
    ),
    "ninjs3.json": (NINJS_3, 1, (), ()),
    "newsml_item.xml": (NEWSML_ITEM, 1, (), ()),
    "newsml_message.xml": (
        NEWSML_MESSAGE,
        6,
        (),
        (
            LeftOut("tag:gazette.example,2025:photo", NO_STORY),
            LeftOut("tag:gazette.example,2025:held", WITHHELD),
            LeftOut("tag:gazette.example,2025:someday", "its embargo has no end"),
        ),
    ),
    "stories.jsonl": (
        LINES,
        10,
        (
            "line 7: is not JSON (Expecting value at column 1)",
            f"line 8: {NO_DATE}",
            "line 9: should be an object, not a list",
            "line 10: needs a url or a title",
            "line 11: is not UTF-8 text (byte 51)",
        ),
        (
            LeftOut(f"{GAZETTE}/soon", SOON),
            LeftOut(f"{GAZETTE}/feeds/gazette", NO_DATE, meant=False, noted=True),
        ),
    ),
}


def facts(article):
    """What an article says, without what it does not say; the source aside."""
    empty = Article("", "", "")
    said = {field.name: getattr(article, field.name) for field in fields(article)}
    return {name: value for name, value in said.items() if name != "source" and value != getattr(empty, name)}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_document_gives_its_facts(name):
    expected, entries, notes, left_out = SAMPLES[name]
    fetched = sources.parse((FEEDS / name).read_bytes(), source="news", url=URL, now=NOON)
    assert [facts(article) for article in fetched.articles] == expected
    assert {article.source for article in fetched.articles} == {"news"}
    assert (fetched.entries, fetched.notes, fetched.left_out) == (entries, notes, left_out)


@pytest.mark.parametrize("name", ["jsonfeed11.json", "ghost.json", "ninjs2.json", "wordpress.json"])
def test_a_document_in_another_encoding_gives_the_same(name):
    text = (FEEDS / name).read_text(encoding="utf-8")
    for encoding in ("utf-8-sig", "utf-16", "utf-32"):
        fetched = sources.parse(text.encode(encoding), source="news", url=URL, now=NOON)
        assert [facts(article) for article in fetched.articles] == SAMPLES[name][0], encoding
