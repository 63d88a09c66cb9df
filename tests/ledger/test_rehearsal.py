"""The private copy of a ledger: to stand-ins everything goes, and a dry run finds what the real run would find."""

from datetime import timedelta

import pytest

from syndicate.ledger.delivery_keys import delivery_key
from syndicate.model import Account, Identity
from syndicate.planning.apply import announce

LEASE = timedelta(seconds=60)
MASTO, FACE = Account("masto", "mastodon"), Account("fb", "facebook")


@pytest.fixture
def planned(ledger, article):
    def one(number, account=MASTO):
        return ledger.deliveries.find(delivery_key(announce(article(number), [account], ledger), account.name))

    return one


def test_a_lane_that_another_process_holds_is_free_in_the_copy(ledger, planned, clock):
    first, second = planned(1), planned(2)
    ledger.claims.claim(first, now=clock(), lease=LEASE)
    assert ledger.claims.claim(second, now=clock(), lease=LEASE) is None
    ledger.release_for_rehearsal(keep_logins=True)
    assert ledger.claims.claim(second, now=clock(), lease=LEASE)


def test_an_account_that_has_to_wait_waits_in_a_dry_run_and_not_for_the_sandbox(ledger, planned, clock):
    delivery = planned(1)
    ledger.accounts.wait("masto", clock() + timedelta(hours=6))
    assert ledger.claims.claim(delivery, now=clock(), lease=LEASE) is None
    ledger.release_for_rehearsal(keep_logins=True)
    assert ledger.claims.claim(delivery, now=clock(), lease=LEASE) is None
    ledger.release_for_rehearsal(keep_logins=False)
    assert ledger.claims.claim(delivery, now=clock(), lease=LEASE)


@pytest.mark.parametrize("why", ["person", "auth"])
def test_a_pause_holds_in_a_dry_run_and_not_for_the_sandbox(ledger, planned, clock, why):
    delivery, _ = planned(1), planned(1, FACE)
    ledger.accounts.pause("masto", why, clock())
    assert ledger.release_for_rehearsal(keep_logins=True) == {"masto": why}
    assert ledger.claims.claim(delivery, now=clock(), lease=LEASE) is None
    assert ledger.release_for_rehearsal(keep_logins=False) == {"masto": why}
    assert ledger.claims.claim(delivery, now=clock(), lease=LEASE)


def test_a_pause_of_everything_ends_as_well(ledger, planned, clock):
    planned(1)
    ledger.pauses.add("", now=clock(), until=None)
    ledger.pauses.add("storm", now=clock(), until=None)
    assert ledger.release_for_rehearsal(keep_logins=False) == {"masto": "all"}
    assert (ledger.pauses.all(), ledger.accounts.find("masto").paused) == ([], None)


@pytest.mark.parametrize("keep", [True, False])
def test_logins_are_kept_where_the_networks_stay_the_same(ledger, planned, clock, keep):
    planned(1)
    assert ledger.credentials.lock("masto", 0, clock())
    assert ledger.credentials.replace("masto", 0, {"token": "abc"})
    ledger.accounts.identified("masto", Identity("7", "@gazette"), clock())
    ledger.release_for_rehearsal(keep_logins=keep)
    identity = ledger.accounts.find("masto").identity
    assert (ledger.credentials.load("masto")[1], identity and identity.name) == (
        ({"token": "abc"}, "@gazette") if keep else ({}, None)
    )
