"""The job engine: what is enqueued once, how much of it, and jobs whose worker died."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest

from syndicate.app import fleet_schema
from syndicate.app.engines import fleet_engine
from syndicate.app.engines.fleet_engine import FleetEngine
from syndicate.app.engines.queues import QUEUES, Job
from syndicate.ledger.postgresql import PostgresDatabase

DEAD = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - INTERVAL '1 hour') RETURNING id"


@pytest.fixture
def queue(postgres):
    """Runs steps on an engine that runs no jobs; `rows` gives what its database has."""
    name = postgres.empty()
    at = postgres.address(name)
    with closing(PostgresDatabase(at, upgrade=True)) as database:
        fleet_schema.upgrade(database)

    class Queue:
        def rows(self, statement):
            return postgres.run(statement, name)

        def run(self, *steps):
            async def all_of_them():
                with ThreadPoolExecutor(1) as threads:
                    engine = FleetEngine(at, None, threads, 1, QUEUES)
                    async with engine.opened():
                        return [await step(engine) for step in steps]

            with ThreadPoolExecutor(1) as apart:  # a browser of other tests may have a loop on this thread
                return apart.submit(lambda: asyncio.run(all_of_them())).result()

    yield Queue()
    postgres.drop(name)


def job(number, queue="posts"):
    return Job("deliver", queue, {"account": f"a{number}"}, f"deliver a{number}", f"account a{number}")


def test_a_job_waits_once_and_a_queue_has_its_bound(queue, monkeypatch):
    monkeypatch.setattr(fleet_engine, "WAITING", 5)
    monkeypatch.setattr(fleet_engine, "BATCH", 3)
    first, more = [job(1)], [job(number) for number in range(9)]
    queue.run(lambda on: on.put(first), lambda on: on.put(more), lambda on: on.put([job(20, "polls")]))
    listed = queue.rows("SELECT queue_name, queueing_lock FROM procrastinate_jobs ORDER BY id")
    assert Counter(name for name, _ in listed) == {"posts": 5, "polls": 1}
    assert len({once for _, once in listed}) == 6


def test_what_another_process_enqueued_meanwhile_keeps_none_of_the_others_out(queue):
    queue.run(lambda on: on.put([job(2)]), lambda on: on._put([job(number) for number in range(5)]))
    assert queue.rows("SELECT count(*) FROM procrastinate_jobs") == [(5,)]


def test_jobs_of_a_worker_that_died_run_again_unless_an_equal_one_waits(queue):
    queue.run(lambda on: on.put([job(1), job(2)]))
    [(dead,)] = queue.rows(DEAD)
    queue.rows(f"UPDATE procrastinate_jobs SET status = 'doing', worker_id = {dead}")
    queue.run(lambda on: on._put([job(2)]))  # as another process would that did not see it run
    queue.run(lambda on: on.rescue())
    found = queue.rows("SELECT queueing_lock, status, attempts, scheduled_at <= now() FROM procrastinate_jobs")
    assert sorted(found, key=str) == [("deliver a1", "todo", 1, True), ("deliver a2", "todo", 0, None)]
    assert queue.rows("SELECT count(*) FROM procrastinate_workers") == [(0,)]


def test_of_all_that_call_in_one_second_one_dispatch_is_enqueued(queue):
    queue.run(lambda on: on.call_dispatch(1000), lambda on: on.call_dispatch(1000), lambda on: on.call_dispatch(1001))
    assert queue.rows("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'dispatch'") == [(1,)]
    assert queue.rows("SELECT count(*) FROM procrastinate_periodic_defers") <= [(1,)]


def test_what_a_worker_left_half_done_that_was_cut_off_is_ended_by_the_server(queue, monkeypatch):
    monkeypatch.setattr(fleet_engine, "IDLE_SECONDS", 1)
    queue.run(lambda on: on.put([job(1)]))

    async def half(engine):
        other = "SET lock_timeout = '60s'; UPDATE procrastinate_jobs SET priority = 7 RETURNING id"
        with contextlib.suppress(psycopg.Error):  # ours is ended
            async with engine._app.connector.pool.connection() as mine:
                await mine.execute("UPDATE procrastinate_jobs SET priority = 3")
                await asyncio.get_running_loop().run_in_executor(None, queue.rows, other)
                await mine.execute("SELECT 1")

    queue.run(half)
    assert queue.rows("SELECT priority FROM procrastinate_jobs") == [(7,)]
