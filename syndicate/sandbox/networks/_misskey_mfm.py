"""Reads MFM, the markup of Misskey: what a reader sees of a note, which links it has, and what would be formatted.

misskey-dev/mfm.js @ 024d2b9f, src/internal/parser.ts: its alternatives in their order, without what is inside of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_PLAIN = re.compile(r"<plain>\n?(.+?)\n?</plain>", re.DOTALL)
_ADDRESS = re.compile(r"https?://")
_BRACKETED = re.compile(r"<(https?://[^\s>]+)>")
_HASHTAG = re.compile(r"(?<![a-zA-Z0-9])#[^\s\u3000.,!?'\"#:/\[\]【】()「」\uff08\uff09<>\x00\x01]+")
_SPACE = " \\t\\u3000"
NODES = {
    "tag": re.compile(r"<(center|small|b|i|s)>.+?</\1>", re.DOTALL),
    "bold": re.compile(rf"\*\*.+?\*\*|__[a-zA-Z0-9{_SPACE}]+__", re.DOTALL),
    "italic": re.compile(rf"(?<![a-zA-Z0-9])([*_])[a-zA-Z0-9{_SPACE}]+\1"),
    "code": re.compile(r"`[^`\u00b4\n]+`|^```[^\n]*\n.+?\n```$", re.DOTALL | re.MULTILINE),
    "quote": re.compile(r"^>[^\n]+", re.MULTILINE),
    "formula": re.compile(r"^\\\[.+?\\\]$|\\\([^\n]+?\\\)", re.DOTALL | re.MULTILINE),
    "strike": re.compile(r"~~[^~\n]+?~~"),
    "function": re.compile(r"\$\[[a-zA-Z0-9_]+(?:\.[^ \n]+)? .+?\]", re.DOTALL),
    "emoji": re.compile(r":[a-zA-Z0-9_+-]+:"),
    "link": re.compile(r"\??\[[^\]\n]+\]\(<?https?://[^\s)]+>?\)"),
    "search": re.compile(rf"^.*[{_SPACE}](?:\[(?:search|検索)\]|(?:search|検索))$", re.IGNORECASE | re.MULTILINE),
    "mention": re.compile(r"(?<![a-zA-Z0-9])@[a-zA-Z0-9_][a-zA-Z0-9_-]*(?:@[a-zA-Z0-9_.-]+)?"),
}
"""The nodes that change how words look, or call somebody."""


@dataclass(slots=True)
class Read:
    """A note as a reader sees it: `text`, the addresses that are `links`, and the kinds of nodes that it has."""

    text: str = ""
    links: list[str] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)


def read(note: str) -> Read:
    """Read a note."""
    found, rest, done = Read(), "", 0
    for plain in _PLAIN.finditer(note):
        rest += _addresses(note[done : plain.start()], found) + "\x00"
        found.text += plain[1]
        done = plain.end()
    rest += _addresses(note[done:], found)
    words = _HASHTAG.sub("\x02", rest)
    found.nodes = [name for name, node in NODES.items() if node.search(words)]
    return found


def _addresses(words: str, found: Read) -> str:
    """Take the addresses out of words outside of `<plain>`; they are put into `found`, with the words themselves."""
    left, at = "", 0
    while at < len(words):
        bracketed = _BRACKETED.match(words, at)
        begin = _ADDRESS.match(words, at)
        end = bracketed.end() if bracketed else _end(words, begin.end()) if begin else at
        if begin is not None and end == begin.end():
            end = at
        if end == at:
            left += words[at]
            found.text += words[at]
            at += 1
            continue
        address = bracketed[1] if bracketed else words[at:end]
        found.links.append(address)
        found.text += address
        left += "\x01"
        at = end
    return left


def _end(words: str, start: int) -> int:
    """Where an address ends: brackets belong to it in pairs, and a full stop or a comma at its end does not."""
    stack: list[tuple[str, int]] = []
    at = start
    while at < len(words):
        char = words[at]
        if char in "([":
            stack.append((")" if char == "(" else "]", at))
        elif char in ")]":
            if not stack or stack[-1][0] != char:
                break
            stack.pop()
        elif not (char.isascii() and (char.isalnum() or char in ".,_/:%#@$&?!~=+-")):
            break
        at += 1
    if stack:
        at = stack[0][1]
    while at > start and words[at - 1] in ".,":
        at -= 1
    return at
