"""A delivery that is claimed and begun in the transaction of another record: all of it, or nothing but that record."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ledger.claims import ANYTHING, Allowance, Intent
from syndicate.schedule import Cap

LEASE = timedelta(seconds=60)
INTENT = Intent({"text": "x"}, "digest", {"a": 1}, cost=5)


def test_it_is_claimed_begun_and_counted(ledger, clock, put):
    row = put()
    with ledger.transaction():
        started = ledger.claims.start(row, INTENT, now=clock(), lease=LEASE, allowance=ANYTHING)
    after = ledger.deliveries.find(row.key)
    assert (after.state, after.attempts, after.fence) == ("sending", row.attempts + 1, row.fence + 1)
    assert (after.post, after.digest, after.draft, after.committed_at) == ({"text": "x"}, "digest", {"a": 1}, clock())
    given = started.delivery
    assert (given.key, given.fence, given.attempts) == (row.key, after.fence, after.attempts)
    assert ledger.database.row("SELECT count FROM run") == {"count": started.count}
    assert ledger.database.row("SELECT lane FROM account WHERE name = 'masto'") == {"lane": row.key}
    assert ledger.deliveries.spent("masto", clock()) == 5
    assert len(ledger.deliveries.attempts(row.key)) == 1


@pytest.mark.parametrize("refused", ["cap", "fence", "pause", "twin's lane"])
def test_one_that_may_not_go_changes_nothing_and_the_record_beside_it_stays(ledger, clock, put, refused):
    row, other = put(1), put(2)
    allowance = ANYTHING
    if refused == "cap":
        ledger.database.change("UPDATE delivery SET committed_at = :now WHERE key = :key", now=0, key=other.key)
        allowance = Allowance((Cap(1, timedelta(days=400_000), "x"),))
    elif refused == "fence":
        row = replace(row, fence=row.fence + 1)
    elif refused == "pause":
        ledger.accounts.pause("masto", "person", clock())
    else:
        ledger.claims.claim(other, now=clock(), lease=LEASE)
    counted = ledger.database.row("SELECT count FROM run")
    lane = ledger.database.row("SELECT lane FROM account WHERE name = 'masto'")
    with ledger.transaction():
        ledger.accounts.troubled("masto", "recorded beside it")
        started = ledger.claims.start(row, INTENT, now=clock(), lease=LEASE, allowance=allowance)
    assert started is None
    assert ledger.accounts.find("masto").trouble == "recorded beside it"
    assert ledger.database.row("SELECT lane FROM account WHERE name = 'masto'") == lane
    assert ledger.deliveries.find(row.key).state == "due"
    assert ledger.deliveries.attempts(row.key) == []
    assert ledger.database.row("SELECT count FROM run") == counted


def test_a_change_is_seen_by_whoever_asks_and_ones_own_apart(ledger, put):
    row, database = put(), ledger.database
    others, here = database.others(), database.changed_here()
    database.change("UPDATE delivery SET looks = 1")
    assert (database.others(), database.changed_here()) == (others, here + 1)
    thread = threading.Thread(target=database.change, args=("UPDATE delivery SET looks = 2",))
    thread.start()
    thread.join()
    assert database.others() != others
    assert database.changed_here() == here + 1
    assert ledger.deliveries.find(row.key).looks == 2


def test_several_are_found_in_the_order_in_which_they_are_asked_for(ledger, put):
    rows = [put(number) for number in range(1, 6)]
    keys = [rows[3].key, rows[0].key, "nothing", rows[3].key, rows[4].key]
    assert ledger.deliveries.several(keys) == [rows[3], rows[0], rows[4]]
    assert ledger.deliveries.several([]) == []


def test_the_queue_is_in_the_order_of_the_next_one(ledger, clock, put):
    rows = [put(number, planned_at=clock() + timedelta(seconds=number)) for number in (1, 2, 3)]
    breaking = put(4, priority=0, planned_at=clock() + timedelta(seconds=9))
    queue = ledger.deliveries.queue("masto", clock(), 3)
    assert [row.key for row in queue] == [breaking.key, rows[0].key, rows[1].key]
    ledger.database.change("UPDATE delivery SET state = 'unknown' WHERE key = :key", key=rows[2].key)
    assert [row.key for row in ledger.deliveries.queue("masto", clock(), 3)] == [rows[2].key]
    assert ledger.deliveries.queue("masto", clock(), 3, anchor=rows[1].anchor)[0].key == rows[1].key
