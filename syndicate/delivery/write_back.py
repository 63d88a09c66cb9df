"""Tells the places of the setting `after` what became of deliveries: after these, outside any transaction.

Killed at any step, it goes on where it was: what was told and not recorded is told again. It never sends a post.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal, Protocol, TypeAlias

from syndicate.errors import AuthError, PlatformError, RateLimited, Rejected, SyndicateError, Unavailable, prefixed
from syndicate.ledger import Ledger
from syndicate.ledger.follow_ups import Word
from syndicate.ledger.notices import GIVEN_UP
from syndicate.model.dataclass import dataclass

LEASE = timedelta(minutes=5)
"""How long a place is taken by one process; longer than any place may take for one event."""
EXTENDED = timedelta(minutes=1)
"""How long one process works at a place until it says that it still does."""
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)
PATIENCE = timedelta(days=7)
"""How long one event is offered to a place that refuses it, while it takes others."""
REFUSALS = 3
"""Events in a row that a place refuses, after which it is the place that is out of order."""

Takes: TypeAlias = Literal["event", "article", "all"]


class Sink(Protocol):
    """A place that hears what became of deliveries, under the name that the ledger has for it.

    `takes`: each event by itself, all of one article together, or all that is owed.
    """

    name: str
    takes: ClassVar[Takes]

    def tell(self, words: Sequence[Word]) -> None:
        """Tell it; the same twice does no harm. Raises Rejected where it refuses this, and what any call raises where
        it cannot be told anything now.
        """


@dataclass(frozen=True, slots=True)
class WroteBack:
    """How many events a place heard, and why it did not hear others."""

    told: int = 0
    faults: tuple[SyndicateError, ...] = ()


def write_back(sink: Sink, ledger: Ledger, going: Callable[[], bool], *, early: bool = False) -> WroteBack:
    """Tell a place what it is owed, while it is `going`. `early`: what failed is tried again before its time."""
    if not ledger.follow_ups.claim(sink.name, ledger.now(), LEASE, early=early):
        return WroteBack()
    work = _Work(sink, ledger, early)
    try:
        while going() and work.step():
            pass
    finally:
        ledger.follow_ups.release(sink.name)
    return WroteBack(work.told, tuple(work.faults))


class _Work:
    """One turn with a place."""

    def __init__(self, sink: Sink, ledger: Ledger, early: bool) -> None:
        self._sink, self._ledger, self._early = sink, ledger, early
        self._next: list[Word] = []
        self._failed: set[str] = set()
        self._refusals = 0
        self._over = False
        self._taken_at = ledger.now()
        self.told = 0
        self.faults: list[SyndicateError] = []

    def step(self) -> bool:
        """Tell the next; False where nothing is left for now."""
        if not self._next:
            self._next = self._found()
        if self._over or not self._next:
            return False
        first = self._next.pop(0)
        if not self._is_ours():
            return False
        words = self._with(first)
        try:
            self._sink.tell(words)
        except SyndicateError as fault:
            self._fell(words, fault)
        else:
            self._refusals = 0
            self.told += len(words)
            self._ledger.follow_ups.told(words, self._ledger.now())
        return not self._over

    def _is_ours(self) -> bool:
        """Whether nobody else has taken the place, as after a long sleep of this machine."""
        now = self._ledger.now()
        if now - self._taken_at < EXTENDED:
            return True
        self._taken_at = now
        return self._ledger.follow_ups.extend(self._sink.name, now + LEASE)

    def _found(self) -> list[Word]:
        found = self._ledger.follow_ups.first(self._sink.name, self._ledger.now(), early=self._early)
        return [word for word in found if word.anchor not in self._failed]

    def _with(self, first: Word) -> list[Word]:
        """What is told together with the first of an article."""
        if self._sink.takes == "event":
            return [first]
        if self._sink.takes == "all":
            self._next = []
        return self._ledger.follow_ups.owed(self._sink.name, first.anchor if self._sink.takes == "article" else None)

    def _fell(self, words: Sequence[Word], fault: SyndicateError) -> None:
        """Record that something could not be told."""
        now, first, refused = self._ledger.now(), words[0], isinstance(fault, Rejected)
        if refused and self._is_refused_for_good(first, now):
            self._give_up(words, fault, now)
            return
        self._refusals = self._refusals + 1 if refused else 0
        self._over = not refused or self._refusals >= REFUSALS or self._sink.takes == "all"
        self._failed.add(first.anchor)
        self.faults.append(prefixed(self._sink.name, fault))
        self._ledger.follow_ups.failed(
            first, str(fault), again_at=again_at(first, fault, now), now=now, whole=self._over
        )

    def _is_refused_for_good(self, word: Word, now: datetime) -> bool:
        """Whether a place has refused this for days, and taken others meanwhile."""
        since = word.failing_at
        if since is None or now - since <= PATIENCE or self._sink.takes == "all":
            return False
        return self._ledger.follow_ups.has_heard(self._sink.name, since)

    def _give_up(self, words: Sequence[Word], fault: SyndicateError, now: datetime) -> None:
        name = self._sink.name
        said = f"{name}: was not told that {words[0].key[:8]} is {words[0].event}, since it refuses that: {fault}"
        self._ledger.follow_ups.give_up(words, str(fault), now)
        self._ledger.notices.happened(GIVEN_UP, name, said, now)


def again_at(word: Word, fault: SyndicateError, now: datetime) -> datetime:
    """When to try again: ever later, up to an hour, and not before a server wants it. Pure."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(word.tries, 10)))
    asked = fault.retry_after if isinstance(fault, (RateLimited, Unavailable)) else None
    return now + max(wait, timedelta(seconds=min(asked or 0.0, 86_400.0)))


def needs_person(fault: SyndicateError) -> bool:
    """Whether a fault does not pass by itself: a refusal, a login, a file that must not be written."""
    return not isinstance(fault, PlatformError) or isinstance(fault, (Rejected, AuthError))
