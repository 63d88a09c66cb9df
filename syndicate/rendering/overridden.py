"""What an article says itself of its posts, as a post is made: its text, picture, description and hashtags. Pure.

The text is data: it is never a template, and stays as it is but for `{link}` and `{hashtags}`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from syndicate.aliases import urlkey
from syndicate.model import Account, Article, Image, PostOverride
from syndicate.model.pattern import pattern
from syndicate.rendering.fit import Hashtags, Link, Tag
from syndicate.rendering.mentions import unmentioned
from syndicate.rendering.view import TEXT, ArticleView
from syndicate.text import addresses, bounded, hashtags, paragraphs

_PLACE = pattern(r"(\{link\}|\{hashtags\})")


def pictured(article: Article, said: PostOverride) -> Article:
    """The article with the picture and the description that it asks for itself."""
    images = article.images
    if said.image:
        images = (next((image for image in images if image.url == said.image), Image(said.image)),)
        article = replace(article, pictured_by=article.source)
    if said.alt and images:
        images = (replace(images[0], alt=said.alt), *images[1:])
    return article if images == article.images else replace(article, images=images)


def asked(account: Account, said: PostOverride) -> Account:
    """The account's settings with what the article asks for."""
    count = len(said.hashtags) if isinstance(said.hashtags, tuple) else said.hashtags
    account = account if count is None else replace(account, hashtags=count)
    return replace(account, image="none") if said.image == "" else account


def tagged(view: ArticleView, said: PostOverride) -> ArticleView:
    """The article as templates see it, with the hashtags that it gives itself."""
    if not isinstance(said.hashtags, tuple):
        return view
    return replace(view, hashtags=Hashtags(Tag(f"#{tag}") for tag in hashtags(None, said.hashtags)))


def as_marked(said: PostOverride, link: Link, tags: Hashtags, places: Sequence[str]) -> str:
    """The article's own text, marked as a template's would be; all of it stays whole but the hashtags.

    The link goes where `{link}` is, or where the text has the article's address (`places`), or else behind it.
    Hashtags go where `{hashtags}` is; those that it gives itself, else behind it.
    """
    text = unmentioned(paragraphs(bounded(said.text or "", TEXT)))
    parts = _PLACE.split(text)
    if link[:] and "{link}" not in parts:
        parts = _linked(text, {urlkey(place) for place in places if place})
    if isinstance(said.hashtags, tuple) and "{hashtags}" not in parts:
        parts = [*parts, "\n\n", "{hashtags}"]
    return "".join(str(link) if part == "{link}" else str(tags) if part == "{hashtags}" else part for part in parts)


def _linked(text: str, own: set[str]) -> list[str]:
    """The parts of a text with a place for the link: the article's own address if it is there, else the end."""
    for start, end in addresses(text):
        if urlkey(text[start:end]) in own:
            return [*_PLACE.split(text[:start]), "{link}", *_PLACE.split(text[end:])]
    return [*_PLACE.split(text), "\n\n", "{link}"]
