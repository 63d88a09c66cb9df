"""The stand-in answers as the real server did: 720 questions, with the answers of @atproto/pds 0.5.35 (2026-11-29).

`python -m tests.servers.bluesky` asks the real server again and writes them down.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from syndicate.sandbox import Sandbox
from tests.worlds import bluesky_asking
from tests.worlds.client import Client

ANSWERS = Path(bluesky_asking.__file__).with_name("bluesky_answers.json")
POSTS = "app.bsky.feed.post"


def test_every_question_is_answered_as_the_real_server_answers_it(sandbox):
    real = json.loads(ANSWERS.read_text())
    ours = bluesky_asking.ask_all(sandbox.url)
    assert [each["ask"] for each in ours] == [each["ask"] for each in real]
    assert len(real) > 700
    wrong = [{"real": a, "ours": b} for a, b in zip(real, ours, strict=True) if a != b]
    assert wrong == []


@pytest.fixture
def signed(client):
    login = {"identifier": "gazette.test", "password": "abcd"}
    session = client("POST", "/xrpc/com.atproto.server.createSession", json=login).json
    return session | {"headers": {"Authorization": f"Bearer {session['accessJwt']}"}}


@pytest.mark.parametrize(
    ("method", "call", "body", "policy"),
    [  # as measured with the server's limits switched on
        ("POST", "server.createSession", {"identifier": "gazette.test", "password": "abcd"}, "30;w=300"),
        ("POST", "server.createSession", {"identifier": "gazette.test", "password": "wrong"}, "30;w=300"),
        ("GET", "server.getSession", None, "3000;w=300"),
        ("GET", "server.describeServer", None, "3000;w=300"),
        ("POST", "repo.uploadBlob", b"hello", "1000;w=86400"),
        ("GET", "nothing", None, "3000;w=300"),
        ("POST", "repo.putRecord", {}, None),
        ("GET", "repo.putRecord", None, None),
    ],
)
def test_limits_are_stated_once_a_request_is_understood(client, signed, method, call, body, policy):
    sent = {"data": body} if isinstance(body, bytes) else {"json": body}
    headers = signed["headers"] | ({"Content-Type": "text/plain"} if isinstance(body, bytes) else {})
    got = client(method, f"/xrpc/com.atproto.{call}", headers=headers, **sent)
    assert got.headers.get("ratelimit-policy") == policy
    assert got.headers.get("ratelimit-limit") == (policy and policy.partition(";")[0])


def test_what_others_uploaded_is_not_ours(client, signed):
    def session(handle):
        login = {"identifier": handle, "password": "abcd"}
        return client("POST", "/xrpc/com.atproto.server.createSession", json=login).json

    other = session("other.test")
    headers = {"Authorization": f"Bearer {other['accessJwt']}", "Content-Type": "image/png"}
    blob = client("POST", "/xrpc/com.atproto.repo.uploadBlob", data=b"x", headers=headers).json["blob"]
    record = {"text": "", "createdAt": "2026-11-23T10:00:00Z", "embed": {"$type": "a.b.c", "file": blob}}
    body = {"repo": signed["did"], "collection": POSTS, "rkey": "3jzfcijpj2z2a", "record": record}
    got = client("POST", "/xrpc/com.atproto.repo.putRecord", json=body, headers=signed["headers"])
    assert (got.status, got.json["error"]) == (400, "BlobNotFound")


def test_the_repository_of_another_account_is_not_ours_to_write(client, signed):
    client("POST", "/xrpc/com.atproto.server.createSession", json={"identifier": "other.test", "password": "abcd"})
    body = {"repo": "other.test", "collection": POSTS, "rkey": "3jzfcijpj2z2a"}
    got = client("POST", "/xrpc/com.atproto.repo.deleteRecord", json=body, headers=signed["headers"])
    assert (got.status, got.json["error"]) == (401, "AuthenticationRequired")


def test_a_handle_of_another_domain_leads_somewhere_and_nobody_s_nowhere(client):
    def resolved(handle):
        return client("GET", "/xrpc/com.atproto.identity.resolveHandle", query={"handle": handle})

    assert resolved("gazette.example").json["did"].startswith("did:plc:")
    assert resolved("nobody.example").json == {"error": "InvalidRequest", "message": "Unable to resolve handle"}


def test_a_card_shows_the_records_that_back_it(client, signed, sandbox: Sandbox):
    uri = f"at://{signed['did']}/site.standard.document/3jzfcijpj2z2a"
    cid = "bafyreigezw42wjwk6hmrdb45lq55dq72twycghqwxbier2yqyinvk4wizy"
    external = {"uri": "https://gazette.example/a", "title": "A", "description": "B"}
    embed = {"$type": "app.bsky.embed.external", "external": external | {"associatedRefs": [{"uri": uri, "cid": cid}]}}
    record = {"text": "", "createdAt": "2026-11-23T10:00:00Z", "embed": embed}
    body = {"repo": signed["did"], "collection": POSTS, "rkey": "3jzfcijpj2z2a", "record": record}
    assert client("POST", "/xrpc/com.atproto.repo.putRecord", json=body, headers=signed["headers"]).status == 200
    [shown] = sandbox.posts()
    assert shown["card"]["records"] == [uri]


def test_a_session_of_an_address_belongs_to_its_domain(sandbox):
    client = Client(sandbox.url)
    login = {"identifier": "desk@gazette.example", "password": "abcd"}
    assert client("POST", "/xrpc/com.atproto.server.createSession", json=login).json["handle"] == "gazette.example"
    client.close()
