"""Stories that scrolled out of a feed between two polls: whether there may be any, and what it takes to have them.

A feed that reaches back to what was known last time has no gap. Where it does not, its further pages are
read, and failing these the site's news sitemap; what is found is planned with the rest. Where a page fails
in passing, as on a site that has just come back, the next polls try again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from syndicate.aliases import aliases, drop_repeated, urlkey
from syndicate.errors import SourceError
from syndicate.ledger import Ledger
from syndicate.ledger.sources import SourceState
from syndicate.model import Account, Article, CompleteReading, Filter, Reading
from syndicate.ports import Paged, Source

REQUESTS = 50
"""Further requests of one poll."""
LISTS = 3
"""Those of them that look for a news sitemap."""
ENTRIES = 500
"""Entries that one poll takes besides those of the feed itself."""
LEAST = 3
"""Entries of a feed that can be a window; fewer tell nothing."""
PINNED = 3
"""Old entries that may be kept on top of a feed."""
LATE = timedelta(hours=1)  # a story may come into a feed so long after its date
TITLES = 100  # of known stories, by which a feed that was moved is recognised
PATIENCE = timedelta(hours=6)
"""So long after it was found, a gap is tried again where a page failed in passing."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Stories dated between the newest that was known and the oldest that is listed may be missing."""

    since: datetime
    until: datetime


@dataclass(slots=True)
class _Collected:
    """What was read of a feed so far, each article once. `closed`: it reaches back to what was known.

    `full`: there was more than one poll takes. `broken`: a page failed that may be there next time.
    """

    articles: list[Article]
    names: set[str]
    asked: int = 0
    closed: bool = False
    full: bool = False
    broken: bool = False
    room: int = ENTRIES

    def add(self, articles: Sequence[Article]) -> int:
        """Take those that were not there yet, as far as there is room; how many."""
        before = self.room
        for article in articles:
            names = _names(article)
            if names <= self.names:  # the pages shift as something is published
                continue
            if not self.room:
                self.full = True
                break
            self.articles.append(article)
            self.names |= names
            self.room -= 1
        return before - self.room


def fill(
    source: Source,
    fetched: Reading,
    state: SourceState,
    ledger: Ledger,
    accounts: Sequence[Account],
    *,
    backfill: int = 0,
) -> CompleteReading:
    """A changed reading with what scrolled out of it since the last one.

    A first reading has no gap. `backfill` pages on until so many articles are there. Raises nothing:
    the stories that the feed does show go out in any case.
    """
    gap = None
    if state.gap_at is not None:
        gap = _left(fetched.articles, source.name, ledger, state.gap_at)
    elif state.baseline_at is not None and fetched.entries * 2 >= state.entries:
        gap = _gap(fetched.articles, source.name, ledger)
    if gap is not None:
        return _filled(source, fetched, state, gap, ledger, accounts)
    if backfill > len(fetched.articles) and isinstance(source, Paged):
        return CompleteReading(_deepened(source, fetched, _begun(fetched), backfill))
    return CompleteReading(fetched)


def _begun(fetched: Reading) -> _Collected:
    """What the feed itself shows."""
    return _Collected(list(fetched.articles), {name for article in fetched.articles for name in _names(article)})


def _names(article: Article) -> set[str]:
    """The names by which an article is known on another page of the same list, even where its headline was changed."""
    named = aliases(article)
    lasting = {f"{alias.hash} {article.published}" for alias in named if alias.kind in ("url", "guid")}
    return lasting if article.published and lasting else {alias.hash for alias in named}


def find(articles: Sequence[Article], since: datetime, now: datetime) -> Gap | None:
    """The gap between the newest story that was known and a feed that does not reach back to it, by dates alone."""
    below = articles[_pinned(articles, since) :]
    dates = _dates(below)
    if len(below) < LEAST or any(date <= since for date in dates):
        return None
    return Gap(since, min(dates, default=now))


def reaches(articles: Sequence[Article], since: datetime, known: Sequence[bool]) -> bool:
    """Whether a list goes back to what was known; what is pinned on top of it does not count."""
    top = _pinned(articles, since)
    return any(known[top:]) or any(_is_old(article, since) for article in articles[top:])


def same_choice(listed: Sequence[Article], shown: Sequence[Article]) -> bool:
    """Whether a sitemap lists the stories of a feed, not those of a whole site that the feed chooses from.

    Where their dates overlap, it has no story that the feed has not; and it has half of the feed's at least.
    """
    ours, theirs = {urlkey(article.url) for article in shown}, {urlkey(article.url) for article in listed}
    dates = _dates(shown)
    if not dates or 2 * len(ours & theirs) < len(ours):
        return False
    oldest, newest = min(dates), max(dates)
    overlap = (article for article in listed if article.published and oldest < article.published < newest)
    return all(urlkey(article.url) in ours for article in overlap)


def report(gap: Gap, why: str, *, again: bool = False) -> str:
    """What is told of a gap that stays, or `again` of one that is tried again."""
    since, until = (f"{moment:%Y-%m-%d %H:%M}" for moment in (gap.since, gap.until))
    told = f"stories published between {since} and {until} UTC may be missing: {why}"
    return f"{told}; the next poll tries again" if again else told


def _gap(articles: Sequence[Article], name: str, ledger: Ledger) -> Gap | None:
    """What `find` says, unless most of the feed is known under other dates or names: then it was moved.

    An undated feed has one if nothing in it is known.
    """
    since = ledger.articles.latest(name)
    if since is None or not _dates(articles):
        since = next(iter(ledger.articles.arrivals(name, 1)), None)
    gap = find(articles, since, ledger.now()) if since else None
    if gap is None:
        return None
    known = _known(articles, ledger)
    if any(is_known for is_known, article in zip(known, articles, strict=True) if article.published is None):
        return None
    titles = {_fold(one.article.title) for one in ledger.articles.newest(name, TITLES)} - {""}
    familiar = sum(is_known or _fold(one.title) in titles for is_known, one in zip(known, articles, strict=True))
    return None if 2 * familiar >= len(articles) else gap


def _left(articles: Sequence[Article], name: str, ledger: Ledger, gap_at: datetime) -> Gap | None:
    """A gap that was found before and is open still. What became known since then does not close it."""
    since = ledger.articles.latest(name, before=gap_at)
    if since is None or not _dates(articles):
        since = next(iter(ledger.articles.arrivals(name, 1, before=gap_at)), None)
    return Gap(since, min(_dates(articles), default=ledger.now())) if since else None


def _filled(
    source: Source, fetched: Reading, state: SourceState, gap: Gap, ledger: Ledger, accounts: Sequence[Account]
) -> CompleteReading:
    """The reading with all that its gap gives, and what is left to tell."""
    found, gap_at = _begun(fetched), state.gap_at or ledger.now()
    why = "there are more of them than are read at once"
    if isinstance(source, Paged):
        why = _paged(source, fetched, found, gap, gap_at, ledger)
        if not found.closed and not found.full and found.asked < REQUESTS:
            if any(map(_is_particular, accounts)):
                without = "a sitemap tells neither sections nor tags"
                why = f"{why if found.broken else 'no further page of the feed lists them'}, and {without}"
            elif _looked_up(source, found, gap, ledger):
                why = "even the news sitemap does not reach them"
    notes, more = fetched.notes, len(found.articles) - len(fetched.articles)
    if more:
        notes += (f"more was published than the feed shows: {more} further entries were read",)
    whole = replace(fetched, articles=tuple(found.articles), notes=notes)
    if found.closed and not found.full:
        return CompleteReading(whole)
    dates = [date for date in _dates(found.articles) if date > gap.since]
    left = replace(gap, until=min(dates, default=gap.until))
    if found.broken and ledger.now() - gap_at < PATIENCE:
        told = report(left, why, again=True)
        return CompleteReading(replace(whole, notes=(*notes, told), validators=state.validators), gap_at=gap_at)
    return CompleteReading(whole, report(left, why))


def _paged(source: Paged, fetched: Reading, found: _Collected, gap: Gap, gap_at: datetime, ledger: Ledger) -> str:
    """Page back until the gap is closed. Why it may not be."""
    try:
        for page in _steps(source.older(fetched), found, REQUESTS):
            found.closed = reaches(page.articles, gap.since, _known(page.articles, ledger, before=gap_at))
            late = gap.since - LATE
            taken = [article for article in page.articles if not _is_old(article, late)]
            if not found.add(taken) or found.closed or found.full:
                break
    except SourceError as fault:
        found.broken = True
        return str(fault)
    if found.full or found.asked == REQUESTS:
        return "there are more of them than are read at once"
    return "no further page of the feed lists them, nor does a news sitemap"


def _looked_up(source: Paged, found: _Collected, gap: Gap, ledger: Ledger) -> bool:
    """Take what the site's news sitemap has of the gap; whether there is one that goes with the feed."""
    for page in _steps(source.listed(), found, min(LISTS, REQUESTS - found.asked)):
        if same_choice(page.articles, found.articles):
            known = _known(page.articles, ledger)  # not to be told anew by less
            shown = {urlkey(article.url) for article in found.articles}
            inside = [
                article
                for is_known, article in zip(known, page.articles, strict=True)
                if not is_known and urlkey(article.url) not in shown and _is_inside(article, gap)
            ]
            found.add(sorted(inside, key=lambda article: article.published or gap.since, reverse=True))
            found.closed = reaches(page.articles, gap.since, known)
            return True
    return False


def _deepened(source: Paged, fetched: Reading, found: _Collected, count: int) -> Reading:
    """A reading with so many articles, as far as its pages lead; what cannot be read is told, and no more."""
    notes = fetched.notes
    try:
        for page in _steps(source.older(fetched), found, REQUESTS):
            if not found.add(page.articles) or len(found.articles) >= count:
                break
    except SourceError as fault:
        notes += (str(fault),)
    return replace(fetched, articles=tuple(found.articles), notes=notes)


def _steps(pages: Iterator[Reading], found: _Collected, most: int) -> Iterator[Reading]:
    """So many steps at most, each counted as a request."""
    for page in islice(pages, most):
        found.asked += 1
        yield page


def _known(articles: Sequence[Article], ledger: Ledger, *, before: datetime | None = None) -> list[bool]:
    """Of each whether it has a name that is known, or was `before`, of whatever source."""
    named = drop_repeated(articles)
    anchors = ledger.articles.anchors([alias.hash for names in named for alias in names])
    if before is not None:
        standings = ledger.articles.standings([*set(anchors.values())])
        late = {anchor for anchor, standing in standings.items() if standing.first_seen >= before}
        anchors = {hashed: anchor for hashed, anchor in anchors.items() if anchor not in late}
    return [any(alias.hash in anchors for alias in names) for names in named]


def _pinned(articles: Sequence[Article], since: datetime) -> int:
    """How many old entries are kept on top of a list: a few, and below them it begins with its newest."""
    top = 0
    while top < min(PINNED, len(articles)) and _is_old(articles[top], since):
        top += 1
    dates = _dates(articles[top:])
    return top if len(dates) > 1 and dates[0] > dates[-1] else 0


def _is_inside(article: Article, gap: Gap) -> bool:
    return article.published is not None and gap.since - LATE < article.published < gap.until


def _is_old(article: Article, since: datetime) -> bool:
    return article.published is not None and article.published <= since


def _dates(articles: Sequence[Article]) -> list[datetime]:
    return [article.published for article in articles if article.published is not None]


def _fold(title: str) -> str:
    return title.casefold().strip()


def _is_particular(account: Account) -> bool:
    """Whether an account chooses by what a sitemap does not tell."""
    rules: list[Filter] = [rule for rule in (account.only, account.never) if rule]
    return any(rule.sections or rule.tags for rule in rules)
