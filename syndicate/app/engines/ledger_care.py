"""Looks after the ledger's files while the daemon runs: are they its own, is the copy of a file up to date."""

from __future__ import annotations

import threading
import time

from syndicate.app.ledger_files import QUICK
from syndicate.errors import LedgerError
from syndicate.ledger import Ledger
from syndicate.ledger.database import require_known
from syndicate.ledger.faults import damaged

EVERY = 5.0  # seconds between two times that the log is moved into the file, besides after each post


class LedgerCare:
    """Called at each tick. A large ledger is looked through once, on a thread of its own, for damage."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._moved = time.monotonic()
        self._damage: str | None = None
        self._looked = False

    def check(self) -> list[str]:
        """Now and then, move the log into the file. Returns the ledger's new notes, for the log.

        Raises LedgerError if nothing may be sent with this ledger.
        """
        self._ledger.database.check()
        self._ledger.database.check_log()
        require_known(self._ledger.database)
        if self._damage is not None:
            raise damaged(self._ledger.database.name, self._damage)
        if not self._looked:
            self._looked = True
            if self._ledger.database.size() > QUICK:
                threading.Thread(target=self._look, daemon=True).start()
        if time.monotonic() - self._moved >= EVERY:
            self._moved = time.monotonic()
            self._ledger.database.checkpoint()
        notes = self._ledger.notes[:]
        del self._ledger.notes[: len(notes)]
        return notes

    def _look(self) -> None:
        try:
            self._damage = next(iter(self._ledger.database.damage(whole=False)), None)
        except LedgerError as fault:
            self._damage = str(fault)
