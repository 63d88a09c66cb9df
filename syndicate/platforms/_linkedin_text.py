r"""LinkedIn's "little text format": how a post's text is written for its API, and read from it.

Each reserved character needs a backslash, also where it means nothing, and also in an address. At the first one without
it, LinkedIn cuts the text and still answers 201 (ComposioHQ/composio#2710, 2026-02; apoorvdarshan/crossposter v1.1.5).
https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format (li-lms-2026-05).
"""

from __future__ import annotations

import re
import unicodedata

from syndicate.model.pattern import pattern

RESERVED = "\\|{}@[]()<>#*_~"
_SIGNS = "#＃"  # noqa: RUF001  (the full-width sign is meant)
_SPECIAL = pattern(r"https?://[^\s<>\"]+|[\\|{}@\[\]()<>#*_~＃]", re.IGNORECASE)  # noqa: RUF001  (meant)
_WRITTEN = pattern(
    r"\{hashtag\|\\?(?P<sign>[#＃])\|(?P<tag>(?:\\.|[^}\\])*)\}"  # noqa: RUF001  (the full-width sign is meant)
    r"|@\[(?P<name>(?:\\.|[^\]\\])*)\]\(urn:[^)]*\)"
    r"|\\(?P<plain>.)",
    re.DOTALL,
)
_ESCAPED = pattern(r"\\(.)", re.DOTALL)
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


def commentary(text: str) -> str:
    """The text as the API takes it: hashtags as templates, and a backslash before each reserved character."""
    made, at = [], 0
    for found in _SPECIAL.finditer(text):
        start = found.start()
        if start < at:
            continue
        tag = _tag_at(text, start) if found[0] in _SIGNS else ""
        made += [text[at:start], _template(found[0], tag) if tag else escaped(found[0])]
        at = found.end() + len(tag)
    return "".join((*made, text[at:]))


def plain(written: str) -> str:
    """What `commentary` was made of; of a mention, its name."""
    return _WRITTEN.sub(_read, written)


def length(text: str) -> int:
    """UTF-16 units of the text as the API takes it, with its backslashes and templates.

    LinkedIn does not say whether these count, nor in which unit (asked 2026-11-23): this is the most that it can be.
    """
    return len(commentary(text).encode("utf-16-le", "surrogatepass")) // 2


def escaped(words: str) -> str:
    """The words with a backslash before each reserved character."""
    return "".join(f"\\{character}" if character in RESERVED else character for character in words)


def _template(sign: str, tag: str) -> str:
    return f"{{hashtag|{escaped(sign)}|{escaped(tag)}}}"


def _tag_at(text: str, sign: int) -> str:
    """The hashtag that begins with the sign there: letters, digits, marks and `_` of any script; "" if it is none."""
    before = text[sign - 1] if sign else ""
    if before and (before.isalnum() or before in "_/&" or before in _SIGNS):
        return ""
    end = sign + 1
    while end < len(text) and _fits(text[end]):
        end += 1
    tag = text[sign + 1 : end]
    return tag if any(character.isalpha() for character in tag) else ""


def _fits(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character == "_"
    return character.isalnum() or character in _JOINERS or unicodedata.category(character) in ("Mn", "Mc")


def _read(found: re.Match[str]) -> str:
    if found["sign"]:
        return found["sign"] + _ESCAPED.sub(r"\1", found["tag"])
    return _ESCAPED.sub(r"\1", found["name"]) if found["name"] is not None else found["plain"]
