"""The stand-in for a webhook's receiver: it accepts every request, repeated ones too.

Signatures: the Standard Webhooks specification (standard-webhooks/standard-webhooks, spec.md): HMAC-SHA256 over
`id.timestamp.body`, base64, prefixed `v1,`; within five minutes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from typing import Any, ClassVar

from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Answer, Received, Route, answer, instant, text_answer

TOLERANCE_SECONDS = 300


class WebhookStandIn:
    """A fake receiver, without idempotency keys and without a way to read. With a `secret` it checks signatures."""

    title: ClassVar[str] = "Webhook"
    colours: ClassVar[tuple[str, str]] = ("#0c6b58", "#5fd0b5")

    def __init__(self, board: Board, clock: Callable[[], float], url: str, *, secret: str | None = None) -> None:  # noqa: ARG002 - no permalinks
        self._board = board
        self._clock = clock
        self._secret = base64.b64decode(secret.removeprefix("whsec_")) if secret else None
        self._count = 0

    def clear(self) -> None:
        """Does nothing: only the board remembers what was posted."""

    def route(self, _: str, path: str) -> Route | None:
        """Routes for everything under /webhook/; the rest of the path is the receiver's name."""
        name = path.removeprefix("/webhook").strip("/")
        if not (path == "/webhook" or path.startswith("/webhook/")):
            return None
        return Route("webhook", "commit", lambda request: self._receive(request, name))

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (one step only)
        """The failure as plain text."""
        words = {"401": "bad signature", "429": "slow down", "503": "down for maintenance"}
        wait = retry_after if retry_after is not None else 60 if fault == "429" else None
        headers = {} if wait is None else {"Retry-After": f"{wait:g}"}
        return text_answer(int(fault), words.get(fault, "something broke") + "\n", headers, mime="text/plain")

    def _receive(self, request: Received, name: str) -> Answer:
        if request.method != "POST":
            return text_answer(405, "only POST\n", {"Allow": "POST"}, mime="text/plain")
        wrong = self._distrust(request)
        if wrong:
            return text_answer(401, f"{wrong}\n", mime="text/plain")
        try:
            body = request.json()
            media = [self._picture(each) for each in body.get("media") or []]
        except (ValueError, KeyError, TypeError, AttributeError):
            return text_answer(400, "the body is not a JSON object of a post\n", mime="text/plain")
        self._count += 1
        self._board.put(
            "webhook",
            str(self._count),
            account=name or "webhook",
            text=str(body.get("text") or ""),
            link=body.get("link"),
            language=(body.get("article") or {}).get("language"),
            media=media,
            key=request.headers.get("webhook-id") or body.get("id"),
            at=instant(self._clock()),
        )
        return answer(200, {"ok": True})

    def _picture(self, media: dict[str, Any]) -> dict[str, Any]:
        data = base64.b64decode(media["data"], validate=True)
        return self._board.keep(data, alt=str(media.get("alt") or ""), mime=media.get("mime"))

    def _distrust(self, request: Received) -> str | None:
        """Why the request's signature is refused; None if it is right, or if there is no secret."""
        if self._secret is None:
            return None
        number, stamp = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
        if not number or not stamp.isdecimal():
            return "webhook-id or webhook-timestamp is missing"
        if abs(self._clock() - int(stamp)) > TOLERANCE_SECONDS:
            return "webhook-timestamp is too far from now"
        signed = f"{number}.{stamp}.".encode() + request.body
        right = hmac.new(self._secret, signed, hashlib.sha256).digest()
        for signature in request.headers.get("webhook-signature", "").split():
            version, _, value = signature.partition(",")
            if version == "v1" and hmac.compare_digest(_decode(value), right):
                return None
        return "no signature matches"


def _decode(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        return b""


network = WebhookStandIn
