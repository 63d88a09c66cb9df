"""Workers of a fleet as real processes, on a real PostgreSQL server, posting to the sandbox."""

from __future__ import annotations

import json
import re
import signal
import sys
from contextlib import closing
from urllib.request import urlopen

import pytest
from cryptography.fernet import Fernet

from syndicate.app.engines.queues import POSTS
from tests import processes
from tests.waiting import PATIENCE, wait_for
from tests.worlds.fake_clock import fake_clock
from tests.worlds.fleet import Fleet, ends
from tests.worlds.in_flight import InFlight
from tests.worlds.postgres import Server

KEY = Fernet.generate_key().decode()
FULL = (
    "CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;"
    "CREATE TRIGGER full_disk BEFORE INSERT ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION full_disk()"
)

ROOM = "DROP FUNCTION full_disk CASCADE"


@pytest.fixture
def fleet(postgres, desk, monkeypatch):
    monkeypatch.setenv("SYNDICATE_KEY", KEY)
    made = Fleet(desk, postgres)
    yield made
    postgres.drop(made.name)


def test_a_story_goes_out_on_both_accounts_and_nothing_is_left_in_the_queues(fleet):
    port = processes.free_port()
    fleet.config("masto", "bsky", extra=f"listen: {{address: '127.0.0.1:{port}'}}")
    faked = fake_clock(fleet.desk.folder)
    faked.set(300)
    fleet.site.publish(1)
    worker = fleet.start(1, "--concurrency", "4", "--listen", environ=faked.environ)
    assert wait_for(lambda: len(fleet.sandbox.posts()) == 2), fleet.said(1)
    with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE) as answer:
        assert answer.status == 200
    fleet.config("masto", "bsky", "hook", extra=f"listen: {{address: '127.0.0.1:{port}'}}")
    worker.send_signal(signal.SIGHUP)
    assert wait_for(lambda: "config.reloaded" in fleet.said(1)), fleet.said(1)
    fleet.site.publish(1)
    assert wait_for(lambda: len(fleet.sandbox.posts()) == 5), fleet.said(1)
    assert ends(worker), fleet.said(1)
    said = fleet.said(1)
    assert said.count(" delivery.posted ") == 5
    assert re.findall(r"clock\.differs note=\"the clock of this machine is (\d\d\d) s ahead of", said) != []
    assert said.count("clock.differs") == 1
    assert said.splitlines()[-1].endswith("daemon.stopped")
    for table in ("workers", "events", "jobs"):  # of a dispatch that was just enqueued, and waits
        assert fleet.asked(f"SELECT count(*) FROM procrastinate_{table}") <= [(4,)], table
    assert set(fleet.posted().values()) == {1}


def test_each_worker_takes_what_is_in_its_queues_and_many_send_each_story_once_and_in_order(fleet):
    reading = fleet.start(1, "--queues", "polls,errands")
    fleet.site.publish(6)
    assert wait_for(lambda: fleet.asked("SELECT count(*) FROM delivery") == [(12,)]), fleet.said(1)
    assert wait_for(lambda: fleet.asked("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'posts'") == [(2,)])
    assert fleet.sandbox.posts() == []
    sending = [fleet.start(number, "--queues", "posts,pictures") for number in (2, 3)]
    assert wait_for(lambda: len(fleet.sandbox.posts()) == 12), fleet.said(2)
    assert ends(reading, *sending), fleet.said(2)
    assert set(fleet.posted().values()) == {1}
    for platform in ("mastodon", "bluesky"):
        sent = [post["link"] for post in fleet.sandbox.posts() if post["platform"] == platform]
        assert sent == [fleet.site.link(story) for story in reversed(fleet.site.stories)]
    assert "delivery.posted" not in fleet.said(1)


@pytest.mark.slow
def test_a_worker_that_is_killed_as_it_commits_is_taken_over_and_nothing_is_doubled(fleet):
    fleet.config("masto", "bsky", account=", settle: 1s")
    flight = InFlight(fleet.sandbox)
    workers = {worker.pid: worker for worker in (fleet.start(number) for number in (1, 2))}
    fleet.site.publish(1)
    assert flight.begun.wait(PATIENCE)
    [(claimed,), *_] = fleet.asked("SELECT claimed_by FROM delivery WHERE state = 'sending'")
    killed = workers.pop(json.loads(claimed)["pid"])
    processes.end(killed)
    flight.over.set()
    assert wait_for(lambda: fleet.states() == {"posted": 2}), fleet.said(1) + fleet.said(2)
    assert ends(*workers.values())
    assert sorted(fleet.posted().values()) == [1, 1]


@pytest.mark.slow
def test_a_worker_waits_for_its_server_and_goes_on_when_the_cause_is_gone(desk, monkeypatch):
    monkeypatch.setenv("SYNDICATE_KEY", KEY)
    with closing(Server()) as own:
        fleet = Fleet(desk, own)
        own.stop()
        worker = fleet.start(1)
        assert wait_for(lambda: "cannot be reached" in fleet.said(1))
        own.start()
        fleet.site.publish(1)
        assert wait_for(lambda: len(fleet.sandbox.posts()) == 2), fleet.said(1)
        for told, cause, cure in (
            ("cannot be reached", own.stop, own.start),
            ("disk of the server is full", lambda: fleet.asked(FULL), lambda: fleet.asked(ROOM)),
        ):
            before, posts = fleet.said(1).count(told), len(fleet.sandbox.posts())
            cause()
            assert wait_for(lambda told=told, before=before: fleet.said(1).count(told) > before), fleet.said(1)
            cure()
            fleet.site.publish(1)
            assert wait_for(lambda posts=posts: len(fleet.sandbox.posts()) == posts + 2), fleet.said(1)
        assert ends(worker), fleet.said(1)
        assert set(fleet.posted().values()) == {1}
        assert "Traceback" not in fleet.said(1)
        assert " bug " not in fleet.said(1)


ENDED = (
    "INSERT INTO procrastinate_jobs (queue_name, task_name, status, lock, queueing_lock, args, worker_id)"
    " SELECT '{queue}', 'deliver', 'doing', 'account bsky', 'deliver bsky', '{{\"account\": \"bsky\"}}', MIN(id)"
    " FROM procrastinate_workers"
)


@pytest.mark.slow
def test_a_job_whose_end_was_not_told_to_the_server_keeps_its_account_from_nothing(fleet):
    """The server was away for a moment, and the worker lives on: nobody else would take the job for its own."""
    worker = fleet.start(1)
    fleet.site.publish(1)
    assert wait_for(lambda: len(fleet.sandbox.posts()) == 2), fleet.said(1)
    assert wait_for(lambda: not fleet.asked("SELECT 1 FROM procrastinate_jobs WHERE status = 'doing'"))
    fleet.asked(ENDED.format(queue=POSTS))
    fleet.site.publish(1)
    assert wait_for(lambda: len(fleet.sandbox.posts()) == 4), fleet.said(1)
    assert ends(worker), fleet.said(1)
    assert set(fleet.posted().values()) == {1}


def test_what_a_worker_cannot_begin_with_is_one_line_with_a_cure_and_no_password(fleet, monkeypatch):
    desk = fleet.desk
    [(newest,)] = fleet.asked("SELECT value FROM meta WHERE name = 'engine_schema'")
    for version, told in (("03.00.00_50", "an earlier job engine"), ("99.00.00_50", "a later job engine")):
        fleet.asked(f"UPDATE meta SET value = '{version}' WHERE name = 'engine_schema'")
        refused = desk("worker")
        assert (refused.code, told in refused.complaint, "hint: " in refused.err) == (1, True, True)
    fleet.asked(f"UPDATE meta SET value = '{newest}' WHERE name = 'engine_schema'")
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    refused = desk("worker")
    assert (refused.code, refused.complaint) == (1, "workers need procrastinate")
    assert 'hint: pip install "syndicate-social[distributed]"' in refused.err
    monkeypatch.undo()
    monkeypatch.setenv("SYNDICATE_KEY", KEY)
    if not fleet.postgres.run("SELECT 1 FROM pg_roles WHERE rolname = 'guarded'"):
        fleet.postgres.run("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    at = f"127.0.0.1:{fleet.postgres.port}/{fleet.name}"
    desk.config("masto", extra=f"database: postgresql://guarded:S3cret-word@{at}")
    refused = desk("worker")
    assert (refused.code, "its password is wrong" in refused.complaint) == (1, True)
    assert "S3cret-word" not in refused.err
    desk.config("masto", extra=f"database: postgresql://guarded:right@{at}")
    refused = desk("worker")
    assert (refused.code, "does not let the role guarded do that" in refused.complaint) == (1, True)


def test_a_ledger_in_a_file_has_no_workers_and_a_queue_has_its_name(desk):
    refused = desk("worker")
    assert (refused.code, refused.complaint.startswith("workers need a ledger on PostgreSQL")) == (1, True)
    assert "hint: run syndicate daemon" in refused.err
    unknown = desk("worker", "--queues", "polls,pots")
    assert unknown.code == 2
    assert "no queue is called 'pots' (known: polls, posts, pictures, errands)" in unknown.err
