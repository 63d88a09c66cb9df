"""The clock of a real run: the one place that reads the time. Everyone else is given a `ports.Clock` or an instant."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The machine's clock: aware, UTC. A module asks for `clock.now`, so that a test can set it for all."""
    return datetime.now(UTC)
