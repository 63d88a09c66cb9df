"""Makes the post of an article for one account: text, link and picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import quote

from syndicate.errors import RenderError, TooLong
from syndicate.model import Account, Article, Image, Limits, LinkCard, Media, Post, Rendered, Site
from syndicate.ports import Platform
from syndicate.rendering.environment import Templates
from syndicate.rendering.fit import Fitted, Link, Measure, fit
from syndicate.rendering.photo import Pictures
from syndicate.rendering.view import ArticleView, view
from syndicate.serialization import article_record
from syndicate.text import cut, plain, utm

if TYPE_CHECKING:
    from syndicate.rendering.cards.order import Drawn, Order

Place: TypeAlias = Literal["text", "card", "field", "none"]
"""Where the link goes: into the text, into a card we send, beside the text, or nowhere."""

Draw: TypeAlias = "Callable[[Order, bytes | None], Drawn]"
"""Draws a card over a photo's bytes. Raises RenderError if there is neither card nor photo."""

_CARD_TEXT = 300
"""Graphemes of a link card's title and of its description: no network shows more."""

_CARD_EDGE = 1200
"""Pixels of a link card's thumb along its longer side: the 1200 x 630 the networks draw."""

_LINK_CARD = "default"
"""The name of the size that thumbs of link cards have in a theme."""


class Renderer:
    """Makes posts with one publisher's templates. Shared by threads."""

    def __init__(self, templates: Templates, pictures: Pictures, draw: Draw, site: Site) -> None:
        self.templates = templates
        self.pictures = pictures
        self.draw = draw
        self.site = site

    def render(
        self,
        article: Article,
        account: Account,
        platform: Platform,
        limits: Limits,
        *,
        at: datetime,
        planned_at: datetime,
    ) -> Rendered:
        """The post of `article` for `account`, within `limits`, which may be wider than the platform's own.

        The same input gives the same post, picture bytes included. A picture that is unavailable is left
        out with a warning. Raises RenderError (a template) and TooLong.
        """
        parts = _Parts(self, article, account, platform.name, limits)
        media = parts.media()
        place = _place(account, limits, has_media=bool(media))
        link = parts.link() if account.link != "none" else None
        text = parts.text(Link(link) if link and place == "text" else Link(""), platform.measure)
        if link and place == "text" and not any(span.kind == "link" and span.value == link for span in text.spans):
            if not text.text:
                raise RenderError(f"{parts.shown('post.txt.j2')}: prints nothing")
            parts.warnings.append(f"{parts.shown('post.txt.j2')} does not print the link, so the post has none")
            link = None
        card = parts.card(link) if link and place == "card" else None
        if not (text.text or media or card or link):
            raise RenderError(f"{parts.shown('post.txt.j2')}: prints nothing")
        post = Post(
            text=text.text,
            link=link,
            spans=text.spans,
            media=media,
            card=card,
            language=article.language or account.language or self.site.language,
            at=at,
            planned_at=planned_at,
            article=article_record(article),
        )
        warnings = tuple(dict.fromkeys(parts.warnings))
        return Rendered(post, platform.measure(text.text), limits.text, warnings)


def _place(account: Account, limits: Limits, *, has_media: bool) -> Place:
    """Where the link goes: the account's setting, else a link card unless a picture takes its place."""
    if account.link == "none":
        return "none"
    automatic = "text" if has_media and not limits.card_with_media else "card"
    if (account.link or automatic) == "text":
        return "text"
    return {"client": "card", "field": "field", "text": "text", "none": "text"}[limits.card]  # type: ignore[return-value]


class _Parts:
    """Makes the parts of one post: of an article, for an account on a platform."""

    def __init__(self, renderer: Renderer, article: Article, account: Account, name: str, limits: Limits) -> None:
        self._article = article
        self._site = renderer.site
        self._draw = renderer.draw
        self._account = account
        self._name = name
        self._limits = limits
        self._templates = renderer.templates
        self._pictures = renderer.pictures
        self._url = article.url
        self._view: ArticleView = view(article, account.hashtags, renderer.site.name)
        self._variables: dict[str, Any] = {
            "article": self._view,
            "site": renderer.site,
            "account": account,
            "limits": limits,
        }
        self.warnings: list[str] = []

    def shown(self, file: str) -> str:
        return self._templates.shown(self._templates.find(self._name, file))

    def link(self) -> str:
        """The article's address with the account's campaign parameters; it contains no white space."""
        address = re.sub(r"\s", lambda found: quote(found.group()), plain(self._url))
        campaign = {"source": self._name} | dict(self._account.utm) if self._account.utm else {}
        return utm(address, campaign)

    def text(self, link: Link, measure: Measure) -> Fitted:
        marked = self._templates.render(self._name, "post.txt.j2", self._variables | {"link": link})
        try:
            return fit(marked, self._limits, measure)
        except TooLong as fault:
            raise TooLong(f"{self.shown('post.txt.j2')}: {fault}", hint=fault.hint) from fault
        except RenderError as fault:
            raise RenderError(f"{self.shown('post.txt.j2')}: {fault}", hint=fault.hint) from fault

    def media(self) -> tuple[Media, ...]:
        """The article's picture or card, unless the account wants none or a link card takes its place."""
        limits = self._limits
        crowded = self._account.link == "card" and limits.card != "none" and not limits.card_with_media
        if crowded or not limits.images:
            return ()
        picture = self._picture(limits.image_bytes, self._name)
        return (picture,) if picture else ()

    def card(self, link: str) -> LinkCard:
        thumb = self._picture(self._limits.thumb_bytes, _LINK_CARD, _CARD_EDGE)
        title, description = cut(self._view.title, _CARD_TEXT), cut(plain(self._view.summary), _CARD_TEXT)
        return LinkCard(link, title, description, thumb)

    def _picture(self, max_bytes: int, size: str, edge: int | None = None) -> Media | None:
        """The card in a size of its theme, or the photo within `edge` pixels; none without the alt text it needs."""
        image = self._view.image
        if self._account.image == "none" or (image is None and self._account.image == "photo"):
            return None
        alt = self._alt(image or Image(""))
        if not alt and self._account.alt_text == "required":
            self.warnings.append(f"the picture is left out: {self.shown('alt.txt.j2')} prints no description of it")
            return None
        if self._account.image == "card":
            return self._card(alt, image, max_bytes, size)
        assert image is not None
        return self._photo(alt, image, max_bytes, edge)

    def _photo(self, alt: str, image: Image, max_bytes: int, edge: int | None) -> Media | None:
        try:
            return self._pictures.fetch(image, self._limits, alt, max_bytes=max_bytes, edge=edge)
        except RenderError as fault:
            self.warnings.append(f"the photo is left out: {fault}")
            return None

    def _card(self, alt: str, image: Image | None, max_bytes: int, size: str) -> Media | None:
        """The card, without the photo if that is unavailable; None with a warning if there is no card."""
        from syndicate.rendering.cards.order import Order

        photo: bytes | None = None
        try:
            photo = self._pictures.original(image.url) if image else None
        except RenderError as fault:
            self.warnings.append(f"the photo is left out of the card: {fault}")
        limits, account = self._limits, self._account
        language = account.language or self._site.language
        types = limits.image_types
        order = Order(self._article, self._site, language, size, account.theme, "", max_bytes, types)
        try:
            drawn = self._draw(order, photo)
        except RenderError as fault:
            self.warnings.append(f"the picture is left out: {fault}")
            return None
        self.warnings.extend(drawn.warnings)
        return replace(drawn.media, alt=alt)

    def _alt(self, image: Image) -> str:
        """The alt text within the network's limit; if it has to be cut, the credit stays."""
        marked = self._templates.render(self._name, "alt.txt.j2", self._variables | {"image": image, "link": ""})
        limit = self._limits.alt
        try:
            return plain(fit(marked, Limits(text=limit), len).text)
        except TooLong:
            whole = plain(fit(marked, Limits(text=len(marked)), len).text)
            return next((short for size in range(limit, 0, -1) if len(short := cut(whole, size)) <= limit), "")
