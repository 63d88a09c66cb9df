"""How large the stories are that a template is given. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any

from syndicate.model.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Story:
    """How much a template is given: characters of all texts together, and entries of the longest list."""

    characters: int
    entries: int

    def __contains__(self, other: Story) -> bool:
        return other.characters <= self.characters and other.entries <= self.entries


STORIES = (Story(5_000, 30), Story(20_000, 60), Story(100_000, 200))
"""The sizes of stories for which a template is judged, the smallest first."""

NOTHING = Story(-1, -1)
"""For a template that is harmless with no story at all."""


def weighed(variables: Mapping[str, Any]) -> Story:
    """How much text the story among these variables has, and its longest list. All else comes from the config."""
    texts = entries = 0
    pending = [variables.get("article"), variables.get("image"), variables.get("link")]
    while pending:
        value = pending.pop()
        if value is None:
            continue
        if isinstance(value, str):
            texts += len(value) + len(getattr(value, "handle", ""))
        elif isinstance(value, tuple):
            entries = max(entries, len(value))
            pending += value
        elif isinstance(value, Mapping):
            entries = max(entries, len(value))
            pending += [*value, *value.values()]
        elif is_dataclass(value):
            pending += [getattr(value, name) for name in value.__dataclass_fields__]
    return Story(texts, entries)
