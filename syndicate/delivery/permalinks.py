"""Where articles were posted: the addresses of their posts, for a site's own pages. Deleted posts are left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from syndicate.addresses import without_login
from syndicate.ledger import Ledger, rows
from syndicate.ledger.catalogue import Selection
from syndicate.model import Article, Json, site_of
from syndicate.serialization import delivery_record

Posts = dict[str, list[Json]]
"""By the address of the article, in order."""

_APP_ADDRESS = re.compile(r"https://bsky\.app/profile/([^/]+)/post/([^/?#]+)/?")


def of_article(anchor: str, ledger: Ledger, site: str = "") -> list[Json]:
    """The posts of one article, on the accounts of this site; "" is all of them."""
    found = ledger.deliveries.search(states=("posted",), anchor=anchor)
    return _sorted(_post(each, site) for each in map(delivery_record, found) if _stands(each, site))


def of_all(ledger: Ledger, site: str = "") -> Posts:
    """The posts of all articles, on the accounts of this site; "" is all of them."""
    found: Posts = {}
    for row in ledger.catalogue.rows(Selection(states=("posted",))):
        record = rows.record(row)
        if _stands(record, site):
            found.setdefault(record["article"], []).append(_post(record, site))
    return {article: _sorted(posts) for article, posts in found.items()}


def address(article: Article) -> str:
    """The address of an article, as the file has it."""
    return without_login(article.url)


def as_text(posts: Mapping[str, Sequence[Json]]) -> str:
    """The JSON file: sorted, and a line for each post, so that a change of one is a change of one line."""
    articles = []
    for article in sorted(posts):
        lines = ",\n".join(f"  {_line(post)}" for post in posts[article])
        articles.append(f" {_line(article)}: [\n{lines}\n ]")
    return "{\n" + ",\n".join(articles) + "\n}\n" if articles else "{}\n"


def from_text(text: str) -> Posts | None:
    """The reverse; None where it is not such a file, as with the marks of a merge in it."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_one = isinstance(found, dict) and all(
        isinstance(posts, list) and all(isinstance(post, dict) for post in posts) for posts in found.values()
    )
    return found if is_one else None


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _stands(record: Json, site: str) -> bool:
    """Whether a posted delivery is a post that people can see; of a thread, its first."""
    is_post = record["action"] == "post" and record["reason"] != "deleted" and not record["part"]
    return is_post and bool(record["permalink"]) and site in ("", site_of(record["account"]))


def _post(record: Json, site: str) -> Json:
    account = record["account"].removeprefix(f"{site}/") if site else record["account"]
    return {
        "account": account,
        "platform": record["platform"],
        "url": record["permalink"],
        "id": _id(record),
        "at": record["posted_at"],
    }


def _id(record: Json) -> str | None:
    """The id that the network gave it; on Bluesky the at:// address, also where a person gave that of the app."""
    found = _APP_ADDRESS.fullmatch(record["remote_id"] or "")
    return f"at://{found[1]}/app.bsky.feed.post/{found[2]}" if found else record["remote_id"]


def _sorted(posts: Iterable[Json]) -> list[Json]:
    return sorted(posts, key=lambda post: (post["account"], post["at"] or "", post["url"]))
