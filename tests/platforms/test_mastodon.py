from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import (
    NotReady,
    Rejected,
    Unavailable,
    Uncertain,
    Unsupported,
)
from syndicate.model import Receipt, Secret
from syndicate.platforms.mastodon import Mastodon, Options
from syndicate.testing import KEY, LINK, Held, PlatformContract, Recorded, illustrated, picture, post
from tests.worlds.mastodon_mock import Mock

SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)
ACCOUNT = (200, {"id": "7", "acct": "gazette", "url": "https://social.example/@gazette"})


def adapter(*replies, **options):
    door = Recorded(*replies)
    return Mastodon(Options("https://social.example/", Secret("token-1234"), **options), door, Held()), door


def drafted(text="A bridge opens", link=LINK):
    """What `prepare` makes of a status without pictures; nothing is asked for that."""
    return adapter()[0].prepare(post(f"{text} {link}" if link else text, link=link), KEY)


def status(number=1, content="<p>A bridge opens</p>", at="2026-11-23T10:00:05.123Z", card=None):
    url = f"https://social.example/@gazette/{number}"
    return {"id": str(number), "url": url, "created_at": at, "content": content, "card": card}


class TestAgainstTheSandbox(PlatformContract):
    secrets = ("token-1234",)

    def make(self, http, url, credentials):
        return Mastodon(Options("https://social.example", Secret("token-1234"), api_url=url), http, credentials)

    def session(self, platform, network):
        return {"software": "mastodon 4.6.0"}

    @pytest.fixture
    def network(self, sandbox):
        return sandbox

    @pytest.fixture
    def http(self, described):
        return described("mastodon")


@pytest.fixture(scope="module")
def mock():
    pytest.importorskip("mastodon_mock")
    server = Mock()
    yield server
    server.close()


class TestAgainstMastodonMock(PlatformContract):
    secrets = ("mock_token",)

    def make(self, http, url, credentials):
        return Mastodon(Options(url, Secret("mock_token")), http, credentials)

    def session(self, platform, network):
        return {"software": "mastodon 4.6.0"}

    @pytest.fixture
    def network(self, mock):
        mock.reset()
        return mock


def test_who_and_which_limits_are_read_from_the_server():
    configuration = {
        "statuses": {"max_characters": 5000, "max_media_attachments": 6, "characters_reserved_per_url": 23},
        "media_attachments": {
            "image_size_limit": 16777216,
            "image_matrix_limit": 33177600,
            "description_limit": 1500,
        },
    }
    platform, door = adapter(ACCOUNT, (200, {"configuration": configuration}), (404, ""))
    identity = platform.verify()
    assert (identity.id, identity.name, identity.url) == ("7", "@gazette", "https://social.example/@gazette")
    assert identity.limits == {
        "text": 5000,
        "images": 6,
        "image_bytes": 16777216,
        "image_pixels": 33177600,
        "alt": 1500,
    }
    assert [call.url for call in door.calls] == [
        "https://social.example/api/v1/accounts/verify_credentials",
        "https://social.example/api/v2/instance",
        "https://social.example/.well-known/nodeinfo",
    ]


@pytest.mark.parametrize("broken", [(500, "<h1>AttributeError</h1>"), (404, {"error": "Record not found"})])
def test_an_old_server_states_its_limits_in_version_1(broken):
    old = (200, {"configuration": {"statuses": {"max_characters": 11000}}})
    platform, door = adapter(ACCOUNT, broken, old, (404, ""))
    assert platform.verify().limits == {"text": 11000}
    assert door.calls[-2].url.endswith("/api/v1/instance")


def test_a_server_that_states_nothing_has_the_usual_limits():
    platform, _ = adapter(ACCOUNT, (404, ""), (200, {"uri": "social.example"}), (404, ""))
    assert platform.verify().limits == {}
    assert (platform.limits.text, platform.limits.images, platform.limits.stated) == (500, 4, True)


def test_a_server_where_addresses_cost_more_leaves_less_for_words():
    stated = {"statuses": {"max_characters": 500, "characters_reserved_per_url": 30}}
    platform, _ = adapter(ACCOUNT, (200, {"configuration": stated}), (404, ""))
    assert platform.verify().limits["text"] == 493


def test_the_status_goes_out_with_its_key_and_language():
    platform, door = adapter((200, status()), visibility="unlisted")
    receipt = platform.commit(platform.prepare(post("A bridge opens", language="pt-BR"), KEY), KEY)
    assert (receipt.id, receipt.permalink) == ("1", "https://social.example/@gazette/1")
    [call] = door.calls
    assert call.json == {"status": "A bridge opens", "visibility": "unlisted", "language": "pt"}
    assert call.headers == {
        "Authorization": "Bearer token-1234",
        "Accept": "application/json",
        "Idempotency-Key": KEY,
    }


@pytest.mark.parametrize(
    ("tag", "sent"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("PT", "pt"),
        ("ast", "ast"),
        ("english", None),
        (None, None),
        ("zh", "zh"),
        ("zh_Hant", "zh"),
        ("zh-SG", "zh"),
        ("zh-CN", "zh-CN"),
        ("zh_TW", "zh-TW"),
        ("zh-hk", "zh-HK"),
        ("zh-Hant-HK", "zh-HK"),
        ("zh-YUE", "zh-YUE"),
        ("en-HK", "en"),
        ("yue", "yue"),
    ],
)
def test_a_language_is_sent_as_iso_639(tag, sent):
    platform, _ = adapter()
    assert platform.prepare(post(language=tag), KEY)["language"] == sent


def test_a_picture_still_in_the_works_is_asked_for_once_and_not_uploaded_again():
    platform, door = adapter((202, {"id": "5", "url": None}), (206, {"id": "5"}))
    story = illustrated()
    with pytest.raises(NotReady) as caught:
        platform.prepare(story, KEY)
    assert [call.method for call in door.calls] == ["POST", "GET"]
    left = json.loads(json.dumps(caught.value.prepared))
    platform, door = adapter((200, {"id": "5", "url": "https://files.example/5.png"}))
    assert platform.prepare(story, KEY, left)["media_ids"] == ["5"]
    assert [(call.method, call.url) for call in door.calls] == [("GET", "https://social.example/api/v1/media/5")]


def test_a_picture_the_server_has_forgotten_is_uploaded_again():
    platform, _ = adapter((202, {"id": "5"}), (206, {}))
    story = illustrated()
    with pytest.raises(NotReady) as caught:
        platform.prepare(story, KEY)
    platform, door = adapter((404, {"error": "Record not found"}), (200, {"id": "6"}))
    assert platform.prepare(story, KEY, caught.value.prepared)["media_ids"] == ["6"]
    assert [call.method for call in door.calls] == ["GET", "POST"]


def test_another_picture_than_before_is_uploaded():
    platform, _ = adapter((202, {"id": "5"}), (206, {}))
    with pytest.raises(NotReady) as caught:
        platform.prepare(illustrated(), KEY)
    platform, _ = adapter((200, {"id": "6"}))
    assert platform.prepare(post(media=(picture(9, 9),)), KEY, caught.value.prepared)["media_ids"] == ["6"]


def test_uploads_are_not_trusted_for_ever():
    platform, _ = adapter((200, {"id": "5"}))
    story = illustrated()
    expires = datetime.fromisoformat(platform.prepare(story, KEY)["expires_at"])
    assert timedelta(hours=1) < expires - story.at < timedelta(hours=24)


def test_a_failed_upload_published_nothing():
    platform, _ = adapter((500, "sorry"))
    with pytest.raises(Unavailable):
        platform.prepare(illustrated(), KEY)


LINKED = '<p>A bridge opens <a href="https://gazette.example/a?b=1&amp;c=2" rel="nofollow"><span>gazette</span></a></p>'


@pytest.mark.parametrize(
    ("link", "found"),
    [
        (status(content=LINKED), True),
        (status(content="<p>A bridge opens</p>", card={"url": "https://GAZETTE.example/a?b=1&c=2"}), True),
        (status(content=LINKED.replace("c=2", "c=22")), False),
        (status(content=LINKED, at="2026-11-23T09:59:59.000Z"), False),
        (status(content="<p>A bridge opens https://gazette.example/a?b=1&amp;c=2</p>"), True),
        (status(content=""), False),
    ],
)
def test_a_status_is_known_by_its_link(link, found):
    platform, _ = adapter(ACCOUNT, (200, [status(9, "<p>Something else</p>"), link]), (200, []))
    draft = drafted(link="https://gazette.example/a?b=1&c=2")
    assert (platform.find(draft, KEY, SINCE) is not None) == found


def test_a_status_without_a_link_is_known_by_its_text():
    content = (
        '<p>Tom &amp; Jerry &lt;3</p><p>in <a href="https://s.example/tags/fog">#<span>Fog</span></a><br />again</p>'
    )
    platform, _ = adapter(ACCOUNT, (200, [status(content=content)]))
    assert platform.find(drafted("Tom & Jerry <3\n\nin #Fog\nagain", link=None), KEY, SINCE).id == "1"


def test_the_listing_is_read_back_to_the_attempt_and_no_further():
    first = [status(number) for number in range(80, 40, -1)]
    second = [status(40), status(39, at="2026-11-23T09:00:00Z"), status(38, f'<a href="{LINK}">x</a>')]
    platform, door = adapter(ACCOUNT, (200, first), (200, second))
    assert platform.find(drafted(), KEY, SINCE) is None
    assert door.calls[1].params == {"limit": "40", "exclude_reblogs": "true"}
    assert door.calls[2].params == {"limit": "40", "exclude_reblogs": "true", "max_id": "41"}


def test_an_endless_listing_is_left_to_a_person():
    platform, _ = adapter(ACCOUNT, *[(200, [status(number)]) for number in range(100)])
    with pytest.raises(Unsupported, match="too many"):
        platform.find(drafted(), KEY, SINCE)


@pytest.mark.parametrize("listing", [{"error": "hm"}, [1, None], []])
def test_a_listing_of_nothing_is_an_absence(listing):
    platform, _ = adapter(ACCOUNT, (200, listing), (200, []))
    assert platform.find(drafted(), KEY, SINCE) is None


@pytest.mark.parametrize("listing", [(200, [{"id": "1", "created_at": "yesterday"}]), (200, "<html>")])
def test_a_listing_that_cannot_be_read_is_no_absence(listing):
    platform, _ = adapter(ACCOUNT, listing)
    with pytest.raises(Uncertain, match=r"unreadable|cannot be read"):
        platform.find(drafted(), KEY, SINCE)


def test_an_address_without_a_scheme_is_a_wrong_option():
    with pytest.raises(ValueError, match="is not the address of a server"):
        Options("social.example", Secret("x"))


def test_requests_are_as_the_api_describes_them(requests_are_valid):
    replies = [
        ACCOUNT,
        (200, {}),
        (404, ""),
        (200, {"id": "5"}),
        (200, status()),
        ACCOUNT,
        (200, [status()]),
        (200, []),
    ]
    pictured = status() | {"media_attachments": [{"id": "5", "description": "A bridge in fog"}]}
    replies += [(200, {"id": "2"}), (200, pictured), (200, pictured), (200, {})]
    platform, door = adapter(*replies)
    platform.verify()
    draft = platform.prepare(illustrated(), KEY)
    platform.commit(draft, KEY)
    platform.find(draft, KEY, SINCE)
    receipt = platform.commit(platform.prepare(post(), KEY), KEY)
    platform.edit(receipt, post("A bridge is open", language="en"))
    platform.delete(receipt)
    described = [call for call in door.calls if "nodeinfo" not in call.url]
    assert requests_are_valid("mastodon-openapi.json", "https://social.example", described) == 11


def test_an_edit_names_pictures_descriptions_and_warning_again():
    shown = status() | {
        "media_attachments": [{"id": "5", "description": "A bridge in fog"}, {"id": "6", "description": None}],
        "spoiler_text": "Bridges",
        "sensitive": True,
    }
    platform, door = adapter((200, shown), (200, status()))
    platform.edit(Receipt("1", None), post("A bridge is open", language="pt-BR"))
    read, change = door.calls
    assert [(call.method, call.url) for call in (read, change)] == [
        ("GET", "https://social.example/api/v1/statuses/1"),
        ("PUT", "https://social.example/api/v1/statuses/1"),
    ]
    assert change.json == {
        "status": "A bridge is open",
        "language": "pt",
        "media_ids": ["5", "6"],
        "media_attributes": [{"id": "5", "description": "A bridge in fog"}, {"id": "6", "description": ""}],
        "spoiler_text": "Bridges",
        "sensitive": True,
    }


def test_a_status_that_cannot_be_read_is_not_edited_and_keeps_its_pictures():
    platform, door = adapter((200, "<html>"))
    with pytest.raises(Uncertain):
        platform.edit(Receipt("1", None), post("A bridge is open"))
    assert len(door.calls) == 1


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("https://social.example/@gazette/117684", "/api/v1/statuses/117684"),
        ("https://social.example/@gazette/117684/", "/api/v1/statuses/117684"),
    ],
)
def test_the_address_that_a_person_gave_leads_to_its_status(address, path):
    platform, door = adapter((200, {}))
    platform.delete(Receipt(address, address))
    assert [(call.method, call.url) for call in door.calls] == [("DELETE", f"https://social.example{path}")]


@pytest.mark.parametrize("address", ["https://social.example/@gazette", "https://other.example/@gazette/117684"])
def test_an_address_that_names_no_status_here_asks_the_server_nothing(address):
    platform, door = adapter()
    with pytest.raises(Rejected, match="does not say which status"):
        platform.delete(Receipt(address, address))
    assert door.calls == []


def test_nothing_under_a_guessed_id_is_no_deletion():
    platform, _ = adapter((404, {"error": "Record not found"}), (404, {"error": "Record not found"}))
    with pytest.raises(Rejected, match="not found"):
        platform.delete(Receipt("https://social.example/@gazette/1", None))
    platform.delete(Receipt("1", None))
