"""Reads the setting `people`: the handles of authors, by network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syndicate.config.accounts import Find
from syndicate.config.document import Node
from syndicate.config.typed import WRONG, Typed, told
from syndicate.errors import ConfigError
from syndicate.ports import MentionsPeople

__all__ = ["people"]


def people(node: Node | None, typed: Typed, find: Find) -> Any:
    """How networks mention people, by name and network; WRONG if there is a mistake in it."""
    found: dict[str, Mapping[str, str]] = {}
    known: dict[str, Node] = {}
    right = node is None or node.value is None or isinstance(node.value, dict)
    for name, child in typed.mapping(node).items():
        same = " ".join(name.split()).casefold()
        if same in known:
            typed.problems.add(child.key, f"{child.where}: is there twice, in other letters")
            right = False
        known[same] = child
        listed = typed.mapping(child)
        right = right and (child.value is None or isinstance(child.value, dict))
        handles = {network: _mention(network, each, typed, find) for network, each in listed.items()}
        right = right and WRONG not in handles.values()
        found[name] = handles
    return found if right else WRONG


def _adapter(network: str, find: Find) -> type[MentionsPeople]:
    """The network's adapter. Raises ValueError and ConfigError where there is none, or it mentions nobody."""
    found = find(network)
    if found.name != network:
        raise ValueError(f"is called '{found.name}' here")
    if not issubclass(found, MentionsPeople):
        raise ValueError(f"{network} mentions nobody by a handle (leave it out)")  # noqa: TRY004 - the publisher's
    return found


def _mention(network: str, node: Node, typed: Typed, find: Find) -> Any:
    try:
        adapter = _adapter(network, find)
    except (ValueError, ConfigError) as fault:
        typed.problems.add(node.key, f"{node.where}: {told(fault)}")
        return WRONG
    try:
        return adapter.mention(typed.text(node).strip())
    except ValueError as fault:
        typed.problems.add(node.place, f"{node.where}: {told(fault)}")
        return WRONG
