"""How a headline is set on a card: its size, its width, and where its lines end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from syndicate.model.dataclass import dataclass
from syndicate.rendering.cards.engine import Layout

SHARE_OF_LINE = 0.4
"""Share of the font's size: heights that differ by less have the same number of lines."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The headline's size and width in CSS pixels. `lines` None: as many as there are.

    `whole`: it is measured without breaking words, so that a word too long for its line overflows. `text` is the
    headline with the ends of its lines; None: they are where the engine ends them.
    """

    size: int
    measure: int
    lines: int | None = None
    whole: bool = False
    text: str | None = None


Measure: TypeAlias = Callable[[Setting], Layout]
"""Lays the card out with this setting of the headline."""


def holds(layout: Layout, room: float) -> bool:
    """Whether the card is not higher than this, and no line wider than its box."""
    return layout.height <= room and layout.overhang <= 0
