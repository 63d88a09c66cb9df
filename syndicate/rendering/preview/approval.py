"""Makes the HTML page on which a person approves or skips posts: each as its network would show it, without scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from syndicate.model import Look, Site
from syndicate.model.dataclass import dataclass
from syndicate.rendering.preview.facts import Shown
from syndicate.rendering.preview.post_view import PostViews, isolated, safe, style_sheet, template
from syndicate.rendering.preview.rendition import Small

__all__ = ["ApprovalPage", "Decided", "Undecided"]


@dataclass(frozen=True, slots=True)
class Undecided:
    """A post that waits. `digest` is what an approval binds; None if it cannot be rendered. `changed`: it is another
    one than the person saw before.
    """

    shown: Shown
    site: Site
    digest: str | None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """A delivery about which nothing is left to decide, and what became of it, in words. `title` may be empty."""

    platform: str
    account: str
    title: str
    outcome: str
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """The content of the page. `kind` and `lines` stand above and below the heading, `words` below everything.

    `alarm`: it tells of something that did not happen. `names`, `looks` and `small` are those of `PostViews`.
    """

    heading: str
    kind: str = ""
    lines: Sequence[str] = ()
    waiting: Sequence[Undecided] = ()
    decided: Sequence[Decided] = ()
    words: Sequence[str] = ()
    alarm: bool = False
    names: Mapping[str, str] | None = None
    looks: Mapping[str, Look] | None = None
    small: Small = lambda _: None

    def html(self) -> tuple[str, str]:
        """The page as text, to be sent in UTF-8, and the hash of its style sheet for the Content-Security-Policy."""
        from markupsafe import Markup

        views = PostViews(self.names or {}, self.looks or {}, self.small)
        posts, decided = list(self._posts(views)), [self._decided(each, views) for each in self.decided]
        css, digest = style_sheet("page.css", "approval.css", *views.rules())
        page = template("approval.html.j2").render(
            heading=isolated(self.heading),
            kind=isolated(self.kind),
            alarm=self.alarm,
            lines=[isolated(line) for line in self.lines],
            posts=posts,
            approvable=sum(bool(post["digest"]) for post in posts),
            decided=decided,
            words=self.words,
            css=Markup(css),  # noqa: S704 - our own style sheet
        )
        return page, digest

    def _posts(self, views: PostViews) -> Iterator[dict[str, Any]]:
        """What waits; of several posts of one article, the first has its title."""
        before = ""
        for each in self.waiting:
            url = each.shown.record["article"]
            title = isolated(each.shown.title) if url != before and len(self.waiting) > 1 else ""
            article = {"url": safe(url), "address": isolated(url)}
            more = {"title": title, "article": article, "digest": each.digest, "changed": each.changed}
            yield views.post(each.shown, each.site) | more
            before = url

    @staticmethod
    def _decided(each: Decided, views: PostViews) -> dict[str, Any]:
        return {
            "style": views.style(each.platform),
            "look": views.look(each.platform),
            "account": each.account,
            "title": isolated(each.title),
            "outcome": isolated(each.outcome),
            "permalink": safe(each.permalink) if each.permalink else None,
        }
