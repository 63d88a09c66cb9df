"""The drive of each account of a Misskey server: files that are kept once, whatever they are called.

endpoints/drive/files/create.ts and update.ts (kakkokari-gtyih/misskey @ fe71f6ce, read 2026-11-29): the same bytes give
the file that is there, with the description that it has, unless `force` is set.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Received
from syndicate.sandbox.networks._misskey_refusals import MisskeyRefusal, invalid
from syndicate.sandbox.pictures import look

MAX_FILE_BYTES = 10_000_000
MAX_COMMENT = 512


class Drive:
    """Files by id. `number` gives the next id."""

    def __init__(self, board: Board, url: str, number: Callable[[], str]) -> None:
        self._board = board
        self._url = url
        self._number = number
        self._files: dict[str, dict[str, Any]] = {}

    def clear(self) -> None:
        """Forget them."""
        self._files.clear()

    def add(self, owner: str, request: Received) -> dict[str, Any]:
        """Keep an upload. Raises MisskeyRefusal."""
        fields, files = request.fields()
        if "file" not in files:
            raise invalid("/file", "required")
        data = files["file"].data
        if len(data) > MAX_FILE_BYTES:
            words = "Cannot upload the file because it exceeds the maximum file size."
            raise MisskeyRefusal(413, "MAX_FILE_SIZE_EXCEEDED", words)
        if look(data) is None:
            words = "Cannot upload the file because it is an unallowed file type."
            raise MisskeyRefusal(400, "UNALLOWED_FILE_TYPE", words)
        comment, md5 = _comment(fields), hashlib.md5(data, usedforsecurity=False).hexdigest()
        for each in self._files.values():
            if (each["_owner"], each["md5"]) == (owner, md5) and fields.get("force") != "true":
                each["isSensitive"] = each["isSensitive"] or fields.get("isSensitive") == "true"
                return public(each)
        shown = self._board.keep(data)
        number = self._number()
        self._files[number] = {
            "id": number,
            "name": files["file"].name,
            "type": shown["mime"],
            "md5": md5,
            "size": len(data),
            "isSensitive": fields.get("isSensitive") == "true",
            "comment": comment,
            "url": f"{self._url}/_sandbox/media/{shown['sha256']}",
            "_owner": owner,
            "_board": shown,
        }
        return public(self._files[number])

    def update(self, owner: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Change a file's description or veil. Raises MisskeyRefusal."""
        [found] = self.named(owner, [str(asked.get("fileId"))])
        if "comment" in asked:
            found["comment"] = _comment(asked)
        if "isSensitive" in asked:
            found["isSensitive"] = bool(asked["isSensitive"])
        return public(found)

    def named(self, owner: str, numbers: list[str]) -> list[dict[str, Any]]:
        """The files of these ids, all of this owner's. Raises MisskeyRefusal."""
        found = [self._files.get(number) for number in numbers]
        kept = [each for each in found if each is not None and each["_owner"] == owner]
        if len(kept) < len(numbers):
            raise MisskeyRefusal(400, "NO_SUCH_FILE", "Some files are not found.")
        return kept


def public(file: dict[str, Any]) -> dict[str, Any]:
    """A file as the server shows it."""
    return {name: value for name, value in file.items() if not name.startswith("_")}


def _comment(fields: dict[str, Any]) -> str | None:
    comment = fields.get("comment")
    if comment is not None and len(str(comment)) > MAX_COMMENT:
        raise invalid("/comment", f"must NOT have more than {MAX_COMMENT} characters")
    return None if comment is None else str(comment)
