"""What makes text on a photo readable: a shade beneath it, only as strong as this photo needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from syndicate.rendering.cards.engine import Run
from syndicate.rendering.cards.theme import Edge, Shade

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Zone: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the card."""

CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3 (AA): of text to what is behind it."""

_MARGIN = 0.3
"""More than asked, since a JPEG is not exact."""

_PATCH = 10
"""Pixels: text is read against patches of this size, not against a single grain of noise."""

_LINEAR = tuple(
    c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (step / 255 for step in range(256))
)

_FADE = 0.3
"""Of the card's height: how far above (or below) the text a shade fades out."""


def luminance(colour: Sequence[float]) -> float:
    """Relative luminance of an sRGB colour (0 to 255 a channel), as WCAG 2.2 defines it."""
    red, green, blue = colour
    return 0.2126 * _LINEAR[round(red)] + 0.7152 * _LINEAR[round(green)] + 0.0722 * _LINEAR[round(blue)]


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def colour(text: str) -> tuple[int, int, int]:
    """`#rgb` or `#rrggbb` as numbers."""
    digits = text.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def zones(runs: Sequence[Run], scale: float, photo: Zone) -> list[Zone]:
    """Where text stands on the photo, in pixels of the card."""
    found = []
    for run in runs:
        left, top = round(run.left * scale), round(run.top * scale)
        right, bottom = round((run.left + run.width) * scale), round((run.top + run.height) * scale)
        box = max(left, photo[0]), max(top, photo[1]), min(right, photo[2]), min(bottom, photo[3])
        if box[2] - box[0] > 1 and box[3] - box[1] > 1:
            found.append(box)
    return found


def clear(found: Sequence[Zone], photo: Zone, edges: Sequence[Edge]) -> tuple[float, float]:
    """The strip of the photo that no text covers, from and to in fractions of its height."""
    height = photo[3] - photo[1]
    top, bottom = _halves(found, photo)
    upper = max((zone[3] for zone in top), default=photo[1]) if "top" in edges else photo[1]
    lower = min((zone[1] for zone in bottom), default=photo[3])
    return max(0.0, (upper - photo[1]) / height), max(0.0, (lower - photo[1]) / height)


def shaded(card: Picture, found: Sequence[Zone], photo: Zone, shade: Shade) -> Picture:
    """The card with a shade under each half that has text on its photo."""
    for edge, half in zip(("top", "bottom"), _halves(found, photo), strict=True):
        if half and edge in shade.edges:
            strength = max(shade.least, *(_needed(card, zone, shade) for zone in half))
            card = _laid(card, half, photo, edge, strength, shade.colour)
    return card


def _halves(found: Sequence[Zone], photo: Zone) -> tuple[list[Zone], list[Zone]]:
    middle = (photo[1] + photo[3]) / 2
    top = [zone for zone in found if (zone[1] + zone[3]) / 2 < middle]
    return top, [zone for zone in found if zone not in top]


def _needed(card: Picture, zone: Zone, shade: Shade) -> float:
    """How strong the shade has to be for every patch behind this text."""
    from PIL import Image as Pillow

    width, height = max(1, (zone[2] - zone[0]) // _PATCH), max(1, (zone[3] - zone[1]) // _PATCH)
    patches = card.resize((width, height), Pillow.Resampling.BOX, box=zone)
    ink, dark = colour(shade.ink), colour(shade.colour)
    colours = patches.getcolors(width * height) or []
    light = luminance(ink) > luminance(dark)
    worst: tuple[int, int, int] = (max if light else min)((each for _, each in colours), key=luminance)  # type: ignore[arg-type,assignment] # RGB
    for step in range(21):
        mixed = [base + (over - base) * step / 20 for base, over in zip(worst, dark, strict=True)]
        if contrast(mixed, ink) >= CONTRAST + _MARGIN:
            return step / 20
    return 1.0


def _laid(card: Picture, half: Sequence[Zone], photo: Zone, edge: Edge, strength: float, over: str) -> Picture:
    """A shade at full strength behind the text and out to the edge, fading towards the middle."""
    from PIL import Image as Pillow

    fade = _FADE * (photo[3] - photo[1])
    if edge == "bottom":
        full = min(zone[1] for zone in half)
        start, end = max(photo[1], round(full - fade)), photo[3]
        column = [strength * _eased((y - start) / max(1, full - start)) for y in range(start, end)]
    else:
        full = max(zone[3] for zone in half)
        start, end = photo[1], min(photo[3], round(full + fade))
        column = [strength * _eased((end - y) / max(1, end - full)) for y in range(start, end)]
    mask = Pillow.frombytes("L", (1, end - start), bytes(round(255 * part) for part in column))
    mask = mask.resize((photo[2] - photo[0], end - start), Pillow.Resampling.NEAREST)
    card.paste(colour(over), (photo[0], start, photo[2], end), mask)
    return card


def _eased(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)
