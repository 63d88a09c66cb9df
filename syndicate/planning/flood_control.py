"""Flood control: bursts and likely duplicates of one reading wait for a person's approval. Pure.

A feed that changes all its guids, or lists its archive again, looks like news; so does an article that was
given a new address and a new date. Such articles are planned and wait, with the reasons `burst` and `similar`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syndicate.aliases import folded, site_host
from syndicate.model import Article, FloodLimits, Reason
from syndicate.planning.plan import Planned

FEW = 3  # so many new articles are never a flood, however short the feed
NEAR = timedelta(days=2)  # at most between two articles that may be the same
SERIES = 2  # known articles under one headline: then it is a regular column, and the next is no repetition
STANDING = 4  # words at most of a headline that many articles may bear, such as "Photo of the day"
WIDE = 6  # characters of such a headline in a writing without spaces
LONG = 12  # words from which on no two articles share a summary by chance


@dataclass(frozen=True, slots=True)
class LikelyDuplicate:
    """A known article that a new one may repeat. `at` is when it was published, or else first seen.

    `doubted`: it was never sent, since the approval it waited for never came; it may be a repetition itself.
    `replaced`: it left the list, and the new one has exactly its date; not used where `burst` applies anyway.
    """

    anchor: str
    article: Article
    at: datetime
    doubted: bool = False
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What was known before a reading: the date of the source's newest article, and likely duplicates by anchor.

    `listed` counts the entries of the reading. `strange` is the host to which all of them lead, if nothing is known
    of what is listed and no known article was there; else "". `stopped`: it is the first one after a stop.
    """

    listed: int
    newest: datetime | None
    twins: Mapping[str, Sequence[LikelyDuplicate]]
    strange: str = ""
    stopped: bool = False


def hold_back(entries: Sequence[Planned], new: Collection[str], before: History, floods: FloodLimits) -> list[Planned]:
    """The planned deliveries of one reading; what has to wait is changed to wait.

    `new` are anchors of all new articles.
    """
    going = {entry.candidate.anchor: entry for entry in entries if entry.state != "skipped"}
    bulk = floods.burst is not None and len(new) > min(floods.burst, max(FEW, before.listed / 2))
    doubles = _doubles(going, before.twins, ever=bulk) if floods.similar != "post" else {}
    borrowed = {anchor for anchor, entry in going.items() if entry.candidate.borrowed and anchor not in doubles}
    rest = {anchor: entry for anchor, entry in going.items() if anchor not in doubles.keys() | borrowed}
    told = f"{len(new)} of the {before.listed} articles listed were new at once"
    burst = _burst(rest, before, floods.burst, told, bulk=bulk, known=len(new) < before.listed)
    if before.strange and floods.burst is not None:
        burst = dict.fromkeys(rest, f"none of what is listed was known, and all of it leads to {before.strange}")

    def restrained(entry: Planned) -> Planned:
        anchor = entry.candidate.anchor
        if entry.state == "skipped":
            return entry
        if anchor in doubles:
            return _double(entry, doubles[anchor], floods)
        if anchor in borrowed and entry.candidate.borrowed:
            told = f"it has the address or guid of {entry.candidate.borrowed.url}, but nothing else in common with it"
            return _waiting(entry, "similar", told)
        return _waiting(entry, "burst", burst[anchor]) if anchor in burst else entry

    return [restrained(entry) for entry in entries]


def strange_host(listed: Sequence[Article], known: Sequence[Article]) -> str:
    """The host to which all of a list's articles lead, none of which is known, if no known article is there.

    Else "". So it is where somebody else has taken over the feed's address. FEW articles tell nothing.
    """
    hosts = {site_host(article.url) for article in listed}
    before = {site_host(article.url) for article in known} - {None}
    host = next(iter(hosts), None)
    return host if host and before and len(listed) > FEW and len(hosts) == 1 and host not in before else ""


def waiting(entries: Sequence[Planned]) -> dict[str, int]:
    """How many articles wait for approval, by reason."""
    counts = {
        reason: len({entry.candidate.anchor for entry in entries if (entry.state, entry.reason) == ("planned", reason)})
        for reason in ("burst", "similar")
    }
    return {reason: count for reason, count in counts.items() if count}


def alike(one: Article, other: Article) -> bool:
    """Whether two articles have the same headline, or the same summary and headlines that differ in few words.

    None of those words may have a digit. Of the headlines' words half have to be the same where the summary is
    long, and four in five where it is short. A short headline over summaries of other words is a standing one.
    """
    mine, theirs = folded(one.title), folded(other.title)
    if mine == theirs:
        return bool(mine) and not (_is_standing(mine) and _differ(folded(one.summary), folded(other.summary)))
    words, others = set(mine.split()), set(theirs.split())
    summary = folded(one.summary)
    if not summary or summary != folded(other.summary) or any(re.search(r"\d", word) for word in words ^ others):
        return False
    share = len(words & others) / len(words | others)
    return share >= (1 / 2 if len(summary.split()) >= LONG else 4 / 5)


def _is_standing(headline: str) -> bool:
    """Whether a headline is short enough to be the same over many articles."""
    words = headline.split()
    return len(words) <= STANDING and (len(words) > 1 or headline.isascii() or len(headline) <= WIDE)


def _differ(one: str, other: str) -> bool:
    """Whether two summaries share less than a quarter of their words; of their pairs of letters without spaces."""
    if not one or not other:
        return False
    mine, theirs = ({*text.split()} for text in (one, other))
    if min(len(mine), len(theirs)) < 3:
        mine, theirs = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (one, other))
    return len(mine & theirs) < len(mine | theirs) / 4


def _doubles(
    going: Mapping[str, Planned], twins: Mapping[str, Sequence[LikelyDuplicate]], *, ever: bool
) -> dict[str, LikelyDuplicate]:
    """Likely duplicates of known articles or of earlier ones of this reading: NEAR in time, or at any time (`ever`)."""
    found: dict[str, LikelyDuplicate] = {}
    earlier: dict[str, list[LikelyDuplicate]] = {}
    for anchor, entry in going.items():
        article = entry.candidate.article
        at = article.published
        known = [twin for twin in twins.get(anchor, ()) if (twin.replaced and not ever) or alike(article, twin.article)]
        if sum(not (twin.doubted or twin.replaced) for twin in known) < SERIES:
            near = (twin for words in _wordings(article) for twin in earlier.get(words, ()))
            alikes = (*known, *(twin for twin in near if alike(article, twin.article)))
            twin = next((twin for twin in alikes if ever or at is None or abs(at - twin.at) <= NEAR), None)
            if twin is not None:
                found[anchor] = twin
        if at is not None:
            for words in _wordings(article):
                earlier.setdefault(words, []).append(LikelyDuplicate(anchor, article, at))
    return found


def _wordings(article: Article) -> list[str]:
    """The article's headline and summary as look-up keys: articles that are alike share one of the two."""
    return [
        words for words in (f"title {folded(article.title)}", f"summary {folded(article.summary)}") if words[-1] != " "
    ]


def _burst(
    going: Mapping[str, Planned], before: History, most: int | None, told: str, *, bulk: bool, known: bool
) -> dict[str, str]:
    """Anchors of what waits for approval as a burst, each with why.

    If too much of a reading is new, what is older than the newest known article waits. What is newer goes
    out, unless that is more than `most`; after a stop, the newest `most` of it go out, if some of what
    is listed was `known`.
    """
    if most is None:
        return {}
    fresh = [anchor for anchor, entry in going.items() if _fresh(entry, before.newest)]
    waiting = {}
    if bulk:
        older = going.keys() - {*fresh}
        waiting = dict.fromkeys(older, f"{told}, and this one is not newer than those known before")
    if len(fresh) > most:
        held = fresh[:-most] if before.stopped and known else fresh
        waiting |= dict.fromkeys(held, f"{told}, and burst is {most}")
    return waiting


def _fresh(entry: Planned, newest: datetime | None) -> bool:
    """Whether it is newer than the newest article known before. Undated ones are: they are only planned on top.

    Both dates are the same source's, so a time zone that was guessed was guessed for both.
    """
    article = entry.candidate.article
    if newest is None or article.published is None:
        return True
    slack = timedelta(days=1) if article.precision == "day" else timedelta(0)
    return article.published > newest - slack


def _double(entry: Planned, twin: LikelyDuplicate, floods: FloodLimits) -> Planned:
    told = f"it resembles {twin.article.url}"
    if floods.similar == "skip":
        return replace(entry, state="skipped", reason="similar", due_at=None, note=told)
    return _waiting(entry, "similar", told)


def _waiting(entry: Planned, reason: Reason, note: str) -> Planned:
    """Let a delivery wait for approval. A later time that it waits for as well stays."""
    due_at = entry.due_at if entry.state == "planned" else None
    return replace(entry, state="planned", reason=reason, due_at=due_at, note=note)
