"""Reads what is new from lists that come in pages, newest first, even if it is more than a page.

The newest date of the last poll is stored next to the body's hash, in a validator that only we read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.errors import SourceError
from syndicate.model import Reading, Validators
from syndicate.serialization import instant, moment
from syndicate.sources.fetch import Visited
from syndicate.sources.parsing.fields import Parsed

SIZE = 20
"""Entries of the page that each poll reads."""
LARGE = 100
"""Entries of a page when more than one page is new: the most that WordPress and Ghost give."""
MOST = 500
"""Entries that one poll reads at most."""
HEAVY = (None, 500, 502, 504)
"""Statuses of a server that cannot make a large page, or not in time; None: no answer."""
MARGIN = timedelta(days=1)  # for articles dated back, or by a server with the wrong zone; known articles stay known


def split(validators: Validators) -> tuple[Validators, datetime | None]:
    """The validators to send, and the newest date seen at the last poll."""
    digest, _, mark = (validators.body_hash or "").partition(" ")
    return replace(validators, body_hash=digest or None), moment(mark or None)


def unchanged(visited: Visited, before: datetime | None) -> Reading:
    """The reading when nothing is new."""
    return Reading(validators=_marked(visited.validators, before), modified=False, interval=visited.interval)


def fetched(
    visited: Visited, first: Parsed, before: datetime | None, more: Callable[[datetime, int, int], Parsed]
) -> Reading:
    """The reading of one poll. If a full first page has nothing older, `more` gives what came since, page by page.

    If `more(since, page, size)` raises SourceError, the whole poll has failed and is repeated.
    """
    read, notes = first, list(first.notes)
    if before is not None and first.listed >= SIZE and _oldest(first, before) >= before:
        read = _caught_up(before - MARGIN, more)
        notes = list(read.notes)
    capped = read.listed >= MOST
    dates = [article.published for article in read.articles if article.published is not None]
    past = [date for date in dates if date <= visited.reply.received_at]
    newest = max([*past, *([before] if before else [])], default=None)
    return Reading(
        articles=read.articles,
        validators=_marked(visited.validators, newest),
        entries=read.listed,
        notes=tuple(notes),
        interval=visited.interval,
        windowed=capped,
        left_out=read.left_out,
    )


def _caught_up(since: datetime, more: Callable[[datetime, int, int], Parsed]) -> Parsed:
    """Everything published since then, in large pages; in small ones if the server cannot make large ones."""
    try:
        return _read(since, more, LARGE)
    except SourceError as fault:
        if fault.status not in HEAVY:
            raise
        return _read(since, more, SIZE)


def _read(since: datetime, more: Callable[[datetime, int, int], Parsed], size: int) -> Parsed:
    pages: list[Parsed] = []
    while len(pages) < MOST // size and (not pages or pages[-1].listed >= size):
        pages.append(more(since, len(pages) + 1, size))
    articles = tuple(article for page in pages for article in page.articles)
    notes = [note for page in pages for note in page.notes]
    if pages[-1].listed >= size:
        notes.append(f"more than {MOST} articles since {instant(since)}; the oldest were not read")
    left_out = tuple(each for page in pages for each in page.left_out)
    return Parsed(articles, sum(page.listed for page in pages), tuple(notes), left_out=left_out)


def _oldest(reading: Parsed, otherwise: datetime) -> datetime:
    return min((article.published or otherwise for article in reading.articles), default=otherwise)


def _marked(validators: Validators, mark: datetime | None) -> Validators:
    said = instant(mark)
    return replace(validators, body_hash=f"{validators.body_hash} {said}") if said else validators
