"""Reads JSON-LD as publishers write it: lists, graphs, references by @id, texts where objects should be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from syndicate.model import Image
from syndicate.model.pattern import pattern
from syndicate.sources.parsing import html_text
from syndicate.sources.parsing.fields import address, parted

NODES = 5_000  # more objects than any page has reason for
_ARTICLE = pattern(
    r"(?:\w*Article|\w*(?:Blog|Media)?Posting|Report|Review|Recipe|VideoObject|PodcastEpisode|AudioObject)"
)
_OPENING = pattern(r"(?:<!--|/\*[^*]{0,20}\*/|//)?\s*(?:<!\[CDATA\[)?(?:\s*\*/)?")
_CLOSING = ("-->", "]]>", "//", "*/", "/*", ";")


class Thing:
    """One schema.org object. A value that is missing or has the wrong type reads as empty."""

    def __init__(self, data: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> None:
        self._data = data
        self._by_id = by_id

    @property
    def kind(self) -> Literal["article", "live", "audio", "video"]:
        """Article, audio or video, by the object's type."""
        kinds = " ".join(_types(self._data))
        if "LiveBlog" in kinds:
            return "live"
        if "VideoObject" in kinds:
            return "video"
        return "audio" if "AudioObject" in kinds or "PodcastEpisode" in kinds else "article"

    @property
    def types(self) -> list[str]:
        """The object's types by their names in schema.org."""
        return _types(self._data)

    def places(self, base: str) -> list[str]:
        """The addresses that the object states as its own."""
        said = [_text(self._data.get("@id"))] if "://" in _text(self._data.get("@id")) else []
        for value in (*self._values(self._data, "url"), *self._values(self._data, "mainEntityOfPage")):
            said += [_text(value)]
            if isinstance(value, dict):
                said += [_text(value.get("@id")), *map(_text, self._values(value, "url"))]
        return [there.partition("#")[0] for text in said if text and (there := address(text, base))]

    def texts(self, name: str) -> list[str]:
        """The texts of a property, which may be one or a list."""
        return [text for value in self._values(self._data, name) if (text := _text(value))]

    def text(self, *names: str) -> str:
        """The first text of the first of these properties that has one."""
        return next((text for name in names for text in self.texts(name)), "")

    def names(self, name: str) -> list[str]:
        """The names of people and organisations, which may be texts or objects."""
        found = []
        for value in self._values(self._data, name):
            said = _text(value) or next(map(_text, self._values(value, "name")), "")
            if said and "://" not in said:
                found.append(said)
        return found

    def keywords(self) -> list[str]:
        """Keywords: one text of several, a list of texts, or defined terms."""
        listed = self._values(self._data, "keywords")
        texts = [_text(value) or next(map(_text, self._values(value, "name")), "") for value in listed]
        return parted(texts[0]) if len(texts) == 1 else texts

    def language(self) -> str:
        """The language as written: a tag, or an object that has one."""
        for value in self._values(self._data, "inLanguage"):
            said = _text(value) or next(map(_text, self._values(value, "alternateName")), "")
            if said:
                return said
        return ""

    def images(self, base: str) -> list[Image]:
        """The pictures, which may be addresses or objects, with caption and credit."""
        found = []
        for value in (*self._values(self._data, "image"), *self._values(self._data, "thumbnailUrl")):
            said = [_text(value), *map(_text, (*self._values(value, "url"), *self._values(value, "contentUrl")))]
            url = next((there for text in said if (there := address(text, base))), "")
            if url:
                found.append(
                    Image(
                        url,
                        caption=html_text.text(self._first(value, "caption", "description")),
                        credit=html_text.text(self._first(value, "creditText") or self._creator(value)),
                        width=_size(self._values(value, "width")),
                        height=_size(self._values(value, "height")),
                    )
                )
        return found

    def _first(self, value: Any, *names: str) -> str:
        return next((text for name in names for said in self._values(value, name) if (text := _text(said))), "")

    def _creator(self, value: Any) -> str:
        """Who made a picture, if there is no credit line."""
        for name in ("creator", "author"):
            for made_by in self._values(value, name):
                said = _text(made_by) or self._first(made_by, "name")
                if said:
                    return said
        return ""

    def _values(self, value: Any, name: str) -> list[Any]:
        """The values of an object's property as a list, with references resolved."""
        if not isinstance(value, dict):
            return []
        said = value.get(name)
        listed = said if isinstance(said, list) else [said]
        return [
            self._by_id.get(str(item["@id"]), item) if isinstance(item, dict) and "@id" in item else item
            for item in listed
        ]


NOTHING = Thing({}, {})


def described(scripts: Iterable[str]) -> list[Thing]:
    """The stories, films and recordings that a page's JSON-LD describes, in order; those with a headline first."""
    nodes = list(_nodes([data for script in scripts if (data := _loaded(script)) is not None]))
    by_id: dict[str, dict[str, Any]] = {}
    for node in nodes:
        if "@id" in node and len(node) > len(by_id.get(str(node["@id"]), ())):
            by_id[str(node["@id"])] = node
    articles = [node for node in nodes if any(_ARTICLE.fullmatch(kind) for kind in _types(node))]
    return [Thing(node, by_id) for node in sorted(articles, key=lambda node: not node.get("headline"))]


def _loaded(script: str) -> Any:
    script = script.strip()
    opening = _OPENING.match(script)
    script = script[opening.end() :] if opening else script
    for _ in _CLOSING:
        for closing in _CLOSING:
            script = script.removesuffix(closing).rstrip()
    try:
        return json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    """All top-level objects: members of lists and of @graph, and a page's main entity."""
    waiting = [data]
    for _ in range(NODES):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting[:0] = value[:NODES]
        elif isinstance(value, dict):
            yield value
            waiting += [value[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in value]


def _types(node: dict[str, Any]) -> list[str]:
    said = node.get("@type")
    return [kind.rpartition("/")[2] for kind in (said if isinstance(said, list) else [said]) if isinstance(kind, str)]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("@value")
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _size(values: list[Any]) -> int | None:
    """A width or height in pixels, from a number, "1200", "1200px" or a QuantitativeValue."""
    for value in values:
        said = _text(value.get("value") if isinstance(value, dict) else value).removesuffix("px").strip()
        if said.isdecimal() and len(said) < 7:
            return int(said)
    return None
