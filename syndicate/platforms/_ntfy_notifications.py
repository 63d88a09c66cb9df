"""ntfy's notifications: title and message of one, those that a server still lists, and which of them are ours. Pure."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from syndicate.errors import Uncertain
from syndicate.model import Draft, Json, ListedPost, Receipt
from syndicate.platforms._replies import addresses_in, holds, same_address, same_text
from syndicate.ports import Reply

_LONGEST_TITLE = 250


def worded(text: str) -> Json:
    """A text as ntfy takes it: its first paragraph is the title, if it is one line and something follows."""
    first, gap, rest = text.partition("\n\n")
    titled = bool(gap) and rest.strip() != "" and "\n" not in first and len(first) <= _LONGEST_TITLE
    return {"message": rest if titled else text} | ({"title": first} if titled else {})


def receipt(each: Json) -> Receipt:
    """The receipt of a notification, which has no page of its own."""
    return Receipt(id=str(each["id"]), permalink=None)


def polled(reply: Reply, since: datetime) -> list[Json]:
    """The notifications of a good answer, one JSON object a line, since an instant. Raises Uncertain."""
    try:
        said = [json.loads(line) for line in reply.body.decode().splitlines() if line.strip()]
    except (ValueError, RecursionError) as fault:
        raise Uncertain(f"ntfy: a list that cannot be read (HTTP {reply.status})") from fault
    kept = [each for each in said if isinstance(each, dict) and each.get("event") == "message" and each.get("id")]
    return [each for each in kept if _at(each) >= since.replace(microsecond=0)]


def listed(each: Json) -> ListedPost:
    """A listed notification with the link that a tap opens, and those in its words."""
    links = (*([str(each["click"])] if each.get("click") else []), *addresses_in(_whole(each)))
    return ListedPost(receipt(each), _at(each), tuple(dict.fromkeys(links)), _whole(each))


def ours(draft: Draft, each: Json) -> bool:
    """Whether a listed notification has our link, or, if there is none, our text."""
    link = draft["said"].get("click")
    if link:
        return same_address(link, each.get("click")) or holds(_whole(each), link)
    return same_text(draft["text"], _whole(each))


def _at(each: Json) -> datetime:
    stamp = each.get("time")
    return datetime.fromtimestamp(stamp if isinstance(stamp, int | float) else 0, UTC)


def _whole(each: Json) -> str:
    """Title and message as one text."""
    return "\n\n".join(str(part) for part in (each.get("title"), each.get("message")) if part)
