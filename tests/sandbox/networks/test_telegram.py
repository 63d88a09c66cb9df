from __future__ import annotations

import json

import pytest

from syndicate.sandbox import Sandbox
from tests.worlds.client import Client, png

LINK = "https://gazette.example/a"


@pytest.fixture
def call(client):
    def call(method, files=None, **fields):
        verb = "GET" if method.startswith("get") else "POST"
        if verb == "GET":
            return client(verb, f"/bot1:token/{method}", query=fields)
        if files:
            form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
            return client(verb, f"/bot1:token/{method}", form=form, files=files)
        return client(verb, f"/bot1:token/{method}", json=fields)

    return call


@pytest.fixture
def send(call):
    return lambda text="A bridge opens", chat="@gazette", **more: call("sendMessage", chat_id=chat, text=text, **more)


def said(got):
    assert got.json["ok"] is (got.status == 200)
    return got.status, got.json.get("description")


def test_a_message_has_a_number_and_a_chat(sandbox, send):
    got = send(link_preview_options={"url": LINK}).json["result"]
    assert (got["message_id"], got["chat"]["username"]) == (1, "gazette")
    [shown] = sandbox.posts()
    assert (shown["link"], shown["card"]["url"], shown["permalink"]) == (LINK, LINK, "https://t.me/gazette/1")


def test_a_box_is_of_the_first_address_unless_another_or_none_is_asked_for(sandbox, send):
    send(f"Fog {LINK}")
    send(f"Fog {LINK}", link_preview_options={"is_disabled": True})
    assert [post["card"] and post["card"]["url"] for post in sandbox.posts()] == [LINK, None]


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"text": "x" * 4096}, (200, None)),
        ({"text": "x" * 4097}, (400, "Bad Request: message is too long")),
        ({"text": "🌉" * 2048}, (200, None)),
        ({"text": "🌉" * 2048 + "x"}, (400, "Bad Request: message is too long")),
        ({"text": " \n" + "x" * 4096 + "\n"}, (200, None)),
        ({"text": " \n "}, (400, "Bad Request: message text is empty")),
        ({"chat_id": "nowhere"}, (400, "Bad Request: chat not found")),
        ({"chat_id": ""}, (400, "Bad Request: chat_id is empty")),
        ({"entities": [{"type": "bold", "offset": 0, "length": 15}]}, (400, "Bad Request: ENTITY_BOUNDS_INVALID")),
        (
            {"text": "🌉", "entities": [{"type": "bold", "offset": 1, "length": 1}]},
            (400, "Bad Request: ENTITY_BOUNDS_INVALID"),
        ),
        (
            {"entities": [{"type": "text_link", "offset": 0, "length": 1, "url": "x"}]},
            (400, "Bad Request: Wrong HTTP URL specified"),
        ),
    ],
)
def test_what_it_takes_and_what_it_refuses(call, fields, answer):
    assert said(call("sendMessage", **{"chat_id": "@gazette", "text": "A bridge opens"} | fields)) == answer


def test_pictures_and_their_captions(sandbox, call):
    photo = {"photo": ("a.png", png(), "image/png")}
    assert call("sendPhoto", photo, chat_id="@gazette", caption="x" * 1024).status == 200
    too_long = call("sendPhoto", photo, chat_id="@gazette", caption="x" * 1025)
    assert said(too_long) == (400, "Bad Request: message caption is too long")
    nothing = call("sendPhoto", {"photo": ("a.png", b"no picture", "image/png")}, chat_id="@gazette")
    assert said(nothing) == (400, "Bad Request: IMAGE_PROCESS_FAILED")
    files = {f"p{number}": ("a.png", png(), "image/png") for number in range(11)}
    album = [{"type": "photo", "media": f"attach://{name}"} for name in files]
    assert call("sendMediaGroup", files, chat_id="@gazette", media=album).status == 400
    assert call("sendMediaGroup", files, chat_id="@gazette", media=album[:1]).status == 400
    got = call("sendMediaGroup", files, chat_id="@gazette", media=album[:10]).json["result"]
    assert [each["message_id"] for each in got] == [*range(2, 12)]
    assert [len(post["media"]) for post in sandbox.posts()] == [1, 10]


def test_edits_and_deletions(sandbox, send, call):
    number = send().json["result"]["message_id"]
    where = {"chat_id": "@gazette", "message_id": number}
    assert call("editMessageText", **where, text="It is open").status == 200
    assert "message is not modified" in said(call("editMessageText", **where, text="It is open"))[1]
    assert "no caption in the message" in said(call("editMessageCaption", **where, caption="x"))[1]
    assert sandbox.posts()[0]["text"] == "It is open"
    assert call("deleteMessage", **where).json["result"] is True
    assert said(call("deleteMessage", **where)) == (400, "Bad Request: message to delete not found")
    assert said(call("editMessageText", **where, text="x")) == (400, "Bad Request: message to edit not found")
    assert sandbox.posts() == []


def test_an_unknown_method_is_not_found(call):
    assert said(call("sendPigeon")) == (404, "Not Found")


def test_too_many_requests_say_how_long(sandbox, send):
    sandbox.add_faults([{"platform": "telegram", "fault": "429", "retry_after": 37}])
    assert send().json == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 37",
        "parameters": {"retry_after": 37},
    }


def test_groups_that_moved_chats_that_nobody_knows_and_rights_that_lack(time):
    quirks = {
        "moved": {"-42123456": -1009876543210},
        "absent": ("@nobody",),
        "silenced": ("@quiet",),
        "seen": ("@gazette",),
    }
    with Sandbox(clock=time, quirks={"telegram": quirks}) as sandbox:
        client = Client(sandbox.url)
        moved = client("POST", "/bot1:t/sendMessage", json={"chat_id": "-42123456", "text": "x"})
        assert moved.json["parameters"] == {"migrate_to_chat_id": -1009876543210}
        assert client("GET", "/bot1:t/getChat", query={"chat_id": "-42123456"}).status == 200  # as the true one
        assert client("GET", "/bot1:t/getChatMemberCount", query={"chat_id": "-42123456"}).status == 400
        assert client("GET", "/bot1:t/getChat", query={"chat_id": "@nobody"}).status == 400
        member = client("GET", "/bot1:t/getChatMember", query={"chat_id": "@quiet", "user_id": "7"}).json["result"]
        assert member["can_post_messages"] is False
        assert client("POST", "/bot1:t/sendMessage", json={"chat_id": "@quiet", "text": "x"}).status == 403
        [update] = client("GET", "/bot1:t/getUpdates").json["result"]
        assert update["channel_post"]["chat"]["username"] == "gazette"
        client.close()
