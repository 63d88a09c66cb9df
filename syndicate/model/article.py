"""Articles and their pictures, as a site publishes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Literal, TypeAlias

from syndicate.model.dataclass import dataclass
from syndicate.model.override import Override
from syndicate.model.pattern import pattern

_ADDRESS = pattern(r"https?://\S+", re.IGNORECASE)

Precision: TypeAlias = Literal["second", "minute", "day"]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture an article names; not fetched yet. `type` is a MIME type if the source said one.

    `focus` is where its subject is, in fractions of width and height from the top left.
    """

    url: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    width: int | None = None
    height: int | None = None
    type: str | None = None
    focus: tuple[float, float] | None = None


EMBARGOED = "embargoed"
"""Key in `Article.raw` for an embargo that the source states: the time is kept to the second."""
FILLED = "filled_in"
"""Key in `Article.raw` for the names of fields that another source filled in, separated by spaces."""


ENCLOSED = "enclosed"
"""Key in `Article.raw` where the address is that of a recording itself, since the source names no page of it."""


UNUSABLE = "unusable link"
"""Key in `Article.raw` for a link that the source states and that can lead nowhere; there is no other address then."""

UNREAD_DATE = "unread_date"
"""Key in `Article.raw` for a date that is no date, of an article among others whose dates can be read."""


@dataclass(frozen=True, slots=True)
class Note:
    """The words of an entry without a headline: all of them, with their paragraphs, which go out as they are.

    `links` are the words of `body` that are a link, each with its address, in their order; there it says
    "words (address)". `whole` is false where the source gives only a beginning.
    """

    body: str
    links: tuple[tuple[str, str], ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Article:
    """One published item of the site, as its source gives it. Texts are plain: decoded once, no markup.

    `url` is absolute and as the publisher gives it. `guid` is only what the source calls so, never a fallback.
    `published` is what the source said, never `updated` and never "now"; `tz_assumed` when the zone
    was a guess; with `precision` "day" only the date (in the source's zone) is meant.
    `section` is a path such as "News > Russia". `withdrawn`: the source says that it was withdrawn.
    `raw` has what no other field holds, EMBARGOED where the source names an embargo, ENCLOSED, UNUSABLE and
    UNREAD_DATE. `summary` has paragraphs, divided by blank lines, where it is made of the content.
    `pictured_by` is the other source that filled in the pictures, `named_by` are others that list it under this very
    `url`: a source cannot set them. `note` is there where it has no headline and is to be posted in its own words.
    `override` is what it says itself of how it is announced. `content` are all its words, kept only where an
    account sends threads.
    """

    source: str
    url: str
    title: str
    summary: str = ""
    guid: str | None = None
    canonical_url: str | None = None
    published: datetime | None = None
    precision: Precision = "second"
    tz_assumed: bool = False
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    categories: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    language: str | None = None
    kind: Literal["article", "live", "audio", "video"] = "article"
    raw: Mapping[str, str] = field(default_factory=dict)
    withdrawn: bool = False
    pictured_by: str = ""
    named_by: tuple[str, ...] = ()
    note: Note | None = None
    override: Override | None = None
    content: str = ""

    @property
    def form(self) -> Literal["article", "note"]:
        """A note has no headline: its words are all there is."""
        return "article" if self.note is None else "note"

    @property
    def body(self) -> str:
        """The words of a note, with their paragraphs; "" of an article."""
        return "" if self.note is None else self.note.body

    @property
    def image(self) -> Image | None:
        """The picture that stands for the article: the first, since sources rank them."""
        return self.images[0] if self.images else None

    @property
    def addressed_by(self) -> tuple[str, ...]:
        """The sources that gave its address, each by itself."""
        return (self.source, *self.named_by)

    @property
    def pictures_from(self) -> str:
        """The source that gave the pictures; "" where nobody knows any more which of two it was."""
        filled = "images" in self.raw.get(FILLED, "").split()
        return self.pictured_by or ("" if filled else self.source)

    @property
    def is_empty(self) -> bool:
        """Whether it has neither words nor a picture, nor is it a recording: nothing to announce but an address."""
        title = _ADDRESS.sub("", self.title) if "://" in self.title else self.title
        if title.strip() or self.images or self.kind in ("audio", "video"):
            return False
        words = f"{self.summary} {self.body}"
        return not any(map(str.isalnum, _ADDRESS.sub("", words) if "://" in words else words))


@dataclass(frozen=True, slots=True)
class Site:
    """The publisher. `timezone` is an IANA name."""

    name: str
    url: str
    language: str | None = None
    timezone: str = "UTC"
