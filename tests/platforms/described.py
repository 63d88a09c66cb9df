"""What the networks' own descriptions say of the requests we make, in short: names, types, what has to be there.

Read from Mastodon's OpenAPI (mastodon/documentation), X's OpenAPI 2.167, Meta's SDK description of v25.0, the lexicons
of atproto, Discord's OpenAPI and a description of Telegram's Bot API 10.1; where these are at hand,
`test_described.py` compares. LinkedIn has none; its pages are of li-lms-2026-05. A request through `DescribedDoor` that
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
CONTAINER = (
    *("media_type", "text", "link_attachment", "image_url", "alt_text", "is_carousel_item", "children"),
    *("topic_tag", "reply_control", "reply_to_id", "is_spoiler_media"),
)
STATUS = {"status": str, "media_ids": [str], "language": str, "sensitive": bool, "spoiler_text": str}
MESSAGE = {"chat_id": str, "message_id": int}
TO_CHAT = {"chat_id": str, "reply_parameters": MESSAGE | {"allow_sending_without_reply": bool}}
ENTITY = {"type": str, "offset": int, "length": int, "url": str}
PREVIEW = {"url": str, "is_disabled": bool, "prefer_large_media": bool}
BOX = {"title": str, "description": str, "url": str, "image": {"url": str}}
DISCORD = {
    "content": str,
    "embeds": [BOX],
    "allowed_mentions": {"parse": list},
    "flags": int,
    "attachments": [{"id": str, "filename": str, "description": str, "is_spoiler": bool}],
}
SLACK = {"text": str, "blocks": [dict], "unfurl_links": bool, "unfurl_media": bool}
LISTED = ("channel", "oldest", "limit", "cursor", "include_all_metadata")
REFERENCE = {"message_id": str, "channel_id": str, "fail_if_not_exists": bool}
FILES = tuple(f"files[{number}]" for number in range(10))

GRANT = ("grant_type", "code", "redirect_uri", "client_id", "client_secret", "refresh_token")
CHECKED = ("client_id", "client_secret", "token")
IMAGE = {"id": str, "altText": str}
SHARE = {
    "author": str,
    "commentary": str,
    "visibility": str,
    "lifecycleState": str,
    "isReshareDisabledByAuthor": bool,
    "distribution": {"feedDistribution": str, "targetEntities": [dict], "thirdPartyDistributionChannels": [str]},
    "content": {
        "media": IMAGE,
        "multiImage": {"images": [IMAGE]},
        "article": {"source": str, "title": str, "description": str, "thumbnail": str},
    },
}
COMMENT = {"actor": str, "object": str, "parentComment": str, "message": {"text": str}}

DESCRIBED: dict[str, dict[str, Endpoint]] = {
    "mastodon": {
        "GET /api/v1/accounts/verify_credentials": Endpoint(),
        "GET /api/v2/instance": Endpoint(),
        "GET /api/v1/instance": Endpoint(),
        "GET /.well-known/nodeinfo": Endpoint(),
        "GET /nodeinfo/2.0": Endpoint(),
        "GET /.well-known/webfinger": Endpoint(query=("resource",)),
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
        "POST /2/oauth2/token": Endpoint(
            form=("grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "client_id"),
            needs=("grant_type",),
        ),
        "POST /2/tweets": Endpoint(
            json={
                "text": str,
                "media": {"media_ids": [str]},
                "reply": {"in_reply_to_tweet_id": str},
                "reply_settings": str,
            }
        ),
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
    "linkedin": {
        "GET /v2/userinfo": Endpoint(),
        "GET /rest/organizationAcls": Endpoint(query=("q", "role", "state", "start", "count"), needs=("q",)),
        "GET /rest/organizations/{id}": Endpoint(),
        "POST /oauth/v2/accessToken": Endpoint(form=GRANT, needs=("grant_type", "client_id", "client_secret")),
        "POST /oauth/v2/introspectToken": Endpoint(form=CHECKED, needs=CHECKED),
        "POST /rest/posts": Endpoint(json=SHARE, needs=("author", "commentary", "visibility", "distribution")),
        "GET /rest/posts": Endpoint(query=("q", "author", "start", "count", "sortBy"), needs=("q", "author")),
        "POST /rest/posts/{urn}": Endpoint(json={"patch": {"$set": {"commentary": str}}}, needs=("patch",)),
        "DELETE /rest/posts/{urn}": Endpoint(),
        "POST /rest/images": Endpoint(
            query=("action",), json={"initializeUploadRequest": {"owner": str}}, needs=("initializeUploadRequest",)
        ),
        "PUT /dms-uploads/{id}": Endpoint(body=True),
        "GET /rest/images/{urn}": Endpoint(),
        "POST /v2/socialActions/{urn}/comments": Endpoint(json=COMMENT, needs=("actor", "message")),
        "GET /v2/socialActions/{urn}/comments": Endpoint(query=("start", "count")),
        "DELETE /v2/socialActions/{urn}/comments/{id}": Endpoint(query=("actor",), needs=("actor",)),
    },
    "threads": {
        "GET /graph.threads.net/refresh_access_token": Endpoint(
            query=("grant_type", "access_token"), needs=("grant_type", "access_token")
        ),
        "GET /graph.threads.net/v1.0/debug_token": Endpoint(query=("input_token",), needs=("input_token",)),
        "GET /graph.threads.net/v1.0/me": Endpoint(query=("fields",)),
        "GET /graph.threads.net/v1.0/me/threads_publishing_limit": Endpoint(query=("fields",)),
        "POST /graph.threads.net/v1.0/me/threads": Endpoint(form=CONTAINER, needs=("media_type",)),
        "POST /graph.threads.net/v1.0/me/threads_publish": Endpoint(form=("creation_id",), needs=("creation_id",)),
        "GET /graph.threads.net/v1.0/me/{edge}": Endpoint(query=("fields", "limit", "after")),
        "GET /graph.threads.net/v1.0/{id}": Endpoint(query=("fields",)),
        "DELETE /graph.threads.net/v1.0/{id}": Endpoint(),
    },
    "instagram": {
        "GET /graph.instagram.com/refresh_access_token": Endpoint(
            query=("grant_type", "access_token"), needs=("grant_type", "access_token")
        ),
        "GET /graph.instagram.com/v25.0/me": Endpoint(query=("fields",)),
        "GET /graph.instagram.com/v25.0/{user}/content_publishing_limit": Endpoint(query=("fields",)),
        "POST /graph.instagram.com/v25.0/{user}/media": Endpoint(
            form=("media_type", "caption", "image_url", "alt_text", "is_carousel_item", "children")
        ),
        "POST /graph.instagram.com/v25.0/{user}/media_publish": Endpoint(form=("creation_id",), needs=("creation_id",)),
        "GET /graph.instagram.com/v25.0/{user}/media": Endpoint(query=("fields", "limit", "after")),
        "POST /graph.instagram.com/v25.0/{id}/comments": Endpoint(form=("message",), needs=("message",)),
        "GET /graph.instagram.com/v25.0/{id}/comments": Endpoint(query=("fields", "limit", "after")),
        "GET /graph.instagram.com/v25.0/{id}": Endpoint(query=("fields",)),
    },
    "discord": {
        "GET /api/v10/users/@me": Endpoint(),
        "GET /api/v10/channels/{channel_id}": Endpoint(),
        "GET /api/v10/channels/{channel_id}/messages": Endpoint(query=("limit", "before")),
        "POST /api/v10/channels/{channel_id}/messages": Endpoint(
            json=DISCORD | {"nonce": str, "enforce_nonce": bool, "message_reference": REFERENCE},
            form=("payload_json",),
            files=FILES,
        ),
        "PATCH /api/v10/channels/{channel_id}/messages/{message_id}": Endpoint(json=DISCORD),
        "DELETE /api/v10/channels/{channel_id}/messages/{message_id}": Endpoint(),
        "GET /api/v10/webhooks/{webhook_id}/{webhook_token}": Endpoint(),
        "POST /api/v10/webhooks/{webhook_id}/{webhook_token}": Endpoint(
            query=("wait", "thread_id"), json=DISCORD, form=("payload_json",), files=FILES, needs=("wait",)
        ),
        "PATCH /api/v10/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": Endpoint(
            query=("thread_id",), json=DISCORD
        ),
        "DELETE /api/v10/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}": Endpoint(query=("thread_id",)),
    },
    "slack": {
        "GET /api/auth.test": Endpoint(),
        "GET /api/conversations.history": Endpoint(query=LISTED),
        "GET /api/conversations.replies": Endpoint(query=(*LISTED, "ts")),
        "GET /api/files.info": Endpoint(query=("file",), needs=("file",)),
        "POST /api/files.getUploadURLExternal": Endpoint(
            form=("filename", "length", "alt_txt"), needs=("filename", "length")
        ),
        "POST /upload/v1/{file}": Endpoint(body=True),
        "POST /api/files.completeUploadExternal": Endpoint(json={"files": [{"id": str, "title": str}]}),
        "POST /api/chat.postMessage": Endpoint(
            json=SLACK | {"channel": str, "thread_ts": str, "metadata": dict}, needs=("channel",)
        ),
        "POST /api/chat.update": Endpoint(
            json={"channel": str, "ts": str, "text": str, "blocks": [dict], "metadata": dict}, needs=("channel", "ts")
        ),
        "POST /api/chat.delete": Endpoint(json={"channel": str, "ts": str}),
        "POST /services/{team}/{number}/{secret}": Endpoint(json=SLACK),
    },
    "telegram": {
        "GET /bot{token}/getMe": Endpoint(),
        "GET /bot{token}/getUpdates": Endpoint(),
        "GET /bot{token}/getChat": Endpoint(query=("chat_id",), needs=("chat_id",)),
        "GET /bot{token}/getChatMember": Endpoint(query=("chat_id", "user_id"), needs=("chat_id", "user_id")),
        "GET /bot{token}/getChatMemberCount": Endpoint(query=("chat_id",), needs=("chat_id",)),
        "POST /bot{token}/sendMessage": Endpoint(
            json=TO_CHAT | {"text": str, "entities": [ENTITY], "link_preview_options": PREVIEW},
            needs=("chat_id", "text"),
        ),
        # In a form, objects and lists are written as JSON.
        "POST /bot{token}/sendPhoto": Endpoint(
            form=("chat_id", "caption", "caption_entities", "has_spoiler", "reply_parameters"),
            files=("photo",),
            needs=("chat_id", "photo"),
        ),
        "POST /bot{token}/sendMediaGroup": Endpoint(
            form=("chat_id", "media", "reply_parameters"),
            files=tuple(f"p{number}" for number in range(10)),  # "attach://p0" in `media`
            needs=("chat_id", "media"),
        ),
        "POST /bot{token}/editMessageText": Endpoint(
            json=MESSAGE | {"text": str, "entities": [ENTITY], "link_preview_options": PREVIEW},
        ),
        "POST /bot{token}/editMessageCaption": Endpoint(
            json=MESSAGE | {"caption": str, "caption_entities": [ENTITY]},
        ),
        "POST /bot{token}/deleteMessage": Endpoint(json=MESSAGE, needs=("chat_id", "message_id")),
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
