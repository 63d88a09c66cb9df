"""Listing an account's own records: page after page, until one reaches back far enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import Secret
from syndicate.platforms.bluesky import Bluesky, Options
from syndicate.testing import Held, Recorded

SINCE, HOUR = datetime(2026, 11, 23, 10, tzinfo=UTC), timedelta(hours=1)
SESSION = {"accessJwt": "access-1", "refreshJwt": "refresh-1", "did": "did:plc:gazette", "handle": "gazette.example"}


def adapter(*replies):
    door = Recorded(*replies)
    return Bluesky(Options("@gazette.example", Secret("app-password")), door, Held(SESSION)), door


def page(*ages, cursor=None):
    """Records of so many hours after SINCE, newest first."""
    records = [
        {
            "uri": f"at://did:plc:gazette/app.bsky.feed.post/3{number}{age}",
            "cid": "bafy",
            "value": {"text": f"https://gazette.example/{age}", "createdAt": (SINCE + age * HOUR).isoformat()},
        }
        for number, age in enumerate(ages)
    ]
    return 200, {"records": records} | ({"cursor": cursor} if cursor else {})


@pytest.mark.parametrize(
    ("pages", "found", "asked"),
    [
        ([page(9, 8, cursor="a"), page(7, 6)], [9, 8, 7, 6], 2),  # no more pages
        ([page(9, 8, cursor="a"), page(7, -1, cursor="b")], [9, 8, 7], 2),  # far enough
        ([page(9, -1, cursor="a")], [9], 1),
        ([page(9, 0, cursor="a"), page(cursor="b")], [9, 0], 2),  # a page without anything
        ([page()], [], 1),
    ],
)
def test_it_reads_on_until_a_page_reaches_back_far_enough(pages, found, asked):
    bluesky, door = adapter(*pages)
    listed = bluesky.recent(SINCE)
    assert [each.links for each in listed] == [(f"https://gazette.example/{age}",) for age in found]
    assert [round((each.at - SINCE) / timedelta(hours=1)) for each in listed] == found
    assert len(door.calls) == asked


def test_the_next_page_is_asked_for_by_the_cursor_of_the_last():
    bluesky, door = adapter(page(9, cursor="a"), page(8, cursor="b"), page(7))
    bluesky.recent(SINCE)
    assert [call.params.get("cursor") for call in door.calls] == [None, "a", "b"]
