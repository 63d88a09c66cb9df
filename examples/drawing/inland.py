"""The viaduct, the mountains and the night sky."""

from __future__ import annotations

import math
from random import Random

from drawing.canvas import WIDTH, Canvas, Point, between, ridge, steps
from drawing.motifs import cloud, fir, stars


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
            for t in steps(25)
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


def mountains() -> Canvas:
    """Snow, as in the club's calendar."""
    rng = Random(17)
    canvas = Canvas([(0, "3c5a94"), (0.25, "8a86b8"), (0.42, "e6a6ad"), (0.56, "fbd7b4"), (1, "fbd7b4")])
    canvas.glow(800, 620, 900, "ffeccc", 0.7, flat=0.5)
    for x, y, length in ((120.0, 150.0, 420.0), (900, 110, 520), (1180, 240, 380)):
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
        (x + 34 * math.sin(t * 5 + x) * t + 0.16 * half * t, top + (foot - top) * t) for t in steps(18)
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
    for t in steps(26):
        x, y = start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t**0.9
        shake = 16 * math.sin(math.pi * t)
        points.append((x + rng.uniform(-shake, shake), y + rng.uniform(-shake, shake) * 0.6))
    return points


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
    stars(canvas, rng, 620, 800, 0.95)
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
