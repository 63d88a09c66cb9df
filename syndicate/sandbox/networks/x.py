"""The stand-in for X API v2: posts, media, the account and its timeline.

Bodies and limits: xdevplatform/docs @ 2871328 (2026-08-22) and X OpenAPI 2.167; the duplicate's body as seen
in akrherz/iembot#163 (2026-02).
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar

from syndicate.sandbox.board import Board
from syndicate.sandbox.counting import addresses, weighted_length
from syndicate.sandbox.exchange import Answer, Received, Route, Table, answer, instant
from syndicate.sandbox.networks._x_logins import NotSigned, XLogins
from syndicate.sandbox.networks._x_text import entity, same, shorten, slug
from syndicate.sandbox.pictures import look

MAX_WEIGHT = 280
MAX_ALT = 1_000
IMAGE_BYTES = 5_242_880
GIF_BYTES = 15_728_640
NUMBER = re.compile(r"[0-9]{1,19}")
PROBLEMS = "https://api.x.com/2/problems"
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
FIELDS = {
    *("card_uri", "community_id", "direct_message_deep_link", "edit_options", "for_super_followers_only", "geo"),
    *("made_with_ai", "media", "nullcast", "paid_partnership", "poll", "quote_tweet_id", "reply", "reply_settings"),
    *("share_with_followers", "text"),
}


class XRefusal(Exception):
    """An error: status, title, detail, and its type unless that is about:blank."""

    def __init__(self, status: int, title: str, detail: str, kind: str = "about:blank") -> None:
        super().__init__(detail)
        self.body = {"title": title, "detail": detail, "type": kind, "status": status}
        self.status = status


class XStandIn:
    """A fake of X. Each access token of a signed request is its own account, and so is each member who signed in."""

    title: ClassVar[str] = "X"
    colours: ClassVar[tuple[str, str]] = ("#1c1b19", "#ecebe7")

    def __init__(self, board: Board, clock: Callable[[], float], url: str) -> None:
        self._board = board
        self._clock = clock
        self._url = url
        self._last_id = 0
        self.logins = XLogins(clock)
        self._table = Table(
            ("GET", "/i/oauth2/authorize", "login", self.logins.page),
            ("POST", "/2/oauth2/token", "login", self.logins.token),
            ("POST", "/2/tweets", "commit", self._post),
            ("GET", "/2/tweets/*", "read", self._show),
            ("DELETE", "/2/tweets/*", "delete", self._delete),
            ("POST", "/2/media/upload", "upload", self._upload),
            ("POST", "/2/media/metadata", "upload", self._describe),
            ("GET", "/2/users/me", "read", self._me),
            ("GET", "/2/users/*/tweets", "read", self._list),
        )
        self.clear()

    def clear(self) -> None:
        """Forget posts and media."""
        self._posts: dict[str, dict[str, Any]] = {}
        self._media: dict[str, dict[str, Any]] = {}
        self._said: set[tuple[str, str]] = set()

    def route(self, method: str, path: str) -> Route | None:
        """Routes for everything under /2/, and for the page on which a member allows an app."""
        if not path.startswith("/2/") and path != "/i/oauth2/authorize":
            return None
        step, operation = self._table.find(method, path) or ("read", _nothing)
        return Route("x", step, lambda request: self._run(operation, request))

    def _run(self, operation: Callable[[Received], Answer], request: Received) -> Answer:
        try:
            return operation(request)
        except XRefusal as fault:
            return answer(fault.status, fault.body, self._limits(), mime="application/problem+json")
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            body = _invalid(f"One or more parameters to your request was invalid: {fault}").body
            return answer(400, body, self._limits(), mime="application/problem+json")

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (all steps alike)
        """The failure as X's gateway reports it."""
        titles = {"401": "Unauthorized", "429": "Too Many Requests", "503": "Service Unavailable"}
        title = titles.get(fault, "Internal Server Error")
        body = {"title": title, "detail": title, "type": "about:blank", "status": int(fault)}
        headers = {}
        if fault == "429":
            headers = self._limits(0, self._clock() + (900 if retry_after is None else retry_after))
        return answer(int(fault), body, headers, mime="application/problem+json")

    def _limits(self, remaining: int = 99, reset: float | None = None) -> dict[str, str]:
        """Rate limit headers: 100 posts in 15 minutes; the reset is in seconds since 1970, rounded up."""
        moment = self._clock() + 900 if reset is None else reset
        return {
            "x-rate-limit-limit": "100",
            "x-rate-limit-remaining": str(remaining),
            "x-rate-limit-reset": str(-int(-moment // 1)),
        }

    def _token(self, request: Received, scope: str) -> str:
        """Whose request it is; without a login that is good, or without the scope of OAuth 2, an error."""
        try:
            return self.logins.owner(request, scope)
        except NotSigned as fault:
            if fault.status == 401:
                raise XRefusal(401, "Unauthorized", "Unauthorized") from fault
            words = "Your client app is not configured with the appropriate oauth2 app permissions for this endpoint."
            raise XRefusal(403, "Forbidden", words) from fault

    def _post(self, request: Received) -> Answer:
        token = self._token(request, "tweet.write")
        body = _object(request)
        unknown = sorted(body.keys() - FIELDS)
        if unknown:
            words = "is not defined in the schema and the schema does not allow additional properties"
            raise _invalid(f"$.{unknown[0]}: {words}")
        text = body.get("text", "")
        if not isinstance(text, str):
            raise _invalid("$.text: must be a string")
        media = self._attached(token, body.get("media"))
        self._check(token, text, media)
        self._check_reply(body)
        post = self._made(token, text, media, body)
        self._posts[post["id"]] = post
        self._said.add((token, same(text)))
        reply = {"id": post["id"], "text": post["text"], "edit_history_post_ids": [post["id"]]}
        return answer(201, {"data": reply}, self._limits())

    def _check(self, token: str, text: str, media: list[dict[str, Any]]) -> None:
        if not text.strip() and not media:
            raise _invalid("Your Tweet text is empty.")
        if weighted_length(text) > MAX_WEIGHT:
            raise XRefusal(
                403, "Forbidden", "Your Tweet text is too long. For more information, see the documentation."
            )
        if (token, same(text)) in self._said:
            raise XRefusal(403, "Forbidden", DUPLICATE)

    def _check_reply(self, body: dict[str, Any]) -> None:
        if body.get("reply_settings") not in (None, "following", "mentionedUsers", "subscribers", "verified"):
            raise _invalid("$.reply_settings: does not have a value in the enumeration")
        to = (body.get("reply") or {}).get("in_reply_to_tweet_id")
        if to is not None and to not in self._posts:
            raise XRefusal(403, "Forbidden", "You attempted to reply to a Tweet that is deleted or not visible to you.")

    def _attached(self, token: str, media: Any) -> list[dict[str, Any]]:
        if media is None:
            return []
        numbers = media.get("media_ids", [])
        if not 1 <= len(numbers) <= 4:
            raise _invalid("$.media.media_ids: must have at least 1 and at most 4 items")
        if not all(isinstance(number, str) and NUMBER.fullmatch(number) for number in numbers):
            raise _invalid("$.media.media_ids[0]: does not match the regex pattern ^[0-9]{1,19}$")
        found = [self._media.get(number) for number in numbers]
        kept = [each for each in found if each and each["_token"] == token]
        if len(kept) < len(numbers):
            raise _invalid("Your media IDs are invalid.")
        return kept

    def _made(self, token: str, text: str, media: list[dict[str, Any]], body: dict[str, Any]) -> dict[str, Any]:
        number = self._number()
        account = self._account(token)
        shown, urls = shorten(text)
        if media:
            picture = f"https://t.co/{slug(number)}"
            shown = f"{shown} {picture}".strip()
            expanded = f"{self._url}/{account['username']}/status/{number}/photo/1"
            urls.append(entity(len(shown) - len(picture), picture, expanded))
        created = instant(self._clock())
        links = [url["expanded_url"] for url in urls[: len(urls) - bool(media)]]
        self._board.put(
            "x",
            number,
            account=account["username"],
            text=text,
            link=next(iter(links or addresses(text)), None),
            media=[each["_board"] | {"alt": each["_alt"]} for each in media],
            card={"url": links[-1], "title": "", "description": "", "image": None} if links and not media else None,
            permalink=f"{self._url}/{account['username']}/status/{number}",
            reply_to=(body.get("reply") or {}).get("in_reply_to_tweet_id"),
            replies="mentioned" if body.get("reply_settings") == "mentionedUsers" else "everyone",
            at=created,
        )
        attached = {"attachments": {"media_keys": [each["media_key"] for each in media]}} if media else {}
        return {
            "id": number,
            "text": html.escape(shown, quote=False),
            "author_id": account["id"],
            "created_at": created,
            "edit_history_tweet_ids": [number],
            "entities": {"urls": urls} if urls else {},
            **attached,
            "_token": token,
        }

    def _show(self, request: Received, number: str) -> Answer:
        self._token(request, "tweet.read")
        if number not in self._posts:
            body = {"errors": [_not_found(number)]}
            return answer(200, body, self._limits())
        return answer(200, {"data": _chosen(self._posts[number], request)}, self._limits())

    def _delete(self, request: Received, number: str) -> Answer:
        token = self._token(request, "tweet.write")
        if number in self._posts and self._posts[number]["_token"] != token:
            raise XRefusal(403, "Forbidden", "You are not authorized to delete this Tweet.")
        gone = self._posts.pop(number, None) is not None
        self._board.remove("x", number, instant(self._clock()))
        return answer(200, {"data": {"deleted": gone}}, self._limits())

    def _upload(self, request: Received) -> Answer:
        token = self._token(request, "media.write")
        fields, files = request.fields()
        if "media" not in files:
            raise _invalid("The `media` field is required.")
        category = fields.get("media_category")
        if category not in ("tweet_image", "tweet_gif"):
            raise _invalid(f"The `media_category` value [{category}] is not one of [tweet_image, tweet_gif]")
        data = files["media"].data
        seen = look(data)
        if seen is None:
            raise _invalid("media type unrecognized.")
        if len(data) > (GIF_BYTES if seen.mime == "image/gif" else IMAGE_BYTES):
            raise _invalid(f"Image file size must be <= {IMAGE_BYTES} bytes")
        number = self._number()
        entry = {"id": number, "media_key": f"3_{number}", "size": len(data), "expires_after_secs": 86_400}
        entry["image"] = {"image_type": seen.mime, "w": seen.width, "h": seen.height}
        self._media[number] = entry | {"_token": token, "_alt": "", "_board": self._board.keep(data)}
        return answer(200, {"data": entry}, self._limits())

    def _describe(self, request: Received) -> Answer:
        token = self._token(request, "media.write")
        body = _object(request)
        media = self._media.get(body["id"])
        if media is None or media["_token"] != token:
            raise _invalid("Your media IDs are invalid.")
        alt = body["metadata"]["alt_text"]["text"]
        if not 1 <= len(alt) <= MAX_ALT:
            raise _invalid(f"$.metadata.alt_text.text: must be at most {MAX_ALT} characters long")
        media["_alt"] = alt
        described = {"id": body["id"], "associated_metadata": {"alt_text": {"text": alt}}}
        return answer(200, {"data": described}, self._limits())

    def _me(self, request: Received) -> Answer:
        return answer(200, {"data": self._account(self._token(request, "users.read"))}, self._limits())

    def _list(self, request: Received, number: str) -> Answer:
        """List posts, newest first, `max_results` of them (10, from 5 to 100), from `start_time` and `since_id` on."""
        self._token(request, "tweet.read")
        most = int(request.query.get("max_results", "10"))
        if not 5 <= most <= 100:
            raise _invalid(f"The `max_results` query parameter value [{most}] is not between 5 and 100")
        start = request.query.get("start_time")
        since = datetime.fromisoformat(start) if start else None
        if since is not None and since.tzinfo is None:
            raise _invalid(f"Invalid 'start_time':'{start}'. 'start_time' must be RFC 3339")
        after = int(request.query.get("since_id", "0"))
        before = int(request.query.get("pagination_token") or request.query.get("until_id") or 1 << 63)
        found = (
            _chosen(post, request)
            for post in reversed(self._posts.values())
            if post["author_id"] == number
            and after < int(post["id"]) < before
            and (since is None or datetime.fromisoformat(post["created_at"]) >= since)
        )
        mine = list(islice(found, most))
        more = next(found, None) is not None
        meta: dict[str, Any] = {"result_count": len(mine)}
        if mine:
            meta |= {"newest_id": mine[0]["id"], "oldest_id": mine[-1]["id"]}
        if more:
            meta["next_token"] = mine[-1]["id"]
        return answer(200, ({"data": mine} if mine else {}) | {"meta": meta}, self._limits())

    def _account(self, token: str) -> dict[str, str]:
        digest = hashlib.sha256(token.encode()).hexdigest()
        name = f"account_{digest[:6]}"
        return {"id": str(int(digest[:15], 16)), "name": name, "username": name}

    def _number(self) -> str:
        """A new snowflake id: milliseconds since November 2010 and 22 bits, always increasing."""
        self._last_id = max(self._last_id + 1, (int(self._clock() * 1000) - 1_288_834_974_657) << 22)
        return str(self._last_id)


def _chosen(post: dict[str, Any], request: Received) -> dict[str, Any]:
    """The fields that come by default, and those that `tweet.fields` asks for."""
    wanted = {"id", "text", "edit_history_tweet_ids", *request.query.get("tweet.fields", "").split(",")}
    return {name: value for name, value in post.items() if name in wanted and value != {}}


def _not_found(number: str) -> dict[str, Any]:
    return {
        "value": number,
        "detail": f"Could not find tweet with id: [{number}].",
        "title": "Not Found Error",
        "resource_type": "tweet",
        "parameter": "id",
        "resource_id": number,
        "type": f"{PROBLEMS}/resource-not-found",
    }


def _object(request: Received) -> dict[str, Any]:
    if request.mime != "application/json":
        raise XRefusal(415, "Unsupported Media Type", "The Content-Type must be application/json.")
    body = request.json()
    if not isinstance(body, dict):
        raise _invalid("The body is not an object.")
    return body


def _invalid(detail: str) -> XRefusal:
    return XRefusal(400, "Invalid Request", detail, f"{PROBLEMS}/invalid-request")


def _nothing(request: Received) -> Answer:
    raise XRefusal(404, "Not Found", f"There is nothing at {request.path}")


network = XStandIn
