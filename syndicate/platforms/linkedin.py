"""LinkedIn: posts of persons and pages, through the versioned Posts API.

Facts: LinkedIn's pages Posts API, Images API and Comments API (learn.microsoft.com, li-lms-2026-05 and 2026-09);
payloads as gitroomhq/postiz-app @ 74b01ad (2026-08-21) sends them. What its error answers mean is in
`_linkedin_answers`, its version in `_linkedin_version`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal
from urllib.parse import quote

from syndicate.errors import Uncertain, Unsupported
from syndicate.model import Certainty, Draft, Identity, Json, Limits, ListedPost, Look, Post, Receipt
from syndicate.platforms import (
    _answering,
    _linkedin_comments,
    _linkedin_login,
    _linkedin_pictures,
    _linkedin_posts,
    _linkedin_text,
    _own_posts,
)
from syndicate.platforms._linkedin_answers import of_a_double
from syndicate.platforms._linkedin_calls import LinkedInAccount, good
from syndicate.platforms._linkedin_identity import identity
from syndicate.platforms._linkedin_options import Options
from syndicate.platforms._linkedin_posts import own
from syndicate.platforms._replies import by_hand, problem
from syndicate.ports import Credentials, Http, Reply
from syndicate.serialization import instant

MEDIA_LIFE = timedelta(hours=12)
"""How long an upload is used; LinkedIn does not say how long it keeps one without a post."""


class LinkedIn:
    """One person or page. There is no idempotency key; `find` searches its own posts, where the app may read them."""

    name: ClassVar[str] = "linkedin"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "lookup"
    lists_answers: ClassVar[Literal[False]] = False
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 60.0
    # 5 MB is what LinkedIn's help states for pictures of posts; the length of alt texts is ours
    limits = Limits(
        text=3000,
        images=20,
        image_bytes=5_000_000,
        image_pixels=36_152_319,
        thumb_bytes=5_000_000,
        alt=1000,
        card="client",
    )
    look: ClassVar[Look] = Look(
        "LinkedIn",
        "in",
        colour="#0b5cad",
        tint=("#0a5cb0", "#75b9f2"),
        paper=("#ffffff", "#1b1f23"),
        corners=(8, 0),
        traits=("wide",),
        fold=210,
        actions=("Like", "Comment", "Repost", "Send"),
    )

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._options = options
        self._credentials = credentials
        self._account = LinkedInAccount(options, http, credentials)

    answers = staticmethod(_answering.by_comments)
    whose = staticmethod(_linkedin_login.whose)
    signed_out = staticmethod(_linkedin_login.signed_out)
    sign_in = staticmethod(_linkedin_login.sign_in)

    def refresh(self, current: Json) -> Json:
        """The next token. Only apps with the Community Management API get refresh tokens; others raise AuthError."""
        return _linkedin_login.refreshed(self._options, self._account.doors, current)

    def measure(self, text: str) -> int:
        """UTF-16 units of the text with its backslashes and hashtag templates."""
        return _linkedin_text.length(text)

    def verify(self) -> Identity:
        """Whose token it is, which product the app has, and when token and API version end."""
        account = self._account
        return identity(self._options, account.doors, account.author, account.token, self._credentials.current())

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - an upload is not seen
        """Upload the pictures, or the link card's. Raises NotReady while LinkedIn works on one."""
        if post.reply_to is not None:
            return _linkedin_comments.drafted(post, post.reply_to, self._account.author)
        thumb = post.card.thumb if post.card else None
        pictures = post.media or ((thumb,) if thumb else ())
        urns = _linkedin_pictures.uploaded(self._account, pictures, prepared)
        shown = post.card.url if post.card else post.link if post.link and post.link in post.text else None
        body = _linkedin_posts.body(post, self._account.author, self._options.visibility, urns)
        draft: Draft = {"post": body, "text": post.text, "link": shown}
        return draft | ({"expires_at": instant(post.at + MEDIA_LIFE)} if urns else {})

    def commit(self, draft: Draft, key: str) -> Receipt:  # noqa: ARG002 - LinkedIn takes no key
        """Publish it. The same text twice is refused and the first one named: it may be our own earlier attempt."""
        if "comment" in draft:
            return _linkedin_comments.commit(self._account, draft)
        sample = {"id": "urn:li:share:<id>"}
        reply = self._account.send("POST", "/rest/posts", json=draft["post"], sample=sample)
        try:
            good(reply, "post", commit=True)
        except Uncertain as doubt:
            raise of_a_double(doubt, reply) from doubt
        urn = reply.headers.get("x-restli-id") or problem(reply).get("id")
        if not urn:
            raise Uncertain(f"linkedin: post: HTTP {reply.status} without the post's id", status=reply.status)
        return _linkedin_posts.receipt(str(urn))

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:  # noqa: ARG002 - LinkedIn shows no key
        """Search the author's own posts back to `since` for the link, or else the text.

        Raises Unsupported where the app may not read them, as most may not those of persons.
        """
        if "comment" in draft:
            return _linkedin_comments.find(self._account, draft, since)
        fresh = (post for post in own(self._account, since) if _linkedin_posts.published(post) >= since)
        return _own_posts.found(fresh, draft, _linkedin_posts.ours, _linkedin_posts.listed_at)

    def recent(self, since: datetime) -> list[ListedPost]:
        """The author's own posts since then, where the app may read them (r_organization_social)."""
        found = [_linkedin_posts.listed(post) for post in own(self._account, since)]
        return sorted((each for each in found if each.at >= since), key=lambda each: each.at, reverse=True)

    def delete(self, receipt: Receipt) -> None:
        """Delete the post; if it is gone already, that is not an error."""
        if _linkedin_comments.is_comment(receipt.id):
            _linkedin_comments.delete(self._account, receipt)
            return
        reply = self._change("DELETE", receipt, "DELETE")
        if reply.status != 404 or by_hand(receipt):
            _linkedin_posts.changed_well(reply, "removing a post")

    def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Change the text; pictures and link card stay (Posts API: only `commentary` can be changed)."""
        if _linkedin_comments.is_comment(receipt.id):
            raise Unsupported("linkedin: a comment is not edited")
        patch = {"patch": {"$set": {"commentary": _linkedin_text.commentary(post.text)}}}
        reply = self._change("POST", receipt, "PARTIAL_UPDATE", json=patch)
        _linkedin_posts.changed_well(reply, "editing a post")
        return receipt

    def _change(self, method: str, receipt: Receipt, verb: str, **request: Any) -> Reply:
        path = f"/rest/posts/{quote(_linkedin_posts.urn_of(receipt), safe='')}"
        return self._account.send(method, path, more={"X-RestLi-Method": verb}, sample={}, **request)


platform = LinkedIn
