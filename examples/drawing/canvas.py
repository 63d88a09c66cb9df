"""A small painter's box on top of Pillow: skies, hills, glows, haze, reflections. Everything is repeatable."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFilter, ImageOps

WIDTH, HEIGHT = 1600, 1067
FINE = 2  # painted larger, then reduced: smooth edges

Colour: TypeAlias = tuple[int, int, int]
Point: TypeAlias = tuple[float, float]


def colour(text: str) -> Colour:
    """`f4c27a` as red, green and blue."""
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """`first` with a share of `second`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def between(first: str, second: str, share: float) -> str:
    """A colour on the way from one to the other."""
    return "{:02x}{:02x}{:02x}".format(*mixed(colour(first), colour(second), share))


def steps(count: int) -> list[float]:
    """From 0 to 1, both included."""
    return [number / (count - 1) for number in range(count)]


def ridge(rng: Random, base: float, height: float, *, wave: float = 500.0, octaves: int = 5) -> list[Point]:
    """The upper edge of hills: waves upon waves, `height` around `base`, left to right."""
    waves = [
        (height / 1.9**number, wave / 2.05**number * rng.uniform(0.8, 1.2), rng.uniform(0, math.tau))
        for number in range(octaves)
    ]
    return [
        (x, base + sum(size * math.sin(x / length * math.tau + phase) for size, length, phase in waves) / 2)
        for x in range(-20, WIDTH + 40, 6)
    ]


class Canvas:
    """A picture under way; coordinates are those of the finished one."""

    def __init__(self, sky: Sequence[tuple[float, str]]) -> None:
        self.image = self._gradient(HEIGHT, sky)
        self._brush = ImageDraw.Draw(self.image)

    def _gradient(self, height: float, stops: Sequence[tuple[float, str]]) -> Image.Image:
        """Colours from top (0) to bottom (1)."""
        rows = round(height * FINE)
        column = Image.new("RGB", (1, rows))
        marks = [(place, colour(text)) for place, text in stops]
        for row in range(rows):
            place = row / max(rows - 1, 1)
            lower = max((mark for mark in marks if mark[0] <= place), default=marks[0])
            upper = min((mark for mark in marks if mark[0] >= place), default=marks[-1])
            share = (place - lower[0]) / ((upper[0] - lower[0]) or 1)
            column.putpixel((0, row), mixed(lower[1], upper[1], share))
        return column.resize((WIDTH * FINE, rows))

    def _replace(self, image: Image.Image) -> None:
        self.image = image
        self._brush = ImageDraw.Draw(self.image)

    def shape(self, points: Sequence[Point], fill: str) -> None:
        """A filled outline."""
        self._brush.polygon([(x * FINE, y * FINE) for x, y in points], fill=colour(fill))

    def box(self, left: float, top: float, right: float, bottom: float, fill: str) -> None:
        """An upright rectangle."""
        self._brush.rectangle((left * FINE, top * FINE, right * FINE, bottom * FINE), fill=colour(fill))

    def disc(self, x: float, y: float, radius: float, fill: str, *, flat: float = 1.0) -> None:
        """A circle, or with `flat` below 1 an ellipse lying down."""
        tall = radius * flat
        self._brush.ellipse([value * FINE for value in (x - radius, y - tall, x + radius, y + tall)], fill=colour(fill))

    def line(self, points: Sequence[Point], fill: str, width: float) -> None:
        """A stroke."""
        scaled = [(x * FINE, y * FINE) for x, y in points]
        self._brush.line(scaled, fill=colour(fill), width=max(1, round(width * FINE)), joint="curve")

    def hills(self, edge: Sequence[Point], fill: str, fade: str | None = None, *, depth: float = 260.0) -> None:
        """Everything below `edge`; towards its foot it may fade into the haze of the valley."""
        outline = [*edge, (WIDTH + 40.0, HEIGHT + 40.0), (-20.0, HEIGHT + 40.0)]
        mask = Image.new("L", self.image.size, 0)
        ImageDraw.Draw(mask).polygon([(x * FINE, y * FINE) for x, y in outline], fill=255)
        top = min(y for _, y in edge)
        paint = Image.new("RGB", self.image.size, colour(fade or fill))
        paint.paste(self._gradient(depth, [(0, fill), (1, fade or fill)]), (0, round(top * FINE)))
        self.image.paste(paint, (0, 0), mask)

    def glow(self, x: float, y: float, radius: float, fill: str, strength: float, *, flat: float = 1.0) -> None:
        """Light around a point, strongest in its middle."""
        size = (round(radius * 2 * FINE), round(radius * 2 * FINE * flat))
        fall = ImageOps.invert(Image.radial_gradient("L")).point(
            lambda value: round(strength * 255 * max(0.0, (value - 105) / 150) ** 2)  # the corners are further than 1
        )
        mask = fall.resize(size, Image.Resampling.BICUBIC)
        where = (round((x - radius) * FINE), round((y - radius * flat) * FINE))
        self.image.paste(Image.new("RGB", size, colour(fill)), where, mask)

    def haze(self, top: float, bottom: float, fill: str, strength: float) -> None:
        """A band of mist, thickest in its middle."""
        rows = round((bottom - top) * FINE)
        column = Image.new("L", (1, rows))
        for row in range(rows):
            column.putpixel((0, row), round(255 * strength * math.sin(math.pi * row / rows) ** 2))
        size = (WIDTH * FINE, rows)
        self.image.paste(Image.new("RGB", size, colour(fill)), (0, round(top * FINE)), column.resize(size))

    def shade(self, points: Sequence[Point], fill: str, strength: float, *, blur: float = 0.0) -> None:
        """A shape one can see through, with soft edges where `blur` says so."""
        mask = Image.new("L", self.image.size, 0)
        ImageDraw.Draw(mask).polygon([(x * FINE, y * FINE) for x, y in points], fill=round(255 * strength))
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur * FINE))
        self.image.paste(Image.new("RGB", self.image.size, colour(fill)), (0, 0), mask)

    def water(self, level: float, tint: str, strength: float, *, ripple: float = 0.0, seed: int = 1) -> None:
        """Mirror what stands above `level` into what lies below, tinted, rippled more towards the viewer."""
        line, rows = round(level * FINE), round((HEIGHT - level) * FINE)
        above = ImageOps.flip(self.image.crop((0, max(0, line - rows), WIDTH * FINE, line)))
        mirror = Image.new("RGB", (WIDTH * FINE, rows), colour(tint))
        mirror.paste(above, (0, 0))
        mirror = Image.blend(mirror, Image.new("RGB", mirror.size, colour(tint)), strength)
        if ripple:
            mirror = self._rippled(mirror, ripple, Random(seed))
        self.image.paste(mirror, (0, line))
        self._replace(self.image)

    @staticmethod
    def _rippled(mirror: Image.Image, size: float, rng: Random) -> Image.Image:
        """Rows moved sideways, as small waves do it."""
        moved = mirror.copy()
        phase, row = 0.0, 0
        while row < mirror.height:
            near = row / mirror.height
            tall = 2 + round(7 * near)
            phase += rng.uniform(0.3, 1.2)
            shift = round(size * FINE * (0.15 + near) * math.sin(phase))
            moved.paste(mirror.crop((0, row, mirror.width, min(row + tall, mirror.height))), (shift, row))
            row += tall
        return moved

    def finished(self) -> Image.Image:
        """The picture in its own size."""
        return self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
