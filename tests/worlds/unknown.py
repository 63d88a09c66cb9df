"""A delivery that was sent a minute ago, and whose network gave no answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from syndicate.model import Delivery

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
UNKNOWN = Delivery(
    key="0" * 32,
    anchor="1" * 32,
    article="https://gazette.example/a",
    account="masto",
    platform="mastodon",
    action="post",
    revision=0,
    part=0,
    state="unknown",
    reason="no_answer",
    due_at=NOW,
    planned_at=NOW,
    attempts=1,
    fence=1,
    committed_at=NOW - timedelta(minutes=1),
    unknowns=1,
)
