"""The ledger: the database of articles, deliveries and attempts; the one record of what was sent."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from syndicate.errors import LedgerError
from syndicate.ledger.account_names import AccountNames, Fingerprint
from syndicate.ledger.accounts import REFUSED, Accounts
from syndicate.ledger.alerts import Alerts
from syndicate.ledger.articles import Articles
from syndicate.ledger.backlog import Backlog
from syndicate.ledger.catalogue import Catalogue
from syndicate.ledger.claims import Claims
from syndicate.ledger.credentials import Credentials
from syndicate.ledger.database import Database
from syndicate.ledger.decisions import Decisions
from syndicate.ledger.deliveries import Deliveries
from syndicate.ledger.dropped import Dropped
from syndicate.ledger.elsewhere import Elsewhere
from syndicate.ledger.floods import Floods
from syndicate.ledger.follow_ups import FollowUps
from syndicate.ledger.former_names import FormerNames
from syndicate.ledger.journal import Journal, NoJournal
from syndicate.ledger.listings import Listings
from syndicate.ledger.logins import Ended, Logins
from syndicate.ledger.notices import Notices
from syndicate.ledger.outcomes import Outcomes
from syndicate.ledger.overview import Overview, overview
from syndicate.ledger.partings import Partings
from syndicate.ledger.pauses import EVERYTHING, Pauses
from syndicate.ledger.recovery import Recovery
from syndicate.ledger.rehearsal import release
from syndicate.ledger.run_file import RunFile
from syndicate.ledger.run_gaps import RunGaps
from syndicate.ledger.shelving import Shelving
from syndicate.ledger.site_names import SiteNames
from syndicate.ledger.source_names import SourceNames
from syndicate.ledger.sources import Sources
from syndicate.ledger.timekeeping import Timekeeping
from syndicate.ledger.told_once import ToldOnce
from syndicate.ledger.twins import TwinArticles
from syndicate.ledger.waiting import Waiting
from syndicate.model import Account, Reason
from syndicate.ports import Clock, ClockDoubt

if TYPE_CHECKING:
    from syndicate.ledger.evergreens import Evergreens
    from syndicate.ledger.handles import Handles
    from syndicate.ledger.hosted import Hosted
    from syndicate.ledger.imports import Imports
    from syndicate.ledger.kept_words import KeptWords
    from syndicate.ledger.renders import Renders
    from syndicate.ledger.standing import Standing
    from syndicate.ledger.subscriptions import Subscriptions

__all__ = ["Ledger"]


class Ledger:
    """The tables, each behind its own small class, over one database."""

    def __init__(self, database: Database, clock: Clock, key: Callable[[], bytes], runs: RunFile | None = None) -> None:
        self.database = database
        self.doubt: Callable[[], ClockDoubt | None] = lambda: None
        """Why the clock is doubted, if it is; whoever opened the ledger sets it."""
        self.journal: Journal = NoJournal()
        """Who is told of each request before it leaves; whoever opened the ledger sets it."""
        self._clock = clock
        self.former_names = FormerNames(database)
        self.follow_ups = FollowUps(database)
        self.sites = SiteNames(database)
        self.sources = Sources(database)
        self.articles = Articles(database)
        self.twins = TwinArticles(database)
        self.source_names = SourceNames(database, self.articles, self.former_names)
        self.accounts = Accounts(database, self.follow_ups)
        self.partings = Partings(database)
        self.account_names = AccountNames(database, self.partings, self.former_names)
        self.logins = Logins(database, self.accounts, self.partings)
        self.deliveries = Deliveries(database)
        self.catalogue = Catalogue(database)
        self.outcomes = Outcomes(database, self.follow_ups)
        self.recovery = Recovery(database, clock, runs)
        self.elsewhere = Elsewhere(database, self.follow_ups)
        self.claims = Claims(database, self.outcomes, self.recovery)
        self.waiting = Waiting(database, self.follow_ups)
        self.decisions = Decisions(database, self.follow_ups)
        self.backlog = Backlog(database, self.follow_ups)
        self.dropped = Dropped(database)
        self.shelving = Shelving(database)
        self.pauses = Pauses(database)
        self.timekeeping = Timekeeping(database)
        self.run_gaps = RunGaps(database)
        self.listings = Listings(database)
        self.floods = Floods(database)
        self.notices = Notices(database)
        self.alerts = Alerts(database)
        self.told_once = ToldOnce(database)
        self.notes: list[str] = []  # for the person who runs this
        self.credentials = Credentials(database, key, self.notes)

    # Parts that few commands need: imported when they are asked for

    @cached_property
    def imports(self) -> Imports:
        """What another tool has announced."""
        from syndicate.ledger.imports import Imports

        return Imports(self.database, self.articles)

    @cached_property
    def renders(self) -> Renders:
        """Renders that are under way, and those that never came back."""
        from syndicate.ledger.renders import Renders

        return Renders(self.database)

    @cached_property
    def kept_words(self) -> KeptWords:
        """Words that the publisher's own command wrote."""
        from syndicate.ledger.kept_words import KeptWords

        return KeptWords(self.database)

    @cached_property
    def hosted(self) -> Hosted:
        """Pictures that are kept at a public address."""
        from syndicate.ledger.hosted import Hosted

        return Hosted(self.database)

    @cached_property
    def handles(self) -> Handles:
        """Whose account a handle is."""
        from syndicate.ledger.handles import Handles

        return Handles(self.database)

    @cached_property
    def standing(self) -> Standing:
        """What waits, is held, failed or was dropped."""
        from syndicate.ledger.standing import Standing

        return Standing(self.database)

    @cached_property
    def evergreens(self) -> Evergreens:
        """How often a story was posted again by a rule."""
        from syndicate.ledger.evergreens import Evergreens

        return Evergreens(self.database)

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """The hubs that tell of new stories."""
        from syndicate.ledger.subscriptions import Subscriptions

        return Subscriptions(self.database, self.credentials)

    def now(self) -> datetime:
        """The present instant, by which everything is decided: aware, UTC."""
        return self._clock()

    def overview(self, now: datetime) -> Overview:
        """Counts of articles, deliveries and sources, for metrics."""
        return overview(self.database, now)

    def transaction(self) -> contextlib.AbstractContextManager[None]:
        """One transaction: all of it or nothing, and no other writer meanwhile."""
        return self.database.transaction()

    def register(self, account: Account, signs: Fingerprint) -> Ended | None:
        """Create or update an account's row, and let wait again what waited when it left the config. Returns the login
        that its name led to before, if it is another one now.
        """
        with self.transaction():
            since = self.logins.away_since(account.name)
            ended = self.logins.register(account, signs, self.now())
            if since is not None and self.logins.away_since(account.name) is None:
                self._catch_up(account, since, "account_left")
        return ended

    def resume(self, account: Account) -> tuple[bool, int]:
        """Let a paused account post again. Returns whether it was paused, and how many deliveries are now too old."""
        with self.transaction():
            now, state = self.now(), self.accounts.find(account.name)
            resumed = self.accounts.resume(account.name, now)
            if not resumed or state is None:
                return resumed, 0
            return True, self._catch_up(account, state.down_since, "auth" if state.paused in REFUSED else "paused")

    def reached(self, account: Account) -> int:
        """Record that an account's network answers again. Returns how many of its deliveries are too old by now."""
        if not self.accounts.was_down(account.name):
            return 0
        with self.transaction():
            state = self.accounts.find(account.name)
            assert state is not None
            self.accounts.reached(account.name)
            return self._catch_up(account, state.down_since if state.paused is None else None, "unavailable")

    def took(self, account: Account) -> None:
        """Record that an account's network answers again, and that it took a post."""
        if self.accounts.is_troubled(account.name):
            self.reached(account)
            self.accounts.flows(account.name)

    def catch_up_after_stop(self, account: Account, since: datetime) -> int:
        """After nothing ran since `since`: what was due meanwhile goes out as `schedule.catch_up` says.

        Returns how many of the account's deliveries are too old by now.
        """
        state = self.accounts.find(account.name)
        if state is None or state.paused is not None or state.down_since is not None:
            return 0  # its own stop goes on, and is caught up when it ends
        with self.transaction():
            return self._catch_up(account, since, None)

    def end_pause(self, word: str, accounts: Sequence[Account]) -> tuple[bool, int]:
        """End a pause of everything ("") or of a word.

        Returns whether there was one, and how many deliveries are too old by now.
        """
        with self.transaction():
            pause = next((pause for pause in self.pauses.all() if pause.word == word.casefold()), None)
            if pause is None:
                return False, 0
            halted = {row["name"] for row in self.accounts.paused()} if word else set()  # their own pause goes on
            going = [account for account in accounts if account.name not in halted]
            skipped = sum(self._catch_up(account, pause.since, "paused", pause.word) for account in going)
            self.pauses.end(word, self.now())
        return True, skipped

    def _catch_up(self, account: Account, since: datetime | None, cause: Reason | None, word: str = EVERYTHING) -> int:
        """`cause` None: nothing ran, and only what was due meanwhile is caught up."""
        if since is None:
            return 0
        keep = account.schedule.catch_up
        kept = None if keep == "all" else int(keep)
        return self.backlog.catch_up(account.name, since=since, now=self.now(), keep=kept, word=word, cause=cause)

    def release_for_rehearsal(self, *, keep_logins: bool) -> dict[str, str]:
        """Free the ledger of a rehearsal, above the real one. Returns the accounts that are paused in the real one, and
        why.
        """
        paused = {row["name"]: row["paused"] for row in self.accounts.paused()}
        release(self.database, keep_logins=keep_logins)
        return paused

    def close(self) -> None:
        """Close the database. Nothing may be using it."""
        with contextlib.suppress(LedgerError):  # it may be gone, or damaged: then there is nothing to compare with
            self.recovery.stamp()
        self.database.close()
