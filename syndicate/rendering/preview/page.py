"""Makes the preview's HTML page: each article as each network would show it, without scripts and requests."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from syndicate.model import LinkCard, Look, Media, Post, Site, Span
from syndicate.model.dataclass import dataclass
from syndicate.net.dry_run import Call
from syndicate.rendering.labels import section_label
from syndicate.rendering.preview.facts import NEARLY_FULL, Shown, hour, manners
from syndicate.rendering.preview.looks import plain, rule
from syndicate.rendering.preview.rendition import Small, data_uri

_HERE = Path(__file__).parent
_LONGEST_VALUE = 1_000
"""Characters of a request's value that are shown; of a longer one only the length, since nobody reads base64."""

_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")


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
    _pictures: dict[str, tuple[str, int, int] | None] = field(default_factory=dict)
    _styles: dict[str, str] = field(default_factory=dict)

    def html(self) -> str:
        """The page as text, to be written in UTF-8."""
        import jinja2
        from markupsafe import Markup

        made = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        accounts = list(dict.fromkeys(entry.record["account"] for entry in self.entries))
        platforms = dict.fromkeys(entry.record["platform"] for entry in self.entries)
        rules = [rule(self._style(platform), self._look(platform)) for platform in platforms]
        css = "\n".join([(_HERE / "page.css").read_text("utf-8"), *rules, *_filters(len(accounts)), ""])
        return made.get_template("page.html.j2").render(
            site=self.site,
            at=hour(self.at),
            css=Markup(css),  # noqa: S704 - our own style sheet
            style_hash=_hash(css),
            notes=self.notes,
            accounts=[self._account(number, name) for number, name in enumerate(accounts)],
            stories=list(self._stories({name: number for number, name in enumerate(accounts)})),
            posts=len(self.entries),
            warned=sum(bool(entry.warnings) for entry in self.entries),
        )

    def _account(self, number: int, name: str) -> dict[str, Any]:
        platform = next(entry.record["platform"] for entry in self.entries if entry.record["account"] == name)
        posts = sum(entry.record["account"] == name for entry in self.entries)
        look, style = self._look(platform), self._style(platform)
        return {"number": number, "name": name, "look": look, "style": style, "posts": posts}

    def _style(self, platform: str) -> str:
        """A network's CSS class; a platform of another package may have any name."""
        return self._styles.setdefault(platform, f"net-{len(self._styles)}")

    def _look(self, platform: str) -> Look:
        return self.looks.get(platform) or plain(platform)

    def _stories(self, numbers: Mapping[str, int]) -> Iterator[dict[str, Any]]:
        by_article = sorted(self.entries, key=lambda entry: list(self._order()).index(entry.record["article"]))
        for url, group in groupby(by_article, key=lambda entry: entry.record["article"]):
            entries = list(group)
            posted = next((entry.post for entry in entries if entry.post), None)
            yield {
                "url": _safe(url),
                "address": url,
                "title": isolated(entries[0].title),
                "published": (posted.article.get("published") or "")[:16].replace("T", " ") if posted else "",
                "section": isolated(section_label(posted.article.get("section"))) if posted else "",
                "posts": [self._post(entry, numbers[entry.record["account"]]) for entry in entries],
            }

    def _order(self) -> dict[str, None]:
        return dict.fromkeys(entry.record["article"] for entry in self.entries)

    def _post(self, entry: Shown, number: int) -> dict[str, Any]:
        record, post = entry.record, entry.post
        seen = self._look(record["platform"])
        text = list(_pieces(post, seen)) if post else []
        length, limit = record["length"] or 0, record["limit"] or 0
        return {
            "number": number,
            "account": record["account"],
            "look": seen,
            "style": self._style(record["platform"]),
            "name": isolated(self.site.name),
            "handle": isolated(self.names.get(record["account"]) or record["account"]),
            "language": (post.language if post else None) or self.site.language or "",
            "text": text,
            "folds": bool(seen.fold and post and len(post.text) > seen.fold),
            "media": [self._media(media) for media in post.media] if post else [],
            "card": self._card(post.card) if post and post.card else None,
            "link": _link(post) if post else None,
            "address": isolated(post.link) if post and post.link else None,
            "backing": isolated(entry.backing),
            "when": entry.when,
            "due_at": entry.due_at,
            "state": record["state"],
            "warnings": [isolated(warning) for warning in entry.warnings],
            "describes": entry.describes,
            "manners": [isolated(line) for line in manners(post)],
            "length": length,
            "limit": limit,
            "nearly_full": bool(limit) and length > NEARLY_FULL * limit,
            "key": record["key"],
            "calls": [_call(call) for call in entry.exhibit.calls] if entry.exhibit else [],
        }

    def _media(self, media: Media) -> dict[str, Any]:
        """A picture: the small copy to show, and the facts of the one that is sent."""
        digest = media.file.partition(".")[0]
        if digest not in self._pictures:
            small = self.small(media.data)
            self._pictures[digest] = (data_uri(small[0]), *small[1]) if small else None
        small_uri = self._pictures[digest]
        return {
            "src": small_uri[0] if small_uri else None,
            "width": small_uri[1] if small_uri else 0,
            "height": small_uri[2] if small_uri else 0,
            "alt": isolated(media.alt),
            "file": media.file,
            "sha": digest,
            "bytes": len(media.data),
            "pixels": f"{media.width} × {media.height}",
            "mime": media.mime,
        }

    def _card(self, card: LinkCard) -> dict[str, Any]:
        return {
            "title": isolated(card.title),
            "description": isolated(card.description),
            "domain": urlsplit(card.url).netloc,
            "url": _safe(card.url),
            "thumb": self._media(card.thumb) if card.thumb else None,
        }


def isolated(text: str) -> str:
    """Text without direction marks, which would affect the text around it; each piece has its own element."""
    return _DIRECTIONS.sub("", text)


def _pieces(post: Post, seen: Look) -> Iterator[dict[str, Any]]:
    """The text in pieces as the network shows them: plain, link, tag or mention."""
    at = 0
    for span in post.spans:
        if span.start > at:
            yield {"kind": "text", "text": isolated(post.text[at : span.start])}
        yield _piece(span, post.text[span.start : span.end], seen)
        at = span.end
    if at < len(post.text):
        yield {"kind": "text", "text": isolated(post.text[at:])}


def _piece(span: Span, text: str, seen: Look) -> dict[str, Any]:
    if span.kind != "link":
        return {"kind": span.kind, "text": isolated(text), "url": None}
    shown = text
    if seen.shown is not None:
        shown = re.sub(r"^https?://(www\.)?", "", text)
        shown = shown if len(shown) <= seen.shown else shown[: seen.shown] + "…"
    return {"kind": "link", "text": isolated(shown), "url": _safe(span.value), "whole": span.value}


def _link(post: Post) -> dict[str, Any] | None:
    """A link that is sent next to the text: the network makes its link card from the page itself."""
    if not post.link or post.card or any(span.value == post.link for span in post.spans):
        return None
    title = str(post.article.get("title") or "")
    return {"url": _safe(post.link), "domain": urlsplit(post.link).netloc, "title": isolated(title)}


def _safe(url: str) -> str | None:
    """An address that may be a link; None for `javascript:` and the like."""
    return url if url.lower().startswith(("https://", "http://")) else None


def _call(call: Call) -> dict[str, Any]:
    parts = {"params": call.params, "json": call.json, "data": call.data, "files": call.files}
    return {
        "method": call.method,
        "url": call.url,
        "headers": {name: _short(value) for name, value in call.headers.items()},
        "parts": {
            name: json.dumps(_short(value), indent=2, ensure_ascii=False)
            for name, value in parts.items()
            if value not in (None, {}, "")
        },
    }


def _short(value: Any) -> Any:
    """The value with long texts cut."""
    if isinstance(value, str):
        text = isolated(value)
        return text if len(text) <= _LONGEST_VALUE else f"{text[:200]}… ({len(text):,} characters)"
    if isinstance(value, Mapping):
        return {name: _short(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_short(item) for item in value]
    return value


def _hash(css: str) -> str:
    """The style sheet's hash for the Content-Security-Policy, so that no other style sheet is allowed."""
    return base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()


def _filters(accounts: int) -> list[str]:
    """CSS rules that hide an account's posts when its box is not ticked, without a script."""
    return [f"body:has(#show-{n}:not(:checked)) .of-{n} {{ display: none; }}" for n in range(accounts)]
