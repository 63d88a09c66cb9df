"""Answers hooks: requests with which a CMS, Ghost or a WebSub hub makes us read a source at once.

A hook only decides which sources are read, never what is posted: that is read from the source, as always.
So a forged hook cannot post anything, and a needless one costs one conditional request. Where it names a story
that was announced, the story's page is looked at at once as well: it may be withdrawn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from syndicate.aliases import site_host
from syndicate.config.schema import Config, SourceConfig
from syndicate.ingestion.websub import PATH, Subscriber
from syndicate.ledger import Ledger
from syndicate.ports import EventLog
from syndicate.serialization import instant
from syndicate.web import signatures, websub
from syndicate.web.request import HttpError, Request, Response

LARGEST = 65_536
"""Bytes that a body may have."""
GHOSTS = 2_000_000
"""Bytes that a body from Ghost may have; it contains the whole post twice."""


class Hooks:
    """Answers `/hooks/…`, for callers with `listen.token` (a bearer token, or Ghost's secret) and for WebSub hubs."""

    def __init__(
        self,
        config: Config,
        ledger: Ledger,
        say: EventLog,
        subscriber: Subscriber | None = None,
        expect: Callable[[Iterable[str]], None] = lambda _: None,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """`expect` is told of sources that have a certain story, before they are read; `wake` has them read at once."""
        self._config = config
        self._ledger = ledger
        self._say = say
        self._subscriber = subscriber
        self._expect = expect
        self._wake = wake
        self._token = config.listen.token if config.listen else None

    def answer(self, asked: Request) -> Response:
        """Answer a hook, and have what it named read at once. Raises HttpError."""
        answer = self._answer(asked)
        self._wake()
        return answer

    def _answer(self, asked: Request) -> Response:
        if asked.path == "/hooks/publish":
            return self._publish(asked)
        if asked.path == "/hooks/ghost":
            return self._ghost(asked)
        if asked.path.startswith(PATH):
            if self._subscriber is None:
                raise HttpError(410, "there is no such subscription")
            return websub.answer(asked, self._subscriber)
        raise HttpError(404, "the hooks are /hooks/publish and /hooks/ghost")

    def _publish(self, asked: Request) -> Response:
        asked.only("POST")
        asked.body.length(LARGEST)
        if not signatures.bearer(asked.headers, self._secret()):
            raise HttpError(401, "send the token of `listen` as a bearer token", **{"WWW-Authenticate": "Bearer"})
        body = asked.body.read(LARGEST)
        said = _said(asked, body)
        return self._hint("publish", self._named(said.get("source"), said.get("url")), [said.get("url")])

    def _ghost(self, asked: Request) -> Response:
        """Answer Ghost. Never with 410: Ghost deletes a webhook that answers so."""
        asked.only("POST")
        body = asked.body.read(GHOSTS)
        if not signatures.ghost(asked.headers, body, self._secret(), self._ledger.now()):
            raise HttpError(401, "not signed with the token of `listen`; give it to Ghost as the webhook's secret")
        said = _said(asked, body)
        post: Any = said.get("post") or said.get("page")
        versions = [post.get(name) for name in ("current", "previous")] if isinstance(post, dict) else []
        told = [version for version in versions if isinstance(version, dict)]
        urls = [version.get("url") for version in told]  # a deleted post has only a previous version
        url = next((each for each in urls if each), None)
        return self._hint("ghost", self._named(said.get("source"), url), [*urls, *(each.get("id") for each in told)])

    def _secret(self) -> str:
        if self._token is None:
            raise HttpError(403, "hooks are off: set `listen.token` in the config")
        return self._token

    def _named(self, source: object, url: object) -> list[str]:
        """The sources to read: the one that is named, else those on the host of the article's address, else all."""
        sources = self._config.sources
        if isinstance(source, str) and source:
            if source not in sources:
                raise _unknown(source, sources)
            return [source]
        host = site_host(url) if isinstance(url, str) else None
        return [name for name, each in sources.items() if host and host in _hosts(each)] or list(sources)

    def _hint(self, hook: str, names: Sequence[str], story: Iterable[object]) -> Response:
        """Have the sources read, and the page of the story looked at that has one of these names."""
        said_of = [each for each in dict.fromkeys(story) if isinstance(each, str) and each]
        if said_of:
            self._expect(names)
        for word in said_of:
            self._ledger.articles.look_at_once(word, self._ledger.now())
        found = self._ledger.sources.hint(names, self._ledger.now())
        self._say("hook.received", hook=hook, sources=", ".join(found))
        said = _json({"sources": {name: instant(at) for name, at in found.items()}})
        return Response(202, f"{said}\n".encode(), "application/json")


def _said(asked: Request, body: bytes) -> dict[str, Any]:
    """The values in a request: from its query, and from its body if that is a JSON object or a form."""
    said: dict[str, Any] = {}
    text = body.decode("utf-8", "replace")
    if asked.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        said |= parse_qsl(text)
    try:
        data = json.loads(text)
        said |= data if isinstance(data, dict) else {}
    except (ValueError, RecursionError):
        pass
    return said | dict(parse_qsl(asked.query))


def _hosts(source: SourceConfig) -> set[str | None]:
    return {site_host(source.url), site_host(source.link or "")}


def _unknown(name: str, sources: Mapping[str, SourceConfig]) -> HttpError:
    return HttpError(
        404, _json({"error": f"no source is called '{name}'", "sources": list(sources)}), "application/json"
    )


def _json(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False)
