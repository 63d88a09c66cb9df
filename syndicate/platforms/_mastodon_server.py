"""One Mastodon server, called with an account's token; and the limits that it states.

mastodon/documentation @ 2903485d (2026-07-02): entities/Instance, methods/instance.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from syndicate.errors import Unsupported
from syndicate.model import Json
from syndicate.platforms import _mastodon_answers, _mastodon_software
from syndicate.platforms._mastodon_texts import ADDRESS_WEIGHT
from syndicate.platforms._replies import field, items, problem
from syndicate.platforms._server_accounts import ServerLogin
from syndicate.ports import Http, Reply

LISTING = 40
_BESIDE = {
    "max_toot_chars": "text",
    "max_media_attachments": "images",
    "upload_limit": "image_bytes",
    "description_limit": "alt",
}
_PAGES = 25


class Server:
    """The API of an account's server, called with its token."""

    def __init__(self, http: Http, login: ServerLogin) -> None:
        self._http = http
        self._login = login

    def call(self, method: str, path: str, what: str, *, commit: bool = False, **request: Any) -> Reply:
        """A request of which only a good answer will do. Raises PlatformError."""
        reply = self.send(method, path, **request)
        refuse(reply, what, commit=commit)
        return reply

    def send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **request: Any) -> Reply:
        """A request, with whatever answer. Without `Accept`, Pixelfed answers errors with a page and HTTP 200."""
        bearer = {"Authorization": f"Bearer {self._login.token}"}
        asked = bearer | {"Accept": "application/json"} | (headers or {})
        return self._http.call(method, self._login.base + path, headers=asked, **request)

    def software(self) -> str:
        """What it runs, by its own word, such as "takahe 0.11"; "" where it does not say. Asked without the token."""
        hosts = {urlsplit(each).netloc.lower() for each in (self._login.base, self._login.address)}
        return _mastodon_software.software(lambda path: self._http.call("GET", self._login.base + path), *hosts)

    def stated_limits(self) -> dict[str, int]:
        """The limits that it states, by our names: from API version 1 if version 2 is missing or broken."""
        reply = self.send("GET", "/api/v2/instance")
        if reply.status in (401, 429):
            refuse(reply, "instance")
        if reply.status != 200:
            reply = self.send("GET", "/api/v1/instance")
        if reply.status != 200:
            return {}
        return _stated(problem(reply))

    def own_statuses(self) -> Iterator[list[Json]]:
        """Our own statuses, newest first, page by page. Raises Unsupported after too many."""
        account = field(self.call("GET", "/api/v1/accounts/verify_credentials", "whose token this is"), "id")
        asked = {"limit": str(LISTING), "exclude_reblogs": "true"}
        for _ in range(_PAGES):
            reply = self.call("GET", f"/api/v1/accounts/{account}/statuses", "own statuses", params=asked)
            statuses = items(reply.json(), "id")
            if not statuses:
                return
            yield statuses
            asked["max_id"] = statuses[-1]["id"]
        raise Unsupported(f"mastodon: more than {LISTING * _PAGES} statuses since then; too many to search")


def refuse(reply: Reply, what: str, *, commit: bool = False, media: bool = False) -> None:
    """Raise the error that an answer means, if it is one."""
    fault = _mastodon_answers.what(reply, what, commit=commit, media=media)
    if fault is not None:
        raise fault


def _stated(said: Json) -> dict[str, int]:
    """The server's limits by our names. If it counts an address as more than 23, the text may be that much shorter.

    Pleroma and Akkoma state some beside Mastodon's `configuration`, or instead of it (lib/pleroma/web/mastodon_api/
    views/instance_view.ex, akkoma @ 25461b75, pleroma @ 0277b4e8).
    """
    configuration = _object(said, "configuration")
    names = {
        "statuses": {"max_characters": "text", "max_media_attachments": "images"},
        "media_attachments": {
            "image_size_limit": "image_bytes",
            "image_matrix_limit": "image_pixels",
            "description_limit": "alt",
        },
    }
    stated = {
        ours: value
        for section, fields in names.items()
        for theirs, ours in fields.items()
        if isinstance(value := _object(configuration, section).get(theirs), int)
    }
    reserved = _object(configuration, "statuses").get("characters_reserved_per_url")
    if "text" in stated and isinstance(reserved, int) and reserved > ADDRESS_WEIGHT:
        stated["text"] -= reserved - ADDRESS_WEIGHT
    beside = _object(_object(said, "pleroma"), "metadata") | said
    return {ours: value for theirs, ours in _BESIDE.items() if isinstance(value := beside.get(theirs), int)} | stated


def _object(said: Json, name: str) -> Json:
    found = said.get(name)
    return found if isinstance(found, dict) else {}
