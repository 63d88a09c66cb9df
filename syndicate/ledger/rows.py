"""Turns rows of the `delivery` table into Deliveries; builds conditions for queries."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from syndicate.addresses import without_login
from syndicate.ledger.database import Row, from_micros
from syndicate.model import NOTHING, Concession, Delivery

_WORDS = re.compile(r"\W+")
JOINED = "SELECT delivery.*, article.url AS article_url FROM delivery JOIN article ON article.anchor = delivery.anchor"


def among(column: str, values: Sequence[str], into: Row) -> str:
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
    posted = row["posted_at"]
    if posted is None and row["state"] == "posted":  # by a version that did not write it down
        posted = row["committed_at"] or row["updated_at"]
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
        post=json.loads(row["post"]) if row["post"] else None,
        digest=row["digest"],
        prepared=json.loads(row["prepared"]) if row["prepared"] else None,
        draft=json.loads(row["draft"]) if row["draft"] else None,
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
        posted_at=from_micros(posted),
    )


def concession(text: str | None) -> Concession:
    """What a post gives up, from its JSON; NOTHING without one."""
    if not text:
        return NOTHING
    data = json.loads(text)
    return Concession(**data | {"why": tuple(data["why"])})


def address(row: Row) -> str:
    """The address of an article, from its `url`, as it may be shown."""
    return without_login(str(row["url"]))


def title(row: Row) -> str:
    """The headline of an article, from its `data`."""
    return str(json.loads(row["data"])["title"])
