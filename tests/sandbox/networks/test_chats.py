"""The stand-ins of chats with incoming addresses, and of ntfy: what they take, what they show, what they refuse."""

from __future__ import annotations

import json

import pytest

from syndicate.sandbox import Sandbox
from tests.worlds.client import Client, png

LINK = "https://gazette.example/a"


def card(*lines, **more):
    body = [{"type": "TextBlock", "text": line, "wrap": True} for line in lines]
    content = {"type": "AdaptiveCard", "version": "1.4", "body": body} | more
    attached = {"contentType": "application/vnd.microsoft.card.adaptive", "content": content}
    return {"type": "message", "attachments": [attached]}


PATHS = {
    "mattermost": "/mattermost/desk",
    "rocketchat": "/rocketchat/hooks/desk/token",
    "googlechat": "/v1/spaces/desk/messages?key=k&token=t",
    "teams": "/teams/desk",
}


@pytest.fixture
def say(client):
    def call(name, text):
        return client("POST", PATHS[name], json=card(text) if name == "teams" else {"text": text})

    return call


@pytest.fixture
def quirky(time):
    made = []

    def make(name, **quirks):
        sandbox = Sandbox(clock=time, quirks={name: quirks})
        made.extend([Client(sandbox.url), sandbox])
        return sandbox, made[-2]

    yield make
    for each in made:
        each.close()


@pytest.mark.parametrize("name", PATHS)
def test_what_comes_is_shown_with_its_link(sandbox, say, name):
    assert say(name, f"Fog {LINK}.").status in (200, 202)
    [shown] = sandbox.posts()
    assert (shown["platform"], shown["account"], shown["text"], shown["link"]) == (name, "desk", f"Fog {LINK}.", LINK)
    assert shown["calls"] == []


@pytest.mark.parametrize(
    ("name", "body"),
    [(name, body) for name in PATHS for body in (b"{", b"[]", b'{"attachments": [{}]}', b"7")],
)
def test_a_body_that_is_no_message_is_refused(client, sandbox, name, body):
    assert client("POST", PATHS[name], data=body).status == 400
    assert sandbox.posts() == []


@pytest.mark.parametrize(
    ("name", "text", "calls"),
    [
        ("mattermost", "Now @channel, and <!here>", ["@channel", "@here"]),
        ("mattermost", "@channels desk@all.example", []),
        ("rocketchat", "Now @all (@here)", ["@all", "@here"]),
        ("rocketchat", "desk@all", []),
        ("googlechat", "<users/all> <users/7>", ["<users/7>", "<users/all>"]),
    ],
)
def test_whom_a_message_calls_is_told(sandbox, say, name, text, calls):
    say(name, text)
    assert sandbox.posts()[0]["calls"] == calls


def test_markdown_is_shown_as_readers_see_it(sandbox, say):
    say("mattermost", r"\*a\* &lt;b&gt; &amp;amp; \\ c")
    say("teams", r"\[a\] \&amp;")
    assert [shown["text"] for shown in sandbox.posts()] == ["*a* <b> &amp; \\ c", "[a] &amp;"]


def test_mattermost_makes_two_posts_of_a_text_that_is_too_long(sandbox, say):
    assert say("mattermost", "橋" * 16_384).body == b"ok"
    assert [len(shown["text"]) for shown in sandbox.posts()] == [16_383, 1]


def test_others_refuse_a_text_that_is_too_long(sandbox, say):
    assert say("rocketchat", "👍" * 2500).status == 200
    assert say("rocketchat", "👍" * 2500 + "a").json["error"] == "error-message-size-exceeded"
    assert say("googlechat", "橋" * 10_600).status == 200
    assert say("googlechat", "橋" * 10_700).json["error"]["status"] == "INVALID_ARGUMENT"
    assert say("teams", "a" * 28_000).status == 202
    assert say("teams", "a" * 29_000).status == 413
    assert len(sandbox.posts()) == 3


def test_an_integration_of_rocket_chat_can_be_asked_for_and_be_off(client, quirky):
    assert client("GET", "/rocketchat/hooks/info/desk/token").json == {"success": True}
    assert client("GET", "/rocketchat/hooks/info/desk/other").status == 400
    assert "Invalid integration" in client("POST", "/rocketchat/hooks/desk/other", json={"text": "a"}).json["error"]
    assert client("GET", "/rocketchat/other").status == 404
    sandbox, there = quirky("rocketchat", enabled=False)
    assert there("POST", PATHS["rocketchat"], json={"text": "a"}).status == 503
    assert sandbox.posts() == []


def test_google_needs_key_and_token_and_may_keep_the_ids_of_requests(client, quirky):
    assert client("POST", "/v1/spaces/desk/messages?key=k", json={"text": "a"}).status == 401
    assert client("GET", "/v1/spaces/desk").status == 404
    sandbox, there = quirky("googlechat", keeps_ids=True)
    names = {there("POST", f"{PATHS['googlechat']}&requestId=1", json={"text": "a"}).json["name"] for _ in range(2)}
    assert (len(names), len(sandbox.posts())) == (1, 1)


def test_a_workflow_of_teams_opens_a_link_and_can_be_off(client, sandbox, quirky):
    opened = card("Fog", actions=[{"type": "Action.OpenUrl", "title": "a", "url": LINK}])
    assert client("POST", "/teams/desk", json=opened).status == 202
    assert sandbox.posts()[0]["link"] == LINK
    cut = card("Fog")
    del cut["attachments"][0]["content"]["body"][0]["wrap"]
    assert client("POST", "/teams/desk", json=cut).status == 400
    assert client("POST", "/teams/desk", json=card("Fog", type="Other")).status == 400
    _, there = quirky("teams", enabled=False)
    assert there("POST", "/teams/desk", json=card("Fog")).json["error"]["code"] == "WorkflowTriggerIsNotEnabled"


def test_only_posts_are_taken(client):
    assert client("GET", "/mattermost/desk").status == 404


@pytest.mark.parametrize("name", PATHS)
def test_failures_are_told_in_the_words_of_each(sandbox, say, name):
    sandbox.add_faults([{"fault": fault, "platform": name} for fault in ("429", "401", "503", "500")])
    got = [say(name, "Fog") for _ in range(4)]
    assert [each.status for each in got] == [429, 401, 503, 500]
    assert "retry-after" in got[0].headers or "x-ratelimit-reset" in got[0].headers
    assert all(isinstance(each.json, dict) for each in got)


# ntfy


def test_a_notification_is_kept_and_listed(client, sandbox, time):
    sent = client("POST", f"/ntfy/desk?title=Fog&click={LINK}", data=b"It came.").json
    assert (sent["event"], sent["title"], sent["message"], sent["click"]) == ("message", "Fog", "It came.", LINK)
    [shown] = sandbox.posts()
    assert (shown["text"], shown["link"], shown["account"]) == ("Fog\n\nIt came.", LINK, "desk")
    client("POST", "/ntfy/other", data=b"a")
    listed = client("GET", "/ntfy/desk/json?poll=1&since=all").body.decode().splitlines()
    assert [json.loads(line)["id"] for line in listed] == [sent["id"]]
    assert client("GET", f"/ntfy/desk/json?poll=1&since={int(time.now) + 1}").body == b""
    time.now += 12 * 3600 + 1
    assert client("GET", "/ntfy/desk/json?poll=1").body == b""


def test_a_picture_is_a_file_and_so_is_a_message_that_is_too_long(client, sandbox):
    client("PUT", "/ntfy/desk?filename=a.png&message=Fog", data=png())
    client("POST", "/ntfy/desk", data=b"a" * 4096)
    client("POST", "/ntfy/desk", data=b"a" * 4097)
    pictured, whole, filed = sandbox.posts()
    assert (pictured["text"], pictured["media"][0]["width"]) == ("Fog", 3)
    assert (len(whole["text"]), whole["filed"]) == (4096, False)
    assert (filed["text"], filed["filed"], filed["media"]) == ("", True, [])
    assert client("PUT", "/ntfy/desk?filename=a.png", data=b"a" * 15_000_001).status == 413
    assert client("PUT", "/ntfy/desk/other", data=b"a").status == 404


def test_a_reserved_topic_needs_a_token(quirky):
    _, there = quirky("ntfy", reserved=True, write_only=True)
    token = {"Authorization": "Bearer tk"}
    assert there("POST", "/ntfy/desk", data=b"a").json["code"] == 40301
    assert there("POST", "/ntfy/desk", data=b"a", headers=token).status == 200
    assert there("GET", "/ntfy/desk/json?poll=1", headers=token).status == 403
