"""The card worker's process: `python -m syndicate.rendering.cards.worker FOLDER…`. It draws cards.

It contains hostile photos and templates: it has limits on memory and on the time of each job, no secret in
its environment, and writes nothing but its answers. It ends when its parent does.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from syndicate.errors import RenderError
from syndicate.model import Json, StoryWarning
from syndicate.rendering.cards import wire
from syndicate.rendering.cards.order import load_order

if TYPE_CHECKING:
    from syndicate.rendering.cards.draw import Drawer
    from syndicate.rendering.cards.engine import CardEngine

MEMORY = 1_500_000_000
"""Bytes of address space: for sixty megapixels twice, and for the engine."""

SECONDS = 15.0
"""Seconds after which the process ends itself during a job, in case its parent is gone."""


def main(folders: Sequence[str]) -> None:
    """Answer messages from standard input on standard output until there are no more."""
    _limit()
    answers, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # whatever a library prints must not garble the answers
    bench = _Bench([Path(folder) for folder in folders])
    with contextlib.suppress(wire.Broken):
        while True:
            header, body = wire.read(0)
            signal.setitimer(signal.ITIMER_REAL, SECONDS)
            answer, picture = bench.answer(header, body)
            signal.setitimer(signal.ITIMER_REAL, 0)
            wire.write(answers, answer, picture)


class _Bench:
    """Does the jobs; made when the first one comes."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders

    @functools.cached_property
    def _drawer(self) -> Drawer:
        from syndicate.rendering.cards.draw import Drawer

        return Drawer(_engine, self._folders)

    def answer(self, header: Json, body: bytes) -> tuple[Json, bytes]:
        """Do one job. A failure is an answer too, in one line."""
        try:
            return self._done(header, body)
        except RenderError as fault:
            return {"fault": str(fault)}, b""
        except MemoryError:
            return {"fault": "needs more memory than a card may"}, b""
        except BaseException as fault:  # an engine in Rust panics with a BaseException of its own
            if isinstance(fault, (KeyboardInterrupt, SystemExit)):
                raise
            return {"fault": f"{type(fault).__name__}: {' '.join(str(fault).split())[:300]}"}, b""

    def _done(self, header: Json, body: bytes) -> tuple[Json, bytes]:
        order = load_order(header["order"])
        if body:
            self._drawer.learn(body)
        if order.photo and not self._drawer.has(order.photo):
            return {"wants": "photo"}, b""
        found = self._drawer.photo(order) if header["draw"] == "photo" else self._drawer.card(order)
        size = {"width": found.media.width, "height": found.media.height, "mime": found.media.mime}
        warnings = [(words, isinstance(words, StoryWarning)) for words in found.warnings]
        return size | {"warnings": warnings}, found.media.data


def _engine() -> CardEngine:
    from syndicate.rendering.cards.engine import Takumi

    try:
        return Takumi()
    except ImportError as fault:
        raise RenderError(f"the card engine pytakumi is not installed ({fault})") from fault


def _limit() -> None:
    """Limit memory, forbid core files, and set an alarm that ends the process whatever it is doing."""
    import resource

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    with contextlib.suppress(ValueError, OSError):  # some systems do not limit address space
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(sys.argv[1:])
