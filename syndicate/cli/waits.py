"""The posts of accounts that have to wait, as a run prints them: one line for an account, however many wait."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from syndicate.cli.output import why
from syndicate.ledger.catalogue import Selection
from syndicate.model import LATER, Delivery
from syndicate.model.dataclass import dataclass
from syndicate.serialization import delivery_record

if TYPE_CHECKING:
    from syndicate.app.engines.run_state import RunResult
    from syndicate.app.wiring import App

LISTED = 5
"""As many are printed one by one."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for an account: the `first` of it, how many by reason, and whether a run lists them
    one by one. `whole`: all that is due for the account, not only what this run took up.
    """

    first: Delivery
    reasons: Mapping[str | None, int]
    listed: bool
    whole: bool

    @property
    def number(self) -> int:
        """How many wait."""
        return sum(self.reasons.values())

    @property
    def expected(self) -> bool:
        """Whether all of them wait for something that a person has set, such as hours; the others wait behind these."""
        return all(reason in LATER for reason in ({*self.reasons} - {None}) | {self.first.reason})

    def line(self, width: int, zone: str) -> str:
        """All of them in one line, as `output.line` prints one."""
        said = why(delivery_record(self.first), zone)
        return f"{'due':<8} {self.first.account:<{width}}  {self.number:,} wait: {said}"


def queues(outcome: RunResult, ended: Iterable[Delivery], app: App, accounts: tuple[str, ...]) -> dict[str, Queue]:
    """What waits, by account: of those that have to wait, and of those for which the run left something (`ended`)."""
    left, found = defaultdict[str, list[Delivery]](list), dict[str, Queue]()
    for delivery in ended:
        if _waits(delivery, outcome):
            left[delivery.account].append(delivery)
    for account in dict.fromkeys([*left, *outcome.waits]):
        if not accounts or account in accounts:
            waits, read = account in outcome.waits, app.ledger.deliveries
            counted = Counter[str | None](row.reason for row in left[account])
            reasons = read.due_by_reason(account) if waits else counted
            first = read.find(outcome.waits[account]) if waits else left[account][0]
            if first is not None and first.state == "due":
                listed = app.kind.takes_up_waiting or sum(reasons.values()) <= LISTED
                found[account] = Queue(first, reasons, listed, whole=waits)
    return found


def stands_for(waiting: Mapping[str, Queue], delivery: Delivery, outcome: RunResult) -> bool:
    """Whether the line about its account's queue says of this delivery as well why it waits."""
    queue = waiting.get(delivery.account)
    return queue is not None and not queue.listed and _waits(delivery, outcome)


def _waits(delivery: Delivery, outcome: RunResult) -> bool:
    """Whether it is due, and nothing was tried in this run that has to be told of it alone."""
    return delivery.state == "due" and delivery.reason != "template" and delivery.key not in outcome.claimed


def others(outcome: RunResult, app: App, account: str) -> Iterator[Delivery]:
    """What waits for an account and this run did not take up, read page by page."""
    for delivery in app.ledger.catalogue.oldest_first(Selection(("due",), (account,))):
        if delivery.key not in outcome.began:
            yield delivery
