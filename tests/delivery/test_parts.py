"""Threads: each post goes out once, in order, in reply to the one before, which is settled by then."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicate import errors
from syndicate.delivery import decisions
from syndicate.delivery.deliver import deliver
from syndicate.delivery.gates import Gate
from syndicate.delivery.lane import Lane, Timeouts
from syndicate.ledger import Ledger
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.delivery_keys import delivery_key
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model import Account, Article, Budget, Limits, Post, Receipt, Rendered, Schedule
from syndicate.planning.apply import announce
from syndicate.planning.changes import plan_delete, plan_edit, withdraw
from syndicate.serialization import moment
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
        for number in range(200):
            world.step()
            world.check()
            late = number > 100  # by then, chance has had its turn: enough time for whatever waits
            world.clock.now += timedelta(seconds=400 if late else chance.choice((1, 20, 400)))
            if late or chance.random() < 0.3:
                world.person()
            if len(world.rows()) == SIZE and world.rows()[-1].state == "posted":
                break
        assert [row.state for row in world.rows()] == ["posted"] * SIZE
        assert len(world.network.posts) == SIZE
        assert len({row.key for row in world.rows()}) == SIZE
        assert [row.part for row in world.rows()] == list(range(SIZE))
        world.ledger.close()


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.ledger.close()


def out(world):
    """The whole thread is out."""
    for _ in range(SIZE):
        world.step()
    assert [row.state for row in world.rows()] == ["posted"] * SIZE


def test_each_answers_the_one_before_under_a_key_of_its_own(world):
    out(world)
    keys = [row.key for row in world.rows()]
    assert [to for _, _, to in world.network.posts] == [None, *keys[:-1]]
    assert keys == [delivery_key(world.anchor, "masto", "post", 0, part) for part in range(SIZE)]


def test_each_bears_a_time_a_thousandth_of_a_second_after_the_one_before(world):
    for _ in range(SIZE):
        world.step()
    times = [moment(row.post["at"]) for row in world.rows()]
    assert [later - earlier for earlier, later in itertools.pairwise(times)] == [timedelta(milliseconds=1)] * (SIZE - 1)


def test_nothing_else_of_its_account_comes_between_the_posts_of_a_thread(world):
    for number in (2, 3):
        urgent = Article("news", f"https://gazette.example/{number}", f"Flood {number}", published=world.clock())
        announce(urgent, [MASTO], world.ledger)
    world.ledger.database.change("UPDATE delivery SET priority = 0 WHERE anchor <> :anchor", anchor=world.anchor)
    world.ledger.database.change("UPDATE delivery SET priority = -1 WHERE anchor = :anchor", anchor=world.anchor)
    for _ in range(3 * SIZE):
        world.step()
    assert [text for _, text, _ in world.network.posts] == [
        f"{title}, post {number}" for title in ("Harbour", "Flood 2", "Flood 3") for number in range(SIZE)
    ]


def test_what_fails_for_good_ends_its_thread_and_goes_on_from_there_once_a_person_says_so(world):
    world.network.script = [None, None, errors.Rejected("no")]
    for _ in range(SIZE + 2):
        world.step()
    assert [row.state for row in world.rows()] == ["posted", "posted", "failed"]
    assert [state for _, state, _ in world.ledger.alerts.waiting()] == ["failed"]
    decisions.retry(world.rows()[2], world.ledger)
    for _ in range(SIZE):
        world.step()
    world.check()
    assert len(world.network.posts) == SIZE


def test_what_a_person_knows_to_be_out_is_answered_by_the_next(world):
    world.network.script = [None, errors.Uncertain("cut off")]
    world.step()
    world.step()
    row = world.rows()[1]
    assert row.state == "unknown"
    world.ledger.outcomes.held(row, now=world.clock())
    decisions.resolve(world.rows()[1], world.ledger, url="https://social.example/by-hand")
    world.step()
    assert world.network.posts[-1][2] == "https://social.example/by-hand"


def test_the_posts_of_a_thread_are_deleted_from_its_end(world):
    out(world)
    gone = []
    world.network.delete = lambda receipt: gone.append(receipt.id)
    plan_delete(world.rows()[0], world.ledger, world.clock())
    world.clock.now += timedelta(seconds=1)
    for _ in range(SIZE):
        world.step()
    posts = [row for row in world.rows() if row.action == "post"]
    assert gone == [row.remote_id for row in reversed(posts)]
    assert {row.reason for row in posts} == {"deleted"}


def test_a_thread_that_is_deleted_meanwhile_goes_no_further(world):
    world.step()
    world.step()
    world.network.delete = lambda receipt: None
    plan_delete(world.rows()[0], world.ledger, world.clock())
    world.clock.now += timedelta(seconds=1)
    for _ in range(SIZE):
        world.step()
    assert [(row.part, row.state, row.reason) for row in world.rows() if row.action == "post"] == [
        (0, "posted", "deleted"),
        (1, "posted", "deleted"),
        (2, "skipped", "person"),
    ]
    assert len(world.network.posts) == 2


def edited(world, words=lambda number: f"Storm, post {number}", size=SIZE):
    """Edits the thread to these words; what was asked of the network."""

    def render_anew(article, account, platform, limits, *, at, planned_at):
        posts = [Post(words(number), None, (), (), None, None, at, planned_at, {}) for number in range(size)]
        made = [Rendered(post, 10, limits.text) for post in posts]
        return replace(made[0], rest=tuple(made[1:]))

    asked = []

    def edit(receipt, post):
        asked.append((receipt.id, post.text))
        return receipt

    world.network.edit = edit
    editing = replace(MASTO, on_edit="edit")
    key = plan_edit(world.anchor, editing, world.ledger, world.clock())
    lane = Lane(editing, world.network, lambda: world.network.limits, timedelta(seconds=15))
    after, _ = deliver(key, lane, world.ledger, render_anew, TERMS, Gate(world.ledger))
    return asked, after


def test_an_edit_changes_the_posts_of_a_thread_one_for_one(world):
    out(world)
    keys = [row.key for row in world.rows()]
    asked, after = edited(world)
    assert asked == [(key, f"Storm, post {number}") for number, key in enumerate(keys)]
    assert (after.state, after.reason) == ("posted", None)


def test_an_edit_leaves_further_posts_that_say_the_same(world):
    out(world)
    asked, _ = edited(world, lambda number: f"{'Storm' if number == 2 else 'Harbour'}, post {number}")
    assert [text for _, text in asked] == ["Harbour, post 0", "Storm, post 2"]


def test_nothing_is_edited_where_the_thread_would_have_another_size(world):
    out(world)
    asked, after = edited(world, size=SIZE - 1)
    assert (asked, after.state, after.reason) == ([], "skipped", "unchanged")
    assert after.error == "its article now takes 3 posts, and its thread has 4; nothing of it is edited"
    assert [state for _, state, _ in world.ledger.alerts.waiting()] == ["skipped"]


def test_an_edit_waits_until_the_thread_is_out(world):
    world.step()
    asked, after = edited(world)
    assert (asked, after.state, after.reason) == ([], "due", "behind")


def test_hours_and_caps_let_a_thread_go_as_a_whole_and_it_counts_once(world):
    schedule = Schedule(per_day=1, spacing=timedelta(hours=1))
    lane = Lane(replace(MASTO, schedule=schedule), world.network, lambda: Network.limits, timedelta(seconds=15))
    for _ in range(SIZE):
        found = world.ledger.deliveries.next_due("masto", world.clock())
        deliver(found.key, lane, world.ledger, render, TERMS, Gate(world.ledger))
    assert [row.state for row in world.rows()] == ["posted"] * SIZE
    assert world.ledger.deliveries.latest_commit("masto", 2) is None


def test_the_budget_is_asked_for_the_whole_thread_first(world):
    lane = Lane(replace(MASTO, budget=Budget(0.05)), world.network, lambda: Network.limits, timedelta(seconds=15))
    key = world.rows()[0].key
    after, _ = deliver(key, lane, world.ledger, render, TERMS, Gate(world.ledger))
    assert (after.state, after.reason, world.network.posts) == ("due", "budget", [])


def test_a_withdrawn_story_ends_its_thread(world):
    world.step()
    withdraw(world.anchor, [MASTO], world.ledger, world.clock())
    world.step()
    assert [(row.state, row.reason) for row in world.rows()] == [("posted", None), ("skipped", "withdrawn")]
