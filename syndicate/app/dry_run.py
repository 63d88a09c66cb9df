"""Runs on a private copy of the ledger, and what a dry run keeps to be shown."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from syndicate.app.ledger import Keys
from syndicate.config.schema import Config
from syndicate.ledger import Ledger
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


def open_copy(
    config: Config, environ: Mapping[str, str], rehearsal: Rehearsal, clock: Clock
) -> tuple[Ledger, dict[str, str]]:
    """A copy in which nothing keeps anybody from looking; and the accounts that are really paused, and why."""
    path, copy = config.ledger, rehearsal.folder / "ledger.db"
    if path.exists():
        copy_ledger(path, copy)
    ledger = Ledger(Database(copy, durable=False), clock, Keys(config, environ).borrowed)
    return ledger, ledger.release_for_rehearsal(keep_logins=rehearsal.dry)
