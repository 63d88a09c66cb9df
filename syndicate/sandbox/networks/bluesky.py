"""The stand-in for a Bluesky PDS: sessions, blobs and records, with the checks of the post lexicon.

Behaviour and messages as measured on `@atproto/pds` 0.5.35 (2026-11-23); the rules of a record are in
`_bluesky_record`. bluesky-social/atproto @ d6296a1c (2026-08-20), bsky-docs @ 390c1e97 (rate limits).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any, ClassVar

from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Answer, Received, Route, Table, answer, instant
from syndicate.sandbox.networks._bluesky_record import Invalid, blobs, cid_of_bytes, cid_of_record, shown_link, validate
from syndicate.sandbox.networks._bluesky_sessions import BlueskyRefusal, Sessions, did_of

POSTS = "app.bsky.feed.post"
BLOB_BYTES = 5_242_880
TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")


class BlueskyStandIn:
    """A fake PDS. Each handle is an account, and may log in with any password except "wrong"."""

    title: ClassVar[str] = "Bluesky"
    colours: ClassVar[tuple[str, str]] = ("#0866c8", "#62b0ff")

    def __init__(self, board: Board, clock: Callable[[], float], url: str, *, session_seconds: float = 7_200) -> None:
        self._board = board
        self._clock = clock
        self._url = url
        self._sessions = Sessions(clock, url, session_seconds)
        self._handles = self._sessions.handles
        self._table = Table(
            ("POST", "/xrpc/com.atproto.server.createSession", "login", self._create_session),
            ("POST", "/xrpc/com.atproto.server.refreshSession", "login", self._refresh_session),
            ("GET", "/xrpc/com.atproto.server.getSession", "read", self._get_session),
            ("GET", "/xrpc/com.atproto.server.describeServer", "read", self._describe_server),
            ("GET", "/xrpc/com.atproto.identity.resolveHandle", "read", self._resolve_handle),
            ("POST", "/xrpc/com.atproto.repo.uploadBlob", "upload", self._upload_blob),
            ("POST", "/xrpc/com.atproto.repo.putRecord", "commit", self._put_record),
            ("POST", "/xrpc/com.atproto.repo.createRecord", "commit", self._create_record),
            ("POST", "/xrpc/com.atproto.repo.deleteRecord", "delete", self._delete_record),
            ("GET", "/xrpc/com.atproto.repo.getRecord", "read", self._get_record),
            ("GET", "/xrpc/com.atproto.repo.listRecords", "read", self._list_records),
        )
        self.clear()

    @property
    def logins(self) -> int:
        """How many sessions were opened with a password."""
        return self._sessions.logins

    def clear(self) -> None:
        """Forget records and blobs; sessions stay."""
        self._records: dict[tuple[str, str, str], tuple[str, dict[str, Any]]] = {}
        self._blobs: dict[str, tuple[str, bytes]] = {}

    def route(self, method: str, path: str) -> Route | None:
        """Routes for everything under /xrpc/."""
        if not path.startswith("/xrpc/"):
            return None
        step, operation = self._table.find(method, path) or ("read", _nothing)
        return Route("bluesky", step, lambda request: self._run(operation, request))

    def _run(self, operation: Callable[[Received], Answer], request: Received) -> Answer:
        try:
            return operation(request)
        except BlueskyRefusal as fault:
            return answer(fault.status, {"error": fault.name, "message": str(fault)}, self._limits())
        except Invalid as fault:
            return answer(400, {"error": fault.name, "message": str(fault)}, self._limits())
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            return answer(400, {"error": "InvalidRequest", "message": f"Input could not be read: {fault}"})

    def failure(self, fault: str, step: str, retry_after: float | None) -> Answer:
        """The failure as the PDS, or the proxy in front of it, reports it."""
        if fault == "401" and step == "login":
            return answer(401, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"})
        if fault == "401":
            return answer(401, {"error": "AuthMissing", "message": "Authentication Required"})
        if fault == "429":
            wait = 290 if retry_after is None else retry_after
            headers = self._limits(0, self._clock() + wait) | {"Retry-After": f"{wait:g}"}
            return answer(429, {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, headers)
        if fault == "503":
            headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
            return answer(503, {"error": "NotEnoughResources", "message": "Service Unavailable"}, headers)
        return answer(500, {"error": "InternalServerError", "message": "Internal Server Error"})

    def _limits(self, remaining: int = 2_999, reset: float | None = None) -> dict[str, str]:
        return {
            "RateLimit-Limit": "3000",
            "RateLimit-Remaining": str(remaining),
            "RateLimit-Reset": str(int(self._clock() + 300 if reset is None else reset)),
            "RateLimit-Policy": "3000;w=300",
        }

    def _create_session(self, request: Received) -> Answer:
        return answer(200, self._sessions.open(request), self._limits())

    def _refresh_session(self, request: Received) -> Answer:
        return answer(200, self._sessions.refresh(request), self._limits())

    def _get_session(self, request: Received) -> Answer:
        did = self._sessions.did(request)
        return answer(200, {"handle": self._handles[did], "did": did, "active": True}, self._limits())

    def _describe_server(self, _: Received) -> Answer:
        body = {
            "did": "did:web:sandbox",
            "availableUserDomains": [".test"],
            "inviteCodeRequired": False,
            "blobUploadLimit": BLOB_BYTES,
            "links": {},
            "contact": {},
        }
        return answer(200, body, self._limits())

    def _resolve_handle(self, request: Received) -> Answer:
        handle = request.query.get("handle", "")
        if "." not in handle:
            raise BlueskyRefusal(400, "InvalidRequest", "Error: handle must be a valid handle")
        did = did_of(handle.lower())
        self._handles.setdefault(did, handle.lower())
        return answer(200, {"did": did}, self._limits())

    def _upload_blob(self, request: Received) -> Answer:
        """Upload a blob. Its declared type is believed, and its size is checked only when a record uses it."""
        self._sessions.did(request)
        if len(request.body) > BLOB_BYTES:
            raise BlueskyRefusal(413, "PayloadTooLarge", "request entity too large")
        mime = request.mime or "application/octet-stream"
        cid = cid_of_bytes(request.body)
        self._blobs[cid] = (mime, request.body)
        blob = {"$type": "blob", "ref": {"$link": cid}, "mimeType": mime, "size": len(request.body)}
        return answer(200, {"blob": blob}, self._limits())

    def _put_record(self, request: Received) -> Answer:
        """Write a record. With `swapRecord` null it only creates; without, it silently replaces an existing one."""
        did, body = self._write(request)
        place = (did, body["collection"], body["rkey"])
        before = self._records.get(place)
        if "swapRecord" in body and body["swapRecord"] != (before[0] if before else None):
            raise BlueskyRefusal(400, "InvalidSwap", f"Record was at {before[0] if before else 'null'}")
        return self._store(place, body["record"])

    def _create_record(self, request: Received) -> Answer:
        """Create a record. A key that is taken gives a 500, even if the record is the same."""
        did, body = self._write(request)
        place = (did, body["collection"], body.get("rkey") or self._tid())
        if place in self._records:
            raise BlueskyRefusal(500, "InternalServerError", "Internal Server Error")
        return self._store(place, body["record"])

    def _write(self, request: Received) -> tuple[str, dict[str, Any]]:
        """The account and a body whose record has been checked."""
        did = self._sessions.did(request)
        body = request.json()
        for name in ("repo", "collection", "record"):
            if name not in body:
                raise BlueskyRefusal(400, "InvalidRequest", f'Input must have the property "{name}"')
        if body["repo"] not in (did, self._handles[did]):
            raise BlueskyRefusal(400, "InvalidRequest", f"Could not find repo: {body['repo']}")
        collection, record, rkey = body["collection"], body["record"], body.get("rkey")
        if rkey is None and request.path.endswith("putRecord"):
            raise BlueskyRefusal(400, "InvalidRequest", 'Input must have the property "rkey"')
        if record.get("$type", collection) != collection:
            raise BlueskyRefusal(400, "InvalidRequest", f"Invalid $type: expected {collection}, got {record['$type']}")
        if collection == POSTS:
            if rkey is not None and not TID.fullmatch(rkey):
                raise BlueskyRefusal(400, "InvalidRequest", f"Invalid {POSTS} record key: Invalid TID string")
            validate(record, self._blobs)
        return did, body | {"record": {"$type": collection} | record}

    def _store(self, place: tuple[str, str, str], record: dict[str, Any]) -> Answer:
        cid = cid_of_record(record)
        before = self._records.get(place)
        self._records[place] = (cid, record)
        uri = f"at://{place[0]}/{place[1]}/{place[2]}"
        if before is None or before[0] != cid:
            self._show(place, record)
        reply = {"uri": uri, "cid": cid, "validationStatus": "valid" if place[1] == POSTS else "unknown"}
        commit = (
            {} if before and before[0] == cid else {"commit": {"cid": cid_of_record({"at": uri}), "rev": self._tid()}}
        )
        return answer(200, reply | commit, self._limits())

    def _show(self, place: tuple[str, str, str], record: dict[str, Any]) -> None:
        did, collection, rkey = place
        if collection != POSTS:
            return
        handle = self._handles[did]
        kept = {cid: self._board.keep(*self._blob(cid), alt=alt) for cid, alt in blobs(record)}
        external = (record.get("embed") or {}).get("external")
        thumb = external and external.get("thumb")
        card = external and {
            "url": external["uri"],
            "title": external["title"],
            "description": external["description"],
            "image": kept[thumb["ref"]["$link"]] if thumb else None,
        }
        self._board.put(
            "bluesky",
            f"at://{did}/{collection}/{rkey}",
            account=handle,
            text=record["text"],
            link=shown_link(record),
            language=next(iter(record.get("langs") or []), None),
            media=[] if external else list(kept.values()),
            card=card,
            key=rkey,
            permalink=f"{self._url}/profile/{handle}/post/{rkey}",
            at=instant(self._clock()),
        )

    def _blob(self, cid: str) -> tuple[bytes]:
        return (self._blobs[cid][1],)

    def _delete_record(self, request: Received) -> Answer:
        """Delete a record; one that does not exist is not an error."""
        did = self._sessions.did(request)
        body = request.json()
        place = (did, body["collection"], body["rkey"])
        if self._records.pop(place, None) is None:
            return answer(200, {}, self._limits())
        uri = f"at://{'/'.join(place)}"
        self._board.remove("bluesky", uri, instant(self._clock()))
        return answer(200, {"commit": {"cid": cid_of_record({"gone": uri}), "rev": self._tid()}}, self._limits())

    def _get_record(self, request: Received) -> Answer:
        """Read one record; needs no login."""
        did, collection, rkey = self._repo(request), request.query["collection"], request.query["rkey"]
        found = self._records.get((did, collection, rkey))
        uri = f"at://{did}/{collection}/{rkey}"
        if found is None:
            raise BlueskyRefusal(400, "RecordNotFound", f"Could not locate record: {uri}")
        return answer(200, {"uri": uri, "cid": found[0], "value": found[1]}, self._limits())

    def _list_records(self, request: Received) -> Answer:
        """List records, newest key first, `limit` of them (50, at most 100), after `cursor`."""
        did, collection = self._repo(request), request.query["collection"]
        forward = request.query.get("reverse") == "true"
        cursor = request.query.get("cursor")
        keys = sorted((key[2] for key in self._records if key[:2] == (did, collection)), reverse=not forward)
        if cursor:
            keys = [key for key in keys if (key > cursor if forward else key < cursor)]
        limit = int(request.query.get("limit", "50"))
        if not 1 <= limit <= 100:
            raise BlueskyRefusal(400, "InvalidRequest", "Error: limit can not be greater than 100")
        records = []
        for key in keys[:limit]:
            cid, value = self._records[did, collection, key]
            records.append({"uri": f"at://{did}/{collection}/{key}", "cid": cid, "value": value})
        more = {"cursor": keys[limit - 1]} if len(keys) > limit else {}
        return answer(200, {"records": records} | more, self._limits())

    def _repo(self, request: Received) -> str:
        repo = request.query["repo"]
        did = repo if repo.startswith("did:") else did_of(repo.lower())
        if did not in self._handles:
            raise BlueskyRefusal(400, "InvalidRequest", f"Could not find repo: {repo}")
        return did

    def _tid(self) -> str:
        """A record key of the server's own: microseconds and a clock id in sortable base 32."""
        number = (int(self._clock() * 1_000_000) << 10) | secrets.randbelow(1024)
        letters = "234567abcdefghijklmnopqrstuvwxyz"
        return "".join(letters[(number >> shift) & 31] for shift in range(60, -1, -5))


def _nothing(_: Received) -> Answer:
    raise BlueskyRefusal(501, "MethodNotImplemented", "Method Not Implemented")


network = BlueskyStandIn
