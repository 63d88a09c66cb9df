"""Appends to the state file what a run is about to send, before it does: a run that is killed leaves it behind."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from syndicate.errors import LedgerError
from syndicate.ledger import Ledger
from syndicate.ledger.state_appended import answered, changed, changing, intended
from syndicate.ledger.state_facts import LAST, Fact, appended
from syndicate.model import Delivery, Receipt
from syndicate.net import whole_file

_RUN = b'{"run":"under way",'
_END = f"\n{LAST}\n".encode()


class StateJournal:
    """Writes behind the last line of the state file; the end of the run sorts it in. `renew` writes the file whole."""

    def __init__(self, path: Path, ledger: Ledger, renew: Callable[[], None]) -> None:
        self._path = path
        self._renew = renew
        self._ledger = ledger
        self._guard = threading.RLock()
        self._begun = False
        self._told: set[str] = set()
        self._hash = hashlib.sha256()
        self._length = 0

    def intends(self, delivery: Delivery, now: datetime) -> None:
        """Write that a post may be out from now on, on the disk before this returns."""
        self._write(lambda: intended(self._ledger.database, delivery, now, self._told))

    def arrived(self, delivery: Delivery, receipt: Receipt, now: datetime) -> None:
        """Write that it is posted. If that fails, the file still says that it may be."""
        with contextlib.suppress(OSError), self._guard:
            self._append([answered(self._ledger.database, delivery, receipt, now)], durable=False)

    def changes(self, change: Delivery) -> None:
        """Write that a post is edited or deleted from now on, on the disk before this returns."""
        self._write(lambda: changing(self._ledger.database, change))

    def changed(self, change: Delivery) -> None:
        """Write that a post was edited or deleted. If that fails, the next ledger does it once more."""
        with contextlib.suppress(OSError), self._guard:
            self._append(changed(self._ledger.database, change), durable=False)

    def _write(self, tell: Callable[[], list[Fact]]) -> None:
        """Append what is told before a request leaves. Raises LedgerError: then nothing may be sent."""
        try:
            with self._guard:
                facts = [] if self._begun else self._begin()
                facts += tell()
                self._append(facts, durable=True)
                self._begun = True
                self._told |= {fact["post"] for fact in facts if "post" in fact}
        except OSError as fault:
            said = f"state: {self._path} cannot be written: {fault.strerror}"
            raise LedgerError(said, hint="nothing was sent; let syndicate write the file and its folder") from fault

    def added(self, data: bytes, known: str | None) -> bool:
        """Whether a file is the one of this hash, with nothing behind it but what was appended here."""
        with self._guard:
            before, own = data[: len(data) - self._length], data[len(data) - self._length :]
            mine = hashlib.sha256(own).digest() == self._hash.digest()
        return mine and hashlib.sha256(before).hexdigest() == known

    def _begin(self) -> list[Fact]:
        """Make the file whole where it is missing or its end is cut. Returns the runs that are told from here on: not
        where it is in doubt what an earlier one has sent, since nobody can see that from what this one tells.
        """
        data = self._path.read_bytes() if self._path.exists() else b""
        if not data.endswith(_END):
            self._renew()
        if self._ledger.recovery.in_doubt():
            return []
        runs = (json.loads(line) for line in data.splitlines() if line.startswith(_RUN))
        return [{"run": "told", "since": each["since"]} for each in runs]

    def _append(self, facts: Iterable[Fact], *, durable: bool) -> None:
        text = appended(facts).encode("utf-8", "surrogatepass")
        whole_file.append(self._path, text, durable=durable)
        self._hash.update(text)
        self._length += len(text)
