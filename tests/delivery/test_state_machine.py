"""Random events against a model: no story is lost, none is doubled, whatever happens in whatever order.

SYNDICATE_EXAMPLES sets how many histories are tried (40 unless given).
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from syndicate import errors
from syndicate.config.hours import hours
from syndicate.delivery.deliver import deliver
from syndicate.delivery.gates import Gate, Trouble
from syndicate.delivery.lane import Lane
from syndicate.delivery.next import Taken, deliver_next
from syndicate.ingestion.poll import PollRules, poll
from syndicate.ledger import Ledger
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model import Account, Article, BreakingRules, Reading, Receipt, Schedule, Validators
from syndicate.planning.changes import plan_delete
from syndicate.serialization import digest, post_record
from tests.worlds.clock import Clock
from tests.worlds.moves import MOVES, moves_seen, watch_moves
from tests.worlds.newsroom import TERMS, Network, render

EXAMPLES = int(os.environ.get("SYNDICATE_EXAMPLES", "40"))
CLASSES = ("exact", "keyed", "lookup", "blind")
FAULTS = {
    "refused": errors.Rejected("no"),
    "throttled": errors.RateLimited("slow", retry_after=90),
    "down": errors.Unavailable("connection refused"),
    "500": errors.Unavailable("HTTP 500", status=500),
    "login": errors.AuthError("no"),
    "dropped": errors.Uncertain("cut off"),
}
SCHEDULES = (
    Schedule(),
    Schedule(spacing=timedelta(minutes=7), per_day=30),
    Schedule(windows=(hours("06:00-23:00"),), quiet=(hours("12:30-13:30"),), breaking="at once"),
)


class Killed(BaseException):
    """The process ends here; nothing after it runs."""


LATE, LAG = timedelta(seconds=8), timedelta(seconds=6)  # together more than one settle time, less than two
KEPT = timedelta(hours=1)  # how long the network knows a key


class World(Network):
    """What the network really has: how often it accepted each delivery, and what stands now.

    It may accept a request long after the connection broke, and show it later still. It fails the test
    where it is sent an upload that it has no more, or is not told which posts are those of others.
    """

    def __init__(self, certainty, clock, life, others):
        super().__init__(life=life, clock=clock)
        self.certainty = certainty
        self.others = others
        self.clock_was_set = False
        self.accepted: Counter[str] = Counter()
        self.shown_at: dict[str, datetime] = {}
        self.made_at: dict[str, datetime] = {}
        self.queue: list[tuple[datetime, str, str]] = []
        self.next_fault: str | None = None
        self.before_answer = None

    def prepare(self, post, key, prepared=None):
        if self.next_fault == "killed early":
            self.next_fault = None
            raise Killed
        if self.before_answer is not None:
            meanwhile, self.before_answer = self.before_answer, None
            meanwhile()
        return super().prepare(post, key, prepared)

    def commit(self, draft, key):
        self.settle_down()
        if self.clock_was_set:  # then what we were told of the uploads' end is wrong, and the network refuses
            self.refuse_dead_uploads(draft)
        assert "upload" not in draft or self.clock_was_set or self.uploads[draft["upload"]] > self.clock.now
        fault, self.next_fault = self.next_fault, None
        if fault in FAULTS:
            raise FAULTS[fault]
        if fault == "accepted late":
            self.queue.append((self.clock.now + LATE, key, draft["text"]))
            raise errors.Uncertain("cut off")
        self.accept(key, draft["text"])
        if fault == "answer lost":
            raise errors.Uncertain("the answer was lost")
        if fault == "killed late":
            raise Killed
        return Receipt(key, f"https://social.example/{key[:6]}")

    def accept(self, key, text):
        known = self.certainty == "exact" or (
            self.certainty == "keyed" and abs(self.clock.now - self.made_at.get(key, self.clock.now)) < KEPT
        )
        if key not in self.accepted or not known:
            self.accepted[key] += 1
            self.posts[key] = text
            self.made_at[key] = self.clock.now

    def settle_down(self):
        """What waited inside the network is accepted by now."""
        due = [entry for entry in self.queue if entry[0] <= self.clock.now]
        self.queue = [entry for entry in self.queue if entry[0] > self.clock.now]
        for moment, key, text in due:
            self.accept(key, text)
            self.shown_at[key] = moment + LAG

    def our_clock_moves(self, by):
        """Set back, which makes no time pass here: what lies ahead is as far ahead as before."""
        self.clock_was_set = True
        self.uploads = [moment + by for moment in self.uploads]
        self.queue = [(moment + by, key, text) for moment, key, text in self.queue]
        self.shown_at = {key: moment + by for key, moment in self.shown_at.items()}
        self.made_at = {key: moment + by for key, moment in self.made_at.items()}

    def find(self, draft, key, since):
        self.settle_down()
        if self.certainty == "blind":
            raise errors.Unsupported("nothing to ask")
        self._asked("find")
        assert set(draft["others"]) == self.others(key)
        if self.certainty == "exact":
            return Receipt(key, f"https://social.example/{key[:6]}") if key in self.posts else None
        return self.shown(draft, lambda number: self.shown_at.get(number, self.clock.now) <= self.clock.now)

    def _asked(self, what):
        fault, self.next_fault = self.next_fault, None
        if fault == "killed late":
            raise Killed
        if fault in FAULTS and not (what == "find" and fault == "refused"):
            raise FAULTS[fault]


class Histories(RuleBasedStateMachine):
    """One account, one source, one clock, and everything that may befall them."""

    @initialize(
        certainty=st.sampled_from(CLASSES),
        plan=st.sampled_from(SCHEDULES),
        approve=st.sampled_from([False, False, True]),
        delay=st.sampled_from([timedelta(0), timedelta(0), timedelta(minutes=3)]),
        life=st.sampled_from([None, timedelta(minutes=2), timedelta(hours=1)]),
        wishes=st.booleans(),
    )
    def begin(self, certainty, plan, approve, delay, life, wishes):
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.ledger = Ledger(SqliteDatabase(Path(self.folder.name) / "l.db", durable=False), self.clock, lambda: b"")
        watch_moves(self.ledger.database)
        self.network = World(certainty, self.clock, life, self._others)
        follow = {"on_edit": "edit", "on_withdrawn": "delete"} if wishes else {}
        self.account = Account("acct", "fake", schedule=plan, approve=approve, delay=delay, **follow)
        self.lane = Lane(self.account, self.network, lambda: self.network.limits, timedelta(seconds=10))
        self.gate = Gate(self.ledger, self._look, lambda _: timedelta(hours=1))
        self.name = "news"
        self.articles: list[Article] = []
        self.published: set[str] = set()
        self.deleted: set[str] = set()
        self.trouble = None
        self._poll()
        self.clock.move(minutes=5)

    def fetch(self, validators):
        return Reading(tuple(self.articles), Validators(), entries=len(self.articles))

    def _look(self, article, *, picture):
        return self.trouble

    def _poll(self):
        state = self.ledger.sources.ensure("news", "https://gazette.example/rss")
        poll(self, state, [self.account], self.ledger, PollRules(breaking=BreakingRules(tags=("breaking",))))

    # What the publisher does

    @rule(
        loud=st.booleans(),
        ahead=st.sampled_from([0, 0, 0, 40]),
        approved=st.sampled_from([True, True, False]),
        fault=st.sampled_from([None, *FAULTS, "answer lost", "accepted late", "killed early", "killed late"]),
    )
    def story(self, loud, ahead, approved, fault):
        """A new one; what befalls the first request for it, or for whatever is due before it."""
        number = len(self.published)
        tags = ("breaking",) if loud else ()
        when = self.clock.now + timedelta(minutes=ahead)
        url = f"https://gazette.example/{number}"
        self.articles.insert(0, Article("news", url, f"Story {number}", guid=url, published=when, categories=tags))
        self.published.add(url)
        self._poll()
        if approved:
            self.approve()
        self.network.next_fault = fault
        self.work(2)

    @precondition(lambda self: self.articles)
    @rule(data=st.data(), title=st.sampled_from(["Corrected", "Corrected again", "Election night", None]))
    def change(self, data, title):
        """Another headline, or, without one, it is taken back."""
        number = data.draw(st.integers(0, min(2, len(self.articles) - 1)))
        said = {"withdrawn": True} if title is None else {"title": f"{title} {number}"}
        self.articles[number] = replace(self.articles[number], **said)
        self._poll()

    # What people decide

    @rule(
        what=st.sampled_from(["pause", "resume", "approve", "skip", "retry", "resolve", "delete"]),
        whom=st.sampled_from(["account", "", "election"]),
    )
    def person(self, what, whom):
        if what == "pause" and whom == "account":
            self.ledger.accounts.pause("acct", "person", self.clock.now)
        elif what == "pause":
            self.ledger.pauses.add(whom, now=self.clock.now, until=None)
        else:
            getattr(self, what)()

    def resume(self):
        self.ledger.resume(self.account)
        for word in ("", "election"):
            self.ledger.end_pause(word, [self.account])

    def approve(self):
        for row in self._rows("planned", "approval"):
            article = self.ledger.articles.find(row.anchor).article
            now, limits = self.clock.now, self.network.limits
            post = render(article, self.account, self.network, limits, at=now, planned_at=row.planned_at).post
            self.ledger.decisions.approve(row, digest(post_record(post)), at=None, now=now, ages=True)

    def retry(self):
        for row in self._rows("failed")[:1]:
            self.ledger.decisions.retry(row, self.clock.now)

    def skip(self):
        for row in [*self._rows("planned"), *self._rows("due")][:1]:
            if row.draft is None:
                self.ledger.decisions.skip(row, self.clock.now)

    def resolve(self):
        """A person looks at the network, not at once, and says what is there."""
        self.clock.move(seconds=15)
        self.network.settle_down()
        for row in self._rows("held"):
            if row.key in self.network.accepted:
                url = "https://social.example/seen"
                self.ledger.outcomes.posted(row, Receipt(row.key, url), now=self.clock.now)
            else:
                self.ledger.decisions.not_sent(row, self.clock.now)

    def delete(self):
        for row in self._rows("posted")[:1]:
            plan_delete(row, self.ledger, self.clock.now)

    # What befalls it

    @rule(there=st.sampled_from([True, True, False]))
    def page(self, there):
        self.trouble = None if there else Trouble("its page answers 404")

    @rule(fault=st.sampled_from([*FAULTS, "answer lost", "accepted late", "killed late", "overtaken"]))
    def trouble_ahead(self, fault):
        """The next request fares so; or whoever prepares next sleeps past its lease, and another takes over."""

        def meanwhile():
            self.clock.move(seconds=61)
            self.work(3)

        if fault == "overtaken":
            self.network.before_answer = meanwhile
        else:
            self.network.next_fault = fault

    @rule(minutes=st.sampled_from([1, 1, 1, 3, 10, 45, 180, -60]), awake=st.sampled_from([True, True, False]))
    def pass_time(self, minutes, awake):
        """With an engine at work, or with none."""
        if awake:
            self.tick()
        if minutes < 1:
            self.network.our_clock_moves(timedelta(minutes=minutes - 1))
        self.clock.move(minutes=minutes - 1)

    def tick(self):
        """A minute of an engine that looks every eleven seconds: just beyond the settle time. Logins are mended."""
        if self.ledger.accounts.find("acct").paused == "auth":
            self.ledger.resume(self.account)
        for _ in range(6):
            self.clock.move(seconds=11)
            self.work(8)

    def work(self, steps):
        for _ in range(steps):
            now = self.clock.now
            self.ledger.claims.sweep(now, lambda _: self.lane.settle)
            self.ledger.backlog.expire(now)
            self.ledger.backlog.release(now)
            try:
                came = deliver_next(self.account, self.ledger, self.gate, self._carry, self.ledger.deliveries.next_due)
                if not isinstance(came, Taken):
                    return
            except Killed:
                self.clock.move(seconds=61)  # until its lease is over: here nobody can tell that it is dead

    def _carry(self, due):
        return deliver(due.key, self.lane, self.ledger, render, TERMS, self.gate)

    def _others(self, key):
        """Ids of what other deliveries have out, as the ledger knows."""
        return {row.remote_id for row in self.ledger.deliveries.search() if row.key != key and row.remote_id}

    def _rows(self, state, reason=None):
        found = [row for row in self.ledger.deliveries.search(states=(state,)) if row.action == "post"]
        return [row for row in found if reason in (None, row.reason)]

    # What always holds

    @invariant()
    def nothing_is_doubled(self):
        if hasattr(self, "network"):
            assert not self.network.accepted or max(self.network.accepted.values()) == 1, self.network.accepted

    @invariant()
    def every_move_is_in_the_table(self):
        if hasattr(self, "network"):
            assert moves_seen(self.ledger.database) <= MOVES

    @invariant()
    def every_story_has_its_row(self):
        if hasattr(self, "network"):
            posts = [row.article for row in self.ledger.deliveries.search() if row.action == "post"]
            assert len(posts) == len(set(posts))
            assert set(posts) == self.published

    def teardown(self):
        """All is calm: whatever waits comes to its end, and each end is true."""
        if not hasattr(self, "network"):
            return
        self.network.next_fault = self.network.before_answer = self.trouble = None
        self.network.settle_down()
        for _ in range(60):
            self.resume()
            self.approve()
            self.work(50)
            self.clock.move(hours=1)
        for row in self.ledger.deliveries.search():
            accepted = self.network.accepted[row.key] if row.action == "post" else None
            if row.action != "post" and row.state == "due":  # what nobody knows the post of waits for a person
                assert self.ledger.deliveries.find(self._post_of(row)).state == "held"
                continue
            assert row.state in ("posted", "held", "failed", "skipped"), row
            if row.action == "post" and row.state == "posted":
                assert accepted == 1, row
            if row.action == "post" and row.state in ("failed", "skipped"):
                assert accepted == 0, row
            if row.state == "held":
                assert self.network.certainty == "blind" or row.unknowns >= 3, row
            if row.action == "delete" and row.state == "posted":
                assert not self.network.posts.keys() & {self._post_of(row)}, row
        self.ledger.close()
        self.folder.cleanup()

    def _post_of(self, row):
        from syndicate.ledger.delivery_keys import delivery_key

        return delivery_key(row.anchor, row.account)


Histories.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
TestHistories = Histories.TestCase
