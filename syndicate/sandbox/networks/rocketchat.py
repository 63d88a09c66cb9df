"""The stand-in for a Rocket.Chat server's incoming integrations, one for each name.

RocketChat/Rocket.Chat @ 028925b2, apps/meteor/app/integrations/server/api/api.ts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from syndicate.sandbox.board import Board
from syndicate.sandbox.counting import addresses
from syndicate.sandbox.exchange import Answer, Received, Route, Table, answer, instant
from syndicate.sandbox.networks._chat_texts import rocketchat_calls, seen

MAX_UNITS = 5000
"""UTF-16 units: `msg.length` in JavaScript."""
TOKEN = "token"  # noqa: S105 - a stand-in's
WORDS = {
    "401": "You must be logged in to do this.",
    "429": "Error, too many requests. Please slow down. You must wait before trying this endpoint again.",
    "503": "Internal server error",
}


class RocketChatStandIn:
    """Fake rooms at /rocketchat/hooks/NAME/token. An integration that is off answers 503."""

    title: ClassVar[str] = "Rocket.Chat"
    colours: ClassVar[tuple[str, str]] = ("#b3132b", "#ff8f9b")

    def __init__(self, board: Board, clock: Callable[[], float], url: str, *, enabled: bool = True) -> None:  # noqa: ARG002 - no permalinks
        self._board, self._clock, self._enabled = board, clock, enabled
        self._count = 0
        self._table = Table(
            ("GET", "/rocketchat/hooks/info/*/*", "read", self._info),
            ("POST", "/rocketchat/hooks/*/*", "commit", self._receive),
        )

    def clear(self) -> None:
        """Does nothing: only the board remembers what was posted."""

    def route(self, method: str, path: str) -> Route | None:
        """Routes for everything under /rocketchat/."""
        if not path.startswith("/rocketchat/"):
            return None
        step, operation = self._table.find(method, path) or ("read", lambda _: _failed(404, "Not found"))
        return Route("rocketchat", step, operation)

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (all steps alike)
        """The failure as the server's JSON; its rate limit says when it ends in milliseconds since 1970."""
        wait = 60 if retry_after is None else retry_after
        reset = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{(self._clock() + wait) * 1000:.0f}"}
        return _failed(int(fault), WORDS.get(fault, "Something went wrong"), reset if fault == "429" else {})

    def _info(self, _: Received, __: str, token: str) -> Answer:
        return answer(200, {"success": True}) if token == TOKEN else _failed(400, _unknown)

    def _receive(self, request: Received, name: str, token: str) -> Answer:
        if token != TOKEN:
            return _failed(400, _unknown)
        if not self._enabled:
            return _failed(503, "Service Unavailable")
        try:
            source = str(request.json()["text"])
        except (ValueError, KeyError, TypeError):
            return _failed(400, "unknown-error")
        if len(source.encode("utf-16-le")) // 2 > MAX_UNITS:
            return _failed(400, "error-message-size-exceeded")
        self._count += 1
        text = seen(source)
        links = addresses(text)
        self._board.put(
            "rocketchat",
            str(self._count),
            account=name,
            text=text,
            link=links[0] if links else None,
            source=source,
            calls=rocketchat_calls(source),
            at=instant(self._clock()),
        )
        return answer(200, {"success": True})


_unknown = "Invalid integration id or token provided."


def _failed(status: int, words: str, headers: dict[str, str] | None = None) -> Answer:
    return answer(status, {"success": False, "error": words}, headers)


network = RocketChatStandIn
