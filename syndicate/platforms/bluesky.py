"""Bluesky: posts are records in the account's repository, under record keys that we choose.

Facts: bluesky-social/atproto @ d6296a1c lexicons, measured on @atproto/pds 0.5.35 (2026-11-23);
bluesky-social/bsky-docs @ 390c1e97 (2026-04-21) for rate limits. What error answers mean is in `_bluesky_answers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from syndicate.errors import Rejected
from syndicate.model import Certainty, Draft, Identity, Json, Limits, ListedPost, Look, Post, Receipt, Span
from syndicate.platforms import _answering, _bluesky_handles, _bluesky_replies, _bluesky_sign_in, _facets
from syndicate.platforms._bluesky_door import Pds, judge
from syndicate.platforms._bluesky_embeds import embed
from syndicate.platforms._bluesky_options import Options
from syndicate.platforms._bluesky_records import (
    NOON,
    created,
    has_blobs,
    languages,
    listed,
    place,
    record_key,
    same,
)
from syndicate.platforms._bluesky_sign_in import HOME
from syndicate.platforms._replies import field, items, problem, whole
from syndicate.ports import Credentials, Http, SigningIn
from syndicate.serialization import instant
from syndicate.text import graphemes

COLLECTION = "app.bsky.feed.post"
BLOB_LIFE = timedelta(hours=1)
"""How long an upload may be used: the server removes blobs that no record names (from memory)."""

_LISTING, _PAGES = 100, 10


class Bluesky:
    """One Bluesky account. A delivery's record key is always the same and taken once, so no post can be doubled."""

    name: ClassVar[str] = "bluesky"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "exact"
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 0.0
    # 2,000 for alt text is the official app's own limit (from memory); the lexicon has none
    limits = Limits(
        text=300,
        text_bytes=3000,
        images=4,
        image_bytes=2_000_000,
        thumb_bytes=1_000_000,
        alt=2000,
        card="client",
        pairs=False,
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
    answers = staticmethod(_answering.by_posts)
    mention = staticmethod(_bluesky_handles.mention)

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._options = options
        self._credentials = credentials
        self._door = Pds(options, http, credentials)
        self.names_records = options.records == "link"

    @staticmethod
    def sign_in(options: Options, http: Http, redirect: str) -> SigningIn:  # noqa: ARG004 - there is no page
        """Ask for handle and app password, and try them."""
        return _bluesky_sign_in.sign_in(options.handle, options.api_url or options.service, http)

    @staticmethod
    def signed_out(options: Options) -> Json:
        """What a rehearsal uses in place of a login."""
        if options.app_password:
            return {}
        return {"handle": options.name or "you.bsky.social", "app_password": "<app password>"}

    @staticmethod
    def whose(options: Options) -> tuple[str, ...]:
        """The service and the handle there, as the account's identity."""
        return (options.service or HOME, options.name)

    def record_server(self, did: str) -> str | None:
        """The account's own server for its own records; of others, where `api_url` stands for the whole network."""
        ours = self._credentials.current().get("did") == did
        return self._door.base if ours or self._options.api_url else None

    def measure(self, text: str) -> int:
        """Grapheme clusters; `limits.text_bytes` is a second limit, in bytes."""
        return len(graphemes(text))

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
        return self._door.who()

    def refresh(self, current: Json) -> Json:
        """A new session: from the refresh token, else by a login, of which only a few a day are allowed.

        What somebody signed in with goes before the config, and is kept.
        """
        return self._door.renewed(current)

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:
        """Upload the pictures and build the record with its key; uploading the same bytes again gives the same blob."""
        repo = self._door.session()["did"]
        people, told = self._door.dids_of(post.spans, post.people)
        record: Json = {
            "$type": COLLECTION,
            "text": post.text,
            "createdAt": created(post.at),
            "langs": languages(post.language),
            "facets": _facets.facets(post.text, post.spans, people),
            "embed": embed(post, self._door, self.limits, prepared),
            "reply": _bluesky_replies.refs(post.reply_to, self._door, COLLECTION) if post.reply_to else None,
        }
        draft: Draft = {
            "repo": repo,
            "rkey": record_key(post.planned_at if post.day is None else post.day + NOON, key),
            "record": {name: value for name, value in record.items() if value or name == "text"},
        }
        draft |= {name: value for name, value in (("told", told), ("people", people)) if value}
        return draft | ({"expires_at": instant(post.at + BLOB_LIFE)} if has_blobs(post) else {})

    def has_handle(self, handle: str) -> bool:
        """Whether somebody has this handle: com.atproto.identity.resolveHandle, which needs no session."""
        return self._door.did_of(handle.removeprefix("@").lower()) is not None

    def commit(self, draft: Draft, key: str) -> Receipt:  # noqa: ARG002 - the record key is made of it
        """Create the record. InvalidSwap means that its key is taken; only `find` can tell whether by this post."""
        reply = self._door.call(
            "POST",
            "com.atproto.repo.putRecord",
            "post",
            commit=True,
            token=self._door.session()["accessJwt"],
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
        reply = self._door.send("GET", "com.atproto.repo.getRecord", params=address)
        if reply.status == 400 and problem(reply).get("error") == "RecordNotFound":
            return None
        judge(reply, "own record")
        if not same(draft["record"], field(reply, "value")):
            raise Rejected(f"bluesky: {field(reply, 'uri')} holds another post; this one was not sent")
        return self._receipt(draft, field(reply, "uri"), field(reply, "cid"))

    def recent(self, since: datetime) -> list[ListedPost]:
        """The account's own records that say that they are from since then, whoever made them.

        com.atproto.repo.listRecords: newest record key first, at most 100 on a page; needs no session.
        """
        found = list[ListedPost]()
        repo = self._credentials.current().get("did") or self._door.handle.lower()
        asked = {"repo": repo, "collection": COLLECTION, "limit": str(_LISTING)}
        for _ in range(_PAGES):
            listing = whole(
                self._door.call("GET", "com.atproto.repo.listRecords", "own records", token=None, params=asked)
            )
            page = [one for each in items(listing.get("records"), "uri") if (one := listed(each, self._receipt))]
            found += page
            if not listing.get("cursor") or not page or page[-1].at < since:
                break
            asked["cursor"] = listing["cursor"]
        return [each for each in found if each.at >= since]

    def delete(self, receipt: Receipt) -> None:
        """Delete the record; deleting it again is not an error."""
        session = self._door.session()
        repo, rkey = place(receipt, self._door.handle, session)
        record = {"repo": repo, "collection": COLLECTION, "rkey": rkey}
        token = session["accessJwt"]
        self._door.call("POST", "com.atproto.repo.deleteRecord", "removing a post", token=token, json=record, sample={})

    def _receipt(self, draft: Draft, uri: str, cid: str) -> Receipt:
        who = _bluesky_handles.shown(self._credentials.current(), draft["repo"])
        permalink = f"https://bsky.app/profile/{who}/post/{draft['rkey']}"
        return Receipt(id=uri, permalink=permalink, data={"uri": uri, "cid": cid} | _bluesky_replies.root(draft))


platform = Bluesky
