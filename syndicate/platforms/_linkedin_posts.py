"""Posts as LinkedIn's API takes them and lists them, and which post a receipt means.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api (li-lms-2026-05).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from syndicate.errors import Rejected, Uncertain, Unsupported
from syndicate.model import ListedPost, Receipt
from syndicate.model.pattern import pattern
from syndicate.platforms._linkedin_calls import LinkedInAccount, good
from syndicate.platforms._linkedin_text import commentary, plain
from syndicate.platforms._replies import addresses_in, by_hand, holds, items, leads_to, problem, same_text, whole

if TYPE_CHECKING:
    from syndicate.model import Draft, Json, Post
    from syndicate.ports import Reply

_URN = pattern(r"urn:li:(?:share|ugcPost):\d+")
_SLUG = pattern(r"/posts/[^/]*-(share|ugcPost)-(\d+)-")
_HOSTS = ("linkedin.com", "www.linkedin.com")
_LISTING = 50
_PAGES = 20


def body(post: Post, author: str, visibility: str, urns: list[str]) -> Json:
    """A post as the API takes it, with these pictures; LinkedIn has no field for its language."""
    made: Json = {
        "author": author,
        "commentary": commentary(post.text),
        "visibility": visibility.upper(),
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    content = _content(post, urns)
    return made | ({"content": content} if content else {})


def _content(post: Post, urns: list[str]) -> Json | None:
    """What stands below the text: one picture, several, or a link card, whose parts LinkedIn does not look up."""
    if post.media:
        images = [{"id": urn, "altText": media.alt} for urn, media in zip(urns, post.media, strict=True)]
        shown = [{name: value for name, value in image.items() if value} for image in images]
        return {"media": shown[0]} if len(shown) == 1 else {"multiImage": {"images": shown}}
    if post.card is None:
        return None
    card = {"source": post.card.url, "title": post.card.title or post.card.url, "description": post.card.description}
    article = {name: value for name, value in card.items() if value} | ({"thumbnail": urns[0]} if urns else {})
    return {"article": article}


def own(account: LinkedInAccount, since: datetime) -> Iterator[Json]:
    """The author's published posts, the last changed first, back to `since`. Raises Unsupported."""
    asked = {"q": "author", "author": account.author, "count": str(_LISTING), "sortBy": "LAST_MODIFIED"}
    finder = {"X-RestLi-Method": "FINDER"}
    for page in range(_PAGES):
        params = asked | ({"start": str(page * _LISTING)} if page else {})
        reply = account.send("GET", "/rest/posts", more=finder, params=params)
        if reply.status in (400, 403) and problem(reply):
            told = f"linkedin: this app may not read the posts of {account.author}"
            raise Unsupported(told, hint="it needs r_organization_social", status=reply.status)
        posts = items(whole(good(reply, "own posts")).get("elements"), "id")
        yield from (post for post in posts if post.get("lifecycleState", "PUBLISHED") == "PUBLISHED")
        if len(posts) < _LISTING or changed(posts[-1]) < since:
            return
    raise Unsupported("linkedin: too many posts since then to search them all")


def receipt(urn: str) -> Receipt:
    """The receipt of a post; its page has its URN in the address."""
    return Receipt(id=urn, permalink=f"https://www.linkedin.com/feed/update/{urn}")


def listed_at(post: Json) -> Receipt:
    """The receipt of a listed post."""
    return receipt(str(post["id"]))


def urn_of(receipt: Receipt) -> str:
    """The post's URN; most addresses have it, but not those with an `activity`. Raises Rejected."""
    address = by_hand(receipt)
    if address is None:
        return receipt.id
    whole = unquote(address)
    if urlsplit(address).hostname in _HOSTS:
        if found := _URN.search(whole):
            return found[0]
        if slug := _SLUG.search(whole):
            return f"urn:li:{slug[1]}:{slug[2]}"
    raise Rejected(f"linkedin: {address} does not say which post it is; change it on LinkedIn itself")


def changed_well(reply: Reply, what: str) -> None:
    """Raise what a refused change means: a 403 is about this post, not about the login."""
    said = problem(reply)
    if reply.status == 403 and said:
        raise Rejected(f"linkedin: {what}: HTTP 403: {said.get('message', '')}".rstrip(": "), status=403)
    good(reply, what)


def published(post: Json) -> datetime:
    """When it was published. Raises Uncertain where a listing does not say."""
    return _at(post, "publishedAt", "createdAt")


def changed(post: Json) -> datetime:
    """When it was changed last, by which a listing is sorted."""
    return _at(post, "lastModifiedAt", "publishedAt", "createdAt")


def words(post: Json) -> str:
    """Its text as people read it."""
    return plain(str(post.get("commentary") or ""))


def links(post: Json) -> list[str]:
    """Where it leads: its link card, and the addresses in its text."""
    source = ((post.get("content") or {}).get("article") or {}).get("source")
    return list(dict.fromkeys([*([str(source)] if source else []), *addresses_in(words(post))]))


def listed(post: Json) -> ListedPost:
    """A post of the listing."""
    return ListedPost(listed_at(post), published(post), tuple(links(post)), words(post))


def ours(draft: Draft, post: Json) -> bool:
    """Whether a listed post has our link, on its card or in its text, or else our text."""
    link = draft["link"]
    if not link:
        return same_text(draft["text"], words(post))
    return any(leads_to(link, each) for each in links(post)) or holds(words(post), link)


def _at(post: Json, *names: str) -> datetime:
    """The first of these instants that it has, in milliseconds since 1970."""
    for name in names:
        if isinstance(value := post.get(name), int) and value > 0:
            return datetime.fromtimestamp(value / 1000, UTC)
    raise Uncertain(f"linkedin: a listing whose '{names[0]}' cannot be read")
