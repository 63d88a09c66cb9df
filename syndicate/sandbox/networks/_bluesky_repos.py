"""The repositories of a PDS: records under their keys, and what has to be swapped for a write to be taken.

As measured on @atproto/pds 0.5.35 (2026-11-29).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from syndicate.sandbox.networks._bluesky_blobs import Blobs
from syndicate.sandbox.networks._bluesky_cids import cid_of_record
from syndicate.sandbox.networks._bluesky_lexicons import WRITES
from syndicate.sandbox.networks._bluesky_records import Write, prepare
from syndicate.sandbox.networks._bluesky_sessions import BlueskyRefusal, Sessions

MOST_WRITES = 200
_ANY = "whatever is there"


def unreachable() -> BlueskyRefusal:
    """What is elsewhere cannot be asked for: no AppView stands behind this server."""
    return BlueskyRefusal(502, "UpstreamFailure", "Upstream service unreachable")


class Stored(NamedTuple):
    """A record, and its name."""

    cid: str
    record: dict[str, Any]


class Change(NamedTuple):
    """What becomes of one record: `write` None removes it. `action` is create, update or delete."""

    action: str
    collection: str
    rkey: str
    write: Write | None = None
    swap: str | None = _ANY


class Repositories:
    """The records of all accounts. `changed` is told of each that appeared, changed or went."""

    def __init__(self, clock: Callable[[], float], blobs: Blobs, changed: Callable[[str, Change], None]) -> None:
        self._clock = clock
        self._blobs = blobs
        self._changed = changed
        self._records: dict[tuple[str, str, str], Stored] = {}
        self._commits: dict[str, str] = {}

    def clear(self) -> None:
        """Forget all records."""
        self._records.clear()
        self._commits.clear()

    def find(self, did: str, collection: str, rkey: str) -> Stored | None:
        """The record with this key."""
        return self._records.get((did, collection, rkey))

    def keys(self, did: str, collection: str) -> list[str]:
        """The keys of a collection, in their order."""
        return sorted(key[2] for key in self._records if key[:2] == (did, collection))

    def apply(self, did: str, changes: Sequence[Change], swap_commit: str | None = None) -> dict[str, str]:
        """Make all these changes, or none. Returns the commit. Raises BlueskyRefusal."""
        head = self._commits.setdefault(did, cid_of_record({"repo": did}))
        if swap_commit is not None and swap_commit != head:
            raise BlueskyRefusal(400, "InvalidSwap", f"Commit was at {head}")
        for change in changes:
            self._judge_swap(did, change)
        self._judge_places(did, changes)
        for change in changes:
            self._blobs.check(did, change.write.blobs if change.write else ())
        for change in changes:
            self._make(did, change)
        commit = {"cid": cid_of_record({"after": head, "at": self.tid()}), "rev": self.tid()}
        self._commits[did] = commit["cid"]
        return commit

    def _judge_swap(self, did: str, change: Change) -> None:
        there = self.find(did, change.collection, change.rkey)
        cid = there.cid if there else None
        if change.swap not in (_ANY, cid):
            raise BlueskyRefusal(400, "InvalidSwap", f"Record was at {cid or 'null'}")

    def _judge_places(self, did: str, changes: Sequence[Change]) -> None:
        """A key that is taken, or one that is not there: the server fails."""
        there = {key[1:] for key in self._records if key[0] == did}
        for action, collection, rkey, *_ in changes:
            if ((collection, rkey) in there) != (action != "create"):
                raise BlueskyRefusal(500, "InternalServerError", "Internal Server Error")
            (there.discard if action == "delete" else there.add)((collection, rkey))

    def _make(self, did: str, change: Change) -> None:
        place = (did, change.collection, change.rkey)
        uri = "at://" + "/".join(place)
        if change.write is None:
            del self._records[place]
        else:
            self._records[place] = Stored(change.write.cid, change.write.record)
        self._changed(did, change)
        self._blobs.use(did, uri, change.write.blobs if change.write else ())

    def tid(self) -> str:
        """A record key of the server's own: microseconds and a clock id in sortable base 32."""
        number = (int(self._clock() * 1_000_000) << 10) | secrets.randbelow(1024)
        letters = "234567abcdefghijklmnopqrstuvwxyz"
        return "".join(letters[(number >> shift) & 31] for shift in range(60, -1, -5))


class RepositoryCalls:
    """The calls that read and write records, each given what its request says."""

    def __init__(self, sessions: Sessions, repos: Repositories) -> None:
        self._sessions = sessions
        self._repos = repos

    def _own(self, did: str, repo: str) -> None:
        """Only an account's own repository is its to write."""
        found = self._sessions.known(repo)
        if found is None:
            raise BlueskyRefusal(403, "AccountNotFound", "Account not found")
        if found != did:
            raise BlueskyRefusal(401, "AuthenticationRequired", "Authentication Required")

    def put(self, did: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Write a record; the same bytes change nothing. `swapRecord` null: it only creates; without: it replaces."""
        self._own(did, body["repo"])
        write = prepare(body["collection"], body["rkey"], body["record"], body.get("validate"), ("record",))
        there = self._repos.find(did, write.collection, write.rkey)
        if there is not None and there.cid == write.cid:
            return _written(did, write)
        swap = {"swap": body["swapRecord"]} if "swapRecord" in body else {}
        change = Change("update" if there else "create", write.collection, write.rkey, write, **swap)
        return _written(did, write) | {"commit": self._repos.apply(did, [change], body.get("swapCommit"))}

    def create(self, did: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a record. A key that is taken gives a 500, even if the record is the same."""
        self._own(did, body["repo"])
        rkey = body.get("rkey") or self._repos.tid()
        write = prepare(body["collection"], rkey, body["record"], body.get("validate"), ("record",))
        change = Change("create", write.collection, rkey, write)
        return _written(did, write) | {"commit": self._repos.apply(did, [change], body.get("swapCommit"))}

    def delete(self, did: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Delete a record; one that does not exist is not an error."""
        self._own(did, body["repo"])
        if self._repos.find(did, body["collection"], body["rkey"]) is None:
            return {}
        swap = {"swap": body["swapRecord"]} if "swapRecord" in body else {}
        change = Change("delete", body["collection"], body["rkey"], **swap)
        return {"commit": self._repos.apply(did, [change], body.get("swapCommit"))}

    def apply(self, did: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make several writes at once, or none."""
        self._own(did, body["repo"])
        if len(body["writes"]) > MOST_WRITES:
            raise BlueskyRefusal(400, "InvalidRequest", f"Too many writes. Max: {MOST_WRITES}")
        changes = [self._change(number, each, body.get("validate")) for number, each in enumerate(body["writes"])]
        commit = self._repos.apply(did, changes, body.get("swapCommit"))
        return {"commit": commit, "results": [_result(did, change) for change in changes]}

    def _change(self, number: int, given: Mapping[str, Any], validate: bool | None) -> Change:
        action = given["$type"].rpartition("#")[2]
        rkey = given.get("rkey") or self._repos.tid()
        if action == "delete":
            return Change(action, given["collection"], rkey)
        place = ("writes", number, "record")
        return Change(
            action, given["collection"], rkey, prepare(given["collection"], rkey, given["value"], validate, place)
        )

    def get(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Read one record; needs no login."""
        did = self._sessions.known(asked["repo"])
        if did is None:
            raise unreachable()
        found = self._repos.find(did, asked["collection"], asked["rkey"])
        uri = f"at://{did}/{asked['collection']}/{asked['rkey']}"
        if found is None or asked.get("cid", found.cid) != found.cid:
            raise BlueskyRefusal(400, "RecordNotFound", f"Could not locate record: {uri}")
        return {"uri": uri, "cid": found.cid, "value": found.record}

    def list(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """List records, last key first, `limit` of them (50, at most 100), after `cursor`."""
        did, collection = self._sessions.known(asked["repo"]), asked["collection"]
        if did is None:
            raise BlueskyRefusal(400, "InvalidRequest", f"Could not find repo: {asked['repo']}")
        forward, cursor = asked.get("reverse", False), asked.get("cursor")
        keys = self._repos.keys(did, collection)
        if cursor is not None:
            keys = [key for key in keys if (key > cursor if forward else key < cursor)]
        keys = (keys if forward else keys[::-1])[: asked.get("limit", 50)]
        records = []
        for key in keys:
            found = self._repos.find(did, collection, key)
            assert found is not None
            records.append({"uri": f"at://{did}/{collection}/{key}", "cid": found.cid, "value": found.record})
        return {"records": records} | ({"cursor": keys[-1]} if keys else {})


def _written(did: str, write: Write) -> dict[str, Any]:
    status = {"validationStatus": write.status} if write.status else {}
    return {"uri": f"at://{did}/{write.collection}/{write.rkey}", "cid": write.cid} | status


def _result(did: str, change: Change) -> dict[str, Any]:
    written = _written(did, change.write) if change.write else {}
    return written | {"$type": f"{WRITES}#{change.action}Result"}
