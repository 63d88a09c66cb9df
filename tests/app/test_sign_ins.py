"""Which accounts need somebody to sign in, and what a rehearsal uses instead."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from syndicate.app.renewals import Renewals
from syndicate.app.runs import forgets
from syndicate.app.sign_ins import FORGOTTEN, LOST_KEY, NEVER, HeldCredentials, SignIns, completed, signed_out
from syndicate.config.schema import AccountConfig
from syndicate.model import Account, Secret
from syndicate.model.dataclass import dataclass
from syndicate.platforms.bluesky import Bluesky
from syndicate.platforms.bluesky import Options as BlueskyOptions
from syndicate.platforms.mastodon import Mastodon
from syndicate.platforms.mastodon import Options as MastodonOptions
from syndicate.platforms.webhook import Options as WebhookOptions
from syndicate.platforms.webhook import Webhook
from syndicate.serialization import instant

URL = "https://social.example"
ENTRY = AccountConfig(Account("masto", "mastodon"), MastodonOptions(URL))


@dataclass(frozen=True, slots=True)
class Options:
    client_id: str | None = None
    client_secret: Secret | None = None
    token: Secret | None = None
    page: str | None = None


class Plain:
    """An adapter that says nothing of its options."""

    @staticmethod
    def sign_in(options, http, redirect):
        yield from ()


class Turning(Plain):
    rotates = True


@pytest.fixture
def kind(ledger, clock):
    ledger.accounts.ensure(ENTRY.account, clock())
    config = SimpleNamespace(accounts={"masto": ENTRY}, enabled=[ENTRY.account])
    return SimpleNamespace(config=config, ledger=ledger, stand_ins=False, assumes_limits=False, forgets=False)


@pytest.fixture
def sign_ins(kind):
    return SignIns(kind)


@pytest.mark.parametrize(
    ("adapter", "options", "instead"),
    [
        (Mastodon, MastodonOptions(URL, Secret("token-1234")), {}),
        (Mastodon, MastodonOptions(URL), {"url": URL, "token": "<token>"}),
        (Bluesky, BlueskyOptions("a.example", Secret("x")), {}),
        (Bluesky, BlueskyOptions("a.example"), {"handle": "a.example", "app_password": "<app password>"}),
        (Webhook, WebhookOptions("https://a.example/hook"), {}),
        (Plain, Options(client_id="id", client_secret=Secret("of-the-app")), {"token": "<token>"}),
        (Plain, Options(token=Secret("token-1234")), {}),
    ],
)
def test_a_login_in_the_config_needs_no_other(adapter, options, instead):
    assert signed_out(adapter, options) == instead


def test_what_signing_in_found_stands_for_options_that_are_not_set():
    held = {"page": "77", "client_id": "theirs", "token": "secret-token", "user_id": "5"}
    assert completed(Options(client_id="ours"), held) == Options(client_id="ours", page="77")


def test_an_account_needs_somebody_until_they_signed_in(sign_ins, ledger, clock):
    assert sign_ins.needed(ENTRY, Mastodon) == NEVER
    sign_ins.mark(ENTRY, Mastodon)
    assert (ledger.accounts.find("masto").paused, ledger.accounts.find("masto").trouble) == ("login", NEVER)
    ledger.credentials.sign_in("masto", {"token": "good-token"}, clock())
    assert (sign_ins.needed(ENTRY, Mastodon), sign_ins.is_signed_in("masto")) == (None, True)
    sign_ins.mark(ENTRY, Mastodon)
    assert (ledger.accounts.find("masto").paused, ledger.accounts.find("masto").trouble) == (None, None)


def test_what_cannot_be_opened_needs_somebody(sign_ins, ledger, clock):
    ledger.credentials.sign_in("masto", {"token": "good-token"}, clock())
    ledger.database.change("UPDATE credential SET data = 'gAAAA'")
    assert sign_ins.needed(ENTRY, Mastodon) == LOST_KEY


def test_a_refusal_of_the_network_does_not_end_by_itself(sign_ins, ledger, clock):
    ledger.credentials.sign_in("masto", {"token": "good-token"}, clock())
    ledger.accounts.pause("masto", "auth", clock())
    ledger.accounts.troubled("masto", "it was revoked")
    sign_ins.mark(ENTRY, Mastodon)
    assert ledger.accounts.find("masto").paused == "login"


def test_the_pause_of_a_person_stays(sign_ins, ledger, clock):
    ledger.accounts.pause("masto", "person", clock())
    sign_ins.mark(ENTRY, Mastodon)
    assert ledger.accounts.find("masto").paused == "person"


@pytest.mark.parametrize("rehearsal", ["stand_ins", "assumes_limits"])
def test_a_rehearsal_needs_nobody_and_pauses_nothing(kind, ledger, rehearsal):
    setattr(kind, rehearsal, True)
    sign_ins = SignIns(kind)
    sign_ins.mark(ENTRY, Mastodon)
    assert ledger.accounts.find("masto").paused is None
    assert sign_ins.stand_in(ENTRY, Mastodon) == {"url": URL, "token": "<token>"}


def test_where_the_machine_forgets_a_login_that_turns_is_refused(kind, ledger, clock):
    kind.forgets = True
    entry = AccountConfig(ENTRY.account, Options())
    ledger.credentials.sign_in("masto", {"token": "good-token"}, clock())
    assert SignIns(kind).needed(entry, Turning) == FORGOTTEN
    assert SignIns(kind).needed(entry, Plain) is None
    assert SignIns(kind).needed(AccountConfig(ENTRY.account, Options(token=Secret("t"))), Turning) is None


@pytest.mark.parametrize(
    ("environ", "key_file", "so"),
    [
        ({}, None, False),
        ({"CI": "true"}, None, True),
        ({"GITHUB_ACTIONS": "true"}, None, True),
        ({"CI": "false"}, None, False),
        ({"CI": "true", "SYNDICATE_KEY": "k"}, None, False),
        ({"CI": "true"}, "key", False),
    ],
)
def test_a_machine_forgets_in_ci_where_the_key_is_only_beside_the_ledger(environ, key_file, so):
    assert forgets(SimpleNamespace(key_file=key_file), environ) is so


def test_secrets_that_are_held_are_learned_and_others_are_not(sign_ins, ledger, clock):
    held = {"token": "good-token", "accessJwt": "session-token", "url": URL, "user_id": "12345678", "app_secret": "s"}
    ledger.credentials.sign_in("masto", held, clock())
    assert sign_ins.secrets() == {"good-token", "session-token"}
    learned = []
    session = SimpleNamespace(current=lambda: (held, ""))
    assert HeldCredentials(session, {}, lambda *secrets: learned.extend(secrets)).current() == held
    assert sorted(learned) == ["good-token", "session-token"]


def test_what_is_due_is_renewed_and_what_waits_for_somebody_is_not(kind, ledger, clock):
    renewals = Renewals(kind, SimpleNamespace(sign_ins=SignIns(kind)))
    ledger.credentials.sign_in("masto", {"token": "good-token", "renew_at": instant(clock())}, clock())
    assert renewals.due() == ["masto"]
    ledger.accounts.pause("masto", "person", clock())
    assert renewals.due() == ["masto"]  # else its login would end meanwhile
    ledger.accounts.resume("masto", clock())
    ledger.accounts.pause("masto", "auth", clock())
    assert renewals.due() == []
    ledger.accounts.resume("masto", clock())
    kind.assumes_limits = True
    assert renewals.due() == []
