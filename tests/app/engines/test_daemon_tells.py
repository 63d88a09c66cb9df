"""What the daemon says and whom it tells: each thing dropped in its log, approvals a minute apart, a heartbeat."""

from __future__ import annotations

import json
import threading

import pytest

from syndicate.app.engines import telling, upkeep
from syndicate.app.engines.daemon import Daemon
from syndicate.app.runs import RealRun
from syndicate.app.wiring import App, load
from tests.waiting import wait_for
from tests.worlds.accounts import MASTO
from tests.worlds.rows import planned


class Told:
    def __init__(self, folder, clock, site):
        path = folder / "config.yaml"
        path.write_text(
            f"""site: {{name: G, url: 'https://gazette.example'}}
sources: {{news: {{url: 'https://gazette.example/rss', every: 5m}}}}
accounts: {{masto: {{platform: mastodon, url: 'https://social.example', token: masto-token}}}}
alerts:
  command: [sh, -c, 'cat >> {folder}/told']
  heartbeat: {site.url}/ping
""",
            encoding="utf-8",
        )
        self.folder, self.events, self.site = folder, [], site
        self.app = App(RealRun(load(path, {}), {}, clock))
        self.daemon = Daemon(self.app, lambda event, **fields: self.events.append((event, fields)), threading.Event())
        self.daemon.upkeep.begin()

    def tell(self):
        self.daemon.running.telling._tell_at = 0.0
        self.daemon.running.telling.alerts(self.app)
        with self.daemon.running.telling.sending:  # until its thread is done
            return [json.loads(line) for line in self.told.read_text().splitlines()] if self.told.exists() else []

    @property
    def told(self):
        return self.folder / "told"

    def pings(self):
        return [path for path, _ in self.site.requests if path == "/ping"]


@pytest.fixture
def told(tmp_path, clock, site, monkeypatch):
    monkeypatch.setattr(telling, "TELL", 0.0)
    monkeypatch.setattr(upkeep, "HEARING", 0.0)  # no server is asked here that could say what time it is
    made = Told(tmp_path, clock, site)
    yield made
    made.app.close()


def test_each_delivery_that_is_dropped_is_an_event_with_its_cause(told, article, clock):
    row = planned(told.app.ledger, article(), MASTO, reason="rate_limited", expires_at=clock(), error="HTTP 429")
    told.daemon.upkeep.sweep()
    told.daemon.upkeep.sweep()
    [(event, fields)] = told.events
    assert event == "delivery.skipped"
    assert (fields["key"], fields["account"], fields["title"]) == (row.key, "masto", "Story 1")
    assert (fields["reason"], fields["waited_for"], fields["error"]) == ("too_old", "rate_limited", "HTTP 429")
    [line] = told.tell()
    assert (line["alert"], line["subject"], line["reason"]) == ("lapsed", "masto", "rate_limited")


def test_approvals_of_a_minute_are_told_together(told, article, monkeypatch):
    waits = {"state": "planned", "reason": "approval", "due_at": None}
    planned(told.app.ledger, article(1), MASTO, **waits)
    assert len(told.tell()) == 1
    for number in (2, 3):
        planned(told.app.ledger, article(number), MASTO, **waits)
        assert len(told.tell()) == 1
    monkeypatch.setattr(telling, "BUNDLED", 0.0)
    [_, line] = told.tell()
    assert [each["title"] for each in line["articles"]] == ["Story 2", "Story 3"]


def test_a_heartbeat_is_sent_at_once_then_each_five_minutes_and_only_while_all_is_well(told, clock, monkeypatch):
    begun = []
    monkeypatch.setattr(told.daemon, "_start_polls", lambda: begun.append("tick"))  # the feed does not exist
    told.daemon._tick()
    told.daemon._tick()
    assert wait_for(lambda: told.pings() == ["/ping"])
    monkeypatch.setattr(telling, "BEAT", 0.0)
    told.app.ledger.sources.failed("news", "down", next_poll_at=clock(), retry_at=None)
    told.daemon._tick()
    told.app.ledger.database.change("UPDATE source SET fails = 0")
    told.daemon.running.troubles.found("package", "the package was replaced")
    told.daemon._tick()
    assert len(begun) == 4
    assert told.pings() == ["/ping"]
    assert wait_for(lambda: "answered HTTP 404" in [fields.get("error") for _, fields in told.events]), told.events
