"""`poll`: read a source and write, in one transaction, its new articles, their deliveries, its validators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from syndicate import pacing
from syndicate.errors import SourceError
from syndicate.ledger import Ledger
from syndicate.ledger.articles import UNREAD, Standing
from syndicate.ledger.database import micros
from syndicate.ledger.deliveries import GIVEN_UP, delivery_key
from syndicate.ledger.notices import GAP
from syndicate.ledger.sources import SourceState
from syndicate.model import CALM, CAREFREE, Account, Article, Breaking, Caution, Every, Fetched, Validators, Whole, Wish
from syndicate.ports import Paged, Source

if TYPE_CHECKING:
    from syndicate.identity import Alias
    from syndicate.ledger.articles import Known
    from syndicate.plan import Candidate, Planned
    from syndicate.revising import Change

SETTLED = timedelta(days=7)  # of the same permanent redirect, until it is believed
HABITS = 500  # articles that show how often a source has something new
MOVED = 3  # stories at new addresses, from which on it looks as if the site has moved
UNWANTED_BEFORE = ("baseline", "too_old", "preflight")  # reasons that `--backfill` overrules


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll came to. `baseline`: it was the first, and recorded `seen` articles without deliveries.

    `keys` are the deliveries it planned, in order. `hub` is as in `Fetched`.
    """

    source: str
    notes: tuple[str, ...]
    baseline: bool
    seen: int
    new: int
    keys: tuple[str, ...]
    hub: tuple[str, str] | None = None


def poll(
    source: Source,
    url: str,
    accounts: Sequence[Account],
    ledger: Ledger,
    *,
    every: Every,
    zone: str,
    backfill: int = 0,
    breaking: Breaking = CALM,
    caution: Caution = CAREFREE,
    state: SourceState | None = None,
) -> Polled:
    """Read a source once, whatever its schedule says; only a server's own Retry-After is kept to.

    `url` is the configured address, `source` a reader of the one it has now (`SourceState.address`).
    `backfill` plans the newest K articles whatever baseline, age and caution say. `state` is the source's, if
    the caller has just read it.
    Raises SourceError; then state and validators are as before, but for when to come again.
    """
    state = state or ledger.sources.ensure(source.name, url)
    now = ledger.now()
    if state.retry_at > now:
        until = state.retry_at.strftime("%H:%M:%S UTC")
        raise SourceError(f"{source.name}: the server asked us to wait until {until}", hint="nothing is lost")
    try:
        whole = _whole(source, _read(source, state, ledger, backfill), state, accounts, ledger, backfill)
    except SourceError as fault:
        _failed(ledger, state, fault, every)
        raise
    fetched = whole.fetched
    wish = _wish(state, fetched)
    _move(ledger, state, url, fetched.moved, now)
    next_poll_at = _next_poll(ledger, source.name, every, wish, fetched.validators, now)
    if not backfill and _nothing_to_write(state, fetched, wish, next_poll_at, now):
        return Polled(source.name, fetched.notes, baseline=False, seen=fetched.entries, new=0, keys=())
    with ledger.transaction():
        if whole.missing:
            ledger.notices.happened(GAP, source.name, f"{source.name}: {whole.missing}", now)
        return _record(
            source,
            whole,
            accounts,
            ledger,
            every=every,
            zone=zone,
            backfill=backfill,
            url=url,
            wish=wish,
            breaking=breaking,
            caution=caution,
        )


def again(name: str, url: str, ledger: Ledger, every: Every, now: datetime) -> datetime:
    """When a source is asked again if this time goes as the last: written down before it is asked."""
    state = ledger.sources.ensure(name, url)
    if state.fails:
        return pacing.after_failure(name, every, state.wish, now, fails=state.fails + 1, gone=state.gone)
    return _next_poll(ledger, name, every, state.wish, state.validators, now)


def announce(article: Article, accounts: Sequence[Account], ledger: Ledger, breaking: Breaking = CALM) -> str:
    """Plan one article for every account because a person named it; its anchor.

    No baseline, no age, no filter. What was already posted, or decided by a person, stays as it is; that it
    was announced elsewhere (`import-seen`) does not matter, since now it is asked for here.
    """
    from syndicate.plan import Candidate, wanted

    with ledger.transaction():
        now = ledger.now()
        anchor = _anchor_of(article, ledger, now)
        ledger.articles.restore(anchor)
        ledger.articles.adopt(anchor, article)
        known = ledger.articles.find(anchor).article
        for account in accounts:
            ledger.accounts.ensure(account, now)
        entries = wanted([Candidate(anchor, known)], accounts, now=now, filtered=False, breaking=breaking)
        ledger.imports.forget(anchor)
        _write(entries, ledger, now, overruled=(*UNWANTED_BEFORE, "filtered", "similar", "withdrawn"))
    return anchor


def _read(source: Source, state: SourceState, ledger: Ledger, backfill: int) -> Fetched:
    """One reading. A document that is to lead to further pages is wanted even where it is unchanged."""
    deeper = backfill and isinstance(source, Paged) and len(ledger.articles.came(source.name, backfill)) < backfill
    fetched = source.fetch(Validators() if deeper else state.validators)
    if fetched.modified and fetched.entries == 0 and state.entries > 0:
        raise SourceError(
            f"{source.name}: the feed lists no entries, and had {state.entries} before",
            hint="nothing was changed here; look at the feed",
        )
    return fetched


def _whole(
    source: Source, fetched: Fetched, state: SourceState, accounts: Sequence[Account], ledger: Ledger, backfill: int
) -> Whole:
    """A reading with what scrolled out of it."""
    if not (fetched.modified and fetched.windowed and fetched.articles):
        return Whole(fetched, gap_at=state.gap_at)
    from syndicate.gaps import fill

    return fill(source, fetched, state, ledger, accounts, backfill=backfill)


def _wish(state: SourceState, fetched: Fetched) -> Wish:
    """What the publisher's side wishes by now: of a document that was not sent again, what it said before."""
    if fetched.wish is not None:
        return fetched.wish
    if fetched.modified:
        return Wish(served=fetched.interval)
    return replace(state.wish, served=fetched.interval or state.wish.served)


def _next_poll(ledger: Ledger, name: str, every: Every, wish: Wish, validators: Validators, now: datetime) -> datetime:
    came = ledger.articles.came(name, HABITS) if every.learns else ()
    bare = not (validators.etag or validators.last_modified)
    return pacing.next_poll(every, wish, came, now, bare=bare)


def _nothing_to_write(state: SourceState, fetched: Fetched, wish: Wish, next_poll_at: datetime, now: datetime) -> bool:
    """An unchanged source whose next poll was written down right before this one: most polls of a daemon."""
    settled = state.baseline_at is not None and state.fails == 0 and state.error is None and wish == state.wish
    reserved = next_poll_at - state.next_poll_at < (next_poll_at - now) / 10
    return settled and reserved and not fetched.modified and fetched.validators == state.validators


def _move(ledger: Ledger, state: SourceState, url: str, moved: str | None, now: datetime) -> None:
    """Remember where a good answer came from for good; after days of the same, it is asked there."""
    if moved is None or moved == (state.address or url):
        if state.moved_to is not None:
            ledger.sources.moving(state.name, None, None)
    elif is_upgrade(state.address or url, moved):
        ledger.sources.settle(state.name, moved)
    elif moved != state.moved_to or state.moved_at is None:
        ledger.sources.moving(state.name, moved, now)
    elif now - state.moved_at >= SETTLED:
        ledger.sources.settle(state.name, moved)


def is_upgrade(before: str, after: str) -> bool:
    """Whether an address is the same but for https."""
    return before.startswith("http://") and after == f"https{before.removeprefix('http')}"


def _failed(ledger: Ledger, state: SourceState, fault: SourceError, every: Every) -> None:
    """Come again later, and later still each time; never before the server wishes.

    Where an address has nothing any more, the one it led to before counts from now on; where that has
    nothing, the configured one.
    """
    now = ledger.now()
    retry_at = pacing.asked_for(fault.retry_after, now)
    next_poll_at = pacing.after_failure(
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
    source: Source,
    whole: Whole,
    accounts: Sequence[Account],
    ledger: Ledger,
    *,
    every: Every,
    zone: str,
    backfill: int,
    url: str,
    wish: Wish,
    breaking: Breaking,
    caution: Caution,
) -> Polled:
    """The one transaction of a poll. The state is read again: another process may have been first."""
    now, fetched = ledger.now(), whole.fetched
    state = ledger.sources.ensure(source.name, url)
    since = [(account, ledger.accounts.ensure(account, now).baseline_at) for account in accounts]
    candidates: list[Candidate] = []
    entries: list[Planned] = []
    keys: list[str] = []
    told: tuple[str, ...] = ()
    if fetched.articles or backfill:  # an unchanged source is most polls, and needs none of this loaded
        from syndicate.plan import Candidate, plan, wanted

        was_empty = state.baseline_at is not None and not state.entries
        newest = ledger.articles.latest(source.name, before=state.gap_at)
        candidates, changed, told = _ingest(fetched.articles, ledger, now, was_empty=was_empty, since=state.baseline_at)
        asked = [(candidates, since), *_listed_here_too(fetched.articles, since, ledger, state.baseline_at)]
        for stories, whom in asked:
            entries += plan(stories, whom, source_baseline=state.baseline_at, zone=zone, now=now, breaking=breaking)
        if entries and caution != CAREFREE:
            new = {candidate.anchor for stories, _ in asked for candidate in stories}
            entries = _restrained(entries, new, fetched, newest, ledger, caution)
            from syndicate.floods import told as waiting

            told += waiting(entries, source.name)
        if changed:
            from syndicate.revising import revise

            keys = revise(changed, accounts, ledger, now, breaking)
    ledger.sources.read(
        source.name,
        fetched.validators,
        baseline_at=now,
        entries=fetched.entries if fetched.modified else None,
        next_poll_at=_next_poll(ledger, source.name, every, wish, fetched.validators, now),
        wish=wish,
        gap_at=whole.gap_at,
    )
    keys += _write(entries, ledger, now)
    if backfill:
        latest = [
            Candidate(known.anchor, known.article)
            for known in ledger.articles.newest(source.name, backfill)
            if not known.imported
        ]
        newest_ones = wanted(latest, accounts, now=now, filtered=True, breaking=breaking)
        keys += _write(newest_ones, ledger, now, overruled=UNWANTED_BEFORE)
    baseline = state.baseline_at is None
    notes, planned = (*fetched.notes, *told), tuple(dict.fromkeys(keys))
    return Polled(source.name, notes, baseline, fetched.entries, len(candidates), planned, fetched.hub)


def _ingest(
    articles: Sequence[Article], ledger: Ledger, now: datetime, *, was_empty: bool, since: datetime | None
) -> tuple[list[Candidate], list[Change], tuple[str, ...]]:
    """Write what was never seen, under all its names; give the known ones their new names and words.

    Returns the new ones in the document's order, what changed of the known ones, and notes. An undated one
    counts as new only above all known. One that is withdrawn is known from now on, and never new. What
    another source recorded in its own baseline, after `since` (ours), is new to this one all the same.
    """
    from syndicate.identity import drop_repeated
    from syndicate.plan import Candidate

    named = drop_repeated(articles)
    anchors = ledger.articles.anchors([alias.hash for aliases in named for alias in aliases])
    known = [_whose(article, names, anchors, ledger) for article, names in zip(articles, named, strict=True)]
    first_known = next((number for number, anchor in enumerate(known) if anchor), len(known) if was_empty else 0)
    standings = ledger.articles.standings([*{anchor for anchor in known if anchor}])
    unplanned = {anchor for anchor, standing in standings.items() if _unplanned(standing, articles[0].source, since)}
    dated = ledger.backlog.dated()
    candidates: list[Candidate] = []
    changed: list[Change] = []
    heard: set[str] = set()
    for position, (article, aliases, anchor) in enumerate(zip(articles, named, known, strict=True)):
        if anchor is not None:
            ledger.articles.name(anchor, [alias for alias in aliases if alias.hash not in anchors])
            if anchor not in heard:  # listed twice, the first words count; or each poll would find it changed
                retold = _retold(anchor, article, standings[anchor], ledger, now)
                changed += retold
                if _is_back(anchor, article, standings[anchor], retold, ledger):
                    ledger.articles.restore(anchor, article.published)
                    candidates.append(Candidate(anchor, article, on_top=True, overrules=GIVEN_UP))
            heard.add(anchor)
            if anchor in dated and standings[anchor].source == article.source:
                _redated(anchor, article, dated.pop(anchor), ledger, now)
            if anchor in unplanned and not article.withdrawn:
                candidates.append(Candidate(anchor, article))
        elif aliases:
            added = ledger.articles.add(article, aliases, position=position, now=now)
            if not article.withdrawn:
                candidates.append(Candidate(added, article, on_top=position < first_known))
    unread = {anchor for anchor, standing in standings.items() if standing.content_hash == UNREAD}
    read = {hashed: anchor for hashed, anchor in anchors.items() if anchor not in unread}
    return candidates, changed, _moved(named, read)


def _whose(article: Article, names: Sequence[Alias], anchors: Mapping[str, str], ledger: Ledger) -> str | None:
    """The known article that this one is, by any of its names.

    The path of a guid alone is the same on two sites whose systems count their posts: with nothing else in
    common, it tells nothing.
    """
    from syndicate.identity import resemble

    met = [alias for alias in names if alias.hash in anchors]
    if not met:
        return None
    anchor = anchors[met[0].hash]
    vague = all(alias.kind == "guid_path" for alias in met)
    return None if vague and not resemble(article, ledger.articles.find(anchor).article) else anchor


def _retold(anchor: str, article: Article, standing: Standing, ledger: Ledger, now: datetime) -> list[Change]:
    """Take the words of a known article, if they are new and its own source's; what changed by that."""
    from syndicate.identity import content_hash

    if standing.content_hash == UNREAD:
        ledger.articles.adopt(anchor, article)
    elif standing.source == article.source and standing.content_hash != content_hash(article):
        before = ledger.articles.update(anchor, article, now)
        if before is not None:
            return [(anchor, before, article)]
    return []


def _is_back(anchor: str, article: Article, standing: Standing, retold: Sequence[Change], ledger: Ledger) -> bool:
    """Whether a story that was not on the site when it was to be announced is published anew."""
    if article.withdrawn or standing.source != article.source:
        return False
    usable = any(before.withdrawn for _, before, _ in retold)
    later = (micros(article.published) or 0) > (standing.published_at or 0)
    return (usable or later) and ledger.deliveries.given_up(anchor)


def _redated(anchor: str, article: Article, before: datetime, ledger: Ledger, now: datetime) -> None:
    """Let a story that waits follow its own source's date, which may be an embargo."""
    from syndicate.plan import SOON, doubtful

    published = article.published
    if published is not None and published != before:
        ledger.backlog.reschedule(anchor, before, published, now + SOON, doubtful(published, now))


def _moved(named: Sequence[tuple[Alias, ...]], anchors: Mapping[str, str]) -> tuple[str, ...]:
    """A note where most of what is listed is known, and by other names than its addresses: the site has moved."""
    placed = [aliases for aliases in named if any(alias.kind == "url" for alias in aliases)]
    moved = sum(
        any(alias.hash in anchors for alias in aliases)
        and not any(alias.kind == "url" and alias.hash in anchors for alias in aliases)
        for aliases in placed
    )
    if moved < MOVED or moved < len(placed) * 4 / 5:
        return ()
    return (f"{moved} of {len(placed)} stories have new addresses; they are known, and none is posted again",)


def _restrained(
    entries: list[Planned],
    new: set[str],
    fetched: Fetched,
    newest: datetime | None,
    ledger: Ledger,
    caution: Caution,
) -> list[Planned]:
    """What looks like a flood, or like a story of before, waits for a person."""
    from syndicate.floods import Before, Twin, restrain

    def twin(known: Known, doubted: bool) -> Twin:
        return Twin(known.anchor, known.article, known.article.published or known.first_seen, doubted)

    going = {entry.candidate.anchor: entry.candidate.article for entry in entries if entry.state != "skipped"}
    twins = {}
    if caution.similar != "post":
        twins = {
            anchor: [twin(*found) for found in ledger.articles.twins(anchor, article, new)]
            for anchor, article in going.items()
        }
        for anchor, known in _replaced(going, fetched.articles, ledger).items():
            twins[anchor].append(replace(twin(known, False), replaced=True))
    return restrain(entries, new, Before(fetched.entries, newest, twins), caution)


def _replaced(going: Mapping[str, Article], listed: Sequence[Article], ledger: Ledger) -> Mapping[str, Known]:
    """Of new articles those in whose place another one stood, to the second: the list reaches back beyond it,
    and has it no more. Somebody mended address and headline at once.
    """
    from syndicate.identity import aliases

    dates = [article.published for article in listed if article.published is not None]
    oldest = min(dates, default=None)
    found: dict[str, Known] = {}
    present: set[str] | None = None
    for anchor, article in going.items():
        if article.published is None or oldest is None or article.published <= oldest or article.precision == "day":
            continue
        alike = [known for known in ledger.articles.published_with(article) if known.anchor != anchor]
        if alike and present is None:
            present = {*ledger.articles.anchors([alias.hash for each in listed for alias in aliases(each)]).values()}
        gone = next((known for known in alike if known.anchor not in (present or ())), None)
        if gone is not None:
            found[anchor] = gone
    return found


def _listed_here_too(
    articles: Sequence[Article],
    accounts: Sequence[tuple[Account, datetime]],
    ledger: Ledger,
    since: datetime | None,
) -> Iterator[tuple[list[Candidate], list[tuple[Account, datetime]]]]:
    """Stories that another source listed first, for each account that takes what comes from this one.

    Its filter left them out then; what was known before `since`, our baseline, is not new.
    """
    from syndicate.identity import drop_repeated
    from syndicate.plan import Candidate, admits

    source = articles[0].source if articles else ""
    picky = [(account, at) for account, at in accounts if account.only is not None and source in account.only.sources]
    if not picky or since is None:
        return
    named = drop_repeated(articles)
    anchors = ledger.articles.anchors([alias.hash for aliases in named for alias in aliases])
    found = {
        anchor: article
        for article, aliases in zip(reversed(articles), reversed(named), strict=True)
        if (anchor := next((anchors[alias.hash] for alias in aliases if alias.hash in anchors), None))
    }
    standings = ledger.articles.standings([*found])
    late = [
        anchor
        for anchor, standing in standings.items()
        if standing.source != source and standing.first_seen > (micros(since) or 0) and not found[anchor].withdrawn
    ]
    for account, at in picky:
        left_out = ledger.deliveries.filtered(account.name, late)
        taken = [
            Candidate(anchor, found[anchor], on_top=True, overrules=("filtered",))
            for anchor in late
            if anchor in left_out and admits(account, found[anchor])
        ]
        if taken:
            yield taken, [(account, at)]


def _unplanned(standing: Standing, source: str, since: datetime | None) -> bool:
    """Whether another source brought an article after `since`, and no account was ever asked about it."""
    if since is None or standing.source == source or standing.imported or standing.planned:
        return False
    return standing.first_seen > (micros(since) or 0)


def _anchor_of(article: Article, ledger: Ledger, now: datetime) -> str:
    from syndicate.identity import drop_repeated

    aliases = drop_repeated([article])[0]
    anchors = ledger.articles.anchors([alias.hash for alias in aliases])
    found = next((anchors[alias.hash] for alias in aliases if alias.hash in anchors), None)
    return found or ledger.articles.add(article, aliases, position=0, now=now)


def _write(entries: Sequence[Planned], ledger: Ledger, now: datetime, *, overruled: Sequence[str] = ()) -> list[str]:
    """Write deliveries; planned a microsecond apart, so that their order, and the ids made of it, are fixed."""
    keys = []
    for number, entry in enumerate(entries):
        planned_at = now + timedelta(microseconds=number)
        anchor, account = entry.candidate.anchor, entry.account
        key = ledger.deliveries.plan(
            anchor,
            account.name,
            account.platform,
            state=entry.state,
            reason=entry.reason,
            due_at=entry.due_at,
            planned_at=planned_at,
            expires_at=entry.expires_at,
            priority=entry.priority,
            error=entry.note,
        )
        if key is None and entry.candidate.overrules and _let_in(entry, planned_at, ledger):
            key = delivery_key(anchor, account.name)
        elif key is None and overruled and entry.state != "skipped":
            known = delivery_key(anchor, account.name)
            if ledger.deliveries.replan(
                known,
                overruled,
                state=entry.state,
                reason=entry.reason,
                due_at=entry.due_at,
                planned_at=planned_at,
                priority=entry.priority,
            ):
                key = known
        if key is not None:
            keys.append(key)
    return keys


def _let_in(entry: Planned, planned_at: datetime, ledger: Ledger) -> bool:
    """Plan what was skipped for a reason that holds no more."""
    return entry.state != "skipped" and ledger.deliveries.let_in(
        delivery_key(entry.candidate.anchor, entry.account.name),
        entry.candidate.overrules,
        state=entry.state,
        reason=entry.reason,
        due_at=entry.due_at,
        planned_at=planned_at,
        expires_at=entry.expires_at,
        priority=entry.priority,
        error=entry.note,
    )
