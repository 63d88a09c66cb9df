"""Writes a text so that Misskey shows its words as they are: outside of addresses and hashtags nothing is markup. Pure.

MFM, the markup of Misskey and its relatives: misskey-dev/mfm.js @ 024d2b9f, src/internal/parser.ts, and docs/syntax.md
@ 1ad3a348 (read 2026-11-29). `<plain>` shows all that is in it as it is; `<https://…>` is an address with characters
that MFM would end it at.
"""

from __future__ import annotations

import re

from syndicate.model.pattern import pattern
from syndicate.text import addresses

_MARKUP = pattern(
    r"""
      \*\*                                      # bold, and an animation
    | \*[a-z0-9 \t\u3000]+\*                    # italic
    | __ | _[a-z0-9 \t\u3000]+_                 # bold, italic
    | ` | ~~                                    # code, struck out
    | \\[(\[]                                   # formula
    | \$\[                                      # function
    | \]\(                                      # link
    | :[a-z0-9_+-]+:                            # emoji
    | </?(?:center|small|plain|b|i|s)> | <$     # tags
    | https?://                                 # an address where only MFM sees one
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SEARCH = pattern(r"(?:^|[ \t\u3000])\[?(?:search|検索)\]?$", re.IGNORECASE)
"""A line that ends so becomes a box to search the web."""
_TAG = pattern(r"(?<![a-z0-9])#\w++(?!://)", re.IGNORECASE)
_IN_ADDRESS = frozenset(".,_/:%#@$&?!~=+-")
_PAIRS = {"(": ")", "[": "]"}
_DEPTH = 20
"""Brackets within brackets that MFM reads in an address."""
_OPEN, _CLOSE = "<plain>", "</plain>"
_ENDING = pattern(r"<(?=/plain>)", re.IGNORECASE)
_BREAK = "\N{ZERO WIDTH SPACE}"
_BRACKETS = pattern(r"<(https?://[^\s<>]+)>", re.IGNORECASE)


def shielded(text: str) -> str:
    """The text with `<plain>` around words that would be markup, and brackets around addresses that would be cut."""
    return "\n".join(_line(line) for line in text.split("\n"))


def shown(note: str) -> str:
    """The words of a note without what `shielded` writes around them."""
    return _BRACKETS.sub(r"\1", note).replace(_OPEN, "").replace(_CLOSE, "").replace(f"<{_BREAK}/plain>", _CLOSE)


def length(text: str) -> int:
    """UTF-16 code units of what is sent: Sharkey counts these, Misskey code points, which are never more."""
    return len(shielded(text).encode("utf-16-le", "surrogatepass")) // 2


def _line(line: str) -> str:
    """One line, in parts: addresses, and hashtags, stay what they are."""
    kept = [(start, end, _linked(line, start, end)) for start, end in addresses(line)]
    within = [(start, end) for start, end, _ in kept]
    kept += [
        (tag.start(), tag.end(), tag.group())
        for tag in _TAG.finditer(line)
        if not any(start < tag.end() and tag.start() < end for start, end in within)
    ]
    parts, done = [], 0
    for start, end, written in sorted(kept):
        parts += [_words(line[done:start], first=done == 0, last=False), written]
        done = end
    return "".join([*parts, _words(line[done:], first=done == 0, last=True)])


def _words(words: str, *, first: bool, last: bool) -> str:
    """Words between addresses. `first`: a line begins with them, where `>` quotes; `last`: it ends with them."""
    marked = _MARKUP.search(words) or (first and words.startswith(">")) or (last and _SEARCH.search(words))
    return f"{_OPEN}{_ENDING.sub('<' + _BREAK, words)}{_CLOSE}" if marked else words


def _linked(line: str, start: int, end: int) -> str:
    """The address in a line so that MFM reads all of it, and nothing that follows."""
    begin = line.index("//", start) + 2
    stop = _read(line, begin)
    while stop > begin and line[stop - 1] in ".,":
        stop -= 1
    return line[start:end] if stop == end else f"<{line[start:end]}>"


def _read(line: str, at: int, closing: str = "", depth: int = 0) -> int:
    """How far MFM reads an address from here; in brackets, behind what closes them, else nowhere."""
    start = at
    while at < len(line):
        char = line[at]
        if char == closing:
            return at + 1
        if char in _PAIRS and depth < _DEPTH:
            end = _read(line, at + 1, _PAIRS[char], depth + 1)
            if end == at + 1:
                break
            at = end
        elif char in _IN_ADDRESS or (char.isascii() and char.isalnum()):
            at += 1
        else:
            break
    return start if closing else at
