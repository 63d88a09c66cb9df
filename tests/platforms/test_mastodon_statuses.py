"""Statuses as values: their addresses and links, and whether one of them is a post of ours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syndicate.model import Receipt
from syndicate.platforms._mastodon_statuses import listed, ours, permalink

LINK = "https://gazette.example/1"


@pytest.mark.parametrize(
    ("status", "address"),
    [
        ({"url": "a", "uri": "b"}, "a"),
        ({"url": None, "uri": "b"}, "b"),
        ({"uri": "b"}, "b"),
        ({"url": "a"}, "a"),
        ({}, None),
    ],
)
def test_the_address_of_a_status(status, address):
    assert permalink(status) == address


def status(content=None, card=None, **fields):
    return {"id": 7, "uri": "u", "created_at": "2026-11-23T12:00:00Z", "content": content, "card": card} | fields


@pytest.mark.parametrize(
    ("content", "card", "links"),
    [
        (None, None, ()),
        ("<p>Words</p>", {}, ()),
        ("<p>Words</p>", {"url": LINK}, (LINK,)),
        (
            f'<p><a href="{LINK}">here</a> and https://b.example/2, <a href="{LINK}">x</a></p>',
            None,
            (LINK, "https://b.example/2"),
        ),
        (f'<p><a href="{LINK}">here</a></p>', {"url": LINK}, (LINK,)),
        (f'<p><a href="{LINK}">here</a></p>', {"url": "https://c.example/"}, (LINK, "https://c.example/")),
    ],
)
def test_a_status_is_listed_with_each_of_its_links_once(content, card, links):
    found = listed(status(content, card))
    assert (found.receipt, found.at) == (Receipt("7", "u"), datetime(2026, 11, 23, 12, tzinfo=UTC))
    assert found.links == links
    assert "Words" in found.text or not content or "Words" not in content


@pytest.mark.parametrize(
    ("draft", "content", "card", "mine"),
    [
        ({"link": LINK}, f'<a href="{LINK}">here</a>', None, True),
        ({"link": LINK}, f'<a href="https://x.example/">x</a><a href="{LINK}?fbclid=1">here</a>', None, True),
        ({"link": LINK}, "Words", {"url": LINK}, True),
        ({"link": LINK}, f"It stands here: {LINK}", None, True),
        ({"link": LINK}, f"It stands here: {LINK}2", None, False),
        ({"link": LINK, "status": "Words"}, "<p>Words</p>", None, False),
        ({"link": LINK}, None, {}, False),
        ({"link": None, "status": "Some words"}, "<p>Some  words</p>", None, True),
        ({"link": "", "status": "Some words"}, "<p>Other words</p>", None, False),
        ({"link": None, "status": "Some words"}, None, {"url": LINK}, False),
    ],
)
def test_which_status_is_ours(draft, content, card, mine):
    assert ours(draft, status(content, card)) is mine
