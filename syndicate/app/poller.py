"""Polls the configured sources: picks those that are due, reserves them in the ledger, builds each reader."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from syndicate.aliases import site_host
from syndicate.app.sources import build, has_threads
from syndicate.config.schema import Config
from syndicate.errors import PlatformError, SourceError
from syndicate.ingestion import interval
from syndicate.ingestion.poll import SOON, Polled, PollRules, again, in_maintenance, poll
from syndicate.ledger import Ledger
from syndicate.model import Account, FloodLimits, site_of
from syndicate.net.coalescing import Answers, Sharing
from syndicate.net.redaction import Mask
from syndicate.ports import Clock, Http, Source, on_behalf_of
from syndicate.sources.masked import masked

TRIES = 3
"""How often a server in maintenance is asked again, a minute apart, for a story that was named to us."""
_PAGES = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"


class Rounds:
    """Polls the configured sources. `door` gives the HTTP client, and is called when one is first needed.

    `notes` are for the person who runs this, such as that a source goes on under another name. `anew`: before the
    first reading of this ledger, the accounts were asked what they have.
    """

    def __init__(
        self, config: Config, accounts: Sequence[Account], ledger: Ledger, door: Callable[[], Http], clock: Clock
    ) -> None:
        self._config = config
        self._sources = config.sources
        self._accounts: dict[str, list[Account]] = {}
        for account in accounts:
            self._accounts.setdefault(site_of(account.name), []).append(account)
        self._ledger = ledger
        self._door = door
        self._clock = clock
        self._answers = Answers(clock)
        self._tries: dict[str, int] = {}
        self._resting: set[str] = set()
        self._stopped_since: datetime | None = None
        self._read_since: set[str] = set()
        self.anew = False
        self.notes: list[str] = []

    def register(self) -> None:
        """Let the ledger follow the names that the config gives to its sources. `notes` say which are new."""
        wanted = {name: each.url for name, each in self._sources.items()}
        for old, new in self._ledger.source_names.follow(wanted, self._config.rests):
            self.notes.append(f"{new}: the source that was named {old}; it goes on where that one stood")

    def poll(self, name: str, backfill: int = 0) -> Polled:
        """Read one source now, and record and plan what is new. Raises SourceError."""
        try:
            polled = self._poll(name, backfill)
        except SourceError as fault:
            if in_maintenance(fault):
                self._resting.add(name)
                if name in self._tries:
                    self._tries[name] = max(0, self._tries[name] - 1)
            raise
        self._resting.discard(name)
        self._tries.pop(name, None)
        self._read_since.add(name)
        return polled

    def stopped(self, since: datetime) -> None:
        """Nothing ran since then: what each source published meanwhile goes out in turn."""
        self._stopped_since = since
        self._read_since.clear()

    def expect(self, names: Iterable[str]) -> None:
        """A story of these sources was named to us: a server in maintenance is asked again for it, TRIES times."""
        for name in names:
            if name not in self._resting:
                self._tries[name] = TRIES
            elif name not in self._tries:
                self._tries[name] = TRIES - 1  # the first of them is this one
                self._ledger.sources.relent(name, self._ledger.now() + SOON)

    def _poll(self, name: str, backfill: int) -> Polled:
        wanted = self._sources[name]
        state = self._ledger.sources.ensure(name, wanted.url)
        return poll(
            self._source(name, state.address or wanted.url),
            state,
            self._accounts.get(site_of(name), []),
            self._ledger,
            PollRules(
                every=wanted.every,
                zone=wanted.timezone,
                breaking=self._config.of(name).breaking,
                floods=FloodLimits(wanted.burst, wanted.similar, None if wanted.links == "out" else self._own(name)),
                backfill=backfill,
                hurries=self._tries.get(name, 0) > 0,
                follow=functools.partial(self._leads_to, name),
                anew=self.anew,
                stopped_since=None if name in self._read_since else self._stopped_since,
            ),
        )

    def reserve(self, names: Sequence[str]) -> list[str]:
        """Reserve the polls of these due sources, and of others at their addresses; returns those reserved."""
        ledger, taken = self._ledger, list[str]()
        with ledger.transaction():
            due = self._taken(names)
            for name in (name for name in names if name in due):
                twins = [twin for twin in self._twins.get(name, ()) if twin not in due]
                taken += [name, *(self._taken(twins, early=True) if twins else ())]
        return list(dict.fromkeys(taken))

    def _taken(self, names: Sequence[str], *, early: bool = False) -> set[str]:
        """Write down the next polls of these sources, one statement for each time; returns those written."""
        sources, groups = self._sources, defaultdict[datetime, list[str]](list)
        now = self._ledger.now()
        for name in names:
            groups[again(name, sources[name].url, self._ledger, sources[name].every, now)].append(name)
        reserve = self._ledger.sources.reserve
        taken = [reserve(group, now=now, next_poll_at=moment, early=early) for moment, group in groups.items()]
        return {name for group in taken for name in group}

    def begin(self) -> None:
        """At the start: bring forward polls that `every` no longer allows so late, and spread overdue ones."""
        ledger = self._ledger
        now = ledger.now()
        with ledger.transaction():
            for name, at in ledger.sources.appointments(now):
                every = self._sources[name].every if name in self._sources else None
                if every is not None and at > now + every.most:
                    ledger.sources.advance(name, now + every.most)
        self._spread()

    def _spread(self) -> None:
        """Postpone the overdue sources of one site, so that they are not all read at once."""
        ledger, overdue = self._ledger, defaultdict[str, list[str]](list)
        due = ledger.sources.due(ledger.now())
        for name in due:
            if name in self._sources and ledger.sources.baseline(name) is not None:
                overdue[self.host(name, due[name])].append(name)
        with ledger.transaction():
            for name in (name for names in overdue.values() if len(names) > 1 for name in names):
                ledger.sources.postpone(name, interval.spread(name, self._sources[name].every, ledger.now()))

    def host(self, name: str, address: str | None) -> str:
        """The host of a source's address (None: the configured one); for a path, a name that no other source has."""
        return urlsplit(address or self._sources[name].url).netloc.rpartition("@")[2].lower() or f" {name}"

    @functools.cached_property
    def _twins(self) -> dict[str, list[str]]:
        """By source, the names of all with its address and its `own`, where there are several."""
        named = defaultdict[tuple[str, bool | None], list[str]](list)
        for source in self._sources.values():
            if "://" in source.url:
                named[source.url, source.own].append(source.name)
        return {name: names for names in named.values() if len(names) > 1 for name in names}

    @functools.cached_property
    def _hosts(self) -> dict[str, frozenset[str]]:
        """By site, its hosts and those of all its sources: links that lead there are the publisher's own."""
        named = defaultdict[str, list[str]](list)
        for name, source in self._sources.items():
            named[site_of(name)] += [self._config.of(name).site.url, source.url, source.link or ""]
        return {site: frozenset(filter(None, map(site_host, addresses))) for site, addresses in named.items()}

    @functools.cached_property
    def _mask(self) -> Mask:
        """Of all secrets: with many sites, to spell them anew for each source took most of a run."""
        return Mask(self._config.secrets)

    def _own(self, name: str) -> frozenset[str]:
        """The hosts that are the publisher's own, for a source's site."""
        return self._hosts[site_of(name)]

    def _leads_to(self, name: str, address: str) -> str | None:
        """Where the address of a source's article leads now; None where that cannot be told."""
        try:
            reply = on_behalf_of(self._door(), name).call("GET", address, headers={"Accept": _PAGES})
        except PlatformError:
            return None
        return reply.url

    def _source(self, name: str, address: str) -> Source:
        """The reader of a configured source, at its present address."""
        wanted = self._sources[name]
        door = on_behalf_of(self._door(), name)
        door = Sharing(door, name, self._answers) if name in self._twins else door
        memory, language = self._ledger.listings.of(name), self._config.of(name).site.language
        words = has_threads(self._config, name)
        source = build(replace(wanted, url=address), door, self._clock, memory, language=language, words=words)
        return masked(source, self._mask)
