"""The pictures of a post: photos, cards and the thumbs of link cards, each with its alt text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from syndicate.errors import RenderError, TooLong
from syndicate.model import Image, Limits, LinkCard, Media, StoryWarning
from syndicate.rendering.cards.engine import EngineMissing
from syndicate.rendering.fit import fit
from syndicate.rendering.gallery import apart
from syndicate.rendering.mentions import as_written
from syndicate.rendering.post_job import ALT, PostJob
from syndicate.text import cut, plain

if TYPE_CHECKING:
    from syndicate.rendering.cards.order import Drawn, Order

Draw: TypeAlias = "Callable[[Order, bytes | None], Drawn]"
"""Draws a card over a photo's bytes. Raises RenderError if there is neither card nor photo."""

CARD_TEXT = 300
"""Graphemes of a link card's title and of its description: no network shows more."""

_CARD_EDGE = 1200
"""Pixels of a link card's thumb along its longer side: the 1200 x 630 the networks draw."""

TRIED = 3
"""Pictures of one article that are tried, until one can be had."""

_LINK_CARD = "default"
"""The name of the size that thumbs of link cards have in a theme."""


class PostPictures:
    """Makes the pictures of one post. One that cannot be had is left out with a warning."""

    def __init__(self, job: PostJob, draw: Draw) -> None:
        self._job, self._draw = job, draw

    def photos(self) -> tuple[Media, ...]:
        """The article's photos in order, as many as network and account take; those that cannot be had are left out."""
        found: dict[str, Media] = {}
        most = min(self._job.limits.images, self._job.account.photos or self._job.limits.images)
        for number, image in enumerate(apart(self._job.view.images), 1):
            alt = self._described(image, number)
            if alt is None:
                continue
            try:
                photo = self._job.pictures.fetch(image, self._job.limits, alt, max_bytes=self._job.limits.image_bytes)
            except RenderError as fault:
                self._job.warnings.append(StoryWarning(f"the photo is left out: {fault}"))
                continue
            found.setdefault(photo.file, photo)
            if len(found) == most:
                break
        return tuple(found.values())

    def card(self, link: str) -> LinkCard:
        """The link card, with the picture as its thumb."""
        thumb = self.one(self._job.limits.thumb_bytes, _LINK_CARD, _CARD_EDGE)
        title, description = as_written(self._job.view.title), as_written(plain(self._job.view.summary))
        return LinkCard(link, cut(title, CARD_TEXT), cut(description, CARD_TEXT), thumb)

    def one(self, max_bytes: int, size: str, edge: int | None = None) -> Media | None:
        """The card in a size of its theme, or the photo within `edge` pixels; none without the alt text it needs."""
        images = self._job.view.images[:TRIED]
        if self._job.account.image == "none" or (not images and self._job.account.image != "card"):
            return None
        if self._job.account.image == "card":
            return self._card(images, max_bytes, size)
        for image in images:
            alt = self._described(image)
            if alt is None:
                return None
            try:
                return self._job.pictures.fetch(image, self._job.limits, alt, max_bytes=max_bytes, edge=edge)
            except RenderError as fault:
                self._job.warnings.append(StoryWarning(f"the photo is left out: {fault}"))
        return None

    def _described(self, image: Image, number: int = 1) -> str | None:
        """A picture's alt text; None, with a warning, where the account needs one, the network takes one, and there is
        none. `number` counts the article's pictures.
        """
        alt = self._alt(image, number)
        if not alt and self._job.limits.alt and self._job.account.alt_text == "required":
            undescribed = f"{self._job.shown('alt.txt.j2')} prints no description of it"
            which = f" {image.url}" if number > 1 else ""
            self._job.warnings.append(StoryWarning(f"the picture{which} is left out: {undescribed}"))
            return None
        return alt

    def _card(self, images: Sequence[Image], max_bytes: int, size: str) -> Media | None:
        """The card, without the photo if that is unavailable; None with a warning if there is no card."""
        from syndicate.rendering.cards.order import Order

        if self._described(images[0] if images else Image("")) is None:
            return None
        image, photo = Image(""), None
        for each in images:
            try:
                image, photo = each, self._job.pictures.sound(each.url)
                break
            except RenderError as fault:
                self._job.warnings.append(StoryWarning(f"the photo is left out of the card: {fault}"))
        alt = self._alt(image if photo else next(iter(images), image))
        limits, account = self._job.limits, self._job.account
        language = account.language or self._job.site.language
        types = limits.image_types
        order = Order(self._job.article, self._job.site, language, size, account.theme, "", max_bytes, types)
        try:
            drawn = self._draw(order, photo)
        except RenderError as fault:
            told = f"the picture is left out: {fault}"
            self._job.warnings.append(told if isinstance(fault, EngineMissing) else StoryWarning(told))
            return None
        named = f"the photo is left out of the card: {image.url}: "
        for told in drawn.warnings:
            known = told.replace("the photo is left out of the card: ", named, 1)
            self._job.warnings.append(StoryWarning(known) if isinstance(told, StoryWarning) else known)
        return replace(drawn.media, alt=alt)

    def _alt(self, image: Image, number: int = 1) -> str:
        """The alt text within the network's limit; if it has to be cut, the credit stays. "" where it takes none."""
        if not self._job.limits.alt:
            return ""
        given = {"image": image, "picture_number": number, "link": ""}
        marked = self._job.templates.render(self._job.name, ALT, self._job.variables | given)
        marked = as_written(marked)
        limit = self._job.limits.alt
        try:
            return plain(fit(marked, Limits(text=limit), len).text)
        except TooLong:
            whole = plain(fit(marked, Limits(text=len(marked)), len).text)
            fitting = bisect_right(range(1, limit + 1), limit, key=lambda size: len(cut(whole, size)))
            return cut(whole, fitting) if fitting else ""
        except RenderError as fault:
            raise RenderError(f"{self._job.shown(ALT)}: {fault}", hint=fault.hint) from fault
