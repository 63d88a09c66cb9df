"""Reads JSON from outside, within limits; a value that is missing or has the wrong type reads as empty."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from syndicate.errors import SourceError
from syndicate.sources.parsing import html_text
from syndicate.sources.parsing.document import check_size

OBJECTS = 500_000  # more would cost hundreds of megabytes

EXTRAS = 50  # fields of an article that only templates may know


def is_json(body: bytes) -> bool:
    """Whether a document is meant as JSON, by its first character."""
    return body[:1000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] in (b"{", b"[")


def load(body: bytes, *, url: str, what: str) -> Any:
    """Parse a whole document. Raises SourceError if it is not JSON, or larger than `what` may be."""
    check_size(body, url)
    if not body.strip():
        raise SourceError(f"{url} is an empty document, not {what}")
    if body.count(b"{") + body.count(b"[") > OBJECTS:
        raise SourceError(f"{url} holds more than {OBJECTS:,} objects, which no list of articles needs")
    try:
        return json.loads(body.removeprefix(b"\xef\xbb\xbf"), strict=False)
    except RecursionError as fault:
        raise SourceError(f"{url} is nested too deeply to be {what}") from fault
    except ValueError as fault:  # not JSON, not in any of its encodings, or a number without end
        raise SourceError(f"{url} is not {what}: {_instead(body, fault)}") from fault


def text(value: Any) -> str:
    """A text or a number as text; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        return html_text.ILLEGAL.sub("", str(value)).replace("\x7f", "").strip()
    except ValueError:  # an integer of more digits than Python writes
        return ""


def texts(value: Any) -> list[str]:
    """The texts of a list, or a single text as a list."""
    return [said for one in (value if isinstance(value, list) else [value]) if (said := text(one))]


def mapping(value: Any) -> dict[str, Any]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, or a single object as a list."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def extras(item: dict[str, Any], names: Iterable[str]) -> dict[str, str]:
    """These fields as text, for templates."""
    kept: dict[str, str] = {}
    for name in islice(names, EXTRAS):
        label, said = text(name)[:100], text(item.get(name))[:1000]
        if label and said:
            kept[label] = html_text.declared_plain(said)
    return kept


def pixels(value: Any) -> int | None:
    """A whole number of pixels, given as a number or a text."""
    said = text(value).removesuffix("px").removesuffix(".0").strip()
    return int(said) if said.isdecimal() and len(said) < 7 and int(said) > 0 else None


def _instead(body: bytes, fault: ValueError) -> str:
    start = body.lstrip()[:100].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "it is an HTML page"
    if start.startswith(b"<"):
        return "it is XML, or a page"
    where = f" at line {fault.lineno}, column {fault.colno}" if isinstance(fault, json.JSONDecodeError) else ""
    return f"it is not JSON ({fault.msg}{where})" if isinstance(fault, json.JSONDecodeError) else "it is not JSON"
