r"""Reads LinkedIn's little text format as LinkedIn does: at a reserved character without a backslash the text ends.

The elements: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format
(li-lms-2026-05); the cut text: ComposioHQ/composio#2710 (2026-02).
"""

from __future__ import annotations

RESERVED = frozenset("\\|{}@[]()<>#*_~")
TEMPLATE = "{hashtag|"


def shown(written: str) -> str:
    """What readers see of a text."""
    seen, at = [], 0
    while at < len(written):
        step, words = _next(written, at)
        if step == 0:
            break
        seen.append(words)
        at += step
    return "".join(seen)


def units(written: str) -> int:
    """How long the text is: UTF-16 units, with all that is written."""
    return sum(2 if ord(character) > 0xFFFF else 1 for character in written)


def _next(written: str, at: int) -> tuple[int, str]:
    """How far the next element goes, and what is seen of it; 0 where nothing can be read."""
    if written[at] == "\\":
        return (2, written[at + 1]) if at + 1 < len(written) else (0, "")
    if written.startswith(TEMPLATE, at):
        return _hashtag(written, at)
    if written.startswith("@[", at):
        return _mention(written, at)
    if written[at] == "#" and written[at + 1 : at + 2].isalnum():
        return 1, "#"
    return (0, "") if written[at] in RESERVED else (1, written[at])


def _hashtag(written: str, at: int) -> tuple[int, str]:
    end = _closing(written, at + len(TEMPLATE), "}")
    if end < 0:
        return 0, ""
    sign, bar, word = written[at + len(TEMPLATE) : end].partition("|")
    if not bar or _bare(sign) not in ("#", "＃") or not word:  # noqa: RUF001  (the full-width sign is meant)
        return 0, ""
    return end + 1 - at, _bare(sign) + _bare(word)


def _mention(written: str, at: int) -> tuple[int, str]:
    end = _closing(written, at + 2, "]")
    if end < 0 or not written.startswith("(urn:li:", end + 1):
        return 0, ""
    close = written.find(")", end)
    return (close + 1 - at, _bare(written[at + 2 : end])) if close > 0 else (0, "")


def _closing(written: str, at: int, sign: str) -> int:
    """Where the sign stands next without a backslash; -1 if nowhere."""
    while at < len(written):
        if written[at] == "\\":
            at += 1
        elif written[at] == sign:
            return at
        at += 1
    return -1


def _bare(words: str) -> str:
    """The words without the backslashes before their characters."""
    bare, at = [], 0
    while at < len(words):
        at += words[at] == "\\" and at + 1 < len(words)
        bare.append(words[at])
        at += 1
    return "".join(bare)
