"""What all parts of one post are made of: the article as its account and its network are to have it."""

from __future__ import annotations

from typing import Any

from syndicate.model import Account, Article, Limits, Media, Site
from syndicate.model.override import PostOverride
from syndicate.ports import Platform
from syndicate.rendering.environment import Templates
from syndicate.rendering.photo import Pictures
from syndicate.rendering.view import ArticleView

ALT = "alt.txt.j2"


class PostJob:
    """An article for an account on a platform. `said` is what the article says itself of this account's post.

    `all_limits` are the network's, and `limits` those of a text beside the pictures that the post has so far.
    `variables` are what templates see. Each of `warnings` is told with the post.
    """

    def __init__(
        self,
        article: Article,
        account: Account,
        platform: Platform,
        site: Site,
        places: tuple[Templates, Pictures],
        limits: Limits,
        view: ArticleView,
        said: PostOverride | None,
    ) -> None:
        self.article, self.account, self.platform, self.site = article, account, platform, site
        self.templates, self._all_pictures = places
        self.limits = self.all_limits = limits
        self.view, self.said = view, said
        self.warnings: list[str] = []
        self.variables: dict[str, Any] = {
            "article": view,
            "site": site,
            "account": account,
            "limits": limits,
            "media_count": 0,
        }

    @property
    def name(self) -> str:
        """The network's."""
        return self.platform.name

    @property
    def pictures(self) -> Pictures:
        """Pictures as the article's source may have them fetched."""
        return self._all_pictures.of(self.article.pictures_from)

    def shown(self, file: str) -> str:
        """Where the words of a text come from: a template's path, or the article's own file and line."""
        if file != ALT and self.said is not None and self.said.text is not None and self.article.override:
            return self.article.override.place
        return self.templates.shown(self.templates.find(self.name, file))

    def beside(self, media: tuple[Media, ...]) -> tuple[Media, ...]:
        """The same pictures, from now on with the limits of a text that goes with them."""
        self.limits = self.variables["limits"] = self.all_limits.beside(media)
        self.variables["media_count"] = len(media)
        return media
