"""Opens the ledger: the publisher's own, or a private copy that is removed at the end."""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping
from pathlib import Path

from syndicate.app import ledger_files
from syndicate.config.schema import Config
from syndicate.errors import LedgerError
from syndicate.ledger import Ledger
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.database import Database, copy_ledger
from syndicate.ledger.key_file import path_beside, replace
from syndicate.ledger.notices import LEDGER
from syndicate.ledger.run_file import RunFile
from syndicate.ports import Clock

NEW_KEY = "put a new key before the old one, divided by a space, run this again, and then take the old one out"


def open_real(config: Config, environ: Mapping[str, str], clock: Clock) -> Ledger:
    """The publisher's ledger. Raises LedgerError, also where it is damaged or gone."""
    ledger_files.require(config)
    ledger_files.require_locks(config.ledger)
    told = ledger_files.put_log_away(config.ledger, clock())
    ledger = Ledger(Database(config.ledger), clock, Keys(config, environ).real)
    try:
        ledger_files.check_whole(ledger.database)
        ledger_files.remember_config(ledger.database, config)
        if told:
            ledger.notes.append(told)
            ledger.notices.happened(LEDGER, config.ledger.name, told, clock())
            ledger.recovery.ask(told)
    except BaseException:
        ledger.close()
        raise
    return ledger


class PrivateCopy:
    """A copy of the ledger in a temporary folder, in which all lanes are free. Without `keep_logins`, pauses and logins
    are removed as well.

    `paused` are the accounts that are paused in the real ledger, and why.
    """

    def __init__(self, config: Config, environ: Mapping[str, str], clock: Clock, *, keep_logins: bool) -> None:
        import tempfile

        self.folder = Path(tempfile.mkdtemp(prefix="syndicate-"))
        path = self.folder / "ledger.db"
        try:
            if config.ledger.exists():
                copy_ledger(config.ledger, path)
            # A dry run notices a restored ledger as a real run would; stand-ins have nothing that could be asked for.
            runs = RunFile(config.ledger, kept=False) if keep_logins else None
            self.ledger = Ledger(Database(path, durable=False), clock, Keys(config, environ).borrowed, runs)
            self.paused = self.ledger.release_for_rehearsal(keep_logins=keep_logins)
        except BaseException:
            self._remove()
            raise

    def close(self) -> None:
        """Close the copy, and remove its folder."""
        self.ledger.close()
        self._remove()

    def _remove(self) -> None:
        import shutil

        shutil.rmtree(self.folder, ignore_errors=True)


class Keys:
    """Finds the key that opens the stored sessions, for a run on the publisher's ledger or on a copy."""

    def __init__(self, config: Config, environ: Mapping[str, str]) -> None:
        self._config = config
        self._environ = environ
        self._guard = threading.Lock()

    def real(self) -> bytes:
        """$SYNDICATE_KEY, else the content of `key_file`, else a key next to the database, made if there is none."""
        given = self._environ.get("SYNDICATE_KEY")
        if given:
            return given.encode()
        file = self._config.key_file
        if file is None:
            return key_beside(self._config.ledger)
        try:
            return file.read_bytes().strip()
        except OSError as fault:
            raise LedgerError(f"key_file {file} cannot be read: {fault.strerror}") from fault

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
