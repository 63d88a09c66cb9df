"""Posts to a publisher's own webhook: one request per post, signed by `net.webhook_signature`."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from syndicate.errors import Uncertain
from syndicate.model import Certainty, Draft, Identity, Json, Limits, Look, Media, Post, Receipt, Secret
from syndicate.model.dataclass import dataclass
from syndicate.net.status import failure, is_page
from syndicate.net.webhook_signature import headers, signing_key
from syndicate.platforms._incoming import Incoming, cannot_be_asked, identity, whose
from syndicate.platforms._replies import problem
from syndicate.ports import Credentials, Http


@dataclass(frozen=True, slots=True)
class Options(Incoming):
    """Where to send; with a secret (`whsec_` and base64, or any text) the request is signed."""

    url: Annotated[str, "The address that takes each post."]
    secret: Annotated[Secret | None, "Signs each request (Standard Webhooks)."] = None
    api_url: str | None = None

    path: ClassVar[str] = "/webhook/{}"

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise ValueError(f"'{self.url}' is not an address such as https://cms.example/hook")
        if self.secret is not None:
            signing_key(self.secret)


class Webhook:
    """One receiver. It cannot be asked later what it received, so a request without an answer is held for a person."""

    name: ClassVar[str] = "webhook"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "blind"
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 0.0
    limits = Limits(text=10_000, images=4, image_bytes=5_000_000, card="field", card_with_media=True)
    look: ClassVar[Look] = Look(
        "Webhook",
        "{}",
        colour="#0b6a58",
        tint=("#0b6a58", "#63d3b9"),
        corners=(4, 4),
        traits=("dashed", "square", "mono"),
        box="The link has its own field.",
    )

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:  # noqa: ARG002 - the secret never changes
        self._options, self._http = options, http

    whose = staticmethod(whose)

    def measure(self, text: str) -> int:
        """Code points; the limit is our own, so that a post stays short."""
        return len(text)

    def verify(self) -> Identity:
        """The receiver's host. Nothing is sent: a webhook cannot be asked whose it is."""
        return identity(self._options, self.name)

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - nothing is uploaded
        """Fix the body byte for byte, and the instant of its signature: when the post was rendered."""
        body = {
            "id": key,
            "type": "post",
            "text": post.text,
            "link": post.link,
            "article": post.article,
            "media": [_enclosed(media) for media in post.media],
        }
        return {"body": json.dumps(body, ensure_ascii=False, separators=(",", ":")), "at": int(post.at.timestamp())}

    def commit(self, draft: Draft, key: str) -> Receipt:
        """Send the body. Any 2xx is success; a JSON answer may give the `id` and `url` of what the receiver made.

        Raises Uncertain for a 2xx with a web page: so answer login pages and captive portals, which took nothing.
        """
        body, url = draft["body"].encode(), self._options.address
        signed = headers(self._options.secret, key, draft["at"], body)
        reply = self._http.call(
            "POST", url, data=body, headers=signed, sample={"id": "<post id>", "url": "<permalink>"}
        )
        step = f"{self.name}: {urlsplit(url).hostname}"
        fault = failure(reply, step, commit=True)
        if fault is not None:
            raise fault
        if is_page(reply.body[:1000].decode("utf-8", "replace")):
            raise Uncertain(f"{step}: HTTP {reply.status} with a web page, as of a login", status=reply.status)
        answer = problem(reply)
        return Receipt(id=str(answer.get("id") or key), permalink=answer.get("url") or answer.get("permalink"))

    find = cannot_be_asked


def _enclosed(media: Media) -> Json:
    return {"mime": media.mime, "alt": media.alt, "data": b64encode(media.data).decode()}


platform = Webhook
