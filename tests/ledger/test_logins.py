"""Whose login an account is: other secrets, other logins, and two names of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ledger.account_names import UNKNOWN, Fingerprint
from syndicate.ledger.logins import SALT
from syndicate.model import Account, Identity
from tests.worlds.accounts import MASTO

MASTO2 = replace(MASTO, name="masto2")
PAGE = Account("page", "facebook")
SERVER = Fingerprint("server", "", "token")
ANOTHER = Fingerprint("server", "", "another token")
ME, OTHER = Identity("1", "@gazette"), Identity("2", "@other")
LEASE = timedelta(seconds=60)


@pytest.fixture
def known(ledger, clock):
    """An account whose network has said whose it is."""
    ledger.logins.register(MASTO, SERVER, clock())
    assert ledger.logins.met(MASTO, SERVER, ME, clock()) is None
    clock.move(hours=1)


def states(ledger):
    return [(row.account, row.state, row.reason) for row in ledger.deliveries.search()]


def test_a_secret_is_never_stored_and_its_hash_is_of_no_use_in_another_ledger(ledger):
    first = ledger.logins.proof("masto-token")
    assert ledger.logins.proof("masto-token") == first != ledger.logins.proof("masto-token2")
    ledger.database.change("UPDATE meta SET value = :other WHERE name = :name", other="00" * 32, name=SALT)
    assert ledger.logins.proof("masto-token") != first


def test_another_secret_is_doubted_until_the_network_knows_the_login_again(ledger, clock, put, known):
    due = put()
    assert not ledger.logins.doubted("masto")
    assert ledger.logins.register(MASTO, ANOTHER, clock()) is None
    assert ledger.logins.doubted("masto")
    assert ledger.logins.register(MASTO, ANOTHER, clock()) is None, "and stays so"
    assert ledger.logins.doubted("masto")
    before = ledger.accounts.find("masto").baseline_at
    assert ledger.logins.met(MASTO, ANOTHER, ME, clock()) is None
    assert not ledger.logins.doubted("masto")
    assert ledger.accounts.find("masto").baseline_at == before
    assert ledger.deliveries.find(due.key) == due


def test_a_secret_of_an_account_whose_network_was_never_asked_is_not_doubted(ledger, clock, put):
    ledger.logins.register(MASTO, SERVER, clock())
    due = put()
    ledger.logins.register(MASTO, ANOTHER, clock())
    assert not ledger.logins.doubted("masto")
    assert ledger.logins.met(MASTO, ANOTHER, OTHER, clock()) is None
    assert ledger.deliveries.find(due.key) == due


def test_an_account_that_is_as_it_was_is_not_written_again(ledger, clock, known):
    ledger.logins.register(MASTO, SERVER, clock())
    before = ledger.database.changed_here()
    ledger.logins.register(MASTO, SERVER, clock())
    assert ledger.database.changed_here() == before
    ledger.logins.register(MASTO, ANOTHER, clock())
    assert ledger.database.changed_here() > before
    assert ledger.logins.doubted("masto")


def test_a_ledger_of_before_asks_once_whose_the_secret_is(ledger, clock, known):
    ledger.database.change("UPDATE account SET proof = NULL, login = NULL")
    ledger.logins.register(MASTO, SERVER, clock())
    assert ledger.logins.doubted("masto")
    ledger.logins.met(MASTO, SERVER, ME, clock())
    ledger.logins.register(MASTO, SERVER, clock())
    assert not ledger.logins.doubted("masto")


def test_what_waits_for_one_login_never_reaches_another_and_waits_again_when_it_is_back(ledger, clock, put, known):
    later = clock() + timedelta(hours=2)
    for number, columns in enumerate(
        (
            {"state": "planned", "reason": "embargo", "due_at": later},
            {"state": "planned", "reason": "burst", "due_at": None},
            {"state": "due", "reason": "rate_limited", "due_at": later},
            {"state": "due", "expires_at": clock() + timedelta(minutes=1)},
        )
    ):
        put(number, **columns)
    sent = put(7, state="unknown", reason="no_answer")
    before = {row.key: row for row in ledger.deliveries.search(states=("planned", "due"))}
    ended = ledger.logins.met(MASTO, ANOTHER, OTHER, clock())
    assert (ended.identity, ended.articles) == (ME, 4)
    assert states(ledger).count(("masto", "skipped", "baseline")) == 4
    assert ledger.deliveries.find(sent.key).state == "held"
    assert ledger.accounts.find("masto").baseline_at == clock()
    clock.move(minutes=2)
    back = ledger.logins.met(MASTO, SERVER, ME, clock())
    assert (back.identity, back.articles) == (OTHER, 0)
    found = {row.key: row for row in ledger.deliveries.search(states=("planned", "due"))}
    assert {key: (row.state, row.reason, row.due_at) for key, row in found.items()} == {
        key: (row.state, row.reason, row.due_at) for key, row in before.items() if row.expires_at is None or row.reason
    }
    assert len(found) == 3, "one had grown too old"


def test_an_answer_without_an_id_says_nothing(ledger, clock, put, known):
    put()
    assert ledger.logins.met(MASTO, SERVER, Identity("", ""), clock()) is None
    assert states(ledger) == [("masto", "due", None)]


def test_stand_ins_for_a_network_say_nothing_of_whose_it_is(ledger, clock, put, known):
    put()
    assert ledger.logins.register(MASTO, UNKNOWN, clock()) is None
    assert ledger.logins.met(MASTO, UNKNOWN, OTHER, clock()) is None
    assert states(ledger) == [("masto", "due", None)]


# Two names of one login


@pytest.fixture
def twins(ledger, clock, known):
    ledger.logins.register(MASTO2, ANOTHER, clock())
    ledger.logins.met(MASTO2, ANOTHER, ME, clock())


def test_two_names_of_one_login_are_known_by_what_the_network_or_the_config_says(ledger, clock, twins):
    for name in ("page", "page2"):
        ledger.logins.register(replace(PAGE, name=name), Fingerprint("4711"), clock())
    ledger.logins.register(replace(PAGE, name="other"), Fingerprint("4712"), clock())
    assert ledger.logins.twins(["masto", "masto2", "page", "page2", "other"]) == [
        ["masto", "masto2"],
        ["page", "page2"],
    ]
    assert ledger.logins.twins(["masto", "page", "other"]) == []


@pytest.mark.parametrize("state", ["sending", "unknown", "held", "posted"])
def test_what_went_out_under_one_name_cannot_be_claimed_under_the_other(ledger, clock, put, twins, state):
    first = put(1, MASTO, state=state)
    second, third = put(1, MASTO2), put(2, MASTO2)
    assert ledger.logins.twin(second).key == first.key
    assert ledger.claims.claim(second, now=clock(), lease=LEASE) is None
    assert ledger.logins.twin(third) is None
    assert ledger.claims.claim(third, now=clock(), lease=LEASE)


@pytest.mark.parametrize("columns", [{"state": "due"}, {"state": "skipped"}, {"state": "posted", "revision": 1}])
def test_what_did_not_go_out_or_was_sent_again_by_a_person_hinders_nothing(ledger, clock, put, twins, columns):
    put(1, MASTO, **columns)
    assert ledger.claims.claim(put(1, MASTO2), now=clock(), lease=LEASE)


def test_two_logins_of_one_server_have_nothing_to_do_with_each_other(ledger, clock, put, known):
    ledger.logins.register(MASTO2, ANOTHER, clock())
    ledger.logins.met(MASTO2, ANOTHER, OTHER, clock())
    put(1, MASTO, state="posted")
    assert ledger.claims.claim(put(1, MASTO2), now=clock(), lease=LEASE)


# What max_age binds


@pytest.mark.parametrize("hours", [1, 48])
def test_another_max_age_binds_what_waits(ledger, clock, put, hours):
    ledger.logins.register(MASTO, SERVER, clock())
    ends = clock() + timedelta(hours=20)
    rows = [put(1, expires_at=ends), put(2, state="planned", reason="approval", expires_at=ends), put(3)]
    rows += [put(4, replace(MASTO, name="other"), expires_at=ends), put(5, state="posted", expires_at=ends)]
    for _ in range(2):
        ledger.logins.register(replace(MASTO, max_age=timedelta(hours=hours)), SERVER, clock())
    moved = ends + timedelta(hours=hours - 24)
    assert [ledger.deliveries.find(row.key).expires_at for row in rows] == [moved, moved, None, ends, ends]
