"""What is written of one account: to the column, and never of the account beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.ledger.accounts import PAUSED
from syndicate.ledger.database import micros
from syndicate.model import Account, Identity
from tests.worlds.accounts import MASTO

FACE = Account("fb", "facebook")
MINUTE = timedelta(minutes=1)
IDENTITY = Identity("1", "gazette", expires_at=datetime(2027, 1, 1, tzinfo=UTC))

WRITES = {
    "ensure": lambda accounts, now: accounts.ensure(MASTO, now, "another"),
    "tell apart": lambda accounts, now: accounts.ensure(MASTO, now, "better", "one"),
    "pause": lambda accounts, now: accounts.pause("masto", "person", now, now + MINUTE),
    "resume": lambda accounts, now: accounts.resume("masto", now),
    "wait": lambda accounts, now: accounts.wait("masto", now + MINUTE),
    "throttled": lambda accounts, now: accounts.throttled("masto"),
    "troubled": lambda accounts, now: accounts.troubled("masto", "the quota is spent"),
    "flows": lambda accounts, now: accounts.flows("masto"),
    "unreachable": lambda accounts, now: accounts.unreachable("masto", now, 1),
    "reached": lambda accounts, now: accounts.reached("masto"),
    "identified": lambda accounts, now: accounts.identified("masto", IDENTITY, now),
}
WELL = {"throttles": 0, "trouble": None, "failures": 0, "down_since": None, "paused": None, "paused_until": None}
ILL = {"throttles": 3, "trouble": "an earlier one", "failures": 2, "down_since": 5, "paused": None, "paused_until": 7}
STATES = [WELL, ILL, ILL | {"paused": "auth"}, ILL | {"paused": "person"}]


@pytest.fixture
def both(ledger, clock):
    """Two accounts with the same columns; gives the whole row of one by name."""

    def make(columns):
        for account in (MASTO, FACE):
            ledger.accounts.ensure(account, clock(), "one")
            ledger.credentials.lock(account.name, 0, clock())
            settings = ", ".join(f"{name} = :{name}" for name in columns)
            ledger.database.change(f"UPDATE account SET {settings}", **columns)

        def row(name):
            session = ledger.database.row("SELECT * FROM credential WHERE account = :name", name=name)
            return ledger.database.row("SELECT * FROM account WHERE name = :name", name=name), session

        return row

    return make


@pytest.mark.parametrize("write", WRITES)
def test_a_write_to_one_account_leaves_the_others(ledger, clock, both, write):
    changed = False
    for state in STATES:
        row = both(state)
        mine, others = row("masto"), row("fb")
        clock.move(seconds=1)
        WRITES[write](ledger.accounts, clock())
        assert row("fb") == others
        changed |= row("masto") != mine
    assert changed


@pytest.mark.parametrize(
    ("failures", "down_since", "down"), [(0, None, False), (1, None, True), (0, 5, True), (1, 5, True)]
)
def test_a_network_is_down_by_its_failures_or_since_an_instant(ledger, both, failures, down_since, down):
    row = both({"failures": failures, "down_since": down_since})
    ledger.database.change("UPDATE account SET failures = 0, down_since = NULL WHERE name = 'fb'")
    assert ledger.accounts.was_down("masto") is down
    assert ledger.accounts.was_down("fb") is False
    ledger.accounts.reached("masto")
    assert (row("masto")[0]["failures"], row("masto")[0]["down_since"]) == (0, None)


@pytest.mark.parametrize(("throttles", "trouble"), [(0, None), (1, None), (0, "said"), (1, "said")])
def test_a_post_ends_the_waits_and_the_trouble(ledger, both, throttles, trouble):
    row = both({"throttles": throttles, "trouble": trouble})
    ledger.accounts.flows("masto")
    assert (row("masto")[0]["throttles"], row("masto")[0]["trouble"]) == (0, None)


def test_a_post_of_an_account_that_is_well_writes_nothing(ledger, both):
    both(WELL)
    before = ledger.database._connection().total_changes
    ledger.accounts.flows("masto")
    assert ledger.database._connection().total_changes == before


def test_a_login_that_is_not_told_now_keeps_the_word_it_had(ledger, clock, both):
    row = both(WELL)
    ledger.accounts.ensure(MASTO, clock(), "", "one")
    assert row("masto")[0]["whose"] == "one"


def test_what_the_earlier_login_is_sending_is_no_longer_its_own(ledger, clock, both, put):
    both(WELL)
    mine, others = put(1, MASTO, state="sending", lease_until=5), put(1, FACE, state="sending", lease_until=5)
    ledger.accounts.ensure(MASTO, clock(), "two")
    left = ledger.database.row("SELECT fence, lease_until, state FROM delivery WHERE key = :key", key=mine.key)
    assert left == {"fence": mine.fence + 1, "lease_until": 0, "state": "held"}
    assert ledger.deliveries.find(others.key) == others


def test_an_account_that_the_ledger_does_not_know_has_nothing(ledger, clock):
    assert ledger.accounts.find("masto") is None
    assert ledger.accounts.was_down("masto") is False
    assert ledger.accounts.resume("masto", clock()) is False
    assert ledger.accounts.unreachable("masto", clock(), 1) == 0
    assert ledger.accounts.throttled("masto") == 1


def test_a_new_account_begins_now_without_anything(ledger, clock):
    state = ledger.accounts.ensure(MASTO, clock())
    assert (state.name, state.platform, state.baseline_at, state.paused) == ("masto", "mastodon", clock(), None)
    assert (state.identity, state.identity_at, state.failures, state.down_since) == (None, None, 0, None)
    assert state.next_at < clock()
    assert state.opens_at < clock()
    row = ledger.database.row("SELECT * FROM account")
    assert (row["lane"], row["lane_until"], row["paused_until"], row["throttles"]) == (None, 0, None, 0)


@pytest.mark.parametrize(("why", "stays"), [("person", True), ("auth", False), (None, False)])
def test_the_next_login_begins_with_the_pause_of_its_name_alone(ledger, clock, both, why, stays):
    row = both(ILL | {"paused": why, "paused_until": micros(clock() + MINUTE)})
    clock.move(seconds=1)
    ledger.accounts.ensure(MASTO, clock(), "two")
    now = row("masto")[0]
    assert (now["paused"], now["paused_until"], now["down_since"]) == (
        ("person", micros(clock() + MINUTE) - 1_000_000, micros(clock())) if stays else (None, None, None)
    )
    assert (now["failures"], now["throttles"], now["trouble"], now["whose"]) == (0, 0, None, "two")
    assert row("masto")[1] is None


@pytest.mark.parametrize("why", ["auth", "person"])
def test_a_pause_is_told_with_its_reason_and_that_of_everything_for_the_others(ledger, clock, both, why):
    both(WELL)
    assert ledger.accounts.paused() == []
    ledger.accounts.pause("masto", why, clock())
    assert ledger.accounts.paused() == [{"name": "masto", "paused": why}]
    assert ledger.accounts.find("fb").paused is None
    ledger.pauses.add("election", now=clock(), until=None)
    assert ledger.accounts.find("fb").paused is None
    ledger.pauses.add("", now=clock(), until=None)
    assert {row["name"]: row["paused"] for row in ledger.accounts.paused()} == {"masto": why, "fb": "all"}
    assert set(PAUSED) == {"auth", "login", "person", "all"}


def test_the_pause_of_a_person_ends_by_itself_and_no_other(ledger, clock, both):
    both(WELL)
    ledger.accounts.pause("masto", "auth", clock())
    ledger.accounts.pause("masto", "person", clock(), clock())  # the login is still refused
    ledger.database.change("UPDATE account SET paused_until = :now WHERE name = 'fb'", now=micros(clock()))
    assert ledger.accounts.find("masto").paused == "auth"
    assert ledger.accounts.lapsed(clock()) == []


def test_a_person_pauses_anew_with_another_end(ledger, clock, both):
    both(WELL)
    began = clock()
    ledger.accounts.pause("masto", "person", began, began + MINUTE)
    clock.move(seconds=1)
    ledger.accounts.pause("masto", "person", clock(), began + 2 * MINUTE)
    assert ledger.accounts.find("masto").down_since == began
    assert ledger.accounts.lapsed(began + MINUTE) == []
    assert ledger.accounts.lapsed(began + 2 * MINUTE) == ["masto"]


def test_the_state_of_an_account_is_read_to_the_column(ledger, clock, both):
    instants = {"baseline_at": 1, "next_at": 2, "opens_at": 3, "down_since": 4, "identity_at": 5}
    both(WELL | instants | {"failures": 6, "trouble": "said", "paused": "auth"})
    state = ledger.accounts.find("fb")
    assert {name: micros(getattr(state, name)) for name in instants} == instants
    assert (state.name, state.platform, state.failures, state.trouble, state.paused, state.identity) == (
        "fb",
        "facebook",
        6,
        "said",
        "auth",
        None,
    )


def test_who_it_is_and_what_its_server_states_is_kept(ledger, clock, both):
    both(WELL)
    ledger.accounts.identified("masto", IDENTITY, clock())
    state = ledger.accounts.find("masto")
    assert (state.identity, state.identity_at) == (IDENTITY, clock())
    assert ledger.accounts.find("fb").identity is None
