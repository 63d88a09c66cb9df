"""Reads the setting `after`: who hears what became of deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syndicate.config.document import Node
from syndicate.config.installation import section
from syndicate.config.schema import AfterConfig, FrontMatterConfig, WebhookConfig, WordPressConfig
from syndicate.config.typed import WRONG, Check, Typed, hints
from syndicate.config.values import address, command, not_empty
from syndicate.model.pattern import pattern

__all__ = ["after"]

_KEY = pattern(r"[A-Za-z_][A-Za-z0-9_-]*")
_PARTS: Mapping[str, tuple[type, str]] = {
    "front_matter": (FrontMatterConfig, "folder"),
    "webhook": (WebhookConfig, ""),
    "wordpress": (WordPressConfig, "wordpress"),
}
"""The sections, and the type of source that each needs."""


def after(node: Node | None, typed: Typed, sources: Mapping[str, Any] | None) -> Any:
    """The setting of one site with these sources, or with None that of all sites; WRONG if there is a mistake in it.

    None where nothing is set.
    """
    entries = typed.mapping(node)
    if node is None or not entries:
        return WRONG if node is not None and node.value is not None and not isinstance(node.value, dict) else None
    typed.known("after", entries, hints(AfterConfig), {})
    plain = {name: child for name, child in entries.items() if name not in _PARTS}
    values = typed.values(AfterConfig, plain, {"command": command})
    for name in [name for name in _PARTS if name in entries]:
        values[name] = _part(name, entries[name], typed, sources)
    return typed.built(AfterConfig, "after", node.key, values)


def _part(name: str, node: Node, typed: Typed, sources: Mapping[str, Any] | None) -> Any:
    kind, needs = _PARTS[name]
    if needs and sources is None:
        typed.problems.add(node.key, f"after.{name}: belongs to the site whose source it names, below sites.<name>")
        return WRONG
    made = section(kind, node, f"after.{name}", typed, _CHECKS)
    if made is WRONG or not needs or sources is None:
        return made
    source = sources.get(made.source)
    if source is not None and (source is WRONG or source.type == needs):
        return made
    place = typed.mapping(node)["source"].place
    fitting = [each for each, found in sources.items() if found is not WRONG and found.type == needs]
    known = f"those are {', '.join(fitting)}" if fitting else "there is none"
    typed.problems.add(place, f"after.{name}.source: '{made.source}' is no source of type {needs}; {known}")
    return WRONG


def _key(text: str) -> str:
    """A name that may stand in front matter, and that articles are not read from."""
    from syndicate.sources.formats.markdown import READ

    if not _KEY.fullmatch(text):
        raise ValueError(f"'{text}' is no name for front matter, such as syndication")
    if text.lower() in READ:
        raise ValueError(f"'{text}' says something about the article itself; use another name, such as syndication")
    return text


_CHECKS: dict[str, Check] = {"key": _key, "url": address, "user": not_empty, "meta": not_empty}
