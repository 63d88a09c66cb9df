"""The stand-in for Slack's Web API and its incoming webhooks: most errors are HTTP 200 with `ok: false`.

docs.slack.dev (as stored 2026), reference/methods and messaging/sending-messages-using-incoming-webhooks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Answer, Received, Route, answer, instant, text_answer
from syndicate.sandbox.networks._slack_blocks import (
    SlackRefusal,
    box_of,
    check,
    images,
    link_of,
    pings,
    text_of,
)
from syndicate.sandbox.pictures import look

FILE_BYTES = 1_000_000_000
SCOPES = "chat:write,channels:history,channels:read,files:write,files:read"
_METHOD = re.compile(r"/api/([a-zA-Z]+(?:\.[a-zA-Z]+)+)")
_HOOK = re.compile(r"/services/(\w+)/(\w+)/(\w+)")
_UPLOAD = re.compile(r"/upload/v1/(F\w+)")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{6,}")


class SlackStandIn:
    """A fake workspace. Any token is a bot's; any channel's ID is one that it is in.

    `scopes`: what a token may do. `processing`: how often an upload is looked at until it is ready. `closed`
    are channels in which it cannot post, each with the error that says why. `channels`:
    those that are listed.
    """

    title: ClassVar[str] = "Slack"
    colours: ClassVar[tuple[str, str]] = ("#611f69", "#d19ad8")
    refusals: ClassVar[Mapping[str, Any]] = {
        "locked": (200, {"ok": False, "error": "account_inactive"}),
        "blocked": (200, {"ok": False, "error": "message_limit_exceeded"}),
        "picture": (200, {"ok": False, "error": "blocked_file_type"}),
        "too_long": (200, {"ok": False, "error": "msg_too_long"}),
    }

    def __init__(
        self,
        board: Board,
        clock: Callable[[], float],
        url: str,
        *,
        scopes: str = SCOPES,
        processing: int = 0,
        closed: Mapping[str, str] = MappingProxyType({}),
        channels: tuple[str, ...] = ("C0123456789",),
    ) -> None:
        self._board, self._clock, self._url = board, clock, url
        self._scopes, self._processing, self._channels = scopes, processing, channels
        self._closed = dict(closed)  # channels in which it cannot post, each with the error that says why
        self._methods: dict[str, tuple[str, str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
            "auth.test": ("read", "", self._test),
            "conversations.list": ("read", "channels:read", self._list_channels),
            "conversations.history": ("read", "channels:history", self._history),
            "conversations.replies": ("read", "channels:history", self._history),
            "files.info": ("read", "files:read", self._info),
            "files.getUploadURLExternal": ("upload", "files:write", self._begin_upload),
            "files.completeUploadExternal": ("upload", "files:write", self._complete_upload),
            "chat.postMessage": ("commit", "chat:write", self._post),
            "chat.update": ("edit", "chat:write", self._update),
            "chat.delete": ("delete", "chat:write", self._delete),
        }
        self.clear()

    def clear(self) -> None:
        """Forget messages and files."""
        self._messages: dict[str, dict[str, Any]] = {}
        self._files: dict[str, dict[str, Any]] = {}
        self._last = 0

    def route(self, method: str, path: str) -> Route | None:  # noqa: ARG002 - methods take GET and POST
        """Routes for /api/<a method's name>, /services/… and the addresses of uploads."""
        called, hook, upload = _METHOD.fullmatch(path), _HOOK.fullmatch(path), _UPLOAD.fullmatch(path)
        if called:
            step, scope, operation = self._methods.get(called[1], ("read", "", _unknown))
            return Route("slack", step, lambda request: self._run(operation, scope, request))
        if hook:
            return Route("slack", "commit", lambda request: self._receive(request, hook[1], hook[2]))
        return Route("slack", "upload", lambda request: self._take(request, upload[1])) if upload else None

    def _run(self, operation: Callable[[dict[str, Any]], dict[str, Any]], scope: str, request: Received) -> Answer:
        try:
            self._check_token(request, scope)
            fields, _ = request.fields() if request.body else ({}, {})
            said = {"ok": True} | operation(dict(request.query) | fields | {"token": request.bearer})
            return answer(200, said, {"X-OAuth-Scopes": self._scopes})
        except SlackRefusal as fault:
            return _error(fault)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as fault:
            return _error(SlackRefusal("invalid_arguments", response_metadata={"messages": [f"[ERROR] {fault!r}"]}))

    def _check_token(self, request: Received, scope: str) -> None:
        if not request.bearer:
            raise SlackRefusal("not_authed")
        if scope and scope not in self._scopes.split(","):
            raise SlackRefusal("missing_scope", needed=scope, provided=self._scopes)

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (all steps alike)
        """The failure: a refused token is HTTP 200; too many requests are a 429 with seconds in a header."""
        if fault == "429":
            wait = 30 if retry_after is None else -int(-retry_after // 1)
            return answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)})
        words = {"401": "invalid_auth", "500": "internal_error", "503": "service_unavailable"}
        return answer(200 if fault == "401" else int(fault), {"ok": False, "error": words[fault]})

    def _test(self, _given: dict[str, Any]) -> dict[str, Any]:
        me = {"team": "The Gazette", "user": "gazette", "team_id": "T0123456789", "user_id": "U0123456789"}
        return me | {"url": "https://gazette.slack.com/", "bot_id": "B0123456789"}

    def _list_channels(self, given: dict[str, Any]) -> dict[str, Any]:
        """List channels, two on a page, so that whoever reads only the first page shows it."""
        at = int(given.get("cursor") or 0)
        page = [{"id": each, "name": f"news-{each[-1]}", "is_member": True} for each in self._channels[at : at + 2]]
        following = str(at + 2) if at + 2 < len(self._channels) else ""
        return {"channels": page, "response_metadata": {"next_cursor": following}}

    def _channel(self, given: dict[str, Any]) -> str:
        channel = str(given.get("channel") or "")
        if not _CHANNEL.fullmatch(channel):
            raise SlackRefusal("channel_not_found")
        if channel in self._closed:
            raise SlackRefusal(self._closed[channel])
        return channel

    def _post(self, given: dict[str, Any]) -> dict[str, Any]:
        channel = self._channel(given)
        check(given, self._files)
        message = self._published(channel, given)
        return {"channel": channel, "ts": message["ts"], "message": _visible(message, metadata=True)}

    def _published(self, channel: str, given: dict[str, Any]) -> dict[str, Any]:
        self._last = max(self._last + 1, int(self._clock() * 1_000_000))  # microseconds
        stamp = f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
        message = {
            "type": "message",
            "ts": stamp,
            "bot_id": "B0123456789",
            "text": str(given.get("text") or "")[:40_000],
            "blocks": given.get("blocks") or [],
            "metadata": given.get("metadata"),
            "thread_ts": given.get("thread_ts"),
            "_channel": channel,
        }
        self._messages[stamp] = message
        media = [self._files[file]["board"] | {"alt": alt} for file, alt in images(given)]
        pinged = {"pinged": True} if pings(given) else {}
        self._board.put(
            "slack",
            f"{channel}/{stamp}",
            account=channel,
            text=text_of(given),
            link=link_of(given),
            media=media,
            card=self._card(given, media),
            key=((given.get("metadata") or {}).get("event_payload") or {}).get("key"),
            permalink=f"https://gazette.slack.com/archives/{channel}/p{stamp.replace('.', '')}",
            at=instant(self._clock()),
            reply_to=given.get("thread_ts") and f"{channel}/{given['thread_ts']}",
            **pinged,
        )
        return message

    def _card(self, given: dict[str, Any], media: list[dict[str, Any]]) -> dict[str, Any] | None:
        """The box that a message brings, else the one that Slack draws for its first link."""
        box = box_of(given)
        if box:
            return box | {"image": media[0] if media else None}
        link = link_of(given) if given.get("unfurl_links") else None
        return {"url": link, "title": "", "description": "", "image": None} if link else None

    def _history(self, given: dict[str, Any]) -> dict[str, Any]:
        """List a channel's messages, newest first, or those of a thread: `limit` of them, newer than `oldest`."""
        channel, thread = self._channel(given), given.get("ts")
        limit, oldest = min(int(given.get("limit", 100)), 999), float(given.get("oldest") or 0)
        before = float(given.get("cursor") or "inf")
        metadata = str(given.get("include_all_metadata")).lower() in ("true", "1")
        mine = [
            each
            for each in reversed(self._messages.values())
            if each["_channel"] == channel
            and oldest < float(each["ts"]) < before
            and (thread in (each["ts"], each["thread_ts"]) if thread else each["thread_ts"] is None)
        ]
        page = mine[:limit]
        following = page[-1]["ts"] if len(mine) > limit else ""
        listed = [_visible(each, metadata=metadata) for each in page]
        return {
            "messages": listed,
            "has_more": bool(following),
            "response_metadata": {"next_cursor": following},
        }

    def _message(self, given: dict[str, Any]) -> dict[str, Any]:
        channel, message = self._channel(given), self._messages.get(str(given["ts"]))
        if message is None or message["_channel"] != channel:
            raise SlackRefusal("message_not_found")
        return message

    def _update(self, given: dict[str, Any]) -> dict[str, Any]:
        message = self._message(given)
        check(given, self._files)
        message |= {"text": str(given.get("text") or ""), "blocks": given.get("blocks") or []}
        message["metadata"] = given.get("metadata")  # without it, the old one is gone
        number = f"{message['_channel']}/{message['ts']}"
        media = [self._files[file]["board"] | {"alt": alt} for file, alt in images(given)]
        shown = {"text": text_of(given), "link": link_of(given), "media": media, "card": self._card(given, media)}
        self._board.change("slack", number, edited_at=instant(self._clock()), **shown)
        return {"channel": message["_channel"], "ts": message["ts"], "text": message["text"]}

    def _delete(self, given: dict[str, Any]) -> dict[str, Any]:
        message = self._message(given)
        del self._messages[message["ts"]]
        self._board.remove("slack", f"{message['_channel']}/{message['ts']}", instant(self._clock()))
        return {"channel": message["_channel"], "ts": message["ts"]}

    def _begin_upload(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("filename") or not 0 < int(given["length"]) <= FILE_BYTES:
            raise SlackRefusal("invalid_arguments")
        file = f"F{len(self._files):09d}"
        self._files[file] = {"length": int(given["length"]), "complete": False, "looks": self._processing}
        return {"upload_url": f"{self._url}/upload/v1/{file}", "file_id": file}

    def _take(self, request: Received, file: str) -> Answer:
        """Take the bytes of an upload, as they are or as a form's only file."""
        known = self._files.get(file)
        data = request.body
        if request.mime == "multipart/form-data":
            data = next(iter(request.fields()[1].values())).data
        if known is None or len(data) != known["length"]:
            return text_answer(400, "the length is another one", mime="text/plain")
        known["board"], known["picture"] = self._board.keep(data), look(data) is not None
        return text_answer(200, f"OK - {len(data)}", mime="text/plain")

    def _complete_upload(self, given: dict[str, Any]) -> dict[str, Any]:
        for each in given["files"]:
            known = self._files.get(each["id"])
            if known is None or "board" not in known:
                raise SlackRefusal("file_not_found")
            if not known["picture"]:
                raise SlackRefusal("blocked_file_type")
            known["complete"] = True
        return {"files": [{"id": each["id"]} for each in given["files"]]}

    def _info(self, given: dict[str, Any]) -> dict[str, Any]:
        """Tell of a file; its type only when it has been processed."""
        known = self._files.get(str(given.get("file")))
        if known is None:
            raise SlackRefusal("file_not_found")
        known["looks"] = max(0, known["looks"] - 1)
        return {"file": {"id": given["file"], "mimetype": "" if known["looks"] else known["board"]["mime"]}}

    def _receive(self, request: Received, team: str, number: str) -> Answer:
        """Take a webhook's message; it answers in plain text."""
        try:
            given = request.json()
            check(given, {})
        except SlackRefusal as fault:
            return text_answer(400, "invalid_blocks" if "blocks" in str(fault) else str(fault), mime="text/plain")
        except (ValueError, KeyError, TypeError, AttributeError):
            return text_answer(400, "invalid_payload", mime="text/plain")
        if number in self._closed:
            status, words = {"is_archived": (410, "channel_is_archived")}.get(self._closed[number], (404, "no_service"))
            return text_answer(status, words, mime="text/plain")
        self._published(f"C{team[-3:]}{number}".upper(), {**given, "metadata": None})
        return text_answer(200, "ok", mime="text/html")


def _visible(message: dict[str, Any], *, metadata: bool) -> dict[str, Any]:
    hidden = () if metadata else ("metadata",)
    return {
        name: value
        for name, value in message.items()
        if not name.startswith("_") and name not in hidden and value is not None
    }


def _error(fault: SlackRefusal) -> Answer:
    return answer(fault.status, {"ok": False, "error": str(fault)} | fault.more)


def _unknown(_given: dict[str, Any]) -> dict[str, Any]:
    raise SlackRefusal("unknown_method")


network = SlackStandIn
