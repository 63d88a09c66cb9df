"""Google Chat by an incoming webhook: one message in a space.

Facts: developers.google.com/workspace/chat, quickstart/webhooks, format-messages and
reference/rest/v1/spaces.messages/create (read 2026-11-29): 32,000 bytes with everything, `<users/all>` calls everybody,
`<address|words>` is a link, and a webhook is answered with the message's name. `requestId` makes `create` idempotent;
whether it does so for webhooks is not said, so nothing here relies on it. Its signs cannot be escaped.
"""

from __future__ import annotations

from typing import Annotated, ClassVar
from uuid import UUID

from syndicate.model import Certainty, Draft, Identity, Json, Limits, Look, Post, Receipt, Secret
from syndicate.model.dataclass import dataclass
from syndicate.model.pattern import pattern
from syndicate.platforms import _hooks
from syndicate.platforms._answers import Row
from syndicate.platforms._incoming import Incoming, cannot_be_asked, identity, whose
from syndicate.ports import Credentials, Http

_ANGLE = pattern(r"(?<=<)(?=\S)")
_HINT = "make another webhook in the space: its apps and integrations, Webhooks"

REFUSED = (
    Row("login", ("PERMISSION_DENIED", "UNAUTHENTICATED", "NOT_FOUND", "401", "403"), hint=_HINT),
    Row("text", ("INVALID_ARGUMENT",), words=("too long", "too large", "maximum", "exceeds")),
    Row("post", ("INVALID_ARGUMENT",)),
)


@dataclass(frozen=True, slots=True)
class Options(Incoming):
    """The webhook; it belongs to one space."""

    url: Annotated[Secret, "The webhook's address, with its key and token; whoever has it can post."]
    api_url: str | None = None

    path: ClassVar[str] = "/v1/spaces/{}/messages"


class GoogleChat:
    """One space. It cannot be asked what it received, so a message without an answer is held for a person."""

    name: ClassVar[str] = "googlechat"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "blind"
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 0.0
    limits = Limits(text=30_000, images=0, card="text")
    look: ClassVar[Look] = Look("Google Chat", "G", colour="#12703c", tint=("#0b57d0", "#8ab4f8"), corners=(12, 8))

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:  # noqa: ARG002 - the address is all
        self._options, self._http = options, http

    whose = staticmethod(whose)

    def measure(self, text: str) -> int:
        """UTF-8 bytes of the text as it is sent; the limit is ours, so that all of the message fits."""
        return len(written(text).encode("utf-8", "surrogatepass"))

    def verify(self) -> Identity:
        """The host. Nothing is sent: a webhook cannot be asked whose it is."""
        return identity(self._options, self.name)

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - nothing is uploaded
        """Fix the text: no links or calls made of its angle brackets."""
        return {"text": written(post.text)}

    def commit(self, draft: Draft, key: str) -> Receipt:
        """Send the message under an id of its own; the answer has the message's name, but no address."""
        asked = {"requestId": str(UUID(key))}
        sample = {"name": "spaces/<space>/messages/<message>"}
        reply = self._http.call(
            "POST", self._options.address, params=asked, json={"text": draft["text"]}, sample=sample
        )
        said = _hooks.answered(reply, self.name, REFUSED, lambda said: said.get("name"))
        return Receipt(id=str(said["name"]), permalink=None)

    find = cannot_be_asked


def written(text: str) -> str:
    """The text with joiners where an angle bracket would begin a link or call somebody."""
    return _ANGLE.sub(_hooks.JOINER, _hooks.outside_addresses(text, _hooks.silent))


platform = GoogleChat
