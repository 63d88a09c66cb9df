"""What a run of `syndicate post` is about, and what it did."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import field

from syndicate.app.wiring import App
from syndicate.errors import SyndicateError
from syndicate.ingestion.poll import Polled
from syndicate.ledger.dropped import Drop
from syndicate.model import Delivery
from syndicate.model.dataclass import dataclass

AT_ONCE = 32  # accounts that use the ledger or a network at a time: more would only wait for each other's commits


@dataclass
class RunResult:
    """What a run did, in the order in which deliveries were planned or taken up.

    By key: `began` is each delivery as the run took it up, `claimed` as it was right before its claim, `posted` as it
    was when it was out. `looks` are those of a source's first run, which a real one does not post. `faults` are errors
    of no one delivery. `dropped` is what was skipped because it waited too long. `stopped`: it was told to end early.
    `waits` are accounts that have to wait at its end, each with the first in its queue. `ended` are those that it took
    up, as they are at its end; None until somebody asks. `unheard`: why those of the setting `after` were not told of
    everything.
    """

    polled: list[Polled] = field(default_factory=list)
    faults: list[SyndicateError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    began: dict[str, Delivery] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    claimed: dict[str, Delivery] = field(default_factory=dict)
    posted: dict[str, Delivery] = field(default_factory=dict)
    looks: set[str] = field(default_factory=set)
    dropped: list[Drop] = field(default_factory=list)
    stopped: bool = False
    waits: dict[str, str] = field(default_factory=dict)
    ended: list[Delivery] | None = None
    unheard: list[SyndicateError] = field(default_factory=list)


@dataclass
class RunState:
    """A run under way, for all its threads: `guard` is held for each change of `outcome`.

    It is about all, or about these sources, these accounts, or one article, `anchor`. `unread`: that article could not
    be read, so nothing is sent. `ends` is when the waiting for what falls due is over, by `time.monotonic`. `progress`
    gets each delivery when it ends; `stop` ends the run early.
    """

    app: App
    sources: Sequence[str]
    accounts: Sequence[str]
    progress: Callable[[Delivery], None]
    stop: threading.Event
    anchor: str | None = None
    unread: bool = False
    ends: float = 0.0
    outcome: RunResult = field(default_factory=RunResult)
    guard: threading.Lock = field(default_factory=threading.Lock)
    at_work: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    @property
    def wanted(self) -> list[str]:
        """The accounts that the run is for."""
        return list(self.accounts) or [account.name for account in self.app.accounts]

    @property
    def is_whole(self) -> bool:
        """Whether it is about everything that waits."""
        return self.anchor is None and not self.sources and not self.unread

    def take_up(self, key: str) -> None:
        """Keep a delivery for the report, as it is now."""
        found = self.app.ledger.deliveries.find(key)
        if found is not None:
            self.took_up(found)

    def took_up(self, delivery: Delivery) -> None:
        """Keep a delivery for the report, as it was when the run first saw it."""
        with self.guard:
            self.outcome.began.setdefault(delivery.key, delivery)
