from __future__ import annotations

import json

import pytest

from syndicate.sandbox import Sandbox
from tests.worlds.client import Client, png

LINK = "https://gazette.example/a"
BOT = {"Authorization": "Bot token-1", "User-Agent": "DiscordBot (https://gazette.example, 1)"}
HOOK = "/api/v10/webhooks/123456789/secret"
CHANNEL = "/api/v10/channels/55/messages"


@pytest.fixture
def call(client):
    def call(method, path, body=None, files=None, headers=BOT, **query):
        if files is None:
            return client(method, path, json=body, headers=headers, query=query)
        return client(method, path, form={"payload_json": json.dumps(body)}, files=files, headers=headers, query=query)

    return call


@pytest.fixture
def send(call):
    return lambda content="A bridge opens", **more: call("POST", CHANNEL, {"content": content} | more)


def test_without_wait_nobody_is_told_of_a_post_or_of_a_refusal(sandbox, call):
    assert call("POST", HOOK, {"content": "Fog"}).status == 204
    assert call("POST", HOOK, {"content": "x" * 2001}).status == 204
    assert [post["text"] for post in sandbox.posts()] == ["Fog"]
    assert call("POST", HOOK, {"content": "x" * 2001}, wait="true").status == 400
    got = call("POST", HOOK, {"content": "Sea"}, wait="true").json
    assert got["channel_id"] == call("GET", HOOK).json["channel_id"]


def test_a_nonce_gives_the_first_message_back_for_some_minutes(sandbox, time, send):
    first = send(nonce="n1", enforce_nonce=True).json
    assert send("Other words", nonce="n1", enforce_nonce=True).json == first
    assert send("Not enforced", nonce="n1").json["id"] != first["id"]
    time.now += 181
    assert send("Later", nonce="n1", enforce_nonce=True).json["id"] != first["id"]
    assert [post["text"] for post in sandbox.posts()] == ["A bridge opens", "Not enforced", "Later"]
    assert send(nonce="x" * 26).status == 400


def test_a_message_that_was_deleted_is_not_made_again_by_its_nonce(send, call):
    number = send(nonce="n1", enforce_nonce=True).json["id"]
    assert call("DELETE", f"{CHANNEL}/{number}").status == 204
    assert send(nonce="n1", enforce_nonce=True).json["code"] == 10008


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"content": "x" * 2000}, None, None),
        ({"content": "👋" * 2000}, None, None),
        ({"content": f" {'x' * 2000}\n"}, None, None),
        ({"content": "x" * 2001}, 50035, "content"),
        ({"content": " \n"}, 50006, None),
        ({"embeds": [{"title": "x" * 256, "description": "y" * 4096, "url": LINK}]}, None, None),
        ({"embeds": [{"title": "x" * 257}]}, 50035, "embeds"),
        ({"embeds": [{"description": "x" * 4097}]}, 50035, "embeds"),
        ({"embeds": [{"description": "x" * 3001}] * 2}, 50035, "embeds"),
        ({"embeds": [{"title": "x"}] * 11}, 50035, "embeds"),
        ({"embeds": [{"url": "no address"}]}, 50035, "embeds"),
        ({"embeds": [{"image": {"url": "attachment://a.png"}}]}, 50035, "embeds"),
        ({"content": "x", "attachments": [{"id": "0"}]}, 50035, "attachments"),
    ],
)
def test_what_it_takes_and_what_it_refuses(call, body, code, field):
    got = call("POST", CHANNEL, body)
    assert got.json.get("code") == code
    assert field is None or field in got.json["errors"]


def test_pictures_have_alt_texts_and_a_box_shows_one_of_them(sandbox, call):
    files = {"files[0]": ("a.png", png(), "image/png")}
    body = {"embeds": [{"title": "Fog", "url": LINK, "image": {"url": "attachment://a.png"}}]}
    body["attachments"] = [{"id": "0", "description": "A bridge"}]
    got = call("POST", CHANNEL, body, files).json
    assert "a.png" in got["embeds"][0]["image"]["url"]
    [shown] = sandbox.posts()
    assert (shown["media"][0]["alt"], shown["link"]) == ("A bridge", LINK)
    assert shown["card"]["image"] == shown["media"][0]
    body["attachments"] = [{"id": "0", "description": "x" * 1025}]
    assert call("POST", CHANNEL, body, files).json["code"] == 50035
    wrong = {"files[0]": ("a.png", b"no picture", "image/png")}
    assert call("POST", CHANNEL, {"content": "x"}, wrong).json["code"] == 50046
    large = {"files[0]": ("a.png", png() + b"x" * 10_485_760, "image/png")}
    assert call("POST", CHANNEL, {"content": "x"}, large).json["code"] == 50045


@pytest.mark.parametrize(
    ("more", "pinged"),
    [({}, True), ({"allowed_mentions": {"parse": []}}, False), ({"allowed_mentions": {"parse": ["everyone"]}}, True)],
)
def test_who_is_notified(sandbox, send, more, pinged):
    send("@everyone come", **more)
    assert sandbox.posts()[0].get("pinged", False) is pinged


def test_the_list_is_newest_first_page_by_page(send, call):
    numbers = [send(f"Story {number}").json["id"] for number in range(5)]
    newest = call("GET", CHANNEL, limit="2").json
    assert [each["id"] for each in newest] == [numbers[4], numbers[3]]
    assert [each["id"] for each in call("GET", CHANNEL, before=numbers[3], limit="100").json] == numbers[2::-1]
    assert "_files" not in newest[0]


def test_only_the_sender_changes_a_message(send, call):
    number = send().json["id"]
    other = BOT | {"Authorization": "Bot token-2"}
    assert call("PATCH", f"{CHANNEL}/{number}", {"content": "x"}, headers=other).json["code"] == 50005
    assert call("PATCH", f"{CHANNEL}/{number}", {"content": "It is *open*"}).status == 200
    assert call("PATCH", f"{CHANNEL}/1", {"content": "x"}).json["code"] == 10008


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Bot "}])
def test_without_a_bot_s_token_there_is_nothing(call, headers):
    assert call("GET", "/api/v10/users/@me", headers=headers).status == 401


def test_a_client_has_to_say_that_it_is_a_bot(call):
    assert call("GET", "/api/v10/users/@me", headers=BOT | {"User-Agent": "curl"}).status == 403


def test_forums_and_channels_that_nobody_knows(time):
    quirks = {"forums": ("55", "123456789"), "absent": ("66",), "channels": ("55", "77")}
    with Sandbox(clock=time, quirks={"discord": quirks}) as sandbox:
        client = Client(sandbox.url)
        sent = client("POST", CHANNEL, json={"content": "x"}, headers=BOT)
        assert sent.json["code"] == 40058
        assert client("GET", "/api/v10/channels/66", headers=BOT).json["code"] == 10003
        assert client("POST", HOOK, json={"content": "x"}, query={"wait": "true"}).json["code"] == 220001
        assert client("POST", HOOK, json={"content": "x"}, query={"wait": "true", "thread_id": "8"}).status == 200
        [guild] = client("GET", "/api/v10/users/@me/guilds", headers=BOT).json
        listed = client("GET", f"/api/v10/guilds/{guild['id']}/channels", headers=BOT).json
        assert [(each["id"], each["type"]) for each in listed][:2] == [("55", 15), ("77", 0)]
        assert client("GET", "/api/v10/guilds/1/channels", headers=BOT).json["code"] == 10004
        client.close()
