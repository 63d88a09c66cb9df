"""Sends a daemon's alerts and heartbeats, on threads of their own: the publisher's command can be slow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from syndicate.app.approval_addresses import approval_addresses
from syndicate.app.engines.troubles import Kind
from syndicate.app.monitoring.alerts import APART, observe, send_alerts, send_without_ledger
from syndicate.app.monitoring.heartbeat import PATIENCE, Beat, sources_are_healthy
from syndicate.app.monitoring.ways import Ways
from syndicate.app.wiring import App
from syndicate.errors import SyndicateError
from syndicate.ports import EventLog

TELL = 5.0  # seconds between checks for new alerts
DEAF = 60.0  # seconds until the next check where an alert could not be sent
BUNDLED = 60.0  # seconds between alerts about approvals: what comes meanwhile is told together
IDLE = 100  # times as long as a look at the alert conditions took, until the next one
BEAT = 300.0  # seconds between heartbeats


class Telling:
    """Tells the publisher what a daemon has to say; `say` gets what could not be told."""

    def __init__(self, say: EventLog) -> None:
        self._say = say
        self.chosen: Callable[[App, str], bool] = lambda *_: True
        """Whether this process tells these words; of many that meet the same, one does."""
        self.sending = threading.Lock()  # held while alerts are sent
        self._tell_at = 0.0
        self._observe_at = 0.0
        self._beat_at = -BEAT
        self._asked_at = -BUNDLED

    def alerts(self, app: App) -> None:
        """Send new alerts, unless some are being sent."""
        if time.monotonic() < self._tell_at or not self.sending.acquire(blocking=False):
            return
        self._tell_at = time.monotonic() + TELL

        def work() -> list[str]:
            try:
                self._observe(app)
                asks = time.monotonic() - self._asked_at >= BUNDLED
                self._asked_at = time.monotonic() if asks else self._asked_at
                complaints = send_alerts(
                    app.ledger, _ways(app), patience=APART, asks=asks, decide=approval_addresses(app)
                )
                if complaints:
                    self._tell_at = time.monotonic() + DEAF
                return complaints
            finally:
                self.sending.release()

        self._apart(work)

    def alarm(self, app: App, kind: Kind, words: str) -> None:
        """Send an alert that needs no ledger."""
        ways = _ways(app)

        def work() -> list[str]:
            if not self.chosen(app, words):
                return []
            return send_without_ledger(ways, kind, "daemon", words, app.ledger.now())

        if ways:
            self._apart(work)

    def heartbeat(self, app: App) -> None:
        """Fetch the heartbeat's address now and then, if the sources are well."""
        url, now = app.config.heartbeat, time.monotonic()
        if url is None or now - self._beat_at < BEAT:
            return
        if not sources_are_healthy(app.ledger.sources.known(app.config.sources)):
            return
        self._beat_at = now
        beat = Beat(url, app.doors.network(timeout=PATIENCE))

        def tell() -> list[str]:
            if fault := beat.fault():
                self._say("heartbeat.failed", error=fault)
            return []

        self._apart(tell)

    def _observe(self, app: App) -> None:
        """Look which alert conditions hold: with thousands of sources not often, since each look takes its time."""
        began = time.monotonic()
        if began < self._observe_at:
            return
        for told in observe(app.ledger, app.accounts, app.config.sources):
            self._say("deliveries.expiring", told=told)
        self._observe_at = time.monotonic() + IDLE * (time.monotonic() - began)

    def _apart(self, work: Callable[[], Iterable[str]]) -> None:
        """Do it on a thread; the complaints that it returns are logged."""

        def guarded() -> None:
            try:
                for complaint in work():
                    self._say("alert.failed", error=complaint)
            except SyndicateError as fault:
                self._say("alert.failed", error=str(fault))

        threading.Thread(target=guarded, daemon=True).start()


def _ways(app: App) -> Ways:
    return Ways(app.config.alert_command, app.config.alert_urls)
