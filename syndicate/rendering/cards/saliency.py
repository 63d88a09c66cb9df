"""Finds the most conspicuous part of a photo: skin, colour and detail, as smartcrop weighs them. Pure.

The method and its weights are smartcrop's (github.com/jwagner/smartcrop.js, MIT), so that a card shows what it did
when that package, which needs numpy, looked for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from math import ceil, sqrt
from operator import mul
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

CELL = 8
"""Pixels of the side of a square that is judged as one."""

_LUMINANCE = (0.2126, 0.7152, 0.0722, 0)
_SKIN = (0.78, 0.57, 0.44)  # as red, green and blue of a unit vector, nearly
_SKIN_LENGTH = sum(part * part for part in _SKIN)
_SKIN_LEAST, _SKIN_BIAS, _SKIN_WEIGHT = 0.8, 0.01, 1.8
_SKIN_LIGHT = (0.2 * 255, 255)
_COLOUR_LEAST, _COLOUR_BIAS, _COLOUR_WEIGHT = 0.4, 0.2, 0.3
_COLOUR_LIGHT = (0.05 * 255, 0.9 * 255)
_DETAIL_WEIGHT = 0.2
_NEAR_SKIN = (1 + _SKIN_LENGTH - (1 - _SKIN_LEAST) ** 2) / 2 * 0.999
"""The least cosine, times the length of `_SKIN`, of a colour that may be skin; a little less, for the rounding."""
_OUTSIDE = -0.5
_EDGE, _EDGE_WEIGHT = 0.4, -20.0


class Saliency:
    """How conspicuous each square of a picture (RGB) is; found once, for windows of any size."""

    def __init__(self, picture: Picture) -> None:
        self._size = picture.size
        self._columns = ceil(picture.width / CELL)
        self._cells = _cells(picture)

    def best_window(self, width: int, height: int) -> tuple[int, int]:
        """The left and the top, in pixels, of the window of this size with the most conspicuous content."""
        across, down = width // CELL, height // CELL
        weights = _weights(across, down)
        best, place = float("-inf"), (0, 0)
        for y in range((self._size[1] - height) // CELL + 1):
            for x in range((self._size[0] - width) // CELL + 1):
                starts = ((y + row) * self._columns + x for row in range(down))
                rows = (self._cells[start : start + across] for start in starts)
                score = sum(sum(map(mul, row, weight)) for row, weight in zip(rows, weights, strict=True))
                if score > best:
                    best, place = score, (x * CELL, y * CELL)
        return place


def _cells(picture: Picture) -> list[float]:
    """How conspicuous each square is, row by row."""
    from PIL import Image as Pillow
    from PIL.ImageFilter import Kernel

    grey, bands = picture.convert("L", _LUMINANCE), picture.split()
    light, size = grey.tobytes(), picture.size
    features = (
        Pillow.frombytes("L", size, _skin(bands, light)),
        grey.filter(Kernel((3, 3), (0, -1, 0, -1, 4, -1, 0, -1, 0), 1, 1)),
        Pillow.frombytes("L", size, _colour(*_extremes(*bands), light)),
    )
    squares = ceil(size[0] / CELL), ceil(size[1] / CELL)
    small = Pillow.merge("RGB", features).resize(squares, Pillow.Resampling.LANCZOS).tobytes()
    return [_conspicuous(*square) for square in zip(small[::3], small[1::3], small[2::3], strict=True)]


def _conspicuous(skin: int, detail: int, colour: int) -> float:
    seen = detail / 255
    return (
        skin / 255 * (seen + _SKIN_BIAS) * _SKIN_WEIGHT
        + seen * _DETAIL_WEIGHT
        + colour / 255 * (seen + _COLOUR_BIAS) * _COLOUR_WEIGHT
    )


def _skin(bands: Sequence[Picture], light: bytes) -> bytes:
    """For each pixel, 0 to 255: how near its colour is to that of skin."""
    one, two, three = _SKIN
    near = _NEAR_SKIN * _NEAR_SKIN
    return bytes(
        _likeness(r, g, b, grey) if (r * one + g * two + b * three) ** 2 >= near * (r * r + g * g + b * b) else 0
        for r, g, b, grey in zip(*(band.tobytes() for band in bands), light, strict=True)
    )


def _likeness(r: int, g: int, b: int, grey: int) -> int:
    if not _SKIN_LIGHT[0] <= grey <= _SKIN_LIGHT[1]:
        return 0
    length = sqrt(r * r + g * g + b * b) + 0.001
    red, green, blue = _SKIN
    likeness = 1 - sqrt((r / length - red) ** 2 + (g / length - green) ** 2 + (b / length - blue) ** 2)
    return int((likeness - _SKIN_LEAST) * (255 / (1 - _SKIN_LEAST))) if likeness > _SKIN_LEAST else 0


def _extremes(red: Picture, green: Picture, blue: Picture) -> tuple[bytes, bytes]:
    """For each pixel, the largest and the smallest of red, green and blue."""
    from PIL import ImageChops

    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    least = ImageChops.darker(ImageChops.darker(red, green), blue)
    return most.tobytes(), least.tobytes()


def _colour(most: bytes, least: bytes, light: bytes) -> bytes:
    """For each pixel, 0 to 255: how saturated it is."""
    dark, bright = _COLOUR_LIGHT
    return bytes(
        _saturation(high, low) if dark <= grey <= bright else 0
        for high, low, grey in zip(most, least, light, strict=True)
    )


@cache
def _saturation(high: int, low: int) -> int:
    depth, both = high - low, high + low
    room = both if both <= 255 else 510 - both
    return int((depth / room - _COLOUR_LEAST) * (255 / (1 - _COLOUR_LEAST))) if depth > _COLOUR_LEAST * room else 0


@lru_cache(64)
def _weights(width: int, height: int) -> list[list[float]]:
    """How much a square counts, by its place in the window: most near the middle and the thirds, least at the edge."""
    return [[_weight(x / width, y / height) - _OUTSIDE for x in range(width)] for y in range(height)]


def _weight(x: float, y: float) -> float:
    across, down = abs(0.5 - x) * 2, abs(0.5 - y) * 2
    beyond = (max(part - (1 - _EDGE), 0.0) for part in (across, down))
    edge = sum(part * part for part in beyond) * _EDGE_WEIGHT
    middle = 1.41 - sqrt(across * across + down * down)
    thirds = (max(1.0 - 64.0 * (part - 1 / 3) ** 2, 0.0) for part in (across, down))
    return middle + max(middle + edge + 0.5, 0.0) * sum(thirds) * 1.2 + edge
