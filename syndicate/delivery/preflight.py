"""Checks before a post that the article's page answers, names itself by the article's address, and its picture loads.

What cannot be checked from here stops nothing: a host name that only resolves outside this network, a page
that browsers see only after a challenge, a server that asks us to come back later.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

from syndicate.addresses import as_link
from syndicate.aliases import is_same_page, public_address, urlkey
from syndicate.delivery.gates import Trouble, no_link
from syndicate.errors import PlatformError, RenderError, SourceError, Unavailable
from syndicate.model import ENCLOSED, Article
from syndicate.ports import Clock, Guarded, Http, Reply, on_behalf_of

FRESH = timedelta(seconds=20)  # accounts that announce the same article at once share one check
REMEMBERED = timedelta(minutes=5)  # resolving a name that does not exist can take many seconds
GONE = (404, 410)
AT_ONCE = 4  # pages that are checked at once

_ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"
_NO_HEAD = (405, 501)  # servers that answer no HEAD
_NOINDEX = re.compile(r"\s*(?:noindex|none)\s*", re.IGNORECASE)
_WITH_VALUES = ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview")


Claims: TypeAlias = Callable[[bytes, str, str | None], tuple[list[str], str | None, Mapping[str, str]]]
"""From a page's body, address and content type: its robots directives, canonical address, and records by type."""


class Pages:
    """Checks pages through one Http. Shared by threads.

    `claims` reads what a page says of itself and raises SourceError; `picture` fetches one for the source that gave
    its address, and raises RenderError. What was found out for one source is not told to another.
    """

    def __init__(self, http: Http, claims: Claims, picture: Callable[[str, str], object], clock: Clock) -> None:
        self._http = http
        self._claims = claims
        self._picture = picture
        self._clock = clock
        self._unresolved: dict[str, datetime] = {}
        self._seen: dict[tuple[tuple[str, ...], str, bool], tuple[datetime, Trouble | None]] = {}
        self._canonical: dict[tuple[tuple[str, ...], str], tuple[datetime, str]] = {}
        self._records: dict[tuple[tuple[str, ...], str], tuple[datetime, Mapping[str, str]]] = {}
        self._guard = threading.Lock()

    def look(self, article: Article, *, picture: bool) -> Trouble | None:
        """What is wrong with an article's page, or else with its picture; None if nothing is."""
        unusable = no_link(article)
        if unusable is not None:
            return unusable
        wanted, now = (article.addressed_by, article.url, picture and article.image is not None), self._clock()
        with self._guard:
            self._seen = {key: seen for key, seen in self._seen.items() if now - seen[0] < FRESH}
            self._canonical = {page: said for page, said in self._canonical.items() if now - said[0] < REMEMBERED}
            self._records = {page: said for page, said in self._records.items() if now - said[0] < REMEMBERED}
            if wanted in self._seen:
                return self._seen[wanted][1]
        trouble = self._page(article)
        if trouble is None and wanted[2]:
            trouble = self._photo(article)
        with self._guard:
            self._seen[wanted] = (now, trouble)
        return trouble

    def canonical(self, article: Article) -> str | None:
        """The address that an article's page named as its own when it was last checked, if it goes out under another.

        Only one that means the same page, and that answers.
        """
        said = self._canonical.get((article.addressed_by, article.url))
        if said is None or as_link(said[1]) == as_link(public_address(article)):
            return None
        return said[1]

    def records(self, article: Article, http: Guarded) -> Mapping[str, str]:
        """The records (standard.site) that an article's page names, by type: from the last look, else by `http`."""
        said = self._records.get((article.addressed_by, article.url))
        if said is None:
            reply = self._read(article.url, http.on_behalf_of(*article.addressed_by))
            if reply is not None and reply.status == 200:
                self._claimed(article, reply)
            said = self._records.get((article.addressed_by, article.url))
        return said[1] if said else {}

    def _read(self, url: str, http: Http) -> Reply | None:
        try:
            return http.call("GET", url, headers={"Accept": _ACCEPT})
        except PlatformError:
            return None

    def troubles(self, articles: Iterable[Article]) -> dict[str, str]:
        """What is wrong with pages, by their address, for a preview. Checks several at once."""
        from concurrent.futures import ThreadPoolExecutor

        asked = list({(article.source, article.url): article for article in articles}.values())
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            found = list(pool.map(lambda article: self.look(article, picture=False), asked))
        return {article.url: trouble.words for article, trouble in zip(asked, found, strict=True) if trouble}

    def gone(self, article: Article) -> bool | None:
        """Whether an article's page is gone (404, 410); None if that cannot be told.

        If the front page is gone or failing as well, the site is down, and nothing counts as withdrawn.
        """
        status = self._status(article.url, article)
        if status not in GONE:
            return False if status == 200 else None
        front = self._status(urljoin(article.url, "/"), article)
        return None if front is None or front in GONE or front >= 500 else True

    def _status(self, url: str, article: Article) -> int | None:
        reply = self._read(url, on_behalf_of(self._http, *article.addressed_by))
        return reply.status if reply else None

    def _page(self, article: Article) -> Trouble | None:
        if not article.url:
            return Trouble("its source gives no link for it")
        try:
            reply = self._asked(article)
        except PlatformError as fault:
            return Trouble(f"its page cannot be read: {fault}")
        if reply is None or reply.status == 429 or "cf-mitigated" in reply.headers:  # Cloudflare's mark of a challenge
            return None
        return self._told(article, reply) if reply.status in (200, 203) else Trouble(f"its page answers {reply.status}")

    def _asked(self, article: Article) -> Reply | None:
        """The page; None where its host name cannot be resolved here, since it may be known outside this network.

        A name without a dot is known inside a network or nowhere. Of a recording only the head is asked for.
        """
        url, now, http = article.url, self._clock(), on_behalf_of(self._http, *article.addressed_by)
        host = urlsplit(url).netloc
        if self._unresolved.get(host, now) > now:
            return None
        try:
            if ENCLOSED in article.raw:
                reply = http.call("HEAD", url)
                return None if reply.status in _NO_HEAD else reply
            return http.call("GET", url, headers={"Accept": _ACCEPT})
        except Unavailable as fault:
            if not fault.unresolved or "." not in host:
                raise
            self._unresolved[host] = now + REMEMBERED
            return None

    def _told(self, article: Article, reply: Reply) -> Trouble | None:
        """Whether the page is the article's own and may be listed, by what it says of itself."""
        if _front(reply.url) and not _front(article.url):
            return Trouble(f"its link leads to the front page, {reply.url}")
        from syndicate.delivery import stranger_page

        robots, canonical = self._claimed(article, reply)
        if any(_NOINDEX.fullmatch(word) for said in robots for word in said.split(",")):
            return Trouble("its page asks not to be listed (noindex)")
        if stranger := stranger_page.told(article, reply):
            return Trouble(stranger)
        if canonical is None:
            return None
        known = [url for url in (article.url, article.canonical_url, reply.url) if url]
        if is_same_page(article.url, canonical):
            if self._answers(canonical, reply, article):
                self._canonical[article.addressed_by, article.url] = (self._clock(), canonical)
        elif not any(urlkey(url) == urlkey(canonical) or is_same_page(url, canonical) for url in known):
            return Trouble(f"its page names another address as its own: {canonical}")
        return None

    def _answers(self, canonical: str, reply: Reply, article: Article) -> bool:
        """Whether a page's canonical address leads somewhere as well. Another query does not have to be tried."""
        return canonical.partition("?")[0] == reply.url.partition("?")[0] or self._status(canonical, article) == 200

    def _claimed(self, article: Article, reply: Reply) -> tuple[list[str], str | None]:
        """The robots directives of headers and page, and the page's canonical address if it is on this site."""
        headers = _for_us(reply.headers.get("x-robots-tag", ""))
        if "html" not in reply.headers.get("content-type", "html"):
            return headers, None
        try:
            robots, canonical, named = self._claims(reply.body, reply.url, reply.headers.get("content-type"))
        except SourceError:
            return headers, None
        self._records[article.addressed_by, article.url] = (self._clock(), named)
        return headers + robots, canonical

    def _photo(self, article: Article) -> Trouble | None:
        assert article.image is not None
        try:
            self._picture(article.image.url, article.pictures_from)
        except RenderError as fault:
            cause = fault.__cause__
            if isinstance(cause, Unavailable) and cause.unresolved:
                return None
            return Trouble(f"its picture: {fault}", fatal=False)
        return None


def _for_us(header: str) -> list[str]:
    """The directives of X-Robots-Tag that are for every robot, or Google's, which stands for those that list pages.

    A robot's name and a colon before a directive are for all that follow it
    (https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag#xrobotstag).
    """
    robot, found = "", []
    for word in header.split(","):
        name, colon, rest = word.partition(":")
        if colon and " " not in name.strip() and name.strip().lower() not in _WITH_VALUES:
            robot, word = name.strip().lower(), rest  # noqa: PLW2901 - the directive without the name
        if robot in ("", "*", "robots", "googlebot"):
            found.append(word)
    return found


def _front(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query
