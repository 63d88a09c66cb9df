"""One account's adapter, limits and session, and how long a claim and a request may take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from syndicate.model import Account, Article, Json, Limits, Rendered
from syndicate.ports import Platform


class Render(Protocol):
    """Renders an article as a post for one account."""

    def __call__(
        self,
        article: Article,
        account: Account,
        platform: Platform,
        limits: Limits,
        *,
        at: datetime,
        planned_at: datetime,
    ) -> Rendered:
        """Raises RenderError, TooLong."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One account's queue: its adapter, and one request at a time.

    `limits` gives the network's own where it states any. `settle` is how long until a post is surely visible.
    `refresh` makes new credentials from the old, on platforms where they expire. `recognise` asks the network, where
    that is due, whose login it is: False if it is another one than that for which deliveries were planned.
    """

    account: Account
    platform: Platform
    limits: Callable[[], Limits]
    settle: timedelta
    refresh: Callable[[Json], Json] | None = None
    recognise: Callable[[], bool] = lambda: True


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a claim lasts, how long a request may take, and the source of random numbers in [0, 1)."""

    lease: timedelta
    timeout: timedelta
    jitter: Callable[[], float]
