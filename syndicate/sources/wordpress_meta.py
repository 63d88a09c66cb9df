"""Writes into a field of a WordPress post where it was posted, by its REST API and an application password.

https://developer.wordpress.org/rest-api/reference/posts/#update-a-post: fields of `meta` are there only where a plugin
or the theme has registered them for the REST API; others are ignored without a word.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from syndicate.errors import AuthError, PlatformError, Rejected, Unavailable
from syndicate.model import Article, Json
from syndicate.net.status import failure
from syndicate.ports import Http, Reply
from syndicate.sources.wordpress import endpoint, is_root

_NUMBER = re.compile(r"[?&](?:p|page_id)=(\d+)")
_FIELDS = "id,link,guid,meta"


class WordPressMeta:
    """ports.WritesBack for the posts of a site. `meta` is the field: a list of addresses, or a text with one a line."""

    def __init__(self, url: str, http: Http, user: str, password: str, meta: str) -> None:
        root = url if is_root(url) else url.partition("?")[0].partition("#")[0].rstrip("/") + "/wp-json"
        self._posts = endpoint(root)
        self._http = http
        self._meta = meta
        self._headers = {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}

    def write_back(self, article: Article, posts: Sequence[Json]) -> None:
        """Set the field, unless it says so already. A post that is gone has nothing to hear."""
        found = self._find(article)
        if found is None:
            return
        meta = found.get("meta")
        if not isinstance(meta, dict) or self._meta not in meta:
            raise Rejected(
                f"{self._host} does not show the field {self._meta} of posts",
                hint="register it with register_post_meta and show_in_rest, or name the field of your plugin",
            )
        addresses = [str(post["url"]) for post in posts]
        wanted = addresses if isinstance(meta[self._meta], list) else "\n".join(addresses)
        if meta[self._meta] != wanted:
            answer = self._asked("POST", f"{self._posts}/{found['id']}", json={"meta": {self._meta: wanted}})
            said = answer.get("meta") if isinstance(answer, dict) else None
            if not isinstance(said, dict) or said.get(self._meta) != wanted:
                raise Rejected(f"{self._host} did not take the field {self._meta} of {article.url}")

    def _find(self, article: Article) -> dict[str, Any] | None:
        """The post of an article: by the number in its guid, else by the last part of its address."""
        number = _NUMBER.search(article.guid or "") or _NUMBER.search(article.url)
        params = {"context": "edit", "_fields": _FIELDS}
        if number:
            found = self._asked("GET", f"{self._posts}/{number[1]}", params=params, absent=True)
            if isinstance(found, dict) and _is_of(found, article):
                return found
        slug = urlsplit(article.url).path.rstrip("/").rpartition("/")[2].partition(".")[0]
        listed = self._asked("GET", self._posts, params=params | {"slug": slug}, absent=True) if slug else []
        posts = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        return next((each for each in posts if _is_of(each, article)), None)

    def _asked(self, method: str, url: str, *, absent: bool = False, **parts: Any) -> Any:
        """What the API answers; None where it says that there is no such post, if that may be."""
        reply = self._http.call(method, url, headers=self._headers, sample={}, **parts)
        if absent and reply.status in (404, 410) and b"rest_post_invalid_id" in reply.body:
            return None
        if reply.status in (401, 403):
            raise AuthError(f"{self._host} refuses the login: {_said(reply)}", hint=_CURE, status=reply.status)
        fault: PlatformError | None = failure(reply, self._host)
        if fault is not None:
            raise fault
        if not reply.headers.get("content-type", "").startswith("application/json"):
            raise Unavailable(f"{self._host} answers with something else than its REST API", status=reply.status)
        return reply.json()

    @property
    def _host(self) -> str:
        return str(urlsplit(self._posts).hostname)


_CURE = "make an application password in WordPress (Users, Profile) for a user who may edit the posts"


def _said(reply: Reply) -> str:
    try:
        said = reply.json()
    except PlatformError:
        return f"HTTP {reply.status}"
    return str(said.get("message"))[:200] if isinstance(said, dict) else f"HTTP {reply.status}"


def _is_of(post: dict[str, Any], article: Article) -> bool:
    """Whether a post of the API is an article: by its address, or by its guid."""
    guid = post.get("guid")
    named = guid.get("raw") or guid.get("rendered") if isinstance(guid, dict) else guid
    return "id" in post and (post.get("link") == article.url or bool(article.guid and named == article.guid))
