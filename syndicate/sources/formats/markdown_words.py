"""Makes simple HTML of a Markdown text, for its words: paragraphs, line breaks and links. Everything else is left out.

Facts: spec.commonmark.org/0.31.2. What is no markup stays as it is, such as the stars in "2 * 3 * 4".
"""

from __future__ import annotations

import re
from html import escape

from syndicate.model.pattern import pattern

_READ = 50_000  # characters of a text that are looked at
_FENCE = pattern(r"^[ ]{0,3}(?:```|~~~)[^\n]*$", re.MULTILINE)
_DEFINITION = pattern(r"^[ ]{0,3}\[([^\[\]\n]{1,200})\]:[ \t]*<?([^\s<>]{1,2000})>?[^\n]*$", re.MULTILINE)
_INLINE = pattern(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`{1,3})(?P<code>[^`]{1,2000})(?P=ticks)"
    r"|!\[[^\[\]]{0,1000}\]\([^()\n]{0,2000}(?:\([^()\n]{0,500}\)[^()\n]{0,500})?\)"
    r"|\[(?P<words>[^\[\]]{1,1000})\]\(\s*<?(?P<place>[^\s()<>]{0,2000}(?:\([^\s()<>]{0,500}\)[^\s()<>]{0,500})?)>?"
    r"(?:\s+(?:\"[^\"\n]{0,1000}\"|'[^'\n]{0,1000}'))?\s*\)"
    r"|\[(?P<named>[^\[\]]{1,1000})\](?:\[(?P<name>[^\[\]]{0,200})\])?"
    r"|<(?P<address>https?://[^\s<>]{1,2000})>"
    r"|(?P<bare>https?://[^\s<>]+)"
)
_STRONG = pattern(r"(?<![\w*])(\*{1,3})(?=[^\s*])([^*\n]{1,2000}?)(?<=[^\s*])\1(?![\w*])")
_LOW = pattern(r"(?<![\w_])(_{1,3})(?=[^\s_])([^\n]{1,2000}?)(?<=[^\s_])\1(?![\w_])")
_STRUCK = pattern(r"~~(?=\S)([^~\n]{1,2000}?)(?<=\S)~~")
_BLOCK = pattern(r"^[ ]{0,3}(?:#{1,6}[ \t]+(?P<head>[^\n]*?)[ \t#]*|>[ ]?(?P<quote>[^\n]*))$", re.MULTILINE)
_RULE = pattern(r"^[ ]{0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|=+)[ \t]*$", re.MULTILINE)
_ITEM = pattern(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+")
_BREAK = pattern(r"(?:[ ]{2,}|\\)\n")


def as_html(text: str) -> str:
    """The text as paragraphs of HTML; HTML that it has stays."""
    text = text[:_READ].replace("\r\n", "\n")
    places = {name.casefold(): place for name, place in _DEFINITION.findall(text)}
    text = _RULE.sub("", _FENCE.sub("", _DEFINITION.sub("", text)))
    text = _BLOCK.sub(lambda found: found["quote"] if found["head"] is None else f"\n{found['head']}\n", text)
    return "".join(f"<p>{_lines(each, places)}</p>" for each in re.split(r"\n[ \t]*\n", text) if each.strip())


def _lines(block: str, places: dict[str, str]) -> str:
    """One paragraph. A line goes on in the next, unless it is broken, or one of a list."""
    lines = _BREAK.sub("<br>\n", block.strip("\n")).split("\n")
    listed = [f"<br>{line.strip()}" if at and _ITEM.match(line) else line.strip() for at, line in enumerate(lines)]
    return _inline(" ".join(listed), places)


def _inline(text: str, places: dict[str, str]) -> str:
    kept: list[str] = []

    def keep(html: str) -> str:
        kept.append(html)
        return f"\U0010fff3{len(kept) - 1}\U0010fff4"

    def read(found: re.Match[str]) -> str:
        if found["escaped"] or found["code"]:
            return keep(escape(found["escaped"] or found["code"], quote=False))
        if found["address"] or found["bare"]:
            return keep(escape(found["address"] or found["bare"], quote=False))
        words, place = found["words"], found["place"]
        if found["named"]:
            words, place = found["named"], places.get((found["name"] or found["named"]).casefold(), "")
            if not place:
                return found[0]
        return f"{keep(_opened(place))}{words}{keep('</a>')}" if words else ""

    text = _INLINE.sub(read, text.replace("\U0010fff3", "").replace("\U0010fff4", ""))
    for marks in (_STRONG, _STRONG, _LOW):
        text = marks.sub(r"\2", text)
    text = _STRUCK.sub(r"\1", text)
    return re.sub("\U0010fff3(\\d+)\U0010fff4", lambda found: kept[int(found[1])], text)


def _opened(place: str) -> str:
    return f'<a href="{escape(place)}">'
