"""The stand-in for a Mattermost server's incoming webhooks, one for each name.

mattermost/mattermost @ 03138b54: server/channels/web/webhook.go and app/webhook.go, where a long text is split.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from syndicate.sandbox.board import Board
from syndicate.sandbox.counting import addresses
from syndicate.sandbox.exchange import Answer, Received, Route, answer, instant, text_answer
from syndicate.sandbox.networks._chat_texts import markdown, mattermost_calls

MAX_RUNES = 16_383


class MattermostStandIn:
    """Fake channels at /mattermost/NAME: they answer "ok" and tell nothing else."""

    title: ClassVar[str] = "Mattermost"
    colours: ClassVar[tuple[str, str]] = ("#1e4c9a", "#8fb3ff")

    def __init__(self, board: Board, clock: Callable[[], float], url: str) -> None:  # noqa: ARG002 - no permalinks
        self._board, self._clock = board, clock
        self._count = 0

    def clear(self) -> None:
        """Does nothing: only the board remembers what was posted."""

    def route(self, _: str, path: str) -> Route | None:
        """Routes for everything under /mattermost/."""
        if not path.startswith("/mattermost/"):
            return None
        name = path.removeprefix("/mattermost/").strip("/")
        return Route("mattermost", "commit", lambda request: self._receive(request, name))

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (one step only)
        """The failure as the server's JSON."""
        words = {"401": "api.context.session_expired.app_error", "429": "api.context.rate_limit.app_error"}
        headers = {"Retry-After": f"{60 if retry_after is None else retry_after:g}"} if fault == "429" else {}
        return _refused(int(fault), words.get(fault, "api.context.server_error"), headers)

    def _receive(self, request: Received, name: str) -> Answer:
        if request.method != "POST":
            return text_answer(404, "<!doctype html><title>Not Found</title>\n")
        try:
            text = str(request.json()["text"])
        except (ValueError, KeyError, TypeError):
            return _refused(400, "web.incoming_webhook.text.app_error")
        if not text:
            return _refused(400, "web.incoming_webhook.text.app_error")
        for start in range(0, len(text), MAX_RUNES):
            self._post(name, text[start : start + MAX_RUNES])
        return text_answer(200, "ok", mime="text/plain")

    def _post(self, name: str, source: str) -> None:
        self._count += 1
        text = markdown(source)
        links = addresses(text)
        self._board.put(
            "mattermost",
            str(self._count),
            account=name,
            text=text,
            link=links[0] if links else None,
            source=source,
            calls=mattermost_calls(source),
            at=instant(self._clock()),
        )


def _refused(status: int, code: str, headers: dict[str, str] | None = None) -> Answer:
    body: dict[str, Any] = {"id": code, "message": "Refused.", "status_code": status}
    return answer(status, body, headers)


network = MattermostStandIn
