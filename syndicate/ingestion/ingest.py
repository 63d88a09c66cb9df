"""Which articles of a reading are new, and what has changed of those that are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from syndicate.aliases import Alias, content_hash, drop_repeated, is_another, resemble, urlkey
from syndicate.ledger import Ledger
from syndicate.ledger.articles import UNREAD, StoredState
from syndicate.ledger.deliveries import GIVEN_UP
from syndicate.model import Account, Article
from syndicate.planning.plan import Candidate, admits, doubtful, soon

if TYPE_CHECKING:
    from syndicate.planning.changes import Change

ASCENDING = 3  # times that a known article stands below an older one, and none above: its list begins with the oldest
MOVED = 3  # stories at new addresses, from which on it looks as if the site has moved


def ingest(
    articles: Sequence[Article],
    ledger: Ledger,
    now: datetime,
    *,
    was_empty: bool,
    since: datetime | None,
    asks: bool = False,
) -> tuple[list[Candidate], list[Change], tuple[str, ...]]:
    """Write what was never seen, under all its names; give the known ones their new names and words.

    Returns the new ones in the document's order, what changed of the known ones, and notes. An undated one
    counts as new only above all known, or below them where the list was seen to begin with its oldest. One
    that is withdrawn is known from now on, and never new. What another source recorded in its own baseline,
    after `since` (ours), is new to this one all the same. `asks`: what has but one name of a known story, and
    nothing else of it, is new as well, for a person to decide.
    """
    named = [*drop_repeated(articles)]
    anchors = ledger.articles.anchors([alias.hash for aliases in named for alias in aliases])
    known = [_whose(article, names, anchors, ledger) for article, names in zip(articles, named, strict=True)]
    borrowed = _borrowed(articles, named, known, anchors, ledger) if asks else {}
    for number in borrowed:
        known[number] = None
        named[number] = tuple(alias for alias in named[number] if alias.hash not in anchors)
    standings = ledger.articles.standings([*{anchor for anchor in known if anchor}])
    unplanned = {anchor for anchor, standing in standings.items() if _unplanned(standing, articles[0].source, since)}
    is_on_top = _top(known, standings, was_empty=was_empty)
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
                candidates.append(
                    Candidate(added, article, on_top=is_on_top(position), borrowed=borrowed.get(position))
                )
    unread = {anchor for anchor, standing in standings.items() if standing.content_hash == UNREAD}
    read = {hashed: anchor for hashed, anchor in anchors.items() if anchor not in unread}
    return candidates, changed, _moved(named, read)


def _top(
    known: Sequence[str | None], standings: Mapping[str, StoredState], *, was_empty: bool
) -> Callable[[int], bool]:
    """Which positions of a list are those of its newest. Lists begin with these, unless they showed otherwise."""
    places = [number for number, anchor in enumerate(known) if anchor]
    if not places:
        return lambda _: was_empty
    stood = [standings[anchor] for anchor in known if anchor]
    times = [one.first_seen if one.published_at is None else one.published_at for one in stood]
    rises = sum(earlier < later for earlier, later in pairwise(times))
    if rises >= ASCENDING and all(earlier <= later for earlier, later in pairwise(times)):
        return lambda position: position > places[-1]
    return lambda position: position < places[0]


def _whose(article: Article, names: Sequence[Alias], anchors: Mapping[str, str], ledger: Ledger) -> str | None:
    """The known article that this one is, by any of its names.

    The path of a guid alone is the same on two sites whose systems count their posts: with nothing else in
    common, it tells nothing.
    """
    met = [alias for alias in names if alias.hash in anchors]
    if not met:
        return None
    found = [*dict.fromkeys(anchors[alias.hash] for alias in met)]
    anchor = found[0]
    if len(found) > 1:  # of one that took over a name of another
        anchor = max(found, key=lambda each: _fit(article, ledger.articles.find(each).article))
    vague = all(alias.kind == "guid_path" for alias in met)
    return None if vague and not resemble(article, ledger.articles.find(anchor).article) else anchor


def _fit(article: Article, known: Article) -> int:
    """How much two articles have in common of what is to name one."""
    return (urlkey(article.url) == urlkey(known.url)) + (article.guid == known.guid)


def _borrowed(
    articles: Sequence[Article],
    named: Sequence[tuple[Alias, ...]],
    known: Sequence[str | None],
    anchors: Mapping[str, str],
    ledger: Ledger,
) -> dict[int, Article]:
    """By its place in the list, each article that took over a name of a known story, with that story."""
    found = {}
    for number, (article, names, anchor) in enumerate(zip(articles, named, known, strict=True)):
        lender = _lender(article, names, anchors, anchor, ledger) if anchor else None
        if lender is not None:
            found[number] = lender
    return found


def _lender(
    article: Article, names: Sequence[Alias], anchors: Mapping[str, str], anchor: str, ledger: Ledger
) -> Article | None:
    """The known story whose address or guid was given to another one: with it this has nothing else in common."""
    places = [alias.hash in anchors for alias in names if alias.kind == "url"]
    guids = [alias.hash in anchors for alias in names if alias.kind == "guid"]
    if not places or not guids or any(places) == any(guids):
        return None
    known = ledger.articles.find(anchor).article
    own = known.source == article.source and known.url and known.guid
    return known if own and is_another(article, known) else None


def _retold(anchor: str, article: Article, standing: StoredState, ledger: Ledger, now: datetime) -> list[Change]:
    """Take the words of a known article, if they are new and its own source's; what changed by that."""
    if standing.content_hash == UNREAD:
        ledger.articles.adopt(anchor, article)
    elif standing.source == article.source and standing.content_hash != content_hash(article):
        before = ledger.articles.update(anchor, article, now)
        if before is not None:
            return [(anchor, before, article)]
    return []


def _is_back(anchor: str, article: Article, standing: StoredState, retold: Sequence[Change], ledger: Ledger) -> bool:
    """Whether a story that was not on the site when it was to be announced is published anew."""
    if article.withdrawn or standing.source != article.source:
        return False
    usable = any(before.withdrawn for _, before, _ in retold)
    before, after = standing.published_at, article.published
    later = after is not None and (before is None or after > before)
    return (usable or later) and ledger.deliveries.given_up(anchor)


def _redated(anchor: str, article: Article, before: datetime, ledger: Ledger, now: datetime) -> None:
    """Let a story that waits follow its own source's date, which may be an embargo."""
    published = article.published
    if published is not None and published != before:
        ledger.backlog.reschedule(anchor, before, published, now + soon(article), doubtful(published, now))


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


def listed_here_too(
    articles: Sequence[Article],
    accounts: Sequence[tuple[Account, datetime]],
    ledger: Ledger,
    since: datetime | None,
) -> Iterator[tuple[list[Candidate], list[tuple[Account, datetime]]]]:
    """Stories that another source listed first, for each account that takes what comes from this one.

    Its filter left them out then; what was known before `since`, our baseline, is not new.
    """
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
        if standing.source != source and standing.first_seen > since and not found[anchor].withdrawn
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


def _unplanned(standing: StoredState, source: str, since: datetime | None) -> bool:
    """Whether another source brought an article after `since`, and no account was ever asked about it."""
    if since is None or standing.source == source or standing.imported or standing.planned:
        return False
    return standing.first_seen > since
