"""A short storm over a fleet; the long one is `python -m tests.chaos.fleet`."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from contextlib import closing

import pytest
from cryptography.fernet import Fernet

from tests.chaos.fleet import storm
from tests.waiting import PATIENCE, wait_for
from tests.worlds.stalling import Stalling


@pytest.mark.slow
def test_workers_that_are_killed_lose_and_double_nothing(postgres, tmp_path):
    result, made = storm(6, 6, 4, tmp_path, ("mastodon", "facebook"))
    assert made.restarts
    for name in result.networks:
        assert (result.duplicates(name), result.lost(name), result.held(name)) == (0, set(), set()), result.complaints()


@pytest.mark.slow
def test_a_worker_that_is_cut_off_from_the_ledger_while_it_sends_doubles_nothing(postgres, desk):
    """It holds claims, and cannot tell what became of them; another takes over when the leases end."""
    environ = {"SYNDICATE_KEY": Fernet.generate_key().decode()}
    name = postgres.empty()
    accounts, told = ("masto", "bsky", "fb"), []

    def config(port):
        desk.config(
            *accounts,
            source=", every: 1s, burst: off",
            extra=f"database: {postgres.address(name, port=port)}\nlease: 12s\nnetwork: {{timeout: 8s}}\n"
            "defaults: {image: none, settle: 3s, schedule: {catch_up: all}}",
        )

    with closing(Stalling(postgres.port)) as wire:
        config(wire.port)
        for words in (("db", "upgrade"), ("post",)):
            assert desk.start(*words, environ=environ).wait(PATIENCE) == 0
        cut = desk.start("worker", "--concurrency", "4", environ=environ)
        desk.sandbox.add_faults([{"fault": "slow", "seconds": 1.0, "step": "commit", "count": None}])
        desk.site.publish(6)
        assert wait_for(desk.sandbox.posts)
        wire.stalled = True
        sent = len(desk.sandbox.posts())
        config(postgres.port)
        other = desk.start("worker", "--concurrency", "4", environ=environ)
        assert wait_for(lambda: len({(post["platform"], post["link"]) for post in desk.sandbox.posts()}) == 18)
        assert sent < 18  # it was cut off in the middle
        wire.stalled = False
        threading.Event().wait(4)  # it hears of the ledger again, and of what it had claimed
        for worker in (cut, other):
            worker.send_signal(signal.SIGTERM)
            told.append(worker.communicate(timeout=PATIENCE)[1])
    counted = Counter((post["platform"], post["link"]) for post in desk.sandbox.posts())
    assert set(counted.values()) == {1}, told
    postgres.drop(name)
