"""Servers with Mastodon's API that behave unlike Mastodon, each as its source has it; and their NodeInfo.

jointakahe/takahe @ d45f22c9, api/views/statuses.py, and measured on 0.11; pixelfed/pixelfed @ 8aae92d7,
ApiV1Controller.php and Handler.php; superseriousbusiness/gotosocial @ 57cb4fe7, internal/processing/status/common.go;
pleroma's instance_view.ex @ 0277b4e8, and akkoma's @ 25461b75, which knows neither version 2 nor `configuration`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from syndicate.sandbox.counting import mastodon_length
from syndicate.sandbox.exchange import Answer, answer, text_answer

VISIBILITIES = ("public", "unlisted", "private", "direct")
_SCHEMA = "http://nodeinfo.diaspora.software/ns/schema"


class MastodonRefusal(Exception):
    """An error: HTTP status and message. `field` is that of Laravel's validation, on Pixelfed."""

    def __init__(self, status: int, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.status = status
        self.field = field

    def answer(self, headers: dict[str, str]) -> Answer:
        """The error as the server sends it."""
        if self.field is not None:
            return answer(self.status, {"message": str(self), "errors": {self.field: [str(self)]}}, headers)
        return answer(self.status, {"error": str(self)}, headers)


@dataclass(frozen=True, slots=True)
class ServerKind:
    """One server software. `keys`: an idempotency key makes the first status again, is ignored, or is refused.

    `points`: the limit is of code points, with addresses in full.
    """

    name: str
    version: str
    keys: Literal["again", "ignored", "refused"] = "ignored"
    points: bool = True
    visibilities: tuple[str, ...] = VISIBILITIES
    needs_picture: bool = False
    texts: tuple[int, str, str] = (
        422,
        "Validation failed: Text character limit of {0} exceeded",
        "Text can't be blank",
    )
    login: tuple[int, str] = (401, '{"error":"The access token is invalid"}')
    second_version: bool = True
    beside: bool = False

    def check(self, text: str, spoiler: str, limit: int, *, media: bool) -> None:
        """Raise the refusal of a text that is too long, or of none."""
        status, long, empty = self.texts
        field = "status" if status == 500 else None
        length = len(text) + len(spoiler) if self.points else mastodon_length(text) + mastodon_length(spoiler)
        if length > limit:
            raise MastodonRefusal(status, long.format(limit), field)
        if self.needs_picture and not media:
            raise MastodonRefusal(403, "Empty statuses are not allowed")
        if not text and not media:
            raise MastodonRefusal(status, empty, field)

    def visible(self, visibility: str) -> None:
        """Raise the refusal of a visibility that it does not have."""
        if visibility in self.visibilities:
            return
        if self.name == "pixelfed":
            raise MastodonRefusal(500, "The selected visibility is invalid.", "visibility")
        raise MastodonRefusal(422, "Validation failed: Visibility is not included in the list")

    def unknown_token(self) -> Answer:
        """The refusal of a token."""
        status, words = self.login
        mime = "application/json" if words.startswith("{") else "text/plain"
        return text_answer(status, words, mime=mime)

    def instance(self, said: dict[str, Any]) -> dict[str, Any]:
        """What it says of itself, made of what Mastodon would: Akkoma states its limits beside, in its own words."""
        found = said | (
            {"version": self.version} if self.name == "mastodon" else {"version": f"{self.name}/{self.version}"}
        )
        if not self.beside:
            return found
        limits = found.pop("configuration")
        beside = {"max_toot_chars": limits["statuses"]["max_characters"], "description_limit": 5000}
        return found | beside | {"upload_limit": limits["media_attachments"]["image_size_limit"]}

    def node_info_links(self, url: str) -> Answer:
        """`/.well-known/nodeinfo`."""
        return answer(200, {"links": [{"rel": f"{_SCHEMA}/2.0", "href": f"{url}/nodeinfo/2.0"}]})

    def node_info(self) -> Answer:
        """`/nodeinfo/2.0`."""
        told = {
            "version": "2.0",
            "software": {"name": self.name, "version": self.version},
            "protocols": ["activitypub"],
        }
        usage = {"users": {"total": 1, "activeMonth": 1, "activeHalfyear": 1}, "localPosts": 0}
        services: dict[str, list[str]] = {"outbound": [], "inbound": []}
        return answer(200, told | {"services": services, "usage": usage, "openRegistrations": False, "metadata": {}})


KINDS = {
    each.name: each
    for each in (
        ServerKind("mastodon", "4.6.0", keys="again", points=False),
        ServerKind(
            "takahe",
            "0.11.0",
            texts=(400, "Status is too long", "Status is empty"),
            login=(400, "Invalid Bearer token"),
            second_version=False,
        ),
        ServerKind(
            "pixelfed",
            "0.11.13",
            keys="refused",
            visibilities=VISIBILITIES[:3],
            needs_picture=True,
            texts=(500, "The status must not be greater than {0} characters.", ""),
        ),
        ServerKind(
            "gotosocial",
            "0.20.0",
            texts=(
                400,
                "Bad Request: text with spoiler exceed max chars ({0})",
                "Bad Request: status contains no text, media or poll",
            ),
            login=(401, '{"error":"Unauthorized: invalid_token"}'),
        ),
        ServerKind("akkoma", "3.16.0", keys="again", second_version=False, beside=True),
    )
}
