"""The harbour, the lighthouse and the dunes."""

from __future__ import annotations

import math
from random import Random

from drawing.canvas import WIDTH, Canvas, Point, between, ridge, steps
from drawing.motifs import cloud


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
    for x, y, size, hull in ((330.0, 655.0, 0.42, "a08fa0"), (520, 660, 0.36, "a896a5"), (1390, 658, 0.4, "a58f98")):
        boat(canvas, x, y, size, hull)
    canvas.shape([(0, 622), (360, 634), (640, 648), (664, 668), (0, 668)], "6f6a80")
    canvas.box(610, 590, 632, 650, "6a6378")
    canvas.shape([(602, 592), (640, 592), (621, 566)], "8c4f53")
    canvas.glow(621, 598, 60, "ffe2a8", 0.8)
    canvas.haze(610, 668, "f3dccf", 0.4)
    for x, y, size, hull, sail in (
        (760.0, 664.0, 0.66, "5d6b86", None),
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
    for x, y, size in ((640.0, 300.0, 1.0), (710, 262, 0.8), (600, 236, 0.7), (790, 330, 0.6), (870, 250, 0.5)):
        gull(canvas, x, y, size)
    return canvas


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


def gull(canvas: Canvas, x: float, y: float, size: float, fill: str = "6d6a80") -> None:
    """A gull far away: two bows."""
    left = [(x - 34 * size + 34 * size * t, y - 14 * size * math.sin(math.pi * (0.15 + 0.85 * t))) for t in steps(9)]
    right = [(x + 34 * size * t, y - 14 * size * math.sin(math.pi * (1 - 0.85 * t))) for t in steps(9)]
    canvas.line(left, fill, 3.4 * size)
    canvas.line(right, fill, 3.4 * size)


def lighthouse() -> Canvas:
    """Yellow stripes at sunset."""
    rng = Random(11)
    canvas = Canvas(
        [(0, "2f4374"), (0.25, "6d5b93"), (0.43, "c8708a"), (0.56, "f39a6d"), (0.64, "fdc978"), (1, "fdc978")]
    )
    canvas.glow(430, 660, 620, "ffe9ad", 0.9, flat=0.8)
    canvas.disc(430, 650, 62, "fff4cf")
    for x, y, length in ((150.0, 250.0, 520.0), (700, 190, 420), (260, 372, 620), (980, 330, 520), (60, 470, 400)):
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
    low, high = foot - 60 * size, foot - 108 * size
    canvas.shape([(x + 48 * size, low), (x + 202 * size, low), (x + 176 * size, high), (x + 74 * size, high)], "6e3a4c")
    for window in (84, 124, 160):
        canvas.box(x + window * size, foot - 42 * size, x + (window + 16) * size, foot - 20 * size, "ffd98a")


def dunes() -> Canvas:
    """Kites, on the day of the whales."""
    rng = Random(21)
    canvas = Canvas([(0, "3f9bd0"), (0.35, "8fcbe6"), (0.5, "d7eef0"), (1, "d7eef0")])
    for x, y, size in ((210.0, 190.0, 1.0), (1290, 130, 1.2), (820, 330, 0.7), (1480, 400, 0.6), (480, 420, 0.5)):
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
        (420.0, 250.0, 1.5, -0.4, ("e8453c", "f9c846")), (760, 160, 1.1, 0.25, ("2a4d8f", "f4f1de")),
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
    back: list[Point] = [(x + 120 * t, y - 40 * math.sin(math.pi * t) ** 0.8) for t in steps(21)]
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
        spray: list[Point] = [(x + 34 + side * 26 * t, y - 36 - 60 * math.sin(math.pi * 0.72 * t)) for t in steps(12)]
        canvas.line(spray, "e9f7f8", 4)
    canvas.line([(x - 22, y + 2), (x + 146, y + 2)], "cfeaf0", 3)
    canvas.line([(x + 172, y + 2), (x + 224, y + 2)], "cfeaf0", 3)


def _grass(canvas: Canvas, rng: Random, edge: list[Point], size: float) -> None:
    for _ in range(26):
        x, y = rng.choice(edge)
        for _ in range(14):
            lean, tall = rng.uniform(-16, 26) * size, rng.uniform(22, 62) * size
            start = x + rng.uniform(-16, 16) * size
            curve: list[Point] = [(start + lean * t * t, y + 6 - tall * t) for t in steps(6)]
            canvas.line(curve, between("6f8a4a", "b7b866", rng.random()), 2 * size)


def _kite(canvas: Canvas, x: float, y: float, size: float, turn: float, fills: tuple[str, str]) -> None:
    def at(dx: float, dy: float) -> Point:
        dx, dy = dx * size, dy * size
        return x + dx * math.cos(turn) - dy * math.sin(turn), y + dx * math.sin(turn) + dy * math.cos(turn)

    foot = at(0, 74)
    string: list[Point] = [
        (foot[0] + (760 - foot[0]) * t * 0.8, foot[1] + (840 - foot[1]) * t - 70 * math.sin(math.pi * t))
        for t in steps(30)
    ]
    canvas.line(string, "f5f3ea", 1.2)
    tail: list[Point] = [at(16 * math.sin(t * 9), 74 + 120 * t) for t in steps(24)]
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
