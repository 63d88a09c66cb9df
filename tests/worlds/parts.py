"""A story whose post is a thread of four, a network that watches their order, and what may be done to it."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta

from syndicate import errors
from syndicate.delivery import decisions
from syndicate.delivery.deliver import deliver
from syndicate.delivery.gates import Gate
from syndicate.delivery.lane import Lane, Timeouts
from syndicate.model import Account, Article, Limits, Post, Receipt, Rendered
from syndicate.planning.apply import announce

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

    def price(self, post):
        return 15_000

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

    def __init__(self, ledger, clock):
        self.ledger, self.clock, self.network = ledger, clock, Network(ledger)
        article = Article("news", "https://gazette.example/1", "Harbour", published=self.clock())
        self.anchor = announce(article, [MASTO], self.ledger)

    def moved_to(self, ledger):
        """From now on, this ledger is asked."""
        self.ledger = self.network.ledger = ledger

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

    def steps(self, number=SIZE + 1):
        """Several, a little time after each other."""
        for _ in range(number):
            self.step()
            self.clock.move(seconds=1)

    def stands(self):
        """The state and the reason of each post, in order."""
        return [(row.state, row.reason) for row in self.rows()]

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
