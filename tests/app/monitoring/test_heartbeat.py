"""The heartbeat: after each healthy run, whatever waits for a person, so that a monitor elsewhere notices silence."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from syndicate.app.monitoring.heartbeat import run_is_healthy, sources_are_healthy
from syndicate.errors import LedgerError, SourceError
from syndicate.ingestion.poll import Polled
from syndicate.ledger.sources import SourceHealth

READ = Polled("news", (), baseline=False, seen=1, new=0, keys=())


@pytest.fixture
def monitor():
    """A monitor elsewhere: what it was asked, and what it answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            self.send_response(self.server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.status = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def watched(desk, monitor):
    address = f"http://127.0.0.1:{monitor.server_port}/ping/c0ffee-secret"
    desk.config("hook", account=", approve: true", extra=f"alerts: {{heartbeat: '{address}'}}")
    return desk


def test_each_healthy_run_fetches_it_whatever_waits_for_a_person(watched, monitor):
    watched("post")
    watched.site.publish(1)
    assert watched("post", "--json").rows[0]["reason"] == "approval"
    assert monitor.asked == ["/ping/c0ffee-secret"] * 2


def test_no_run_that_read_nothing_or_sent_nothing_for_real_fetches_it(watched, monitor):
    watched("post", "--dry-run")
    watched.site.status = 500
    assert watched("post").code == 1
    assert monitor.asked == []


def test_one_that_fails_is_told_without_its_address_and_changes_nothing_else(watched, monitor):
    monitor.status = 404
    run = watched("post")
    assert (run.code, "alerts.heartbeat: answered HTTP 404" in run.err) == (0, True)
    monitor.shutdown()
    monitor.server_close()
    run = watched("post")
    assert (run.code, "alerts.heartbeat: 127.0.0.1" in run.err) == (0, True)
    assert "c0ffee" not in run.err


@pytest.mark.parametrize(
    ("polled", "faults", "healthy"),
    [
        ([READ], [], True),
        ([READ], [SourceError("another one is down")], True),
        ([], [SourceError("down")], False),
        ([], [], False),
        ([READ], [LedgerError("full")], False),
    ],
)
def test_a_run_is_healthy_if_it_read_and_wrote(polled, faults, healthy):
    assert run_is_healthy(polled, faults) is healthy


def test_sources_are_healthy_while_any_can_be_read():
    good, bad = SourceHealth("news", 0, None), SourceHealth("sport", 2, "HTTP 500")
    assert sources_are_healthy([good, bad])
    assert not sources_are_healthy([bad])
    assert sources_are_healthy([])


@pytest.mark.parametrize("text", ["not-an-address", "''", "ftp://x.example/"])
def test_an_address_that_cannot_be_fetched_is_a_mistake_in_the_config(desk, text):
    desk.config("masto", extra=f"alerts: {{heartbeat: {text}}}")
    run = desk("config", "check")
    assert (run.code, "alerts.heartbeat" in run.err) == (2, True)
