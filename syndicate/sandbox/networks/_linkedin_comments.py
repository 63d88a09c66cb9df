"""The comments of the LinkedIn stand-in (Comments API, li-lms-2026-09)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from syndicate.sandbox.board import Board
from syndicate.sandbox.counting import addresses
from syndicate.sandbox.exchange import Answer, Received, answer, instant
from syndicate.sandbox.networks._linkedin_refusals import LinkedInGate, LinkedInRefusal, body_of, field

MAX_COMMENT = 1_250


class Comments:
    """Comments by their URNs; `found` gives the post of a name in an address."""

    def __init__(
        self,
        board: Board,
        gate: LinkedInGate,
        clock: Callable[[], float],
        number: Callable[[], str],
        found: Callable[[str], dict[str, Any]],
    ) -> None:
        self._board = board
        self._gate = gate
        self._clock = clock
        self._number = number
        self._found = found
        self._below: dict[str, dict[str, Any]] = {}

    def clear(self) -> None:
        """Forget them."""
        self._below.clear()

    def post(self, request: Received, name: str) -> Answer:
        """Take a comment on a post, or an answer to a comment."""
        session, body = self._gate.session(request), body_of(request)
        self._gate.check_author(session, str(body["actor"]))
        post = self._found(name)
        text = str(body["message"]["text"])
        if body["object"] != post["id"] or not 1 <= len(text) <= MAX_COMMENT:
            raise field("message", f"is empty or longer than {MAX_COMMENT} characters, or of another post")
        parent = body.get("parentComment")
        if parent is not None and parent not in self._below:
            raise LinkedInRefusal(404, "NOT_FOUND", f"Could not find {parent}")
        number = self._number()
        urn = f"urn:li:comment:({post['id']},{number})"
        made = {
            "commentUrn": urn,
            "id": number,
            "object": post["id"],
            "actor": body["actor"],
            "message": {"text": text},
        }
        self._below[urn] = made | {"created": {"time": int(self._clock() * 1000)}}
        self._board.put(
            "linkedin",
            urn,
            account=body["actor"],
            text=text,
            link=next(iter(addresses(text)), None),
            permalink=f"https://www.linkedin.com/feed/update/{post['id']}",
            reply_to=parent or post["id"],
            at=instant(self._clock()),
        )
        return answer(201, self._below[urn], {"x-restli-id": number})

    def list(self, request: Received, name: str) -> Answer:
        """The comments below a post; apps for persons may not have them."""
        self._gate.need(request, "socialActions.comments.GET_ALL", "r_organization_social", "r_member_social")
        below = [each for each in self._below.values() if each["object"] == unquote(name)]
        return answer(200, {"paging": {"start": 0, "count": 100}, "elements": below})

    def delete(self, request: Received, name: str, number: str) -> Answer:
        """Remove a comment."""
        urn = f"urn:li:comment:({unquote(name)},{number})"
        session = self._gate.session(request)
        if urn not in self._below:
            raise LinkedInRefusal(404, "NOT_FOUND", f"Could not find {urn}")
        self._gate.check_author(session, self._below.pop(urn)["actor"])
        self._board.remove("linkedin", urn, instant(self._clock()))
        return Answer(204)
