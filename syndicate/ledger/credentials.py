"""Stores sessions and tokens that change: encrypted, and refreshed by one process at a time."""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from syndicate.errors import AuthError, LedgerError, Unavailable, reworded
from syndicate.ledger import claimant
from syndicate.ledger.accounts import software_of
from syndicate.ledger.credential_terms import SIGNED_IN, Term, term, times
from syndicate.ledger.database import Database, Often, micros
from syndicate.ledger.key_file import key_beside
from syndicate.ledger.notices import KEY, NOT_RENEWED, Notices
from syndicate.model import Json
from syndicate.ports import Clock
from syndicate.serialization import instant

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

__all__ = ["Credentials", "Session", "key_beside"]

REFRESH_LEASE = timedelta(seconds=60)
SEALED = (("credential", "account", "data"), ("subscription", "callback", "sealed"))
"""Tables with sealed columns: the table, its key, and the column."""
SHUT = "the stored session cannot be opened with this key"
LOST = "put back the key that it was stored with (SYNDICATE_KEY or the .key file beside the database)"
_ASKED_OFTEN = Often(
    "SELECT (SELECT data FROM credential WHERE account = :account) AS data,"
    " (SELECT identity FROM account WHERE name = :account) AS identity"
)


class EmptyToken(LedgerError):
    """Credentials that are not stored, since a token in them is empty: it would overwrite a good one."""


class Credentials:
    """The `credential` table. `key` is called for the Fernet key when one is needed: several, divided by white space,
    while it is changed; the first seals, each opens.

    `notes` gets what a person who runs this should read.
    """

    def __init__(self, database: Database, key: Callable[[], bytes], notes: list[str] | None = None) -> None:
        self._db = database
        self._key = key
        self._notes = notes if notes is not None else []
        self._ciphers: MultiFernet | None = None

    def load(self, account: str) -> tuple[int, Json]:
        """The stored credentials with their version; (0, {}) when there are none.

        Those that were sealed with another key count as none, so that one login makes new ones.
        """
        row = self._db.row("SELECT version, data FROM credential WHERE account = :account", account=account)
        if row is None:
            return 0, {}
        return row["version"], self._opened(row["data"])

    def load_beside_software(self, account: str) -> tuple[Json, str]:
        """The stored credentials, and what the account's server runs as far as it was asked: asked with each post."""
        row = self._db.row(_ASKED_OFTEN, account=account)
        assert row is not None
        return self._opened(row["data"]), software_of(row["identity"])

    def _opened(self, sealed: str | None) -> Json:
        return (self.unseal(sealed) if sealed else None) or {}

    def term(self, account: str) -> Term | None:
        """When an account's credentials end and are renewed; None where none are stored. Needs no key."""
        row = self._db.row("SELECT * FROM credential WHERE account = :account AND data <> ''", account=account)
        return term(row) if row else None

    def terms(self) -> dict[str, Term]:
        """The terms of all accounts with stored credentials."""
        return {row["account"]: term(row) for row in self._db.rows("SELECT * FROM credential WHERE data <> ''")}

    def to_renew(self, now: datetime) -> list[str]:
        """The accounts whose credentials are to be renewed now."""
        found = self._db.rows(
            "SELECT account FROM credential WHERE data <> '' AND renew_at <= :now AND again_at <= :now", now=micros(now)
        )
        return [row["account"] for row in found]

    def is_shut(self, account: str) -> bool:
        """Whether credentials are stored that cannot be opened with this key."""
        row = self._db.row("SELECT data FROM credential WHERE account = :account", account=account)
        return bool(row and row["data"]) and self.unseal(str(row and row["data"])) is None

    def renew(self, account: str, version: int, refresh: Callable[[Json], Json], *, clock: Clock) -> None:
        """Replace credentials of this `version`: refresh them, or wait for the process that does.

        Raises what `refresh` raises, and AuthError when the other process gave up.
        """
        deadline = clock() + REFRESH_LEASE
        while self.load(account)[0] == version:
            if self.lock(account, version, clock()):
                try:
                    self.cipher()  # a login whose session cannot be kept would be made again and again
                    self._refresh(account, version, refresh, clock)
                except BaseException:
                    self.unlock(account, version)
                    raise
                return
            if clock() > deadline:
                raise AuthError(f"{account}: another process could not refresh the session")
            time.sleep(0.1)

    def renew_ahead(self, account: str, version: int, refresh: Callable[[Json], Json], *, clock: Clock) -> bool:
        """Renew credentials of this `version` that still live. False where another process does, or did.

        Raises what `refresh` raises.
        """
        if not self.lock(account, version, clock()):
            return False
        try:
            self.cipher()
            self._refresh(account, version, refresh, clock)
        except BaseException:
            self.unlock(account, version)
            raise
        return True

    def put_off(self, account: str, version: int, until: datetime) -> None:
        """Count a renewal that failed; the next is tried at `until`."""
        self._db.change(
            "UPDATE credential SET failures = failures + 1, again_at = :until"
            " WHERE account = :account AND version = :version",
            account=account,
            version=version,
            until=micros(until),
        )

    def _refresh(self, account: str, version: int, refresh: Callable[[Json], Json], clock: Clock) -> None:
        shut, held = self.is_shut(account), self.load(account)[1]
        try:
            fresh = refresh({name: value for name, value in held.items() if name != SIGNED_IN})
            fresh |= {SIGNED_IN: held[SIGNED_IN]} if SIGNED_IN in held and fresh else {}
        except AuthError as fault:
            if shut:
                raise reworded(fault, f"{fault}; {SHUT}", hint=f"{LOST}, or sign in again") from fault
            raise
        try:
            stored = self.replace(account, version, fresh)
        except EmptyToken as fault:
            Notices(self._db).happened(NOT_RENEWED, account, str(fault), clock())
            raise Unavailable(str(fault)) from fault
        if stored and shut:
            told = f"{account}: {SHUT}; a new one was made"
            self._notes.append(told)
            Notices(self._db).happened(KEY, account, told, clock())

    def lock(self, account: str, version: int, now: datetime) -> bool:
        """Reserve the refresh of this version for this process; False if another does or did it."""
        with self._db.transaction():
            self._make_room(account)
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
        _require_whole(account, data)
        with self._db.transaction():  # nobody changes the key between sealing and storing
            return bool(
                self._db.change(
                    "UPDATE credential SET version = version + 1, data = :data, refreshing_until = 0, failures = 0,"
                    " again_at = 0, signed_in_at = :signed_in_at, expires_at = :expires_at, renew_at = :renew_at"
                    " WHERE account = :account AND version = :version",
                    account=account,
                    version=version,
                    data=self.seal(data),
                    **times(data),
                )
            )

    def sign_in(self, account: str, data: Json, now: datetime) -> None:
        """Store the credentials of a person who signed in, whatever was there before."""
        with self._db.transaction():
            self._make_room(account)
            version = self.load_version(account)
            self.replace(account, version, data | {SIGNED_IN: instant(now)})

    def load_version(self, account: str) -> int:
        """The version of the stored credentials; 0 where there are none."""
        row = self._db.row("SELECT version FROM credential WHERE account = :account", account=account)
        return int(row["version"]) if row else 0

    def _make_room(self, account: str) -> None:
        self._db.change(
            "INSERT INTO credential (account, version, data, refreshing_until) VALUES (:account, 0, '', 0)"
            " ON CONFLICT DO NOTHING",
            account=account,
        )

    def unlock(self, account: str, version: int) -> None:
        """Give up a refresh that failed."""
        self._db.change(
            "UPDATE credential SET refreshing_until = 0 WHERE account = :account AND version = :version",
            account=account,
            version=version,
        )

    def seal(self, data: Json) -> str:
        """Encrypt a secret for the ledger, with the key as it is now. Called in the transaction that stores it."""
        return self.cipher(again=True).encrypt(json.dumps(data).encode()).decode()

    def unseal(self, sealed: str) -> Json | None:
        """Decrypt what `seal` made; None if it was made with another key."""
        from cryptography.fernet import InvalidToken

        for again in (False, True):  # it may have been changed since it was read
            with contextlib.suppress(InvalidToken):
                opened: Json = json.loads(self.cipher(again=again).decrypt(sealed.encode()))
                return opened
        return None

    def seal_anew(self) -> tuple[int, int]:
        """Seal everything with the first key, in one transaction. Returns how many secrets, and how many are shut."""
        from cryptography.fernet import InvalidToken

        done = shut = 0
        with self._db.transaction():
            cipher = self.cipher(again=True)
            for table, name, column in SEALED:
                for row in self._db.rows(
                    f"SELECT {name} AS name, {column} AS sealed FROM {table} WHERE {column} <> ''"
                ):
                    try:
                        sealed = cipher.rotate(row["sealed"].encode()).decode()
                    except InvalidToken:
                        shut += 1
                        continue
                    done += self._db.change(
                        f"UPDATE {table} SET {column} = :sealed WHERE {name} = :name", sealed=sealed, name=row["name"]
                    )
        return done, shut

    def cipher(self, *, again: bool = False) -> MultiFernet:
        """What seals and opens. With `again`, the key is read again. Raises LedgerError."""
        if self._ciphers is None or again:
            from cryptography.fernet import Fernet, MultiFernet

            try:
                self._ciphers = MultiFernet([Fernet(key) for key in self._key().split() or [b""]])
            except ValueError as fault:
                raise LedgerError(
                    "the key for stored credentials is not 32 url-safe base64 bytes",
                    hint="check SYNDICATE_KEY or the key file",
                ) from fault
        return self._ciphers

    def derived(self, purpose: str) -> list[bytes]:
        """A secret for one purpose, made of each key: the first signs, each checks. Raises LedgerError."""
        self.cipher(again=True)  # says what is wrong with the key
        keys = [base64.urlsafe_b64decode(key) for key in self._key().split()]
        return [hmac.digest(key, f"syndicate {purpose}".encode(), "sha256") for key in keys]


def _require_whole(account: str, data: Json) -> None:
    if not data or not all(data.values()):
        raise EmptyToken(f"{account}: the network gave an empty token; the stored one was kept")


class Session:
    """One account's credentials, for what its adapter gets."""

    def __init__(self, credentials: Credentials, account: str) -> None:
        self._credentials = credentials
        self._account = account

    def current(self) -> tuple[Json, str]:
        """What is stored now, and what the account's server runs; "" where nobody has asked it yet."""
        return self._credentials.load_beside_software(self._account)
