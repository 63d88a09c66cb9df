"""The pictures that were uploaded to the stand-in for a Mastodon server.

mastodon/documentation @ 2903485d (2026-07-02): methods/media, entities/MediaAttachment.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Received
from syndicate.sandbox.networks._mastodon_entities import (
    IMAGE_TYPES,
    MAX_DESCRIPTION,
    MAX_IMAGE_BYTES,
    MAX_IMAGE_PIXELS,
)
from syndicate.sandbox.networks._mastodon_kinds import MastodonRefusal
from syndicate.sandbox.pictures import look


class Uploads:
    """Uploads by id, each of one token. `number` gives the next id."""

    def __init__(self, board: Board, url: str, number: Callable[[], str]) -> None:
        self._board = board
        self._url = url
        self._number = number
        self._kept: dict[str, dict[str, Any]] = {}

    def clear(self) -> None:
        """Forget them."""
        self._kept.clear()

    def add(self, token: str, request: Received) -> dict[str, Any]:
        """Keep an upload. Raises MastodonRefusal."""
        fields, files = request.fields()
        if "file" not in files:
            raise MastodonRefusal(422, "Validation failed: File can't be blank")
        data = files["file"].data
        seen = look(data)
        if seen is None or seen.mime not in IMAGE_TYPES:
            raise MastodonRefusal(422, "Validation failed: File content type is invalid, File is invalid")
        if len(data) > MAX_IMAGE_BYTES:
            raise MastodonRefusal(422, "Validation failed: File file size must be less than 16 MB")
        if seen.width * seen.height > MAX_IMAGE_PIXELS:
            raise MastodonRefusal(422, f"Validation failed: File {seen.width}x{seen.height} images are not supported")
        attachment = self._attachment(token, data, _description(fields))
        self._kept[attachment["id"]] = attachment
        return public(attachment)

    def show(self, token: str, number: str) -> dict[str, Any]:
        """One upload. Raises MastodonRefusal."""
        attachment = self._kept.get(number)
        if attachment is None or attachment["_token"] != token:
            raise MastodonRefusal(404, "Record not found")
        return public(attachment)

    def describe(self, token: str, number: str, request: Received) -> dict[str, Any]:
        """Change the description of one. Raises MastodonRefusal."""
        self.show(token, number)
        fields, _ = request.fields()
        self._kept[number]["description"] = _description(fields)
        return public(self._kept[number])

    def attachable(self, token: str, numbers: list[str]) -> list[dict[str, Any]]:
        """The named uploads of this account; an unknown one is refused."""
        found = {number: self._kept.get(number) for number in numbers}
        kept = [each for each in found.values() if each and each["_token"] == token and not each["_attached"]]
        if len(kept) < len(found):
            lost = ", ".join(number for number, each in found.items() if each not in kept)
            raise MastodonRefusal(422, f"Validation failed: Media {lost} not found or already attached to another post")
        return kept

    def attach(self, status: dict[str, Any]) -> None:
        """Mark those of a status as used."""
        for attachment in status["media_attachments"]:
            self._kept[attachment["id"]]["_attached"] = True

    def shown(self, attachments: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What the board shows of them."""
        return [self._kept[each["id"]]["_board"] | {"alt": each["description"] or ""} for each in attachments]

    def _attachment(self, token: str, data: bytes, description: str | None) -> dict[str, Any]:
        shown = self._board.keep(data)
        size = {"width": shown["width"], "height": shown["height"], "size": f"{shown['width']}x{shown['height']}"}
        address = f"{self._url}/_sandbox/media/{shown['sha256']}"
        return {
            "id": self._number(),
            "type": "image",
            "url": address,
            "preview_url": address,
            "remote_url": None,
            "text_url": None,
            "meta": {"original": size | {"aspect": shown["width"] / max(shown["height"], 1)}},
            "description": description,
            "blurhash": "UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH",
            "_token": token,
            "_board": shown,
            "_attached": False,
        }


def public(attachment: dict[str, Any]) -> dict[str, Any]:
    """An upload as the server shows it."""
    return {name: value for name, value in attachment.items() if not name.startswith("_")}


def _description(fields: dict[str, Any]) -> str | None:
    description = fields.get("description") or None
    if description and len(description) > MAX_DESCRIPTION:
        raise MastodonRefusal(
            422, f"Validation failed: Description is too long (maximum is {MAX_DESCRIPTION} characters)"
        )
    return description
