r"""Regular expressions of the config, matched with a time limit. Pure, but for the time it takes.

A pattern such as `(\w+\s?)*LIVE$` can take years on one headline, and Python's own `re` cannot be stopped. The engine
here is `regex`, which can; it is loaded with the first match.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

LETTERS = 500
"""Characters of a title that are compared: no headline is longer."""

SECONDS = 0.05
"""Seconds of processor time for one comparison, which takes a hundred thousandth of that as a rule."""

HASTE = 0.01
"""Seconds once a pattern has taken too long PATIENCE times: many stories may come at once."""

PATIENCE = 10

LARGEST = 5_000
"""Parts that a pattern may have when its repetitions are written out, as the engine does: 2 MB."""

REMEMBERED = 1000
"""Titles of which it is remembered that a pattern took too long."""

_too_slow: Counter[str] = Counter()
_given_up: dict[tuple[str, str], None] = {}


def matches(pattern: str, title: str) -> bool | None:
    """Whether a pattern is found in the beginning of a title; None if that took too long, which is remembered."""
    pair = pattern, title[:LETTERS]
    if pair in _given_up:
        return None
    try:
        return _found(*pair)
    except TimeoutError:
        _too_slow[pattern] += 1
        _given_up[pair] = None
        while len(_given_up) > REMEMBERED:
            _given_up.pop(next(iter(_given_up)), None)
        return None


@lru_cache(maxsize=4096)
def _found(pattern: str, title: str) -> bool:
    hurried = _too_slow[pattern] >= PATIENCE
    return _compiled(pattern).search(title, timeout=HASTE if hurried else SECONDS) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    import regex

    return regex.compile(pattern, regex.V0)


def checked(pattern: str) -> str:
    """The pattern, if it can be used. Raises ValueError with what is wrong."""
    try:
        re.compile(pattern)
        size = _size(_parsed(pattern))
    except (re.error, OverflowError, RecursionError) as fault:
        raise ValueError(f"is no regular expression: {fault}") from None
    if size > LARGEST:
        raise ValueError(f"asks for {size:,} letters and more; {LETTERS} letters of a title are compared")
    return pattern


def trap(pattern: str) -> str | None:
    """A title on which the pattern takes too long, if one is found. Tries what the pattern itself repeats."""
    compiled = _compiled(pattern)
    for title in dict.fromkeys(_traps(pattern)):
        try:
            compiled.search(title, timeout=5 * HASTE)  # a machine may be slow just now, and a trap takes for ever
        except TimeoutError:
            return title
    return None


def nests(pattern: str) -> bool:
    r"""Whether the pattern repeats what is itself nothing but a repetition, such as `(a+)*` or `(\w+\s?)*`.

    There are then more ways to read a title than can be tried, and it depends on the engine whether it tries them.
    """
    return _nests(_parsed(pattern))


def _nests(parts: Any) -> bool:
    return any(
        _nests(inner) or (_is_unbounded(kind, value) and _is_one_repetition(inner))
        for kind, value in parts
        for inner in _inside(kind, value)
    )


def _is_unbounded(kind: Any, value: Any) -> bool:
    return str(kind) in ("MAX_REPEAT", "MIN_REPEAT") and value[1] > LETTERS


def _is_one_repetition(parts: Any) -> bool:
    """Whether one repetition without a bound is all that has to be there."""
    needed = [(kind, value) for kind, value in parts if not _is_repeat(kind) or value[0] > 0 or value[1] > LETTERS]
    if len(needed) > 1:
        needed = [(kind, value) for kind, value in needed if not _is_repeat(kind) or value[0] > 0]
    if len(needed) != 1:
        return False
    kind, value = needed[0]
    return _is_unbounded(kind, value) or any(
        _is_one_repetition(inner) for inner in _inside(kind, value) if not _is_repeat(kind)
    )


def _traps(pattern: str) -> Iterator[str]:
    """Titles that begin as the pattern wants, go on with what it repeats, and end as it does not want.

    What the pattern wants at its end comes too, since the engine looks for that first.
    """
    for start, part, rest in _repeated(_parsed(pattern), "", ""):
        for end in (f"{rest}\x00", f"{rest}!", f"{rest} z", "\x00"):
            yield (start + part * LETTERS)[: max(LETTERS - len(end), 0)] + end


def _repeated(parts: Any, before: str, after: str) -> Iterator[tuple[str, str, str]]:
    """Every repetition in a parsed pattern: what may stand before it, what it repeats, and what may follow."""
    for at, (kind, value) in enumerate(parts):
        following = _example(list(parts)[at + 1 :]) + after
        for inner in _inside(kind, value):
            if _is_repeat(kind):
                yield before, _example(inner) or "a", following
            yield from _repeated(inner, before, following)
        before += _example([(kind, value)])


def _inside(kind: Any, value: Any) -> list[Any]:
    """The parsed patterns inside a part."""
    name = str(kind)
    if name == "BRANCH":
        return list(value[1])
    if name == "GROUPREF_EXISTS":
        return [each for each in value[1:] if each]
    if _is_repeat(kind):
        return [value[2]]
    if name in ("SUBPATTERN", "ASSERT", "ASSERT_NOT"):
        return [value[-1]]
    return [value] if name == "ATOMIC_GROUP" else []


def _is_repeat(kind: Any) -> bool:
    return str(kind) in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


def _example(parts: Any) -> str:
    """A text that a parsed pattern matches, or nearly."""
    found = ""
    for kind, value in parts:
        name, inside = str(kind), _inside(kind, value)
        if name == "LITERAL":
            found += chr(value)
        elif name == "IN":
            found += _member(value)
        elif name in ("ANY", "NOT_LITERAL"):
            found += "a"
        elif inside and not name.startswith("ASSERT"):
            found += _example(inside[0]) * (max(value[0], 1) if _is_repeat(kind) else 1)
        if len(found) > LETTERS:
            break
    return found[:LETTERS]


def _member(members: Any) -> str:
    r"""A character of a class such as `[a-z]` or `\d`."""
    for kind, value in members:
        if str(kind) == "LITERAL":
            return chr(value)
        if str(kind) == "RANGE":
            return chr(value[0])
        if str(kind) == "CATEGORY":
            return {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " "}.get(str(value), "a")
    return "a"


def _size(parts: Any) -> int:
    """The parts of a parsed pattern when what has to be repeated is written out."""
    return sum(
        1 + (max(value[0], 1) if _is_repeat(kind) else 1) * sum(_size(inner) for inner in _inside(kind, value))
        for kind, value in parts
    )


def _parsed(pattern: str) -> Any:
    """The parts of a pattern, as Python's own compiler sees them."""
    from re import _parser  # type: ignore[attr-defined]

    return _parser.parse(pattern)
