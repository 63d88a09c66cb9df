"""Has the publisher's own commands write posts: one call for a story and an account, within a set time.

What a command wrote is kept with its delivery at once, so that an approval, a retry and another worker have the same.
It is called before anything is claimed, and never for longer than half a claim lasts.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter

from syndicate.config.schema import Config
from syndicate.errors import RenderError
from syndicate.ledger import Ledger
from syndicate.model import Account, Article, Delivery, OwnWords
from syndicate.net.command_call import CommandCall, CommandEnd, in_folder, without_secrets
from syndicate.rendering.own_words import Writes, clean
from syndicate.serialization import article_record

PATIENCE = 30.0  # seconds for one call, or half a lease if that is less
MOST = 100_000  # bytes that a command may print


class TextCommands:
    """The calls of one run. Thread-safe. `close` it: what still runs is ended."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        self._config = config
        self._ledger = ledger
        self._patience = min(PATIENCE, config.lease.total_seconds() / 2)
        self._calls: set[CommandCall] = set()
        self._called = Counter[str]()
        self._closed = False
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the commands that run, with all that they started; no more are called."""
        with self._lock:
            self._closed = True
            for call in self._calls:
                call.end()

    @property
    def notes(self) -> list[str]:
        """How often the command of each account was called."""
        with self._lock:
            called = sorted(self._called.items())
        return [f"{account}: text.command was called for {_posts(number)}" for account, number in called]

    def of(self, delivery: Delivery) -> Writes:
        """What writes the post of a delivery: as it was written before, where the same is asked."""

        def writes(article: Article, account: Account, network: str, *, limit: int, link: str | None) -> OwnWords:
            assert account.text is not None
            record = article_record(article) | {"account": account.name, "network": network}
            asked = _hash([*account.text.command, {**record, "updated": None}])
            kept = self._ledger.kept_words.of(delivery, asked)
            if kept is not None:
                return kept
            text, fault = self._written(
                account, json.dumps(record | {"limit": limit, "link": link}, ensure_ascii=False)
            )
            return self._ledger.kept_words.keep(delivery, OwnWords(text, asked, fault))

        return writes

    def _written(self, account: Account, said: str) -> tuple[str, str]:
        """What the command wrote, or "" and what went wrong. Raises RenderError if the run ends meanwhile."""
        assert account.text is not None
        folder = self._config.of(account.name).path.absolute().parent
        command = in_folder(account.text.command, folder)
        call = CommandCall(command, folder, without_secrets())
        with self._lock:
            if self._closed:
                raise RenderError("the run is ending")
            self._calls.add(call)
            self._called[account.name] += 1
        try:
            ended = call.run(f"{said}\n".encode("utf-8", "replace"), self._patience, most=MOST)
        except OSError as fault:
            return "", f"{command[0]}: {(fault.strerror or str(fault)).lower()}"
        finally:
            with self._lock:
                self._calls.discard(call)
        if self._closed:  # then it did not end by itself
            raise RenderError("the run is ending")
        return self._read(ended, command[0])

    def _read(self, ended: CommandEnd, name: str) -> tuple[str, str]:
        if ended.late:
            return "", f"{name} took longer than {self._patience:g} s, and was ended"
        if ended.too_much:
            return "", f"{name} printed more than {MOST} bytes, and was ended"
        if ended.status:
            return "", f"{name} ended with status {ended.status}" + (f": {ended.complaint}" if ended.complaint else "")
        try:
            text = clean(ended.printed.decode("utf-8-sig"))
        except UnicodeDecodeError:
            return "", f"{name} printed what is not UTF-8"
        return text, "" if text else f"{name} printed nothing"


def _hash(asked: object) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:32]


def _posts(number: int) -> str:
    return "1 post" if number == 1 else f"{number} posts"
