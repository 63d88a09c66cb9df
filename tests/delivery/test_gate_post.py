"""The gate on a finished post: approval, budget, another story at its address; and what is recorded of a verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from syndicate.aliases import aliases
from syndicate.delivery.gates import Gate, Skip, Wait, record
from syndicate.ledger.claims import ANYTHING, Allowance, Spend
from syndicate.ledger.deliveries import PlannedDelivery
from syndicate.model import Budget, Schedule
from syndicate.schedule import Cap
from tests.worlds.accounts import MASTO

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DRAFT = {"text": "x"}
CAREFUL = replace(MASTO, approve=True)
PRICED = SimpleNamespace(price=lambda post: 15_000)
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def gate(ledger):
    return Gate(ledger)


@pytest.mark.parametrize(
    ("account", "columns", "wait"),
    [
        (MASTO, {}, None),
        (CAREFUL, {}, Wait("approval", None)),
        (CAREFUL, {"approved": "other"}, Wait("approval", None, "it changed since it was approved")),
        (CAREFUL, {"approved": "digest"}, None),
        (CAREFUL, {"draft": DRAFT}, None),
        (MASTO, {"approved": "other"}, None),
    ],
)
def test_a_post_goes_as_it_was_approved_where_the_account_asks_for_that(put, gate, account, columns, wait):
    assert gate.after_render(put(1, **columns), "digest", account, ANYTHING) == wait


@pytest.mark.parametrize(
    ("cost", "draft", "waits"), [(300_000, None, False), (300_001, None, True), (300_001, DRAFT, False)]
)
def test_a_month_s_posts_may_cost_as_much_as_the_budget_and_no_more(put, gate, ledger, clock, cost, draft, waits):
    put(2, committed_at=NOVEMBER, cost=200_000)
    put(3, committed_at=NOVEMBER - timedelta(microseconds=1), cost=900_000)
    allowance = Allowance(spend=Spend(cost, 500_000, NOVEMBER))
    told = "$0.20 of $0.50 spent this month, and this post costs $0.300"
    december = datetime(2026, 12, 1, tzinfo=UTC)
    expected = Wait("budget", december, told) if waits else None
    assert gate.after_render(put(1, draft=draft), "digest", MASTO, allowance) == expected
    assert gate.spent(MASTO, clock()) == 200_000


@pytest.mark.parametrize(
    ("now", "zone", "since", "until"),
    [
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "UTC", NOVEMBER, datetime(2026, 12, 1, tzinfo=UTC)),
        (
            datetime(2026, 11, 30, 23, 30, tzinfo=UTC),
            "Europe/Berlin",
            datetime(2026, 11, 30, 23, tzinfo=UTC),
            datetime(2026, 12, 31, 23, tzinfo=UTC),
        ),
        (
            datetime(2026, 12, 5, tzinfo=UTC),
            "UTC",
            datetime(2026, 12, 1, tzinfo=UTC),
            datetime(2027, 1, 1, tzinfo=UTC),
        ),
        (
            datetime(2027, 1, 31, 12, tzinfo=UTC),
            "America/New_York",
            datetime(2027, 1, 1, 5, tzinfo=UTC),
            datetime(2027, 2, 1, 5, tzinfo=UTC),
        ),
    ],
)
def test_a_month_is_that_of_the_accounts_clock(put, gate, clock, now, zone, since, until):
    clock.now = now
    account = replace(MASTO, budget=Budget(0.01), schedule=Schedule(timezone=zone))
    row = put(1)
    allowance = gate.allowance(row, account, PRICED, object())
    assert allowance.spend == Spend(15_000, 10_000, since)
    assert gate.after_render(row, "digest", account, allowance).until == until


SPEND = Spend(15_000, 500_000, NOVEMBER)
SLOW = Schedule(spacing=10 * MINUTE, per_hour=3, breaking="at once")
SPACING, PER_HOUR = Cap(1, 10 * MINUTE, "spacing"), Cap(3, HOUR, "per_hour")


@pytest.mark.parametrize(
    ("account", "columns", "platform", "post", "allowance"),
    [
        ({}, {}, PRICED, object(), Allowance((), urgent=False)),
        ({"budget": Budget(0.5)}, {}, PRICED, object(), Allowance((), urgent=False, spend=SPEND)),
        ({"budget": Budget(0.5)}, {}, object(), object(), Allowance((), urgent=False)),
        ({"budget": Budget(0.5)}, {}, PRICED, None, Allowance((), urgent=False)),
        ({"schedule": SLOW}, {}, PRICED, None, Allowance((SPACING, PER_HOUR), urgent=False)),
        ({"schedule": SLOW}, {"priority": 0}, PRICED, None, Allowance((PER_HOUR,), urgent=True)),
        ({"schedule": SLOW, "budget": Budget(0.5)}, {"draft": DRAFT}, PRICED, object(), ANYTHING),
    ],
)
def test_the_claim_checks_caps_and_budget_again(put, gate, account, columns, platform, post, allowance):
    assert gate.allowance(put(1, **columns), replace(MASTO, **account), platform, post) == allowance


# Another story at the address that its page names

OWN = "https://gazette.example/1"
OTHER = replace(MASTO, name="other")


@pytest.mark.parametrize(
    ("rows", "goes"),
    [
        ([], False),  # known from the start
        ([{"state": "posted"}], False),
        ([{"state": "due"}], False),
        ([{"state": "skipped", "reason": "too_old"}], False),
        ([{"state": "failed", "reason": "rejected"}], True),
        ([{"state": "skipped", "reason": "filtered"}], True),
        ([{"state": "skipped", "reason": "preflight"}], True),
        ([{"state": "posted"}, {"state": "failed"}], False),
        ([{"state": "failed"}, {"state": "posted"}], True),
        ([{"state": "failed"}, {"account": "other", "state": "posted"}], True),
        ([{"account": "other", "state": "failed"}], False),
    ],
)
def test_a_story_is_not_sent_under_the_address_of_one_that_the_account_has(ledger, put, article, gate, rows, goes):
    if not rows:
        ledger.articles.add(article(1), aliases(article(1)), position=0, now=NOON)
    for number, columns in enumerate(rows):
        account = OTHER if "account" in columns else MASTO
        if number and account == MASTO:  # a change of the post
            anchor = ledger.articles.at(OWN)
            edit = PlannedDelivery(anchor, "masto", "mastodon", columns["state"], action="edit", revision=1)
            ledger.deliveries.plan(edit, NOON)
        else:
            put(1, **columns | {"account": account})
    put(9, state="posted")
    again = article(7, url="https://gazette.example/amp/1", title="Story 1")
    words = f"its page names itself {OWN}, which is an article of its own here"
    assert gate.announced_as(again, OWN, MASTO) == (None if goes else Skip("preflight", words, alerted=False))


def test_an_address_that_no_story_has_or_another_one_stops_nothing(ledger, clock, article, gate, put):
    twin = put(1, state="posted")
    assert gate.announced_as(article(7), "https://gazette.example/none", MASTO) is None
    ledger.articles.at = lambda _url, _scope: twin.anchor
    other = article(7, title="Ferry stops for good", summary="", published=clock() + timedelta(days=9))
    assert gate.announced_as(other, "https://gazette.example/1", MASTO) is None


# What is recorded


def left(ledger, row):
    now = ledger.deliveries.find(row.key)
    return now.state, now.reason, now.due_at, now.error, now.looks


SOON = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("verdict", "after"),
    [
        (Skip("too_old", "it expired"), ("skipped", "too_old", None, "it expired", 2)),
        (Wait("preflight", SOON, "404"), ("planned", "preflight", SOON, "404", 3)),
        (Wait("preflight", None, None), ("planned", "preflight", NOON, "", 3)),
        (Wait("approval", None, None), ("planned", "approval", None, None, 2)),
        (Wait("approval", SOON, "it changed"), ("planned", "approval", None, "it changed", 2)),
        (Wait("budget", SOON, "spent"), ("due", "budget", SOON, "spent", 2)),
        (Wait("paused", None, "the account"), ("due", "paused", NOON - HOUR, "the account", 2)),
        (Wait("window", SOON, "windows", scheduled=True), ("due", "window", SOON, "windows", 2)),
        (Wait("window", None, "windows", scheduled=True), ("due", "window", NOON - HOUR, "windows", 2)),
        (Wait("spacing", SOON, None, scheduled=True), ("due", "spacing", SOON, "", 2)),
        (Wait("cap", SOON, "per_hour"), ("due", "cap", SOON, "per_hour", 2)),
    ],
)
def test_a_verdict_is_in_the_row(ledger, put, verdict, after):
    row = put(1, state="due", due_at=NOON - HOUR, looks=2)
    record(verdict, row, MASTO, ledger)
    assert left(ledger, row) == after


@pytest.mark.parametrize("alerted", [True, False])
def test_of_a_skip_somebody_hears_where_that_is_asked(ledger, put, alerted):
    record(Skip("preflight", "404", alerted), put(1, state="due"), MASTO, ledger)
    assert len(ledger.alerts.waiting()) == alerted


@pytest.mark.parametrize(("scheduled", "closes"), [(True, True), (False, False)])
def test_a_schedule_closes_the_account_for_all_that_is_due(ledger, put, scheduled, closes):
    row, other = put(1, state="due", planned_at=NOON - HOUR), put(2, state="due")
    record(Wait("spacing", SOON, "spacing", scheduled=scheduled), row, MASTO, ledger)
    assert left(ledger, row)[:4] == ("due", "spacing", SOON, "spacing")
    assert left(ledger, other)[:4] == (("due", "behind", SOON, "spacing") if closes else ("due", None, NOON, None))
    assert (ledger.accounts.find("masto").opens_at == SOON) is closes


def test_breaking_news_that_waits_for_the_hours_waits_until_then(ledger, put):
    """The queue is closed without it."""
    row = put(1, state="due", priority=0)
    record(Wait("window", SOON, "windows", scheduled=True), row, MASTO, ledger)
    assert left(ledger, row)[:4] == ("due", "window", SOON, "windows")
