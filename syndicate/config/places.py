"""Reads where a source is: an address or, for some types, a path; and the key of a Ghost source."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from syndicate.config.document import Node
from syndicate.config.typed import WRONG, Typed
from syndicate.config.values import address
from syndicate.model import Secret
from syndicate.sources import DOCUMENTS

__all__ = ["keyed", "place"]

STDIN = "-"


def place(kind: str, text: str, base: Path) -> str:
    """Check a source's `url`: an address; for documents also a path, made absolute; for jsonl also `-`.

    Raises ValueError.
    """
    if kind not in DOCUMENTS or "://" in text:
        return address(text)
    if text == STDIN:
        if kind != "jsonl":
            raise ValueError("only type jsonl reads standard input")
        return text
    return str(base / Path(text).expanduser())


def keyed(kind: str, entries: Mapping[str, Node], values: dict[str, Any], typed: Typed) -> dict[str, Any]:
    """A source's values with Ghost's `key`, taken out of the address if it is there, where it would be printed.

    Mistakes are added.
    """
    if kind != "ghost":
        if "key" in entries:
            typed.problems.add(entries["key"].key, f"{entries['key'].where}: only sources of type ghost take a key")
        return values
    url = values.get("url")
    if not isinstance(url, str):
        return values
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    found = next((value for name, value in pairs if name == "key"), "")
    if found:
        typed.problems.secrets.add(found)
        rest = urlencode([pair for pair in pairs if pair[0] != "key"])
        values = {"key": Secret(found)} | values | {"url": urlunsplit(urlsplit(url)._replace(query=rest))}
    if "key" not in values:
        typed.problems.add(
            entries["url"].key,
            f"{entries['url'].where.rpartition('.')[0]}: ghost needs 'key', the Content API key"
            " (Ghost Admin → Settings → Integrations)",
        )
        return values | {"key": WRONG}
    return values
