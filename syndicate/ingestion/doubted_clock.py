"""What a reading may change while this machine's clock is doubted: no first run, and nothing skipped for its date.

What cannot be judged is not recorded, so that the first reading with a right clock finds it new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from syndicate.errors import SourceError
from syndicate.ledger import Ledger
from syndicate.ledger.sources import SourceState
from syndicate.model import EMBARGOED, Article, CompleteReading, Reading, Validators
from syndicate.planning.plan import Planned
from syndicate.ports import ClockDoubt

T = TypeVar("T")
FAR = timedelta(days=300)
"""So far behind, a clock cannot read the dates of news, since they are too far ahead."""
CLOCKED = ("baseline", "too_old")
HINT = "nothing of it is recorded until the clock is right, and nothing is lost"


class UndecidedError(Exception):
    """These articles would be skipped because of their dates, by a clock that is doubted."""

    def __init__(self, articles: Sequence[Article]) -> None:
        super().__init__()
        self.articles = articles


def refuse(state: SourceState, fetched: Reading, doubt: ClockDoubt, now: datetime, ledger: Ledger) -> None:
    """Raise SourceError for a reading that cannot be recorded at all: a first one, or one with a clock far behind.

    Of a first one it is recorded when it took place, by the server's clock.
    """
    if state.baseline_at is None and fetched.entries:
        if doubt.servers is not None:
            with ledger.transaction():
                ledger.sources.begun(state.name, doubt.servers)
                ledger.accounts.began_at(doubt.servers, now)
        raise SourceError(f"{state.name}: its first run waits: {doubt.words}", hint=HINT)
    if doubt.servers is not None and doubt.servers - now > FAR:
        raise SourceError(f"{state.name}: {doubt.words}", hint=HINT)


def reconsidered(entries: Sequence[Planned], by_servers: Sequence[Planned], now: datetime) -> list[Planned]:
    """What the clock would skip for its date, or doubt the date of, is judged by the servers' time instead.

    So is what a clock that is behind takes for the future, unless the source names an embargo. Raises UndecidedError
    for what is skipped by that as well.
    """
    others = {(entry.candidate.anchor, entry.account.name): entry for entry in by_servers}
    found, undecided = [], list[Article]()
    for entry in entries:
        other = others.get((entry.candidate.anchor, entry.account.name), entry)
        early = entry.reason == "embargo" and EMBARGOED not in entry.candidate.article.raw and other.state == "due"
        if not _depends(entry) and not early:
            found.append(entry)
        elif not _depends(other):
            found.append(replace(other, due_at=now) if other.state == "due" else other)
        elif entry.reason == "date":
            found.append(entry)
        else:
            undecided.append(entry.candidate.article)
    if undecided:
        raise UndecidedError(undecided)
    return found


def decided(whole: CompleteReading, before: Validators, record: Callable[[CompleteReading], T]) -> T:
    """Record a reading without what is undecided. Its document is then read again, changed or not."""
    while True:
        try:
            return record(whole)
        except UndecidedError as left:
            fetched = whole.fetched
            kept = tuple(each for each in fetched.articles if all(each is not other for other in left.articles))
            if fetched.partial or len(kept) == len(fetched.articles):
                name = fetched.articles[0].source
                raise SourceError(f"{name}: it lists what only a right clock can judge", hint=HINT) from left
            whole = replace(whole, fetched=replace(fetched, articles=kept, validators=before))


def _depends(entry: Planned) -> bool:
    return (entry.state == "skipped" and entry.reason in CLOCKED) or (
        entry.reason == "date" and entry.candidate.article.published is not None
    )
