"""Reads the settings of folder sources: the path on disk, and the addresses of its articles on the web."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from syndicate.config.document import Node
from syndicate.config.typed import WRONG, Typed
from syndicate.config.values import address, closest

__all__ = ["directory", "link", "linked"]

_PLACE = re.compile(r"\{([^{}]*)\}")


def directory(text: str, base: Path) -> str:
    """An absolute path, from one that is relative to the config file. Raises ValueError."""
    if "://" in text:
        raise ValueError(f"a folder is a path on this machine, such as ./content, not '{text}'")
    return str(base / Path(text).expanduser())


def link(text: str) -> str:
    """Check a base address, or a pattern with placeholders such as {slug} in braces. Raises ValueError."""
    from syndicate.sources.formats.markdown import PLACES

    for place in _PLACE.findall(text):
        if place not in PLACES:
            close = closest(place, PLACES)
            hint = f" (did you mean '{{{close}}}'?)" if close else f" (known: {', '.join(PLACES)})"
            raise ValueError(f"unknown placeholder '{{{place}}}'{hint}")
    if "{" in text and not {"slug", "path"} & set(_PLACE.findall(text)):
        raise ValueError("needs {slug} or {path}: otherwise all articles have the same address")
    address(_PLACE.sub("x", text))
    return text


def linked(kind: str, entries: Mapping[str, Node], values: dict[str, Any], site: Any, typed: Typed) -> dict[str, Any]:
    """A source's values with its `link`: only folders have one, by default the site's address. Mistakes are added."""
    if kind == "folder":
        return values if "link" in values or site is WRONG else values | {"link": site.url}
    if "link" in entries:
        typed.problems.add(entries["link"].key, f"{entries['link'].where}: only sources of type folder take a link")
    return values
