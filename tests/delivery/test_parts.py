"""Threads: each post goes out once, in order, in reply to the one before, which is settled by then."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicate import errors
from syndicate.delivery import decisions
from syndicate.delivery.deliver import deliver
from syndicate.delivery.gates import Gate
from syndicate.delivery.lane import Lane, Timeouts
from syndicate.ledger import Ledger
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model import Account, Article, Limits, Post, Receipt, Rendered
from syndicate.planning.apply import announce
from tests.worlds.clock import Clock

TERMS = Timeouts(timedelta(seconds=60), timedelta(seconds=30), lambda: 0.5)
MASTO = Account("masto", "fake")
SIZE = 4


class Killed(BaseException):
    """The process ends here; nothing after it runs."""


def render(article, account, platform, limits, *, at, planned_at):
    def post(number):
        return Post(f"{article.title}, post {number}", None, (), (), None, None, at, planned_at, {})

    rest = tuple(Rendered(post(number), 10, limits.text) for number in range(1, SIZE))
    return replace(Rendered(post(0), 10, limits.text), rest=rest)


class Network:
    """Remembers its posts with what each answers, and fails the test where a post comes before its turn."""

    name, certainty, key_window, settle, limits = "fake", "keyed", 3300.0, 15.0, Limits(text=500)

    def __init__(self, ledger):
        self.ledger, self.posts, self.script = ledger, [], []

    def measure(self, text):
        return len(text)

    def prepare(self, post, key, prepared=None):
        return {"text": post.text, "to": post.reply_to and post.reply_to.id}

    def commit(self, draft, key):
        mine = self.ledger.deliveries.find(key)
        if mine.part:
            before = self.ledger.deliveries.of(mine.anchor, mine.account, mine.revision, mine.part - 1)
            assert before.state == "posted"
            assert draft["to"] == before.remote_id
        assert draft["text"].endswith(f"post {mine.part}")
        fault = self.script.pop(0) if self.script else None
        if isinstance(fault, Exception):
            raise fault
        if all(key != known for known, _, _ in self.posts):
            self.posts.append((key, draft["text"], draft["to"]))
        if fault == "answer lost":
            raise errors.Uncertain("the answer was lost")
        if fault == "killed":
            raise Killed
        return Receipt(key, f"https://social.example/{key[:6]}")

    def find(self, draft, key, since):
        fault = self.script.pop(0) if self.script else None
        if isinstance(fault, Exception):
            raise fault
        found = any(key == known for known, _, _ in self.posts)
        return Receipt(key, f"https://social.example/{key[:6]}") if found and fault is None else None


FAULTS = (
    None,
    "answer lost",
    "killed",
    errors.Rejected("no"),
    errors.Unavailable("HTTP 500", status=500),
    errors.RateLimited("slow", retry_after=90),
    errors.Uncertain("cut off"),
    errors.AuthError("no"),
)


class World:
    """One story, and what may be done to its thread."""

    def __init__(self, folder):
        self.clock, path = Clock(), folder / "ledger.db"
        self.ledger = Ledger(SqliteDatabase(path, durable=False), self.clock, lambda: key_beside(path))
        self.network = Network(self.ledger)
        article = Article("news", "https://gazette.example/1", "Harbour", published=self.clock())
        self.anchor = announce(article, [MASTO], self.ledger)

    def rows(self):
        return sorted(self.ledger.deliveries.search(anchor=self.anchor), key=lambda row: row.part)

    def step(self):
        """Deliver the next one that is due, as a run does."""
        lane = Lane(MASTO, self.network, lambda: self.network.limits, timedelta(seconds=15))
        self.ledger.claims.sweep(self.clock() + timedelta(minutes=5), lambda _: timedelta(0))
        state = self.ledger.accounts.find("masto")
        found = self.ledger.deliveries.next_due("masto", self.clock())
        if found is None or (state.paused and found.state != "unknown"):
            return
        with contextlib.suppress(Killed):
            deliver(found.key, lane, self.ledger, render, TERMS, Gate(self.ledger))

    def person(self):
        """Somebody decides about whatever waits for that."""
        self.ledger.resume(MASTO)
        for row in self.rows():
            if row.state == "failed":
                decisions.retry(row, self.ledger)
            elif row.state == "held":
                out = any(row.key == known for known, _, _ in self.network.posts)
                decisions.resolve(row, self.ledger, url=f"https://social.example/{row.key[:6]}" if out else None)

    def check(self):
        texts = [text for _, text, _ in self.network.posts]
        assert texts == [f"Harbour, post {number}" for number in range(len(texts))]
        for row in self.rows()[:-1]:
            assert row.state == "posted"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(range(len(FAULTS))), max_size=14), st.randoms(use_true_random=False))
def test_no_post_of_a_thread_goes_out_before_the_one_before_it_is_settled(faults, chance):
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        world.network.script = [FAULTS[number] for number in faults]
        for _ in range(200):
            world.step()
            world.check()
            world.clock.now += timedelta(seconds=chance.choice((1, 20, 400)))
            if chance.random() < 0.3:
                world.person()
            if len(world.rows()) == SIZE and world.rows()[-1].state == "posted":
                break
        assert [row.state for row in world.rows()] == ["posted"] * SIZE
        assert len(world.network.posts) == SIZE
        assert len({row.key for row in world.rows()}) == SIZE
        assert [row.part for row in world.rows()] == list(range(SIZE))
        world.ledger.close()
