"""One run: polls the sources, plans what is new, and delivers what is due, with one thread for each account."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from syndicate.app.advice import recovery_notes
from syndicate.app.clock_watch import HINT
from syndicate.app.engines.run_account import RunAccount
from syndicate.app.engines.run_closing import close
from syndicate.app.engines.run_sources import read_sources
from syndicate.app.engines.run_state import RunResult, RunState
from syndicate.app.engines.run_threads import together
from syndicate.app.site_choice import site_for
from syndicate.app.sources import read_article
from syndicate.app.stops import Stops
from syndicate.app.wiring import App
from syndicate.delivery.housekeeping import run_housekeeping
from syndicate.errors import PlatformError, RenderError, SyndicateError
from syndicate.model import Delivery, site_of


class Run:
    """A run under way: about all, about some sources or accounts, or about one article that a person names.

    `progress` gets each delivery when it ends; `stop` ends the run early.
    """

    def __init__(
        self,
        app: App,
        *,
        sources: Sequence[str] = (),
        accounts: Sequence[str] = (),
        progress: Callable[[Delivery], None] = lambda _: None,
        stop: threading.Event | None = None,
    ) -> None:
        self._app = app
        self.state = RunState(app, sources, accounts, progress, stop or threading.Event())
        self._stops = Stops()
        self._begun = False

    @property
    def outcome(self) -> RunResult:
        """What it did so far."""
        return self.state.outcome

    def poll(self, names: Sequence[str], backfill: Callable[[str], int]) -> None:
        """Read the sources; `backfill` gives how many articles of each are planned whatever their age."""
        self._begin()
        read_sources(names, backfill, self.state)

    def _begin(self) -> None:
        """Register the accounts, and count the run: before anything is asked of a site or a network, and once."""
        if self._begun:
            return
        self._begun = True
        self._stops.look(self._app)
        self._app.register()
        self.outcome.notes.extend(recovery_notes(self._app.begin_run(), self._app.config.ledger.name))

    def announce(
        self, origin: str, *, again: Callable[[Sequence[Delivery]], bool] = lambda _: False, at_once: bool = False
    ) -> None:
        """Plan one article that a person named by address or file; this run then sends nothing else.

        `again` says whether posts of it that were deleted are sent again. `at_once`: past hours and spacing.
        """
        from syndicate.planning.apply import announce

        app = self._app
        self._begin()
        known: str | None = None
        try:
            site = site_for(origin, self.state.accounts, app.config, app.ledger)
            own, accounts = app.config.of(f"{site}/"), [each for each in app.accounts if site_of(each.name) == site]
            self.state.accounts = self.state.accounts or [each.name for each in accounts]
            known = app.ledger.articles.at(origin, f"{site}/")
            if known is None or not self._all_posted(known):
                article = read_article(origin, app.doors, app.kind.clock, zone=own.site.timezone, site=site)
                known = announce(article, accounts, app.ledger, own.breaking)
        except SyndicateError as fault:
            self.outcome.faults.append(fault)
            self.state.unread = True
            return
        from syndicate.app.engines import send_again

        gone = send_again.deleted(known, self.state.wanted, app)
        if gone and again(gone):
            self.send_again(gone)
        else:
            self.outcome.faults.extend(map(send_again.refusal, gone))
        self.state.anchor = known
        if at_once:
            app.ledger.backlog.hurry(known, self.state.wanted, app.ledger.now())
        for delivery in app.ledger.deliveries.search(anchor=known, accounts=[each.name for each in app.accounts]):
            if delivery.reason != "deleted" and not _is_done(delivery):
                self.state.take_up(delivery.key)

    def send_again(self, posts: Sequence[Delivery]) -> None:
        """Plan deleted posts of one article anew; this run then sends nothing else."""
        from syndicate.app.engines import send_again

        self._app.lanes.register()
        keys, notes = send_again.replan(posts, self._app)
        self.outcome.notes.extend(notes)
        self.state.anchor = posts[0].anchor
        for key in keys:
            self.state.take_up(key)

    def say_again(self, origin: str, text: str | None, *, at_once: bool = False) -> None:
        """Plan one article that was posted before once more, in other words; this run then sends nothing else."""
        from syndicate.app.engines.say_again import plan_by_hand

        self._begin()
        self._app.lanes.register()
        try:
            planned = plan_by_hand(origin, text, self.state.accounts, self._app, at_once=at_once)
        except SyndicateError as fault:
            self.outcome.faults.append(fault)
            self.state.unread = True
            return
        self.state.anchor, self.state.unread = planned.anchor, not planned.keys
        self.outcome.faults.extend(planned.faults)
        self.outcome.notes.extend(planned.notes)
        for key in planned.keys:
            self.state.take_up(key)

    def take_up_waiting(self) -> None:
        """For a dry run: take up all deliveries that wait, for whatever reason."""
        waiting = self._app.ledger.deliveries.search(
            states=("planned", "due"), sources=self.state.sources, accounts=self.state.accounts
        )
        for delivery in waiting:
            self.state.took_up(delivery)

    def show_waiting(self) -> None:
        """For a dry run: render what was taken up and not sent, as it would be sent now."""
        for key, began in self.outcome.began.items():
            exhibit, found = self._app.kind.recordings.get(key), self._app.ledger.deliveries.find(key)
            if found is None or found.action != "post" or (exhibit and exhibit.post):
                continue
            if found.state not in ("planned", "due"):
                continue
            try:
                self._app.show(found)
            except (RenderError, PlatformError) as fault:
                self.outcome.notes.append(f"{began.account}: {fault}")

    def waiting(self) -> int:
        """How many deliveries this run has taken up that may still be sent."""
        return sum(delivery.state in ("due", "unknown") for delivery in self.outcome.began.values())

    def _all_posted(self, anchor: str) -> bool:
        found = self._app.ledger.deliveries.search(states=("posted",), anchor=anchor)
        return {each.account for each in found if each.action == "post"}.issuperset(self.state.wanted)

    def deliver(self, wait: timedelta = timedelta(0)) -> None:
        """Deliver what is due, with one thread for each account; then, for up to `wait`, what falls due meanwhile."""
        app = self._app
        self._begin()
        self._settle()
        app.ledger.database.sync()  # what was read: the disk has it, as a rule, since something else was written
        self.outcome.notes.extend(run_housekeeping(app.ledger, app.accounts, app.configured, app.config.rests))
        app.ledger.claims.sweep(app.ledger.now(), app.lanes.settle)
        app.ledger.backlog.retry(app.ledger.now())
        self._plan_by_rule()
        chosen = self.state.accounts
        accounts = [account.name for account in app.accounts if not chosen or account.name in chosen]
        self.state.ends = time.monotonic() + wait.total_seconds()
        self._send(accounts)
        close(accounts, self.state)
        self.outcome.dropped.extend(app.ledger.dropped.take())
        app.kind.ended = True

    def _send(self, accounts: Sequence[str]) -> None:
        """Deliver for each account with work, on a thread of its own."""
        looking = self._app.ledger.recovery.pending()
        parts = {name: RunAccount(name, self.state) for name in accounts}
        busy = [part.drain for name, part in parts.items() if name in looking or part.has_work()]
        together(busy, self.state.stop, self._app)

    def _plan_by_rule(self) -> None:
        """Plan what accounts post again by their rules, where this run is about everything."""
        if self.state.is_whole and any(account.again for account in self._app.accounts):
            from syndicate.app.engines.say_again import plan_by_rule

            for key in plan_by_rule(self._app, self.state.wanted)[0]:
                self.state.take_up(key)

    def _settle(self) -> None:
        """Say if the clock is doubted; else what was due during a stop goes out as `catch_up` says."""
        doubt = self._stops.settle(self._app)
        if doubt is not None and doubt.words:
            self.outcome.faults.append(SyndicateError(doubt.words, hint=HINT))


def _is_done(delivery: Delivery) -> bool:
    """Whether it is a deletion that is done, of which there is nothing more to tell."""
    return delivery.action == "delete" and delivery.state == "posted"
