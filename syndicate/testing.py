"""For tests of adapters, ours and yours: the contract every platform keeps, and doors to test it with.

    class TestExample(PlatformContract):
        def make(self, http, url, credentials):
            return Example(Options(token=Secret("token"), api_url=url), http, credentials)

        @pytest.fixture
        def network(self):
            with ExampleStandIn() as stand_in:
                yield stand_in

Needs pytest. Everything runs over real HTTP on loopback against something that stands in for the network.
"""

# ruff: noqa: D102 - a test's name is its sentence
from __future__ import annotations

import json as jsons
import socket
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol

import pytest

from syndicate.errors import AuthError, RateLimited, Rejected, Unavailable, Uncertain, Unsupported
from syndicate.http import DryHttp, RequestsHttp
from syndicate.model import Json, LinkCard, Media, Post, Receipt, Span
from syndicate.ports import Credentials, Deletable, Http, OAuth1, Part, Platform, Refreshable, Reply

LINK = "https://gazette.example/news/bridge?utm_medium=social&utm_source=test"
KEY = "00112233445566778899aabbccddeeff"
OTHER_KEY = "ffeeddccbbaa99887766554433221100"


class StandIn(Protocol):
    """What stands in for a network: where it is, what it shows, and what goes wrong on purpose.

    A post in `posts` has at least "text" and "media", whose items have "alt". A rule has "fault"
    (401, 429, 500, 503, drop_before, drop_after, 500_after), "platform", "step" (upload, commit, read)
    and may have "retry_after"; it happens once.
    """

    url: str

    def posts(self) -> list[Json]:
        """What is published, oldest first."""

    def add_faults(self, rules: Iterable[Any]) -> None:
        """Let these happen, in this order."""


class Held:
    """Credentials that a test holds in memory."""

    def __init__(self, value: Json | None = None) -> None:
        self.value: Json = value or {}

    def current(self) -> Json:
        """What was put in last."""
        return self.value


@dataclass(frozen=True, slots=True)
class Call:
    """One request as an adapter made it."""

    method: str
    url: str
    params: Mapping[str, str] | None
    json: Any
    data: bytes | Mapping[str, str] | None
    files: Mapping[str, Part] | None
    headers: Mapping[str, str]
    auth: OAuth1 | None


class Recorded:
    """A door that answers with recorded replies, in order, and remembers the calls.

    A reply is a `Reply`, an exception to raise, or `(status, body)` with an optional third of headers.
    """

    def __init__(self, *replies: Any) -> None:
        self.calls: list[Call] = []
        self._replies = list(replies)

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
        sample: Any = None,  # noqa: ARG002 - recorded replies take its place
    ) -> Reply:
        """The next reply. An adapter that calls more often than it may finds none left."""
        self.calls.append(Call(method, url, dict(params or {}), json, data, files, dict(headers or {}), auth))
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, Reply) else recorded(*reply)


def recorded(
    status: int, body: Any = None, headers: Mapping[str, str] | None = None, url: str = "https://network.example/"
) -> Reply:
    """A reply as a network would give it; a body that is neither text nor bytes is sent as JSON."""
    data = body if isinstance(body, bytes) else (body if isinstance(body, str) else jsons.dumps(body)).encode()
    return Reply(status, {name.lower(): value for name, value in (headers or {}).items()}, data, url, now())


def now() -> datetime:
    """The instant at which a test happens."""
    return datetime.now(UTC)


def picture(width: int = 8, height: int = 6, alt: str = "A bridge in fog") -> Media:
    """A small PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x20\x60\xa0" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return Media(b"\x89PNG\r\n\x1a\n" + data, "image/png", width, height, alt)


def post(text: str = "A bridge opens", **changes: Any) -> Post:
    """A rendered post without link or pictures, and what a test wants otherwise."""
    moment = now().replace(microsecond=0)
    plain = Post(text, None, (), (), None, "en", at=moment, planned_at=moment, article={"url": LINK})
    return replace(plain, **changes)


def linked(platform: Platform, text: str = "A bridge opens", link: str = LINK) -> Post:
    """A post with its link where this network draws the box from."""
    if platform.limits.card == "client":
        return post(text, link=link, card=LinkCard(link, "A bridge", "It opens today", picture()))
    if platform.limits.card == "field":
        return post(text, link=link)
    whole = f"{text} {link}"
    return post(whole, link=link, spans=(Span(len(text) + 1, len(whole), "link", link),))


def illustrated(alt: str = "A bridge in fog", text: str = "A bridge opens", link: str = LINK) -> Post:
    """A post with a picture and its link in the text."""
    whole = f"{text} {link}"
    span = Span(len(text) + 1, len(whole), "link", link)
    return post(whole, link=link, spans=(span,), media=(picture(alt=alt),))


def refusing_url() -> str:
    """An address on this machine at which nobody listens."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{line.getsockname()[1]}"


class PlatformContract:
    """What the delivery loop relies on, whatever the network."""

    enforces_length: ClassVar[bool] = True
    """Whether the network refuses a text that is too long."""
    has_faults: ClassVar[bool] = True
    """Whether the stand-in can be made to fail."""
    secrets: ClassVar[tuple[str, ...]] = ()
    """Words of the options that no draft may hold."""

    def make(self, http: Http, url: str, credentials: Credentials) -> Platform:
        """The adapter for one account, its API at `url`."""
        raise NotImplementedError

    @pytest.fixture
    def network(self) -> Iterator[StandIn]:
        """Where posts go; nothing is there yet."""
        raise NotImplementedError

    @pytest.fixture
    def http(self) -> Iterator[Http]:
        """The one door, as in a real run."""
        door = RequestsHttp(clock=now)
        yield door
        door.close()

    @pytest.fixture
    def credentials(self) -> Held:
        """Empty until the adapter has refreshed them."""
        return Held()

    @pytest.fixture
    def platform(self, http: Http, network: StandIn, credentials: Held) -> Platform:
        """The adapter with a session, if it has sessions."""
        platform = self.make(http, network.url, credentials)
        if isinstance(platform, Refreshable):
            credentials.value = platform.refresh({})
        return platform

    @pytest.fixture
    def since(self) -> datetime:
        """As the delivery loop asks: a minute before the commit, for clocks that differ."""
        return now() - timedelta(minutes=1)

    def test_nothing_has_no_length(self, platform: Platform) -> None:
        assert platform.measure("") == 0
        assert platform.measure("a") == 1

    def test_it_says_who_it_is(self, platform: Platform) -> None:
        identity = platform.verify()
        assert identity.id
        assert identity.name

    def test_preparing_shows_nothing_and_may_be_done_twice(self, platform: Platform, network: StandIn) -> None:
        story = illustrated()
        platform.prepare(story, KEY)
        draft = platform.prepare(story, KEY)
        assert network.posts() == []
        platform.commit(_stored(draft), KEY)
        assert len(network.posts()) == 1

    def test_a_draft_holds_no_secret(self, platform: Platform) -> None:
        stored = jsons.dumps(platform.prepare(illustrated(), KEY))
        assert not [secret for secret in self.secrets if secret in stored]

    def test_a_commit_publishes_once_and_says_where(self, platform: Platform, network: StandIn) -> None:
        receipt = self._publish(platform, linked(platform))
        assert receipt.id
        assert receipt.permalink is None or "://" in receipt.permalink
        assert len(network.posts()) == 1
        assert "A bridge opens" in network.posts()[0]["text"]

    def test_the_same_key_again_makes_no_second_post(
        self, platform: Platform, network: StandIn, since: datetime
    ) -> None:
        if platform.certainty not in ("exact", "keyed"):
            pytest.skip("this network knows no key")
        draft = _stored(platform.prepare(linked(platform), KEY))
        receipt = platform.commit(draft, KEY)
        try:
            again: Receipt | None = platform.commit(draft, KEY)
        except Uncertain:
            again = platform.find(draft, KEY, since)
        assert again == receipt
        assert len(network.posts()) == 1

    def test_another_key_is_another_post(self, platform: Platform, network: StandIn) -> None:
        self._publish(platform, linked(platform))
        self._publish(platform, linked(platform, "A tunnel opens", LINK + "2"), OTHER_KEY)
        assert len(network.posts()) == 2

    def test_what_was_never_sent_is_not_found(self, platform: Platform, since: datetime) -> None:
        draft = _stored(platform.prepare(linked(platform), KEY))
        if platform.certainty == "blind":
            with pytest.raises(Unsupported):
                platform.find(draft, KEY, since)
        else:
            assert platform.find(draft, KEY, since) is None

    @pytest.mark.parametrize("with_picture", [False, True], ids=["link", "picture"])
    def test_what_was_sent_is_found_with_the_same_receipt(
        self, platform: Platform, since: datetime, *, with_picture: bool
    ) -> None:
        self._skip_blind(platform)
        draft = _stored(platform.prepare(illustrated() if with_picture else linked(platform), KEY))
        receipt = platform.commit(draft, KEY)
        assert platform.find(draft, KEY, since) == receipt

    def test_a_post_without_a_link_is_found_by_its_text(self, platform: Platform, since: datetime) -> None:
        self._skip_blind(platform)
        draft = _stored(platform.prepare(post("Tom & Jerry <3\n\n“Fog”, says #TheGazette"), KEY))
        receipt = platform.commit(draft, KEY)
        assert platform.find(draft, KEY, since) == receipt

    def test_another_post_is_not_taken_for_it(self, platform: Platform, since: datetime) -> None:
        self._skip_blind(platform)
        self._publish(platform, linked(platform, "A tunnel opens", LINK + "2"), OTHER_KEY)
        draft = _stored(platform.prepare(linked(platform), KEY))
        assert platform.find(draft, KEY, since) is None

    def test_it_is_found_among_many(self, platform: Platform, since: datetime) -> None:
        self._skip_blind(platform)
        draft = _stored(platform.prepare(linked(platform), KEY))
        receipt = platform.commit(draft, KEY)
        for number in range(45):
            self._publish(platform, linked(platform, f"Story {number}", f"{LINK}-{number}"), f"{number:032x}")
        assert platform.find(draft, KEY, since) == receipt

    def test_alt_text_arrives(self, platform: Platform, network: StandIn) -> None:
        self._publish(platform, illustrated(alt="Nebel über der Brücke, “alt”"))
        assert [media["alt"] for media in network.posts()[0]["media"]] == ["Nebel über der Brücke, “alt”"]

    def test_a_text_of_just_the_limit_is_taken_and_one_more_refused(self, platform: Platform, network: StandIn) -> None:
        if not self.enforces_length:
            pytest.skip("the limit is ours")
        limit = platform.verify().limits.get("text", platform.limits.text)
        assert platform.measure("a" * limit) == limit
        self._publish(platform, post("a" * limit))
        with pytest.raises(Rejected):
            self._publish(platform, post("a" * (limit + 1)), OTHER_KEY)
        assert len(network.posts()) == 1

    def test_a_dry_run_publishes_nothing_and_shows_its_requests(
        self, http: Http, network: StandIn, credentials: Held
    ) -> None:
        dry = DryHttp(http, now)
        platform = self.make(dry, network.url, credentials)
        if isinstance(platform, Refreshable):
            credentials.value = platform.refresh({})
        self._publish(platform, illustrated())
        self._publish(platform, linked(platform), OTHER_KEY)
        assert dry.calls
        assert network.posts() == []

    def test_a_refused_token_is_an_auth_error(self, platform: Platform, network: StandIn) -> None:
        self._fail(network, platform, "401")
        with pytest.raises(AuthError):
            self._publish(platform, post())
        assert network.posts() == []

    def test_no_session_is_an_auth_error_and_a_dead_one_is_renewed(
        self, platform: Platform, network: StandIn, credentials: Held
    ) -> None:
        if not isinstance(platform, Refreshable):
            pytest.skip("nothing here expires")
        alive = credentials.value
        for dead in ({}, dict.fromkeys(alive, "dead")):
            credentials.value = dead
            with pytest.raises(AuthError):
                self._publish(platform, illustrated())
        for known in (dict.fromkeys(alive, "dead"), alive):
            credentials.value = platform.refresh(known)
        self._publish(platform, illustrated())
        assert len(network.posts()) == 1

    def test_too_many_requests_say_when_to_come_back(self, platform: Platform, network: StandIn) -> None:
        self._fail(network, platform, "429", retry_after=60)
        with pytest.raises(RateLimited) as caught:
            self._publish(platform, post())
        assert caught.value.retry_after is not None
        assert 30 <= caught.value.retry_after <= 90
        assert network.posts() == []

    @pytest.mark.parametrize("fault", ["500", "503", "drop_before"])
    def test_no_good_answer_to_a_commit_is_uncertain(
        self, platform: Platform, network: StandIn, since: datetime, fault: str
    ) -> None:
        draft = _stored(platform.prepare(linked(platform), KEY))
        self._fail(network, platform, fault)
        with pytest.raises(Uncertain):
            platform.commit(draft, KEY)
        if platform.certainty != "blind":
            assert platform.find(draft, KEY, since) is None
        platform.commit(draft, KEY)
        assert len(network.posts()) == 1

    @pytest.mark.parametrize("fault", ["drop_after", "500_after", "502_after"])
    def test_a_post_whose_answer_was_lost_is_found(
        self, platform: Platform, network: StandIn, since: datetime, fault: str
    ) -> None:
        draft = _stored(platform.prepare(linked(platform), KEY))
        self._fail(network, platform, fault)
        with pytest.raises(Uncertain):
            platform.commit(draft, KEY)
        assert len(network.posts()) == 1
        if platform.certainty == "blind":
            with pytest.raises(Unsupported):
                platform.find(draft, KEY, since)
        else:
            assert platform.find(draft, KEY, since) is not None

    @pytest.mark.parametrize("fault", ["500", "503", "drop_before", "drop_after"])
    def test_an_upload_that_fails_can_be_done_again(self, platform: Platform, network: StandIn, fault: str) -> None:
        if platform.certainty == "blind":
            pytest.skip("nothing is uploaded")
        self._fail(network, platform, fault, step="upload")
        with pytest.raises((Unavailable, Uncertain)):
            platform.prepare(illustrated(), KEY)
        self._publish(platform, illustrated())
        assert len(network.posts()) == 1

    def test_nobody_there_is_unavailable(self, http: Http, platform: Platform, credentials: Held) -> None:
        self._need_faults()
        draft = _stored(platform.prepare(post(), KEY))
        nowhere = self.make(http, refusing_url(), credentials)
        with pytest.raises(Unavailable):
            nowhere.commit(draft, KEY)

    def test_a_post_can_be_withdrawn_twice(self, platform: Platform, network: StandIn, since: datetime) -> None:
        if not isinstance(platform, Deletable):
            pytest.skip("this network keeps what it has")
        draft = _stored(platform.prepare(linked(platform), KEY))
        receipt = platform.commit(draft, KEY)
        platform.delete(receipt)
        platform.delete(receipt)
        assert network.posts() == []
        assert platform.find(draft, KEY, since) is None

    def _publish(self, platform: Platform, story: Post, key: str = KEY) -> Receipt:
        return platform.commit(_stored(platform.prepare(story, key)), key)

    def _fail(self, network: StandIn, platform: Platform, fault: str, **more: Any) -> None:
        self._need_faults()
        network.add_faults([{"platform": platform.name, "step": "commit", "fault": fault} | more])

    def _need_faults(self) -> None:
        if not self.has_faults:
            pytest.skip("this stand-in does not fail")

    def _skip_blind(self, platform: Platform) -> None:
        if platform.certainty == "blind":
            pytest.skip("this network cannot be asked")


def _stored(draft: Json) -> Json:
    """A draft as the ledger gives it back."""
    stored: Json = jsons.loads(jsons.dumps(draft))
    return stored
