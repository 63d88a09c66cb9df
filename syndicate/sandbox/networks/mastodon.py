"""The stand-in for a Mastodon server: statuses, media, accounts and the instance.

Bodies, headers and limits: mastodon/documentation @ 2903485d (2026-07-02); statuses are kept under their
Idempotency-Key for an hour, as methods/statuses says.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any, ClassVar

from syndicate.sandbox.board import Board
from syndicate.sandbox.counting import addresses, mastodon_length
from syndicate.sandbox.exchange import Answer, Received, Route, Table, answer, instant, text_answer
from syndicate.sandbox.networks._mastodon_entities import (
    HASHTAG,
    IMAGE_TYPES,
    MAX_DESCRIPTION,
    MAX_IMAGE_BYTES,
    MAX_IMAGE_PIXELS,
    MAX_MEDIA,
    account,
    card,
    content,
    instance,
    old_instance,
    own_account,
)
from syndicate.sandbox.pictures import look

KEY_SECONDS = 3_600
VISIBILITIES = ("public", "unlisted", "private", "direct")


class MastodonRefusal(Exception):
    """An error: HTTP status and message."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class MastodonStandIn:
    """A fake Mastodon server. Each bearer token is its own account."""

    title: ClassVar[str] = "Mastodon"
    colours: ClassVar[tuple[str, str]] = ("#5648d6", "#a29bff")

    def __init__(self, board: Board, clock: Callable[[], float], url: str, *, max_characters: int = 500) -> None:
        self._board = board
        self._clock = clock
        self._url = url
        self._max_characters = max_characters
        self._last_id = 0
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
            ("GET", "/api/v2/instance", "read", self._instance),
            ("GET", "/api/v1/instance", "read", self._old_instance),
        )
        self.clear()

    def clear(self) -> None:
        """Forget statuses, media and keys."""
        self._statuses: dict[str, dict[str, Any]] = {}
        self._media: dict[str, dict[str, Any]] = {}
        self._keys: dict[tuple[str, str], tuple[float, str]] = {}

    def route(self, method: str, path: str) -> Route | None:
        """Routes for everything under /api/."""
        if not path.startswith("/api/"):
            return None
        step, operation = self._table.find(method, path) or ("read", _nothing)
        return Route("mastodon", step, lambda request: self._run(operation, request))

    def _run(self, operation: Callable[[Received], Answer], request: Received) -> Answer:
        try:
            return operation(request)
        except MastodonRefusal as fault:
            return answer(fault.status, {"error": str(fault)}, self._limits())
        except ValueError:
            return answer(400, {"error": "Error parsing request body"}, self._limits())

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:
        """The failure as Mastodon's Rails, Rack::Attack and error pages report it."""
        if fault == "401":
            return answer(401, {"error": "The access token is invalid"})
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
        token = request.bearer
        if token is None:
            raise MastodonRefusal(401, "The access token is invalid")
        return token

    def _post(self, request: Received) -> Answer:
        token = self._token(request)
        key = request.headers.get("idempotency-key", "")
        earlier = self._earlier(token, key)
        if earlier:
            return answer(200, earlier, self._limits())
        status = self._status(token, request, key)
        for attachment in status["media_attachments"]:
            self._media[attachment["id"]]["_attached"] = True
        self._statuses[status["id"]] = status
        if key:
            self._keys[token, key] = (self._clock(), status["id"])
        return answer(200, status, self._limits())

    def _earlier(self, token: str, key: str) -> dict[str, Any] | None:
        """The status that this key made within the last hour, whatever the body is now."""
        made, number = self._keys.get((token, key), (0.0, "")) if key else (0.0, "")
        return self._statuses.get(number) if self._clock() - made < KEY_SECONDS else None

    def _status(self, token: str, request: Received, key: str) -> dict[str, Any]:
        fields, _ = request.fields()
        text = str(fields.get("status") or "")
        spoiler = str(fields.get("spoiler_text") or "")
        media = self._attached(token, _ids(fields))
        visibility = str(fields.get("visibility") or "public")
        self._check(text, spoiler, media, visibility)
        links = addresses(text)
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
            media=[attachment["_board"] | {"alt": attachment["description"] or ""} for attachment in media],
            card=preview and {"url": preview["url"], "title": preview["title"], "description": "", "image": None},
            key=key or None,
            permalink=permalink,
            at=created,
            visibility=visibility,
        )
        return {
            "id": number,
            "created_at": created,
            "in_reply_to_id": fields.get("in_reply_to_id"),
            "in_reply_to_account_id": None,
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
            "media_attachments": [_public(attachment) for attachment in media],
            "mentions": [],
            "tags": [{"name": tag.lower(), "url": f"{self._url}/tags/{tag.lower()}"} for tag in HASHTAG.findall(text)],
            "emojis": [],
            "card": preview,
            "poll": None,
            "text": text,
        }

    def _check(self, text: str, spoiler: str, media: list[dict[str, Any]], visibility: str) -> None:
        """Validate a status, with the server's own messages."""
        if not text and not media:
            raise MastodonRefusal(422, "Validation failed: Text can't be blank")
        if mastodon_length(text) + mastodon_length(spoiler) > self._max_characters:
            raise MastodonRefusal(422, f"Validation failed: Text character limit of {self._max_characters} exceeded")
        if len(media) > MAX_MEDIA:
            raise MastodonRefusal(422, "Validation failed: Cannot attach more than 4 files")
        if visibility not in VISIBILITIES:
            raise MastodonRefusal(422, "Validation failed: Visibility is not included in the list")

    def _attached(self, token: str, numbers: list[str]) -> list[dict[str, Any]]:
        """The named uploads of this account; an unknown one is refused."""
        found = {number: self._media.get(number) for number in numbers}
        kept = [each for each in found.values() if each and each["_token"] == token and not each["_attached"]]
        if len(kept) < len(found):
            lost = ", ".join(number for number, each in found.items() if each not in kept)
            raise MastodonRefusal(422, f"Validation failed: Media {lost} not found or already attached to another post")
        return kept

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
        self._check(text, spoiler, kept, status["visibility"])
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
            media=[self._media[media["id"]]["_board"] | {"alt": media["description"] or ""} for media in kept],
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
        token = self._token(request)
        fields, files = request.fields()
        if "file" not in files:
            raise MastodonRefusal(422, "Validation failed: File can't be blank")
        data = files["file"].data
        seen = look(data)
        if seen is None or seen.mime not in IMAGE_TYPES:
            raise MastodonRefusal(422, "Validation failed: File content type is invalid, File is invalid")
        if len(data) > MAX_IMAGE_BYTES:
            raise MastodonRefusal(422, "Validation failed: File file size must be less than 16 MB")
        if seen.width * seen.height > MAX_IMAGE_PIXELS:
            raise MastodonRefusal(422, f"Validation failed: File {seen.width}x{seen.height} images are not supported")
        attachment = self._attachment(token, data, _description(fields))
        self._media[attachment["id"]] = attachment
        return answer(200, _public(attachment), self._limits(29, uploads=True))

    def _attachment(self, token: str, data: bytes, description: str | None) -> dict[str, Any]:
        shown = self._board.keep(data)
        size = {"width": shown["width"], "height": shown["height"], "size": f"{shown['width']}x{shown['height']}"}
        address = f"{self._url}/_sandbox/media/{shown['sha256']}"
        return {
            "id": self._number(),
            "type": "image",
            "url": address,
            "preview_url": address,
            "remote_url": None,
            "text_url": None,
            "meta": {"original": size | {"aspect": shown["width"] / max(shown["height"], 1)}},
            "description": description,
            "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH",
            "_token": token,
            "_board": shown,
            "_attached": False,
        }

    def _show_media(self, request: Received, number: str) -> Answer:
        token = self._token(request)
        attachment = self._media.get(number)
        if attachment is None or attachment["_token"] != token:
            raise MastodonRefusal(404, "Record not found")
        return answer(200, _public(attachment), self._limits())

    def _describe(self, request: Received, number: str) -> Answer:
        self._show_media(request, number)
        fields, _ = request.fields()
        self._media[number]["description"] = _description(fields)
        return answer(200, _public(self._media[number]), self._limits())

    def _verify(self, request: Received) -> Answer:
        return answer(200, own_account(self._token(request), self._url), self._limits())

    def _instance(self, _: Received) -> Answer:
        return answer(200, instance(self._url, self._max_characters), self._limits())

    def _old_instance(self, _: Received) -> Answer:
        return answer(200, old_instance(self._url, self._max_characters, len(self._statuses)), self._limits())

    def _number(self) -> str:
        """A new snowflake id: milliseconds and 16 bits, always increasing."""
        self._last_id = max(self._last_id + 1, int(self._clock() * 1000) << 16)
        return str(self._last_id)


def _ids(fields: dict[str, Any]) -> list[str]:
    """`media_ids` of a JSON body or `media_ids[]` of a form."""
    value = fields.get("media_ids") or fields.get("media_ids[]") or []
    return [str(each) for each in (value if isinstance(value, list) else [value])]


def _description(fields: dict[str, Any]) -> str | None:
    description = fields.get("description") or None
    if description and len(description) > MAX_DESCRIPTION:
        raise MastodonRefusal(
            422, f"Validation failed: Description is too long (maximum is {MAX_DESCRIPTION} characters)"
        )
    return description


def _public(attachment: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attachment.items() if not name.startswith("_")}


def _nothing(_: Received) -> Answer:
    raise MastodonRefusal(404, "Record not found")


network = MastodonStandIn
