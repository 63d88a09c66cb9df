"""Which part of a photo a card shows: the subject stays in sight, and clear of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Window: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the photo."""

Focus: TypeAlias = tuple[float, float]

UPPER_MIDDLE: Focus = (0.5, 0.4)
"""Where a subject most likely is when nobody says: faces are rarely in a photo's lower half."""

_ANALYSED_EDGE = 240
"""Pixels of the longer side that are enough to see where something is."""


def window(
    photo: tuple[int, int], box: tuple[int, int], clear: tuple[float, float], focus: Focus | None, guess: Picture | None
) -> Window:
    """The part of a photo of this size that fills `box`.

    `clear` is the strip of the box, from and to in fractions of its height, that no text covers: the
    subject goes to its middle. `focus` is where the subject is; else `guess` is looked at (a small copy
    of the photo, or None: not to be looked at).
    """
    scale = max(box[0] / photo[0], box[1] / photo[1])
    width, height = box[0] / scale, box[1] / scale
    top, bottom = clear if clear[1] - clear[0] > 0.15 else (0.0, 1.0)
    if focus is None and guess is not None:
        focus = _salient(guess, width / photo[0], height / photo[1] * (bottom - top))
    across, down = focus or UPPER_MIDDLE
    left = across * photo[0] - width / 2
    upper = down * photo[1] - height * (top + bottom) / 2
    left = min(max(0.0, left), photo[0] - width)
    upper = min(max(0.0, upper), photo[1] - height)
    return left, upper, left + width, upper + height


def _salient(small: Picture, across: float, down: float) -> Focus | None:
    """The middle of the window, in fractions of the photo, that holds most of what the eye goes to."""
    try:
        from smartcrop import SmartCrop
    except ImportError:
        return None
    width, height = max(1, round(small.width * across)), max(1, round(small.height * down))
    found = SmartCrop().analyse(small, width, height, min_scale=1, max_scale=1, step=4)
    best = found["top_crop"]
    return (best["x"] + best["width"] / 2) / small.width, (best["y"] + best["height"] / 2) / small.height


def thumbnail(photo: Picture) -> Picture:
    """A copy small enough to look for the subject in."""
    from PIL import Image as Pillow

    scale = _ANALYSED_EDGE / max(photo.size)
    if scale >= 1:
        return photo
    size = max(1, round(photo.width * scale)), max(1, round(photo.height * scale))
    return photo.resize(size, Pillow.Resampling.BOX)
