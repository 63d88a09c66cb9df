"""Mastodon and other servers with its API.

Facts: mastodon/documentation @ 2903485d (2026-07-02): methods/statuses, methods/media, entities/Instance. What other
servers do differently is in `_mastodon_software`, what error answers mean in `_mastodon_answers`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from syndicate.model import Certainty, Controls, Draft, Identity, Json, Limits, ListedPost, Look, Post, Receipt
from syndicate.platforms import (
    _answering,
    _mastodon_answers,
    _mastodon_sign_in,
    _mastodon_statuses,
    _own_posts,
    _people,
    _webfinger,
)
from syndicate.platforms._mastodon_media import uploaded, working
from syndicate.platforms._mastodon_options import Options
from syndicate.platforms._mastodon_server import LISTING, Server, refuse
from syndicate.platforms._mastodon_sign_in import missing
from syndicate.platforms._mastodon_software import Profile, profile
from syndicate.platforms._mastodon_statuses import listed, number, ours, permalink, receipt
from syndicate.platforms._mastodon_texts import length
from syndicate.platforms._replies import by_hand, field, problem, whole
from syndicate.platforms._server_accounts import ServerLogin, proof, signed_out, whose
from syndicate.ports import Credentials, Http
from syndicate.serialization import instant

MEDIA_LIFE = timedelta(hours=12)
"""How long an upload may be used: servers remove pictures without a status after a day (from memory)."""


class _Certainty:
    """How sure a key is: for an hour on Mastodon (methods/statuses), elsewhere as the server's software has it."""

    def __get__(self, account: Mastodon | None, of: type) -> Certainty:
        return "keyed" if account is None else account.profile.certainty


class Mastodon:
    """One account on Mastodon, or on another server with its API. Its statuses are sent with an Idempotency-Key."""

    name: ClassVar[str] = "mastodon"
    options_type: ClassVar[type] = Options
    certainty = _Certainty()
    key_window: ClassVar[float] = 3300.0
    settle: ClassVar[float] = 15.0
    # for servers that state nothing; 8 MB is below every default we know
    limits = Limits(text=500, images=4, image_bytes=8_000_000, alt=1500, card="text", stated=True)
    controls: ClassVar[Controls] = Controls(warning="counted", sensitive=True)
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
    answers = staticmethod(_answering.by_posts)
    mention = staticmethod(_people.of_server)

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._options = options
        self._http = http
        self._credentials = credentials
        self._login = ServerLogin(self.name, options, credentials)
        self._server = Server(http, self._login)

    whose = staticmethod(whose)
    proof = staticmethod(proof)
    signed_out = staticmethod(signed_out)
    sign_in = staticmethod(_mastodon_sign_in.sign_in)
    sign_out = staticmethod(_mastodon_sign_in.sign_out)

    @property
    def profile(self) -> Profile:
        """What the server does differently, by what `verify` said that it runs."""
        return profile(str(self._credentials.current().get("software") or ""))

    def measure(self, text: str) -> int:
        """Grapheme clusters, with every http(s) address at 23 and @user@domain as @user."""
        return length(text)

    def verify(self) -> Identity:
        """The account that the token belongs to, the limits that this server states, and what it runs."""
        reply = self._server.call("GET", "/api/v1/accounts/verify_credentials", "whose token this is")
        scope = str(self._credentials.current().get("scope") or "")
        stated, runs = self._server.stated_limits(), self._server.software()
        lacks = tuple(f"the token lacks the scope {each}" for each in missing(scope)) if scope else ()
        return Identity(
            id=str(field(reply, "id")),
            name=f"@{field(reply, 'acct')}",
            url=problem(reply).get("url"),
            limits=profile(runs).limits(stated),
            scopes=tuple(scope.split()),
            notes=lacks + profile(runs).notes(runs),
            software=runs,
        )

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - the key goes with the status
        """Upload the pictures that are not uploaded yet; raises NotReady while the server processes one."""
        draft = _mastodon_statuses.drafted(post, self._options.visibility, self.profile)
        ids, told = uploaded(self._server, post.media, prepared)
        life = {"expires_at": instant(post.at + MEDIA_LIFE)} if post.media else {}
        answers = {} if post.reply_to is None else {"in_reply_to_id": self._number(post.reply_to)}
        return {**draft, **answers, "media_ids": ids, **told, **life}

    def commit(self, draft: Draft, key: str) -> Receipt:
        """Send the status; the same key gives the same status again.

        Raises NotReady where the server, after all, still works on a picture: a loaded one answers the upload with 200
        (mastodon/mastodon#21864).
        """
        reply = self._server.send(
            "POST",
            "/api/v1/statuses",
            json={name: draft[name] for name in _mastodon_statuses.SENT if draft.get(name)},
            headers={"Idempotency-Key": key},
            sample={"id": "<status id>", "url": "<permalink>"},
        )
        if _mastodon_answers.is_unprocessed(reply):
            raise working(draft)
        refuse(reply, "status", commit=True, media=bool(draft["media_ids"]))
        return receipt({"id": field(reply, "id")} | whole(reply))

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:  # noqa: ARG002 - no listing shows the key
        """Search our own statuses, newest first, back to `since`, for the link or else the text."""
        posts = _own_posts.back_to(self._server.own_statuses(), "created_at", since)
        return _own_posts.found(posts, draft, ours, receipt)

    def recent(self, since: datetime) -> list[ListedPost]:
        """Our own statuses since then; a page that is not full, or reaches back so far, is the last one."""
        pages = ([listed(status) for status in page] for page in self._server.own_statuses())
        return _own_posts.recent(pages, since, full=LISTING)

    def delete(self, receipt: Receipt) -> None:
        """Delete the status; if it is gone already, that is not an error."""
        reply = self._server.send(
            "DELETE",
            f"/api/v1/statuses/{self._number(receipt)}",
            sample={"id": receipt.id},
        )
        if reply.status != 404 or by_hand(receipt):
            refuse(reply, "removing a status")

    def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Change the text; pictures and their descriptions are sent again, since the server removes what an edit omits.

        mastodon/documentation @ 2903485d, methods/statuses: `PUT /api/v1/statuses/:id`.
        """
        path = f"/api/v1/statuses/{self._number(receipt)}"
        now = whole(self._server.call("GET", path, "status", sample={"id": receipt.id, "media_attachments": []}))
        reply = self._server.call(
            "PUT",
            path,
            "editing a status",
            json=_mastodon_statuses.edited(post, now, self.profile),
            sample={"id": receipt.id, "url": receipt.permalink},
        )
        return replace(receipt, permalink=permalink(whole(reply)) or receipt.permalink)

    def has_handle(self, handle: str) -> bool:
        """Whether somebody has this handle, as the server says that it names."""
        return _webfinger.has_account(self._http, handle, self._options.api_url)

    def _number(self, receipt: Receipt) -> str:
        return number(receipt, {self._login.address, self._login.base})


platform = Mastodon
