"""Flood control: bursts, likely duplicates and links that lead elsewhere wait for a person's approval. Pure.

A feed that changes all its guids, or lists its archive again, looks like news; so does an article that was
given a new address and a new date, and what somebody else lists who has taken over the feed. Such articles are
planned and wait, with the reasons `burst`, `similar` and `stranger`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta

from syndicate.aliases import folded, site_host
from syndicate.model import Article, FloodLimits, Reason
from syndicate.model.dataclass import dataclass
from syndicate.planning.likeness import is_newer
from syndicate.planning.plan import Planned

FEW = 3  # so many new articles are never a flood, however short the feed
NEAR = timedelta(days=2)  # at most between two articles that may be the same
SERIES = 2  # known articles under one headline: then it is a regular column, and the next is no repetition
STANDING = 4  # words at most of a headline that many articles may bear, such as "Photo of the day"
WIDE = 6  # characters of such a headline in a writing without spaces
LONG = 12  # words from which on no two articles share a summary by chance
HOUR = timedelta(hours=1)
USUAL = 3  # times the most of any hour in a month: so many new articles within an hour are not too many


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
class Pace:
    """When the new articles were published that came within the last hour, and when those of the month before were.

    `now` stands for a new article without a time.
    """

    came: Sequence[datetime]
    before: Sequence[datetime]
    now: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What was known before a reading: the date of the source's newest article, and likely duplicates by anchor.

    `listed` counts the entries of the reading. `strange` says in what it differs from all before, if nothing is known
    of what is listed; else "". `strangers` are the hosts, by anchor, of articles that lead where nothing led before.
    `returned` are anchors of old articles, by their numbers. `pace` None: nothing is too much for an hour.
    `stopped`: it is the first reading after a stop.
    """

    listed: int
    newest: datetime | None
    twins: Mapping[str, Sequence[LikelyDuplicate]]
    strange: str = ""
    strangers: Mapping[str, str] = field(default_factory=dict)
    returned: Collection[str] = ()
    pace: Pace | None = None
    stopped: bool = False


def hold_back(entries: Sequence[Planned], new: Collection[str], before: History, floods: FloodLimits) -> list[Planned]:
    """The planned deliveries of one reading; what has to wait is changed to wait.

    `new` are anchors of all new articles.
    """
    going = {entry.candidate.anchor: entry for entry in entries if entry.state != "skipped"}
    bulk = floods.burst is not None and len(new) > min(floods.burst, max(FEW, before.listed / 2))
    doubles = _doubles(going, before.twins, ever=bulk) if floods.similar != "post" else {}
    borrowed = {anchor for anchor, entry in going.items() if entry.candidate.borrowed and anchor not in doubles}
    asked = doubles.keys() | borrowed | before.strangers.keys()
    rest = {anchor: entry for anchor, entry in going.items() if anchor not in asked}
    burst = _too_many(rest, len(new), before, floods.burst, bulk=bulk) if floods.burst is not None else {}

    def restrained(entry: Planned) -> Planned:
        anchor = entry.candidate.anchor
        if entry.state == "skipped":
            return entry
        if anchor in doubles:
            return _double(entry, doubles[anchor], floods)
        if anchor in borrowed and entry.candidate.borrowed:
            told = f"it has the address or guid of {entry.candidate.borrowed.url}, but nothing else in common with it"
            return _waiting(entry, "similar", told)
        if anchor in before.strangers:
            return _waiting(entry, "stranger", f"it leads to {before.strangers[anchor]}, where nothing led before")
        return _waiting(entry, "burst", burst[anchor]) if anchor in burst else entry

    return [restrained(entry) for entry in entries]


def waiting(entries: Sequence[Planned]) -> dict[str, int]:
    """How many articles wait for approval, by reason."""
    counts = {
        reason: len({entry.candidate.anchor for entry in entries if (entry.state, entry.reason) == ("planned", reason)})
        for reason in ("burst", "similar", "stranger")
    }
    return {reason: count for reason, count in counts.items() if count}


def strange_hosts(entries: Sequence[Planned]) -> list[str]:
    """The hosts to which articles lead that wait as strangers."""
    urls = (entry.candidate.article.url for entry in entries if (entry.state, entry.reason) == ("planned", "stranger"))
    return sorted({host for url in urls if (host := site_host(url))})


def alike(one: Article, other: Article) -> bool:
    """Whether two articles have the same headline, or the same summary and headlines that differ in few words.

    None of those words may have a digit. Of the headlines' words half have to be the same where the summary is
    long, and four in five where it is short. A short headline over summaries of other words is a standing one. Of two
    notes, all words are the same.
    """
    return _alike(saying(one), saying(other))


def _alike(one: Said, other: Said) -> bool:
    if one.note is not None and other.note is not None:
        return bool(one.note) and one.note == other.note
    if one.title == other.title:
        return bool(one.title) and not (_is_standing(one.title) and _differ(one.summary, other.summary))
    if not one.summary or one.summary != other.summary or one.numbers != other.numbers:
        return False
    share = len(one.words & other.words) / len(one.words | other.words)
    return share >= (1 / 2 if one.is_long else 4 / 5)


@dataclass(frozen=True, slots=True)
class Said:
    """What an article says, for comparison. `numbers` are the headline's words with a digit; `note` is a note's words,
    and None for an article.
    """

    title: str
    summary: str
    words: frozenset[str]
    numbers: frozenset[str]
    is_long: bool
    note: str | None

    @property
    def keys(self) -> list[tuple[str, frozenset[str]]]:
        """Articles that are alike share one of these: the headline, the summary with its numbers, a note's words.

        Of a thousand stories with one summary, most need not be compared with each other.
        """
        titled, told = ("title " + self.title, frozenset[str]()), ("summary " + self.summary, self.numbers)
        noted = ("note " + (self.note or ""), frozenset[str]())
        found = (titled, self.title), (told, self.summary), (noted, self.note)
        return [key for key, text in found if text]


def saying(article: Article) -> Said:
    """What an article says."""
    title, summary = folded(article.title), folded(article.summary)
    words = frozenset(title.split())
    numbers = frozenset(word for word in words if re.search(r"\d", word))
    note = folded(article.body) if article.form == "note" else None
    return Said(title, summary, words, numbers, is_long=len(summary.split()) >= LONG, note=note)


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
    """Likely duplicates of known articles or of earlier ones of this reading.

    NEAR in time; or at any time, if they say the same at length, or if so many are new (`ever`).
    """
    found: dict[str, LikelyDuplicate] = {}
    earlier = defaultdict[tuple[str, frozenset[str]], list[tuple[LikelyDuplicate, Said]]](list)
    heard: dict[str, Said] = {}  # by twins: of a series, each story has the same ones

    def told(twin: LikelyDuplicate) -> Said:
        if twin.anchor not in heard:
            heard[twin.anchor] = saying(twin.article)
        return heard[twin.anchor]

    for anchor, entry in going.items():
        article = entry.candidate.article
        said, at = saying(article), article.published
        known = [twin for twin in twins.get(anchor, ()) if (twin.replaced and not ever) or _alike(said, told(twin))]
        if sum(not (twin.doubted or twin.replaced) for twin in known) < SERIES:
            near = (each for key in said.keys for each in earlier.get(key, ()))
            alikes = (*known, *(twin for twin, other in near if _alike(said, other)))
            twin = next(
                (twin for twin in alikes if ever or _is_near(at, twin) or _is_same(article, twin.article)), None
            )
            if twin is not None:
                found[anchor] = twin
        if at is not None:
            for key in said.keys:
                earlier[key].append((LikelyDuplicate(anchor, article, at), said))
    return found


def _is_near(at: datetime | None, twin: LikelyDuplicate) -> bool:
    return at is None or abs(at - twin.at) <= NEAR


def _is_same(one: Article, other: Article) -> bool:
    """Whether two articles have the same headline and the same summary, at such a length that it is no chance.

    The summary alone is LONG, or both are together, under a headline that is no standing one.
    """
    if one.form == "note":
        return len(folded(one.body).split()) >= LONG and alike(one, other)
    title, summary = folded(one.title), folded(one.summary)
    if not title or not summary or (title, summary) != (folded(other.title), folded(other.summary)):
        return False
    words = len(summary.split())
    return words >= LONG or (words + len(title.split()) >= LONG and not _is_standing(title))


def _too_many(going: Mapping[str, Planned], new: int, before: History, most: int, *, bulk: bool) -> dict[str, str]:
    """Anchors of what waits for approval as a burst, each with why.

    All of it, if nothing listed was known and it does not look like the source's own, or if it is too much for an
    hour; breaking news is never too much for an hour. Else, if too much of a reading is new, what is older than the
    newest known article waits. What is newer goes out, unless that is more than `most`; after a stop, the newest
    `most` of it go out, if some of what is listed was known.
    """
    if before.strange:
        return dict.fromkeys(going, f"none of what is listed was known, {before.strange}")
    told = f"{new} of the {before.listed} articles listed were new at once"
    fresh = [anchor for anchor, entry in going.items() if is_newer(entry.candidate.article, before.newest)]
    waiting = {}
    if bulk:
        older = going.keys() - {*fresh}
        waiting = dict.fromkeys(older, f"{told}, and this one is not newer than those known before")
    if len(fresh) > most:
        held = fresh[:-most] if before.stopped and new < before.listed else fresh
        waiting |= dict.fromkeys(held, f"{told}, and burst is {most}")
    numbered = "its address has a lower number than those of everything recent, as many others that are new"
    waiting |= dict.fromkeys(going.keys() & {*before.returned} - waiting.keys(), numbered)
    usual = {anchor: entry for anchor, entry in going.items() if anchor not in waiting and entry.priority > 0}
    return _in_an_hour(usual, before.pace, most) | waiting


def _in_an_hour(going: Mapping[str, Planned], pace: Pace | None, most: int) -> dict[str, str]:
    """Anchors of what is too much for an hour, with why: more than `most`, and more than USUAL times what was known."""
    if pace is None or not going:
        return {}
    moments = [_moment(entry.candidate.article, pace.now) for entry in going.values()]
    count = _densest([*pace.came, *moments])
    shared = Counter(pace.before)  # a second that so many articles share says when they were imported
    busiest = _densest([moment for moment in pace.before if shared[moment] <= most])
    limit = max(most, USUAL * busiest)
    if count <= limit:
        return {}
    rule = f"burst is {most}" if limit == most else f"the most before was {busiest}"
    return dict.fromkeys(going, f"{count} new articles within an hour, and {rule}")


def _moment(article: Article, now: datetime) -> datetime:
    """When an article was published; now where that is no time of a day."""
    return now if article.published is None or article.precision == "day" else article.published


def _densest(moments: Iterable[datetime]) -> int:
    """How many of these instants lie within one hour at most."""
    ordered, most, first = sorted(moments), 0, 0
    for number, moment in enumerate(ordered):
        while moment - ordered[first] >= HOUR:
            first += 1
        most = max(most, number - first + 1)
    return most


def _double(entry: Planned, twin: LikelyDuplicate, floods: FloodLimits) -> Planned:
    told = f"it resembles {twin.article.url}"
    if floods.similar == "skip":
        return replace(entry, state="skipped", reason="similar", due_at=None, note=told)
    return _waiting(entry, "similar", told)


def _waiting(entry: Planned, reason: Reason, note: str) -> Planned:
    """Let a delivery wait for approval. A later time that it waits for as well stays."""
    due_at = entry.due_at if entry.state == "planned" else None
    return replace(entry, state="planned", reason=reason, due_at=due_at, note=note)
