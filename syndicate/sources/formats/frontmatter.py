"""Reads the front matter of a Markdown file: YAML between `---`, TOML between `+++`, or a JSON object.

Every value becomes text, a list or a mapping: a date stays as it was typed, and only `dates`
decides what it means.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time
from typing import Any, TypeAlias

Value: TypeAlias = "str | bool | list[Value] | dict[str, Value] | None"

LONGEST = 64_000
"""Characters of front matter that are read at most."""
_NODES = 5_000  # an alias of YAML can make millions of a few
_FENCED = {
    "---": re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*$\n?", re.DOTALL | re.MULTILINE),
    "+++": re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*$\n?", re.DOTALL | re.MULTILINE),
}


class Unreadable(Exception):
    """The front matter cannot be read."""


def split(text: str) -> tuple[dict[str, Value], str]:
    """The front matter and the rest of the text; ({}, text) without any. Keys are in lower case. Raises Unreadable."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if text.startswith("{"):
        return _json(text)
    fence = text[:3]
    if fence not in _FENCED:
        return _unfenced(text)
    found = _FENCED[fence].match(text, 0, LONGEST)
    if found is None:
        raise Unreadable(f"the {fence} at its head is not closed")
    said = _yaml(found[1]) if fence == "---" else _toml(found[1])
    return _named(said), text[found.end() :]


def line_of(text: str, key: str) -> int:
    """The line of a file on which a setting of its front matter begins, counted from 1; 1 where it is not found."""
    named = re.compile(rf"^[ \t.\[{{]*[\"']?{re.escape(key)}[\"']?\]?[ \t]*(?:[:=]|$)", re.IGNORECASE | re.MULTILINE)
    found = named.search(text[:LONGEST])
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _unfenced(text: str) -> tuple[dict[str, Value], str]:
    """Metadata without an opening line: Nikola's comment, Hexo's closing line, the lines of Pelican and MultiMarkdown.

    Only where a title is among them, since prose may begin with a word and a colon.
    """
    for pattern, field, read in _OPEN:
        found = pattern.match(text, 0, LONGEST)
        if found is None:
            continue
        said = read(found[1]) if read else {name.lower(): value for name, value in field.findall(found[1])}
        if isinstance(said, dict) and any(str(name).lower() == "title" for name in said):
            named = _named({str(name).strip(): value for name, value in said.items()})
            lines = {name: _line(value) if isinstance(value, str) else value for name, value in named.items()}
            return lines, text[found.end() :]
    return {}, text


def _json(text: str) -> tuple[dict[str, Value], str]:
    try:
        said, end = json.JSONDecoder(strict=False).raw_decode(text[:LONGEST])
    except (ValueError, RecursionError) as fault:
        raise Unreadable(f"its JSON cannot be read: {_line(fault)}") from fault
    return _named(said), text[end:]


def _toml(text: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as fault:
        raise Unreadable(f"its TOML cannot be read: {_line(fault)}") from fault


def _yaml(text: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, ValueError, RecursionError) as fault:
        raise Unreadable(f"its YAML cannot be read: {_line(getattr(fault, 'problem', None) or fault)}") from fault
    return None if node is None else _made(node, [_NODES])


def _made(node: Any, left: list[int], depth: int = 0) -> Value:
    """A YAML node as a value; scalars stay as they were typed, except true, false and null."""
    left[0] -= 1
    if left[0] < 0 or depth > 20:
        raise Unreadable("its YAML is larger than any article needs")
    if isinstance(node.value, str):
        tag = str(node.tag)
        if tag.endswith(":null"):
            return None
        return node.value.lower() == "true" if tag.endswith(":bool") else str(node.value)
    if node.value and isinstance(node.value[0], tuple):
        return {
            str(key.value): _made(value, left, depth + 1) for key, value in node.value if isinstance(key.value, str)
        }
    return [_made(item, left, depth + 1) for item in node.value]


def _named(said: Any) -> dict[str, Value]:
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise Unreadable("its front matter is not a list of `name: value`")
    return {str(name).lower(): _plain(value) for name, value in said.items()}


def _plain(value: Any, depth: int = 0) -> Value:
    """A value of YAML, TOML or JSON as text, lists and mappings."""
    if depth > 20:
        raise Unreadable("its front matter is larger than any article needs")
    match value:
        case None | bool() | str():
            return value
        case datetime() | date() | time():
            return value.isoformat()
        case list():
            return [_plain(item, depth + 1) for item in value]
        case dict():
            return {str(name).lower(): _plain(item, depth + 1) for name, item in value.items()}
        case _:
            return str(value)


def _line(fault: object) -> str:
    return " ".join(str(fault).split())[:200]


def _hexo(text: str) -> Any:
    try:
        return _yaml(text)
    except Unreadable:
        return None


_LINE = re.compile(r"^([A-Za-z][\w -]{0,40}):[ \t]*(.*(?:\n[ \t]+\S.*)*)$", re.MULTILINE)
_DOTS = re.compile(r"^\.\. ([\w-]+):[ \t]*(.*)$", re.MULTILINE)
_OPEN = (
    (re.compile(r"\s*(?:<!--\s*)?((?:\.\. [\w-]+:.*\n)+)\s*(?:-->)?"), _DOTS, None),
    (re.compile(r"((?:[A-Za-z][\w-]*:.*\n|[ \t]+\S.*\n|- .*\n)+)---[ \t]*(?:\n|\Z)"), _LINE, _hexo),
    (re.compile(r"((?:[A-Za-z][\w -]{0,40}:.*(?:\n|\Z)(?:[ \t]+\S.*(?:\n|\Z))*)+)(?:[ \t]*\n|\Z)"), _LINE, None),
)
"""How metadata without an opening line looks, its fields, and how it is read if not field by field."""
