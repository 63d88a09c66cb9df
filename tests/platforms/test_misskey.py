"""Misskey: against the stand-in, and with recorded answers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import (
    AuthError,
    PictureRefused,
    RateLimited,
    Rejected,
    TextRefused,
    Unavailable,
    Uncertain,
    Unsupported,
)
from syndicate.model import Receipt, Secret
from syndicate.net.http import RequestsHttp
from syndicate.platforms.misskey import LISTING, Misskey, Options
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
from tests.worlds.signing_in import visited

SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)
ME = (200, {"id": "7", "username": "gazette", "policies": {"maxFileSizeMb": 30}})
MADE = (200, {"createdNote": {"id": "9a"}})


def adapter(*replies, held=None, **options):
    door = Recorded(*replies)
    return Misskey(Options("https://misskey.example/", Secret("token-1234"), **options), door, Held(held)), door


def note(number=1, text="A bridge opens", at="2026-11-23T10:00:05.123Z"):
    return {"id": f"n{number}", "createdAt": at, "text": text, "cw": None}


def error(status, code, words="No.", **info):
    return status, {
        "error": {"message": words, "code": code, "id": "x", "kind": "client"} | ({"info": info} if info else {})
    }


class TestAgainstTheSandbox(PlatformContract):
    answers_changes = False
    secrets = ("token-1234",)

    def make(self, http, url, credentials):
        return Misskey(Options("https://misskey.example", Secret("token-1234"), api_url=url), http, credentials)

    @pytest.fixture
    def network(self, sandbox):
        return sandbox

    def test_as_many_pictures_with_as_long_alt_texts_as_the_limits_say_are_taken(self, platform, network):
        pictures = tuple(picture(8 + number, alt=f"{number}".ljust(512, "x")) for number in range(16))
        platform.commit(platform.prepare(post(media=pictures), KEY), KEY)
        assert [media["alt"] for media in network.posts()[0]["media"]] == [each.alt for each in pictures]


def test_the_note_has_text_pictures_warning_visibility_and_what_it_answers():
    uploaded = (200, {"id": "f1", "comment": "A bridge in fog", "isSensitive": True})
    platform, door = adapter(uploaded, MADE, visibility="home")
    story = replace(illustrated(), warning="Fog", sensitive=True, reply_to=Receipt("9", None))
    assert platform.commit(platform.prepare(story, KEY), KEY) == Receipt("9a", "https://misskey.example/notes/9a")
    upload, made = door.calls
    assert upload.url == "https://misskey.example/api/drive/files/create"
    assert upload.data == {"i": "token-1234", "comment": "A bridge in fog", "isSensitive": "true"}
    assert made.url == "https://misskey.example/api/notes/create"
    assert made.json == {
        "i": "token-1234",
        "text": story.text,
        "visibility": "home",
        "fileIds": ["f1"],
        "cw": "Fog",
        "replyId": "9",
    }


def test_a_warning_is_cut_to_what_every_server_takes():
    platform, door = adapter(MADE)
    platform.commit(platform.prepare(post(warning="w" * 101), KEY), KEY)
    assert door.calls[0].json["cw"] == "w" * 99 + "…"


@pytest.mark.parametrize(
    ("kept", "sensitive", "change"),
    [
        ({"comment": "A bridge in fog"}, False, None),
        ({"comment": "Old words"}, False, {"comment": "A bridge in fog"}),
        ({"comment": None}, False, {"comment": "A bridge in fog"}),
        ({"comment": "A bridge in fog"}, True, {"comment": "A bridge in fog", "isSensitive": True}),
        ({"comment": "A bridge in fog", "isSensitive": True}, True, None),
    ],
)
def test_a_picture_that_the_drive_has_already_gets_this_description(kept, sensitive, change):
    """The drive keeps the same bytes once, with the description of the first time."""
    platform, door = adapter((200, {"id": "f1"} | kept), *([(200, {})] if change else []))
    platform.prepare(replace(illustrated(), sensitive=sensitive), KEY)
    assert [call.json for call in door.calls[1:]] == ([{"i": "token-1234", "fileId": "f1"} | change] if change else [])


def test_the_same_picture_twice_is_one_file():
    kept = (200, {"id": "f1", "comment": picture().alt})
    platform, _ = adapter(kept, kept)
    assert platform.prepare(post(media=(picture(), picture())), KEY)["note"]["fileIds"] == ["f1"]


@pytest.mark.parametrize(
    ("me", "meta", "limits"),
    [
        (ME, (200, {"maxNoteTextLength": 8192}), {"text": 8192, "image_bytes": 10_000_000}),
        ((200, {"id": "7", "username": "g", "policies": {"maxFileSizeMb": 2}}), (200, {}), {"image_bytes": 2_000_000}),
        ((200, {"id": "7", "username": "g"}), (200, {"maxNoteTextLength": "many"}), {}),
        ((200, {"id": "7", "username": "g", "policies": []}), (500, ""), {}),
    ],
)
def test_who_and_which_limits_are_read_from_the_server(me, meta, limits):
    platform, door = adapter(me, meta)
    found = platform.verify()
    assert (found.id, found.limits) == ("7", limits)
    assert found.url == f"https://misskey.example/@{me[1]['username']}"
    assert [call.url.rpartition("/")[2] for call in door.calls] == ["i", "meta"]


# The answers of endpoints/notes/create.ts and ApiCallService.ts.
REFUSALS = [
    (error(401, "AUTHENTICATION_FAILED"), AuthError),
    (error(403, "AUTHENTICATION_FAILED"), AuthError),  # before 13
    (error(401, "CREDENTIAL_REQUIRED"), AuthError),
    (error(403, "PERMISSION_DENIED"), AuthError),
    (error(403, "YOUR_ACCOUNT_SUSPENDED"), AuthError),
    (error(403, "YOUR_ACCOUNT_MOVED"), AuthError),
    (error(403, "ROLE_PERMISSION_DENIED"), AuthError),
    (error(429, "RATE_LIMIT_EXCEEDED"), RateLimited),
    (error(400, "MAX_LENGTH"), TextRefused),
    (error(400, "INVALID_PARAM", param="#/properties/text/maxLength", reason="too long"), TextRefused),
    (error(400, "INVALID_PARAM", param="#/properties/cw/maxLength", reason="too long"), Rejected),
    (error(400, "INVALID_PARAM", param="#/properties/fileIds/maxItems", reason="too many"), PictureRefused),
    (error(400, "NO_SUCH_FILE"), PictureRefused),
    (error(400, "CONTAINS_PROHIBITED_WORDS"), Rejected),
    (error(400, "NO_SUCH_REPLY_TARGET"), Rejected),
    (error(500, "INTERNAL_ERROR"), Uncertain),
    ((502, "<html>Bad Gateway"), Uncertain),
    ((403, "<html>Just a moment"), Unavailable),
    ((404, "<html>"), Unavailable),
    ((200, "<html>"), Uncertain),
    ((200, {"createdNote": {}}), Uncertain),
    ((200, []), Uncertain),
]


@pytest.mark.parametrize(("reply", "kind"), REFUSALS)
def test_each_no_says_what_to_do_next(reply, kind):
    platform, _ = adapter((200, {"id": "f1", "comment": "A bridge in fog"}), reply)
    with pytest.raises(kind) as caught:
        platform.commit(platform.prepare(illustrated(), KEY), KEY)
    assert type(caught.value) is kind
    assert "token-1234" not in f"{caught.value} {caught.value.hint}"
    assert kind is not AuthError or caught.value.hint


def test_it_waits_as_long_as_the_server_says_also_in_its_body():
    ends = (now() + timedelta(seconds=90)).timestamp() * 1000
    platform, _ = adapter(error(429, "RATE_LIMIT_EXCEEDED", resetMs=ends))
    with pytest.raises(RateLimited) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert 30 < caught.value.retry_after < 150


@pytest.mark.parametrize(
    "code", ["NO_FREE_SPACE", "INAPPROPRIATE", "MAX_FILE_SIZE_EXCEEDED", "UNALLOWED_FILE_TYPE", "INVALID_FILE_NAME"]
)
def test_a_picture_that_the_drive_refuses_is_told_as_such(code):
    platform, _ = adapter(error(413 if "SIZE" in code else 400, code, "Cannot upload the file."))
    with pytest.raises(PictureRefused):
        platform.prepare(illustrated(), KEY)


def test_the_listing_is_read_back_to_the_attempt_and_no_further():
    first = [note(number) for number in range(300, 300 - LISTING, -1)]
    second = [note(40), note(39, at="2026-11-23T09:00:00Z"), note(38, f"A bridge opens {LINK}")]
    platform, door = adapter(ME, (200, first), (200, second))
    draft = adapter()[0].prepare(linked(platform), KEY)
    assert platform.find(draft, KEY, SINCE) is None
    asked = {"i": "token-1234", "userId": "7", "limit": 100, "withReplies": True, "withRenotes": False}
    assert door.calls[1].json == asked
    assert door.calls[2].json == asked | {"untilId": "n201"}


def test_an_endless_listing_is_left_to_a_person():
    platform, _ = adapter(ME, *[(200, [note(number)]) for number in range(100)])
    with pytest.raises(Unsupported, match="too many"):
        platform.find(adapter()[0].prepare(linked(platform), KEY), KEY, SINCE)


@pytest.mark.parametrize(
    ("receipt", "number"),
    [
        (Receipt("9a", None), "9a"),
        (Receipt("https://misskey.example/notes/9b", None), "9b"),
        (Receipt("https://misskey.example/notes/9b/", None), "9b"),
        (Receipt("https://other.example/notes/9b", None), None),
        (Receipt("https://misskey.example/@gazette", None), None),
    ],
)
def test_a_number_is_read_from_an_address_of_this_server(receipt, number):
    platform, door = adapter((204, ""))
    if number is None:
        with pytest.raises(Rejected, match="does not say which note"):
            platform.delete(receipt)
        return
    platform.delete(receipt)
    assert door.calls[0].json == {"i": "token-1234", "noteId": number}


def test_a_note_that_is_gone_is_deleted_unless_a_person_said_where_it_was():
    adapter(error(400, "NO_SUCH_NOTE"))[0].delete(Receipt("9a", None))
    with pytest.raises(Rejected):
        adapter(error(400, "NO_SUCH_NOTE"))[0].delete(Receipt("https://misskey.example/notes/9b", None))


def test_an_edit_keeps_pictures_warning_and_visibility():
    shown = {"id": "9a", "fileIds": ["f1"], "cw": "Fog", "visibility": "home", "localOnly": False, "replyId": None}
    platform, door = adapter((200, shown), MADE)
    platform.edit(Receipt("9a", "p"), post("The bridge is open"))
    assert door.calls[1].json == {
        "i": "token-1234",
        "editId": "9a",
        "text": "The bridge is open",
        "fileIds": ["f1"],
        "cw": "Fog",
        "visibility": "home",
    }


def test_a_server_without_edits_says_so():
    http = RequestsHttp(clock=now)
    with Sandbox(quirks={"misskey": {"edits": False}}) as sandbox:
        platform = Misskey(Options("https://m.example", Secret("t"), api_url=sandbox.url), http, Held())
        receipt = platform.commit(platform.prepare(post(), KEY), KEY)
        with pytest.raises(Unsupported, match="cannot change a note"):
            platform.edit(receipt, post("Other words"))
    http.close()


# Signing in


def conversation(http, answers, url=None, api_url=None):
    """Answer each question; a callable is given the question. Returns what is stored."""
    talk = Misskey.sign_in(Options(url, api_url=api_url), http, "http://127.0.0.1:8712/")
    question = next(talk)
    for answer in answers:
        try:
            question = talk.send(answer(question) if callable(answer) else answer)
        except StopIteration as done:
            return done.value
    raise AssertionError(f"it asks on: {question}")


def test_somebody_signs_in_on_the_servers_own_page():
    http = RequestsHttp(clock=now)
    with Sandbox() as sandbox:

        def allowed(question):
            assert question.address.startswith(f"{sandbox.url}/miauth/")
            assert "permission=read%3Aaccount%2Cwrite%3Anotes%2Cwrite%3Adrive" in question.address
            return visited(question.address, as_="newsroom")

        held = conversation(http, ["@desk@m.example", allowed], api_url=sandbox.url)
        assert held["url"] == "https://m.example"
        platform = Misskey(Options(api_url=sandbox.url), http, Held(held))
        found = platform.verify()
        assert (found.id, found.name) == ("newsroom", "@newsroom")
        assert found.scopes == ("read:account", "write:notes", "write:drive")
        platform.commit(platform.prepare(post(), KEY), KEY)
        assert sandbox.posts()[0]["account"] == "newsroom"
    http.close()


@pytest.mark.parametrize(
    ("answer", "replies", "words"),
    [
        ("", [(200, {"ok": False})], "was not allowed"),
        ("http://127.0.0.1:8712/?session=another", [], "another attempt"),
        ("", [error(403, "ACCESS_DENIED")], "the token"),
        ("", [(200, {"ok": True})], "was not allowed"),
    ],
)
def test_a_sign_in_that_was_not_allowed_stores_nothing(answer, replies, words):
    with pytest.raises(AuthError, match=words) as caught:
        conversation(Recorded(*replies), [answer], url="https://m.example")
    assert "nothing was stored" in caught.value.hint


def test_what_is_no_server_is_asked_for_again():
    with pytest.raises(AuthError, match="is not the address of a server"):
        conversation(Recorded(), ["my server"])


def test_options_are_checked():
    with pytest.raises(ValueError, match="needs the `url`"):
        Options(token=Secret("t"))
    with pytest.raises(ValueError, match="is not the address of a server"):
        Options("misskey.example")
    assert Misskey.signed_out(Options("https://m.example", Secret("t"))) == {}
    assert Misskey.signed_out(Options())["token"] == "<token>"


def test_a_draft_is_plain_json_and_has_no_token():
    platform, _ = adapter((200, {"id": "f1"}), (200, {}))
    draft = json.dumps(platform.prepare(illustrated(), KEY))
    assert "token-1234" not in draft


def test_after_the_notes_of_an_hour_it_waits_as_long_as_the_server_says():
    time = [1_795_000_000.0]
    http = RequestsHttp(clock=now)
    with Sandbox(clock=lambda: time[0], quirks={"misskey": {"hourly": 2}}) as sandbox:
        platform = Misskey(Options("https://m.example", Secret("t"), api_url=sandbox.url), http, Held())
        draft = platform.prepare(post(), KEY)
        for _ in range(2):
            platform.commit(draft, KEY)
        with pytest.raises(RateLimited):
            platform.commit(draft, OTHER_KEY)
        time[0] += 3600
        platform.commit(draft, OTHER_KEY)
        assert len(sandbox.posts()) == 3
    http.close()
