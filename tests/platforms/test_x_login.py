"""Signing in to X by OAuth 2, and renewing tokens of which each is good once."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from syndicate.errors import AuthError, Unavailable, Uncertain
from syndicate.model import Secret
from syndicate.platforms.x import Options, X
from syndicate.sandbox import Sandbox
from syndicate.testing import Held, Recorded, post
from tests.worlds.signing_in import REDIRECT, signed_in, visited

APP = {"client_id": "app-1", "client_secret": Secret("app-secret-2")}
ME = (200, {"data": {"id": "2244", "name": "Gazette", "username": "gazette"}})
TOKENS = {"access_token": "a1", "refresh_token": "r1", "expires_in": 7200, "scope": "tweet.write"}
INVALID = (400, {"error": "invalid_request", "error_description": "Value passed for the token was invalid."})


class Clock:
    def __init__(self):
        self.now = datetime.now(UTC).timestamp()

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def network(clock):
    with Sandbox(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
def http(described):
    return described("x")


@pytest.fixture
def options(network):
    def make(**given):
        return Options(**APP | given, api_url=network.url)

    return make


def minutes(moment, since):
    return round((datetime.fromisoformat(moment) - since) / timedelta(minutes=1))


def test_a_person_signs_in_and_it_is_known_who(options, http, network):
    began = datetime.now(UTC)
    held = signed_in(X.sign_in(options(), http, REDIRECT), as_="editor")
    assert [minutes(held[name], began) for name in ("renew_at", "expires_at")] == [100, 120]
    identity = X(options(), http, Held(held)).verify()
    assert (identity.id, identity.name) == (held["user_id"], held["name"])
    assert identity.scopes == ("media.write", "offline.access", "tweet.read", "tweet.write", "users.read")
    other = signed_in(X.sign_in(options(), http, REDIRECT))
    assert other["user_id"] != held["user_id"]


def test_the_page_is_x_s_own_and_proves_what_is_asked():
    visit = next(X.sign_in(Options(**APP), Recorded(), REDIRECT))
    said = {name: values[0] for name, values in parse_qs(urlsplit(visit.address).query).items()}
    assert visit.address.startswith("https://x.com/i/oauth2/authorize?response_type=code&client_id=app-1&")
    assert said["scope"] == "tweet.read tweet.write users.read media.write offline.access"
    assert (said["code_challenge_method"], said["redirect_uri"]) == ("S256", REDIRECT)
    assert len(said["code_challenge"]) == 43
    assert "30 seconds" in visit.words


def test_an_app_with_a_secret_says_it_and_one_without_says_its_name():
    def asked(options):
        door = Recorded((200, TOKENS), ME)
        conversation = X.sign_in(options, door, REDIRECT)
        next(conversation)
        with pytest.raises(StopIteration) as done:
            conversation.send("a-code")
        assert done.value.value["token"] == "a1"
        assert door.calls[0].url == "https://api.x.com/2/oauth2/token"
        assert door.calls[1].headers == {"Authorization": "Bearer a1"}
        return door.calls[0]

    pair = base64.b64encode(b"app-1:app-secret-2").decode()
    whole = asked(Options(**APP))
    assert whole.headers == {"Authorization": f"Basic {pair}"}
    assert whole.data.keys() == {"grant_type", "code", "redirect_uri", "code_verifier"}
    public = asked(Options(client_id="public-1"))
    assert public.headers == {}
    assert public.data["client_id"] == "public-1"


def test_a_public_app_signs_in_and_is_renewed(http, network):
    options = Options(client_id="public-1", api_url=network.url)
    held = signed_in(X.sign_in(options, http, REDIRECT))
    assert X(options, http, Held(held)).refresh(held)["token"] != held["token"]


def test_a_refusal_or_the_wrong_account_stores_nothing(options, http):
    for given, said, words in (
        ({}, {"allow": "no"}, "it was not allowed"),
        ({"user_id": "1"}, {}, "signed in, and not the account 1 of the config"),
    ):
        with pytest.raises(AuthError, match=words) as caught:
            signed_in(X.sign_in(options(**given), http, REDIRECT), **said)
        assert caught.value.hint.startswith("nothing was stored")


def test_a_code_is_good_once_for_half_a_minute_and_for_its_own_attempt(options, http, clock):
    first = X.sign_in(options(), http, REDIRECT)
    answer = visited(next(first).address)
    clock.now += 31
    with pytest.raises(AuthError, match="signing in: Value passed for the authorization code was invalid") as caught:
        first.send(answer)
    assert caught.value.hint.startswith("nothing was stored")
    second, third = X.sign_in(options(), http, REDIRECT), X.sign_in(options(), http, REDIRECT)
    answer = visited(next(second).address)
    next(third)
    with pytest.raises(AuthError, match="another attempt"):
        third.send(answer)
    fourth = X.sign_in(options(), http, REDIRECT)
    next(fourth)
    with pytest.raises(AuthError, match="invalid"):  # the code of another proof
        fourth.send(parse_qs(urlsplit(answer).query)["code"][0])


def test_the_keys_of_oauth_1_need_no_signing_in():
    keys = Options(*map(Secret, "abcd"))
    with pytest.raises(AuthError, match="needs client_id"):
        next(X.sign_in(keys, Recorded(), REDIRECT))
    assert X.signed_out(keys) == {}
    assert X.signed_out(Options(**APP, refresh_token=Secret("r"))) == {}
    assert X.signed_out(Options(**APP)) == {"token": "<token>"}


def test_an_access_token_ends_and_is_renewed(options, http, network, clock):
    held = Held(signed_in(X.sign_in(options(), http, REDIRECT)))
    platform = X(options(), http, held)
    platform.commit(platform.prepare(post("One"), ""), "")
    clock.now += 7_300
    with pytest.raises(AuthError):
        platform.commit(platform.prepare(post("Two"), ""), "")
    held.value = platform.refresh(held.value)
    platform.commit(platform.prepare(post("Two"), ""), "")
    accounts = {each["account"] for each in network.posts()}
    assert len(accounts) == 1


def test_the_config_s_refresh_token_is_used_once_and_then_the_newer_one(options, http, network):
    first = network.stand_ins["x"].logins.consent("gazette", "app-1")
    made = options(refresh_token=Secret(first))
    platform = X(made, http, Held())
    with pytest.raises(AuthError, match="no token yet"):
        platform.verify()
    held = platform.refresh({})
    assert X(made, http, Held(held)).verify().name
    again = platform.refresh(held)
    assert platform.refresh(again)["token"] not in (held["token"], again["token"])
    # Another one in the config takes the place of all that came from the first.
    second = network.stand_ins["x"].logins.consent("editor", "app-1")
    other = X(options(refresh_token=Secret(second)), http, Held(again))
    with pytest.raises(AuthError, match="no token yet"):
        other.verify()
    fresh = other.refresh(again)
    assert X(options(refresh_token=Secret(second)), http, Held(fresh)).verify().name != again.get("name")


def test_after_a_restore_an_old_refresh_token_is_refused_and_the_newer_ones_end(options, http):
    old = signed_in(X.sign_in(options(), http, REDIRECT))
    platform = X(options(), http, Held(old))
    newer = platform.refresh(old)
    with pytest.raises(AuthError, match="renewing the login: Value passed for the token was invalid") as caught:
        platform.refresh(old)
    assert "syndicate accounts login" in caught.value.hint
    assert caught.value.status == 400
    with pytest.raises(AuthError):
        X(options(), http, Held(newer)).verify()


def test_a_refresh_token_of_elsewhere_is_good_once_in_the_sandbox(options, http):
    made = options(refresh_token=Secret("of-another-program"))
    platform = X(made, http, Held())
    held = platform.refresh({})
    assert X(made, http, Held(held)).verify().name
    with pytest.raises(AuthError, match="invalid"):
        platform.refresh({})


def test_signing_in_again_goes_before_the_config_s_refresh_token(options, http):
    made = options(refresh_token=Secret("spent"))
    held = signed_in(X.sign_in(made, http, REDIRECT))
    platform = X(made, http, Held(held))
    assert platform.verify().id == held["user_id"]
    renewed = platform.refresh(held)
    assert X(made, http, Held(renewed)).verify().id == held["user_id"]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (INVALID, AuthError),
        ((401, {"error": "unauthorized_client", "error_description": "Missing valid authorization header"}), AuthError),
        ((429, {"title": "Too Many Requests"}), Exception),
        ((503, ""), Unavailable),
        (Uncertain("no answer"), Uncertain),
        ((200, "<html>"), Uncertain),
        ((200, {"token_type": "bearer"}), Uncertain),
    ],
)
def test_a_renewal_that_fails_says_how(reply, kind):
    platform = X(Options(**APP), Recorded(reply), Held())
    with pytest.raises(kind):
        platform.refresh({"token": "a", "refresh_token": "r"})


def test_an_answer_without_a_refresh_token_is_kept_and_not_renewed_ahead():
    platform = X(Options(**APP), Recorded((200, {"access_token": "a2"})), Held())
    held = platform.refresh({"token": "a", "refresh_token": "r", "user_id": "2244", "name": "@gazette"})
    assert (held["token"], held["user_id"], held["name"]) == ("a2", "2244", "@gazette")
    assert not {"renew_at", "refresh_token"} & held.keys()


def test_the_token_of_another_account_is_refused():
    platform = X(Options(**APP, user_id="1"), Recorded(ME), Held({"token": "a"}))
    with pytest.raises(AuthError, match=r"the token of @gazette \(2244\), and not of 1"):
        platform.verify()


def test_a_scope_that_is_missing_is_told(options, http, network):
    logins = network.stand_ins["x"].logins
    first = logins.consent("gazette", "app-1", frozenset({"tweet.read", "users.read", "offline.access"}))
    platform = X(options(refresh_token=Secret(first)), http, Held())
    held = platform.refresh({})
    platform = X(options(refresh_token=Secret(first)), http, Held(held))
    with pytest.raises(AuthError, match=r"\(tweet\.write is missing\)"):
        platform.verify()
    with pytest.raises(AuthError, match="oauth2 app permissions") as caught:
        platform.commit(platform.prepare(post("x"), ""), "")
    assert "syndicate accounts login" in caught.value.hint
