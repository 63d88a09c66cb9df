from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from syndicate.sandbox import Sandbox
from tests.worlds.client import Client, png, whsec

BODY = {
    "id": "0123456789abcdef0123456789abcdef",
    "type": "post",
    "text": "A bridge opens",
    "link": "https://gazette.example/a",
    "article": {"language": "de"},
    "media": [{"mime": "image/png", "alt": "A bridge", "data": base64.b64encode(png()).decode()}],
}
RAW = b"a secret of thirty-two bytes ok!"


def signed(body, now, *, raw=RAW, number=BODY["id"], stamp=None):
    stamp = str(int(now)) if stamp is None else stamp
    mac = hmac.new(raw, f"{number}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "webhook-id": number,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(b'old').decode()} v1,{base64.b64encode(mac).decode()}",
    }


@pytest.fixture
def strict(time):
    with Sandbox(clock=time, quirks={"webhook": {"secret": whsec(RAW)}}) as sandbox:
        client = Client(sandbox.url)
        yield sandbox, client
        client.close()


def test_what_comes_is_shown_with_its_picture(client, sandbox):
    assert client("POST", "/webhook/cms", json=BODY).status == 200
    [shown] = sandbox.posts()
    assert (shown["account"], shown["text"], shown["link"]) == ("cms", BODY["text"], BODY["link"])
    assert (shown["key"], shown["language"], shown["permalink"]) == (BODY["id"], "de", None)
    assert (shown["media"][0]["width"], shown["media"][0]["alt"]) == (3, "A bridge")


def test_two_posts_are_two_even_with_the_same_id(client, sandbox):
    client("POST", "/webhook/cms", json=BODY)
    client("POST", "/webhook/cms", json=BODY)
    assert len(sandbox.posts()) == 2


def test_a_right_signature_is_taken(strict, time):
    sandbox, client = strict
    body = json.dumps(BODY).encode()
    assert client("POST", "/webhook/cms", data=body, headers=signed(body, time.now)).status == 200
    assert len(sandbox.posts()) == 1


@pytest.mark.parametrize(
    "change",
    [{"raw": b"another"}, {"stamp": "1795430000"}, {"stamp": "soon"}, {"stamp": ""}, {"number": ""}],
)
def test_a_wrong_signature_is_a_401(strict, time, change):
    sandbox, client = strict
    body = json.dumps(BODY).encode()
    assert client("POST", "/webhook/cms", data=body, headers=signed(body, time.now, **change)).status == 401
    assert sandbox.posts() == []


@pytest.mark.parametrize("signature", ["", "v1,???", "v2,abcd", "nonsense"])
def test_a_signature_that_cannot_be_read_is_a_401(strict, time, signature):
    _, client = strict
    body = json.dumps(BODY).encode()
    headers = signed(body, time.now) | {"webhook-signature": signature}
    assert client("POST", "/webhook/cms", data=body, headers=headers).status == 401


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"media": [1]}', b'{"media": [{"data": "?"}]}', b'"text"'])
def test_a_body_that_is_no_post_is_a_400(client, sandbox, body):
    assert client("POST", "/webhook/cms", data=body).status == 400
    assert sandbox.posts() == []


def test_only_posts_are_taken(client):
    got = client("GET", "/webhook/cms")
    assert (got.status, got.headers["allow"]) == (405, "POST")


def test_too_many_says_how_long_to_wait(client, sandbox):
    sandbox.add_faults([{"fault": "429", "platform": "webhook", "retry_after": 7}])
    got = client("POST", "/webhook/cms", json=BODY)
    assert (got.status, got.headers["retry-after"]) == (429, "7")
