"""Looks after the ledger for an engine: at the start, and at each tick before anything is sent."""

from __future__ import annotations

import time

from syndicate.app import advice
from syndicate.app.clock_watch import HINT
from syndicate.app.clock_watch import PATIENCE as HEARING
from syndicate.app.engines.away import once_there
from syndicate.app.engines.installed import Package
from syndicate.app.engines.ledger_care import LedgerCare
from syndicate.app.engines.running import Running
from syndicate.app.monitoring.events import drop_fact
from syndicate.app.monitoring.systemd import notify
from syndicate.app.stops import Stops
from syndicate.delivery.housekeeping import run_housekeeping
from syndicate.errors import LedgerAway
from syndicate.ledger.recovery import KEPT, Noticed


class Upkeep:
    """Frees claims of dead processes, skips what is too old, and notices stops, restored ledgers and wrong clocks."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._stops = Stops(HEARING)
        self._package = Package()
        self._care = LedgerCare(running.app.ledger)

    def begin(self) -> None:
        """At the start, and once the config was read again: let the ledger follow the config.

        Waits where the ledger's server is away.
        """
        self._tell_left_out()
        once_there(self._follow, self._running.stop, self.away)
        self._running.troubles.over("ledger")

    def away(self, fault: LedgerAway) -> None:
        """Tell that the ledger's server is away while an engine begins, or begins again with another config."""
        self._running.troubles.found("ledger", str(fault), "ledger")
        self._running.say("ledger.failed", error=str(fault), hint=fault.hint)
        notify("WATCHDOG=1\nSTATUS=waits for the ledger")

    def _follow(self) -> None:
        running = self._running
        app, ledger = running.app, running.app.ledger
        self._stops.look(app)
        app.register()
        with ledger.transaction():  # ten thousand sources are one commit
            for source in app.config.sources.values():
                ledger.sources.ensure(source.name, source.url)
        app.rounds.begin()
        self._notice(app.begin_run(usual=KEPT))
        ledger.backlog.retry(ledger.now())  # hours and templates may be others now
        if running.subscriber is not None:
            running.subscriber.begin()

    def sweep(self) -> None:
        """Before polls and deliveries. Raises LedgerError if nothing may be sent with this ledger."""
        running = self._running
        app, ledger = running.app, running.app.ledger
        for note in self._care.check():
            running.say("ledger.note", note=note)
        self._stops.look(app)
        self._settle_clock()
        noticed = ledger.recovery.keep(asks=app.config.recover == "ask")
        if noticed is not None:
            self._notice(noticed)
        ledger.claims.sweep(ledger.now(), app.lanes.settle)
        with running.naming:
            app = running.app  # another one, if the config was read again meanwhile
            notes = run_housekeeping(ledger, app.accounts, app.configured, app.config.rests)
        for note in (*notes, *app.new_notes()):
            running.say("config.note", note=note)
        for drop in ledger.dropped.take():
            event, fields = drop_fact(drop)
            running.say(event, **fields)

    def waits(self) -> bool:
        """Whether nothing may be sent yet: after a stop, a server has to be heard first."""
        return self._stops.waits(self._running.app)

    def look_at_package(self) -> None:
        """Notice that the program was replaced while it runs."""
        replaced = self._package.replaced()
        if replaced:
            self._running.troubles.found("package", replaced)
            self._running.say("daemon.failed", error=replaced)

    def _settle_clock(self) -> None:
        running = self._running
        doubt = self._stops.settle(running.app)
        if doubt is None or not doubt.words:
            running.troubles.over("clock")
        else:
            running.troubles.found("clock", doubt.words)
            running.say("clock.failed", error=doubt.words, hint=HINT)

    def _tell_left_out(self) -> None:
        """Tell of the sites whose config has a mistake, at the start and whenever it was read again."""
        running = self._running
        config = running.app.config
        for site, mistake in config.broken_sites().items():
            if site in config.sites:
                running.say("config.refused", error=f"{site}: {mistake}", at=time.time())
                told = f"the config of the site {site} was not read again, and the old one stays: {mistake}"
            else:
                running.say("config.left_out", site=site, error=mistake, at=time.time())
                told = f"the site {site} is left out, the others go on: {mistake}"
            running.telling.alarm(running.app, "daemon", told)

    def _notice(self, noticed: Noticed) -> None:
        for note in advice.recovery_notes(noticed, self._running.app.config.ledger.name):
            self._running.say("ledger.noticed", why=noticed.why, note=note)
