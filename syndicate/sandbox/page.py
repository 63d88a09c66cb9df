"""Makes the sandbox's page: what was posted, one column for each network, newest first.

All posted text is escaped here; only http and https addresses become links.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any, TypeAlias

from syndicate.sandbox.counting import addresses
from syndicate.sandbox.networks import StandIn
from syndicate.sandbox.style import page_file, style

Post: TypeAlias = Mapping[str, Any]
Source: TypeAlias = Callable[[str], str | None]
"""The address of the picture with this SHA-256."""
Networks: TypeAlias = Mapping[str, StandIn]
"""The networks by their platforms' names, in the order of their columns."""

SCRIPT = "/_sandbox/page.js"
HASHTAG = re.compile(r"(?<![\w/&#])#[^\s#.,;:!?…<>\"'()\[\]]*[^\W\d_][^\s#.,;:!?…<>\"'()\[\]]*")


def live_page(posts: Sequence[Post], networks: Networks) -> str:
    """The page that asks for new posts every two seconds."""
    columns = wall(posts, networks, lambda sha256: f"/_sandbox/media/{sha256}")
    return _page(posts, columns, f'<script src="{SCRIPT}"></script>', "Live, newest first")


def script() -> str:
    """The script of the live page, which is at SCRIPT: the page allows none inside it."""
    return page_file("page.js")


def static_page(posts: Sequence[Post], networks: Networks, media: Mapping[str, tuple[str, bytes]]) -> str:
    """One file for saving, pictures inside. `media` has type and bytes by SHA-256, as `Board.media` gives them."""

    def embedded(sha256: str) -> str | None:
        mime, data = media.get(sha256, ("", b""))
        if mime not in ("image/jpeg", "image/png", "image/gif", "image/webp"):
            return None
        return f"data:{mime};base64,{base64.b64encode(data).decode()}"

    return _page(posts, wall(posts, networks, embedded), "", "As it was when this page was made, newest first")


def _page(posts: Sequence[Post], content: str, script: str, state: str) -> str:
    """The whole page, filled in one go: what looks like a blank in a post is none."""
    sites = _sites(posts)
    blanks = {
        "title": escape(sites or "what was posted"),
        "style": style(),
        "about": _about(posts, sites),
        "state": escape(state),
        "wall": content,
        "script": script,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda blank: blanks[blank[1]], page_file("page.html"))


def _sites(posts: Sequence[Post]) -> str:
    """The sites whose articles were posted, by their hosts; of more than three only how many."""
    hosts = dict.fromkeys(_host(link) for post in posts if (link := _article(post)))
    return ", ".join(hosts) if len(hosts) <= 3 else f"{len(hosts)} sites"


def _about(posts: Sequence[Post], sites: str) -> str:
    """Whose posts these are, and how many."""
    networks = len({post["platform"] for post in posts})
    where = f" on {networks} network{'s' if networks != 1 else ''}" if posts else ""
    return f'<h1 dir="auto">{escape(sites or "What was posted")}</h1><p class="sum">{_count(posts)}{where}</p>'


def _article(post: Post) -> str:
    """The address of its article, or the first one in its text; "" if it has none."""
    found = [str(post["link"] or ""), str((post["card"] or {}).get("url") or ""), *addresses(post["text"] or "")]
    return next((link for link in found if _is_web(link)), "")


def _is_web(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def _host(url: str) -> str:
    return re.sub(r"^\w+://(?:[^/@]*@)?(?:www\.)?([^/?#]*).*$", r"\1", url, flags=re.DOTALL)


def wall(posts: Sequence[Post], networks: Networks, source: Source) -> str:
    """The columns, with which the live page replaces the old ones."""
    if not posts:
        return (
            '<div class="empty"><h2>Nothing has been posted yet</h2><p>Send something here with '
            "<code>syndicate post --sandbox</code>, and it appears on its own.</p></div>"
        )
    by_platform = {name: [post for post in posts if post["platform"] == name] for name in networks}
    columns = [_column(networks[name], name, mine, source) for name, mine in by_platform.items() if mine]
    return f'{_jump(by_platform, networks)}<div class="columns">{"".join(columns)}</div>'


def _jump(by_platform: Mapping[str, Sequence[Post]], networks: Networks) -> str:
    """Links to the columns, where there are several."""
    links = [
        f'<a href="#name-{escape(name)}"><b>{escape(networks[name].title)}</b> <span>{len(posts)}</span></a>'
        for name, posts in by_platform.items()
        if posts
    ]
    return f'<nav class="jump" aria-label="Networks">{"".join(links)}</nav>' if len(links) > 1 else ""


def _column(network: StandIn, platform: str, posts: Sequence[Post], source: Source) -> str:
    own, name = "light-dark({}, {})".format(*network.colours), f"name-{escape(platform)}"
    cards = "".join(_card(post, source) for post in reversed(posts))
    return (
        f'<section style="--own: {escape(own)}" aria-labelledby="{name}"><header><h2 id="{name}">'
        f"{escape(network.title)}</h2><p>{_count(posts)}</p></header>{cards}</section>"
    )


def _count(posts: Sequence[Post]) -> str:
    """The number of posts and of deleted posts, in words."""
    gone = sum(bool(post.get("deleted_at")) for post in posts)
    standing = len(posts) - gone
    return f"{standing} post{'s' if standing != 1 else ''}" + (f", {gone} deleted" if gone else "")


def _card(post: Post, source: Source) -> str:
    language = f' lang="{escape(str(post["language"]))}"' if post["language"] else ""
    text = f'<p class="text" dir="auto"{language}>{_linked(post["text"])}</p>' if post["text"] else ""
    boxed = (post["card"] or {}).get("image")  # Discord hides a file that is in the box
    beside = [each for each in post["media"] if each != boxed]
    return (
        f'<article id="post-{post["seq"]}"{_fate(post)}><div class="who">'
        f'<bdi class="account">{escape(str(post["account"]))}</bdi>'
        f"{_time(post['at'])}</div>{text}{_media(beside, source)}"
        f"{_link_card(post['card'], source) or _bare_link(post)}{_facts(post)}</article>"
    )


def _fate(post: Post) -> str:
    return ' class="deleted"' if post.get("deleted_at") else ""


def _time(at: str) -> str:
    moment = datetime.fromisoformat(at)
    return f'<time datetime="{escape(at)}">{moment.day} {moment:%b %Y, %H:%M:%S} UTC</time>'


def _linked(text: str) -> str:
    """The text, escaped, with its addresses as links and its hashtags in colour."""
    links = sorted(set(addresses(text)), key=len, reverse=True)
    if not links:
        return _tagged(text)
    pieces = re.split(f"({'|'.join(re.escape(link) for link in links)})", text)
    return "".join(_anchor(piece, piece) if piece in links else _tagged(piece) for piece in pieces)


def _tagged(text: str) -> str:
    pieces = re.split(f"({HASHTAG.pattern})", text)
    return "".join(
        f'<span class="tag">{escape(piece)}</span>' if HASHTAG.fullmatch(piece) else escape(piece) for piece in pieces
    )


def _anchor(url: str, label: str, kind: str = "") -> str:
    """A link, or the plain label where the address is neither http nor https."""
    if not _is_web(url):
        return escape(label)
    return f'<a href="{escape(url)}" rel="noreferrer noopener"{kind}>{escape(label)}</a>'


def _media(media: Sequence[Mapping[str, Any]], source: Source) -> str:
    figures = "".join(_figure(picture, source) for picture in media)
    return f'<div class="media many-{min(len(media), 4)}">{figures}</div>' if figures else ""


def _figure(picture: Mapping[str, Any], source: Source) -> str:
    alt = str(picture["alt"] or "")
    caption = f'<b>ALT</b> <span dir="auto">{escape(alt)}</span>' if alt else '<b class="missing">no alt text</b>'
    size = f"{picture['width']} × {picture['height']}, " if picture["width"] else ""
    return (
        f"<figure>{_image(picture, source)}<figcaption>{caption}"
        f"<small>{size}{_bytes(picture['bytes'])} {escape(picture['mime'])}</small></figcaption></figure>"
    )


def _image(picture: Mapping[str, Any], source: Source) -> str:
    address = source(str(picture["sha256"]))
    if address is None:
        return '<div class="gone">a file that is not a picture</div>'
    size = f' width="{picture["width"]}" height="{picture["height"]}"' if picture["width"] else ""
    return f'<img src="{escape(address)}" alt="{escape(str(picture["alt"] or ""))}"{size} loading="lazy">'


def _bytes(count: int) -> str:
    return f"{count / 1000:.0f} kB" if count >= 1000 else f"{count} B"


def _link_card(card: Mapping[str, Any] | None, source: Source) -> str:
    if not card:
        return ""
    host, url = _host(str(card["url"])), str(card["url"])
    picture = f'<div class="thumb">{_image(card["image"] | {"alt": ""}, source)}</div>' if card["image"] else ""
    named = str(card["title"]) not in ("", host)
    title = f'<strong dir="auto">{_anchor(url, str(card["title"]) if named else url)}</strong>'
    about = f'<p dir="auto">{escape(str(card["description"]))}</p>' if card["description"] else ""
    return f'<div class="card">{picture}<div><small>{escape(host)}</small>{title}{about}</div></div>'


def _bare_link(post: Post) -> str:
    """The link, if it is neither in the text nor in a card."""
    link = str(post["link"] or "")
    return f'<p class="link">{_anchor(link, link)}</p>' if link and link not in post["text"] else ""


def _facts(post: Post) -> str:
    facts = [
        ("deleted", post.get("deleted_at")),
        ("edited", post.get("edited_at")),
        ("language", post["language"]),
        ("warning", post.get("warning")),
        ("pictures", "veiled" if post.get("sensitive") else None),
        ("replies", post["replies"] if post.get("replies", "everyone") != "everyone" else None),
        ("reply to", post.get("reply_to")),
        ("visibility", post["visibility"] if post["visibility"] != "public" else None),
        ("key", post["key"]),
    ]
    shown = "".join(f"<div><dt>{name}</dt><dd>{escape(str(value))}</dd></div>" for name, value in facts if value)
    number = f"#{post['seq']}"
    ways = [_anchor(link, "article") for link in [_article(post)] if link]
    ways += [_anchor(str(post["permalink"]), "permalink")] if post["permalink"] and not post.get("deleted_at") else []
    led = f'<span class="ways">{" ".join(ways)}</span>' if ways else ""
    return f'<footer><span class="seq">{number}</span>{f"<dl>{shown}</dl>" if shown else ""}{led}</footer>'
