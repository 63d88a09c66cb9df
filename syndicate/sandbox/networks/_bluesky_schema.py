"""Judges values by shapes as a PDS does: the first thing that is wrong is an error, in the server's own words.

Words and order as measured on @atproto/pds 0.5.35 (2026-11-29); bluesky-social/atproto @ d6296a1c, lexicon-language
specification (https://atproto.com/specs/lexicon).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from syndicate.sandbox.counting import graphemes
from syndicate.sandbox.networks._bluesky_cids import SAFE, Cid, parse_cid
from syndicate.sandbox.networks._bluesky_formats import FORMATS

Place: TypeAlias = tuple[str | int, ...]
"""The way to a value: names of properties, and numbers in lists."""

_PREVIEW = 256
_MISSING = object()
_BASIC = ["null", "boolean", "integer", "string", "cid", "bytes", "array", "object"]


class Unfit(Exception):
    """A value does not have its shape. `words` say what is wrong with it, and the message where it stands as well."""

    def __init__(self, words: str, place: Place) -> None:
        super().__init__(f"{words} at ${''.join(map(_step, place))}")
        self.words = words


class Shape(Protocol):
    """What a value has to be."""

    def judge(self, value: Any, place: Place) -> None:
        """Raise Unfit for the first thing that is wrong."""


def lex(value: Any) -> Any:
    """JSON as the server sees it: links become Cid, `$bytes` become bytes."""
    if isinstance(value, list):
        return [lex(each) for each in value]
    if not isinstance(value, dict):
        return value
    link = value.get("$link")
    if value.keys() == {"$link"} and isinstance(link, str) and (cid := parse_cid(link)):
        return cid
    if value.keys() == {"$bytes"} and isinstance(value["$bytes"], str):
        return _decoded(value["$bytes"]) or {name: lex(each) for name, each in value.items()}
    return {name: lex(each) for name, each in value.items()}


def _decoded(text: str) -> bytes | None:
    import base64

    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Text:
    """A string of a format, within so many bytes and graphemes."""

    format: str | None = None
    most_bytes: int | None = None
    most_graphemes: int | None = None

    def judge(self, value: Any, place: Place) -> None:
        """Bytes are counted first, then graphemes; the format comes last."""
        text = value.text if isinstance(value, Cid) else value
        if not isinstance(text, str):
            raise _unexpected("string", value, place)
        size = len(text.encode("utf-8", "surrogatepass"))
        if self.most_bytes is not None and size > self.most_bytes:
            raise Unfit(f"string too big (maximum {self.most_bytes}, got {size})", place)
        if self.most_graphemes is not None and (count := graphemes(text)) > self.most_graphemes:
            raise Unfit(f"grapheme too big (maximum {self.most_graphemes}, got {count})", place)
        if self.format is not None:
            called, is_right = FORMATS[self.format]
            if not is_right(text):
                raise Unfit(f"Invalid {called} (got {shown(text)})", place)
        if text is not value:
            raise _instead([text], value, place)


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """An integer between two bounds."""

    least: int | None = None
    most: int | None = None

    def judge(self, value: Any, place: Place) -> None:
        """Integers that JavaScript cannot count exactly are none."""
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > SAFE:
            raise _unexpected("integer", value, place)
        if self.least is not None and value < self.least:
            raise Unfit(f"integer too small (minimum {self.least}, got {value})", place)
        if self.most is not None and value > self.most:
            raise Unfit(f"integer too big (maximum {self.most}, got {value})", place)


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false."""

    def judge(self, value: Any, place: Place) -> None:
        """Nothing else counts as one of them."""
        if not isinstance(value, bool):
            raise _unexpected("boolean", value, place)


@dataclass(frozen=True, slots=True)
class Items:
    """A list of one shape."""

    of: Shape
    most: int | None = None

    def judge(self, value: Any, place: Place) -> None:
        """The length first, then each."""
        if not isinstance(value, list):
            raise _unexpected("array", value, place)
        if self.most is not None and len(value) > self.most:
            raise Unfit(f"array too big (maximum {self.most}, got {len(value)})", place)
        for number, each in enumerate(value):
            self.of.judge(each, (*place, number))


@dataclass(frozen=True, slots=True)
class Fields:
    """An object with these properties, judged in this order; others may be there too.

    `name` is the type of the object: a `$type` may be missing, but not be another.
    """

    of: Mapping[str, Shape]
    required: Iterable[str] = ()
    nullable: Iterable[str] = ()
    name: str | None = None

    def judge(self, value: Any, place: Place) -> None:
        """A `$type`, then each property."""
        if not isinstance(value, dict):
            raise _unexpected("object", value, place)
        if self.name is not None and value.get("$type", self.name) != self.name:
            raise _instead([self.name], value["$type"], (*place, "$type"))
        for name, shape in self.of.items():
            found = value.get(name, _MISSING)
            if found is _MISSING and name in self.required:
                raise Unfit(f'Missing required key "{name}"', place)
            if found is not _MISSING and not (found is None and name in self.nullable):
                shape.judge(found, (*place, name))


@dataclass(frozen=True, slots=True)
class OneOf:
    """An object of one of these types, by its `$type`; if not `closed`, of any other as well."""

    of: Mapping[str, Shape]
    closed: bool = False

    def judge(self, value: Any, place: Place) -> None:
        """What has a type that nobody knows is not judged further."""
        if not isinstance(value, dict) or "$type" not in value:
            raise _unexpected('an object which includes the "$type" property', value, place)
        kind = value["$type"]
        if isinstance(kind, str) and kind in self.of:
            self.of[kind].judge(value, place)
        elif self.closed:
            raise _instead(list(self.of), kind, (*place, "$type"))
        elif not isinstance(kind, str):
            raise _unexpected("string", kind, (*place, "$type"))


@dataclass(frozen=True, slots=True)
class Blob:
    """A reference to an uploaded file, of these types and so many bytes."""

    accept: tuple[str, ...] = ()
    most: int | None = None

    def judge(self, value: Any, place: Place) -> None:
        """By what the reference itself says; whether the file is there is asked later."""
        if not is_blob(value) or not value["ref"].names_a_blob:
            raise _unexpected("blob", value, place)
        if self.accept and not any(_matches(value["mimeType"], kind) for kind in self.accept):
            raise _instead(list(self.accept), value["mimeType"], (*place, "mimeType"))
        if self.most is not None and value["size"] > self.most:
            raise Unfit(f"blob too big (maximum {self.most}, got {value['size']})", place)


@dataclass(frozen=True, slots=True)
class RecordSchema:
    """Any object of the data model: no fractions, however deep."""

    def judge(self, value: Any, place: Place) -> None:
        """Each value in it, depth first."""
        if not isinstance(value, dict):
            raise _unexpected("object", value, place)
        _judge_basic(value, place)


def is_blob(value: Any) -> bool:
    """Whether it has the parts of a reference to a file, and no others; its name may be of any kind."""
    if not isinstance(value, dict) or value.get("$type") != "blob" or value.keys() - _BLOB:
        return False
    size = value.get("size")
    counted = isinstance(size, int) and not isinstance(size, bool) and 0 <= size <= SAFE
    return counted and "/" in str(value.get("mimeType", "")) and isinstance(value.get("ref"), Cid)


_BLOB = {"$type", "ref", "mimeType", "size"}


def _judge_basic(value: Any, place: Place) -> None:
    if isinstance(value, dict):
        for name, each in value.items():
            _judge_basic(each, (*place, name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            _judge_basic(each, (*place, number))
    elif isinstance(value, float):
        raise Unfit(f"Expected {_one_of(_BASIC)} value type (got {shown(value)})", place)


def _matches(mime: str, kind: str) -> bool:
    return mime == kind or (kind.endswith("/*") and mime.startswith(kind[:-1]))


def _unexpected(wanted: str, value: Any, place: Place) -> Unfit:
    return Unfit(f"Expected {wanted} value type (got {shown(value)})", place)


def _instead(wanted: list[str], value: Any, place: Place) -> Unfit:
    return Unfit(f"Expected {_one_of([shown(each) for each in wanted])} (got {shown(value)})", place)


def _one_of(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"one of {', '.join(words[:-1])} or {words[-1]}"


def shown(value: Any) -> str:
    """A value as error messages show it: long texts cut, two entries of a list or of an object."""
    if isinstance(value, str):
        whole = len(value.encode("utf-16-le", "surrogatepass")) // 2 < _PREVIEW
        return _quoted(value if whole else value[: _PREVIEW - 1] + "…")
    if isinstance(value, list):
        return f"[{_some([shown(each) for each in value[:2]], len(value))}]"
    if isinstance(value, dict):
        return "{" + _some([f"{_quoted(name)}: ..." for name in list(value)[:2]], len(value)) + "}"
    if isinstance(value, Cid):
        return "cid"
    if isinstance(value, bytes):
        return "object"
    return json.dumps(value)


def _some(parts: list[str], count: int) -> str:
    return ", ".join(parts) + (", ..." if count > 2 else "")


def _quoted(text: str) -> str:
    return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if re.fullmatch("[a-zA-Z_$][a-zA-Z0-9_]*", part) else f"[{_quoted(part)}]"
