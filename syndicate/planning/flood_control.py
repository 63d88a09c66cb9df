"""Pure: what of one reading may go out at once, and what waits for a person's yes.

A feed that changes all its guids, or brings its archive back, looks like news; so does a story that was
given a new address and a new date. What looks like that is planned, and waits: reasons `burst` and `similar`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syndicate.aliases import folded
from syndicate.model import Article, FloodLimits, Reason
from syndicate.planning.plan import Planned

FEW = 3  # new stories that are never a flood, however short the feed
NEAR = timedelta(days=2)  # between two stories that may be one
SERIES = 2  # stories of before under one headline: a column, and the next is no repetition
LONG = 12  # words of a summary that no two stories share by chance


@dataclass(frozen=True, slots=True)
class LikelyDuplicate:
    """A story that may be the same as a new one. `at` is when it was published, or first seen.

    `doubted`: it was never let out, as one that waited for a yes in vain; a repetition itself, perhaps.
    `replaced`: it left the list, and the new one came with its very date; where much is new, a burst says so.
    """

    anchor: str
    article: Article
    at: datetime
    doubted: bool = False
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What was known before a reading: the date of the source's newest story, and possible twins by anchor.

    `listed` counts the entries of the reading.
    """

    listed: int
    newest: datetime | None
    twins: Mapping[str, Sequence[LikelyDuplicate]]


def hold_back(entries: Sequence[Planned], new: Collection[str], before: History, floods: FloodLimits) -> list[Planned]:
    """Entries of one reading with what has to wait marked so. `new` are the anchors of all that was new in it."""
    going = {entry.candidate.anchor: entry for entry in entries if entry.state != "skipped"}
    bulk = floods.burst is not None and len(new) > min(floods.burst, max(FEW, before.listed / 2))
    doubles = _doubles(going, before.twins, ever=bulk) if floods.similar != "post" else {}
    borrowed = {anchor for anchor, entry in going.items() if entry.candidate.borrowed and anchor not in doubles}
    rest = {anchor: entry for anchor, entry in going.items() if anchor not in doubles.keys() | borrowed}
    told = f"{len(new)} of the {before.listed} stories listed were new at once"
    burst = _burst(rest, before.newest, floods.burst, told, bulk=bulk)

    def restrained(entry: Planned) -> Planned:
        anchor = entry.candidate.anchor
        if entry.state == "skipped":
            return entry
        if anchor in doubles:
            return _double(entry, doubles[anchor], floods)
        if anchor in borrowed and entry.candidate.borrowed:
            told = f"it has the address or the guid of {entry.candidate.borrowed.url}, and nothing else of it"
            return _waiting(entry, "similar", told)
        return _waiting(entry, "burst", burst[anchor]) if anchor in burst else entry

    return [restrained(entry) for entry in entries]


def waiting(entries: Sequence[Planned]) -> dict[str, int]:
    """How many stories wait for a yes, by reason."""
    counts = {
        reason: len({entry.candidate.anchor for entry in entries if (entry.state, entry.reason) == ("planned", reason)})
        for reason in ("burst", "similar")
    }
    return {reason: count for reason, count in counts.items() if count}


def alike(one: Article, other: Article) -> bool:
    """The same headline; or the same summary under headlines that differ in few words, none of them a number.

    Of a long summary half the words of the headlines have to be the same, of a short one four in five.
    """
    mine, theirs = folded(one.title), folded(other.title)
    if mine == theirs:
        return bool(mine)
    words, others = set(mine.split()), set(theirs.split())
    summary = folded(one.summary)
    if not summary or summary != folded(other.summary) or any(re.search(r"\d", word) for word in words ^ others):
        return False
    share = len(words & others) / len(words | others)
    return share >= (1 / 2 if len(summary.split()) >= LONG else 4 / 5)


def _doubles(
    going: Mapping[str, Planned], twins: Mapping[str, Sequence[LikelyDuplicate]], *, ever: bool
) -> dict[str, LikelyDuplicate]:
    """What resembles a story of before, or an earlier one of this reading: of two days, or of whenever."""
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
    """What two articles that are alike have in common, the one or the other."""
    return [
        words for words in (f"title {folded(article.title)}", f"summary {folded(article.summary)}") if words[-1] != " "
    ]


def _burst(
    going: Mapping[str, Planned], newest: datetime | None, most: int | None, told: str, *, bulk: bool
) -> dict[str, str]:
    """Anchors of what waits for a yes, with why.

    Where too much of a reading is new, what is older than the newest known story waits; what is newer
    goes out, up to `most`.
    """
    if most is None:
        return {}
    fresh = {anchor for anchor, entry in going.items() if _fresh(entry, newest)}
    waiting = {}
    if bulk:
        waiting = dict.fromkeys(going.keys() - fresh, f"{told}, and this one is no newer than what was known")
    if len(fresh) > most:
        waiting |= dict.fromkeys(fresh, f"{told}, and burst is {most}")
    return waiting


def _fresh(entry: Planned, newest: datetime | None) -> bool:
    """Dated after the newest story known before, which it may be itself; undated ones are planned on top alone.

    Both dates are the same source's, so that a zone that was guessed was guessed for both.
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
    """Until a person says yes; what waits for its hour besides keeps that hour."""
    due_at = entry.due_at if entry.state == "planned" else None
    return replace(entry, state="planned", reason=reason, due_at=due_at, note=note)
