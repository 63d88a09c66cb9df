"""Reads networks' replies: errors, fields, listings, and whether a post in a listing is ours."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from unicodedata import normalize
from urllib.parse import parse_qsl, unquote, urlsplit

from syndicate.addresses import as_link
from syndicate.aliases import urlkey
from syndicate.errors import Uncertain

if TYPE_CHECKING:
    from syndicate.model import Json, Receipt
    from syndicate.ports import Reply

_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def problem(reply: Reply) -> Json:
    """The JSON object of an error reply; {} if the body is anything else."""
    try:
        data = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def field(reply: Reply, *path: str) -> Any:
    """A value that the answer must have. Raises Uncertain without it: nobody knows then what happened."""
    value = reply.json()
    for name in path:
        if not isinstance(value, dict) or value.get(name) in (None, ""):
            raise Uncertain(f"HTTP {reply.status} with an answer that lacks '{'.'.join(path)}'", status=reply.status)
        value = value[name]
    return value


def whole(reply: Reply) -> Json:
    """The JSON object of a good answer. Raises Uncertain if the body is anything else."""
    data = reply.json()
    if not isinstance(data, dict):
        raise Uncertain(f"HTTP {reply.status} with an answer that is not a JSON object", status=reply.status)
    return data


def items(data: Any, needs: str | None = None) -> list[Json]:
    """The objects of a listing that have the required fields; none if the answer is not a listing."""
    found = [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []
    return [item for item in found if needs is None or item.get(needs)]


def dated(item: Json, name: str) -> datetime:
    """The instant in a field of a listing's item. Raises Uncertain if there is none that can be read."""
    try:
        return datetime.fromisoformat(str(item.get(name)))
    except ValueError as fault:
        raise Uncertain(f"a listing whose '{name}' cannot be read") from fault


def by_hand(receipt: Receipt) -> str | None:
    """The address that a person gave with `deliveries resolve --sent`; None if the network gave an id.

    An id read from such an address is a guess: if the network does not know it, the post may still be there.
    """
    return receipt.id if receipt.id.startswith(("http://", "https://")) else None


def same_address(ours: str, theirs: str | None) -> bool:
    """Whether both are the same address, however host and percent-encoding are spelled."""
    return theirs is not None and _plain(ours) == _plain(theirs)


def leads_to(link: str, theirs: str | None) -> bool:
    """Whether an address that a network lists leads where our link does: campaign parameters, `fbclid`, the scheme, a
    slash at the end or `www.` make no difference, since some networks drop or add these. A parameter with another
    value does, and so does what names a part of a page.
    """
    if theirs is None or same_address(link, theirs):
        return theirs is not None
    key = urlkey(link)
    if not key or key != urlkey(theirs) or _plain(link)[-1] != _plain(theirs)[-1]:
        return False
    here, there = (dict(parse_qsl(urlsplit(each).query, keep_blank_values=True)) for each in (link, theirs))
    return all(here[name] == there[name] for name in here.keys() & there.keys())


def holds(text: str, address: str) -> bool:
    """Whether the text contains the address unchanged: networks do not touch one they do not recognise."""
    return re.search(re.escape(address) + r"(?![\w/?&=#%-])", text) is not None


def same_text(ours: str, theirs: str) -> bool:
    """Whether both texts are the same apart from white space and Unicode normal form, which networks change."""
    return normalize("NFC", ours).split() == normalize("NFC", theirs).split()


def addresses_in(text: str) -> list[str]:
    """The web addresses that stand in a text, without the punctuation behind them."""
    return [found.rstrip(".,;:!?'\")]}»”") for found in _ADDRESS.findall(text)]


def _plain(address: str) -> tuple[str, ...]:
    """An address with each character in one spelling: without percent signs, letters composed with their accents."""
    try:
        parts = urlsplit(as_link(address))
    except ValueError:
        return (address.strip(),)
    said = (normalize("NFC", unquote(part)) for part in (parts.query.replace("+", "%20"), parts.fragment))
    return (parts.scheme, parts.netloc.lower(), normalize("NFC", unquote(parts.path)) or "/", *said)
