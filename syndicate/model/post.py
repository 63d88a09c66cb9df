"""Rendered text and pictures, the limits they fit, how a network shows them, and what it answers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

Json: TypeAlias = dict[str, Any]


Certainty: TypeAlias = Literal["exact", "keyed", "lookup", "blind"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a network takes. `text` in the unit of `Platform.measure`; 0 images means none at all.

    `card` says who draws the box for a link: "client" (we send title, description and thumb), "text"
    (the network reads the first address in the text), "field" (it takes the link in a field of its own),
    "none". `card_with_media` is false where an attached picture takes the card's place.
    `stated`: the server states its own limits, and `verify` reads them.
    """

    text: int
    text_bytes: int | None = None
    images: int = 4
    image_bytes: int = 5_000_000
    image_pixels: int | None = None
    image_types: tuple[str, ...] = ("image/jpeg", "image/png")
    thumb_bytes: int = 1_000_000
    alt: int = 1000
    card: Literal["client", "text", "field", "none"] = "text"
    card_with_media: bool = False
    stated: bool = False


Trait: TypeAlias = Literal["open", "dashed", "inline", "square", "mono", "wide"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a preview draws a network's posts: enough to recognise it, without its own graphics.

    `name` is what people call it; `letter` stands for it in our own mark, white on `colour`. Colours are
    CSS; a pair is for light and for dark background: `tint` of links and tags, `paper` of the post. `corners`
    are the radii of a post, and of pictures and link boxes in it, in pixels. Of `traits`, "open" leaves
    out the lines at a post's sides, "dashed" breaks them, "inline" has name and handle in one line,
    "square" the sender's picture with a post's corners, "mono" has monospaced type, and "wide" link
    boxes from side to side. `shown` is how an address in the text appears: whole, or without its scheme
    and cut after so many letters. `fold` is after how many letters a feed hides the rest. `actions` are
    the words below a post. `box` says who makes the box of a link that is not in the text; {0} is the name.
    """

    name: str
    letter: str
    colour: str = "#6a5a34"
    tint: tuple[str, str] = ("#1553b0", "#8ab6ff")
    paper: tuple[str, str] = ("#ffffff", "#1d1f22")
    corners: tuple[int, int] = (12, 8)
    traits: tuple[Trait, ...] = ()
    shown: int | None = None
    fold: int | None = None
    actions: tuple[str, ...] = ()
    box: str = "{0} draws this box from the page itself."


@dataclass(frozen=True, slots=True)
class Span:
    """A link, tag or mention in `Post.text`: code point offsets, `end` exclusive.

    `value` is the whole address for "link", the tag without `#` for "tag", the handle for "mention".
    """

    start: int
    end: int
    kind: Literal["link", "tag", "mention"]
    value: str


@dataclass(frozen=True, slots=True)
class Media:
    """Picture bytes that fit the network. `alt` is real alt text, or "" when there is none."""

    data: bytes = field(repr=False)
    mime: str
    width: int
    height: int
    alt: str = ""

    @property
    def file(self) -> str:
        """A file name: SHA-256 of the bytes, and the extension of their type."""
        extension = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
        return f"{hashlib.sha256(self.data).hexdigest()}.{extension.get(self.mime, 'bin')}"


@dataclass(frozen=True, slots=True)
class LinkCard:
    """The box a network draws for a link, where its parts are ours to send."""

    url: str
    title: str
    description: str
    thumb: Media | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform answered. `data` has what a reply, an edit or a deletion needs later."""

    id: str
    permalink: str | None
    data: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListedPost:
    """A post that a network lists: when it was published, its words, and every address that it links to."""

    receipt: Receipt
    at: datetime
    links: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """Rendered text and pictures that fit the limits, not yet sent.

    `link` is the address with its campaign parameters, wherever it stands: in `text` (then a span
    says where), in `card`, or in neither where the network takes it as a field.
    `at` is when it was rendered, `planned_at` when its delivery was planned. `day` is the article's UTC day as first
    stored, of which record keys are made, so that every ledger makes the same; None: an earlier version planned it.
    """

    text: str
    link: str | None
    spans: tuple[Span, ...]
    media: tuple[Media, ...]
    card: LinkCard | None
    language: str | None
    at: datetime
    planned_at: datetime
    article: Json
    reply_to: Receipt | None = None
    day: datetime | None = None


class StoryWarning(str):
    """A warning about one story, such as that its picture is left out; others are about an account or its templates."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A post, the length of its text in the network's tightest unit, and what had to be left out.

    A warning about this story alone is a StoryWarning.
    """

    post: Post
    length: int
    limit: int
    warnings: tuple[str, ...] = ()
