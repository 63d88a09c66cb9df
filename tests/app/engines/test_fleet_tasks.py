"""What is enqueued for a fleet, and what a job does that comes late, twice, or after its worker died."""

from __future__ import annotations

import threading

import pytest

from syndicate.app.engines import fleet_tasks
from syndicate.app.engines.errands import Errand
from syndicate.app.engines.fleet_tasks import FleetTasks
from syndicate.app.engines.fleet_telling import FleetTelling
from syndicate.app.engines.running import Running
from syndicate.app.engines.upkeep import Upkeep
from syndicate.app.runs import RealRun
from syndicate.app.wiring import App, load
from syndicate.errors import LedgerError
from syndicate.planning.apply import announce


class Told:
    """A worker's tasks on a ledger of its own; `events` is what they said."""

    def __init__(self, folder, clock, sources, accounts):
        path = folder / "config.yaml"
        path.write_text(
            "site: {name: G, url: 'https://gazette.example'}\n"
            f"sources: {{{', '.join(f'{name}: {{url: {url}, every: 5m}}' for name, url in sources.items())}}}\n"
            f"accounts: {{{', '.join(f'{name}: {{{fields}}}' for name, fields in accounts.items())}}}\n",
            encoding="utf-8",
        )
        self.events = []
        self.app = App(RealRun(load(path, {}), {}, clock))
        self.app.ledger.doubt = lambda: None
        self.app.register()
        for name, url in sources.items():
            self.app.ledger.sources.ensure(name, url)
        running = Running(self.app, lambda event, **fields: self.events.append((event, fields)), threading.Event())
        self.upkeep = Upkeep(running)
        self.running, self.tasks = running, FleetTasks(running, self.upkeep)


MASTO = "platform: mastodon, url: 'https://social.example', token: t"


@pytest.fixture
def tasks(tmp_path, clock):
    made = []

    def make(sources=None, accounts=None):
        made.append(Told(tmp_path, clock, sources or {}, accounts or {"masto": MASTO}))
        return made[-1]

    yield make
    for each in made:
        each.app.close()


def test_an_account_gets_one_turn_in_the_queue_of_its_pictures_and_breaking_news_first(tasks, article, clock):
    other = MASTO.replace("social", "other")
    told = tasks(accounts={"masto": f"{MASTO}, image: card", "plain": f"{other}, image: none"})
    for number in (1, 2, 3):
        announce(article(number), told.app.accounts, told.app.ledger)
    told.app.ledger.database.change("UPDATE delivery SET priority = 0 WHERE account = 'plain'")
    jobs = {job.lock: job for job in told.tasks.deliveries()}
    assert {name: (job.queue, job.priority) for name, job in jobs.items()} == {
        "account masto": ("pictures", 0),
        "account plain": ("posts", 1),
    }
    assert jobs["account plain"].once != jobs["account plain"].once.removesuffix(" urgent")


def test_a_site_with_many_sources_leaves_room_for_the_others(tasks, clock):
    many = {f"s{number}": f"https://slow.example/{number}" for number in range(50)}
    told = tasks(sources=many | {"one": "https://other.example/rss"})
    jobs = [job for job in told.tasks.dispatch() if job.task == "poll"]
    assert [job.lock for job in jobs[:2]] != ["site slow.example"] * 2
    assert sorted(job.lock for job in jobs) == ["site other.example", *["site slow.example"] * fleet_tasks.AHEAD]


def test_a_poll_that_came_twice_asks_once_but_one_whose_worker_died_asks_again(tasks, site):
    told = tasks(sources={"news": f"{site.url}/rss.xml"})
    for _ in range(2):
        told.tasks.poll("news", rescued=False)
    assert len(site.requests) == 1
    told.tasks.poll("news", rescued=True)
    assert len(site.requests) == 2
    assert [event for event, _ in told.events] == ["source.baseline"]


def test_a_ledger_that_cannot_be_written_is_told_and_over_with_the_next_dispatch(tasks, monkeypatch):
    told = tasks()

    def full():
        raise LedgerError("the disk of the server is full", hint="free some space there")

    monkeypatch.setattr(told.upkeep, "sweep", full)
    assert told.tasks.dispatch() == []
    assert told.running.troubles.reason() == "the disk of the server is full"
    monkeypatch.undo()
    assert {job.queue for job in told.tasks.dispatch()} == {"errands"}
    assert told.running.troubles.reason() is None
    [(event, fields)] = told.events
    assert (event, fields["hint"]) == ("ledger.failed", "free some space there")


def test_a_bug_in_a_dispatch_is_told_whole_and_an_errand_of_a_later_version_is_left_alone(tasks, monkeypatch):
    told = tasks()
    monkeypatch.setattr(told.upkeep, "sweep", lambda: 1 / 0)
    assert told.tasks.dispatch() == []
    assert "ZeroDivisionError" in told.events[0][1]["trace"]
    done = []
    monkeypatch.setattr(told.tasks._errands, "do", done.append)
    told.tasks.errand("of a later version")
    told.tasks.errand("shelf")
    assert done == [Errand.SHELF]


def test_of_many_workers_one_tells_what_all_have_met(tasks, monkeypatch):
    told = tasks()
    both = [Running(told.app, lambda *_, **__: None, threading.Event()) for _ in range(2)]
    telling = [FleetTelling(running) for running in both]

    def chosen():
        return [running.telling.chosen(told.app, "the disk is full") for running in both]

    assert chosen() == [True, False]
    telling[1].is_ours = True

    def away(*_):
        raise LedgerError("cannot be reached")

    monkeypatch.setattr(told.app.ledger.told_once, "is_first", away)
    assert chosen() == [False, True]
    alerted = []
    for running in both:
        monkeypatch.setattr(running.telling, "alerts", alerted.append)
    for each in telling:
        each.look(lambda: "ill")
    assert alerted == [told.app]


def test_a_trouble_with_an_account_that_others_went_on_with_is_over(tasks):
    told = tasks()
    telling = FleetTelling(told.running)
    for name in ("account masto", "source gone", "package"):
        told.running.troubles.found(name, "wrong")
    telling.look(lambda: "ill")
    assert told.running.troubles.names() == {"package"}
