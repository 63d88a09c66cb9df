"""Reads the setting `overrides` of a source: the field in which its articles say themselves how they are announced."""

from __future__ import annotations

from collections.abc import Mapping

from syndicate.config.document import Node
from syndicate.config.typed import Typed
from syndicate.model.pattern import pattern

__all__ = ["check_type", "field"]

_TYPES = ("feed", "folder", "ghost", "jsonl", "ninjs", "wordpress")
_KEY = pattern(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")


def field(text: str) -> str:
    """Check the name of the field, which may say nothing else. Raises ValueError."""
    from syndicate.sources.formats import jsonl, markdown

    if not _KEY.fullmatch(text):
        raise ValueError(f"'{text}' is no name of a field, such as social")
    if text.lower() in (markdown.READ - {"syndicate"}) | jsonl.NAMES:
        raise ValueError(f"'{text}' says something about the article itself; use another name, such as social")
    return text


def check_type(kind: str, entries: Mapping[str, Node], typed: Typed) -> None:
    """Add a mistake where the source is of a type whose articles cannot say it."""
    node = entries.get("overrides")
    if node is not None and kind not in _TYPES:
        told = f"only sources of type {', '.join(_TYPES[:-1])} or {_TYPES[-1]} take overrides"
        typed.problems.add(node.key, f"{node.where}: {told}")
