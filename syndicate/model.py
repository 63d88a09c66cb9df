"""The nouns. Plain values: frozen, without behaviour beyond what their fields say.

Instants are aware datetimes in UTC, durations are timedeltas, lengths are in the unit the name says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

Json: TypeAlias = dict[str, Any]
Draft: TypeAlias = Json
"""What `prepare` made and the ledger keeps: plain JSON. May carry `expires_at` (RFC 3339)."""


class Secret(str):
    """A string that does not show itself when an object that holds it is printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Lets the config read one; pydantic is loaded only where a config is."""
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema(min_length=1))


Action: TypeAlias = Literal["post", "edit", "delete"]
State: TypeAlias = Literal["planned", "due", "sending", "unknown", "held", "posted", "skipped", "failed"]
Certainty: TypeAlias = Literal["exact", "keyed", "lookup", "blind"]
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
"""In `Article.raw`: until when the source asks to wait, which is kept to the second."""


@dataclass(frozen=True, slots=True)
class Article:
    """One published item of the site, as its source tells it. Texts are plain: decoded once, no markup.

    `url` is absolute and as the publisher gives it. `guid` is never a fallback for something else.
    `published` is what the source said, never `updated` and never "now"; `tz_assumed` when the zone
    was a guess; with `precision` "day" only the date (in the source's zone) is meant.
    `section` is a path such as "News > Russia". `withdrawn`: the source says that it was taken back.
    `raw` has what nobody else reads, and EMBARGOED where the source names an embargo.
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

    @property
    def image(self) -> Image | None:
        """The picture that stands for the article: the first, since sources rank them."""
        return self.images[0] if self.images else None


@dataclass(frozen=True, slots=True)
class Validators:
    """What lets a server answer "unchanged": opaque header values, returned exactly as they came.

    `place` is a hash of the address that gave them: at another one they mean nothing.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Every:
    """How often a source is asked: `least` and `most` time between two polls; by its habits, if it `learns`.

    Both the same: always so. Else the server's own wish counts between them.
    """

    least: timedelta = timedelta(minutes=5)
    most: timedelta = timedelta(hours=1)
    learns: bool = False


USUALLY = Every()
"""Where the publisher says nothing."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How often a publisher's side wants to be asked: its server (`served`), its document (`said`).

    `hours` (0-23) and `days` (0 is Monday), both of UTC, are those in which it has nothing new.
    """

    served: timedelta | None = None
    said: timedelta | None = None
    hours: tuple[int, ...] = ()
    days: tuple[int, ...] = ()


NO_WISH = Wish()


@dataclass(frozen=True, slots=True)
class Fetched:
    """One reading of a source. `articles` keep the document's order; empty when not `modified`.

    `entries` counts what the document listed, usable or not; `notes` are for standard error.
    `interval` is how long the server asks us to wait between polls, if it says so; `wish` the same in its
    parts, from a document that was read. `moved` is where its address leads for good. `hub` is the hub that
    tells of its news, and the topic by which it does (WebSub): two addresses, both "" where none is named;
    None: nobody looked. `windowed`: it lists the newest only, and older ones scroll out; `older` is where it
    says that it goes on.
    """

    articles: tuple[Article, ...] = ()
    validators: Validators = Validators()
    modified: bool = True
    entries: int = 0
    notes: tuple[str, ...] = ()
    interval: timedelta | None = None
    hub: tuple[str, str] | None = None
    wish: Wish | None = None
    moved: str | None = None
    windowed: bool = False
    older: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """A reading with all that could be had. `missing` is what to tell of the rest.

    `gap_at`: a gap was found then, and the next poll is to try again; the reading's validators are the old
    ones, so that it is sent the whole document.
    """

    fetched: Fetched
    missing: str | None = None
    gap_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on an article; every field that is not empty has to match (any of its values)."""

    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """Times of the week on a local clock, as the publisher `said` them: "Mon-Fri 07:00-23:00".

    `spans` are minutes since Monday 00:00, end exclusive; an end beyond 10,080 is in the next week.
    """

    said: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an account may post, and how much. No `windows`: at any hour that is not `quiet`.

    `per_hour` and `per_day` count any 60 minutes and any 24 hours. `breaking` "at once": breaking news
    minds neither hours nor spacing. `timezone` is an IANA name. `catch_up`: after a stop of an hour or
    more so many of the newest stories go out and the older ones are skipped, or "all" go out.
    """

    windows: tuple[Hours, ...] = ()
    quiet: tuple[Hours, ...] = ()
    spacing: timedelta = timedelta(0)
    per_hour: int | None = None
    per_day: int | None = None
    breaking: Literal["wait", "at once"] = "wait"
    timezone: str = "UTC"
    catch_up: int | Literal["all"] = 5


@dataclass(frozen=True, slots=True)
class Budget:
    """What an account may cost, where its network charges for posts; in a calendar month of its time zone."""

    monthly_usd: float


@dataclass(frozen=True, slots=True)
class Account:
    """One login on one platform, named by the publisher, with what planning and rendering need.

    `link` None means: a card where a picture leaves room for one, else in the text.
    `settle` None means the platform's own. `only` None lets everything through.
    `theme` names the folder of the card's design; None: one that suits the story.
    `delay`: an article is announced once it has stayed unchanged that long.
    """

    name: str
    platform: str
    image: Literal["card", "photo", "none"] = "card"
    theme: str | None = None
    alt_text: Literal["required", "optional"] = "required"
    link: Literal["text", "card", "none"] | None = None
    hashtags: int = 3
    utm: Mapping[str, str] = field(default_factory=dict)
    max_age: timedelta = timedelta(hours=24)
    only: Filter | None = None
    never: Filter | None = None
    on_unknown: Literal["hold", "retry", "assume-sent"] = "hold"
    settle: timedelta | None = None
    language: str | None = None
    delay: timedelta = timedelta(0)
    schedule: Schedule = Schedule()
    budget: Budget | None = None
    approve: bool = False
    on_edit: Literal["ignore", "edit"] = "ignore"
    on_withdrawn: Literal["alert", "delete"] = "alert"


@dataclass(frozen=True, slots=True)
class Breaking:
    """What makes a story breaking news: any one of these that fits it, or the source's own mark."""

    tags: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    title: str | None = None


CALM = Breaking()
"""No story is breaking news but by its source's own mark."""


@dataclass(frozen=True, slots=True)
class Caution:
    """When new stories of a source wait for a yes: more than `burst` in one reading (None: no number is too many),
    and those that resemble a story of before.
    """

    burst: int | None = None
    similar: Literal["hold", "post", "skip"] = "post"


CAREFREE = Caution()
"""Whatever a source brings goes out."""


@dataclass(frozen=True, slots=True)
class Site:
    """The publisher. `timezone` is an IANA name."""

    name: str
    url: str
    language: str | None = None
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a network takes. `text` in the unit of `Platform.measure`; 0 images means none at all.

    `card` says who draws the box for a link: "client" (we send title, description and thumb), "text"
    (the network reads the first address in the text), "field" (it takes the link beside the text),
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


@dataclass(frozen=True, slots=True)
class Span:
    """A part of `Post.text` that means something: code point offsets, `end` exclusive.

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
        """SHA-256 of the bytes, and the extension of their type."""
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
    """What the platform answered. `data` keeps what a reply, an edit or a deletion needs later."""

    id: str
    permalink: str | None
    data: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Post:
    """Rendered text and pictures that fit the limits, not yet sent.

    `link` is the address with its campaign parameters, wherever it stands: in `text` (then a span
    says where), in `card`, or beside both where the network takes it as a field.
    `at` is when it was rendered, `planned_at` when its delivery was planned.
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


@dataclass(frozen=True, slots=True)
class Rendered:
    """A post, how long its text is in the network's tightest unit, and what had to be left out."""

    post: Post
    length: int
    limit: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One article to one account: unit of work, retry and record. `key` is 32 hex digits.

    `article` is the article's address. `text` to `link` are None or empty before rendering.
    `absent` counts look-ups in a row that saw nothing, `unknowns` commits in a row without an answer,
    `looks` those at a page that was not right, since `looked_at`.
    `priority` 0 is breaking news, 1 all else. Past `expires_at` it is not sent; None: a person asked for it.
    `approved` is the digest a person said yes to.
    """

    key: str
    anchor: str
    article: str
    account: str
    platform: str
    action: Action
    revision: int
    part: int
    state: State
    reason: str | None
    due_at: datetime | None
    planned_at: datetime
    attempts: int
    fence: int
    post: Json | None = None
    digest: str | None = None
    prepared: Json | None = None
    draft: Draft | None = None
    committed_at: datetime | None = None
    unknowns: int = 0
    absent: int = 0
    looks: int = 0
    looked_at: datetime | None = None
    remote_id: str | None = None
    permalink: str | None = None
    error: str | None = None
    priority: int = 1
    expires_at: datetime | None = None
    approved: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is, and the limits the server states: names of `Limits` fields to values.

    `expires_at` is when the token ends, where the network says so.
    """

    id: str
    name: str
    url: str | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    expires_at: datetime | None = None
