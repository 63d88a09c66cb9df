"""Signing in with the address of a site: where its endpoints are said to be, what is asked, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from syndicate.errors import AuthError, Unavailable
from syndicate.model import Ask, Secret, Visit
from syndicate.platforms._indieauth import Endpoints, discover
from syndicate.platforms.micropub import Micropub, Options
from syndicate.testing import Held, Recorded, now, recorded

SITE = "https://gazette.example/"
ENDPOINT = "https://gazette.example/micropub"
REDIRECT = "http://127.0.0.1:8712/callback"
METADATA = {
    "issuer": "https://gazette.example/",
    "authorization_endpoint": "https://gazette.example/auth",
    "token_endpoint": "https://gazette.example/token",
}
HEADERS = {"Link": '<https://gazette.example/meta>; rel="indieauth-metadata", </micropub>; rel=micropub'}
TOKEN = {"access_token": "t-1", "token_type": "Bearer", "scope": "create update delete media", "me": SITE}


def page(body="", headers=None, url=SITE, status=200):
    return recorded(status, body, headers, url)


def signed_in(*replies, options=None, typed=SITE, answer=None):
    """The credentials after the whole conversation, and the door."""
    door = Recorded(*replies)
    flow = Micropub.sign_in(options or Options(), door, REDIRECT)
    assert isinstance(next(flow), Ask)
    visit = flow.send(typed)
    assert isinstance(visit, Visit)
    state = parse_qs(urlsplit(visit.address).query)["state"][0]
    given = answer(state) if answer else f"{REDIRECT}?code=c-1&state={state}"
    with pytest.raises(StopIteration) as end:
        flow.send(given)
    return end.value.value, door, visit


def refused(*replies, **more):
    """The error with which a conversation ends."""
    with pytest.raises(AuthError) as caught:
        signed_in(*replies, **more)
    return caught.value


def test_a_site_is_typed_and_its_token_comes_back_with_all_that_is_needed_later():
    kept, door, visit = signed_in(page("", HEADERS), (200, METADATA), (200, TOKEN), typed=" gazette.example ")
    assert kept == {
        "token": "t-1",
        "token_endpoint": "https://gazette.example/token",
        "client_id": "http://127.0.0.1:8712/",
        "me": SITE,
        "scope": "create update delete media",
        "endpoint": ENDPOINT,
    }
    asked = {name: values[0] for name, values in parse_qs(urlsplit(visit.address).query).items()}
    assert visit.address.startswith("https://gazette.example/auth?response_type=code&")
    assert (asked["me"], asked["redirect_uri"], asked["code_challenge_method"]) == (SITE, REDIRECT, "S256")
    assert asked["scope"] == "create update delete media"
    form = door.calls[2].data
    assert (form["grant_type"], form["code"], form["client_id"]) == ("authorization_code", "c-1", asked["client_id"])
    assert len(form["code_verifier"]) >= 43
    assert door.calls[0].url == SITE


@pytest.mark.parametrize(
    "reply",
    [
        page('<link rel="authorization_endpoint" href="/auth"><link rel=token_endpoint href="/token">'),
        page("", {"Link": '</auth>; rel=authorization_endpoint, </token>; title=x; rel="token_endpoint me"'}),
        page(
            '<head><link href="https://gazette.example/other" rel="authorization_endpoint">'
            '<a href="/token" rel="me token_endpoint">',
            {"Link": "</auth>; rel=authorization_endpoint"},
        ),
    ],
    ids=["page", "headers", "headers first"],
)
def test_endpoints_are_read_from_headers_and_pages(reply):
    found = discover(Recorded(reply), SITE)
    assert found == Endpoints("https://gazette.example/auth", "https://gazette.example/token", "")


def test_addresses_are_relative_to_where_redirects_ended():
    reply = page(
        '<link rel=authorization_endpoint href="auth"><link rel=token_endpoint href="token">', url=f"{SITE}en/"
    )
    assert discover(Recorded(reply), SITE).authorization == "https://gazette.example/en/auth"


@pytest.mark.parametrize(
    ("typed", "replies", "words"),
    [
        ("", (), "'' is not the address of a site"),
        ("ftp://gazette.example", (), "is not the address of a site"),
        (SITE, (page("<p>Hello"),), "does not say where to sign in"),
        (
            SITE,
            (page("", {"Link": "<http://a.example>; rel=authorization_endpoint, </t>; rel=token_endpoint"}),),
            "in the clear",
        ),
        (SITE, (page("", {"Link": '<javascript:x>; rel="authorization_endpoint"'}),), "does not say where to sign in"),
        (
            SITE,
            (page("", {"Link": "</m>; rel=indieauth-metadata"}), (200, METADATA)),
            "does not say that it takes",
        ),
    ],
)
def test_a_site_without_endpoints_is_told_as_such(typed, replies, words):
    flow = Micropub.sign_in(Options(), Recorded(*replies), REDIRECT)
    next(flow)
    with pytest.raises(AuthError, match=words) as caught:
        flow.send(typed)
    assert caught.value.hint


def test_a_site_that_cannot_be_reached_is_no_refusal():
    flow = Micropub.sign_in(Options(), Recorded(page("", status=503)), REDIRECT)
    next(flow)
    with pytest.raises(Unavailable, match="HTTP 503"):
        flow.send(SITE)


def test_the_site_has_to_name_the_endpoint_of_the_config():
    flow = Micropub.sign_in(Options("https://other.example/mp"), Recorded(page("", HEADERS), (200, METADATA)), REDIRECT)
    next(flow)
    with pytest.raises(AuthError, match=r"at https://gazette\.example/micropub, not at https://oth") as caught:
        flow.send(SITE)
    assert "nothing was stored" in caught.value.hint
    kept, _, _ = signed_in(page("", HEADERS), (200, METADATA), (200, TOKEN), options=Options(ENDPOINT))
    assert "endpoint" not in kept


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda state: f"{REDIRECT}?error=access_denied&state={state}", "access_denied"),
        (lambda _: f"{REDIRECT}?code=c-1&state=another", "another attempt"),
        (lambda _: "", "no code was given"),
        (lambda state: f"{REDIRECT}?code=c&state={state}&iss=https%3A%2F%2Fevil.example%2F", "from another server"),
    ],
    ids=["cancelled", "answered twice", "empty", "mixed up"],
)
def test_an_answer_that_is_not_a_yes_to_this_question_stores_nothing(answer, words):
    assert words in str(refused(page("", HEADERS), (200, METADATA), answer=answer))


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ((400, {"error": "invalid_grant", "error_description": "the code was used"}), "the code was used"),
        ((400, "invalid_grant"), "HTTP 400"),
        ((200, TOKEN | {"scope": "profile"}), "may not create posts"),
    ],
)
def test_a_token_that_is_not_given_or_may_not_post_stores_nothing(reply, words):
    assert words in str(refused(page("", HEADERS), (200, METADATA), reply))


def test_a_token_for_another_page_needs_the_same_server():
    other = (200, TOKEN | {"me": "https://ed.example/"})
    same = page("", {"Link": "</m>; rel=indieauth-metadata"}, "https://ed.example/")
    kept, _, _ = signed_in(page("", HEADERS), (200, METADATA), other, same, (200, METADATA))
    assert kept["me"] == "https://ed.example/"
    strange = METADATA | {"authorization_endpoint": "https://ed.example/auth"}
    fault = refused(page("", HEADERS), (200, METADATA), other, same, (200, strange))
    assert "the token is for https://ed.example/, not for https://gazette.example/" in str(fault)


def test_a_token_that_ends_says_when_and_is_renewed_where_the_site_gave_what_it_takes():
    ending = TOKEN | {"expires_in": 86_400}
    kept, _, _ = signed_in(page("", HEADERS), (200, METADATA), (200, ending))
    assert "renew_at" not in kept
    door = Recorded((200, {}))
    identity = Micropub(Options(), door, Held(kept)).verify()
    assert abs(identity.expires_at - now() - timedelta(days=1)) < timedelta(minutes=5)
    kept, _, _ = signed_in(page("", HEADERS), (200, METADATA), (200, ending | {"refresh_token": "r-1"}))
    assert kept["renew_at"] < kept["expires_at"]
    door = Recorded((200, {"access_token": "t-2", "expires_in": 3600}))
    fresh = Micropub(Options(), door, Held(kept)).refresh(kept)
    assert (fresh["token"], fresh["refresh_token"], fresh["endpoint"]) == ("t-2", "r-1", ENDPOINT)
    assert door.calls[0].data == {
        "grant_type": "refresh_token",
        "refresh_token": "r-1",
        "client_id": "http://127.0.0.1:8712/",
    }


@pytest.mark.parametrize(
    ("current", "words"), [({}, "nobody has signed in yet"), ({"token": "t-1"}, "cannot be renewed")]
)
def test_what_cannot_be_renewed_needs_a_person(current, words):
    platform = Micropub(Options(), Recorded(), Held(current))
    with pytest.raises(AuthError, match=words) as caught:
        platform.refresh(current)
    assert "accounts login" in caught.value.hint


def test_a_token_of_the_config_is_kept_as_it_is():
    platform = Micropub(Options(ENDPOINT, Secret("t")), Recorded(), Held())
    assert platform.refresh({}) == {"token": "t"}
