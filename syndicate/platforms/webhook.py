"""Posts to a publisher's own webhook: one signed POST request per post.

Signed as Standard Webhooks asks (standard-webhooks/standard-webhooks, spec/standard-webhooks.md; from memory,
and checked against a signature its libraries publish): HMAC-SHA256 over "id.timestamp.body". Receivers
refuse timestamps more than some minutes old.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, ClassVar, NoReturn
from urllib.parse import urlsplit

from syndicate.errors import Uncertain, Unsupported
from syndicate.model import Certainty, Draft, Identity, Json, Limits, Look, Media, Post, Receipt, Secret
from syndicate.net.status import failure, is_page
from syndicate.platforms._replies import problem
from syndicate.ports import Credentials, Http

_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class Options:
    """Where to send; with a secret (`whsec_` and base64, or any text) the request is signed."""

    url: Annotated[str, "The address that takes each post."]
    secret: Annotated[Secret | None, "Signs each request (Standard Webhooks)."] = None
    api_url: str | None = None

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise ValueError(f"'{self.url}' is not an address such as https://cms.example/hook")
        if self.secret is not None:
            _signing_key(self.secret)

    def redirected(self, url: str, folder: Path, name: str) -> Options:  # noqa: ARG002 - nothing is written to disk
        """These options for the sandbox, where each account has its own path instead of the receiver's."""
        return replace(self, api_url=f"{url}/webhook/{name}")


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
        self._options = options
        self._http = http
        self._url = _moved(options.url, options.api_url)

    @staticmethod
    def whose(options: Options) -> tuple[str, ...]:
        """The address, as the account's identity; it may hold a secret, so only a hash of it is stored."""
        return (options.url,)

    def measure(self, text: str) -> int:
        """Code points; the limit is our own, so that a post stays short."""
        return len(text)

    def verify(self) -> Identity:
        """The receiver's host. Nothing is sent: a webhook cannot be asked whose it is."""
        host = urlsplit(self._options.url).hostname or "webhook"  # the rest of the address may be a secret
        return Identity(id=host, name=host)

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
        body = draft["body"].encode()
        sample = {"id": "<post id>", "url": "<permalink>"}
        reply = self._http.call("POST", self._url, data=body, headers=self._headers(draft, key, body), sample=sample)
        fault = failure(reply, f"webhook: {urlsplit(self._url).hostname}", commit=True)
        if fault is not None:
            raise fault
        if is_page(reply.body[:1000].decode("utf-8", "replace")):
            host = urlsplit(self._url).hostname
            raise Uncertain(f"webhook: {host}: HTTP {reply.status} with a web page, as of a login", status=reply.status)
        answer = problem(reply)
        return Receipt(id=str(answer.get("id") or key), permalink=answer.get("url") or answer.get("permalink"))

    def find(self, draft: Draft, key: str, since: datetime) -> NoReturn:  # noqa: ARG002 - there is nothing to ask
        """Always raises Unsupported: a webhook cannot be asked what it received."""
        raise Unsupported("webhook: a receiver cannot be asked what it received")

    def _headers(self, draft: Draft, key: str, body: bytes) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": key,
            "webhook-id": key,
            "webhook-timestamp": str(draft["at"]),
        }
        if self._options.secret is not None:
            headers["webhook-signature"] = signature(self._options.secret, key, draft["at"], body)
        return headers


def signature(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: version 1, HMAC-SHA256 in base64."""
    import hashlib
    import hmac

    signed = f"{key}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.new(_signing_key(secret), signed, hashlib.sha256).digest()).decode()


def _signing_key(secret: str) -> bytes:
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError as fault:
        raise ValueError(f"after {_PREFIX} the secret has to be base64") from fault


def _enclosed(media: Media) -> Json:
    return {"mime": media.mime, "alt": media.alt, "data": b64encode(media.data).decode()}


def _moved(url: str, api_url: str | None) -> str:
    """The address with the scheme, host and port of `api_url`, and its path if it has one."""
    if api_url is None:
        return url
    here, elsewhere = urlsplit(url), urlsplit(api_url)
    path = elsewhere.path if elsewhere.path.strip("/") else here.path
    return here._replace(scheme=elsewhere.scheme, netloc=elsewhere.netloc, path=path).geturl()


platform = Webhook
