"""What networks answer: their own words, and whether an address or a text they give back is ours."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from unicodedata import normalize
from urllib.parse import SplitResult, unquote, urlsplit

from syndicate.errors import Uncertain

if TYPE_CHECKING:
    from syndicate.model import Json, Receipt
    from syndicate.ports import Reply


def problem(reply: Reply) -> Json:
    """The JSON object of an error, {} where the body is anything else."""
    try:
        data = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def field(reply: Reply, *path: str) -> Any:
    """One value of an answer that has to have it. Raises Uncertain: such an answer tells nothing."""
    value = reply.json()
    for name in path:
        if not isinstance(value, dict) or value.get(name) in (None, ""):
            raise Uncertain(f"HTTP {reply.status} with an answer that lacks '{'.'.join(path)}'", status=reply.status)
        value = value[name]
    return value


def whole(reply: Reply) -> Json:
    """The JSON object of a good answer. Raises Uncertain: such an answer has to be one."""
    data = reply.json()
    if not isinstance(data, dict):
        raise Uncertain(f"HTTP {reply.status} with an answer that is no object", status=reply.status)
    return data


def items(data: Any, needs: str | None = None) -> list[Json]:
    """The objects of a listing that have what they need; what is no listing has none."""
    found = [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []
    return [item for item in found if needs is None or item.get(needs)]


def dated(item: Json, name: str) -> datetime:
    """The instant of that name in an item of a listing. Raises Uncertain where there is none to read."""
    try:
        return datetime.fromisoformat(str(item.get(name)))
    except ValueError as fault:
        raise Uncertain(f"a listing whose '{name}' cannot be read") from fault


def by_hand(receipt: Receipt) -> str | None:
    """The address a person gave of a post whose answer was lost (`deliveries resolve --sent`); None if the id is known.

    An id made out of it is a guess: that nothing has it does not say that the post is gone.
    """
    return receipt.id if receipt.id.startswith(("http://", "https://")) else None


def same_address(ours: str, theirs: str | None) -> bool:
    """Whether both lead to the same place, however host and percent-encoding are spelled."""
    return theirs is not None and _plain(ours) == _plain(theirs)


def holds(text: str, address: str) -> bool:
    """Whether the address stands in a text as it is; networks leave one they do not recognise alone."""
    return re.search(re.escape(address) + r"(?![\w/?&=#%-])", text) is not None


def same_text(ours: str, theirs: str) -> bool:
    """Whether both read the same; networks are free with white space and normal forms."""
    return normalize("NFC", ours).split() == normalize("NFC", theirs).split()


def _plain(address: str) -> tuple[str, ...]:
    try:
        parts = urlsplit(address.strip())
        host = _host(parts)
    except ValueError:
        return (address.strip(),)
    return (parts.scheme, host, unquote(parts.path) or "/", unquote(parts.query), unquote(parts.fragment))


def _host(parts: SplitResult) -> str:
    name = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    try:
        return name.encode("idna").decode() + port
    except UnicodeError:
        return name + port
