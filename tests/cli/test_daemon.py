"""The daemon: polls and delivers by itself, stops when told, and is safe beside others."""

from __future__ import annotations

import itertools
import signal
import socket
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from syndicate.app.engines.daemon import Daemon
from syndicate.app.runs import RealRun
from syndicate.app.wiring import App, load
from syndicate.delivery.gates import Gate
from syndicate.errors import LedgerError, SourceError
from syndicate.model import NO_HINTS, Account, Validators
from syndicate.planning.apply import announce
from tests.waiting import PATIENCE, wait_for
from tests.worlds.fake_clock import fake_clock
from tests.worlds.in_flight import InFlight


def test_a_bug_with_one_source_or_account_is_told_whole_and_stops_no_other(clock):
    def broken(*_, **__):
        raise RuntimeError("nobody thought of this")

    told = []

    def say(event, **fields):
        told.append((event, fields))

    recovery = SimpleNamespace(pending=list)
    ledger = SimpleNamespace(now=clock, recovery=recovery, deliveries=SimpleNamespace(next_due=broken))
    config = SimpleNamespace(
        sources={"news"}, accounts={"masto": SimpleNamespace(account=Account("masto", "mastodon"))}
    )
    app = SimpleNamespace(rounds=SimpleNamespace(poll=broken), ledger=ledger, config=config, gate=None, deliver=broken)
    daemon = Daemon(app, say, threading.Event())
    daemon._poll("news")
    daemon._drain("masto")
    assert [event for event, _ in told] == ["bug", "bug"]
    assert [fields.get("source") or fields.get("account") for _, fields in told] == ["news", "masto"]
    assert all("nobody thought of this" in fields["trace"] for _, fields in told)


def test_a_hook_begins_the_polls_at_once_and_a_broken_ledger_does_not_reach_it(tmp_path, clock):
    daemon, begun = daemon_of(tmp_path, clock, {"news": "https://gazette.example/rss.xml"})
    daemon.wake()
    assert begun == ["gazette.example"]
    daemon.wake()
    assert begun == ["gazette.example"], "it is under way"

    def broken(*_):
        raise LedgerError("the disk is full")

    daemon._start_polls = broken
    daemon.wake()


def daemon_of(tmp_path, clock, sources, **settings):
    """A daemon whose polls are only written down: the site of each queue that was begun."""
    lines = [f"  {name}: {{url: '{url}', every: {settings.get('every', '5m')}}}" for name, url in sources.items()]
    path = tmp_path / "config.yaml"
    path.write_text("site: {name: G, url: 'https://gazette.example'}\nsources:\n" + "\n".join(lines), encoding="utf-8")
    daemon = Daemon(App(RealRun(load(path, {}), {}, clock)), lambda *_, **__: None, threading.Event())
    daemon.upkeep.begin()
    begun = []
    daemon._polls = SimpleNamespace(submit=lambda job, *host: begun.extend(host if job == daemon._visit else ()))
    return daemon, begun


def test_all_sites_that_are_due_are_read_at_once_and_the_sources_of_one_in_turn(tmp_path, clock):
    hosts = ["slow.example"] * 6 + [f"host-{number}.example" for number in range(500)]
    sources = {f"s{number}": f"https://{host}/{number}.xml" for number, host in enumerate(hosts)}
    daemon, begun = daemon_of(tmp_path, clock, sources)
    daemon._start_polls()
    assert len(begun) == len(set(begun)) == 501
    assert list(daemon._queues["slow.example"]) == [f"s{number}" for number in range(6)]
    ledger = daemon.running.app.ledger
    assert ledger.sources.due(clock.now) == {}  # written down before any of them is asked
    daemon._start_polls()
    clock.move(minutes=6)
    daemon._start_polls()  # still under way
    assert len(begun) == 501
    daemon.running.app.close()


def test_the_overdue_sources_of_a_site_are_spread_and_new_ones_and_lone_ones_are_not(tmp_path, clock, article):
    sources = {f"s{number}": f"https://big.example/{number}.xml" for number in range(40)}
    sources |= {"alone": "https://small.example/", "new": "https://big.example/new.xml"}
    daemon, _ = daemon_of(tmp_path, clock, sources)
    ledger = daemon.running.app.ledger
    for name in sources:
        if name != "new":
            wait = {"next_poll_at": clock.now + timedelta(minutes=5), "wish": NO_HINTS}
            ledger.sources.read(name, Validators(), baseline_at=clock.now, entries=1, **wait)
    clock.move(hours=3)
    daemon.upkeep.begin()
    assert set(ledger.sources.due(clock.now)) == {"alone", "new"}
    spread = [len(ledger.sources.due(clock.now + timedelta(minutes=minute))) - 2 for minute in range(6)]
    assert (spread[0], spread[5]) == (0, 40)
    assert all(2 <= later - before <= 15 for before, later in itertools.pairwise(spread))
    daemon.upkeep.begin()  # a crash loop does not put them off again
    assert len(ledger.sources.due(clock.now + timedelta(minutes=5))) == 42
    daemon.running.app.close()


def test_a_shorter_interval_holds_from_the_next_start_on(tmp_path, clock):
    daemon, _ = daemon_of(tmp_path, clock, {"news": "https://gazette.example/", "down": "https://down.example/"})
    ledger, later = daemon.running.app.ledger, clock.now + timedelta(hours=6)
    for name in ("news", "down"):
        ledger.sources.ensure(name, daemon.running.app.config.sources[name].url)
        ledger.sources.read(name, Validators(), baseline_at=clock.now, entries=1, next_poll_at=later)
    ledger.sources.failed("down", "answers 503", next_poll_at=later, retry_at=None)
    daemon.upkeep.begin()
    every = daemon.running.app.config.sources["news"].every
    assert ledger.sources.ensure("news", "https://gazette.example/").next_poll_at == clock.now + every.most
    assert ledger.sources.ensure("down", "https://down.example/").next_poll_at == later, "what fails keeps its wait"
    daemon.running.app.close()


def test_a_look_up_needs_a_login_and_nothing_else_of_an_account(ledger, article, clock):
    account = Account("masto", "mastodon")
    [delivery] = ledger.deliveries.search(anchor=announce(article(), [account], ledger))
    unknown = replace(delivery, state="unknown")
    for why, due_waits, look_up_waits in ((None, False, False), ("person", True, False), ("auth", True, True)):
        state = replace(ledger.accounts.find("masto"), paused=why)
        assert bool(Gate(ledger).account(delivery, state, clock())) is due_waits
        assert bool(Gate(ledger).account(unknown, state, clock())) is look_up_waits


@pytest.mark.slow
def test_the_daemon_polls_delivers_and_stops_when_told(desk):
    desk.config("masto", "bsky", "fb", source=", every: 1s")
    desk.site.publish(2)
    process = desk.start("daemon")
    try:
        assert wait_for(lambda: any(path == "/rss.xml" for path, _ in desk.site.requests))
        assert wait_for((desk.folder / "syndicate.db").exists)
        polls = len(desk.site.requests)
        assert wait_for(lambda: len(desk.site.requests) > polls)
        desk.site.publish(3)
        assert wait_for(lambda: len(desk.sandbox.posts()) == 9)
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert err.count("delivery.posted") == 9
    assert "source.baseline" in err
    assert "Traceback" not in err
    assert "masto-token" not in err


@pytest.mark.slow
def test_two_daemons_and_a_post_on_one_ledger_send_each_story_once(desk):
    desk.config("masto", "fb", "hook", source=", every: 1s, burst: off")
    desk("post")
    daemons = [desk.start("daemon"), desk.start("daemon")]
    try:
        desk.site.publish(15)
        desk.start("post").communicate(timeout=PATIENCE)
        assert wait_for(lambda: len(desk.sandbox.posts()) >= 45)
    finally:
        for daemon in daemons:
            daemon.send_signal(signal.SIGTERM)
        told = [daemon.communicate(timeout=PATIENCE) for daemon in daemons]
    assert [daemon.returncode for daemon in daemons] == [0, 0], told
    counted = Counter((post["platform"], post["link"]) for post in desk.sandbox.posts())
    assert (len(counted), set(counted.values())) == (45, {1})
    said = [err.count("daemon.beside note=") for _, err in told]
    assert sorted(said) == [0, 1]


@pytest.mark.slow
def test_a_site_and_a_network_that_hang_delay_no_other(desk):
    """Thirty sources of a site that accepts and never answers, and an account on a network that does the same."""
    with socket.socket() as hole:
        hole.bind(("127.0.0.1", 0))
        hole.listen(64)
        port = hole.getsockname()[1]
        desk.config("masto", "hook", source=", every: 1s", extra="network: {timeout: 1h}\nlease: 2h")
        text = desk.path.read_text(encoding="utf-8")
        hanging = "".join(f"  s{n}: {{url: 'http://127.0.0.1:{port}/{n}', every: 1s}}\n" for n in range(30))
        text = text.replace("sources:\n", f"sources:\n{hanging}")
        before, _, after = text.partition("  hook: ")
        desk.path.write_text(f"{before}  hook: {after.replace(desk.sandbox.url, f'http://127.0.0.1:{port}', 1)}")
        daemon = desk.start("daemon")
        try:
            assert wait_for(lambda: any(path == "/rss.xml" for path, _ in desk.site.requests))
            for number in range(3):
                desk.site.publish(1)
                assert wait_for(lambda wanted=number + 1: len(desk.sandbox.posts()) == wanted)
        finally:
            daemon.send_signal(signal.SIGTERM)
            _, err = daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0, err
    assert "Traceback" not in err


def memory_mb(process):
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def room_with_hours(tmp_path, hours):
    path = tmp_path / "config.yaml"
    account = "{platform: mastodon, url: 'https://social.example', token: masto-token"
    path.write_text(
        "site: {name: G, url: 'https://gazette.example'}\nsources: {news: {url: 'https://gazette.example/rss'}}\n"
        f"accounts: {{masto: {account}{hours}}}}}\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("restarted", [True, False])
def test_mended_hours_hold_at_once_and_after_a_restart(tmp_path, clock, article, restarted):
    path = room_with_hours(tmp_path, ", schedule: {windows: ['Sat 10:00-11:00']}")
    app, told = App(RealRun(load(path, {}), {}, clock)), []
    app.lanes.register()
    announce(article(), app.accounts, app.ledger)
    opens = clock() + timedelta(days=4)
    app.ledger.backlog.close("masto", "window", opens, "windows", clock())
    assert app.ledger.deliveries.accounts_with_work(clock()) == []
    room_with_hours(tmp_path, "")

    def renew(before):
        return App(before.kind.with_config(load(path, {}))), None

    daemon = Daemon(app, lambda event, **_: told.append(event), threading.Event(), renew=renew)
    if restarted:
        daemon.upkeep.begin()
    else:
        daemon.reloading.read_again()
    assert app.ledger.deliveries.accounts_with_work(clock()) == ["masto"]
    assert told == ([] if restarted else ["config.reloaded"])
    app.close()


def test_a_config_with_a_mistake_is_refused_and_the_old_one_stays(tmp_path, clock):
    path, told = room_with_hours(tmp_path, ""), []
    app = App(RealRun(load(path, {}), {}, clock))
    room_with_hours(tmp_path, ", visibilty: public")

    def renew(before):
        return App(before.kind.with_config(load(path, {}))), None

    daemon = Daemon(app, lambda *event, **fields: told.append((*event, fields)), threading.Event(), renew=renew)
    daemon.reloading.read_again()
    assert daemon.running.app is app
    [(event, fields)] = told
    assert event == "config.refused"
    assert "visibilty" in fields["error"]
    app.close()


def test_a_ledger_that_is_gone_is_a_reason_of_healthz_until_it_is_back(tmp_path, clock):
    daemon, _ = daemon_of(tmp_path, clock, {"news": "https://gazette.example/rss"})
    daemon._polls.grow = lambda: None
    path = daemon.running.app.config.ledger
    away = path.rename(path.with_name("away"))
    daemon._tick()
    assert "is gone" in daemon.health()
    away.rename(path)
    daemon._tick()
    assert daemon.health() is None
    daemon.running.app.close()


@pytest.mark.slow
def test_sighup_rereads_the_config_and_other_signals_and_a_closed_terminal_do_no_harm(desk):
    """The reader of its log is gone, as a closed terminal is, before the second change."""
    desk.config("masto", source=", every: 1s")
    desk("post")
    daemon = desk.start("daemon")
    lines = iter(daemon.stderr.readline, "")
    assert any("daemon.started" in line for line in lines)
    daemon.send_signal(signal.SIGUSR1)
    good = desk.path.read_text(encoding="utf-8")
    desk.path.write_text(good.replace("sources:", "sorces:"), encoding="utf-8")
    assert any("config.changed" in line for line in lines)
    daemon.send_signal(signal.SIGHUP)
    assert any("config.refused" in line and "sorces" in line for line in lines)
    desk.config("masto", "hook", source=", every: 1s")
    daemon.send_signal(signal.SIGHUP)
    assert any("config.reloaded" in line and "accounts=2" in line for line in lines)
    daemon.stderr.close()
    desk.site.publish(1)
    assert wait_for(lambda: len(desk.sandbox.posts()) == 2)
    flight = InFlight(desk.sandbox)
    desk.site.publish(1)
    assert flight.begun.wait(PATIENCE)
    desk.config("masto", "hook", "fb", source=", every: 1s")
    daemon.send_signal(signal.SIGHUP)
    flight.over.set()
    assert wait_for(lambda: len(desk.sandbox.posts()) == 4)
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(PATIENCE) == 0
    counted = Counter((post["platform"], post["link"]) for post in desk.sandbox.posts())
    assert set(counted.values()) == {1}
    assert desk("post").code == 0


@pytest.mark.slow
def test_the_daemon_goes_on_whatever_becomes_of_the_clock(desk):
    """Set forth and back by libfaketime, in its own clock; the monotonic one is left alone."""
    faked = fake_clock(desk.folder)
    desk.config("masto", source=", every: 1s", extra="network: {timeout: 60s}\nlease: 90s")
    desk("post")
    daemon = desk.start("daemon", environ=faked.environ)
    went_on = []
    for number, offset in enumerate((3600, 0, -3600, 0, 86_400, 0, -86_400, 0, 365 * 86_400, -60, 0), 1):
        polls = len(desk.site.requests)
        faked.set(offset)
        desk.site.publish(1)
        polled = wait_for(lambda seen=polls: len(desk.site.requests) > seen + 2)
        posted = wait_for(lambda wanted=number: len(desk.sandbox.posts()) == wanted)
        went_on.append((offset, polled, posted))
        if not (polled and posted):
            break
    memory = memory_mb(daemon.pid)
    daemon.send_signal(signal.SIGTERM)
    _, err = daemon.communicate(timeout=PATIENCE)
    assert all(polled and posted for _, polled, posted in went_on), f"{went_on}\n{err}"
    assert memory < 200
    assert daemon.returncode == 0
    assert "clock.failed" in err
    assert "Traceback" not in err
    states = Counter(row["state"] for row in desk("deliveries", "list", "--json").rows)
    assert states == {"posted": 11}


def test_a_ledger_that_a_poll_cannot_write_is_a_trouble_and_over_with_the_next_poll(clock):
    outcomes = iter([LedgerError("the disk is full"), SourceError("answers 503"), LedgerError("the disk is full")])

    def poll(_):
        raise next(outcomes)

    rounds, config = SimpleNamespace(poll=poll), SimpleNamespace(sources={"news"})
    app = SimpleNamespace(rounds=rounds, config=config, ledger=SimpleNamespace(now=clock))
    daemon = Daemon(app, lambda *_, **__: None, threading.Event())
    reasons = []
    for _ in range(3):
        daemon._poll("news")
        reasons.append(daemon.health())
    assert reasons == ["the disk is full", None, "the disk is full"]


def test_a_trouble_of_what_is_not_asked_any_more_is_over(clock):
    working = ["masto"]
    deliveries = SimpleNamespace(accounts_with_work=lambda _: working)
    ledger = SimpleNamespace(now=clock, deliveries=deliveries, recovery=SimpleNamespace(pending=list))
    config = SimpleNamespace(sources={"news": None})
    app = SimpleNamespace(ledger=ledger, config=config, accounts=[Account("masto", "mastodon")])
    daemon = Daemon(app, lambda *_, **__: None, threading.Event())
    daemon._lanes = SimpleNamespace(submit=lambda *_: None)
    for name in ("package", "source news", "source gone", "account masto", "account idle"):
        daemon.running.troubles.found(name, "wrong")
    daemon._start_lanes()
    assert daemon.running.troubles.names() == {"package", "source news", "account masto"}
    working.clear()
    daemon._busy.clear()
    config.sources.clear()
    daemon._start_lanes()
    assert daemon.running.troubles.names() == {"package"}
