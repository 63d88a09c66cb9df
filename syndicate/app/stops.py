"""Notices that the clock was set back or that nothing ran for long, and catches up once the clock is believed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from syndicate.net.server_time import elapsed
from syndicate.ports import ClockDoubt

if TYPE_CHECKING:
    from syndicate.app.wiring import App


class Stops:
    """The stops of one process: of `post`, which looks once, or of the daemon, which looks with each tick."""

    def __init__(self, patience: float = 0.0) -> None:
        """`patience`: seconds for which to wait for a first answer of a server, before the clock is believed."""
        self._patience = patience
        self._since: datetime | None = None
        self._looked = self._begun = False

    def look(self, app: App) -> None:
        """Before polls: move what waits if the clock was set back, and notice a stop."""
        ledger = app.ledger
        now = ledger.now()
        if not self._looked:
            self._looked = True
            app.watch.begin(self._patience)
        jump = ledger.timekeeping.keep(now, elapsed())
        if jump:
            app.watch.behind(jump)
        doubt = ledger.doubt() if self._begun else None
        since = ledger.run_gaps.stopped_since(doubt.servers if doubt and doubt.servers else now)
        if since is not None and self._since is None:
            self._since = since
            app.watch.begin(self._patience)
            app.rounds.stopped(since)

    def waits(self, app: App) -> bool:
        """Whether nothing may be sent yet: after a stop, a server has to be heard first."""
        return self._since is not None and app.watch.unheard()

    def settle(self, app: App) -> ClockDoubt | None:
        """Before deliveries: why the clock is doubted; else catch up after a stop."""
        ledger, doubt = app.ledger, app.ledger.doubt()
        if doubt is not None:
            if doubt.servers is not None:
                self._since = ledger.run_gaps.stopped_since(doubt.servers)
                self._begin(app, doubt.servers, sure=True)
            return doubt
        self._begin(app, ledger.now(), sure=app.watch.confirmed())
        since, self._since = self._since, None
        if since is not None:
            for account in app.accounts:
                ledger.catch_up_after_stop(account, since)
        return None

    def _begin(self, app: App, now: datetime, *, sure: bool) -> None:
        if self._begun:
            app.ledger.run_gaps.beat(now, sure=sure)
        else:
            app.ledger.run_gaps.begin(now, sure=sure)
        self._begun = True
