"""Instagram: posts of one professional account, through the Instagram API with Instagram login.

Of Meta's two logins this one needs no Facebook Page, and its tokens are renewed as those of Threads; only the other
one may delete posts. Facts: facebook/facebook-business-sdk-codegen @ ad2b0b6 (v25.0) for parameters; Meta's pages
Content Publishing, Business Login (2026-03-13) and Error Codes (2026-06-02), as stored 2026-08.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Literal

from syndicate.errors import Rejected
from syndicate.model import Certainty, Draft, Identity, Json, Limits, ListedPost, Look, Post, Receipt
from syndicate.platforms import (
    _instagram_comments,
    _instagram_login,
    _instagram_posts,
    _meta_login,
    _own_posts,
    _people,
)
from syndicate.platforms._containers import Maker, drafted, found, published
from syndicate.platforms._instagram_answers import fate
from syndicate.platforms._instagram_login import Options
from syndicate.platforms._instagram_wire import InstagramWire
from syndicate.ports import Credentials, Http


class Instagram:
    """One professional account. There is no idempotency key: `find` searches its own posts, and asks for the
    container's state. Addresses in a caption cannot be followed, and there is no link card.
    """

    name: ClassVar[str] = "instagram"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "lookup"
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 60.0
    fetches_pictures: ClassVar[Literal[True]] = True
    limits = Limits(
        text=2200,
        images=10,
        image_bytes=8_000_000,
        image_types=("image/jpeg",),
        alt=1000,
        card="none",
        clickable=False,
        shapes=(0.8, 1.91),
    )
    look: ClassVar[Look] = Look(
        "Instagram",
        "I",
        colour="#b3265e",
        tint=("#00376b", "#a8c8ff"),
        paper=("#ffffff", "#000000"),
        corners=(0, 0),
        traits=("open", "wide", "above"),
        fold=125,
        actions=("Like", "Comment", "Share", "Save"),
    )
    mention = staticmethod(_people.of_meta)

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._options = options
        self._http = http
        self._credentials = credentials
        self._calls = _instagram_login.calls(options, http, credentials)
        wire = InstagramWire(self._calls, self._user)
        self._maker = Maker(self.name, wire.item, wire.whole, wire.state, fate)

    whose = staticmethod(_meta_login.whose)
    proof = staticmethod(_meta_login.proof)
    sign_in = staticmethod(_instagram_login.sign_in)

    def refresh(self, current: Json) -> Json:
        """The token for another 60 days."""
        return _instagram_login.renewed(self._options, self._http, current)

    def measure(self, text: str) -> int:
        """UTF-16 code units, never fewer than characters: Meta says 2,200 characters, but not what it counts."""
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def verify(self) -> Identity:
        """Whose token this is, and until when. What it may do Instagram says only while signing in."""
        return _instagram_login.identity(self._options, self._http, self._credentials)

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - no container is seen
        """Make the container, and wait until Instagram has fetched the pictures. A reply becomes a comment.

        Refused where the day's quota is spent, and for a post without a picture.
        """
        plain = {"text": post.text, "address": post.link if post.link and post.link in post.text else None}
        if post.reply_to is not None:
            return plain | {"parent": post.reply_to.id}
        if not post.media:
            raise Rejected(
                "instagram: a post needs a picture, and this one has none",
                hint="set image: card, and media, so that pictures are put where Instagram can fetch them",
            )
        if prepared is None:
            self._calls.within_quota(f"{self._user()}/content_publishing_limit")
        return drafted(self._maker, post, prepared) | plain | {"parent": None}

    def commit(self, draft: Draft, key: str) -> Receipt:  # noqa: ARG002 - Instagram takes no key
        """Publish the container. Raises NotReady where it is not ready, or not there."""
        if draft["parent"]:
            return _instagram_comments.commit(self._calls, draft)
        return published(self._maker, self._calls, f"{self._user()}/media_publish", draft)

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:  # noqa: ARG002 - Instagram shows no key
        """Search our own posts, newest first, back to `since`, for the text, or the link that stands in it.

        Raises Uncertain where none is ours although the container says that it is published.
        """
        if draft["parent"]:
            return _instagram_comments.find(self._calls, draft, since)
        return found(self._maker, self._posts(since), draft, _instagram_posts.is_ours, _instagram_posts.receipt)

    def recent(self, since: datetime) -> list[ListedPost]:
        """Our own posts since then. Most have no link; these are known by their words."""
        return [_instagram_posts.listed(post) for post in self._posts(since)]

    def _posts(self, since: datetime) -> Iterator[Json]:
        return _own_posts.since(self._calls.pages(f"{self._user()}/media", _instagram_posts.FIELDS), "timestamp", since)

    def _user(self) -> str:
        return self._options.user_id or str(self._credentials.current().get("user_id") or "me")


platform = Instagram
