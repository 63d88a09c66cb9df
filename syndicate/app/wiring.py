"""The composition root: config in, wired objects out. The only place that reads the environment,
the clock and the disk layout; everyone else is given values.
"""

from __future__ import annotations

import functools
import hashlib
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from syndicate.app.clock import now
from syndicate.app.ledger import Recorder, Rehearsal, open_copy, open_real
from syndicate.app.poller import Rounds
from syndicate.app.sources import PAGE, build, origins, read_file, web
from syndicate.config.schema import AccountConfig, Config, SourceConfig
from syndicate.errors import ConfigError, PlatformError, RenderError, SourceError
from syndicate.ledger.credentials import Session
from syndicate.ledger.notices import LAPSED
from syndicate.model import Account, Article, Delivery, Identity, Limits, Rendered, Validators
from syndicate.net.address_guard import bare
from syndicate.net.http import USER_AGENT, DryHttp, Guard, RequestsHttp
from syndicate.ports import Clock, Http, Platform, Refreshable

if TYPE_CHECKING:
    from syndicate.delivery.deliver import Lane, Timeouts
    from syndicate.delivery.gates import Gate
    from syndicate.delivery.preflight import Pages
    from syndicate.rendering.cards.order import Drawn, Order
    from syndicate.rendering.cards.studio import Studio
    from syndicate.rendering.environment import Templates
    from syndicate.rendering.photo import Pictures
    from syndicate.rendering.post import Renderer

LARGEST = 20_000_000  # bytes of a picture before it is fitted
_IN_ADDRESSES = "%:/?#[]@!$&'*+,;=~"
_LAPSED = "stories that grew too old while they waited for your yes"
IDENTITY_AGE = timedelta(days=1)


def _calling_card(site: str) -> str:
    """Who asks, for those who keep the server that is asked."""
    return f"{USER_AGENT} (+{quote(bare(site), safe=_IN_ADDRESSES)})"


def _same(option: str) -> str:
    """What stays the same of an option that says whose an account is, however an address in it is spelled."""
    from syndicate.aliases import urlkey

    return urlkey(option) or option


def _digest(words: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def _chance() -> float:
    import random

    return random.random()


class App:
    """One publisher's wired objects. `close` it, or use it in a `with`."""

    def __init__(
        self, config: Config, environ: Mapping[str, str], rehearsal: Rehearsal | None = None, clock: Clock | None = None
    ) -> None:
        self.config = config
        self._clock = clock or now
        self.rehearsal = rehearsal
        self.notes: list[str] = []
        self._lanes: dict[str, Lane] = {}
        self._dry_doors: dict[str, DryHttp] = {}
        self._guard = threading.RLock()
        self._paused: dict[str, str] = {}
        self._origins = origins(config)
        try:
            if rehearsal is None:
                self.ledger = open_real(config, environ, self._clock)
            else:
                self.ledger, self._paused = open_copy(config, environ, rehearsal, now)
        except BaseException:
            self._clear()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the ledger, and remove what was only for this run."""
        if "studio" in self.__dict__:
            self.studio.close()
        self.ledger.close()
        self._clear()

    def _clear(self) -> None:
        if self.rehearsal is not None:
            import shutil

            shutil.rmtree(self.rehearsal.folder, ignore_errors=True)

    @property
    def accounts(self) -> list[Account]:
        """The accounts that are not switched off, in the config's order."""
        return [entry.account for entry in self.config.accounts.values() if entry.enabled]

    def paused(self) -> dict[str, str]:
        """Accounts that are paused, and why: "auth" or "person"; in a rehearsal, as they really are."""
        now_paused = {row["name"]: row["paused"] for row in self.ledger.accounts.paused()}
        found = self._paused | now_paused
        return {account.name: found[account.name] for account in self.accounts if account.name in found}

    def register_accounts(self, *names: str) -> None:
        """Let the ledger know these accounts (all, unless some are named), and which login each now leads to."""
        from syndicate import platforms

        for name in names or [account.name for account in self.accounts]:
            entry = self.config.accounts[name]
            options = getattr(platforms.find(entry.account.platform), "whose", ())
            said = [str(getattr(entry.options, option)) for option in options]
            # Led to stand-ins, or with one for a secret, an account is still the same one: the question stays open.
            stand_in = (self.rehearsal is not None and not self.rehearsal.dry) or not self.config.complete(name)
            # An address is the same one with a slash at its end; ledgers from before know it as it was written.
            whose = () if stand_in else (_digest(map(_same, said)), _digest(said))
            self.ledger.accounts.ensure(entry.account, self.ledger.now(), *whose)

    # The way through

    def announce(self, article: Article) -> str:
        """Plan one article for every account; its anchor."""
        from syndicate.planning.apply import announce

        return announce(article, self.accounts, self.ledger, self.config.breaking)

    def deliver(self, delivery: Delivery) -> tuple[Delivery, tuple[str, ...]]:
        """Take one delivery as far as it goes now."""
        from syndicate.delivery.deliver import deliver

        lane = self.lane(delivery.account)
        door = self._dry_doors.get(delivery.account)
        if door is None:
            return deliver(delivery.key, lane, self.ledger, self.render, self.terms, self.gate)
        with self._guard:
            gallery = self.gallery
        seen: tuple[Delivery, tuple[str, ...]] = gallery.watch(
            delivery, door, self.render, lambda render: deliver(delivery.key, lane, self.ledger, render, self.terms)
        )
        return seen

    def try_templates(self) -> list[str]:
        """Render a sample story for every account; what its templates say against that."""
        site, faults = self.config.site, []
        at = self.ledger.now()
        sample = Article(
            "sample", f"{site.url}sample", "A sample story", "What it is about.", published=at, section="News > Sample"
        )
        for account in self.accounts:
            platform = self.lane(account.name).platform
            try:
                rendered = self.render(sample, account, platform, platform.limits, at=at, planned_at=at)
            except RenderError as fault:
                faults.append(f"{account.name}: {fault}")
            else:
                faults += [f"{account.name}: {warning}" for warning in rendered.warnings]
        return faults

    def verify(self, name: str) -> Identity:
        """Ask the network who an account is, and remember it."""
        from syndicate.delivery.deliver import with_session

        lane = self.lane(name)
        identity = with_session(lane, self.ledger, lane.platform.verify)
        self.ledger.accounts.identified(name, identity, self.ledger.now())
        return identity

    def settle(self, name: str) -> timedelta:
        """When a post of this account is surely visible; for one that left the config, a safe minute."""
        return self.lane(name).settle if name in self.config.accounts else timedelta(minutes=1)

    # What is made when it is first needed

    @functools.cached_property
    def rounds(self) -> Rounds:
        """The sources, and whose turn it is."""
        return Rounds(self.config, self.accounts, self.ledger, lambda: self.web, self._clock)

    @functools.cached_property
    def gallery(self) -> Recorder:
        """In a dry run: what each delivery came to."""
        return Recorder()

    def page(self, origin: str) -> Article:
        """One article from its page: an address, or a file with a saved page. Raises SourceError."""
        if "://" not in origin:
            found = read_file(Path(origin), None, self._clock, zone=self.config.site.timezone).articles
            if len(found) != 1:
                raise SourceError(f"{origin} lists {len(found)} articles; --article takes one")
            if not found[0].url:
                raise SourceError(
                    f"{origin} does not say at which address the article is (rel=canonical, og:url)",
                    hint="give its address instead of the file",
                )
            return found[0]
        self._origins.append(web(origin))  # typed by the user, so it may be on a private network
        wanted = SourceConfig(PAGE, origin, "page", timezone=self.config.site.timezone)
        return build(wanted, self.web, self._clock).fetch(Validators()).articles[0]

    def lane(self, name: str) -> Lane:
        """An account with its adapter, built once."""
        with self._guard:
            if name not in self._lanes:
                self._lanes[name] = self._build(self.config.accounts[name])
            return self._lanes[name]

    @functools.cached_property
    def gate(self) -> Gate:
        """What a delivery has to pass before it is sent."""
        from syndicate.delivery.gates import Gate

        return Gate(self.ledger, self.pages.look, self._patience)

    @functools.cached_property
    def pages(self) -> Pages:
        """Looks at the articles' own pages."""
        from syndicate.delivery.preflight import Pages
        from syndicate.sources.formats.page import claims

        return Pages(self.web, claims, self.pictures.original, self.ledger.now)

    def resume(self, name: str) -> tuple[bool, int]:
        """Let a paused account post again; whether it was paused, and how many stories are old news by now."""
        return self.ledger.resume(self.config.accounts[name].account)

    def rendered(self, delivery: Delivery) -> tuple[Rendered, str]:
        """A delivery as it would go out now, with the digest an approval binds to.

        Raises RenderError, PlatformError.
        """
        from syndicate import serialization

        lane, at = self.lane(delivery.account), self.ledger.now()
        article = self.ledger.articles.find(delivery.anchor).article
        planned_at = delivery.planned_at
        made = self.render(article, lane.account, lane.platform, lane.limits(), at=at, planned_at=planned_at)
        return made, serialization.digest(serialization.post_record(made.post))

    def watch(self, most: int) -> list[str]:
        """Look at the pages of announced stories whose turn it is, at most so many; keys of deletions this plans."""
        from syndicate.ingestion.withdrawals import watch

        def watched(source: str) -> bool:
            return self._patience(source) is not None

        return watch(self.pages.gone, watched, self.accounts, self.ledger, most=most)

    def run_housekeeping(self) -> list[str]:
        """What needs nobody: pauses that end, stories whose hour has come, stories grown too old.

        What an account that left the config sent without an answer cannot be looked up: a person decides.
        Returns what a person should hear of it.
        """
        at = self.ledger.now()
        for name in self.ledger.deliveries.unclear():
            if name not in self.config.accounts:
                for delivery in self.ledger.deliveries.search(states=("unknown",), accounts=(name,)):
                    self.ledger.claims.leave(delivery, "held", "no_answer", now=at, due_at=None)
        for word in self.ledger.pauses.lapsed(at):
            self.ledger.end_pause(word, self.accounts)
        for name in self.ledger.accounts.lapsed(at):
            self.resume(name)
        lapsed = self.ledger.backlog.expire(at)
        self.ledger.backlog.release(at)
        told = {name: f"{name}: {_LAPSED}: {count}" for name, count in lapsed.items()}
        for name, words in told.items():
            self.ledger.notices.happened(LAPSED, name, words, at)
        return list(told.values())

    def _patience(self, source: str) -> timedelta | None:
        found = self.config.sources.get(source)
        return found.preflight if found is not None else None

    @functools.cached_property
    def terms(self) -> Timeouts:
        """How long a claim lasts and a request may take."""
        from syndicate.delivery.deliver import Timeouts

        return Timeouts(self.config.lease, self.config.network.timeout, _chance)

    @functools.cached_property
    def web(self) -> Http:
        """The door for feeds, pages and pictures: guarded, since their addresses come from outside."""
        network = self.config.network
        guard = Guard(allow=network.allow, origins=self._origins)
        return self._requests(guard=guard, max_body=LARGEST, name=_calling_card(self.config.site.url))

    @functools.cached_property
    def templates(self) -> Templates:
        """The publisher's templates, then the built-in ones."""
        from syndicate.rendering.environment import Templates, builtin_templates

        if self.config.templates is not None and not self.config.templates.is_dir():
            self.notes.append(f"templates: {self.config.templates} is no folder; the built-in texts are used")
        own = [self.config.templates] if self.config.templates else []
        return Templates([*own, builtin_templates()])

    @functools.cached_property
    def pictures(self) -> Pictures:
        """Fetches and fits pictures; each is fetched once."""
        from syndicate.rendering.photo import Pictures

        return Pictures(self.web)

    @functools.cached_property
    def studio(self) -> Studio:
        """Draws cards, in a process of its own."""
        from syndicate.rendering.cards.studio import Studio
        from syndicate.rendering.environment import builtin_templates

        return Studio([*([self.config.templates] if self.config.templates else []), builtin_templates()])

    def render(
        self,
        article: Article,
        account: Account,
        platform: Platform,
        limits: Limits,
        *,
        at: datetime,
        planned_at: datetime,
    ) -> Rendered:
        """An article as one account's post."""
        with self._guard:
            renderer = self.renderer
        return renderer.render(article, account, platform, limits, at=at, planned_at=planned_at)

    @functools.cached_property
    def renderer(self) -> Renderer:
        """Makes posts of articles."""
        from syndicate.rendering.post import Renderer

        return Renderer(self.templates, self.pictures, self._draw, self.config.site)

    def _draw(self, order: Order, photo: bytes | None) -> Drawn:
        with self._guard:
            studio = self.studio
        return studio.draw(order, photo)

    def _build(self, entry: AccountConfig) -> Lane:
        from syndicate import platforms
        from syndicate.delivery.deliver import Lane

        adapter = platforms.find(entry.account.platform)
        door = self._door(adapter, entry)
        platform = adapter(entry.options, door, Session(self.ledger.credentials, entry.account.name))
        account, settle = entry.account, entry.account.settle
        return Lane(
            account=account,
            platform=platform,
            limits=functools.partial(self._limits, account.name, platform),
            settle=timedelta(seconds=platform.settle) if settle is None else settle,
            refresh=platform.refresh if isinstance(platform, Refreshable) else None,
        )

    def _door(self, adapter: type[Platform], entry: AccountConfig) -> Http:
        own = getattr(adapter, "door", None)
        stand_in = self.rehearsal is not None and not self.rehearsal.dry  # on this machine: no proxy may see it
        door: Http = own(entry.options, self._clock) if own else self._requests(proxied=not stand_in)
        if self.rehearsal is None or not self.rehearsal.dry:
            return door
        dry = self._dry_doors[entry.account.name] = DryHttp(door, self._clock, secrets=self.config.secrets)
        return dry

    def _requests(
        self, guard: Guard | None = None, max_body: int = 10_000_000, *, proxied: bool = True, name: str = USER_AGENT
    ) -> RequestsHttp:
        network = self.config.network
        return RequestsHttp(
            clock=self._clock,
            timeout=network.timeout.total_seconds(),
            secrets=self.config.secrets,
            guard=guard,
            proxy=network.proxy if proxied else None,
            max_body=max_body,
            user_agent=name,
        )

    def _limits(self, name: str, platform: Platform) -> Limits:
        """A platform's limits, with what its server states: read once a day."""
        if not platform.limits.stated:
            return platform.limits
        state = self.ledger.accounts.find(name)
        identity = state.identity if state else None
        if identity is None or state is None or self.ledger.now() - (state.identity_at or now()) > IDENTITY_AGE:
            try:
                identity = platform.verify()
            except PlatformError as fault:
                if self.rehearsal is None or not self.rehearsal.dry:
                    raise
                self.notes.append(
                    f"{name}: its server's limits could not be read, the usual ones are assumed ({fault})"
                )
                identity = Identity("", "")
            self.ledger.accounts.identified(name, identity, self.ledger.now())
        return replace(platform.limits, **identity.limits)  # type: ignore[arg-type] # names of Limits fields


def config_path(given: str | None, environ: Mapping[str, str] | None = None) -> Path:
    """`--config`, else $SYNDICATE_CONFIG, else config.yaml here."""
    return Path(given or (environ if environ is not None else os.environ).get("SYNDICATE_CONFIG") or "config.yaml")


def load(path: Path, environ: Mapping[str, str], *, fill: bool = False) -> Config:
    """Read the config; `fill` gives secrets that are not set a stand-in, for runs that send nothing."""
    from syndicate.config.reader import load as read

    if path.is_dir():
        raise ConfigError(f"{path} is a folder, not a config file")
    return read(path, environ, fill=fill)
