"""Sees to it that of many workers one tells the publisher what there is to tell."""

from __future__ import annotations

from collections.abc import Callable

from syndicate.app.engines.running import Running
from syndicate.app.wiring import App
from syndicate.errors import LedgerError


class FleetTelling:
    """Alerts and heartbeats are the first worker's: of those alive, the one that began before the others.

    An alert that needs no ledger is told by whoever met it first; while the ledger cannot be asked who that was, by
    the worker that was the first when it last could.
    """

    def __init__(self, running: Running) -> None:
        self._running = running
        self.is_ours = False
        running.telling.chosen = self._chosen

    def look(self, health: Callable[[], str | None]) -> None:
        """About once a second: tell what there is to tell."""
        running = self._running
        running.troubles.look()
        if running.troubles.names():
            app = running.app
            running.end_troubles({*app.ledger.deliveries.accounts_with_work(app.ledger.now())})
        if self.is_ours:
            running.telling.alerts(running.app)
            if health() is None:
                running.telling.heartbeat(running.app)

    def _chosen(self, app: App, words: str) -> bool:
        try:
            return app.ledger.told_once.is_first(words, app.ledger.now())
        except LedgerError:
            return self.is_ours
