"""Mattermost by an incoming webhook: one message in a channel.

Facts: developers.mattermost.com/integrate/webhooks/incoming (read 2026-11-29); mattermost/mattermost @ 03138b54,
server/channels/web/webhook.go (it answers "ok") and app/webhook.go, where a text of more than 16,383 code points
becomes two posts, and `<!channel>` and `<address|words>` are read as Slack's.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from syndicate.model import Certainty, Draft, Identity, Json, Limits, Look, Post, Receipt, Secret
from syndicate.model.dataclass import dataclass
from syndicate.model.pattern import pattern
from syndicate.platforms import _hooks
from syndicate.platforms._answers import Row
from syndicate.platforms._incoming import Incoming, cannot_be_asked, identity, whose
from syndicate.ports import Credentials, Http

_SIGNS = pattern(r"[\\`*_\[\]~|]")
_BLOCK = pattern(
    r"^(?=[ \t]*(?:#{1,6}|[-+]|\d+[.)])[ \t]|[ \t]*(?:-{3,}|={3,})[ \t]*$|[ ]{4}|[ ]{0,3}\t)", re.MULTILINE
)
_ENTITY = pattern(r"&(?=#?\w+;)")
_HINT = "make another incoming webhook, and check that its channel exists and webhooks are switched on"

REFUSED = (
    Row(
        "login",
        (
            "web.incoming_webhook.invalid.app_error",
            "web.incoming_webhook.disabled.app_error",
            "web.incoming_webhook.permissions.app_error",
            "web.incoming_webhook.channel.app_error",
            "web.incoming_webhook.channel_locked.app_error",
            "web.incoming_webhook.user.app_error",
            "store.sql_webhooks.get_incoming.app_error",
        ),
        hint=_HINT,
    ),
    Row("login", ("403",), hint=_HINT),
)


@dataclass(frozen=True, slots=True)
class Options(Incoming):
    """The incoming webhook; it belongs to one channel."""

    url: Annotated[Secret, "The incoming webhook's address; whoever has it can post."]
    api_url: str | None = None

    path: ClassVar[str] = "/mattermost/{}"


class Mattermost:
    """One channel. It cannot be asked what it received, so a message without an answer is held for a person."""

    name: ClassVar[str] = "mattermost"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "blind"
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 0.0
    limits = Limits(text=16_383, images=0, card="text")
    look: ClassVar[Look] = Look("Mattermost", "M", colour="#1e4c9a", tint=("#1c58d9", "#8fb3ff"), corners=(4, 4))

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:  # noqa: ARG002 - the address is all
        self._options, self._http = options, http

    whose = staticmethod(whose)

    def measure(self, text: str) -> int:
        """Code points of the text as it is sent, with its Markdown escaped."""
        return len(written(text))

    def verify(self) -> Identity:
        """The server's host. Nothing is sent: a webhook cannot be asked whose it is."""
        return identity(self._options, self.name)

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - nothing is uploaded
        """Fix the text: its Markdown escaped, and nobody called by it."""
        return {"text": written(post.text)}

    def commit(self, draft: Draft, key: str) -> Receipt:
        """Send the message. Mattermost answers "ok" and tells neither id nor address."""
        reply = self._http.call("POST", self._options.address, json={"text": draft["text"]}, sample="ok")
        found = _hooks.what(reply, self.name, REFUSED)
        if found is not None:
            raise found
        if reply.body.strip(b' "\n') != b"ok":
            raise _hooks.unread(reply, self.name)
        return Receipt(id=key, permalink=None)

    find = cannot_be_asked


def written(text: str) -> str:
    """The text as Markdown that shows the same letters, with the addresses in it as they are."""
    return _BLOCK.sub(_hooks.JOINER, _hooks.outside_addresses(text, _escaped))


def _escaped(words: str) -> str:
    plain = _SIGNS.sub(r"\\\g<0>", _ENTITY.sub("&amp;", _hooks.silent(words)))
    return plain.replace("<", "&lt;").replace(">", "&gt;")


platform = Mattermost
