"""The seams: Http, Source, Paged, Memory, Platform, Credentials, Clock, EventLog, and what a platform may be able to.

Each ability is a protocol of its own, which the core checks with `isinstance` or `issubclass`. An
adapter does not declare them: it has the method or not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, Protocol, Self, TypeAlias, TypeGuard, runtime_checkable

from syndicate.errors import Uncertain
from syndicate.model import (
    Article,
    Certainty,
    Controls,
    Draft,
    Identity,
    Json,
    Limits,
    ListedPost,
    Look,
    Post,
    Question,
    Reading,
    Receipt,
    Span,
    Validators,
)
from syndicate.model.dataclass import dataclass

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


READS: Final = object()
"""The `sample` of a request that only reads although it is no GET: a dry run sends it too."""


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
        GET that has one (since its address then depends on a sampled id). `READS` stands in its place where the API
        takes its questions by POST.
        Raises Unavailable (nothing reached the server: refused, DNS, TLS, connect time-out) or
        Uncertain (no whole answer: read time-out, reset, too long a body). Messages hold no secret.
        """


@runtime_checkable
class Guarded(Protocol):
    """An Http that leads to a private address only on behalf of a source that may name it."""

    def on_behalf_of(self, *sources: str) -> Http:
        """The Http for an address that each of these sources gives; an unknown one is trusted with nothing."""


def caller_site(http: Http) -> str:
    """The address of the site for which this Http calls; "" where it does not know."""
    return str(getattr(http, "site", ""))


@dataclass(frozen=True, slots=True)
class Sender:
    """For whom an Http carries posts: the name of the site, and of the account in the config; "" if not known."""

    site_name: str
    account: str


NOBODY = Sender("", "")


def sender(http: Http) -> Sender:
    """For whom this Http carries posts."""
    return getattr(http, "sender", NOBODY)


def on_behalf_of(http: Http, *sources: str) -> Http:
    """The Http for an address that each of these sources gives; `http` itself where it does not ask who gave it."""
    return http.on_behalf_of(*sources) if isinstance(http, Guarded) else http


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


@runtime_checkable
class WritesBack(Protocol):
    """A source in which an article can be told where it was posted."""

    def write_back(self, article: Article, posts: Sequence[Json]) -> None:
        """Write an article's posts (`account`, `platform`, `url`, `id`, `at`) beside it, instead of those there.

        The same once more changes nothing, and an article that is not there is left. Raises Rejected where this article
        cannot be told, and what any call raises.
        """


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
    """The session or token of one account that changes over time; static options are not in here.

    `software` in it is the core's own: what the last `verify` said that the server runs (`Identity.software`).
    """

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
    certainty: Certainty
    """On the class, what the network allows at best; an instance whose options allow less says so itself."""
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
        JSON; it is stored before `commit` is called. Its `told` are warnings, and its `people` accounts that were asked
        for, by their handles: later posts get them for a day.
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


SigningIn: TypeAlias = Generator[Question, str, Json]
"""A conversation: it yields questions, is sent their answers, and returns the credentials."""


@runtime_checkable
class SignIn(Protocol):
    """A person can sign in to it with `accounts login`. On the class: used before there are credentials."""

    @staticmethod
    def sign_in(options: Any, http: Http, redirect: str) -> SigningIn:
        """Ask the person and the network until there are credentials, and return them. It publishes nothing.

        `redirect` is the address on this machine to which the network's page is to lead. The credentials are plain
        JSON without empty values: `token`; where they end, `expires_at`, and `renew_at`, from when on `refresh` makes
        the next ones (both RFC 3339); and what else the adapter reads from them, such as `refresh_token` or `user_id`.
        Raises AuthError where the person or the network refuses, and what any call raises.
        """


class PictureHost(Protocol):
    """A place where pictures can be fetched by everyone."""

    def put(self, name: str, data: bytes, mime: str) -> None:
        """Put a file there, also if it is there. Raises Unavailable."""

    def remove(self, name: str) -> None:
        """Remove a file; already gone is fine. Raises Unavailable."""


@runtime_checkable
class SignOut(Protocol):
    """A login that somebody made can be ended. On the class."""

    @staticmethod
    def sign_out(options: Any, http: Http, held: Json) -> None:
        """End the login whose credentials these are, after another one is stored. Raises what any call raises."""


@runtime_checkable
class SignedOut(Protocol):
    """It says itself which options are a login of their own. On the class: used before there are credentials."""

    @staticmethod
    def signed_out(options: Any) -> Json:
        """{} where the options hold a login; else the credentials with which a rehearsal does without signing in."""


@runtime_checkable
class Rotating(Protocol):
    """Each refresh ends the refresh token before it, so what is not stored cannot be renewed again. On the class."""

    rotates: ClassVar[Literal[True]]


@runtime_checkable
class FetchesPictures(Protocol):
    """The network fetches pictures by an address, so each `Media.url` of a post is set before `prepare`. On the class.

    Without the setting `media`, which says where pictures are put, they are None.
    """

    fetches_pictures: ClassVar[Literal[True]]


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
class ListsNoAnswers(Protocol):
    """What the network lists has no posts that answer another one, such as comments."""

    lists_answers: ClassVar[Literal[False]]


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
        """The object that takes the calls. A dry run wraps it, so that writes are answered by their samples.

        If it has a `sender`, it is told for whom it carries posts.
        """


@runtime_checkable
class Recognisable(Protocol):
    """A preview can draw its posts as the network shows them."""

    look: ClassVar[Look]


@runtime_checkable
class Controlled(Protocol):
    """Its posts can carry a content warning, veiled pictures, or limits on who may reply. On the class."""

    controls: ClassVar[Controls]


@runtime_checkable
class Answering(Protocol):
    """The account can answer its own posts (`Post.reply_to`). On the class: asked before there is an instance."""

    @staticmethod
    def answers(options: Any) -> Literal["posts", "comments"] | None:
        """Whether an answer is a post like any other, so that there are threads, or a comment; None: not with these
        options.
        """


@runtime_checkable
class LinksWords(Protocol):
    """Its texts can have words that are a link: a span of kind "link" need not be over its address. On the class."""

    links_words: ClassVar[Literal[True]]


@runtime_checkable
class MentionsPeople(Protocol):
    """Its texts mention people by their handles. On the class."""

    @staticmethod
    def mention(handle: str) -> str:
        """How a text mentions this handle. Raises ValueError with what a handle looks like."""


@runtime_checkable
class FindsPeople(Protocol):
    """It can be asked whether somebody has a handle that texts mention."""

    def has_handle(self, handle: str) -> bool:
        """Whether somebody has it. One cheap read, changes nothing."""


@runtime_checkable
class RichText(Protocol):
    """Its posts say themselves which words are links, so an address may be shown short over the whole one."""

    def shown(self, address: str) -> str:
        """How the network's own app shows an address in a text."""

    def linked(self, text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
        """The links, tags and mentions of a text: `spans`, and what its own app would find besides."""


@runtime_checkable
class RecordNaming(Protocol):
    """Its link cards can name the AT Protocol records of an article (standard.site), and are then drawn fuller."""

    names_records: bool
    """Whether the account wants that."""

    def record_server(self, did: str) -> str | None:
        """The server of an account where the config names it; None where only its owner's DID document does."""


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


_ABLE: dict[tuple[type, type], bool] = {}


def is_rich(adapter: Platform) -> TypeGuard[RichText]:
    """Whether it is RichText."""
    return _is_able(adapter, RichText)


def is_priced(adapter: Platform) -> TypeGuard[Priced]:
    """Whether it is Priced."""
    return _is_able(adapter, Priced)


def is_controlled(adapter: Platform) -> TypeGuard[Controlled]:
    """Whether it is Controlled."""
    return _is_able(adapter, Controlled)


def _is_able(adapter: Platform, ability: Any) -> bool:
    """As `isinstance`, which takes as long as a look into the ledger, asked once for each class of adapters."""
    if not hasattr(type(adapter), "name"):  # what it can do is not its class's
        return isinstance(adapter, ability)
    asked = (type(adapter), ability)
    found = _ABLE.get(asked)
    if found is None:
        found = _ABLE[asked] = isinstance(adapter, ability)
    return found
