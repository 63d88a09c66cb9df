"""Signing in to Meta's networks, and renewing the tokens of those whose accounts have one of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from syndicate.errors import AuthError, RateLimited, Unavailable
from syndicate.model import Post, Secret, Visit
from syndicate.net.http import RequestsHttp
from syndicate.platforms import facebook, instagram, threads
from syndicate.ports import Refreshable, SignIn
from syndicate.sandbox.server import Sandbox
from syndicate.testing import KEY, Held, Recorded, now, post
from tests.worlds.instagram import SHOT
from tests.worlds.meta_person import led, person, signed_in
from tests.worlds.threads import refusal

REDIRECT = "http://127.0.0.1:9999/back"
LONG = (200, {"access_token": "long-1", "token_type": "bearer", "expires_in": 5_183_944})


@dataclass(frozen=True)
class Network:
    """What is its own of a network's sign-in. `used`: how it refuses a code that was used already."""

    adapter: Any
    options: Any
    page: str = ""
    scopes: str = ""
    api: str = ""
    grant: str = ""
    story: Post = field(default_factory=post)
    account: Any = field(default_factory=dict)
    used: str = "unknown, used or too old"


NETWORKS = {
    "threads": Network(
        threads.Threads,
        threads.Options,
        "https://threads.net/oauth/authorize",
        "threads_basic,threads_content_publish,threads_delete",
        "https://graph.threads.net",
        "th",
    ),
    "instagram": Network(
        instagram.Instagram,
        instagram.Options,
        "https://www.instagram.com/oauth/authorize",
        "instagram_business_basic,instagram_business_content_publish,instagram_business_manage_comments",
        "https://graph.instagram.com",
        "ig",
        post(media=(SHOT,)),
    ),
    "facebook": Network(facebook.Facebook, facebook.Options, account={"page_id": "4711"}, used="has been used"),
}
ALL = pytest.mark.parametrize("name", NETWORKS)
OWN_TOKENS = pytest.mark.parametrize("name", ["threads", "instagram"])


@pytest.fixture
def network(name):
    return NETWORKS[name]


class Wound:
    """Seconds since 1970 that a test winds forward."""

    ahead = 0.0

    def __call__(self):
        return now().timestamp() + self.ahead


@pytest.fixture
def clock():
    return Wound()


@pytest.fixture
def sandbox(clock):
    with Sandbox(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
def http():
    door = RequestsHttp(clock=now)
    yield door
    door.close()


@pytest.fixture
def options(sandbox, network):
    def make(**more):
        return network.options(app_id="1", app_secret=Secret("s-1"), api_url=sandbox.url, **more)

    return make


@OWN_TOKENS
def test_it_can_sign_in_and_renew(network):
    assert issubclass(network.adapter, SignIn)
    assert issubclass(network.adapter, Refreshable)


@OWN_TOKENS
def test_signing_in_gives_a_token_of_60_days_that_posts_as_the_person_who_allowed_it(sandbox, http, network, options):
    held = signed_in(network.adapter.sign_in(options(), http, REDIRECT), person(member="mara"))
    life = datetime.fromisoformat(held["expires_at"]) - now()
    assert timedelta(days=59) < life < timedelta(days=60)
    assert datetime.fromisoformat(held["renew_at"]) - now() < timedelta(days=7)
    platform = network.adapter(options(), http, Held(held))
    identity = platform.verify()
    assert (identity.name, identity.id) == ("@mara", held["user_id"])
    assert network.scopes.split(",")[1] in identity.scopes
    assert sandbox.posts() == []
    platform.commit(platform.prepare(network.story, KEY), KEY)
    assert sandbox.posts()[0]["account"] == "mara"


@OWN_TOKENS
def test_the_page_is_asked_for_what_posting_and_all_else_need(network):
    plain = network.options(app_id="77", app_secret=Secret("s"))
    visit = next(network.adapter.sign_in(plain, Recorded(), REDIRECT))
    assert isinstance(visit, Visit)
    parts = urlsplit(visit.address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == network.page
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert query.pop("state")
    assert query == {
        "client_id": "77",
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": network.scopes,
    }


@OWN_TOKENS
def test_the_app_s_own_redirect_address_takes_the_place_of_ours(http, network, options):
    own = "https://gazette.example/back"
    seen = []

    def answer(question):
        seen.append(question.address)
        return led(question.address)

    signed_in(network.adapter.sign_in(options(redirect_url=own), http, REDIRECT), answer)
    assert parse_qs(urlsplit(seen[0]).query)["redirect_uri"] == [own]


@ALL
def test_who_denies_it_gets_no_token(http, network, options):
    with pytest.raises(AuthError, match="not allowed"):
        signed_in(network.adapter.sign_in(options(), http, REDIRECT), person(allow="no"))


@ALL
def test_a_code_is_good_once(http, network, options):
    flow = network.adapter.sign_in(options(**network.account), http, REDIRECT)
    answer = led(next(flow).address)
    code = parse_qs(urlsplit(answer).query)["code"][0]
    with pytest.raises(StopIteration):
        flow.send(answer)
    with pytest.raises(AuthError, match=network.used) as caught:
        signed_in(network.adapter.sign_in(options(), http, REDIRECT), lambda _: code)
    assert "nothing was stored" in caught.value.hint


@ALL
def test_an_answer_of_another_attempt_is_refused(http, network, options):
    other = led(next(network.adapter.sign_in(options(), http, REDIRECT)).address)
    with pytest.raises(AuthError, match="another attempt"):
        signed_in(network.adapter.sign_in(options(), http, REDIRECT), lambda _: other)


@OWN_TOKENS
def test_another_account_than_the_config_s_is_refused(http, network, options):
    with pytest.raises(AuthError, match="the config has 9"):
        signed_in(network.adapter.sign_in(options(user_id="9"), http, REDIRECT), person())


@OWN_TOKENS
def test_without_the_app_there_is_nothing_to_sign_in_with(network):
    with pytest.raises(AuthError, match="app_id and app_secret"):
        next(network.adapter.sign_in(network.options(token=Secret("t")), Recorded(), REDIRECT))


@OWN_TOKENS
def test_without_a_token_a_call_says_how_to_get_one(http, network, options):
    with pytest.raises(AuthError) as caught:
        network.adapter(options(), http, Held()).verify()
    assert "accounts login" in caught.value.hint


@OWN_TOKENS
def test_a_token_is_renewed_once_it_is_a_day_old(http, network, options, clock):
    held = signed_in(network.adapter.sign_in(options(), http, REDIRECT), person(member="mara"))
    platform = network.adapter(options(), http, Held(held))
    with pytest.raises(Unavailable, match="24 hours"):
        platform.refresh(held)
    clock.ahead = 90_000
    fresh = platform.refresh(held)
    assert fresh["token"] != held["token"]
    assert fresh["user_id"] == held["user_id"]
    clock.ahead = 61 * 86_400
    with pytest.raises(AuthError):
        platform.refresh(held)


@OWN_TOKENS
class TestTheTokenOfTheConfig:
    @pytest.fixture
    def adapter(self, network):
        def make(*replies, token="token-1", **options):
            door = Recorded(*replies)
            return network.adapter(network.options(token=Secret(token), **options), door, Held()), door

        return make

    def test_it_is_exchanged_for_one_that_belongs_to_it(self, network, adapter):
        platform, door = adapter(LONG)
        held = platform.refresh({})
        assert door.calls[0].url == f"{network.api}/refresh_access_token"
        assert door.calls[0].params == {"grant_type": f"{network.grant}_refresh_token", "access_token": "token-1"}
        assert held["token"] == "long-1"
        platform, door = adapter(LONG)
        platform.refresh(held)
        assert door.calls[0].params["access_token"] == "long-1"

    def test_another_token_in_the_config_takes_its_place(self, adapter):
        held = adapter(LONG)[0].refresh({})
        platform, door = adapter(LONG, token="token-2")
        platform.refresh(held)
        assert door.calls[0].params["access_token"] == "token-2"

    def test_one_of_an_hour_is_exchanged_where_the_app_s_secret_is_known(self, network, adapter):
        platform, door = adapter(refusal(100), LONG, app_id="1", app_secret=Secret("s-1"))
        assert platform.refresh({})["token"] == "long-1"
        assert door.calls[1].url == f"{network.api}/access_token"
        assert door.calls[1].params == {
            "grant_type": f"{network.grant}_exchange_token",
            "client_secret": "s-1",
            "access_token": "token-1",
        }

    def test_one_that_cannot_be_renewed_yet_is_kept_and_tried_again_in_a_day(self, adapter):
        held = adapter(refusal(100, message="not 24 hours old"))[0].refresh({})
        assert held["token"] == "token-1"
        assert "expires_at" not in held
        wait = datetime.fromisoformat(held["renew_at"]) - datetime.now(UTC)
        assert timedelta(hours=23) < wait <= timedelta(days=1)

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (refusal(190, 463), AuthError),
            (refusal(4, status=429), RateLimited),
            (refusal(1, status=500), Unavailable),
        ],
    )
    def test_a_refusal_says_what_to_do(self, adapter, answer, kind):
        with pytest.raises(kind):
            adapter(answer)[0].refresh({})
