"""The article as templates see it: its fields as clean lines, and its hashtags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime

from syndicate.addresses import as_link
from syndicate.aliases import public_address
from syndicate.model import Article, Image
from syndicate.model.dataclass import dataclass
from syndicate.rendering.fit import Hashtags, Tag
from syndicate.rendering.labels import hashtags, section_label
from syndicate.rendering.mentions import unmentioned
from syndicate.rendering.repetition import led_by, without_address
from syndicate.text import bounded, paragraphs, plain

TITLE = 5_000
"""Characters of a headline that are read; no network takes so many."""

TEXT = 70_000
"""Characters of any other text that are read: more than the longest post of any network."""


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article for a template to read: text that is missing is "", never None.

    Its words mention nobody, and its section is no CMS's default category. `summary` begins with the very `title` if it
    begins with it in another spelling; what has neither speaks with its picture's description. A headline that is but
    the article's own address is none where there is a summary. `hashtags` are as many as the account asks for, with
    their `#`; they print with spaces between them. `form` is "note" where there is no headline, and `body` then all its
    words.
    """

    source: str
    url: str
    canonical_url: str
    title: str
    summary: str
    section: str
    categories: tuple[str, ...]
    authors: tuple[str, ...]
    published: datetime | None
    updated: datetime | None
    language: str
    kind: str
    image: Image | None
    images: tuple[Image, ...]
    hashtags: Hashtags
    raw: Mapping[str, str]
    form: str = "article"
    body: str = ""


def view(article: Article, tags: int, otherwise: str = "", words: Callable[[str], str] = unmentioned) -> ArticleView:
    """`article` as templates see it, with its first `tags` hashtags.

    `otherwise` are the words of one without any; `words` is how its words are written.
    """
    images = tuple(_clean_image(image, words) for image in article.images)
    title, summary = plain(bounded(article.title, TITLE)), paragraphs(bounded(article.summary, TEXT))
    if not title and not summary:
        summary = next((said for each in images[:1] for said in (each.alt, each.caption) if said), plain(otherwise))
    found = hashtags(article.section, article.categories)[: max(tags, 0)]
    summary = without_address(summary, article.url, article.canonical_url)
    if summary and "://" in title and not without_address(title, article.url, article.canonical_url):
        title = ""  # it is the article's address, which the post has anyway
    summary = led_by(title, summary)
    return ArticleView(
        source=plain(article.source),
        url=as_link(public_address(article)),
        canonical_url=as_link(article.canonical_url or ""),
        title=words(title),
        summary=words(summary),
        section=words(bounded(section_label(article.section), TITLE)),
        categories=tuple(words(plain(bounded(category, TITLE))) for category in article.categories),
        authors=tuple(words(plain(bounded(author, TITLE))) for author in article.authors),
        published=article.published,
        updated=article.updated,
        language=plain(article.language or ""),
        kind=article.kind,
        image=images[0] if images else None,
        images=images,
        hashtags=Hashtags(Tag(f"#{tag}") for tag in found),
        raw={plain(name): words(plain(bounded(value, TEXT))) for name, value in article.raw.items()},
        form=article.form,
        body=words(paragraphs(bounded(article.body, TEXT))) if article.note else "",
    )


def _clean_image(image: Image, words: Callable[[str], str]) -> Image:
    found = {field.name: getattr(image, field.name) for field in fields(image)}
    texts = {name: plain(bounded(value, TEXT)) for name, value in found.items() if isinstance(value, str)}
    texts |= {name: words(texts[name]) for name in ("alt", "caption", "credit") if name in texts}
    return replace(image, **texts)  # type: ignore[arg-type]  # only its str fields are named
