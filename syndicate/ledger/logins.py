"""Whose login each account is: what the config and the network say of it, and which two names are one login."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Collection
from datetime import datetime

from syndicate.ledger import rows
from syndicate.ledger.account_names import Fingerprint
from syndicate.ledger.accounts import Accounts, is_another
from syndicate.ledger.database import MICROSECOND, Database, Row, from_micros, micros
from syndicate.ledger.partings import Partings
from syndicate.ledger.transitions import CLOSED
from syndicate.model import Account, Delivery, Identity
from syndicate.model.dataclass import dataclass

SALT = "login_salt"
"""Name of the row of `meta` with which secrets are hashed."""
ASKED = "asked whose login is "
"""Begin of the names of rows of `meta` that say when an account's network was asked."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A login that a name led to before, as far as its network told whose it was; so many articles waited for it."""

    identity: Identity | None
    articles: int


class Logins:
    """Columns of the `account` table that say whose it is. What waits for one login never reaches another."""

    def __init__(self, database: Database, accounts: Accounts, partings: Partings) -> None:
        self._db = database
        self._accounts = accounts
        self._partings = partings

    def proof(self, secret: str) -> str:
        """A keyed hash of a secret, to be stored in place of it."""
        row = self._db.row("SELECT value FROM meta WHERE name = :name", name=SALT)
        if row is None:
            self._db.change(
                "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING",
                name=SALT,
                value=os.urandom(32).hex(),
            )
            return self.proof(secret)
        return hmac.new(bytes.fromhex(row["value"]), secret.encode(), hashlib.sha256).hexdigest()[:32]

    def register(self, account: Account, signs: Fingerprint, now: datetime) -> Ended | None:
        """Create or update an account's row. Returns the login that its name led to before, if it is another one now.

        With another secret it may be another login: it is doubted until the network has said whose it is.
        """
        with self._db.transaction():
            before = self._row(account.name)
            ended = None
            if before is not None and is_another(before, account, signs.whose, signs.before):
                known = self._accounts.find(account.name)
                articles = self._accounts.begin_anew(account, now, signs.whose)
                ended = Ended(known.identity if known else None, articles)
            state = self._accounts.ensure(account, now, signs.whose, signs.before)
            row = self._row(account.name)
            assert row is not None
            self._bind_age(account, row)
            if signs.whose:
                doubted = row["doubted"] or (row["proof"] != signs.proof and state.identity is not None)
                login = _login(signs, state.identity)
                self._note(account.name, signs, login, doubted=bool(doubted))
                if not doubted and not _stayed(before, login):
                    self._partings.comes_back(account.name, now)
        return ended

    def doubted(self, name: str) -> bool:
        """Whether an account's secret changed since its network was asked whose it is."""
        row = self._row(name)
        return row is not None and bool(row["doubted"])

    def met(self, account: Account, signs: Fingerprint, identity: Identity, now: datetime) -> Ended | None:
        """Record whose account the network says it is. Returns the login that it was before, if that is another one:
        what was planned for it is ended.
        """
        with self._db.transaction():
            state = self._accounts.find(account.name)
            before = state.identity if state is not None and signs.whose else None
            ended = None
            if before is not None and identity.id and before.id not in ("", identity.id):
                ended = Ended(before, self._accounts.begin_anew(account, now, signs.whose))
            self._accounts.identified(account.name, identity, now)
            if signs.whose:
                self._note(account.name, signs, _login(signs, identity), doubted=False)
                self._partings.comes_back(account.name, now)
        return ended

    def is_of(self, name: str, identity: Identity) -> bool:
        """Whether an account was this login when its network was asked last."""
        state = self._accounts.find(name)
        return state is not None and state.identity is not None and state.identity.id == identity.id

    def away_since(self, name: str) -> datetime | None:
        """Since when an account is not in the config, if something waited for it then."""
        row = self._row(name)
        return from_micros(row["left_at"]) if row else None

    def asks(self, account: str, now: datetime) -> None:
        """Record that its network is asked now whose login an account is."""
        self._db.change(
            "INSERT INTO meta (name, value) VALUES (:name, :at) ON CONFLICT (name) DO UPDATE SET value = :at",
            name=f"{ASKED}{account}",
            at=str(micros(now)),
        )

    def asked_at(self, account: str) -> datetime | None:
        """When its network was asked last by `asks`."""
        row = self._db.row("SELECT value FROM meta WHERE name = :name", name=f"{ASKED}{account}")
        return from_micros(int(row["value"])) if row else None

    def twin(self, delivery: Delivery) -> Delivery | None:
        """The delivery of the same article under another name of the same login, if that was sent or may have been."""
        found = self._db.row(
            f"{rows.JOINED} JOIN account AS other ON other.name = delivery.account"
            " JOIN account AS mine ON mine.name = :account WHERE delivery.anchor = :anchor"
            " AND delivery.account <> :account AND delivery.action = 'post' AND delivery.revision = :revision"
            " AND delivery.part = :part AND delivery.state IN ('sending', 'unknown', 'held', 'posted')"
            " AND other.login = mine.login AND other.platform = mine.platform"
            " ORDER BY CASE WHEN delivery.state = 'posted' THEN 0 ELSE 1 END, delivery.planned_at LIMIT 1",
            account=delivery.account,
            anchor=delivery.anchor,
            revision=delivery.revision,
            part=delivery.part,
        )
        return rows.delivery(found) if found else None

    def twins(self, names: Collection[str]) -> list[list[str]]:
        """Groups of these accounts that are one login, by what the config and their networks said last."""
        groups: dict[tuple[str, str], list[str]] = {}
        for row in self._db.rows("SELECT name, platform, login FROM account WHERE login IS NOT NULL ORDER BY name"):
            if row["name"] in names:
                groups.setdefault((row["platform"], row["login"]), []).append(row["name"])
        return [group for group in groups.values() if len(group) > 1]

    def _note(self, name: str, signs: Fingerprint, login: str | None, *, doubted: bool) -> None:
        """Store what says whose account it is, if that has changed. The login of a doubted one stays what it was."""
        self._db.change(
            "UPDATE account SET proof = :proof, doubted = :doubted,"
            " login = CASE WHEN :doubted = 1 THEN login ELSE :login END WHERE name = :name"
            " AND (COALESCE(proof, '') <> :proof OR doubted <> :doubted"
            " OR (:doubted = 0 AND COALESCE(login, '') <> COALESCE(:login, '')))",
            proof=signs.proof,
            doubted=int(doubted),
            login=login,
            name=name,
        )

    def _bind_age(self, account: Account, row: Row) -> None:
        """Let what waits expire by the present `max_age`."""
        age = account.max_age // MICROSECOND
        if row["max_age"] == age:
            return
        if row["max_age"] is not None:
            self._db.change(
                f"UPDATE delivery SET expires_at = expires_at + :more WHERE account = :name AND {CLOSED.allowed}",
                more=age - row["max_age"],
                name=account.name,
            )
        self._db.change("UPDATE account SET max_age = :age WHERE name = :name", age=age, name=account.name)

    def _row(self, name: str) -> Row | None:
        return self._db.row("SELECT * FROM account WHERE name = :name", name=name)


def _stayed(before: Row | None, login: str | None) -> bool:
    """Whether an account was in the config and led to this login already, so that nothing of it can come back."""
    if before is None or before["left_at"] is not None or before["doubted"]:
        return False
    return bool(before["login"] == login)


def _login(signs: Fingerprint, identity: Identity | None) -> str | None:
    """What is the same for two names of one login; None where that is not known."""
    if signs.proof is None:
        return signs.whose
    if identity is None or not identity.id:
        return None
    return hashlib.sha256(f"{signs.whose}\n{identity.id}".encode()).hexdigest()[:32]
