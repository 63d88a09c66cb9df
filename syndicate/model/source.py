"""One reading of a source, and how often it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from syndicate.model.article import Article


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
class PollInterval:
    """How often a source is asked: `least` and `most` time between two polls; by its habits, if it `learns`.

    Both the same: always so. Else the server's own wish counts between them.
    """

    least: timedelta = timedelta(minutes=5)
    most: timedelta = timedelta(hours=1)
    learns: bool = False


DEFAULT_INTERVAL = PollInterval()
"""Where the publisher says nothing."""


@dataclass(frozen=True, slots=True)
class PollHints:
    """How often a publisher's side wants to be asked: its server (`served`), its document (`said`).

    `hours` (0-23) and `days` (0 is Monday), both of UTC, are those in which it has nothing new.
    """

    served: timedelta | None = None
    said: timedelta | None = None
    hours: tuple[int, ...] = ()
    days: tuple[int, ...] = ()


NO_HINTS = PollHints()


@dataclass(frozen=True, slots=True)
class Hub:
    """Where news of a feed are told of, and the `topic` by which the hub knows the feed (WebSub): two addresses."""

    url: str
    topic: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a source. `articles` keep the document's order; empty when not `modified`.

    `entries` counts what the document listed, usable or not; `notes` are for standard error.
    `interval` is how long the server asks us to wait between polls, if it says so; `wish` the same in its
    parts, from a document that was read. `moved` is where its address leads for good. `hub` is the one it names,
    if it names one; nobody can tell unless `hub_known`, as where only half of a document came. `windowed`: it
    lists the newest only, and older ones scroll out; `older` is where it says that it goes on.
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


@dataclass(frozen=True, slots=True)
class CompleteReading:
    """A reading with all that could be had. `missing` says which stories may be missing, and why.

    `gap_at`: a gap was found then, and the next poll is to try again; the reading's validators are the old
    ones, so that it is sent the whole document.
    """

    fetched: Reading
    missing: str | None = None
    gap_at: datetime | None = None
