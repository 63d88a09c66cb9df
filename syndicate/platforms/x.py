"""X, formerly Twitter: API v2 with the four keys of OAuth 1.0a.

Facts: X OpenAPI 2.167 (xdevplatform/xdk @ 84c26540); xdevplatform/docs @ 2871328 (2026-08-22). What its error
answers mean is in `_x_answers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, ClassVar
from unicodedata import normalize
from urllib.parse import urlsplit

from syndicate.errors import Rejected, Unsupported
from syndicate.model import Certainty, Draft, Identity, Json, Limits, ListedPost, Look, Media, Post, Receipt, Secret
from syndicate.platforms import _x_answers
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
from syndicate.ports import Credentials, Http, OAuth1, Reply
from syndicate.serialization import instant

_PAGES = 10
_LONG = 4000
_BARE_SIGN = re.compile("[©®](?!\N{VARIATION SELECTOR-16})")
_OWN_LINKS = re.compile(r"(?:\s*https://t\.co/\w+)+$")
_HOSTS = ("x.com", "www.x.com", "mobile.x.com", "twitter.com", "www.twitter.com", "mobile.twitter.com")
_NARROW = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_FIELDS = ("tweet.fields", "post.fields")
"""The parameter that asks for a post's fields: the first in X's documentation, the second in its OpenAPI 2.167.
https://docs.x.com/x-api/fundamentals/fields
"""


@dataclass(frozen=True, slots=True)
class Options:
    """The four secrets of one app and one account; they stay valid until somebody revokes them."""

    not_built: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("client_id", "client_secret", "refresh_token"),
        "OAuth 2 is not built yet; use api_key, api_secret, access_token and access_secret (OAuth 1.0a)",
    )

    api_key: Annotated[Secret, "The app's key."]
    api_secret: Annotated[Secret, "The app's secret."]
    access_token: Annotated[Secret, "The account's access token (OAuth 1.0a)."]
    access_secret: Annotated[Secret, "The access token's secret (OAuth 1.0a)."]
    api_url: str | None = None

    @property
    def user(self) -> str:
        """The account's number, with which the access token begins, also after it was renewed."""
        number, dash, _ = self.access_token.partition("-")
        return number if dash and number.isdecimal() else f"{self.api_key}\n{self.access_token}"


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

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:  # noqa: ARG002 - the keys never change
        self._http = http
        self._base = (options.api_url or "https://api.x.com").rstrip("/")
        self._auth = OAuth1(options.api_key, options.api_secret, options.access_token, options.access_secret)

    @staticmethod
    def whose(options: Options) -> tuple[str, ...]:
        """The account's number, as its identity; the access token begins with it."""
        return (options.user,)

    def measure(self, text: str) -> int:
        """Weighted length as twitter-text version 3 counts: an address that X links is 23, CJK and emoji are 2."""
        return weighted_length(text)

    def verify(self) -> Identity:
        """The account that the access token belongs to."""
        reply = self._call("GET", "/2/users/me", "whose token this is")
        name = field(reply, "data", "username")
        return Identity(id=field(reply, "data", "id"), name=f"@{name}", url=f"https://x.com/{name}")

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - an upload is not seen
        """Upload the pictures and their alt texts. The draft expires when X would remove them.

        Raises PictureRefused too.
        """
        uploads = [self._uploaded(media) for media in post.media]
        body: Json = {"text": post.text}
        if uploads:
            body["media"] = {"media_ids": [field(upload, "data", "id") for upload in uploads]}
        draft: Draft = {"post": body, "link": post.link if post.link and post.link in post.text else None}
        lives = [life for upload in uploads if (life := _life(upload)) is not None]
        return draft | ({"expires_at": instant(post.at + min(lives))} if lives else {})

    def commit(self, draft: Draft, key: str) -> Receipt:  # noqa: ARG002 - X takes no key
        """Create the post. If X refuses it as a duplicate, that may be our own earlier attempt: `find` decides."""
        sample = {"data": {"id": "<post id>", "text": draft["post"]["text"]}}
        reply = self._call("POST", "/2/tweets", "post", commit=True, json=draft["post"], sample=sample)
        return _receipt(field(reply, "data", "id"))

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:  # noqa: ARG002 - X shows no key
        """Search our own posts since then for the link (X gives the address behind its t.co link) or the text."""
        for post in self._posts(since, links=draft["link"] is not None):
            if str(post["id"]) not in draft.get("others", ()) and _ours(draft, post):
                return _receipt(post["id"])
        return None

    def recent(self, since: datetime) -> list[ListedPost]:
        """Our own posts since then, each with where its t.co links lead. Each of them is charged."""
        return [_listed(post) for post in self._posts(since, links=True)]

    def price_of_listing(self, posts: int) -> int:
        """Millionths of a dollar: $0.010 to read whose account it is, and $0.005 for each post that is listed.

        xdevplatform/docs @ 2871328, pricing (2026-08-22). Posts of the app's own owner cost $0.001; in doubt we take
        the higher price.
        """
        return 10_000 + 5_000 * posts

    def _posts(self, since: datetime, *, links: bool) -> Iterator[Json]:
        """Our own posts since then, newest first. Raises Unsupported after too many pages."""
        user = field(self._call("GET", "/2/users/me", "whose token this is"), "data", "id")
        page = {
            "max_results": "100",
            "start_time": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for _ in range(_PAGES):
            listing = self._page(user, page, links=links)
            yield from items(listing.get("data"), "id")
            following = (listing.get("meta") or {}).get("next_token")
            if not following:
                return
            page["pagination_token"] = following
        raise Unsupported("x: too many posts since then to search them all")

    def _page(self, user: str, page: dict[str, str], *, links: bool) -> Json:
        """A page of our own posts, each with where its links lead. Raises Unsupported if X does not tell that.

        A parameter that X does not know is refused or passed over, so the other one is tried then: without these
        fields a post that is there would look absent, and would be sent again.
        """
        for name in _FIELDS:
            last = name == _FIELDS[-1]
            asked = page | {name: "created_at,entities"}
            reply = self._http.call("GET", f"{self._base}/2/users/{user}/tweets", auth=self._auth, params=asked)
            if reply.status == 400 and not last and ".fields" in reply.body.decode(errors="replace"):
                continue
            _raise(reply, "own posts")
            listing = whole(reply)
            if not links or not any(_hides_its_link(post) for post in items(listing.get("data"), "id")):
                return listing
        raise Unsupported("x: its listing does not say where the links of a post lead")

    def delete(self, receipt: Receipt) -> None:
        """Delete the post; if it is gone already, that is not an error."""
        sample, number = {"data": {"deleted": True}}, _number(receipt)
        reply = self._http.call("DELETE", f"{self._base}/2/tweets/{number}", auth=self._auth, sample=sample)
        if reply.status != 404 or by_hand(receipt):
            _raise(reply, "removing a post")
        if by_hand(receipt) and not (problem(reply).get("data") or {}).get("deleted"):
            raise Rejected(f"x: {receipt.id} is not a post of this account", status=reply.status)

    def price(self, post: Post) -> int:
        """Millionths of a dollar: $0.015 a post, $0.200 with an address in it, $0.005 an alt text, paid in advance.

        xdevplatform/docs @ 2871328, pricing (2026-08-22); the price of posts with an address since 2026-04-20.
        A name such as Booking.com in a headline becomes a link on X and is charged as one; in doubt we take that price.
        """
        ours = any(span.kind == "link" for span in post.spans) or bool(post.link and post.link in post.text)
        linked = ours or _links_by_itself(post.text)
        return (200_000 if linked else 15_000) + 5_000 * sum(bool(media.alt) for media in post.media)

    def _uploaded(self, media: Media) -> Reply:
        with of_a_picture():
            upload = self._call(
                "POST",
                "/2/media/upload",
                "picture",
                data={"media_category": "tweet_image"},
                files={"media": (media.file, media.data, media.mime)},
                sample={"data": {"id": "<media id>"}},
            )
        if media.alt:
            alt = {"id": field(upload, "data", "id"), "metadata": {"alt_text": {"text": media.alt}}}
            with of_a_picture(description=True):
                self._call("POST", "/2/media/metadata", "alt text", json=alt, sample={"data": {"id": "<media id>"}})
        return upload

    def _call(self, method: str, path: str, what: str, *, commit: bool = False, **request: Any) -> Reply:
        reply = self._http.call(method, self._base + path, auth=self._auth, **request)
        _raise(reply, what, commit=commit)
        return reply


@lru_cache(maxsize=1024)
def weighted_length(text: str) -> int:
    """twitter-text's count, by its Python port (importing it takes 0.3 s, so it is imported only here).

    The port counts a bare © or ® as 2, X's own JavaScript as 1 (measured 2026-11-23): a sign of the
    same kind takes its place. A very long text is counted without parsing, as it is far too long anyway.
    """
    plain = normalize("NFC", text.replace("\r\n", "\n"))
    if len(plain) > _LONG:
        return sum(1 if any(first <= ord(sign) <= last for first, last in _NARROW) else 2 for sign in plain)
    from twitter_text import parse_tweet

    return int(parse_tweet(_BARE_SIGN.sub("\N{BROKEN BAR}", plain)).weightedLength)


def _links_by_itself(text: str) -> bool:
    """Whether X would make a link of something in the text, by twitter-text's rules."""
    if "." not in text:
        return False
    from twitter_text import extract_urls

    return bool(extract_urls(text))


def _life(upload: Reply) -> timedelta | None:
    """How long an upload may be used: as long as X keeps it, less an hour."""
    seconds = field(upload, "data").get("expires_after_secs")
    return timedelta(seconds=max(seconds - 3600, 0)) if isinstance(seconds, int) else None


def _receipt(number: str) -> Receipt:
    return Receipt(id=str(number), permalink=f"https://x.com/i/status/{number}")


def _number(receipt: Receipt) -> str:
    """The post's id; an address has it after /status/."""
    address = by_hand(receipt)
    if address is None:
        return receipt.id
    parts = urlsplit(address)
    found = re.search(r"/status/(\d+)", parts.path)
    if found is None or parts.hostname not in _HOSTS:
        raise Rejected(f"x: {address} does not say which post it is; delete it on X itself")
    return found[1]


def _listed(post: Json) -> ListedPost:
    import html

    shown = html.unescape(str(post.get("text", "")))
    urls = items((post.get("entities") or {}).get("urls"))
    leads = [str(url[name]) for url in urls for name in ("expanded_url", "unwound_url") if url.get(name)]
    links = tuple(dict.fromkeys([*leads, *addresses_in(shown)]))
    return ListedPost(_receipt(post["id"]), dated(post, "created_at"), links, _OWN_LINKS.sub("", shown))


def _ours(draft: Draft, post: Json) -> bool:
    """Whether a listed post has our link, behind a t.co link or unchanged, or else our text apart from links."""
    import html

    shown = html.unescape(str(post.get("text", "")))
    link = draft["link"]
    if not link:
        return same_text(draft["post"]["text"], _OWN_LINKS.sub("", shown))
    urls = items((post.get("entities") or {}).get("urls"))
    leads = [url.get(name) for url in urls for name in ("expanded_url", "unwound_url")]
    return any(leads_to(link, lead) for lead in leads) or holds(shown, link)


def _hides_its_link(post: Json) -> bool:
    """Whether a listed post has a link of X's own, and nothing that says where it leads."""
    return "https://t.co/" in str(post.get("text", "")) and not (post.get("entities") or {}).get("urls")


def _raise(reply: Reply, what: str, *, commit: bool = False) -> None:
    fault = _x_answers.what(reply, what, commit=commit)
    if fault is not None:
        raise fault


platform = X
