"""Signing in to LinkedIn, renewing its token, and what `accounts check` says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from syndicate.errors import AuthError, PlatformError, Unavailable
from syndicate.model import Choose, Secret, Visit
from syndicate.platforms import _linkedin_version
from syndicate.platforms.linkedin import LinkedIn, Options
from syndicate.ports import Reply
from syndicate.sandbox import Sandbox
from syndicate.testing import Held, Recorded, recorded
from tests.worlds.signing_in import REDIRECT, signed_in, visited

PAGE, SPORT, PERSON = "urn:li:organization:4711", "urn:li:organization:4712", "urn:li:person:gazette"
APP = {"client_id": "app-1", "client_secret": Secret("app-secret-2")}


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
    return described("linkedin")


@pytest.fixture
def start(network, http):
    def begin(**options):
        made = Options(**APP | options, api_url=network.url)
        return LinkedIn.sign_in(made, http, REDIRECT)

    return begin


@pytest.fixture
def adapter(network, http):
    def make(held, **options):
        return LinkedIn(Options(**APP | options, api_url=network.url), http, Held(held))

    return make


def days(said):
    moment = said if isinstance(said, datetime) else datetime.fromisoformat(said)
    return round((moment - datetime.now(UTC)) / timedelta(days=1))


def test_a_page_is_chosen_and_its_token_is_renewed(start, adapter, network):
    held = signed_in(start(), ["organization", SPORT])
    assert (held["author"], held["name"]) == (SPORT, "Gazette Sport")
    assert [days(held[name]) for name in ("renew_at", "expires_at", "refresh_ends")] == [30, 60, 365]
    platform = adapter(held)
    identity = platform.verify()
    assert (identity.id, identity.name, identity.url) == (
        SPORT,
        "Gazette Sport",
        "https://www.linkedin.com/company/4712/",
    )
    assert identity.notes[0] == "the app has the product Community Management API"
    assert days(identity.expires_at) == 365
    renewed = platform.refresh(held)
    assert renewed["token"] != held["token"]
    assert {name: renewed[name] for name in ("author", "name", "refresh_token")} == {
        name: held[name] for name in ("author", "name", "refresh_token")
    }


def test_a_refresh_token_is_not_prolonged_by_its_use(start, adapter, clock):
    held = signed_in(start(author=PAGE))
    clock.now += 340 * 86_400
    renewed = adapter(held).refresh(held)
    assert days(renewed["refresh_ends"]) == 25
    assert days(renewed["expires_at"]) == 25
    clock.now += 26 * 86_400
    with pytest.raises(AuthError, match=r"renewing the token: .*invalid") as caught:
        adapter(held).refresh(renewed)
    assert "syndicate accounts login" in caught.value.hint


def test_the_page_of_the_config_is_not_asked_for(start):
    assert signed_in(start(author=SPORT))["author"] == SPORT


def test_one_page_is_not_asked_for(start):
    held = signed_in(start(), ["organization"], as_="editor")
    assert held["author"] == SPORT


def test_a_person_signs_in(start):
    held = signed_in(start(), ["person"])
    assert (held["author"], held["name"]) == (PERSON, "Gazette")
    assert days(held["expires_at"]) == 60
    assert "refresh_token" not in held
    assert "renew_at" not in held


@pytest.mark.parametrize(
    ("options", "said", "words"),
    [
        ({"author": PAGE}, {"as_": "editor"}, f"has no role that may post on {PAGE}"),
        ({"author": PAGE}, {"as_": "stranger"}, f"has no role that may post on {PAGE}"),
        ({"author": "urn:li:organization:4713"}, {}, "has no role that may post on urn:li:organization:4713"),
        ({"author": PERSON}, {"as_": "editor"}, f"urn:li:person:editor signed in, and not {PERSON}"),
        ({"author": PAGE}, {"allow": "no"}, "it was not allowed"),
    ],
)
def test_the_wrong_account_or_a_refusal_stores_nothing(start, options, said, words):
    with pytest.raises(AuthError, match=words) as caught:
        signed_in(start(**options), **said)
    assert caught.value.hint.startswith("nothing was stored")


def test_who_manages_no_page_is_told(start):
    with pytest.raises(AuthError, match="no role that may post on any page"):
        signed_in(start(), ["organization"], as_="stranger")


@pytest.mark.parametrize("answer", ["4799", "urn:li:organization:4713"])
def test_an_answer_that_is_no_choice_stores_nothing(start, answer):
    conversation = start()
    next(conversation)
    visit = conversation.send("organization")
    question = conversation.send(visited(visit.address))
    assert isinstance(question, Choose)
    with pytest.raises(AuthError, match="is none of these pages") as caught:
        conversation.send(answer)
    assert caught.value.hint.startswith("nothing was stored")
    other = start()
    next(other)
    with pytest.raises(AuthError, match="is neither person nor organization"):
        other.send(answer)


def test_an_answer_is_good_once_and_for_its_own_attempt(start):
    first, second = start(author=PAGE), start(author=PAGE)
    answer, other = visited(next(first).address), next(second)
    with pytest.raises(StopIteration):
        first.send(answer)
    with pytest.raises(AuthError, match="another attempt"):
        second.send(answer)
    third = start(author=PAGE)
    next(third)
    code = parse_qs(urlsplit(answer).query)["code"][0]
    with pytest.raises(AuthError, match="signing in: Unable to retrieve access token") as caught:
        third.send(code)
    assert caught.value.hint.startswith("nothing was stored")
    assert isinstance(other, Visit)


def test_a_code_that_is_too_old_stores_nothing(start, clock):
    conversation = start(author=PAGE)
    answer = visited(next(conversation).address)
    clock.now += 3600
    with pytest.raises(AuthError, match="too old"):
        conversation.send(answer)


def test_an_app_without_the_product_is_told_which_one_it_needs(described):
    with Sandbox(quirks={"linkedin": {"products": ("share",)}}) as network:
        options, door = Options(author=PAGE, **APP, api_url=network.url), described("linkedin")
        with pytest.raises(AuthError, match="Scope 'r_organization_admin' is not authorized") as caught:
            signed_in(LinkedIn.sign_in(options, door, REDIRECT))
        assert caught.value.hint.startswith("add the product Community Management API")


def test_the_page_asks_for_what_is_needed_and_no_more(start):
    def asked(author):
        return {
            name: values[0] for name, values in parse_qs(urlsplit(next(start(author=author)).address).query).items()
        }

    assert asked(PERSON)["scope"] == "openid profile w_member_social"
    said = asked(PAGE)
    assert said["scope"] == "w_organization_social r_organization_social r_organization_admin"
    assert (said["client_id"], said["redirect_uri"], said["response_type"]) == ("app-1", REDIRECT, "code")
    assert len(said["state"]) > 20


def test_signing_in_needs_an_app():
    options = Options(PAGE, Secret("t"))
    with pytest.raises(AuthError, match="needs client_id and client_secret"):
        next(LinkedIn.sign_in(options, Recorded(), REDIRECT))


def test_linkedin_s_own_addresses_are_asked():
    scope = "w_member_social,openid,profile"
    door = Recorded(
        (200, {"access_token": "t", "expires_in": 5_184_000, "scope": scope}), (200, {"sub": "a", "name": "Ann"})
    )
    conversation = LinkedIn.sign_in(Options(**APP, author="urn:li:person:a"), door, REDIRECT)
    visit = next(conversation)
    assert visit.address.startswith(
        "https://www.linkedin.com/oauth/v2/authorization?response_type=code&client_id=app-1&"
    )
    with pytest.raises(StopIteration) as done:
        conversation.send("a-code")
    assert {
        "token": "t",
        "author": "urn:li:person:a",
        "name": "Ann",
        "scope": scope,
    }.items() <= done.value.value.items()
    assert [call.url for call in door.calls] == [
        "https://www.linkedin.com/oauth/v2/accessToken",
        "https://api.linkedin.com/v2/userinfo",
    ]
    assert door.calls[0].data == {
        "grant_type": "authorization_code",
        "code": "a-code",
        "redirect_uri": REDIRECT,
        "client_id": "app-1",
        "client_secret": "app-secret-2",
    }


def test_less_than_was_asked_for_is_not_enough():
    door = Recorded((200, {"access_token": "t", "expires_in": 60, "scope": "openid,profile"}))
    conversation = LinkedIn.sign_in(Options(**APP, author=PERSON), door, REDIRECT)
    next(conversation)
    with pytest.raises(AuthError, match="without w_member_social"):
        conversation.send("a-code")


@pytest.mark.parametrize("reply", [(503, ""), (500, {"message": "x"})])
def test_a_server_that_fails_is_no_refusal(reply):
    conversation = LinkedIn.sign_in(Options(**APP, author=PERSON), Recorded(reply), REDIRECT)
    next(conversation)
    with pytest.raises(Unavailable):
        conversation.send("a-code")


# accounts check


def checked(*replies, author=PAGE, held=None, **options):
    return LinkedIn(Options(author, Secret("token-1"), **options), Recorded(*replies), Held(held)).verify()


def roles(*pages, role="ADMINISTRATOR"):
    found = [{"organization": page, "role": role, "state": "APPROVED"} for page in pages]
    return (200, {"elements": found})


REFUSED = (403, {"status": 403, "code": "ACCESS_DENIED", "message": "Not enough permissions to access: x"})
NAMED = (200, {"localizedName": "The Gazette"})


def test_a_page_author_without_the_product_is_refused():
    with pytest.raises(AuthError, match="lacks the product Community Management API") as caught:
        checked(REFUSED)
    assert caught.value.hint.startswith("add the product Community Management API")


def test_a_block_on_the_way_to_linkedin_is_no_word_of_its_products():
    with pytest.raises(PlatformError) as caught:
        checked((403, "<!DOCTYPE html><title>Blocked</title>"))
    assert "lacks the product" not in str(caught.value)


@pytest.mark.parametrize("listed", [roles(SPORT), roles(PAGE, role="ANALYST"), (200, {"elements": []})])
def test_a_page_without_a_role_on_it_is_refused(listed):
    with pytest.raises(AuthError, match=f"has no role that may post on {PAGE}"):
        checked(listed)


def test_a_page_whose_name_cannot_be_read_is_named_by_its_urn():
    assert checked(roles(PAGE), REFUSED).name == PAGE
    assert checked(roles(SPORT, PAGE), NAMED).name == "The Gazette"


def test_a_person_whose_app_tells_no_name_is_named_by_the_config():
    identity = checked(REFUSED, author=PERSON)
    assert (identity.id, identity.name, identity.notes) == (PERSON, PERSON, ())


def test_another_person_s_token_is_refused():
    with pytest.raises(AuthError, match=f"the token of urn:li:person:b, and not of {PERSON}"):
        checked((200, {"sub": "b", "name": "B"}), author=PERSON)


def test_with_the_app_s_secret_linkedin_says_what_a_token_of_the_config_may_and_when_it_ends():
    ends = datetime(2027, 1, 2, tzinfo=UTC)
    said = {"active": True, "scope": "w_member_social,openid", "expires_at": int(ends.timestamp())}
    identity = checked((200, said), (200, {"sub": "gazette", "name": "Ann"}), author=PERSON, **APP)
    assert (identity.expires_at, identity.scopes) == (ends, ("w_member_social", "openid"))
    with pytest.raises(AuthError, match="w_organization_social is missing"):
        checked((200, said), author=PAGE, **APP)
    with pytest.raises(AuthError, match="the token is expired"):
        checked((200, {"active": False, "status": "expired"}), author=PAGE, **APP)
    assert checked((401, {"error": "invalid_client"}), roles(PAGE), NAMED, **APP).expires_at is None


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2027, 7, 16, tzinfo=UTC), None),
        (datetime(2027, 7, 18, tzinfo=UTC), "ends on 2027-09-15; update syndicate"),
        (datetime(2027, 9, 20, tzinfo=UTC), "has ended, or will any day: it was due to end on 2027-09-15"),
    ],
)
def test_a_version_is_warned_of_sixty_days_before_it_ends(now, words):
    reply = recorded(*roles(PAGE))
    then = Reply(reply.status, reply.headers, reply.body, reply.url, now)
    notes = checked(then, NAMED).notes
    assert [words in note for note in notes[1:]] == ([True] if words else [])


def test_a_version_of_the_config_is_warned_of_with_its_own_cure():
    note = _linkedin_version.note("202603", datetime(2027, 2, 1, tzinfo=UTC))
    assert note == "LinkedIn's API version 202603 ends on 2027-03-15; set a newer `version`, or leave it out"
    assert _linkedin_version.ends("202601") == datetime(2027, 1, 15, tzinfo=UTC)
