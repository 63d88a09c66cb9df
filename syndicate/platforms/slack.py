"""Slack: messages in a channel, by an app's bot or by an incoming webhook.

Facts: docs.slack.dev (as stored 2026), reference/methods: chat.postMessage, chat.update, chat.delete,
conversations.history, files.getUploadURLExternal, files.completeUploadExternal, files.info, auth.test;
reference/block-kit; apis/web-api/rate-limits. What its errors mean is in `_slack_answers`.

A bot's message carries our key in its metadata, which `conversations.history` gives back. A webhook answers "ok" and
nothing else: what it sent can be neither looked up nor changed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import ClassVar, Literal

from syndicate.errors import Unsupported
from syndicate.model import Certainty, Draft, Identity, Json, Limits, ListedPost, Look, Post, Receipt
from syndicate.platforms import _answering, _own_posts, _slack_answers, _slack_messages, _slack_sign_in
from syndicate.platforms._bots import signed_out
from syndicate.platforms._replies import by_hand, whole
from syndicate.platforms._slack_calls import SlackCalls
from syndicate.platforms._slack_listed import in_thread, listed, messages, ours, place, receipt, thread_of
from syndicate.platforms._slack_options import Options
from syndicate.platforms._slack_pictures import unready, uploaded
from syndicate.ports import Credentials, Http


class Slack:
    """One channel. A bot's messages are looked up by the key in their metadata; a webhook's cannot be."""

    name: ClassVar[str] = "slack"
    options_type: ClassVar[type] = Options
    certainty: Certainty = "lookup"
    lists_answers: ClassVar[Literal[False]] = False
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 15.0
    limits = Limits(text=4000, images=4, image_bytes=5_000_000, thumb_bytes=5_000_000, alt=2000, card="client")
    look: ClassVar[Look] = Look(
        "Slack",
        "S",
        colour="#611f69",
        tint=("#1264a3", "#4ba3e3"),
        paper=("#ffffff", "#1a1d21"),
        corners=(0, 8),
        traits=("open", "inline", "square"),
        fold=700,
        actions=("React", "Reply in thread", "Forward"),
        box="syndicate sends this box.",
    )

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._calls = SlackCalls(options, http, credentials)
        if self._calls.hook() is not None:
            self.certainty = "blind"
            self.limits = replace(type(self).limits, images=0, card="text")

    answers = staticmethod(_answering.by_bots)
    whose = staticmethod(_slack_sign_in.whose)
    sign_in = staticmethod(_slack_sign_in.sign_in)
    signed_out = staticmethod(signed_out)

    def measure(self, text: str) -> int:
        """UTF-16 units, with `&`, `<` and `>` as Slack writes them."""
        return _slack_messages.length(text)

    def verify(self) -> Identity:
        """The workspace and its bot, if it has the scopes and may read the channel; a webhook cannot be asked."""
        path = self._calls.hook()
        if path is not None:
            _, _, team, number, _ = path.split("/")
            return Identity(id=f"{team}/{number}", name=f"webhook {number} of {team}")
        reply = self._calls.call("auth.test", "whose token this is", read=True)
        said, channel = whole(reply), self._calls.channel()
        _slack_sign_in.check(reply.headers.get("x-oauth-scopes", ""))
        self._calls.read("conversations.history", "the channel", channel=channel, limit="1")
        url = f"{str(said.get('url') or '').rstrip('/')}/archives/{channel}" if said.get("url") else None
        return Identity(id=channel, name=f"{said.get('user')} in {said.get('team')}", url=url)

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - an upload is not seen
        """Upload the pictures for nobody to see; raises NotReady while Slack works on one."""
        if self._calls.hook() is not None:
            return {"body": _slack_messages.body(replace(post, media=()), []), "link": post.link}
        pictures, kept = uploaded(self._calls, post, prepared)
        sample = {"ok": True, "url": "https://<workspace>.slack.com/", "bot_id": "<bot id>"}
        me = self._calls.read("auth.test", "whose token this is", sample=sample)
        draft: Draft = {
            "body": _slack_messages.body(post, pictures),
            "link": post.link if post.card is not None or (post.link and post.link in post.text) else None,
            "text": post.text,
            "workspace": me.get("url"),
            "bot": me.get("bot_id"),
        }
        return draft | kept | ({"thread": thread_of(self._calls, post.reply_to)} if post.reply_to is not None else {})

    def commit(self, draft: Draft, key: str) -> Receipt:
        """Send the message. Raises NotReady where Slack, after all, still works on a picture."""
        path = self._calls.hook()
        if path is not None:
            self._calls.deliver(path, draft["body"])
            return Receipt(id=key, permalink=None)
        channel = self._calls.channel()
        body = {"channel": channel, "metadata": _slack_messages.metadata(key)} | draft["body"]
        body |= {"thread_ts": draft["thread"]} if draft.get("thread") else {}
        sample = {"ok": True, "channel": channel, "ts": "1700000000.000100"}
        reply = self._calls.send("chat.postMessage", json=body, sample=sample)
        if _slack_answers.unready(reply) and draft.get("uploads"):
            raise unready(draft)
        fault = _slack_answers.what(reply, "post", commit=True)
        if fault is not None:
            raise fault
        return in_thread(receipt(whole(reply), draft["workspace"], key, channel), draft)

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:
        """Search the channel since then for the key, or for the bot's message with the link or the text."""
        channel = self._calls.channel() if self._calls.hook() is None else ""
        return _own_posts.found(
            messages(self._calls, since, draft.get("thread")),
            draft,
            lambda draft, message: ours(draft, key, message),
            lambda message: in_thread(
                receipt(message, draft["workspace"], _slack_messages.key_of(message), channel), draft
            ),
        )

    def recent(self, since: datetime) -> list[ListedPost]:
        """The bot's own messages since then, with every address in them."""
        if self._calls.hook() is not None:
            raise Unsupported("slack: a webhook cannot list what it sent")
        me, channel = self._calls.read("auth.test", "whose token this is"), self._calls.channel()
        mine = (each for each in messages(self._calls, since) if each.get("bot_id") == me.get("bot_id"))
        return [listed(message, me.get("url"), channel) for message in mine]

    def delete(self, receipt: Receipt) -> None:
        """Delete the message; if it is gone already, that is not an error."""
        channel, number = place(self._calls, receipt)
        reply = self._calls.send("chat.delete", json={"channel": channel, "ts": number}, sample={"ok": True})
        fault = _slack_answers.what(reply, "removing a post")
        if fault is not None and (by_hand(receipt) or not _slack_answers.is_called(reply, *_slack_answers.GONE)):
            raise fault

    def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Change the text and the words of its box; the pictures stay."""
        channel, number = place(self._calls, receipt)
        body = _slack_messages.body(post, receipt.data.get("pictures", []))
        body |= {"channel": channel, "ts": number}
        if receipt.data.get("key"):
            body["metadata"] = _slack_messages.metadata(receipt.data["key"])
        sent = {name: value for name, value in body.items() if not name.startswith("unfurl")}
        self._calls.call("chat.update", "editing a post", json=sent, sample={"ok": True})
        return receipt


platform = Slack
