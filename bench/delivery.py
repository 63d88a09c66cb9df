"""The ledger under load: one throttled account with 20,000 due stories, and sixteen lanes at once.

    python bench/delivery.py

Ratios in one run; the times beside them are this machine's.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from figures import note

from syndicate.delivery.ahead import Ahead
from syndicate.delivery.deliver import deliver
from syndicate.delivery.gates import Gate
from syndicate.delivery.lane import Lane, Timeouts
from syndicate.delivery.next import Taken, deliver_next
from syndicate.ledger import Ledger
from syndicate.ledger.database import micros
from syndicate.ledger.deliveries import PlannedDelivery
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model import Account, Article, Delivery, Limits, Post, Receipt, Schedule

LEASE = timedelta(seconds=60)
LANES, EACH, WRITE = 16, 40, 0.020


def now() -> datetime:
    return datetime.now(UTC)


def opened(folder: str) -> Ledger:
    return Ledger(SqliteDatabase(Path(folder) / "ledger.db"), now, lambda: b"")


def filled(ledger: Ledger, accounts: dict[str, int]) -> None:
    """So many due deliveries for each account, each of an article of its own."""
    at = now()
    with ledger.transaction():
        for name, count in accounts.items():
            ledger.accounts.ensure(Account(name, "fake"), at)
            for number in range(count):
                anchor = f"{name}-{number}"
                article = Article("news", f"https://gazette.example/{anchor}", f"Story {number}", published=at)
                ledger.articles.add(article, [SimpleNamespace(hash=anchor, kind="url")], position=0, now=at)
                moment = at - timedelta(hours=1) + timedelta(microseconds=number)
                ledger.deliveries.plan(PlannedDelivery(anchor, name, "fake", "due", due_at=moment), moment)


def crowded() -> None:
    """What one tick and one claim cost beside 20,000 due stories of an account that has to wait."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = opened(folder)
        filled(ledger, {"throttled": 20_000, "free": 300})
        for waiting in ("rate limited", "outside its window"):
            until = now() + timedelta(hours=1)
            if waiting == "rate limited":
                ledger.accounts.wait("throttled", until)
            else:
                ledger.database.change("UPDATE account SET next_at = 0 WHERE name = 'throttled'")
                ledger.backlog.close("throttled", "window", until, "windows", now())
            ticks, picks, claims = [], [], []
            for _ in range(100):
                begun = time.perf_counter()
                names = ledger.deliveries.accounts_with_work(now())
                ticks.append(time.perf_counter() - begun)
                assert names == ["free"], names
                begun = time.perf_counter()
                due = ledger.deliveries.next_due("free", now())
                picks.append(time.perf_counter() - begun)
                assert due is not None
                begun = time.perf_counter()
                claimed = ledger.claims.claim(due, now=now(), lease=LEASE)
                claims.append(time.perf_counter() - begun)
                assert claimed is not None
                ledger.outcomes.posted(claimed, Receipt("1", None), now=now())
            for name, times in (("tick", ticks), ("next", picks), ("claim", claims)):
                note(name, "s", times)
            shown = "  ".join(
                f"{name} {statistics.median(times) * 1000:.2f} ms"
                for name, times in (("tick", ticks), ("next", picks), ("claim", claims))
            )
            print(f"beside 20,000 {waiting}: {shown}  (bound: claim 5 ms)")
        begun = time.perf_counter()
        assert ledger.deliveries.next_due("throttled", now()) is not None
        print(f"next of the 20,000 themselves: {(time.perf_counter() - begun) * 1000:.2f} ms")
        ledger.close()


class Network:
    """Twenty milliseconds a write."""

    name, certainty, key_window, settle = "fake", "keyed", 3300.0, 10.0
    limits = Limits(text=500)

    def measure(self, text: str) -> int:
        return len(text)

    def prepare(self, post: Post, _key: str, _prepared: Any = None) -> dict[str, Any]:
        return {"text": post.text}

    def commit(self, _draft: dict[str, Any], key: str) -> Receipt:
        time.sleep(WRITE)
        return Receipt(key, None)


def render(
    article: Article, _account: Any, _platform: Any, limits: Limits, *, at: datetime, planned_at: datetime
) -> Any:
    post = Post(f"{article.title} {article.url}", article.url, (), (), None, None, at, planned_at, {})
    return SimpleNamespace(post=post, length=len(post.text), limit=limits.text, warnings=(), own_words=None, rest=())


def lanes() -> float:
    """Deliveries a second: sixteen accounts at once, everything but templates and HTTP."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = opened(folder)
        filled(ledger, {f"a{lane}": EACH for lane in range(LANES)})
        gate, terms = Gate(ledger), Timeouts(LEASE, timedelta(seconds=30), lambda: 0.5)

        def drain(name: str) -> None:
            account = Account(name, "fake", image="none", schedule=Schedule(per_day=1000))
            lane = Lane(account, Network(), lambda: Network.limits, timedelta(seconds=10))  # type: ignore[arg-type]
            steps: list[Ahead] = []

            def carry(due: Delivery) -> tuple[Delivery, tuple[str, ...]]:
                steps.append(Ahead(lane, ledger, gate, lambda _: render, ledger.deliveries.queue))
                return deliver(due.key, lane, ledger, render, terms, gate, steps[-1])

            while taken := deliver_next(account, ledger, gate, carry, ledger.deliveries.next_due):
                assert isinstance(taken, Taken), taken
                assert taken.after.state == "posted", taken.after
            assert len(steps) + sum(len(step.taken()) for step in steps) == EACH

        spent = together(drain)
        ledger.close()
    return LANES * EACH / spent


def bare() -> float:
    """Three commits a post and the same sleep, and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        database = SqliteDatabase(Path(folder) / "ledger.db")
        database.change("CREATE TABLE bare (key TEXT PRIMARY KEY, state BIGINT, at BIGINT)")
        for lane in range(LANES):
            for number in range(EACH):
                database.change("INSERT INTO bare VALUES (:key, 0, 0)", key=f"a{lane}-{number}")

        def drain(name: str) -> None:
            for number in range(EACH):
                for state in (1, 2, 3):
                    if state == 3:
                        time.sleep(WRITE)
                    with database.transaction():
                        database.change(
                            "UPDATE bare SET state = :state, at = :at WHERE key = :key",
                            state=state,
                            at=micros(now()),
                            key=f"{name}-{number}",
                        )

        spent = together(drain)
        database.close()
    return LANES * EACH / spent


def together(drain: Any) -> float:
    begun = time.perf_counter()
    with ThreadPoolExecutor(LANES) as pool:
        list(pool.map(drain, [f"a{lane}" for lane in range(LANES)]))
    return time.perf_counter() - begun


def main() -> int:
    crowded()
    runs = [(lanes(), bare()) for _ in range(3)]
    columns = [*zip(*runs, strict=True)]
    for name, column in zip(("lanes", "lanes/reference"), columns, strict=True):
        note(name, "1/s", column)
    ours, theirs = (statistics.median(column) for column in columns)
    print(f"16 lanes at 20 ms a write: {ours:.0f}/s; the same commits alone: {theirs:.0f}/s; ratio {ours / theirs:.2f}")
    print("(bounds: 300/s, ratio 0.4)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
