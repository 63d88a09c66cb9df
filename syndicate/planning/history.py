"""Reads from the ledger what flood control compares a reading with, and holds back what has to wait."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from syndicate.aliases import site_host
from syndicate.ledger import Ledger
from syndicate.ledger.articles import StoredArticle
from syndicate.model import ENCLOSED, Article, FloodLimits, Reading
from syndicate.model.dataclass import dataclass
from syndicate.planning.changes import Change
from syndicate.planning.flood_control import FEW, History, LikelyDuplicate, Pace, hold_back
from syndicate.planning.likeness import difference
from syndicate.planning.numbering import returned
from syndicate.planning.plan import Planned

KNOWN = 50  # articles of a source that show what its next ones look like
MANY = 3  # sites to which a source leads, from which on it may lead to any


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a reading brought: the anchors of all that it lists, in order, and of those that are `new` for an account.

    `unknown` are those listed that were not known before in any way. `newest` is the date of the newest article that
    was known. `stopped`: it is the first reading after a stop.
    """

    reading: Reading
    anchors: Sequence[str]
    unknown: Collection[str]
    new: Collection[str]
    newest: datetime | None
    stopped: bool = False

    @property
    def source(self) -> str:
        """The name of the source."""
        return self.reading.articles[0].source


def restrained(
    entries: list[Planned], fresh: Fresh, ledger: Ledger, floods: FloodLimits, now: datetime
) -> list[Planned]:
    """Apply flood control to the deliveries of one reading: what looks like a flood waits for approval."""
    going = {entry.candidate.anchor: entry for entry in entries if entry.state != "skipped"}
    if not going:
        return entries
    stories = {anchor: entry.candidate.article for anchor, entry in going.items()}
    led, own = _led_to(fresh, ledger), floods.hosts or frozenset()
    roams = floods.hosts is None or len({_site(host, own) for host in led}) >= MANY
    strangers = {} if roams else _strangers(stories, led | own)
    pace = _pace(going.values(), fresh, ledger, floods.burst, now) if floods.burst is not None else None
    before = History(
        listed=fresh.reading.entries,
        newest=fresh.newest,
        twins=_twins(stories, fresh, ledger) if floods.similar != "post" else {},
        strange=_strange(fresh, ledger, roams=roams),
        strangers=strangers,
        returned=_returned(stories, fresh, ledger),
        pace=pace,
        stopped=fresh.stopped,
    )
    ledger.floods.lead_to(fresh.source, _hosts(stories[each] for each in stories.keys() - strangers.keys()) - led)
    return hold_back(entries, fresh.new, before, floods)


def follow(changes: Iterable[Change], source: str, ledger: Ledger) -> None:
    """Record the hosts to which known articles of a source have moved, from hosts that were its own."""
    own = ledger.floods.hosts(source)
    moved = {site_host(after.url) for _, before, after in changes if site_host(before.url) in own} - own - {None}
    ledger.floods.lead_to(source, filter(None, moved))


def _led_to(fresh: Fresh, ledger: Ledger) -> set[str]:
    """The hosts to which a source led before this reading."""
    known = ledger.floods.hosts(fresh.source)
    if not known:
        known = ledger.floods.led_before(fresh.source, fresh.unknown)
        ledger.floods.lead_to(fresh.source, known)
    return known


def _hosts(articles: Iterable[Article]) -> set[str]:
    return {host for article in articles if (host := site_host(article.url)) and ENCLOSED not in article.raw}


def _site(host: str, own: Collection[str]) -> str:
    """What counts as one site: a host, or all the hosts of the publisher."""
    return "" if _belongs(host, own) else host


def _belongs(host: str, hosts: Collection[str]) -> bool:
    """Whether a host is one of these, below one of them, or the domain of one of them."""
    return any(host == each or host.endswith(f".{each}") or each.endswith(f".{host}") for each in hosts)


def _strangers(stories: Mapping[str, Article], hosts: Collection[str]) -> dict[str, str]:
    """The hosts, by anchor, of articles that lead to none of these."""
    places = {anchor: site_host(story.url) for anchor, story in stories.items() if ENCLOSED not in story.raw}
    return {anchor: host for anchor, host in places.items() if host and not _belongs(host, hosts)}


def _strange(fresh: Fresh, ledger: Ledger, *, roams: bool) -> str:
    """In what a reading differs from what is known of its source, if none of many listed was known; else ""."""
    listed = fresh.reading.articles
    if len(listed) <= FEW or len(fresh.unknown) < len(listed) or fresh.reading.known:
        return ""
    newest = ledger.articles.newest(fresh.source, KNOWN + len(listed), fresh.unknown)
    known = [each.article for each in newest[:KNOWN]]
    return difference(listed, known, fresh.newest, roams=roams) if known else ""


def _returned(stories: Mapping[str, Article], fresh: Fresh, ledger: Ledger) -> Collection[str]:
    """Anchors of old articles that come back as new ones, by the numbers in their addresses."""
    new = {anchor: story for anchor, story in stories.items() if anchor in fresh.unknown}
    return returned(new, ledger.floods.recent(fresh.source, KNOWN, fresh.unknown)) if len(new) > FEW else ()


def _pace(going: Iterable[Planned], fresh: Fresh, ledger: Ledger, burst: int, now: datetime) -> Pace | None:
    """How fast the source publishes; None where that cannot be too fast, or a person approved it."""
    count = sum(entry.priority > 0 for entry in going)
    came = ledger.floods.came(fresh.source, now, fresh.new)
    if len(came) + count <= burst or ledger.floods.is_calm(fresh.source, now):
        return None
    return Pace(came, ledger.floods.published(fresh.source, now), now)


def _twins(stories: Mapping[str, Article], fresh: Fresh, ledger: Ledger) -> dict[str, list[LikelyDuplicate]]:
    """Known articles that the new ones may repeat, by anchor."""

    def twin(known: StoredArticle, doubted: bool) -> LikelyDuplicate:
        return LikelyDuplicate(known.anchor, known.article, known.article.published or known.first_seen, doubted)

    alike = ledger.twins.alike(stories, fresh.new)
    found = {anchor: [twin(*known) for known in others] for anchor, others in alike.items()}
    for anchor, known in _replaced(stories, fresh, ledger).items():
        found[anchor].append(replace(twin(known, False), replaced=True))
    return found


def _replaced(stories: Mapping[str, Article], fresh: Fresh, ledger: Ledger) -> Mapping[str, StoredArticle]:
    """New articles that replace a known one, by anchor: it had exactly the same date, and is no longer listed though
    the list reaches back beyond it. Somebody corrected address and headline at once.
    """
    oldest = min((article.published for article in fresh.reading.articles if article.published), default=None)
    dated = {
        anchor: article
        for anchor, article in stories.items()
        if article.published is not None and oldest is not None and article.published > oldest
        if article.precision != "day"
    }
    gone = ledger.twins.of_one_instant(dated, {*fresh.anchors, *dated})
    return {anchor: others[0] for anchor, others in gone.items() if others}
