"""How posts are made now, and how they were made before: what a person approved then goes out as it was approved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from syndicate.model import Account, Article, Limits
from syndicate.model.dataclass import dataclass
from syndicate.rendering.fit import Hashtags, Tag
from syndicate.rendering.view import TITLE, ArticleView, view
from syndicate.text import bounded, hashtags, plain

POST = "post.txt.j2"
"""The template of a post; there are others for notes, and for what repeats a story."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How posts are made.

    `view` is what templates see of an article with so many hashtags, and with these words if it has none. `crowded`
    says whether a link card takes the picture's place. `rich`: addresses are short and words are links where the
    network's own app has them so, and a text does not say what its link card says. `file` is the template.
    """

    view: Callable[[Article, int, str], ArticleView]
    crowded: Callable[[Account, Limits], bool]
    rich: bool
    file: str = POST


def _one_box(account: Account, limits: Limits) -> bool:
    """Whether this network shows either a picture or a link card, and the account wants the card."""
    return account.link == "card" and limits.card != "none" and not limits.card_with_media


def _card_first(account: Account, limits: Limits) -> bool:
    """As `_one_box`; a card that we make ourselves is preferred unless the account asks for photos."""
    preferred = account.link is None and limits.card == "client" and account.image not in ("photo", "photos")
    return _one_box(account, limits) or (preferred and not limits.card_with_media)


def _view_before(article: Article, tags: int, _otherwise: str) -> ArticleView:
    found = hashtags(article.section, article.categories)[: max(tags, 0)]
    return replace(
        view(article, 0, words=str),
        title=plain(bounded(article.title, TITLE)),
        summary=plain(article.summary),
        section=plain(article.section or ""),
        hashtags=Hashtags(Tag(f"#{tag}") for tag in found),
    )


NOW = Manner(view, _card_first, rich=True)
AGAIN = Manner(view, _card_first, rich=True, file="again.txt.j2")
BEFORE = Manner(_view_before, _one_box, rich=False)
