"""Makes the HTML pages of a folder of posts: one for each post, and the index."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

from syndicate.model import Draft

INDEX = "index.html"

_STYLE = """
:root { color-scheme: light dark; --line: #d8d8d8; --quiet: #666; --paper: #fff; --ground: #f4f4f2 }
@media (prefers-color-scheme: dark) {
  :root { --line: #3a3a3a; --quiet: #a0a0a0; --paper: #1d1e20; --ground: #131416 }
}
body { margin: 0 auto; padding: 2rem 1rem; max-width: 40rem; background: var(--ground) }
body { font: 1rem/1.5 system-ui, sans-serif }
article { margin: 0 0 1.25rem; padding: 1rem 1.25rem; background: var(--paper) }
article { border: 1px solid var(--line); border-radius: .75rem }
p { margin: 0 0 .75rem; white-space: pre-wrap; overflow-wrap: anywhere }
img { display: block; width: 100%; height: auto; margin: 0 0 .75rem; border-radius: .5rem }
footer, footer a, nav, nav a { color: var(--quiet); font-size: .875rem }
time { unicode-bidi: isolate }
"""


def _document(title: str, body: str, language: str | None = None) -> str:
    spoken = f' lang="{html.escape(language)}"' if language else ""
    return (
        f'<!doctype html>\n<html{spoken}>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n{body}\n</html>\n"
    )


def page(draft: Draft) -> str:
    """A post's own page; its pictures are files in the same directory."""
    title = draft["text"].partition("\n")[0] or "Post"
    body = f'{_article(draft, "", "")}\n<nav><a href="../{INDEX}">All posts</a></nav>'
    return _document(title, body, draft["language"])


def entry(draft: Draft, key: str) -> str:
    """A post as the index page shows it."""
    return _article(draft, f"{key}/", f"{key}/{INDEX}")


def _article(draft: Draft, beside: str, page: str) -> str:
    pictures = "".join(
        f'<img src="{beside}{media["file"]}" alt="{html.escape(media["alt"])}"'
        f' width="{media["width"]}" height="{media["height"]}" loading="lazy">\n'
        for media in draft["media"]
    )
    link = draft["link"]
    address = f'<p><a href="{html.escape(link)}">{html.escape(link)}</a></p>\n' if link else ""
    words = draft["text"].replace(link, "") if link else draft["text"]
    shown = html.escape(re.sub(r"\n{3,}", "\n\n", words).strip())
    instant = datetime.fromisoformat(draft["at"]).astimezone(UTC)
    moment = f'<time dir="ltr" datetime="{draft["at"]}">{instant:%Y-%m-%d %H:%M UTC}</time>'
    foot = f'<a href="{page}">{moment}</a>' if page else moment
    return f'<article dir="auto">\n<p>{shown}</p>\n{pictures}{address}<footer>{foot}</footer>\n</article>'


def index(entries: dict[str, str]) -> str:
    """The index page, with marks by which `listed` finds the entries again."""
    marked = [f"<!-- post {key} -->\n{entry}\n<!-- end -->" for key, entry in entries.items()]
    return _document("Posts", "\n".join(marked))


def listed(page: str) -> dict[str, str]:
    """The entries of an index page that `index` made; escaped text cannot look like a mark."""
    return dict(re.findall(r"<!-- post ([0-9a-f]{32}) -->\n(.*?)\n<!-- end -->", page, re.DOTALL))
