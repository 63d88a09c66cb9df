"""Parses the YAML that a usual config is written in: nested settings, one a line, in a hundredth of the time.

The whole of YAML is left to `ruamel.yaml`, which takes two milliseconds a line and its import: `composed` declines
whatever it is not sure of, a mistake too, so that there is one account of each. What it accepts it reads as that one
does; a test compares the two on whole configs with characters changed at random.
"""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from syndicate.model.pattern import pattern

__all__ = ["Mark", "Written", "composed"]

Kind: TypeAlias = Literal["mapping", "sequence", "scalar"]

_DEPTH = 12
_TAG: Final = "tag:yaml.org,2002:"
_TAGS: dict[Kind, str] = {"mapping": f"{_TAG}map", "sequence": f"{_TAG}seq", "scalar": f"{_TAG}str"}
_NULLS = ("", "~", "null", "Null", "NULL")
_STRANGE = pattern("[^\n -~\xa1-\u2027\u2030-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BLANK = pattern(r" *(?:#.*)?")
_SETTING = pattern(r"(\w[\w.-]{0,99}):(?= |$)")
_SPACES = pattern(r" +")
_ITEM = pattern(r"- +")
_QUOTED = r"""(?P<double>"[^"\\\n]*")|(?P<single>'[^'\n]*'(?!'))"""
_FIRST = r"(?:[\w./$~+(]|-(?=[\w.]))"
_SCALAR = pattern(rf"{_QUOTED}|(?P<plain>{_FIRST}(?:[^ :#]|:(?=[^ ])|(?<=[^ ])#| +(?=[^ :#]))*)")
_FLOWING = pattern(
    rf"{_QUOTED}|(?P<plain>{_FIRST}(?:[^ :#,\[\]{{}}]|:(?=[^ :,\[\]{{}}])|(?<=[^ ])#| +(?=[^ :#,\[\]{{}}]))*)"
)
_FLOW_KEY = pattern(r"(\w[\w.-]{0,99}): +")
_COMMA = pattern(r" *, *")
_END = pattern(r"(?: *| +#.*)$")


class Mark:
    """A place: line and column from 0, `index` in code points from 0."""

    __slots__ = ("column", "index", "line")

    def __init__(self, line: int, column: int, index: int) -> None:
        self.line, self.column, self.index = line, column, index


class Written:
    """A node as `ruamel.yaml` composes it. `value` is a scalar's text, or the parts; `style` its quotes, if any."""

    __slots__ = ("end_mark", "id", "start_mark", "style", "tag", "value")

    def __init__(
        self,
        kind: Kind,
        value: str | list[Written] | list[tuple[Written, Written]],
        start: Mark,
        end: Mark,
        style: str | None = None,
    ) -> None:
        self.id, self.value, self.start_mark, self.end_mark, self.style = kind, value, start, end, style
        empty = kind == "scalar" and style is None and value in _NULLS
        self.tag = f"{_TAG}null" if empty else _TAGS[kind]


class _Unusual(Exception):
    """Something that is left to `ruamel.yaml`."""


class _Line:
    """A line with something on it. `start` is where it begins in the file, `at` what is read next of it."""

    __slots__ = ("at", "indent", "number", "start", "text")

    def __init__(self, number: int, start: int, text: str) -> None:
        self.number, self.start, self.text = number, start, text
        self.indent = self.at = len(text) - len(text.lstrip(" "))

    def mark(self, at: int) -> Mark:
        """A place on it."""
        return Mark(self.number, at, self.start + at)

    def found(self, wanted: re.Pattern[str]) -> re.Match[str]:
        """Read on, over what has to be next."""
        found = wanted.match(self.text, self.at)
        if found is None:
            raise _Unusual
        self.at = found.end()
        return found

    def ends(self) -> bool:
        """Whether nothing more is on it but a comment."""
        return _END.match(self.text, self.at) is not None


def composed(text: str) -> Written | None:
    """The root of a usual config; None for one that is left to `ruamel.yaml`."""
    plain = text.isascii() and text.replace("\n", "").isprintable()  # then the pattern, which is costly, has no match
    if not plain and _STRANGE.search(text):
        return None
    lines, start = [], 0
    for number, line in enumerate(text.split("\n")):
        if not _BLANK.fullmatch(line):
            lines.append(_Line(number, start, line))
        start += len(line) + 1
    try:
        return _Blocks(lines).root() if lines else None
    except _Unusual:
        return None


class _Blocks:
    """What is nested by its indentation."""

    def __init__(self, lines: list[_Line]) -> None:
        self._lines = lines
        self._next = 0

    def root(self) -> Written:
        """The whole document."""
        root = self._mapping(0, _DEPTH)
        if self._line() is not None:
            raise _Unusual
        return root

    def _line(self) -> _Line | None:
        return self._lines[self._next] if self._next < len(self._lines) else None

    def _mapping(self, indent: int, depth: int) -> Written:
        """Settings that all begin in one column."""
        first = self._lines[self._next]
        entries: list[tuple[Written, Written]] = []
        while (line := self._line()) is not None and line.indent == indent:
            key = line.found(_SETTING)
            name = Written("scalar", key[1], line.mark(key.start(1)), line.mark(key.end(1)))
            self._next += 1
            entries.append((name, self._value(line, indent, depth) if depth else _unusual()))
        if not entries:
            raise _Unusual
        return Written("mapping", entries, first.mark(first.indent), entries[-1][1].end_mark)

    def _value(self, line: _Line, indent: int, depth: int) -> Written:
        """What follows a name: on its line, or on those below it."""
        if not line.ends():
            line.found(_SPACES)
            found = _flow(line, _SCALAR, depth)
            line.found(_END)
            self._require_end(indent)
            return found
        below = self._line()
        if below is None or below.indent < indent:
            return _nothing(line)
        if below.text.startswith("- ", below.indent):
            return self._sequence(below.indent, depth - 1, inside=indent)
        return _nothing(line) if below.indent == indent else self._mapping(below.indent, depth - 1)

    def _sequence(self, indent: int, depth: int, *, inside: int) -> Written:
        """A list with an item on each line."""
        first, items = self._lines[self._next], list[Written]()
        while (line := self._line()) is not None and line.indent == indent and line.text.startswith("- ", indent):
            line.found(_ITEM)
            items.append(_flow(line, _SCALAR, depth))
            line.found(_END)
            self._next += 1
        self._require_end(inside)
        return Written("sequence", items, first.mark(indent), items[-1].end_mark)

    def _require_end(self, indent: int) -> None:
        """What is indented further would go on with a value, or be a mistake."""
        below = self._line()
        if below is not None and below.indent > indent:
            raise _Unusual


def _flow(line: _Line, scalars: re.Pattern[str], depth: int) -> Written:
    """A value on one line: a scalar, or what is in braces or brackets."""
    if depth < 0:
        raise _Unusual
    opens = line.text[line.at : line.at + 1]
    if opens not in ("{", "["):
        return _scalar(line, scalars)
    start = line.mark(line.at)
    line.at += 1
    closes = "}" if opens == "{" else "]"
    entries: list[tuple[Written, Written]] = []
    items: list[Written] = []
    while not line.text.startswith(closes, line.at):
        if entries or items:
            line.found(_COMMA)
        if opens == "{":
            key = line.found(_FLOW_KEY)
            name = Written("scalar", key[1], line.mark(key.start()), line.mark(key.end(1)))
            entries.append((name, _flow(line, _FLOWING, depth - 1)))
        else:
            items.append(_flow(line, _FLOWING, depth - 1))
    line.at += 1
    end = line.mark(line.at)
    return Written("mapping", entries, start, end) if opens == "{" else Written("sequence", items, start, end)


def _scalar(line: _Line, scalars: re.Pattern[str]) -> Written:
    found = line.found(scalars)
    plain = found["plain"] is not None
    text = found[0] if plain else found[0][1:-1]
    return Written("scalar", text, line.mark(found.start()), line.mark(found.end()), None if plain else found[0][0])


def _nothing(line: _Line) -> Written:
    """No value."""
    return Written("scalar", "", line.mark(line.at), line.mark(line.at))


def _unusual() -> Written:
    raise _Unusual
