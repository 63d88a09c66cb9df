"""ntfy: against the stand-in, and with recorded answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from syndicate.errors import AuthError, PictureRefused, RateLimited, Rejected, Unavailable, Uncertain, Unsupported
from syndicate.model import Receipt, Secret
from syndicate.net.http import RequestsHttp
from syndicate.platforms.ntfy import Ntfy, Options
from syndicate.sandbox.server import Sandbox
from syndicate.testing import KEY, LINK, Held, PlatformContract, Recorded, illustrated, now, picture, post

TOPIC = Secret("https://ntfy.example/t0p-secret")
SINCE = datetime(2026, 11, 29, 10, tzinfo=UTC)
NOON = int(SINCE.timestamp()) + 7200
TAKEN = (200, {"id": "n1", "event": "message"})


def adapter(*replies, token=None):
    door = Recorded(*replies)
    return Ntfy(Options(TOPIC, token), door, Held()), door


class TestAgainstTheSandbox(PlatformContract):
    enforces_length = False
    secrets = ("t0p-secret", "tk_1")

    def make(self, http, url, credentials):
        return Ntfy(Options(TOPIC, Secret("tk_1")).redirected(url, None, "desk"), http, credentials)

    @pytest.fixture
    def network(self):
        with Sandbox(quirks={"ntfy": {"reserved": True}}) as sandbox:
            yield sandbox

    def test_alt_texts_arrive_with_their_pictures(self):
        pytest.skip("ntfy has no alt texts, and one picture")

    def test_as_many_pictures_with_as_long_alt_texts_as_the_limits_say_are_taken(self):
        pytest.skip("ntfy has no alt texts, and one picture")

    @pytest.mark.parametrize("fault", ["500", "503", "drop_before", "drop_after"])
    def test_an_upload_that_fails_can_be_done_again(self, fault):
        pytest.skip(f"the picture goes with the message ({fault})")

    @pytest.mark.parametrize("story", ["picture"])
    def test_a_picture_that_is_refused_is_told_as_such_and_the_post_goes_without_it(self, platform, network, story):
        """Its picture goes with the message, so it is refused there."""
        network.add_faults([{"platform": "ntfy", "step": "commit", "fault": "too_large"}])
        with pytest.raises(Rejected):
            platform.commit(platform.prepare(illustrated(text=story), KEY), KEY)
        platform.commit(platform.prepare(post(story), KEY), KEY)
        assert len(network.posts()) == 1


@pytest.mark.parametrize(
    ("story", "method", "params", "body"),
    [
        (post("Fog"), "POST", {}, b"Fog"),
        (post("Fog\n\nIt came.", link=LINK), "POST", {"title": "Fog", "click": LINK}, b"It came."),
        (post("Fog\nand rain\n\nIt came."), "POST", {}, b"Fog\nand rain\n\nIt came."),
        (post("F" * 251 + "\n\nIt came."), "POST", {}, b"F" * 251 + b"\n\nIt came."),
        (post("“Öffnet”\n\n橋"), "POST", {"title": "“Öffnet”"}, "橋".encode()),
        (
            post("Fog\n\nIt came.", media=(picture(), picture(9))),
            "PUT",
            {"title": "Fog", "message": "It came.", "filename": picture().file},
            picture().data,
        ),
    ],
)
def test_a_notification_has_a_title_a_message_a_link_and_a_picture(story, method, params, body):
    platform, door = adapter(TAKEN)
    assert platform.commit(platform.prepare(story, KEY), KEY) == Receipt("n1", None)
    [call] = door.calls
    assert (call.method, call.url, call.params, call.data) == (method, TOPIC, params, body)
    assert "Authorization" not in call.headers


def test_a_token_opens_a_reserved_topic():
    platform, door = adapter(TAKEN, token=Secret("tk_1"))
    platform.commit(platform.prepare(post(), KEY), KEY)
    assert door.calls[0].headers == {"Authorization": "Bearer tk_1"}
    with Sandbox(quirks={"ntfy": {"reserved": True}}) as sandbox:
        http = RequestsHttp(clock=now)
        platform = Ntfy(Options(TOPIC).redirected(sandbox.url, None, "desk"), http, Held())
        with pytest.raises(AuthError, match="forbidden") as caught:
            platform.commit(platform.prepare(post(), KEY), KEY)
        assert "set token" in caught.value.hint
        http.close()


def test_a_token_that_may_only_write_can_post_and_cannot_be_asked():
    with Sandbox(quirks={"ntfy": {"reserved": True, "write_only": True}}) as sandbox:
        http = RequestsHttp(clock=now)
        platform = Ntfy(Options(TOPIC, Secret("tk")).redirected(sandbox.url, None, "desk"), http, Held())
        assert platform.verify().name == "ntfy.example"
        draft = platform.prepare(post(), KEY)
        platform.commit(draft, KEY)
        for asking in (lambda: platform.find(draft, KEY, SINCE), lambda: platform.recent(SINCE)):
            with pytest.raises(Unsupported, match="may write to this topic, but not read it"):
                asking()
        http.close()


def error(status, code, words="no"):
    return status, {"code": code, "http": status, "error": words}


@pytest.mark.parametrize(
    ("reply", "kind", "capped"),
    [
        (error(401, 40101, "unauthorized"), AuthError, None),
        (error(403, 40301, "forbidden"), AuthError, None),
        (error(400, 40009, "invalid request: topic invalid"), AuthError, None),
        (error(400, 40014, "attachments not allowed"), PictureRefused, None),
        (error(413, 41301, "attachment too large"), PictureRefused, None),
        (error(429, 42905, "limit reached: daily bandwidth"), PictureRefused, None),
        (error(429, 42908, "limit reached: too many messages"), RateLimited, True),
        (error(429, 42901, "limit reached: too many requests"), RateLimited, False),
        (error(400, 40007, "invalid priority parameter"), Rejected, None),
        (error(404, 40401, "page not found"), Unavailable, None),
        (error(507, 50701, "disk full"), Uncertain, None),
        ((200, "<!doctype html><title>Log in</title>"), Uncertain, None),
        ((200, {"id": "n1"}), Uncertain, None),
        ((500, ""), Uncertain, None),
    ],
)
def test_each_no_says_what_to_do_next(reply, kind, capped):
    platform, _ = adapter(reply)
    with pytest.raises(kind) as caught:
        platform.commit(platform.prepare(illustrated(), KEY), KEY)
    assert type(caught.value) is kind
    assert "t0p-secret" not in f"{caught.value} {caught.value.hint}"
    assert capped is None or caught.value.capped is capped


def line(number, at=NOON, **fields):
    return {"id": number, "time": at, "event": "message", "topic": "t", "message": "triggered"} | fields


def listing(*lines):
    return 200, "".join(json.dumps(each) + "\n" for each in lines)


@pytest.mark.parametrize(
    ("story", "lines", "found"),
    [
        (post("A\n\nB", link=LINK), [line("n1", click=LINK)], "n1"),
        (post("A\n\nB", link=LINK), [line("n1", message=f"see {LINK}")], "n1"),
        (post("A\n\nB", link=LINK), [line("n1", click=f"{LINK}2")], None),
        (post("A\n\nB"), [line("n1", title="A", message="B")], "n1"),
        (post("A\n\nB"), [line("n1", title="A", message="C"), line("n2", message="A\n\nB")], "n2"),
        (post("A"), [line("n1", at=NOON - 86_400, message="A")], None),
        (post("A"), [{"event": "open", "id": "n1", "time": NOON, "message": "A"}, {"event": "message"}], None),
        (post("A"), [], None),
    ],
)
def test_a_notification_is_found_by_its_link_else_its_words(story, lines, found):
    platform, door = adapter(listing(*lines))
    seen = platform.find(platform.prepare(story, KEY), KEY, SINCE)
    assert (seen and seen.id) == found
    assert door.calls[0].url == f"{TOPIC}/json"
    assert door.calls[0].params == {"poll": "1", "since": str(int(SINCE.timestamp()))}


def test_recent_notifications_come_newest_first():
    platform, _ = adapter(listing(line("n1", click=LINK, title="A"), line("n2", at=NOON + 1)))
    newest, oldest = platform.recent(SINCE)
    assert (newest.receipt, newest.links, newest.text) == (Receipt("n2", None), (), "triggered")
    assert (oldest.receipt.id, oldest.links, oldest.text) == ("n1", (LINK,), "A\n\ntriggered")


def test_a_list_that_cannot_be_read_is_no_empty_one():
    platform, _ = adapter((200, "<!doctype html>"))
    with pytest.raises(Uncertain):
        platform.recent(SINCE)


def test_the_topic_is_a_secret_and_only_its_host_is_shown():
    assert "t0p-secret" not in repr(Options(TOPIC))
    platform, door = adapter(listing())
    assert platform.verify().id == "ntfy.example"
    assert door.calls[0].params == {"poll": "1", "since": "1m"}
    assert Ntfy.whose(Options(TOPIC)) == (TOPIC,)
    with pytest.raises(ValueError, match="not the whole address"):
        Options(Secret("t0p-secret"))


@pytest.mark.parametrize(("reply", "kind"), [(error(401, 40101), AuthError), ((503, ""), Unavailable)])
def test_a_refused_token_is_noticed(reply, kind):
    platform, _ = adapter(reply)
    with pytest.raises(kind):
        platform.verify()


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("a", 1),
        ("é", 2),
        ("e\u0301", 3),
        ("橋", 3),
        ("\N{THUMBS UP SIGN}", 4),
        ("https://a.example/ü", 20),
        ("one\ntwo", 7),
        ("*a* <b> @all", 12),
        ("a" * 4096, 4096),
    ],
)
def test_it_counts_bytes(text, length):
    assert object.__new__(Ntfy).measure(text) == length
