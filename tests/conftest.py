"""What many tests need: a clock, a ledger on a real file, an article, a site, a sandbox, a desk to run commands at."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger import Ledger
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.database import Database
from syndicate.model import Article
from tests.worlds.clock import Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(tmp_path, clock):
    path = tmp_path / "ledger.db"
    opened = Ledger(Database(path, durable=False), clock, lambda: key_beside(path))
    yield opened
    opened.close()


@pytest.fixture
def article(clock):
    def make(number: int = 1, **fields):
        base = {
            "source": "news",
            "url": f"https://gazette.example/{number}",
            "title": f"Story {number}",
            "summary": "What happened.",
            "guid": f"guid-{number}",
            "published": clock.now - timedelta(minutes=5),
        }
        return Article(**base | fields)

    return make


@pytest.fixture
def site():
    from tests.worlds.site import Site

    running = Site()
    yield running
    running.close()


@pytest.fixture
def sandbox():
    from syndicate.sandbox.server import Sandbox

    with Sandbox(port=0) as running:
        yield running


@pytest.fixture
def desk(tmp_path, site, sandbox, capsys):
    from tests.worlds.desk import Desk

    made = Desk(tmp_path, site, sandbox, capsys)
    made.config("masto")
    return made
