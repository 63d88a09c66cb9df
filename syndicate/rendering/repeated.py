"""How a story is rendered that its account posted before: with a template of its own, or in a person's words. Pure."""

from __future__ import annotations

from dataclasses import replace

from syndicate.model import NOTHING_SAID, Account, Again, Article, Override, PostOverride
from syndicate.rendering.manner import AGAIN, NOW, Manner

PLACE = "--text"
"""Where the words are that a person typed."""


def repeated(article: Article, account: Account, again: Again) -> tuple[Article, Manner]:
    """The article as it is rendered, and how: its own text was said already, and does not count again."""
    if again.text is None:
        return _without_text(article), AGAIN
    said = article.override or Override(PLACE)
    name, named = account.name.rpartition("/")[2].casefold(), dict(said.named)
    named[name] = replace(named.get(name, NOTHING_SAID), text=again.text)
    return replace(article, override=replace(said, place=PLACE, named=tuple(named.items()))), NOW


def _without_text(article: Article) -> Article:
    said = article.override
    if said is None:
        return article
    named = tuple((name, _silent(own)) for name, own in said.named)
    return replace(article, override=replace(said, whole=_silent(said.whole), named=named))


def _silent(said: PostOverride) -> PostOverride:
    return replace(said, text=None)
