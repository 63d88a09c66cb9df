"""The stand-ins' page on which a member allows an app."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest

from syndicate.sandbox.authorize_page import CODE_SECONDS, OUT_OF_BAND, AuthorizePage, CodeRefused
from syndicate.sandbox.exchange import Received

VERIFIER = "a-verifier"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {"client_id": "app", "redirect_uri": "http://127.0.0.1:1/?a=b", "scope": "read", "state": "s<1>"}
ASKED |= {"code_challenge": CHALLENGE}
FORM = {"client_id": "app", "redirect_uri": ASKED["redirect_uri"], "code_verifier": VERIFIER}


@pytest.fixture
def clock():
    return [1000.0]


@pytest.fixture
def page(clock):
    return AuthorizePage("Somewhere", lambda: clock[0])


def answered(page, **more):
    return page.answer(Received("GET", "/authorize", ASKED | more, {}, b""))


def test_the_page_has_links_that_keep_what_was_asked(page):
    shown = answered(page, client_id="<b>").body.decode()
    assert "allow=yes" in shown
    assert "s%3C1%3E" in shown
    assert "<b>" not in shown.replace("<b> wants", "")


def test_who_allows_it_leads_back_with_a_code_that_is_good_once(page):
    back = answered(page, allow="yes", **{"as": "anna"}).headers["Location"]
    told = parse_qs(urlsplit(back).query)
    assert (told["a"], told["state"]) == (["b"], ["s<1>"])
    form = FORM | {"code": told["code"][0]}
    grant = page.redeem(form)
    assert (grant.member, grant.scope) == ("anna", "read")
    with pytest.raises(CodeRefused, match="used"):
        page.redeem(form)


@pytest.mark.parametrize("wrong", ["client_id", "redirect_uri", "code_verifier"])
def test_a_code_is_for_its_app_its_address_and_its_proof(page, wrong):
    with pytest.raises(CodeRefused):
        page.redeem(FORM | {"code": page.grant(ASKED), wrong: "another"})


def test_a_code_is_good_for_ten_minutes(page, clock):
    code = page.grant(ASKED)
    clock[0] += CODE_SECONDS + 1
    with pytest.raises(CodeRefused, match="too old"):
        page.redeem(FORM | {"code": code})


def test_who_denies_it_leads_back_with_the_refusal(page):
    assert "error=access_denied" in answered(page, allow="no").headers["Location"]


def test_without_an_address_the_code_is_shown(page):
    shown = answered(page, allow="yes", redirect_uri=OUT_OF_BAND).body.decode()
    assert "Your code: <code>" in shown
