"""X, formerly Twitter: API v2, with the four keys of OAuth 1.0a or by OAuth 2.

Facts: X OpenAPI 2.167 (xdevplatform/xdk @ 84c26540); xdevplatform/docs @ 2871328 (2026-08-22). How it counts is in
`_x_counting`, what its error answers mean in `_x_answers`, signing in in `_x_login`.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from syndicate.errors import Rejected
from syndicate.model import Certainty, Controls, Draft, Identity, Json, Limits, ListedPost, Look, Post, Receipt
from syndicate.platforms import _answering, _own_posts, _people, _x_login, _x_prices
from syndicate.platforms._replies import by_hand, field, problem
from syndicate.platforms._x_calls import XCalls, refuse
from syndicate.platforms._x_counting import weighted_length
from syndicate.platforms._x_options import Options
from syndicate.platforms._x_pictures import uploaded
from syndicate.platforms._x_posts import listed, number, ours, own_posts, receipt, receipt_of
from syndicate.ports import Credentials, Http
from syndicate.serialization import instant


class X:
    """One X account. There is no idempotency key; after an unknown outcome `find` searches the account's posts."""

    name: ClassVar[str] = "x"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "lookup"
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 60.0
    limits = Limits(text=280, images=4, image_bytes=5_000_000, alt=1000, card="text")
    look: ClassVar[Look] = Look(
        "X",
        "X",
        colour="#17181a",
        tint=("#0c68ac", "#5db8f7"),
        paper=("#ffffff", "#000000"),
        corners=(0, 16),
        traits=("inline",),
        shown=27,
        actions=("Reply", "Repost", "Like", "Views", "Share"),
    )

    controls: ClassVar[Controls] = Controls(replies=("mentioned",))
    rotates: ClassVar[Literal[True]] = True
    answers = staticmethod(_answering.by_posts)
    mention = staticmethod(_people.of_x)

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._options = options
        self._http = http
        self._credentials = credentials
        self._calls = XCalls(options, http, credentials)

    whose = staticmethod(_x_login.whose)
    signed_out = staticmethod(_x_login.signed_out)
    sign_in = staticmethod(_x_login.sign_in)

    def refresh(self, current: Json) -> Json:
        """The next tokens of OAuth 2; each refresh token is good once. Keys of OAuth 1.0a are not renewed."""
        return _x_login.refreshed(self._options, self._http, current)

    def measure(self, text: str) -> int:
        """Weighted length as twitter-text version 3 counts: an address that X links is 23, CJK and emoji are 2."""
        return weighted_length(text)

    def verify(self) -> Identity:
        """The account that the access token belongs to."""
        reply = self._calls.call("GET", "/2/users/me", "whose token this is")
        return _x_login.identity(self._options, reply, self._credentials.current())

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - X takes no key
        """Upload the pictures and their alt texts. The draft expires when X would remove them.

        Raises PictureRefused too.
        """
        ids, life = uploaded(self._calls, post, prepared)
        body: Json = {"text": post.text} | ({"media": {"media_ids": ids}} if ids else {})
        if post.replies == "mentioned":
            body["reply_settings"] = "mentionedUsers"
        if post.reply_to is not None:
            body["reply"] = {"in_reply_to_tweet_id": number(post.reply_to)}
        draft: Draft = {"post": body, "link": post.link if post.link and post.link in post.text else None}
        return draft | ({} if life is None else {"expires_at": instant(post.at + life)})

    def commit(self, draft: Draft, key: str) -> Receipt:  # noqa: ARG002 - X takes no key
        """Create the post. If X refuses it as a duplicate, that may be our own earlier attempt: `find` decides."""
        sample = {"data": {"id": "<post id>", "text": draft["post"]["text"]}}
        reply = self._calls.call("POST", "/2/tweets", "post", commit=True, json=draft["post"], sample=sample)
        return receipt(field(reply, "data", "id"))

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:  # noqa: ARG002 - X shows no key
        """Search our own posts since then for the link (X gives the address behind its t.co link) or the text."""
        posts = own_posts(self._calls, since, links=draft["link"] is not None)
        return _own_posts.found(posts, draft, ours, receipt_of)

    def recent(self, since: datetime) -> list[ListedPost]:
        """Our own posts since then, each with where its t.co links lead. Each of them is charged."""
        return [listed(post) for post in own_posts(self._calls, since, links=True)]

    def price_of_listing(self, posts: int) -> int:
        """Each post that is listed is charged."""
        return _x_prices.of_a_listing(posts)

    def delete(self, receipt: Receipt) -> None:
        """Delete the post; if it is gone already, that is not an error."""
        reply = self._calls.send("DELETE", f"/2/tweets/{number(receipt)}", sample={"data": {"deleted": True}})
        if reply.status != 404 or by_hand(receipt):
            refuse(reply, "removing a post")
        if by_hand(receipt) and not (problem(reply).get("data") or {}).get("deleted"):
            raise Rejected(f"x: {receipt.id} is not a post of this account", status=reply.status)

    def price(self, post: Post) -> int:
        """A post with an address in it costs more, whoever linked it."""
        return _x_prices.of_a_post(post)


platform = X
