"""Draws the sample site's pictures: `python examples/draw_pictures.py` writes examples/site/photos/*.jpg.

The pictures are committed; this is how they were made. The same Pillow gives the same bytes.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random

from canvas import HEIGHT, WIDTH, Canvas, Point, mixed, ridge
from PIL import Image

PHOTOS = Path(__file__).parent / "site" / "photos"
MOST_BYTES = 120_000


def web(rgb: tuple[int, int, int]) -> str:
    """A mixed colour as the painters write it."""
    return "{:02x}{:02x}{:02x}".format(*rgb)


def between(first: str, second: str, share: float) -> str:
    """A colour on the way from one to the other."""
    from canvas import colour

    return web(mixed(colour(first), colour(second), share))


def boat(canvas: Canvas, x: float, y: float, size: float, hull: str, sail: str | None = None) -> None:
    """A fishing boat seen from the side; with a sail if it has one."""
    canvas.shape(
        [(x - 60 * size, y - 18 * size), (x + 68 * size, y - 24 * size), (x + 44 * size, y), (x - 46 * size, y)], hull
    )
    canvas.shape(
        [(x - 60 * size, y - 18 * size), (x + 68 * size, y - 24 * size), (x + 66 * size, y - 19 * size),
         (x - 58 * size, y - 13 * size)],
        between(hull, "ffffff", 0.45),
    )  # fmt: skip
    canvas.box(x - 34 * size, y - 44 * size, x - 2 * size, y - 18 * size, between(hull, "fff1dc", 0.7))
    canvas.box(x - 28 * size, y - 38 * size, x - 18 * size, y - 29 * size, between(hull, "1c2740", 0.6))
    canvas.box(x - 14 * size, y - 38 * size, x - 6 * size, y - 29 * size, between(hull, "1c2740", 0.6))
    canvas.line(
        [(x + 10 * size, y - 20 * size), (x + 10 * size, y - 128 * size)], between(hull, "2b2430", 0.6), 3 * size
    )
    canvas.line([(x + 10 * size, y - 124 * size), (x + 66 * size, y - 24 * size)], between(hull, "3a3340", 0.5), size)
    canvas.line([(x + 10 * size, y - 124 * size), (x - 56 * size, y - 18 * size)], between(hull, "3a3340", 0.5), size)
    if sail:
        canvas.shape(
            [(x + 5 * size, y - 118 * size), (x + 5 * size, y - 50 * size), (x - 40 * size, y - 50 * size)], sail
        )


def harbour() -> Canvas:
    """Boats before the fog."""
    rng = Random(5)
    canvas = Canvas([(0, "8fa3bf"), (0.28, "d3b7bd"), (0.46, "f3cdb4"), (0.6, "f9e3cb"), (1, "f9e3cb")])
    canvas.glow(1130, 500, 560, "fff3d6", 0.95)
    canvas.disc(1130, 486, 46, "fffaf0")
    canvas.hills(ridge(rng, 500, 90, wave=900), "b9a9b8", "ecd3c6", depth=190)
    canvas.haze(470, 640, "f6dcc9", 0.65)
    canvas.hills(ridge(rng, 575, 70, wave=640), "9b92a8", "dcc4c0", depth=120)
    canvas.haze(540, 690, "f4dccd", 0.85)
    for x, y, size, hull in ((330, 655, 0.42, "a08fa0"), (520, 660, 0.36, "a896a5"), (1390, 658, 0.4, "a58f98")):
        boat(canvas, x, y, size, hull)
    canvas.shape([(0, 622), (360, 634), (640, 648), (664, 668), (0, 668)], "6f6a80")
    canvas.box(610, 590, 632, 650, "6a6378")
    canvas.shape([(602, 592), (640, 592), (621, 566)], "8c4f53")
    canvas.glow(621, 598, 60, "ffe2a8", 0.8)
    canvas.haze(610, 668, "f3dccf", 0.4)
    for x, y, size, hull, sail in (
        (760, 664, 0.66, "5d6b86", None),
        (1260, 667, 0.95, "8d4a4d", "d9b48c"),
        (980, 668, 1.25, "2f5a73", "e9cfa9"),
    ):
        boat(canvas, x, y, size, hull, sail)
    canvas.water(668, "9fa5ba", 0.3, ripple=9, seed=4)
    canvas.haze(640, 780, "f8e0cd", 0.5)
    for number in range(46):
        y = 720 + 340 * (number / 46) ** 1.3
        x, length = rng.uniform(700, 1500), rng.uniform(30, 150) * (y / 900)
        canvas.line([(x, y), (x + length, y)], between("f5d8c4", "c8b6bf", rng.random()), 1.5 * (y / 800) ** 2)
    canvas.shade([(205, 900), (452, 900), (425, 938), (240, 940)], "24384d", 0.6, blur=5)
    boat(canvas, 330, 905, 2.5, "24384d", "e6c79f")
    for _ in range(16):
        x, y = rng.uniform(180, 440), rng.uniform(907, 960)
        canvas.line([(x, y), (x + rng.uniform(20, 80), y)], between("d9c4c4", "a9a6ba", rng.random()), 2)
    for x, y, size in ((640, 300, 1.0), (710, 262, 0.8), (600, 236, 0.7), (790, 330, 0.6), (870, 250, 0.5)):
        gull(canvas, x, y, size)
    return canvas


def gull(canvas: Canvas, x: float, y: float, size: float, fill: str = "6d6a80") -> None:
    """A gull far away: two bows."""
    left = [(x - 34 * size + 34 * size * t, y - 14 * size * math.sin(math.pi * (0.15 + 0.85 * t))) for t in _steps(9)]
    right = [(x + 34 * size * t, y - 14 * size * math.sin(math.pi * (1 - 0.85 * t))) for t in _steps(9)]
    canvas.line(left, fill, 3.4 * size)
    canvas.line(right, fill, 3.4 * size)


def _steps(count: int) -> list[float]:
    return [number / (count - 1) for number in range(count)]


def lighthouse() -> Canvas:
    """Yellow stripes at sunset."""
    rng = Random(11)
    canvas = Canvas(
        [(0, "2f4374"), (0.25, "6d5b93"), (0.43, "c8708a"), (0.56, "f39a6d"), (0.64, "fdc978"), (1, "fdc978")]
    )
    canvas.glow(430, 660, 620, "ffe9ad", 0.9, flat=0.8)
    canvas.disc(430, 650, 62, "fff4cf")
    for x, y, length in ((150, 250, 520), (700, 190, 420), (260, 372, 620), (980, 330, 520), (60, 470, 400)):
        cloud(canvas, rng, x, y, length, between("ffb9a0", "d987a0", (500 - y) / 400))
    canvas.water(690, "34507f", 0.42, ripple=14, seed=2)
    for number in range(60):
        y = 702 + 330 * (number / 60) ** 1.4
        wide = 30 + (y - 690) * 0.5
        x, length = 430 + rng.uniform(-wide, wide), rng.uniform(16, 70)
        canvas.line([(x - length, y), (x + length, y)], between("ffe3a4", "f7a877", rng.random()), 1 + (y - 690) / 90)
    canvas.hills([(x, y) for x, y in _headland(rng)], "33304f", "1d1c33", depth=330)
    _tower(canvas, 1190, 640, 1.18)
    canvas.shade([(1190, 236), (-40, 60), (-40, 330)], "fff2c0", 0.3, blur=16)
    canvas.glow(1190, 236, 150, "fffbe0", 1.0)
    for _ in range(240):
        x = rng.uniform(900, 1640)
        y = max(_height_at(x), 640) + rng.uniform(0, 60)
        canvas.line(
            [(x, y), (x + rng.uniform(-7, 7), y - rng.uniform(9, 24))], between("4b4668", "6b5a70", rng.random()), 2
        )
    return canvas


def cloud(canvas: Canvas, rng: Random, x: float, y: float, length: float, fill: str) -> None:
    """A long flat evening cloud."""
    for _ in range(9):
        at, wide = x + rng.uniform(0, length), rng.uniform(0.18, 0.4) * length
        canvas.glow(at, y + rng.uniform(-10, 10), wide, fill, 0.5, flat=rng.uniform(0.06, 0.13))


def _height_at(x: float) -> float:
    """The top of the headland: it falls to the sea on the left."""
    return 655 + 330 * (1 - 1 / (1 + math.exp(-(x - 860) / 70)))


def _headland(rng: Random) -> list[Point]:
    return [(x, _height_at(x) + 5 * math.sin(x / 31) + rng.uniform(-2.5, 2.5)) for x in range(560, WIDTH + 60, 12)]


def _tower(canvas: Canvas, x: float, foot: float, size: float) -> None:
    """Six stripes, a gallery, a lamp and a keeper's house."""
    tall = 330 * size

    def wide(share: float) -> float:
        return (46 - 16 * share) * size

    for stripe in range(6):
        low, high = stripe / 6, (stripe + 1) / 6
        fill = "f6bf3c" if stripe % 2 else "fbf1df"
        points = [(x - wide(low), foot - tall * low), (x + wide(low), foot - tall * low),
                  (x + wide(high), foot - tall * high), (x - wide(high), foot - tall * high)]  # fmt: skip
        canvas.shape(points, fill)
        dark = [
            (x + wide(low) * 0.25, foot - tall * low),
            points[1],
            points[2],
            (x + wide(high) * 0.25, foot - tall * high),
        ]
        canvas.shade(dark, "4a3b66", 0.38)
    top = foot - tall
    canvas.box(x - 42 * size, top - 8 * size, x + 42 * size, top, "3a3150")
    canvas.box(x - 22 * size, top - 46 * size, x + 22 * size, top - 8 * size, "fff3c4")
    for pane in (-22, -8, 6, 20):
        canvas.box(x + pane * size, top - 46 * size, x + (pane + 2) * size, top - 8 * size, "3a3150")
    canvas.shape([(x - 28 * size, top - 46 * size), (x + 28 * size, top - 46 * size), (x, top - 78 * size)], "7d3f55")
    canvas.box(x + 60 * size, foot - 62 * size, x + 190 * size, foot + 10, "d9c4b6")
    canvas.shape([(x + 48 * size, foot - 60 * size), (x + 202 * size, foot - 60 * size), (x + 176 * size, foot - 108 * size),
                  (x + 74 * size, foot - 108 * size)], "6e3a4c")  # fmt: skip
    for window in (84, 124, 160):
        canvas.box(x + window * size, foot - 42 * size, x + (window + 16) * size, foot - 20 * size, "ffd98a")


def viaduct() -> Canvas:
    """A little red train over the morning mist."""
    rng = Random(3)
    canvas = Canvas([(0, "9ec7dd"), (0.35, "d8e6e0"), (0.55, "f7efd8"), (1, "f7efd8")])
    canvas.glow(360, 250, 480, "fffbe6", 0.9)
    canvas.disc(360, 250, 50, "fffdf2")
    for base, height, fill, wave in (
        (420, 190, "b5cdd2", 760), (500, 150, "96b9b8", 620), (585, 130, "77a39b", 540)
    ):  # fmt: skip
        canvas.hills(ridge(rng, base, height, wave=wave), fill, between(fill, "f4efdc", 0.75), depth=330)
        canvas.haze(base + 40, base + 260, "f6f1e0", 0.5)
    _arches(canvas)
    _train(canvas, 560, 498)
    canvas.haze(740, 1000, "f4f1e2", 0.85)
    near = ridge(rng, 930, 110, wave=900)
    canvas.hills(near, "3f6f5d", "234b45", depth=210)
    for x, y in near[::2]:
        fir(canvas, x + rng.uniform(-6, 6), y + 14, rng.uniform(0.5, 1.25), between("2c5a4d", "1d413c", rng.random()))
    canvas.hills(ridge(rng, 1030, 60, wave=500), "1d413c")
    return canvas


def fir(canvas: Canvas, x: float, y: float, size: float, fill: str) -> None:
    """A fir: three skirts."""
    for low, wide, tall in ((0, 30, 46), (-24, 24, 42), (-46, 17, 38)):
        canvas.shape(
            [(x - wide * size, y + low * size), (x + wide * size, y + low * size), (x, y + (low - tall) * size)], fill
        )


def _arches(canvas: Canvas) -> None:
    """The bridge, with the arches cut by painting its piers one by one."""
    top, deck, light, dark = 540.0, 566.0, "c9ab8c", "a0826c"
    step, pier, rise = 178.0, 36.0, 74.0
    for number in range(-1, 11):
        x = number * step - 40
        canvas.shape([(x, deck), (x + pier, deck), (x + pier + 7, 1000), (x - 7, 1000)], light)
        canvas.shape([(x + pier * 0.62, deck), (x + pier, deck), (x + pier + 7, 1000), (x + pier * 0.62, 1000)], dark)
        left, right = x + pier, x + step
        middle, half = (left + right) / 2, (right - left) / 2
        arch: list[Point] = [
            (middle + half * math.cos(math.pi * (1 - t)), deck + 6 + rise - rise * math.sin(math.pi * t))
            for t in _steps(25)
        ]
        canvas.shape([(left, deck), *arch, (right, deck)], light)
        canvas.line(arch, dark, 5)
    canvas.box(-10, top, WIDTH + 10, deck + 8, light)
    canvas.box(-10, top, WIDTH + 10, top + 7, "dcc3a6")
    canvas.box(-10, deck + 2, WIDTH + 10, deck + 8, dark)


def _train(canvas: Canvas, x: float, y: float) -> None:
    for car in range(4):
        left = x + car * 172
        canvas.box(left, y, left + 162, y + 38, "c63d3a")
        canvas.box(left, y + 24, left + 162, y + 29, "f3dcb2")
        canvas.box(left + 4, y - 6, left + 158, y, "7e2b33")
        for window in range(6):
            canvas.box(left + 12 + window * 24, y + 5, left + 28 + window * 24, y + 20, "fdf0c6")
        for wheel in (26, 50, 112, 136):
            canvas.disc(left + wheel, y + 39, 6, "40303a")
        canvas.box(left + 162, y + 28, left + 172, y + 33, "40303a")
    canvas.shape([(x - 30, y + 38), (x, y + 38), (x, y - 6), (x - 10, y - 4)], "c63d3a")
    canvas.shape([(x - 21, y + 16), (x - 2, y + 16), (x - 2, y + 1), (x - 12, y + 2)], "fdf0c6")


def dunes() -> Canvas:
    """Kites, on the day of the whales."""
    rng = Random(21)
    canvas = Canvas([(0, "3f9bd0"), (0.35, "8fcbe6"), (0.5, "d7eef0"), (1, "d7eef0")])
    for x, y, size in ((210, 190, 1.0), (1290, 130, 1.2), (820, 330, 0.7), (1480, 400, 0.6), (480, 420, 0.5)):
        _puffs(canvas, rng, x, y, size)
    canvas.box(0, 560, WIDTH, 760, "2f86ad")
    for number in range(9):
        y = 562 + 150 * (number / 9) ** 1.4
        canvas.box(0, y, WIDTH, 760, between("3a93b8", "1f7399", number / 9))
    for _ in range(150):
        y = 566 + 150 * rng.random() ** 1.5
        x, length = rng.uniform(0, WIDTH), rng.uniform(8, 46) * (y - 540) / 110
        canvas.line([(x, y), (x + length, y)], between("7fc0d4", "d6f0f0", rng.random()), 1.6)
    _whale(canvas, 1010, 640)
    layers = (("f3dca4", "e3bd7c", 690, 80), ("efcf8e", "d9a961", 800, 120), ("e9c27a", "c8924f", 925, 90))
    for light, dark, base, height in layers:
        edge = ridge(rng, base, height, wave=1100, octaves=3)
        canvas.hills(edge, light, dark, depth=300)
        _grass(canvas, rng, edge, (base - 560) / 260)
    for x, y, size, turn, fills in (
        (420, 250, 1.5, -0.4, ("e8453c", "f9c846")), (760, 160, 1.1, 0.25, ("2a4d8f", "f4f1de")),
        (1120, 300, 1.3, 0.5, ("3aa17e", "fbe7a1")), (1380, 215, 0.85, 0.1, ("d85b9a", "fbd3e6")),
        (220, 455, 0.8, 0.3, ("f08a24", "fff1c9")),
    ):  # fmt: skip
        _kite(canvas, x, y, size, turn, fills)
    return canvas


def _puffs(canvas: Canvas, rng: Random, x: float, y: float, size: float) -> None:
    for _ in range(14):
        dx, radius = rng.uniform(-110, 110) * size, rng.uniform(36, 74) * size
        canvas.glow(
            x + dx, y - abs(rng.gauss(0, 20)) * size * (1 - abs(dx) / 160), radius * 1.5, "ffffff", 0.6, flat=0.62
        )


def _whale(canvas: Canvas, x: float, y: float) -> None:
    back: list[Point] = [(x + 120 * t, y - 40 * math.sin(math.pi * t) ** 0.8) for t in _steps(21)]
    canvas.shape([*back, (x + 120, y), (x, y)], "1c4a66")
    tail: list[Point] = [
        (190, 0),
        (184, -34),
        (160, -58),
        (186, -52),
        (197, -40),
        (208, -54),
        (236, -58),
        (210, -34),
        (204, 0),
    ]
    canvas.shape([(x + dx, y + dy) for dx, dy in tail], "1c4a66")
    for side in (-1, 1):
        spray: list[Point] = [(x + 34 + side * 26 * t, y - 36 - 60 * math.sin(math.pi * 0.72 * t)) for t in _steps(12)]
        canvas.line(spray, "e9f7f8", 4)
    canvas.line([(x - 22, y + 2), (x + 146, y + 2)], "cfeaf0", 3)
    canvas.line([(x + 172, y + 2), (x + 224, y + 2)], "cfeaf0", 3)


def _grass(canvas: Canvas, rng: Random, edge: list[Point], size: float) -> None:
    for _ in range(26):
        x, y = rng.choice(edge)
        for _ in range(14):
            lean, tall = rng.uniform(-16, 26) * size, rng.uniform(22, 62) * size
            start = x + rng.uniform(-16, 16) * size
            curve: list[Point] = [(start + lean * t * t, y + 6 - tall * t) for t in _steps(6)]
            canvas.line(curve, between("6f8a4a", "b7b866", rng.random()), 2 * size)


def _kite(canvas: Canvas, x: float, y: float, size: float, turn: float, fills: tuple[str, str]) -> None:
    def at(dx: float, dy: float) -> Point:
        dx, dy = dx * size, dy * size
        return x + dx * math.cos(turn) - dy * math.sin(turn), y + dx * math.sin(turn) + dy * math.cos(turn)

    foot = at(0, 74)
    string: list[Point] = [
        (foot[0] + (760 - foot[0]) * t * 0.8, foot[1] + (840 - foot[1]) * t - 70 * math.sin(math.pi * t))
        for t in _steps(30)
    ]
    canvas.line(string, "f5f3ea", 1.2)
    tail: list[Point] = [at(16 * math.sin(t * 9), 74 + 120 * t) for t in _steps(24)]
    canvas.line(tail, fills[0], 2.5 * size)
    for place in (6, 12, 18):
        tx, ty = tail[place]
        for side in (-1, 1):
            canvas.shape(
                [(tx, ty), (tx + side * 13 * size, ty - 7 * size), (tx + side * 13 * size, ty + 7 * size)], fills[1]
            )
    top, right, bottom, left, middle = at(0, -60), at(46, -8), at(0, 74), at(-46, -8), at(0, -8)
    canvas.shape([top, right, middle], fills[0])
    canvas.shape([right, bottom, middle], fills[1])
    canvas.shape([bottom, left, middle], fills[0])
    canvas.shape([left, top, middle], fills[1])


def town() -> Canvas:
    """Roofs at dusk."""
    rng = Random(8)
    canvas = Canvas(
        [(0, "1f2c58"), (0.3, "49447f"), (0.52, "9d5f8d"), (0.68, "e58f7d"), (0.8, "f9c48c"), (1, "f9c48c")]
    )
    _stars(canvas, rng, 120, 330, 0.7)
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


def _stars(canvas: Canvas, rng: Random, count: int, lowest: float, brightest: float) -> None:
    for _ in range(count):
        x, y = rng.uniform(0, WIDTH), lowest * rng.random()
        power = rng.random() ** 3
        share = brightest * (0.35 + 0.65 * power) * (1 - 0.5 * y / lowest)
        canvas.disc(x, y, 0.7 + 1.5 * power, between("3a4478", "ffffff", share))


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
    canvas.shape(
        [(x - edge, base - tall), (x + wide * ridge_left, base - tall - roof), (x + wide * ridge_right, base - tall - roof),
         (x + wide + edge, base - tall)],
        between(tint, "1a1637", 0.48),
    )  # fmt: skip
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


def night() -> Canvas:
    """The Milky Way over the observatory."""
    rng = Random(13)
    canvas = Canvas([(0, "070b22"), (0.4, "101a45"), (0.7, "233268"), (0.86, "4a5384"), (1, "4a5384")])
    for number in range(60):
        t = number / 60
        x, y = 120 + 1500 * t + rng.gauss(0, 26), 820 - 900 * t + rng.gauss(0, 44)
        tint = rng.choice(("8f8fd0", "b49ac8", "7fa3d8", "c9a9b8"))
        canvas.glow(x, y, rng.uniform(120, 260), tint, 0.13)
    for number in range(26):
        t = number / 26
        canvas.glow(150 + 1450 * t + rng.gauss(0, 14), 790 - 870 * t + rng.gauss(0, 16), 70, "0d1238", 0.28)
    _stars(canvas, rng, 620, 800, 0.95)
    for _ in range(480):
        t = rng.random()
        x, y = 120 + 1500 * t + rng.gauss(0, 70), 820 - 900 * t + rng.gauss(0, 70)
        canvas.disc(x, y, 0.6 + 0.9 * rng.random() ** 2, between("5d6aa8", "fff7e6", rng.random()))
    for _ in range(12):
        x, y = rng.uniform(0, WIDTH), rng.uniform(0, 620)
        canvas.glow(x, y, 16, "cfe0ff", 0.7)
        canvas.disc(x, y, 2.4, "ffffff")
    canvas.line([(1230, 150), (1090, 232)], "9fb3e6", 1.6)
    canvas.line([(1130, 209), (1090, 232)], "ffffff", 2.4)
    canvas.haze(690, 960, "54619a", 0.4)
    canvas.hills(ridge(rng, 830, 90, wave=800), "1d2752", "2a3566", depth=140)
    canvas.hills(ridge(rng, 890, 70, wave=560), "131b3d", "1a2450", depth=140)
    _observatory(canvas, 520, 872)
    near = ridge(rng, 985, 60, wave=620)
    canvas.hills(near, "0a0f26")
    for x, y in near:
        if rng.random() < 0.45 and not 380 < x < 700:
            fir(canvas, x, y + 12, rng.uniform(0.45, 1.2), "0a0f26")
    return canvas


def _observatory(canvas: Canvas, x: float, foot: float) -> None:
    canvas.glow(x + 10, foot - 20, 240, "ffb766", 0.38)
    canvas.disc(x, foot - 62, 74, "2c3560")
    canvas.shape([(x - 8, foot - 138), (x + 30, foot - 134), (x + 62, foot - 76), (x + 34, foot - 66)], "0b1029")
    canvas.line([(x + 22, foot - 96), (x + 66, foot - 152)], "596393", 15)
    canvas.box(x - 80, foot - 62, x + 80, foot + 60, "1a2144")
    canvas.box(x - 84, foot - 66, x + 84, foot - 58, "3a4474")
    canvas.box(x - 20, foot - 34, x + 16, foot + 40, "ffc877")
    canvas.box(x + 40, foot - 34, x + 62, foot - 8, "ffd794")


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
    canvas.glow(1080, 430, 900, "fff1c4", 0.9)
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
    canvas.glow(1230, 540, 330, "fff6cf", 0.95)
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
    tail: list[Point] = [(x + 104 - 150 * t, foot - 10 - 16 * math.sin(math.pi * (1 - t))) for t in _steps(16)]
    canvas.line(tail, dark, 20)
    for dx in (-10, 24, 58):
        canvas.line([(x + dx, foot - 98 + abs(dx - 10) * 0.14), (x + dx + 7, foot - 64)], dark, 8)
    for dx in (-116, -84):
        canvas.line([(x + dx + 18 * t, foot - 46 + 6 * math.sin(math.pi * t)) for t in _steps(8)], "5a2f18", 3)
    canvas.shape([(x - 96, foot - 36), (x - 86, foot - 36), (x - 91, foot - 30)], "5a2f18")


def mountains() -> Canvas:
    """Snow, as in the club's calendar."""
    rng = Random(17)
    canvas = Canvas([(0, "3c5a94"), (0.25, "8a86b8"), (0.42, "e6a6ad"), (0.56, "fbd7b4"), (1, "fbd7b4")])
    canvas.glow(800, 620, 900, "ffeccc", 0.7, flat=0.5)
    for x, y, length in ((120, 150, 420), (900, 110, 520), (1180, 240, 380)):
        cloud(canvas, rng, x, y, length, "f3b9b6")
    peaks: tuple[tuple[float, float, float], ...]
    peaks = ((140, 400, 360), (1480, 360, 380), (480, 300, 400), (1120, 250, 430), (800, 190, 470))
    for x, top, half in peaks:
        _peak(canvas, rng, x, top, half, 660)
    canvas.haze(540, 690, "f6cfc0", 0.55)
    for base, fill in ((632, "53617f"), (648, "3c4a66")):
        edge = ridge(rng, base, 26, wave=460)
        canvas.hills(edge, fill)
        for x, y in edge:
            fir(canvas, x + rng.uniform(-3, 3), y + 8, rng.uniform(0.2, 0.46), fill)
    canvas.water(668, "5b6d9c", 0.2, ripple=5, seed=9)
    canvas.haze(650, 700, "f9dccb", 0.6)
    for _ in range(70):
        y = 700 + 360 * rng.random()
        x, length = rng.uniform(0, WIDTH), rng.uniform(20, 130)
        canvas.line([(x, y), (x + length, y)], between("e9b9b7", "7f86b0", rng.random()), 1.2)
    shore: list[Point] = [
        (x, 1010 - 60 * math.sin(math.pi * x / WIDTH) * -1 + 6 * math.sin(x / 40)) for x in range(-20, 1660, 10)
    ]
    canvas.hills(shore, "1d2742")
    for x in (70, 150, 215, 40, 1400, 1490, 1560, 1335):
        fir(canvas, x, 1035, rng.uniform(2.2, 3.9), "1d2742")
    return canvas


def _peak(canvas: Canvas, rng: Random, x: float, top: float, half: float, foot: float) -> None:
    """A sunny side, a shaded side, and a crest that wanders between them."""
    left = _slope(rng, (x, top), (x - half, foot))
    right = _slope(rng, (x, top), (x + half * 0.95, foot))
    crest: list[Point] = [
        (x + 34 * math.sin(t * 5 + x) * t + 0.16 * half * t, top + (foot - top) * t) for t in _steps(18)
    ]
    canvas.shape([*left, *reversed(crest)], "f7dcd6")
    canvas.shape([*right, *reversed(crest)], "8d8fbd")
    for side, edge, fill in ((-1, left, "b193b0"), (1, right, "5e669a")):
        for _ in range(15):
            t = rng.uniform(0.3, 0.94)
            spread = abs(edge[min(int(t * (len(edge) - 1)), len(edge) - 1)][0] - x)
            start = x + 0.16 * half * t + side * spread * rng.uniform(0.1, 0.85)
            y, long = top + (foot - top) * t, rng.uniform(30, 84)
            canvas.shape(
                [(start, y), (start + side * long * 0.32, y + long), (start + side * long * 0.62, y + long * 0.9)], fill
            )


def _slope(rng: Random, start: Point, end: Point) -> list[Point]:
    points = []
    for t in _steps(26):
        x, y = start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t**0.9
        shake = 16 * math.sin(math.pi * t)
        points.append((x + rng.uniform(-shake, shake), y + rng.uniform(-shake, shake) * 0.6))
    return points


PICTURES: dict[str, Callable[[], Canvas]] = {
    painter.__name__: painter for painter in (harbour, lighthouse, viaduct, dunes, town, night, books, mountains)
}


def encoded(picture: Image.Image) -> bytes:
    """A JPEG of at most MOST_BYTES, as good as that allows."""
    for quality in range(90, 40, -4):
        buffer = BytesIO()
        picture.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        if buffer.tell() <= MOST_BYTES:
            break
    return buffer.getvalue()


def main(names: list[str]) -> int:
    """Draw the pictures that were named, or all of them."""
    unknown = [name for name in names if name not in PICTURES]
    if unknown:
        print(f"no picture is called {', '.join(unknown)}; there is: {', '.join(PICTURES)}", file=sys.stderr)
        return 2
    PHOTOS.mkdir(parents=True, exist_ok=True)
    for name in names or PICTURES:
        data = encoded(PICTURES[name]().finished())
        (PHOTOS / f"{name}.jpg").write_bytes(data)
        print(f"{name}.jpg  {len(data):>7,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
