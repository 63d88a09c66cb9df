"""How the ledger is opened: the real one, or a private copy for a run that leaves nothing behind."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from syndicate.config.schema import Config
from syndicate.errors import LedgerError
from syndicate.ledger import Ledger
from syndicate.ledger.credentials import key_beside
from syndicate.ledger.database import Database, copy_ledger
from syndicate.model import Delivery, LinkCard, Media, Post, Rendered
from syndicate.net.dry_run import DryHttp
from syndicate.ports import Clock
from syndicate.rendering.preview.recording import Recording

if TYPE_CHECKING:
    from syndicate.delivery.lane import Render


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A run on a private copy of the ledger, thrown away at the end.

    `dry`: requests that write are answered by samples. Else the accounts lead to stand-ins.
    """

    folder: Path
    dry: bool


def rehearse(*, dry: bool) -> Rehearsal:
    """A private folder for a run that leaves nothing behind."""
    import tempfile

    return Rehearsal(Path(tempfile.mkdtemp(prefix="syndicate-")), dry)


@dataclass(slots=True)
class Recorder:
    """Exhibits by the key of their delivery. A picture that several accounts send is kept once."""

    exhibits: dict[str, Recording] = field(default_factory=dict)
    _pictures: dict[str, Media] = field(default_factory=dict)

    def watch(self, delivery: Delivery, door: DryHttp, render: Render, deliver: Callable[[Render], Any]) -> Any:
        """Let `deliver` run, and keep what it rendered and what it would have asked of `door`."""
        kept: list[Rendered] = []

        def watched(*article: Any, **moments: Any) -> Rendered:
            rendered = render(*article, **moments)
            kept.append(replace(rendered, post=self._shared(rendered.post)))
            return rendered

        before = len(door.calls)
        answer = deliver(watched)
        self.exhibits[delivery.key] = Recording(kept[-1] if kept else None, tuple(door.calls[before:]))
        return answer

    def _shared(self, post: Post) -> Post:
        card: LinkCard | None = post.card
        if card and card.thumb:
            card = replace(card, thumb=self._kept(card.thumb))
        return replace(post, media=tuple(map(self._kept, post.media)), card=card)

    def _kept(self, media: Media) -> Media:
        known = self._pictures.setdefault(media.file, media)
        return replace(media, data=known.data)


def open_real(config: Config, environ: Mapping[str, str], clock: Clock) -> Ledger:
    """The publisher's ledger. Raises LedgerError."""
    return Ledger(Database(config.ledger), clock, Keys(config, environ).real)


def open_copy(
    config: Config, environ: Mapping[str, str], rehearsal: Rehearsal, clock: Clock
) -> tuple[Ledger, dict[str, str]]:
    """A copy in which nothing keeps anybody from looking; and the accounts that are really paused, and why."""
    path, copy = config.ledger, rehearsal.folder / "ledger.db"
    if path.exists():
        copy_ledger(path, copy)
    ledger = Ledger(Database(copy, durable=False), clock, Keys(config, environ).borrowed)
    # Another process may be sending just now; in a copy nobody would ever free its lanes.
    ledger.database.change("UPDATE account SET lane = NULL, lane_until = 0")
    paused = {row["name"]: row["paused"] for row in ledger.accounts.paused()}
    if not rehearsal.dry:  # to the stand-ins everything goes
        ledger.database.change("UPDATE account SET next_at = 0, opens_at = 0, paused = NULL")
        ledger.database.change("DELETE FROM pause")
        ledger.database.change("DELETE FROM credential")
        ledger.database.change("UPDATE account SET identity = NULL")
    return ledger, paused


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
