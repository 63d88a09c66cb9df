"""Keeps the state file of the config: a ledger takes in what it lacks of it, and it is written at the end of runs."""

from __future__ import annotations

import hashlib
from pathlib import Path

from syndicate.config.schema import Config
from syndicate.errors import ConfigError
from syndicate.ledger import Ledger
from syndicate.ledger.state_facts import Facts, UnreadableState, joined, read, written
from syndicate.model.dataclass import dataclass
from syndicate.net import whole_file
from syndicate.serialization import instant

KNOWN = "state"
"""The row of `meta` with the hash of the file as the ledger knows it."""
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
        data = self._bytes()
        if data is None or hashlib.sha256(data).hexdigest() == self._known(ledger):
            return
        content = _Content(data, self._read(data))
        self._take(content, ledger, asks=asks, begins=begins)

    def begin(self, ledger: Ledger) -> None:
        """Say in the file that a run is under way: if it never ends, the next one is in doubt of what it sent."""
        now = ledger.now().replace(microsecond=0)
        self._write(ledger, joined([{"run": "under way", "since": instant(now)}]))

    def save(self, ledger: Ledger, *, ended: bool) -> None:
        """Write what the ledger knows, and keep what another process wrote. Nothing before the first reading.

        `ended`: a run is over, so none is under way.
        """
        if not self._is_blurred and (ledger.sources.any_read() or self.path.exists()):
            content = self._content()
            run = {about: fact for about, fact in content.facts.items() if about[0] == "run"} if content else {}
            self._write(ledger, {} if ended else run)

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
            if begins:
                ledger.recovery.trust(besides=taken.doubted)
            ledger.notes.append(f"{self.path.name}: {taken.new} lines that the ledger did not have were taken in")

    def _write(self, ledger: Ledger, run: Facts) -> None:
        from syndicate.ledger.state import facts

        for _ in range(TRIES):
            self.take_in(ledger)
            content, now = self._content(), ledger.now()
            found = facts(ledger.database, self._urls, now, content.facts if content else {})
            text = written(found | run).encode("utf-8", "surrogatepass")
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


_WRITABLE = "nothing was sent; let syndicate write the file and its folder"
_BACK = "take the file from an earlier commit: what was posted since is asked of the networks"
