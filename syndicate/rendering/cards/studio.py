"""The parent's side of the card worker: starts it, asks for cards and photos, and never waits longer than the limit.

Loads neither Pillow nor the engine. A post is never lost for its picture: if a card cannot be drawn,
the cropped photo is used; without a photo, the post has no picture; each time with one warning.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from syndicate.errors import RenderError
from syndicate.model import Limits, Media, StoryWarning
from syndicate.rendering.cards import wire
from syndicate.rendering.cards.child import Answer, Child
from syndicate.rendering.cards.engine import EngineMissing
from syndicate.rendering.cards.order import Drawn, Order

SECONDS = 10.0
"""Seconds that one card may take; the usual one takes a hundredth of that."""

PHOTO_SECONDS = 30.0
"""Seconds for a photo to be made ready for a network: a large one, on a machine that may be busy."""

START_SECONDS = 30.0
"""Seconds for a new worker's first answer: it has to load libraries and fonts, on a machine that may be busy."""

REST = 60.0
"""Seconds for which a theme or photo that took too long is not used again, so that not every post has to wait for it.
"""

_KEPT_BYTES = 8_000_000
"""Photos are kept as they were fitted, up to so many bytes: accounts with the same limits share one."""

_MODULE = "syndicate.rendering.cards.worker"
_LEAN = {"MALLOC_MMAP_THRESHOLD_": "500000"}  # glibc: what a picture took goes back when it is done


class Studio:
    """One card worker, started when it is first needed; shared by threads, one picture at a time."""

    def __init__(self, directories: Sequence[Path], *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child = Child(_MODULE, [*map(str, directories)], environment=_LEAN, start_seconds=START_SECONDS)
        self._rests: dict[tuple[str, tuple[str, ...]], tuple[float, str]] = {}
        self._taught: tuple[int, str, tuple[str, ...]] = (0, "", ())
        self._fitted: OrderedDict[str, Media] = OrderedDict()

    def close(self) -> None:
        """End the worker at once, whatever it is doing."""
        self._child.close()

    def ready(self) -> None:
        """Start the worker, unless it is there or busy, so that it can load what it needs meanwhile."""
        self._child.ready()

    def encode(self, data: bytes, limits: Limits, alt: str, *, max_bytes: int, edge: int | None = None) -> Media:
        """A photo within the limits, as `pixels.encode` makes it. Raises RenderError."""
        asked = {"types": limits.image_types, "pixels": limits.image_pixels, "shapes": limits.shapes}
        wanted = asked | {"bytes": max_bytes, "edge": edge}
        name = _name(data)
        key = f"{name} {wanted}"
        with self._child.lock:
            if key not in self._fitted:
                header, made = self._job({"draw": "fit", **wanted}, data, name, PHOTO_SECONDS)
                self._fitted[key] = _media(header, made or data)
                while sum(len(each.data) for each in self._fitted.values()) > _KEPT_BYTES and len(self._fitted) > 1:
                    self._fitted.popitem(last=False)
            return replace(self._fitted[key], alt=alt)

    def check(self, data: bytes) -> None:
        """Raise RenderError unless this is a picture of a size that can be shown; it is not decoded."""
        with self._child.lock:
            self._job({"draw": "check"}, data, _name(data), PHOTO_SECONDS)

    def small(self, data: bytes) -> tuple[bytes, tuple[int, int]] | None:
        """A small copy of a picture, as `rendition` makes it; None where that is impossible."""
        try:
            with self._child.lock:
                header, made = self._job({"draw": "small"}, data, _name(data), PHOTO_SECONDS)
        except RenderError:
            return None
        return (made, (int(header["width"]), int(header["height"]))) if made else None

    def draw(self, order: Order, photo: bytes | None) -> Drawn:
        """The card, else the cropped photo with a warning. Raises RenderError when there is neither."""
        asked = replace(order, photo=_name(photo) if photo else "")
        with self._child.lock:
            if photo and self._taught != (self._child.starts, asked.photo, asked.folders):
                try:
                    self._asked("learn", asked, photo)
                except RenderError as fault:
                    return self._bare(asked, str(fault))
            try:
                return self._drawn("card", asked, photo)
            except EngineMissing as fault:
                return self._without_engine(asked, photo, fault)
            except RenderError as fault:
                return self._instead(asked, photo, str(fault))

    def _instead(self, order: Order, photo: bytes | None, fault: str) -> Drawn:
        if photo is None:
            raise RenderError(f"no card: {fault}")
        try:
            found = self._drawn("photo", order, photo)
        except RenderError as other:
            if str(other) != fault:
                fault = f"{fault}; the photo: {other}"
            return self._bare(order, fault)
        return Drawn(found.media, (StoryWarning(f"the photo is used instead of the card: {fault}"), *found.warnings))

    def _without_engine(self, order: Order, photo: bytes | None, fault: EngineMissing) -> Drawn:
        """The photo, with a warning that is of no story: it is the same for all, and told once."""
        if photo is None:
            raise EngineMissing(f"no card: {fault}") from fault
        found = self._drawn("photo", order, photo)
        return Drawn(found.media, (f"the photo is used instead of the card: {fault}", *found.warnings))

    def _bare(self, order: Order, fault: str) -> Drawn:
        """A card without the photo, for a photo that cannot be used."""
        try:
            found = self._drawn("card", replace(order, photo=""), None)
        except RenderError:
            raise RenderError(f"no card: {fault}") from None
        return Drawn(found.media, (StoryWarning(f"the photo is left out of the card: {fault}"), *found.warnings))

    def _drawn(self, draw: Literal["card", "photo"], order: Order, photo: bytes | None) -> Drawn:
        header, data = self._asked(draw, order, photo)
        told = (StoryWarning(words) if of_story else str(words) for words, of_story in header["warnings"])
        return Drawn(_media(header, data), tuple(told))

    def _asked(self, draw: Literal["card", "photo", "learn"], order: Order, photo: bytes | None) -> Answer:
        """Send the worker an order, and the photo if it does not have it any more. Raises RenderError."""
        blamed = f"the theme '{order.theme_for(has_photo=bool(order.photo))}'" if draw == "card" else order.photo
        message = {"draw": draw, "order": order.record()}
        theirs = order.folders if draw == "card" else ()
        answer = self._job(message, b"", blamed, self._seconds, theirs)
        if answer[0].get("wants") == "photo" and photo is not None:
            answer = self._job(message, photo, blamed, self._seconds, theirs)
            self._taught = self._child.starts, order.photo, order.folders
        return answer

    def _job(
        self, message: dict[str, Any], body: bytes, blamed: str, seconds: float, theirs: tuple[str, ...] = ()
    ) -> Answer:
        """Send the worker one job. Raises RenderError with the worker's message, or if it had to be ended.

        `blamed` is the theme, with `theirs`, its folders, or the photo's digest; it is not tried again for a while if
        it is to blame.
        """
        if self._child.closed:
            raise RenderError("the run is ending")
        until, why = self._rests.get((blamed, theirs), (0.0, ""))
        if until > time.monotonic():
            raise RenderError(why)
        try:
            header, data = self._child.ask(message, body, seconds)
        except wire.Late:
            self._child.end()
            what = blamed if message["draw"] == "card" else "it"
            self._rests[blamed, theirs] = time.monotonic() + REST, f"{what} took longer than {seconds:g} s a moment ago"
            raise RenderError(f"took longer than {seconds:g} s") from None
        except wire.Broken:
            ended = self._child.end()
            fault = f"the card worker ended by itself ({ended.told if ended else 'status unknown'})"
            if message["draw"] != "card" and not self._child.closed:
                self._rests[blamed, theirs] = time.monotonic() + REST, f"{fault} a moment ago"
            raise RenderError(fault) from None
        if "fault" in header:
            raise (EngineMissing if header.get("missing") else RenderError)(str(header["fault"]))
        return header, data


def _name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _media(header: dict[str, Any], data: bytes) -> Media:
    return Media(data, str(header["mime"]), int(header["width"]), int(header["height"]))
