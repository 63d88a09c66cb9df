"""Mastodon and other servers with its API.

Facts: mastodon/documentation @ 2903485d (2026-07-02): methods/statuses, methods/media, entities/Instance;
what other servers do differently was measured on mastodon_mock 0.6.1 and Takahe 0.11 (2026-11-23). What error answers
mean is in `_mastodon_answers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from syndicate.errors import NotReady, PictureRefused, Rejected, Unsupported
from syndicate.model import Certainty, Draft, Identity, Json, Limits, ListedPost, Look, Media, Post, Receipt, Secret
from syndicate.platforms import _mastodon_answers
from syndicate.platforms._answers import of_a_picture
from syndicate.platforms._mastodon_statuses import listed, ours, permalink
from syndicate.platforms._replies import (
    by_hand,
    dated,
    field,
    items,
    problem,
    whole,
)
from syndicate.ports import Credentials, Http, Reply
from syndicate.serialization import instant

ADDRESS_WEIGHT = 23
MEDIA_LIFE = timedelta(hours=12)
"""How long an upload may be used: servers remove pictures without a status after a day (from memory)."""

_UPLOADS = ("/api/v2/media", "/api/v1/media")
"""Where pictures are uploaded; older servers and some others with this API know only version 1."""
_LOOKS = 10
"""How often an upload is looked at, in some ten minutes, before the server is taken to be unable to process it."""

_LISTING = 40
_PAGES = 25
_URL = re.compile(r"(?<![A-Za-z0-9@#$])https?://[^\s<>\"]+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![=/\w])(@[a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@\w+(?:[.-]+\w+)*", re.IGNORECASE)
_CHINESE = ("cn", "hk", "tw", "yue")
_TRAILING = ".,;:!?*'\"()[]{}~|@$%…»”\N{RIGHT SINGLE QUOTATION MARK}「」『』"


@dataclass(frozen=True, slots=True)
class Options:
    """`url` is the server's address; the token needs write:statuses, write:media, read:accounts, read:statuses."""

    url: Annotated[str, "The server's address."]
    token: Annotated[Secret, "The account's access token."]
    visibility: Annotated[Literal["public", "unlisted", "private", "direct"], "Who sees the posts."] = "public"
    api_url: str | None = None

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("http", "https"):
            raise ValueError(f"'{self.url}' is not the address of a server, such as https://mastodon.example")


class Mastodon:
    """One Mastodon account. Its statuses have an Idempotency-Key, honoured for up to an hour (methods/statuses)."""

    name: ClassVar[str] = "mastodon"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "keyed"
    key_window: ClassVar[float] = 3300.0
    settle: ClassVar[float] = 15.0
    # for servers that state nothing; 8 MB is below every default we know
    limits = Limits(text=500, images=4, image_bytes=8_000_000, alt=1500, card="text", stated=True)
    look: ClassVar[Look] = Look(
        "Mastodon",
        "m",
        colour="#5a4bd8",
        tint=("#5346c8", "#a9a3ff"),
        paper=("#ffffff", "#23242f"),
        corners=(8, 8),
        traits=("square",),
        shown=30,
        actions=("Reply", "Boost", "Favourite", "Bookmark"),
    )

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:  # noqa: ARG002 - the token never changes
        self._options = options
        self._http = http
        self._base = (options.api_url or options.url).rstrip("/")

    @staticmethod
    def whose(options: Options) -> tuple[str, ...]:
        """The server's address, as the account's identity; the config does not say which of its accounts it is."""
        return (options.url,)

    @staticmethod
    def proof(options: Options) -> str:
        """The token: another one may belong to another account of the server."""
        return options.token

    def measure(self, text: str) -> int:
        """Grapheme clusters, with every http(s) address at 23 and @user@domain as @user.

        mastodon/mastodon app/validators/status_length_validator.rb: `each_grapheme_cluster.size` of the
        text with addresses and mentions replaced (read 2026-11-23).
        """
        countable = _MENTION.sub(r"\1", _URL.sub(_weighed, text))
        if countable.isascii() and "\r" not in countable:
            return len(countable)
        import regex

        return len(regex.findall(r"\X", countable))

    def verify(self) -> Identity:
        """The account that the token belongs to, and this server's limits (zero for one it does not state)."""
        reply = self._call("GET", "/api/v1/accounts/verify_credentials", "whose token this is")
        return Identity(
            id=str(field(reply, "id")),
            name=f"@{field(reply, 'acct')}",
            url=problem(reply).get("url"),
            limits=_stated(self._configuration()),
        )

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - the key goes with the status
        """Upload the pictures that are not uploaded yet; raises NotReady while the server processes one.

        A picture that is not ready after `_LOOKS` looks is refused, so that the story can go without it.
        """
        known: Json = dict((prepared or {}).get("media", {}))
        with of_a_picture():
            uploads = {
                _fingerprint(media): self._uploaded(media, known.get(_fingerprint(media))) for media in post.media
            }
        looks = int((prepared or {}).get("looks", 0)) + 1
        if not all(upload["ready"] for upload in uploads.values()):
            raise _working(uploads, looks)
        draft: Draft = {
            "status": post.text,
            "media_ids": [uploads[_fingerprint(media)]["id"] for media in post.media],
            "uploads": {name: upload["id"] for name, upload in uploads.items()},
            "looks": looks,
            "visibility": self._options.visibility,
            "language": _language(post.language),
            "link": post.link if post.link and post.link in post.text else None,
        }
        return draft | ({"expires_at": instant(post.at + MEDIA_LIFE)} if post.media else {})

    def commit(self, draft: Draft, key: str) -> Receipt:
        """Send the status; the same key gives the same status again.

        Raises NotReady where the server, after all, still works on a picture: a loaded one answers the upload with 200
        (mastodon/mastodon#21864).
        """
        names = ("status", "media_ids", "visibility", "language")
        reply = self._send(
            "POST",
            "/api/v1/statuses",
            json={name: draft[name] for name in names if draft[name]},
            headers={"Idempotency-Key": key},
            sample={"id": "<status id>", "url": "<permalink>"},
        )
        if _mastodon_answers.is_unprocessed(reply):
            uploads = {name: {"id": number, "ready": False} for name, number in draft.get("uploads", {}).items()}
            raise _working(uploads, draft.get("looks", 1))
        _raise(reply, "status", commit=True, media=bool(draft["media_ids"]))
        return Receipt(id=str(field(reply, "id")), permalink=permalink(whole(reply)))

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:  # noqa: ARG002 - no listing shows the key
        """Search our own statuses, newest first, back to `since`, for the link or else the text."""
        for status in (status for page in self._pages() for status in page):
            if dated(status, "created_at") < since:
                return None
            if str(status["id"]) not in draft.get("others", ()) and ours(draft, status):
                return Receipt(id=str(status["id"]), permalink=permalink(status))
        return None

    def recent(self, since: datetime) -> list[ListedPost]:
        """Our own statuses since then; a page that is not full, or reaches back so far, is the last one."""
        found: list[ListedPost] = []
        for page in self._pages():
            found += [listed(status) for status in page]
            if len(page) < _LISTING or found[-1].at < since:
                break
        return [each for each in found if each.at >= since]

    def _pages(self) -> Iterator[list[Json]]:
        """Our own statuses, newest first, page by page. Raises Unsupported after too many."""
        account = field(self._call("GET", "/api/v1/accounts/verify_credentials", "whose token this is"), "id")
        asked = {"limit": str(_LISTING), "exclude_reblogs": "true"}
        for _ in range(_PAGES):
            reply = self._call("GET", f"/api/v1/accounts/{account}/statuses", "own statuses", params=asked)
            statuses = items(reply.json(), "id")
            if not statuses:
                return
            yield statuses
            asked["max_id"] = statuses[-1]["id"]
        raise Unsupported(f"mastodon: more than {_LISTING * _PAGES} statuses since then; too many to search")

    def delete(self, receipt: Receipt) -> None:
        """Delete the status; if it is gone already, that is not an error."""
        reply = self._send("DELETE", f"/api/v1/statuses/{self._number(receipt)}", sample={"id": receipt.id})
        if reply.status != 404 or by_hand(receipt):
            _raise(reply, "removing a status")

    def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Change the text; pictures and their descriptions are sent again, since the server removes what an edit omits.

        mastodon/documentation @ 2903485d, methods/statuses: `PUT /api/v1/statuses/:id`.
        """
        path = f"/api/v1/statuses/{self._number(receipt)}"
        now = whole(self._call("GET", path, "status", sample={"id": receipt.id, "media_attachments": []}))
        media = items(now.get("media_attachments"), "id")
        body = {
            "status": post.text,
            "language": _language(post.language),
            "media_ids": [each["id"] for each in media],
            "media_attributes": [{"id": each["id"], "description": each.get("description") or ""} for each in media],
            "spoiler_text": now.get("spoiler_text"),
            "sensitive": now.get("sensitive"),
        }
        reply = self._call(
            "PUT",
            path,
            "editing a status",
            json={name: value for name, value in body.items() if value},
            sample={"id": receipt.id, "url": receipt.permalink},
        )
        return replace(receipt, permalink=permalink(whole(reply)) or receipt.permalink)

    def _number(self, receipt: Receipt) -> str:
        """The status's id; from an address its end, as on Mastodon itself."""
        address = by_hand(receipt)
        if address is None:
            return receipt.id
        here = {urlsplit(each).hostname for each in (self._options.url, self._base)}
        found = re.search(r"/(\d+)/?$", urlsplit(address).path)
        if found is None or urlsplit(address).hostname not in here:
            raise Rejected(f"mastodon: {address} does not say which status it is; change it on the server itself")
        return found[1]

    def _uploaded(self, media: Media, upload: Json | None) -> Json:
        """`id` and `ready` of a picture; asks the server once whether it is ready; uploads it again if it is lost."""
        upload = upload or self._upload(media)
        if upload["ready"]:
            return upload
        reply = self._send("GET", f"/api/v1/media/{upload['id']}", sample={"id": "<media id>"})
        if reply.status == 404:
            return self._upload(media)
        _raise(reply, "processing of a picture")
        return upload | {"ready": reply.status != 206}

    def _upload(self, media: Media) -> Json:
        for path in _UPLOADS:
            reply = self._send(
                "POST",
                path,
                data={"description": media.alt} if media.alt else None,
                files={"file": (media.file, media.data, media.mime)},
                sample={"id": "<media id>", "url": "<media url>"},
            )
            if reply.status not in (404, 405):
                break
        _raise(reply, "picture")
        return {"id": str(field(reply, "id")), "ready": reply.status != 202}

    def _configuration(self) -> Json:
        """The instance's configuration; from API version 1 if version 2 is missing or broken."""
        reply = self._send("GET", "/api/v2/instance")
        if reply.status in (401, 429):
            _raise(reply, "instance")
        if reply.status != 200:
            reply = self._send("GET", "/api/v1/instance")
        if reply.status != 200:
            return {}
        stated = problem(reply).get("configuration")
        return stated if isinstance(stated, dict) else {}

    def _call(self, method: str, path: str, what: str, *, commit: bool = False, **request: Any) -> Reply:
        reply = self._send(method, path, **request)
        _raise(reply, what, commit=commit)
        return reply

    def _send(self, method: str, path: str, *, headers: dict[str, str] | None = None, **request: Any) -> Reply:
        bearer = {"Authorization": f"Bearer {self._options.token}"}
        return self._http.call(method, self._base + path, headers=bearer | (headers or {}), **request)


def _raise(reply: Reply, what: str, *, commit: bool = False, media: bool = False) -> None:
    fault = _mastodon_answers.what(reply, what, commit=commit, media=media)
    if fault is not None:
        raise fault


def _stated(configuration: Json) -> dict[str, int]:
    """The server's limits by our names. If it counts an address as more than 23, the text may be that much shorter."""
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
        if isinstance(value := (configuration.get(section) or {}).get(theirs), int)
    }
    reserved = (configuration.get("statuses") or {}).get("characters_reserved_per_url")
    if "text" in stated and isinstance(reserved, int) and reserved > ADDRESS_WEIGHT:
        stated["text"] -= reserved - ADDRESS_WEIGHT
    return stated


def _weighed(match: re.Match[str]) -> str:
    """23 characters in place of an address; punctuation behind it stays."""
    whole = match[0]
    end = len(whole)
    while end and whole[end - 1] in _TRAILING:
        if whole[end - 1] == ")" and whole.count("(", 0, end) >= whole.count(")", 0, end):
            break
        end -= 1
    address = whole[:end]
    return "x" * ADDRESS_WEIGHT + whole[end:] if address.partition("//")[2] else whole


def _working(uploads: Json, looks: int) -> NotReady | PictureRefused:
    """What to do about pictures that the server still works on: look again, less and less often, and in the end not."""
    if looks >= _LOOKS:
        return PictureRefused("mastodon: a picture is not processed by the server, look after look", smaller=True)
    left = {"media": uploads, "looks": looks}
    wait = min(5.0 * 2 ** (looks - 1), 120.0)
    return NotReady("mastodon: a picture is still being processed", prepared=left, retry_after=wait)


def _fingerprint(media: Media) -> str:
    return f"{media.file} {media.alt}"


def _language(tag: str | None) -> str | None:
    """The part of a BCP 47 tag that Mastodon takes: ISO 639-1, or 639-3 where there is no shorter one.

    Of Chinese it knows four regions too: mastodon/mastodon app/helpers/languages_helper.rb @ 02addb3b.
    """
    primary, *others = re.split("[-_]", tag.lower()) if tag else [""]
    if primary == "zh" and (region := next((part for part in others if part in _CHINESE), None)):
        return f"zh-{region.upper()}"
    return primary if re.fullmatch("[a-z]{2,3}", primary) else None


platform = Mastodon
