from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from syndicate.errors import (
    AuthError,
    PictureRefused,
    RateLimited,
    Rejected,
    Unavailable,
    Uncertain,
    Unsupported,
)
from syndicate.model import Receipt, Secret
from syndicate.platforms.threads import Options, Threads
from syndicate.testing import KEY, LINK, Held, Recorded, post
from syndicate.testing.stories import picture
from tests.worlds.threads import (
    AT,
    LOST,
    PUBLISHED,
    QUOTA,
    SINCE,
    adapter,
    draft,
    listed,
    refusal,
    state,
)


@pytest.mark.parametrize(
    ("reply", "on_publish", "on_text", "on_picture"),
    [
        (refusal(190, 463), AuthError, AuthError, AuthError),
        (refusal(10), AuthError, AuthError, AuthError),
        (refusal(200), AuthError, AuthError, AuthError),
        (refusal(4, 2207050), AuthError, AuthError, AuthError),
        (refusal(4), RateLimited, RateLimited, RateLimited),
        (refusal(4, 2207051), RateLimited, RateLimited, RateLimited),
        (refusal(9, 2207042), RateLimited, RateLimited, RateLimited),
        (refusal(368), RateLimited, RateLimited, RateLimited),
        (refusal(1, status=500), Uncertain, Unavailable, Unavailable),
        (refusal(2, status=500), Uncertain, Unavailable, Unavailable),
        (refusal(-1, 2207001), Uncertain, Unavailable, Unavailable),
        (refusal(-2, 2207003), Unavailable, Unavailable, Unavailable),
        (refusal(9004, 2207052), PictureRefused, PictureRefused, PictureRefused),
        (refusal(36000, 2207004), PictureRefused, PictureRefused, PictureRefused),
        (refusal(100, message="Param text must be at most 500 characters long"), None, Rejected, Rejected),
        (refusal(100, message="THREADS_API__LINK_LIMIT_EXCEEDED"), Rejected, Rejected, Rejected),
        (refusal(7777), Rejected, Rejected, PictureRefused),
        ((413, "<html>too large</html>"), Rejected, Rejected, PictureRefused),
        ((403, "<!DOCTYPE html><title>Blocked</title>"), Unavailable, Unavailable, Unavailable),
        ((502, "<h1>Bad gateway</h1>"), Uncertain, Unavailable, Unavailable),
        ((200, {"success": True}), Uncertain, Uncertain, Uncertain),
    ],
)
def test_each_refusal_says_what_to_do_next(reply, on_publish, on_text, on_picture):
    if on_publish is not None:
        with pytest.raises(on_publish) as caught:
            adapter(reply)[0].commit(draft(), KEY)
        assert type(caught.value) is on_publish
    shown = replace(picture(), url="https://media.example/a.png")
    for media, kind in (((), on_text), ((shown,), on_picture)):
        with pytest.raises(kind) as caught:
            adapter(QUOTA, reply)[0].prepare(post(media=media), KEY)
        assert type(caught.value) is kind


def test_a_text_that_is_too_long_says_what_is_counted():
    platform, _ = adapter(QUOTA, refusal(100, message="Param text must be at most 500 characters long"))
    with pytest.raises(Rejected, match=r"at most 500 characters long \(100\)") as caught:
        platform.prepare(post(), KEY)
    assert "500 bytes" in caught.value.hint


def test_a_permalink_that_cannot_be_read_is_left_out():
    platform, _ = adapter(PUBLISHED, refusal(1, status=500))
    assert platform.commit(draft(), KEY) == Receipt("p1", None)


@pytest.mark.parametrize(
    ("shown", "known"),
    [
        (listed(link=LINK), True),
        (listed(f"A bridge opens {LINK}"), True),
        (listed(link=LINK + "2"), False),
        (listed(f"A bridge opens {LINK}2"), False),
        (listed(link=LINK, at="2026-11-23T09:59:59+0000"), False),
        (listed(link=LINK, media_type="REPOST_FACADE"), False),
        (listed(), False),
    ],
)
def test_a_post_is_known_by_its_link(shown, known):
    platform, door = adapter((200, {"data": [listed("Something else", number="p0"), shown]}), state("FINISHED"))
    assert (platform.find(draft(), KEY, SINCE) is not None) == known
    assert door.calls[0].url == f"{AT}/me/threads"


def test_a_post_without_a_link_is_known_by_its_text():
    platform, _ = adapter((200, {"data": [listed("A bridge\n\nopens")]}))
    assert platform.find(draft(text="A bridge\nopens", address=None), KEY, SINCE).id == "p1"


def test_a_container_that_is_published_but_not_listed_is_no_absence():
    platform, _ = adapter((200, {"data": []}), state("PUBLISHED"))
    with pytest.raises(Uncertain, match="not listed yet"):
        platform.find(draft(), KEY, SINCE)
    platform, _ = adapter((200, {"data": []}), refusal(100, message="Tried accessing nonexisting field (status)"))
    with pytest.raises(Uncertain):
        platform.find(draft(), KEY, SINCE)


def test_the_listing_is_read_back_to_the_attempt_and_no_further():
    page = {"data": [listed("x")], "paging": {"cursors": {"after": "a1"}, "next": "https://graph.threads.net/…"}}
    platform, door = adapter((200, page), (200, {"data": [listed(link=LINK)]}))
    assert platform.find(draft(), KEY, SINCE).id == "p1"
    assert door.calls[1].params["after"] == "a1"
    with pytest.raises(Unsupported):
        adapter(*[(200, page)] * 20)[0].find(draft(), KEY, SINCE)


def test_what_the_account_posted_is_listed_with_its_links():
    shown = listed(f"See {LINK}", link="https://gazette.example/card")
    platform, _ = adapter((200, {"data": [shown]}))
    [found] = platform.recent(SINCE)
    assert found.links == ("https://gazette.example/card", LINK)


@pytest.mark.parametrize("gone", [LOST, refusal(100, 33)])
def test_a_post_that_is_gone_can_be_withdrawn(gone):
    adapter(gone)[0].delete(Receipt("p1", None))
    with pytest.raises(AuthError):
        adapter(refusal(10))[0].delete(Receipt("p1", None))


class TestVerify:
    ME = (200, {"id": "178", "username": "gazette", "name": "Gazette"})

    def test_the_token_says_whose_it_is_until_when_and_what_it_may(self):
        scopes = ["threads_basic", "threads_content_publish"]
        debug = (200, {"data": {"scopes": scopes, "expires_at": 1_800_000_000, "is_valid": True}})
        identity = adapter(self.ME, debug)[0].verify()
        assert (identity.id, identity.name, identity.url) == ("178", "@gazette", "https://www.threads.com/@gazette")
        assert identity.expires_at == datetime.fromtimestamp(1_800_000_000, UTC)
        assert identity.scopes == tuple(scopes)

    def test_what_is_held_says_when_it_ends(self):
        door = Recorded(self.ME, refusal(100))
        held = Held({"token": "t", "expires_at": "2027-01-20T10:00:00Z"})
        identity = Threads(Options(token=None, app_id="1", app_secret=Secret("s")), door, held).verify()
        assert identity.expires_at == datetime(2027, 1, 20, 10, tzinfo=UTC)

    def test_a_token_that_may_not_publish_is_refused(self):
        debug = (200, {"data": {"scopes": ["threads_basic"], "expires_at": 0}})
        with pytest.raises(AuthError, match="lacks threads_content_publish"):
            adapter(self.ME, debug)[0].verify()

    def test_a_token_of_another_profile_is_refused(self):
        with pytest.raises(AuthError, match="this is @gazette, whose number is 178, and the config has 9"):
            adapter(self.ME, user_id="9")[0].verify()


@pytest.mark.parametrize(
    "options",
    [{}, {"app_id": "1"}, {"token": Secret("t"), "topic": ""}, {"token": Secret("t"), "topic": "a.b"}],
)
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(ValueError, match=r"needs a token|topic is"):
        Options(**options)


def test_with_an_api_url_the_host_s_name_is_a_path_there():
    platform, door = adapter((503, ""), api_url="http://a:1/")
    with pytest.raises(Unavailable):
        platform.verify()
    assert door.calls[0].url == "http://a:1/graph.threads.net/v1.0/me"


FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
LENGTHS = {
    "": 0,
    "a": 1,
    "é": 2,
    "e\u0301": 3,
    "ß": 2,
    "œ": 2,
    "“": 3,
    "’": 3,
    "…": 3,
    "–": 3,
    "€": 3,
    "£": 2,
    "©": 2,
    "™": 3,
    "\n": 1,
    "\r\n": 2,
    "a\n\nb": 4,
    "\t": 1,
    "\u00a0": 2,
    "\u200b": 3,
    "It’s here": 11,
    "橋": 3,
    "橋が開く": 12,
    "다리": 6,
    "Мост": 8,
    "γέφυρα": 12,
    "גשר": 6,
    "جسر": 6,
    "پل": 4,
    "पुल": 9,
    "क्षि": 12,
    "สะพาน": 15,
    "ಸೇತುವೆ": 18,
    "\N{BRIDGE AT NIGHT}": 4,
    "\N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-5}": 8,
    "\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}": 6,
    "\N{REGIONAL INDICATOR SYMBOL LETTER P}\N{REGIONAL INDICATOR SYMBOL LETTER T}": 8,
    FAMILY: 18,
    "1\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}": 7,
    "example.com": 11,
    "https://example.com/a": 21,
    "https://example.com/" + "a" * 300: 320,
    "https://example.com/橋": 23,
    "#News": 5,
    "@gazette": 8,
    "*bold* _it_ <b>&amp;": 20,
    "\ud83c": 3,
}


@pytest.mark.parametrize(("text", "length"), LENGTHS.items())
def test_a_text_is_as_long_as_its_bytes(text, length):
    assert adapter()[0].measure(text) == length
    assert len(LENGTHS) >= 40
