"""Parses YAML into a tree whose keys and values know their line and column, and collects the mistakes in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from syndicate.config import usual_yaml
from syndicate.errors import ConfigError
from syndicate.model.dataclass import dataclass

if TYPE_CHECKING:
    from syndicate.config.yaml_mistakes import Mistake

__all__ = ["REFERENCE", "START", "Node", "Place", "Problems", "parse", "written"]

REFERENCE = re.compile(r"\$\$\{|\$\{([^{}\n]*)(\}?)")
"""`$${`, which stands for `${`; or a reference such as `${NAME}`, with its closing brace if it has one."""

_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")}
_DEPTH = 12
_SHOWN = 160
_UTF_8 = "save the file as UTF-8; editors offer that where they save"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the file: line and column from 1, `start` and `end` in code points from 0."""

    line: int
    column: int
    start: int
    end: int


START = Place(1, 1, 0, 0)
"""Where a file begins."""

Content: TypeAlias = "str | list[Node] | dict[str, Node] | None"


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value as it is written: scalars stay text (None if empty), since only their reader knows the type.

    `where` is its name for people, such as `accounts.masto.token`; `key` is the place of that name.
    """

    where: str
    value: Content
    place: Place
    key: Place


class Problems:
    """Collects all mistakes of one config file, each with its place. Values given to `hide` are never printed.

    `notes` are about what still works but has a new name. `filled` names the settings that have a stand-in,
    because the variable or file that they refer to is missing. `variables` are those that were read.
    """

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text
        self._found: dict[tuple[int, int, str], bool] = {}
        self._hidden: list[Place] = []
        self.secrets: set[str] = set()
        self.filled: set[str] = set()
        self.notes: list[str] = []
        self.variables: set[str] = set()

    def within(self, node: Node) -> Problems:
        """Mistakes of a part of the file, apart from those of the rest; those found in it so far are taken over."""
        part = Problems(self._name, self._text)
        part._hidden = [*self._hidden]
        first = (node.key.line, node.key.column)
        end = self._text.count("\n", 0, node.place.end) + 1, node.place.end - self._text.rfind("\n", 0, node.place.end)
        for found in [key for key in self._found if first <= key[:2] <= end]:
            part._found[found] = self._found.pop(found)
        return part

    def add(self, place: Place, message: str, *, show: bool = True) -> None:
        """Add a mistake; the same one twice (in a default that two accounts use) counts once."""
        self._found.setdefault((place.line, place.column, message), show)

    def note(self, place: Place, message: str) -> None:
        """Add a note, with its place; the file is good all the same."""
        self.notes.append(f"{self._name}:{place.line}:{place.column}: {message}")

    def hide(self, node: Node) -> None:
        """Never print the value that is written there, unless it is only a reference such as `${NAME}`."""
        if isinstance(node.value, dict):
            for child in node.value.values():
                self.hide(child)
        elif isinstance(node.value, list):
            for child in node.value:
                self.hide(child)
        elif node.value and REFERENCE.sub("", node.value):
            self._hidden.append(node.place)

    def check(self) -> None:
        """Raises ConfigError with every mistake, in the order of the file."""
        if not self._found:
            return
        lines = self._masked().splitlines()
        raise ConfigError(
            "\n".join(self._message(*key, lines if show else []) for key, show in sorted(self._found.items()))
        )

    def refuse(self, mistake: Mistake) -> NoReturn:
        """Raises ConfigError for what keeps the whole text from being read, with its line and the cure."""
        from syndicate.config.yaml_mistakes import harmless

        lines = [harmless(line) for line in self._text.splitlines()]
        message = self._message(mistake.line, mistake.column, mistake.message, lines)
        raise ConfigError(message, hint=mistake.hint) from None

    def _message(self, line: int, column: int, message: str, lines: list[str]) -> str:
        told = f"{self._name}:{line}:{column}: {self._redacted(message)}"
        if line > len(lines):
            return told
        source = self._redacted(lines[line - 1].strip())
        return f"{told}\n    {source if len(source) <= _SHOWN else source[: _SHOWN - 1] + '…'}"

    def _redacted(self, message: str) -> str:
        for secret in sorted(self.secrets, key=len, reverse=True):
            message = message.replace(secret, "***")
        return message

    def _masked(self) -> str:
        text = self._text
        for place in sorted(set(self._hidden), key=lambda place: place.start, reverse=True):
            breaks = "\n" * text.count("\n", place.start, place.end)
            text = f"{text[: place.start]}***{breaks}{text[place.end :]}"
        return text


def written(path: Path) -> str:
    """The text of a config file. Raises ConfigError."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file", hint="run syndicate init") from None
    except OSError as fault:
        raise ConfigError(f"{path}: cannot be read ({(fault.strerror or str(fault)).lower()})") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        column = fault.start - data.rfind(b"\n", 0, fault.start)
        message = f"{path}:{line}:{column}: not UTF-8 text (byte 0x{data[fault.start]:02x})"
        raise ConfigError(message, hint=_UTF_8) from None


def parse(text: str, problems: Problems, name: str) -> dict[str, Node]:
    """The settings of a config file by name. Raises ConfigError if it is no YAML, or no mapping."""
    root: Any = usual_yaml.composed(text)
    if root is None:
        root = _composed(text, problems, name)
        _bound(root, name)
    if root is None or root.tag == "tag:yaml.org,2002:null":
        raise ConfigError(f"{name}: is empty", hint="run syndicate init")
    if root.id != "mapping":
        kind = {"sequence": "a list", "scalar": "a single value"}[root.id]
        raise ConfigError(f"{name}:1:1: should contain settings such as `site:`, not {kind}", hint="run syndicate init")
    grown = _grown(root, "", _place(root), problems, _DEPTH)
    return grown.value if isinstance(grown.value, dict) else {}


def _composed(text: str, problems: Problems, name: str) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    from syndicate.config import yaml_mistakes

    try:
        return YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as fault:
        problems.refuse(yaml_mistakes.explained(fault, text))
    except YAMLError as fault:  # a character that no YAML text may hold
        problems.refuse(yaml_mistakes.unprintable(getattr(fault, "position", 0), text))
    except RecursionError:
        raise ConfigError(f"{name}: not valid YAML: nested too deeply", hint="remove some of the brackets") from None


def _bound(root: Any, name: str) -> None:
    from syndicate.rendering.yaml_aliases import TooMany, require_bounded

    try:
        require_bounded(root, _DEPTH)
    except TooMany as fault:
        hint = "write out what is meant there"
        raise ConfigError(f"{name}:{fault.line}:{fault.column}: {fault}", hint=hint) from None


def _place(node: Any) -> Place:
    mark = node.start_mark
    return Place(mark.line + 1, mark.column + 1, mark.index, node.end_mark.index)


def _grown(node: Any, where: str, key: Place, problems: Problems, depth: int) -> Node:
    place = _place(node)
    if place.start == place.end:  # nothing is written, and YAML only finds out on the next line
        place = key
    if node.tag not in _TAGS:
        problems.add(place, f"{where}: the tag {node.tag} is not supported")
    if depth == 0:
        problems.add(place, f"{where}: nested too deeply")
        return Node(where, None, place, key)
    content: Content
    if node.id == "mapping":
        content = _mapping(node, where, problems, depth)
    elif node.id == "sequence":
        content = [
            _grown(child, f"{where}[{at}]", _place(child), problems, depth - 1)
            for at, child in enumerate(node.value, 1)
        ]
    else:
        content = None if node.tag == "tag:yaml.org,2002:null" else str(node.value)
    return Node(where, content, place, key)


def _mapping(node: Any, where: str, problems: Problems, depth: int) -> dict[str, Node]:
    grown: dict[str, Node] = {}
    merged: dict[str, Node] = {}
    for name, child in node.value:
        if name.id != "scalar":
            problems.add(_place(name), f"{where or 'the config'}: a key has to be a plain word")
        elif name.value == "<<" and name.style is None:
            for part in child.value if child.id == "sequence" else [child]:
                if part.id == "mapping" and depth:
                    merged |= _mapping(part, where, problems, depth - 1) | merged
        elif name.value in grown:
            first = grown[name.value].key.line
            problems.add(_place(name), f"{_below(where, name.value)}: is given twice (first on line {first})")
            if where.startswith("accounts."):
                problems.hide(_grown(child, where, _place(name), problems, depth - 1))
        else:
            below = _below(where, name.value)
            grown[name.value] = _grown(child, below, _place(name), problems, depth - 1)
    return merged | grown


def _below(where: str, name: str) -> str:
    if where == "sites":
        return ""  # a site's settings are called as in a config of its own
    return f"{where}.{name}" if where else str(name)
