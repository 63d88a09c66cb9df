"""One account's part of a run: its deliveries, one after the other, until nothing is due."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from syndicate.app.engines.run_state import RunState
from syndicate.errors import SyndicateError
from syndicate.ingestion.poll import Polled
from syndicate.ledger.elsewhere import Settled
from syndicate.model import Delivery, StoryWarning

if TYPE_CHECKING:
    from syndicate.delivery.ahead import Ahead
    from syndicate.delivery.next import Taken

BUSY_WAIT = 0.05  # seconds between tries of an account for which another process sends
LONGEST_NAP = 1.0  # seconds; bounds how late a stop or a clock that was set is noticed


class RunAccount:
    """An account for which a run delivers."""

    def __init__(self, name: str, run: RunState) -> None:
        self._name, self._run, self._app = name, run, run.app

    def has_work(self) -> bool:
        """Whether it may have something to send before the run ends."""
        return self._next(self._name, self._deadline()) is not None

    def drain(self) -> None:
        """Deliver one after the other, until nothing is due by the deadline."""
        try:
            self._look_first()
            while not self._run.stop.is_set() and self._step():
                pass
        except SyndicateError as fault:
            with self._run.guard:
                self._run.outcome.faults.append(fault)

    def _look_first(self) -> None:
        """After a restore or a stop: ask the network what it has, also where everything waits for an approval."""
        if self._name not in self._app.ledger.recovery.pending():
            return
        with self._run.at_work:
            looked = self._app.look_first(self._name)
        for key in (*looked.settled.posted, *looked.settled.held):
            self._run.take_up(key)
        with self._run.guard:
            outcome = self._run.outcome
            outcome.notes.extend(f"{self._name}: {note}" for note in looked.notes)
            if looked.settled != Settled():
                outcome.polled = [self._recounted(polled) for polled in outcome.polled]

    def _recounted(self, polled: Polled) -> Polled:
        """A poll with what still waits for an approval, now that some of it turned out to be posted already."""
        found = [self._app.ledger.deliveries.find(key) for key in polled.keys]
        waits = {(row.reason, row.anchor) for row in found if row is not None and row.state == "planned"}
        counts: Counter[str | None] = Counter(reason for reason, _ in waits)
        return replace(polled, waiting={name: counts[name] for name in polled.waiting if counts[name]})

    def _step(self) -> bool:
        """Deliver the next one, and what is ready right after it; False when there is nothing more for this run."""
        from syndicate.delivery.next import Busy, Taken, Waits, deliver_next

        run, app = self._run, self._app
        ahead: list[Ahead] = []

        def deliver(delivery: Delivery) -> tuple[Delivery, tuple[str, ...]]:
            ahead.extend(app.ahead(self._name, self._queue, lambda: not run.stop.is_set()))
            return app.deliver(delivery, *ahead)

        with run.at_work:
            if run.stop.is_set():
                return False
            found = deliver_next(app.config.accounts[self._name].account, app.ledger, app.gate, deliver, self._next)
        match found:
            case None:
                return self.has_work() and self._sleep_until(None)
            case Busy(first):
                run.took_up(first)
                run.stop.wait(BUSY_WAIT)
            case Waits(until, first):
                self._waits(first)
                return until is not None and self._sleep_until(until)
            case Taken() as taken:
                self._took(taken)
                for each in (each for made in ahead for each in made.taken()):
                    self._took(each)
        return True

    def _next(self, name: str, until: datetime) -> Delivery | None:
        if self._run.unread:
            return None
        deliveries, run = self._app.ledger.deliveries, self._run
        found = deliveries.next_due(name, until, sources=run.sources, anchor=run.anchor)
        if found is not None or not run.sources:
            return found
        # Articles that these sources list too, but another source listed first.
        with run.guard:
            keys = [key for key, began in run.outcome.began.items() if began.account == name]
        listed = (each for key in keys if key not in run.outcome.tried and (each := deliveries.find(key)))
        return next((each for each in listed if each.state == "due" and each.due_at and each.due_at <= until), None)

    def _queue(self, name: str, now: datetime, most: int) -> list[Delivery]:
        """The account's next deliveries, of one source or article if this run is about one."""
        run = self._run
        if run.unread:
            return []
        return self._app.ledger.deliveries.queue(name, now, most, sources=run.sources, anchor=run.anchor)

    def _took(self, taken: Taken) -> None:
        """Keep for the report what was taken as far as possible."""
        before, after, outcome = taken.before, taken.after, self._run.outcome
        self._run.took_up(before)
        outcome.waits.pop(self._name, None)
        with self._run.guard:
            outcome.tried.add(after.key)
            if after.fence > before.fence and before.state == "due":
                outcome.claimed[after.key] = before
            if after.state == "posted":
                outcome.posted[after.key] = after
            outcome.notes.extend(f"{self._name}: {_of_story(warning, after)}" for warning in taken.warnings)
        self._run.progress(after)

    def _waits(self, first: Delivery) -> None:
        """Note that the account has to wait, so that the report says so of all that is due for it."""
        self._run.took_up(first)
        if self._run.is_whole:
            self._run.outcome.waits[self._name] = first.key

    def _deadline(self) -> datetime:
        """When the waiting ends, by the clock as it is now: it may be set meanwhile."""
        left = max(0.0, self._run.ends - time.monotonic())
        return self._app.ledger.now() + timedelta(seconds=left)

    def _sleep_until(self, until: datetime | None) -> bool:
        """Wait a little, for the deadline or for an earlier instant; False once the deadline is there."""
        left = self._run.ends - time.monotonic()
        if left <= 0:
            return False
        if until is not None:
            left = min(left, (until - self._app.ledger.now()).total_seconds())
        self._run.stop.wait(min(LONGEST_NAP, max(0.01, left)))
        return True


def _of_story(warning: str, delivery: Delivery) -> str:
    """A warning about a story, with its address; others are about the account or its templates."""
    return f"{warning} ({delivery.article})" if isinstance(warning, StoryWarning) else warning
