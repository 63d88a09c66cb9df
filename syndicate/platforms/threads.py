"""Threads: posts of one profile, through its Graph API v1.0.

Facts: Meta's own collection of requests (fbsamples/threads_api @ 44df04d, 2026-01-02) for addresses and parameters;
Meta's pages Overview, Threads Posts (2026-04-14), Create Replies (2025-12-22), Troubleshooting, as stored 2026-08.
What error answers mean is in `_threads_answers`, how containers are waited for in `_containers`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Literal

from syndicate.model import Certainty, Controls, Draft, Identity, Json, Limits, ListedPost, Look, Post, Receipt
from syndicate.platforms import _answering, _meta_login, _people, _threads_answers, _threads_login, _threads_posts
from syndicate.platforms._containers import Maker, drafted, found, published
from syndicate.platforms._graph_answers import error, is_gone
from syndicate.platforms._threads_login import Options
from syndicate.platforms._threads_wire import ThreadsWire
from syndicate.ports import Credentials, Http


class Threads:
    """One profile. There is no idempotency key: `find` searches its own posts, and asks for the container's state."""

    name: ClassVar[str] = "threads"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "lookup"
    lists_answers: ClassVar[Literal[False]] = False
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 60.0
    fetches_pictures: ClassVar[Literal[True]] = True
    limits = Limits(text=500, images=20, image_bytes=8_000_000, alt=1000, card="field")
    controls: ClassVar[Controls] = Controls(sensitive=True, replies=("followers", "mentioned"))
    look: ClassVar[Look] = Look(
        "Threads",
        "@",
        colour="#17181a",
        tint=("#0064d1", "#6bb0ff"),
        paper=("#ffffff", "#101010"),
        corners=(0, 12),
        traits=("open", "inline"),
        shown=36,
        actions=("Like", "Reply", "Repost", "Share"),
    )
    answers = staticmethod(_answering.by_posts)
    mention = staticmethod(_people.of_meta)

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._options = options
        self._http = http
        self._credentials = credentials
        self._calls = _threads_login.calls(options, http, credentials)
        wire = ThreadsWire(self._calls, options.topic)
        self._maker = Maker(self.name, wire.item, wire.whole, wire.state, _threads_answers.fate)

    whose = staticmethod(_meta_login.whose)
    proof = staticmethod(_meta_login.proof)
    sign_in = staticmethod(_threads_login.sign_in)

    def refresh(self, current: Json) -> Json:
        """The token for another 60 days."""
        return _threads_login.renewed(self._options, self._http, current)

    def measure(self, text: str) -> int:
        """Bytes of UTF-8: 498 characters with three curly apostrophes were refused (gitroomhq/postiz-app#1946)."""
        return len(text.encode("utf-8", "surrogatepass"))

    def verify(self) -> Identity:
        """Whose token this is, until when, and whether it may publish."""
        return _threads_login.identity(self._options, self._http, self._credentials)

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:  # noqa: ARG002 - no container is seen
        """Make the container, and wait until the network has processed it. Refused where the day's quota is spent."""
        if prepared is None:
            self._calls.within_quota("me/threads_publishing_limit", "reply_" if post.reply_to else "")
        edge = "replies" if post.reply_to else "threads"
        return drafted(self._maker, post, prepared) | {"edge": edge, "text": post.text, "address": post.link}

    def commit(self, draft: Draft, key: str) -> Receipt:  # noqa: ARG002 - Threads takes no key
        """Publish the container. Raises NotReady where it is not there (code 24): `prepare` makes another."""
        return published(self._maker, self._calls, "me/threads_publish", draft)

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:  # noqa: ARG002 - Threads shows no key
        """Search our own posts, newest first, back to `since`, for the link or else the text.

        Raises Uncertain where none is ours although the container says that it is published.
        """
        posts = self._posts(draft["edge"], since)
        return found(self._maker, posts, draft, _threads_posts.ours, _threads_posts.receipt)

    def recent(self, since: datetime) -> list[ListedPost]:
        """Our own posts since then; replies are listed apart, and are no articles."""
        return [_threads_posts.listed(post) for post in self._posts("threads", since)]

    def delete(self, receipt: Receipt) -> None:
        """Delete the post (threads_delete, 100 a day); if it is gone already, that is not an error."""
        number = _threads_posts.number(receipt, self._pages("threads"))
        reply = self._calls.send("DELETE", number, sample={"success": True})
        said = error(reply)
        if not _threads_answers.is_lost(said) and not is_gone(said):
            self._calls.refuse(reply, "removing a post")

    def _posts(self, edge: str, since: datetime) -> Iterator[Json]:
        return _threads_posts.since(self._pages(edge), since)

    def _pages(self, edge: str) -> Iterator[list[Json]]:
        return self._calls.pages(f"me/{edge}", _threads_posts.FIELDS)


platform = Threads
