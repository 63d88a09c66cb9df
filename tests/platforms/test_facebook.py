from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from syndicate.errors import AuthError, PictureRefused, RateLimited, Rejected, Unavailable, Uncertain, Unsupported
from syndicate.model import Receipt, Secret
from syndicate.platforms.facebook import Facebook, Options
from syndicate.testing import KEY, LINK, Held, PlatformContract, Recorded, illustrated, linked, post

SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)
POSTED = (200, {"id": "77_1", "permalink_url": "https://www.facebook.com/77/posts/1"})


def adapter(*replies):
    door = Recorded(*replies)
    return Facebook(Options("77", Secret("page-token-1")), door, Held()), door


def drafted(text="A bridge opens", link=LINK):
    """What `prepare` makes of a post without pictures; nothing is asked for that."""
    return adapter()[0].prepare(post(text, link=link), KEY)


def refusal(code, status=400, headers=None, **more):
    return (status, {"error": {"message": "Meta says no", "type": "OAuthException", "code": code} | more}, headers)


def listed(message="A bridge opens", at="2026-11-23T10:00:05+0000", unshimmed=None, number="77_1"):
    attachments = {"attachments": {"data": [{"unshimmed_url": unshimmed}]}} if unshimmed else {}
    permalink = f"https://www.facebook.com/{number.replace('_', '/posts/')}"
    return {"id": number, "message": message, "created_time": at, "permalink_url": permalink} | attachments


class TestAgainstTheSandbox(PlatformContract):
    secrets = ("page-token-1",)

    def make(self, http, url, credentials):
        return Facebook(Options("77", Secret("page-token-1"), api_url=url), http, credentials)

    @pytest.fixture
    def network(self, sandbox):
        return sandbox

    @pytest.fixture
    def http(self, described):
        return described("facebook")

    def test_the_network_s_own_check_for_doubles_sends_us_to_look(self, platform, network, since):
        draft = platform.prepare(linked(platform), KEY)
        receipt = platform.commit(draft, KEY)
        with pytest.raises(Uncertain):
            platform.commit(draft, KEY)
        assert platform.find(draft, KEY, since) == receipt
        assert len(network.posts()) == 1


def test_a_link_beside_the_text_makes_the_card():
    platform, door = adapter(POSTED)
    receipt = platform.commit(platform.prepare(post("A bridge opens", link=LINK), KEY), KEY)
    [call] = door.calls
    assert call.url == "https://graph.facebook.com/v25.0/77/feed"
    assert call.data == {"message": "A bridge opens", "link": LINK}
    assert call.params == {"fields": "id,permalink_url"}
    assert call.headers == {"Authorization": "Bearer page-token-1"}
    assert (receipt.id, receipt.permalink) == ("77_1", "https://www.facebook.com/77/posts/1")


def test_a_photo_takes_the_place_of_the_card():
    platform, door = adapter((200, {"id": "555"}), POSTED)
    story = illustrated()
    platform.commit(platform.prepare(story, KEY), KEY)
    photo, feed = door.calls
    assert photo.url == "https://graph.facebook.com/v25.0/77/photos"
    assert photo.data == {"published": "false", "alt_text_custom": "A bridge in fog"}
    assert photo.files["source"][1] == story.media[0].data
    assert feed.data == {"message": story.text, "attached_media": '[{"media_fbid": "555"}]'}


def test_a_link_in_the_text_is_not_sent_twice():
    platform, door = adapter(POSTED)
    platform.commit(platform.prepare(post(f"A bridge opens {LINK}", link=LINK), KEY), KEY)
    assert "link" not in door.calls[0].data


def test_a_post_without_a_permalink_has_one_made_of_its_id():
    platform, _ = adapter((200, {"id": "77_1"}))
    assert platform.commit(platform.prepare(post(), KEY), KEY).permalink == "https://www.facebook.com/77_1"


@pytest.mark.parametrize(
    ("reply", "on_commit", "on_upload"),
    [
        (refusal(190, error_subcode=463), AuthError, AuthError),
        (refusal(102), AuthError, AuthError),
        (refusal(200), AuthError, AuthError),
        (refusal(10), AuthError, AuthError),
        (refusal(7777, 401), AuthError, AuthError),
        (refusal(7777, 401, type="GraphMethodException"), Rejected, PictureRefused),
        (refusal(7777), Rejected, PictureRefused),
        (refusal(7777, 500), Uncertain, Unavailable),
        (refusal(7777, 429), RateLimited, RateLimited),
        (refusal(4), RateLimited, RateLimited),
        (refusal(17), RateLimited, RateLimited),
        (refusal(32, 403), RateLimited, RateLimited),
        (refusal(613), RateLimited, RateLimited),
        (refusal(80001), RateLimited, RateLimited),
        (refusal(1, 500), Uncertain, Unavailable),
        (refusal(2, 500, is_transient=True), Uncertain, Unavailable),
        (refusal(99, is_transient=True), Uncertain, Unavailable),
        (refusal(100), Rejected, PictureRefused),
        (refusal(506), Uncertain, PictureRefused),
        (refusal(368, message="It looks like this was already posted"), Uncertain, PictureRefused),
        (refusal(368, message="This looks like spam"), RateLimited, RateLimited),
        (refusal(368, error_subcode=1390008), RateLimited, RateLimited),
        (refusal(341), RateLimited, RateLimited),
        (refusal(9), RateLimited, RateLimited),
        (refusal(18), RateLimited, RateLimited),
        (refusal(80004), RateLimited, RateLimited),
        (refusal(1404, error_subcode=1404078), AuthError, AuthError),
        (refusal(3), AuthError, AuthError),
        (refusal(7777, message="Confirm your identity before you can publish as this Page"), AuthError, AuthError),
        (refusal(1609005), Unavailable, Unavailable),
        (refusal(100, message="attached_media 7 does not exist"), PictureRefused, PictureRefused),
        (refusal(324), PictureRefused, PictureRefused),
        ((413, "<html><h1>413 Request Entity Too Large</h1></html>"), Rejected, PictureRefused),
        ((403, "<!DOCTYPE html><title>Blocked</title>"), Unavailable, Unavailable),
        (refusal(1, 400, error_subcode=1366051), Uncertain, PictureRefused),
        (
            refusal(324, error_subcode=1366046, error_user_msg="Photos should be smaller than 4 MB"),
            PictureRefused,
            PictureRefused,
        ),
        ((502, "<h1>Bad gateway</h1>"), Uncertain, Unavailable),
        ((200, "<h1>captive portal</h1>"), Uncertain, Uncertain),
        ((200, {"success": True}), Uncertain, Uncertain),
    ],
)
def test_each_refusal_says_what_to_do_next(reply, on_commit, on_upload):
    platform, _ = adapter(reply)
    with pytest.raises(on_commit) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert type(caught.value) is on_commit
    platform, _ = adapter(reply)
    with pytest.raises(on_upload) as caught:
        platform.prepare(illustrated(), KEY)
    assert type(caught.value) is on_upload


def test_a_refusal_shows_meta_s_own_words_and_codes():
    platform, _ = adapter(refusal(100, error_subcode=1609008, error_user_msg="Links to facebook.com are not allowed"))
    with pytest.raises(Rejected, match=r"post: Links to facebook.com are not allowed \(100/1609008\)"):
        platform.commit(platform.prepare(post(), KEY), KEY)


@pytest.mark.parametrize(
    ("usage", "seconds"),
    [
        ({"77": [{"type": "pages", "estimated_time_to_regain_access": 19}]}, 19 * 60),
        ({"77": [{"estimated_time_to_regain_access": 2}, {"estimated_time_to_regain_access": 5}]}, 300),
        ({"77": [{"estimated_time_to_regain_access": 0}]}, None),
        ("{broken", None),
        ("[1]", None),
        ({"77": None}, None),
    ],
)
def test_the_wait_is_read_from_the_usage_header(usage, seconds):
    header = usage if isinstance(usage, str) else json.dumps(usage)
    platform, _ = adapter(refusal(80001, headers={"X-Business-Use-Case-Usage": header}))
    with pytest.raises(RateLimited) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("shown", "known"),
    [
        (listed(unshimmed=LINK), True),
        (listed(f"A bridge opens {LINK}"), True),
        (listed(f"A bridge opens ({LINK})."), True),
        (listed(f"A bridge opens {LINK}2"), False),
        (listed(unshimmed=LINK + "2"), False),
        (listed(unshimmed=LINK, at="2026-11-23T09:59:59+0000"), False),
        (listed(), False),
    ],
)
def test_a_post_is_known_by_its_link(shown, known):
    platform, door = adapter((200, {"data": [listed("Something else"), shown]}))
    assert (platform.find(drafted(), KEY, SINCE) is not None) == known
    [call] = door.calls
    assert call.url == "https://graph.facebook.com/v25.0/77/published_posts"
    assert call.params["fields"] == "id,message,created_time,permalink_url,attachments{unshimmed_url}"


def test_a_page_in_another_order_is_looked_at_whole():
    old = listed("Something else", at="2026-11-23T09:59:59+0000")
    platform, _ = adapter((200, {"data": [old, listed(unshimmed=LINK)]}))
    assert platform.find(drafted(), KEY, SINCE).id == "77_1"


def test_a_post_without_a_link_is_known_by_its_text():
    platform, _ = adapter((200, {"data": [listed("A bridge\n\nopens")]}))
    assert platform.find(drafted("A bridge\nopens", link=None), KEY, SINCE).id == "77_1"


def test_the_listing_is_read_back_to_the_attempt():
    page = {"data": [listed("x")], "paging": {"cursors": {"after": "c1"}, "next": "https://graph.facebook.com/…"}}
    platform, door = adapter((200, page), (200, {"data": [listed(unshimmed=LINK)]}))
    assert platform.find(drafted("x"), KEY, SINCE).id == "77_1"
    assert door.calls[1].params["after"] == "c1"
    with pytest.raises(Unsupported):
        adapter(*[(200, page)] * 50)[0].find(drafted("x"), KEY, SINCE)


def test_the_page_says_who_it_is():
    platform, _ = adapter((200, {"id": "77", "name": "Gazette", "link": "https://www.facebook.com/gazette"}))
    identity = platform.verify()
    assert (identity.id, identity.name, identity.url) == ("77", "Gazette", "https://www.facebook.com/gazette")


def test_a_post_that_is_gone_can_be_withdrawn():
    platform, _ = adapter(refusal(100, error_subcode=33))
    platform.delete(adapter(POSTED)[0].commit(drafted(), KEY))
    platform, _ = adapter(refusal(190))
    with pytest.raises(AuthError):
        platform.delete(adapter(POSTED)[0].commit(drafted(), KEY))


def test_an_edit_says_the_new_words_and_nothing_else():
    platform, door = adapter((200, {"success": True}))
    platform.edit(Receipt("77_1", None), post(f"A bridge is open {LINK}", link=LINK))
    [call] = door.calls
    assert (call.method, call.url) == ("POST", "https://graph.facebook.com/v25.0/77_1")
    assert call.data == {"message": f"A bridge is open {LINK}"}


def test_parameters_have_the_names_that_meta_lists(spec):
    listed_names = {
        (api["method"], api["endpoint"]): {parameter["name"] for parameter in api["params"]}
        for api in spec("facebook-graph-v25.trim.json")["Page"]["apis"]
    }
    everywhere = {"fields", "after", "before"}
    page = {"data": [listed("x")], "paging": {"cursors": {"after": "c1"}, "next": "x"}}
    platform, door = adapter((200, {"id": "555"}), POSTED, POSTED, (200, page), (200, {"data": []}))
    photo = platform.prepare(illustrated(), KEY)
    platform.commit(photo, KEY)
    platform.commit(platform.prepare(post(link=LINK), KEY), KEY)
    platform.find(photo, KEY, SINCE)
    for call in door.calls:
        sent = {*call.params, *(call.data or {})}
        known = listed_names[call.method, call.url.rpartition("/")[2]]
        assert sent - everywhere <= known
    assert len(door.calls) == 5


@pytest.mark.parametrize(
    "address",
    [
        "https://www.facebook.com/77/posts/1",
        "https://www.facebook.com/gazette/posts/a-bridge-opens/1/",
        "https://www.facebook.com/permalink.php?story_fbid=1&id=77",
    ],
)
def test_the_address_that_a_person_gave_leads_to_its_post(address):
    platform, door = adapter((200, {"success": True}), refusal(100, error_subcode=33))
    platform.delete(Receipt(address, None))
    assert door.calls[0].url == "https://graph.facebook.com/v25.0/77_1"
    with pytest.raises(Rejected):  # a guessed id that nothing has is no deletion
        platform.delete(Receipt(address, None))


@pytest.mark.parametrize(
    "address", ["https://www.facebook.com/gazette/posts/pfbid02ab", "https://elsewhere.example/77/posts/1"]
)
def test_an_address_that_names_no_post_of_the_page_asks_nothing(address):
    platform, door = adapter()
    with pytest.raises(Rejected, match="does not say which post"):
        platform.delete(Receipt(address, None))
    assert door.calls == []
