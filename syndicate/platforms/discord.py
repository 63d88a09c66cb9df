"""Discord: messages in a channel, by a webhook or by a bot, through API v10.

Facts: discord/discord-api-docs @ c98d64b (2026-08-06): resources/message, resources/webhook, resources/channel,
topics/rate-limits; discord/discord-api-spec @ 74fda0f (2026-07-18). What its error codes mean is in
`_discord_answers`.

A bot's message carries our key as its nonce, which Discord checks "for uniqueness in the past few minutes"; a webhook
has no such key, and cannot list what it sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from syndicate.errors import AuthError
from syndicate.model import Certainty, Controls, Draft, Identity, Json, Limits, ListedPost, Look, Post, Receipt
from syndicate.platforms import _answering, _discord_answers, _discord_messages, _discord_sign_in, _own_posts
from syndicate.platforms._bots import signed_out
from syndicate.platforms._discord_calls import DiscordCalls, check
from syndicate.platforms._discord_listed import HISTORY, listed, messages, numbers, ours, sent
from syndicate.platforms._discord_options import Options
from syndicate.platforms._replies import by_hand, items
from syndicate.ports import Credentials, Http


class Discord:
    """One channel. A bot's message can be looked up, and its key lasts some minutes; a webhook's can do neither."""

    name: ClassVar[str] = "discord"
    options_type: ClassVar[type] = Options
    certainty: Certainty = "keyed"
    key_window: ClassVar[float] = 60.0
    settle: ClassVar[float] = 10.0
    limits = Limits(text=2000, images=4, image_bytes=5_000_000, thumb_bytes=5_000_000, alt=1024, card="client")
    controls: ClassVar[Controls] = Controls(sensitive=True)
    look: ClassVar[Look] = Look(
        "Discord",
        "D",
        colour="#4a55d6",
        tint=("#4a55d6", "#9aa4ff"),
        paper=("#ffffff", "#313338"),
        corners=(4, 4),
        traits=("open", "inline"),
        actions=("React", "Reply", "Thread"),
        box="syndicate sends this box.",
    )

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._calls = DiscordCalls(options, http, credentials)
        if self._calls.hook() is not None:
            self.certainty = "blind"

    answers = staticmethod(_answering.by_bots)
    whose = staticmethod(_discord_sign_in.whose)
    sign_in = staticmethod(_discord_sign_in.sign_in)
    signed_out = staticmethod(signed_out)

    def measure(self, text: str) -> int:
        """Code points, with the backslashes that keep a text from being formatted."""
        return len(_discord_messages.escaped(text))

    def verify(self) -> Identity:
        """The channel, and who posts there. Raises AuthError for a forum, and where a bot may not read it."""
        found, hook = self._calls.place(), self._calls.hook()
        if hook is not None:
            return Identity(id=str(found.get("channel_id")), name=f"{found.get('name')} (webhook {hook.number})")
        bot = self._calls.read("/users/@me", "whose token this is")
        shown = self._calls.read(self._calls.path(), "own messages", limit="1")
        if not items(shown) and found.get("last_message_id"):
            raise AuthError("discord: the bot may not read what the channel has", hint=HISTORY)
        url = f"https://discord.com/channels/{found.get('guild_id')}/{found.get('id')}"
        return Identity(id=str(found.get("id")), name=f"#{found.get('name')} ({bot.get('username')})", url=url)

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - nothing is uploaded
        """Fix the body and its pictures, which go with the message itself, and read whose server it is."""
        body = _discord_messages.body(post)
        if post.reply_to is not None and self._calls.hook() is None:
            channel, number = numbers(self._calls, post.reply_to)
            body["message_reference"] = {"message_id": number, "channel_id": channel, "fail_if_not_exists": True}
        return {
            "body": body,
            "pictures": _discord_messages.kept(_discord_messages.pictured(post)),
            "link": post.link if post.card is not None or (post.link and post.link in post.text) else None,
            "guild": self._calls.place(sample=True).get("guild_id"),
        }

    def commit(self, draft: Draft, key: str) -> Receipt:
        """Send the message. By a webhook with `wait`, without which Discord hides what becomes of it."""
        keyed = {"nonce": _discord_messages.nonce(key), "enforce_nonce": True}
        by_bot = self._calls.hook() is None
        query = {} if by_bot else {"wait": "true"} | self._calls.thread()
        request = _discord_messages.request(draft["body"] | (keyed if by_bot else {}), draft["pictures"])
        sample = {"id": "<message id>", "channel_id": "<channel id>"}
        path = self._calls.path()
        reply = self._calls.call("POST", path, "post", commit=True, params=query, sample=sample, **request)
        return sent(reply, draft["guild"])

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:
        """Search the bot's own messages since then for the key, the link or the text."""
        return _own_posts.found(
            messages(self._calls, since),
            draft,
            lambda draft, message: ours(draft, key, message),
            lambda message: _discord_messages.receipt(message, draft["guild"]),
        )

    def recent(self, since: datetime) -> list[ListedPost]:
        """The bot's own messages since then, with the links of their boxes and texts."""
        guild = self._calls.place().get("guild_id")
        return [listed(message, guild) for message in messages(self._calls, since)]

    def delete(self, receipt: Receipt) -> None:
        """Delete the message; if it is gone already, that is not an error."""
        path = self._calls.path(numbers(self._calls, receipt))
        reply = self._calls.send("DELETE", path, params=self._calls.thread(), sample={})
        if not _discord_answers.gone(reply) or by_hand(receipt):
            check(reply, "removing a post")

    def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Change the text and the words of its box; the pictures stay."""
        body: Json = {"content": _discord_messages.escaped(post.text), "allowed_mentions": _discord_messages.NOBODY}
        if post.card is not None:
            body["embeds"] = [_discord_messages.box(post.card, receipt.data.get("picture"))]
        path = self._calls.path(numbers(self._calls, receipt))
        self._calls.call("PATCH", path, "editing a post", params=self._calls.thread(), json=body, sample={})
        return receipt


platform = Discord
