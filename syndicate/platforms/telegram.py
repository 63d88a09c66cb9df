"""Telegram: messages of a bot in a channel or group, through the Bot API 10.1.

Facts: PaulSonOfLars/telegram-bot-api-spec @ 160fd99 (2026-06-18) for methods and fields; tdlib/telegram-bot-api
@ 01a3679 (2026-05-07), Telegram's own server of that API, for what it does with them. What its error answers mean is
in `_telegram_answers`.

A bot cannot look up what it has posted: no method lists messages, and updates leave out the bot's own
(Client.cpp, `need_skip_update_message`).
"""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated, Any, ClassVar, Literal, NoReturn
from urllib.parse import urlsplit

from syndicate.errors import AuthError, Rejected, Unsupported
from syndicate.model import Certainty, Controls, Draft, Identity, Json, Limits, Look, Post, Receipt, Secret
from syndicate.model.dataclass import dataclass
from syndicate.platforms import _answering, _people, _telegram_answers, _telegram_messages, _telegram_sign_in, _tokens
from syndicate.platforms._replies import by_hand, field, problem
from syndicate.platforms._telegram_calls import called, check, result
from syndicate.ports import Credentials, Http, Reply, SigningIn

_BASIC_GROUP = re.compile(r"-(?!100\d{10})\d+")
"""The number of a group that may still become a supergroup, with another number."""
_OURS_ONLY = "delete or change it in Telegram itself"
_UNCHANGED = "message is not modified"
_GONE = "message to delete not found"
_WITHOUT_TEXT = "no text in the message"


@dataclass(frozen=True, slots=True)
class Options:
    """A bot's token and where it posts; `accounts login` asks for what is missing."""

    bot_token: Annotated[Secret | None, "The bot's token, from @BotFather."] = None
    chat: Annotated[str | None, 'The channel: its "@name", or its number, such as "-1001234567890".'] = None
    api_url: str | None = None


class Telegram:
    """One channel or group. It cannot be asked later what it got, so a request without an answer is held."""

    name: ClassVar[str] = "telegram"
    options_type: ClassVar[type] = Options
    certainty: Certainty = "blind"
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 0.0
    limits = Limits(
        text=4096,
        images=10,
        image_bytes=5_000_000,
        image_pixels=4_500_000,  # width and height are 10,000 together at most, whatever the shape up to 20:1
        alt=0,
        card="field",
        text_with_media=1024,
    )
    links_words: ClassVar[Literal[True]] = True
    controls: ClassVar[Controls] = Controls(sensitive=True)
    look: ClassVar[Look] = Look(
        "Telegram",
        "T",
        colour="#1a6fa8",
        tint=("#1a6fa8", "#6ab7ee"),
        paper=("#ffffff", "#182533"),
        corners=(14, 8),
        traits=("above",),
        actions=("Views", "Share"),
    )
    answers = staticmethod(_answering.by_posts)
    mention = staticmethod(_people.of_telegram)

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._options = options
        self._http = http
        self._credentials = credentials

    @staticmethod
    def whose(options: Options) -> tuple[str, ...]:
        """The channel, as the account's identity; none where signing in found it."""
        return (_telegram_sign_in.chat_id(options.chat).lower(),) if options.chat else ()

    @staticmethod
    def sign_in(options: Options, http: Http, redirect: str) -> SigningIn:  # noqa: ARG004 - no page leads back
        """Ask for the bot's token and the channel, and try both."""

        def method(token: str) -> _telegram_sign_in.Method:
            return partial(result, http, options.api_url, token)

        return _telegram_sign_in.conversation(options.bot_token, options.chat, method)

    @staticmethod
    def signed_out(options: Options) -> Json:
        """What a rehearsal does with where nobody has signed in yet."""
        if options.bot_token and options.chat:
            return {}
        return {"token": "<token>", "chat": "@channel"}

    def measure(self, text: str) -> int:
        """UTF-16 code units."""
        return _telegram_messages.length(text)

    def verify(self) -> Identity:
        """The chat, and whether the bot may post there. Raises AuthError where it may not, or the group has moved."""
        bot = self._result("getMe")
        chat = self._chat()
        there = self._moved(chat)
        if there != chat:
            raise AuthError(f"telegram: the group became a supergroup: {there}", hint=f'write chat: "{there}"')
        found = self._result("getChat", chat_id=chat)
        _telegram_sign_in.check_rights(self._result, found, bot)
        url = f"https://t.me/{found['username']}" if found.get("username") else None
        name = f"{found.get('title') or found['id']} (@{bot.get('username')})"
        return Identity(id=str(found["id"]), name=name, url=url)

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - nothing is uploaded
        """Fix method, fields and pictures, which go with the message itself; and where a group is now."""
        draft = _telegram_messages.drafted(post)
        if post.reply_to is not None:
            chat, number = self._place(post.reply_to)
            draft["fields"]["reply_parameters"] = {
                "message_id": number,
                "chat_id": chat,
                "allow_sending_without_reply": False,
            }
        return draft | {"chat": self._moved(self._chat())}

    def commit(self, draft: Draft, key: str) -> Receipt:  # noqa: ARG002 - Telegram takes no key
        """Send the message, or the album."""
        sample: Any = {"message_id": 0, "chat": {"id": -1001234567890}}
        several = draft["method"] == "sendMediaGroup"
        request = _telegram_messages.request(draft, draft["chat"])
        reply = self._send(draft["method"], sample=[sample] if several else sample, **request)
        check(reply, "post", commit=True)
        return _telegram_messages.receipt(field(reply, "result"), captioned=bool(draft["pictures"]))

    def find(self, draft: Draft, key: str, since: Any) -> NoReturn:  # noqa: ARG002 - there is nothing to ask
        """Always raises Unsupported: a bot cannot list what a channel has."""
        raise Unsupported("telegram: a bot cannot look up what it has posted")

    def delete(self, receipt: Receipt) -> None:
        """Delete the message, or every picture of an album; what is gone already is not an error."""
        chat, first = self._place(receipt)
        for number in receipt.data.get("messages") or [first]:
            reply = self._send("deleteMessage", json={"chat_id": chat, "message_id": number}, sample=True)
            if not _says(reply, _GONE) or by_hand(receipt):
                check(reply, "removing a post")

    def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Change the text, or the text below a picture, with its links."""
        chat, number = self._place(receipt)
        text = post.text or post.link or ""
        marked = _telegram_messages.entities(post, text)
        captioned, plain = _telegram_messages.caption(text, marked), _telegram_messages.message(text, marked, post.link)
        ways = [("editMessageText", plain), ("editMessageCaption", captioned)]
        for method, fields in ways[1:] if receipt.data.get("captioned") else ways:
            body = {"chat_id": chat, "message_id": number} | fields
            reply = self._send(method, json=body, sample={"message_id": number})
            if not _says(reply, _WITHOUT_TEXT):  # of an address alone it is not known what it is
                break
        if not _says(reply, _UNCHANGED):
            check(reply, "editing a post")
        return receipt

    def _chat(self) -> str:
        chat = self._options.chat or self._credentials.current().get("chat")
        if not chat:
            raise AuthError("telegram: it has no chat yet", hint=_tokens.SIGN_IN)
        return _telegram_sign_in.chat_id(str(chat))

    def _moved(self, chat: str) -> str:
        """Where a group is now. Only its members' number says that before something is sent (`ReadMembers`)."""
        if not _BASIC_GROUP.fullmatch(chat):
            return chat
        reply = self._send("getChatMemberCount", params={"chat_id": chat}, sample=2)
        there = _telegram_answers.moved_to(problem(reply))
        if there is None:
            check(reply, "where the group is")
        return there or chat

    def _place(self, receipt: Receipt) -> tuple[str, int]:
        """Chat and number of a message. An address counts where it is one of this account's chat."""
        address = by_hand(receipt)
        if address is None:
            chat, _, number = receipt.id.partition("/")
            return chat, int(number)
        parts = urlsplit(address)
        found = re.fullmatch(r"/(?:c/(\d+)|([A-Za-z]\w+))/(?:\d+/)?(\d+)/?", parts.path)
        if found is None or parts.hostname not in ("t.me", "telegram.me"):
            raise Rejected(f"telegram: {address} does not say which post it is; {_OURS_ONLY}")
        chat = f"-100{found[1]}" if found[1] else f"@{found[2]}"
        if chat.lower() != self._chat().lower() and not self._is_named(chat):
            raise Rejected(f"telegram: {address} is not a post of this account's chat; {_OURS_ONLY}")
        return chat, int(found[3])

    def _is_named(self, chat: str) -> bool:
        """Whether the account's chat has this name or number, too."""
        found = self._result("getChat", chat_id=self._chat())
        return chat.lower() in (str(found.get("id")), f"@{found.get('username')}".lower())

    def _result(self, method: str, **fields: str) -> Any:
        return result(self._http, self._options.api_url, self._token(), method, **fields)

    def _send(self, method: str, *, sample: Any, **request: Any) -> Reply:
        said = {"ok": True, "result": sample}
        return called(self._http, self._options.api_url, self._token(), method, sample=said, **request)

    def _token(self) -> str:
        return _tokens.token(self._options.bot_token, self._credentials.current())


def _says(reply: Reply, words: str) -> bool:
    return words in _telegram_answers.words(problem(reply)).lower()


platform = Telegram
