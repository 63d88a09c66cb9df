"""Whether a due delivery may go now: age, pauses, hours, caps, page, approval, budget. What stops it is recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from syndicate import schedule
from syndicate.ledger import Ledger
from syndicate.ledger.articles import StoredArticle
from syndicate.ledger.claims import ANYTHING, Allowance, Spend
from syndicate.model import Account, Article, Delivery, Post
from syndicate.ports import Platform, Priced
from syndicate.schedule import at_once

PAUSE_LOOK = timedelta(minutes=1)  # how often a story asks whether the pause of its word is over
FIRST_LOOK, LONGEST_LOOK = timedelta(seconds=30), timedelta(minutes=5)  # between looks at a page that is not right
LOOKS = 4  # at a page before it is given up, whatever the clock says: clocks are set, and machines sleep
NEVER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with an article's page, in words. Not `fatal`: once patience ends it goes out as it is."""

    words: str
    fatal: bool = True


class Look(Protocol):
    """Looks at the page of an article, and at its picture where one is wanted."""

    def __call__(self, article: Article, *, picture: bool) -> Trouble | None:
        """None when it may be announced."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Stands between what is due and its claim. `look` None: nobody looks at pages.

    `patience` is how long a story waits for its page, by the name of its source; None: no look.
    """

    ledger: Ledger
    look: Look | None = None
    patience: Callable[[str], timedelta | None] = lambda _: None

    def before_render(self, delivery: Delivery, known: StoredArticle, account: Account) -> bool:
        """True if it may go on; else why not is recorded. An earlier commit's same bytes are not held up."""
        if known.withdrawn_at is not None:
            told = "the publisher withdrew it"
            self.ledger.claims.skips(delivery, "withdrawn", error=told, now=self.ledger.now())
            return False
        return delivery.draft is not None or (
            self._still_wanted(delivery)
            and self._spoken_of(delivery, known.article)
            and self._open(delivery, account)
            and self._page_answers(delivery, known.article, account)
        )

    def after_render(self, delivery: Delivery, digest: str, account: Account, allowance: Allowance) -> bool:
        """True if this very post is approved, where that is asked, and there is money for it."""
        if delivery.draft is not None:
            return True
        now = self.ledger.now()
        if account.approve and delivery.approved != digest:
            told = "it changed since it was approved" if delivery.approved else None
            self.ledger.claims.waits(delivery, "approval", state="planned", due_at=None, error=told, now=now)
            return False
        spend = allowance.spend
        if spend is None:
            return True
        spent = self.ledger.deliveries.spent(account.name, spend.since)
        if spent + spend.cost <= spend.most:
            return True
        month = f"${spent / 1e6:.2f} of ${spend.most / 1e6:.2f} are spent this month"
        told = f"{month}, and this post costs ${spend.cost / 1e6:.3f}"
        self.ledger.claims.waits(delivery, "budget", due_at=_month(account, now, 1), error=told, now=now)
        return False

    def allowance(self, delivery: Delivery, account: Account, platform: Platform, post: Post | None) -> Allowance:
        """What the claim has to keep to."""
        if delivery.draft is not None:
            return ANYTHING
        urgent = at_once(account, delivery.priority)
        spend = None
        if account.budget is not None and isinstance(platform, Priced) and post is not None:
            most = round(account.budget.monthly_usd * 1_000_000)
            spend = Spend(platform.price(post), most, _month(account, self.ledger.now(), 0))
        return Allowance(schedule.caps(account.schedule, urgent=urgent), urgent, spend)

    def paused_words(self, article: Article) -> list[tuple[str, datetime | None]]:
        """Words of the article that are paused, each with the end of its pause."""
        pauses = [pause for pause in self.ledger.pauses.all() if pause.word]
        if not pauses:
            return []
        said = "\n".join((article.title, article.summary, article.section or "", *article.categories)).casefold()
        return [(pause.word, pause.until) for pause in pauses if pause.word in said]

    def spent(self, account: Account, now: datetime) -> int:
        """What the account's posts of this month cost, in millionths of a dollar."""
        return self.ledger.deliveries.spent(account.name, _month(account, now, 0))

    def opening(self, delivery: Delivery, account: Account, now: datetime) -> tuple[datetime, str]:
        """From when on hours and caps let it go, and the setting that decides; `now` and "" if they do."""
        urgent = at_once(account, delivery.priority)
        opens, said = (now, "") if urgent else schedule.opening(account.schedule, now)

        def latest(number: int) -> datetime | None:
            return self.ledger.deliveries.latest_commit(account.name, number, besides=delivery.key)

        free, cap = schedule.free_at(schedule.caps(account.schedule, urgent=urgent), latest, now)
        if opens is None:
            return now + NEVER, said
        if free <= opens:
            return opens, said
        # Free in the middle of the night is not free.
        later, closed = (free, "") if urgent else schedule.opening(account.schedule, free)
        return later or now + NEVER, closed or cap

    def _still_wanted(self, delivery: Delivery) -> bool:
        now = self.ledger.now()
        if delivery.expires_at is not None and delivery.expires_at <= now:
            waited = f": {delivery.reason}" if delivery.reason else ""
            self.ledger.claims.skips(delivery, "too_old", error=f"it grew too old while it waited{waited}", now=now)
            return False
        return True

    def _spoken_of(self, delivery: Delivery, article: Article) -> bool:
        """No pause of one of its words."""
        now = self.ledger.now()
        for word, until in self.paused_words(article):
            due_at = now + PAUSE_LOOK if until is None else min(until, now + PAUSE_LOOK)
            told = f"stories with '{word}' are paused"
            self.ledger.claims.waits(delivery, "paused", due_at=due_at, error=told, now=now)
            return False
        return True

    def _open(self, delivery: Delivery, account: Account) -> bool:
        now = self.ledger.now()
        opens, said = self.opening(delivery, account, now)
        if opens <= now:
            return True
        if at_once(account, delivery.priority):
            self.ledger.claims.waits(delivery, "window", due_at=opens, error=said, now=now)
        else:
            self.ledger.backlog.close(account.name, opens, said, now)
            # Breaking news that is not let out early is not among the marked.
            fresh = self.ledger.deliveries.find(delivery.key)
            if fresh is not None and fresh.due_at is not None and fresh.due_at <= now:
                self.ledger.claims.waits(delivery, "window", due_at=opens, error=said, now=now)
        return False

    def _page_answers(self, delivery: Delivery, article: Article, account: Account) -> bool:
        patience = self.patience(article.source)
        vouched = delivery.approved is not None and delivery.expires_at is None  # whatever its page answers
        if self.look is None or patience is None or vouched:
            return True
        trouble = self.look(article, picture=account.image != "none")
        if trouble is None:
            self.ledger.claims.page_ok(delivery)
            return True
        now = self.ledger.now()
        # What it waited for before, its hour or a yes, is none of the page's time.
        waited = now - (delivery.looked_at or now)
        if waited < patience or (trouble.fatal and delivery.looks + 1 < LOOKS):
            left = patience - waited if waited < patience else FIRST_LOOK
            again = min(max(FIRST_LOOK, waited / 2), LONGEST_LOOK, left)
            due_at = now + max(again, timedelta(seconds=1))
            self.ledger.claims.looks_again(delivery, trouble.words, due_at=due_at, now=now)
            return False
        if trouble.fatal:
            self.ledger.claims.skips(delivery, "preflight", error=trouble.words, now=now, alert=True)
        return not trouble.fatal


def _month(account: Account, now: datetime, ahead: int) -> datetime:
    """The beginning of this month on the account's clock, or of the next."""
    local = now.astimezone(ZoneInfo(account.schedule.timezone))
    month = local.month - 1 + ahead
    first = datetime(local.year + month // 12, month % 12 + 1, 1, tzinfo=local.tzinfo)
    return first.astimezone(UTC)
