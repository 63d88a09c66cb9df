"""`poll`: read a source and write, in one transaction, its new articles, their deliveries, its validators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from syndicate.errors import SourceError
from syndicate.ingestion import interval
from syndicate.ledger import Ledger
from syndicate.ledger.notices import GAP
from syndicate.ledger.sources import SourceState
from syndicate.model import (
    DEFAULT_INTERVAL,
    NO_LIMITS,
    NO_RULES,
    Account,
    BreakingRules,
    CompleteReading,
    FloodLimits,
    Hub,
    PollHints,
    PollInterval,
    Reading,
    Validators,
)
from syndicate.ports import Paged, Source

if TYPE_CHECKING:
    from syndicate.planning.plan import Planned

SETTLED = timedelta(days=7)  # of the same permanent redirect, until it is believed
HABITS = 500  # articles that show how often a source has something new


@dataclass(frozen=True, slots=True)
class PollRules:
    """How a source is asked, and what may go out of it. `zone` (IANA) is that of dates without one.

    `backfill` plans the newest K articles whatever baseline, age and flood limits say.
    """

    every: PollInterval = DEFAULT_INTERVAL
    zone: str = "UTC"
    breaking: BreakingRules = NO_RULES
    floods: FloodLimits = NO_LIMITS
    backfill: int = 0


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll came to. `baseline`: it was the first, and recorded `seen` articles without deliveries.

    `keys` are the deliveries it planned, in order. `missing` says which stories may be missing, and why. `waiting`
    counts the stories that wait for a person's yes, by reason. `hub` and `hub_known` are as in `Reading`.
    """

    source: str
    notes: tuple[str, ...]
    baseline: bool
    seen: int
    new: int
    keys: tuple[str, ...]
    missing: str | None = None
    waiting: Mapping[str, int] = field(default_factory=dict)
    hub: Hub | None = None
    hub_known: bool = False


def poll(source: Source, state: SourceState, accounts: Sequence[Account], ledger: Ledger, rules: PollRules) -> Polled:
    """Read a source once, whatever its schedule says; only a server's own Retry-After is kept to.

    `state` is what the ledger has just said of it, `source` a reader of the address it has now (`state.address`).
    Raises SourceError; then state and validators are as before, but for when to come again.
    """
    now = ledger.now()
    if state.retry_at > now:
        until = state.retry_at.strftime("%H:%M:%S UTC")
        raise SourceError(f"{source.name}: the server asked us to wait until {until}", hint="nothing is lost")
    try:
        whole = _whole(source, _read(source, state, ledger, rules.backfill), state, accounts, ledger, rules.backfill)
    except SourceError as fault:
        _failed(ledger, state, fault, rules.every)
        raise
    fetched = whole.fetched
    wish = _wish(state, fetched)
    _move(ledger, state, fetched.moved, now)
    next_poll_at = _next_poll(ledger, source.name, rules.every, wish, fetched.validators, now)
    if not rules.backfill and _nothing_to_write(state, fetched, wish, next_poll_at, now):
        return Polled(source.name, fetched.notes, baseline=False, seen=fetched.entries, new=0, keys=())
    with ledger.transaction():
        if whole.missing:
            ledger.notices.happened(GAP, source.name, f"{source.name}: {whole.missing}", now)
        return _record(whole, wish, state, accounts, ledger, rules)


def again(name: str, url: str, ledger: Ledger, every: PollInterval, now: datetime) -> datetime:
    """When a source is asked again if this time goes as the last: written down before it is asked."""
    state = ledger.sources.ensure(name, url)
    if state.fails:
        return interval.after_failure(name, every, state.wish, now, fails=state.fails + 1, gone=state.gone)
    return _next_poll(ledger, name, every, state.wish, state.validators, now)


def _read(source: Source, state: SourceState, ledger: Ledger, backfill: int) -> Reading:
    """One reading. A document that is to lead to further pages is wanted even where it is unchanged."""
    deeper = backfill and isinstance(source, Paged) and len(ledger.articles.arrivals(source.name, backfill)) < backfill
    fetched = source.fetch(Validators() if deeper else state.validators)
    if fetched.modified and fetched.entries == 0 and state.entries > 0:
        raise SourceError(
            f"{source.name}: the feed lists no entries, and had {state.entries} before",
            hint="nothing was changed here; look at the feed",
        )
    return fetched


def _whole(
    source: Source, fetched: Reading, state: SourceState, accounts: Sequence[Account], ledger: Ledger, backfill: int
) -> CompleteReading:
    """A reading with what scrolled out of it."""
    if not (fetched.modified and fetched.windowed and fetched.articles):
        return CompleteReading(fetched, gap_at=state.gap_at)
    from syndicate.ingestion.gaps import fill

    return fill(source, fetched, state, ledger, accounts, backfill=backfill)


def _wish(state: SourceState, fetched: Reading) -> PollHints:
    """What the publisher's side wishes by now: of a document that was not sent again, what it said before."""
    if fetched.wish is not None:
        return fetched.wish
    if fetched.modified:
        return PollHints(served=fetched.interval)
    return replace(state.wish, served=fetched.interval or state.wish.served)


def _next_poll(
    ledger: Ledger, name: str, every: PollInterval, wish: PollHints, validators: Validators, now: datetime
) -> datetime:
    came = ledger.articles.arrivals(name, HABITS) if every.learns else ()
    bare = not (validators.etag or validators.last_modified)
    return interval.next_poll(every, wish, came, now, bare=bare)


def _nothing_to_write(
    state: SourceState, fetched: Reading, wish: PollHints, next_poll_at: datetime, now: datetime
) -> bool:
    """An unchanged source whose next poll was written down right before this one: most polls of a daemon."""
    settled = state.baseline_at is not None and state.fails == 0 and state.error is None and wish == state.wish
    reserved = next_poll_at - state.next_poll_at < (next_poll_at - now) / 10
    return settled and reserved and not fetched.modified and fetched.validators == state.validators


def _move(ledger: Ledger, state: SourceState, moved: str | None, now: datetime) -> None:
    """Remember where a good answer came from for good; after days of the same, it is asked there."""
    asked = state.address or state.url
    if moved is None or moved == asked:
        if state.moved_to is not None:
            ledger.sources.moving(state.name, None, None)
    elif is_upgrade(asked, moved):
        ledger.sources.settle(state.name, moved)
    elif moved != state.moved_to or state.moved_at is None:
        ledger.sources.moving(state.name, moved, now)
    elif now - state.moved_at >= SETTLED:
        ledger.sources.settle(state.name, moved)


def is_upgrade(before: str, after: str) -> bool:
    """Whether an address is the same but for https."""
    return before.startswith("http://") and after == f"https{before.removeprefix('http')}"


def _failed(ledger: Ledger, state: SourceState, fault: SourceError, every: PollInterval) -> None:
    """Come again later, and later still each time; never before the server wishes.

    Where an address has nothing any more, the one it led to before counts from now on; where that has
    nothing, the configured one.
    """
    now = ledger.now()
    retry_at = interval.asked_for(fault.retry_after, now)
    next_poll_at = interval.after_failure(
        state.name,
        every,
        state.wish,
        now,
        fails=state.fails + 1,
        gone=fault.gone,
        pressed=fault.pressed and retry_at is None,
        retry_at=retry_at,
    )
    with ledger.transaction():
        if fault.absent and (state.moved_to or state.address):
            ledger.sources.settle(state.name, state.moved_to)
        ledger.sources.failed(state.name, str(fault), next_poll_at=next_poll_at, retry_at=retry_at, gone=fault.gone)


def _record(
    whole: CompleteReading,
    wish: PollHints,
    state: SourceState,
    accounts: Sequence[Account],
    ledger: Ledger,
    rules: PollRules,
) -> Polled:
    """The one transaction of a poll. The state is read again: another process may have been first."""
    now, fetched, name = ledger.now(), whole.fetched, state.name
    state = ledger.sources.ensure(name, state.url)
    since = [(account, ledger.accounts.ensure(account, now).baseline_at) for account in accounts]
    news = _News()
    if fetched.articles:  # an unchanged source is most polls, and needs none of this loaded
        news = _news(fetched, state, since, ledger, now, rules)
    ledger.sources.read(
        name,
        fetched.validators,
        baseline_at=now,
        entries=fetched.entries if fetched.modified else None,
        next_poll_at=_next_poll(ledger, name, rules.every, wish, fetched.validators, now),
        wish=wish,
        gap_at=whole.gap_at,
    )
    keys = [*news.edits]
    if news.entries or rules.backfill:
        from syndicate.planning.apply import backfilled, write

        keys += write(news.entries, ledger, now)
        if rules.backfill:
            keys += backfilled(name, rules.backfill, accounts, ledger, now, rules.breaking)
    return Polled(
        name,
        (*fetched.notes, *news.told),
        baseline=state.baseline_at is None,
        seen=fetched.entries,
        new=news.new,
        keys=tuple(dict.fromkeys(keys)),
        missing=whole.missing,
        waiting=news.waiting,
        hub=fetched.hub,
        hub_known=fetched.hub_known,
    )


@dataclass(frozen=True, slots=True)
class _News:
    """What a reading comes to: how many articles are `new`, what is planned of them and waits, keys of edits, notes."""

    new: int = 0
    entries: Sequence[Planned] = ()
    edits: Sequence[str] = ()
    told: tuple[str, ...] = ()
    waiting: Mapping[str, int] = field(default_factory=dict)


def _news(
    fetched: Reading,
    state: SourceState,
    accounts: Sequence[tuple[Account, datetime]],
    ledger: Ledger,
    now: datetime,
    rules: PollRules,
) -> _News:
    """Take in what was read, and decide what goes out of it. `accounts` come with their baselines."""
    from syndicate.ingestion.ingest import ingest, listed_here_too
    from syndicate.planning.apply import restrained
    from syndicate.planning.changes import revise
    from syndicate.planning.flood_control import waiting
    from syndicate.planning.plan import plan

    since, was_empty = state.baseline_at, state.baseline_at is not None and not state.entries
    newest = ledger.articles.latest(state.name, before=state.gap_at)
    asks = rules.floods.similar == "ask"
    candidates, changed, told = ingest(fetched.articles, ledger, now, was_empty=was_empty, since=since, asks=asks)
    asked = [(candidates, accounts), *listed_here_too(fetched.articles, accounts, ledger, since)]
    entries: list[Planned] = []
    for stories, whom in asked:
        entries += plan(stories, whom, source_baseline=since, zone=rules.zone, now=now, breaking=rules.breaking)
    if entries and rules.floods != NO_LIMITS:
        new = {candidate.anchor for stories, _ in asked for candidate in stories}
        entries = restrained(entries, new, fetched, newest, ledger, rules.floods)
    edits = revise(changed, [account for account, _ in accounts], ledger, now, rules.breaking) if changed else []
    return _News(len(candidates), entries, edits, told, waiting(entries))
