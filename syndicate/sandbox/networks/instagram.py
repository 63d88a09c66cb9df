"""The stand-in for the Instagram API with Instagram login: containers, posts, comments, the quota, signing in.

Its paths begin with the names of its hosts. Parameters: facebook/facebook-business-sdk-codegen @ ad2b0b6 (v25.0);
states, limits and errors: Meta's pages Content Publishing and Error Codes (2026-06-02). Not known, and therefore a
guess: what publishing a container a second time is answered with.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar
from zlib import crc32

from syndicate.sandbox.board import Board
from syndicate.sandbox.counting import addresses
from syndicate.sandbox.exchange import Answer, Received, Route, Table, answer, instant
from syndicate.sandbox.networks._containers import Container, Containers
from syndicate.sandbox.networks._graph import DAY, Envelope, GraphRefusal, Login, chosen, page_of

HOSTS = re.compile(r"/(?:graph|api|www)\.instagram\.com(?=/)")
VERSION = re.compile(r"/v\d+\.\d+(?=/)")
CAPTION, TAGS, MENTIONS, CAROUSEL, POSTS, ALT = 2200, 30, 20, 10, 100, 1000
RATIOS = (0.8, 1.91)
TAG = re.compile(r"(?<!\w)#\w+")
MENTION = re.compile(r"(?<!\w)@[\w.]+")


class InstagramStandIn:
    """A fake Instagram API. Any token posts, as the account @gazette, unless signing in gave it to another one.

    `processing` and `outcome` are of containers; `quota` is how many posts an account may make in 24 hours.
    """

    title: ClassVar[str] = "Instagram"
    colours: ClassVar[tuple[str, str]] = ("#b3265e", "#ff9ac0")

    def __init__(
        self,
        board: Board,
        clock: Callable[[], float],
        url: str,
        processing: int | None = 0,
        outcome: str = "FINISHED",
        quota: int = POSTS,
    ) -> None:
        self._board = board
        self._clock = clock
        self._url = f"{url}/www.instagram.com"
        self._quota = quota
        self.containers = Containers(board, clock, ("image/jpeg",), processing, outcome)
        self._envelope = Envelope(clock)
        login = Login(self.title, self._envelope, clock, grant="ig", number=_number)
        self._table = Table(
            ("GET", "/oauth/authorize", "login", login.page),
            ("POST", "/oauth/access_token", "login", login.code),
            ("GET", "/access_token", "login", login.longer),
            ("GET", "/refresh_access_token", "login", login.again),
            ("GET", "/me", "read", self._me),
            ("GET", "/*/content_publishing_limit", "read", self._limit),
            ("POST", "/*/media", "upload", self._make),
            ("POST", "/*/media_publish", "commit", self._publish),
            ("POST", "/*/comments", "commit", self._comment),
            ("GET", "/*/media", "read", self._list),
            ("GET", "/*/comments", "read", self._comments),
            ("GET", "/*", "read", self._show),
        )
        self.clear()

    def clear(self) -> None:
        """Forget posts, comments and containers; tokens stay."""
        self._posts: dict[str, dict[str, Any]] = {}
        self._said: dict[str, list[dict[str, Any]]] = {}
        self._published: list[tuple[float, str]] = []
        self.containers.clear()

    def route(self, method: str, path: str) -> Route | None:
        """Routes for everything under the names of its hosts, with and without a version."""
        host = HOSTS.match(path)
        if host is None:
            return None
        bare = VERSION.sub("", path[host.end() :], count=1)
        step, operation = self._table.find(method, bare) or ("read", _nothing)
        ahead = self._fetch if step == "upload" else None
        return Route("instagram", step, lambda request: self._envelope.run(operation, request), ahead=ahead)

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (all steps alike)
        """The failure as Graph reports it."""
        return self._envelope.failure(fault, retry_after)

    def _fetch(self, request: Received) -> None:
        fields, _ = request.fields()
        if address := (dict(request.query) | fields).get("image_url"):
            self.containers.fetch(str(address))

    def _caller(self, request: Received, user: str = "me") -> tuple[dict[str, Any], str]:
        given, _ = self._envelope.inputs(request)
        member = self._envelope.member(given["access_token"])
        if user not in ("me", _number(member)):
            raise _missing(user)
        return given, member

    def _make(self, request: Received, user: str) -> Answer:
        given, member = self._caller(request, user)
        _check(given)
        if given.get("media_type") == "CAROUSEL":
            media = self.containers.children(str(given.get("children") or ""), CAROUSEL)
        elif given.get("image_url"):
            media = [self.containers.picture(str(given["image_url"]), str(given.get("alt_text") or ""), RATIOS)]
        else:
            raise GraphRefusal(100, "(#100) The parameter image_url is required")
        return answer(200, {"id": self.containers.add(member, given, media).number})

    def _publish(self, request: Received, user: str) -> Answer:
        given, member = self._caller(request, user)
        number = str(given.get("creation_id") or "")
        container = self.containers.made.get(number)
        if container is None or container.member != member or container.asked.get("is_carousel_item") == "true":
            words = f"The requested resource does not exist: media builder {number}"
            raise GraphRefusal(24, words, error_subcode=2207008)
        if container.post is not None or not self.containers.finished(container):
            raise GraphRefusal(9007, "Media ID is not available", error_subcode=2207027)
        if self._used(member) >= self._quota:
            raise GraphRefusal(9, "The maximum number of posts per day is reached.", error_subcode=2207042)
        self._published.append((self._clock(), member))
        container.post = self._put(container)
        return answer(200, {"id": container.post})

    def _put(self, container: Container) -> str:
        member, caption = container.member, str(container.asked.get("caption") or "")
        number = self._next("180")
        permalink = f"{self._url}/p/I{number[-10:]}/"
        found = addresses(caption)
        self._board.put(
            "instagram",
            number,
            account=member,
            text=caption,
            link=found[0] if found else None,
            media=container.media,
            permalink=permalink,
            at=instant(self._clock()),
        )
        self._posts[number] = {
            "id": number,
            "caption": caption,
            "permalink": permalink,
            "timestamp": self._now(),
            "username": member,
        }
        return number

    def _comment(self, request: Received, parent: str) -> Answer:
        given, member = self._caller(request)
        text = str(given.get("message") or "")
        if parent not in self._posts:
            raise _missing(parent)
        if not text:
            raise GraphRefusal(100, "(#100) The parameter message is required")
        number = self._next("178")
        about = {"account": member, "text": text, "reply_to": parent, "at": instant(self._clock())}
        self._board.put("instagram", number, **about)
        comment = {"id": number, "text": text, "timestamp": self._now(), "from": {"username": member}}
        self._said.setdefault(parent, []).append(comment)
        return answer(200, {"id": number})

    def _list(self, request: Received, user: str) -> Answer:
        given, member = self._caller(request, user)
        mine = [post for post in self._posts.values() if post["username"] == member]
        return answer(200, page_of(mine[::-1], given, f"{self._url}{request.path}"))

    def _comments(self, request: Received, parent: str) -> Answer:
        given, _ = self._caller(request)
        if parent not in self._posts:
            raise _missing(parent)
        return answer(200, page_of(self._said.get(parent, [])[::-1], given, f"{self._url}{request.path}"))

    def _show(self, request: Received, number: str) -> Answer:
        given, _ = self._caller(request)
        fields = given.get("fields") or "id"
        container = self.containers.made.get(number)
        if container is not None:
            state = self.containers.state(container)
            words = "Error: Media upload has failed with error code 2207052" if state == "ERROR" else state
            return answer(200, chosen({"id": number, "status_code": state, "status": words}, fields))
        if number not in self._posts:
            raise _missing(number)
        return answer(200, chosen(self._posts[number], fields))

    def _me(self, request: Received) -> Answer:
        given, member = self._caller(request)
        number = _number(member)
        profile = {"id": f"9{number}", "user_id": number, "username": member, "name": f"Account {member}"}
        return answer(200, chosen(profile, given.get("fields") or "id"))

    def _limit(self, request: Received, user: str) -> Answer:
        _, member = self._caller(request, user)
        config = {"quota_total": self._quota, "quota_duration": DAY}
        return answer(200, {"data": [{"quota_usage": self._used(member), "config": config}]})

    def _used(self, member: str) -> int:
        since = self._clock() - DAY
        return sum(1 for at, who in self._published if who == member and at > since)

    def _next(self, begin: str) -> str:
        self.containers.count += 1
        return f"{begin}{int(self._clock() * 1000)}{self.containers.count:06d}"

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _check(given: dict[str, Any]) -> None:
    caption = str(given.get("caption") or "")
    if len(caption) > CAPTION:
        words = f"The caption was too long: {len(caption)} of {CAPTION} characters"
        raise GraphRefusal(100, words, error_subcode=2207010)
    if len(TAG.findall(caption)) > TAGS:
        raise GraphRefusal(100, f"The caption has more than {TAGS} hashtags", error_subcode=2207010)
    if len(MENTION.findall(caption)) > MENTIONS:
        raise GraphRefusal(100, f"Cannot use more than {MENTIONS} tags per caption", error_subcode=2207040)
    if len(str(given.get("alt_text") or "")) > ALT:
        raise GraphRefusal(100, f"(#100) Param alt_text must be at most {ALT} characters long")


def _missing(number: str) -> GraphRefusal:
    words = f"Unsupported request. Object with ID '{number}' does not exist or cannot be loaded"
    return GraphRefusal(100, words, kind="IGApiException", error_subcode=33)


def _number(member: str) -> str:
    """An account's number."""
    return f"1784{crc32(member.encode()):010d}"


def _nothing(request: Received) -> Answer:
    raise GraphRefusal(2500, f"Unknown path components: {request.path}")


network = InstagramStandIn
