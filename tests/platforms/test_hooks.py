"""Chats by their incoming addresses: what is sent, what readers see, whom it calls, and what each answer means."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate.errors import (
    AuthError,
    RateLimited,
    Rejected,
    TextRefused,
    Unavailable,
    Uncertain,
    Unsupported,
)
from syndicate.model import Receipt, Secret
from syndicate.net.http import RequestsHttp
from syndicate.platforms import googlechat, mattermost, rocketchat, teams
from syndicate.sandbox.networks._chat_texts import google_calls, markdown, mattermost_calls, rocketchat_calls, seen
from syndicate.sandbox.server import Sandbox
from syndicate.testing import KEY, LINK, OTHER_KEY, Held, PlatformContract, Recorded, illustrated, linked, now, post

AT = datetime(2026, 11, 29, tzinfo=UTC)
SECRET = "s3cret-part"
NO_PICTURES = "this network takes no pictures by an incoming address"
URLS = {
    "mattermost": f"https://chat.example/hooks/{SECRET}",
    "rocketchat": f"https://chat.example/hooks/desk/{SECRET}",
    "googlechat": f"https://chat.googleapis.com/v1/spaces/AAA/messages?key=k&token={SECRET}",
    "teams": f"https://prod.logic.azure.com/workflows/1/triggers/manual/paths/invoke?sig={SECRET}",
}
ADAPTERS = {
    "mattermost": (mattermost.Mattermost, mattermost.Options),
    "rocketchat": (rocketchat.RocketChat, rocketchat.Options),
    "googlechat": (googlechat.GoogleChat, googlechat.Options),
    "teams": (teams.Teams, teams.Options),
}
GOOD = {
    "mattermost": (200, "ok"),
    "rocketchat": (200, {"success": True}),
    "googlechat": (200, {"name": "spaces/AAA/messages/B"}),
    "teams": (202, ""),
}
NAMES = sorted(ADAPTERS)


def adapter(name, *replies):
    kind, options = ADAPTERS[name]
    door = Recorded(*replies)
    return kind(options(Secret(URLS[name])), door, Held()), door


class WordsOnly(PlatformContract):
    """The contract of a chat that takes words: pictures are left out before a post is rendered."""

    enforces_length = False
    secrets = (SECRET,)
    platform_name = ""

    def make(self, http, url, credentials):
        kind, options = ADAPTERS[self.platform_name]
        there = options(Secret(URLS[self.platform_name])).redirected(url, None, "desk")
        return kind(there, http, credentials)

    @pytest.fixture
    def network(self):
        with Sandbox() as sandbox:
            yield sandbox

    def test_alt_texts_arrive_with_their_pictures(self):
        pytest.skip(NO_PICTURES)

    def test_a_picture_of_as_many_bytes_as_the_limits_say_is_taken(self):
        pytest.skip(NO_PICTURES)


class TestMattermost(WordsOnly):
    platform_name = "mattermost"


class TestRocketChat(WordsOnly):
    platform_name = "rocketchat"


class TestGoogleChat(WordsOnly):
    platform_name = "googlechat"


class TestTeams(WordsOnly):
    platform_name = "teams"

    def test_a_text_arrives_to_the_letter(self, platform, network):
        """An empty line is the space between two blocks."""
        text = "It’s “fog” & <more>\nגשר 橋 e\u0301 🌉 100 %"
        platform.commit(platform.prepare(post(text.replace("\n", "\n\n")), KEY), KEY)
        assert network.posts()[0]["text"] == text


# What is sent


@pytest.mark.parametrize("name", NAMES)
def test_a_message_goes_to_the_address_and_nothing_else_is_asked(name):
    platform, door = adapter(name, GOOD[name])
    draft = platform.prepare(illustrated(), KEY)
    receipt = platform.commit(draft, KEY)
    [call] = door.calls
    assert (call.method, call.url) == ("POST", URLS[name])
    assert receipt == Receipt("spaces/AAA/messages/B" if name == "googlechat" else KEY, None)
    with pytest.raises(Unsupported):
        platform.find(draft, KEY, AT)
    assert len(door.calls) == 1


@pytest.mark.parametrize("name", ["mattermost", "rocketchat", "googlechat"])
def test_a_text_with_its_link_is_the_whole_body(name):
    platform, door = adapter(name, GOOD[name])
    story = linked(platform, "A bridge opens", "https://gazette.example/a_b_c*(d)?x=[1]&y=~2|3")
    platform.commit(platform.prepare(story, KEY), KEY)
    assert door.calls[0].json == {"text": story.text}


def test_google_gets_an_id_of_the_request_that_is_the_same_each_time():
    platform, door = adapter("googlechat", *[GOOD["googlechat"]] * 3)
    for key in (KEY, KEY, OTHER_KEY):
        platform.commit(platform.prepare(post(), key), key)
    ids = [call.params["requestId"] for call in door.calls]
    assert ids[0] == ids[1] == str(UUID(KEY))
    assert ids[2] == str(UUID(OTHER_KEY))


def test_where_google_honours_that_id_a_second_try_makes_no_second_message():
    with Sandbox(quirks={"googlechat": {"keeps_ids": True}}) as sandbox:
        http = RequestsHttp(clock=now)
        options = googlechat.Options(Secret(URLS["googlechat"])).redirected(sandbox.url, None, "desk")
        platform = googlechat.GoogleChat(options, http, Held())
        draft = platform.prepare(post(), KEY)
        assert platform.commit(draft, KEY) == platform.commit(draft, KEY)
        assert len(sandbox.posts()) == 1
        http.close()


def test_a_card_of_teams_has_a_block_for_each_line_and_a_button():
    platform, door = adapter("teams", GOOD["teams"])
    platform.commit(platform.prepare(post("Fog\n\nIt came\nat night *", link=LINK), KEY), KEY)
    [attached] = door.calls[0].json["attachments"]
    assert door.calls[0].json["type"] == "message"
    assert attached["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attached["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert [block["text"] for block in card["body"]] == ["Fog", "It came", r"at night \*"]
    assert all(block["wrap"] for block in card["body"])
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "gazette.example", "url": LINK}]
    assert "msteams" not in card
    assert "actions" not in platform.prepare(post(f"Fog {LINK}", link=LINK), KEY)["card"]
    assert "actions" not in platform.prepare(post("Fog"), KEY)["card"]


# Whom it calls

EVERYBODY = [
    "@all",
    "@channel",
    "@here",
    "@everyone",
    "@ALL",
    "(@here)",
    "Now: @channel!",
    "x.@all",
    "a @all_b",
    "-@here-",
    "<!channel>",
    "<!here>",
    "<!all>",
    "\\<!channel>",
    "<users/all>",
    "<users/123>",
    "<<users/all>>",
    "https://a.example/ @all",
    "中@all",
    "\n@here",
    "@@all",
]


@pytest.mark.parametrize("text", EVERYBODY)
def test_nobody_is_ever_called(text):
    assert mattermost_calls(mattermost.written(text)) == []
    assert rocketchat_calls(rocketchat.written(text)) == []
    assert google_calls(googlechat.written(text)) == []


def test_the_judges_know_a_call_when_they_see_one():
    assert mattermost_calls("hello @channel, x.@all <!here>") == ["@all", "@channel", "@here"]
    assert rocketchat_calls("hello @all (@here) desk@all.example") == ["@all", "@here"]
    assert google_calls("hello <users/all>") == ["<users/all>"]


def test_an_e_mail_address_and_an_address_with_such_a_word_stay_as_they_are():
    text = "desk@all.example https://social.example/@all"
    assert rocketchat.written(text) == googlechat.written(text) == mattermost.written(text) == text


# What readers see

SIGNS = [
    "*bold* _it_ ~~gone~~ `code` ||hidden||",
    "# Heading",
    "## 2",
    "#tag",
    "> quoted",
    ">",
    "- one\n- two",
    "1. one\n2) two",
    "a\n===",
    "a\n---",
    "| a | b |\n|---|---|",
    "    indented",
    "\tindented",
    "[words](https://a.example/)",
    "![x](https://a.example/a.png)",
    "<https://a.example/|words>",
    "<a|b>",
    "<b>a</b> &amp; &lt; &#64; & AT&T",
    "C:\\path\\*",
    "2 * 3 * 4 snake_case_name",
    "```\ncode\n```",
    "https://a.example/a_b_(c)_d*e~f",
    "$5 and $6",
]


@pytest.mark.parametrize("text", [*SIGNS, *EVERYBODY])
def test_the_letters_that_readers_see_are_those_of_the_text(text):
    assert markdown(mattermost.written(text)) == text
    assert seen(rocketchat.written(text)) == text
    assert seen(googlechat.written(text)) == text
    assert [markdown(teams.written(line)) for line in text.split("\n")] == text.split("\n")


@settings(deadline=None)
@given(st.text(alphabet="@alherchn*_<>!|[]()#- \n\\&;x~`", max_size=40))
def test_no_text_calls_anybody_or_loses_a_letter(text):
    assert mattermost_calls(mattermost.written(text)) == []
    assert rocketchat_calls(rocketchat.written(text)) == []
    assert google_calls(googlechat.written(text)) == []
    assert markdown(mattermost.written(text)) == text
    assert seen(rocketchat.written(text)) == text


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("*a* [b] `c` \\ ~d~ e|f _g_", r"\*a\* \[b\] \`c\` \\ \~d\~ e\|f \_g\_"),
        ("<b> &amp; AT&T", "&lt;b&gt; &amp;amp; AT&T"),
        ("# a\n- b\n1. c", "\u2060# a\n\u2060- b\n\u20601. c"),
        ("#tag -b 1.5", "#tag -b 1.5"),
    ],
)
def test_mattermost_s_markdown_is_escaped(text, sent):
    assert mattermost.written(text) == sent


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("# a\n> b\n- c\n2. d", "\u2060# a\n\u2060> b\n\u2060- c\n\u20602. d"),
        ("[a](https://b.example)", "[a]\u2060(https://b.example)"),
        ("<https://b.example|a> <t:1:R> <b>", "<\u2060https://b.example|a> <\u2060t:1:R> <b>"),
        ("*a* #tag", "*a* #tag"),
    ],
)
def test_rocket_chat_gets_joiners_where_signs_would_build_something(text, sent):
    assert rocketchat.written(text) == sent


# How long it is

FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
FLAG = "\N{REGIONAL INDICATOR SYMBOL LETTER P}\N{REGIONAL INDICATOR SYMBOL LETTER T}"


@pytest.mark.parametrize(
    ("text", "on_mattermost", "on_rocketchat", "in_bytes"),
    [
        ("", 0, 0, 0),
        ("a", 1, 1, 1),
        ("é", 1, 1, 2),
        ("e\u0301", 2, 2, 3),
        ("one\ntwo", 7, 7, 7),
        ("one\r\ntwo", 8, 8, 8),
        ("“Fog”", 5, 5, 9),
        ("it’s…", 5, 5, 9),
        ("https://example.com/a_b", 23, 23, 23),
        ("https://example.com/" + "a" * 300, 320, 320, 320),
        ("example.com", 11, 11, 11),
        ("see https://example.com/a.", 26, 26, 26),
        ("(https://example.com/Fog_(weather))", 35, 35, 35),
        ("中文字", 3, 3, 9),
        ("日本語の見出し", 7, 7, 21),
        ("한국어", 3, 3, 9),
        ("\u0915\u0940", 2, 2, 6),
        ("\u0915\u094d\u0937\u093f", 4, 4, 12),
        ("தமிழ்", 5, 5, 15),
        ("العربية", 7, 7, 14),
        ("עברית", 5, 5, 10),
        ("\u200fمرحبا", 6, 6, 13),
        ("ภาษาไทย", 7, 7, 21),
        (FLAG, 2, 4, 8),
        (FAMILY, 5, 8, 18),
        ("\N{THUMBS UP SIGN}", 1, 2, 4),
        ("\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}", 2, 4, 8),
        ("©\N{VARIATION SELECTOR-16}", 2, 2, 5),
        ("𝕏", 1, 2, 4),
        ("\U00020000", 1, 2, 4),
        ("\u00a0", 1, 1, 2),
        ("#Fog", 4, 4, 4),
        ("@desk", 5, 5, 5),
        ("desk@all.example", 16, 16, 16),
        ("a & b", 5, 5, 5),
        ("100 %", 5, 5, 5),
        ("a" * 5000, 5000, 5000, 5000),
        ("Ünïcödé", 7, 7, 11),
        ("a\tb", 3, 3, 3),
        ("\u200b", 1, 1, 3),
    ],
)
def test_each_counts_in_its_own_unit(text, on_mattermost, on_rocketchat, in_bytes):
    assert object.__new__(mattermost.Mattermost).measure(text) == on_mattermost
    assert object.__new__(rocketchat.RocketChat).measure(text) == on_rocketchat
    assert object.__new__(googlechat.GoogleChat).measure(text) == in_bytes
    assert object.__new__(teams.Teams).measure(text) == in_bytes


@pytest.mark.parametrize(
    ("name", "text", "length"),
    [
        ("mattermost", "*a*", 5),
        ("mattermost", "<", 4),
        ("mattermost", "@all", 5),
        ("rocketchat", "# a", 4),
        ("rocketchat", "@here", 6),
        ("googlechat", "<a", 5),
        ("teams", "_a_ [b]", 11),
        ("teams", "- a", 4),
    ],
)
def test_what_is_added_counts_as_well(name, text, length):
    assert object.__new__(ADAPTERS[name][0]).measure(text) == length


# What is answered


def google(status, code, words="no"):
    return status, {"error": {"code": status, "status": code, "message": words}}


def matter(status, code):
    return status, {"id": code, "message": "Refused.", "status_code": status}


PAGE = "<!doctype html><title>Log in</title>"


@pytest.mark.parametrize(
    ("name", "reply", "kind", "words"),
    [
        ("mattermost", matter(400, "web.incoming_webhook.invalid.app_error"), AuthError, "Refused"),
        ("mattermost", matter(404, "web.incoming_webhook.channel.app_error"), AuthError, "Refused"),
        ("mattermost", matter(403, "web.incoming_webhook.permissions.app_error"), AuthError, "Refused"),
        ("mattermost", matter(501, "web.incoming_webhook.disabled.app_error"), AuthError, "Refused"),
        ("mattermost", matter(400, "web.incoming_webhook.text.app_error"), Rejected, "Refused"),
        ("mattermost", (404, "404 page not found"), Unavailable, "HTTP 404"),
        ("mattermost", (200, PAGE), Uncertain, "not the chat's"),
        ("mattermost", (200, ""), Uncertain, "not the chat's"),
        ("mattermost", (500, ""), Uncertain, "HTTP 500"),
        ("mattermost", (429, "", {"Retry-After": "3"}), RateLimited, "HTTP 429"),
        (
            "rocketchat",
            (400, {"success": False, "error": "Invalid integration id or token provided."}),
            AuthError,
            "Inv",
        ),
        ("rocketchat", (400, {"success": False, "error": "invalid-channel"}), AuthError, "invalid-channel"),
        ("rocketchat", (401, {"success": False, "error": "You must be logged in to do this."}), AuthError, "logged in"),
        ("rocketchat", (503, {"success": False, "error": "Service Unavailable"}), AuthError, "Service Unavailable"),
        ("rocketchat", (503, "<html>Bad Gateway"), Uncertain, "HTTP 503"),
        ("rocketchat", (400, {"success": False, "error": "error-message-size-exceeded"}), TextRefused, "size-exceeded"),
        ("rocketchat", (400, {"success": False, "error": "unknown-error"}), Rejected, "unknown-error"),
        ("rocketchat", (200, {"success": False}), Uncertain, "not the chat's"),
        ("rocketchat", (200, PAGE), Uncertain, "not the chat's"),
        ("rocketchat", (429, {"success": False, "error": "slow", "x": 1}), RateLimited, "slow"),
        ("googlechat", google(403, "PERMISSION_DENIED"), AuthError, "no"),
        ("googlechat", google(401, "UNAUTHENTICATED"), AuthError, "no"),
        ("googlechat", google(404, "NOT_FOUND", "Space not found"), AuthError, "Space not found"),
        ("googlechat", google(400, "INVALID_ARGUMENT", "Message is too long"), TextRefused, "too long"),
        ("googlechat", google(400, "INVALID_ARGUMENT", "Invalid JSON payload"), Rejected, "Invalid JSON"),
        ("googlechat", google(429, "RESOURCE_EXHAUSTED"), RateLimited, "no"),
        ("googlechat", google(503, "UNAVAILABLE"), Uncertain, "no"),
        ("googlechat", (200, PAGE), Uncertain, "not the chat's"),
        ("teams", (400, {"error": {"code": "WorkflowTriggerIsNotEnabled", "message": "off"}}), AuthError, "off"),
        ("teams", (401, {"error": {"code": "DirectApiAuthorizationRequired", "message": "sig"}}), AuthError, "sig"),
        ("teams", (413, {"error": {"code": "RequestEntityTooLarge", "message": "big"}}), TextRefused, "big"),
        ("teams", (400, {"error": {"code": "TriggerInputSchemaMismatch", "message": "odd"}}), Rejected, "odd"),
        ("teams", (404, {"error": {"code": "WorkflowNotFound", "message": "gone"}}), AuthError, "gone"),
        ("teams", (429, ""), RateLimited, "HTTP 429"),
        ("teams", (502, ""), Uncertain, "HTTP 502"),
        ("teams", (200, "Webhook message delivery failed with error: HTTP error 429"), RateLimited, "no more"),
        ("teams", (200, "Webhook message delivery failed with error: HTTP error 413"), Uncertain, "not the chat's"),
        ("teams", (200, PAGE), Uncertain, "not the chat's"),
        ("teams", (302, "", {"Location": "https://login.example/"}), Unavailable, "login.example"),
    ],
)
def test_each_no_says_what_to_do_next(name, reply, kind, words):
    platform, _ = adapter(name, reply)
    with pytest.raises(kind, match=words) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert type(caught.value) is kind
    assert SECRET not in f"{caught.value} {caught.value.hint}"
    if kind is AuthError:
        assert caught.value.hint


@pytest.mark.parametrize("reply", [(202, ""), (200, "1"), (200, ""), (204, "")])
def test_teams_says_yes_in_several_ways(reply):
    platform, _ = adapter("teams", reply)
    assert platform.commit(platform.prepare(post(), KEY), KEY) == Receipt(KEY, None)


@pytest.mark.parametrize("name", NAMES)
def test_an_address_is_a_secret_and_only_its_host_is_shown(name):
    kind, options = ADAPTERS[name]
    made = options(Secret(URLS[name]))
    assert SECRET not in repr(made)
    assert kind.whose(made) == (URLS[name],)
    platform, _ = adapter(name, (200, {"success": True}))
    assert SECRET not in repr(platform.verify())
    for wrong in (f"chat.example/{SECRET}", f"ftp://chat.example/{SECRET}", f"https:///{SECRET}", SECRET):
        with pytest.raises(ValueError, match="not the whole address") as caught:
            options(Secret(wrong))
        assert SECRET not in str(caught.value)


def test_rocket_chat_is_asked_whether_the_integration_is_there():
    platform, door = adapter("rocketchat", (200, {"success": True}))
    assert platform.verify().name == "chat.example"
    assert (door.calls[0].method, door.calls[0].url) == ("GET", f"https://chat.example/hooks/info/desk/{SECRET}")
    platform, _ = adapter("rocketchat", (400, {"success": False, "error": "Invalid integration id or token provided."}))
    with pytest.raises(AuthError, match="Invalid integration"):
        platform.verify()
    platform, _ = adapter("rocketchat", (404, "Not found"))
    assert platform.verify().name == "chat.example"


@pytest.mark.parametrize("name", [each for each in NAMES if each != "rocketchat"])
def test_others_cannot_be_asked_anything(name):
    platform, door = adapter(name)
    assert platform.verify().id
    assert door.calls == []
