"""Chooses the part of a photo that a card shows, so that its subject is visible and no text covers it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from syndicate.rendering.cards.saliency import Saliency
from syndicate.rendering.cards.theme import SIZE

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Window: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom in fractions of the photo."""

Focus: TypeAlias = tuple[float, float]
"""Where a subject is, in fractions of the photo from its top left."""

UPPER_MIDDLE: Focus = (0.5, 0.4)
"""Where a subject most likely is if nothing is known: faces are rarely in a photo's lower half."""

_ANALYSED_EDGE = 240
"""Pixels of the longer side of the small copy in which the subject is looked for."""

_SMALLEST_WINDOW = 16
"""Pixels of the small copy: a smaller window is too small to judge."""

_STEP = 0.1
"""Windows are looked for in steps of this share of the photo: finer ones find the same subject."""


class Photo:
    """A decoded photo, ready to be cropped; all cards with this photo share it."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self._found: dict[tuple[float, float], Focus | None] = {}

    @cached_property
    def _usual(self) -> Picture:
        """The photo in the size that most cards need, so that they only have to crop it."""
        from PIL import Image as Pillow

        scale = max(SIZE[0] / self.picture.width, SIZE[1] / self.picture.height)
        if scale >= 1:
            return self.picture
        size = round(self.picture.width * scale), round(self.picture.height * scale)
        return self.picture.resize(size, Pillow.Resampling.LANCZOS)

    @cached_property
    def _small(self) -> Picture:
        from PIL import Image as Pillow

        scale = min(1.0, _ANALYSED_EDGE / max(self._usual.size))
        size = max(1, round(self._usual.width * scale)), max(1, round(self._usual.height * scale))
        return self._usual.resize(size, Pillow.Resampling.BOX).convert("RGB")

    @cached_property
    def _saliency(self) -> Saliency:
        return Saliency(self._small)

    def prepare(self) -> None:
        """Make the copies that every card needs, before the first one asks."""
        _ = self._usual, self._small

    def cropped(self, size: tuple[int, int], clear: tuple[float, float], focus: Focus | None) -> Picture:
        """The part of the photo that fills `size`, with its subject in the strip of it that no text covers.

        `clear` is that strip, from and to in fractions of the height. Without a `focus` the subject is guessed.
        """
        from PIL import Image as Pillow

        left, top, right, bottom = self._window(size, clear, focus)
        source = self._usual if (right - left) * self._usual.width >= size[0] - 1 else self.picture
        width, height = source.size
        if abs((right - left) * width - size[0]) < 1 and abs((bottom - top) * height - size[1]) < 1:
            x = min(round(left * width), width - size[0])
            y = min(round(top * height), height - size[1])
            if x >= 0 and y >= 0:
                return source.crop((x, y, x + size[0], y + size[1]))
        box = left * width, top * height, min(right * width, width), min(bottom * height, height)
        smaller = box[2] - box[0] >= size[0]
        kind = Pillow.Resampling.HAMMING if smaller else Pillow.Resampling.BICUBIC  # as sharp, at half the cost
        return source.resize(size, kind, box=box, reducing_gap=2.0)

    def _window(self, size: tuple[int, int], clear: tuple[float, float], focus: Focus | None) -> Window:
        scale = max(size[0] / self.picture.width, size[1] / self.picture.height)
        width = min(1.0, size[0] / scale / self.picture.width)
        height = min(1.0, size[1] / scale / self.picture.height)
        top, bottom = clear if clear[1] - clear[0] > 0.15 else (0.0, 1.0)
        across, down = focus or self._salient(width, height * (bottom - top)) or UPPER_MIDDLE
        left = min(max(0.0, across - width / 2), 1 - width)
        upper = min(max(0.0, down - height * (top + bottom) / 2), 1 - height)
        return left, upper, left + width, upper + height

    def _salient(self, width: float, height: float) -> Focus | None:
        """The middle of the window of this size with the most conspicuous content; None if it cannot be told."""
        key = max(_STEP, round(width / _STEP) * _STEP), max(_STEP, round(height / _STEP) * _STEP)
        if key not in self._found:
            self._found[key] = self._looked(*key)
        return self._found[key]

    def _looked(self, width: float, height: float) -> Focus | None:
        whole = self._small.size
        size = round(whole[0] * min(1.0, width)), round(whole[1] * min(1.0, height))
        if min(size) < _SMALLEST_WINDOW:
            return None
        left, top = self._saliency.best_window(*size)
        return (left + size[0] / 2) / whole[0], (top + size[1] / 2) / whole[1]
