from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from syndicate.errors import AuthError, RateLimited, Rejected, Unavailable, Uncertain, Unsupported
from syndicate.model import Secret
from syndicate.net.webhook_signature import signature
from syndicate.platforms.webhook import Options, Webhook
from syndicate.testing import KEY, LINK, Held, PlatformContract, Recorded, illustrated, post

PLAIN = b"sixteen bytes or"
SECRET = "whsec_" + base64.b64encode(PLAIN).decode()
AT = datetime(2026, 11, 23, 10, 0, 5, tzinfo=UTC)


def adapter(*replies, **options):
    door = Recorded(*replies)
    return Webhook(Options("https://cms.example/hook?site=1", **options), door, Held()), door


class TestAgainstTheSandbox(PlatformContract):
    enforces_length = False
    secrets = (SECRET, SECRET.removeprefix("whsec_"))

    def make(self, http, url, credentials):
        options = Options("https://cms.example/webhook/desk", Secret(SECRET), api_url=url)
        return Webhook(options, http, credentials)

    @pytest.fixture
    def network(self):
        from syndicate.sandbox.server import Sandbox

        with Sandbox(quirks={"webhook": {"secret": SECRET}}) as sandbox:
            yield sandbox


def test_the_body_is_the_documented_one():
    platform, door = adapter((200, {}))
    story = illustrated()
    platform.commit(platform.prepare(story, KEY), KEY)
    [call] = door.calls
    assert (call.method, call.url) == ("POST", "https://cms.example/hook?site=1")
    assert json.loads(call.data) == {
        "id": KEY,
        "type": "post",
        "text": story.text,
        "link": LINK,
        "article": {"url": LINK},
        "media": [
            {
                "mime": "image/png",
                "alt": "A bridge in fog",
                "data": base64.b64encode(story.media[0].data).decode(),
            }
        ],
    }


@pytest.mark.parametrize("secret", [SECRET, "any old words"])
def test_it_is_signed_as_standard_webhooks_asks(secret):
    platform, door = adapter((204, ""), secret=Secret(secret))
    platform.commit(platform.prepare(post("“Öffnet” 橋", at=AT), KEY), KEY)
    [call] = door.calls
    timestamp = str(int(AT.timestamp()))
    key = PLAIN if secret == SECRET else secret.encode()
    signed = f"{KEY}.{timestamp}.".encode() + call.data
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert call.headers == {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": KEY,
        "webhook-id": KEY,
        "webhook-timestamp": timestamp,
        "webhook-signature": expected,
    }


def test_the_specification_s_own_example_is_signed_the_same():
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    made = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_without_a_secret_nothing_is_signed():
    platform, door = adapter((200, ""))
    platform.commit(platform.prepare(post(), KEY), KEY)
    assert "webhook-signature" not in door.calls[0].headers


@pytest.mark.parametrize(
    ("reply", "number", "permalink"),
    [
        ((200, {"id": 7, "url": "https://cms.example/7"}), "7", "https://cms.example/7"),
        ((201, {"permalink": "https://cms.example/8"}), KEY, "https://cms.example/8"),
        ((200, "ok"), KEY, None),
        ((204, ""), KEY, None),
        ((202, "[1, 2]"), KEY, None),
    ],
)
def test_every_yes_is_a_receipt(reply, number, permalink):
    platform, _ = adapter(reply)
    receipt = platform.commit(platform.prepare(post(), KEY), KEY)
    assert (receipt.id, receipt.permalink) == (number, permalink)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ((400, "no"), Rejected),
        ((410, "gone"), Unavailable),
        ((404, {"detail": "Not Found"}), Unavailable),
        ((302, "", {"Location": "/login"}), Unavailable),
        ((303, "", {"Location": "/thanks"}), Uncertain),
        ((200, "<!doctype html><title>Log in</title>"), Uncertain),
        ((401, "who?"), AuthError),
        ((429, "", {"Retry-After": "7"}), RateLimited),
        ((500, ""), Uncertain),
        ((503, ""), Uncertain),
        (Unavailable("refused"), Unavailable),
    ],
)
def test_each_no_says_what_to_do_next(reply, kind):
    platform, _ = adapter(reply, secret=Secret(SECRET))
    with pytest.raises(kind) as caught:
        platform.commit(platform.prepare(post(), KEY), KEY)
    assert type(caught.value) is kind
    assert SECRET not in str(caught.value)


def test_nobody_can_be_asked_what_arrived():
    platform, door = adapter()
    with pytest.raises(Unsupported):
        platform.find(platform.prepare(post(), KEY), KEY, AT)
    assert platform.verify().name == "cms.example"
    assert door.calls == []


@pytest.mark.parametrize(
    ("api_url", "sent"),
    [
        (None, "https://cms.example/hook?site=1"),
        ("http://127.0.0.1:8700", "http://127.0.0.1:8700/hook?site=1"),
        ("http://127.0.0.1:8700/webhook/desk", "http://127.0.0.1:8700/webhook/desk?site=1"),
    ],
)
def test_another_place_can_stand_in(api_url, sent):
    platform, door = adapter((200, ""), api_url=api_url)
    platform.commit(platform.prepare(post(), KEY), KEY)
    assert door.calls[0].url == sent


@pytest.mark.parametrize(("url", "secret"), [("cms.example/hook", None), ("https://cms.example", "whsec_not base64")])
def test_wrong_options_are_named(url, secret):
    with pytest.raises(ValueError, match=r"is not an address|has to be base64"):
        Options(url, secret and Secret(secret))
