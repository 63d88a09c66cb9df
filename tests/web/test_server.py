"""The daemon as others see it: its log, its health, its metrics, systemd."""

from __future__ import annotations

import json
import signal
import socket
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from syndicate.app.monitoring.events import delivery_fact, event, writer
from syndicate.app.monitoring.systemd import notify
from syndicate.config.schema import Listen
from syndicate.errors import ConfigError, LedgerError
from syndicate.model import Secret
from syndicate.web.server import Listener
from tests.processes import free_port
from tests.waiting import PATIENCE, wait_for


def got(url, **headers):
    try:
        with urlopen(Request(url, headers=headers), timeout=PATIENCE) as reply:
            return reply.status, reply.read().decode()
    except HTTPError as fault:
        return fault.code, fault.read().decode()


# Facts


def test_a_fact_is_one_line_whatever_it_holds(clock):
    lines = []
    say = writer(lines.append, clock, as_json=False)
    say("source.failed", source="news", error='two\nlines and "quotes"', empty=None)
    assert lines == ['2026-11-23T12:00:00Z source.failed source=news error="two\\nlines and \\"quotes\\""']


def test_or_one_json_object(clock):
    lines = []
    writer(lines.append, clock, as_json=True)("source.read", source="news", new=3, error="")
    assert json.loads(lines[0]) == {
        "time": "2026-11-23T12:00:00Z",
        "event": "source.read",
        "source": "news",
        "new": 3,
    }


def test_a_delivery_tells_what_it_came_to(ledger, article, clock):
    from syndicate.model import Account
    from syndicate.planning.apply import announce

    [delivery] = ledger.deliveries.search(anchor=announce(article(), [Account("masto", "mastodon")], ledger))
    assert delivery_fact(delivery)[0] == "delivery.due"
    assert event(delivery) == f"delivery.due account=masto key={delivery.key} article=https://gazette.example/1"


# Health and metrics


@pytest.fixture
def listener():
    state = {"wrong": None, "metrics": b"syndicate_up 1\n"}

    def metrics():
        if isinstance(state["metrics"], Exception):
            raise state["metrics"]
        return state["metrics"]

    made = Listener(("127.0.0.1", 0), Secret("listen-token-0001"), lambda: state["wrong"], metrics)
    made.state, made.url = state, f"http://127.0.0.1:{made.port}"
    yield made
    made.close()


def test_it_listens_on_ipv6_too():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")
    made = Listener(Listen("[::1]:0").place, None, lambda: None, lambda: b"")
    assert got(f"http://[::1]:{made.port}/healthz") == (200, '{"status": "ok"}\n')
    with pytest.raises(ConfigError, match=rf"listen.address: cannot listen on \[::1\]:{made.port}"):
        Listener(("::1", made.port), None, lambda: None, lambda: b"")
    made.close()


def test_health_needs_no_token_and_says_what_is_wrong(listener):
    assert got(f"{listener.url}/healthz") == (200, '{"status": "ok"}\n')
    listener.state["wrong"] = "syndicate.db is locked"
    status, body = got(f"{listener.url}/healthz?x=1")
    assert (status, json.loads(body)) == (503, {"status": "failing", "reason": "syndicate.db is locked"})


def test_metrics_ask_for_the_token(listener):
    assert got(f"{listener.url}/metrics")[0] == 401
    assert got(f"{listener.url}/metrics", Authorization="Bearer wrong")[0] == 401
    assert got(f"{listener.url}/metrics", Authorization="Basic listen-token-0001")[0] == 401
    assert got(f"{listener.url}/metrics", Authorization="Bearer listen-token-0001") == (200, "syndicate_up 1\n")
    assert got(f"{listener.url}/elsewhere")[0] == 404


def test_what_metrics_lack_is_said(listener):
    token = {"Authorization": "Bearer listen-token-0001"}
    listener.state["metrics"] = ImportError("no prometheus_client")
    assert got(f"{listener.url}/metrics", **token) == (
        501,
        'metrics need an extra: pip install "syndicate-social[metrics]"\n',
    )
    listener.state["metrics"] = LedgerError("syndicate.db is locked")
    assert got(f"{listener.url}/metrics", **token) == (503, "syndicate.db is locked\n")


def test_an_address_that_is_taken_is_one_line(listener):
    with pytest.raises(
        ConfigError, match=rf"listen.address: cannot listen on 127.0.0.1:{listener.port}: address already"
    ):
        Listener(("127.0.0.1", listener.port), None, lambda: None, lambda: b"")


# systemd


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_hears_of_it(tmp_path, abstract):
    name = f"\0syndicate-test-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(name)
        assert notify("READY=1", {"NOTIFY_SOCKET": name.replace("\0", "@")})
        assert systemd.recv(100) == b"READY=1"


def test_without_systemd_nothing_happens(tmp_path):
    assert not notify("READY=1", {})
    assert not notify("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "nobody")})


# All of it


@pytest.mark.slow
def test_a_running_daemon_answers_logs_and_tells_systemd(desk, tmp_path, monkeypatch):
    port = free_port()
    desk.config(
        "masto", "fb", source=", every: 1s", extra=f"listen: {{address: '127.0.0.1:{port}', token: listen-token-0001}}"
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(PATIENCE)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        desk("post")
        daemon = desk.start("daemon", "--json")
        try:
            assert systemd.recv(100) == b"READY=1"
            assert systemd.recv(100).startswith(b"WATCHDOG=1\nSTATUS=")
            desk.site.publish(2)
            assert wait_for(lambda: len(desk.sandbox.posts()) == 4)
            assert got(f"http://127.0.0.1:{port}/healthz")[0] == 200
            _, metrics = got(f"http://127.0.0.1:{port}/metrics", Authorization="Bearer listen-token-0001")
        finally:
            daemon.send_signal(signal.SIGTERM)
            _, err = daemon.communicate(timeout=PATIENCE)
    assert 'syndicate_deliveries{account="masto",state="posted"} 2.0' in metrics
    assert 'syndicate_attempts_total{account="fb",outcome="posted"} 2.0' in metrics
    assert 'syndicate_source_failures{source="news"} 0.0' in metrics
    assert "listen-token-0001" not in metrics + err
    facts = [json.loads(line) for line in err.splitlines()]
    assert [fact["event"] for fact in facts].count("delivery.posted") == 4
    assert {"daemon.listening", "daemon.started", "daemon.stopped"} <= {fact["event"] for fact in facts}
    assert daemon.returncode == 0
