"""The stand-in for Google Chat's webhooks: every name is a space.

developers.google.com/workspace/chat, reference/rest/v1/spaces.messages/create (read 2026-11-29): 32,000 bytes; a
webhook is answered with the message's name. It does not honour `requestId`, unless it is told to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from syndicate.sandbox.board import Board
from syndicate.sandbox.counting import addresses
from syndicate.sandbox.exchange import Answer, Received, Route, Table, answer, instant
from syndicate.sandbox.networks._chat_texts import google_calls, seen

MAX_BYTES = 32_000
STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class GoogleChatStandIn:
    """Fake spaces at /v1/spaces/NAME/messages; `key` and `token` have to be there."""

    title: ClassVar[str] = "Google Chat"
    colours: ClassVar[tuple[str, str]] = ("#12703c", "#8ab4f8")

    def __init__(self, board: Board, clock: Callable[[], float], url: str, *, keeps_ids: bool = False) -> None:  # noqa: ARG002 - no permalinks
        self._board, self._clock, self._keeps_ids = board, clock, keeps_ids
        self._table = Table(("POST", "/v1/spaces/*/messages", "commit", self._receive))
        self._count = 0
        self.clear()

    def clear(self) -> None:
        """Forget the requests' ids."""
        self._ids: dict[str, str] = {}

    def route(self, method: str, path: str) -> Route | None:
        """Routes for everything under /v1/spaces/."""
        if not path.startswith("/v1/spaces/"):
            return None
        step, operation = self._table.find(method, path) or ("read", lambda _: _refused(404, "Not found"))
        return Route("googlechat", step, operation)

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (one step only)
        """The failure as Google's APIs report it."""
        headers = {"Retry-After": f"{60 if retry_after is None else retry_after:g}"} if fault == "429" else {}
        return _refused(int(fault), "Refused", headers)

    def _receive(self, request: Received, space: str) -> Answer:
        if not request.query.get("key") or not request.query.get("token"):
            return _refused(401, "The request does not have valid authentication credentials.")
        try:
            source = str(request.json()["text"])
        except (ValueError, KeyError, TypeError):
            return _refused(400, "Message cannot be empty.")
        if len(request.body) > MAX_BYTES and len(source.encode()) > MAX_BYTES:
            return _refused(400, "Message is too long.")
        asked = request.query.get("requestId", "")
        if self._keeps_ids and asked in self._ids:
            return answer(200, {"name": self._ids[asked]})
        self._count += 1
        name = f"spaces/{space}/messages/{self._count}"
        self._ids[asked] = name
        text = seen(source)
        links = addresses(text)
        self._board.put(
            "googlechat",
            name,
            account=space,
            text=text,
            link=links[0] if links else None,
            source=source,
            calls=google_calls(source),
            key=asked,
            at=instant(self._clock()),
        )
        return answer(200, {"name": name, "text": source, "thread": {"name": f"spaces/{space}/threads/{self._count}"}})


def _refused(status: int, words: str, headers: dict[str, str] | None = None) -> Answer:
    return answer(status, {"error": {"code": status, "message": words, "status": STATUS[status]}}, headers)


network = GoogleChatStandIn
