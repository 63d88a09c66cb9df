"""Facebook: posts of Pages, through the Graph API v25.0.

Facts: facebook/facebook-business-sdk-codegen @ ad2b0b6 (v25.0) for parameters; Meta's pages Pages API
Posts, Handling Errors and Rate Limits as stored 2026. What its error codes mean is in `_facebook_answers`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from syndicate.errors import Rejected, Unsupported
from syndicate.model import Certainty, Draft, Identity, Json, Limits, ListedPost, Look, Media, Post, Receipt, Secret
from syndicate.platforms import _facebook_answers
from syndicate.platforms._answers import of_a_picture
from syndicate.platforms._replies import (
    addresses_in,
    by_hand,
    dated,
    field,
    holds,
    items,
    leads_to,
    problem,
    same_text,
    whole,
)
from syndicate.ports import Credentials, Http, Reply

VERSION = "v25.0"

_HOSTS = ("facebook.com", "www.facebook.com", "m.facebook.com", "web.facebook.com")
_PAGES = 10


@dataclass(frozen=True, slots=True)
class Options:
    """The Page's number and a Page token with pages_manage_posts and pages_read_engagement."""

    page_id: Annotated[str, "The page's number."]
    page_token: Annotated[Secret, "The page's access token."]
    api_url: str | None = None


class Facebook:
    """One Page: link posts and photo posts. There is no idempotency key; `find` searches the Page's own posts."""

    name: ClassVar[str] = "facebook"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "lookup"
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

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:  # noqa: ARG002 - the token never changes
        self._options = options
        self._http = http
        self._base = (options.api_url or "https://graph.facebook.com").rstrip("/")

    @staticmethod
    def whose(options: Options) -> tuple[str, ...]:
        """The Page's number, as the account's identity."""
        return (options.page_id,)

    def measure(self, text: str) -> int:
        """Code points. Meta does not say what it counts, but hardly any post comes near the limit."""
        return len(text)

    def verify(self) -> Identity:
        """Read the Page's name with the token."""
        reply = self._call("GET", self._options.page_id, "page", params={"fields": "id,name,link"})
        return Identity(id=field(reply, "id"), name=field(reply, "name"), url=problem(reply).get("link"))

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - an upload is not seen
        """Upload the pictures unpublished. Without pictures, the link is a field: Facebook makes a link card of it."""
        photos = [self._upload(media) for media in post.media]
        beside = post.link if post.link and not photos and post.link not in post.text else None
        shown = post.link if beside or (post.link and post.link in post.text) else None
        return {"message": post.text, "link": beside, "photos": photos, "address": shown}

    def commit(self, draft: Draft, key: str) -> Receipt:  # noqa: ARG002 - Meta takes no key
        """Publish on the Page's feed, and ask for the permalink in the same request."""
        form = {"message": draft["message"], "link": draft["link"]}
        if draft["photos"]:
            form["attached_media"] = json.dumps([{"media_fbid": photo} for photo in draft["photos"]])
        reply = self._call(
            "POST",
            f"{self._options.page_id}/feed",
            "post",
            commit=True,
            params={"fields": "id,permalink_url"},
            data={name: value for name, value in form.items() if value},
            sample={"id": f"{self._options.page_id}_<post id>", "permalink_url": "<permalink>"},
        )
        return _receipt({"id": field(reply, "id")} | whole(reply))

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:  # noqa: ARG002 - Meta shows no key
        """Search the Page's posts, newest first, back to `since`, for the link or else the text."""
        for page in self._pages():
            fresh = [post for post in page if dated(post, "created_time") >= since]
            for post in fresh:
                if str(post["id"]) not in draft.get("others", ()) and _ours(draft, post):
                    return _receipt(post)
            if len(fresh) < len(page):  # whatever the order, the whole page is looked at
                return None
        return None

    def recent(self, since: datetime) -> list[ListedPost]:
        """The Page's own posts since then; a page that reaches back so far is the last one."""
        found: list[ListedPost] = []
        for page in self._pages():
            found += [_listed(post) for post in page]
            if found and found[-1].at < since:
                break
        return [each for each in found if each.at >= since]

    def _pages(self) -> Iterator[list[Json]]:
        """The Page's own posts, newest first, page by page. Raises Unsupported after too many."""
        asked = {"limit": "25", "fields": "id,message,created_time,permalink_url,attachments{unshimmed_url}"}
        for _ in range(_PAGES):
            listing = whole(self._call("GET", f"{self._options.page_id}/published_posts", "own posts", params=asked))
            posts = items(listing.get("data"), "id")
            yield posts
            paging = listing.get("paging") or {}
            following = (paging.get("cursors") or {}).get("after")
            if not posts or not following or "next" not in paging:
                return
            asked["after"] = following
        raise Unsupported("facebook: too many posts since then to search them all")

    def delete(self, receipt: Receipt) -> None:
        """Delete the post; if it is gone already (code 100, subcode 33), that is not an error."""
        reply = self._send("DELETE", self._number(receipt), sample={"success": True})
        said = _facebook_answers.error(reply)
        if (said.get("code"), said.get("error_subcode")) != (100, 33) or by_hand(receipt):
            _raise(reply, "removing a post")

    def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Change the message; link card and pictures stay as they are (POST /{post-id}, Graph API v25.0)."""
        number, form = self._number(receipt), {"message": post.text}
        self._call("POST", number, "editing a post", data=form, sample={"success": True})
        return receipt

    def _number(self, receipt: Receipt) -> str:
        """The post's id. From an address: the Page's number and the post's; not every Facebook address has both."""
        address = by_hand(receipt)
        if address is None:
            return receipt.id
        parts = urlsplit(address)
        stories = parse_qs(parts.query).get("story_fbid", [""])
        found = re.search(r"/posts/(?:[^/]+/)?(\d+)/?$", parts.path) or re.fullmatch(r"(\d+)", stories[0])
        if found is None or parts.hostname not in {*_HOSTS, urlsplit(self._base).hostname}:
            raise Rejected(f"facebook: {address} does not say which post it is; change it on Facebook itself")
        return f"{self._options.page_id}_{found[1]}"

    def _upload(self, media: Media) -> str:
        form = {"published": "false", "alt_text_custom": media.alt}
        with of_a_picture():
            reply = self._call(
                "POST",
                f"{self._options.page_id}/photos",
                "picture",
                data={name: value for name, value in form.items() if value},
                files={"source": (media.file, media.data, media.mime)},
                sample={"id": "<photo id>"},
            )
        return str(field(reply, "id"))

    def _call(self, method: str, path: str, what: str, *, commit: bool = False, **request: Any) -> Reply:
        reply = self._send(method, path, **request)
        _raise(reply, what, commit=commit)
        return reply

    def _send(self, method: str, path: str, **request: Any) -> Reply:
        """Call the API. The token goes in a header, so that it is never part of an address."""
        bearer = {"Authorization": f"Bearer {self._options.page_token}"}
        return self._http.call(method, f"{self._base}/{VERSION}/{path}", headers=bearer, **request)


def _receipt(post: Json) -> Receipt:
    number = str(post["id"])
    return Receipt(id=number, permalink=post.get("permalink_url") or f"https://www.facebook.com/{number}")


def _listed(post: Json) -> ListedPost:
    message = str(post.get("message", ""))
    attachments = items((post.get("attachments") or {}).get("data"), "unshimmed_url")
    links = (*(str(each["unshimmed_url"]) for each in attachments), *addresses_in(message))
    return ListedPost(_receipt(post), dated(post, "created_time"), tuple(dict.fromkeys(links)), message)


def _ours(draft: Draft, post: Json) -> bool:
    message = str(post.get("message", ""))
    if not draft["address"]:
        return same_text(draft["message"], message)
    attachments = items((post.get("attachments") or {}).get("data"))
    return holds(message, draft["address"]) or any(
        leads_to(draft["address"], attachment.get("unshimmed_url")) for attachment in attachments
    )


def _raise(reply: Reply, what: str, *, commit: bool = False) -> None:
    fault = _facebook_answers.what(reply, what, commit=commit)
    if fault is not None:
        raise fault


platform = Facebook
