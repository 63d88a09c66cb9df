"""A newsroom with one account on a network that remembers: what tests of waiting, editing and deleting share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace

from syndicate import errors
from syndicate.aliases import public_address
from syndicate.delivery.deliver import deliver
from syndicate.delivery.gates import Gate, Trouble
from syndicate.delivery.lane import Lane, Timeouts
from syndicate.delivery.next import Busy, Taken, deliver_next
from syndicate.ingestion.poll import PollRules, poll
from syndicate.model import (
    NO_LIMITS,
    NO_RULES,
    Account,
    Limits,
    Post,
    Reading,
    Receipt,
    Schedule,
    Validators,
)
from syndicate.serialization import instant
from tests.worlds.clock import Clock

TERMS = Timeouts(timedelta(seconds=60), timedelta(seconds=30), lambda: 0.5)


def render(article, account, platform, limits, *, at, planned_at):
    link = public_address(article)
    post = Post(f"{article.title} {link}", link, (), (), None, None, at, planned_at, {})
    return SimpleNamespace(post=post, length=len(post.text), limit=limits.text, warnings=(), own_words=None, rest=())


@dataclass
class Fixed:
    """A network whose posts stay as they are: by their number, as they read now.

    `script` holds faults to raise, one for each request; None is none. Look-ups show links and no keys, as
    real ones do. `life` is how long it keeps an upload, of its own `clock`; None: for ever.
    """

    posts: dict[str, str] = field(default_factory=dict)
    script: list[Exception | None] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    life: timedelta | None = None
    clock: Clock | None = None
    uploads: list[datetime] = field(default_factory=list)

    name = "fake"
    certainty = "keyed"
    key_window = 3300.0
    settle = 10.0
    limits = Limits(text=500)

    def measure(self, text):
        return len(text)

    def prepare(self, post, key, prepared=None):
        draft = {"text": post.text, "link": post.link}
        if self.life is None:
            return draft
        self.uploads.append(self.clock.now + self.life)
        return draft | {"upload": len(self.uploads) - 1, "expires_at": instant(self.uploads[-1])}

    def commit(self, draft, key):
        self._asked("commit")
        self.refuse_dead_uploads(draft)
        self.posts.setdefault(key, draft["text"])
        return Receipt(key, f"https://social.example/{key[:6]}")

    def find(self, draft, key, since):
        self._asked("find")
        return self.shown(draft, lambda _: True)

    def shown(self, draft, visible):
        """The newest post with the link of the draft that is none of the others."""
        for number, text in reversed(self.posts.items()):
            if number not in draft["others"] and text.split()[-1] == draft["link"] and visible(number):
                return Receipt(number, f"https://social.example/{number[:6]}")
        return None

    def refuse_dead_uploads(self, draft):
        if "upload" in draft and self.uploads[draft["upload"]] <= self.clock.now:
            raise errors.Rejected("there is no such upload")

    def price(self, post):
        return 200_000 if "http" in post.text else 15_000

    def _asked(self, what):
        self.requests.append(what)
        fault = self.script.pop(0) if self.script else None
        if fault is not None:
            raise fault


class Network(Fixed):
    """One whose posts can be edited and deleted."""

    def edit(self, receipt, post):
        self._asked("edit")
        if receipt.id not in self.posts:
            raise errors.Rejected("gone")
        self.posts[receipt.id] = post.text
        return receipt

    def delete(self, receipt):
        self._asked("delete")
        self.posts.pop(receipt.id, None)


class Newsroom:
    """One source, one account. `publish` polls; `run` does what an engine does at this instant."""

    def __init__(
        self,
        ledger,
        clock,
        *,
        network=None,
        breaking=NO_RULES,
        trouble=None,
        patience=None,
        floods=NO_LIMITS,
        **account,
    ):
        self.ledger, self.clock, self.network = ledger, clock, network or Network()
        self.network.clock = clock
        schedule = account.pop("schedule", {})
        self.account = Account("acct", "fake", schedule=Schedule(**schedule), **account)
        self.breaking, self.floods = breaking, floods
        self.render = render
        self.trouble: Trouble | None = trouble
        self.canonical: dict[str, str] = {}  # what pages name as their own address, by the address they have
        self.looks = 0
        self.patience = patience
        self.articles = ()
        self.name = "news"
        self.lane = Lane(self.account, self.network, lambda: self.network.limits, timedelta(seconds=10))
        self.poll()
        clock.move(minutes=10)

    def fetch(self, validators):
        return Reading(tuple(self.articles), Validators(), entries=len(self.articles))

    def poll(self):
        return poll(
            self,
            self.ledger.sources.ensure("news", "https://gazette.example/rss"),
            [self.account],
            self.ledger,
            PollRules(breaking=self.breaking, floods=self.floods),
        ).keys

    def publish(self, *articles):
        """What the source lists from now on, the newest first; the keys this plans."""
        self.articles = articles
        return self.poll()

    def run(self, limit=100):
        """Everything that can go now, in order; returns what became posted."""
        before = set(self.network.posts)
        named = self.canonical
        gate = Gate(self.ledger, self._look, lambda _: self.patience, canonical=lambda story: named.get(story.url))
        for _ in range(limit):
            now = self.ledger.now()
            self.ledger.claims.sweep(now, lambda _: self.lane.settle)
            self.ledger.backlog.expire(now)
            self.ledger.backlog.release(now)
            came = self.step(gate)
            assert not isinstance(came, Busy), f"an engine would spin on {came}"
            if not isinstance(came, Taken):
                break
        return [text.split(" http")[0] for key, text in self.network.posts.items() if key not in before]

    def step(self, gate):
        """What an engine does next for the account."""

        def carry(due):
            return deliver(due.key, self.lane, self.ledger, self.render, TERMS, gate)

        return deliver_next(self.account, self.ledger, gate, carry, self.ledger.deliveries.next_due)

    def _look(self, article, *, picture):
        self.looks += 1
        return self.trouble

    def states(self):
        return [(row.state, row.reason) for row in self.ledger.deliveries.search()]

    def only(self):
        [row] = self.ledger.deliveries.search()
        return row
