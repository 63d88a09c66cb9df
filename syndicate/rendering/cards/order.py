"""The worker's input and output: orders and drawn cards, sent as JSON with the pictures' bytes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs, urlsplit

from syndicate.model import Article, Media, Site
from syndicate.model.dataclass import dataclass
from syndicate.rendering.cards.theme import DEFAULT
from syndicate.rendering.view import ArticleView, view
from syndicate.serialization import compact, load_article, store_article

NO_PHOTO = "quote"
LIVE = "live"


def focus_in(url: str) -> tuple[float, float] | None:
    """The focal point that picture servers take as `fp-x` and `fp-y`, from 0 to 1.

    imgix and Sanity document both (docs.imgix.com, "Focal point X/Y value"; from memory).
    """
    query = parse_qs(urlsplit(url).query)
    try:
        point = float(query["fp-x"][0]), float(query["fp-y"][0])
    except (KeyError, ValueError):
        return None
    return point if all(0 <= part <= 1 for part in point) else None


@dataclass(frozen=True, slots=True)
class Order:
    """One card. `photo` is the SHA-256 of the photo's bytes, "" without one; `size` the name of a size in the theme.

    `folders` are those of themes; none: the worker's own. `theme` None: one that suits the article. `types` are MIME
    types the network takes.
    """

    article: Article
    site: Site
    language: str | None
    size: str
    theme: str | None
    photo: str
    max_bytes: int
    types: tuple[str, ...]
    folders: tuple[str, ...] = ()

    @property
    def focus(self) -> tuple[float, float] | None:
        """Where the photo's subject is, if the source or the photo's address says so."""
        image = self.article.image
        return (image.focus or focus_in(image.url)) if image else None

    @property
    def view(self) -> ArticleView:
        """The article as templates see it; a picture mentions nobody anyway."""
        return view(self.article, 0, words=str)

    def theme_for(self, *, has_photo: bool) -> str:
        """The theme's name: the account's, else one that suits the kind of article."""
        if self.theme is not None:
            return self.theme
        if self.article.kind == "live":
            return LIVE
        return DEFAULT if has_photo else NO_PHOTO

    def key(self) -> str:
        """A key that is the same for orders that give the same card."""
        return compact(self.record())

    def record(self) -> dict[str, Any]:
        """The order as JSON."""
        return {
            "article": store_article(self.article),
            "site": asdict(self.site),
            "language": self.language,
            "size": self.size,
            "theme": self.theme,
            "photo": self.photo,
            "max_bytes": self.max_bytes,
            "types": list(self.types),
            "folders": list(self.folders),
        }


def load_order(record: dict[str, Any]) -> Order:
    """The reverse of `Order.record`."""
    return Order(
        **record
        | {
            "article": load_article(record["article"]),
            "site": Site(**record["site"]),
            "types": tuple(record["types"]),
            "folders": tuple(record["folders"]),
        }
    )


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn picture (without alt text), and warnings about it."""

    media: Media
    warnings: tuple[str, ...] = ()
