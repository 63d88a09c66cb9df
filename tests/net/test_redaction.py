"""Redaction: no form of a secret is left in what people see."""

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


def test_causes_lose_their_secrets_too():
    inner_fault = ValueError("bad", f"address {TOKEN}")
    fault = OSError(inner_fault)
    fault.__cause__ = RuntimeError(f"from {TOKEN}")
    fault.__context__ = fault
    assert TOKEN not in repr(Mask([TOKEN]).hush(fault)) + repr(fault.__cause__) + repr(inner_fault)
