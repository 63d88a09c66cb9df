"""The publisher's ledger, and the key to what it keeps encrypted."""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping

from syndicate.config.schema import Config
from syndicate.errors import LedgerError
from syndicate.ledger import Ledger
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.database import Database
from syndicate.ports import Clock


def open_real(config: Config, environ: Mapping[str, str], clock: Clock) -> Ledger:
    """The publisher's ledger. Raises LedgerError."""
    return Ledger(Database(config.ledger), clock, Keys(config, environ).real)


class Keys:
    """The key to stored credentials."""

    def __init__(self, config: Config, environ: Mapping[str, str]) -> None:
        self._config = config
        self._environ = environ
        self._guard = threading.Lock()

    def real(self) -> bytes:
        """From the environment, a file, or made beside the database."""
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

    def borrowed(self) -> bytes:
        """The real key if there is one; a rehearsal makes none beside the real ledger."""
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
