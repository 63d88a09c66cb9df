from __future__ import annotations

import pytest

from syndicate.sandbox import Sandbox
from tests.worlds.client import Client, png

LINK = "https://gazette.example/a"
BOT = {"Authorization": "Bearer xoxb-1"}
CHANNEL = "C0123456789"
HOOK = "/services/T0123456/B0123456/secret"


def words(*parts, kind="rich_text_section"):
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(parts)}]}


def text(said="A bridge opens"):
    return {"type": "text", "text": said}


@pytest.fixture
def call(client):
    def call(method, headers=BOT, **fields):
        if method.startswith(("auth", "conversations", "files.info")):
            return client("GET", f"/api/{method}", headers=headers, query=fields).json
        if method == "files.getUploadURLExternal":
            return client("POST", f"/api/{method}", headers=headers, form=fields).json
        return client("POST", f"/api/{method}", headers=headers, json=fields).json

    return call


@pytest.fixture
def send(call):
    return lambda *blocks, **more: call("chat.postMessage", channel=CHANNEL, text="x", blocks=list(blocks), **more)


def test_a_message_has_a_time_stamp_and_keeps_its_metadata_for_those_who_ask(call, send):
    metadata = {"event_type": "e", "event_payload": {"key": "k1"}}
    got = send(words(text()), metadata=metadata)
    assert got["ok"] is True
    [plain] = call("conversations.history", channel=CHANNEL)["messages"]
    [full] = call("conversations.history", channel=CHANNEL, include_all_metadata="true")["messages"]
    assert "metadata" not in plain
    assert (full["ts"], full["metadata"]) == (got["ts"], metadata)


def test_no_two_messages_have_the_same_time_stamp(send):
    assert len({send(words(text()))["ts"] for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("blocks", "error"),
    [
        ([words(text())], None),
        ([], None),
        ([words(text())] * 51, "invalid_blocks"),
        ([words({"type": "link", "url": "no address"})], "invalid_blocks"),
        ([words(text(""))], "invalid_blocks"),
        ([{"type": "pigeon"}], "invalid_blocks"),
        ([{"type": "image", "slack_file": {"id": "F1"}, "alt_text": "A"}], "invalid_blocks"),
        ([{"type": "image", "slack_file": {"id": "F1"}, "alt_text": ""}], "invalid_blocks"),
    ],
)
def test_what_it_takes_and_what_it_refuses(send, blocks, error):
    assert send(*blocks).get("error") == error


def test_nothing_at_all_is_refused(call):
    assert call("chat.postMessage", channel=CHANNEL)["error"] == "no_text"


@pytest.mark.parametrize(
    ("fields", "pinged"),
    [
        ({"text": "<!channel> hello"}, True),
        ({"text": "<@U123> hello"}, True),
        ({"text": "&lt;!channel&gt; hello"}, False),
        ({"blocks": [words({"type": "broadcast", "range": "here"})]}, True),
        ({"blocks": [words(text("<!channel>"))]}, False),
    ],
)
def test_who_is_notified(sandbox, call, fields, pinged):
    call("chat.postMessage", channel=CHANNEL, **fields)
    assert sandbox.posts()[0].get("pinged", False) is pinged


def test_a_box_is_a_quote_that_begins_with_a_link_else_slack_s_own(sandbox, send):
    link = {"type": "link", "url": LINK, "text": "A bridge"}
    send(words(text()), words(link, text("\nIt opens"), kind="rich_text_quote"))
    send(words(text("See "), link), unfurl_links=True)
    send(words(text("See "), link), unfurl_links=False)
    boxes = [post["card"] for post in sandbox.posts()]
    assert (boxes[0]["title"], boxes[0]["description"]) == ("A bridge", "It opens")
    assert (boxes[1]["url"], boxes[2]) == (LINK, None)


def test_the_list_goes_back_page_by_page_and_threads_are_apart(call, send):
    stamps = [send(words(text(f"Story {number}")))["ts"] for number in range(5)]
    answer = send(words(text("Reply")), thread_ts=stamps[0])["ts"]
    first = call("conversations.history", channel=CHANNEL, limit="2")
    assert [each["ts"] for each in first["messages"]] == [stamps[4], stamps[3]]
    cursor = first["response_metadata"]["next_cursor"]
    rest = call("conversations.history", channel=CHANNEL, cursor=cursor, oldest=stamps[0])
    assert [each["ts"] for each in rest["messages"]] == [stamps[2], stamps[1]]
    thread = call("conversations.replies", channel=CHANNEL, ts=stamps[0])["messages"]
    assert [each["ts"] for each in thread] == [answer, stamps[0]]


def test_a_message_is_changed_and_deleted_by_its_time_stamp(sandbox, call, send):
    stamp = send(words(text()))["ts"]
    where = {"channel": CHANNEL, "ts": stamp}
    assert call("chat.update", **where, text="x", blocks=[words(text("It is open"))])["ok"] is True
    assert sandbox.posts()[0]["text"] == "It is open"
    assert call("chat.delete", **where)["ok"] is True
    assert call("chat.delete", **where)["error"] == "message_not_found"


def test_a_picture_is_uploaded_in_three_steps_and_processed_after_them(time):
    with Sandbox(clock=time, quirks={"slack": {"processing": 2}}) as sandbox:
        client = Client(sandbox.url)
        form = {"filename": "a.png", "length": str(len(png()))}
        place = client("POST", "/api/files.getUploadURLExternal", headers=BOT, form=form).json
        file, path = place["file_id"], place["upload_url"].removeprefix(sandbox.url)
        done = {"files": [{"id": file}]}
        early = client("POST", "/api/files.completeUploadExternal", headers=BOT, json=done)
        assert early.json["error"] == "file_not_found"
        assert client("POST", path, data=b"short").status == 400
        assert client("POST", path, data=png()).status == 200
        assert client("POST", "/api/files.completeUploadExternal", headers=BOT, json=done).json["ok"] is True
        image = {"type": "image", "slack_file": {"id": file}, "alt_text": "A bridge"}
        message = {"channel": CHANNEL, "text": "x", "blocks": [image]}
        refused = client("POST", "/api/chat.postMessage", headers=BOT, json=message).json
        assert "invalid slack file" in refused["errors"][0]
        looks = [client("GET", "/api/files.info", headers=BOT, query={"file": file}).json["file"] for _ in range(2)]
        assert [each["mimetype"] for each in looks] == ["", "image/png"]
        assert client("POST", "/api/chat.postMessage", headers=BOT, json=message).json["ok"] is True
        assert sandbox.posts()[0]["media"][0]["alt"] == "A bridge"
        client.close()


def test_a_webhook_answers_in_plain_text(client, sandbox):
    got = client("POST", HOOK, json={"text": f"Fog {LINK}"})
    assert (got.status, got.body) == (200, b"ok")
    assert sandbox.posts()[0]["link"] == LINK
    assert client("POST", HOOK, json={}).body == b"no_text"
    assert client("POST", HOOK, json=[]).body == b"invalid_payload"


def test_tokens_scopes_and_channels(time):
    quirks = {"scopes": "chat:write", "closed": {"C0000000": "channel_not_found", "C1111111": "not_in_channel"}}
    quirks["closed"] |= dict.fromkeys(("C2222222", "B7"), "is_archived")
    with Sandbox(clock=time, quirks={"slack": quirks}) as sandbox:
        client = Client(sandbox.url)
        assert client("GET", "/api/auth.test").json["error"] == "not_authed"
        tested = client("GET", "/api/auth.test", headers=BOT)
        assert tested.headers["x-oauth-scopes"] == "chat:write"
        listed = client("GET", "/api/conversations.history", headers=BOT, query={"channel": CHANNEL}).json
        assert (listed["error"], listed["needed"]) == ("missing_scope", "channels:history")
        for channel, error in (
            ("C0000000", "channel_not_found"),
            ("C1111111", "not_in_channel"),
            ("C2222222", "is_archived"),
            ("#news", "channel_not_found"),
        ):
            sent = client("POST", "/api/chat.postMessage", headers=BOT, json={"channel": channel, "text": "x"})
            assert (sent.status, sent.json["error"]) == (200, error)
        assert client("POST", "/services/T1/B7/x", json={"text": "x"}).status == 410
        assert client("POST", "/api/chat.pigeon", headers=BOT, json={}).json["error"] == "unknown_method"
        client.close()


def test_channels_are_listed_two_on_a_page(time):
    channels = ("C0000001", "C0000002", "C0000003")
    with Sandbox(clock=time, quirks={"slack": {"channels": channels}}) as sandbox:
        client = Client(sandbox.url)
        first = client("GET", "/api/conversations.list", headers=BOT).json
        cursor = first["response_metadata"]["next_cursor"]
        second = client("GET", "/api/conversations.list", headers=BOT, query={"cursor": cursor}).json
        assert [each["id"] for page in (first, second) for each in page["channels"]] == [*channels]
        client.close()
