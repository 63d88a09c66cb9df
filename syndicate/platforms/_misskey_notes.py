"""Notes of a Misskey server: their addresses and links, and whether one of them is a post of ours. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from syndicate.errors import Rejected
from syndicate.model import Draft, Json, ListedPost, Post, Receipt
from syndicate.platforms._misskey_text import shielded, shown
from syndicate.platforms._replies import addresses_in, by_hand, dated, holds, leads_to, same_text

LONGEST_WARNING = 100
"""Code points of a content warning on Misskey; Sharkey takes 500 (endpoints/notes/create.ts)."""


def drafted(post: Post, visibility: str, files: list[str]) -> Draft:
    """A note as the server takes it, and what a look-up needs."""
    note: Json = {"text": shielded(post.text), "visibility": visibility}
    if files:
        note["fileIds"] = list(dict.fromkeys(files))
    if post.warning:
        note["cw"] = clipped(post.warning)
    if post.reply_to is not None:
        note["replyId"] = number(post.reply_to)
    return {"note": note, "link": post.link if post.link and post.link in post.text else None}


def edited(post: Post, now: Json) -> Json:
    """What an edit sends: it replaces all of a note (Sharkey, endpoints/notes/edit.ts), so the rest is said again."""
    kept = {name: now.get(name) for name in ("fileIds", "cw", "visibility", "localOnly", "replyId")}
    return {"editId": now["id"], "text": shielded(post.text)} | {name: said for name, said in kept.items() if said}


def clipped(warning: str) -> str:
    """A content warning that every server takes."""
    return warning if len(warning) <= LONGEST_WARNING else f"{warning[: LONGEST_WARNING - 1].rstrip()}…"


def number(receipt: Receipt, *servers: str) -> str:
    """The note's id; from an address on one of these servers its end. Raises Rejected."""
    address = by_hand(receipt)
    if address is None:
        return receipt.id
    found = re.search(r"/notes/(\w+)/?$", urlsplit(address).path)
    if found is None or (servers and urlsplit(address).hostname not in {urlsplit(each).hostname for each in servers}):
        raise Rejected(f"misskey: {address} does not say which note it is; change it on the server itself")
    return found[1]


def receipt(note: Json, server: str) -> Receipt:
    """The receipt of a note on this server."""
    return Receipt(id=str(note["id"]), permalink=f"{server}/notes/{note['id']}")


def listed(note: Json, server: str) -> ListedPost:
    """A note as a listing has it."""
    words = shown(str(note.get("text") or ""))
    return ListedPost(receipt(note, server), dated(note, "createdAt"), tuple(dict.fromkeys(addresses_in(words))), words)


def ours(draft: Draft, note: Json) -> bool:
    """Whether a note is the one that was drafted: by its link, else by its words."""
    words = shown(str(note.get("text") or ""))
    if draft["link"]:
        return holds(words, draft["link"]) or any(leads_to(draft["link"], each) for each in addresses_in(words))
    return same_text(shown(draft["note"]["text"]), words)
