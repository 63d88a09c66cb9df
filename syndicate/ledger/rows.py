"""Turns rows of the `delivery` table into Deliveries; builds conditions for queries."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from syndicate.addresses import without_login
from syndicate.ledger.database import Row, from_micros
from syndicate.model import NOTHING, Again, Concession, Delivery, Json
from syndicate.serialization import article_fields

_WORDS = re.compile(r"\W+")
_COLUMNS = (
    "key anchor account platform action revision part state reason due_at planned_at attempts fence lease_until"
    " claimed_by post digest prepared draft committed_at unknowns absent remote_id permalink receipt error updated_at"
    " priority expires_at approved cost looks looked_at waited_for conceded left_login left_due_at day cleared asked_at"
    " posted_at again"
)
JOINED = (
    f"SELECT {', '.join(f'delivery.{name}' for name in _COLUMNS.split())}, article.url AS article_url"
    " FROM delivery JOIN article ON article.anchor = delivery.anchor"
)
"""Deliveries with all their columns."""


def among(column: str, values: Sequence[str] | Sequence[int], into: Row) -> str:
    """`column IN (…)`, with the values added to `into` as parameters; "" when there are no values."""
    if not values:
        return ""
    names = [f"{_WORDS.sub('_', column)}{number}" for number in range(len(values))]
    into.update(zip(names, values, strict=True))
    return f"{column} IN ({', '.join(f':{name}' for name in names)})"


def delivery(row: Row) -> Delivery:
    """A Delivery from a row of JOINED."""
    planned_at = from_micros(row["planned_at"])
    assert planned_at is not None
    return Delivery(
        key=row["key"],
        anchor=row["anchor"],
        article=row["article_url"],
        account=row["account"],
        platform=row["platform"],
        action=row["action"],
        revision=row["revision"],
        part=row["part"],
        state=row["state"],
        reason=row["reason"],
        due_at=from_micros(row["due_at"]),
        planned_at=planned_at,
        attempts=row["attempts"],
        fence=row["fence"],
        post=_read(row["post"]),
        digest=row["digest"],
        prepared=_read(row["prepared"]),
        draft=_read(row["draft"]),
        committed_at=from_micros(row["committed_at"]),
        unknowns=row["unknowns"],
        absent=row["absent"],
        looks=row["looks"],
        looked_at=from_micros(row["looked_at"]),
        remote_id=row["remote_id"],
        permalink=row["permalink"],
        error=row["error"],
        priority=row["priority"],
        expires_at=from_micros(row["expires_at"]),
        approved=row["approved"],
        conceded=concession(row["conceded"]),
        day=from_micros(row["day"]),
        posted_at=from_micros(_posted_at(row)),
        again=again(row["again"]),
    )


def record(row: Row) -> Json:
    """A row of JOINED as `serialization.delivery_record` gives it, in a third of the time: for long lists."""
    post, url = _read(row["post"]) or {}, row["article_url"]
    return {
        "key": row["key"],
        "article": url and without_login(url),
        "account": row["account"],
        "platform": row["platform"],
        "action": row["action"],
        "state": row["state"],
        "reason": row["reason"],
        "due_at": _instant(row["due_at"]),
        "text": post.get("text"),
        "length": post.get("length"),
        "limit": post.get("limit"),
        "media": post.get("media", []),
        "link": post.get("link"),
        "remote_id": row["remote_id"],
        "permalink": row["permalink"],
        "attempts": row["attempts"],
        "revision": row["revision"],
        "part": row["part"],
        "planned_at": _instant(row["planned_at"]),
        "posted_at": _instant(_posted_at(row)),
    }


def _instant(value: int | None) -> str | None:
    """As `serialization.instant` of it."""
    moment = from_micros(value)
    return None if moment is None else f"{moment.isoformat().removesuffix('+00:00')}Z"


def _posted_at(row: Row) -> int | None:
    """When it was posted; versions before did not write it down."""
    posted: int | None = row["posted_at"]
    if posted is None and row["state"] == "posted":
        posted = row["committed_at"] or row["updated_at"]
    return posted


def _read(stored: str | Json | None) -> Json | None:
    """JSON of a column, as text, or read already."""
    return json.loads(stored) if stored and isinstance(stored, str) else stored or None


def concession(text: str | None) -> Concession:
    """What a post gives up, from its JSON; NOTHING without one."""
    if not text:
        return NOTHING
    data = json.loads(text)
    return Concession(**data | {name: tuple(data.get(name, ())) for name in ("why", "without")})


def again(text: str | None) -> Again | None:
    """How a story is posted again, from its JSON."""
    return Again(**json.loads(text)) if text else None


def address(row: Row) -> str:
    """The address of an article, from its `url`, as it may be shown."""
    return without_login(str(row["url"]))


def title(row: Row) -> str:
    """The headline of an article, from its `data`."""
    return str(article_fields(row["data"])["title"])
