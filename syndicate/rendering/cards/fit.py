"""Finds the largest size of a headline at which no line is wider than its box, and evens its lines."""

from __future__ import annotations

from dataclasses import replace

from syndicate.rendering.cards.compose import Syllables, composed
from syndicate.rendering.cards.engine import Layout
from syndicate.rendering.cards.setting import SHARE_OF_LINE, Measure, Setting, holds
from syndicate.rendering.cards.theme import Headline

NARROWEST = 0.3
"""Share of the card's width: evening the lines never makes the headline narrower."""

_BALANCE_STEPS = 4

_NARROWER = 12
"""Steps of six hundredths by which a column is made narrower until the engine breaks each of its lines in time."""


def fit(
    measure: Measure,
    wish: Headline,
    width: float,
    height: float,
    text: str = "",
    syllables: Syllables = lambda word: [word],
) -> Setting:
    """The largest setting at which all text stays within its share of the height and every line within its box.

    It is composed of the headline's `text`, or, where that does not come out, searched for. The search leaves out
    what an engine may get wrong: a size counts only if its own lines were measured (Devanagari is broken too late at
    some sizes). Words are not broken, unless one is too long for its line even at the smallest size. If even that is
    too much, lines are cut off.
    """
    column = int(width)
    room = wish.fill * height
    if text and (found := composed(measure, wish, column, room, text, syllables)):
        return found
    for whole in (True, False):
        best = _largest(measure, wish, Setting(wish.largest, column, whole=whole), room)
        if best is not None:
            evened = _balanced(measure, best, column, room)
            return _unbroken(measure, evened, best, room) if whole else evened[0]
    return _clamped(measure, wish, column, height)


def _largest(measure: Measure, wish: Headline, like: Setting, room: float) -> tuple[Setting, Layout] | None:
    """Try the largest size, which most headlines fit, then search by bisection."""
    low, high, best = wish.smallest, max(wish.smallest, wish.largest), None
    first = replace(like, size=high), measure(replace(like, size=high))
    if holds(first[1], room):
        return first
    high -= 1
    while low <= high:
        size = (low + high) // 2
        setting = replace(like, size=size)
        layout = measure(setting)
        if holds(layout, room):
            best, low = (setting, layout), size + 1
        elif layout.height <= room:  # only a line passes its box: a neighbour may do
            found = _near(measure, setting, max(low, size - 6), room)
            if found is None:
                high = size - 1
            else:
                best, low = found, size + 1
        else:
            high = size - 1
    return best


def _near(measure: Measure, like: Setting, lowest: int, room: float) -> tuple[Setting, Layout] | None:
    for smaller in range(like.size - 1, lowest - 1, -1):
        setting = replace(like, size=smaller)
        layout = measure(setting)
        if holds(layout, room):
            return setting, layout
    return None


def _clamped(measure: Measure, wish: Headline, whole: int, height: float) -> Setting:
    """The smallest size with as many lines as there is room for; the engine ends the last with an ellipsis."""
    setting = Setting(wish.smallest, whole, wish.lines)
    layout = measure(setting)
    while layout.height > height and setting.lines and setting.lines > 1:
        setting = Setting(wish.smallest, whole, setting.lines - 1)
        layout = measure(setting)
    for step in range(1, _NARROWER + 1):
        if layout.overhang <= 0:
            break
        setting = Setting(wish.smallest, round(whole * (1 - 0.06 * step)), setting.lines)
        layout = measure(setting)
    return setting


def _balanced(measure: Measure, best: tuple[Setting, Layout], whole: int, room: float) -> tuple[Setting, Layout]:
    """The narrowest setting with the same number of lines, so that no line has a single word."""
    setting, layout = best
    low, high, kept = round(NARROWEST * whole), whole, best
    room = min(room, layout.height + SHARE_OF_LINE * setting.size)
    for _ in range(_BALANCE_STEPS):
        middle = (low + high) // 2
        narrower = replace(setting, measure=middle)
        tried = measure(narrower)
        if holds(tried, room):
            kept, high = (narrower, tried), middle
        else:
            low = middle
    return kept


def _unbroken(measure: Measure, evened: tuple[Setting, Layout], best: tuple[Setting, Layout], room: float) -> Setting:
    """The evened setting; if the engine breaks a word in it all the same, a wider one, then a smaller one.

    A space at the end of a line hides that a word overflows by less than the space.
    """
    setting, layout = evened
    wider = (replace(setting, measure=round(setting.measure * (1 + step / 20))) for step in (1, 2, 3))
    smaller = (replace(best[0], size=best[0].size - step) for step in (0, 1, 2, 4))
    for tried in (setting, *wider, *smaller):
        whole = layout if tried is setting else measure(tried)
        real = measure(replace(tried, whole=False))
        if holds(real, min(room, whole.height + SHARE_OF_LINE * tried.size)):
            return tried
    return replace(best[0], size=best[0].size - 4)
