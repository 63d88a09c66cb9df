"""Opens the ledger: the publisher's own, or a private one above it that is gone at the end."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from syndicate.app import ledger_files
from syndicate.config.schema import Config
from syndicate.errors import LedgerError
from syndicate.ledger import Ledger
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.database import Database
from syndicate.ledger.key_file import path_beside, read, replace
from syndicate.ledger.notices import LEDGER
from syndicate.ledger.run_file import RunFile
from syndicate.ledger.sqlite import SqliteDatabase, copy_ledger
from syndicate.ports import Clock

if TYPE_CHECKING:
    from syndicate.app.state_file import StateFile

NEW_KEY = "put a new key before the old one, divided by a space, run this again, and then take the old one out"


def _state_file(config: Config) -> StateFile | None:
    if config.state is None:
        return None
    from syndicate.app.state_file import StateFile

    return StateFile(config, config.state)


def open_real(config: Config, environ: Mapping[str, str], clock: Clock, *, begins: bool = False) -> Ledger:
    """The publisher's ledger, with what its state file knows. Raises LedgerError, also where it is damaged or gone.

    One on a server goes by the server's clock. `begins` is as in `StateFile.take_in`.
    """
    if config.server:
        return _open_on_server(config, environ, config.server)
    state = _state_file(config)
    if state is None or not state.check():
        ledger_files.require(config)
    ledger_files.require_locks(config.ledger)
    told = ledger_files.put_log_away(config.ledger, clock())
    keys = Keys(config, environ)
    database = SqliteDatabase(config.ledger)
    ledger = Ledger(database, clock, keys.real)
    keys.notes = ledger.notes
    try:
        ledger_files.check_whole(database)
        ledger_files.remember_config(ledger.database, config)
        if told:
            ledger.notes.append(told)
            ledger.notices.happened(LEDGER, config.ledger.name, told, clock())
            ledger.recovery.ask(told)
        if state is not None:
            state.take_in(ledger, begins=begins)
            state.keep_up(ledger)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _open_on_server(config: Config, environ: Mapping[str, str], address: str) -> Ledger:
    from syndicate.app.ledger_server import connected, require_key
    from syndicate.ledger.server_clock import ServerClock

    require_key(config, environ)
    database, keys = connected(address), Keys(config, environ)
    ledger = Ledger(database, ServerClock(database), keys.real, RunFile(config.ledger, shared=True))
    keys.notes = ledger.notes
    return ledger


class PrivateLedger:
    """A ledger that a rehearsal works on: above the publisher's own, which is only read. All lanes are free in it.

    Without `keep_logins`, pauses and logins are removed as well. `paused` are the accounts that are paused in the real
    ledger, and why.
    """

    def __init__(self, config: Config, environ: Mapping[str, str], clock: Clock, *, keep_logins: bool) -> None:
        import tempfile

        self._aside = contextlib.ExitStack()
        try:
            self.folder = Path(self._aside.enter_context(tempfile.TemporaryDirectory(prefix="syndicate-")))
            # A dry run notices a restored ledger as a real run would; stand-ins have nothing that could be asked for.
            beside = RunFile(config.ledger, kept=False, shared=config.server is not None)
            runs = beside if keep_logins else RunFile(self.folder / "ledger.db")
            if config.server:
                from syndicate.app.ledger_server import rehearsed
                from syndicate.ledger.server_clock import ServerClock

                database: Database = self._aside.enter_context(rehearsed(config.server, self.folder / "ledger.db"))
                clock = ServerClock(database) if database.path is None else clock
            else:
                database = self._above(config.ledger)
                self._aside.callback(database.close)
            self.ledger = Ledger(database, clock, Keys(config, environ).borrowed, runs)
            state = _state_file(config)
            if state is not None:
                state.check()
                state.take_in(self.ledger, asks=keep_logins and not config.filled)
            self.paused = self.ledger.release_for_rehearsal(keep_logins=keep_logins)
        except BaseException:
            self._aside.close()
            raise

    def _above(self, path: Path) -> SqliteDatabase:
        """What is written goes: above the file, or where it has the tables of another version, to a copy of it."""
        from syndicate.ledger.overlay import Overlay  # for a rehearsal alone

        copy = self.folder / "ledger.db"
        if path.exists():
            overlay = Overlay(path)
            if overlay.fits:
                return overlay
            overlay.close()
            copy_ledger(path, copy)
        return SqliteDatabase(copy, durable=False)

    def close(self) -> None:
        """Close the ledger, and remove what was written."""
        self.ledger.close()
        self._aside.close()


class Keys:
    """Finds the key that opens the stored sessions, for a run on the publisher's ledger or on a copy.

    `notes` gets what a person should know of the key's file.
    """

    def __init__(self, config: Config, environ: Mapping[str, str]) -> None:
        self._config = config
        self._environ = environ
        self._guard = threading.Lock()
        self.notes: list[str] = []

    def real(self) -> bytes:
        """$SYNDICATE_KEY, else the content of `key_file`, else a key next to the database, made if there is none."""
        given = self._environ.get("SYNDICATE_KEY")
        if given:
            return given.encode()
        file = self._config.key_file
        if file is None:
            self._require_file()
            return key_beside(self._config.ledger, self.notes)
        try:
            return read(file, self.notes)
        except OSError as fault:
            raise LedgerError(f"key_file {file} cannot be read: {fault.strerror}") from fault

    def _require_file(self) -> None:
        if self._config.server:
            from syndicate.app.ledger_server import require_key

            require_key(self._config, self._environ)

    def change(self) -> Path | None:
        """Put a new key before the old one, where the key is in a file; not where two are there already.

        Returns the file; None if the keys are in the environment. Raises LedgerError.
        """
        from cryptography.fernet import Fernet

        keys = self.real().split()
        if self._environ.get("SYNDICATE_KEY"):
            if len(keys) < 2:
                raise LedgerError("$SYNDICATE_KEY has no new key", hint=NEW_KEY)
            return None
        file = self._config.key_file or path_beside(self._config.ledger)
        if len(keys) == 1:
            self._write(file, [Fernet.generate_key(), *keys])
        return file

    def finish(self, file: Path) -> None:
        """Remove all keys from the file but the first."""
        self._write(file, self.real().split()[:1])

    def _write(self, file: Path, keys: list[bytes]) -> None:
        try:
            replace(file, keys)
        except OSError as fault:
            raise LedgerError(f"{file} cannot be written: {fault.strerror}", hint=NEW_KEY) from fault

    def borrowed(self) -> bytes:
        """The real key if there is one, else a new one that is not stored: a copy writes nothing next to the ledger."""
        path = self._config.ledger
        made = path.with_name(path.name + ".key")
        if self._environ.get("SYNDICATE_KEY") or self._config.key_file is not None or made.exists():
            return self.real()
        with self._guard:  # lanes may ask at once, and all need the same one
            return self._new

    @functools.cached_property
    def _new(self) -> bytes:
        from cryptography.fernet import Fernet

        return Fernet.generate_key()
