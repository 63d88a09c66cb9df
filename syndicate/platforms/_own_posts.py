"""An account's own posts, as its network lists them page by page: those since an instant, and the one that is ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, takewhile
from typing import TYPE_CHECKING

from syndicate.platforms._replies import dated

if TYPE_CHECKING:
    from datetime import datetime

    from syndicate.model import Draft, Json, ListedPost, Receipt


def since(pages: Iterable[list[Json]], field: str, first: datetime) -> Iterator[Json]:
    """What is listed since an instant, which each has in this field. Whatever the order, a page is looked at whole."""
    for page in pages:
        fresh = [each for each in page if dated(each, field) >= first]
        yield from fresh
        if len(fresh) < len(page):
            return


def back_to(pages: Iterable[list[Json]], field: str, first: datetime) -> Iterator[Json]:
    """The same for a network that surely lists the newest first: it ends at the first that is older."""
    return takewhile(lambda each: dated(each, field) >= first, chain.from_iterable(pages))


def found(
    posts: Iterable[Json], draft: Draft, ours: Callable[[Draft, Json], bool], receipt: Callable[[Json], Receipt]
) -> Receipt | None:
    """The receipt of the first post that is the one that was drafted; those of other deliveries are passed over."""
    for post in posts:
        seen = receipt(post)
        if seen.id not in draft.get("others", ()) and ours(draft, post):
            return seen
    return None


def recent(pages: Iterable[list[ListedPost]], first: datetime, *, full: int = 0) -> list[ListedPost]:
    """The posts since an instant, newest first. A page of fewer than `full`, or with an older one, is the last."""
    listed: list[ListedPost] = []
    for page in pages:
        listed += page
        if len(page) < full or (listed and listed[-1].at < first):
            break
    return [each for each in listed if each.at >= first]
