"""`poll`: reads a source and stores its new articles, their deliveries and its validators in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from syndicate.errors import SourceError
from syndicate.ingestion import interval
from syndicate.ledger import Ledger
from syndicate.ledger.notices import GAP, LEFT_OUT
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
    LeftOut,
    PollHints,
    PollInterval,
    Reading,
    Validators,
)
from syndicate.model.dataclass import dataclass
from syndicate.ports import ClockDoubt, Paged, Source

if TYPE_CHECKING:
    from syndicate.ingestion.readdressed import Follow, Readdressed
    from syndicate.ingestion.shown import ShownStories
    from syndicate.planning.plan import Planned

SETTLED = timedelta(days=7)  # the same permanent redirect for so long, and its target is polled instead
SOON = timedelta(minutes=1)
"""How long until a server in maintenance is asked again for a story that was named to us."""
LONG = timedelta(hours=6)  # between two readings: articles may become too old meanwhile
STOP = timedelta(hours=1)
"""From then on a source that could not be read has stopped, and what it published meanwhile goes out in turn."""
HABITS = 500  # recent articles that show how often a source publishes


@dataclass(frozen=True, slots=True)
class PollRules:
    """How a source is polled, and what is planned from it. `zone` (IANA) is used for dates without one.

    `backfill` plans so many of the newest articles, whatever baseline, age and flood limits say. `hurries`: it has a
    story that was named to us, so a server in maintenance (503) is asked again after SOON, whatever it says. `follow`
    asks where an address leads now; None: nothing is asked. `stopped_since`: nothing ran between then and this poll,
    the source's first one since. `anew`: another ledger may have posted what this one does not know yet, and the
    accounts were asked what they have.
    """

    every: PollInterval = DEFAULT_INTERVAL
    zone: str = "UTC"
    breaking: BreakingRules = NO_RULES
    floods: FloodLimits = NO_LIMITS
    backfill: int = 0
    hurries: bool = False
    follow: Follow | None = None
    stopped_since: datetime | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Polled:
    """The result of a poll. `baseline`: it was the first, and recorded `seen` articles without deliveries.

    `keys` are the deliveries it planned, in order. `missing` says which articles may be missing, and why. `waiting`
    counts the articles that wait for approval, by reason. `hub`, `hub_known` and `left_out` are as in `Reading`.
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
    left_out: tuple[LeftOut, ...] = ()


def poll(source: Source, state: SourceState, accounts: Sequence[Account], ledger: Ledger, rules: PollRules) -> Polled:
    """Read a source once, even if it is not due; only a server's Retry-After is respected.

    `state` is its present state in the ledger, `source` a reader of its present address (`state.address`).
    Raises SourceError; then state and validators are as before, except for the time of the next poll.
    """
    now = ledger.now()
    if state.retry_at > now:
        long = state.retry_at - (state.read_at or now) > LONG
        until = state.retry_at.strftime("%Y-%m-%d %H:%M UTC" if long else "%H:%M:%S UTC")
        hint = "what is older than max_age by then is not posted" if long else "nothing is lost"
        raise SourceError(f"{source.name}: the server asked us to wait until {until}", hint=hint)
    try:
        read = _read(source, state, ledger, rules)
        whole = _whole(source, read, state, accounts, ledger, rules.backfill)
    except SourceError as fault:
        _failed(ledger, state, fault, rules)
        raise
    fetched = whole.fetched
    wish = _wish(state, fetched)
    _move(ledger, state, fetched.moved, now)
    next_poll_at = _next_poll(ledger, source.name, rules.every, wish, fetched.validators, now)
    if not rules.backfill and _nothing_to_write(state, fetched, wish, next_poll_at, now):
        return Polled(source.name, fetched.notes, baseline=False, seen=fetched.entries, new=0, keys=())
    renamed = _readdressed(fetched, state, ledger, rules)
    doubt = ledger.doubt()
    if doubt is None or not doubt.words:
        return _written(whole, renamed, wish, state, accounts, ledger, rules)
    from syndicate.ingestion.doubted_clock import decided, refuse

    if not rules.backfill:
        refuse(state, fetched, doubt, now, ledger)

    def written(decidable: CompleteReading) -> Polled:
        return _written(decidable, renamed, wish, state, accounts, ledger, rules, doubt)

    return decided(whole, state.validators, written)


def _written(
    whole: CompleteReading,
    renamed: Sequence[Readdressed],
    wish: PollHints,
    state: SourceState,
    accounts: Sequence[Account],
    ledger: Ledger,
    rules: PollRules,
    doubt: ClockDoubt | None = None,
) -> Polled:
    """Record a reading in one transaction. `renamed` are known articles that it lists under other addresses."""
    if whole.fetched.articles:
        from syndicate.planning.filters import compare

        compare(whole.fetched.articles, accounts, rules.breaking)
    with ledger.transaction():
        for each in renamed:
            ledger.articles.name(each.anchor, each.names)
        if whole.missing:
            ledger.notices.happened(GAP, state.name, f"{state.name}: {whole.missing}", ledger.now())
        polled = _record(whole, wish, state, accounts, ledger, rules, doubt)
    return replace(polled, notes=(*polled.notes, *(each.note for each in renamed)))


def again(name: str, url: str, ledger: Ledger, every: PollInterval, now: datetime) -> datetime:
    """When a source is polled again if this poll goes like the last one; stored before the request."""
    state = ledger.sources.ensure(name, url)
    if state.fails:
        return interval.after_failure(name, every, state.wish, now, fails=state.fails + 1, gone=state.gone)
    return _next_poll(ledger, name, every, state.wish, state.validators, now)


def _read(source: Source, state: SourceState, ledger: Ledger, rules: PollRules) -> Reading:
    """One reading. Where further pages are to be read from it, the document is fetched even if unchanged."""
    backfill = rules.backfill
    deeper = backfill and isinstance(source, Paged) and len(ledger.articles.arrivals(source.name, backfill)) < backfill
    fetched = source.fetch(Validators() if deeper else state.validators)
    if fetched.modified and fetched.entries == 0 and state.entries > 0:
        raise SourceError(
            f"{source.name}: the feed lists no entries, but had {state.entries} before",
            hint="nothing was recorded; look at the feed",
        )
    if fetched.articles:
        from syndicate.ingestion.day_dates import by_day

        return replace(fetched, articles=by_day(fetched.articles, rules.zone, ledger.now()))
    return fetched


def _whole(
    source: Source, fetched: Reading, state: SourceState, accounts: Sequence[Account], ledger: Ledger, backfill: int
) -> CompleteReading:
    """A reading, completed with what scrolled out of the feed."""
    if not (fetched.modified and fetched.windowed and fetched.articles):
        return CompleteReading(fetched, gap_at=state.gap_at)
    from syndicate.ingestion.gaps import fill

    return fill(source, fetched, state, ledger, accounts, backfill=backfill)


def _readdressed(fetched: Reading, state: SourceState, ledger: Ledger, rules: PollRules) -> Sequence[Readdressed]:
    """Entries that are known articles under another address, as a request to the old one tells."""
    if rules.follow is None or state.baseline_at is None or not fetched.articles or fetched.known:
        return ()
    from syndicate.ingestion.readdressed import readdressed

    return readdressed(fetched.articles, state.name, ledger, rules.follow)


def _wish(state: SourceState, fetched: Reading) -> PollHints:
    """The publisher's poll hints now; for an unchanged document, what it said before."""
    if fetched.wish is not None:
        return fetched.wish
    if fetched.modified:
        return PollHints(served=fetched.interval)
    return replace(state.wish, served=fetched.interval or state.wish.served)


def _next_poll(
    ledger: Ledger, name: str, every: PollInterval, wish: PollHints, validators: Validators, now: datetime
) -> datetime:
    came = ledger.articles.arrivals(name, HABITS) if every.learns else ()
    bare = not validators.etag and validators.last_modified is None
    return interval.next_poll(every, wish, came, now, bare=bare)


def _nothing_to_write(
    state: SourceState, fetched: Reading, wish: PollHints, next_poll_at: datetime, now: datetime
) -> bool:
    """Whether nothing changed, and the next poll is stored already: so are most polls of a daemon."""
    settled = state.baseline_at is not None and state.fails == 0 and state.error is None and wish == state.wish
    reserved = next_poll_at - state.next_poll_at < (next_poll_at - now) / 10
    return settled and reserved and not fetched.modified and fetched.validators == state.validators


def _move(ledger: Ledger, state: SourceState, moved: str | None, now: datetime) -> None:
    """Store where a good answer was permanently redirected to; after days of the same, poll that address."""
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
    """Whether the only change is from http to https."""
    return before.startswith("http://") and after == f"https{before.removeprefix('http')}"


def in_maintenance(fault: SourceError) -> bool:
    """Whether a server says that it is down for a while, as a CMS does that is being updated."""
    return fault.status == HTTPStatus.SERVICE_UNAVAILABLE and fault.retry_after is not None


def _failed(ledger: Ledger, state: SourceState, fault: SourceError, rules: PollRules) -> None:
    """Record a failed poll: the wait is longer each time, and never shorter than the server's Retry-After.

    Where an address answers 404 or 410, the one it redirected to is polled from now on; where that does,
    the configured one.
    """
    now = ledger.now()
    retry_at = interval.asked_for(fault.retry_after, now)
    next_poll_at = interval.after_failure(
        state.name,
        rules.every,
        state.wish,
        now,
        fails=state.fails + 1,
        gone=fault.gone,
        pressed=fault.pressed and retry_at is None,
        retry_at=retry_at,
    )
    if rules.hurries and retry_at is not None and in_maintenance(fault):
        next_poll_at = retry_at = min(retry_at, now + SOON)
    with ledger.transaction():
        if fault.absent and (state.moved_to or state.address):
            ledger.sources.settle(state.name, state.moved_to)
        ledger.sources.failed(
            state.name,
            str(fault),
            next_poll_at=next_poll_at,
            retry_at=retry_at,
            gone=fault.gone,
            at=now,
            since=rules.stopped_since or now,
        )


def _record(
    whole: CompleteReading,
    wish: PollHints,
    state: SourceState,
    accounts: Sequence[Account],
    ledger: Ledger,
    rules: PollRules,
    doubt: ClockDoubt | None,
) -> Polled:
    """Write everything in the poll's one transaction. Reads the state again: another process may have been first."""
    now, fetched, name = ledger.now(), whole.fetched, state.name
    state, since = _state(state, accounts, ledger, now, doubt)
    began, notes = doubt.servers if doubt else None, fetched.notes
    if state.baseline_at is None and fetched.articles:
        began, note = _begun(state, fetched, ledger, now, doubt)
        if note:
            notes, state = (*notes, note), replace(state, baseline_at=began, entries=fetched.entries)
    if rules.anew and (shown := _shown(fetched, state, since, ledger, now)):
        notes, since, began = (*notes, shown.note), shown.accounts, shown.began
        state = replace(state, baseline_at=began, entries=fetched.entries)
    news = _News()
    if fetched.articles:  # most polls find nothing new, and need none of this loaded
        news = _news(fetched, state, since, ledger, now, rules, doubt)
    ledger.sources.read(
        name,
        fetched.validators,
        baseline_at=began or now,
        polled_at=now,
        entries=fetched.entries if fetched.modified else None,
        next_poll_at=_next_poll(ledger, name, rules.every, wish, fetched.validators, now),
        wish=wish,
        gap_at=whole.gap_at,
    )
    at = (ledger.listings.of(name).since() or now) if fetched.partial else now
    recorded = ledger.listings.record(name, fetched.known, fetched.left_out, at)
    unmeant = [each for each in recorded if not each.meant]
    if unmeant:
        told = f"{name}: entries that cannot be announced: {len(unmeant)}, such as {unmeant[0].place}: {unmeant[0].why}"
        ledger.notices.happened(LEFT_OUT, name, told, now)
    keys = [*news.edits]
    if news.entries or rules.backfill:
        from syndicate.ingestion.too_late import write
        from syndicate.planning.apply import backfilled

        keys += write(news.entries, state.read_at, ledger, now)
        if rules.backfill:
            keys += backfilled(name, rules.backfill, accounts, ledger, now, rules.breaking)
    return Polled(
        name,
        (*notes, *news.told),
        baseline=state.baseline_at is None,
        seen=fetched.entries,
        new=news.new,
        keys=tuple(dict.fromkeys(keys)),
        missing=whole.missing,
        waiting=news.waiting,
        hub=fetched.hub,
        hub_known=fetched.hub_known,
        left_out=fetched.left_out,
    )


def _state(
    state: SourceState, accounts: Sequence[Account], ledger: Ledger, now: datetime, doubt: ClockDoubt | None
) -> tuple[SourceState, list[tuple[Account, datetime]]]:
    """The source's state as it is now, and the accounts with their baselines, none of which is later than now."""
    since = [(account, ledger.accounts.ensure(account, now).baseline_at) for account in accounts]
    state = ledger.sources.ensure(state.name, state.url)
    if doubt is None and any(at > now for at in (state.baseline_at or now, *(at for _, at in since))):
        ledger.timekeeping.settle(now)  # the clock was ahead then
        state, since = ledger.sources.ensure(state.name, state.url), [(account, min(at, now)) for account, at in since]
    return state, since


def _begun(
    state: SourceState, fetched: Reading, ledger: Ledger, now: datetime, doubt: ClockDoubt | None
) -> tuple[datetime | None, str]:
    """When a source without a baseline began, and a note, if it began before this reading."""
    if doubt is not None:
        return doubt.servers, ""
    if state.begun_at is not None and state.begun_at <= now:
        return state.begun_at, f"its first run was at {state.begun_at:%Y-%m-%d %H:%M} UTC, while the clock was wrong"
    from syndicate.ingestion.moved_feed import continued

    went_on = continued(fetched.articles, state.name, ledger)
    return (went_on.since, went_on.note(len(fetched.articles))) if went_on else (None, "")


def _shown(
    fetched: Reading, state: SourceState, accounts: Sequence[tuple[Account, datetime]], ledger: Ledger, now: datetime
) -> ShownStories | None:
    """What the accounts show of a source that this ledger reads for the first time."""
    if state.baseline_at is not None or not fetched.articles:
        return None
    from syndicate.ingestion.shown import newest_shown

    return newest_shown(fetched.articles, state.name, accounts, ledger, now)


def _stopped(state: SourceState, rules: PollRules, now: datetime) -> bool:
    """Whether this is the first reading after a stop: of everything, or of this source's server."""
    unread = state.unread_since is not None and now - state.unread_since >= STOP
    return unread or rules.stopped_since is not None


@dataclass(frozen=True, slots=True)
class _News:
    """The result of a reading: how many articles are `new`, what is planned and waits, keys of edits, notes."""

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
    doubt: ClockDoubt | None,
) -> _News:
    """Store the articles that were read, and plan their deliveries. `accounts` come with their baselines."""
    from syndicate.ingestion.fill_in import fill_in
    from syndicate.ingestion.ingest import ingest, listed_here_too
    from syndicate.planning.apply import too_slow
    from syndicate.planning.changes import revise
    from syndicate.planning.flood_control import strange_hosts, waiting
    from syndicate.planning.history import Fresh, follow, restrained
    from syndicate.planning.plan import plan

    since, was_empty = state.baseline_at, state.baseline_at is not None and not state.entries
    newest = ledger.articles.latest(state.name, before=state.gap_at)
    asks = rules.floods.similar == "ask"
    alone = state.entries == fetched.entries == 1
    read = ingest(fetched.articles, ledger, now, was_empty=was_empty, since=since, asks=asks, alone=alone)
    candidates = read.candidates
    if fetched.appended:  # `plan` takes equal dates in the reverse of a feed's order
        candidates = candidates[::-1]
    asked = [(candidates, accounts), *listed_here_too(fetched.articles, accounts, ledger, since)]
    asked += fill_in(read.shared, accounts, ledger, now, rules.breaking)

    def judged(at: datetime) -> list[Planned]:
        found: list[Planned] = []
        for stories, whom in asked:
            found += plan(stories, whom, source_baseline=since, zone=rules.zone, now=at, breaking=rules.breaking)
        return [entry for entry in found if state.begun_at is None or entry.reason != "baseline"]

    entries = judged(now)
    if doubt is not None:
        from syndicate.ingestion.doubted_clock import reconsidered

        entries = reconsidered(entries, judged(doubt.servers) if doubt.servers else (), now)
    if read.changed and rules.floods.hosts is not None:
        follow(read.changed, state.name, ledger)
    stopped = doubt is None and _stopped(state, rules, now)  # with a wrong clock a gap says nothing
    if entries and rules.floods != NO_LIMITS:
        new = {candidate.anchor for stories, _ in asked for candidate in stories}
        fresh = Fresh(fetched, read.listed, read.unknown, new, newest, stopped)
        entries = restrained(entries, fresh, ledger, rules.floods, now)
    if stopped:
        from syndicate.planning.in_turn import in_turn

        entries = in_turn(entries, ledger, now)
    ledger.floods.lists(state.name, read.listed)
    edits = revise(read.changed, [account for account, _ in accounts], ledger, now, rules.breaking)
    notes = read.notes
    if hosts := strange_hosts(entries):
        notes += (f"nothing of {state.name} led to {', '.join(hosts)} before, so what leads there waits",)
    notes += too_slow(entries, rules.breaking)
    return _News(len(read.candidates), entries, edits, notes, waiting(entries))
