"""Threads: each post goes out once, in order, in reply to the one before, which is settled by then."""

from __future__ import annotations

import itertools
import tempfile
from contextlib import contextmanager
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
from syndicate.delivery.lane import Lane
from syndicate.ledger import Ledger
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.delivery_keys import delivery_key
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model import Article, Budget, Post, Rendered, Schedule
from syndicate.planning.apply import announce
from syndicate.planning.changes import plan_delete, plan_edit, withdraw
from syndicate.serialization import moment
from tests.worlds.clock import Clock
from tests.worlds.parts import FAULTS, MASTO, SIZE, TERMS, Network, World, render


@contextmanager
def opened(folder):
    clock, path = Clock(), folder / "ledger.db"
    ledger = Ledger(SqliteDatabase(path, durable=False), clock, lambda: key_beside(path))
    yield World(ledger, clock)
    ledger.close()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(range(len(FAULTS))), max_size=14), st.randoms(use_true_random=False))
def test_no_post_of_a_thread_goes_out_before_the_one_before_it_is_settled(faults, chance):
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as world:
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


@pytest.fixture
def world(tmp_path):
    with opened(tmp_path) as made:
        yield made


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


@pytest.mark.parametrize(("size", "asked"), [(SIZE, SIZE), (SIZE - 1, 0), (1, 0)])
def test_a_thread_whose_words_were_forgotten_keeps_its_size_when_it_is_edited(world, size, asked):
    out(world)
    world.ledger.database.change("UPDATE delivery SET post = NULL")  # as `db prune` does
    found, _ = edited(world, size=size)
    assert [text for _, text in found] == [f"Storm, post {number}" for number in range(asked)]


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
