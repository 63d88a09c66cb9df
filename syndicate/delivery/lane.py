"""One account's adapter, limits and session, and how long a claim and a request may take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from syndicate.model import Account, Article, Json, Limits, Post, Rendered
from syndicate.model.dataclass import dataclass
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
    `refresh` makes new credentials from the old, on platforms where they expire; `renews`: also ahead of that.
    `recognise` asks the network, where
    that is due, whose login it is: False if it is another one than that for which deliveries were planned. `cleaned`
    takes secrets and control characters out of what the network answered. `hosted` gives pictures a public address.
    """

    account: Account
    platform: Platform
    limits: Callable[[], Limits]
    settle: timedelta
    refresh: Callable[[Json], Json] | None = None
    renews: bool = False
    recognise: Callable[[], bool] = lambda: True
    cleaned: Callable[[Any], Any] = lambda said: said
    hosted: Callable[[Post], Post] = lambda post: post


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a claim lasts, how long a request may take, and the source of random numbers in [0, 1)."""

    lease: timedelta
    timeout: timedelta
    jitter: Callable[[], float]
