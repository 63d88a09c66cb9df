"""Sets one list in the front matter of a Markdown file, line by line: whatever else stands there stays as it was typed.

YAML between `---` and TOML between `+++`. What was made is read again, and only taken where nothing else has changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from syndicate.sources.formats import frontmatter
from syndicate.sources.formats.frontmatter import Unreadable

Entry = Mapping[str, str | None]

_FENCE = re.compile(r"(?:\ufeff)?(---|\+\+\+)[ \t]*\r?\n")
_ENDS = {"---": re.compile(r"(?:---|\.\.\.)[ \t]*\r?\n?$"), "+++": re.compile(r"\+\+\+[ \t]*\r?\n?$")}
_TABLE = re.compile(r"[ \t]*\[")


def edited(text: str, key: str, entries: Sequence[Entry]) -> str:
    """The file with this list under the key, or without the key where the list is empty. Raises Unreadable."""
    found = _FENCE.match(text)
    if found is None:
        raise Unreadable("it has no front matter between --- or +++ lines, which is needed to write into it")
    said, body = frontmatter.split(text)
    before, lines, rest = _parts(text, found)
    newline = "\r\n" if lines[0].endswith("\r\n") or before.endswith("\r\n") else "\n"
    if found[1] == "---":
        made = _in_yaml(lines, key, [line + newline for line in _yaml(key, entries)] if entries else [])
    else:
        made = _in_toml(lines, key, [_toml(key, entries) + newline] if entries else [])
    result = before + "".join(made) + rest
    _require_same(result, said, body, key, entries)
    return result


def _parts(text: str, found: re.Match[str]) -> tuple[str, list[str], str]:
    """What stands before the lines of the front matter, these, and the rest from the closing line on."""
    lines = text[found.end() :].splitlines(keepends=True)
    for number, line in enumerate(lines):
        if _ENDS[found[1]].fullmatch(line):
            return text[: found.end()], lines[:number] or [""], "".join(lines[number:])
    raise Unreadable(f"the {found[1]} at its head is not closed")


def _in_yaml(lines: list[str], key: str, block: list[str]) -> list[str]:
    """The lines with the block in the place of the key's, or at the end."""
    named = re.compile(rf"(?:{re.escape(key)}|\"{re.escape(key)}\"|'{re.escape(key)}')[ \t]*:(?:\s|$)")
    start = next((number for number, line in enumerate(lines) if named.match(line)), None)
    if start is None:
        return [*lines, *block]
    end, last = start + 1, start + 1
    while end < len(lines) and (lines[end].startswith((" ", "\t", "- ")) or not lines[end].strip()):
        end += 1
        last = end if lines[end - 1].strip() else last
    return [*lines[:start], *block, *lines[last:]]


def _in_toml(lines: list[str], key: str, line: list[str]) -> list[str]:
    """The lines with one for the key in its place, or before the first table: what follows that belongs to it."""
    named = re.compile(rf"[ \t]*(?:{re.escape(key)}|\"{re.escape(key)}\")[ \t]*=")
    tables = next((number for number, each in enumerate(lines) if _TABLE.match(each)), len(lines))
    start = next((number for number, each in enumerate(lines[:tables]) if named.match(each)), None)
    if start is None:
        return [*lines[:tables], *line, *lines[tables:]]
    return [*lines[:start], *line, *lines[start + 1 :]]


def _yaml(key: str, entries: Sequence[Entry]) -> list[str]:
    lines = [f"{key}:"]
    for entry in entries:
        pairs = [f"{name}: {_quoted(value)}" for name, value in entry.items() if value is not None]
        lines += [f"  - {pairs[0]}", *(f"    {pair}" for pair in pairs[1:])]
    return lines


def _toml(key: str, entries: Sequence[Entry]) -> str:
    tables = (
        ", ".join(f"{name} = {_quoted(value)}" for name, value in entry.items() if value is not None)
        for entry in entries
    )
    return f"{key} = [{', '.join(f'{{ {table} }}' for table in tables)}]"


def _quoted(value: str) -> str:
    """A text in double quotes, which YAML and TOML read as JSON does."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _require_same(
    result: str, said: Mapping[str, frontmatter.Value], body: str, key: str, entries: Sequence[Entry]
) -> None:
    """Raise Unreadable unless only this key was changed."""
    now, text = frontmatter.split(result)
    name = key.lower()
    wanted = [{each: value for each, value in entry.items() if value is not None} for entry in entries]
    others = {each: value for each, value in said.items() if each != name}
    if (
        text != body
        or {each: value for each, value in now.items() if each != name} != others
        or (now.get(name, []) != wanted)
    ):
        raise Unreadable(f"`{key}` cannot be set in it line by line; take out what stands there now")
