"""The stand-in for an ntfy server: every name is a topic, which keeps its notifications for twelve hours.

docs.ntfy.sh/publish and /subscribe/api; server/errors.go (binwiederhier/ntfy @ 01fd4754). A topic that is `reserved`
needs a bearer token; with `write_only` that token cannot read.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar

from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Answer, Received, Route, Table, answer, instant, text_answer
from syndicate.sandbox.pictures import look

MAX_MESSAGE_BYTES = 4096
MAX_FILE_BYTES = 15_000_000
KEPT_SECONDS = 12 * 3600
CODES = {
    "401": (401, 40101, "unauthorized"),
    "403": (403, 40301, "forbidden"),
    "413": (413, 41301, "attachment too large, or bandwidth limit reached"),
    "429": (429, 42901, "limit reached: too many requests, please be nice"),
    "500": (500, 50001, "internal server error"),
    "503": (503, 50301, "service unavailable"),
}


class NtfyStandIn:
    """Fake topics at /ntfy/NAME."""

    title: ClassVar[str] = "ntfy"
    colours: ClassVar[tuple[str, str]] = ("#22705f", "#6fd0b9")

    def __init__(
        self, board: Board, clock: Callable[[], float], url: str, *, reserved: bool = False, write_only: bool = False
    ) -> None:
        self._board, self._clock, self._url = board, clock, url
        self._reserved, self._write_only = reserved, write_only
        self._table = Table(
            ("POST", "/ntfy/*", "commit", self._publish),
            ("PUT", "/ntfy/*", "commit", self._publish),
            ("GET", "/ntfy/*/json", "read", self._poll),
        )
        self._count = 0
        self.clear()

    def clear(self) -> None:
        """Forget the notifications."""
        self._kept: list[dict[str, Any]] = []

    def route(self, method: str, path: str) -> Route | None:
        """Routes for everything under /ntfy/."""
        if not path.startswith("/ntfy/"):
            return None
        step, operation = self._table.find(method, path) or ("read", lambda _: _refused(404, 40401, "page not found"))
        return Route("ntfy", step, operation)

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (all steps alike)
        """The failure as ntfy's JSON."""
        headers = {"Retry-After": f"{60 if retry_after is None else retry_after:g}"} if fault == "429" else {}
        return _refused(*CODES[fault], headers)

    def _publish(self, request: Received, topic: str) -> Answer:
        if self._reserved and request.bearer is None:
            return _refused(*CODES["403"])
        asked, body = request.query, request.body
        filed = "filename" in asked or len(body) > MAX_MESSAGE_BYTES
        if filed and len(body) > MAX_FILE_BYTES:
            return _refused(*CODES["413"])
        message = asked.get("message", "") if filed else body.decode()
        self._count += 1
        sent = {"id": f"n{self._count}", "time": int(self._clock()), "event": "message", "topic": topic}
        sent |= {"message": message or "triggered"}
        sent |= {name: asked[name] for name in ("title", "click") if asked.get(name)}
        picture = self._board.keep(body) if filed and look(body) else None
        if filed:
            sent["attachment"] = {"name": asked.get("filename", "attachment.txt"), "size": len(body)}
        self._kept.append(sent)
        self._board.put(
            "ntfy",
            str(sent["id"]),
            account=topic,
            text="\n\n".join(part for part in (asked.get("title"), message) if part),
            link=asked.get("click"),
            media=[picture] if picture else [],
            filed=filed,
            at=instant(self._clock()),
        )
        return answer(200, sent)

    def _poll(self, request: Received, topic: str) -> Answer:
        if self._reserved and (request.bearer is None or self._write_only):
            return _refused(*CODES["403"])
        since = request.query.get("since", "all")
        oldest = max(int(since) if since.isdecimal() else 0, int(self._clock()) - KEPT_SECONDS)
        mine = [each for each in self._kept if each["topic"] == topic and each["time"] >= oldest]
        lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in mine)
        return text_answer(200, lines, mime="application/x-ndjson")


def _refused(status: int, code: int, words: str, headers: dict[str, str] | None = None) -> Answer:
    return answer(status, {"code": code, "http": status, "error": words}, headers)


network = NtfyStandIn
