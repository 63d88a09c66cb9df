"""A thread that is not out yet: pruned, put on the shelf, moved to another database, paused; and what people decide."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate import errors
from syndicate.delivery import decisions
from syndicate.delivery.deliver import deliver
from syndicate.delivery.gates import Gate
from syndicate.delivery.lane import Lane
from syndicate.ledger import Ledger
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.parts import open_parts
from syndicate.ledger.pruning import Pruning
from syndicate.ledger.shelving import QUIET, Shelving
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.ledger.transfer import copy
from syndicate.model import Article
from syndicate.planning.apply import announce
from syndicate.planning.changes import plan_delete
from tests.worlds.parts import MASTO, SIZE, TERMS, World

LONG = QUIET + timedelta(days=400)
ALL = ["posted"] * SIZE


@pytest.fixture
def world(ledger, clock):
    return World(ledger, clock)


def texts(world):
    return [text for _, text, _ in world.network.posts]


def whole(world):
    """Each post of the thread is out, once and in order."""
    world.check()
    assert [row.state for row in world.rows()] == ALL
    assert len(texts(world)) == SIZE


def years_later(world, days=LONG.days):
    """So much time goes by, in which other stories make those of the thread none of the newest."""
    world.clock.move(days=days)
    pruning = Pruning(world.ledger.database)
    pruning.put_away(world.ledger.now())
    return pruning.forget(world.ledger.now() - timedelta(days=1))


def lasting(world):
    """What waits is not given up for its age, as of an account with a long max_age."""
    world.ledger.database.change("UPDATE account SET max_age = :age", age=10**16)
    world.ledger.database.change("UPDATE delivery SET expires_at = NULL")


@pytest.mark.parametrize("fault", [errors.RateLimited("slow", retry_after=90), "answer lost", errors.Rejected("no")])
def test_a_thread_of_which_a_post_waits_is_not_pruned_apart(world, fault):
    """Neither what waits, nor what is looked up, keeps the posts before it from being there with their words."""
    lasting(world)
    world.network.script = [None, fault]
    world.step()
    lasting(world)
    world.step()
    gone = years_later(world)
    posts = [row.post for row in world.rows()]
    failed = isinstance(fault, errors.Rejected)
    assert gone.deliveries == (2 if failed else 0)
    assert [post is not None for post in posts] == [not failed, not failed]
    if not failed:
        world.steps(3 * SIZE)
        world.clock.move(hours=1)
        world.steps(SIZE)
        whole(world)


def test_a_failed_post_whose_thread_was_pruned_says_so_when_it_is_tried_again(world):
    world.network.script = [None, errors.Rejected("no")]
    world.steps(2)
    years_later(world)
    lasting(world)
    decisions.retry(world.rows()[1], world.ledger)
    world.steps()
    row = world.rows()[1]
    assert (row.state, row.reason) == ("failed", "rejected")
    assert row.error.startswith("its words are not known here any more: its thread was pruned")
    assert texts(world) == ["Harbour, post 0"]


def test_a_thread_that_is_out_goes_to_the_shelf_and_comes_back_as_a_whole(world):
    world.steps()
    whole(world)
    keys = [row.key for row in world.rows()]
    world.clock.move(days=LONG.days)
    later = Article("news", "https://gazette.example/2", "Harbour", published=world.clock())
    announce(later, [MASTO], world.ledger)
    world.steps()
    world.ledger.database.change("UPDATE article SET check_at = NULL")  # its page was looked at long ago
    shelving = Shelving(world.ledger.database, kept=0)
    while shelving.step(world.ledger.now()):
        pass
    assert world.ledger.database.row("SELECT COUNT(*) AS number FROM shelf") == {"number": 1}
    assert world.ledger.database.row("SELECT COUNT(*) AS number FROM delivery") == {"number": SIZE}
    found = world.ledger.deliveries.of(world.anchor, "masto", 0, 2)
    assert (found.key, found.state, found.part) == (keys[2], "posted", 2)
    assert [row.key for row in world.rows()] == keys
    gone = []
    world.network.delete = lambda receipt: gone.append(receipt.id)
    plan_delete(world.rows()[0], world.ledger, world.clock())
    world.clock.move(seconds=1)
    world.steps(SIZE)
    assert gone == keys[::-1]


@pytest.fixture
def other(on, tmp_path, clock, postgres):
    """Another ledger: in a file where the first is on a server, and the other way round."""
    from syndicate.ledger.postgresql import PostgresDatabase

    file = tmp_path / "other.db"
    database = PostgresDatabase(postgres.address(postgres.ledger())) if on is None else SqliteDatabase(file)
    made = Ledger(database, clock, lambda: key_beside(file))
    yield made
    made.close()


@pytest.mark.parametrize("fault", [errors.Unavailable("HTTP 500", status=500), "answer lost"])
def test_a_thread_goes_on_in_the_database_to_which_its_ledger_is_moved(world, other, fault):
    world.network.script = [None, fault]
    world.steps(2)
    before = [(row.key, row.state, row.part) for row in world.rows()]
    copy(world.ledger.database, other.database)
    world.moved_to(other)
    assert [(row.key, row.state, row.part) for row in world.rows()] == before
    for _ in range(SIZE):
        world.clock.move(seconds=400)
        world.steps(SIZE)
    whole(world)


def held(world):
    """The second post is held."""
    world.network.script = [None, "answer lost"]
    world.steps(2)
    world.ledger.outcomes.held(world.rows()[1], now=world.clock())
    assert world.stands() == [("posted", None), ("held", "no_answer")]


def test_nothing_goes_out_after_a_held_post_until_somebody_says_what_became_of_it(world):
    held(world)
    world.clock.move(days=1)
    world.steps(2 * SIZE)
    assert len(world.rows()) == 2
    lasting(world)
    key = world.rows()[1].key
    decisions.resolve(world.rows()[1], world.ledger, url="https://social.example/there")
    world.steps()
    assert [row.state for row in world.rows()] == ALL
    assert [to for _, _, to in world.network.posts][2] == "https://social.example/there"
    assert [number for number, (known, _, _) in enumerate(world.network.posts) if known == key] == [1]


def test_a_held_post_that_never_arrived_goes_out_in_its_frozen_words(world):
    held(world)
    world.network.posts.pop()
    lasting(world)
    decisions.resolve(world.rows()[1], world.ledger, url=None)
    world.steps()
    whole(world)


def test_what_is_assumed_to_be_sent_cannot_be_answered_and_that_is_said(world):
    held_back = Lane(MASTO, world.network, lambda: world.network.limits, timedelta(seconds=15))
    world.network.script = ["answer lost"]
    world.step()
    world.ledger.outcomes.assumed(world.rows()[0], error="assumed", now=world.clock())
    row = world.rows()[1]
    deliver(row.key, held_back, world.ledger, None, TERMS, Gate(world.ledger))
    row = world.rows()[1]
    assert (row.state, row.reason) == ("failed", "rejected")
    assert row.error == "the post that it answers was assumed to be sent, so nobody knows where it is"
    assert [state for _, state, _ in world.ledger.alerts.waiting()] == ["failed"]


def test_skipping_a_post_ends_its_thread(world):
    world.step()
    decisions.skip(world.rows()[1], world.ledger)
    world.clock.move(hours=1)
    world.steps()
    assert world.stands() == [("posted", None), ("skipped", "person")]
    assert texts(world) == ["Harbour, post 0"]


def test_an_account_that_is_paused_in_the_middle_goes_on_with_the_thread_once_it_is_resumed(world):
    world.steps(2)
    decisions.pause(["masto"], [], world.ledger)
    world.clock.move(minutes=30)
    world.steps(2 * SIZE)
    assert [row.state for row in world.rows()] == ["posted", "posted", "due"]
    urgent = Article("news", "https://gazette.example/2", "Flood", published=world.clock())
    announce(urgent, [MASTO], world.ledger)
    decisions.resume([MASTO], [], [MASTO], world.ledger)
    world.steps(2 * SIZE)
    assert texts(world)[:SIZE] == [f"Harbour, post {number}" for number in range(SIZE)]
    assert len(texts(world)) == 2 * SIZE


def test_words_that_are_paused_in_the_middle_hold_the_rest_back(world):
    world.step()
    decisions.pause([], ["harbour"], world.ledger)
    world.steps()
    assert [row.state for row in world.rows()] == ["posted", "due"]
    assert world.rows()[1].reason == "paused"
    decisions.resume([], ["harbour"], [MASTO], world.ledger)
    world.clock.move(minutes=20)
    world.steps(2 * SIZE)
    whole(world)


def test_a_post_that_is_tried_again_after_its_age_goes_out(world):
    world.network.script = [None, errors.Rejected("no")]
    world.steps(2)
    world.clock.move(days=3)
    decisions.retry(world.rows()[1], world.ledger)
    world.steps()
    whole(world)


def test_no_question_about_threads_reads_what_is_finished(tmp_path, clock):
    """SQLite's plans: a ledger with a million posts that are out answers as quickly as one with none."""
    asked: list[str] = []
    database = SqliteDatabase(tmp_path / "planned.db", durable=False)
    ledger = Ledger(database, clock, lambda: key_beside(tmp_path / "planned.db"))
    plain = database.rows

    def watched(sql, **values):
        asked.extend(row["detail"] for row in plain(f"EXPLAIN QUERY PLAN {sql}", **values))
        return plain(sql, **values)

    def expired(sql, **values):
        watched(sql, **values)
        return {"one": 1}

    database.rows, database.row = watched, expired
    try:
        open_parts(database)
        ledger.backlog.expire(ledger.now())
    finally:
        del database.rows, database.row
        ledger.close()
    assert len(asked) >= 5, asked
    assert [plan for plan in asked if plan.startswith("SCAN")] == []
