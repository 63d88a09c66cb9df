"""Entries of a Micropub server: the properties of a post of ours, and what a listing says of one. Pure.

Properties: Micropub, W3C Recommendation of 23 May 2017, 3.3 and 4.1. `mp-photo-alt`, beside a bare address, and
`post-status`: help.micro.blog/t/posting-api/96 (read 2026-11-29). Listings (`q=source` without `url`) are an
extension: {"items": [{"type", "properties"}]}, with `limit` and `offset` (indieweb.org/Micropub-extensions).
"""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from syndicate.errors import Unsupported
from syndicate.platforms._replies import addresses_in, holds, items, leads_to, same_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from syndicate.model import Draft, Json, Post

LISTING = 40
_PAGES = 25
_TAGS = re.compile(r"<(?:p|a|br|div|img|blockquote|ul|ol|h[1-6])\b", re.IGNORECASE)


def slug(key: str) -> str:
    """The last word of the address that is asked for. A letter first: some servers read a number as something else."""
    return f"s{key[:15]}"


def content(post: Post, form: str) -> list[Any]:
    """The text as it is, or as HTML in which addresses are links."""
    return [post.text] if form == "text" else [{"html": _marked(post)}]


def named(post: Post, kind: str) -> Json:
    """What makes a bookmark of a note: the page that it is of, and its title."""
    title = str(post.article.get("title") or "")
    if kind == "note" or post.link is None:
        return {}
    return {"bookmark-of": [post.link]} | ({"name": [title]} if title else {})


def categories(post: Post) -> list[str]:
    """The hashtags of the text; without any, the article's own categories."""
    tags = [span.value for span in post.spans if span.kind == "tag"]
    own = post.article.get("categories")
    return list(dict.fromkeys(tags or [str(each) for each in own or () if each]))


def pictured(photos: Sequence[Json], *, bare: bool) -> Json:
    """Pictures by their addresses, each with its alt text. `bare`: for a server that takes addresses alone."""
    if bare:
        alts = [str(photo["alt"]) for photo in photos]
        return {"photo": [photo["value"] for photo in photos]} | ({"mp-photo-alt": alts} if any(alts) else {})
    return {"photo": [photo if photo["alt"] else photo["value"] for photo in photos]} if photos else {}


def pages(ask: Callable[[Json], Any], since: datetime) -> Iterator[list[Json]]:
    """The entries of a site, page by page: to the end, or back to `since` where the newest come first.

    `ask` gets what names a page: `offset`, or the `after` of the page before (getindiekit/indiekit @ 06f26f85,
    packages/endpoint-micropub/lib/controllers/query.js; without a database Indiekit always lists nothing). So a list
    without a single entry raises Unsupported, as does one that is too long, or gives the same page again.
    """
    seen: set[str] = set()
    at: Json = {}
    for _ in range(_PAGES):
        answer = ask(at)
        entries = listed(answer)
        fresh = [each for each in entries if address(each) not in seen]
        if not fresh and (entries or not seen):
            raise Unsupported("micropub: this server does not list its posts page by page, or lists none")
        if not fresh:
            return
        yield fresh
        seen |= {address(each) for each in fresh}
        paging = answer.get("paging")
        after = paging.get("after") if isinstance(paging, dict) else None
        if _reaches(fresh, since) or (isinstance(paging, dict) and not after and "offset" not in paging):
            return
        at = {"after": str(after)} if after else {"offset": str(len(seen))}
    raise Unsupported(f"micropub: more than {LISTING * _PAGES} posts since then; too many to search")


def _reaches(page: list[Json], since: datetime) -> bool:
    """Whether a page has the newest first, and older ones than `since`: what comes after it is older still."""
    dates = [at for at in map(published, page) if at is not None]
    falling = len(dates) == len(page) and dates == sorted(dates, reverse=True) and dates[0] > dates[-1]
    return falling and dates[-1] < since


def listed(answer: Any) -> list[Json]:
    """The properties of each entry of a listing."""
    found = items(answer.get("items")) if isinstance(answer, dict) else []
    return [each["properties"] for each in found if isinstance(each.get("properties"), dict)]


def first(properties: Json, name: str) -> Any:
    """The first value of a property, whose values are a list, but not on every server."""
    value = properties.get(name)
    return (value[0] if value else None) if isinstance(value, list) else value


def address(properties: Json) -> str:
    """Where an entry is; "" if the listing does not say."""
    found = first(properties, "url")
    return found if isinstance(found, str) else ""


def published(properties: Json) -> datetime | None:
    """When an entry was published; None if that cannot be told to the hour."""
    try:
        at = datetime.fromisoformat(str(first(properties, "published")))
    except ValueError:
        return None
    return at if at.tzinfo else None


def words(properties: Json) -> tuple[str, tuple[str, ...]]:
    """The plain text of an entry, and every address that it links to."""
    from syndicate.platforms._html import Content  # only look-ups need it

    value = first(properties, "content")
    source = value if isinstance(value, dict) else {"value": value}
    plain, marked = str(source.get("value") or ""), str(source.get("html") or "")
    if not marked and _TAGS.search(plain):
        plain, marked = "", plain
    page = Content(marked)
    text = plain or page.text.strip()
    of = first(properties, "bookmark-of")
    links = (*page.addresses, *addresses_in(text), *([of] if isinstance(of, str) else []))
    return text, tuple(dict.fromkeys(links))


def ours(draft: Draft, properties: Json) -> bool:
    """Whether an entry is the post of a draft: it has the address that was asked for, else our link, else our text."""
    if draft["slug"] and _has_slug(draft["slug"], address(properties)):
        return True
    text, links = words(properties)
    if draft["link"]:
        return holds(text, draft["link"]) or any(leads_to(draft["link"], each) for each in links)
    return same_text(draft["text"], text)


def _has_slug(slug: str, url: str) -> bool:
    """Whether the address ends in our word; a server that had it already adds a number to it."""
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return re.fullmatch(rf"{slug}(?:-\d+)?(?:\.\w+)?", last) is not None


def _marked(post: Post) -> str:
    """The text as HTML: paragraphs, lines, and links where the text has addresses."""
    pieces, at = [], 0
    for span in sorted(post.spans, key=lambda span: span.start):
        if span.kind == "link" and span.start >= at:
            shown = html.escape(post.text[span.start : span.end], quote=False)
            pieces += [html.escape(post.text[at : span.start], quote=False)]
            pieces += [f'<a href="{html.escape(span.value)}">{shown}</a>']
            at = span.end
    pieces.append(html.escape(post.text[at:], quote=False))
    paragraphs = re.split(r"\n{2,}", "".join(pieces))
    return "".join(f"<p>{each}</p>" for each in paragraphs).replace("\n", "<br>")
