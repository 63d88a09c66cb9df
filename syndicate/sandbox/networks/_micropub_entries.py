"""Entries of the Micropub stand-in: what it takes, changes and lists, and the text of HTML.

Micropub, W3C Recommendation of 23 May 2017: 3.3 create, 3.4 update, 3.7.2 source.
"""

from __future__ import annotations

import html
import re
from typing import Any, TypeAlias

from syndicate.sandbox.counting import addresses

Properties: TypeAlias = dict[str, list[Any]]


class MicropubRefusal(Exception):
    """An error: HTTP status, the name of the error, and words."""

    def __init__(self, status: int, error: str, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.error = error


def properties(value: Any) -> Properties:
    """The properties of a request: lists by name. Raises MicropubRefusal."""
    if not isinstance(value, dict) or not all(isinstance(each, list) for each in value.values()):
        raise MicropubRefusal(400, "invalid_request", "every property is a list of values")
    return {name: list(values) for name, values in value.items()}


def checked(given: Properties, *, alts: bool) -> None:
    """Refuse an entry with nothing in it, and pictures that are no addresses (or, without `alts`, not only that)."""
    if not given.get("content") and not given.get("photo") and not given.get("name"):
        raise MicropubRefusal(400, "invalid_request", "the entry is empty")
    for photo in given.get("photo", []):
        value = photo.get("value") if isinstance(photo, dict) and alts else photo
        if not isinstance(value, str) or not value.startswith(("http://", "https://")):
            raise MicropubRefusal(400, "invalid_request", "a photo is an address")


def changed(entry: Properties, request: dict[str, Any]) -> Properties:
    """The entry after an update: `replace`, `add` and `delete`, at least one of them. Raises MicropubRefusal."""
    if not {"replace", "add", "delete"} & request.keys():
        raise MicropubRefusal(400, "invalid_request", "an update says what to replace, add or delete")
    after = entry | properties(request.get("replace", {}))
    for name, values in properties(request.get("add", {})).items():
        after[name] = after.get(name, []) + values
    gone = request.get("delete", [])
    if isinstance(gone, list):
        return {name: values for name, values in after.items() if name not in gone}
    for name, values in properties(gone).items():
        after[name] = [each for each in after.get(name, []) if each not in values]
    return after


def shown(entry: Properties) -> tuple[str, str | None]:
    """The plain text that readers see, and the first link."""
    first = (entry.get("content") or [""])[0]
    source = first.get("html", "") if isinstance(first, dict) else None
    text = str(first) if source is None else text_of(source)
    links = [*entry.get("bookmark-of", []), *addresses(text)]
    return text, links[0] if links else None


def photos(entry: Properties) -> list[tuple[str, str]]:
    """Address and alt text of each picture: of the Recommendation's objects, or of micro.blog's lists side by side."""
    beside = [str(alt) for alt in entry.get("mp-photo-alt", [])]
    found = []
    for number, photo in enumerate(entry.get("photo", [])):
        alt = photo.get("alt", "") if isinstance(photo, dict) else (beside[number : number + 1] or [""])[0]
        found.append((str(photo["value"] if isinstance(photo, dict) else photo), str(alt)))
    return found


def text_of(source: str) -> str:
    """The plain text of HTML: paragraphs apart, lines broken, tags gone."""
    source = re.sub(r"<br ?/?>", "\n", source.replace("</p><p>", "\n\n"))
    return html.unescape(re.sub(r"<[^>]*>", "", source))
