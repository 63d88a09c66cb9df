"""The stand-in for the Threads API: containers, posts, replies, quotas, signing in.

Its paths begin with the names of its hosts.

Requests and answers: fbsamples/threads_api @ 44df04d (2026-01-02). Lengths and links: Meta's pages Threads Posts
(2026-04-14) and Text Attachments (2026-07-02), and bytes as gitroomhq/postiz-app#1946 reports them. Not known, and
therefore a guess: what publishing a container a second time, or one that has expired, is answered with.
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

HOSTS = re.compile(r"/(?:graph\.)?threads\.net(?=/)")
VERSION = re.compile(r"/v\d+\.\d+(?=/)")
TEXT_BYTES, LINKS, CAROUSEL, POSTS, REPLIES, DELETIONS = 500, 5, 20, 250, 1000, 100
SHOWN = {"followers_only": "followers", "mentioned_only": "mentioned"}
AUDIENCES = ("everyone", "accounts_you_follow", "mentioned_only", "parent_post_author_only", "followers_only")


class ThreadsStandIn:
    """A fake Threads API. Any token posts, as the profile @gazette, unless signing in gave it to another one.

    `processing` and `outcome` are of containers; `quota` is how many posts a profile may make in 24 hours.
    """

    title: ClassVar[str] = "Threads"
    colours: ClassVar[tuple[str, str]] = ("#17181a", "#d6d6d6")

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
        self._url = f"{url}/threads.net"
        self._quota = quota
        self.containers = Containers(board, clock, ("image/jpeg", "image/png"), processing, outcome)
        self._envelope = Envelope(clock)
        login = Login(self.title, self._envelope, clock, grant="th", number=_number)
        self._table = Table(
            ("GET", "/oauth/authorize", "login", login.page),
            ("POST", "/oauth/access_token", "login", login.code),
            ("GET", "/access_token", "login", login.longer),
            ("GET", "/refresh_access_token", "login", login.again),
            ("GET", "/debug_token", "read", self._debug),
            ("GET", "/me", "read", self._me),
            ("GET", "/me/threads_publishing_limit", "read", self._limit),
            ("POST", "/me/threads", "upload", self._make),
            ("POST", "/me/threads_publish", "commit", self._publish),
            ("GET", "/me/threads", "read", self._threads),
            ("GET", "/me/replies", "read", self._replies),
            ("GET", "/*", "read", self._show),
            ("DELETE", "/*", "delete", self._delete),
        )
        self.clear()

    def clear(self) -> None:
        """Forget posts and containers; tokens stay."""
        self._posts: dict[str, dict[str, Any]] = {}
        self._published: list[tuple[float, str, bool]] = []
        self._deleted: list[tuple[float, str]] = []
        self.containers.clear()

    def route(self, method: str, path: str) -> Route | None:
        """Routes for everything under the names of its hosts, with and without a version."""
        host = HOSTS.match(path)
        if host is None:
            return None
        bare = VERSION.sub("", path[host.end() :], count=1)
        step, operation = self._table.find(method, bare) or ("read", _nothing)
        ahead = self._fetch if step == "upload" else None
        return Route("threads", step, lambda request: self._envelope.run(operation, request), ahead=ahead)

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (all steps alike)
        """The failure as Graph reports it."""
        return self._envelope.failure(fault, retry_after)

    def _fetch(self, request: Received) -> None:
        fields, _ = request.fields()
        if address := (dict(request.query) | fields).get("image_url"):
            self.containers.fetch(str(address))

    def _caller(self, request: Received) -> tuple[dict[str, Any], str]:
        given, _ = self._envelope.inputs(request)
        return given, self._envelope.member(given["access_token"])

    def _make(self, request: Received) -> Answer:
        given, member = self._caller(request)
        _check(given)
        kind, item = given.get("media_type"), given.get("is_carousel_item") == "true"
        media: list[dict[str, Any]] = []
        if kind == "IMAGE":
            media = [self.containers.picture(str(given.get("image_url")), str(given.get("alt_text") or ""))]
        elif kind == "CAROUSEL":
            media = self.containers.children(str(given.get("children") or ""), CAROUSEL)
        elif kind != "TEXT" or item:
            raise GraphRefusal(100, "(#100) Param media_type must be one of {TEXT, IMAGE, VIDEO, CAROUSEL}")
        elif not given.get("text") and not given.get("link_attachment"):
            raise GraphRefusal(100, "(#100) Param text is required for a text post")
        parent = given.get("reply_to_id")
        if parent and parent not in self._posts:
            raise _missing(str(parent))
        return answer(200, {"id": self.containers.add(member, given, media).number})

    def _publish(self, request: Received) -> Answer:
        given, member = self._caller(request)
        number = str(given.get("creation_id") or "")
        container = self.containers.made.get(number)
        item = container is not None and container.asked.get("is_carousel_item") == "true"
        if container is None or item or container.member != member or not self.containers.finished(container):
            raise _missing(number)
        reply = bool(container.asked.get("reply_to_id"))
        if self._used(member, replies=reply) >= (REPLIES if reply else self._quota):
            raise GraphRefusal(9, "The maximum number of posts per day is reached.", error_subcode=2207042)
        self._published.append((self._clock(), member, reply))
        container.post = self._put(container)
        return answer(200, {"id": container.post})

    def _put(self, container: Container) -> str:
        asked, member = container.asked, container.member
        self.containers.count += 1
        number = f"180{int(self._clock() * 1000)}{self.containers.count:06d}"
        text, attached = str(asked.get("text") or ""), asked.get("link_attachment")
        found = addresses(text)
        link = attached or (found[0] if found else None)
        permalink = f"{self._url}/@{member}/post/T{number[-10:]}"
        card = {"url": link, "title": "", "description": "", "image": None} if link and not container.media else None
        self._board.put(
            "threads",
            number,
            account=member,
            text=text,
            link=link,
            media=container.media,
            card=card,
            permalink=permalink,
            at=instant(self._clock()),
            sensitive=asked.get("is_spoiler_media") == "true",
            replies=SHOWN.get(str(asked.get("reply_control")), "everyone"),
            reply_to=asked.get("reply_to_id"),
        )
        kinds = {"TEXT": "TEXT_POST", "IMAGE": "IMAGE", "CAROUSEL": "CAROUSEL_ALBUM"}
        self._posts[number] = {
            "id": number,
            "media_type": kinds[asked["media_type"]],
            "text": text,
            "permalink": permalink,
            "timestamp": datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "topic_tag": asked.get("topic_tag"),
            "username": member,
            "_reply": bool(asked.get("reply_to_id")),
        } | ({"link_attachment_url": link} if card else {})
        return number

    def _threads(self, request: Received) -> Answer:
        return self._listed(request, replies=False)

    def _replies(self, request: Received) -> Answer:
        return self._listed(request, replies=True)

    def _listed(self, request: Received, *, replies: bool) -> Answer:
        given, member = self._caller(request)
        mine = [post for post in self._posts.values() if post["username"] == member and post["_reply"] == replies]
        return answer(200, page_of(mine[::-1], given, f"{self._url}{request.path}"))

    def _show(self, request: Received, number: str) -> Answer:
        """A container or a post. A field that it does not have is refused, as Meta does (exileum/meta-mcp#143)."""
        given, _ = self._caller(request)
        fields = given.get("fields") or "id"
        container = self.containers.made.get(number)
        if container is not None:
            state = self.containers.state(container)
            words = {"error_message": "UNKNOWN"} if state == "ERROR" else {}
            return answer(200, chosen({"id": number, "status": state} | words, fields))
        if number not in self._posts:
            raise _missing(number)
        if "status" in fields.split(","):
            words_ = "Tried accessing nonexisting field (status)"
            raise GraphRefusal(100, words_, kind="THApiException")
        return answer(200, chosen(self._posts[number], fields))

    def _me(self, request: Received) -> Answer:
        given, member = self._caller(request)
        profile = {"id": _number(member), "username": member, "name": f"Profile {member}"}
        return answer(200, chosen(profile, given.get("fields") or "id"))

    def _debug(self, request: Received) -> Answer:
        given, _ = self._caller(request)
        held = self._envelope.tokens.get(str(given.get("input_token")))
        data: dict[str, Any] = {"type": "USER", "is_valid": True, "user_id": _number("gazette")}
        if held is not None:
            data |= {"scopes": list(held.scopes), "expires_at": int(held.ends), "user_id": _number(held.member)}
        return answer(200, {"data": data})

    def _limit(self, request: Received) -> Answer:
        given, member = self._caller(request)
        since = self._clock() - DAY
        deleted = sum(1 for at, who in self._deleted if who == member and at > since)
        said = {
            "quota_usage": self._used(member, replies=False),
            "config": {"quota_total": self._quota, "quota_duration": DAY},
            "reply_quota_usage": self._used(member, replies=True),
            "reply_config": {"quota_total": REPLIES, "quota_duration": DAY},
            "delete_quota_usage": deleted,
            "delete_config": {"quota_total": DELETIONS, "quota_duration": DAY},
        }
        wanted = (given.get("fields") or "quota_usage").split(",")
        return answer(200, {"data": [{name: said[name] for name in wanted}]})

    def _used(self, member: str, *, replies: bool) -> int:
        since = self._clock() - DAY
        return sum(1 for at, who, reply in self._published if who == member and reply == replies and at > since)

    def _delete(self, request: Received, number: str) -> Answer:
        _, member = self._caller(request)
        if number not in self._posts or self._posts[number]["username"] != member:
            raise _missing(number)
        if sum(1 for at, who in self._deleted if who == member and at > self._clock() - DAY) >= DELETIONS:
            raise GraphRefusal(4, "Application request limit reached: deletions")
        del self._posts[number]
        self._deleted.append((self._clock(), member))
        self.containers.forget(number)
        self._board.remove("threads", number, instant(self._clock()))
        return answer(200, {"success": True, "deleted_id": number})


def _check(given: dict[str, Any]) -> None:
    """Refuse a text that is too long or has too many links, and what only one kind of post takes."""
    text, attached = str(given.get("text") or ""), given.get("link_attachment")
    if len(text.encode()) > TEXT_BYTES:
        raise GraphRefusal(100, f"Param text must be at most {TEXT_BYTES} characters long", kind="THApiException")
    if len({*addresses(text), *([attached] if attached else [])}) > LINKS:
        raise GraphRefusal(100, "THREADS_API__LINK_LIMIT_EXCEEDED", kind="THApiException")
    if attached and (given.get("media_type") != "TEXT" or not addresses(str(attached))):
        raise GraphRefusal(100, "(#100) Param link_attachment is only for text posts, and must be a URL")
    if given.get("reply_control", "everyone") not in AUDIENCES:
        raise GraphRefusal(100, f"(#100) Param reply_control must be one of {', '.join(AUDIENCES)}")
    topic = given.get("topic_tag")
    if topic is not None and (not 1 <= len(topic) <= 50 or "." in topic or "&" in topic):
        raise GraphRefusal(100, "(#100) Param topic_tag must be 1 to 50 characters without . and &")
    if len(str(given.get("alt_text") or "")) > 1000:
        raise GraphRefusal(100, "(#100) Param alt_text must be at most 1000 characters long")


def _missing(number: str) -> GraphRefusal:
    return GraphRefusal(
        24,
        "The requested resource does not exist",
        error_subcode=4279009,
        is_transient=False,
        error_user_title="Media Not Found",
        error_user_msg=f"The media with id {number} cannot be found.",
    )


def _number(member: str) -> str:
    """A profile's number, as this app sees it."""
    return f"178{crc32(member.encode()):010d}"


def _nothing(request: Received) -> Answer:
    raise GraphRefusal(2500, f"Unknown path components: {request.path}")


network = ThreadsStandIn
