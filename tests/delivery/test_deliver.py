"""`deliver` against a network that misbehaves, for each class of certainty."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syndicate import errors
from syndicate.delivery.deliver import deliver
from syndicate.delivery.gates import Gate
from syndicate.delivery.lane import Lane, Timeouts
from syndicate.delivery.retry_policy import BREAKS
from syndicate.ledger import Ledger
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.database import micros
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model import Account, Limits, Post, Receipt
from syndicate.planning.apply import announce
from syndicate.serialization import instant
from tests.worlds.clock import Clock

CLASSES = ("exact", "keyed", "lookup", "blind")
TERMS = Timeouts(timedelta(seconds=60), timedelta(seconds=30), lambda: 0.5)


class Killed(BaseException):
    """The process ends here; nothing after it runs."""


@dataclass
class Network:
    """Remembers posts. `script` names what goes wrong, request by request; then all goes well.

    Look-ups show links and no keys, as real ones do, but for a record under a key of ours. Every post has an
    upload, which `lives` so long by the network's own `clock`.
    """

    certainty: str
    script: list[str] = field(default_factory=list)
    posts: list[tuple[str, str]] = field(default_factory=list)
    lives: timedelta = timedelta(hours=12)
    clock: Clock | None = None
    uploads: list[datetime] = field(default_factory=list)

    name = "fake"
    key_window = 3300.0
    settle = 10.0
    limits = Limits(text=500)

    def measure(self, text):
        return len(text)

    def prepare(self, post, key, prepared=None):
        self._fault("prepare")
        self.uploads.append(self.clock.now + self.lives)
        upload = {"upload": len(self.uploads) - 1, "expires_at": instant(self.uploads[-1])}
        return {"text": post.text, "link": post.link, "prepared": prepared} | upload

    def commit(self, draft, key):
        fault = self._fault("commit")
        if self.uploads[draft["upload"]] <= self.clock.now:
            raise errors.Rejected("there is no such upload")
        known = next((number for number, (seen, _) in enumerate(self.posts) if seen == key), None)
        if known is None or self.certainty in ("lookup", "blind"):
            self.posts.append((key, draft["text"]))
        if fault == "drop after":
            raise errors.Uncertain("the answer was lost")
        if fault == "killed after":
            raise Killed
        return self._receipt(len(self.posts) - 1 if known is None else known)

    def find(self, draft, key, since):
        self._fault("find")
        if self.certainty == "blind":
            raise errors.Unsupported("nothing to ask")
        ours = (
            (lambda known, _: known == key)
            if self.certainty == "exact"
            else (lambda _, text: text.endswith(f" {draft['link']}"))
        )
        seen = [number for number, post in enumerate(self.posts) if ours(*post) and str(number) not in draft["others"]]
        return self._receipt(seen[-1]) if seen else None

    def _receipt(self, number):
        return Receipt(str(number), f"https://social.example/{number}")

    def _fault(self, step):
        fault = self.script.pop(0) if self.script else "ok"
        if fault == "killed before":
            raise Killed
        if fault == "drop before" and step == "commit":
            raise errors.Uncertain("cut off")
        if fault in FAILURES:
            raise FAILURES[fault]
        return fault


FAILURES = {
    "down": errors.Unavailable("down"),
    "throttled": errors.RateLimited("slow", retry_after=5),
    "refused": errors.Rejected("no"),
    "login": errors.AuthError("no"),
    "working": errors.NotReady("working", prepared={"half": "done"}, retry_after=5),
}


def render(article, account, platform, limits, *, at, planned_at):
    post = Post(f"{article.title} {article.url}", article.url, (), (), None, None, at, planned_at, {})
    return SimpleNamespace(post=post, length=len(post.text), limit=limits.text, warnings=(), own_words=None, rest=())


class Desk:
    """One account on one network, and everything needed to run it to its end."""

    def __init__(self, ledger, clock, network, on_unknown="hold"):
        self.ledger, self.clock, self.network = ledger, clock, network
        network.clock = clock
        account = Account("acct", "fake", on_unknown=on_unknown)
        self.lane = Lane(account, network, lambda: network.limits, timedelta(seconds=network.settle))

    def announce(self, article):
        anchor = announce(article, [self.lane.account], self.ledger)
        return self.ledger.deliveries.search(anchor=anchor)[0].key

    def step(self, key, render=render):
        return deliver(key, self.lane, self.ledger, render, TERMS, Gate(self.ledger))[0]

    def run(self, key, hours=48):
        """Call again and again, whenever something is due, as an engine would; a kill is a new start."""
        for _ in range(hours * 60):
            self.ledger.claims.sweep(self.clock(), lambda _: self.lane.settle)
            if self.ledger.accounts.find("acct").paused:
                self.ledger.accounts.resume("acct", self.clock())
            if self.ledger.deliveries.next_due("acct", self.clock()):
                try:
                    self.step(key)
                except Killed:
                    self.clock.move(seconds=61)
            self.clock.move(minutes=1)
        return self.ledger.deliveries.find(key)


@pytest.fixture
def desk(ledger, clock):
    return lambda certainty, script=(), **options: Desk(ledger, clock, Network(certainty, list(script)), **options)


@pytest.mark.parametrize("certainty", CLASSES)
def test_a_quiet_network_gets_the_post_and_the_ledger_the_permalink(desk, article, certainty):
    at = desk(certainty)
    after = at.step(at.announce(article()))
    assert (after.state, after.permalink, after.attempts) == ("posted", "https://social.example/0", 1)
    assert at.network.posts == [(after.key, "Story 1 https://gazette.example/1")]


def test_a_posted_delivery_is_never_sent_again(desk, article):
    at = desk("blind")
    key = at.announce(article())
    at.step(key)
    assert at.step(key).state == "posted"
    assert at.announce(article(title="Edited")) == key
    at.step(key)
    assert len(at.network.posts) == 1


@pytest.mark.parametrize("certainty", ["exact", "keyed", "lookup"])
@pytest.mark.parametrize("fault", ["drop after", "killed after", "drop before"])
def test_a_lost_answer_ends_as_one_post(desk, article, certainty, fault):
    at = desk(certainty, ["ok", fault])
    after = at.run(at.announce(article()))
    assert (after.state, len(at.network.posts)) == ("posted", 1)


@pytest.mark.parametrize("fault", ["drop after", "killed after", "drop before"])
def test_where_nobody_can_tell_a_lost_answer_is_held(desk, article, fault):
    at = desk("blind", ["ok", fault])
    after = at.run(at.announce(article()))
    assert (after.state, after.reason, after.due_at) == ("held", "no_answer", None)
    assert len(at.network.posts) == (fault != "drop before")


@pytest.mark.parametrize(("wish", "state", "posts"), [("retry", "posted", 2), ("assume-sent", "posted", 1)])
def test_the_publisher_may_choose_otherwise_for_a_blind_network(desk, article, wish, state, posts):
    at = desk("blind", ["ok", "drop after"], on_unknown=wish)
    after = at.run(at.announce(article()))
    assert (after.state, len(at.network.posts)) == (state, posts)


def test_a_kill_before_anything_was_sent_costs_nothing(desk, article):
    at = desk("blind", ["killed before"])
    after = at.run(at.announce(article()))
    assert (after.state, len(at.network.posts)) == ("posted", 1)


def test_the_same_bytes_go_again_under_the_same_key(desk, article):
    at = desk("keyed", ["ok", "drop before"])
    key = at.announce(article())
    at.step(key)
    first = at.ledger.deliveries.find(key)
    at.ledger.articles.update(first.anchor, article(title="Edited meanwhile"), at.clock())
    assert at.run(key).post["text"] == first.post["text"] == at.network.posts[0][1]


@pytest.mark.parametrize(("minutes", "uploads"), [(1, 1), (30, 2), (31, 2)])
def test_the_same_bytes_go_again_only_while_their_uploads_live(desk, article, minutes, uploads):
    at = desk("keyed", ["ok", "drop before"])
    at.network.lives = timedelta(minutes=30)
    key = at.announce(article())
    at.step(key)
    began = at.clock()
    for _ in range(2):
        at.clock.move(seconds=11)
        assert at.step(key).state in ("unknown", "due")
    at.clock.now = began + timedelta(minutes=minutes)
    after = at.step(key)
    assert (after.state, len(at.network.posts), len(at.network.uploads)) == ("posted", 1, uploads)


def live(article, account, platform, limits, *, at, planned_at):
    """Every story leads to one page."""
    page = "https://gazette.example/live"
    seen = render(article, account, platform, limits, at=at, planned_at=planned_at)
    return SimpleNamespace(**vars(seen) | {"post": replace(seen.post, text=f"{article.title} {page}", link=page)})


@pytest.mark.parametrize("certainty", ["exact", "keyed", "lookup"])
@pytest.mark.parametrize("fault", ["drop before", "drop after"])
@pytest.mark.parametrize("others", [1, 3])
def test_on_a_live_page_no_story_is_taken_for_another(desk, article, certainty, fault, others):
    at = desk(certainty, ["ok", "ok"] * others + ["ok", fault])
    for number in range(others):
        at.step(at.announce(article(number)), live)
    key = at.announce(article(9))
    assert at.step(key, live).state == "unknown"
    for _ in range(4):
        at.clock.move(minutes=1)
        after = at.step(key, live)
    assert after.state == "posted"
    assert at.network.posts[int(after.remote_id)] == (key, "Story 9 https://gazette.example/live")
    assert len({row.remote_id for row in at.ledger.deliveries.search()}) == len(at.network.posts) == others + 1


@pytest.mark.parametrize("answer", ["ok", "refused", "throttled", "login", "working"])
def test_whatever_the_network_answers_it_is_no_longer_down(desk, article, answer):
    at = desk("lookup", ["down"] * (BREAKS - 1) + ([answer] if answer == "working" else ["ok", answer]))
    key = at.announce(article())
    for failures in range(1, BREAKS):
        at.step(key)
        assert at.ledger.accounts.find("acct").failures == failures
        at.clock.move(hours=1)
    at.step(key)
    assert at.ledger.accounts.find("acct").failures == 0


def test_a_network_that_was_down_for_long_lets_out_no_old_news_when_it_answers(desk, article):
    at = desk("lookup", ["down"] * BREAKS)
    keys = []
    for number in range(9):
        keys.append(at.announce(article(number)))
        at.clock.move(seconds=1)
    at.ledger.database.change("UPDATE delivery SET expires_at = :later", later=micros(at.clock() + timedelta(days=9)))
    for _ in range(BREAKS):
        at.step(keys[0])
        at.clock.move(hours=1)
    assert at.step(keys[0]).state == "posted"
    assert at.ledger.accounts.find("acct").down_since is None
    skipped = at.ledger.deliveries.search(states=("skipped",))
    assert [(row.key, row.reason) for row in skipped] == [(key, "too_old") for key in keys[1:4]]


def test_a_look_up_network_that_never_saw_it_gets_the_newest_words(desk, article):
    at = desk("lookup", ["ok", "drop before"])
    key = at.announce(article())
    at.step(key)
    at.ledger.articles.update(at.ledger.deliveries.find(key).anchor, article(title="Edited meanwhile"), at.clock())
    assert at.run(key).state == "posted"
    assert at.network.posts == [(key, "Edited meanwhile https://gazette.example/1")]


def test_a_refused_login_pauses_the_account_and_loses_nothing(desk, article):
    at = desk("lookup", ["login"])
    key = at.announce(article())
    after = at.step(key)
    assert (after.state, after.reason, after.attempts) == ("due", "auth", 0)
    assert at.ledger.accounts.find("acct").paused == "auth"
    assert at.step(key).state == "due"
    assert at.network.posts == []
    at.ledger.accounts.resume("acct", at.clock())
    assert at.step(key).state == "posted"


def test_a_rate_limit_holds_the_whole_account(desk, article):
    at = desk("lookup", ["throttled"])
    first, second = at.announce(article(1)), at.announce(article(2))
    at.step(first)
    assert at.step(second).state == "due"
    at.clock.move(seconds=6)
    assert [at.step(first).state, at.step(second).state] == ["posted", "posted"]


def test_what_an_unready_upload_left_comes_back_for_the_same_post_only(desk, article):
    at = desk("lookup", ["working"])
    key = at.announce(article())
    assert at.step(key).attempts == 0
    kept = at.ledger.deliveries.find(key)
    assert kept.prepared == {"half": "done"}
    at.clock.move(seconds=6)
    at.step(key)
    assert at.network.posts[0][0] == key
    again = desk("lookup", ["working"])
    other = again.announce(article(2))
    again.step(other)
    again.ledger.articles.update(again.ledger.deliveries.find(other).anchor, article(2, title="Edited"), again.clock())
    again.clock.move(seconds=6)
    seen, prepare = [], again.network.prepare
    again.network.prepare = lambda post, key, prepared=None: seen.append(prepared) or prepare(post, key, prepared)
    again.step(other)
    assert seen == [None]


def test_a_refusal_fails_with_the_networks_words_and_tells_somebody_once(desk, article):
    at = desk("lookup", ["ok", "refused"])
    after = at.step(at.announce(article()))
    assert (after.state, after.reason, after.error) == ("failed", "rejected", "no")
    assert [(delivery.key, state) for delivery, state, _ in at.ledger.alerts.waiting()] == [(after.key, "failed")]


def test_a_template_fault_spends_no_attempt_and_waits(desk, article):
    def broken(*_, **__):
        raise errors.RenderError("post.txt.j2:3: 'titel' is undefined")

    at = desk("lookup")
    after = at.step(at.announce(article()), broken)
    assert (after.state, after.reason, after.attempts) == ("due", "template", 0)
    assert after.due_at > at.clock()


def test_a_text_that_cannot_fit_fails_without_a_claim(desk, article):
    def long(*_, **__):
        raise errors.TooLong("612 of 500")

    at = desk("lookup")
    after = at.step(at.announce(article()), long)
    assert (after.state, after.reason, after.attempts, after.due_at) == ("failed", "too_long", 0, None)


def test_two_at_once_send_one(desk, article, clock):
    at = desk("blind")
    key = at.announce(article())

    def meanwhile(*args, **values):
        other = deliver(key, at.lane, at.ledger, render, TERMS, Gate(at.ledger))[0]
        assert other.state == "posted"
        return render(*args, **values)

    assert deliver(key, at.lane, at.ledger, meanwhile, TERMS, Gate(at.ledger))[0].state == "posted"
    assert len(at.network.posts) == 1


def test_who_was_overtaken_sends_nothing(desk, article):
    at = desk("lookup")
    key = at.announce(article())
    prepare = at.network.prepare

    def slow(post, key, prepared=None):
        at.clock.move(seconds=61)
        at.ledger.claims.sweep(at.clock(), lambda _: timedelta(0))
        at.network.prepare = prepare
        deliver(key, at.lane, at.ledger, render, TERMS, Gate(at.ledger))
        return {"text": "too late"}

    at.network.prepare = slow
    at.step(key)
    assert at.network.posts == [(key, "Story 1 https://gazette.example/1")]


def test_a_receipt_that_comes_after_the_lease_still_counts(desk, article):
    at = desk("blind")
    key = at.announce(article())
    commit = at.network.commit

    def late(draft, key):
        receipt = commit(draft, key)
        at.clock.move(seconds=61)
        at.ledger.claims.sweep(at.clock(), lambda _: timedelta(0))
        assert at.ledger.deliveries.find(key).state == "unknown"
        return receipt

    at.network.commit = late
    assert at.step(key).state == "posted"


def test_a_receipt_that_comes_when_it_is_held_already_still_counts(desk, article):
    at = desk("blind")
    key = at.announce(article())
    commit = at.network.commit

    def late(draft, key):
        receipt = commit(draft, key)
        at.clock.move(seconds=61)
        at.ledger.claims.sweep(at.clock(), lambda _: timedelta(0))
        assert at.step(key).state == "held"
        return receipt

    at.network.commit = late
    assert at.step(key).state == "posted"


def test_a_person_who_has_decided_is_not_overruled_by_a_late_receipt(desk, article):
    at = desk("blind", ["ok", "drop after"])
    key = at.announce(article())
    at.step(key)
    held = at.step(key)
    assert at.ledger.decisions.not_sent(held, at.clock())
    assert not at.ledger.outcomes.posted(held, Receipt("9", None), now=at.clock())
    assert at.ledger.deliveries.find(key).state == "due"


def test_a_look_up_reaches_back_further_than_clocks_differ(desk, article):
    at = desk("lookup", ["ok", "drop after"])
    key = at.announce(article())
    began = at.clock()
    at.step(key)
    asked = []
    find = at.network.find
    at.network.find = lambda draft, key, since: asked.append(since) or find(draft, key, since)
    at.clock.move(seconds=11)
    assert at.step(key).state == "posted"
    assert asked == [began - timedelta(hours=2)]


def test_limits_that_cannot_be_read_are_no_fault_of_the_story(desk, article):
    at = desk("lookup")
    key = at.announce(article())

    def refused():
        raise errors.Rejected("404")

    after = deliver(key, replace(at.lane, limits=refused), at.ledger, render, TERMS, Gate(at.ledger))[0]
    assert (after.state, after.reason, after.attempts) == ("due", "unavailable", 0)
    assert after.due_at > at.clock()


def test_a_pause_longer_than_the_lease_is_noticed_before_the_request(desk, article):
    at = desk("blind")
    key = at.announce(article())
    begin = at.ledger.claims.begin

    def stopped(*args, **values):
        begun = begin(*args, **values)
        at.clock.move(seconds=45)
        return begun

    at.ledger.claims.begin = stopped
    at.step(key)
    assert at.network.posts == []
    assert at.ledger.deliveries.find(key).state == "due"


FAULTS = [
    "ok", "drop before", "drop after", "killed before", "killed after", "down", "throttled", "login", "working",
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(certainty=st.sampled_from(CLASSES), script=st.lists(st.sampled_from(FAULTS), max_size=12))
def test_whatever_goes_wrong_nothing_is_doubled_and_nothing_lost(tmp_path_factory, certainty, script):
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    clock = Clock()
    ledger = Ledger(SqliteDatabase(path, durable=False), clock, lambda: key_beside(path))
    try:
        at = Desk(ledger, clock, Network(certainty, list(script)))
        from syndicate.model import Article

        after = at.run(at.announce(Article("news", "https://gazette.example/1", "Story")), hours=6)
        assert len(at.network.posts) <= 1
        assert after.state in ("posted", "held", "failed")
        if after.state == "posted":
            assert len(at.network.posts) == 1
        if certainty != "blind" and after.state == "held":
            assert script.count("drop before") + script.count("killed before") >= 3
    finally:
        ledger.close()
