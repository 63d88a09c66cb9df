"""Builds all objects of a run from its config, and connects them.

Only `app/` reads the environment, the clock and the disk layout; other code is given values.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

from syndicate.app.accounts import Lanes
from syndicate.app.clock_watch import ClockWatch
from syndicate.app.doors import Doors
from syndicate.app.identities import Identities
from syndicate.app.poller import Rounds
from syndicate.app.renderers import Renderers
from syndicate.app.renewals import Renewals
from syndicate.app.runs import KindOfRun
from syndicate.app.word_back import WordBack
from syndicate.config.schema import Config
from syndicate.ledger.recovery import Noticed
from syndicate.model import Account, Article, Backing, Delivery, LinkCard, site_of
from syndicate.ports import Guarded, Platform, RecordNaming

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from syndicate.delivery.ahead import Ahead, Queue
    from syndicate.delivery.gates import Gate, Names
    from syndicate.delivery.lane import Timeouts
    from syndicate.delivery.look_first import Looked
    from syndicate.delivery.preflight import Pages
    from syndicate.delivery.publication_records import PublicationRecords


class App:
    """All objects of one run. `close` it, or use it in a `with`."""

    def __init__(self, kind: KindOfRun) -> None:
        self.kind = kind
        self.config = config = kind.config
        self.ledger = kind.ledger
        self.accounts = config.enabled
        self.doors = Doors(config, kind.clock)
        self.watch = ClockWatch(kind.clock, self.doors.times, self.doors.ask_the_time)
        self.ledger.doubt = self.watch.doubt
        self.renderer = Renderers(
            config, lambda: self.doors.web, self._backing, self.ledger, tells=not kind.writes_back
        )
        self.lanes = Lanes(kind, self.doors)
        self.identities = Identities(kind, self.lanes)
        self.renewals = Renewals(kind, self.lanes)
        self.rounds = Rounds(config, self.accounts, self.ledger, lambda: self.doors.web, kind.clock)
        self.word_back = WordBack(kind, self.doors)
        self._given: set[str] = set()
        self._lock = threading.RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the ledger, and remove what was only for this run."""
        self.renderer.close()
        self.kind.close()

    @property
    def configured(self) -> dict[str, Account]:
        """Every account of the config by its name, switched off or not."""
        return {name: entry.account for name, entry in self.config.accounts.items()}

    def follow_names(self) -> list[str]:
        """Let the ledger follow the names of accounts and sources in the config. Returns notes about what changed."""
        self.rounds.register()
        self.lanes.follow()
        return self.new_notes()

    def register(self) -> None:
        """Create or update the ledger's rows of all sources and enabled accounts, by the names that they have now."""
        self.rounds.register()
        self.lanes.register_all()

    @property
    def notes(self) -> list[str]:
        """Notes for the person who runs this, such as that a templates folder is missing."""
        return [*self.ledger.notes, *self.renderer.notes, *self.rounds.notes, *self.lanes.notes]

    def new_notes(self) -> list[str]:
        """Notes about names, logins and the ledger's files that no earlier call gave."""
        told = (*self.ledger.notes, *self.rounds.notes, *self.lanes.notes)
        found = [note for note in told if note not in self._given]
        self._given.update(found)
        return found

    def deliver(self, delivery: Delivery, ahead: Ahead | None = None) -> tuple[Delivery, tuple[str, ...]]:
        """Send one delivery as far as that is possible now, and what is ready `ahead`. Returns it as it is afterwards,
        and warnings.
        """
        from syndicate.delivery.deliver import deliver

        lane = self.lanes.of(delivery.account)
        with self._lock:
            timeouts, gate = self.timeouts, self.gate
        return self.kind.carry_out(
            delivery,
            self.renderer.approved(delivery),
            lambda render: deliver(delivery.key, lane, self.ledger, render, timeouts, gate, ahead),
        )

    def ahead(self, account: str, queue: Queue, going: Callable[[], bool]) -> list[Ahead]:
        """What an account sends right after its next delivery; nothing where each is carried out by itself."""
        from syndicate.delivery.ahead import Ahead

        if not self.kind.works_ahead:
            return []
        lane = self.lanes.of(account)
        with self._lock:
            gate = self.gate
        return [Ahead(lane, self.ledger, gate, self.renderer.approved, queue, going)]

    def begin_run(self, *, usual: timedelta | None = None) -> Noticed:
        """Count the start of a run, and notice a restored ledger or a long stop; accounts then look before they post.

        `usual` is the gap between the heartbeats of a daemon.
        """
        return self.ledger.recovery.begin(asks=self.config.recover == "ask", usual=usual)

    def look_first(self, account: str, *, now: bool = False) -> Looked:
        """Have an account ask its network what it has already, if it has to look before it posts."""
        from syndicate.delivery.look_first import look_first

        lane = self.lanes.of(account)
        with self._lock:
            timeouts = self.timeouts
        return look_first(lane, self.ledger, timeouts, now=now)

    def show(self, delivery: Delivery) -> None:
        """In a dry run: record a waiting delivery as it would be sent now. Raises RenderError, PlatformError."""
        from syndicate.delivery.rehearse import rehearse

        lane = self.lanes.of(delivery.account)
        self.kind.carry_out(
            delivery, self.renderer.approved(delivery), lambda render: rehearse(delivery, lane, self.ledger, render)
        )

    # What is made when it is first needed, since its imports take time

    @functools.cached_property
    def gate(self) -> Gate:
        """The checks that a delivery has to pass before it is sent."""
        from syndicate.delivery.gates import Gate

        return Gate(
            self.ledger, self.pages.look, self.config.patience, canonical=self.pages.canonical, names=self.names
        )

    def names(self, account: str) -> Names:
        """The names that an article of an account's site may use in what it says itself of its posts."""
        from syndicate.delivery.gates import Names

        ours = [each.account for name, each in self.config.accounts.items() if site_of(name) == site_of(account)]
        own = {each.name.rpartition("/")[2].casefold() for each in ours} | {each.platform for each in ours}
        return Names(frozenset(own), self._networks)

    @functools.cached_property
    def _networks(self) -> frozenset[str]:
        from syndicate import platforms

        return frozenset(platforms.names())

    @functools.cached_property
    def pages(self) -> Pages:
        """Opens the articles' own pages, to check them and their pictures."""
        from syndicate.delivery.preflight import Pages

        def claims(body: bytes, url: str, content_type: str | None) -> tuple[list[str], str | None, dict[str, str]]:
            from syndicate.sources.formats import page

            return page.claims(body, url, content_type)

        return Pages(self.doors.web, claims, self.renderer.picture, self.ledger.now)

    @functools.cached_property
    def publication_records(self) -> PublicationRecords:
        """Looks up the records that back link cards."""
        from syndicate.delivery.publication_records import PublicationRecords

        return PublicationRecords(self._named_records, self.doors.web.within, self.ledger.now)

    def _named_records(self, article: Article, http: Guarded) -> Mapping[str, str] | None:
        """The records that an article's page names; None where its source has no look at pages."""
        return self.pages.records(article, http) if self.config.patience(article.source) is not None else None

    def _backing(self, article: Article, platform: Platform, card: LinkCard) -> Backing | None:
        if not isinstance(platform, RecordNaming):
            return None
        with self._lock:
            records = self.publication_records
        return records.of(article, platform, card)

    @functools.cached_property
    def timeouts(self) -> Timeouts:
        """How long a claim lasts, and how long a request may take."""
        import random

        from syndicate.delivery.lane import Timeouts

        return Timeouts(self.config.lease, self.config.network.timeout, random.random)


def config_path(given: str | None, environ: Mapping[str, str] | None = None) -> Path:
    """The path of the config: `--config`, else $SYNDICATE_CONFIG, else config.yaml in this folder."""
    return Path(given or (environ if environ is not None else os.environ).get("SYNDICATE_CONFIG") or "config.yaml")


def load(path: Path, environ: Mapping[str, str], *, fill: bool = False) -> Config:
    """Read the config; with `fill`, secrets that are not set get stand-ins. Raises ConfigError."""
    from syndicate.config.reader import load as read

    return read(path, environ, fill=fill)
