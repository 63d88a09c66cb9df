"""Readings of a source, and how often it is polled."""

from __future__ import annotations

from datetime import datetime, timedelta

from syndicate.model.article import Article
from syndicate.model.dataclass import dataclass


def site_of(name: str) -> str:
    """The site that a source or an account belongs to, by its name: gazette of `gazette/news`; "" where there is one
    site only.
    """
    return name.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Validators:
    """What lets a server answer "unchanged": opaque header values, returned exactly as they came.

    `last_modified` is "" where the server gives one that is not to be sent back yet.
    `place` is a hash of the address that gave them: at another one they mean nothing.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class PollInterval:
    """How often a source is polled: `least` and `most` time between two polls; if it `learns`, by how
    often it publishes.

    If both are the same, it is always that. Else the server's hints count between them.
    """

    least: timedelta = timedelta(minutes=5)
    most: timedelta = timedelta(hours=1)
    learns: bool = False


DEFAULT_INTERVAL = PollInterval()
"""The interval where the config gives none."""


@dataclass(frozen=True, slots=True)
class PollHints:
    """How often the publisher's side asks to be polled: its server (`served`), its document (`said`).

    `hours` (0-23) and `days` (0 is Monday), both of UTC, are those in which it has nothing new.
    """

    served: timedelta | None = None
    said: timedelta | None = None
    hours: tuple[int, ...] = ()
    days: tuple[int, ...] = ()


NO_HINTS = PollHints()


@dataclass(frozen=True, slots=True)
class Hub:
    """A WebSub hub, which reports a feed's changes, and the `topic` by which it knows the feed: two addresses."""

    url: str
    topic: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entry that is no article, by its address, guid or file name, and `why`. `meant`: its publisher wants it so.

    `noted`: a note of the reading says it already.
    """

    place: str
    why: str
    meant: bool = True
    noted: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a source. `articles` keep the document's order; empty when not `modified`.

    `entries` counts what the document listed, usable or not; `notes` are for standard error.
    `interval` is how long the server asks us to wait between polls, if it says so; `wish` has all
    hints of a document that was read. `moved` is where its address redirects for good. `hub` is the one it names,
    if any; without `hub_known` that cannot be told, as from half a document. `windowed`: it lists only the newest,
    and older ones scroll out; `older` is its next page, if it names one. `appended`: new ones come at its end.
    `known` are addresses that it lists and that are to be remembered, `left_out` is what it lists and is no article;
    `partial`: some of what it lists is left for the next reading.
    """

    articles: tuple[Article, ...] = ()
    validators: Validators = Validators()
    modified: bool = True
    entries: int = 0
    notes: tuple[str, ...] = ()
    interval: timedelta | None = None
    hub: Hub | None = None
    hub_known: bool = False
    wish: PollHints | None = None
    moved: str | None = None
    windowed: bool = False
    older: str = ""
    appended: bool = False
    known: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    partial: bool = False


@dataclass(frozen=True, slots=True)
class CompleteReading:
    """A reading with everything that could be read. `missing` says which articles may be missing, and why.

    `gap_at`: a gap was found then, and the next poll tries again; the reading's validators are the old ones, so
    that the server sends the whole document.
    """

    fetched: Reading
    missing: str | None = None
    gap_at: datetime | None = None
