from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import AuthError, Rejected, Uncertain, Unsupported
from syndicate.model import Receipt, Secret, Span
from syndicate.platforms.x import Options, X
from syndicate.ports import OAuth1
from syndicate.testing import KEY, LINK, OTHER_KEY, Held, PlatformContract, Recorded, illustrated, linked, picture, post
from tests.worlds.signing_in import REDIRECT, signed_in

SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)
ME = (200, {"data": {"id": "2244", "name": "Gazette", "username": "gazette"}})
POSTED = (201, {"data": {"id": "1801", "text": "A bridge opens"}})
UPLOADED = (200, {"data": {"id": "188", "media_key": "3_188", "expires_after_secs": 86400}})


def adapter(*replies):
    door = Recorded(*replies)
    return X(Options(*map(Secret, ("key-1111", "secret-2222", "token-3333", "secret-4444"))), door, Held()), door


def drafted(text="A bridge opens", link=LINK):
    """What `prepare` makes of a post without pictures; nothing is asked for that."""
    return adapter()[0].prepare(post(f"{text} {link}" if link else text, link=link), KEY)


def found(number="1801", text="A bridge opens https://t.co/abc", **urls):
    return {"id": number, "text": text, "entities": {"urls": [{"url": "https://t.co/abc"} | urls]}}


class TestByOAuth2(PlatformContract):
    """The same contract, signed in, with tokens that end."""

    secrets = ("app-secret-2",)

    def options(self, url):
        return Options(client_id="app-1", client_secret=Secret("app-secret-2"), api_url=url)

    def make(self, http, url, credentials):
        return X(self.options(url), http, credentials)

    def session(self, platform, network):
        return signed_in(X.sign_in(self.options(network.url), self.door, REDIRECT))

    @pytest.fixture
    def network(self, sandbox):
        return sandbox

    @pytest.fixture
    def http(self, described):
        self.door = described("x")
        return self.door

    def test_no_session_is_an_auth_error_and_a_dead_one_is_renewed(self, platform, network, credentials):
        alive = credentials.value
        credentials.value = {}
        with pytest.raises(AuthError) as caught:
            self._publish(platform, illustrated())
        assert "syndicate accounts login" in caught.value.hint
        credentials.value = platform.refresh(alive)
        assert credentials.value["refresh_token"] != alive["refresh_token"]
        assert credentials.value["user_id"] == alive["user_id"]
        self._publish(platform, illustrated())
        assert len(network.posts()) == 1


class TestAgainstTheSandbox(PlatformContract):
    secrets = ("key-1111", "secret-2222", "token-3333", "secret-4444")

    def make(self, http, url, credentials):
        return X(Options(*map(Secret, self.secrets), api_url=url), http, credentials)

    @pytest.fixture
    def network(self, sandbox):
        return sandbox

    @pytest.fixture
    def http(self, described):
        return described("x")

    def session(self, platform, network):
        return {}

    def test_no_session_is_an_auth_error_and_a_dead_one_is_renewed(self, platform):
        with pytest.raises(AuthError, match="nothing to renew"):
            platform.refresh({})

    def test_a_reply_stands_below_its_post(self, platform, network):
        first = self._publish(platform, linked(platform))
        self._publish(platform, post("And more", reply_to=first), OTHER_KEY)
        assert [each["reply_to"] for each in network.posts()] == [None, first.id]

    def test_the_network_s_own_check_for_doubles_sends_us_to_look(self, platform, network, since):
        draft = platform.prepare(linked(platform), KEY)
        receipt = platform.commit(draft, KEY)
        with pytest.raises(Uncertain):
            platform.commit(draft, KEY)
        assert platform.find(draft, KEY, since) == receipt
        assert len(network.posts()) == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {},
            "^needs 'api_key', 'api_secret', 'access_token' and 'access_secret' (OAuth 1.0a), or 'client_id'",
        ),
        ({"api_key": "a", "api_secret": "b"}, "^needs 'access_token' and 'access_secret' too (OAuth 1.0a)$"),
        ({"client_secret": "a"}, "^needs 'api_key', "),
        (
            {"api_key": "a", "client_id": "b"},
            "^has keys of OAuth 1.0a, and 'client_id' of OAuth 2; leave one of the two out$",
        ),
        (
            dict.fromkeys(("api_key", "api_secret", "access_token", "access_secret", "refresh_token"), "a"),
            "^has keys of OAuth 1.0a, and 'refresh_token' of OAuth 2",
        ),
    ],
)
def test_exactly_one_way_to_log_in_is_whole(given, words):
    with pytest.raises(ValueError, match=words.replace("(", r"\(").replace(")", r"\)")):
        Options(**{name: Secret(value) for name, value in given.items()})


def test_a_reply_names_its_post_and_who_may_answer_is_said():
    platform, door = adapter(POSTED)
    story = post("And more", reply_to=Receipt("1800", None), replies="mentioned")
    platform.commit(platform.prepare(story, KEY), KEY)
    assert door.calls[0].json == {
        "text": "And more",
        "reply": {"in_reply_to_tweet_id": "1800"},
        "reply_settings": "mentionedUsers",
    }
    for audience in ("everyone", "followers", "nobody"):
        assert adapter()[0].prepare(post("x", replies=audience), KEY)["post"] == {"text": "x"}


@pytest.mark.parametrize(
    ("story", "price"),
    [
        (post("A bridge opens"), 15_000),
        (post(f"A bridge opens {LINK}", link=LINK), 200_000),
        (post("A bridge opens", link=LINK), 15_000),
        (post(f"A bridge opens {LINK}", spans=(Span(15, 15 + len(LINK), "link", LINK),)), 200_000),
        (post("A bridge opens #Fog", spans=(Span(15, 19, "tag", "Fog"),)), 15_000),
        (post("Booking.com lays off a thousand"), 200_000),
        (post("No.10 says that Node.js is fine"), 15_000),
        (post("A bridge opens", media=(picture(),)), 20_000),
        (post("A bridge opens", media=(picture(alt=""),)), 15_000),
        (illustrated(text=f"A bridge opens {LINK}"), 205_000),
        (post("A bridge opens", media=(picture(1, alt="One"), picture(2, alt="Two"))), 25_000),
    ],
)
def test_what_a_post_costs(story, price):
    assert adapter()[0].price(story) == price


def test_every_request_is_signed():
    platform, door = adapter(ME, UPLOADED, (200, {}), POSTED, ME, (200, {"data": []}), (200, {"data": {}}))
    platform.verify()
    draft = platform.prepare(illustrated(), KEY)
    receipt = platform.commit(draft, KEY)
    platform.find(draft, KEY, SINCE)
    platform.delete(receipt)
    keys = OAuth1("key-1111", "secret-2222", "token-3333", "secret-4444")
    assert [call.auth for call in door.calls] == [keys] * 7


def test_a_picture_goes_up_with_its_alt_text_before_the_post():
    platform, door = adapter(UPLOADED, (200, {"data": {"id": "188"}}), POSTED)
    story = illustrated()
    draft = platform.prepare(story, KEY)
    receipt = platform.commit(draft, KEY)
    upload, alt, create = door.calls
    assert upload.url == "https://api.x.com/2/media/upload"
    assert upload.data == {"media_category": "tweet_image"}
    assert upload.files["media"][1:] == (story.media[0].data, "image/png")
    assert alt.json == {"id": "188", "metadata": {"alt_text": {"text": "A bridge in fog"}}}
    assert create.json == {"text": story.text, "media": {"media_ids": ["188"]}}
    assert (receipt.id, receipt.permalink) == ("1801", "https://x.com/i/status/1801")


def test_a_picture_without_alt_text_costs_no_second_request():
    platform, door = adapter(UPLOADED)
    platform.prepare(illustrated(alt=""), KEY)
    assert len(door.calls) == 1


def test_a_draft_lasts_as_long_as_its_uploads():
    platform, _ = adapter(UPLOADED, (200, {}))
    story = illustrated()
    expires = datetime.fromisoformat(platform.prepare(story, KEY)["expires_at"])
    assert expires - story.at == timedelta(hours=23)
    assert "expires_at" not in adapter()[0].prepare(post(), KEY)


@pytest.mark.parametrize(
    ("listed", "known"),
    [
        (found(expanded_url=LINK), True),
        (found(expanded_url="https://short.example/1", unwound_url=LINK), True),
        (found(expanded_url=LINK + "2"), False),
        (found(), False),
        ({"id": "1", "text": f"A bridge opens {LINK.replace('&', '&amp;')}"}, True),
        ({"id": "1", "text": f"A bridge opens {LINK.replace('&', '&amp;')}2"}, False),
        ({"id": "1", "text": "no link at all"}, False),
    ],
)
def test_a_post_is_known_by_where_its_link_leads(listed, known):
    platform, door = adapter(ME, (200, {"data": [{"id": "9", "text": "x"}, listed], "meta": {"result_count": 2}}))
    assert (platform.find(drafted(), KEY, SINCE) is not None) == known
    assert door.calls[1].url == "https://api.x.com/2/users/2244/tweets"
    assert door.calls[1].params == {
        "max_results": "100",
        "start_time": "2026-11-23T10:00:00Z",
        "tweet.fields": "created_at,entities",
    }


UNKNOWN_FIELDS = {"errors": [{"message": "The query parameter [tweet.fields] is not one of [id,post.fields]"}]}


@pytest.mark.parametrize(
    "first",
    [
        (400, UNKNOWN_FIELDS | {"title": "Invalid Request"}),  # the parameter is refused
        (200, {"data": [{"id": "1801", "text": "A bridge opens https://t.co/abc"}]}),  # or passed over
    ],
)
def test_fields_that_x_does_not_know_by_one_name_are_asked_for_by_the_other(first):
    platform, door = adapter(ME, first, (200, {"data": [found(expanded_url=LINK)]}))
    assert platform.find(drafted(), KEY, SINCE).id == "1801"
    assert [name for call in door.calls[1:] for name in call.params if "fields" in name] == [
        "tweet.fields",
        "post.fields",
    ]


def test_a_listing_that_never_says_where_links_lead_is_no_absence():
    listing = (200, {"data": [{"id": "1801", "text": "A bridge opens https://t.co/abc"}]})
    platform, _ = adapter(ME, listing, listing)
    with pytest.raises(Unsupported, match="does not say"):
        platform.find(drafted(), KEY, SINCE)


@pytest.mark.parametrize("shown", ["Tom &amp; Jerry &lt;3", "Tom &amp; Jerry &lt;3 https://t.co/picture"])
def test_a_post_without_a_link_is_known_by_its_text(shown):
    platform, _ = adapter(ME, (200, {"data": [{"id": "5", "text": shown}]}))
    assert platform.find(drafted("Tom & Jerry <3", link=None), KEY, SINCE).id == "5"


def test_a_listing_is_read_to_its_end():
    page = {"data": [{"id": "9", "text": "x"}], "meta": {"next_token": "n1"}}
    platform, door = adapter(ME, (200, page), (200, {"data": [found(expanded_url=LINK)]}))
    assert platform.find(drafted(), KEY, SINCE).id == "1801"
    assert door.calls[2].params["pagination_token"] == "n1"
    endless = [(200, page)] * 50
    with pytest.raises(Unsupported):
        adapter(ME, *endless)[0].find(drafted(), KEY, SINCE)


def test_an_empty_timeline_is_an_absence():
    platform, _ = adapter(ME, (200, {"meta": {"result_count": 0}}))
    assert platform.find(drafted(), KEY, SINCE) is None


def test_requests_are_as_the_api_describes_them(requests_are_valid):
    listing = (200, {"data": [found()], "meta": {"next_token": "n1"}})
    platform, door = adapter(ME, UPLOADED, (200, {}), POSTED, ME, listing, (200, {}), (200, {}))
    platform.verify()
    draft = platform.prepare(illustrated(), KEY)
    receipt = platform.commit(draft, KEY)
    platform.find(draft, KEY, SINCE)
    platform.delete(receipt)
    assert requests_are_valid("x-api-v2.min.json", "https://api.x.com", door.calls) == 8


@pytest.mark.parametrize("listing", ["<html>", [], "null"])
def test_a_timeline_that_cannot_be_read_is_no_absence(listing):
    platform, _ = adapter(ME, (200, listing))
    with pytest.raises(Uncertain):
        platform.find(drafted(), KEY, SINCE)


@pytest.mark.parametrize("host", ["x.com", "twitter.com", "mobile.twitter.com"])
def test_the_address_that_a_person_gave_leads_to_its_post(host):
    platform, door = adapter((200, {"data": {"deleted": True}}))
    platform.delete(Receipt(f"https://{host}/gazette/status/1801?s=20", None))
    assert door.calls[0].url == "https://api.x.com/2/tweets/1801"


@pytest.mark.parametrize("reply", [(200, {"data": {"deleted": False}}), (404, {"title": "Not Found"})])
def test_nothing_under_a_guessed_id_is_no_deletion(reply):
    platform, _ = adapter(reply, reply)
    with pytest.raises(Rejected):
        platform.delete(Receipt("https://x.com/gazette/status/1801", None))
    platform.delete(Receipt("1801", None))
