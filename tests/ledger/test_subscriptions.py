"""Subscriptions to hubs between requests: what each answer leaves, to the column."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.ledger.database import from_micros
from syndicate.ledger.subscriptions import Subscription
from syndicate.model import Hub

MINUTE = timedelta(minutes=1)
NEWS = Subscription(
    "c1", "news", "https://hub.example/", "https://g.example/rss", "s3", "https://desk.example", "pending", "subscribe"
)


@pytest.fixture
def put(ledger, clock):
    """Adds a subscription; another one beside it must never change."""
    other = replace(NEWS, callback="c9", source="other", state="active", asked=None)
    ledger.subscriptions.add(other, None)

    def make(made=NEWS, act_at=0):
        ledger.subscriptions.add(made, None if act_at is None else clock() + timedelta(seconds=act_at))
        return made

    yield make
    assert ledger.subscriptions.find("c9") == other


def act_at(ledger, callback="c1"):
    row = ledger.database.row("SELECT act_at FROM subscription WHERE callback = :callback", callback=callback)
    return from_micros(row["act_at"])


def test_what_is_added_is_found_by_its_callback_and_its_source(ledger, clock, put):
    put()
    assert ledger.subscriptions.find("c1") == ledger.subscriptions.of("news") == NEWS
    assert ledger.subscriptions.find("c2") is None
    assert NEWS.names == Hub("https://hub.example/", "https://g.example/rss")
    assert replace(NEWS, state="none").names is None
    assert {each.callback for each in ledger.subscriptions.all()} == {"c1", "c9"}


def test_what_is_due_comes_in_order_and_is_taken_once(ledger, clock, put):
    put(replace(NEWS, callback="late", source="late"), -60)
    put(act_at=0)
    put(replace(NEWS, callback="soon", source="soon"), 1)
    assert ledger.subscriptions.has_due(clock())
    assert [each.callback for each in ledger.subscriptions.due(clock())] == ["late", "c1"]
    assert ledger.subscriptions.take("c1", "unsubscribe", clock(), clock() + MINUTE)
    assert not ledger.subscriptions.take("c1", "subscribe", clock(), clock() + MINUTE)
    assert ledger.subscriptions.find("c1") == replace(NEWS, asked="unsubscribe", fails=1)
    assert act_at(ledger) == clock() + MINUTE
    assert ledger.subscriptions.take("late", "subscribe", clock(), clock() + MINUTE)
    assert not ledger.subscriptions.has_due(clock())


def test_what_a_hub_answers_is_kept(ledger, clock, put):
    put()
    hour = clock() + timedelta(hours=1)
    ledger.subscriptions.take("c1", "subscribe", clock(), clock() + MINUTE)
    ledger.subscriptions.failed("c1", "502")
    assert ledger.subscriptions.find("c1") == replace(NEWS, fails=1, error="502")
    ledger.subscriptions.confirmed("c1", lease_until=hour, act_at=clock() + MINUTE)
    assert ledger.subscriptions.find("c1") == replace(NEWS, state="active", asked=None, lease_until=hour)
    assert act_at(ledger) == clock() + MINUTE
    ledger.subscriptions.denied("c1", "no", clock() + 2 * MINUTE)
    assert ledger.subscriptions.find("c1") == replace(NEWS, state="denied", asked=None, error="no")
    assert act_at(ledger) == clock() + 2 * MINUTE


def test_what_ended_is_no_subscription_of_its_source_any_more(ledger, clock, put):
    put()
    ledger.subscriptions.take("c1", "subscribe", clock(), clock() + MINUTE)
    ledger.subscriptions.end("c1", clock() + MINUTE)
    assert ledger.subscriptions.find("c1") == replace(NEWS, state="ended", asked=None)
    assert act_at(ledger) == clock() + MINUTE
    assert ledger.subscriptions.of("news") is None
    assert [each.callback for each in ledger.subscriptions.all()] == ["c9"]
    ledger.subscriptions.remove("c1")
    assert ledger.subscriptions.find("c1") is None


@pytest.mark.parametrize(
    ("state", "confirmed_ago", "act_in", "renewed"),
    [
        ("active", 61, 60, True),
        ("active", 60, 60, False),
        ("active", 61, 0, False),
        ("pending", 61, 60, False),
    ],
)
def test_what_was_confirmed_before_an_instant_is_renewed(ledger, clock, put, state, confirmed_ago, act_in, renewed):
    """Half of the lease lies between the confirmation and the next request."""
    put(replace(NEWS, state=state))
    confirmed, act = clock() - timedelta(seconds=confirmed_ago), clock() + timedelta(seconds=act_in)
    ledger.subscriptions.confirmed("c1", lease_until=act + (act - confirmed), act_at=act)
    ledger.database.change("UPDATE subscription SET state = :state WHERE callback = 'c1'", state=state)
    ledger.subscriptions.refresh(clock(), clock() - timedelta(seconds=60))
    assert act_at(ledger) == (clock() if renewed else act)
    assert ledger.subscriptions.has_due(clock()) is (renewed or act_in == 0)
