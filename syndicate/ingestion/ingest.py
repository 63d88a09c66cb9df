"""Stores a reading: which of its articles are new, and what has changed in known ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from syndicate.aliases import Alias, content_hash, drop_repeated, is_another, is_next, resemble, urlkey
from syndicate.ingestion.fill_in import still_filled
from syndicate.ledger import Ledger
from syndicate.ledger.articles import UNREAD, StoredState
from syndicate.ledger.deliveries import GIVEN_UP
from syndicate.model import Account, Article
from syndicate.model.dataclass import dataclass
from syndicate.planning.filters import admits
from syndicate.planning.plan import Candidate, doubtful, soon

if TYPE_CHECKING:
    from syndicate.planning.changes import Change

ASCENDING = 3  # known articles that are listed below an older one, none above: then the list begins with its oldest
PINNED = 3  # entries at most that a list keeps on top, and new ones by which that is first noticed
EMPTY = ("empty",)
MOVED = 3  # known articles at new addresses, from which on the site seems to have moved


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a reading brought: new articles in the document's order, changes of known ones, and notes.

    `shared` are articles of other sources, planned before, as this one lists them; by their anchors. `listed` are the
    anchors of everything in the list, in its order ("" for what has no name), `unknown` those not known before.
    """

    candidates: list[Candidate]
    changed: list[Change]
    notes: tuple[str, ...]
    shared: Mapping[str, Article]
    listed: tuple[str, ...]
    unknown: frozenset[str]


def ingest(
    articles: Sequence[Article],
    ledger: Ledger,
    now: datetime,
    *,
    was_empty: bool,
    since: datetime | None,
    asks: bool = False,
    alone: bool = False,
) -> Ingested:
    """Store new articles under all their names; give known ones their new names and words.

    An undated article counts as new only above all known ones, or below them where the list has shown to begin
    with its oldest. A withdrawn one is recorded, and never new. What another source recorded in its own baseline,
    after `since` (this one's baseline), is new here all the same. `asks`: an article with one name of a known one and
    nothing else in common is new as well, and a person decides. `alone`: it is the only entry, as the one of the
    last reading was; nobody is asked then.
    """
    named = [*_named(articles, ledger)]
    anchors = ledger.articles.anchors([alias.hash for aliases in named for alias in aliases])
    known = [_whose(article, names, anchors, ledger) for article, names in zip(articles, named, strict=True)]
    borrowed = _borrowed(articles, named, known, anchors, ledger) if asks or alone else {}
    for number in borrowed:
        known[number] = None
        named[number] = tuple(alias for alias in named[number] if alias.hash not in anchors)
    lenders = {} if alone else borrowed
    standings = ledger.articles.standings([*{anchor for anchor in known if anchor}])
    unplanned = {anchor for anchor, standing in standings.items() if _unplanned(standing, articles[0].source, since)}
    is_on_top = _top(known, standings, was_empty=was_empty or alone)
    dated = ledger.backlog.dated()
    candidates: list[Candidate] = []
    changed: list[Change] = []
    heard: dict[str, Article] = {}
    added: list[tuple[Article, Sequence[Alias], int]] = []
    listed = [anchor or "" for anchor in known]
    for position, (article, aliases, anchor) in enumerate(zip(articles, named, known, strict=True)):
        if anchor is not None:
            ledger.articles.name(anchor, [alias for alias in aliases if alias.hash not in anchors])
            if anchor not in heard:  # of two listings the first counts; else each poll would find it changed
                retold = _retold(anchor, article, standings[anchor], ledger, now)
                changed += retold
                if _is_back(anchor, article, standings[anchor], retold, ledger):
                    ledger.articles.restore(anchor, article.published)
                    candidates.append(Candidate(anchor, article, on_top=True, overrules=GIVEN_UP))
                candidates += _filled(anchor, retold, ledger)
            heard.setdefault(anchor, article)
            if anchor in dated and standings[anchor].source == article.source:
                _redated(anchor, article, dated.pop(anchor), ledger, now)
            if anchor in unplanned and not article.withdrawn:
                candidates.append(Candidate(anchor, article))
        elif aliases:
            added.append((article, aliases, position))
            listed[position] = new = aliases[0].hash
            if not article.withdrawn:
                candidates.append(Candidate(new, article, on_top=is_on_top(position), borrowed=lenders.get(position)))
    ledger.articles.add_all(added, now)
    unread = _unread(standings)
    read = {hashed: anchor for hashed, anchor in anchors.items() if anchor not in unread}
    shared = _shared(heard, {anchor: standings[anchor] for anchor in heard if anchor not in unread})
    return Ingested(candidates, changed, _moved(named, read), shared, tuple(listed), frozenset(listed) - {*standings})


def _named(articles: Sequence[Article], ledger: Ledger) -> Sequence[tuple[Alias, ...]]:
    """The usable names of each article of one reading."""
    return drop_repeated(articles, ledger.sites.scope(articles[0].source)) if articles else ()


def _unread(standings: Mapping[str, StoredState]) -> set[str]:
    """Those that were imported, and that no source has listed so far."""
    return {anchor for anchor, standing in standings.items() if standing.content_hash == UNREAD}


def _shared(heard: Mapping[str, Article], standings: Mapping[str, StoredState]) -> dict[str, Article]:
    """Of the articles that were listed, those that another source planned before."""
    return {
        anchor: heard[anchor]
        for anchor, standing in standings.items()
        if standing.planned and standing.source != heard[anchor].source
    }


def _top(
    known: Sequence[str | None], standings: Mapping[str, StoredState], *, was_empty: bool
) -> Callable[[int], bool]:
    """Which positions of a list hold its newest. Lists begin with these, unless their dates show otherwise; what is
    pinned above them does not count.
    """
    places = [number for number, anchor in enumerate(known) if anchor]
    if not places:
        return lambda _: was_empty
    stood = [standings[anchor] for anchor in known if anchor]
    times = [one.first_seen if one.published_at is None else one.published_at for one in stood]
    rises = sum(earlier < later for earlier, later in pairwise(times))
    if rises >= ASCENDING and all(earlier <= later for earlier, later in pairwise(times)):
        return lambda position: position > places[-1]
    return lambda position: position < places[_pinned(places, times)]


def _pinned(places: Sequence[int], times: Sequence[datetime]) -> int:
    """How many known entries are pinned on top of a list: those that are older than the first known one below them.

    Where the first one is as old, as all are after the first reading, it counts as pinned if a few new entries
    stand right between it and the next known one: old entries come back further down, or many at once.
    """
    for count in range(min(PINNED, len(places) - 1), 0, -1):
        if places[count - 1] == count - 1 and max(times[:count]) < times[count]:
            return count
    between = places[1] - 1 if places[0] == 0 and len(places) > 1 else 0
    return 1 if 0 < between <= PINNED and times[0] == times[1] else 0


def _whose(article: Article, names: Sequence[Alias], anchors: Mapping[str, str], ledger: Ledger) -> str | None:
    """The anchor of the known article that this is, by any of its names; None if it is new.

    The path of a guid alone may be the same on two sites whose systems number their posts: without anything else
    in common, it does not count.
    """
    met = [alias for alias in names if alias.hash in anchors]
    if not met:
        return None
    anchor, *others = dict.fromkeys(anchors[alias.hash] for alias in met)
    if others:  # its names belong to several known articles: it took over a name of one
        anchor = max((anchor, *others), key=lambda each: _fit(article, ledger.articles.find(each).article))
    vague = all(alias.kind == "guid_path" for alias in met)
    return None if vague and not resemble(article, ledger.articles.find(anchor).article) else anchor


def _fit(article: Article, known: Article) -> int:
    """How many of address and guid two articles share."""
    return (urlkey(article.url) == urlkey(known.url)) + (article.guid == known.guid)


def _borrowed(
    articles: Sequence[Article],
    named: Sequence[tuple[Alias, ...]],
    known: Sequence[str | None],
    anchors: Mapping[str, str],
    ledger: Ledger,
) -> dict[int, Article]:
    """Articles that took over a name of a known one: their place in the list, to the known article."""
    found = {}
    for number, (article, names, anchor) in enumerate(zip(articles, named, known, strict=True)):
        lender = _lender(article, names, anchors, anchor, ledger) if anchor else None
        if lender is not None:
            found[number] = lender
    return found


def _lender(
    article: Article, names: Sequence[Alias], anchors: Mapping[str, str], anchor: str, ledger: Ledger
) -> Article | None:
    """The known article whose address or guid this one reuses, if they have nothing else in common; else None."""
    places = [alias.hash in anchors for alias in names if alias.kind == "url"]
    guids = [alias.hash in anchors for alias in names if alias.kind == "guid"]
    if not places or not guids or any(places) == any(guids):
        return None
    known = ledger.articles.find(anchor).article
    own = known.source == article.source and known.url and known.guid
    return known if own and (is_another(article, known) or (any(places) and is_next(article, known))) else None


def _retold(anchor: str, article: Article, standing: StoredState, ledger: Ledger, now: datetime) -> list[Change]:
    """Store a known article's new words, if they come from its own source. Returns what changed."""
    if standing.content_hash == UNREAD:
        ledger.articles.adopt(anchor, article)
    elif standing.source == article.source and standing.content_hash != content_hash(article):
        stored = ledger.articles.find(anchor).article
        if _is_stale(article, stored, now):
            return []
        before = ledger.articles.update(anchor, still_filled(article, stored), now)
        if before is not None:
            return [(anchor, before, ledger.articles.find(anchor).article)]
    return []


def _is_stale(article: Article, stored: Article, now: datetime) -> bool:
    """Whether a reading is an older version than the stored one, as from a cache that was not renewed.

    A withdrawal counts in any case. A stored version dated in the future is a mistake, and hides nothing.
    """
    if article.updated is None or article.withdrawn:
        return False
    return stored.updated is not None and article.updated < stored.updated <= now + soon(article)


def _is_back(anchor: str, article: Article, standing: StoredState, retold: Sequence[Change], ledger: Ledger) -> bool:
    """Whether an article that was not on the site when it was due is there again."""
    if article.withdrawn or standing.source != article.source:
        return False
    usable = any(before.withdrawn for _, before, _ in retold)
    before, after = standing.published_at, article.published
    later = after is not None and (before is None or after > before)
    return (usable or later) and ledger.deliveries.given_up(anchor)


def _filled(anchor: str, retold: Sequence[Change], ledger: Ledger) -> list[Candidate]:
    """An article that was skipped because it said nothing, and has words or a picture now."""
    said = [after for _, before, after in retold if before.is_empty and not after.is_empty]
    if not said or not ledger.deliveries.given_up(anchor, EMPTY):
        return []
    return [Candidate(anchor, after, on_top=True, overrules=EMPTY) for after in said]


def _redated(anchor: str, article: Article, before: datetime, ledger: Ledger, now: datetime) -> None:
    """Move a waiting article to the new date that its own source gives, which may be an embargo."""
    published = article.published
    if published is None or published == before:
        return
    stored = ledger.articles.find(anchor).article
    if not _is_stale(article, stored, now):
        ledger.backlog.reschedule(anchor, before, published, now + soon(article), doubtful(published, now))
        dated = replace(stored, published=published, updated=article.updated or stored.updated)
        ledger.articles.fill(anchor, dated)  # so that an older version does not move it back


def _moved(named: Sequence[tuple[Alias, ...]], anchors: Mapping[str, str]) -> tuple[str, ...]:
    """A note if the site has moved: most of what is listed is known, but not by its addresses."""
    placed = [aliases for aliases in named if any(alias.kind == "url" for alias in aliases)]
    moved = sum(
        any(alias.hash in anchors for alias in aliases)
        and not any(alias.kind == "url" and alias.hash in anchors for alias in aliases)
        for aliases in placed
    )
    if moved < MOVED or moved < len(placed) * 4 / 5:
        return ()
    return (
        f"{moved} of {len(placed)} articles have new addresses; they are known by other names and not posted again",
    )


def listed_here_too(
    articles: Sequence[Article],
    accounts: Sequence[tuple[Account, datetime]],
    ledger: Ledger,
    since: datetime | None,
) -> Iterator[tuple[list[Candidate], list[tuple[Account, datetime]]]]:
    """Articles that another source listed first, for accounts whose `only.sources` names this one.

    The account's filter left them out then. What was known before `since`, this source's baseline, is not new.
    """
    source = articles[0].source if articles else ""
    picky = [(account, at) for account, at in accounts if account.only is not None and source in account.only.sources]
    if not picky or since is None:
        return
    named = _named(articles, ledger)
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
        if standing.source != source and standing.first_seen > since and not found[anchor].withdrawn
    ]
    for account, at in picky:
        left_out = ledger.deliveries.filtered(account.name, late)
        taken = [
            Candidate(anchor, found[anchor], on_top=True, overrules=("filtered",))
            for anchor in late
            if anchor in left_out and admits(account, found[anchor]) is not False
        ]
        if taken:
            yield taken, [(account, at)]


def _unplanned(standing: StoredState, source: str, since: datetime | None) -> bool:
    """Whether another source listed an article first, after `since`, and it has no delivery yet."""
    if since is None or standing.source == source or standing.imported or standing.planned:
        return False
    return standing.first_seen > since
