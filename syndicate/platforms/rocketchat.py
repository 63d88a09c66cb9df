"""Rocket.Chat by an incoming webhook: one message in a room.

Facts: RocketChat/Rocket.Chat @ 028925b2, apps/meteor/app/integrations/server/api/api.ts (answers, `info`); sendMessage
refuses `msg.length` over Message_MaxAllowedSize, 5,000 unless changed; @ 0317daf8,
packages/message-parser/src/grammar.pegjs: its Markdown, in which `*`, `_` and `~` around words cannot be escaped.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from syndicate.model import Certainty, Draft, Identity, Json, Limits, Look, Post, Receipt, Secret
from syndicate.model.dataclass import dataclass
from syndicate.model.pattern import pattern
from syndicate.platforms import _hooks
from syndicate.platforms._answers import Row
from syndicate.platforms._incoming import Incoming, cannot_be_asked, identity, whose
from syndicate.ports import Credentials, Http

_BLOCK = pattern(r"^(?=#{1,4}[ \t]|[-*>][ \t]|>|\d+\.[ \t]|```|\|\|\s*$)", re.MULTILINE)
_REFERENCE = pattern(r"(?<=\])(?=\()")
_ANGLE = pattern(r"(?<=<)(?=[^\s>|]+\||t:)")

REFUSED = (
    Row("login", words=("invalid integration", "invalid-channel", "invalid-room", "not-allowed"), hint="make another"),
    Row("login", ("503",), words=("service unavailable",), hint="the integration is switched off in Rocket.Chat"),
    Row("text", words=("message-size-exceeded",)),
    Row("login", ("401", "403"), hint="make another incoming integration"),
)


@dataclass(frozen=True, slots=True)
class Options(Incoming):
    """The incoming integration; it belongs to one room."""

    url: Annotated[Secret, "The incoming integration's address; whoever has it can post."]
    api_url: str | None = None

    path: ClassVar[str] = "/rocketchat/hooks/{}/token"


class RocketChat:
    """One room. It cannot be asked what it received, so a message without an answer is held for a person."""

    name: ClassVar[str] = "rocketchat"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "blind"
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 0.0
    limits = Limits(text=5000, images=0, card="text")
    look: ClassVar[Look] = Look("Rocket.Chat", "R", colour="#b3132b", tint=("#b3132b", "#ff8f9b"), corners=(4, 4))

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:  # noqa: ARG002 - the address is all
        self._options, self._http = options, http

    whose = staticmethod(whose)

    def measure(self, text: str) -> int:
        """UTF-16 units of the text as it is sent, as JavaScript counts."""
        return len(written(text).encode("utf-16-le", "surrogatepass")) // 2

    def verify(self) -> Identity:
        """Ask whether the integration is there, at `/hooks/info/…`, which posts nothing; a server may lack that."""
        parts = urlsplit(self._options.address)
        path = parts.path.replace("/hooks/", "/hooks/info/", 1)
        if path != parts.path:
            reply = self._http.call("GET", parts._replace(path=path).geturl())
            found = None if reply.status == 404 else _hooks.what(reply, self.name, REFUSED, commit=False)
            if found is not None:
                raise found
        return identity(self._options, self.name)

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - nothing is uploaded
        """Fix the text: no headings, lists or links made of its signs, and nobody called by it."""
        return {"text": written(post.text)}

    def commit(self, draft: Draft, key: str) -> Receipt:
        """Send the message. Rocket.Chat answers that it worked and tells neither id nor address."""
        reply = self._http.call("POST", self._options.address, json={"text": draft["text"]}, sample={"success": True})
        _hooks.answered(reply, self.name, REFUSED, lambda said: said.get("success"))
        return Receipt(id=key, permalink=None)

    find = cannot_be_asked


def written(text: str) -> str:
    """The text with joiners where its signs would make a heading, a list, a quotation or a link."""
    quiet = _hooks.outside_addresses(text, lambda words: _REFERENCE.sub(_hooks.JOINER, _hooks.silent(words)))
    return _BLOCK.sub(_hooks.JOINER, _ANGLE.sub(_hooks.JOINER, quiet))


platform = RocketChat
