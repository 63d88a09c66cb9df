"""The town, and what its windows show."""

from __future__ import annotations

import math
from random import Random

from drawing.canvas import HEIGHT, WIDTH, Canvas, Point, between, ridge, steps
from drawing.motifs import stars


def town() -> Canvas:
    """Roofs at dusk."""
    rng = Random(8)
    canvas = Canvas(
        [(0, "1f2c58"), (0.3, "49447f"), (0.52, "9d5f8d"), (0.68, "e58f7d"), (0.8, "f9c48c"), (1, "f9c48c")]
    )
    stars(canvas, rng, 120, 330, 0.7)
    canvas.disc(1270, 190, 44, "fdf3d8")
    canvas.disc(1288, 180, 40, "313565")
    canvas.hills(ridge(rng, 690, 80, wave=900), "6f5587", "b9788c", depth=200)
    rows = ((720, 0.62, "5a4a7c", 0.5), (820, 0.85, "41396a", 0.65), (950, 1.15, "2a2850", 0.8))
    for number, (base, size, wall, lit) in enumerate(rows):
        if number == 1:
            _church(canvas, 840, base + 20, wall)
        x = -60.0
        while x < WIDTH + 60:
            wide = rng.uniform(100, 175) * size
            _house(canvas, rng, x, base + rng.uniform(-34, 30) * size, wide, size, wall, lit)
            x += wide * rng.uniform(0.92, 1.02)
        canvas.haze(base - 10, base + 160, "c07c8e" if number == 0 else "6a5586", 0.32)
    return canvas


def _church(canvas: Canvas, x: float, base: float, wall: str) -> None:
    canvas.box(x - 46, base - 330, x + 46, base, between(wall, "7a5f8f", 0.35))
    canvas.shape([(x - 54, base - 328), (x + 54, base - 328), (x, base - 520)], between(wall, "241f42", 0.5))
    canvas.line([(x, base - 516), (x, base - 552)], "2a2850", 4)
    canvas.line([(x - 13, base - 538), (x + 13, base - 538)], "2a2850", 4)
    canvas.disc(x, base - 270, 27, "fdeccb")
    canvas.line([(x, base - 270), (x, base - 288)], "3a315f", 3)
    canvas.line([(x, base - 270), (x + 13, base - 264)], "3a315f", 3)
    for dx in (-22, 6):
        canvas.box(x + dx, base - 210, x + dx + 16, base - 150, "ffc96f")


def _house(canvas: Canvas, rng: Random, x: float, base: float, wide: float, size: float, wall: str, lit: float) -> None:
    tall = rng.uniform(110, 190) * size
    tint = between(wall, rng.choice(("8a5a7a", "4d5f96", "6a4a86")), 0.3)
    canvas.box(x, base - tall, x + wide, HEIGHT + 10, tint)
    roof = rng.uniform(46, 92) * size
    ridge_left, ridge_right = rng.choice(((0.5, 0.5), (0.22, 0.78), (0.3, 0.7)))
    edge = 8 * size
    eaves = base - tall
    gable = [(x + wide * ridge_left, eaves - roof), (x + wide * ridge_right, eaves - roof)]
    canvas.shape([(x - edge, eaves), *gable, (x + wide + edge, eaves)], between(tint, "1a1637", 0.48))
    chimney = x + wide * rng.uniform(0.6, 0.75)
    canvas.box(
        chimney, base - tall - roof * 1.05, chimney + 13 * size, base - tall - roof * 0.35, between(tint, "1a1637", 0.6)
    )
    step, pane = 42 * size, 17 * size
    for row in range(int(tall / (46 * size)) + 4):
        for column in range(max(1, int((wide - 14 * size) / step))):
            left = x + 16 * size + column * step
            top = base - tall + 18 * size + row * 46 * size
            shines = rng.random() < lit * 0.6
            fill = rng.choice(("ffd27d", "ffbf63", "ffe3a3")) if shines else between(tint, "171433", 0.45)
            canvas.box(left, top, left + pane, top + pane * 1.45, fill)
            canvas.line(
                [(left + pane / 2, top), (left + pane / 2, top + pane * 1.45)], between(tint, "171433", 0.5), 1.6 * size
            )


def books() -> Canvas:
    """A reading room seen through its window."""
    rng = Random(31)
    canvas = Canvas([(0, "1b2036"), (1, "12162a")])
    for row in range(24):
        for column in range(-1, 17):
            x, y = column * 104 + (row % 2) * 52, row * 46
            canvas.box(x + 2, y + 2, x + 101, y + 43, between("252b47", "343a58", rng.random()))
    canvas.box(236, 96, 1364, 936, "6b4630")
    canvas.box(262, 122, 1338, 910, "f4cf8f")
    canvas.glow(1080, 430, 700, "ffcf87", 0.25)
    for shelf in range(4):
        _shelf(canvas, rng, 262, 1338, 122 + shelf * 158, 158)
    canvas.box(262, 754, 1338, 910, "8a4f3a")
    canvas.box(262, 754, 1338, 764, "a4634a")
    _lamp_and_chair(canvas)
    _cat(canvas, 520, 902)
    for x in (622, 978):
        canvas.box(x - 7, 96, x + 7, 936, "6b4630")
    canvas.box(236, 396, 1364, 410, "6b4630")
    canvas.box(206, 930, 1394, 968, "8a5e3f")
    canvas.box(206, 962, 1394, 968, "5a3a27")
    canvas.glow(800, 560, 900, "ffcf87", 0.2)
    canvas.shade([(262, 968), (1338, 968), (1560, 1067), (40, 1067)], "ffcf87", 0.35, blur=12)
    return canvas


def _shelf(canvas: Canvas, rng: Random, left: float, right: float, top: float, tall: float) -> None:
    canvas.box(left, top, right, top + tall, between("5e3626", "7a4a31", 0.5))
    palette = ("b8433f", "d98e3b", "3f7f7a", "2f4d7e", "e3c16a", "7d4a7e", "5c8a4c", "e9e0cb", "a8584a", "456a9a")
    x = left + 10
    while x < right - 24:
        if rng.random() < 0.07:
            x += rng.uniform(20, 60)
            continue
        wide, high = rng.uniform(13, 34), rng.uniform(0.56, 0.86) * tall
        fill = rng.choice(palette)
        lean = rng.choice((0, 0, 0, 0, 0, 12))
        foot = top + tall - 14
        canvas.shape([(x, foot), (x + wide, foot), (x + wide + lean, foot - high), (x + lean, foot - high)], fill)
        if wide > 18:
            canvas.shape(
                [(x + lean * 0.8, foot - high * 0.8), (x + wide + lean * 0.8, foot - high * 0.8),
                 (x + wide + lean * 0.7, foot - high * 0.72), (x + lean * 0.7, foot - high * 0.72)],
                between(fill, "fff0c8", 0.6),
            )  # fmt: skip
        canvas.shade(
            [
                (x + wide * 0.75, foot),
                (x + wide, foot),
                (x + wide + lean, foot - high),
                (x + wide * 0.75 + lean, foot - high),
            ],
            "2a1620",
            0.3,
        )
        x += wide + lean + 1.5
    canvas.box(left, top + tall - 14, right, top + tall, "4a2a1e")
    canvas.box(left, top + tall - 14, right, top + tall - 10, "93603f")


def _lamp_and_chair(canvas: Canvas) -> None:
    canvas.line([(1230, 896), (1230, 560)], "3b2a24", 8)
    canvas.disc(1230, 898, 44, "3b2a24", flat=0.22)
    canvas.glow(1230, 540, 270, "ffe6a8", 0.75)
    canvas.shape([(1190, 470), (1270, 470), (1306, 566), (1154, 566)], "fbe3a0")
    canvas.shape([(1190, 470), (1270, 470), (1272, 478), (1188, 478)], "c9873f")
    teal, dark = "2f7470", "205451"
    canvas.disc(1060, 690, 92, teal)
    canvas.box(968, 690, 1152, 850, teal)
    canvas.box(990, 776, 1130, 820, "3d8b85")
    canvas.disc(972, 778, 32, dark)
    canvas.disc(1148, 778, 32, dark)
    canvas.box(940, 778, 1004, 862, dark)
    canvas.box(1116, 778, 1180, 862, dark)
    canvas.box(956, 862, 976, 900, "3b2a24")
    canvas.box(1144, 862, 1164, 900, "3b2a24")


def _cat(canvas: Canvas, x: float, foot: float) -> None:
    """Asleep, and in none of the stories."""
    fur, dark = "e08a3a", "b5652a"
    canvas.disc(x, foot - 48, 116, fur, flat=0.46)
    canvas.disc(x - 92, foot - 44, 46, fur, flat=0.9)
    for dx in (-124, -80):
        canvas.shape([(x + dx, foot - 72), (x + dx + 32, foot - 76), (x + dx + 14, foot - 108)], fur)
    tail: list[Point] = [(x + 104 - 150 * t, foot - 10 - 16 * math.sin(math.pi * (1 - t))) for t in steps(16)]
    canvas.line(tail, dark, 20)
    for dx in (-10, 24, 58):
        canvas.line([(x + dx, foot - 98 + abs(dx - 10) * 0.14), (x + dx + 7, foot - 64)], dark, 8)
    for dx in (-116, -84):
        canvas.line([(x + dx + 18 * t, foot - 46 + 6 * math.sin(math.pi * t)) for t in steps(8)], "5a2f18", 3)
    canvas.shape([(x - 96, foot - 36), (x - 86, foot - 36), (x - 91, foot - 30)], "5a2f18")
