"""Finds what in a printed card would load something from outside: in its style sheet, its attributes and its tags.

Words of a story are no such thing, wherever they stand as text: "How url(photo.png) works" is a headline. Pure.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

OWN = "asset:"
"""What a card may load begins with this: the theme's own logo."""

_SUSPECT = re.compile(
    r"url|src\s*\(|import|image-set|image\s*\(|cross-fade|\\|&#|<\s*(?:\w+:)?(?:link|script|iframe|object|embed|base)\b",
    re.IGNORECASE,
)
"""Without any of this, a card loads nothing; so that most cards need not be parsed for it."""
_UNCLOSED = re.compile(r"<(?:\w+:)?style\b[^>]*>?", re.IGNORECASE)
"""A style sheet that does not end. What ends has been taken out of the HTML."""
_TAGS = frozenset({"link", "script", "iframe", "object", "embed", "base"})
_STYLED = frozenset(
    {"style", "background", "fill", "stroke", "filter", "mask", "clip-path", "cursor"}
    | {"marker", "marker-start", "marker-mid", "marker-end"}
)
"""Attributes that hold CSS; the values of SVG's presentation attributes do."""
_LOADING = frozenset({"url", "src"})
_WITH_TEXTS = frozenset({"image-set", "-webkit-image-set", "image", "cross-fade", "-webkit-cross-fade"})
"""Functions in which a text is an address (CSS Images 4)."""


def outside(html: str, css: str) -> str | None:
    """What of a card's HTML or CSS would load something from outside, in a few characters; None if nothing would."""
    if not (_SUSPECT.search(html) or _SUSPECT.search(css)):
        return None
    parts = _Pieces()
    parts.feed(html)
    parts.close()
    if parts.tags:
        return f"<{parts.tags[0]}>"
    unclosed = [html[each.end() :] for each in _UNCLOSED.finditer(html)]
    return next((found for each in (css, *parts.css, *unclosed) if (found := _in_css(each))), None)


class _Pieces(HTMLParser):
    """The forbidden tags of an HTML text, and all CSS in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.css: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag.rpartition(":")[2] in _TAGS:
            self.tags.append(tag)
        self.css += [value for name, value in attrs if value and name.rpartition(":")[2] in _STYLED]


@functools.lru_cache(maxsize=64)
def _in_css(css: str) -> str | None:
    import tinycss2

    if not _SUSPECT.search(css):
        return None
    return next(_loading(tinycss2.parse_component_value_list(css)), None)


def _loading(tokens: Iterable[Any], *, texts: bool = False) -> Iterator[str]:
    """The tokens that load something. CSS's own escapes are undone, comments and texts are what they are."""
    for token in tokens:
        if token.type == "url" and not token.value.startswith(OWN):
            yield f"url({token.value[:40]})"
        elif token.type == "at-keyword" and token.lower_value == "import":
            yield "@import"
        elif token.type == "error" and token.kind == "bad-url":
            yield "url("
        elif token.type == "string" and texts and not token.value.startswith(OWN):
            yield f"'{token.value[:40]}'"
        elif token.type == "function":
            loads = token.lower_name in _LOADING
            if loads and not any(each.type == "string" for each in token.arguments):
                yield f"{token.lower_name}("
            yield from _loading(token.arguments, texts=loads or token.lower_name in _WITH_TEXTS)
        elif token.type in ("() block", "[] block", "{} block"):
            yield from _loading(token.content, texts=texts)
