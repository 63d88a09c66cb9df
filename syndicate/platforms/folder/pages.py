"""Makes the HTML pages of a folder of posts: one for each post, and the index."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from datetime import UTC, datetime
from pathlib import Path

import syndicate
from syndicate.model import Draft
from syndicate.ports import NOBODY, Sender

INDEX = "index.html"

_ALLOWED = "default-src 'none'; img-src 'self' file:; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"


def _document(title: str, head: str, body: str) -> str:
    shared = Path(syndicate.__file__).with_name("pages.css")
    css = "".join(style.read_text("utf-8") for style in (shared, Path(__file__).with_name("pages.css")))
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_ALLOWED.format(digest)}">\n'
        f"<title>{html.escape(title)}</title>\n<style>{css}</style>\n</head>\n<body>\n"
        f'<header class="top"><div class="narrow">{head}</div></header>\n<main class="narrow">\n{body}\n</main>\n'
        "</body>\n</html>\n"
    )


def _header(site: str, sender: Sender, said: str) -> str:
    """Whose posts these are, and a line about them."""
    account = f", account {html.escape(sender.account)}" if sender.account else ""
    return (
        f'<p class="kind">Posts in a folder{account}</p>\n<h1 dir="auto">{html.escape(site or "Posts")}</h1>\n'
        f'<p class="sum">{said}</p>'
    )


def page(draft: Draft, sender: Sender = NOBODY) -> str:
    """A post's own page; its pictures are files in the same directory."""
    title = _title(draft) or draft["text"].partition("\n")[0] or "Post"
    site = sender.site_name or _place(_address(draft)).partition("/")[0]
    head = _header(site, sender, f'<a href="../{INDEX}">All posts</a>')
    return _document(title, head, _article(draft, "", ""))


def entry(draft: Draft, key: str) -> str:
    """A post as the index page shows it."""
    return _article(draft, f"{key}/", f"{key}/{INDEX}")


def _article(draft: Draft, beside: str, page: str) -> str:
    pictures = "".join(
        f'<img src="{beside}{media["file"]}" alt="{html.escape(media["alt"])}"'
        f' width="{media["width"]}" height="{media["height"]}" loading="lazy">\n'
        for media in draft["media"]
    )
    language = f' lang="{html.escape(draft["language"])}"' if draft["language"] else ""
    title, words = _title(draft), _words(draft)
    headline = f'<h2 dir="auto"{language}>{_link(_address(draft), title)}</h2>\n' if title else ""
    said = f'<p dir="auto"{language}>{html.escape(words)}</p>\n' if words else ""
    return f"<article>\n{headline}{said}{pictures}<footer>{_foot(draft, page)}</footer>\n</article>"


def _title(draft: Draft) -> str:
    """The article's headline; "" if it has none."""
    return str((draft.get("article") or {}).get("title") or "")


def _address(draft: Draft) -> str:
    """Where the article is: the post's link, else the article's own address; "" if neither is known."""
    return str(draft["link"] or (draft.get("article") or {}).get("url") or "")


def _words(draft: Draft) -> str:
    """The text without what the page shows elsewhere: its link, and the headline if it begins with that."""
    words = draft["text"].replace(draft["link"], "") if draft["link"] else draft["text"]
    return re.sub(r"\n{3,}", "\n\n", words.strip().removeprefix(_title(draft)).strip())


def _link(url: str, label: str) -> str:
    """A link; only the label where the address is none of the web."""
    if not url.lower().startswith(("http://", "https://")):
        return html.escape(label)
    return f'<a href="{html.escape(url)}" rel="noopener noreferrer">{html.escape(label)}</a>'


def _place(url: str) -> str:
    """The host and path of an address, as people read it."""
    return re.sub(r"^\w+://(?:[^/@]*@)?(?:www\.)?|[?#].*$", "", url, flags=re.DOTALL)


def _moment(draft: Draft) -> str:
    instant = datetime.fromisoformat(draft["at"]).astimezone(UTC)
    return f'<time datetime="{draft["at"]}">{instant.day} {instant:%b %Y, %H:%M} UTC</time>'


def _foot(draft: Draft, page: str) -> str:
    """When it was posted, with the way to its own page, and where its article is."""
    moment = f'<a href="{page}">{_moment(draft)}</a>' if page else _moment(draft)
    url = _address(draft)
    place = f"<bdi>{html.escape(_place(url)) if _title(draft) else _link(url, _place(url))}</bdi>"
    return f"{moment} · {place}" if url else moment


def index(entries: dict[str, str], sender: Sender = NOBODY) -> str:
    """The index page, with marks by which `listed` finds the entries again."""
    marked = [f"<!-- post {key} -->\n{entry}\n<!-- end -->" for key, entry in entries.items()]
    said = f"{len(entries)} post{'s' if len(entries) != 1 else ''}, newest first"
    title = f"Posts of {sender.site_name}" if sender.site_name else "Posts"
    return _document(title, _header(sender.site_name, sender, said), "\n".join(marked))


def listed(page: str) -> dict[str, str]:
    """The entries of an index page that `index` made; escaped text cannot look like a mark."""
    return dict(re.findall(r"<!-- post ([0-9a-f]{32}) -->\n(.*?)\n<!-- end -->", page, re.DOTALL))
