"""Posts to a folder: each post is a directory with its text, pictures and page, listed on an index page.

The adapter writes to disk through `Http` and `file:` addresses, as to a network, so that a dry
run is the same code with another `Http`. `FileDoor` is the `Http` of a real run.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, ClassVar
from urllib.parse import unquote

from syndicate.errors import Rejected, Uncertain
from syndicate.model import Certainty, Draft, Identity, Json, Limits, Look, Post, Receipt
from syndicate.model.dataclass import dataclass
from syndicate.platforms._replies import by_hand
from syndicate.platforms.folder.door import FileDoor
from syndicate.platforms.folder.pages import INDEX, entry, index, listed, page
from syndicate.ports import Clock, Credentials, Http, sender
from syndicate.serialization import instant, media_record

SHOWN = 1000
"""How many posts the index page lists; older posts keep their directories."""

_STAGING = ".prepared"


@dataclass(frozen=True, slots=True)
class Options:
    """Where posts are written; a relative path is relative to the config file. `api_url` has no meaning here."""

    path: Annotated[Path, "The directory to write to, relative to the config file."]
    api_url: str | None = None

    def redirected(self, url: str, folder: Path, name: str) -> Options:  # noqa: ARG002 - a folder has no address
        """These options with posts written into `folder` instead."""
        return replace(self, path=folder)


class Folder:
    """One folder of posts. A post's directory is named by its key and moved into place whole."""

    name: ClassVar[str] = "folder"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "exact"
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 0.0
    limits = Limits(text=10_000, images=4, image_bytes=5_000_000, card="text", card_with_media=True)
    look: ClassVar[Look] = Look(
        "Folder",
        "▤",
        paper=("#fffdf6", "#22211d"),
        corners=(2, 2),
        traits=("square",),
        box="The link is given next to the text.",
    )

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:  # noqa: ARG002 - a folder asks for none
        self._http = http
        self._sender = sender(http)
        self._root = options.path.absolute().as_uri().rstrip("/")

    @staticmethod
    def whose(options: Options) -> tuple[str, ...]:
        """The directory, as the account's identity."""
        return (str(options.path),)

    @staticmethod
    def door(options: Options, clock: Clock) -> Http:
        """The `Http` of a real run: it reads and writes files below the folder's path, and nothing else."""
        return FileDoor(options.path, clock)

    def measure(self, text: str) -> int:
        """Code points; the limit is our own, so that a post stays short."""
        return len(text)

    def verify(self) -> Identity:
        """The folder's path; the first post makes the folder if it does not exist."""
        return Identity(id=self._root, name=unquote(self._root.rpartition("/")[2]), url=f"{self._root}/{INDEX}")

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - writing again is the same
        """Write everything into a hidden directory next to the posts."""
        draft: Draft = {
            "text": post.text,
            "link": post.link,
            "language": post.language,
            "at": instant(post.at),
            "article": post.article,
            "media": [media_record(media) for media in post.media],
        }
        files = {media.file: media.data for media in post.media}
        files["post.txt"] = f"{post.text}\n".encode()
        files["post.json"] = json.dumps({"key": key} | draft, ensure_ascii=False, indent=2).encode()
        files[INDEX] = page(draft, self._sender).encode()
        for name, data in files.items():
            self._write(f"{_STAGING}/{key}/{name}", data)
        return draft

    def commit(self, draft: Draft, key: str) -> Receipt:
        """Move the directory into place, then list the post on the index page."""
        reply = self._http.call(
            "MOVE", self._at(f"{_STAGING}/{key}"), headers={"Destination": self._at(key)}, sample={}
        )
        if reply.status == 412:
            raise Uncertain("folder: this post is there already", status=412)
        if reply.status == 404:
            raise Rejected(f"folder: somebody removed {_STAGING}/{key} before it was moved into place", status=404)
        self._list(key, draft)
        return self._receipt(key)

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:  # noqa: ARG002 - the name says it all
        """Look for the directory; if a crash kept the post off the index page, add it there."""
        if self._http.call("GET", self._at(f"{key}/post.json")).status == 404:
            return None
        self._list(key, draft)
        return self._receipt(key)

    def delete(self, receipt: Receipt) -> None:
        """Delete the directory and its entry on the index page; if it is gone already, that is not an error."""
        if by_hand(receipt):
            raise Rejected(f"folder: {receipt.id} is not a post in this folder")
        self._http.call("DELETE", self._at(receipt.id), sample={})
        shown = self._shown()
        if shown.pop(receipt.id, None) is not None:
            self._write(INDEX, index(shown, self._sender).encode())

    def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Write the text and the page again; pictures stay as they are."""
        kept = self._post(receipt.id)
        if kept is None:
            raise Rejected(f"folder: somebody removed {receipt.id}", status=404)
        draft = kept | {"text": post.text, "link": post.link, "language": post.language, "article": post.article}
        self._write(f"{receipt.id}/post.txt", f"{post.text}\n".encode())
        self._write(f"{receipt.id}/post.json", json.dumps(draft, ensure_ascii=False, indent=2).encode())
        self._write(f"{receipt.id}/{INDEX}", page(draft, self._sender).encode())
        shown = self._shown()
        if receipt.id in shown:
            self._write(INDEX, index(shown | {receipt.id: entry(draft, receipt.id)}, self._sender).encode())
        return receipt

    def _list(self, key: str, draft: Draft) -> None:
        shown = self._shown()
        if key not in shown:
            newest = {key: entry(draft, key)} | (shown or self._kept())
            self._write(INDEX, index(dict(list(newest.items())[:SHOWN]), self._sender).encode())

    def _shown(self) -> dict[str, str]:
        """The entries of the index page, newest first."""
        reply = self._http.call("GET", self._at(INDEX))
        return listed(reply.body.decode(errors="replace")) if reply.status == 200 else {}

    def _kept(self) -> dict[str, str]:
        """The same entries, read from the posts themselves if the index page is lost."""
        posts = [(name, self._post(name)) for name in self._names()]
        dated = sorted(
            ((post["at"], name, post) for name, post in posts if post), reverse=True, key=lambda row: row[:2]
        )
        return {name: entry(post, name) for _, name, post in dated}

    def _names(self) -> list[str]:
        reply = self._http.call("GET", f"{self._root}/")
        return reply.json() if reply.status == 200 else []

    def _post(self, name: str) -> Json | None:
        reply = self._http.call("GET", self._at(f"{name}/post.json"))
        return reply.json() if reply.status == 200 else None

    def _receipt(self, key: str) -> Receipt:
        return Receipt(id=key, permalink=self._at(f"{key}/{INDEX}"))

    def _write(self, path: str, data: bytes) -> None:
        self._http.call("PUT", self._at(path), data=data, sample={})

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"


platform = Folder
