"""Redaction: no form of a secret is left in what people see."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.net.redaction import Mask

TOKEN = "to+ken/with=signs"


@given(st.text(min_size=4).filter(lambda text: len(text.strip()) >= 4 and "*" not in text))
def test_no_form_of_a_secret_is_left(secret):
    mask = Mask([secret])
    forms = [secret, json.dumps(secret), repr(secret)]
    forms += (
        [encode(secret.encode("utf-8", "replace")) for encode in (quote, quote_plus)] if secret.isprintable() else []
    )
    for form in forms:
        assert secret not in mask(f"<{form}>")
        assert "***" in mask(f"<{form}>")


@pytest.mark.parametrize("short", ["", "   ", "abc", " a "])
def test_what_is_too_short_is_no_secret(short):
    assert Mask([short])("abc a   b") == "abc a   b"


def test_the_longer_of_two_secrets_is_masked_whole():
    assert Mask(["token", "token-and-more"])("token-and-more token") == "*** ***"


def test_a_login_in_an_address_is_masked():
    assert Mask()("see http://me:pw@a.example/ and a@b.example") == "see http://***@a.example/ and a@b.example"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"https://api.telegram.org/bot123456789:{'Aa-_' * 9}/getMe", "https://api.telegram.org/bot***/getMe"),
        (f"url: /bot123456789%3A{'Aa-_' * 9}/getMe)", "url: /bot***/getMe)"),
        (f"https://discord.com/api/v10/webhooks/{'1' * 18}/{'aB-_' * 17}?wait=true", None),
        (f"https://hooks.slack.com/services/T0123ABCD/B0123ABCD/{'aB1' * 8}", None),
    ],
)
def test_an_address_that_is_a_secret_itself_is_masked_though_nobody_told_it(address, shown):
    masked = Mask()(address)
    assert masked == shown or (shown is None and "aB" not in masked and "***" in masked)
    assert "://" not in address or address.partition("//")[2].partition("/")[0] in masked


@pytest.mark.parametrize(
    "address",
    [
        "https://city.example/services/public-transport/timetables-2026",
        "https://gazette.example/bot/123456789",
        "https://docs.example/webhooks/12345/how-to",
    ],
)
def test_an_address_of_a_story_that_looks_a_little_like_one_stays(address):
    assert Mask()(address) == address


def test_causes_lose_their_secrets_too():
    inner_fault = ValueError("bad", f"address {TOKEN}")
    fault = OSError(inner_fault)
    fault.__cause__ = RuntimeError(f"from {TOKEN}")
    fault.__context__ = fault
    assert TOKEN not in repr(Mask([TOKEN]).hush(fault)) + repr(fault.__cause__) + repr(inner_fault)


SIGNS = "p&a<ss>\"w'ord+1/="


def base64_of(text):
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "form",
    [
        *(base64_of(f"{user}{SIGNS}{after}") for user in ("", "u:", "us:", "user:") for after in ("", "\n", ":more")),
        base64.urlsafe_b64encode(SIGNS.encode()).decode(),
        html.escape(SIGNS),
        html.escape(SIGNS, quote=False),
        SIGNS.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&#34;")
        .replace("'", "&apos;"),
        json.dumps(SIGNS)[1:-1].replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003E"),
        json.dumps(SIGNS)[1:-1].replace("&", "\\u0026").replace("<", "\\u003C"),
        json.dumps(SIGNS)[1:-1].replace("/", "\\/"),
        quote(quote(SIGNS, safe=""), safe=""),
        quote(quote(SIGNS, safe="").lower(), safe="").lower(),
        SIGNS.upper(),
    ],
)
def test_a_secret_is_found_however_other_software_spells_it(form):
    assert Mask([SIGNS])(f"<{form}>") == "<***>"
    assert Mask([SIGNS]).bytes(f"<{form}>".encode()) == b"<***>"


def test_a_short_secret_may_be_a_word_and_is_found_as_it_is():
    assert Mask(["news"])("news of News") == "*** of News"
    assert Mask(["newsnews"])("NEWSnews") == "***"


def test_words_in_base64_that_hold_no_secret_stay():
    assert Mask(["secret-1"])(base64_of("user:other-1")) == base64_of("user:other-1")


def test_bytes_that_are_no_text_stay_as_they_are():
    assert Mask(["secret-1"]).bytes(b"\xff secret-1 \xfe") == b"\xff *** \xfe"
