"""What the networks' own descriptions say of the requests we make, in short: names, types, what has to be there.

Read from Mastodon's OpenAPI (mastodon/documentation), X's OpenAPI 2.167, Meta's SDK description of v25.0 and the
lexicons of atproto; where these are at hand, `test_described.py` compares. A request through `DescribedDoor` that
names anything else fails its test.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from syndicate.ports import Http, Reply


@dataclass(frozen=True)
class Endpoint:
    """Names of the query; of JSON, form or files with their types; and which of all these have to be there.

    A type is a class, a list of one, or names of further fields with their types. `body`: bytes as they are.
    """

    query: tuple[str, ...] = ()
    json: Mapping[str, Any] = field(default_factory=dict)
    form: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    body: bool = False


RECORD = {"repo": str, "collection": str, "rkey": str}
STATUS = {"status": str, "media_ids": [str], "language": str, "sensitive": bool, "spoiler_text": str}

DESCRIBED: dict[str, dict[str, Endpoint]] = {
    "mastodon": {
        "GET /api/v1/accounts/verify_credentials": Endpoint(),
        "GET /api/v2/instance": Endpoint(),
        "GET /api/v1/instance": Endpoint(),
        "POST /api/v2/media": Endpoint(form=("description", "focus"), files=("file", "thumbnail"), needs=("file",)),
        "GET /api/v1/media/{id}": Endpoint(),
        "POST /api/v1/statuses": Endpoint(json=STATUS | {"visibility": str}),
        "GET /api/v1/accounts/{id}/statuses": Endpoint(query=("exclude_reblogs", "limit", "max_id", "since_id")),
        "GET /api/v1/statuses/{id}": Endpoint(),
        "PUT /api/v1/statuses/{id}": Endpoint(json=STATUS | {"media_attributes": [{"id": str, "description": str}]}),
        "DELETE /api/v1/statuses/{id}": Endpoint(query=("delete_media",)),
    },
    "x": {
        "GET /2/users/me": Endpoint(),
        "POST /2/media/upload": Endpoint(form=("media_category",), files=("media",), needs=("media", "media_category")),
        "POST /2/media/metadata": Endpoint(json={"id": str, "metadata": {"alt_text": {"text": str}}}, needs=("id",)),
        "POST /2/tweets": Endpoint(json={"text": str, "media": {"media_ids": [str]}}),
        # `tweet.fields` is `post.fields` in the description, and as we write it in X's documentation.
        "GET /2/users/{id}/tweets": Endpoint(query=("max_results", "pagination_token", "start_time", "tweet.fields")),
        "DELETE /2/tweets/{id}": Endpoint(),
    },
    "facebook": {
        "POST /v25.0/{page}/feed": Endpoint(query=("fields",), form=("message", "link", "attached_media")),
        "POST /v25.0/{page}/photos": Endpoint(form=("published", "alt_text_custom"), files=("source",)),
        "GET /v25.0/{page}/published_posts": Endpoint(query=("limit", "fields", "after")),
        "GET /v25.0/{id}": Endpoint(query=("fields",)),
        "POST /v25.0/{id}": Endpoint(form=("message",)),
        "DELETE /v25.0/{id}": Endpoint(),
    },
    "bluesky": {
        "GET /xrpc/com.atproto.server.getSession": Endpoint(),
        "POST /xrpc/com.atproto.server.createSession": Endpoint(
            json={"identifier": str, "password": str}, needs=("identifier", "password")
        ),
        "POST /xrpc/com.atproto.server.refreshSession": Endpoint(),
        "POST /xrpc/com.atproto.repo.uploadBlob": Endpoint(body=True),
        "POST /xrpc/com.atproto.repo.putRecord": Endpoint(
            json=RECORD | {"record": dict, "swapRecord": str | None}, needs=("repo", "collection", "rkey", "record")
        ),
        "GET /xrpc/com.atproto.repo.getRecord": Endpoint(
            query=("repo", "collection", "rkey"), needs=("repo", "collection", "rkey")
        ),
        "GET /xrpc/com.atproto.repo.listRecords": Endpoint(
            query=("repo", "collection", "limit", "cursor"), needs=("repo", "collection")
        ),
        "POST /xrpc/com.atproto.repo.deleteRecord": Endpoint(json=RECORD, needs=("repo", "collection", "rkey")),
    },
}


def endpoint(network: str, method: str, path: str) -> Endpoint:
    """What is said of this request; KeyError where nothing is."""
    for name, found in DESCRIBED[network].items():
        verb, _, template = name.partition(" ")
        if verb == method.upper() and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return found
    raise KeyError(f"{network} describes no {method} {path}")


def check(network: str, method: str, url: str, request: Mapping[str, Any]) -> None:
    """Fail where a request names what is not described, lacks what is needed, or has another type."""
    said = endpoint(network, method, urlsplit(url).path)
    body, form = request.get("json") or {}, request.get("data") or {}
    raw = isinstance(form, bytes)
    sent = {
        "query": {*(request.get("params") or {})},
        "json": {*body},
        "form": set() if raw else {*form},
        "files": {*(request.get("files") or {})},
    }
    for where, names in sent.items():
        assert names <= {*getattr(said, where)}, f"{method} {url}: {where} has {names}"
    assert {*said.needs} <= set().union(*sent.values()), f"{method} {url} lacks one of {said.needs}"
    assert raw is said.body
    assert all(isinstance(value, str) for value in (request.get("params") or {}).values())
    assert fits(dict(body), dict(said.json)), f"{method} {url}: {body}"


def fits(value: Any, kind: Any) -> bool:
    """Whether a JSON value is of that type."""
    if isinstance(kind, list):
        return isinstance(value, list) and all(fits(each, kind[0]) for each in value)
    if isinstance(kind, dict):
        return isinstance(value, dict) and all(name in kind and fits(each, kind[name]) for name, each in value.items())
    return isinstance(value, kind)


class DescribedDoor:
    """A door that lets out what the network describes, and fails for anything else."""

    def __init__(self, network: str, door: Http) -> None:
        self._network, self._door = network, door

    def call(self, method: str, url: str, **request: Any) -> Reply:
        check(self._network, method, url, request)
        return self._door.call(method, url, **request)
