"""The ledger in numbers."""

from __future__ import annotations

from datetime import timedelta

from syndicate.ledger.overview import overview
from syndicate.model import Account, Validators
from tests.worlds.accounts import MASTO

FACE = Account("fb", "facebook")


def test_every_number_is_of_what_it_says(ledger, clock, put):
    minute = timedelta(minutes=1)
    for account in (MASTO, FACE):
        ledger.accounts.ensure(account, clock())
    put(1, state="due", due_at=clock() - minute)
    put(2, state="due", due_at=clock() - 2 * minute)
    put(3, state="due", due_at=clock() + minute)
    put(4, state="planned", due_at=clock() - timedelta(hours=1))
    put(5, account=FACE, state="due", due_at=clock())
    ledger.accounts.pause("fb", "person", clock())
    ledger.accounts.unreachable("masto", clock(), 5)
    for name in ("news", "never"):
        ledger.sources.ensure(name, "https://gazette.example/rss")
    ledger.sources.read("news", Validators(), baseline_at=clock() - minute, entries=1, next_poll_at=clock())
    ledger.sources.failed("never", "down", next_poll_at=clock(), retry_at=None)
    row = ledger.claims.claim(put(6, state="due", due_at=clock()), now=clock(), lease=minute)
    seen = overview(ledger.database, clock())
    assert sorted(seen.deliveries) == [
        ("fb", "due", 1),
        ("masto", "due", 3),
        ("masto", "planned", 1),
        ("masto", "sending", 1),
    ]
    assert sorted(seen.oldest) == [("fb", 0.0), ("masto", 120.0)]
    assert seen.paused == [("fb", "person", 1)]
    assert sorted(seen.failures) == [("fb", 0), ("masto", 1)]
    assert sorted(seen.source_failures) == [("never", 1), ("news", 0)]
    assert seen.polled == [("news", 60.0)]
    assert (seen.attempts, seen.dropped, seen.alerts) == ([], [], [])
    ledger.outcomes.failed(row, "rejected", error="no", now=clock())
    assert [(account, number) for account, _, number in overview(ledger.database, clock()).attempts] == [("masto", 1)]
    put(7, state="due", reason="template", expires_at=clock())
    ledger.backlog.expire(clock())
    ledger.notices.observe({("login", "fb"): "refused", ("expiring", "masto", "template"): "waits"}, clock())
    ledger.notices.happened("source_gap", "news", "may be missing", clock())
    seen = overview(ledger.database, clock())
    assert seen.dropped == [("masto", "template", 1)]
    assert sorted(seen.alerts) == [("expiring", "masto", "template", 1), ("login", "fb", "", 1)]
