"""One article to one account: unit of work, retry and record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from syndicate.model.post import Json

Draft: TypeAlias = Json
"""What `prepare` made and the ledger keeps: plain JSON. May carry `expires_at` (RFC 3339)."""


Action: TypeAlias = Literal["post", "edit", "delete"]


State: TypeAlias = Literal["planned", "due", "sending", "unknown", "held", "posted", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One article to one account: unit of work, retry and record. `key` is 32 hex digits.

    `article` is the article's address. `text` to `link` are None or empty before rendering.
    `absent` counts look-ups in a row that saw nothing, `unknowns` commits in a row without an answer,
    `looks` those at a page that was not right, since `looked_at`.
    `priority` 0 is breaking news, 1 all else. Past `expires_at` it is not sent; None: a person asked for it.
    `approved` is the digest a person said yes to.
    """

    key: str
    anchor: str
    article: str
    account: str
    platform: str
    action: Action
    revision: int
    part: int
    state: State
    reason: str | None
    due_at: datetime | None
    planned_at: datetime
    attempts: int
    fence: int
    post: Json | None = None
    digest: str | None = None
    prepared: Json | None = None
    draft: Draft | None = None
    committed_at: datetime | None = None
    unknowns: int = 0
    absent: int = 0
    looks: int = 0
    looked_at: datetime | None = None
    remote_id: str | None = None
    permalink: str | None = None
    error: str | None = None
    priority: int = 1
    expires_at: datetime | None = None
    approved: str | None = None
