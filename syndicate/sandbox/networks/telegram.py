"""The stand-in for Telegram's Bot API: a bot that may post in every channel, its messages and albums.

Methods and fields: PaulSonOfLars/telegram-bot-api-spec @ 160fd99 (Bot API 10.1); words of its errors:
tdlib/telegram-bot-api @ 01a3679, Client.cpp.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from zlib import crc32

from syndicate.sandbox.board import Board
from syndicate.sandbox.counting import addresses
from syndicate.sandbox.exchange import Answer, Received, Route, Upload, answer, instant
from syndicate.sandbox.pictures import look

MAX_TEXT, MAX_CAPTION = 4096, 1024
PHOTO_BYTES = 10_485_760
ALBUM = range(2, 11)
PATH = re.compile(r"/bot([^/]+)/(\w+)")
_GROUP = re.compile(r"-(?!100\d{10})\d+")
_MOVED = "Bad Request: group chat was upgraded to a supergroup chat"


class TelegramRefusal(Exception):
    """An error: its code, which is the status too, its description, and its `parameters`."""

    def __init__(self, words: str, code: int = 400, **parameters: int) -> None:
        super().__init__(words)
        self.code, self.parameters = code, parameters


class TelegramStandIn:
    """A fake Bot API. Any token is a bot's; a channel is made when it is first named.

    `moved`: groups that became supergroups, number to number. `absent`: chats that nobody knows. `silenced`: chats in
    which the bot may not post. `seen`: chats of which getUpdates tells.
    """

    title: ClassVar[str] = "Telegram"
    colours: ClassVar[tuple[str, str]] = ("#1a6fa8", "#6ab7ee")
    refusals: ClassVar[Mapping[str, Any]] = {
        "locked": (401, {"ok": False, "error_code": 401, "description": "Unauthorized"}),
        "blocked": (
            429,
            {
                "ok": False,
                "error_code": 429,
                "description": "Too Many Requests: retry after 3600",
                "parameters": {"retry_after": 3600},
            },
        ),
        "picture": (400, {"ok": False, "error_code": 400, "description": "Bad Request: IMAGE_PROCESS_FAILED"}),
        "too_long": (400, {"ok": False, "error_code": 400, "description": "Bad Request: message is too long"}),
    }

    def __init__(
        self,
        board: Board,
        clock: Callable[[], float],
        url: str,  # noqa: ARG002 - permalinks are on t.me
        *,
        moved: Mapping[str, int] | None = None,
        absent: tuple[str, ...] = (),
        silenced: tuple[str, ...] = (),
        seen: tuple[str, ...] = (),
    ) -> None:
        self._board, self._clock = board, clock
        self._moved, self._absent, self._silenced, self._seen = moved or {}, absent, silenced, seen
        self._methods: dict[str, tuple[str, Callable[[dict[str, Any], dict[str, Upload]], Any]]] = {
            "getMe": ("read", lambda _given, _files: _bot()),
            "getUpdates": ("read", self._updates),
            "getChat": ("read", lambda given, _files: self._chat(given)),
            "getChatMember": ("read", self._member),
            "getChatMemberCount": ("read", self._count),
            "sendMessage": ("commit", self._send),
            "sendPhoto": ("commit", self._send_photo),
            "sendMediaGroup": ("commit", self._send_album),
            "editMessageText": ("edit", self._edit_text),
            "editMessageCaption": ("edit", self._edit_caption),
            "deleteMessage": ("delete", self._delete),
        }
        self._named: dict[str, str] = {}
        self.clear()

    def clear(self) -> None:
        """Forget all messages; their numbering begins again."""
        self._messages: dict[tuple[int, int], dict[str, Any]] = {}
        self._last = 0

    def route(self, method: str, path: str) -> Route | None:  # noqa: ARG002 - each method is a GET or a POST
        """Routes for everything under /bot<token>/."""
        found = PATH.fullmatch(path)
        if found is None:
            return None
        step, operation = self._methods.get(found[2], ("read", _unknown))
        return Route("telegram", step, lambda request: self._run(operation, request))

    def _run(self, operation: Callable[[dict[str, Any], dict[str, Upload]], Any], request: Received) -> Answer:
        try:
            fields, files = request.fields() if request.body else ({}, {})
            given = {name: _read(value) for name, value in (dict(request.query) | fields).items()}
            return answer(200, {"ok": True, "result": operation(given, files)})
        except TelegramRefusal as fault:
            return _error(fault)
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            return _error(TelegramRefusal(f"Bad Request: {fault}"))

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (all steps alike)
        """The failure as JSON; a 429 says how many seconds to wait, in its words too."""
        wait = 60 if retry_after is None else -int(-retry_after // 1)
        words = {
            "401": "Unauthorized",
            "429": f"Too Many Requests: retry after {wait}",
            "500": "Internal Server Error: restart",
            "503": "Service Unavailable",
        }
        parameters = {"retry_after": wait} if fault == "429" else {}
        return _error(TelegramRefusal(words[fault], int(fault), **parameters))

    def _chat(self, given: dict[str, Any], *, writes: bool = False) -> dict[str, Any]:
        """The chat that a request names. Raises TelegramRefusal for one that is unknown, closed or elsewhere."""
        name = str(given.get("chat_id") or "")
        if not name:
            raise TelegramRefusal("Bad Request: chat_id is empty")
        known = re.fullmatch(r"@[A-Za-z]\w{4,31}|-\d{6,}", name)
        if known is None or name in self._absent:
            raise TelegramRefusal("Bad Request: chat not found")
        if writes and name in self._moved:
            raise TelegramRefusal(_MOVED, migrate_to_chat_id=self._moved[name])
        if writes and name in self._silenced:
            raise TelegramRefusal("Forbidden: bot is not a member of the channel chat", 403)
        if name.startswith("@"):
            number = -1_000_000_000_000 - crc32(name.lower().encode())
            self._named[str(number)] = name
            return {"id": number, "type": "channel", "title": name[1:].title(), "username": name[1:]}
        if name in self._named:
            return self._chat({"chat_id": self._named[name]})
        kind = "group" if _GROUP.fullmatch(name) else "channel"
        return {"id": int(name), "type": kind, "title": f"Chat {name}"}

    def _member(self, given: dict[str, Any], _files: Any) -> dict[str, Any]:
        chat = self._chat(given)
        names = {str(given["chat_id"]), str(chat["id"]), f"@{chat.get('username')}"}
        if names & {*self._silenced, *(str(self._chat({"chat_id": each})["id"]) for each in self._silenced)}:
            return {"status": "administrator", "user": _bot(), "can_post_messages": False}
        return {"status": "administrator", "user": _bot(), "can_post_messages": True}

    def _count(self, given: dict[str, Any], _files: Any) -> int:
        self._chat(given, writes=True)  # members are not read in a group that moved
        return 2

    def _updates(self, _given: Any, _files: Any) -> list[dict[str, Any]]:
        chats = [self._chat({"chat_id": name}) for name in self._seen]
        return [
            {"update_id": number, "channel_post": {"message_id": 1, "date": int(self._clock()), "chat": chat}}
            for number, chat in enumerate(chats, 1)
        ]

    def _send(self, given: dict[str, Any], _files: Any) -> dict[str, Any]:
        chat = self._chat(given, writes=True)
        text = _text(given.get("text"), given.get("entities"), MAX_TEXT, "message is too long")
        if not text:
            raise TelegramRefusal("Bad Request: message text is empty")
        link = _card(given, text)
        card = {"url": link, "title": "", "description": "", "image": None} if link else None
        return self._published(
            chat, text, link or _linked(text, given.get("entities")), [], card, answers=self._answered(chat, given)
        )[0]

    def _send_photo(self, given: dict[str, Any], files: dict[str, Upload]) -> dict[str, Any]:
        chat = self._chat(given, writes=True)
        media = [self._photo(files["photo"])]
        text = _text(given.get("caption"), given.get("caption_entities"), MAX_CAPTION, "message caption is too long")
        link, veiled = _linked(text, given.get("caption_entities")), _is_true(given.get("has_spoiler"))
        return self._published(chat, text, link, media, None, veiled=veiled, answers=self._answered(chat, given))[0]

    def _send_album(self, given: dict[str, Any], files: dict[str, Upload]) -> list[dict[str, Any]]:
        chat, album = self._chat(given, writes=True), given["media"]
        if len(album) not in ALBUM:
            raise TelegramRefusal("Bad Request: wrong number of messages in the album")
        media = [self._photo(files[str(each["media"]).removeprefix("attach://")]) for each in album]
        marked = album[0].get("caption_entities")
        text = _text(album[0].get("caption"), marked, MAX_CAPTION, "message caption is too long")
        veiled = all(_is_true(each.get("has_spoiler")) for each in album)
        return self._published(
            chat, text, _linked(text, marked), media, None, veiled=veiled, answers=self._answered(chat, given)
        )

    def _photo(self, upload: Upload) -> dict[str, Any]:
        """Keep a picture of 10 MB, 10,000 pixels of width and height together, 20 times as long as short, at most."""
        if len(upload.data) > PHOTO_BYTES:
            raise TelegramRefusal("Request Entity Too Large", 413)
        seen = look(upload.data)
        if seen is None:
            raise TelegramRefusal("Bad Request: IMAGE_PROCESS_FAILED")
        short, long = sorted((seen.width, seen.height))
        if short + long > 10_000 or long > 20 * short:
            raise TelegramRefusal("Bad Request: PHOTO_INVALID_DIMENSIONS")
        return self._board.keep(upload.data)

    def _answered(self, chat: dict[str, Any], given: dict[str, Any]) -> str | None:
        """The message that a new one answers; refused where it is not there."""
        said = given.get("reply_parameters") or {}
        asked = json.loads(said) if isinstance(said, str) else said
        if not asked:
            return None
        there = self._messages.get((chat["id"], int(asked["message_id"])))
        if there is None and not asked.get("allow_sending_without_reply"):
            raise TelegramRefusal("Bad Request: message to be replied not found")
        return str(there["of"]) if there else None

    def _published(
        self,
        chat: dict[str, Any],
        text: str,
        link: str | None,
        media: list[dict[str, Any]],
        card: dict[str, Any] | None,
        *,
        veiled: bool = False,
        answers: str | None = None,
    ) -> list[dict[str, Any]]:
        """One message, or one for each picture of an album: only the first has the text. It `answers` another one."""
        numbers = range(self._last + 1, self._last + 1 + max(len(media), 1))
        self._last, first = numbers[-1], f"{chat['id']}/{numbers[0]}"
        for number in numbers:
            self._messages[chat["id"], number] = {"text": text, "link": link, "media": bool(media), "of": first}
        where = chat.get("username") or f"c/{str(chat['id']).removeprefix('-100')}"
        self._board.put(
            "telegram",
            first,
            account=str(chat.get("username") or chat["id"]),
            text=text,
            link=link,
            media=media,
            card=card,
            sensitive=veiled,
            reply_to=answers,
            permalink=f"https://t.me/{where}/{numbers[0]}",
            at=instant(self._clock()),
        )
        sent = {"date": int(self._clock()), "chat": chat, "sender_chat": chat}
        return [{"message_id": number} | sent for number in numbers]

    def _edit_text(self, given: dict[str, Any], _files: Any) -> dict[str, Any]:
        text = _text(given.get("text"), given.get("entities"), MAX_TEXT, "message is too long")
        if not text:
            raise TelegramRefusal("Bad Request: message text is empty")
        link = _card(given, text) or _linked(text, given.get("entities"))
        return self._changed(given, text, link, media=False)

    def _edit_caption(self, given: dict[str, Any], _files: Any) -> dict[str, Any]:
        marked = given.get("caption_entities")
        text = _text(given.get("caption"), marked, MAX_CAPTION, "message caption is too long")
        return self._changed(given, text, _linked(text, marked), media=True)

    def _changed(self, given: dict[str, Any], text: str, link: str | None, *, media: bool) -> dict[str, Any]:
        chat = self._chat(given, writes=True)
        message = self._messages.get((chat["id"], int(given["message_id"])))
        if message is None:
            raise TelegramRefusal("Bad Request: message to edit not found")
        if message["media"] != media:
            what = "caption" if media else "text"
            raise TelegramRefusal(f"Bad Request: there is no {what} in the message to edit")
        if (message["text"], message["link"]) == (text, link):
            raise TelegramRefusal(
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the"
                " same as a current content and reply markup of the message"
            )
        message |= {"text": text, "link": link}
        self._board.change("telegram", message["of"], text=text, link=link, edited_at=instant(self._clock()))
        return {"message_id": int(given["message_id"]), "date": int(self._clock()), "chat": chat}

    def _delete(self, given: dict[str, Any], _files: Any) -> bool:
        """Delete one message; a post is gone when no message of its album is left."""
        chat = self._chat(given, writes=True)
        message = self._messages.pop((chat["id"], int(given["message_id"])), None)
        if message is None:
            raise TelegramRefusal("Bad Request: message to delete not found")
        if not any(each["of"] == message["of"] for each in self._messages.values()):
            self._board.remove("telegram", message["of"], instant(self._clock()))
        return True


def _bot() -> dict[str, Any]:
    return {"id": 7_000_000_001, "is_bot": True, "first_name": "Gazette", "username": "gazette_bot"}


def _units(text: str) -> int:
    """UTF-16 code units: two for a character beyond U+FFFF."""
    return sum(2 if ord(char) > 0xFFFF else 1 for char in text)


def _text(value: Any, marked: Any, most: int, words: str) -> str:
    """A text without white space at its ends. Raises TelegramRefusal where it or its entities do not fit."""
    whole = str(value or "")
    _check_entities(whole, marked or [])
    text = whole.strip()
    if _units(text) > most:
        raise TelegramRefusal(f"Bad Request: {words}")
    return text


def _check_entities(text: str, marked: list[dict[str, Any]]) -> None:
    """Refuse an entity outside the text, or one that begins or ends in the middle of a character."""
    edges, at = {0}, 0
    for char in text:
        at += _units(char)
        edges.add(at)
    for entity in marked:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if not {start, end} <= edges or start >= end:
            raise TelegramRefusal("Bad Request: ENTITY_BOUNDS_INVALID")
        if entity["type"] == "text_link" and not addresses(str(entity["url"])):
            raise TelegramRefusal("Bad Request: Wrong HTTP URL specified")


def _card(given: dict[str, Any], text: str) -> str | None:
    """The address of which a box is drawn: the one that is asked for, else the first in the text."""
    options = given.get("link_preview_options") or {}
    if options.get("is_disabled"):
        return None
    return options.get("url") or next(iter(addresses(text)), None)


def _linked(text: str, marked: Any) -> str | None:
    """The first address in a text, or behind one of its words."""
    behind = (str(each["url"]) for each in marked or [] if each["type"] == "text_link")
    return next(iter((*addresses(text), *behind)), None)


def _is_true(value: Any) -> bool:
    return value in (True, "true", "1")


def _read(value: Any) -> Any:
    """A field of a form, where objects and lists are written as JSON."""
    try:
        return json.loads(value) if isinstance(value, str) and value[:1] in ("[", "{") else value
    except ValueError:  # a text may begin so
        return value


def _error(fault: TelegramRefusal) -> Answer:
    body: dict[str, Any] = {"ok": False, "error_code": fault.code, "description": str(fault)}
    return answer(fault.code, body | ({"parameters": fault.parameters} if fault.parameters else {}))


def _unknown(_given: Any, _files: Any) -> None:
    raise TelegramRefusal("Not Found", 404)


network = TelegramStandIn
