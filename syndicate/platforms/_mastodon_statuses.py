"""Statuses of a Mastodon server: their addresses and links, and whether one of them is a post of ours. Pure."""

from __future__ import annotations

from syndicate.model import Draft, Json, ListedPost, Receipt
from syndicate.platforms._replies import addresses_in, dated, holds, leads_to, same_text


def permalink(status: Json) -> str | None:
    return status.get("url") or status.get("uri")


def listed(status: Json) -> ListedPost:
    from syndicate.platforms._html import Content  # only look-ups need it

    page = Content(status.get("content") or "")
    card = (status.get("card") or {}).get("url")
    links = (*page.addresses, *addresses_in(page.text), *([card] if card else []))
    receipt = Receipt(id=str(status["id"]), permalink=permalink(status))
    return ListedPost(receipt, dated(status, "created_at"), tuple(dict.fromkeys(links)), page.text)


def ours(draft: Draft, status: Json) -> bool:
    from syndicate.platforms._html import Content  # only look-ups need it

    page = Content(status.get("content") or "")
    if draft["link"]:
        card = (status.get("card") or {}).get("url")
        shown = any(leads_to(draft["link"], address) for address in [*page.addresses, card])
        return shown or holds(page.text, draft["link"])
    return same_text(draft["status"], page.text)
