"""The stand-in for a Mastodon server: statuses, media, accounts and the instance.

Bodies, headers and limits: mastodon/documentation @ 2903485d (2026-07-02); statuses are kept under their
Idempotency-Key for an hour, as methods/statuses says. `software` makes it behave like one of Mastodon's relatives.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any, ClassVar

from syndicate.sandbox.board import Board
from syndicate.sandbox.counting import addresses
from syndicate.sandbox.exchange import Answer, Received, Route, Table, answer, instant, text_answer
from syndicate.sandbox.networks._mastodon_apps import Apps
from syndicate.sandbox.networks._mastodon_entities import (
    HASHTAG,
    MAX_MEDIA,
    account,
    card,
    content,
    instance,
    old_instance,
    own_account,
)
from syndicate.sandbox.networks._mastodon_kinds import KINDS, MastodonRefusal
from syndicate.sandbox.networks._mastodon_uploads import Uploads, public

PAGES = ("/oauth/authorize", "/oauth/token", "/oauth/revoke")
KEY_SECONDS = 3_600
NODE_INFO = ("/.well-known/nodeinfo", "/nodeinfo/2.0")
WEB_FINGER = "/.well-known/webfinger"


class MastodonStandIn:
    """A fake Mastodon server. Each bearer token is its own account."""

    title: ClassVar[str] = "Mastodon"
    colours: ClassVar[tuple[str, str]] = ("#5648d6", "#a29bff")

    def __init__(
        self,
        board: Board,
        clock: Callable[[], float],
        url: str,
        *,
        max_characters: int = 500,
        software: str = "mastodon",
    ) -> None:
        self._board = board
        self._clock = clock
        self._url = url
        self._max_characters = max_characters
        self._kind = kind = KINDS[software]
        self._uploads = Uploads(board, url, self._number)
        self._last_id = 0
        self._apps = apps = Apps(clock)
        self._table = Table(
            ("POST", "/api/v1/statuses", "commit", self._post),
            ("GET", "/api/v1/statuses/*", "read", self._show),
            ("GET", "/api/v1/statuses/*/source", "read", self._source),
            ("PUT", "/api/v1/statuses/*", "edit", self._edit),
            ("DELETE", "/api/v1/statuses/*", "delete", self._delete),
            ("POST", "/api/v2/media", "upload", self._upload),
            ("POST", "/api/v1/media", "upload", self._upload),
            ("GET", "/api/v1/media/*", "read", self._show_media),
            ("PUT", "/api/v1/media/*", "upload", self._describe),
            ("GET", "/api/v1/accounts/verify_credentials", "read", self._verify),
            ("GET", "/api/v1/accounts/*/statuses", "read", self._list),
            *([("GET", "/api/v2/instance", "read", self._instance)] if kind.second_version else []),
            ("GET", NODE_INFO[0], "read", lambda _: kind.node_info_links(url)),
            ("GET", NODE_INFO[1], "read", lambda _: kind.node_info()),
            ("GET", WEB_FINGER, "read", _finger),
            ("GET", "/api/v1/instance", "read", self._old_instance),
            ("POST", "/api/v1/apps", "login", apps.register),
            ("GET", "/oauth/authorize", "login", apps.authorize),
            ("POST", "/oauth/token", "login", apps.token),
            ("POST", "/oauth/revoke", "login", apps.revoke),
        )
        self.clear()

    def clear(self) -> None:
        """Forget statuses, media and keys."""
        self._statuses: dict[str, dict[str, Any]] = {}
        self._uploads.clear()
        self._keys: dict[tuple[str, str], tuple[float, str]] = {}

    def route(self, method: str, path: str) -> Route | None:
        """Routes for everything under /api/v1/ and /api/v2/, for the pages of signing in and for NodeInfo."""
        if not path.startswith(("/api/v1/", "/api/v2/")) and path not in (*PAGES, *NODE_INFO, WEB_FINGER):
            return None
        step, operation = self._table.find(method, path) or ("read", _nothing)
        return Route("mastodon", step, lambda request: self._run(operation, request))

    def _run(self, operation: Callable[[Received], Answer], request: Received) -> Answer:
        try:
            return operation(request)
        except MastodonRefusal as fault:
            return self._kind.unknown_token() if fault.status == 401 else fault.answer(self._limits())
        except ValueError:
            return answer(400, {"error": "Error parsing request body"}, self._limits())

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:
        """The failure as Mastodon's Rails, Rack::Attack and error pages report it."""
        if fault == "401":
            return self._kind.unknown_token()
        if fault == "429":
            reset = self._clock() + (300 if retry_after is None else retry_after)
            return answer(429, {"error": "Too many requests"}, self._limits(0, reset, uploads=step == "upload"))
        if fault == "503":
            words = "There was a temporary problem serving your request, please try again"
            return answer(503, {"error": words}, {} if retry_after is None else {"Retry-After": f"{retry_after:g}"})
        return text_answer(500, "<!DOCTYPE html><title>We're sorry, but something went wrong on our end.</title>\n")

    def _limits(self, remaining: int = 299, reset: float | None = None, *, uploads: bool = False) -> dict[str, str]:
        """Rate limit headers: 300 requests in 5 minutes, 30 uploads in 30; the reset is an ISO 8601 instant."""
        moment = self._clock() + 300 if reset is None else reset
        return {
            "X-RateLimit-Limit": "30" if uploads else "300",
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": instant(moment, "microseconds"),
        }

    def _token(self, request: Received) -> str:
        """Whose token it is, by which the account is made."""
        member = self._apps.member(request.bearer) if request.bearer is not None else None
        if member is None:
            raise MastodonRefusal(401, "The access token is invalid")
        return member

    def _post(self, request: Received) -> Answer:
        token = self._token(request)
        key = request.headers.get("idempotency-key", "")
        earlier = self._earlier(token, key)
        if earlier:
            return answer(200, earlier, self._limits())
        status = self._status(token, request, key)
        self._uploads.attach(status)
        self._statuses[status["id"]] = status
        if key:
            self._keys[token, key] = (self._clock(), status["id"])
        return answer(200, status, self._limits())

    def _earlier(self, token: str, key: str) -> dict[str, Any] | None:
        """The status that this key made within the last hour, whatever the body is now.

        Raises MastodonRefusal where the server takes no key twice.
        """
        if self._kind.keys == "ignored":
            return None
        made, number = self._keys.get((token, key), (0.0, "")) if key else (0.0, "")
        found = self._statuses.get(number) if self._clock() - made < KEY_SECONDS else None
        if found is not None and self._kind.keys == "refused":
            raise MastodonRefusal(400, "Duplicate idempotency key.")
        return found

    def _status(self, token: str, request: Received, key: str) -> dict[str, Any]:
        fields, _ = request.fields()
        text = str(fields.get("status") or "")
        spoiler = str(fields.get("spoiler_text") or "")
        media = self._uploads.attachable(token, _ids(fields))
        visibility = str(fields.get("visibility") or "public")
        self._kind.check(text, spoiler, self._max_characters, media=bool(media))
        if len(media) > MAX_MEDIA:
            raise MastodonRefusal(422, "Validation failed: Cannot attach more than 4 files")
        self._kind.visible(visibility)
        parent, links = self._parent(fields), addresses(text)
        number = self._number()
        author = account(token, self._url)
        preview = card(links[0]) if links and not media and not spoiler else None
        created = instant(self._clock())
        permalink = f"{author['url']}/{number}"
        self._board.put(
            "mastodon",
            number,
            account=author["acct"],
            text=text,
            link=links[0] if links else None,
            language=fields.get("language") or None,
            media=self._uploads.shown(media),
            card=preview and {"url": preview["url"], "title": preview["title"], "description": "", "image": None},
            key=key or None,
            permalink=permalink,
            at=created,
            visibility=visibility,
            warning=spoiler,
            reply_to=parent,
            sensitive=fields.get("sensitive") in (True, "true", "1"),
        )
        return {
            "id": number,
            "created_at": created,
            "in_reply_to_id": parent,
            "in_reply_to_account_id": parent and author["id"],
            "sensitive": fields.get("sensitive") in (True, "true", "1"),
            "spoiler_text": spoiler,
            "visibility": visibility,
            "language": fields.get("language") or "en",
            "uri": f"{self._url}/users/{author['acct']}/statuses/{number}",
            "url": permalink,
            "replies_count": 0,
            "reblogs_count": 0,
            "favourites_count": 0,
            "edited_at": None,
            "content": content(text, self._url),
            "reblog": None,
            "application": {"name": "syndicate", "website": None},
            "account": author,
            "media_attachments": [public(attachment) for attachment in media],
            "mentions": [],
            "tags": [{"name": tag.lower(), "url": f"{self._url}/tags/{tag.lower()}"} for tag in HASHTAG.findall(text)],
            "emojis": [],
            "card": preview,
            "poll": None,
            "text": text,
        }

    def _show(self, _: Received, number: str) -> Answer:
        return answer(200, self._found(number), self._limits())

    def _source(self, request: Received, number: str) -> Answer:
        self._token(request)
        status = self._found(number)
        fields = {"id": number, "text": status["text"], "spoiler_text": status["spoiler_text"]}
        return answer(200, fields, self._limits())

    def _edit(self, request: Received, number: str) -> Answer:
        """Edit a status. The request replaces all of it: pictures that it does not name are removed."""
        status = self._own(request, number)
        fields, _ = request.fields()
        text, spoiler = str(fields.get("status") or ""), str(fields.get("spoiler_text") or "")
        named = set(_ids(fields))
        kept = [media for media in status["media_attachments"] if media["id"] in named]
        if len(kept) < len(named):
            raise MastodonRefusal(422, "Validation failed: Media not found or already attached to another post")
        self._kind.check(text, spoiler, self._max_characters, media=bool(kept))
        if (text, spoiler, kept) == (status["text"], status["spoiler_text"], status["media_attachments"]):
            return answer(200, status, self._limits())
        links, edited = addresses(text), instant(self._clock())
        preview = card(links[0]) if links and not kept and not spoiler else None
        status |= {"text": text, "content": content(text, self._url), "spoiler_text": spoiler, "card": preview}
        status |= {"media_attachments": kept, "edited_at": edited, "language": fields.get("language") or "en"}
        self._board.change(
            "mastodon",
            number,
            text=text,
            link=links[0] if links else None,
            media=self._uploads.shown(kept),
            card=preview and {"url": preview["url"], "title": preview["title"], "description": "", "image": None},
            edited_at=edited,
        )
        return answer(200, status, self._limits())

    def _delete(self, request: Received, number: str) -> Answer:
        status = self._own(request, number)
        del self._statuses[number]
        self._board.remove("mastodon", number, instant(self._clock()))
        return answer(200, status, self._limits())

    def _own(self, request: Received, number: str) -> dict[str, Any]:
        token = self._token(request)
        status = self._found(number)
        if status["account"]["id"] != account(token, self._url)["id"]:
            raise MastodonRefusal(404, "Record not found")
        return status

    def _found(self, number: str) -> dict[str, Any]:
        if number not in self._statuses:
            raise MastodonRefusal(404, "Record not found")
        return self._statuses[number]

    def _parent(self, fields: dict[str, Any]) -> str | None:
        """The status that a new one answers; refused as by app/services/post_status_service.rb (from memory)."""
        number = str(fields.get("in_reply_to_id") or "") or None
        if number is not None and number not in self._statuses:
            raise MastodonRefusal(404, "The post you are trying to reply to does not appear to exist.")
        return number

    def _list(self, request: Received, number: str) -> Answer:
        """List statuses, newest first, `limit` of them (20, at most 40), within `since_id`, `min_id` and `max_id`."""
        limit = min(int(request.query.get("limit", "20")), 40)
        after = int(request.query.get("since_id") or request.query.get("min_id") or 0)
        before = int(request.query.get("max_id") or 1 << 63)
        mine = (
            status
            for status in reversed(self._statuses.values())
            if status["account"]["id"] == number and after < int(status["id"]) < before
        )
        return answer(200, list(islice(mine, limit)), self._limits())

    def _upload(self, request: Received) -> Answer:
        found = self._uploads.add(self._token(request), request)
        return answer(200, found, self._limits(29, uploads=True))

    def _show_media(self, request: Received, number: str) -> Answer:
        return answer(200, self._uploads.show(self._token(request), number), self._limits())

    def _describe(self, request: Received, number: str) -> Answer:
        return answer(200, self._uploads.describe(self._token(request), number, request), self._limits())

    def _verify(self, request: Received) -> Answer:
        return answer(200, own_account(self._token(request), self._url), self._limits())

    def _instance(self, _: Received) -> Answer:
        return answer(200, self._kind.instance(instance(self._url, self._max_characters)), self._limits())

    def _old_instance(self, _: Received) -> Answer:
        said = old_instance(self._url, self._max_characters, len(self._statuses))
        return answer(200, self._kind.instance(said), self._limits())

    def _number(self) -> str:
        """A new snowflake id: milliseconds and 16 bits, always increasing."""
        self._last_id = max(self._last_id + 1, int(self._clock() * 1000) << 16)
        return str(self._last_id)


def _ids(fields: dict[str, Any]) -> list[str]:
    """`media_ids` of a JSON body or `media_ids[]` of a form."""
    value = fields.get("media_ids") or fields.get("media_ids[]") or []
    return [str(each) for each in (value if isinstance(value, list) else [value])]


def _finger(request: Received) -> Answer:
    """Who has a handle: everybody but those whose names begin with "nobody". Without a body where there is none."""
    user, _, host = request.query.get("resource", "").removeprefix("acct:").partition("@")
    if not user or not host:
        return answer(400, {})
    if user.lower().startswith("nobody"):
        return text_answer(404, "")
    page = f"https://{host}/users/{user}"
    links = [{"rel": "self", "type": "application/activity+json", "href": page}]
    return answer(200, {"subject": f"acct:{user}@{host}", "aliases": [page], "links": links})


def _nothing(_: Received) -> Answer:
    raise MastodonRefusal(404, "Record not found")


network = MastodonStandIn
