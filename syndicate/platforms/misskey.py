"""Misskey, and its relatives with the same API: Sharkey, Firefish, Iceshrimp, CherryPick.

How its calls and errors are is in `_misskey_calls`, its markup in `_misskey_text`, signing in in `_misskey_sign_in`;
each names its sources. Misskey knows no idempotency key (endpoints/notes/create.ts), so a lost answer is looked up.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from syndicate.errors import Unsupported
from syndicate.model import Certainty, Controls, Draft, Identity, Json, Limits, ListedPost, Look, Post, Receipt
from syndicate.platforms import _answering, _misskey_notes, _misskey_sign_in, _own_posts, _people, _webfinger
from syndicate.platforms._misskey_calls import LISTING, Calls, code, refuse
from syndicate.platforms._misskey_drive import uploaded
from syndicate.platforms._misskey_options import Options
from syndicate.platforms._misskey_text import length
from syndicate.platforms._replies import by_hand, field, problem, whole
from syndicate.platforms._server_accounts import ServerLogin, proof, signed_out, whose
from syndicate.ports import READS, Credentials, Http


class Misskey:
    """One account. Its notes are looked up among its own; on servers such as Sharkey they can be edited."""

    name: ClassVar[str] = "misskey"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "lookup"
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 15.0
    # 16 pictures, of which relatives of Mastodon show four; older servers take 512 characters of a description
    limits = Limits(text=3000, images=16, image_bytes=10_000_000, alt=512, card="text", stated=True)
    controls: ClassVar[Controls] = Controls(warning="apart", sensitive=True)
    look: ClassVar[Look] = Look(
        "Misskey",
        "M",
        colour="#4a7a1f",
        tint=("#3f7a1a", "#9fd36a"),
        paper=("#ffffff", "#222220"),
        corners=(12, 8),
        actions=("Reply", "Renote", "React"),
    )
    answers = staticmethod(_answering.by_posts)
    mention = staticmethod(_people.of_server)

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._options = options
        self._http = http
        self._credentials = credentials
        self._login = ServerLogin(self.name, options, credentials)
        self._calls = Calls(http, self._login)

    whose = staticmethod(whose)
    proof = staticmethod(proof)
    signed_out = staticmethod(signed_out)
    sign_in = staticmethod(_misskey_sign_in.sign_in)

    def measure(self, text: str) -> int:
        """UTF-16 code units, with what keeps the text from being read as markup."""
        return length(text)

    def verify(self) -> Identity:
        """The account that the token belongs to, and the limits that this server and its staff state for it."""
        reply = self._calls.call("i", "whose token this is", sample=READS)
        me = problem(reply)
        stated = problem(self._calls.send("meta", sample=READS, detail=False)).get("maxNoteTextLength")
        policies = me.get("policies")
        megabytes = policies.get("maxFileSizeMb") if isinstance(policies, dict) else None
        limits = {"text": stated} if isinstance(stated, int) and stated > 0 else {}
        if isinstance(megabytes, int) and megabytes > 0:
            limits["image_bytes"] = min(megabytes * 1_000_000, self.limits.image_bytes)
        return Identity(
            id=str(field(reply, "id")),
            name=f"@{field(reply, 'username')}",
            url=f"{self._login.address}/@{me['username']}",
            limits=limits,
            scopes=tuple(str(self._credentials.current().get("scope") or "").split()),
        )

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - the key goes with the note
        """Put the pictures into the account's drive, which gives the same file for the same bytes."""
        return _misskey_notes.drafted(post, self._options.visibility, uploaded(self._calls, post, prepared))

    def commit(self, draft: Draft, key: str) -> Receipt:  # noqa: ARG002 - Misskey takes no key
        """Create the note."""
        sample = {"createdNote": {"id": "<note id>"}}
        reply = self._calls.call("notes/create", "note", commit=True, sample=sample, **draft["note"])
        return self._receipt({"id": field(reply, "createdNote", "id")})

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:  # noqa: ARG002 - there is no key
        """Search our own notes, newest first, back to `since`, for the link or else the text."""
        notes = _own_posts.back_to(self._calls.own_notes(), "createdAt", since)
        return _own_posts.found(notes, draft, _misskey_notes.ours, self._receipt)

    def recent(self, since: datetime) -> list[ListedPost]:
        """Our own notes since then; a page that is not full, or reaches back so far, is the last one."""
        here = self._login.address
        pages = ([_misskey_notes.listed(note, here) for note in page] for page in self._calls.own_notes())
        return _own_posts.recent(pages, since, full=LISTING)

    def delete(self, receipt: Receipt) -> None:
        """Delete the note; if it is gone already, that is not an error."""
        number = _misskey_notes.number(receipt, self._login.address)
        reply = self._calls.send("notes/delete", noteId=number, sample={})
        if code(reply) != "NO_SUCH_NOTE" or by_hand(receipt):
            refuse(reply, "removing a note")

    def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Change the text; pictures and warning stay. Raises Unsupported where the server has no edits, as on Misskey.

        Sharkey: endpoints/notes/edit.ts, read 2026-11-29 in Lhcfl/sharkey-stelpolva @ 184707e0.
        """
        number = _misskey_notes.number(receipt, self._login.address)
        now = whole(self._calls.call("notes/show", "note", noteId=number, sample={"id": number}))
        asked = _misskey_notes.edited(post, now | {"id": number})
        reply = self._calls.send("notes/edit", sample={"createdNote": {"id": number}}, **asked)
        if reply.status == 404:
            raise Unsupported("misskey: this server cannot change a note; delete it, or leave it", status=404)
        refuse(reply, "editing a note")
        return receipt

    def has_handle(self, handle: str) -> bool:
        """Whether somebody has this handle, as the server says that it names."""
        return _webfinger.has_account(self._http, handle, self._options.api_url)

    def _receipt(self, note: Json) -> Receipt:
        return _misskey_notes.receipt(note, self._login.address)


platform = Misskey
