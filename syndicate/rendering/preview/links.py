"""Whether the articles' pages are there: a preview that shows a link to nowhere has not shown the truth."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from syndicate.errors import PlatformError
from syndicate.ports import Http

AT_ONCE = 4
_ACCEPT = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"


def dead(http: Http, urls: Iterable[str]) -> dict[str, str]:
    """What is wrong with a page, by its address; pages that answer well are not in it."""
    asked = list(dict.fromkeys(urls))
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        answers = list(pool.map(lambda url: _problem(http, url), asked))
    return {url: words for url, words in zip(asked, answers, strict=True) if words}


def _problem(http: Http, url: str) -> str | None:
    if not url.startswith(("http://", "https://")):
        return "the link is no web address"
    try:
        reply = http.call("GET", url, headers={"Accept": _ACCEPT})
    except PlatformError as fault:
        return f"the article's page cannot be read: {fault}"
    return f"the article's page answers {reply.status}" if reply.status >= 400 else None
