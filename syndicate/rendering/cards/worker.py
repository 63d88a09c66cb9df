"""The card worker's process: `python -m syndicate.rendering.cards.worker FOLDER…`. It draws cards and opens photos.

It contains hostile photos and templates: it has limits on memory and on the time of each job, no secret in
its environment, and writes nothing but its answers. It ends when its parent does.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from syndicate.errors import RenderError
from syndicate.model import Json, Limits, Media, StoryWarning
from syndicate.rendering.cards import wire
from syndicate.rendering.cards.engine import EngineMissing
from syndicate.rendering.cards.order import load_order

if TYPE_CHECKING:
    from syndicate.rendering.cards.draw import Drawer
    from syndicate.rendering.cards.engine import CardEngine

MEMORY = 1_500_000_000
"""Bytes of address space: more than twice what the worst picture of `MAX_PIXELS` takes, and the engine."""

SECONDS = 45.0
"""Seconds after which the process ends itself during a job, in case its parent is gone."""


DRAWERS = 4
"""Sites whose themes, fonts and last photos are kept, where sites share the worker."""


def main(folders: Sequence[str]) -> None:
    """Answer messages from standard input on standard output until there are no more."""
    _limit()
    answers, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # whatever a library prints must not garble the answers
    bench = _Bench([Path(folder) for folder in folders])
    from syndicate.rendering import pixels

    pixels.ready()  # loaded while the first photo is downloaded
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
        self._folders = tuple(folders)
        self._drawers: OrderedDict[tuple[Path, ...], Drawer] = OrderedDict()

    def _drawer(self, folders: Sequence[str]) -> Drawer:
        """What draws with the themes in these folders; without any, in the worker's own."""
        from syndicate.rendering.cards.draw import Drawer

        places = tuple(map(Path, folders)) or self._folders
        if places not in self._drawers:
            self._drawers[places] = Drawer(_engine, places)
            while len(self._drawers) > DRAWERS:
                self._drawers.popitem(last=False)
        self._drawers.move_to_end(places)
        return self._drawers[places]

    def answer(self, header: Json, body: bytes) -> tuple[Json, bytes]:
        """Do one job. A failure is an answer too, in one line."""
        try:
            return self._done(header, body)
        except RenderError as fault:
            return {"fault": str(fault), "missing": isinstance(fault, EngineMissing)}, b""
        except MemoryError:
            return {"fault": "needs more memory than a card may"}, b""
        except BaseException as fault:  # an engine in Rust panics with a BaseException of its own
            if isinstance(fault, (KeyboardInterrupt, SystemExit)):
                raise
            return {"fault": f"{type(fault).__name__}: {' '.join(str(fault).split())[:300]}"}, b""

    def _done(self, header: Json, body: bytes) -> tuple[Json, bytes]:
        match header["draw"]:
            case "fit":
                return _fitted(header, body)
            case "check":
                return _checked(body)
            case "small":
                return _small(body)
        order = load_order(header["order"])
        drawer = self._drawer(order.folders)
        if body:
            drawer.learn(body)
        if order.photo and not drawer.has(order.photo):
            return {"wants": "photo"}, b""
        if header["draw"] == "learn":
            return {}, b""
        found = drawer.photo(order) if header["draw"] == "photo" else drawer.card(order)
        warnings = [(words, isinstance(words, StoryWarning)) for words in found.warnings]
        return _size(found.media) | {"warnings": warnings}, found.media.data


def _fitted(header: Json, body: bytes) -> tuple[Json, bytes]:
    """A photo within a network's limits; without bytes where it can be passed on as it is."""
    from syndicate.rendering import pixels

    shapes = header["shapes"] and (header["shapes"][0], header["shapes"][1])
    limits = Limits(text=0, image_types=tuple(header["types"]), image_pixels=header["pixels"], shapes=shapes)
    media = pixels.encode(body, limits, "", max_bytes=header["bytes"], edge=header["edge"])
    return _size(media), b"" if media.data is body else media.data


def _checked(body: bytes) -> tuple[Json, bytes]:
    from syndicate.rendering import pixels

    pixels.check(body)
    return {}, b""


def _small(body: bytes) -> tuple[Json, bytes]:
    from syndicate.rendering.preview.rendition import rendition

    found = rendition(body)
    return ({"width": found[1][0], "height": found[1][1]}, found[0]) if found else ({}, b"")


def _size(media: Media) -> Json:
    return {"width": media.width, "height": media.height, "mime": media.mime}


def _engine() -> CardEngine:
    from syndicate.rendering.cards.engine import Takumi

    try:
        return Takumi()
    except ImportError as fault:
        raise EngineMissing(f"the card engine pytakumi is not installed ({fault})") from fault


def _limit() -> None:
    """Limit memory, forbid core files, and set an alarm that ends the process whatever it is doing.

    Where the machine itself has too little memory, the kernel ends this process and not its parent (man 5 proc).
    """
    import resource

    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    with contextlib.suppress(ValueError, OSError):  # some systems do not limit address space
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main(sys.argv[1:])
