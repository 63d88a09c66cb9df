"""Answers the sandbox's own addresses: posts, fault plan, pictures, and the page."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import quote, unquote, urlsplit

from syndicate.errors import ConfigError
from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Answer, Received, answer, text_answer
from syndicate.sandbox.faults import FaultPlan, read_plan
from syndicate.sandbox.networks import StandIn
from syndicate.sandbox.page import SCRIPT, live_page, script, static_page


def whose() -> str:
    """The person on whose behalf this process runs, as the system numbers or names them."""
    return str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "")


class Steerable(Protocol):
    """What these addresses need of a sandbox."""

    url: str
    board: Board
    faults: FaultPlan
    stand_ins: Mapping[str, StandIn]

    def posts(self) -> list[dict[str, Any]]:
        """The posts that were not deleted, oldest first."""

    def deleted(self) -> list[dict[str, Any]]:
        """The posts that were deleted again."""

    def shown(self) -> list[dict[str, Any]]:
        """All posts, deleted or not, in the order in which they were posted."""

    def requests(self) -> list[dict[str, Any]]:
        """The last requests to the networks, oldest first."""

    def page(self) -> str:
        """The page of all posts as one self-contained file."""

    def clear(self) -> None:
        """Forget posts, uploads and requests."""


class Control:
    """Answers requests that are not for a network; they meet no faults and are not logged."""

    refused = False

    def __init__(self, sandbox: Steerable) -> None:
        self._sandbox = sandbox

    def respond(self, request: Received) -> Answer | None:
        """The answer of one of the sandbox's own addresses, or the page."""
        table: Mapping[tuple[str, str], Callable[[Received], Answer]] = {
            ("GET", "/"): self._page,
            ("GET", SCRIPT): lambda _: text_answer(200, script(), mime="text/javascript"),
            ("GET", "/_sandbox/owner"): lambda _: answer(200, {"user": whose()}),
            ("GET", "/_sandbox/posts"): lambda _: answer(200, self._sandbox.posts()),
            ("GET", "/_sandbox/deleted"): lambda _: answer(200, self._sandbox.deleted()),
            ("DELETE", "/_sandbox/posts"): self._clear,
            ("GET", "/_sandbox/requests"): lambda _: answer(200, self._sandbox.requests()),
            ("GET", "/_sandbox/faults"): lambda _: answer(200, self._sandbox.faults.records()),
            ("POST", "/_sandbox/faults"): self._set_faults,
        }
        method = "GET" if request.method == "HEAD" else request.method
        found = table.get((method, request.path))
        if found:
            return found(request)
        if request.path.startswith("/_sandbox/media/"):
            return self._picture(request) if method == "GET" else self._put_picture(request)
        return self._permalink(request)

    def _page(self, request: Received) -> Answer:
        if request.query.get("static"):
            return text_answer(200, self._sandbox.page())
        return text_answer(200, live_page(self._sandbox.shown(), self._sandbox.stand_ins))

    def _clear(self, _: Received) -> Answer:
        self._sandbox.clear()
        return Answer(204)

    def _set_faults(self, request: Received) -> Answer:
        try:
            self._sandbox.faults.set(read_plan(request.body))
        except ConfigError as fault:
            return text_answer(400, f"{fault}\n", mime="text/plain")
        return answer(200, self._sandbox.faults.records())

    def _put_picture(self, request: Received) -> Answer:
        """Take a picture as a publisher's own web space would (the setting `media`); one is never removed."""
        if request.method == "PUT":
            self._sandbox.board.keep(request.body)
        return Answer(204)

    def _picture(self, request: Received) -> Answer:
        found = self._sandbox.board.picture(request.path.rpartition("/")[2].partition(".")[0])
        if found is None:
            return text_answer(404, "no such picture\n", mime="text/plain")
        safe = found[0] if found[0].startswith("image/") and "svg" not in found[0] else "application/octet-stream"
        return Answer(200, found[1], safe, {"Cache-Control": "max-age=31536000, immutable"})

    def _permalink(self, request: Received) -> Answer:
        """A page with the post of this permalink; below /_sandbox/at, of one on the network's own host."""
        path = quote(request.path.removeprefix("/_sandbox/at"), safe="/@:-._~")
        posts = [post for post in self._sandbox.posts() if leads_to(path, str(post["permalink"] or ""))]
        if not posts:
            return text_answer(404, "nothing here: see / for what was posted\n", mime="text/plain")
        return text_answer(200, static_page(posts, self._sandbox.stand_ins, self._sandbox.board.media()))


def leads_to(path: str, permalink: str) -> bool:
    """Whether a path is that of a permalink. X has a second one, without the account's name."""
    own = quote(unquote(urlsplit(permalink).path), safe="/@:-._~")
    return own != "" and (path == own or (path.startswith("/i/status/") and own.endswith(path.removeprefix("/i"))))
