"""Reads the machine's clock. All other modules are given a `ports.Clock` or an instant."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The time now: aware, UTC. Modules use it as `clock.now`, so that a test can replace it for all."""
    return datetime.now(UTC)
