"""Makes text on a photo readable with a shade under it, only as strong as this photo needs."""

from __future__ import annotations

import colorsys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from syndicate.rendering.cards.engine import TextRun
from syndicate.rendering.cards.theme import PHOTO, Edge, Shade

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

Zone: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the card."""

CONTRAST = 4.5
"""Contrast of text to its background: WCAG 2.2, success criterion 1.4.3 (AA)."""

_MARGIN = 0.3
"""The contrast we aim for: more than required, since a JPEG is not exact."""

_PATCH = 12
"""Pixels: the contrast is measured against patches of this size, not single pixels of noise."""

_LINEAR = tuple(
    c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (step / 255 for step in range(256))
)

_DEEP, _MOST_COLOUR = 0.085, 0.6
"""Lightness and largest saturation of a photo's dark tone."""

_FADE = 0.24
"""Share of the card's height over which a shade fades out above (or below) the text."""


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


def deep(card: Picture, photo: Zone) -> str:
    """A dark tone of the photo's own colours, in which it fades without turning grey."""
    from PIL import Image as Pillow

    mean = card.resize((1, 1), Pillow.Resampling.BOX, box=photo).getpixel((0, 0))
    hue, _, saturation = colorsys.rgb_to_hls(*(part / 255 for part in mean))  # type: ignore[union-attr] # RGB
    toned = colorsys.hls_to_rgb(hue, _DEEP, min(_MOST_COLOUR, 2 * saturation))
    return "#" + "".join(f"{round(255 * part):02x}" for part in toned)


def zones(runs: Sequence[TextRun], scale: float, photo: Zone) -> list[Zone]:
    """Where text is on the photo, in pixels of the card."""
    found: list[Zone] = []
    for run in _lines(runs):
        left, top = round(run.left * scale), round(run.top * scale)
        right, bottom = round((run.left + run.width) * scale), round((run.top + run.height) * scale)
        box = max(left, photo[0]), max(top, photo[1]), min(right, photo[2]), min(bottom, photo[3])
        if box[2] - box[0] > 1 and box[3] - box[1] > 1:
            found.append(box)
    return found


def _lines(runs: Sequence[TextRun]) -> list[TextRun]:
    """Join runs on the same line: a line of several fonts has a run for each word."""
    lines: list[TextRun] = []
    for run in sorted(runs, key=lambda run: (round(run.top), run.left)):
        last = lines[-1] if lines else None
        if last and round(last.top) == round(run.top) and 0 <= run.left - last.left - last.width < run.height:
            width = max(last.width, run.left + run.width - last.left)
            lines[-1] = replace(last, width=width, height=max(last.height, run.height))
        else:
            lines.append(run)
    return lines


def clear(found: Sequence[Zone], photo: Zone, edges: Sequence[Edge]) -> tuple[float, float]:
    """The strip of the photo that no text covers, from and to in fractions of its height."""
    height = photo[3] - photo[1]
    top, bottom = _halves(found, photo)
    upper = max((zone[3] for zone in top), default=photo[1]) if "top" in edges else photo[1]
    lower = min((zone[1] for zone in bottom), default=photo[3])
    return max(0.0, (upper - photo[1]) / height), max(0.0, (lower - photo[1]) / height)


def shaded(card: Picture, found: Sequence[Zone], photo: Zone, shade: Shade) -> Picture:
    """The card with a shade under each half that has text on its photo."""
    from PIL import Image as Pillow

    column = [0.0] * (photo[3] - photo[1])
    shade = replace(shade, colour=deep(card, photo)) if shade.colour == PHOTO else shade
    for edge, half in zip(("top", "bottom"), _halves(found, photo), strict=True):
        if half and edge in shade.edges:
            needed = [(zone, max(shade.least, _needed(card, zone, shade))) for zone in half]
            column = [max(pair) for pair in zip(column, _shadow(needed, photo, edge), strict=True)]
    rows = [row for row, part in enumerate(column) if part > 0]
    for start, end in _spans(rows):
        mask = Pillow.frombytes("L", (1, end - start), bytes(round(255 * part) for part in column[start:end]))
        mask = mask.resize((photo[2] - photo[0], end - start), Pillow.Resampling.NEAREST)
        card.paste(colour(shade.colour), (photo[0], photo[1] + start, photo[2], photo[1] + end), mask)
    return card


def _spans(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Consecutive rows, as from and to (exclusive)."""
    start = last = None
    for row in rows:
        if last is not None and start is not None and row != last + 1:
            yield start, last + 1
            start = row
        start, last = row if start is None else start, row
    if start is not None and last is not None:
        yield start, last + 1


def _halves(found: Sequence[Zone], photo: Zone) -> tuple[list[Zone], list[Zone]]:
    middle = (photo[1] + photo[3]) / 2
    top = [zone for zone in found if (zone[1] + zone[3]) / 2 < middle]
    return top, [zone for zone in found if zone not in top]


def _needed(card: Picture, zone: Zone, shade: Shade) -> float:
    """The strength (0 to 1) that the shade needs so that every patch behind this text has enough contrast."""
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


def _shadow(needed: Sequence[tuple[Zone, float]], photo: Zone, edge: Edge) -> list[float]:
    """The shade's strength in each row of the photo, from its top.

    It grows towards the edge, from line to line of the text as each needs it, and fades out beyond the last line.
    """
    height = photo[3] - photo[1]
    fade = max(1, round(_FADE * height))
    rows = [0.0] * height  # from the middle of the photo to the edge
    for (_, upper, _, lower), strength in needed:
        start = upper - photo[1] if edge == "bottom" else photo[3] - lower
        start = min(max(0, start), height - 1)
        rows[start] = max(rows[start], strength)
    for at in range(1, height):
        rows[at] = max(rows[at], rows[at - 1])
    for at in range(1, height):
        before = rows[at - 1]
        if rows[at] > before:  # a step: fade in before it
            for back in range(1, min(fade, at) + 1):
                eased = rows[at] * _eased(1 - back / fade)
                if eased <= rows[at - back]:
                    break
                rows[at - back] = eased
    return rows if edge == "bottom" else rows[::-1]


def _eased(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)
