"""Makes the preview's HTML page: each article as each network would show it, without scripts and requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from syndicate.model import Look, Post, Site
from syndicate.model.dataclass import dataclass
from syndicate.rendering.labels import section_label
from syndicate.rendering.preview.facts import Shown, hour
from syndicate.rendering.preview.post_view import PostViews, isolated, safe, style_sheet, template
from syndicate.rendering.preview.rendition import Small

__all__ = ["Page", "isolated"]

INDEXED = 4
"""Articles from which the page begins with a list of them."""


@dataclass(slots=True)
class Page:
    """The content of a preview page.

    `names` are the accounts' own names on their networks, where known; `looks` how their platforms look;
    `small` makes the small copies of pictures.
    """

    site: Site
    at: datetime
    entries: Sequence[Shown]
    names: Mapping[str, str]
    looks: Mapping[str, Look]
    small: Small
    notes: Sequence[str] = ()

    def html(self) -> str:
        """The page as text, to be written in UTF-8."""
        from markupsafe import Markup

        views = PostViews(self.names, self.looks, self.small)
        accounts = list(dict.fromkeys(entry.record["account"] for entry in self.entries))
        for platform in dict.fromkeys(entry.record["platform"] for entry in self.entries):
            views.style(platform)
        stories = list(self._stories({name: number for number, name in enumerate(accounts)}, views))
        css, digest = style_sheet("page.css", *views.rules(), *_filters(len(accounts)), *_rows(stories))
        return template("page.html.j2").render(
            site=self.site,
            at=hour(self.at),
            css=Markup(css),  # noqa: S704 - our own style sheet
            style_hash=digest,
            notes=self.notes,
            accounts=[self._account(number, name, views) for number, name in enumerate(accounts)],
            stories=stories,
            indexed=len(stories) >= INDEXED,
            posts=len(self.entries),
            warned=sum(bool(entry.warnings) for entry in self.entries),
        )

    def _account(self, number: int, name: str, views: PostViews) -> dict[str, Any]:
        platform = next(entry.record["platform"] for entry in self.entries if entry.record["account"] == name)
        posts = sum(entry.record["account"] == name for entry in self.entries)
        look, style = views.look(platform), views.style(platform)
        return {"number": number, "name": name, "look": look, "style": style, "posts": posts}

    def _stories(self, numbers: Mapping[str, int], views: PostViews) -> Iterator[dict[str, Any]]:
        by_article = sorted(self.entries, key=lambda entry: list(self._order()).index(entry.record["article"]))
        for url, group in groupby(by_article, key=lambda entry: entry.record["article"]):
            entries = list(group)
            posted = next((entry.post for entry in entries if entry.post), None)
            yield {
                "url": safe(url),
                "address": url,
                "title": isolated(entries[0].title),
                "published": self._published(posted),
                "section": isolated(section_label(posted.article.get("section"))) if posted else "",
                "warned": any(entry.warnings for entry in entries),
                "rows": max(_facts(entry) for entry in entries),
                "posts": [views.post(entry, self.site, numbers[entry.record["account"]]) for entry in entries],
            }

    @staticmethod
    def _published(post: Post | None) -> tuple[str, str] | None:
        """When its article was published, for machines and for people."""
        moment = post.article.get("published") if post else None
        return (moment, hour(datetime.fromisoformat(moment))) if moment else None

    def _order(self) -> dict[str, None]:
        return dict.fromkeys(entry.record["article"] for entry in self.entries)


def _facts(entry: Shown) -> int:
    """How many rows the facts of a delivery take: four, and two for each of its pictures."""
    post = entry.post
    return 4 + 2 * (len(post.media) + bool(post.card and post.card.thumb) if post else 0)


def _rows(stories: Sequence[Mapping[str, Any]]) -> list[str]:
    """CSS rules that put the same fact of neighbouring posts on one line: a post's rows, and the row of each fact.

    Besides its facts a post has a head, a body and its requests.
    """
    counts = {story["rows"] for story in stories}
    own = [f".rows-{rows} > .post {{ grid-row: span {rows + 3}; }}" for rows in sorted(counts)]
    return [*own, *(f".post .r{row} {{ grid-row: {row}; }}" for row in range(1, max(counts, default=0) + 1))]


def _filters(accounts: int) -> list[str]:
    """CSS rules that hide an account's posts when its box is not ticked, without a script."""
    return [f"body:has(#show-{n}:not(:checked)) .of-{n} {{ display: none; }}" for n in range(accounts)]
