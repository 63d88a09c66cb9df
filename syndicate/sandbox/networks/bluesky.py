"""The stand-in for a Bluesky PDS: sessions, files and records, judged and refused as the server does.

Behaviour and messages as measured on `@atproto/pds` 0.5.35 (2026-11-23, 2026-11-29); the 720 answers that it gave are
in tests/worlds/bluesky_answers.json. bluesky-social/atproto @ d6296a1c (2026-08-20), bsky-docs @ 390c1e97 (rate
limits). As on a server of its own there is no AppView behind it: what is not its own is "unreachable". Methods that no
adapter calls are unknown here, and each limit is stated as if this were the first request.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Answer, Received, Route, answer, instant
from syndicate.sandbox.networks import _bluesky_requests as requests
from syndicate.sandbox.networks._bluesky_blobs import MOST_BYTES, Blobs
from syndicate.sandbox.networks._bluesky_lexicons import INPUTS, POSTS, QUERIES, WRITES
from syndicate.sandbox.networks._bluesky_records import Write, pictures, shown_link
from syndicate.sandbox.networks._bluesky_repos import Change, Repositories, RepositoryCalls, unreachable
from syndicate.sandbox.networks._bluesky_sessions import DOMAIN, SERVER, BlueskyRefusal, Sessions, judge_uploader

_PATH = re.compile(r"/xrpc/([a-zA-Z0-9]+(?:[.-][a-zA-Z0-9]+)*)/?")


class _Limited(NamedTuple):
    """So many points in so many seconds."""

    points: int
    seconds: int


_ALL, _LOGINS, _UPLOADS = _Limited(3_000, 300), _Limited(30, 300), _Limited(1_000, 86_400)


class _Xrpc(NamedTuple):
    """One XRPC method: its verb, its step, whether a session is needed, and what answers it."""

    verb: str
    step: str
    signed: bool
    operation: Callable[..., dict[str, Any]]
    limit: _Limited = _ALL


class BlueskyStandIn:
    """A fake PDS. Each handle is an account, and may log in with any password except "wrong"; nobody is nobody."""

    title: ClassVar[str] = "Bluesky"
    colours: ClassVar[tuple[str, str]] = ("#0866c8", "#62b0ff")

    def __init__(self, board: Board, clock: Callable[[], float], url: str, *, session_seconds: float = 7_200) -> None:
        self._board = board
        self._clock = clock
        self._url = url
        self._sessions = Sessions(clock, session_seconds)
        self._blobs = Blobs()
        self._repos = Repositories(clock, self._blobs, self._changed)
        records = RepositoryCalls(self._sessions, self._repos)
        self._calls: Mapping[str, _Xrpc] = {
            "com.atproto.server.createSession": _Xrpc("POST", "login", False, self._sessions.open, _LOGINS),
            "com.atproto.server.getSession": _Xrpc("GET", "read", True, self._sessions.described),
            "com.atproto.server.describeServer": _Xrpc("GET", "read", False, _description),
            "com.atproto.identity.resolveHandle": _Xrpc("GET", "read", False, self._resolve),
            "com.atproto.repo.putRecord": _Xrpc("POST", "commit", True, records.put),
            "com.atproto.repo.createRecord": _Xrpc("POST", "commit", True, records.create),
            "com.atproto.repo.deleteRecord": _Xrpc("POST", "delete", True, records.delete),
            WRITES: _Xrpc("POST", "commit", True, records.apply),
            "com.atproto.repo.getRecord": _Xrpc("GET", "read", False, records.get),
            "com.atproto.repo.listRecords": _Xrpc("GET", "read", False, records.list),
            # These two read their requests themselves.
            "com.atproto.server.refreshSession": _Xrpc("POST", "login", False, self._refresh),
            "com.atproto.repo.uploadBlob": _Xrpc("POST", "upload", False, self._upload, _UPLOADS),
        }
        self._names = {name.lower(): name for name in self._calls}

    @property
    def logins(self) -> int:
        """How many sessions were opened with a password."""
        return self._sessions.logins

    def clear(self) -> None:
        """Forget records and files; sessions stay."""
        self._blobs.clear()
        self._repos.clear()

    def route(self, method: str, path: str) -> Route | None:  # noqa: ARG002 - a wrong verb has an answer too
        """Routes for everything under /xrpc/."""
        if not path.startswith("/xrpc/"):
            return None
        found = _PATH.fullmatch(path)
        name = self._names.get(found[1].lower(), found[1]) if found else None
        call = self._calls.get(name or "")
        return Route("bluesky", call.step if call else "read", lambda request: self._run(name, call, request))

    def _run(self, name: str | None, call: _Xrpc | None, request: Received) -> Answer:
        """The answer. Limits are stated once a request is understood, or where nobody here knows the method."""
        if request.method == "OPTIONS":
            return Answer(204)
        headers: dict[str, str] = {}
        try:
            _judge_verb(name, call, request.method)
            if call is None:
                headers |= self._limits(_ALL)
                self._sessions.did(request)
                raise unreachable()
            given = self._given(str(name), call, request)
            headers |= self._limits(call.limit)
            return answer(200, call.operation(*given), headers)
        except BlueskyRefusal as fault:
            return answer(fault.status, {"error": fault.name, "message": str(fault)}, headers)

    def _given(self, name: str, call: _Xrpc, request: Received) -> tuple[Any, ...]:
        """What the operation is given: the account where a session is needed, and what the request says."""
        if name.endswith((".refreshSession", ".uploadBlob")):
            return self._read_otherwise(name, request)
        asked = requests.query(name, request) if call.verb == "GET" and name in QUERIES else None
        who = (self._sessions.did(request),) if call.signed else ()
        if name in INPUTS:
            return (*who, requests.body(name, request))
        requests.without_body(request)
        return who if asked is None else (*who, asked)

    def _read_otherwise(self, name: str, request: Received) -> tuple[Any, ...]:
        """For a new session: the account and its refresh token. For a file: the account, the bytes and their type."""
        if name.endswith(".refreshSession"):
            renewed = self._sessions.refresh(request)
            requests.without_body(request)
            return renewed
        judge_uploader(request)
        return self._sessions.did(request), request.body, requests.encoding(request)

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:
        """The failure as the PDS, or the proxy in front of it, reports it."""
        if fault == "401" and step == "login":
            return answer(401, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"})
        if fault == "401":
            return answer(401, {"error": "AuthMissing", "message": "Authentication Required"})
        if fault == "429":
            wait = 290 if retry_after is None else retry_after
            headers = self._limits(_ALL, 0, self._clock() + wait) | {"Retry-After": f"{wait:g}"}
            return answer(429, {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, headers)
        if fault == "503":
            headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
            return answer(503, {"error": "NotEnoughResources", "message": "Service Unavailable"}, headers)
        return answer(500, {"error": "InternalServerError", "message": "Internal Server Error"})

    def _limits(self, limit: _Limited, remaining: int | None = None, reset: float | None = None) -> dict[str, str]:
        """The headers of a limit that is fresh: to reach one is left to the faults."""
        return {
            "RateLimit-Limit": str(limit.points),
            "RateLimit-Remaining": str(limit.points - 1 if remaining is None else remaining),
            "RateLimit-Reset": str(int(self._clock() + limit.seconds if reset is None else reset)),
            "RateLimit-Policy": f"{limit.points};w={limit.seconds}",
        }

    def _refresh(self, did: str, token: str) -> dict[str, Any]:
        return self._sessions.renewed(did, token)

    def _resolve(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        did = self._sessions.resolve(asked["handle"])
        if did is None:
            name = "HandleNotFound" if asked["handle"].lower().endswith(DOMAIN) else "InvalidRequest"
            raise BlueskyRefusal(400, name, "Unable to resolve handle")
        return {"did": did}

    def _upload(self, did: str, data: bytes, mime: str) -> dict[str, Any]:
        return {"blob": self._blobs.upload(did, data, mime)}

    def _changed(self, did: str, change: Change) -> None:
        """Show a post, or take it off the board."""
        uri = f"at://{did}/{change.collection}/{change.rkey}"
        if change.collection != POSTS:
            return
        if change.write is None:
            self._board.remove("bluesky", uri, instant(self._clock()))
        elif change.write.status == "valid":
            self._show(did, uri, change.write)

    def _show(self, did: str, uri: str, write: Write) -> None:
        handle, record = self._sessions.handles[did], write.record
        kept = {
            cid: self._board.keep(data, alt=alt)
            for cid, alt in pictures(record)
            if (data := self._blobs.data(did, cid)) is not None
        }
        external: dict[str, Any] = (record.get("embed") or {}).get("external") or {}
        thumb = external.get("thumb")
        card: dict[str, Any] | None = None
        if external:
            image = kept.get(thumb["ref"]["$link"]) if thumb else None
            card = {name: external[name] for name in ("title", "description")} | {
                "url": external["uri"],
                "image": image,
            }
            if external.get("associatedRefs"):
                card["records"] = [each["uri"] for each in external["associatedRefs"]]
        self._board.put(
            "bluesky",
            uri,
            account=handle,
            text=record["text"],
            link=shown_link(record),
            language=next(iter(record.get("langs") or []), None),
            media=[] if external else list(kept.values()),
            card=card,
            key=write.rkey,
            permalink=f"{self._url}/profile/{handle}/post/{write.rkey}",
            reply_to=((record.get("reply") or {}).get("parent") or {}).get("uri"),
            at=instant(self._clock()),
        )


def _judge_verb(name: str | None, call: _Xrpc | None, verb: str) -> None:
    if name is None and verb in ("GET", "HEAD", "POST"):
        raise requests.refused("invalid xrpc path")
    if verb not in ("GET", "HEAD", "POST"):
        raise requests.refused("XRPC requests only supports GET and POST")
    if call is not None and ("GET" if verb == "HEAD" else verb) != call.verb:
        raise requests.refused(f"Incorrect HTTP method ({verb}) expected {call.verb}")


def _description() -> dict[str, Any]:
    return {
        "did": SERVER,
        "availableUserDomains": [DOMAIN],
        "inviteCodeRequired": False,
        "blobUploadLimit": MOST_BYTES,
        "links": {},
        "contact": {},
    }


network = BlueskyStandIn
