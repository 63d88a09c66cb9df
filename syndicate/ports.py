"""The seams: Http, Source, Paged, Memory, Platform, Credentials, Clock, EventLog, and what a platform may be able to.

Each ability is a protocol of its own, which the core checks with `isinstance` or `issubclass`. An
adapter does not declare them: it has the method or not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self, TypeAlias, runtime_checkable

from syndicate.errors import Uncertain
from syndicate.model import (
    Certainty,
    Draft,
    Identity,
    Json,
    Limits,
    ListedPost,
    Look,
    Post,
    Reading,
    Receipt,
    Span,
    Validators,
)

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present instant: aware, UTC."""


@dataclass(frozen=True, slots=True)
class ClockDoubt:
    """Why this machine's clock is doubted, in words, and what time it is by the servers, if any said so.

    Meanwhile nothing expires, and nothing is skipped for its date. `words` "": no server was heard yet, after a stop.
    """

    words: str
    servers: datetime | None = None


Part: TypeAlias = tuple[str, bytes, str]
"""One file of a multipart body: file name, bytes, MIME type."""


@dataclass(frozen=True, slots=True)
class OAuth1:
    """The four secrets that sign a request (HMAC-SHA1); Http does the signing."""

    consumer_key: str
    consumer_secret: str
    token: str
    token_secret: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered. Header names are lower case; `url` is where redirects ended.

    `moved` is where permanent redirects (301, 308) led, up to the first temporary one.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    received_at: datetime
    moved: str | None = None

    def json(self) -> Any:
        """The body as JSON. Raises Uncertain if it cannot be read."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as fault:
            raise Uncertain(f"HTTP {self.status} with an unreadable body", status=self.status) from fault


class Http(Protocol):
    """The only way to the network."""

    def call(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | Mapping[str, str] | None = None,
        files: Mapping[str, Part] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: OAuth1 | None = None,
        sample: Any = None,
    ) -> Reply:
        """One request, never repeated; every status is a Reply, and the caller reads it.

        `sample` is the JSON the API would answer: a dry run gets it back for every write, and for a
        GET that has one (since its address then depends on a sampled id).
        Raises Unavailable (nothing reached the server: refused, DNS, TLS, connect time-out) or
        Uncertain (no whole answer: read time-out, reset, too long a body). Messages hold no secret.
        """


class Source(Protocol):
    """A place from which articles are read."""

    name: str

    def fetch(self, validators: Validators) -> Reading:
        """Read the source once. Raises SourceError: unreachable, refused, or not a document it can read."""


@runtime_checkable
class Paged(Protocol):
    """A source that can list more than its newest entries. Each step of its iterators makes one request at most."""

    def older(self, fetched: Reading) -> Iterator[Reading]:
        """The pages after a reading, as far as they go. Raises SourceError: one cannot be read now."""

    def listed(self) -> Iterator[Reading]:
        """What the site's news sitemaps list: addresses, titles and dates, hardly more. A step may find nothing."""


class Memory(Protocol):
    """What a source listed in its earlier readings."""

    def first(self) -> bool:
        """Whether this is its first reading, from which nothing is announced."""

    def since(self) -> datetime | None:
        """When it last listed something that was not known; None: never yet."""

    def unknown(self, places: Iterable[str]) -> set[str]:
        """Those of these addresses that it never listed before."""


class EventLog(Protocol):
    """Writes one fact: the name of an event, such as "delivery.posted", and its fields."""

    def __call__(self, event: str, **fields: Any) -> None:
        """Write the event. Fields that are None or "" are left out."""


class Credentials(Protocol):
    """The session or token of one account that changes over time; static options are not in here."""

    def current(self) -> Json:
        """The current credentials; {} when there are none yet (then raise AuthError, and the core refreshes)."""


class Platform(Protocol):
    """One account on one network: turns a rendered Post into API calls.

    Built once per account and shared by threads, so it keeps no state between calls.
    It never sleeps, retries, logs, or reads the clock, the config or the ledger: the
    delivery loop does those, once, for every platform.
    """

    name: ClassVar[str]
    options_type: ClassVar[type]
    certainty: ClassVar[Certainty]
    key_window: ClassVar[float]
    """Seconds during which the same key surely gives the same post; 0 for classes without a key."""
    settle: ClassVar[float]
    """Seconds after which an accepted post is surely visible to `find`."""
    limits: Limits

    def __init__(self, options: Any, http: Http, credentials: Credentials) -> None: ...

    def measure(self, text: str) -> int:
        """Length of `text` as this network counts it. Pure; measure("") == 0."""

    def verify(self) -> Identity:
        """Whose token this is. One cheap read, changes nothing.
        Raises AuthError, RateLimited, Unavailable.
        """

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:
        """Everything that can be done before anyone sees it: uploads, containers, ids.

        Safe to repeat; `prepared` is what an earlier NotReady left. The Draft is plain
        JSON; it is stored before `commit` is called.
        Raises Rejected, AuthError, RateLimited, Unavailable, NotReady.
        """

    def commit(self, draft: Draft, key: str) -> Receipt:
        """The one request that makes it visible; return its id and permalink.

        `key` (32 hex digits) is the same on every attempt of one delivery: send it as
        the idempotency key, or derive the record's id from it, where the API can.
        Raises Rejected, AuthError, RateLimited, Unavailable, Uncertain.
        """

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:
        """The receipt of a commit begun after `since`; None if it is not to be seen (yet).

        `draft["others"]`, where it is there, lists ids that are known to be other deliveries' posts.
        Raises Unsupported where the API cannot tell: then a person decides.
        """


@runtime_checkable
class Refreshable(Protocol):
    """Its session or token expires and can be renewed without a person."""

    def refresh(self, current: Json) -> Json:
        """The next credentials, from `current` ({} the first time). Raises AuthError, Unavailable, RateLimited."""


@runtime_checkable
class Deletable(Protocol):
    """Its posts can be deleted."""

    def delete(self, receipt: Receipt) -> None:
        """Remove it; already gone is fine."""


@runtime_checkable
class Editable(Protocol):
    """The text of its posts can be changed."""

    def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Change the post to `post`; pictures stay. Safe to repeat.

        Raises Rejected, AuthError, RateLimited, Unavailable, Uncertain, Unsupported.
        """


@runtime_checkable
class Listing(Protocol):
    """The network lists what the account has posted. Asked once after a restore or a stop, before anything is sent."""

    def recent(self, since: datetime) -> Sequence[ListedPost]:
        """The account's own posts since then, newest first: one page, and the next only where that one is full.

        Raises AuthError, RateLimited, Unavailable, Uncertain; Unsupported where it cannot say which links they have.
        """


@runtime_checkable
class PricedListing(Protocol):
    """The network charges for a listing."""

    def price_of_listing(self, posts: int) -> int:
        """What it costs to list so many posts, in millionths of a US dollar."""


@runtime_checkable
class Priced(Protocol):
    """The network charges for posts."""

    def price(self, post: Post) -> int:
        """What publishing it costs, in millionths of a US dollar."""


@runtime_checkable
class Identified(Protocol):
    """Its options say whose login it is. On the class: used before there is an instance."""

    @staticmethod
    def whose(options: Any) -> tuple[str, ...]:
        """What stays the same when a token is renewed: a server, a handle, a page's id.

        If one of them changes, it is another account, with a new baseline.
        """


@runtime_checkable
class Proved(Protocol):
    """Its options say at which server, but not which of its logins: that, only `verify` tells. On the class.

    Nothing is sent with another secret, nor a day after the last answer, before `verify` has said that it is the same
    login.
    """

    @staticmethod
    def proof(options: Any) -> str:
        """The secret that belongs to one login, such as its token. Only a keyed hash of it is stored."""


@runtime_checkable
class OwnDoor(Protocol):
    """Its calls do not go through HTTP. On the class: the door is made before the instance."""

    @staticmethod
    def door(options: Any, clock: Clock) -> Http:
        """The object that takes the calls. A dry run wraps it, so that writes are answered by their samples."""


@runtime_checkable
class Recognisable(Protocol):
    """A preview can draw its posts as the network shows them."""

    look: ClassVar[Look]


@runtime_checkable
class RichText(Protocol):
    """Its posts say themselves which words are links, so an address may be shown short over the whole one."""

    def shown(self, address: str) -> str:
        """How the network's own app shows an address in a text."""

    def linked(self, text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
        """The links, tags and mentions of a text: `spans`, and what its own app would find besides."""


@runtime_checkable
class PartlyBuilt(Protocol):
    """An options class with settings that are documented, but not built yet: using one is an error."""

    not_built: ClassVar[Mapping[str, str]]
    """Each setting with the reason, and what to use instead."""


@runtime_checkable
class Redirectable(Protocol):
    """Options that need more than another `api_url` to lead to the sandbox. On the instance."""

    def redirected(self, url: str, folder: Path, name: str) -> Self:
        """The same options, led to the stand-ins at `url`, or to files in `folder`, the account's own.

        `name` is the account's, for a network where every account has an address of its own.
        """
