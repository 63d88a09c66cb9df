"""One run: polls the sources, plans what is new, and delivers what is due, with one thread for each account."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from syndicate.app.advice import recovery_notes
from syndicate.app.clock_watch import HINT
from syndicate.app.engines import send_again
from syndicate.app.site_choice import site_for
from syndicate.app.sources import read_article
from syndicate.app.stops import Stops
from syndicate.app.wiring import App
from syndicate.app.word_back import PATIENCE
from syndicate.delivery.housekeeping import run_housekeeping
from syndicate.errors import AuthError, PlatformError, RenderError, SyndicateError, prefixed
from syndicate.ingestion.poll import Polled
from syndicate.ledger.dropped import Drop
from syndicate.ledger.elsewhere import Settled
from syndicate.model import Delivery, StoryWarning, site_of
from syndicate.model.dataclass import dataclass

if TYPE_CHECKING:
    from syndicate.delivery.ahead import Ahead
    from syndicate.delivery.next import Taken

POLLERS = 16  # threads at most that read sources: while all wait for servers
FEW = 2  # of them at first: threads that compute slow each other down, since one runs at a time
IDLE = 0.5  # of one core: with less, this process waits for servers
WATCH = 0.2  # seconds between two looks at the threads
AT_ONCE = 32  # accounts that use the ledger or a network at a time: more would only wait for each other's commits
BUSY_WAIT = 0.05  # seconds between tries of an account for which another process sends
SHELVED = 0.05  # seconds for putting finished stories on the shelf
WATCHED = 20  # published pages that are checked again in one run
LONGEST_NAP = 1.0  # seconds; bounds how late a stop or a clock that was set is noticed
GRACE = 8.0  # seconds for the request in flight when asked to stop


@dataclass
class RunResult:
    """What a run did, in the order in which deliveries were planned or taken up.

    By key: `began` is each delivery as the run took it up, `claimed` as it was right before its claim. `looks`
    are those of a source's first run, which a real one does not post. `faults` are errors of no one delivery.
    `dropped` is what was skipped because it waited too long. `stopped`: it was told to end early. `waits` are accounts
    that have to wait at its end, each with the first in its queue. `ended` are those that it took up, as they are at
    its end; None until somebody asks. `unheard`: why those of the setting `after` were not told of everything.
    """

    polled: list[Polled] = field(default_factory=list)
    faults: list[SyndicateError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    began: dict[str, Delivery] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    claimed: dict[str, Delivery] = field(default_factory=dict)
    looks: set[str] = field(default_factory=set)
    dropped: list[Drop] = field(default_factory=list)
    stopped: bool = False
    waits: dict[str, str] = field(default_factory=dict)
    ended: list[Delivery] | None = None
    unheard: list[SyndicateError] = field(default_factory=list)


class Run:
    """A run under way. `progress` gets each delivery when it ends; `stop` ends the run early."""

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
        self._sources = sources
        self._accounts = accounts
        self._anchor: str | None = None
        self._unread = False  # the article that this run is about could not be read
        self.progress = progress
        self.stop = stop or threading.Event()
        self.outcome = RunResult()
        self._guard = threading.Lock()
        self._at_work = threading.BoundedSemaphore(AT_ONCE)
        self._ends = 0.0  # of the waiting, by time.monotonic
        self._stops = Stops()
        self._begun = False

    def _begin(self) -> None:
        """Register the accounts, and count the run: before anything is asked of a site or a network, and once."""
        if self._begun:
            return
        self._begun = True
        self._stops.look(self._app)
        self._app.register()
        self.outcome.notes.extend(recovery_notes(self._app.begin_run(), self._app.config.ledger.name))

    def poll(self, names: Sequence[str], backfill: Callable[[str], int]) -> None:
        """Read the sources, several at a time; one that fails does not stop the others."""
        self._begin()
        if self._app.kind.begins is not None and not any(map(backfill, names)):
            from syndicate.app.engines.first_look import first_look

            first_look(self._app)
        waiting, database = list(reversed(names)), self._app.ledger.database

        def work() -> None:
            with database.relaxed():  # else thousands of readings wait for the disk, one after the other
                while waiting and not self.stop.is_set():
                    with contextlib.suppress(IndexError):  # another thread took the last one
                        name = waiting.pop()
                        self._poll(name, backfill(name))

        jobs = [work] * min(FEW, len(names))
        # Articles that were withdrawn after they were announced.
        if self._app.kind.checks_withdrawals and self._app.ledger.articles.has_to_check(self._app.ledger.now()):
            jobs.append(self._watch)
        if self._app.kind.checks_withdrawals:
            jobs.append(self._shelve)
        self._together(jobs, _Growth(work, len(jobs), lambda: len(waiting)).more)
        database.sync()

    def _shelve(self) -> None:
        """Put a few stories on the shelf that were finished long ago."""
        if not self.stop.is_set():
            self._app.ledger.shelving.work(self._app.ledger.now(), SHELVED)

    def _watch(self) -> None:
        from syndicate.ingestion.withdrawals import watch

        app = self._app
        for key in watch(app.pages.gone, app.config.has_preflight, app.accounts, app.ledger, most=WATCHED):
            self._take_up(key)

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
            site = site_for(origin, self._accounts, app.config, app.ledger)
            own, accounts = app.config.of(f"{site}/"), [each for each in app.accounts if site_of(each.name) == site]
            self._accounts = self._accounts or [each.name for each in accounts]
            known = app.ledger.articles.at(origin, f"{site}/")
            if known is None or not self._all_posted(known):
                article = read_article(origin, app.doors, app.kind.clock, zone=own.site.timezone, site=site)
                known = announce(article, accounts, app.ledger, own.breaking)
        except SyndicateError as fault:
            self.outcome.faults.append(fault)
            self._unread = True
            return
        gone = send_again.deleted(known, self._wanted, app)
        if gone and again(gone):
            self.send_again(gone)
        else:
            self.outcome.faults.extend(map(send_again.refusal, gone))
        self._anchor = known
        if at_once:
            app.ledger.backlog.hurry(known, self._wanted, app.ledger.now())
        for delivery in app.ledger.deliveries.search(anchor=known, accounts=[each.name for each in app.accounts]):
            if delivery.reason != "deleted" and not is_done(delivery):
                self._take_up(delivery.key)

    def send_again(self, posts: Sequence[Delivery]) -> None:
        """Plan deleted posts of one article anew; this run then sends nothing else."""
        self._app.lanes.register()
        keys, notes = send_again.replan(posts, self._app)
        self.outcome.notes.extend(notes)
        self._anchor = posts[0].anchor
        for key in keys:
            self._take_up(key)

    def say_again(self, origin: str, text: str | None, *, at_once: bool = False) -> None:
        """Plan one article that was posted before once more, in other words; this run then sends nothing else."""
        from syndicate.app.engines.say_again import plan_by_hand

        self._begin()
        self._app.lanes.register()
        try:
            planned = plan_by_hand(origin, text, self._accounts, self._app, at_once=at_once)
        except SyndicateError as fault:
            self.outcome.faults.append(fault)
            self._unread = True
            return
        self._anchor, self._unread = planned.anchor, not planned.keys
        self.outcome.faults.extend(planned.faults)
        self.outcome.notes.extend(planned.notes)
        for key in planned.keys:
            self._take_up(key)

    @property
    def _wanted(self) -> list[str]:
        """The accounts that this run is for."""
        return list(self._accounts) or [account.name for account in self._app.accounts]

    def take_up_waiting(self) -> None:
        """For a dry run: take up all deliveries that wait, for whatever reason."""
        waiting = self._app.ledger.deliveries.search(
            states=("planned", "due"), sources=self._sources, accounts=self._accounts
        )
        for delivery in waiting:
            self._took_up(delivery)

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
        return {each.account for each in found if each.action == "post"}.issuperset(self._wanted)

    def deliver(self, wait: timedelta = timedelta(0)) -> None:
        """Deliver what is due, with one thread for each account; then, for up to `wait`, what falls due meanwhile."""
        app = self._app
        self._begin()
        self._settle()
        self.outcome.notes.extend(run_housekeeping(app.ledger, app.accounts, app.configured, app.config.rests))
        app.ledger.claims.sweep(app.ledger.now(), app.lanes.settle)
        app.ledger.backlog.retry(app.ledger.now())
        self._plan_by_rule()
        lanes = [account.name for account in app.accounts if not self._accounts or account.name in self._accounts]
        self._ends = time.monotonic() + wait.total_seconds()
        self._run(lanes)
        if not self.stop.is_set():
            renewed = [name for name in app.renewals.due() if name in lanes]
            self._together([functools.partial(self._renew, name) for name in renewed])
        if not self.outcome.tried and not self.stop.is_set():  # else somebody waits for the end of this run
            asked = [name for name in app.identities.stale() if name in lanes]
            self._together([functools.partial(self._ask, name) for name in asked])
        self._sweep_media()
        self._write_back()
        self.outcome.dropped.extend(app.ledger.dropped.take())
        app.kind.ended = True

    def _plan_by_rule(self) -> None:
        """Plan what accounts post again by their rules, where this run is about everything."""
        whole = self._anchor is None and not self._sources and not self._unread
        if whole and any(account.again for account in self._app.accounts):
            from syndicate.app.engines.say_again import plan_by_rule

            for key in plan_by_rule(self._app, self._wanted)[0]:
                self._take_up(key)

    def _sweep_media(self) -> None:
        """Remove pictures that networks fetched a day ago, if there are any."""
        hosting = self._app.lanes.hosting
        if hosting is not None and not self.stop.is_set():
            try:
                hosting.sweep()
            except PlatformError as fault:
                self.outcome.notes.append(f"{fault}; it is tried again with the next run")

    def _write_back(self) -> None:
        """Tell those who want word of it what became of deliveries, of this run and of earlier ones."""
        if not self.stop.is_set() and self._app.word_back.has_owed():
            self._together([self._tell])

    def _tell(self) -> None:
        ends = time.monotonic() + PATIENCE

        def going() -> bool:
            return not self.stop.is_set() and time.monotonic() < ends

        for _, came in self._app.word_back.tell(going, early=True):
            self.outcome.unheard.extend(came.faults)

    def _ask(self, name: str) -> None:
        """Ask a network whose login we have, unless this run was stopped meanwhile."""
        with self._at_work:
            if not self.stop.is_set():
                self._app.identities.ask(name)

    def _renew(self, name: str) -> None:
        """Renew a login for which nothing was sent. Where that is refused, the report says that it is paused."""
        with contextlib.suppress(AuthError), self._at_work:
            _, failed = self._app.renewals.renew(name)
            if failed:
                with self._guard:
                    self.outcome.notes.append(f"{name}: {failed}")

    def _settle(self) -> None:
        """Say if the clock is doubted; else what was due during a stop goes out as `catch_up` says."""
        doubt = self._stops.settle(self._app)
        if doubt is not None and doubt.words:
            self.outcome.faults.append(SyndicateError(doubt.words, hint=HINT))

    def _poll(self, name: str, backfill: int) -> None:
        try:
            polled = self._app.rounds.poll(name, backfill)
        except SyndicateError as fault:
            with self._guard:
                self.outcome.faults.append(prefixed(name, fault))
            return
        with self._guard:
            self.outcome.polled.append(polled)
        for delivery in self._app.ledger.deliveries.several(polled.keys):
            self._took_up(delivery)

    def _waits(self, lane: str, first: Delivery) -> None:
        """Note that an account has to wait, so that the report says so of all that is due for it."""
        self._took_up(first)
        if not self._sources and self._anchor is None and not self._unread:
            self.outcome.waits[lane] = first.key

    def _take_up(self, key: str) -> None:
        found = self._app.ledger.deliveries.find(key)
        if found is not None:
            self._took_up(found)

    def _took_up(self, delivery: Delivery) -> None:
        with self._guard:
            self.outcome.began.setdefault(delivery.key, delivery)

    def _run(self, lanes: Sequence[str]) -> None:
        """Deliver for each account with work, on a thread of its own."""
        looking = self._app.ledger.recovery.pending()
        busy = [lane for lane in lanes if lane in looking or self._has_work(lane)]
        self._together([functools.partial(self._drain, lane) for lane in busy])

    def _together(
        self, jobs: Sequence[Callable[[], None]], more: Callable[[], Sequence[Callable[[], None]]] = lambda: ()
    ) -> None:
        """Run the jobs on threads, while this one watches for `stop` and starts what is `more`. An exception of a job
        is raised here.
        """
        bugs: list[BaseException] = []

        def guarded(job: Callable[[], None]) -> None:
            try:
                job()
            except BaseException as bug:  # noqa: BLE001 - raised again below, on the main thread
                bugs.append(bug)

        def started(added: Sequence[Callable[[], None]]) -> list[threading.Thread]:
            made = [threading.Thread(target=guarded, args=(job,), daemon=True) for job in added]
            for thread in made:
                thread.start()
            return made

        threads = started(jobs)
        for thread in threads:  # those that are added as well
            while thread.is_alive() and not self.stop.is_set():
                thread.join(WATCH)
                threads += started(more()) if thread.is_alive() else ()
        if self.stop.is_set():
            self._leave(threads)
        if bugs:
            raise bugs[0]

    def _leave(self, threads: Sequence[threading.Thread]) -> None:
        """Wait for the requests in flight, at most GRACE; those still unanswered become `unknown`."""
        deadline = time.monotonic() + GRACE
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in threads):
            self._app.ledger.claims.abandon(self._app.ledger.now(), self._app.lanes.settle)

    def _deadline(self) -> datetime:
        """When the waiting ends, by the clock as it is now: it may be set meanwhile."""
        left = max(0.0, self._ends - time.monotonic())
        return self._app.ledger.now() + timedelta(seconds=left)

    def _has_work(self, lane: str) -> bool:
        return self._next(lane, self._deadline()) is not None

    def _next(self, lane: str, until: datetime) -> Delivery | None:
        if self._unread:
            return None
        deliveries = self._app.ledger.deliveries
        found = deliveries.next_due(lane, until, sources=self._sources, anchor=self._anchor)
        if found is not None or not self._sources:
            return found
        # Articles that these sources list too, but another source listed first.
        with self._guard:
            keys = [key for key, began in self.outcome.began.items() if began.account == lane]
        listed = (each for key in keys if key not in self.outcome.tried and (each := deliveries.find(key)))
        return next((each for each in listed if each.state == "due" and each.due_at and each.due_at <= until), None)

    def _drain(self, lane: str) -> None:
        """One account's deliveries, one after the other, until nothing is due by the deadline."""
        try:
            self._look_first(lane)
            while not self.stop.is_set() and self._step(lane):
                pass
        except SyndicateError as fault:
            with self._guard:
                self.outcome.faults.append(fault)

    def _look_first(self, lane: str) -> None:
        """After a restore or a stop: ask the network what it has, also where everything waits for an approval."""
        if lane not in self._app.ledger.recovery.pending():
            return
        with self._at_work:
            looked = self._app.look_first(lane)
        for key in (*looked.settled.posted, *looked.settled.held):
            self._take_up(key)
        with self._guard:
            self.outcome.notes.extend(f"{lane}: {note}" for note in looked.notes)
            if looked.settled != Settled():
                self.outcome.polled = [self._recounted(polled) for polled in self.outcome.polled]

    def _recounted(self, polled: Polled) -> Polled:
        """A poll with what still waits for an approval, now that some of it turned out to be posted already."""
        found = [self._app.ledger.deliveries.find(key) for key in polled.keys]
        waits = {(row.reason, row.anchor) for row in found if row is not None and row.state == "planned"}
        counts: Counter[str | None] = Counter(reason for reason, _ in waits)
        return replace(polled, waiting={name: counts[name] for name in polled.waiting if counts[name]})

    def _queue(self, lane: str, now: datetime, most: int) -> list[Delivery]:
        """The account's next deliveries, of one source or article if this run is about one."""
        if self._unread:
            return []
        return self._app.ledger.deliveries.queue(lane, now, most, sources=self._sources, anchor=self._anchor)

    def _step(self, lane: str) -> bool:
        """Deliver the next one, and what is ready right after it; False when there is nothing more for this run."""
        from syndicate.delivery.next import Busy, Taken, Waits, deliver_next

        app = self._app
        account = app.config.accounts[lane].account
        ahead: list[Ahead] = []

        def deliver(delivery: Delivery) -> tuple[Delivery, tuple[str, ...]]:
            ahead.extend(app.ahead(lane, self._queue, lambda: not self.stop.is_set()))
            return app.deliver(delivery, *ahead)

        with self._at_work:
            if self.stop.is_set():
                return False
            found = deliver_next(account, app.ledger, app.gate, deliver, self._next)
        match found:
            case None:
                return self._nap(lane)
            case Busy(first):
                self._took_up(first)
                self.stop.wait(BUSY_WAIT)
            case Waits(until, first):
                self._waits(lane, first)
                return until is not None and self._sleep_until(until)
            case Taken() as taken:
                self._took(lane, taken)
                for each in (each for made in ahead for each in made.taken()):
                    self._took(lane, each)
        return True

    def _took(self, lane: str, taken: Taken) -> None:
        """Keep for the report what was taken as far as possible."""
        before, after = taken.before, taken.after
        self._took_up(before)
        self.outcome.waits.pop(lane, None)
        with self._guard:
            self.outcome.tried.add(after.key)
            if after.fence > before.fence and before.state == "due":
                self.outcome.claimed[after.key] = before
            self.outcome.notes.extend(f"{lane}: {_of_story(warning, after)}" for warning in taken.warnings)
        self.progress(after)

    def _nap(self, lane: str) -> bool:
        """Wait for what falls due before the deadline, if anything does."""
        if not self._has_work(lane):
            return False
        return self._sleep_until(None)

    def _sleep_until(self, until: datetime | None) -> bool:
        """Wait a little, for the deadline or for an earlier instant; False once the deadline is there."""
        left = self._ends - time.monotonic()
        if left <= 0:
            return False
        if until is not None:
            left = min(left, (until - self._app.ledger.now()).total_seconds())
        self.stop.wait(min(LONGEST_NAP, max(0.01, left)))
        return True


class _Growth:
    """Doubles the threads that read sources, up to POLLERS, while there are more to read and all wait for servers."""

    def __init__(self, work: Callable[[], None], size: int, left: Callable[[], int]) -> None:
        self._work, self._size, self._left = work, size, left
        self._at, self._spent = time.monotonic(), time.process_time()

    def more(self) -> list[Callable[[], None]]:
        """What is to be started beside the others."""
        at, spent = time.monotonic(), time.process_time()
        waits = spent - self._spent < IDLE * (at - self._at)
        self._at, self._spent = at, spent
        added = min(self._size, POLLERS - self._size, self._left()) if waits else 0
        self._size += added
        return [self._work] * added


def is_done(delivery: Delivery) -> bool:
    """Whether it is a deletion that is done, of which there is nothing more to tell."""
    return delivery.action == "delete" and delivery.state == "posted"


def _of_story(warning: str, delivery: Delivery) -> str:
    """A warning about a story, with its address; others are about the account or its templates."""
    return f"{warning} ({delivery.article})" if isinstance(warning, StoryWarning) else warning
