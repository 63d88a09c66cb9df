"""What many tests need: a clock that is told the time, a ledger on a real file, an article."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.ledger import Ledger
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.database import Database
from syndicate.model import Article
from tests import processes

processes.default_signals_for_children()


@pytest.fixture(scope="session", autouse=True)
def no_process_outlives_the_tests():
    with processes.ended():
        yield


@pytest.fixture(autouse=True)
def no_process_outlives_its_test():
    """What a test started is ended with it; what the product started and left behind fails it."""
    before = processes.children()
    with processes.ended():
        yield
    left = {number: command for number, command in processes.children().items() if number not in before}
    for number in left:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    assert not left


class Clock:
    """Stands still until it is moved."""

    def __init__(self, start: datetime = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def move(self, **step: float) -> None:
        self.now += timedelta(**step)


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
