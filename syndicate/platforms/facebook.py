"""Facebook: posts of Pages, through the Graph API v25.0.

Facts: facebook/facebook-business-sdk-codegen @ ad2b0b6 (v25.0) for parameters; Meta's pages Pages API
Posts, Handling Errors and Rate Limits as stored 2026. What its error codes mean is in `_facebook_answers`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Literal

from syndicate.errors import AuthError
from syndicate.model import Certainty, Draft, Identity, Json, Limits, ListedPost, Look, Media, Post, Receipt
from syndicate.platforms import _answering, _facebook_comments, _facebook_login, _facebook_posts, _own_posts, _tokens
from syndicate.platforms._answers import of_a_picture
from syndicate.platforms._facebook_login import Options
from syndicate.platforms._graph_answers import error, is_gone
from syndicate.platforms._replies import by_hand, field, problem, whole
from syndicate.platforms._uploads import one_by_one
from syndicate.ports import Credentials, Http


class Facebook:
    """One Page: link posts and photo posts. There is no idempotency key; `find` searches the Page's own posts."""

    name: ClassVar[str] = "facebook"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "lookup"
    lists_answers: ClassVar[Literal[False]] = False
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 60.0
    limits = Limits(text=63_206, image_bytes=4_000_000, alt=1000, card="field")
    look: ClassVar[Look] = Look(
        "Facebook",
        "f",
        colour="#1460cc",
        tint=("#0a58c4", "#7fb1ff"),
        paper=("#ffffff", "#242526"),
        corners=(8, 0),
        traits=("wide",),
        fold=477,
        actions=("Like", "Comment", "Share"),
    )

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._options = options
        self._credentials = credentials
        self._calls = _facebook_login.calls(options, http, credentials)

    answers = staticmethod(_answering.by_comments)
    whose = staticmethod(_facebook_login.whose)
    signed_out = staticmethod(_facebook_login.signed_out)
    sign_in = staticmethod(_facebook_login.sign_in)

    def measure(self, text: str) -> int:
        """Code points. Meta does not say what it counts, but hardly any post comes near the limit."""
        return len(text)

    def verify(self) -> Identity:
        """Read the Page's name with the token."""
        reply = self._calls.call("GET", self._page, "page", params={"fields": "id,name,link"})
        return Identity(id=field(reply, "id"), name=field(reply, "name"), url=problem(reply).get("link"))

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - Meta takes no key
        """Upload the pictures unpublished. Without pictures, the link is a field: Facebook makes a link card of it."""
        photos = one_by_one(post, post.media, prepared, self._upload)
        beside = post.link if post.link and not photos and post.link not in post.text else None
        shown = post.link if beside or (post.link and post.link in post.text) else None
        answers = {} if post.reply_to is None else {"parent": self._number(post.reply_to)}
        return {"message": post.text, "link": beside, "photos": photos, "address": shown} | answers

    def commit(self, draft: Draft, key: str) -> Receipt:  # noqa: ARG002 - Meta takes no key
        """Publish on the Page's feed, and ask for the permalink in the same request."""
        if "parent" in draft:
            return _facebook_comments.commit(self._calls, draft)
        form = {"message": draft["message"], "link": draft["link"]}
        if draft["photos"]:
            form["attached_media"] = json.dumps([{"media_fbid": photo} for photo in draft["photos"]])
        reply = self._calls.call(
            "POST",
            f"{self._page}/feed",
            "post",
            commit=True,
            params={"fields": "id,permalink_url"},
            data={name: value for name, value in form.items() if value},
            sample={"id": f"{self._page}_<post id>", "permalink_url": "<permalink>"},
        )
        return _facebook_posts.receipt({"id": field(reply, "id")} | whole(reply))

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:  # noqa: ARG002 - Meta shows no key
        """Search the Page's posts, newest first, back to `since`, for the link or else the text."""
        if "parent" in draft:
            return _facebook_comments.find(self._calls, draft, since)
        posts = _own_posts.since(self._pages(), "created_time", since)
        return _own_posts.found(posts, draft, _facebook_posts.ours, _facebook_posts.receipt)

    def recent(self, since: datetime) -> list[ListedPost]:
        """The Page's own posts since then; a page that reaches back so far is the last one."""
        return _own_posts.recent(([_facebook_posts.listed(each) for each in page] for page in self._pages()), since)

    def delete(self, receipt: Receipt) -> None:
        """Delete the post; if it is gone already (code 100, subcode 33), that is not an error."""
        reply = self._calls.send("DELETE", self._number(receipt), sample={"success": True})
        if not is_gone(error(reply)) or by_hand(receipt):
            self._calls.refuse(reply, "removing a post")

    def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Change the message; link card and pictures stay as they are (POST /{post-id}, Graph API v25.0)."""
        number, form = self._number(receipt), {"message": post.text}
        self._calls.call("POST", number, "editing a post", data=form, sample={"success": True})
        return receipt

    def _number(self, receipt: Receipt) -> str:
        return _facebook_posts.number(receipt, self._page, _facebook_login.base(self._options))

    def _pages(self) -> Iterator[list[Json]]:
        return self._calls.pages(f"{self._page}/published_posts", _facebook_posts.FIELDS, each=25)

    def _upload(self, media: Media) -> str:
        form = {"published": "false", "alt_text_custom": media.alt}
        with of_a_picture():
            reply = self._calls.call(
                "POST",
                f"{self._page}/photos",
                "picture",
                data={name: value for name, value in form.items() if value},
                files={"source": (media.file, media.data, media.mime)},
                sample={"id": "<photo id>"},
            )
        return str(field(reply, "id"))

    @property
    def _page(self) -> str:
        """The Page's number: the config's, else the one that was chosen."""
        if number := self._options.page_id or self._credentials.current().get("page_id"):
            return str(number)
        raise AuthError("facebook: no Page is chosen yet", hint=_tokens.SIGN_IN)


platform = Facebook
