"""Rendered text and pictures, the limits they fit, how a network shows them, and what it answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import Any, Literal, TypeAlias

from syndicate.model.account import Audience
from syndicate.model.dataclass import dataclass

Json: TypeAlias = dict[str, Any]


Certainty: TypeAlias = Literal["exact", "keyed", "lookup", "blind"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a network takes. `text` in the unit of `Platform.measure`; 0 images means none at all.

    `text_bytes` and `text_points` are further limits of the text: in UTF-8, and in code points as it is written.

    `card` says who draws the box for a link: "client" (we send title, description and thumb), "text"
    (the network reads the first address in the text), "field" (it takes the link in a field of its own),
    "none". `card_with_media` is false where an attached picture takes the card's place.
    `clickable`: an address in the text can be followed. `shapes`: the least and the most that a picture's width may be
    in parts of its height. `stated`: the server states its own limits, and `verify` reads them. `alt` 0: pictures have
    no description there. `pairs` False: a thread of two posts is hidden there.
    `text_with_media` is the limit of a text that goes with pictures; None: the same.
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
    clickable: bool = True
    shapes: tuple[float, float] | None = None
    text_with_media: int | None = None
    text_points: int | None = None
    pairs: bool = True

    def beside(self, media: Sequence[Media]) -> Limits:
        """The limits of a text that goes with these pictures, if any."""
        if not media or self.text_with_media is None:
            return self
        return replace(self, text=min(self.text, self.text_with_media))

    def shorter(self, by: int, points: int | None = None) -> Limits:
        """The same, with so much less room for the text; `points`: in code points, where that is known."""
        beside = None if self.text_with_media is None else max(1, self.text_with_media - by)
        left = None if self.text_points is None else max(1, self.text_points - (by if points is None else points))
        return replace(self, text=max(1, self.text - by), text_with_media=beside, text_points=left)


@dataclass(frozen=True, slots=True)
class Controls:
    """What a network lets a post say about how it is shown, and who may reply.

    `warning` is a content warning in words: "counted" is one that counts towards the text's limit, "apart" one that
    does not. `sensitive`: pictures can be veiled. `replies` are the audiences that it can limit replies to.
    """

    warning: Literal["none", "counted", "apart"] = "none"
    sensitive: bool = False
    replies: tuple[Audience, ...] = ()


Trait: TypeAlias = Literal["open", "dashed", "inline", "square", "mono", "wide", "above"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a preview draws a network's posts: enough to recognise it, without its own graphics.

    `name` is what people call it; `letter` stands for it in our own mark, white on `colour`. Colours are
    CSS; a pair is for light and for dark background: `tint` of links and tags, `paper` of the post. `corners`
    are the radii of a post, and of pictures and link boxes in it, in pixels. Of `traits`, "open" leaves
    out the lines at a post's sides, "dashed" breaks them, "inline" has name and handle in one line,
    "square" the sender's picture with a post's corners, "mono" has monospaced type, "wide" link boxes
    from side to side, and "above" pictures over the text. `shown` is how an address in the text appears:
    whole, or without its scheme and cut after so many letters. `fold` is after how many letters a feed
    hides the rest. `actions` are the words below a post. `box` says who makes the box of a link that is
    not in the text; {0} is the name.
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
    """Picture bytes that fit the network. `alt` is real alt text, or "" when there is none.

    `url` is where everyone can fetch these bytes, for a network that fetches pictures itself (ports.FetchesPictures).
    """

    data: bytes = field(repr=False)
    mime: str
    width: int
    height: int
    alt: str = ""
    url: str | None = None

    @property
    def file(self) -> str:
        """A file name: SHA-256 of the bytes, and the extension of their type."""
        extension = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
        return f"{hashlib.sha256(self.data).hexdigest()}.{extension.get(self.mime, 'bin')}"


@dataclass(frozen=True, slots=True)
class StrongRef:
    """A record of the AT Protocol in one of its versions: its at:// address, and its name (CID)."""

    uri: str
    cid: str


@dataclass(frozen=True, slots=True)
class Backing:
    """The records that back a link card, from which a network may draw more than we send; or why there are none."""

    refs: tuple[StrongRef, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class LinkCard:
    """The box a network draws for a link, where its parts are ours to send.

    `backing` None: nobody looked, or the page names no records.
    """

    url: str
    title: str
    description: str
    thumb: Media | None = None
    backing: Backing | None = None


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
    `warning` is a content warning in words; `sensitive` says that the pictures are to be veiled; `replies` is who may
    reply. A network that lacks one of them leaves it out.
    `people` are accounts of which the network said within a day that they have these handles, in small letters.
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
    warning: str = ""
    sensitive: bool = False
    replies: Audience = "everyone"
    people: Mapping[str, str] = field(default_factory=dict)


class StoryWarning(str):
    """A warning about one story, such as that its picture is left out; others are about an account or its templates."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What the publisher's own command wrote for a post; "" where it failed, with the `fault` in words.

    `asked` is a hash of what it was asked: for the same, it is not asked again.
    """

    text: str
    asked: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A post, the length of its text in the network's tightest unit, and what had to be left out.

    A warning about this story alone is a StoryWarning. `own_words` are those of the account's command, if it has one.
    `rest` are the further posts of its thread, each to be sent in reply to the one before.
    """

    post: Post
    length: int
    limit: int
    warnings: tuple[str, ...] = ()
    own_words: OwnWords | None = None
    rest: tuple[Rendered, ...] = ()
