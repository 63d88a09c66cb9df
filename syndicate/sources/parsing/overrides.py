"""Reads what an article says itself of how it is announced: one shape for front matter, JSON and extensions of feeds.

What cannot be read is kept as a fault, and then the article waits: nothing here is ever guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from syndicate.dates import parse
from syndicate.model import NOTHING_SAID, Article, Override, PostOverride
from syndicate.model.dataclass import dataclass
from syndicate.model.pattern import pattern
from syndicate.sources.parsing import html_text
from syndicate.sources.parsing.fields import ParseContext, address

NAMES = 100
"""Accounts and networks that one article may name."""
LONGEST = 70_000
"""Characters of a text: more than the longest post of any network."""
_NO, _YES = ("false", "no", "off", "never"), ("true", "yes", "on", "always")
_NUMBER = pattern(r"\d{1,2}", re.ASCII)
_OF_ALL = ("accounts", "at")
_SHAPE = "should be false, a list of accounts, or fields such as text"


class Misread(Exception):
    """A value that cannot be read; the message says what it should be."""


@dataclass(frozen=True, slots=True)
class OverrideReader:
    """Reads the overrides of one source. `base` is the article's address, `timezone` that of dates without one."""

    base: str
    timezone: str
    now: datetime | None

    def read(self, said: Any, place: str) -> Override | None:
        """What an article says; None if it says nothing. `place` is where: a file and a line."""
        try:
            said = unpacked(said)
            if said in (None, "", {}) or _word(said) is True:
                return None
            if _word(said) is False:
                return Override(place, PostOverride(post=False))
            if isinstance(said, list):
                return Override(place, only=_names(said))
            if not isinstance(said, dict):
                return Override(place, faults=(f"it {_SHAPE}, not {_kind(said)}",))
        except Misread as fault:
            return Override(place, faults=(f"it {fault}",))
        found = self._fields(said, place)
        return found if found != Override(place) else None

    def _fields(self, said: Mapping[Any, Any], place: str) -> Override:
        faults: list[str] = []
        made, named = Override(place), dict[str, PostOverride]()
        if len(said) > NAMES:
            return Override(place, faults=(f"it has more than {NAMES} fields",))
        for key, value in said.items():
            name = html_text.line(str(key)).casefold()
            try:
                if name in _OF_ALL or (name == "post" and _word(value) is None):
                    made = self._of_all(made, name, value)
                elif name in _FIELDS:
                    made = replace(made, whole=self._with(made.whole, name, value))
                else:
                    named[name] = self._named(name, value, faults)
            except Misread as fault:
                faults.append(f"{name} {fault}")
        return replace(made, named=tuple(named.items()), faults=tuple(faults))

    def _of_all(self, made: Override, name: str, value: Any) -> Override:
        """With a field that is said of the whole article: its accounts, or its time. Raises Misread."""
        if value is None or value == "":
            return made
        if name != "at":
            return replace(made, only=_names(value))
        stated = parse(value, timezone=self.timezone, now=self.now) if isinstance(value, str) else None
        if stated is None:
            raise Misread(f"is no date: {str(value)[:60]!r} (write 2026-11-23T12:00:00Z)")
        return replace(made, at=stated.instant)

    def _named(self, name: str, value: Any, faults: list[str]) -> PostOverride:
        """What is said of one account or network; what of it cannot be read is added to `faults`. Raises Misread."""
        if (word := _word(value)) is not None:
            return PostOverride(post=word)
        if value is None or value == "":
            return NOTHING_SAID
        if not isinstance(value, dict):
            raise Misread(f"should be true, false, or fields such as text, not {_kind(value)}")
        made = NOTHING_SAID
        for key, each in value.items():
            field = html_text.line(str(key)).casefold()
            try:
                made = self._with(made, field, each)
            except Misread as fault:
                faults.append(f"{name}.{field} {fault}")
        return made

    def _with(self, made: PostOverride, name: str, value: Any) -> PostOverride:
        """With one more field. An empty one says nothing. Raises Misread."""
        if name not in _FIELDS:
            raise Misread(f"is no field: there are {', '.join(_FIELDS)}")
        if value is None or (isinstance(value, str) and not value.strip()):
            return made
        return replace(made, **{name: _FIELDS[name](self, value)})

    def post(self, value: Any) -> bool:
        """Whether it is posted at all. Raises Misread."""
        word = _word(value)
        if word is None:
            raise Misread(f"should be true or false, not {_kind(value)}")
        return word

    def text(self, value: Any) -> str:
        """Words, as they are. Raises Misread."""
        if not isinstance(value, str):
            raise Misread(f"should be text, not {_kind(value)}")
        if len(value) > LONGEST:
            raise Misread(f"has {len(value)} characters, which no network takes")
        return html_text.ILLEGAL.sub("", value.replace("\r\n", "\n")).strip()

    def image(self, value: Any) -> str:
        """The address of a picture; "" for none. Raises Misread."""
        if _word(value) is False:
            return ""
        there = address(value, self.base) if isinstance(value, str) else ""
        if not there:
            raise Misread(f"should be the address of a picture, or false, not {str(value)[:100]!r}")
        return there

    def hashtags(self, value: Any) -> int | tuple[str, ...]:
        """At most so many, or these. Raises Misread."""
        if _word(value) is False:
            return 0
        if (isinstance(value, int) and 0 <= value < NAMES) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
            return int(value)
        return tuple(each.removeprefix("#") for each in _listed(value, "a number, a list of words, or false"))


def overridden(article: Article, said: Mapping[str, Any], place: str, reader: ParseContext) -> Article:
    """The article with what its fields say of how it is announced, if the source lets it say that."""
    if not reader.overrides or reader.overrides not in said:
        return article
    values = OverrideReader(article.url or reader.base, reader.timezone, reader.now)
    found = values.read(said[reader.overrides], place)
    return replace(article, override=found) if found else article


_FIELDS: Mapping[str, Any] = {
    "post": OverrideReader.post,
    "text": OverrideReader.text,
    "warning": OverrideReader.text,
    "image": OverrideReader.image,
    "alt": OverrideReader.text,
    "hashtags": OverrideReader.hashtags,
}
"""The fields that may be said of all accounts, of a network, or of one account."""


def unpacked(said: Any) -> Any:
    """The value; of a text that is JSON, as a content system keeps it, what it says. Raises Misread."""
    if not isinstance(said, str) or not said.strip().startswith(("{", "[")):
        return said.strip() if isinstance(said, str) else said
    try:
        return json.loads(said, strict=False)
    except (ValueError, RecursionError) as fault:
        raise Misread("is no JSON that can be read") from fault


def _word(value: Any) -> bool | None:
    """Yes or no, as people write them; None for anything else."""
    if isinstance(value, bool):
        return value
    said = value.strip().casefold() if isinstance(value, str) else ""
    return True if said in _YES else False if said in _NO else None


def _names(value: Any) -> tuple[str, ...]:
    """Names of accounts or networks. Raises Misread."""
    return tuple(dict.fromkeys(each.casefold() for each in _listed(value, "true, false, or a list of accounts")))


def _listed(value: Any, meant: str) -> Sequence[str]:
    """The words of a list, or of one text with commas. Raises Misread."""
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed) or len(listed) > NAMES:
        raise Misread(f"should be {meant}, not {_kind(value)}")
    return [said for each in listed if (said := html_text.line(each))]


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return repr(value[:60])
    kinds = {dict: "fields", list: "such a list", bool: str(value).lower(), type(None): "nothing"}
    return kinds.get(type(value), "a number")
