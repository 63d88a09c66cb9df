"""Parses JSON lines into articles: one object a line, as `syndicate articles --json` prints it, or part of one.

A line needs a url or a title; everything else has a default. A line that cannot be read is noted with its
number, and the others are read all the same. A document that is one JSON list, or one object over many lines,
is read as well.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from syndicate.errors import SourceError
from syndicate.model import Article, Image, LeftOut, Precision
from syndicate.sources.parsing import html_text, json_fields, notes
from syndicate.sources.parsing.document import Document, check_size
from syndicate.sources.parsing.fields import ENTRIES, ParseContext, Parsed, address, distinct, language
from syndicate.sources.parsing.json_fields import pixels, text
from syndicate.sources.parsing.omissions import shown
from syndicate.sources.parsing.overrides import overridden
from syndicate.sources.parsing.picture_choice import MOST
from syndicate.sources.parsing.withheld import UNPUBLISHED

NAMES = frozenset({
    "source", "url", "canonical_url", "guid", "title", "summary", "published", "updated", "authors", "section",
    "categories", "language", "kind", "image", "images", "withdrawn", "draft",
    "form", "body",
})  # fmt: skip
_KINDS: tuple[Literal["article", "live", "audio", "video"], ...] = ("article", "live", "audio", "video")
_TOLD = 20  # lines that cannot be read and are noted singly; the others are counted


class _Misshapen(Exception):
    """A line, or a field of it, that cannot be read; the message says which and why."""


def is_one(data: Any) -> bool:
    """Whether a JSON document is an article as we print it, or a list of them; a title alone is not enough."""
    return any(
        "url" in one or ("title" in one and NAMES & (one.keys() - {"title"})) for one in json_fields.objects(data)
    )


def parse(document: Document, reader: ParseContext) -> Parsed:
    """The articles of the lines that can be read; of too many the last, since new lines are added at the end.

    Raises SourceError if none can be read.
    """
    body, url = document.body.removeprefix(b"\xef\xbb\xbf"), document.url
    check_size(body, url)
    whole = [] if document.before else _whole(body, url)
    listed, records = (len(whole), whole[-ENTRIES:]) if whole else _lines(body, document.before)
    articles, left_out, faults = list[Article](), list[LeftOut](), list[str]()
    for place, record in records:
        found, fault = _read(record, reader, f"{url}, {place}")
        if isinstance(found, Article):
            articles.append(found)
        elif found.place:
            left_out.append(found)
        if fault:
            faults.append(f"{place}: {fault}")
    if faults and len(faults) == len(records):
        rest = f" (and {len(faults) - 1} more like it)" if faults[1:] else ""
        raise SourceError(
            f"{url}, {faults[0]}{rest}", hint="one article a line, as syndicate articles --json prints it"
        )
    nameless = len(faults) - sum(each.noted for each in left_out)
    return Parsed(
        tuple(articles),
        len(records),
        _notes(faults, listed),
        held_back=nameless,
        appended=not whole,
        left_out=tuple(left_out),
    )


def _notes(faults: list[str], listed: int) -> tuple[str, ...]:
    notes = faults[:_TOLD]
    if len(faults) > _TOLD:
        notes.append(f"further lines that cannot be read: {len(faults) - _TOLD}")
    if listed > ENTRIES:
        notes.append(f"{listed} lines; the last {ENTRIES} are read")
    return tuple(notes)


def _lines(body: bytes, before: int) -> tuple[int, list[tuple[str, Any]]]:
    """The number of lines that are not empty, and the last of them with their line numbers."""
    lines = body.split(b"\n")
    listed = len(lines) - sum(not line or line.isspace() for line in lines)
    last: list[tuple[str, Any]] = []
    for number in range(len(lines), 0, -1):
        if len(last) == ENTRIES:
            break
        if lines[number - 1].strip():
            last.append((f"line {before + number}", lines[number - 1]))
    return listed, last[::-1]


def _whole(body: bytes, url: str) -> list[tuple[str, Any]]:
    """The records of a document that is one JSON value; none if it is JSON lines."""
    start = body.lstrip()[:1]
    if start != b"[" and (start != b"{" or b"\n" not in body.strip() or _is_json(body.strip().partition(b"\n")[0])):
        return []
    try:
        data = json_fields.load(body, url=url, what="JSON lines")
    except SourceError:
        if start == b"[" and not _is_json(body.strip().partition(b"\n")[0]):
            raise
        return []
    return [(f"item {number}", one) for number, one in enumerate(data if isinstance(data, list) else [data], 1)]


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _read(line: Any, reader: ParseContext, place: str) -> tuple[Article | LeftOut, str]:
    """The article of a line, and "". Of a line that cannot be read, what is left out, and why."""
    said: dict[str, Any] = {}
    try:
        said = _record(line)
        if said.get("draft") is True:
            return LeftOut(_place(said, reader), UNPUBLISHED), ""
        return overridden(_article(said, reader), said, place, reader), ""
    except _Misshapen as fault:
        return LeftOut(_place(said, reader), str(fault), meant=False, noted=True), str(fault)


def _place(said: dict[str, Any], reader: ParseContext) -> str:
    """The name of a line that is left out: its address, else its guid or title."""
    names = [text(said.get(name)) for name in ("url", "guid", "title")]
    return shown(address(names[0], reader.base) or next(filter(None, names), ""))


def _record(line: Any) -> dict[str, Any]:
    """The object of a line. Raises _Misshapen."""
    if isinstance(line, bytes):
        try:
            line = json.loads(line.decode("utf-8"), strict=False)
        except UnicodeDecodeError as fault:
            raise _Misshapen(f"is not UTF-8 text (byte {fault.start + 1})") from fault
        except json.JSONDecodeError as fault:
            raise _Misshapen(f"is not JSON ({fault.msg} at column {fault.colno})") from fault
        except RecursionError as fault:
            raise _Misshapen("is nested too deeply") from fault
        except ValueError as fault:
            raise _Misshapen("is not JSON") from fault
    if not isinstance(line, dict):
        raise _Misshapen(f"should be an object, not {_kind(line)}")
    return line


def _article(said: dict[str, Any], reader: ParseContext) -> Article:
    """The article of a line's object. Raises _Misshapen."""
    url, guid, title = (
        _address(said, "url", reader),
        _text(said, "guid"),
        html_text.declared_plain(_text(said, "title")),
    )
    withdrawn = _flag(said, "withdrawn")
    if not url and not title and not (withdrawn and guid):
        raise _Misshapen("needs a url or a title")
    published, precision, assumed = _instant(said, "published", reader)
    article = Article(
        source=reader.source,
        url=url,
        title=html_text.shortened(title),
        summary=html_text.shortened(html_text.lines(html_text.unescape(_text(said, "summary")))),
        guid=guid or None,
        canonical_url=_address(said, "canonical_url", reader) or None,
        published=published,
        precision=precision,
        tz_assumed=assumed,
        updated=_instant(said, "updated", reader)[0],
        authors=distinct(map(html_text.declared_plain, _texts(said, "authors"))),
        section=html_text.declared_plain(_text(said, "section")) or None,
        categories=distinct(map(html_text.declared_plain, _texts(said, "categories"))),
        images=_images(said, reader),
        language=_language(said) or reader.language,
        kind=_one_of_kinds(said),
        raw=json_fields.extras(said, (name for name in said if name not in NAMES and name != reader.overrides)),
        withdrawn=withdrawn,
    )
    return article if withdrawn else _noted(article, said)


def _noted(article: Article, said: dict[str, Any]) -> Article:
    """As a note, in the words of `body` or else the summary, if the line says so or has no title. Raises _Misshapen."""
    words = html_text.lines(html_text.unescape(_text(said, "body"))) or article.summary
    usual = "note" if words and not article.title and article.kind == "article" else "article"
    form = _text(said, "form") or usual
    if form not in ("article", "note"):
        raise _Misshapen(f"form is not article or note: {form[:60]!r}")
    return notes.in_words(article, words) if form == "note" else article


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Misshapen(f"{name} should be text, not {_kind(value)}")
    return text(value)


def _texts(said: dict[str, Any], name: str) -> list[str]:
    value = said.get(name)
    listed = value if isinstance(value, list) else [] if value is None else [value]
    if not all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in listed):
        raise _Misshapen(f"{name} should be a list of texts")
    return [text(one) for one in listed]


def _flag(said: dict[str, Any], name: str) -> bool:
    value = said.get(name, False)
    if not isinstance(value, bool):
        raise _Misshapen(f"{name} should be true or false, not {_kind(value)}")
    return value


def _address(said: dict[str, Any], name: str, reader: ParseContext) -> str:
    given = _text(said, name)
    there = address(given, reader.base)
    if given and not there:
        raise _Misshapen(f"{name} is not a web address: {given[:100]!r}")
    return there


def _instant(said: dict[str, Any], name: str, reader: ParseContext) -> tuple[Any, Precision, bool]:
    given = _text(said, name)
    if not given:
        return None, "second", False
    moment = reader.stated(given)
    if moment is None:
        reader.undated.pop()
        raise _Misshapen(f"{name} is not a date: {given[:60]!r} (write 2026-11-23T12:00:00Z)")
    return moment.instant, moment.precision, moment.tz_assumed


def _language(said: dict[str, Any]) -> str | None:
    given = _text(said, "language")
    if given and language(given) is None:
        raise _Misshapen(f"language is not a language tag: {given[:60]!r} (write en or pt-BR)")
    return language(given)


def _one_of_kinds(said: dict[str, Any]) -> Literal["article", "live", "audio", "video"]:
    given = _text(said, "kind") or "article"
    for kind in _KINDS:
        if given == kind:
            return kind
    raise _Misshapen(f"kind is not one of {', '.join(_KINDS)}: {given[:60]!r}")


def _images(said: dict[str, Any], reader: ParseContext) -> tuple[Image, ...]:
    """The pictures in `image`, then those in `images`: each an address, or an object with a url."""
    listed = said.get("images")
    if not isinstance(listed, list | None):
        raise _Misshapen(f"images should be a list, not {_kind(listed)}")
    images = dict[str, Image]()
    for one in [said.get("image"), *(listed or [])][: MOST + 1]:
        if one is None:
            continue
        given = {"url": one} if isinstance(one, str) else one
        if not isinstance(given, dict):
            raise _Misshapen(f"image should be an object or an address, not {_kind(given)}")
        url = _address(given, "url", reader)
        if not url:
            raise _Misshapen("image needs a url")
        alt, caption, credit, mime = (
            html_text.declared_plain(_text(given, name)) for name in ("alt", "caption", "credit", "type")
        )
        size = (pixels(given.get("width")), pixels(given.get("height")))
        images.setdefault(url, Image(url, alt, caption, credit, *size, mime or None, _focus(given)))
    return tuple(images.values())


def _focus(given: dict[str, Any]) -> tuple[float, float] | None:
    value = given.get("focus")
    if value is None:
        return None
    points = value if isinstance(value, list) else []
    if len(points) != 2 or not all(type(one) in (int, float) and 0 <= one <= 1 for one in points):
        raise _Misshapen("image.focus should be two fractions, such as [0.5, 0.3]")
    return float(points[0]), float(points[1])


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
