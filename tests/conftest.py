"""What many tests need: a clock, a ledger on a real file, an article, a site, a sandbox, a desk to run commands at."""

from __future__ import annotations

import gc
import os
import signal
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings

from syndicate.ledger import Ledger
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.model import Article
from tests import processes
from tests.waiting import wait_for
from tests.worlds.clock import Clock

ENDING = 30.0  # seconds for a process that was killed to be gone

pytest.register_assert_rewrite("syndicate.testing", "tests.platforms.described")
processes.default_signals_for_children()
processes.same_surroundings_for_children()
settings.register_profile(
    "steady",
    deadline=None,
    max_examples=int(os.environ.get("SYNDICATE_EXAMPLES", "30")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")


def pytest_collection_finish():
    """What was collected is no garbage: twenty thousand tests need not be looked through again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def no_process_outlives_the_tests():
    with processes.ended():
        yield


@pytest.fixture(scope="session", autouse=True)
def no_sandbox_beside_the_tests_is_used():
    """A run with --sandbox would otherwise post to one that a person runs on port 8700."""
    os.environ["SYNDICATE_SANDBOX_PORT"] = str(processes.free_port())


@pytest.fixture(scope="session", autouse=True)
def nothing_is_kept_beside_what_people_look_at(tmp_path_factory):
    """What rehearsals keep to look at is kept with the tests' other files."""
    from syndicate.app import kept_files

    folder = tmp_path_factory.mktemp("kept") / "syndicate"
    kept_files.place = lambda: folder


@pytest.fixture(scope="session", autouse=True)
def no_test_takes_its_machine_for_one_of_ci():
    """Where the tests themselves run in CI; a first run refuses to work there without a state file."""
    for name in ("CI", "GITHUB_ACTIONS"):
        os.environ.pop(name, None)


@pytest.fixture(autouse=True)
def no_process_outlives_its_test():
    """What a test started is ended with it; what the product started and left behind fails it."""
    before = processes.children()
    with processes.ended():
        yield

    def left() -> dict[int, str]:
        return {number: command for number, command in processes.children().items() if number not in before}

    ended = wait_for(lambda: not left(), ENDING)  # one that was killed just now is there for a moment more
    found = left()
    for number in found:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    assert ended, found


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server, one for all tests of this process."""
    from tests.worlds import postgres as server

    why = server.missing()
    if why is not None:
        pytest.skip(why)
    running = server.Server()
    yield running
    running.close()


@pytest.fixture
def ledger(tmp_path, clock):
    path = tmp_path / "ledger.db"
    opened = Ledger(SqliteDatabase(path, durable=False), clock, lambda: key_beside(path))
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
def put(ledger, article):
    """Plans story `number` for an account and sets columns of its row; gives the delivery as it then is."""
    from tests.worlds.accounts import MASTO
    from tests.worlds.rows import planned

    return lambda number=1, account=MASTO, **columns: planned(ledger, article(number), account, **columns)


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


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests of a process."""
    from tests.worlds.browser import chromium

    with chromium() as running:
        yield running


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a page; nothing may leave it, and nothing may be said on its console."""
    from tests.worlds.browser import Windows

    windows = Windows(browser, tmp_path)
    yield windows
    windows.close()
