"""The dry door: reads go out, writes are shown, and nobody sees a secret."""

import hashlib
import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from syndicate.net.dry_run import DryHttp
from syndicate.net.http import RequestsHttp
from syndicate.ports import READS, OAuth1, Reply

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOKEN = "to+ken/with=signs"


class Recorder:
    """An inner door that answers and remembers."""

    def __init__(self):
        self.calls = []

    def call(self, method, url, **parts):
        self.calls.append((method, url, {name: part for name, part in parts.items() if part is not None}))
        return Reply(200, {"x": "real"}, b"real", url, NOW)


@pytest.fixture
def inner():
    return Recorder()


@pytest.fixture
def dry(inner):
    return DryHttp(inner, lambda: NOW, [TOKEN])


def test_a_read_goes_out_with_all_its_parts(dry, inner):
    reply = dry.call("get", "http://a.example/x", params={"a": "1"}, headers={"Authorization": f"Bearer {TOKEN}"})
    assert reply.body == b"real"
    parts = {"params": {"a": "1"}, "headers": {"Authorization": f"Bearer {TOKEN}"}}
    assert inner.calls == [("GET", "http://a.example/x", parts)]
    assert dry.calls == []


def test_a_question_by_post_goes_out_if_it_is_named_as_one(dry, inner):
    assert dry.call("POST", "http://a.example/api/meta", json={"i": TOKEN}, sample=READS).body == b"real"
    assert inner.calls == [("POST", "http://a.example/api/meta", {"json": {"i": TOKEN}})]
    assert dry.calls == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post"])
def test_a_write_gets_its_sample_and_does_not_leave(dry, inner, method):
    reply = dry.call(method, "http://a.example/x", json={"text": "é"}, sample={"id": "<id>"})
    assert (reply.status, reply.headers, reply.json(), reply.received_at) == (200, {}, {"id": "<id>"}, NOW)
    assert [call.method for call in dry.calls] == [method.upper()]
    assert dry.calls[0].json == {"text": "é"}
    assert inner.calls == []


def test_a_write_without_a_sample_does_not_leave_either(dry, inner):
    assert dry.call("DELETE", "http://a.example/x").json() is None
    assert inner.calls == []


@pytest.mark.parametrize("sample", [{"id": 1}, [], {}, 0, ""])
def test_a_read_with_a_sample_gets_it_and_is_shown(dry, inner, sample):
    assert dry.call("GET", "http://a.example/<id>", sample=sample).json() == sample
    assert dry.calls[0].url == "http://a.example/<id>"
    assert inner.calls == []


def test_secrets_are_shown_as_stars_wherever_they_are(dry):
    dry.call(
        "POST",
        f"https://api.example/bot{TOKEN}/send?k={quote(TOKEN, safe='')}",
        params={"access_token": TOKEN},
        json={"nested": [{"password": TOKEN, "n": 1, "none": None}], TOKEN: True},
        headers={"Authorization": f"Bearer {TOKEN}", "X-Key": TOKEN, "X-Other": "seen"},
    )
    call = dry.calls[0]
    assert call.url == "https://api.example/bot***/send?k=***"
    assert call.params == {"access_token": "***"}
    assert call.json == {"nested": [{"password": "***", "n": 1, "none": None}], "***": True}
    assert call.headers == {"Authorization": "Bearer ***", "X-Key": "***", "X-Other": "seen"}


def test_an_authorization_is_never_shown_even_if_nobody_knew_it(dry):
    dry.call("POST", "https://a.example/", headers={"authorization": "Bearer new", "X": "1"})
    dry.call("POST", "https://a.example/", headers={"Authorization": "raw-token"})
    assert [call.headers for call in dry.calls] == [{"authorization": "Bearer ***", "X": "1"}, {"Authorization": "***"}]


def test_a_signature_is_named_and_not_made(dry):
    dry.call("POST", "https://a.example/", headers={"X": "1"}, auth=OAuth1("a", "b", "c", "d"))
    assert dry.calls[0].headers == {"X": "1", "Authorization": "<signature>"}


def test_files_are_shown_by_name_and_fingerprint(dry):
    data = b"\x89PNG"
    dry.call("POST", "https://a.example/", data={"alt": "A fox"}, files={"file": ("a.png", data, "image/png")})
    digest = hashlib.sha256(data).hexdigest()
    assert dry.calls[0].files == {"file": {"file": "a.png", "mime": "image/png", "sha256": digest, "length": 4}}
    assert dry.calls[0].data == {"alt": "A fox"}
    json.dumps(dry.calls[0].files)


def test_bytes_are_shown_as_text_where_they_are_text(dry):
    dry.call("POST", "https://a.example/", data=f'{{"k": "{TOKEN}"}}'.encode())
    dry.call("POST", "https://a.example/", data=b"\xff\xd8")
    dry.call("POST", "https://a.example/", data=b"a\0b")
    text, picture, zero = (call.data for call in dry.calls)
    assert text == '{"k": "***"}'
    assert picture == {"sha256": hashlib.sha256(b"\xff\xd8").hexdigest(), "length": 2}
    assert zero["length"] == 3


def test_it_knows_the_secrets_of_the_door_behind_it():
    dry = DryHttp(RequestsHttp(clock=lambda: NOW, secrets=[TOKEN]), lambda: NOW)
    dry.call("POST", f"https://a.example/{TOKEN}")
    assert dry.calls[0].url == "https://a.example/***"


def test_a_call_cannot_be_changed_by_its_caller(dry):
    body = {"text": "before"}
    dry.call("POST", "https://a.example/", json=body)
    body["text"] = "after"
    assert dry.calls[0].json == {"text": "before"}
