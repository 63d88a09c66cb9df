"""Polls the configured sources: picks those that are due, reserves them in the ledger, builds each reader."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from syndicate.aliases import site_host
from syndicate.app.sources import build
from syndicate.config.schema import Config
from syndicate.errors import PlatformError, SourceError
from syndicate.ingestion import interval
from syndicate.ingestion.poll import SOON, Polled, PollRules, again, in_maintenance, poll
from syndicate.ledger import Ledger
from syndicate.model import Account, FloodLimits
from syndicate.net.coalescing import Answers, Sharing
from syndicate.net.redaction import Mask
from syndicate.ports import Clock, Http, Source
from syndicate.sources.masked import masked

TRIES = 3
"""How often a server in maintenance is asked again, a minute apart, for a story that was named to us."""
_PAGES = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"


class Rounds:
    """Polls the configured sources. `door` gives the HTTP client, and is called when one is first needed.

    `notes` are for the person who runs this, such as that a source goes on under another name.
    """

    def __init__(
        self, config: Config, accounts: Sequence[Account], ledger: Ledger, door: Callable[[], Http], clock: Clock
    ) -> None:
        self._config = config
        self._sources = config.sources
        self._accounts = accounts
        self._ledger = ledger
        self._door = door
        self._clock = clock
        self._answers = Answers(clock)
        self._tries: dict[str, int] = {}
        self._resting: set[str] = set()
        self._stopped_since: datetime | None = None
        self._read_since: set[str] = set()
        self.notes: list[str] = []

    def register(self) -> None:
        """Let the ledger follow the names that the config gives to its sources. `notes` say which are new."""
        for old, new in self._ledger.source_names.follow({name: each.url for name, each in self._sources.items()}):
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
            self._accounts,
            self._ledger,
            PollRules(
                every=wanted.every,
                zone=wanted.timezone,
                breaking=self._config.breaking,
                floods=FloodLimits(wanted.burst, wanted.similar, None if wanted.links == "out" else self._hosts),
                backfill=backfill,
                hurries=self._tries.get(name, 0) > 0,
                follow=self._leads_to,
                stopped_since=None if name in self._read_since else self._stopped_since,
            ),
        )

    def reserve(self, names: Sequence[str]) -> list[str]:
        """Reserve the polls of these due sources, and of others at their addresses; returns those reserved."""
        ledger, taken = self._ledger, list[str]()
        with ledger.transaction():
            due = self._taken(names)
            for name in (name for name in names if name in due):
                twins = [twin for twin in self._twins.get(self._sources[name].url, ()) if twin not in due]
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
        """The names of sources by address, for addresses that several sources read."""
        named = defaultdict[str, list[str]](list)
        for source in self._sources.values():
            if "://" in source.url:
                named[source.url].append(source.name)
        return {url: names for url, names in named.items() if len(names) > 1}

    @functools.cached_property
    def _hosts(self) -> frozenset[str]:
        """The hosts of the site and of all sources: links that lead there are the publisher's own."""
        named = (address for source in self._sources.values() for address in (source.url, source.link or ""))
        return frozenset(host for url in (self._config.site.url, *named) if (host := site_host(url)))

    def _leads_to(self, address: str) -> str | None:
        """Where an article's address leads now; None where that cannot be told."""
        try:
            reply = self._door().call("GET", address, headers={"Accept": _PAGES})
        except PlatformError:
            return None
        return reply.url

    def _source(self, name: str, address: str) -> Source:
        """The reader of a configured source, at its present address."""
        wanted = self._sources[name]
        door = Sharing(self._door(), name, self._answers) if wanted.url in self._twins else self._door()
        memory, language = self._ledger.listings.of(name), self._config.site.language
        source = build(replace(wanted, url=address), door, self._clock, memory, language=language)
        return masked(source, Mask(self._config.secrets))
