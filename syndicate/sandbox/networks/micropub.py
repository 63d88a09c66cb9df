"""The stand-in for a site that takes posts by Micropub: its endpoint, its media endpoint, its pages, and its owner.

Micropub, W3C Recommendation of 23 May 2017. Errors in JSON are 3.8's; without `alts` it answers as django-indieweb
0.6.2 does, in one bare word. It has one old entry of its own, so that its list is never empty.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar

from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Answer, Received, Route, Table, answer, instant, text_answer
from syndicate.sandbox.networks._micropub_entries import (
    MicropubRefusal,
    Properties,
    changed,
    checked,
    photos,
    properties,
    shown,
)
from syndicate.sandbox.networks._micropub_login import MicropubLogin
from syndicate.sandbox.pictures import look

USUAL_LIMIT = 10
MAX_IMAGE_BYTES = 10_000_000
KEPT = ("content", "name", "category", "photo", "bookmark-of", "in-reply-to")
STEPS = {"update": "edit", "delete": "delete"}


class MicropubStandIn:
    """Fake sites at /micropub/NAME. Any bearer token is good for any of them.

    `alts`: it takes alt texts in photos. `slugs`: it honours `mp-slug`. `lists`: it lists its posts. `media`: it has a
    media endpoint. `accepted`: it answers 202, and the post has its page a while later.
    """

    title: ClassVar[str] = "Micropub"
    colours: ClassVar[tuple[str, str]] = ("#a03a0c", "#f0a077")
    refusals: ClassVar[dict[str, tuple[int, Any]]] = {
        "locked": (403, {"error": "forbidden", "error_description": "This user may not post"}),
        "blocked": (429, {"error": "too_many_requests"}),
        "picture": (400, {"error": "invalid_request", "error_description": "This is not a picture"}),
        "too_long": (400, {"error": "invalid_request", "error_description": "The content is too long"}),
    }

    def __init__(
        self,
        board: Board,
        clock: Callable[[], float],
        url: str,
        *,
        alts: bool = True,
        slugs: bool = True,
        lists: bool = True,
        media: bool = True,
        accepted: bool = False,
    ) -> None:
        self._board, self._clock, self._url = board, clock, url
        self._alts, self._slugs, self._lists, self._media, self._accepted = alts, slugs, lists, media, accepted
        login = MicropubLogin(clock, url)
        self._table = Table(
            ("POST", "/micropub/*", "commit", self._post),
            ("GET", "/micropub/*", "read", self._query),
            ("POST", "/micropub/*/media", "upload", self._upload),
            ("GET", "/micropub/*/", "login", login.home),
            ("GET", "/micropub/*/auth", "login", login.ask),
            ("POST", "/micropub/*/token", "login", login.token),
            ("GET", "/micropub/*/posts/*", "read", self._page),
        )
        self.clear()

    def clear(self) -> None:
        """Forget posts and pictures."""
        self._entries: dict[str, Properties] = {}
        self._pictures: dict[str, dict[str, Any]] = {}
        self._count = 0

    def route(self, method: str, path: str) -> Route | None:
        """Routes for everything under /micropub/. What is posted to one address says itself which step it is."""
        if not path.startswith("/micropub/"):
            return None
        step, operation = self._table.find(method, path) or ("read", _nothing)
        told = _step if step == "commit" else None
        return Route("micropub", step, lambda request: self._run(operation, request), told)

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:  # noqa: ARG002  (all steps alike)
        """The failure in the Recommendation's words, or as a page of the server before it."""
        if fault == "401":
            return answer(401, {"error": "unauthorized"}, {"WWW-Authenticate": "Bearer"})
        wait = retry_after if retry_after is not None else 60 if fault == "429" else None
        headers = {} if wait is None else {"Retry-After": f"{wait:g}"}
        if fault == "429":
            return answer(429, {"error": "too_many_requests"}, headers)
        return text_answer(int(fault), f"<!DOCTYPE html><title>{fault}</title>\n", headers)

    def _run(self, operation: Callable[[Received], Answer], request: Received) -> Answer:
        try:
            return operation(request)
        except MicropubRefusal as fault:
            if not self._alts and fault.status == 400:
                return text_answer(400, fault.error)
            headers = {"WWW-Authenticate": "Bearer"} if fault.status == 401 else {}
            return answer(fault.status, {"error": fault.error, "error_description": str(fault)}, headers)
        except ValueError:
            return answer(400, {"error": "invalid_request", "error_description": "the body cannot be read"})

    def _post(self, request: Received, site: str) -> Answer:
        _token(request)
        body = request.json()
        if not isinstance(body, dict):
            raise MicropubRefusal(400, "invalid_request", "the body is not an object")
        action = body.get("action")
        if action is None:
            return self._create(body, site)
        url = str(body.get("url", ""))
        if url not in self._entries or action not in STEPS:
            raise MicropubRefusal(400, "invalid_request", "The post with the requested URL was not found")
        if action == "delete":
            del self._entries[url]
            self._board.remove("micropub", url, instant(self._clock()))
            return Answer(204)
        self._entries[url] = changed(self._entries[url], body)
        text, link = shown(self._entries[url])
        self._board.change("micropub", url, text=text, link=link, edited_at=instant(self._clock()))
        return Answer(204)

    def _create(self, body: dict[str, Any], site: str) -> Answer:
        if body.get("type") != ["h-entry"]:
            raise MicropubRefusal(400, "invalid_request", "type is not h-entry")
        given = properties(body.get("properties"))
        checked(given, alts=self._alts)
        url, now = self._address(given, site), instant(self._clock())
        media = [self._pictures.get(where, self._board.keep(b"")) | {"alt": alt} for where, alt in photos(given)]
        self._entries[url] = {name: given[name] for name in KEPT if name in given} | {
            "url": [url],
            "published": [now],
            "post-status": given.get("post-status", ["published"]),
        }
        text, link = shown(given)
        slug = str((given.get("mp-slug") or [""])[0])
        self._board.put(
            "micropub", url, account=site, text=text, link=link, media=media, key=slug, permalink=url, at=now
        )
        return Answer(202 if self._accepted else 201, headers={"Location": url})

    def _address(self, given: Properties, site: str) -> str:
        """Where the entry will be: at the slug that was asked for, or with a number if there is one already."""
        self._count += 1
        asked = str((given.get("mp-slug") or [""])[0]) if self._slugs else ""
        base = f"{self._url}/micropub/{site}/posts/{asked or self._count}"
        same = sum(1 for url in self._entries if url == base or url.startswith(f"{base}-"))
        return f"{base}-{same + 1}" if same else base

    def _query(self, request: Received, site: str) -> Answer:
        _token(request)
        asked = request.query
        if asked.get("q") == "config":
            media = {"media-endpoint": f"{self._url}/micropub/{site}/media"} if self._media else {}
            return answer(200, media | {"syndicate-to": [], "q": ["config", "source"], "mp": ["slug"]})
        if asked.get("q") != "source":
            raise MicropubRefusal(400, "invalid_request", "unknown query")
        if "url" in asked:
            if asked["url"] not in self._entries:
                raise MicropubRefusal(400, "invalid_request", "The post with the requested URL was not found")
            return answer(200, {"type": ["h-entry"], "properties": self._entries[asked["url"]]})
        if not self._lists:
            return text_answer(501, "not_implemented")
        limit, offset = int(asked.get("limit") or USUAL_LIMIT), int(asked.get("offset") or 0)
        mine = [each for url, each in self._entries.items() if url.startswith(f"{self._url}/micropub/{site}/")]
        page = [*reversed(mine), _first(self._url, site)][offset : offset + limit]
        return answer(200, {"items": [{"type": ["h-entry"], "properties": each} for each in page]})

    def _upload(self, request: Received, site: str) -> Answer:
        _token(request)
        _, files = request.fields()
        data = files["file"].data if "file" in files else b""
        if look(data) is None:
            raise MicropubRefusal(400, "invalid_request", "file is not a picture")
        if len(data) > MAX_IMAGE_BYTES:
            return text_answer(413, "<!DOCTYPE html><title>413 Request Entity Too Large</title>\n")
        kept = self._board.keep(data)
        where = f"{self._url}/micropub/{site}/media/{kept['sha256']}"
        self._pictures[where] = kept
        return Answer(202 if self._accepted else 201, headers={"Location": where})

    def _page(self, _: Received, site: str, slug: str) -> Answer:
        entry = self._entries.get(f"{self._url}/micropub/{site}/posts/{slug}")
        if entry is None:
            return text_answer(404, "<!DOCTYPE html><title>Not Found</title>\n")
        return text_answer(200, f"<!DOCTYPE html><title>{site}</title>\n")


def _first(url: str, site: str) -> Properties:
    """What every new site has."""
    where = f"{url}/micropub/{site}/posts/hello-world"
    return {"url": [where], "published": ["2019-01-01T00:00:00Z"], "content": ["Hello world!"]}


def _step(request: Received) -> str:
    try:
        body = json.loads(request.body)
    except ValueError:
        return "commit"
    return STEPS.get(str(body.get("action")), "commit") if isinstance(body, dict) else "commit"


def _token(request: Received) -> str:
    if request.bearer is None:
        raise MicropubRefusal(401, "unauthorized", "No access token was provided")
    return request.bearer


def _nothing(_: Received) -> Answer:
    return text_answer(404, "<!DOCTYPE html><title>Not Found</title>\n")


network = MicropubStandIn
