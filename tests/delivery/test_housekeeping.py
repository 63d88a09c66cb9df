"""What needs nobody: pauses that end, stories that grow too old, deliveries whose account is gone."""

from datetime import timedelta

import pytest

from syndicate.delivery.housekeeping import run_housekeeping
from syndicate.ledger.delivery_keys import delivery_key
from syndicate.model import Account
from syndicate.planning.apply import announce
from syndicate.ports import ClockDoubt

LEASE = timedelta(seconds=60)
MASTO, FACE = Account("masto", "mastodon"), Account("fb", "facebook")


@pytest.fixture
def tidy(ledger):
    def run(*accounts, off=()):
        return run_housekeeping(ledger, accounts, {account.name: account for account in (*accounts, *off)})

    return run


@pytest.fixture
def planned(ledger, article):
    def one(account=MASTO):
        return ledger.deliveries.find(delivery_key(announce(article(), [account], ledger), account.name))

    return one


@pytest.fixture
def unanswered(ledger, planned, clock):
    claimed = ledger.claims.claim(planned(), now=clock(), lease=LEASE)
    assert ledger.outcomes.unanswered(claimed, due_at=clock(), now=clock())
    return claimed.key


def test_what_an_account_that_left_the_config_sent_without_an_answer_is_for_a_person(ledger, tidy, unanswered):
    tidy(FACE)
    found = ledger.deliveries.find(unanswered)
    assert (found.state, found.reason, found.due_at) == ("held", "no_answer", None)


def test_what_an_account_that_is_switched_off_sent_can_still_be_looked_up(ledger, tidy, unanswered):
    tidy(FACE, off=[MASTO])
    assert ledger.deliveries.find(unanswered).state == "unknown"


def test_a_pause_ends_by_itself_also_of_an_account_that_is_switched_off(ledger, tidy, planned, clock):
    planned()
    ledger.accounts.pause("masto", "person", clock(), clock() + timedelta(hours=1))
    tidy(off=[MASTO])
    assert ledger.accounts.find("masto").paused == "person"
    clock.move(hours=1)
    tidy(off=[MASTO])
    assert ledger.accounts.find("masto").paused is None


def test_a_pause_of_an_account_that_left_the_config_ends_when_it_is_back(ledger, tidy, planned, clock):
    planned()
    ledger.accounts.pause("masto", "person", clock(), clock() + timedelta(hours=1))
    clock.move(hours=2)
    tidy(FACE)
    assert ledger.accounts.find("masto").paused == "person"
    tidy(FACE, MASTO)
    assert ledger.accounts.find("masto").paused is None


def test_a_pause_of_a_word_ends_by_itself(ledger, tidy, clock):
    ledger.pauses.add("storm", now=clock(), until=clock() + timedelta(hours=1))
    tidy(MASTO)
    assert ledger.pauses.all()
    clock.move(hours=1)
    tidy(MASTO)
    assert ledger.pauses.all() == []


def test_what_grew_too_old_while_it_waited_is_dropped_once(ledger, tidy, planned):
    delivery = planned(Account("masto", "mastodon", approve=True))
    ledger.database.change("UPDATE delivery SET expires_at = 1")
    tidy(MASTO)
    [drop] = ledger.dropped.take()
    assert (drop.key, drop.account, drop.cause, drop.reason) == (delivery.key, "masto", "approval", "too_old")
    tidy(MASTO)
    assert ledger.dropped.take() == []
    assert [(row.state, row.reason) for row in ledger.deliveries.search()] == [("skipped", "too_old")]


@pytest.mark.parametrize(
    ("servers", "state"),
    [(None, "due"), (timedelta(hours=2), "due"), (timedelta(0), "due"), (-timedelta(seconds=1), "planned")],
)
def test_with_a_doubted_clock_what_waits_for_its_time_waits_for_the_servers_time_too(
    ledger, tidy, put, clock, servers, state
):
    row = put(1, state="planned", reason="embargo", due_at=clock())
    late = put(2, state="planned", reason="embargo", due_at=clock() + timedelta(seconds=1))
    old = put(3, state="planned", reason="approval", expires_at=clock() - timedelta(hours=5))
    ledger.doubt = lambda: ClockDoubt("the clock is wrong", None if servers is None else clock() + servers)
    tidy(MASTO)
    assert [ledger.deliveries.find(each.key).state for each in (row, late, old)] == [state, "planned", "planned"]


def test_an_account_that_left_is_told_about_once_and_not_while_the_clock_is_doubted(ledger, tidy, put):
    put(1, MASTO)
    put(2, MASTO)
    ledger.doubt = lambda: ClockDoubt("the clock is wrong")
    assert tidy(FACE) == []
    ledger.doubt = lambda: None
    [words] = tidy(FACE)
    assert words.startswith("masto: not in the config any more; 2 articles that waited for it will not be sent; put it")
    assert tidy(FACE) == []
