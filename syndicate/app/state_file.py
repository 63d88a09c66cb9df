"""Keeps the state file of the config: a ledger takes in what it lacks of it, and writes it at the end of runs; what is
sent meanwhile is appended before it leaves.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from syndicate.app.state_journal import StateJournal
from syndicate.config.schema import Config
from syndicate.errors import ConfigError
from syndicate.ledger import Ledger
from syndicate.ledger.state_facts import Facts, UnreadableState, joined, read, shortened, written
from syndicate.model.dataclass import dataclass
from syndicate.net import whole_file
from syndicate.serialization import instant, moment

KNOWN = "state"
"""The row of `meta` with the hash of the file as the ledger knows it."""
BEYOND = timedelta(days=1)  # how much longer than `max_age` a story of which it is in doubt whether it was sent waits
OLD = timedelta(days=90)
"""What was finished longer ago is written shorter; only where the file changes anyway."""
TRIES = 5  # if another process writes it too
ASKED = "what was posted since is in no state file"


@dataclass(frozen=True, slots=True)
class _Content:
    data: bytes
    facts: Facts

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class StateFile:
    """The file of one config. Every fault is a ConfigError of one line, before anything is sent or changed."""

    def __init__(self, config: Config, path: Path) -> None:
        self.path = path
        self._config = config
        self._urls = {name: each.url for name, each in config.sources.items()}
        # Without the secrets in their addresses, sources cannot be known again.
        oldest = max((each.account.max_age for each in config.accounts.values()), default=timedelta(0))
        self._doubted = oldest + BEYOND
        self._is_blurred = any(each.startswith("sources.") for each in config.filled)

    def check(self) -> bool:
        """Whether there is one. Raises ConfigError if it cannot be read or written."""
        content = self._content()
        try:
            whole_file.require_writable(self.path)
        except OSError as fault:
            raise ConfigError(f"state: {self.path} cannot be written: {fault.strerror}", hint=_WRITABLE) from fault
        return content is not None

    def take_in(self, ledger: Ledger, *, asks: bool = True, begins: bool = False) -> None:
        """Add what the ledger lacks; its accounts then look before they post.

        Where a network cannot say what it has, the last run may have sent more than the file says. `begins`: each run
        says in the file that it begins, before it sends anything; so one that did not is over.
        """
        data, known, journal = self._bytes(), self._known(ledger), ledger.journal
        if data is None or hashlib.sha256(data).hexdigest() == known:
            return
        if isinstance(journal, StateJournal) and journal.added(data, known):
            return
        content = _Content(data, self._read(data))
        self._take(content, ledger, asks=asks, begins=begins)

    def begin(self, ledger: Ledger) -> None:
        """Say in the file that a run is under way: if it never ends, the next one is in doubt of what it sent."""
        self._write(ledger, joined([{"run": "under way", "since": instant(ledger.now())}]))

    def keep_up(self, ledger: Ledger) -> None:
        """From now on, write down what is sent before it leaves. Not where sources cannot be known again."""
        if not self._is_blurred:
            ledger.journal = StateJournal(self.path, ledger, lambda: self.renew(ledger))

    def renew(self, ledger: Ledger) -> None:
        """Write it whole, with the runs that it says are under way."""
        content = self._content()
        self._write(ledger, _runs(content.facts) if content else {})

    def prune(self, ledger: Ledger, older: timedelta) -> int:
        """Shorten what was finished longer ago, at once. Returns by how many bytes."""
        if self._is_blurred:
            return 0
        before = len(self._bytes() or b"")
        content = self._content()
        self._write(ledger, _runs(content.facts) if content else {}, older)
        return before - len(self._bytes() or b"")

    def save(self, ledger: Ledger, *, ended: bool) -> None:
        """Write what the ledger knows, and keep what another process wrote. Nothing before the first reading.

        `ended`: a run is over, so none is under way.
        """
        if not self._is_blurred and (ledger.sources.any_read() or self.path.exists()):
            if ended:
                self._write(ledger, {})
            else:
                self.renew(ledger)

    def _take(self, content: _Content, ledger: Ledger, *, asks: bool, begins: bool) -> None:
        from syndicate.ledger.state_taken import take_in

        try:
            taken = take_in(ledger.database, content.facts, self._urls)
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise ConfigError(f"state: {self.path}: a line is missing or wrong ({fault})", hint=_BACK) from fault
        if not self._is_blurred:
            self._remember(content.digest, ledger)
        if asks and taken.new:
            ledger.recovery.ask(f"the ledger was made from {self.path.name}: {ASKED}")
            if begins and taken.told:
                ledger.recovery.trust()
            self._doubt(content.facts, ledger, told=taken.told)
            ledger.notes.append(f"{self.path.name}: {taken.new} lines that the ledger did not have were taken in")

    def _doubt(self, facts: Facts, ledger: Ledger, *, told: bool) -> None:
        """Be in doubt of what the file says that nobody knows, and of a run that began, and neither told nor ended."""
        from syndicate.ledger.state import keep_doubts

        now = instant(ledger.now())
        doubts = {about: fact for about, fact in facts.items() if about[0] == "doubt"}
        if not told:
            names = {fact["account"] for about, fact in facts.items() if about[0] == "account"}
            doubts = joined([*doubts.values(), *({"doubt": name, "since": now, "until": now} for name in names)])
        for fact in doubts.values():
            ledger.recovery.doubt(fact["doubt"], _instant(fact["since"]), _instant(fact["until"]))
        if doubts:
            keep_doubts(ledger.database, doubts)

    def _write(self, ledger: Ledger, run: Facts, older: timedelta = OLD) -> None:
        from syndicate.ledger.state import facts

        for _ in range(TRIES):
            self.take_in(ledger)
            content, now = self._content(), ledger.now()
            before = content.facts if content else {}
            found = facts(ledger.database, self._urls, now, before, doubted=now - self._doubted) | run
            same = content is not None and older == OLD and _text(found) == content.data
            text = _text(found if same else shortened(found, now - older))
            if self._replaced(text, content):
                self._remember(hashlib.sha256(text).hexdigest(), ledger)
                return
        raise ConfigError(f"state: {self.path} is changed by other programs all the time", hint=_WRITABLE)

    def _replaced(self, text: bytes, content: _Content | None) -> bool:
        if content is not None and content.data == text:
            return True
        try:
            return whole_file.replace(self.path, text, content.data if content else None)
        except OSError as fault:
            raise ConfigError(f"state: {self.path} cannot be written: {fault.strerror}", hint=_WRITABLE) from fault

    def _content(self) -> _Content | None:
        data = self._bytes()
        return None if data is None else _Content(data, self._read(data))

    def _bytes(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise ConfigError(f"state: {self.path} cannot be read: {fault.strerror}", hint=_BACK) from fault

    def _read(self, data: bytes) -> Facts:
        try:
            return read(data.decode("utf-8", "surrogatepass"))
        except UnicodeDecodeError as fault:
            raise ConfigError(f"state: {self.path}: it is no text", hint=_BACK) from fault
        except UnreadableState as fault:
            raise ConfigError(f"state: {self.path}: {fault}", hint=fault.hint) from fault

    def _known(self, ledger: Ledger) -> str | None:
        row = ledger.database.row("SELECT value FROM meta WHERE name = :name", name=KNOWN)
        return row["value"] if row else None

    def _remember(self, digest: str, ledger: Ledger) -> None:
        ledger.database.change(
            "INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value",
            name=KNOWN,
            value=digest,
        )


def _runs(facts: Facts) -> Facts:
    return {about: fact for about, fact in facts.items() if about[0] == "run"}


def _text(facts: Facts) -> bytes:
    return written(facts).encode("utf-8", "surrogatepass")


def _instant(text: str) -> datetime:
    at = moment(text)
    assert at is not None
    return at


_WRITABLE = "nothing was sent; let syndicate write the file and its folder"
_BACK = "take the file from an earlier commit: what was posted since is asked of the networks"
