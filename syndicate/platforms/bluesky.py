"""Bluesky: posts are records in the account's repository, under record keys that we choose.

Facts: bluesky-social/atproto @ d6296a1c lexicons, measured on @atproto/pds 0.5.35 (2026-11-23);
bluesky-social/bsky-docs @ 390c1e97 (2026-04-21) for rate limits. What error answers mean is in `_bluesky_answers`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from syndicate.errors import AuthError, PictureRefused, PlatformError, Rejected
from syndicate.model import (
    Certainty,
    Draft,
    Identity,
    Json,
    Limits,
    LinkCard,
    ListedPost,
    Look,
    Media,
    Post,
    Receipt,
    Secret,
    Span,
)
from syndicate.platforms import _bluesky_answers, _bluesky_handles, _facets
from syndicate.platforms._answers import of_a_picture
from syndicate.platforms._bluesky_records import (
    NOON,
    created,
    has_blobs,
    languages,
    links,
    made_at,
    record_key,
    same,
)
from syndicate.platforms._replies import addresses_in, by_hand, field, items, problem, whole
from syndicate.ports import Credentials, Http, Reply
from syndicate.serialization import instant

COLLECTION = "app.bsky.feed.post"
BLOB_LIFE = timedelta(hours=1)
"""How long an upload may be used: the server removes blobs that no record names (from memory)."""

_LISTING, _PAGES = 100, 10


@dataclass(frozen=True, slots=True)
class Options:
    """`handle` such as gazette.bsky.social, an app password, and the service that keeps the account."""

    handle: Annotated[str, "The account's handle, such as gazette.example."]
    app_password: Annotated[Secret, "An app password, made in the account's settings."]
    service: Annotated[str, "The server that holds the account."] = "https://bsky.social"
    api_url: str | None = None

    def __post_init__(self) -> None:
        if urlsplit(self.service).scheme not in ("http", "https"):
            raise ValueError(f"'{self.service}' is not the address of a service, such as https://bsky.social")
        _bluesky_handles.check(self.handle)

    @property
    def name(self) -> str:
        """The handle in lower case, without @."""
        return self.handle.removeprefix("@").lower()


class Bluesky:
    """One Bluesky account. A delivery's record key is always the same and taken once, so no post can be doubled."""

    name: ClassVar[str] = "bluesky"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "exact"
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 0.0
    # 2,000 for alt text is the official app's own limit (from memory); the lexicon has none
    limits = Limits(
        text=300, text_bytes=3000, images=4, image_bytes=2_000_000, thumb_bytes=1_000_000, alt=2000, card="client"
    )
    look: ClassVar[Look] = Look(
        "Bluesky",
        "B",
        colour="#0a66c9",
        tint=("#0a62c0", "#6bb4ff"),
        paper=("#ffffff", "#161e27"),
        corners=(0, 12),
        traits=("open", "inline"),
        actions=("Reply", "Repost", "Like", "Share"),
    )

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._options = options
        self._http = http
        self._credentials = credentials
        self._base = (options.api_url or options.service).rstrip("/")
        self._handle = options.handle.removeprefix("@")

    @staticmethod
    def whose(options: Options) -> tuple[str, ...]:
        """The service and the handle there, as the account's identity."""
        return (options.service, options.name)

    def measure(self, text: str) -> int:
        """Grapheme clusters; `limits.text_bytes` is a second limit, in bytes."""
        if text.isascii() and "\r" not in text:
            return len(text)
        import regex

        return len(regex.findall(r"\X", text))

    def shown(self, address: str) -> str:
        """The address without its scheme, cut as the app cuts it; the link behind it is whole."""
        return _facets.shown(address)

    def linked(self, text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
        """`spans`, and the bare addresses and hashtags that the app would link; the server itself links nothing."""
        return _facets.linked(text, spans)

    def verify(self) -> Identity:
        """Who the session belongs to. Raises AuthError, too, where the account is switched off or was taken down.

        com.atproto.server.getSession: `active` is false then, and `status` says why.
        """
        reply = self._call(
            "GET", "com.atproto.server.getSession", "whose session this is", token=self._session()["accessJwt"]
        )
        handle = field(reply, "handle")
        if whole(reply).get("active") is False:
            state = whole(reply).get("status") or "not active"
            told = "log in to the app to see why, and switch it on again"
            raise AuthError(f"bluesky: the account @{handle} is {state}", hint=told, status=reply.status)
        return Identity(id=field(reply, "did"), name=f"@{handle}", url=f"https://bsky.app/profile/{handle}")

    def refresh(self, current: Json) -> Json:
        """A new session: from the refresh token, else by a login, of which only a few a day are allowed."""
        if current.get("refreshJwt"):
            reply = self._send("POST", "com.atproto.server.refreshSession", current["refreshJwt"], sample=_SESSION)
            if not _bluesky_answers.is_login(reply):
                return self._renewed(reply)
        login = {"identifier": self._handle, "password": str(self._options.app_password)}
        try:
            return self._renewed(self._send("POST", "com.atproto.server.createSession", json=login, sample=_SESSION))
        except PlatformError as refused:
            raise _bluesky_answers.of_a_login(refused, self._handle, self._options.service) from refused

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - blobs repeat by themselves
        """Upload the pictures and build the record with its key; uploading the same bytes again gives the same blob."""
        record: Json = {
            "$type": COLLECTION,
            "text": post.text,
            "createdAt": created(post.at),
            "langs": languages(post.language),
            "facets": _facets.facets(post.text, post.spans),
            "embed": self._embed(post),
        }
        draft: Draft = {
            "repo": self._session()["did"],
            "rkey": record_key(post.planned_at if post.day is None else post.day + NOON, key),
            "record": {name: value for name, value in record.items() if value or name == "text"},
        }
        return draft | ({"expires_at": instant(post.at + BLOB_LIFE)} if has_blobs(post) else {})

    def commit(self, draft: Draft, key: str) -> Receipt:  # noqa: ARG002 - the record key is made of it
        """Create the record. InvalidSwap means that its key is taken; only `find` can tell whether by this post."""
        reply = self._call(
            "POST",
            "com.atproto.repo.putRecord",
            "post",
            commit=True,
            token=self._session()["accessJwt"],
            json={
                "repo": draft["repo"],
                "collection": COLLECTION,
                "rkey": draft["rkey"],
                "record": draft["record"],
                "swapRecord": None,
            },
            sample={"uri": f"at://{draft['repo']}/{COLLECTION}/{draft['rkey']}", "cid": "<cid>"},
        )
        return self._receipt(draft, field(reply, "uri"), field(reply, "cid"))

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:  # noqa: ARG002 - one record has this key
        """Read the record with that key, which needs no session, and compare its fields with ours.

        Only this delivery has the key, so the same text, link or instant is enough to call it ours, even
        if the post was rendered anew since. Raises Rejected if the record is another post.
        """
        address = {"repo": draft["repo"], "collection": COLLECTION, "rkey": draft["rkey"]}
        reply = self._send("GET", "com.atproto.repo.getRecord", params=address)
        if reply.status == 400 and problem(reply).get("error") == "RecordNotFound":
            return None
        _raise(reply, "own record")
        if not same(draft["record"], field(reply, "value")):
            raise Rejected(f"bluesky: {field(reply, 'uri')} holds another post; this one was not sent")
        return self._receipt(draft, field(reply, "uri"), field(reply, "cid"))

    def recent(self, since: datetime) -> list[ListedPost]:
        """The account's own records that say that they are from since then, whoever made them.

        com.atproto.repo.listRecords: newest record key first, at most 100 on a page; needs no session.
        """
        found = list[ListedPost]()
        repo = self._credentials.current().get("did") or self._options.name
        asked = {"repo": repo, "collection": COLLECTION, "limit": str(_LISTING)}
        for _ in range(_PAGES):
            listing = whole(self._call("GET", "com.atproto.repo.listRecords", "own records", token=None, params=asked))
            page = [listed for each in items(listing.get("records"), "uri") if (listed := self._listed(each))]
            found += page
            if not listing.get("cursor") or not page or page[-1].at < since:
                break
            asked["cursor"] = listing["cursor"]
        return [each for each in found if each.at >= since]

    def _listed(self, record: Json) -> ListedPost | None:
        """A record of a listing; None if it does not say when it was made."""
        value, uri = record.get("value"), str(record["uri"])
        if not isinstance(value, dict):
            return None
        made = made_at(value)
        if made is None or uri.count("/") < 4:
            return None
        repo, _, rkey = uri.removeprefix("at://").split("/", 2)
        receipt = self._receipt({"repo": repo, "rkey": rkey}, uri, str(record.get("cid", "")))
        text = str(value.get("text", ""))
        return ListedPost(receipt, made, tuple(dict.fromkeys([*links(value), *addresses_in(text)])), text)

    def delete(self, receipt: Receipt) -> None:
        """Delete the record; deleting it again is not an error."""
        session = self._session()
        repo, rkey = self._place(receipt, session)
        record = {"repo": repo, "collection": COLLECTION, "rkey": rkey}
        token = session["accessJwt"]
        self._call("POST", "com.atproto.repo.deleteRecord", "removing a post", token=token, json=record, sample={})

    def _place(self, receipt: Receipt, session: Json) -> tuple[str, str]:
        """Repository and record key of a post, from its id or from its address in the app."""
        address = by_hand(receipt)
        if address is None:
            repo, _, rkey = receipt.id.removeprefix("at://").split("/")
            return repo, rkey
        found = re.search(r"/profile/([^/]+)/post/([^/]+)/?$", urlsplit(address).path)
        ours = (self._handle.lower(), str(session.get("handle", "")).lower(), session["did"])
        if found is None or found[1].lower() not in ours:
            raise Rejected(f"bluesky: {address} is not the address of a post by @{self._handle}; delete it in the app")
        return session["did"], found[2]

    def _receipt(self, draft: Draft, uri: str, cid: str) -> Receipt:
        who = _bluesky_handles.shown(self._credentials.current(), draft["repo"])
        permalink = f"https://bsky.app/profile/{who}/post/{draft['rkey']}"
        return Receipt(id=uri, permalink=permalink, data={"uri": uri, "cid": cid})

    def _renewed(self, reply: Reply) -> Json:
        _raise(reply, "session")
        return {name: field(reply, name) for name in _SESSION}

    def _embed(self, post: Post) -> Json | None:
        """The record's embed: pictures or a link card; a post cannot have both."""
        if post.media:
            images = [
                {
                    "image": self._blob(media, self.limits.image_bytes),
                    "alt": media.alt,
                    "aspectRatio": {"width": media.width, "height": media.height},
                }
                for media in post.media
            ]
            return {"$type": "app.bsky.embed.images", "images": images}
        return {"$type": "app.bsky.embed.external", "external": self._external(post.card)} if post.card else None

    def _external(self, card: LinkCard) -> Json:
        external: Json = {"uri": card.url, "title": card.title, "description": card.description}
        return external | ({"thumb": self._blob(card.thumb, self.limits.thumb_bytes)} if card.thumb else {})

    def _blob(self, media: Media, limit: int) -> Json:
        """Upload one picture, its size checked: the server checks it only when the record is written (measured)."""
        if len(media.data) > limit:
            raise PictureRefused(f"bluesky: a picture is {len(media.data)} of {limit} bytes")
        blob = {"$type": "blob", "ref": {"$link": "<cid>"}, "mimeType": media.mime, "size": len(media.data)}
        with of_a_picture():
            reply = self._call(
                "POST",
                "com.atproto.repo.uploadBlob",
                "picture",
                token=self._session()["accessJwt"],
                data=media.data,
                headers={"Content-Type": media.mime},
                sample={"blob": blob},
            )
        uploaded: Json = field(reply, "blob")
        return uploaded

    def _session(self) -> Json:
        session = self._credentials.current()
        if not session.get("accessJwt"):
            raise AuthError("bluesky: no session yet")
        return session

    def _call(
        self, method: str, name: str, what: str, *, token: str | None, commit: bool = False, **request: Any
    ) -> Reply:
        reply = self._send(method, name, token, **request)
        _raise(reply, what, commit=commit)
        return reply

    def _send(
        self, method: str, name: str, token: str | None = None, *, headers: dict[str, str] | None = None, **request: Any
    ) -> Reply:
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        return self._http.call(method, f"{self._base}/xrpc/{name}", headers=bearer | (headers or {}), **request)


_SESSION = {"accessJwt": "<access token>", "refreshJwt": "<refresh token>", "did": "<did>", "handle": "<handle>"}


def _raise(reply: Reply, what: str, *, commit: bool = False) -> None:
    fault = _bluesky_answers.what(reply, what, commit=commit)
    if fault is not None:
        raise fault


platform = Bluesky
