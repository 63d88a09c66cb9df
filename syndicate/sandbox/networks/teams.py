"""The stand-in for workflows of Microsoft Teams that post what they receive, one for each name.

learn.microsoft.com/connectors/teams (about 28 KB); a workflow accepts with 202 and posts afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from syndicate.sandbox.board import Board
from syndicate.sandbox.counting import addresses
from syndicate.sandbox.exchange import Answer, Received, Route, answer, instant
from syndicate.sandbox.networks._chat_texts import markdown

MAX_BYTES = 28 * 1024
CARD = "application/vnd.microsoft.card.adaptive"


class TeamsStandIn:
    """Fake channels at /teams/NAME."""

    title: ClassVar[str] = "Teams"
    colours: ClassVar[tuple[str, str]] = ("#4a4eaf", "#a5a8f5")

    def __init__(self, board: Board, clock: Callable[[], float], url: str, *, enabled: bool = True) -> None:  # noqa: ARG002 - no permalinks
        self._board, self._clock, self._enabled = board, clock, enabled
        self._count = 0

    def clear(self) -> None:
        """Does nothing: only the board remembers what was posted."""

    def route(self, _: str, path: str) -> Route | None:
        """Routes for everything under /teams/."""
        if not path.startswith("/teams/"):
            return None
        name = path.removeprefix("/teams/").strip("/")
        return Route("teams", "commit", lambda request: self._receive(request, name))

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (one step only)
        """The failure as Power Automate reports it."""
        headers = {"Retry-After": f"{60 if retry_after is None else retry_after:g}"} if fault == "429" else {}
        return _refused(int(fault), {"401": "DirectApiAuthorizationRequired"}.get(fault, "Failed"), headers)

    def _receive(self, request: Received, name: str) -> Answer:
        if not self._enabled:
            return _refused(400, "WorkflowTriggerIsNotEnabled")
        if len(request.body) > MAX_BYTES and len(request.body.decode("unicode_escape").encode()) > MAX_BYTES:
            return _refused(413, "RequestEntityTooLarge")
        try:
            [attached] = request.json()["attachments"]
            card = attached["content"]
            lines = [_line(block) for block in card["body"]]
        except (ValueError, KeyError, TypeError):
            return _refused(400, "TriggerInputSchemaMismatch")
        if attached.get("contentType") != CARD or card.get("type") != "AdaptiveCard":
            return _refused(400, "TriggerInputSchemaMismatch")
        self._count += 1
        text = "\n".join(markdown(line) for line in lines)
        opened = [each["url"] for each in card.get("actions", []) if each.get("type") == "Action.OpenUrl"]
        links = [*opened, *addresses(text)]
        self._board.put(
            "teams",
            str(self._count),
            account=name,
            text=text,
            link=links[0] if links else None,
            source="\n".join(lines),
            calls=list((card.get("msteams") or {}).get("entities", [])),
            at=instant(self._clock()),
        )
        return Answer(202)


def _line(block: dict[str, Any]) -> str:
    if block["type"] != "TextBlock" or not block.get("wrap"):
        raise ValueError("a block that is cut, or of another type")
    return str(block["text"])


def _refused(status: int, code: str, headers: dict[str, str] | None = None) -> Answer:
    return answer(status, {"error": {"code": code, "message": f"{code}: the workflow did not run."}}, headers)


network = TeamsStandIn
