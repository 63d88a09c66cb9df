"""The daemon: polls and delivers by itself, stops when told, and is safe beside others."""

from __future__ import annotations

import itertools
import signal
import socket
import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from syndicate.engines.embedded import Daemon
from syndicate.engines.once import account_waits
from syndicate.model import Account
from syndicate.polling import announce


def wait_for(condition, seconds=30):
    """Until it holds; the test's own patience, not the product's."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if condition():
            return True
        pause.wait(0.05)
    return False


def test_a_bug_with_one_source_or_account_is_told_whole_and_stops_no_other(clock):
    def broken(*_, **__):
        raise RuntimeError("nobody thought of this")

    told = []

    def say(event, **fields):
        told.append((event, fields))

    ledger = SimpleNamespace(now=clock, deliveries=SimpleNamespace(next_due=broken))
    daemon = Daemon(SimpleNamespace(poll=broken, ledger=ledger), say, threading.Event())
    daemon._poll("news")
    daemon._drain("masto")
    assert [event for event, _ in told] == ["bug", "bug"]
    assert [fields.get("source") or fields.get("account") for _, fields in told] == ["news", "masto"]
    assert all("nobody thought of this" in fields["trace"] for _, fields in told)


def test_all_sources_that_are_due_are_read_at_once_but_no_more_than_four_of_a_host(ledger, clock):
    hosts = ["slow.example"] * 6 + [f"host-{number}.example" for number in range(500)]
    sources = {
        f"s{number}": SimpleNamespace(name=f"s{number}", url=f"https://{host}/{number}.xml", every=every)
        for (number, host), every in zip(
            enumerate(hosts), itertools.cycle([timedelta(minutes=5), timedelta(hours=1)]), strict=False
        )
    }
    for source in sources.values():
        ledger.sources.ensure(source.name, source.url)
    app = SimpleNamespace(config=SimpleNamespace(sources=sources), ledger=ledger)
    daemon = Daemon(app, lambda *_, **__: None, threading.Event())
    begun = []
    daemon._polls = SimpleNamespace(submit=lambda _, name, host: begun.append((name, host)))
    daemon._start_polls()
    assert Counter(host for _, host in begun)["slow.example"] == 4
    assert len({name for name, _ in begun}) == len(begun) == 504
    left = ledger.sources.due(clock.now)
    assert sorted(left) == ["s4", "s5"]
    daemon._start_polls()
    assert len(begun) == 504
    assert set(ledger.sources.due(clock.now + timedelta(minutes=6))) == {
        name for name, source in sources.items() if source.every == timedelta(minutes=5) or name in left
    }


def test_a_look_up_needs_a_login_and_nothing_else_of_an_account(ledger, article, clock):
    account = Account("masto", "mastodon")
    [delivery] = ledger.deliveries.search(anchor=announce(article(), [account], ledger))
    unknown = replace(delivery, state="unknown")
    for why, due_waits, look_up_waits in ((None, False, False), ("person", True, False), ("auth", True, True)):
        state = replace(ledger.accounts.find("masto"), paused=why)
        assert account_waits(delivery, account, state, clock()) is due_waits
        assert account_waits(unknown, account, state, clock()) is look_up_waits


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
        _, err = process.communicate(timeout=20)
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
        desk.start("post").communicate(timeout=60)
        assert wait_for(lambda: len(desk.sandbox.posts()) >= 45)
    finally:
        for daemon in daemons:
            daemon.send_signal(signal.SIGTERM)
        told = [daemon.communicate(timeout=20) for daemon in daemons]
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
        desk.config("masto", "hook", source=", every: 1s", extra="network: {timeout: 20s}\nlease: 30s")
        text = desk.path.read_text(encoding="utf-8")
        hanging = "".join(f"  s{n}: {{url: 'http://127.0.0.1:{port}/{n}', every: 1s}}\n" for n in range(30))
        text = text.replace("sources:\n", f"sources:\n{hanging}")
        before, _, after = text.partition("  hook: ")
        desk.path.write_text(f"{before}  hook: {after.replace(desk.sandbox.url, f'http://127.0.0.1:{port}', 1)}")
        daemon = desk.start("daemon")
        try:
            assert wait_for(lambda: any(path == "/rss.xml" for path, _ in desk.site.requests), 10)
            for number in range(3):
                desk.site.publish(1)
                assert wait_for(lambda wanted=number + 1: len(desk.sandbox.posts()) == wanted, 8)
        finally:
            daemon.send_signal(signal.SIGTERM)
            _, err = daemon.communicate(timeout=30)
    assert daemon.returncode == 0, err
    assert "Traceback" not in err
