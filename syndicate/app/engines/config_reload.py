"""Reads the config again while an engine runs, when it is told to, and says when the file was changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeAlias

from syndicate.app.engines.away import once_there
from syndicate.app.engines.running import Running
from syndicate.app.engines.upkeep import Upkeep
from syndicate.app.wiring import App
from syndicate.errors import SyndicateError
from syndicate.ingestion.websub import Subscriber

LOOK = 5.0  # seconds between looks at the files of config and program
GRACE = 8.0  # seconds for the polls under way

Renew: TypeAlias = Callable[[App], tuple[App, Subscriber | None]]
"""Makes the app and the subscriber of a config that was changed."""


class ConfigReload:
    """`reload` is set when the config is to be read again, and `changed` says whether it was changed."""

    def __init__(
        self,
        running: Running,
        upkeep: Upkeep,
        renew: Renew | None = None,
        changed: Callable[[], bool] = lambda: False,
        reload: threading.Event | None = None,
    ) -> None:
        self._running, self._upkeep = running, upkeep
        self._renew, self._changed, self._reload = renew, changed, reload or threading.Event()
        self._looked_at = 0.0

    def look(self) -> None:
        """Called about once a second: reads the config again when told to, and now and then looks at the files."""
        if self._reload.is_set():
            self._reload.clear()
            self.read_again()
        if time.monotonic() - self._looked_at < LOOK:
            return
        self._looked_at = time.monotonic()
        self._upkeep.look_at_package()
        if self._changed():
            path = str(self._running.app.config.path)
            self._running.say("config.changed", file=path, note="SIGHUP has it read again")

    def read_again(self) -> None:
        """Go on with the config as it is now; one with a mistake is refused, and the old one stays."""
        running = self._running
        if self._renew is None:
            return
        try:
            app, subscriber = self._renew(running.app)
        except SyndicateError as fault:
            self._keep(fault)
            return
        running.renewing = True  # what a poll under way finds is not for accounts that are added
        deadline = time.monotonic() + GRACE
        while running.reads and not running.stop.is_set() and time.monotonic() < deadline:
            running.stop.wait(0.05)
        try:
            if not self._exchange(app, subscriber):
                return  # told to stop
        except SyndicateError as fault:
            self._keep(fault) if running.app is not app else running.say("ledger.failed", error=str(fault))
            return
        finally:
            running.renewing = False
        running.say("config.reloaded", sources=len(app.config.sources), accounts=len(app.accounts))

    def _exchange(self, app: App, subscriber: Subscriber | None) -> bool:
        running = self._running
        with running.naming:  # else what waits for a renamed account would count as that of one that left
            notes = once_there(app.follow_names, running.stop, self._upkeep.away)
            if notes is None:
                return False
            running.before.append(running.app)
            running.app, running.subscriber = app, subscriber
        for note in notes:
            running.say("config.note", note=note)
        self._upkeep.begin()
        return True

    def _keep(self, fault: SyndicateError) -> None:
        """Say that the config of before stays, and why."""
        running = self._running
        running.say("config.refused", error=str(fault), hint=fault.hint, at=time.time())
        running.telling.alarm(running.app, "daemon", f"the config was not read again, and the old one stays: {fault}")
