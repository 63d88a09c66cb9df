"""Sends deleted posts again: reads the article once more, then plans each post anew."""

from __future__ import annotations

from collections.abc import Sequence

from syndicate.app.doors import is_typed
from syndicate.app.sources import read_article
from syndicate.app.wiring import App
from syndicate.delivery import decisions
from syndicate.errors import SyndicateError
from syndicate.model import Delivery, site_of
from syndicate.serialization import instant


def deleted(anchor: str, accounts: Sequence[str], app: App) -> list[Delivery]:
    """The posts of an article on these accounts that were deleted, and not sent again since."""
    found = (app.ledger.deliveries.latest(anchor, account) for account in accounts)
    return [each for each in found if each is not None and each.reason == "deleted"]


def refusal(post: Delivery) -> SyndicateError:
    """The error for a deleted post that nobody said to send again, with the command that does it."""
    sent = f", posted {instant(post.posted_at.replace(microsecond=0))}" if post.posted_at else ""
    return SyndicateError(
        f"{post.account}: the post of {post.article} was deleted{sent};"
        f" to send it again: syndicate deliveries repost {post.key[:8]}"
    )


def replan(posts: Sequence[Delivery], app: App) -> tuple[list[str], list[str]]:
    """Plan these posts of one article anew, after its source was read again. Returns their keys, and notes."""
    notes = [read_once_more(posts[0].anchor, app)] if posts else []
    return [decisions.repost(post, app.ledger).key for post in posts], [note for note in notes if note]


def read_once_more(anchor: str, app: App) -> str | None:
    """Read the article's source, so that what was corrected goes out corrected. Returns a note if that failed."""
    article = app.ledger.articles.find(anchor).article
    try:
        if article.source in app.config.sources:
            app.rounds.poll(article.source)
        elif is_typed(article.source) and article.url:
            zone, site = app.config.of(article.source).site.timezone, site_of(article.source)
            page = read_article(article.url, app.doors, app.kind.clock, zone=zone, site=site)
            app.ledger.articles.update(anchor, page, app.ledger.now())
    except SyndicateError as fault:
        return f"{article.source} could not be read again, so the article goes out as it was: {fault}"
    return None
