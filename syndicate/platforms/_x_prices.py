"""What X charges, in millionths of a dollar: xdevplatform/docs @ 2871328, pricing (2026-08-22). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syndicate.platforms._x_counting import links_by_itself

if TYPE_CHECKING:
    from syndicate.model import Post

WHO, LISTED = 10_000, 5_000
"""To read whose account it is, and each post that is listed. Posts of the app's own owner cost $0.001; in doubt we take
the higher price."""
_POST, _LINKED, _ALT = 15_000, 200_000, 5_000


def of_a_post(post: Post) -> int:
    """$0.015 a post, $0.200 with an address in it (since 2026-04-20), $0.005 an alt text, paid in advance.

    A name such as Booking.com in a headline becomes a link on X and is charged as one; in doubt we take that price.
    """
    ours = any(span.kind == "link" for span in post.spans) or bool(post.link and post.link in post.text)
    linked = ours or links_by_itself(post.text)
    return (_LINKED if linked else _POST) + _ALT * sum(bool(media.alt) for media in post.media)


def of_a_listing(posts: int) -> int:
    """$0.010 to read whose account it is, and $0.005 for each post that is listed."""
    return WHO + LISTED * posts
