"""The parent's side of the card worker: starts it, asks for cards, and never waits longer than the limit.

Loads neither Pillow nor the engine. A post is never lost for its picture: if a card cannot be drawn,
the cropped photo is used; without a photo, the post has no picture; each time with one warning.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from syndicate.errors import RenderError
from syndicate.model import Media, StoryWarning
from syndicate.rendering.cards import wire
from syndicate.rendering.cards.order import Drawn, Order

SECONDS = 10.0
"""Seconds that one card may take; the usual one takes a hundredth of that."""

START_SECONDS = 30.0
"""Seconds for a new worker's first answer: it has to load libraries and fonts, on a machine that may be busy."""

REST = 60.0
"""Seconds for which a theme that took too long is not used again, so that not every card has to wait for it."""

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH")
"""The environment variables that a worker gets; none is a secret."""


_LEAN = {
    "OPENBLAS_NUM_THREADS": "1",  # enough for a thumbnail, and each more would reserve memory it never uses
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_TRIM_THRESHOLD_": "1000000",
    "MALLOC_MMAP_THRESHOLD_": "500000",  # glibc: what a picture took goes back when it is done
}


class Studio:
    """One card worker, started when it is first needed; shared by threads, one card at a time."""

    def __init__(self, directories: Sequence[Path], *, seconds: float = SECONDS) -> None:
        self._directories = directories
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._fresh = True
        self._closed = False
        self._lock = threading.Lock()
        self._slow: dict[str, float] = {}

    def close(self) -> None:
        """End the worker at once, whatever it is doing."""
        self._closed = True
        process = self._process
        if process is not None:
            with contextlib.suppress(OSError):
                process.kill()
        if self._lock.acquire(timeout=1):
            self._end()
            self._lock.release()

    def draw(self, order: Order, photo: bytes | None) -> Drawn:
        """The card, else the cropped photo with a warning. Raises RenderError when there is neither."""
        asked = replace(order, photo=hashlib.sha256(photo).hexdigest() if photo else "")
        with self._lock:
            try:
                return self._asked("card", asked, photo)
            except RenderError as fault:
                return self._instead(asked, photo, str(fault))

    def _instead(self, order: Order, photo: bytes | None, fault: str) -> Drawn:
        if photo is None:
            raise RenderError(f"no card: {fault}")
        try:
            found = self._asked("photo", order, photo)
        except RenderError as other:
            if str(other) != fault:
                fault = f"{fault}; the photo: {other}"
            return self._bare(order, fault)
        return Drawn(found.media, (StoryWarning(f"the photo is used instead of the card: {fault}"), *found.warnings))

    def _bare(self, order: Order, fault: str) -> Drawn:
        """A card without the photo, for a photo that cannot be used."""
        try:
            found = self._asked("card", replace(order, photo=""), None)
        except RenderError:
            raise RenderError(f"no card: {fault}") from None
        return Drawn(found.media, (StoryWarning(f"the photo is left out of the card: {fault}"), *found.warnings))

    def _asked(self, draw: Literal["card", "photo"], order: Order, photo: bytes | None) -> Drawn:
        """Send the worker one job. Raises RenderError with the worker's message, or if it had to be ended."""
        if self._closed:
            raise RenderError("the run is ending")
        theme = order.theme_for(has_photo=bool(order.photo)) if draw == "card" else ""
        if self._slow.get(theme, 0.0) > time.monotonic():
            raise RenderError(f"the theme '{theme}' took longer than {self._seconds:g} s a moment ago")
        try:
            return self._answered(self._exchange({"draw": draw, "order": order.record()}, photo))
        except wire.Late:
            self._end()
            self._slow[theme] = time.monotonic() + REST
            raise RenderError(f"took longer than {self._seconds:g} s") from None
        except wire.Broken:
            status = self._end()
            raise RenderError(f"the card worker ended by itself ({_told(status)})") from None

    def _exchange(self, message: dict[str, Any], photo: bytes | None) -> tuple[dict[str, Any], bytes]:
        header, body = self._said(message, b"")
        if header.get("wants") == "photo" and photo is not None:
            header, body = self._said(message, photo)
        return header, body

    def _said(self, message: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        wire.write(process.stdin.fileno(), message, body)
        seconds = self._seconds + (START_SECONDS if self._fresh else 0)
        answer = wire.read(process.stdout.fileno(), seconds)
        self._fresh = False
        return answer

    def _answered(self, answer: tuple[dict[str, Any], bytes]) -> Drawn:
        header, data = answer
        if "fault" in header:
            raise RenderError(str(header["fault"]))
        media = Media(data, str(header["mime"]), int(header["width"]), int(header["height"]))
        told = (StoryWarning(words) if of_story else str(words) for words, of_story in header["warnings"])
        return Drawn(media, tuple(told))

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
            environment |= _LEAN
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", "syndicate.rendering.cards.worker", *map(str, self._directories)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,  # Ctrl-C is for the parent, which ends its worker itself
            )
            self._fresh = True
        return self._process

    def _end(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        with contextlib.suppress(OSError):
            process.kill()
        status = process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        return status


def _told(status: int | None) -> str:
    return f"signal {-status}" if status is not None and status < 0 else f"status {status}"
