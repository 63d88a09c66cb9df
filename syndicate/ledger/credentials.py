"""Stores sessions and tokens that change: encrypted, and refreshed by one process at a time."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from syndicate.errors import AuthError, LedgerError
from syndicate.ledger import claimant
from syndicate.ledger.database import Database, micros
from syndicate.model import Json
from syndicate.ports import Clock

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

REFRESH_LEASE = timedelta(seconds=60)


class Credentials:
    """The `credential` table. `key` is called for the Fernet key when one is first needed."""

    def __init__(self, database: Database, key: Callable[[], bytes]) -> None:
        self._db = database
        self._key = key
        self._fernet: Fernet | None = None

    def load(self, account: str) -> tuple[int, Json]:
        """The stored credentials with their version; (0, {}) when there are none."""
        row = self._db.row("SELECT version, data FROM credential WHERE account = :account", account=account)
        if row is None or not row["data"]:
            return (row["version"] if row else 0), {}
        return row["version"], self._opened(account, row["data"])

    def renew(self, account: str, version: int, refresh: Callable[[Json], Json], *, clock: Clock) -> None:
        """Replace credentials of this `version`: refresh them, or wait for the process that does.

        Raises what `refresh` raises, and AuthError when the other process gave up.
        """
        deadline = clock() + REFRESH_LEASE
        while self.load(account)[0] == version:
            if self.lock(account, version, clock()):
                try:
                    self._cipher()  # a login whose session cannot be kept would be made again and again
                    self.replace(account, version, refresh(self.load(account)[1]))
                except BaseException:
                    self.unlock(account, version)
                    raise
                return
            if clock() > deadline:
                raise AuthError(f"{account}: another process could not refresh the session")
            time.sleep(0.1)

    def lock(self, account: str, version: int, now: datetime) -> bool:
        """Reserve the refresh of this version for this process; False if another does or did it."""
        with self._db.transaction():
            self._db.change(
                "INSERT INTO credential (account, version, data, refreshing_until) VALUES (:account, 0, '', 0)"
                " ON CONFLICT DO NOTHING",
                account=account,
            )
            row = self._db.row("SELECT refreshing_by FROM credential WHERE account = :account", account=account)
            left = row is not None and claimant.dead(row["refreshing_by"])  # killed while refreshing
            return bool(
                self._db.change(
                    "UPDATE credential SET refreshing_until = :until, refreshing_by = :me"
                    " WHERE account = :account AND version = :version AND (refreshing_until <= :now OR :left = 1)",
                    account=account,
                    version=version,
                    now=micros(now),
                    until=micros(now + REFRESH_LEASE),
                    me=claimant.me(),
                    left=int(left),
                )
            )

    def replace(self, account: str, version: int, data: Json) -> bool:
        """Store the next version. Refuses empty tokens: they would overwrite good ones."""
        if not data or not all(data.values()):
            raise LedgerError(f"{account}: the network gave an empty token; the stored one was kept")
        return bool(
            self._db.change(
                "UPDATE credential SET version = version + 1, data = :data, refreshing_until = 0"
                " WHERE account = :account AND version = :version",
                account=account,
                version=version,
                data=self.seal(data),
            )
        )

    def unlock(self, account: str, version: int) -> None:
        """Give up a refresh that failed."""
        self._db.change(
            "UPDATE credential SET refreshing_until = 0 WHERE account = :account AND version = :version",
            account=account,
            version=version,
        )

    def seal(self, data: Json) -> str:
        """Encrypt a secret for the ledger."""
        return self._cipher().encrypt(json.dumps(data).encode()).decode()

    def unseal(self, name: str, sealed: str) -> Json:
        """Decrypt what `seal` made; `name` is the owner, for messages. Raises LedgerError: it was made with another
        key.
        """
        return self._opened(name, sealed)

    def _cipher(self) -> Fernet:
        if self._fernet is None:
            from cryptography.fernet import Fernet

            try:
                self._fernet = Fernet(self._key())
            except ValueError as fault:
                raise LedgerError(
                    "the key for stored credentials is not 32 url-safe base64 bytes",
                    hint="check SYNDICATE_KEY or the key file",
                ) from fault
        return self._fernet

    def _opened(self, account: str, data: str) -> Json:
        from cryptography.fernet import InvalidToken

        try:
            opened: Json = json.loads(self._cipher().decrypt(data.encode()))
        except InvalidToken as fault:
            raise LedgerError(
                f"{account}: the stored session cannot be opened with this key",
                hint="restore the key it was stored with (SYNDICATE_KEY or the .key file beside the database)",
            ) from fault
        return opened


class Session:
    """One account's credentials, for its adapter (ports.Credentials)."""

    def __init__(self, credentials: Credentials, account: str) -> None:
        self._credentials = credentials
        self._account = account

    def current(self) -> Json:
        """What is stored now."""
        return self._credentials.load(self._account)[1]


def key_beside(database: Path) -> bytes:
    """The key kept beside the database, made at first use, readable by its owner alone."""
    path = database.with_name(database.name + ".key")
    try:
        if not path.exists() or not path.stat().st_size:
            _make_key(path)
        return path.read_bytes().strip()
    except OSError as fault:
        raise LedgerError(f"{path} cannot be written or read: {fault.strerror}") from fault


def _make_key(path: Path) -> None:
    """Write a new key whole or not at all, and never over an existing one: to another file, then linked into place."""
    from cryptography.fernet import Fernet

    if path.exists():  # empty: left by a crash, before anything was sealed with it
        path.unlink()
    draft = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
