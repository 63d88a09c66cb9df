"""What Discord takes in a message: text, boxes, attachments. It counts code points, without white space at the ends.

discord/discord-api-docs @ c98d64b, resources/message: "Embed Limits", create message; reference, "Uploading Files".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from syndicate.sandbox.counting import addresses
from syndicate.sandbox.exchange import Upload
from syndicate.sandbox.pictures import look

CONTENT, DESCRIPTION, FILE_BYTES, REQUEST_BYTES = 2000, 1024, 10_485_760, 26_214_400
_EMBED = {"title": 256, "description": 4096}
_ALL_EMBEDS, _EMBEDS, _FILES = 6000, 10, 10
_BACKSLASH = re.compile(r"\\([!-/:-@\[-`{-~])")
_PING = re.compile(r"@everyone|@here|<@[!&]?\d+>")


class DiscordRefusal(Exception):
    """An error: its status, JSON code and message, and what is wrong with which field."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.errors = status, code, errors


def wrong(field: str, code: str, words: str) -> DiscordRefusal:
    """The refusal of one field, named as `embeds.0.title`."""
    errors: dict[str, Any] = {"_errors": [{"code": code, "message": words}]}
    for name in reversed(field.split(".")):
        errors = {name: errors}
    return DiscordRefusal(400, 50035, "Invalid Form Body", errors)


def check(given: dict[str, Any], files: dict[str, Upload], kept: Iterable[str] = ()) -> None:
    """Refuse a message that is empty, too long, or names a file that it neither brings nor has (`kept`)."""
    content, boxes = str(given.get("content") or "").strip(), given.get("embeds") or []
    if not (content or boxes or files):
        raise DiscordRefusal(400, 50006, "Cannot send an empty message")
    if len(content) > CONTENT:
        raise wrong("content", "BASE_TYPE_MAX_LENGTH", f"Must be {CONTENT} or fewer in length.")
    _check_nonce(given.get("nonce"))
    _check_files(given, files)
    if len(boxes) > _EMBEDS:
        raise wrong("embeds", "BASE_TYPE_MAX_LENGTH", f"Must be {_EMBEDS} or fewer in length.")
    for at, box in enumerate(boxes):
        _check_box(at, box, {*kept, *(each.name for each in files.values())})
    if sum(len(words) for box in boxes for words in _words(box)) > _ALL_EMBEDS:
        raise wrong("embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {_ALL_EMBEDS}")


def shown(content: str) -> str:
    """The text as a reader sees it: a backslash before a sign is not seen."""
    return _BACKSLASH.sub(r"\1", content)


def pings(given: dict[str, Any]) -> bool:
    """Whether somebody is notified."""
    allowed = given.get("allowed_mentions")
    nobody = allowed is not None and not any(allowed.get(name) for name in ("parse", "users", "roles"))
    return not nobody and _PING.search(shown(str(given.get("content") or ""))) is not None


def linked(given: dict[str, Any]) -> str | None:
    """The address that a message leads to: of its box, else the first in its text."""
    boxed = (str(box["url"]) for box in given.get("embeds") or [] if box.get("url"))
    return next(iter((*boxed, *addresses(str(given.get("content") or "")))), None)


def pictures(given: dict[str, Any], files: dict[str, Upload]) -> Iterator[tuple[bytes, str, bool]]:
    """Bytes, alt text and veil of each attachment."""
    about = {str(each["id"]): each for each in given.get("attachments") or []}
    for name, upload in files.items():
        said = about.get(name.removeprefix("files[").removesuffix("]"), {})
        yield upload.data, str(said.get("description") or ""), said.get("is_spoiler") is True


def _check_nonce(nonce: Any) -> None:
    if isinstance(nonce, str) and len(nonce) > 25:
        raise wrong("nonce", "NONCE_TYPE_TOO_LONG", "Nonce must be 25 characters or fewer in length.")


def _check_files(given: dict[str, Any], files: dict[str, Upload]) -> None:
    if len(files) > _FILES:
        raise DiscordRefusal(400, 30015, "Maximum number of attachments in a message reached (10)")
    if sum(len(each.data) for each in files.values()) > REQUEST_BYTES:
        raise DiscordRefusal(413, 40005, "Request entity too large")
    for upload in files.values():
        if len(upload.data) > FILE_BYTES:
            raise DiscordRefusal(400, 50045, "File uploaded exceeds the maximum size")
        if look(upload.data) is None:
            raise DiscordRefusal(400, 50046, "Invalid file uploaded")
    for at, each in enumerate(given.get("attachments") or []):
        if f"files[{each['id']}]" not in files:
            raise wrong(f"attachments.{at}", "ATTACHMENT_NOT_FOUND", "Attachment data was not found")
        if len(str(each.get("description") or "")) > DESCRIPTION:
            words = f"Must be {DESCRIPTION} or fewer in length."
            raise wrong(f"attachments.{at}.description", "BASE_TYPE_MAX_LENGTH", words)


def _check_box(at: int, box: dict[str, Any], names: set[str]) -> None:
    for name, most in _EMBED.items():
        if len(str(box.get(name) or "").strip()) > most:
            raise wrong(f"embeds.{at}.{name}", "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
    if box.get("url") and (not addresses(str(box["url"])) or len(str(box["url"])) > 2048):
        raise wrong(f"embeds.{at}.url", "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    image = str((box.get("image") or {}).get("url") or "")
    if image.startswith("attachment://") and image.removeprefix("attachment://") not in names:
        raise wrong(f"embeds.{at}.image.url", "URL_TYPE_INVALID_SCHEME", "The attachment is not there.")


def _words(box: dict[str, Any]) -> tuple[str, str]:
    return str(box.get("title") or "").strip(), str(box.get("description") or "").strip()
