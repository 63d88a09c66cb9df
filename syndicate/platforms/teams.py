"""Microsoft Teams by a workflow ("Post to a channel when a webhook request is received"): one Adaptive Card.

Facts: learn.microsoft.com, connectors/teams (about 28 KB with everything), microsoftteams/platform cards-format
(Markdown in a TextBlock: bold, italic, lists and links; a line break is a block of its own) and add-incoming-webhook
(four requests a second), read 2026-11-29. Addresses of Office 365 connectors, which ended in 2026, are answered with
words in a 200. A card calls nobody: that takes `msteams.entities`, which we never send.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from syndicate.errors import RateLimited
from syndicate.model import Certainty, Draft, Identity, Json, Limits, Look, Post, Receipt, Secret
from syndicate.model.dataclass import dataclass
from syndicate.model.pattern import pattern
from syndicate.net.status import is_page
from syndicate.platforms import _hooks
from syndicate.platforms._answers import Row
from syndicate.platforms._elsewhere import host
from syndicate.platforms._incoming import Incoming, cannot_be_asked, identity, whose
from syndicate.ports import Credentials, Http

_SIGNS = pattern(r"[\\*_\[\]]|&(?=#?\w+;)|^[-+](?=\s)|(?<=^\d)[.)](?=\s)|(?<=^\d\d)[.)](?=\s)", re.MULTILINE)
_HINT = "open the workflow in Teams: it has to be switched on, and anyone may trigger it"

REFUSED = (
    Row("text", ("413", "RequestEntityTooLarge")),
    Row("text", words=("entity too large", "message size")),
    Row("login", ("WorkflowTriggerIsNotEnabled", "WorkflowNotFound", "DirectApiAuthorizationRequired"), hint=_HINT),
    Row("login", ("401", "403"), hint=_HINT),
)


@dataclass(frozen=True, slots=True)
class Options(Incoming):
    """The workflow; it belongs to one channel or chat."""

    url: Annotated[Secret, "The workflow's address, with its signature; whoever has it can post."]
    api_url: str | None = None

    path: ClassVar[str] = "/teams/{}"


class Teams:
    """One workflow. It answers before it posts, and cannot be asked later: "accepted" is all that is ever known."""

    name: ClassVar[str] = "teams"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "blind"
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 0.0
    limits = Limits(text=20_000, images=0, card="field", card_with_media=True)
    look: ClassVar[Look] = Look(
        "Teams", "T", colour="#4a4eaf", tint=("#4a4eaf", "#a5a8f5"), corners=(4, 4), box="{0} shows a button."
    )

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:  # noqa: ARG002 - the address is all
        self._options, self._http = options, http

    whose = staticmethod(whose)

    def measure(self, text: str) -> int:
        """UTF-8 bytes of the text as it is sent; the limit is ours, so that all of the card fits."""
        return len(written(text).encode("utf-8", "surrogatepass"))

    def verify(self) -> Identity:
        """The host. Nothing is sent: a workflow cannot be asked whose it is."""
        return identity(self._options, self.name)

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - nothing is uploaded
        """Fix the card: a block of text for each line, and a button that opens the article."""
        lines = [line for line in post.text.split("\n") if line.strip()]
        card: Json = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": [{"type": "TextBlock", "text": written(line), "wrap": True} for line in lines],
        }
        if post.link and post.link not in post.text:
            card["actions"] = [{"type": "Action.OpenUrl", "title": host(post.link) or post.link, "url": post.link}]
        return {"card": card}

    def commit(self, draft: Draft, key: str) -> Receipt:
        """Send the card. A 202 says that the workflow will run, not that its message is there."""
        attached = {"contentType": "application/vnd.microsoft.card.adaptive", "content": draft["card"]}
        body = {"type": "message", "attachments": [attached]}
        reply = self._http.call("POST", self._options.address, json=body, sample="")
        found = _hooks.what(reply, self.name, REFUSED)
        if found is not None:
            raise found
        words = reply.body[:1000].decode("utf-8", "replace")
        if "HTTP error 429" in words:
            raise RateLimited(f"{self.name}: message: the channel takes no more for now", status=429)
        if is_page(words) or "failed" in words.lower():
            raise _hooks.unread(reply, self.name)
        return Receipt(id=key, permalink=None)

    find = cannot_be_asked


def written(text: str) -> str:
    """The text as Markdown that shows the same letters, with the addresses in it as they are."""
    return _hooks.outside_addresses(text, lambda words: _SIGNS.sub(lambda found: f"\\{found[0]}", words))


platform = Teams
