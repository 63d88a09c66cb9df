"""Removes elements of HTML that are not said to a reader: what is hidden, captions, links to read on.

One pass over the tags, so that unclosed ones cannot make it slow; what is not closed keeps its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from syndicate.model.pattern import pattern
from syndicate.sources.parsing.html_text import ATTRIBUTES

_TAG = pattern(rf"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)({ATTRIBUTES})>")
_SUSPECT = (
    "hidden",
    "display",
    "nosnippet",
    "caption",
    "credit",
    "screen-reader",
    "sr-only",
    "more",
    "continue-reading",
)
_HIDDEN = pattern(
    r"""(?:^|\s)(?:hidden(?=[\s/]|$|=["']?(?:hidden)?["']?(?:\s|$))|data-nosnippet\b"""
    r"""|style\s*=\s*["']?[^"'>]*(?:display\s*:\s*none|visibility\s*:\s*hidden))""",
    re.IGNORECASE,
)
_CLASS = pattern(r"""(?:^|\s)class\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_VOID = frozenset(["area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr"])
_UNSEEN = frozenset(["screen-reader-text", "screen-reader-only", "sr-only", "visually-hidden", "visuallyhidden"])
_CAPTIONS = frozenset([
    "wp-caption-text", "wp-element-caption", "caption", "caption-text", "captiontext", "image-caption", "img-caption",
    "photo-caption", "picture-caption", "media-caption", "gallery-caption", "image_caption", "tr-caption", "figcaption",
    "credit", "credits", "photo-credit", "photocredit", "photo_credit", "image-credit", "img-credit", "media-credit",
    "picture-credit", "blocks-gallery-caption",
])  # fmt: skip
_MORE = frozenset([
    "more-link", "morelink", "moretag", "more-tag", "read-more", "readmore", "read_more", "read-more-link",
    "excerpt-more", "continue-reading", "entry-more", "entry-more-link", "more-link-container", "read-more-container",
])  # fmt: skip
SHORT = 1_000  # characters of an element with its tags, which is longer than any caption or link to read on


def spoken(markup: str) -> str:
    """The HTML without what readers do not see, and without links to read on."""
    return _without(markup, lambda _, said, length: _unseen(said) or (length < SHORT and _is(said, _MORE)))


def uncaptioned(markup: str) -> str:
    """The HTML without captions and credits of pictures."""
    return _without(
        markup, lambda name, said, length: name == "figcaption" or (length < SHORT and _is(said, _CAPTIONS))
    )


def _unseen(said: str) -> bool:
    return bool(said) and (_HIDDEN.search(said) is not None or _is(said, _UNSEEN))


def _is(said: str, names: frozenset[str]) -> bool:
    """Whether an element has one of these classes."""
    found = _CLASS.search(said)
    return found is not None and not names.isdisjoint((found[1] or found[2] or found[3] or "").lower().split())


def _without(markup: str, unwanted: Callable[[str, str, int], bool]) -> str:
    """The HTML without elements for which `unwanted` says so: of their name, attributes and length."""
    small = markup.lower()
    if not any(sign in small for sign in _SUSPECT):
        return markup
    kept, position = [], 0
    for start, end in sorted(_elements(markup, unwanted)):
        if start >= position:
            kept += [markup[position:start], " "]
            position = end
    return "".join([*kept, markup[position:]])


def _elements(markup: str, unwanted: Callable[[str, str, int], bool]) -> Iterator[tuple[int, int]]:
    """Where the unwanted elements begin and end."""
    opened: dict[str, list[tuple[int, str]]] = {}
    for tag in _TAG.finditer(markup):
        closing, name, said = tag[1], tag[2].lower(), tag[3]
        if name in _VOID or said.endswith("/"):
            continue
        if not closing:
            opened.setdefault(name, []).append((tag.start(), said))
        elif opened.get(name):
            start, said = opened[name].pop()
            if (said or name == "figcaption") and unwanted(name, said, tag.end() - start):
                yield start, tag.end()
