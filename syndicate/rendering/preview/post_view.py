"""What a template needs to show a post as its network would: text in pieces, pictures, link card, facts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from syndicate.model import LinkCard, Look, Media, Post, Rendered, Site, Span
from syndicate.model.dataclass import dataclass
from syndicate.net.dry_run import Call
from syndicate.rendering.preview.facts import NEARLY_FULL, Shown, hour, manners
from syndicate.rendering.preview.looks import plain, rule
from syndicate.rendering.preview.rendition import Small, data_uri

if TYPE_CHECKING:
    import jinja2

__all__ = ["PostViews", "isolated", "safe", "style_sheet", "template"]

_HERE = Path(__file__).parent
_LONGEST_VALUE = 1_000
"""Characters of a request's value that are shown; of a longer one only the length, since nobody reads base64."""

_LINE = 72
"""Characters of JSON that stay on one line."""
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")


@dataclass(slots=True)
class PostViews:
    """Prepares posts for the templates of one page.

    `names` are the accounts' own names on their networks, where known; `looks` how their platforms look;
    `small` makes the small copies of pictures.
    """

    names: Mapping[str, str]
    looks: Mapping[str, Look]
    small: Small
    _pictures: dict[str, tuple[str, int, int] | None] = field(default_factory=dict)
    _styles: dict[str, str] = field(default_factory=dict)

    def style(self, platform: str) -> str:
        """A network's CSS class; a platform of another package may have any name."""
        return self._styles.setdefault(platform, f"net-{len(self._styles)}")

    def look(self, platform: str) -> Look:
        """How a network looks."""
        return self.looks.get(platform) or plain(platform)

    def rules(self) -> list[str]:
        """The CSS rules of the networks that were shown."""
        return [rule(style, self.look(platform)) for platform, style in self._styles.items()]

    def post(self, entry: Shown, site: Site, number: int = 0) -> dict[str, Any]:
        """One delivery as the template `post.html.j2` shows it."""
        record, post = entry.record, entry.post
        seen = self.look(record["platform"])
        text = list(_pieces(post, seen)) if post else []
        length, limit = record["length"] or 0, record["limit"] or 0
        return {
            "number": number,
            "account": record["account"],
            "look": seen,
            "style": self.style(record["platform"]),
            "name": isolated(site.name),
            "handle": isolated(self._handle(record["account"], site)),
            "named": _is_named(record["account"], record["platform"], seen),
            "language": (post.language if post else None) or site.language or "",
            "text": text,
            "folds": bool(seen.fold and post and len(post.text) > seen.fold),
            "media": [self._media(media) for media in post.media] if post else [],
            "card": self._card(post.card) if post and post.card else None,
            "link": _link(post) if post else None,
            "address": isolated(post.link) if post and post.link else None,
            "backing": isolated(entry.backing),
            "when": entry.when,
            "due": (entry.due_at, hour(datetime.fromisoformat(entry.due_at))) if entry.due_at else None,
            "state": record["state"],
            "warnings": [isolated(warning) for warning in entry.warnings],
            "describes": entry.describes,
            "manners": [isolated(line) for line in manners(post)],
            "length": length,
            "limit": limit,
            "nearly_full": bool(limit) and length > NEARLY_FULL * limit,
            "key": record["key"],
            "rest": [self._further(each, seen) for each in entry.rest],
            "calls": [_call(call) for call in entry.exhibit.calls] if entry.exhibit else [],
        }

    def _handle(self, account: str, site: Site) -> str:
        """The account's own name on its network; "" if it is not known, or no other than the site's."""
        known = self.names.get(account) or ""
        return "" if known.casefold() == site.name.casefold() else known

    @staticmethod
    def _further(each: Rendered, seen: Look) -> dict[str, Any]:
        """A further post of a thread: text, link and length."""
        return {
            "text": list(_pieces(each.post, seen)),
            "link": _link(each.post),
            "folds": bool(seen.fold and len(each.post.text) > seen.fold),
            "length": each.length,
            "limit": each.limit,
            "nearly_full": each.length > NEARLY_FULL * each.limit,
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
            "url": safe(card.url),
            "thumb": self._media(card.thumb) if card.thumb else None,
        }


def isolated(text: str) -> str:
    """Text without direction marks, which would affect the text around it; each piece has its own element."""
    return _DIRECTIONS.sub("", text)


def _is_named(account: str, platform: str, look: Look) -> bool:
    """Whether the account's name says more than its network's, unlike `mastodon` on Mastodon."""
    return account.casefold() not in (platform.casefold(), look.name.casefold())


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
    return {"kind": "link", "text": isolated(shown), "url": safe(span.value)}


def _link(post: Post) -> dict[str, Any] | None:
    """A link that is sent next to the text: the network makes its link card from the page itself."""
    if not post.link or post.card or any(span.value == post.link for span in post.spans):
        return None
    title = str(post.article.get("title") or "")
    return {"url": safe(post.link), "domain": urlsplit(post.link).netloc, "title": isolated(title)}


def safe(url: str) -> str | None:
    """An address that may be a link; None for `javascript:` and the like."""
    return url if url.lower().startswith(("https://", "http://")) else None


def _call(call: Call) -> dict[str, Any]:
    from markupsafe import Markup

    parts = {"params": call.params, "json": call.json, "data": call.data, "files": call.files}
    return {
        "method": call.method,
        "url": call.url,
        "headers": {name: _short(value) for name, value in call.headers.items()},
        "parts": {
            name: Markup(escape(_laid_out(_short(value)), quote=False))  # noqa: S704 - escaped
            for name, value in parts.items()
            if value not in (None, {}, "")
        },
    }


def _laid_out(value: Any, indent: str = "") -> str:
    """JSON for people: what is short stays on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(flat) <= _LINE - len(indent):
        return flat
    deeper = f"{indent}  "
    if isinstance(value, dict):
        lines = [f"{json.dumps(name, ensure_ascii=False)}: {_laid_out(item, deeper)}" for name, item in value.items()]
    else:
        lines = [_laid_out(item, deeper) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{deeper}{f',{chr(10)}{deeper}'.join(lines)}\n{indent}{closing}"


def _short(value: Any) -> Any:
    """The value with long texts cut."""
    if isinstance(value, str):
        text = isolated(value)
        return text if len(text) <= _LONGEST_VALUE else f"{text[:100]}… ({len(text):,} characters)"
    if isinstance(value, Mapping):
        return {name: _short(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_short(item) for item in value]
    return value


def template(name: str) -> jinja2.Template:
    """One of the templates beside this module, without its indentation; everything in it is escaped."""
    import jinja2

    def flush(name: str) -> str:
        return re.sub(r"(?m)^[ \t]+", "", (_HERE / name).read_text("utf-8"))

    return jinja2.Environment(
        loader=jinja2.FunctionLoader(flush), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    ).get_template(name)


def style_sheet(*parts: str) -> tuple[str, str]:
    """The style of all pages with these files and rules, and its hash for the Content-Security-Policy, which allows
    no other.
    """
    css = "\n".join(
        [
            (_HERE.parents[1] / "pages.css").read_text("utf-8"),
            *((_HERE / part).read_text("utf-8") if part.endswith(".css") else part for part in parts),
            "",
        ]
    )
    return css, base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
