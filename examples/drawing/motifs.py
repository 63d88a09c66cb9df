"""What stands in more than one picture."""

from __future__ import annotations

from random import Random

from drawing.canvas import WIDTH, Canvas, between


def cloud(canvas: Canvas, rng: Random, x: float, y: float, length: float, fill: str) -> None:
    """A long flat evening cloud."""
    for _ in range(9):
        at, wide = x + rng.uniform(0, length), rng.uniform(0.18, 0.4) * length
        canvas.glow(at, y + rng.uniform(-10, 10), wide, fill, 0.5, flat=rng.uniform(0.06, 0.13))


def fir(canvas: Canvas, x: float, y: float, size: float, fill: str) -> None:
    """A fir: three skirts."""
    for low, wide, tall in ((0, 30, 46), (-24, 24, 42), (-46, 17, 38)):
        canvas.shape(
            [(x - wide * size, y + low * size), (x + wide * size, y + low * size), (x, y + (low - tall) * size)], fill
        )


def stars(canvas: Canvas, rng: Random, count: int, lowest: float, brightest: float) -> None:
    """Stars down to `lowest`, fainter towards the horizon."""
    for _ in range(count):
        x, y = rng.uniform(0, WIDTH), lowest * rng.random()
        power = rng.random() ** 3
        share = brightest * (0.35 + 0.65 * power) * (1 - 0.5 * y / lowest)
        canvas.disc(x, y, 0.7 + 1.5 * power, between("3a4478", "ffffff", share))
