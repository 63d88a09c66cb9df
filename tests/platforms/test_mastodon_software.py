"""Mastodon's relatives: which software runs on a server, and what the adapter does differently on it."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import pytest

from syndicate.errors import (
    AuthError,
    PictureRefused,
    Rejected,
    TextRefused,
    Unavailable,
    Uncertain,
)
from syndicate.model import Receipt, Secret
from syndicate.net.http import RequestsHttp
from syndicate.platforms._mastodon_software import PROFILES, profile
from syndicate.platforms.mastodon import Mastodon, Options
from syndicate.sandbox.server import Sandbox
from syndicate.testing import (
    KEY,
    LINK,
    OTHER_KEY,
    Held,
    PlatformContract,
    Recorded,
    illustrated,
    linked,
    now,
    picture,
    post,
)

ACCOUNT = (200, {"id": "7", "acct": "gazette"})
SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"
STATUS = (200, {"id": "1", "url": "https://social.example/@gazette/1"})


def adapter(*replies, software="", **options):
    door = Recorded(*replies)
    held = Held({"software": software} if software else {})
    return Mastodon(Options("https://social.example/", Secret("token-1234"), **options), door, held), door


def links(*hrefs):
    listed = [{"rel": f"{SCHEMA}2.{number}", "href": href} for number, href in enumerate(hrefs)]
    return 200, {"links": listed}


def runs(name, version="1.0"):
    return 200, {"version": "2.0", "software": {"name": name, "version": version}}


HERE = links("https://social.example/nodeinfo/2.0")


# The answers of servers as their sources make them (see the docstring of _mastodon_software).
RECORDED = [
    (runs("mastodon", "4.6.0"), "mastodon 4.6.0", "keyed", False, False),
    (runs("mastodon", "4.5.0-nightly+glitch"), "mastodon 4.5.0-nightly+glitch", "keyed", False, True),
    (runs("hometown", "4.2.10+hometown-1.1.2"), "hometown 4.2.10+hometown-1.1.2", "keyed", False, False),
    (runs("gotosocial", "0.20.0+git-57cb4fe"), "gotosocial 0.20.0+git-57cb4fe", "lookup", True, True),
    (runs("pleroma", "2.9.1"), "pleroma 2.9.1", "lookup", True, True),
    (runs("akkoma", "3.16.0-0-gabc"), "akkoma 3.16.0-0-gabc", "lookup", True, True),
    (runs("pixelfed", "0.11.13"), "pixelfed 0.11.13", "lookup", True, False),
    (runs("takahe", "0.11.0"), "takahe 0.11.0", "lookup", True, False),
    (runs("Friendica", "2024.08-1569"), "friendica 2024.08-1569", "lookup", True, False),
    (runs("Wild Garden", "1"), "wild-garden 1", "lookup", True, False),
    (runs("mastodon", None), "mastodon", "keyed", False, False),
    ((200, {"software": {"name": 7}}), "", "lookup", False, False),
    ((200, {"software": "takahe"}), "", "lookup", False, False),
    ((200, "<html>"), "", "lookup", False, False),
    ((500, ""), "", "lookup", False, False),
]


@pytest.mark.parametrize(("document", "software", "certainty", "whole", "formats"), RECORDED)
def test_a_server_says_what_it_runs_and_that_has_a_profile(document, software, certainty, whole, formats):
    instance = (200, {"configuration": {"statuses": {"max_characters": 500}}})
    platform, door = adapter(ACCOUNT, instance, HERE, document)
    found = platform.verify()
    assert found.software == software
    assert found.limits == {"text": 500} | ({"text_points": 500} if whole else {})
    assert door.calls[-1].url == "https://social.example/nodeinfo/2.0"
    assert [call.headers for call in door.calls[-2:]] == [{}, {}], "nobody but the server's API gets the token"
    told, _ = adapter(software=found.software)
    assert told.certainty == certainty
    assert told.profile.formats is formats
    assert (found.notes != ()) is (certainty == "lookup")


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        (links("https://social.example/old", "https://social.example/new?x=1"), "/new?x=1"),
        (links("https://SOCIAL.example"), "/"),
        (links("https://elsewhere.example/nodeinfo/2.0"), None),
        (links("https://[bad/nodeinfo"), None),
        (links("/nodeinfo/2.0"), None),
        ((200, {"links": [{"rel": "other", "href": "https://social.example/x"}, None, {}]}), None),
        ((200, {"links": "none"}), None),
        ((200, []), None),
        ((404, ""), None),
    ],
)
def test_the_newest_document_on_the_same_server_is_read(answer, asked):
    platform, door = adapter(ACCOUNT, (200, {}), answer, *([runs("takahe")] if asked else []))
    assert platform.verify().software == ("takahe 1.0" if asked else "")
    assert [call.url for call in door.calls[3:]] == ([f"https://social.example{asked}"] if asked else [])


def test_a_server_that_does_not_answer_that_question_is_one_of_which_nothing_is_known():
    platform, _ = adapter(ACCOUNT, (200, {}), Unavailable("refused"))
    found = platform.verify()
    assert found.software == ""
    assert "does not say what software it runs" in found.notes[0]


def test_nobody_is_called_keyed_before_the_server_has_said_so():
    assert Mastodon.certainty == "keyed"
    assert adapter()[0].certainty == "lookup"
    assert {name for name, each in PROFILES.items() if each.certainty == "keyed"} == {"mastodon", "hometown"}


@pytest.mark.parametrize(
    ("software", "wanted", "sent"),
    [
        ("mastodon 4.6.0", "public", {"visibility": "public"}),
        ("mastodon 4.6.0", "direct", {"visibility": "direct"}),
        ("mastodon 4.6.0+glitch", "public", {"visibility": "public", "content_type": "text/plain"}),
        ("gotosocial 0.20", "unlisted", {"visibility": "unlisted", "content_type": "text/plain"}),
        ("akkoma 3.16", "private", {"visibility": "private", "content_type": "text/plain"}),
        ("pixelfed 0.12", "public", {}),
        ("pixelfed 0.12", "unlisted", {"visibility": "unlisted"}),
        ("unheard-of 1", "public", {"visibility": "public"}),
    ],
)
def test_each_software_gets_the_fields_that_it_takes(software, wanted, sent):
    platform, door = adapter((200, {"id": "5", "url": "u"}), STATUS, software=software, visibility=wanted)
    platform.commit(platform.prepare(illustrated(), KEY), KEY)
    body = door.calls[-1].json
    assert {name: body[name] for name in ("visibility", "content_type") if name in body} == sent
    assert door.calls[-1].headers["Idempotency-Key"] == KEY, "a key does no harm where it is ignored"


def test_an_edit_is_no_markdown_either():
    platform, door = adapter((200, {"id": "1"}), STATUS, software="gotosocial 0.20")
    platform.edit(Receipt("1", None), post("2 * 3 * 4"))
    assert door.calls[1].json["content_type"] == "text/plain"


@pytest.mark.parametrize(
    ("story", "options", "words"),
    [
        (post(), {}, "takes no post without a picture"),
        (illustrated(), {"visibility": "direct"}, "has no visibility 'direct'"),
    ],
)
def test_what_pixelfed_takes_from_nobody_is_refused_before_anything_is_uploaded(story, options, words):
    platform, door = adapter(software="pixelfed 0.11.13", **options)
    with pytest.raises(Rejected, match=words) as caught:
        platform.prepare(story, KEY)
    assert caught.value.hint
    assert door.calls == []


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ((400, {"error": "Status is too long"}), TextRefused),
        ((400, {"error": "Status is empty"}), Rejected),
        ((400, "Invalid Bearer token"), AuthError),
        ((400, {"error": "Duplicate idempotency key."}), Uncertain),
        ((403, {"error": "Empty statuses are not allowed"}), Rejected),
        ((400, {"error": "Invalid media_ids"}), PictureRefused),
        ((403, {"error": "Invalid media id"}), PictureRefused),
        ((500, {"message": "The selected visibility is invalid.", "errors": {"visibility": ["…"]}}), Rejected),
        (
            (500, {"message": "The status must not be greater than 500 characters.", "errors": {"status": ["…"]}}),
            TextRefused,
        ),
        ((500, {"message": "Server Error"}), Uncertain),
        ((500, {"error": "Server Error", "errors": {}}), Uncertain),
        ((400, {"error": "Bad Request: text with spoiler exceed max chars (5000)"}), TextRefused),
        ((400, {"error": "Bad Request: media description exceeds max chars (1500)"}), PictureRefused),
        ((422, {"error": "The status is over the character limit"}), TextRefused),
        ((200, []), Uncertain),
    ],
)
def test_each_no_of_a_relative_says_what_to_do_next(reply, kind):
    platform, _ = adapter((200, {"id": "5", "url": "u"}), reply, software="takahe 0.11")
    with pytest.raises(kind) as caught:
        platform.commit(platform.prepare(illustrated(), KEY), KEY)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("said", "limits"),
    [
        (
            {"max_toot_chars": 5000, "upload_limit": 16_000_000, "description_limit": 4000, "max_media_attachments": 9},
            {"text": 5000, "image_bytes": 16_000_000, "alt": 4000, "images": 9},
        ),
        (
            {
                "configuration": {"statuses": {"max_characters": 700, "characters_reserved_per_url": 0}},
                "pleroma": {"metadata": {"description_limit": 5000}},
                "max_toot_chars": 5000,
            },
            {"text": 700, "alt": 5000},
        ),
        ({"pleroma": {"metadata": None}, "max_toot_chars": "many"}, {}),
    ],
)
def test_limits_are_read_where_pleroma_and_akkoma_state_them(said, limits):
    platform, _ = adapter(ACCOUNT, (404, ""), (200, said), (404, ""))
    assert platform.verify().limits == limits


class Pictured(Mastodon):
    """Gives every story a picture, as an account on Pixelfed has to."""

    def prepare(self, post, key, prepared=None):
        return super().prepare(post if post.media else replace(post, media=(picture(),)), key, prepared)


class OnARelative(PlatformContract):
    """The contract against the stand-in that behaves like another software."""

    secrets = ("token-1234",)
    software: ClassVar[str]
    adapter: ClassVar[type[Mastodon]] = Mastodon

    def make(self, http, url, credentials):
        return self.adapter(Options("https://social.example", Secret("token-1234"), api_url=url), http, credentials)

    @pytest.fixture
    def network(self):
        with Sandbox(quirks={"mastodon": {"software": self.software}}) as sandbox:
            yield sandbox

    def session(self, platform, network):
        return {"software": platform.verify().software}


class TestAgainstOneLikePixelfed(OnARelative):
    software = "pixelfed"
    adapter = Pictured


class TestAgainstOneLikeTakahe(OnARelative):
    software = "takahe"

    def test_the_same_key_twice_makes_two_posts_which_is_why_it_is_looked_up(self, platform, network, since):
        assert platform.certainty == "lookup"
        draft = platform.prepare(linked(platform), KEY)
        first, second = platform.commit(draft, KEY), platform.commit(draft, KEY)
        assert first.id != second.id
        assert len(network.posts()) == 2
        assert platform.find(draft | {"others": [second.id]}, KEY, since) == first


def test_one_like_pixelfed_takes_a_picture_and_no_key_twice():
    http = RequestsHttp(clock=now)
    with Sandbox(quirks={"mastodon": {"software": "pixelfed"}}) as sandbox:
        held = Held()
        options = Options("https://pix.example", Secret("token-1234"), api_url=sandbox.url)
        platform = Mastodon(options, http, held)
        found = platform.verify()
        assert (found.software, found.limits["text_points"]) == ("pixelfed 0.11.13", 500)
        held.value = {"software": found.software}
        with pytest.raises(Rejected):
            platform.prepare(post(), KEY)
        draft = platform.prepare(illustrated(), KEY)
        since = now()
        receipt = platform.commit(draft, KEY)
        with pytest.raises(Uncertain, match="Duplicate idempotency key"):
            platform.commit(draft, KEY)
        assert platform.find(draft, KEY, since.replace(microsecond=0)) == receipt
        long = platform.prepare(illustrated(text="橋" * 501), OTHER_KEY)
        with pytest.raises(TextRefused):
            platform.commit(long, OTHER_KEY)
        assert len(sandbox.posts()) == 1
    http.close()


@pytest.mark.parametrize("software", ["gotosocial", "akkoma"])
def test_one_like_gotosocial_or_akkoma_states_its_limits_and_takes_a_post(software):
    http = RequestsHttp(clock=now)
    with Sandbox(quirks={"mastodon": {"software": software, "max_characters": 900}}) as sandbox:
        held = Held()
        platform = Mastodon(Options("https://a.example", Secret("t"), api_url=sandbox.url), http, held)
        found = platform.verify()
        assert (found.limits["text"], found.limits["text_points"]) == (900, 900)
        held.value = {"software": found.software}
        platform.commit(platform.prepare(post(f"2 * 3 * 4 {LINK}", link=LINK), KEY), KEY)
        assert sandbox.posts()[0]["text"] == f"2 * 3 * 4 {LINK}"
        with pytest.raises(TextRefused):
            platform.commit(platform.prepare(post("a" * 901), OTHER_KEY), OTHER_KEY)
    http.close()


def test_a_profile_is_found_by_the_first_word():
    assert profile("takahe 0.11.0") is PROFILES["takahe"]
    assert profile("takahe") is PROFILES["takahe"]
    assert "not known here" in profile("wild-garden 1").note
