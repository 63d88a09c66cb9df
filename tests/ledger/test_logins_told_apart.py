"""What is stored of whose login an account is, which deliveries of two names count, and what another one leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ledger.account_names import Fingerprint
from syndicate.ledger.logins import Ended
from syndicate.model import Account, Identity
from tests.worlds.accounts import MASTO

SECOND = replace(MASTO, name="second")
PAGE = Account("page", "facebook")
SERVER = Fingerprint("server", "", "token")
ANOTHER = Fingerprint("server", "", "another token")
ME, OTHER, NOBODY = Identity("1", "@gazette"), Identity("2", "@other"), Identity("", "")


@pytest.fixture
def logins(ledger):
    return ledger.logins


@pytest.fixture
def stored(ledger):
    def read(*names, account="masto"):
        row = ledger.database.row("SELECT * FROM account WHERE name = :name", name=account)
        return tuple(row[name] for name in names)

    return read


def test_what_is_stored_of_a_secret_and_of_a_login_is_short(logins, clock, stored):
    assert len(logins.proof("secret")) == 32
    assert int(logins.proof("secret"), 16)
    logins.register(MASTO, SERVER, clock())
    assert stored("login", "proof", "doubted") == (None, "token", 0)
    logins.met(MASTO, SERVER, ME, clock())
    [login] = stored("login")
    assert len(login) == 32
    logins.register(PAGE, Fingerprint("4711"), clock())
    assert stored("login", account="page") == ("4711",)


def test_nothing_is_known_of_an_account_that_is_not_there(logins):
    assert logins.doubted("nobody") is False
    assert logins.is_of("nobody", ME) is False
    assert logins.away_since("nobody") is None
    assert logins.twins(["nobody"]) == []


def test_an_account_is_a_login_when_its_network_said_so(logins, clock):
    logins.register(MASTO, SERVER, clock())
    assert logins.is_of("masto", ME) is False
    logins.met(MASTO, SERVER, ME, clock())
    assert [logins.is_of("masto", each) for each in (ME, OTHER)] == [True, False]


def test_since_when_an_account_is_away(logins, ledger, clock, put):
    put(1)
    assert logins.away_since("masto") is None
    ledger.partings.leave("masto", clock())
    assert logins.away_since("masto") == clock()


def test_another_page_under_a_name_ends_the_login_before(logins, clock, put):
    logins.register(PAGE, Fingerprint("4711"), clock())
    put(1, PAGE), put(2, PAGE)
    assert logins.register(PAGE, Fingerprint("4712"), clock()) == Ended(None, 2)
    logins.met(PAGE, Fingerprint("4712"), ME, clock())
    assert logins.register(PAGE, Fingerprint("4713", "4712"), clock()) is None, "another form of the same"
    assert logins.register(PAGE, Fingerprint("4714"), clock()) == Ended(ME, 0)


@pytest.mark.parametrize(
    ("before", "said", "ended"),
    [(ME, OTHER, Ended(ME, 1)), (ME, ME, None), (ME, NOBODY, None), (NOBODY, OTHER, None), (None, OTHER, None)],
)
def test_what_a_network_says_ends_another_login(logins, clock, put, before, said, ended):
    logins.register(MASTO, SERVER, clock())
    if before is not None:
        logins.met(MASTO, SERVER, before, clock())
    put(1)
    assert logins.met(MASTO, SERVER, said, clock()) == ended


def test_a_doubted_login_gets_nothing_back_and_stays_what_it_was(logins, ledger, clock, put, stored):
    logins.register(MASTO, SERVER, clock())
    logins.met(MASTO, SERVER, ME, clock())
    before = stored("login")
    row = put(1)
    ledger.partings.leave("masto", clock())
    logins.register(MASTO, ANOTHER, clock())
    assert ledger.deliveries.find(row.key).state == "skipped"
    assert stored("login", "proof", "doubted") == (*before, "another token", 1)
    logins.register(SECOND, SERVER, clock())
    assert stored("doubted", account="second") == (0,)
    logins.met(MASTO, ANOTHER, ME, clock())
    assert ledger.deliveries.find(row.key).state == "due"
    ledger.partings.leave("masto", clock())
    logins.register(MASTO, ANOTHER, clock())
    assert ledger.deliveries.find(row.key).state == "due"


# Two names of one login


@pytest.fixture
def two(logins, clock):
    for account, signs in ((MASTO, SERVER), (SECOND, ANOTHER)):
        logins.register(account, signs, clock())
        logins.met(account, signs, ME, clock())


@pytest.mark.parametrize(
    ("columns", "counts"),
    [
        ({"state": "posted"}, True),
        ({"state": "sending"}, True),
        ({"state": "unknown"}, True),
        ({"state": "held"}, True),
        ({"state": "due"}, False),
        ({"state": "failed"}, False),
        ({"state": "skipped"}, False),
        ({"state": "posted", "action": "update"}, False),
        ({"state": "posted", "revision": 1}, False),
        ({"state": "posted", "part": 1}, False),
    ],
)
def test_which_delivery_of_the_other_name_counts(logins, put, two, columns, counts):
    theirs, mine = put(1, MASTO, **columns), put(1, SECOND)
    put(2, MASTO, state="posted")
    assert logins.twin(mine) == (theirs if counts else None)


def test_a_delivery_is_not_its_own_twin_nor_that_of_another_network(logins, ledger, clock, put, two):
    mine = put(1, SECOND, state="posted")
    assert logins.twin(mine) is None
    put(1, replace(PAGE, name="masto2"), state="posted")
    ledger.database.change("UPDATE account SET login = (SELECT login FROM account WHERE name = 'masto')")
    assert logins.twin(mine) is None
    assert logins.twins(["masto", "second", "masto2"]) == [["masto", "second"]]
    assert logins.twins(["masto", "masto2"]) == []
    ledger.database.change("UPDATE account SET login = NULL")
    assert logins.twins(["masto", "second"]) == []


def test_what_was_posted_counts_before_what_may_have_been_and_then_the_oldest(logins, ledger, clock, put, two):
    for name in ("third", "fourth"):
        logins.register(replace(MASTO, name=name), SERVER, clock())
        logins.met(replace(MASTO, name=name), SERVER, ME, clock())
    rows = [put(1, replace(MASTO, name=name), state="unknown") for name in ("masto", "third", "fourth")]
    mine = put(1, SECOND)
    ledger.database.change("UPDATE delivery SET planned_at = planned_at - 1 WHERE account = 'third'")
    assert logins.twin(mine).account == "third"
    ledger.database.change("UPDATE delivery SET state = 'posted' WHERE account = 'fourth'")
    assert logins.twin(mine).account == "fourth"
    assert len(rows) == 3


# Age


@pytest.mark.parametrize(
    ("columns", "moved"),
    [
        ({"state": "due"}, True),
        ({"state": "planned"}, True),
        ({"state": "posted"}, False),
        ({"state": "skipped"}, False),
        ({"state": "unknown"}, False),
    ],
)
def test_another_age_moves_what_waits(logins, ledger, clock, put, stored, columns, moved):
    logins.register(MASTO, SERVER, clock())
    ends = clock() + timedelta(hours=5)
    row, without = put(1, expires_at=ends, **columns), put(2, **columns)
    ledger.database.change("UPDATE delivery SET expires_at = NULL WHERE key = :key", key=without.key)
    ledger.database.change("UPDATE account SET max_age = NULL")
    logins.register(MASTO, SERVER, clock())
    assert ledger.deliveries.find(row.key).expires_at == ends, "nobody knows the age that it was planned with"
    assert stored("max_age") == (MASTO.max_age // timedelta(microseconds=1),)
    logins.register(replace(MASTO, max_age=MASTO.max_age + timedelta(hours=1)), SERVER, clock())
    assert ledger.deliveries.find(row.key).expires_at == ends + timedelta(hours=moved)
    assert ledger.deliveries.find(without.key).expires_at is None
