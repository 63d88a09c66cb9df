"""Builds each account's adapter; registers accounts in the ledger, verifies their logins, lists what is paused."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from syndicate.app.doors import Doors
from syndicate.app.runs import KindOfRun
from syndicate.app.sign_ins import HeldCredentials, SignIns, completed, signed_out
from syndicate.config.schema import AccountConfig
from syndicate.errors import PlatformError, SyndicateError
from syndicate.ledger.account_names import UNKNOWN, Configured, Fingerprint
from syndicate.ledger.accounts import REFUSED
from syndicate.ledger.credentials import Session
from syndicate.ledger.logins import Ended
from syndicate.ledger.notices import ANOTHER_LOGIN
from syndicate.model import Account, Identity, Json, Limits, Post, site_of
from syndicate.model.dataclass import dataclass
from syndicate.net.answers import AnswerCleaner, secrets_of
from syndicate.ports import FetchesPictures, Http, Identified, OwnDoor, Platform, Proved, Refreshable, Sender

if TYPE_CHECKING:
    from syndicate.app.hosting import Hosting
    from syndicate.delivery.lane import Lane

IDENTITY_AGE = timedelta(days=1)
"""How long the limits that a server stated are used before it is asked again."""
SAFE_MINUTE = timedelta(minutes=1)
"""The settle time of an account that is no longer in the config: after it, a post is surely visible."""

_PUT_BACK = (
    "if that is a mistake, put the old login back, and they wait again until they are too old;"
    " else announce one with syndicate post --article URL"
)


@dataclass(frozen=True, slots=True)
class Twins:
    """Names of one login. `wrong`: some of them have the same filters, so each article would go out as both."""

    names: tuple[str, ...]
    wrong: bool

    @property
    def told(self) -> str:
        """What to tell about them."""
        names = f"{', '.join(self.names[:-1])} and {self.names[-1]}"
        cure = "; remove one of them, or give it the token of the account that you meant" if self.wrong else ""
        return f"{names} are one login: an article goes out as one of them, and is skipped on the others{cure}"


class Lanes:
    """The accounts of the config with their adapters. Each is built once, when it is first needed. Thread-safe.

    `notes` are for the person who runs this, such as that a server's limits could not be read.
    """

    def __init__(self, kind: KindOfRun, doors: Doors) -> None:
        self.notes: list[str] = []
        self._kind = kind
        self._config = kind.config
        self._ledger = kind.ledger
        self._doors = doors
        self.sign_ins = SignIns(kind)
        self._made: dict[str, Lane] = {}
        self._cleaners: dict[str, AnswerCleaner] = {}
        self._asked: set[str] = set()
        self._lock = threading.RLock()

    def of(self, name: str) -> Lane:
        """The lane of an account: its adapter, limits and session. Raises SyndicateError if it left the config."""
        if name not in self._config.accounts:
            hint = "put it back into the config, or give its login the name that it has now"
            raise SyndicateError(f"the account '{name}' is not in the config", hint=hint)
        with self._lock:
            if name not in self._made:
                self._made[name] = self._build(self._config.accounts[name])
            return self._made[name]

    def register(self, *names: str) -> None:
        """Create or update the ledger's rows of these accounts (without names: all enabled ones), with their logins.

        A login that the config has under another name takes over what that name had.
        """
        configured = self.configured()
        with self._ledger.transaction():
            self.follow(configured)
            for name in names or [account.name for account in self._config.enabled]:
                account, signs = configured[name]
                ended = self._ledger.register(account, signs)
                if ended is not None:
                    self._tell_another(name, ended)
                self._join_left(name)
                self.sign_ins.mark(self._config.accounts[name], self._adapter(name))

    def signs_in(self, name: str, held: Json, identity: Identity) -> None:
        """Store the credentials of somebody who signed in, and whose login it is. Called in a transaction.

        If it is another login than before, what waited for that one is ended.
        """
        now, ledger = self._ledger.now(), self._ledger
        ledger.credentials.sign_in(name, held, now)
        own = self._configured(self._config.accounts[name])
        ended = [ledger.register(*own), ledger.logins.met(*own, identity, now)]
        for login in filter(None, ended):  # what was stored under the name went with it
            ledger.credentials.sign_in(name, held, now)
            self._tell_another(name, login, identity)
        self._join_left(name)

    def follow(self, configured: Configured | None = None) -> None:
        """Give what the ledger has of a login the name that the config has for it now."""
        for old, new in self._ledger.account_names.follow(
            configured or self.configured(), self._ledger.now(), self._config.rests
        ):
            self._tell_renamed(old, new)

    def configured(self) -> dict[str, tuple[Account, Fingerprint]]:
        """Every account of the config, with what its options say of whose it is."""
        held = self.sign_ins.all_held()
        return {
            name: (entry.account, self.fingerprint(entry, held.get(name, {})))
            for name, entry in self._config.accounts.items()
        }

    def needs_sign_in(self, name: str) -> str | None:
        """Why somebody has to sign in to an account before it can post; None where that is not so."""
        return self.sign_ins.needed(self._config.accounts[name], self._adapter(name))

    def states_whose(self, name: str) -> bool:
        """Whether an account's network is asked now and then whose login we have, or what its limits are."""
        adapter = self._adapter(name)
        return adapter.limits.stated or issubclass(adapter, Proved)

    def _adapter(self, name: str) -> type[Platform]:
        from syndicate import platforms

        return platforms.find(self._config.accounts[name].account.platform)

    def _configured(self, entry: AccountConfig) -> tuple[Account, Fingerprint]:
        return entry.account, self.fingerprint(entry, self.sign_ins.held(entry.account.name))

    def fingerprint(self, entry: AccountConfig, held: Json) -> Fingerprint:
        """What the options of an account and the credentials that it has say of whose it is."""
        from syndicate import platforms

        adapter = platforms.find(entry.account.platform)
        # With stand-ins for the network or for a secret, the login says nothing about whose account this is.
        stand_in = self._kind.stand_ins or not self._config.complete(entry.account.name)
        if stand_in or not issubclass(adapter, Identified) or (not held and signed_out(adapter, entry.options)):
            return UNKNOWN
        said, proof = adapter.whose(completed(entry.options, held)), None
        if not any(said):  # signing in found it, and the options do not say
            return UNKNOWN
        if issubclass(adapter, Proved):
            proof = self._ledger.logins.proof(self.sign_ins.proof(held) or adapter.proof(entry.options))
        # An address with a slash at its end is the same one; older ledgers have it as it was written.
        return Fingerprint(_digest(map(_same, said)), _digest(said), proof)

    def register_all(self) -> None:
        """Register all enabled accounts, and ask the networks of those whose token is new whose login it is.

        Where a network cannot be asked now, it is asked before anything is sent.
        """
        configured = self.configured()
        self._recognise_new(configured)
        self.register()
        for account in self._config.enabled:
            if account.name not in self._asked and self._ledger.logins.doubted(account.name):
                self._asked.add(account.name)
                with contextlib.suppress(PlatformError):
                    self.verify(account.name)

    def _recognise_new(self, configured: Configured) -> None:
        """Ask the networks of new names that may be the login of an account that left the config."""
        for name, left in self._ledger.account_names.doubtful(configured, self._config.rests).items():
            if not configured[name][1].whose or not self._config.accounts[name].enabled:
                continue
            try:
                identity = self._identity(name, self.of(name).platform)
            except PlatformError:
                continue
            for old in left:
                if self._ledger.logins.is_of(old, identity):
                    self._ledger.account_names.take_over(old, name, self._ledger.now())
                    self._ledger.logins.met(*configured[name], identity, self._ledger.now())
                    self._tell_renamed(old, name)
                    break

    def _join_left(self, name: str) -> None:
        for old in self._ledger.account_names.left_with(name, self._config.accounts, self._config.rests):
            self._ledger.account_names.take_over(old, name, self._ledger.now())
            self._tell_renamed(old, name)

    def _tell_renamed(self, old: str, new: str) -> None:
        self.notes.append(f"{new}: the login that was named {old}; what waits, its first run and its history go on")

    def _tell_another(self, name: str, ended: Ended, now: Identity | None = None) -> None:
        """Tell that an account leads to another login; in an alert, too, if anything waited for the old one."""
        who = f" ({ended.identity.name} before, {now.name} now)" if ended.identity and now else ""
        told = f"{name}: it leads to another login now{who}"
        if ended.articles:
            told += f"; {_articles(ended.articles)} that waited for the old one will not be sent; {_PUT_BACK}"
            self._ledger.notices.happened(ANOTHER_LOGIN, name, told, self._ledger.now())
        self.notes.append(told)

    def twins(self) -> list[Twins]:
        """The enabled accounts that are one login, by what their networks said."""
        sites: dict[str, list[str]] = {}
        for each in self._config.enabled:
            sites.setdefault(site_of(each.name), []).append(each.name)
        return [self._twins(names) for site in sites.values() for names in self._ledger.logins.twins(site)]

    def written_twins(self) -> list[Twins]:
        """The enabled accounts that are one login, by what the config says."""
        groups: dict[tuple[str, str, str, str | None], list[str]] = {}
        configured = self.configured()
        for each in self._config.enabled:
            signs = configured[each.name][1]
            if signs.whose:
                whose = (site_of(each.name), each.platform, signs.whose, signs.proof)
                groups.setdefault(whose, []).append(each.name)
        return [self._twins(names) for names in groups.values() if len(names) > 1]

    def _twins(self, names: Sequence[str]) -> Twins:
        accounts = [self._config.accounts[name].account for name in names]
        return Twins(tuple(names), len({str((each.only, each.never)) for each in accounts}) < len(accounts))

    def paused(self) -> dict[str, str]:
        """Accounts that are paused, and why: "auth", "person" or "all". In a rehearsal: as in the real ledger."""
        found = {**self._kind.paused} | {row["name"]: row["paused"] for row in self._ledger.accounts.paused()}
        return {account.name: found[account.name] for account in self._config.enabled if account.name in found}

    def troubled(self) -> dict[str, str]:
        """Accounts whose network asked for a long wait, as for a spent quota, with its words, and until when."""
        states, now = (self._ledger.accounts.find(account.name) for account in self._config.enabled), self._ledger.now()
        return {
            state.name: state.trouble + (f", until {state.next_at:%Y-%m-%d %H:%M} UTC" if state.next_at > now else "")
            for state in states
            if state is not None and state.trouble and state.paused not in REFUSED
        }

    def verify(self, name: str) -> Identity:
        """Ask the network whose account this is, and record the answer. Raises PlatformError."""
        from syndicate.delivery.session import with_session

        lane = self.of(name)
        identity = with_session(lane, self._ledger, lane.platform.verify)
        self._met(name, identity)
        return identity

    def settle(self, name: str) -> timedelta:
        """How long after a commit a post of this account is surely visible."""
        return self.of(name).settle if name in self._config.accounts else SAFE_MINUTE

    def _build(self, entry: AccountConfig) -> Lane:
        from syndicate import platforms
        from syndicate.delivery.lane import Lane

        account, adapter = entry.account, platforms.find(entry.account.platform)
        session = Session(self._ledger.credentials, account.name)
        door, stand_in = self._door(adapter, entry), self.sign_ins.stand_in(entry, adapter)
        held = HeldCredentials(session, stand_in, getattr(door, "learn", _nothing))
        platform = adapter(entry.options, door, held)
        self._cleaners[account.name] = AnswerCleaner(self._secrets(account.name), door)
        return Lane(
            account=account,
            platform=platform,
            limits=functools.partial(self._limits, account.name, platform),
            settle=timedelta(seconds=platform.settle) if account.settle is None else account.settle,
            recognise=functools.partial(self._recognise, account.name, platform),
            refresh=_refresh(platform, stand_in) if isinstance(platform, Refreshable) else None,
            renews=not self.sign_ins.rehearses,
            cleaned=self._cleaners[account.name].cleaned,
            hosted=self._hosted(adapter),
        )

    @functools.cached_property
    def hosting(self) -> Hosting | None:
        """Where pictures are put for networks that fetch them."""
        from syndicate.app.hosting import hosting

        def door() -> Http:
            return self._doors.network(proxied=not self._kind.stand_ins)

        return hosting(self._config.media, self._ledger, door, real=self._kind.hosts_pictures)

    def _hosted(self, adapter: type[Platform]) -> Callable[[Post], Post]:
        fetches = isinstance(adapter, FetchesPictures) and self.hosting is not None
        return self.hosting.hosted if fetches and self.hosting else lambda post: post

    def _secrets(self, name: str) -> set[str]:
        """The tokens and passwords of all accounts of an account's site: any server may quote any of them."""
        entries = [entry for other, entry in self._config.accounts.items() if site_of(other) == site_of(name)]
        written = {secret for entry in entries for secret in secrets_of(entry.options)}
        return written | self.sign_ins.secrets([entry.account.name for entry in entries])

    def _identity(self, name: str, platform: Platform) -> Identity:
        """Whose account the network says it is, cleaned. Raises PlatformError."""
        return self._cleaners[name].cleaned(platform.verify())

    def _door(self, adapter: type[Platform], entry: AccountConfig) -> Http:
        if issubclass(adapter, OwnDoor):
            door = adapter.door(entry.options, self._kind.clock)
            if hasattr(door, "sender"):
                door.sender = Sender(self._config.of(entry.account.name).site.name, entry.account.name)
        else:  # stand-ins are on this machine, and no proxy may see it
            door = self._doors.network(entry.account.name, proxied=not self._kind.stand_ins)
        return self._kind.door(entry.account.name, door)

    def _recognise(self, name: str, platform: Platform) -> bool:
        """Whether an account is the login that it was, by its network, which is asked once a day and after its token
        changed.
        """
        if not isinstance(platform, Proved) or self._kind.stand_ins or not self._config.complete(name):
            return True
        if not self._ledger.logins.doubted(name) and (self._kind.assumes_limits or self._is_fresh(name)):
            return True
        try:
            identity = self._identity(name, platform)
        except PlatformError:
            if not self._kind.assumes_limits:
                raise
            return True
        return self._met(name, identity)

    def _is_fresh(self, name: str) -> bool:
        state = self._ledger.accounts.find(name)
        at = state.identity_at if state else None
        return at is not None and self._ledger.now() - at <= IDENTITY_AGE

    def _met(self, name: str, identity: Identity) -> bool:
        """Record whose account the network says it is. False: it is another login than before."""
        own = self._configured(self._config.accounts[name])
        with self._ledger.transaction():
            ended = self._ledger.logins.met(*own, identity, self._ledger.now())
            if ended is not None:
                self._tell_another(name, ended, identity)
            self._join_left(name)
        return ended is None

    def _limits(self, name: str, platform: Platform) -> Limits:
        """A platform's limits, with those that its server states, which are read once a day."""
        if isinstance(platform, FetchesPictures) and self.hosting is None:
            self.notes.append(f"{name}: {platform.name} fetches pictures by an address; without `media` it gets none")
            return replace(self._stated_limits(name, platform), images=0)
        return self._stated_limits(name, platform)

    def _stated_limits(self, name: str, platform: Platform) -> Limits:
        if not platform.limits.stated:
            return platform.limits
        now, state = self._ledger.now(), self._ledger.accounts.find(name)
        identity = state.identity if state else None
        if identity is None or state is None or state.identity_at is None or now - state.identity_at > IDENTITY_AGE:
            try:
                identity = self._identity(name, platform)
            except PlatformError as fault:
                if not self._kind.assumes_limits:
                    raise
                self.notes.append(
                    f"{name}: its server's limits could not be read; the usual ones are assumed ({fault})"
                )
                identity = Identity("", "")
            self._met(name, identity)
        return replace(platform.limits, **identity.limits)  # type: ignore[arg-type] # names of Limits fields


def _refresh(platform: Refreshable, stand_in: Json) -> Callable[[Json], Json]:
    return lambda current: platform.refresh(current or stand_in)


def _nothing(*_: str) -> None:
    """Learn nothing."""


def _articles(number: int) -> str:
    return "1 article" if number == 1 else f"{number} articles"


def _same(option: str) -> str:
    """An option that identifies an account, with an address in it normalised."""
    from syndicate.aliases import urlkey

    return urlkey(option) or option


def _digest(words: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
