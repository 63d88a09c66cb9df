"""Bounds what the aliases of a YAML document stand for: nine lines can stand for billions of values.

Used for the files of a publisher, config and themes. Front matter counts the values that it makes.
"""

from __future__ import annotations

from typing import Any

USUAL = 100_000  # values that any document may stand for
TIMES = 20  # as many as are written, where that is more


class TooMany(Exception):
    """The aliases stand for far more than any file needs. `line` and `column`, of the first that do, count from 1."""

    def __init__(self, mark: Any, most: int) -> None:
        super().__init__(f"its aliases stand for more than {most:,} values")
        self.line, self.column = mark.line + 1, mark.column + 1


def require_bounded(root: Any, depth: int) -> None:
    """Raise TooMany unless the composed document, with every alias written out, is of a usual size.

    What lies deeper than `depth` is not counted, since nobody goes there: an alias may stand inside of what it means.
    """
    if root is not None:
        _measure(root, depth, {}, USUAL + TIMES * _written(root))


def _measure(node: Any, depth: int, sizes: dict[tuple[int, int], int], most: int) -> int:
    """How many values a node stands for."""
    known = sizes.get((id(node), depth))
    if known is not None:
        return known
    total = 1 + (sum(_measure(child, depth - 1, sizes, most) for child in _children(node)) if depth else 0)
    if total > most:
        raise TooMany(node.start_mark, most)
    sizes[id(node), depth] = total
    return total


def _written(root: Any) -> int:
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            waiting += _children(node)
    return len(seen)


def _children(node: Any) -> list[Any]:
    if isinstance(node.value, str):
        return []
    return [part for child in node.value for part in (child if isinstance(child, tuple) else (child,))]
