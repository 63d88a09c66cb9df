"""Compares what a config says with the defaults of its settings, by the JSON Schema that editors use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from syndicate.config.document import Node, Problems, parse, written
from syndicate.config.editor import json_schema
from syndicate.config.schema import Config
from syndicate.config.values import duration, switch
from syndicate.model import Json
from syndicate.model.dataclass import dataclass

__all__ = ["GivenSetting", "settings"]

_DEFAULTS = {
    "sources.every": "5m, or up to 1h if the server asks for that",
    "sources.timezone": "the site's",
    "sources.link": "the site's address",
    "sources.own": "as its domain says",
    "schedule.timezone": "the site's",
    "accounts.language": "the site's",
    "accounts.theme": "one that suits the article",
    "accounts.link": "what suits the network",
    "accounts.settle": "what the network needs",
}
"""Defaults that are no value, by the section and the setting."""


@dataclass(frozen=True, slots=True)
class GivenSetting:
    """A setting that a config gives, though it has a default. `shared` is what `defaults` gives to all accounts.

    `same`: it says what the default says. `default` is in words where it is no value.
    """

    name: str
    value: str
    default: str
    shared: str | None = None
    same: bool = False
    file: Path = Path()


def settings(config: Config) -> list[GivenSetting]:
    """Every setting that a config gives and need not, in the order of its files.

    What is secret in one is printed as ***. Raises ConfigError where a file is no longer what it was.
    """
    schema = json_schema()
    found = []
    for path in (each for each in config.files if each.is_file()):
        text = written(path)
        top = parse(text, Problems(str(path), text), str(path))
        found += [replace(each, file=path) for each in _of_file(top, schema, config.secrets)]
    return found


def _of_file(top: Mapping[str, Node], schema: Json, secrets: tuple[str, ...]) -> Iterator[GivenSetting]:
    rest = {name: node for name, node in top.items() if name != "sites"}
    yield from _Walk(schema, secrets, _entries(rest.get("defaults"))).within("", rest, schema)
    for name, node in _entries(top.get("sites")).items():
        for each in _of_file(_entries(node), schema, secrets):
            yield replace(each, name=f"sites.{name}.{each.name}")


@dataclass(frozen=True, slots=True)
class _Walk:
    """Goes through a config and its schema side by side."""

    schema: Json
    secrets: tuple[str, ...]
    shared: Mapping[str, Node]

    def within(self, where: str, entries: Mapping[str, Node], schema: Json) -> Iterator[GivenSetting]:
        """The settings of one section, without those that have no default: what it requires, and secrets."""
        for name, node in entries.items():
            one = schema["properties"].get(name, True)
            if one is not True and name not in schema.get("required", ()) and not _is_secret(one):
                yield from self.at(f"{where}.{name}".lstrip("."), node, one)

    def at(self, where: str, node: Node, schema: Json) -> Iterator[GivenSetting]:
        """A setting, or those inside it."""
        if not isinstance(node.value, dict):
            if node.value is not None or "default" in schema:
                yield self._setting(where, node, schema)
            return
        section = self._section(schema, "properties")
        named = self._section(schema, "additionalProperties")
        if section:
            yield from self.within(where, node.value, section)
        elif named and self._entry(named, node):
            for name, child in node.value.items():
                inner = self._entry(named, child)
                if inner and isinstance(child.value, dict):
                    yield from self.within(f"{where}.{name}", child.value, inner)
        else:
            yield self._setting(where, node, schema)

    def _section(self, schema: Json, key: str) -> Json | None:
        """The form of a schema that has such a key, where it has several forms."""
        if "$ref" in schema:
            return self._section(self.schema["$defs"][schema["$ref"].rpartition("/")[2]], key)
        if isinstance(schema.get(key), dict):
            return schema
        found = (self._section(each, key) for each in schema.get("anyOf", ()))
        return next((each for each in found if each), None)

    def _entry(self, named: Json, child: Node) -> Json | None:
        """The schema of an entry under a name that the publisher chose; an account's depends on its platform."""
        schema = named["additionalProperties"]
        platform = _entries(child).get("platform")
        for case in schema.get("allOf", ()):
            if platform and case["if"]["properties"]["platform"]["const"] == platform.value:
                then: Json = case["then"]
                return then
        return schema if "allOf" in schema else self._section(schema, "properties")

    def _setting(self, where: str, node: Node, schema: Json) -> GivenSetting:
        parts = where.split(".")
        default = schema.get("default")
        said = _DEFAULTS.get(f"{_section_of(parts)}.{parts[-1]}") or _text(default)
        shared = self.shared.get(parts[2]) if parts[0] == "accounts" and len(parts) == 3 else None
        return GivenSetting(
            where,
            self._shown(node),
            said,
            None if shared is None else self._shown(shared),
            shared is None and _same(node.value, default),
        )

    def _shown(self, node: Node) -> str:
        text = _text(_plain(node))
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def _is_secret(schema: Json) -> bool:
    return schema.get("writeOnly", False) or any(_is_secret(each) for each in schema.get("anyOf", ()))


def _section_of(parts: list[str]) -> str:
    """The section in whose terms a setting is described: `accounts` for one of `defaults` or `accounts.masto`."""
    if "schedule" in parts[:-1]:
        return "schedule"
    return "accounts" if parts[0] == "defaults" else parts[0]


def _entries(node: Node | None) -> Mapping[str, Node]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _plain(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {name: _plain(child) for name, child in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(child) for child in node.value]
    return node.value


def _text(value: Any) -> str:
    """A value as one would write it in the file."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_text(item)}' for name, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return "none" if value is None else str(value)


def _same(value: Any, default: Any) -> bool:
    """Whether what is written means the default."""
    if not isinstance(value, str):
        return value is default
    if isinstance(default, bool):
        return value.lower() in ("true", "yes", "on", "1", "false", "no", "off", "0") and switch(value) is default
    if isinstance(default, str) and default != value:
        try:
            return duration(value) == duration(default)
        except ValueError:
            return False
    return value == str(default)
