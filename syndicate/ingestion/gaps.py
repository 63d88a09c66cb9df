"""Finds articles that scrolled out of a feed between two polls, and reads them elsewhere.

A feed that reaches back to what was known last time has no gap. Where it does not, its further pages are
read, or else the site's news sitemap; what is found is planned with the rest. Where a page fails
temporarily, as on a site that has just come back, the next polls try again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from itertools import islice

from syndicate.aliases import aliases, drop_repeated, urlkey
from syndicate.errors import SourceError
from syndicate.ledger import Ledger
from syndicate.ledger.sources import SourceState
from syndicate.model import Account, Article, CompleteReading, Filter, LeftOut, Reading
from syndicate.model.dataclass import dataclass
from syndicate.ports import Paged, Source

REQUESTS = 50
"""How many further requests one poll makes at most."""
LISTS = 3
"""How many of them look for a news sitemap."""
ENTRIES = 500
"""How many entries one poll takes at most in addition to those of the feed itself."""
LEAST = 3
"""How many entries a feed needs, so that its dates show a gap."""
PINNED = 3
"""How many old entries a feed may keep pinned on top."""
LATE = timedelta(hours=1)  # how long after its date an article may appear in a feed
TITLES = 100  # of known articles, to recognise a feed that moved
PATIENCE = timedelta(hours=6)
"""How long after it was found a gap is tried again, if a page failed."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which articles may be missing: from the newest that was known to the oldest that is listed."""

    since: datetime
    until: datetime


@dataclass(slots=True)
class _Collected:
    """What was read of a feed so far, each article once. `closed`: it reaches back to what was known.

    `full`: there was more than one poll takes. `broken`: a page failed that may answer next time.
    `asked` counts requests; `room` is how many more articles are taken; `left_out` is by place.
    """

    articles: list[Article]
    names: set[str]
    asked: int = 0
    closed: bool = False
    full: bool = False
    broken: bool = False
    room: int = ENTRIES
    left_out: dict[str, LeftOut] = field(default_factory=dict)

    def add(self, articles: Sequence[Article]) -> int:
        """Add those that are new, as far as there is room. Returns how many."""
        before = self.room
        for article in articles:
            names = _names(article)
            if names <= self.names:  # pages shift when something is published
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
    """Complete a changed reading with what scrolled out of the feed since the last one.

    A first reading has no gap. `backfill` reads further pages until there are so many articles. Raises nothing:
    the articles that the feed does list are planned in any case.
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
    """What the feed itself lists."""
    names = {name for article in fetched.articles for name in _names(article)}
    return _Collected(list(fetched.articles), names, left_out={each.place: each for each in fetched.left_out})


def _names(article: Article) -> set[str]:
    """Names that an article has on another page of the same list too, even if its headline was changed."""
    named = aliases(article)
    lasting = {f"{alias.hash} {article.published}" for alias in named if alias.kind in ("url", "guid")}
    return lasting if article.published and lasting else {alias.hash for alias in named}


def find(articles: Sequence[Article], since: datetime, now: datetime) -> Gap | None:
    """The gap between the newest known article (`since`) and a feed that does not reach back to it; by dates alone."""
    below = articles[_pinned(articles, since) :]
    dates = _dates(below)
    if len(below) < LEAST or any(date <= since for date in dates):
        return None
    return Gap(since, min(dates, default=now))


def reaches(articles: Sequence[Article], since: datetime, known: Sequence[bool]) -> bool:
    """Whether a list goes back to what was known. Entries pinned on top do not count."""
    top = _pinned(articles, since)
    return any(known[top:]) or any(_is_old(article, since) for article in articles[top:])


def same_choice(listed: Sequence[Article], shown: Sequence[Article]) -> bool:
    """Whether a sitemap lists the same articles as a feed, not a whole site of which the feed is a part.

    It has at least half of the feed's articles and, where their dates overlap, none that the feed does not have.
    """
    ours, theirs = {urlkey(article.url) for article in shown}, {urlkey(article.url) for article in listed}
    dates = _dates(shown)
    if not dates or 2 * len(ours & theirs) < len(ours):
        return False
    oldest, newest = min(dates), max(dates)
    overlap = (article for article in listed if article.published and oldest < article.published < newest)
    return all(urlkey(article.url) in ours for article in overlap)


def report(gap: Gap, why: str, *, again: bool = False) -> str:
    """The message about a gap; `again`: the next poll tries to fill it."""
    since, until = (f"{moment:%Y-%m-%d %H:%M}" for moment in (gap.since, gap.until))
    told = f"articles published between {since} and {until} UTC may be missing: {why}"
    return f"{told}; the next poll tries again" if again else told


def _gap(articles: Sequence[Article], name: str, ledger: Ledger) -> Gap | None:
    """The gap that `find` sees, unless most of the feed is known under other dates or names: then the feed moved.

    An undated feed has a gap if nothing in it is known.
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
    """A gap found at `gap_at` and not filled yet. What became known since then does not close it."""
    since = ledger.articles.latest(name, before=gap_at)
    if since is None or not _dates(articles):
        since = next(iter(ledger.articles.arrivals(name, 1, before=gap_at)), None)
    return Gap(since, min(_dates(articles), default=ledger.now())) if since else None


def _filled(
    source: Source, fetched: Reading, state: SourceState, gap: Gap, ledger: Ledger, accounts: Sequence[Account]
) -> CompleteReading:
    """The reading with everything found in its gap, and a message if some may still be missing."""
    found, gap_at = _begun(fetched), state.gap_at or ledger.now()
    why = "there are more than one poll reads"
    if isinstance(source, Paged):
        why = _paged(source, fetched, found, gap, gap_at, ledger)
        if not found.closed and not found.full and found.asked < REQUESTS:
            if any(map(_is_particular, accounts)):
                without = "a sitemap has neither sections nor tags"
                why = f"{why if found.broken else 'no further page of the feed lists them'}, and {without}"
            elif _looked_up(source, found, gap, ledger):
                why = "the news sitemap does not reach back that far either"
    notes, more = fetched.notes, len(found.articles) - len(fetched.articles)
    if more:
        notes += (f"more was published than the feed shows: {more} further entries were read",)
    whole = replace(fetched, articles=tuple(found.articles), notes=notes, left_out=tuple(found.left_out.values()))
    if found.closed and not found.full:
        return CompleteReading(whole)
    dates = [date for date in _dates(found.articles) if date > gap.since]
    left = replace(gap, until=min(dates, default=gap.until))
    if found.broken and ledger.now() - gap_at < PATIENCE:
        told = report(left, why, again=True)
        return CompleteReading(replace(whole, notes=(*notes, told), validators=state.validators), gap_at=gap_at)
    return CompleteReading(whole, report(left, why))


def _paged(source: Paged, fetched: Reading, found: _Collected, gap: Gap, gap_at: datetime, ledger: Ledger) -> str:
    """Read older pages until the gap is closed. Returns why it may not be, in words."""
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
        return "there are more than one poll reads"
    return "no further page of the feed lists them, nor does a news sitemap"


def _looked_up(source: Paged, found: _Collected, gap: Gap, ledger: Ledger) -> bool:
    """Add what the site's news sitemap lists in the gap. False if no sitemap goes with the feed."""
    for page in _steps(source.listed(), found, min(LISTS, REQUESTS - found.asked)):
        if same_choice(page.articles, found.articles):
            known = _known(page.articles, ledger)  # known ones are left out: a sitemap says less of them
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
    """A reading with `count` articles, as far as its pages go. A page that cannot be read becomes a note."""
    notes = fetched.notes
    try:
        for page in _steps(source.older(fetched), found, REQUESTS):
            if not found.add(page.articles) or len(found.articles) >= count:
                break
    except SourceError as fault:
        notes += (str(fault),)
    return replace(fetched, articles=tuple(found.articles), notes=notes, left_out=tuple(found.left_out.values()))


def _steps(pages: Iterator[Reading], found: _Collected, most: int) -> Iterator[Reading]:
    """At most so many of `pages`, each counted as a request."""
    for page in islice(pages, most):
        found.asked += 1
        found.left_out |= {each.place: each for each in page.left_out}
        yield page


def _known(articles: Sequence[Article], ledger: Ledger, *, before: datetime | None = None) -> list[bool]:
    """For each article, whether one of its names is known, from any source; with `before`, was known then."""
    named = drop_repeated(articles, ledger.sites.scope(articles[0].source)) if articles else ()
    anchors = ledger.articles.anchors([alias.hash for names in named for alias in names])
    if before is not None:
        standings = ledger.articles.standings([*set(anchors.values())])
        late = {anchor for anchor, standing in standings.items() if standing.first_seen >= before}
        anchors = {hashed: anchor for hashed, anchor in anchors.items() if anchor not in late}
    return [any(alias.hash in anchors for alias in names) for names in named]


def _pinned(articles: Sequence[Article], since: datetime) -> int:
    """How many old entries are pinned on top of a list: PINNED at most, if the rest begins with its newest."""
    top = 0
    while top < min(PINNED, len(articles)) and _is_old(articles[top], since):
        top += 1
    dates = _dates(articles[top:])
    return top if dates and dates[0] > dates[-1] else 0


def _is_inside(article: Article, gap: Gap) -> bool:
    return article.published is not None and gap.since - LATE < article.published < gap.until


def _is_old(article: Article, since: datetime) -> bool:
    return article.published is not None and article.published <= since


def _dates(articles: Sequence[Article]) -> list[datetime]:
    return [article.published for article in articles if article.published is not None]


def _fold(title: str) -> str:
    return title.casefold().strip()


def _is_particular(account: Account) -> bool:
    """Whether an account's filters need sections or tags, which a sitemap does not have."""
    rules: list[Filter] = [rule for rule in (account.only, account.never) if rule]
    return any(rule.sections or rule.tags for rule in rules)
