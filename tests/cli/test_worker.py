"""Workers of a fleet as real processes, on a real PostgreSQL server, posting to the sandbox."""

from __future__ import annotations

import signal

import pytest
from cryptography.fernet import Fernet

from tests.waiting import PATIENCE, wait_for

KEY = Fernet.generate_key().decode()


@pytest.fixture
def fleet(postgres, desk, monkeypatch):
    """A desk with an upgraded ledger on the server, where the first reading was done; `asked` asks its database."""
    monkeypatch.setenv("SYNDICATE_KEY", KEY)
    name = postgres.empty()
    at = postgres.address(name)
    desk.asked = lambda statement: postgres.run(statement, name)
    desk.fleet = lambda *accounts, extra="", **fields: desk.config(
        *accounts, extra=f"database: {at}\n{extra}", source=", every: 1s", **fields
    )
    desk.fleet("masto", "bsky")
    assert desk("db", "upgrade").code == 0
    assert desk("post").code == 0
    yield desk
    postgres.drop(name)


def ended(worker):
    """What a worker said, once it was told to end."""
    worker.send_signal(signal.SIGTERM)
    said = worker.communicate(timeout=PATIENCE)[1]
    assert worker.returncode == 0, said
    return said


def test_a_story_goes_out_on_both_accounts_and_nothing_is_left_in_the_queues(fleet):
    fleet.site.publish(1)
    worker = fleet.start("worker", "--concurrency", "4")
    assert wait_for(lambda: len(fleet.sandbox.posts()) == 2)
    said = ended(worker)
    assert said.count(" delivery.posted ") == 2
    assert said.splitlines()[-1].endswith("daemon.stopped")
    for table in ("workers", "events", "jobs"):  # the next dispatch may have been enqueued, and waits
        assert fleet.asked(f"SELECT count(*) FROM procrastinate_{table}") <= [(1,)], table
    assert {row["state"] for row in fleet("deliveries", "list", "--json").rows} == {"posted"}
