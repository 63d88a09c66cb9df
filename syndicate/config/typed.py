"""Reads parts of the config into dataclasses, by the types of their fields.

A value stays text until a field's type says what it should be, so `page_id: 0123` keeps its zero and
`language: no` its meaning. The plain types are read here; pydantic, whose import and first adapter
cost more than the rest of a load, is used only for other types, which plugins may have.
"""

from __future__ import annotations

import functools
import re
import types
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from syndicate.addresses import passwords_in, secrets_in
from syndicate.config.document import REFERENCE, START, Node, Place, Problems
from syndicate.config.hours import hours
from syndicate.config.values import (
    a_day_or_more,
    again_at_least_once,
    at_least_one,
    closest,
    decimal,
    duration,
    every,
    money,
    not_empty,
    number,
    pattern,
    program,
    some_posts,
    some_stories,
    suggestion,
    switch,
    timezone,
)
from syndicate.errors import ConfigError
from syndicate.model import (
    AgainRule,
    BreakingRules,
    Budget,
    Filter,
    Hours,
    PollInterval,
    Schedule,
    Secret,
    TextCommand,
    ThreadRules,
    WarningRule,
)
from syndicate.model.dataclass import dataclass

__all__ = ["NAME", "WRONG", "Check", "Missing", "Typed", "hints"]

Check = Callable[[Any], Any]
WRONG: Final = object()
"""Stands for a value whose mistake was already added."""

WEB = frozenset({"url", "webhook_url", "service", "homeserver", "heartbeat"})
"""Options that are web addresses, whichever adapter has them."""

_SCALARS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: number,
    float: decimal,
    bool: switch,
    timedelta: duration,
    Hours: hours,
    PollInterval: every,
}
NAME = re.compile(r"[A-Za-z0-9_-]+")
_NESTED: dict[type, dict[str, Check]] = {
    Filter: {"title": pattern},
    BreakingRules: {"title": pattern},
    AgainRule: {"after": a_day_or_more, "times": again_at_least_once, "per_day": again_at_least_once},
    Budget: {"monthly_usd": money},
    TextCommand: {"command": program},
    ThreadRules: {"posts": some_posts},
    WarningRule: {"text": not_empty},
    Schedule: {
        "per_hour": at_least_one,
        "per_day": at_least_one,
        "catch_up": some_stories,
        "timezone": timezone,
    },
}
_SHORT: Mapping[type, str] = {WarningRule: "text"}
"""Sections that may be written as one value, and the setting that it is for."""
_SHORTEST_SECRET = 4
"""Characters. To hide shorter ones would make messages unreadable, and they protect nothing."""
_LISTED = 20


class Missing(ValueError):
    """A variable or file that the config refers to is missing or empty."""


@functools.cache
def hints(kind: type) -> Mapping[str, Any]:
    """The fields of a dataclass that can be set, by name, with their types."""
    types_ = get_type_hints(kind)
    return {field.name: types_[field.name] for field in fields(kind) if field.init}


@dataclass(frozen=True, slots=True)
class Typed:
    """Reads the values of one config file. `base` is its directory; with `fill`, what is not set gets a stand-in.

    `start` is the place of its begin; in a site's, the names of variables begin with `prefix`, written or not.
    """

    problems: Problems
    base: Path
    environ: Mapping[str, str]
    fill: bool
    prefix: str = ""
    start: Place = START

    def filling(self) -> Typed:
        """The same reader, with `fill`."""
        return replace(self, fill=True)

    def mapping(self, node: Node | None) -> dict[str, Node]:
        """The settings of a section by name; empty if nothing is written. Anything but a mapping is a mistake."""
        if node is None or node.value is None:
            return {}
        if isinstance(node.value, dict):
            return node.value
        self.problems.add(node.place, f"{node.where}: should be settings, each `name: value`, not {_kind(node)}")
        return {}

    def named(self, node: Node | None) -> list[tuple[str, Node]]:
        """The entries under names that the publisher chose, in the order of the file. Bad names are mistakes."""
        named = list(self.mapping(node).items())
        for name, child in named:
            if not NAME.fullmatch(name):
                self.problems.add(child.key, f"{child.where}: a name has only letters (a-z), digits, - and _")
        return named

    def known(
        self,
        where: str,
        entries: Mapping[str, Node],
        names: Collection[str],
        not_built: Mapping[str, str],
        *,
        listed: Collection[str] = (),
        shown: Collection[str] | None = None,
    ) -> None:
        """Add a mistake for each key that is unknown or not built yet.

        `listed` are the keys that the message names. If `shown` is given, only values of its keys are printed,
        and of keys that are misspellings of them: others may be secrets.
        """
        for name, node in entries.items():
            if name in names and name not in not_built:
                continue
            if name in not_built:
                reason = not_built[name]
                built = reason if "not built" in reason else f"not built yet ({reason})"
                self.problems.add(node.key, f"{node.where}: {built}")
            else:
                close = suggestion(name, [*names, *not_built])
                known = sorted(listed or names)
                rest = f" (known: {', '.join(known)})" if len(known) <= _LISTED else ""
                self.problems.add(node.key, f"{where and where + ': '}unknown key '{name}'{close or rest}")
            meant = name if name in not_built else closest(name, names)
            if shown is not None and meant not in shown:
                self.problems.hide(node)

    def values(
        self, kind: type, entries: Mapping[str, Node], checks: Mapping[str, Check], *, only: Collection[str] = ()
    ) -> dict[str, Any]:
        """The values of the fields of `kind` that `entries` set; WRONG for one with a mistake."""
        return {
            name: self._checked(entries[name], hint, checks.get(name))
            for name, hint in hints(kind).items()
            if name in entries and (not only or name in only)
        }

    def built(self, kind: type, where: str, place: Place, values: Mapping[str, Any]) -> Any:
        """Make a `kind` from these values; WRONG if there is a mistake in them, or a required one is missing."""
        required = [f.name for f in fields(kind) if f.init and f.default is MISSING and f.default_factory is MISSING]
        missing = [f"'{name}'" for name in required if name not in values]
        if missing:
            rest = f"{', '.join(missing[:-1])} and " if missing[1:] else ""
            self.problems.add(place, f"{where}: needs {rest}{missing[-1]}")
        if missing or any(value is WRONG for value in values.values()):
            return WRONG
        try:
            return kind(**values)
        except (ValueError, ConfigError) as fault:
            self.problems.add(place, f"{where}: {told(fault)}")
            return WRONG

    def text(self, node: Node, hint: Any = str) -> str:
        """A single value, with its references replaced by what they refer to. Raises ValueError."""
        if not isinstance(node.value, str):
            raise ValueError(f"should be one value, not {_kind(node)}")  # noqa: TRY004 - a mistake of the publisher
        refers = False
        parts: list[str] = []
        at = 0
        for found in REFERENCE.finditer(node.value):
            parts.append(node.value[at : found.start()])
            at = found.end()
            if found[0] == "$${":
                parts.append("${")
                continue
            refers = True
            whole = found[0] == node.value
            parts.append(self._outside(found, node, hint if whole else str, whole=whole))
        text = "".join((*parts, node.value[at:]))
        if hint is Secret:
            self._keep(text)
            if not refers:
                self.problems.hide(node)
        elif node.where == "database":
            for secret in passwords_in(text):
                self._keep(secret)
        elif "://" in text and node.where.startswith(("accounts.", "defaults.", "after.")):
            for secret in secrets_in(text):
                self._keep(secret)
        return text

    def _checked(self, node: Node, hint: Any, check: Check | None) -> Any:
        value = self._value(node, hint)
        if check is None or value is WRONG or value is None:
            return value
        try:
            checked = check(value)
        except ValueError as fault:
            return self._wrong(node, fault)
        return type(value)(checked) if isinstance(value, Secret) else checked

    def _value(self, node: Node, hint: Any) -> Any:
        try:
            return self._read(node, hint)
        except ValueError as fault:
            return self._wrong(node, fault)

    def _wrong(self, node: Node, fault: ValueError) -> object:
        glue = " " if isinstance(fault, Missing) else ": "
        self.problems.add(node.place, f"{node.where}{glue}{fault}")
        return WRONG

    def _read(self, node: Node, hint: Any) -> Any:
        kind, arguments = get_origin(hint), get_args(hint)
        if kind in (Union, types.UnionType) and type(None) in arguments:
            rest = [argument for argument in arguments if argument is not type(None)]
            return None if node.value is None else self._read(node, rest[0] if len(rest) == 1 else Union[tuple(rest)])  # noqa: UP007 - made at run time
        if kind is tuple and arguments[1:] == (...,):
            return self._several(node, arguments[0])
        if kind in (dict, Mapping):
            entries = {name: self._value(child, arguments[1]) for name, child in self.mapping(node).items()}
            return WRONG if WRONG in entries.values() else entries
        if is_dataclass(hint) and isinstance(hint, type) and hint not in _SCALARS:
            return self._nested(node, hint)
        if node.value is None:
            raise ValueError("is empty")
        return self._scalar(node, hint)

    def _several(self, node: Node, hint: Any) -> Any:
        """Read a list; a single value counts as a list of one."""
        if node.value is None:
            return ()
        listed = node.value if isinstance(node.value, list) else [node]
        values = tuple(self._value(child, hint) for child in listed)
        return WRONG if WRONG in values else values

    def _nested(self, node: Node, kind: type) -> Any:
        if kind in _SHORT and isinstance(node.value, str):
            return self.built(
                kind, node.where, node.key, self.values(kind, {_SHORT[kind]: node}, _NESTED.get(kind, {}))
            )
        entries = self.mapping(node)
        if node.value is not None and not isinstance(node.value, dict):
            return WRONG
        self.known(node.where, entries, hints(kind), {})
        return self.built(kind, node.where, node.key, self.values(kind, entries, _NESTED.get(kind, {})))

    def _scalar(self, node: Node, hint: Any) -> Any:
        if get_origin(hint) is Literal:
            return _one_of(self.text(node, hint), [str(choice) for choice in get_args(hint)])
        if hint is Secret:
            text = self.text(node, hint)
            if not text:
                raise ValueError("is empty")
            return Secret(text)
        if hint is Path:
            return self.base / Path(self.text(node, hint)).expanduser()
        if hint in _SCALARS:
            return _SCALARS[hint](self.text(node, hint))
        if get_origin(hint) in (Union, types.UnionType):
            return _number_or_word(self.text(node, hint), hint)
        return self._unusual(node, hint)

    def _unusual(self, node: Node, hint: Any) -> Any:
        from pydantic import TypeAdapter, ValidationError

        try:
            return TypeAdapter(hint).validate_python(self._plain(node))
        except ValidationError as fault:
            raise ValueError("; ".join(error["msg"] for error in fault.errors())) from None

    def _plain(self, node: Node) -> Any:
        if isinstance(node.value, dict):
            return {name: self._plain(child) for name, child in node.value.items()}
        if isinstance(node.value, list):
            return [self._plain(child) for child in node.value]
        return None if node.value is None else self.text(node)

    def _outside(self, found: Any, node: Node, hint: Any, *, whole: bool) -> str:
        name, closed = found[1], found[2]
        if not closed:
            raise ValueError(f"'${{{name}' has no closing brace (for a plain ${{, write $${{)")
        value, missing = self._file(name[5:]) if name.startswith("file:") else self._variable(name)
        if missing and not self.fill:
            raise Missing(missing)
        if missing:
            self.problems.filled.add(node.where)
            return _stand_in(node.where, hint, whole=whole)
        self._keep(value)
        return value

    def _keep(self, secret: str) -> None:
        if len(secret) >= _SHORTEST_SECRET:
            self.problems.secrets.add(secret)

    def _variable(self, name: str) -> tuple[str, str]:
        if not name.isidentifier() or not name.isascii():
            raise ValueError(
                f"'${{{name}}}' is not understood (write ${{NAME}} or ${{file:/path}}; for a plain ${{, write $${{)"
            )
        plain, name = name, name if name.startswith(self.prefix) else self.prefix + name
        self.problems.variables.add(name)
        value = self.environ.get(name, "")
        state = "it is empty" if name in self.environ else "it is not set"
        if plain != name and plain in self.environ:
            state += f"; {plain} is, but a site's variables begin with its name"
        return value, "" if value else f"needs the environment variable {name} ({state})"

    def _file(self, name: str) -> tuple[str, str]:
        try:
            value = (self.base / Path(name).expanduser()).read_text(encoding="utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            return "", f"needs the file {name} (it is not UTF-8 text)"
        except (OSError, RuntimeError, ValueError) as fault:
            reason = getattr(fault, "strerror", None) or fault
            return "", f"needs the file {name} ({str(reason).lower()})"
        return value, "" if value else f"needs the file {name} (it is empty)"


def told(fault: Exception) -> str:
    """The message of an error on one line, with its hint."""
    hint = getattr(fault, "hint", None)
    message = " ".join(str(fault).split())
    return f"{message} ({hint})" if hint else message


def _kind(node: Node) -> str:
    if node.value is None:
        return "nothing"
    return {dict: "a mapping", list: "a list"}.get(type(node.value), "a single value")


def _one_of(text: str, choices: list[str]) -> str:
    if text not in choices:
        raise ValueError(f"'{text}' is none of {', '.join(choices)}{suggestion(text, choices)}")
    return text


def _number_or_word(text: str, hint: Any) -> int | str:
    """Read a whole number, or one of a few words."""
    words = [str(word) for kind in get_args(hint) if get_origin(kind) is Literal for word in get_args(kind)]
    if text in words:
        return text
    try:
        return number(text)
    except ValueError:
        raise ValueError(f"should be a whole number or {' or '.join(words)}, not '{text}'") from None


def _stand_in(where: str, hint: Any, *, whole: bool) -> str:
    """The stand-in for a value that is not set: recognisable, and of the right type."""
    section, _, field = where.rpartition(".")
    name = section.rpartition(".")[2]
    if hint in (int, bool):
        return "1"
    if hint is timedelta:
        return "1m"
    if get_origin(hint) is Literal:
        return str(get_args(hint)[0])
    return f"https://{name}.sandbox.example" if whole and field in WEB else f"sandbox-{name}-{field}"
