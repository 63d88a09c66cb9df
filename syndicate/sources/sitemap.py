"""Reads articles from a sitemap: a news sitemap, an index's newest files, or the changed pages of a plain sitemap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

from syndicate.errors import SourceError
from syndicate.model import Article, LeftOut, Reading, Validators
from syndicate.model.dataclass import dataclass
from syndicate.net.address_guard import bare
from syndicate.ports import Http, Memory, Reply
from syndicate.sources import fetch
from syndicate.sources.formats import page_kind
from syndicate.sources.formats.page_kind import Judged
from syndicate.sources.formats.sitemap import Listed, Sitemap, read
from syndicate.sources.parsing.next_page import same_site

ACCEPT = "application/xml, text/xml;q=0.9, application/gzip;q=0.8, */*;q=0.1"
FILES = 10
"""Sitemaps of an index that one poll reads."""
DEPTH = 2
"""How many indexes deep sitemaps are followed."""
PAGES = 30
"""Pages of a plain sitemap that one poll reads."""
RECENT = timedelta(days=2)
USUAL = ("/sitemap-news.xml", "/news-sitemap.xml")
"""The usual paths of news sitemaps, tried if robots.txt names none."""
_PATIENCE = 3  # pages in a row that cannot be read, before the rest is left for the next poll
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Gathered:
    """What was read from the files of a sitemap. `whole`: everything was read, so the validators may be kept."""

    articles: list[Article] = field(default_factory=list)
    pages: list[Listed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    entries: int = 0
    files: int = 0
    whole: bool = True
    left_out: list[LeftOut] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def omit(self, url: str, why: str, *, meant: bool = True) -> None:
        self.left_out.append(LeftOut(url, why, meant))


class SitemapSource:
    """ports.Source for a news sitemap, a plain one, and an index of them."""

    def __init__(self, name: str, url: str, http: Http, *, timezone: str = "UTC", memory: Memory | None = None) -> None:
        self.name = name
        self._url = url
        self._http = http
        self._timezone = timezone
        self._memory = memory
        self._undated_too = memory is None  # where nothing is announced, articles without a date are listed as well

    def fetch(self, validators: Validators) -> Reading:
        """One conditional request, and further ones for an index or a plain sitemap.

        The validators of an index are stored only if it says when each file changed: otherwise the
        index may stay the same while its files change. Nor are they if a file or a page failed.
        """
        visited = fetch.get(self._http, self._url, validators, accept=ACCEPT)
        if not visited.modified:
            return Reading(validators=visited.validators, modified=False, interval=visited.interval)
        top, gathered = self._read(visited.reply), _Gathered()
        if top.files:
            gathered.whole = all(file.changed for file in top.files)
            self._descend(top, gathered, DEPTH)
            gathered.left_out += top.left_out
        else:
            _add(top, gathered)
        now = visited.reply.received_at
        known: tuple[str, ...] = ()
        if not gathered.articles and gathered.pages:
            gathered.articles = self._visit(gathered, now)
            known = tuple(page.url for page in gathered.pages if page.url not in gathered.unread)
        elif gathered.pages:
            gathered.notes.append(f"entries left out, without news: {len(gathered.pages)}")
        kept = visited.validators if gathered.whole else (Validators() if top.files else validators)
        articles = tuple({article.url: article for article in reversed(gathered.articles)}.values())[::-1]
        return Reading(
            articles,
            kept,
            entries=gathered.entries,
            notes=tuple(gathered.notes),
            interval=visited.interval,
            known=known,
            left_out=tuple(gathered.left_out),
            partial=bool(gathered.unread),
        )

    def _read(self, reply: Reply) -> Sitemap:
        return read(
            reply.body,
            source=self.name,
            url=reply.url,
            shown=bare(reply.url),
            content_type=reply.headers.get("content-type"),
            timezone=self._timezone,
            now=reply.received_at,
        )

    def _descend(self, index: Sitemap, gathered: _Gathered, depth: int) -> None:
        """Read the files of an index, the newest first. Raises SourceError if not one can be read."""
        faults, files = [], newest(index.files)
        left_out = 0
        for number, file in enumerate(files):
            if gathered.files == FILES:
                left_out = len(files) - number
                break
            gathered.files += 1
            try:
                sitemap = self._read(fetch.get(self._http, file.url, Validators(), accept=ACCEPT).reply)
            except SourceError as fault:
                faults.append(fault)
                continue
            if sitemap.files and depth > 1:
                gathered.left_out += sitemap.left_out
                self._descend(sitemap, gathered, depth - 1)
            elif (what := page_kind.of_file(file.url, [each.url for each in files])) and sitemap.pages:
                gathered.entries += sitemap.entries
                gathered.left_out += sitemap.left_out
                for page in sitemap.pages:
                    gathered.omit(page.url, f"it is a page of {what}, by the name of its sitemap")
            else:
                _add(sitemap, gathered)
        if faults and len(faults) == len(files) - left_out:
            raise faults[0]
        gathered.whole = gathered.whole and not faults
        gathered.notes += map(str, faults)
        if left_out:
            gathered.notes.append(f"sitemaps left out, beyond the newest {FILES}: {left_out}")

    def _visit(self, gathered: _Gathered, now: datetime) -> list[Article]:
        """Read the pages that are new or changed recently, and keep the articles that can be told to be new.

        The first time all addresses are only remembered; later, one that was never listed before is new.
        """
        since = self._memory.since() if self._memory else None
        self._undated_too = self._memory is None or self._memory.first()
        self._refuse_undatable(gathered, remembers=self._memory is not None)
        unknown = self._memory.unknown([page.url for page in gathered.pages]) if self._memory and since else set()
        wanted = self._wanted(gathered, unknown, now)
        articles: list[Article] = []
        failed = 0
        for page in wanted:
            try:
                article, judged = self._page(page)
            except SourceError as fault:
                gathered.notes.append(str(fault))
                gathered.whole = False
                gathered.unread.add(page.url)
                failed += 1
                if failed == _PATIENCE and not articles:
                    gathered.unread.update(each.url for each in wanted)
                    break
                continue
            found = self._judge(page, article, judged, gathered, since if page.url in unknown else None)
            if found:
                articles.append(found)
        return sorted(articles, key=lambda article: article.published or _EARLIEST, reverse=True)

    def _refuse_undatable(self, gathered: _Gathered, *, remembers: bool) -> None:
        """Raise SourceError for a sitemap without dates of change, if its addresses cannot be remembered either."""
        if not remembers and not any(page.changed for page in gathered.pages):
            raise SourceError(
                f"{bare(self._url)} has neither titles nor dates of change, so nothing in it can be known to be new",
                hint="give the address of a feed or of a news sitemap, or add <lastmod> to the sitemap",
            )

    def _wanted(self, gathered: _Gathered, unknown: set[str], now: datetime) -> list[Listed]:
        """The pages to read: those never listed before, then those that changed recently; only so many at once."""
        fresh, changed = list[Listed](), list[Listed]()
        for page in newest(gathered.pages):
            recent = page.changed is not None and now - page.changed.instant < RECENT
            what = page_kind.of_address(page.url)
            if what and (recent or page.url in unknown):
                gathered.omit(page.url, f"it is a page of {what}, by its address")
            elif page.url in unknown and (recent or page.changed is None):
                fresh.append(page)
            elif page.url in unknown:
                gathered.omit(page.url, f"its address is new, and its <lastmod> is older than {RECENT.days} days")
            elif recent:
                changed.append(page)
        if len(fresh) > PAGES:
            gathered.notes.append(f"{len(fresh)} pages are new; the newest {PAGES} are read, and the others later")
            gathered.unread.update(page.url for page in fresh[PAGES:])
            gathered.whole = False
        elif len(fresh) + len(changed) > PAGES:
            told = "changed recently" if not fresh else "are new or changed recently"
            gathered.notes.append(f"{len(fresh) + len(changed)} pages {told}; the newest {PAGES} are read")
        return [*fresh, *changed][:PAGES]

    def _judge(
        self, page: Listed, article: Article, judged: Judged, gathered: _Gathered, since: datetime | None
    ) -> Article | None:
        """The article of a page; None if it is none. `since`: its address is new since then."""
        if judged.is_fixed:
            gathered.omit(page.url, judged.why)
            return None
        if article.published or since is None:
            return article if article.published or (self._undated_too and judged.is_article) else None
        if not judged.is_article:
            gathered.omit(page.url, judged.why)
            return None
        stated = [each for each in (judged.stated, article.updated) if each is not None]
        if stated:
            return replace(article, published=min(stated))
        changed = page.changed
        if changed and changed.instant + (timedelta(days=1) if changed.precision == "day" else timedelta(0)) > since:
            return replace(article, published=changed.instant, precision=changed.precision)
        told = "its page states no date, and its <lastmod> is not later than the reading before"
        gathered.omit(page.url, told if changed else "neither its page nor the sitemap states a date", meant=False)
        return None

    def _page(self, page: Listed) -> tuple[Article, Judged]:
        from syndicate.sources.formats.page import ACCEPT as HTML
        from syndicate.sources.formats.page import parse_page

        reply = fetch.get(self._http, page.url, Validators(), accept=HTML).reply
        article = parse_page(
            reply.body,
            source=self.name,
            url=reply.url,
            content_type=reply.headers.get("content-type"),
            timezone=self._timezone,
            now=reply.received_at,
        )
        judged = page_kind.judge(reply.body, reply.url, timezone=self._timezone, now=reply.received_at)
        if article.published and page.changed:
            article = replace(article, updated=article.updated or page.changed.instant)
        return replace(article, url=page.url), judged


def newest(listed: tuple[Listed, ...] | list[Listed]) -> list[Listed]:
    """The last changed first, then those without a date of change, which begin with files named for news."""
    return sorted(
        listed,
        key=lambda each: (each.changed.instant if each.changed else _EARLIEST, "news" in urlsplit(each.url).path),
        reverse=True,
    )


def find(site: str, http: Http) -> list[str]:
    """The news sitemaps that a site's robots.txt names, among those with "news" in their address."""
    return [url for url in _likely(site, http)[:3] if _news(url, http, "", "UTC")]


def news(site: str, http: Http, source: str, timezone: str) -> Iterator[Reading]:
    """The articles of a site's news sitemaps, by robots.txt or at the usual paths; each step makes one request."""
    likely = [url for url in _likely(site, http) if same_site(url, site)]
    yield Reading()
    for url in [*likely, *(urljoin(site, name) for name in USUAL)][:2]:
        articles = _news(url, http, source, timezone)
        yield Reading(articles, entries=len(articles))


def _likely(site: str, http: Http) -> list[str]:
    """The sitemaps that robots.txt names and that have "news" in their address."""
    try:
        reply = fetch.get(http, urljoin(site, "/robots.txt"), Validators(), accept="text/plain, */*;q=0.1").reply
    except SourceError:
        return []
    lines = reply.body[:500_000].decode("utf-8", "replace").splitlines()
    named = [line.partition(":")[2].strip() for line in lines if line.strip().lower().startswith("sitemap:")]
    return list(dict.fromkeys(url for url in named if "news" in urlsplit(url).path.lower()))


def _news(url: str, http: Http, source: str, timezone: str) -> tuple[Article, ...]:
    """The articles of a news sitemap; none if the document is not a news sitemap."""
    try:
        reply = fetch.get(http, url, Validators(), accept=ACCEPT).reply
        kind, now = reply.headers.get("content-type"), reply.received_at
        return read(
            reply.body, source=source, url=reply.url, shown=url, content_type=kind, timezone=timezone, now=now
        ).articles
    except SourceError:
        return ()


def _add(sitemap: Sitemap, gathered: _Gathered) -> None:
    gathered.articles += sitemap.articles
    gathered.pages += sitemap.pages
    gathered.notes += sitemap.notes
    gathered.left_out += sitemap.left_out
    gathered.entries += sitemap.entries
