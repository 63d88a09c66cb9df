"""The stand-in for Discord's API v10: messages of bots in channels, and of webhooks.

discord/discord-api-docs @ c98d64b (2026-08-06): resources/message, resources/webhook, topics/rate-limits,
topics/opcodes-and-status-codes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from zlib import crc32

from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Answer, Received, Route, Table, Upload, answer, instant
from syndicate.sandbox.networks._discord_message import DiscordRefusal, check, linked, pictures, pings, shown

BASE = "/api/v10"
GUILD = "400000000000000001"
EPOCH_MS = 1_420_070_400_000
_FILE = "https://cdn.discord.example/attachments"


class DiscordStandIn:
    """A fake API. Any token is a bot's that may write everywhere; any number is a channel's or a webhook's.

    `nonces`: seconds for which a nonce is remembered. `forums`, `absent` and `unreadable` are channels (or webhooks)
    of that kind; in the last ones a bot may write but not read. `channels`: those of the bot's server.
    """

    title: ClassVar[str] = "Discord"
    colours: ClassVar[tuple[str, str]] = ("#4a55d6", "#9aa4ff")
    refusals: ClassVar[Mapping[str, Any]] = {
        "locked": (401, {"message": "401: Unauthorized", "code": 0}),
        "blocked": (
            429,
            {"message": "The resource is being rate limited.", "retry_after": 3600.57, "global": False, "code": 20028},
        ),
        "picture": (400, {"message": "Invalid file uploaded", "code": 50046}),
        "too_long": (
            400,
            {
                "message": "Invalid Form Body",
                "code": 50035,
                "errors": {
                    "content": {
                        "_errors": [
                            {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."},
                        ]
                    }
                },
            },
        ),
    }

    def __init__(
        self,
        board: Board,
        clock: Callable[[], float],
        url: str,  # noqa: ARG002 - permalinks are on discord.com
        *,
        nonces: float = 180.0,
        forums: tuple[str, ...] = (),
        absent: tuple[str, ...] = (),
        unreadable: tuple[str, ...] = (),
        channels: tuple[str, ...] = ("500000000000000001",),
    ) -> None:
        self._board, self._clock, self._nonce_life = board, clock, nonces
        self._forums, self._absent, self._unreadable, self._channels = forums, absent, unreadable, channels
        self._table = Table(
            ("GET", "/users/@me", "read", self._me),
            ("GET", "/users/@me/guilds", "read", self._guilds),
            ("GET", "/guilds/*/channels", "read", self._list_channels),
            ("GET", "/channels/*", "read", self._channel),
            ("GET", "/channels/*/messages", "read", self._list),
            ("POST", "/channels/*/messages", "commit", self._create),
            ("PATCH", "/channels/*/messages/*", "edit", self._edit),
            ("DELETE", "/channels/*/messages/*", "delete", self._delete),
            ("GET", "/webhooks/*/*", "read", self._webhook),
            ("POST", "/webhooks/*/*", "commit", self._execute),
            ("PATCH", "/webhooks/*/*/messages/*", "edit", self._edit_webhook),
            ("DELETE", "/webhooks/*/*/messages/*", "delete", self._delete_webhook),
        )
        self.clear()

    def clear(self) -> None:
        """Forget messages and nonces."""
        self._messages: dict[str, dict[str, Any]] = {}
        self._nonces: dict[tuple[str, str], tuple[float, str]] = {}
        self._count = 0

    def route(self, method: str, path: str) -> Route | None:
        """Routes for everything under /api/v10/."""
        if not path.startswith(f"{BASE}/"):
            return None
        step, operation = self._table.find(method, path.removeprefix(BASE)) or ("read", _nothing)
        return Route("discord", step, lambda request: self._run(operation, request))

    def _run(self, operation: Callable[[Received], Answer], request: Received) -> Answer:
        try:
            return operation(request)
        except DiscordRefusal as fault:
            return _error(fault)
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            return _error(DiscordRefusal(400, 50109, f"The request body contains invalid JSON: {fault}"))

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (all steps alike)
        """The failure as JSON; a 429 with Discord's headers, and seconds with decimals in its body."""
        if fault == "429":
            wait = 1.5 if retry_after is None else retry_after
            headers = {"Retry-After": str(-int(-wait // 1)), "X-RateLimit-Remaining": "0", "X-RateLimit-Scope": "user"}
            headers |= {"X-RateLimit-Reset-After": f"{wait:g}", "X-RateLimit-Bucket": "abcd1234"}
            body = {"message": "You are being rate limited.", "retry_after": wait, "global": False}
            return answer(429, body, headers)
        words = {"401": "401: Unauthorized", "500": "500: Internal Server Error", "503": "503: Service Unavailable"}
        return answer(int(fault), {"message": words[fault], "code": 0})

    def _bot(self, request: Received) -> dict[str, Any]:
        """The bot that a request is of. Raises DiscordRefusal without its token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bot" or not token.strip():
            raise DiscordRefusal(401, 0, "401: Unauthorized")
        if not request.headers.get("user-agent", "").startswith("DiscordBot ("):
            raise DiscordRefusal(403, 0, "a User-Agent of a bot is needed")
        return {"id": str(300_000_000_000_000_000 + crc32(token.encode())), "username": "gazette", "bot": True}

    def _me(self, request: Received) -> Answer:
        return answer(200, self._bot(request))

    def _guilds(self, request: Received) -> Answer:
        self._bot(request)
        return answer(200, [{"id": GUILD, "name": "The Gazette"}])

    def _list_channels(self, request: Received, guild: str) -> Answer:
        self._bot(request)
        if guild != GUILD:
            raise DiscordRefusal(404, 10004, "Unknown Guild")
        kinds = [(number, 15 if number in self._forums else 0) for number in self._channels]
        named = [{"id": number, "type": kind, "name": f"news-{number[-1]}"} for number, kind in kinds]
        return answer(200, [*named, {"id": "500000000000000099", "type": 2, "name": "voice"}])

    def _channel(self, request: Received, number: str) -> Answer:
        self._bot(request)
        self._check_channel(number)
        last = next((each["id"] for each in reversed(self._messages.values()) if each["channel_id"] == number), None)
        kind = 15 if number in self._forums else 0
        return answer(
            200, {"id": number, "type": kind, "guild_id": GUILD, "name": f"news-{number[-1]}", "last_message_id": last}
        )

    def _check_channel(self, number: str) -> None:
        if not number.isdecimal() or number in self._absent:
            raise DiscordRefusal(404, 10003, "Unknown Channel")

    def _create(self, request: Received, channel: str) -> Answer:
        author = self._bot(request)
        self._check_channel(channel)
        if channel in self._forums:
            raise DiscordRefusal(400, 40058, "Cannot send a message in a forum channel")
        given, files = _body(request)
        nonce = given.get("nonce") if given.get("enforce_nonce") is True else None
        known = self._remembered(author["id"], str(nonce)) if nonce else None
        if known is not None:
            return answer(200, known)
        check(given, files)
        message = self._published(channel, author, given, files)
        if nonce:
            self._nonces[author["id"], str(nonce)] = (self._clock(), message["id"])
        return answer(200, message)

    def _remembered(self, author: str, nonce: str) -> dict[str, Any] | None:
        """The message of a nonce of the last minutes. Raises DiscordRefusal where that was deleted since."""
        at, number = self._nonces.get((author, nonce), (float("-inf"), ""))
        if self._clock() - at > self._nonce_life:
            return None
        if number not in self._messages:
            raise DiscordRefusal(404, 10008, "Unknown Message")
        return _visible(self._messages[number])

    def _published(
        self, channel: str, author: dict[str, Any], given: dict[str, Any], files: dict[str, Upload]
    ) -> dict[str, Any]:
        answers = (given.get("message_reference") or {}).get("message_id")
        if answers is not None and answers not in self._messages:
            raise DiscordRefusal(400, 50035, "Invalid Form Body")
        self._count += 1
        number = str(((int(self._clock() * 1000) - EPOCH_MS) << 22) + self._count)
        attached = [*pictures(given, files)]
        media = [self._board.keep(data, alt=alt) for data, alt, _ in attached]
        self._messages[number] = {
            "id": number,
            "channel_id": channel,
            "author": author,
            "content": str(given.get("content") or "").strip(),
            "embeds": [_stored(box, number) for box in given.get("embeds") or []],
            "timestamp": instant(self._clock(), "microseconds").replace("Z", "+00:00"),
            "nonce": given.get("nonce"),
            "_files": [upload.name for upload in files.values()],
        }
        pinged = {"pinged": True} if pings(given) else {}
        self._board.put(
            "discord",
            f"{channel}/{number}",
            account=channel,
            media=media,
            key=given.get("nonce"),
            permalink=f"https://discord.com/channels/{GUILD}/{channel}/{number}",
            reply_to=answers and f"{channel}/{answers}",
            sensitive=bool(attached) and all(veiled for *_, veiled in attached),
            at=instant(self._clock()),
            **self._shown(given, media),
            **pinged,
        )
        return _visible(self._messages[number])

    def _shown(self, given: dict[str, Any], media: list[dict[str, Any]]) -> dict[str, Any]:
        """What a reader sees of a message: its text, where it leads, and its box."""
        box = next(iter(given.get("embeds") or []), None)
        card = box and {
            "url": box.get("url"),
            "title": shown(str(box.get("title") or "")),
            "description": shown(str(box.get("description") or "")),
            "image": media[0] if media and box.get("image") else None,
        }
        return {"text": shown(str(given.get("content") or "").strip()), "link": linked(given), "card": card}

    def _list(self, request: Received, channel: str) -> Answer:
        """List messages, newest first: `limit` of them (50, at most 100), older than `before`."""
        self._bot(request)
        self._check_channel(channel)
        limit, before = min(int(request.query.get("limit", 50)), 100), int(request.query.get("before", 1 << 63))
        mine = [each for each in reversed(self._messages.values()) if each["channel_id"] == channel]
        readable = [] if channel in self._unreadable else mine
        return answer(200, [_visible(each) for each in readable if int(each["id"]) < before][:limit])

    def _edit(self, request: Received, channel: str, number: str) -> Answer:
        author = self._bot(request)
        return self._changed(request, channel, number, author["id"])

    def _changed(self, request: Received, channel: str, number: str, author: str) -> Answer:
        message = self._mine(channel, number, author)
        given, files = _body(request)
        check(given, files, kept=message["_files"])
        message["content"] = str(given.get("content") or "").strip()
        if "embeds" in given:
            message["embeds"] = [_stored(box, number) for box in given["embeds"]]
        shown_now = self._shown(given if "embeds" in given else given | {"embeds": message["embeds"]}, [])
        post = next(each for each in self._board.posts() if each["id"] == f"{channel}/{number}")
        if shown_now["card"]:
            shown_now["card"]["image"] = (post["card"] or {}).get("image")
        self._board.change("discord", f"{channel}/{number}", edited_at=instant(self._clock()), **shown_now)
        return answer(200, _visible(message))

    def _mine(self, channel: str, number: str, author: str) -> dict[str, Any]:
        message = self._messages.get(number)
        if message is None or message["channel_id"] != channel:
            raise DiscordRefusal(404, 10008, "Unknown Message")
        if message["author"]["id"] != author:
            raise DiscordRefusal(403, 50005, "Cannot edit a message authored by another user")
        return message

    def _delete(self, request: Received, channel: str, number: str) -> Answer:
        return self._removed(channel, number, self._bot(request)["id"])

    def _removed(self, channel: str, number: str, author: str) -> Answer:
        self._mine(channel, number, author)
        del self._messages[number]
        self._board.remove("discord", f"{channel}/{number}", instant(self._clock()))
        return Answer(204)

    def _hook(self, number: str, secret: str) -> dict[str, Any]:
        if not number.isdecimal() or number in self._absent:
            raise DiscordRefusal(404, 10015, "Unknown Webhook")
        if not secret:
            raise DiscordRefusal(401, 50027, "Invalid Webhook Token")
        channel = str(500_000_000_000_000_000 + crc32(number.encode()))
        return {"id": number, "type": 1, "name": "Gazette", "channel_id": channel, "guild_id": GUILD}

    def _webhook(self, _request: Received, number: str, secret: str) -> Answer:
        return answer(200, self._hook(number, secret))

    def _execute(self, request: Received, number: str, secret: str) -> Answer:
        """Post a message. Without `wait` nobody is told of it, nor of a refusal."""
        hook = self._hook(number, secret)
        waits = request.query.get("wait") == "true"
        try:
            given, files = _body(request)
            self._check_thread(number, request, given)
            check(given, files)
        except DiscordRefusal:
            if waits:
                raise
            return Answer(204)
        author = {"id": number, "username": hook["name"], "bot": True}
        message = self._published(hook["channel_id"], author, {**given, "nonce": None}, files)
        return answer(200, message) if waits else Answer(204)

    def _check_thread(self, number: str, request: Received, given: dict[str, Any]) -> None:
        if number in self._forums and not request.query.get("thread_id") and not given.get("thread_name"):
            words = "Webhooks posted to forum channels must have a thread_name or thread_id"
            raise DiscordRefusal(400, 220001, words)

    def _edit_webhook(self, request: Received, hook: str, secret: str, number: str) -> Answer:
        return self._changed(request, self._hook(hook, secret)["channel_id"], number, hook)

    def _delete_webhook(self, _request: Received, hook: str, secret: str, number: str) -> Answer:
        return self._removed(self._hook(hook, secret)["channel_id"], number, hook)


def _body(request: Received) -> tuple[dict[str, Any], dict[str, Upload]]:
    """The fields of a message, which stand as JSON in a form that brings files, and the files."""
    fields, files = request.fields()
    given = json.loads(fields["payload_json"]) if "payload_json" in fields else fields
    return dict(given), files


def _stored(box: dict[str, Any], number: str) -> dict[str, Any]:
    """A box as Discord gives it back: an attached picture has an address."""
    image = str((box.get("image") or {}).get("url") or "")
    if not image:
        return {"type": "rich"} | box
    name = image.rpartition("/")[2]
    return {"type": "rich"} | box | {"image": {"url": f"{_FILE}/1/{number}/{name}?ex=6a&is=6b"}}


def _visible(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if not name.startswith("_") and value is not None}


def _error(fault: DiscordRefusal) -> Answer:
    body: dict[str, Any] = {"message": str(fault), "code": fault.code}
    return answer(fault.status, body | ({"errors": fault.errors} if fault.errors else {}))


def _nothing(_request: Received) -> Answer:
    raise DiscordRefusal(404, 0, "404: Not Found")


network = DiscordStandIn
