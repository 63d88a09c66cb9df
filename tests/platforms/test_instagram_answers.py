from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import (
    AuthError,
    NotReady,
    PictureRefused,
    RateLimited,
    Rejected,
    Unavailable,
    Uncertain,
    Unsupported,
)
from syndicate.model import Receipt, Secret
from syndicate.platforms.instagram import Instagram, Options
from syndicate.testing import KEY, LINK, Held, Recorded, post
from syndicate.testing.stories import picture
from tests.worlds.instagram import (
    AT,
    FINISHED,
    MADE,
    PUBLISHED,
    QUOTA,
    SHOT,
    SHOWN,
    SINCE,
    adapter,
    draft,
    listed,
    refusal,
    state,
)

LOST = refusal(24, 2207008, message="The requested resource does not exist")


def test_a_post_is_a_container_that_is_published_and_then_asked_for_its_permalink():
    platform, door = adapter(QUOTA, MADE, FINISHED, PUBLISHED, SHOWN)
    receipt = platform.commit(platform.prepare(post("A bridge opens", media=(SHOT,)), KEY), KEY)
    quota, made, looked, publish, shown = door.calls
    assert quota.url == f"{AT}/me/content_publishing_limit"
    assert (made.url, looked.url, publish.url) == (f"{AT}/me/media", f"{AT}/c1", f"{AT}/me/media_publish")
    assert made.data == {
        "image_url": "https://media.example/a.jpg",
        "alt_text": "A bridge in fog",
        "caption": "A bridge opens",
    }
    assert publish.data == {"creation_id": "c1"}
    assert shown.url == f"{AT}/p1"
    assert receipt == Receipt("p1", "https://www.instagram.com/p/I1/")
    assert {call.headers["Authorization"] for call in door.calls} == {"Bearer token-1"}


def test_the_account_s_number_is_used_where_it_is_known():
    platform, door = adapter(QUOTA, MADE, FINISHED, user_id="178")
    platform.prepare(post(media=(SHOT,)), KEY)
    assert door.calls[1].url == f"{AT}/178/media"
    door = Recorded(QUOTA, MADE, FINISHED)
    held = Held({"token": "t", "user_id": "179"})
    Instagram(Options(token=Secret("x")), door, held).prepare(post(media=(SHOT,)), KEY)
    assert door.calls[1].url == f"{AT}/179/media"


def test_a_carousel_is_made_of_items():
    made = [(200, {"id": name}) for name in ("i1", "i2", "c1")]
    looks = [(200, {"id": name, "status_code": "FINISHED"}) for name in ("i1", "i2", "c1")]
    platform, door = adapter(QUOTA, *made[:2], *looks[:2], made[2], looks[2])
    platform.prepare(post(media=(SHOT, replace(SHOT, alt="Another"))), KEY)
    assert door.calls[1].data["is_carousel_item"] == "true"
    assert "caption" not in door.calls[1].data
    assert door.calls[5].data == {"media_type": "CAROUSEL", "caption": "A bridge opens", "children": "i1,i2"}


def test_a_container_in_error_ends_with_instagram_s_words():
    platform, _ = adapter(QUOTA, MADE, state("ERROR", "Error: Media upload has failed with error code 2207052"))
    with pytest.raises(PictureRefused, match="error code 2207052"):
        platform.prepare(post(media=(SHOT,)), KEY)


def test_a_container_that_never_finishes_is_given_up_after_four_minutes():
    platform, _ = adapter(QUOTA, MADE, *[state("IN_PROGRESS")] * 8)
    left = None
    for _ in range(7):
        with pytest.raises(NotReady) as caught:
            platform.prepare(post(media=(SHOT,)), KEY, left)
        left = caught.value.prepared
    with pytest.raises(PictureRefused, match="IN_PROGRESS") as ended:
        platform.prepare(post(media=(SHOT,)), KEY, left)
    assert not ended.value.smaller


@pytest.mark.parametrize("gone", [state("EXPIRED"), LOST, refusal(100, 33), refusal(-2, 2207020)])
def test_a_container_that_expired_is_made_again(gone):
    platform, _ = adapter(QUOTA, MADE, gone, (200, {"id": "c2"}), FINISHED)
    with pytest.raises(NotReady) as caught:
        platform.prepare(post(media=(SHOT,)), KEY)
    assert platform.prepare(post(media=(SHOT,)), KEY, caught.value.prepared)["container"] == "c2"


@pytest.mark.parametrize("answer", [LOST, refusal(-2, 2207020)])
def test_a_lost_container_is_replaced_three_times(answer):
    platform, _ = adapter(answer)
    with pytest.raises(NotReady) as caught:
        platform.commit(draft(), KEY)
    assert caught.value.prepared == {"lost": "c1", "rounds": 1}
    platform, _ = adapter(answer)
    with pytest.raises(Unavailable, match="so were 3 others"):
        platform.commit(draft(rounds=3), KEY)


def test_a_container_that_is_not_ready_is_published_again_in_half_a_minute_three_times():
    unready = refusal(9007, 2207027, message="Media ID is not available")
    with pytest.raises(NotReady) as caught:
        adapter(unready)[0].commit(draft(), KEY)
    assert (caught.value.prepared, caught.value.retry_after) == ({"whole": "c1", "rounds": 1}, 30)
    with pytest.raises(Unavailable, match="3 times before"):
        adapter(unready)[0].commit(draft(rounds=3), KEY)


def test_a_spent_quota_makes_no_container():
    platform, door = adapter((200, {"data": [{"quota_usage": 50, "config": {"quota_total": 50}}]}))
    with pytest.raises(RateLimited, match="50 posts in 24 hours") as caught:
        platform.prepare(post(media=(SHOT,)), KEY)
    assert caught.value.capped
    assert len(door.calls) == 1


def test_a_picture_without_an_address_asks_for_the_setting():
    platform, _ = adapter(QUOTA)
    with pytest.raises(PictureRefused, match="public address") as caught:
        platform.prepare(post(media=(picture(),)), KEY)
    assert "set media" in caught.value.hint


@pytest.mark.parametrize(
    ("reply", "on_publish", "on_container"),
    [
        (refusal(190, 463), AuthError, AuthError),
        (refusal(10), AuthError, AuthError),
        (refusal(200), AuthError, AuthError),
        (refusal(25, 2207050), AuthError, AuthError),
        (refusal(4), RateLimited, RateLimited),
        (refusal(4, 2207051), RateLimited, RateLimited),
        (refusal(9, 2207042), RateLimited, RateLimited),
        (refusal(1, status=500), Uncertain, Unavailable),
        (refusal(-1, 2207001), Uncertain, Unavailable),
        (refusal(-1, 2207032), Unavailable, Unavailable),
        (refusal(-2, 2207003), Unavailable, Unavailable),
        (refusal(9004, 2207052), PictureRefused, PictureRefused),
        (refusal(36000, 2207004), PictureRefused, PictureRefused),
        (refusal(36003, 2207009), PictureRefused, PictureRefused),
        (refusal(36001, 2207005), PictureRefused, PictureRefused),
        (refusal(100, 2207010), None, Rejected),
        (refusal(100, 2207040), Rejected, Rejected),
        (refusal(100, message="Invalid caption"), Rejected, Rejected),
        (refusal(7777), Rejected, PictureRefused),
        ((413, "<html>too large</html>"), Rejected, PictureRefused),
        ((403, "<!DOCTYPE html><title>Blocked</title>"), Unavailable, Unavailable),
        ((502, "<h1>Bad gateway</h1>"), Uncertain, Unavailable),
        ((200, {"success": True}), Uncertain, Uncertain),
    ],
)
def test_each_refusal_says_what_to_do_next(reply, on_publish, on_container):
    if on_publish is not None:
        with pytest.raises(on_publish) as caught:
            adapter(reply)[0].commit(draft(), KEY)
        assert type(caught.value) is on_publish
    with pytest.raises(on_container) as caught:
        adapter(QUOTA, reply)[0].prepare(post(media=(SHOT,)), KEY)
    assert type(caught.value) is on_container


@pytest.mark.parametrize(
    ("shown", "known"),
    [
        (listed(f"A bridge opens {LINK}"), True),
        (listed(f"A bridge opens {LINK}2"), False),
        (listed(f"A bridge opens {LINK}", at="2026-11-23T09:59:59+0000"), False),
        (listed(caption=None), False),
    ],
)
def test_a_post_with_its_link_in_the_caption_is_known_by_it(shown, known):
    platform, door = adapter((200, {"data": [listed("Something else", number="p0"), shown]}), state("FINISHED"))
    assert (platform.find(draft(), KEY, SINCE) is not None) == known
    assert door.calls[0].url == f"{AT}/me/media"


def test_a_post_without_a_link_is_known_by_its_caption():
    platform, _ = adapter((200, {"data": [listed("A bridge\n\nopens")]}))
    assert platform.find(draft(text="A bridge\nopens", address=None), KEY, SINCE).id == "p1"
    platform, _ = adapter((200, {"data": [listed("A bridge opens")]}), state("FINISHED"))
    assert platform.find(draft(address=None, others=["p1"]), KEY, SINCE) is None


@pytest.mark.parametrize(
    "answer", [state("PUBLISHED"), refusal(100, message="Tried accessing nonexisting field (status_code)")]
)
def test_a_container_that_is_published_but_not_listed_is_no_absence(answer):
    platform, _ = adapter((200, {"data": []}), answer)
    with pytest.raises(Uncertain, match="not listed yet"):
        platform.find(draft(), KEY, SINCE)


def test_the_listing_is_read_back_to_the_attempt_and_no_further():
    page = {"data": [listed("x")], "paging": {"cursors": {"after": "a1"}, "next": "https://graph.instagram.com/…"}}
    platform, door = adapter((200, page), (200, {"data": [listed(LINK)]}))
    assert platform.find(draft(), KEY, SINCE).id == "p1"
    assert door.calls[1].params["after"] == "a1"
    with pytest.raises(Unsupported):
        adapter(*[(200, page)] * 20)[0].find(draft(), KEY, SINCE)


def test_what_the_account_posted_is_listed_with_its_words():
    platform, _ = adapter((200, {"data": [listed(f"See {LINK}"), listed("No link", number="p2")]}))
    assert [(each.links, each.text) for each in platform.recent(SINCE)] == [
        ((LINK,), f"See {LINK}"),
        ((), "No link"),
    ]


def test_a_comment_whose_answer_was_lost_is_looked_for_below_its_post():
    comment = {"id": "k1", "text": "More", "timestamp": "2026-11-23T10:00:05+0000"}
    made = {"text": "More", "address": None, "parent": "p1"}
    platform, door = adapter((200, {"data": [comment]}))
    assert platform.find(made, KEY, SINCE).id == "k1"
    assert door.calls[0].url == f"{AT}/p1/comments"
    with pytest.raises(Uncertain):
        adapter(refusal(1, status=500))[0].commit(made, KEY)
    with pytest.raises(AuthError):
        adapter(refusal(10))[0].commit(made, KEY)


class TestVerify:
    ME = (200, {"id": "9178", "user_id": "178", "username": "gazette", "name": "Gazette"})

    def test_the_token_says_whose_it_is(self):
        held = Held({"token": "t", "expires_at": "2027-01-20T10:00:00Z", "scopes": ["instagram_business_basic"]})
        platform = Instagram(Options(app_id="1", app_secret=Secret("s")), Recorded(self.ME), held)
        identity = platform.verify()
        assert (identity.id, identity.name, identity.url) == ("178", "@gazette", "https://www.instagram.com/gazette/")
        assert identity.expires_at - timedelta(0) == datetime(2027, 1, 20, 10, tzinfo=UTC)
        assert identity.scopes == ("instagram_business_basic",)

    def test_a_token_of_another_account_is_refused(self):
        with pytest.raises(AuthError, match="this is @gazette, whose number is 178, and the config has 9"):
            adapter(self.ME, user_id="9")[0].verify()


@pytest.mark.parametrize("options", [{}, {"app_id": "1"}, {"app_secret": Secret("s")}])
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(ValueError, match="needs a token"):
        Options(**options)


FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
LENGTHS = {
    "": 0,
    "a": 1,
    "é": 1,
    "e\u0301": 2,
    "ß": 1,
    "“": 1,
    "’": 1,
    "…": 1,
    "–": 1,
    "€": 1,
    "©": 1,
    "™": 1,
    "\n": 1,
    "\r\n": 2,
    "a\n\nb": 4,
    "\t": 1,
    "\u00a0": 1,
    "\u200b": 1,
    "It’s here": 9,
    "橋": 1,
    "橋が開く": 4,
    "\U00020bb7": 2,
    "다리": 2,
    "Мост": 4,
    "γέφυρα": 6,
    "גשר": 3,
    "جسر": 3,
    "پل": 2,
    "पुल": 3,
    "क्षि": 4,
    "สะพาน": 5,
    "ಸೇತುವೆ": 6,
    "\N{BRIDGE AT NIGHT}": 2,
    "\N{WAVING HAND SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-5}": 4,
    "\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}": 2,
    "\N{REGIONAL INDICATOR SYMBOL LETTER P}\N{REGIONAL INDICATOR SYMBOL LETTER T}": 4,
    FAMILY: 8,
    "1\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}": 3,
    "example.com": 11,
    "https://example.com/a": 21,
    "https://example.com/" + "a" * 300: 320,
    "https://example.com/橋": 21,
    "#News": 5,
    "@gazette": 8,
    "*bold* _it_ <b>&amp;": 20,
    "\ud83c": 1,
}


@pytest.mark.parametrize(("text", "length"), LENGTHS.items())
def test_a_text_is_as_long_as_its_utf_16_units(text, length):
    assert adapter()[0].measure(text) == length
    assert len(LENGTHS) >= 40
