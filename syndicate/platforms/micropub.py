"""Sites that take posts by Micropub: micro.blog, WordPress with its plugin, Indiekit, and others.

Facts: Micropub, W3C Recommendation of 23 May 2017 (w3c/Micropub @ 02dc6deb, publish/rec); micro.blog: posting API
and timeline display rules (help.micro.blog/t/96, /t/29, /t/3676, read 2026-11-29); WordPress:
indieweb/wordpress-micropub @ 3e80aee1; run against django-indieweb 0.6.2 (2026-11-29). Requests are made in
`_micropub_site`; what error answers mean is in `_micropub_answers`, signing in in `_indieauth`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from syndicate.errors import NotReady, Rejected, Unsupported
from syndicate.model import Certainty, Draft, Identity, Json, Limits, ListedPost, Look, Post, Receipt, Secret
from syndicate.model.dataclass import dataclass
from syndicate.platforms import _micropub_answers, _micropub_entries
from syndicate.platforms._elsewhere import host, is_address
from syndicate.platforms._micropub_answers import ABSENT, SCOPES
from syndicate.platforms._micropub_site import MicropubSite, check, location
from syndicate.platforms._uploads import one_by_one
from syndicate.ports import Credentials, Http, SigningIn

MICRO_BLOG = "micro.blog"
SHOWN = 300
"""Characters of a note that micro.blog shows whole; a longer one is cut in the timeline."""


@dataclass(frozen=True, slots=True)
class Options:
    """Where a site takes posts. The token needs the scopes create, update, delete and media."""

    endpoint: Annotated[str | None, "Where the site takes posts; not needed after `accounts login`."] = None
    token: Annotated[Secret | None, "The access token; not needed after `accounts login`."] = None
    media_endpoint: Annotated[str | None, "Where it takes pictures, if it does not say so itself."] = None
    destination: Annotated[str | None, "Which blog, where one login has several (its `uid`)."] = None
    kind: Annotated[Literal["note", "bookmark"], "A note without a title, or a bookmark of the article."] = "note"
    content: Annotated[Literal["text", "html"], "Sends the text as it is, or as HTML with links."] = "text"
    slug: Annotated[Literal["key", "server"], "Who chooses the end of the address: syndicate or the site."] = "key"
    post_status: Annotated[Literal["published", "draft"], "Whether it is published at once."] = "published"
    api_url: str | None = None

    def __post_init__(self) -> None:
        for url in (self.endpoint, self.media_endpoint):
            if url is not None and not is_address(url):
                raise ValueError(f"'{url}' is not an address such as https://micro.blog/micropub")
        if self.token is not None and self.endpoint is None:
            raise ValueError("a token needs its endpoint, such as https://micro.blog/micropub")

    def redirected(self, url: str, folder: Path, name: str) -> Options:  # noqa: ARG002 - nothing is written to disk
        """These options for the sandbox, where each account has a site of its own."""
        return replace(self, api_url=f"{url}/micropub/{name}", media_endpoint=None)


class Micropub:
    """One site. There is no key: what went out is looked up in the site's own list of posts.

    Not every server lists its posts; without a list nothing can be told, and the post is held for a person.
    """

    name: ClassVar[str] = "micropub"
    options_type: ClassVar[type] = Options
    certainty: ClassVar[Certainty] = "lookup"
    key_window: ClassVar[float] = 0.0
    settle: ClassVar[float] = 60.0
    # all of them ours, but for micro.blog's, which `verify` gives
    limits = Limits(text=5000, images=4, image_bytes=5_000_000, card="text", card_with_media=True, stated=True)
    look: ClassVar[Look] = Look("Micropub", "µ", colour="#b3400e", tint=("#a03a0c", "#f0a077"), corners=(4, 4))

    def __init__(self, options: Options, http: Http, credentials: Credentials) -> None:
        self._options, self._http, self._credentials = options, http, credentials
        self._site = MicropubSite(options, http, credentials)

    @staticmethod
    def whose(options: Options) -> tuple[str, ...]:
        """The endpoint and the blog, as the account's identity."""
        return (options.endpoint or "", options.destination or "")

    @staticmethod
    def proof(options: Options) -> str:
        """The token: another one may belong to another login of the same server."""
        return options.token or ""

    @staticmethod
    def sign_in(options: Options, http: Http, redirect: str) -> SigningIn:
        """Sign in with the site's address (IndieAuth)."""
        from syndicate.platforms import _indieauth  # only signing in needs it

        return _indieauth.sign_in(http, options.endpoint, SCOPES, redirect)

    @staticmethod
    def signed_out(options: Options) -> Json:
        """What a rehearsal does with before somebody has signed in; {} with a token in the config."""
        if options.token is not None:
            return {}
        return {"token": "<token>"} | ({} if options.endpoint else {"endpoint": "https://site.example/micropub"})

    def refresh(self, current: Json) -> Json:
        """A token of the config stays as it is; that of a sign-in is renewed, where the server gave what it takes."""
        from syndicate.platforms import _indieauth  # only renewing needs it

        if not current and self._options.token is not None:
            return {"token": str(self._options.token)}
        return _indieauth.renewed(self._http, current)

    def measure(self, text: str) -> int:
        """Code points: micro.blog counts the characters of the plain text, and others hardly count at all."""
        return len(text)

    def verify(self) -> Identity:
        """Read which blogs the login has. Many servers do not say: then only the site's address is known."""
        endpoint, blog = self._site.endpoint, self._site.blog()
        held = self._credentials.current()
        site = str(blog.get("uid") or held.get("me") or endpoint)
        short = host(endpoint) == MICRO_BLOG and self._options.kind == "note"
        return Identity(
            id=site,
            name=str(blog.get("name") or host(site) or site),
            url=site if site != endpoint else None,
            limits={"text": SHOWN} if short else {},
            expires_at=datetime.fromisoformat(str(held["expires_at"])) if "expires_at" in held else None,
            scopes=tuple(str(held.get("scope") or "").split()),
        )

    def prepare(self, post: Post, key: str, prepared: Json | None = None) -> Draft:
        """Upload the pictures, and fix the entry. `prepared` has them, where the server refused their alt texts."""
        photos = (prepared or {}).get("photos") or self._uploaded(post, prepared)
        slug = _micropub_entries.slug(key) if self._options.slug == "key" else None
        properties: Json = {"content": _micropub_entries.content(post, self._options.content)}
        properties |= _micropub_entries.named(post, self._options.kind)
        properties |= _micropub_entries.pictured(photos, bare=bool((prepared or {}).get("photos")))
        properties |= {"category": tags} if (tags := _micropub_entries.categories(post)) else {}
        properties |= {"in-reply-to": [post.reply_to.id]} if post.reply_to else {}
        properties |= {"mp-slug": [slug]} if slug else {}
        properties |= {"post-status": [self._options.post_status]}
        properties |= {name: [value] for name, value in self._site.chosen.items()}
        shown = post.link if post.link and post.link in post.text else properties.get("bookmark-of", [None])[0]
        return {"properties": properties, "photos": photos, "text": post.text, "link": shown, "slug": slug}

    def commit(self, draft: Draft, key: str) -> Receipt:  # noqa: ARG002 - there is no key but the slug
        """Create the entry; `Location` is where it is, or, after a 202, soon will be.

        Raises NotReady where the server may have refused the alt texts, as django-indieweb does: then the addresses of
        the pictures go alone, and the alt texts beside them.
        """
        body = {"type": ["h-entry"], "properties": draft["properties"]} | self._site.chosen
        reply = self._site.send("POST", json=body, sample={"url": "<permalink>"})
        fault = _micropub_answers.what(reply, "post", commit=True)
        described = any(isinstance(photo, dict) for photo in draft["properties"].get("photo", ()))
        if reply.status == 400 and described and type(fault) is Rejected:
            words = f"{fault}; its pictures go once more, with their alt texts beside them"
            raise NotReady(words, prepared={"photos": draft["photos"]}, retry_after=0.0)
        check(reply, "post", commit=True)
        return _receipt(location(reply, "post"))

    def find(self, draft: Draft, key: str, since: datetime) -> Receipt | None:  # noqa: ARG002 - the draft has the slug
        """Search the site's entries back to `since`, for the address that was asked for, our link, or else our text."""
        others = draft.get("others", ())
        for entry in (entry for page in _micropub_entries.pages(self._site.listing, since) for entry in page):
            at, url = _micropub_entries.published(entry), _micropub_entries.address(entry)
            possible = url and url not in others and (at is None or at >= since)
            if possible and _micropub_entries.ours(draft, entry):
                return _receipt(url)
        return None

    def recent(self, since: datetime) -> list[ListedPost]:
        """The site's entries since then. Raises Unsupported where the server does not list them, or not with dates."""
        found = []
        for entry in (entry for page in _micropub_entries.pages(self._site.listing, since) for entry in page):
            at, url = _micropub_entries.published(entry), _micropub_entries.address(entry)
            if at is None or not url:
                raise Unsupported("micropub: this server lists posts without dates or addresses")
            text, links = _micropub_entries.words(entry)
            found.append(ListedPost(_receipt(url), at, links, text))
        return sorted((each for each in found if each.at >= since), key=lambda each: each.at, reverse=True)

    def delete(self, receipt: Receipt) -> None:
        """Delete the entry; if it is gone already, that is not an error, unless a person gave its address."""
        body = {"action": "delete", "url": receipt.id} | self._site.chosen
        reply = self._site.send("POST", json=body, sample={"url": receipt.id})
        if reply.status not in ABSENT or receipt.data != _OURS or not self._site.is_gone(receipt.id):
            check(reply, "removing a post")

    def edit(self, receipt: Receipt, post: Post) -> Receipt:
        """Replace the text; pictures and categories stay. A new address (201) is the post's from then on."""
        changes = {"content": _micropub_entries.content(post, self._options.content)}
        body = {"action": "update", "url": receipt.id, "replace": changes} | self._site.chosen
        reply = self._site.send("POST", json=body, sample={"url": receipt.id})
        check(reply, "editing a post")
        return _receipt(location(reply, "editing a post")) if reply.status == 201 else receipt

    def _uploaded(self, post: Post, prepared: Json | None) -> list[Json]:
        """The address and alt text of each picture."""
        endpoint = self._site.media_endpoint() if post.media else None
        places = one_by_one(post, post.media, prepared, lambda media: self._site.upload(media, endpoint))
        return [{"value": place, "alt": media.alt} for place, media in zip(places, post.media, strict=True)]


_OURS = {"from": "site"}
"""Marks an address that the site itself gave."""


def _receipt(url: str) -> Receipt:
    return Receipt(id=url, permalink=url, data=_OURS)


platform = Micropub
