"""What a Bluesky record in reply to another one says: which record that is, and which one began the thread."""

from __future__ import annotations

from syndicate.model import Draft, Json, Receipt
from syndicate.platforms._bluesky_door import Pds
from syndicate.platforms._bluesky_records import place
from syndicate.platforms._replies import whole


def refs(to: Receipt, door: Pds, collection: str) -> Json:
    """The reply of a record to a post of ours. The version of one whose address a person gave is asked for."""
    parent = _strong(to.data)
    if parent is None:
        repo, rkey = place(to, door.handle, door.session())
        asked = {"repo": repo, "collection": collection, "rkey": rkey}
        sample = {"uri": f"at://{repo}/{collection}/{rkey}", "cid": "<cid>"}
        reply = door.call("GET", "com.atproto.repo.getRecord", "own record", token=None, params=asked)
        parent = _strong(whole(reply)) or sample
    return {"root": to.data.get("root") or parent, "parent": parent}


def root(draft: Draft) -> Json:
    """What the receipt of a reply keeps of its thread; {} of any other post."""
    reply = draft.get("record", {}).get("reply")
    return {"root": reply["root"]} if reply else {}


def _strong(said: Json) -> Json | None:
    """The reference to a record in one version; None if not all of it is said."""
    return {"uri": said["uri"], "cid": said["cid"]} if said.get("uri") and said.get("cid") else None
