"""Signing in to Mastodon and Bluesky: what is asked, what is sent, and what is returned."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from syndicate.errors import AuthError, RateLimited, Unavailable
from syndicate.model import Ask, Visit
from syndicate.platforms import _bluesky_sign_in, _mastodon_sign_in
from syndicate.platforms.bluesky import Bluesky
from syndicate.platforms.bluesky import Options as BlueskyOptions
from syndicate.platforms.mastodon import Mastodon
from syndicate.platforms.mastodon import Options as MastodonOptions
from syndicate.testing import Held, Recorded

BACK = "http://127.0.0.1:8712/"
CLIENT = {"client_id": "the-client", "client_secret": "the-secret"}
APP = (200, CLIENT | {"id": "1", "name": "syndicate"})
TOKEN = (200, {"access_token": "a-new-token", "token_type": "Bearer", "scope": "read:accounts write", "created_at": 1})
SESSION = (200, {"accessJwt": "access", "refreshJwt": "refresh", "did": "did:plc:abc", "handle": "gazette.example"})
PDS = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "https://pds.example/"}


def talk(flow, *answers):
    """The questions, and what it returns in the end."""
    asked, left = [next(flow)], list(answers)
    try:
        while True:
            answer = left.pop(0)
            asked.append(flow.send(answer(asked[-1]) if callable(answer) else answer))
    except StopIteration as ended:
        return asked, ended.value


def allowed(visit):
    return f"{BACK}?code=the-code&state={parse_qs(urlsplit(visit.address).query)['state'][0]}"


def mastodon(*replies, url="https://social.example", api_url=None):
    door = Recorded(*replies)
    return Mastodon.sign_in(MastodonOptions(url, api_url=api_url), door, BACK), door


def test_mastodon_registers_an_app_and_exchanges_the_code_with_its_proof():
    flow, door = mastodon(APP, TOKEN)
    [visit], held = talk(flow, allowed)
    page = parse_qs(urlsplit(visit.address).query)
    assert visit.address.startswith("https://social.example/oauth/authorize?")
    assert (page["redirect_uri"], page["code_challenge_method"], page["client_id"]) == (
        [BACK],
        ["S256"],
        ["the-client"],
    )
    assert page["scope"] == ["read:accounts read:statuses write:statuses write:media"]
    register, exchange = door.calls
    assert (register.url, register.data["redirect_uris"]) == ("https://social.example/api/v1/apps", BACK)
    assert exchange.url == "https://social.example/oauth/token"
    assert exchange.data["code"] == "the-code"
    assert exchange.data["code_verifier"] not in visit.address
    assert held == CLIENT | {"url": "https://social.example", "token": "a-new-token", "scope": "read:accounts write"}


@pytest.mark.parametrize("typed", ["social.example", " https://social.example/ ", "@gazette@social.example"])
def test_mastodon_asks_for_the_server_that_the_config_does_not_name(typed):
    flow, _ = mastodon(APP, TOKEN, url=None)
    [server, _], held = talk(flow, typed, allowed)
    assert (isinstance(server, Ask), held["url"]) == (True, "https://social.example")


@pytest.mark.parametrize("typed", ["", "two words", "ftp://social.example"])
def test_what_is_no_server_is_refused(typed):
    with pytest.raises(AuthError, match="is not the address of a server"):
        talk(mastodon(url=None)[0], typed)


@pytest.mark.parametrize(
    ("replies", "error", "words"),
    [
        ([(422, {"error": "Validation failed"})], AuthError, "Validation failed"),
        ([(404, "not here")], AuthError, "404"),
        ([(429, {"error": "Too many requests"})], RateLimited, "429"),
        ([(503, "")], Unavailable, "503"),
        ([APP, (400, {"error": "invalid_grant", "error_description": "The grant is invalid"})], AuthError, "The grant"),
        ([APP, (401, {"error": "invalid_client", "error_description": "No such app"})], AuthError, "No such app"),
    ],
)
def test_a_server_that_refuses_ends_it(replies, error, words):
    with pytest.raises(error, match=words):
        talk(mastodon(*replies)[0], allowed)


def test_an_answer_of_another_attempt_is_sent_nowhere():
    flow, door = mastodon(APP)
    with pytest.raises(AuthError, match="another attempt"):
        talk(flow, f"{BACK}?code=x&state=another")
    assert len(door.calls) == 1


def test_the_token_before_is_revoked_where_it_was_given():
    door = Recorded((200, {}))
    Mastodon.sign_out(MastodonOptions(None), door, CLIENT | {"url": "https://social.example", "token": "an-old-token"})
    [call] = door.calls
    assert (call.url, call.data) == ("https://social.example/oauth/revoke", CLIENT | {"token": "an-old-token"})


@pytest.mark.parametrize(
    ("scope", "lacks"),
    [
        ("read:accounts read:statuses write:statuses write:media", ()),
        ("read write", ()),
        ("read write:statuses", ("write:media",)),
    ],
)
def test_a_wider_scope_holds_the_narrower(scope, lacks):
    assert _mastodon_sign_in.missing(scope) == lacks


def test_an_account_calls_the_server_at_which_somebody_signed_in():
    door = Recorded((200, {"id": "7", "acct": "gazette"}), (404, ""), (404, ""), (200, {"links": []}))
    held = {"url": "https://social.example", "token": "a-new-token", "scope": "read write:statuses"}
    identity = Mastodon(MastodonOptions(), door, Held(held)).verify()
    assert door.calls[0].url == "https://social.example/api/v1/accounts/verify_credentials"
    assert door.calls[0].headers["Authorization"] == "Bearer a-new-token"
    assert identity.scopes == ("read", "write:statuses")
    assert identity.notes[0] == "the token lacks the scope write:media"


def test_an_account_without_any_login_says_what_to_do():
    for adapter, options in ((Mastodon, MastodonOptions()), (Mastodon, MastodonOptions("https://a.example"))):
        with pytest.raises(AuthError) as refused:
            adapter(options, Recorded(), Held()).verify()
        assert "accounts login" in refused.value.hint
    with pytest.raises(AuthError) as refused:
        Bluesky(BlueskyOptions("a.example"), Recorded(), Held()).refresh({})
    assert "accounts login" in refused.value.hint


@pytest.mark.parametrize("options", [{"token": "t"}, {"url": "social.example"}])
def test_options_of_mastodon_that_make_no_sense_are_refused(options):
    with pytest.raises(ValueError, match=r"https://mastodon\.example"):
        MastodonOptions(**options)


def bluesky(*replies, **options):
    door = Recorded(*replies)
    return Bluesky.sign_in(BlueskyOptions(**options), door, BACK), door


def test_bluesky_finds_the_server_of_a_handle_and_tries_the_app_password_there():
    document = (200, {"id": "did:plc:abc", "service": [{"id": "#other", "serviceEndpoint": "https://x.example"}, PDS]})
    flow, door = bluesky((200, {"did": "did:plc:abc"}), document, SESSION)
    [handle, password], held = talk(flow, "@Gazette.example", " app-password ")
    assert (handle.secret, password.secret) == (False, True)
    assert [call.url for call in door.calls] == [
        "https://bsky.social/xrpc/com.atproto.identity.resolveHandle",
        "https://plc.directory/did:plc:abc",
        "https://pds.example/xrpc/com.atproto.server.createSession",
    ]
    assert door.calls[2].json == {"identifier": "gazette.example", "password": "app-password"}
    session = {"accessJwt": "access", "refreshJwt": "refresh", "did": "did:plc:abc", "handle": "gazette.example"}
    found = {"app_password": "app-password", "pds": "https://pds.example", "seen_handle": "gazette.example"}
    assert held == session | found


def test_bluesky_asks_at_the_service_that_the_config_names():
    flow, door = bluesky(SESSION, handle="gazette.example", service="https://pds.example/")
    _, held = talk(flow, "app-password")
    assert (door.calls[0].url.startswith("https://pds.example/"), "pds" in held) == (True, False)


@pytest.mark.parametrize(
    ("did", "place"),
    [
        ("did:plc:abc", "https://plc.directory/did:plc:abc"),
        ("did:web:gazette.example", "https://gazette.example/.well-known/did.json"),
        ("did:web:localhost%3A3000", "https://localhost:3000/.well-known/did.json"),
    ],
)
def test_where_the_document_of_a_did_is(did, place):
    assert _bluesky_sign_in._place(did) == place


@pytest.mark.parametrize(
    ("replies", "answers", "words"),
    [
        ([], ["no handle"], "is not a handle"),
        ([(400, {"error": "InvalidRequest", "message": "Unable to resolve handle"})], ["a.example"], "no account has"),
        ([(200, {"did": "did:plc:abc"}), (200, {"service": []})], ["a.example"], "names no server"),
        (
            [(200, {"did": "did:plc:abc"}), (200, {"service": [PDS | {"serviceEndpoint": "http://10.0.0.1"}]})],
            ["a.example"],
            "names no server",
        ),
        ([(200, {"did": "did:plc:abc"}), (404, "")], ["a.example"], "404"),
    ],
)
def test_a_handle_that_leads_nowhere_ends_it(replies, answers, words):
    with pytest.raises(Exception, match=words):
        talk(bluesky(*replies)[0], *answers)


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_wrong_app_password_ends_it(password):
    refusal = (401, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"})
    flow, _ = bluesky(refusal, handle="a.example", service="https://pds.example")
    with pytest.raises(AuthError):
        talk(flow, password)


def test_a_session_is_made_anew_with_the_app_password_that_is_held_whatever_the_handle_is_now():
    held = {"handle": "old.example", "app_password": "app-password", "pds": "https://pds.example", "did": "did:plc:abc"}
    held |= {"refreshJwt": "dead"}
    door = Recorded((400, {"error": "ExpiredToken", "message": "Token has expired"}), SESSION)
    fresh = Bluesky(BlueskyOptions("old.example"), door, Held(held)).refresh(held)
    assert door.calls[1].url == "https://pds.example/xrpc/com.atproto.server.createSession"
    assert door.calls[1].json == {"identifier": "did:plc:abc", "password": "app-password"}
    assert (fresh["handle"], fresh["seen_handle"]) == ("old.example", "gazette.example")
    assert (fresh["app_password"], fresh["accessJwt"]) == ("app-password", "access")


def test_the_page_of_a_visit_is_an_address():
    flow, _ = mastodon(APP)
    assert isinstance(next(flow), Visit)
    flow.close()
