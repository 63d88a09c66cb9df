"""What one subscription's hub says changes no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ledger.database import micros
from syndicate.ledger.subscriptions import Subscription

MINUTE = timedelta(minutes=1)
NEWS = Subscription("c1", "news", "https://hub.example/", "https://g.example/rss", "s", "https://d.example", "active")


@pytest.fixture
def both(ledger, clock):
    """Two subscriptions that are due; gives the row of one by its callback."""
    for callback in ("c1", "c2"):
        ledger.subscriptions.add(replace(NEWS, callback=callback, source=callback), clock())
    ledger.database.change(
        "UPDATE subscription SET asked = 'subscribe', lease_until = :at, fails = 3, error = 'said'", at=micros(clock())
    )
    return lambda callback="c1": ledger.database.row("SELECT * FROM subscription WHERE callback = :c", c=callback)


WRITES = {
    "take": lambda kept, now: kept.take("c1", "unsubscribe", now, now + MINUTE),
    "failed": lambda kept, now: kept.failed("c1", "502"),
    "confirmed": lambda kept, now: kept.confirmed("c1", lease_until=now + MINUTE, act_at=now + MINUTE),
    "denied": lambda kept, now: kept.denied("c1", "no", now + MINUTE),
    "end": lambda kept, now: kept.end("c1", now + MINUTE),
    "remove": lambda kept, now: kept.remove("c1"),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_write_to_one_leaves_the_others(ledger, clock, both, write):
    mine, other = both(), both("c2")
    WRITES[write](ledger.subscriptions, clock())
    assert both() != mine
    assert both("c2") == other


def test_each_answer_is_kept_to_the_column(ledger, clock, both):
    until, at = clock() + MINUTE, clock() + 2 * MINUTE

    def kept(*names):
        return tuple(both()[name] for name in names)

    columns = ("state", "asked", "lease_until", "act_at", "fails", "error")
    assert ledger.subscriptions.take("c1", "unsubscribe", clock(), at)
    assert kept(*columns) == ("active", "unsubscribe", micros(clock()), micros(at), 4, "said")
    assert not ledger.subscriptions.take("c1", "subscribe", at - timedelta(seconds=1), at)
    assert ledger.subscriptions.take("c1", "subscribe", at, at)
    ledger.subscriptions.confirmed("c1", lease_until=until, act_at=at)
    assert kept(*columns) == ("active", None, micros(until), micros(at), 0, None)
    ledger.subscriptions.failed("c1", "502")
    ledger.subscriptions.denied("c1", "no", until)
    assert kept(*columns) == ("denied", None, None, micros(until), 0, "no")
    ledger.database.change("UPDATE subscription SET asked = 'subscribe', fails = 2")
    ledger.subscriptions.end("c1", at)
    assert kept(*columns) == ("ended", None, None, micros(at), 0, "no")


def test_what_has_ended_is_still_due_but_no_subscription(ledger, clock, both):
    ledger.subscriptions.end("c1", clock())
    assert ledger.subscriptions.of("c1") is None
    assert ledger.subscriptions.of("c2").callback == "c2"
    assert [each.callback for each in ledger.subscriptions.all()] == ["c2"]
    assert {each.callback for each in ledger.subscriptions.due(clock())} == {"c1", "c2"}
    assert ledger.subscriptions.find("c1").state == "ended"


@pytest.mark.parametrize("state", ["none", "pending", "active", "denied"])
def test_whatever_its_state_one_is_found_by_its_source(ledger, clock, state):
    ledger.subscriptions.add(replace(NEWS, state=state, asked="subscribe"), None)
    assert ledger.subscriptions.of("news") == replace(NEWS, state=state, asked="subscribe")
    assert not ledger.subscriptions.has_due(clock() + timedelta(days=999))
    assert ledger.subscriptions.due(clock() + timedelta(days=999)) == []
