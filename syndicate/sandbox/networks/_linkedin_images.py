"""The pictures of the LinkedIn stand-in: begun, uploaded, processed (Images API, li-lms-2024-11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Answer, Received, answer
from syndicate.sandbox.networks._linkedin_refusals import LinkedInGate, LinkedInRefusal, body_of, field
from syndicate.sandbox.pictures import look

MAX_PIXELS = 36_152_320


class Images:
    """Pictures by their URNs. With `slow`, one is ready at the second look."""

    def __init__(self, board: Board, gate: LinkedInGate, url: str, number: Callable[[], str], *, slow: bool) -> None:
        self._board = board
        self._gate = gate
        self._url = url
        self._number = number
        self._slow = slow
        self._images: dict[str, dict[str, Any]] = {}

    def clear(self) -> None:
        """Forget them."""
        self._images.clear()

    def begin(self, request: Received) -> Answer:
        """Give an address for the bytes, and their URN."""
        session, body = self._gate.session(request), body_of(request)
        if request.query.get("action") != "initializeUpload":
            raise LinkedInRefusal(400, "ILLEGAL_ARGUMENT", "the action is not initializeUpload")
        owner = str(body["initializeUploadRequest"]["owner"])
        self._gate.check_author(session, owner)
        number = self._number()
        urn = f"urn:li:image:C4E{number}"
        self._images[urn] = {"owner": owner, "board": None, "looks": 0}
        value = {"uploadUrl": f"{self._url}/dms-uploads/C4E{number}", "image": urn}
        return answer(200, {"value": value})

    def receive(self, request: Received, number: str) -> Answer:
        """Take the bytes."""
        image = self._images[f"urn:li:image:{number}"]
        seen = look(request.body)
        if seen is None or seen.mime not in ("image/jpeg", "image/png", "image/gif"):
            raise LinkedInRefusal(400, "INVALID_IMAGE", "The image is neither JPG, PNG nor GIF")
        if seen.width * seen.height >= MAX_PIXELS:
            raise LinkedInRefusal(400, "INVALID_IMAGE", f"The image has more than {MAX_PIXELS} pixels")
        image["board"] = self._board.keep(request.body)
        return answer(201, {})

    def state(self, request: Received, name: str) -> Answer:
        """Whether a picture can be used; apps for persons are not told."""
        self._gate.need(request, "images.GET", "r_organization_social", "r_member_social")
        image = self._images[unquote(name)]
        image["looks"] += 1
        ready = image["looks"] > (1 if self._slow else 0)
        return answer(
            200, {"id": unquote(name), "owner": image["owner"], "status": "AVAILABLE" if ready else "PROCESSING"}
        )

    def of(self, urn: str, author: str) -> dict[str, Any]:
        """A picture of this author, as the board has it."""
        image = self._images.get(urn)
        if image is None or image["owner"] != author or image["board"] is None:
            raise field("content/media", f"{urn} is not an image of {author} that can be used")
        return dict(image["board"])
