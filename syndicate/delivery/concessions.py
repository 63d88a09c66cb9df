"""Decides what a post gives up when its network refuses a part of it, and renders it without that part.

Nothing that was refused is visible, so the post goes again under its own key, as any other attempt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from syndicate.delivery.lane import Lane, Render
from syndicate.delivery.retry_policy import unreached
from syndicate.errors import PictureRefused, PlatformError, TextRefused, Unavailable, Uncertain
from syndicate.model import NOTHING, Account, Article, Concession, Json, Limits, Media, Post, Rendered, StoryWarning

SMALL_BYTES = 900_000  # below 1 MB, beyond which many a proxy before a server takes nothing
SMALL_PIXELS = 2_000_000
_JPEG = "image/jpeg"
_RANKS = (None, "undescribed", "smaller", "none")
"""Each refusal of a picture leads to a later one, so that they end."""


def conceded(
    fault: PlatformError,
    before: Concession,
    record: Json,
    post: Post | None,
    account: Account,
    measure: Callable[[str], int],
    *,
    last: bool = False,
) -> Concession | None:
    """What the post gives up after `fault`, with what it gave up `before`; None where nothing would help. Pure.

    `record` is the refused post as the ledger stores it; `post` is the same with its pictures' bytes, where it was
    just rendered. `last`: this was the last try of the uploads, so without another picture the delivery fails.
    """
    if last and isinstance(fault, Unavailable | Uncertain) and not unreached(fault):
        about = fault.picture
        fault = PictureRefused(str(fault), smaller=False)  # a server that breaks each time over the same picture
        fault.picture = about
    match fault:
        case PictureRefused() if _has_picture(record) and before.picture != "none":
            return _picture(fault, before, record, post, account)
        case TextRefused() if not before.shorter:
            # Links keep their length, so a text that is so much shorter fits when they are counted in full.
            excess = len(record["text"]) - measure(record["text"])
            return replace(before, shorter=excess, why=(*before.why, str(fault))) if excess > 0 else None
    return None


def render_conceded(
    given: Concession,
    article: Article,
    lane: Lane,
    limits: Limits,
    render: Render,
    *,
    at: datetime,
    planned_at: datetime,
) -> Rendered:
    """Render an article without what its post gives up, with a warning that says what and why.

    Raises RenderError, TooLong.
    """
    account, limits = _narrowed(given, lane.account, limits)
    made = render(article, account, lane.platform, limits, at=at, planned_at=planned_at)
    if given == NOTHING:
        return made
    post = _undescribed(made.post) if given.picture == "undescribed" else made.post
    post = replace(post, media=tuple(media for media in post.media if media.file not in given.without))
    return replace(made, post=post, warnings=(*made.warnings, StoryWarning(told(given))))


def told(given: Concession) -> str:
    """One line about what a post gives up, with the network's own words."""
    pictures = {
        None: "",
        "undescribed": "the picture goes without its description",
        "smaller": "the picture is made smaller",
        "none": "the picture is left out",
    }
    some = f"pictures left out: {len(given.without)}" if given.without and given.picture != "none" else ""
    parts = [pictures[given.picture], some, "the text is made shorter" if given.shorter else ""]
    return f"{', '.join(filter(None, parts))}, since the network refused it: {'; '.join(dict.fromkeys(given.why))}"


def _picture(
    fault: PictureRefused, before: Concession, record: Json, post: Post | None, account: Account
) -> Concession | None:
    why = (*before.why, str(fault))
    if fault.description and account.alt_text == "optional" and before.picture is None:
        return replace(before, picture="undescribed", why=why)
    if fault.smaller and not fault.description and _RANKS.index(before.picture) < _RANKS.index("smaller"):
        return replace(before, picture="smaller", most_bytes=_most_bytes(post), why=why)
    if fault.picture is not None and len(record["media"]) > 1:  # the record has no more those of `before.without`
        return replace(before, without=(*before.without, fault.picture), why=why)
    if record["text"] or record["link"]:
        return replace(before, picture="none", why=why)
    return None


def _narrowed(given: Concession, account: Account, limits: Limits) -> tuple[Account, Limits]:
    if given.picture == "none":
        account = replace(account, image="none")
    if given.picture == "smaller":
        limits = replace(
            limits,
            image_bytes=min(limits.image_bytes, given.most_bytes),
            thumb_bytes=min(limits.thumb_bytes, given.most_bytes),
            image_pixels=min(limits.image_pixels or SMALL_PIXELS, SMALL_PIXELS),
            image_types=(_JPEG,) if _JPEG in limits.image_types else limits.image_types,
        )
    return account, limits.shorter(given.shorter) if given.shorter else limits


def _most_bytes(post: Post | None) -> int:
    """Half of what was refused, and no more than SMALL_BYTES."""
    sizes = [len(media.data) for media in _pictures(post)] if post else []
    return min(SMALL_BYTES, max(sizes, default=SMALL_BYTES) // 2)


def _pictures(post: Post) -> list[Media]:
    return [*post.media, *([post.card.thumb] if post.card and post.card.thumb else [])]


def _has_picture(record: Json) -> bool:
    return bool(record["media"] or (record["card"] or {}).get("thumb"))


def _undescribed(post: Post) -> Post:
    card = post.card
    if card and card.thumb:
        card = replace(card, thumb=replace(card.thumb, alt=""))
    return replace(post, media=tuple(replace(media, alt="") for media in post.media), card=card)
