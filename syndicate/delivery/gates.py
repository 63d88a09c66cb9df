"""Whether a due delivery may go now: pauses, age, hours, caps, page, approval, budget. Decides; records nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeAlias
from zoneinfo import ZoneInfo

from syndicate import schedule
from syndicate.addresses import is_possible
from syndicate.aliases import is_another
from syndicate.ledger import Ledger
from syndicate.ledger.accounts import PAUSED, REFUSED, AccountState
from syndicate.ledger.articles import StoredArticle
from syndicate.ledger.backlog import WAITED
from syndicate.ledger.claims import ANYTHING, Allowance, Spend
from syndicate.model import UNUSABLE, Account, Article, Delivery, Post, Reason
from syndicate.model.dataclass import dataclass
from syndicate.planning.filters import chosen, refused
from syndicate.ports import Platform, is_priced
from syndicate.schedule import at_once

DOUBTED = timedelta(minutes=1)  # until a clock that is doubted is looked at again
OVERRIDE_LOOK = timedelta(minutes=1)  # until it is looked at again whether an article's own words can be followed
PAUSE_LOOK = timedelta(minutes=1)  # until a paused word is checked again
FIRST_LOOK, LONGEST_LOOK = timedelta(seconds=30), timedelta(minutes=5)  # between looks at a page that is not right
LOOKS = 4  # at a page at least before the article is skipped: by the clock alone, one that was set could end the wait
NEVER = timedelta(days=1)
NEWS_FIRST = "news is about to come, and goes before a story that is posted again"
_NOT_HERE = ("filtered", "preflight", "account_left", "empty")  # reasons for which a twin says nothing about the story


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with an article's page, in words.

    Not `fatal`: once `patience` is over, the article is posted all the same.
    """

    words: str
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """The names that an article may use, in lower case: a site's `own` accounts with their networks, all `networks`."""

    own: frozenset[str]
    networks: frozenset[str]


class LookAtPage(Protocol):
    """Checks the page of an article, and its picture where one is wanted."""

    def __call__(self, article: Article, *, picture: bool) -> Trouble | None:
        """What is wrong; None when it may be announced."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The delivery has to wait. `until` None: nobody knows how long. `words` add to the reason.

    `scheduled`: it waits for the account's schedule, and so does everything else that is due for it. `ends`: then
    it is given up, which is so near that a person is told.
    """

    reason: Reason
    until: datetime | None
    words: str | None = None
    scheduled: bool = False
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """The delivery is skipped. `alerted`: an alert about it is sent."""

    reason: Reason
    words: str
    alerted: bool = False


Verdict: TypeAlias = Wait | Skip | None
"""None: it may be sent."""


@dataclass(frozen=True, slots=True)
class Opening:
    """When an account's schedule next allows a delivery: `reason` is `window`, `spacing` or `cap`, and `said`
    names the setting that decides; None and "" where it may be sent at once.
    """

    at: datetime
    reason: Reason | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """Decides whether a due delivery may be sent, before its claim. `look` None: pages are not checked.

    `patience` gives how long an article waits for its page, by the name of its source; None: no check. `sent` are
    times of posts to count in addition to the ledger's: those that a look at the whole queue has let go so far.
    `canonical` gives the other address that a page named as its own in that look. `names` gives those that
    an article of an account's site may use in what it says itself of its posts; None: they are not checked.
    """

    ledger: Ledger
    look: LookAtPage | None = None
    patience: Callable[[str], timedelta | None] = lambda _: None
    sent: Sequence[datetime] = ()
    canonical: Callable[[Article], str | None] = lambda _: None
    names: Callable[[str], Names | None] = lambda _: None

    def account(self, delivery: Delivery, state: AccountState, now: datetime) -> Wait | None:
        """Why the whole account may not send: a pause, or a network that asked us to wait.

        A look-up only needs a login that works.
        """
        if state.paused and (delivery.state != "unknown" or state.paused in REFUSED):
            reason: Reason = "auth" if state.paused in REFUSED else "paused"
            return Wait(reason, None, f"the account is {PAUSED[state.paused]}")
        if delivery.state != "unknown" and state.next_at > now:
            if state.failures:
                return Wait("unavailable", state.next_at)
            return Wait("rate_limited", state.next_at, state.trouble)
        return None

    def before_render(self, delivery: Delivery, known: StoredArticle, account: Account) -> Verdict:
        """All checks that do not need the post. A stored post that goes out again is only checked for withdrawal, and
        for other names of the login.
        """
        if known.withdrawn_at is not None:
            return Skip("withdrawn", "withdrawn by the publisher")
        if delivery.draft is not None:
            return self._twin(delivery)
        return self.without_page(delivery, known.article, account) or self._page(delivery, known.article, account)

    def ahead(self, delivery: Delivery, known: StoredArticle, account: Account) -> Verdict:
        """As `before_render`, for what goes right after another: its claim looks for other names of the login, and
        nothing is paused.
        """
        if known.withdrawn_at is not None:
            return Skip("withdrawn", "withdrawn by the publisher")
        verdict = self._age(delivery) or self._override(known.article, account) or self._hours(delivery, account)
        return verdict or self._page(delivery, known.article, account)

    def of_part(self, delivery: Delivery, known: StoredArticle) -> Verdict:
        """The checks of a further post of a thread, which goes with the first one whatever the account's schedule."""
        if known.withdrawn_at is not None and delivery.draft is None:
            return Skip("withdrawn", "withdrawn by the publisher")
        return None if delivery.draft is not None else self._age(delivery) or self._words(known.article)

    def without_page(self, delivery: Delivery, article: Article, account: Account) -> Verdict:
        """The checks without a request: other names of the login, age, paused words, hours, spacing and caps."""
        verdict = self._twin(delivery) or self._age(delivery) or self._override(article, account)
        return verdict or self._words(article) or self._hours(delivery, account) or self._news(delivery, account)

    def after_render(self, delivery: Delivery, digest: str, account: Account, allowance: Allowance) -> Wait | None:
        """The checks on the finished post: its approval, where the account asks for one, and its cost."""
        if delivery.draft is not None:
            return None
        if account.approve and delivery.approved != digest:
            return Wait("approval", None, "it changed since it was approved" if delivery.approved else None)
        spend = allowance.spend
        if spend is None:
            return None
        spent = self.ledger.deliveries.spent(account.name, spend.since)
        if spent + spend.cost <= spend.most:
            return None
        month = f"${spent / 1e6:.2f} of ${spend.most / 1e6:.2f} spent this month"
        told = f"{month}, and this post costs ${spend.cost / 1e6:.3f}"
        return Wait("budget", _month(account, self.ledger.now(), 1), told)

    def allowance(
        self, delivery: Delivery, account: Account, platform: Platform, post: Post | None, rest: Sequence[Post] = ()
    ) -> Allowance:
        """Caps and budget for the claim to check again; the budget has to be enough for the `rest` of a thread too."""
        if delivery.draft is not None:
            return ANYTHING
        urgent = at_once(account, delivery.priority)
        spend = None
        if account.budget is not None and is_priced(platform) and post is not None:
            most = round(account.budget.monthly_usd * 1_000_000)
            spend = Spend(sum(map(platform.price, (post, *rest))), most, _month(account, self.ledger.now(), 0))
        return Allowance(schedule.caps(account.schedule, urgent=urgent), urgent, spend)

    def announced_as(self, article: Article, canonical: str, account: Account) -> Skip | None:
        """Not to be sent if the article that has this address is the same story, and the account has that one, or it
        was known from the start.
        """
        anchor = self.ledger.articles.at(canonical, account.name)
        if anchor is None or is_another(article, self.ledger.articles.find(anchor).article):
            return None
        rows = self.ledger.deliveries.search(accounts=(account.name,), anchor=anchor)
        posts = [row for row in rows if row.action == "post"]
        if posts and all(row.state == "failed" or row.reason in _NOT_HERE for row in posts):
            return None
        return Skip("preflight", f"its page names itself {canonical}, which is an article of its own here")

    def paused_words(self, article: Article) -> list[tuple[str, datetime | None]]:
        """Paused words that the article contains, each with the end of its pause."""
        pauses = [pause for pause in self.ledger.pauses.all() if pause.word]
        if not pauses:
            return []
        said = "\n".join((article.title, article.summary, article.section or "", *article.categories)).casefold()
        return [(pause.word, pause.until) for pause in pauses if pause.word in said]

    def spent(self, account: Account, now: datetime) -> int:
        """What the account's posts of this month cost, in millionths of a dollar."""
        return self.ledger.deliveries.spent(account.name, _month(account, now, 0))

    def opening(self, delivery: Delivery, account: Account, now: datetime) -> Opening:
        """When hours, spacing and caps next allow it."""
        urgent = at_once(account, delivery.priority)
        opens, said = (now, "") if urgent else schedule.opening(account.schedule, now)

        def latest(number: int) -> datetime | None:
            if number <= len(self.sent):
                return self.sent[-number]
            return self.ledger.deliveries.latest_commit(account.name, number - len(self.sent), besides=delivery.key)

        free, cap = schedule.free_at(schedule.caps(account.schedule, urgent=urgent), latest, now)
        if opens is None:
            return Opening(now + NEVER, "window", said)
        if free <= opens:
            return Opening(opens, "window", said) if opens > now else Opening(now)
        # The cap may be free at night, when the hours are closed.
        later, closed = (free, "") if urgent else schedule.opening(account.schedule, free)
        if closed:
            return Opening(later or now + NEVER, "window", closed)
        return Opening(free, "spacing" if cap == "spacing" else "cap", cap)

    def _twin(self, delivery: Delivery) -> Verdict:
        """Whether another name of the same login has the article already."""
        twin = self.ledger.logins.twin(delivery)
        if twin is None:
            return None
        if twin.state == "posted":
            return Skip(
                "elsewhere", f"{twin.account} is the same login and posted it: {twin.permalink or twin.key[:8]}"
            )
        words = f"{twin.account} is the same login, and what became of its post is not known yet"
        return Wait("behind", self.ledger.now() + PAUSE_LOOK, words)

    def _age(self, delivery: Delivery) -> Wait | Skip | None:
        now = self.ledger.now()
        if delivery.expires_at is None or delivery.expires_at > now:
            return None
        doubt = self.ledger.doubt()
        if doubt is not None:  # what has expired by the servers' time as well waits for the clock to be right
            old = doubt.servers is None or delivery.expires_at <= doubt.servers
            return Wait("clock", now + DOUBTED, doubt.words) if old else None
        waited = f": {delivery.reason}" if delivery.reason else ""
        return Skip("too_old", f"{WAITED}{waited}")

    def misread(self, article: Article, account: Account) -> str:
        """What of the article's own words on its posts cannot be followed, with their place; "" if all can."""
        said = article.override
        if said is None:
            return ""
        names = self.names(account.name) if said.named or said.only else None
        unknown = said.unknown(names.own, names.networks) if names else []
        faults = [*said.faults, *(f"no account is called {name!r}" for name in unknown)]
        return f"{said.place}: {faults[0]}{f' (and {len(faults) - 1} more)' if faults[1:] else ''}" if faults else ""

    def _override(self, article: Article, account: Account) -> Verdict:
        """What the article says itself: that this account does not have it, or not yet, or what cannot be followed."""
        said, now = article.override, self.ledger.now()
        if said is None:
            return None
        misread = "" if refused(account, article) else self.misread(article, account)
        if misread:
            return Wait("override", now + OVERRIDE_LOOK, misread)
        if not chosen(account, article):
            return Skip("filtered", f"the article says so itself ({said.place})")
        return Wait("embargo", said.at) if said.at is not None and said.at > now else None

    def _words(self, article: Article) -> Wait | None:
        for word, until in self.paused_words(article):
            soon = self.ledger.now() + PAUSE_LOOK
            return Wait("paused", soon if until is None else min(until, soon), f"articles with '{word}' are paused")
        return None

    def _hours(self, delivery: Delivery, account: Account) -> Wait | None:
        now = self.ledger.now()
        opening = self.opening(delivery, account, now)
        if opening.reason is None or opening.at <= now:
            return None
        # Breaking news that ignores hours waits for a cap alone, and does not close the account for the others.
        scheduled = not at_once(account, delivery.priority)
        return Wait(opening.reason, opening.at, opening.said, scheduled=scheduled)

    def _news(self, delivery: Delivery, account: Account) -> Wait | None:
        """What a rule posts again keeps the account's spacing from news that is about to come, too."""
        if delivery.again is None or delivery.again.by != "rule" or not account.schedule.spacing:
            return None
        now, spacing = self.ledger.now(), account.schedule.spacing
        news = self.ledger.evergreens.news_at(account.name, now + spacing)
        return None if news is None else Wait("behind", max(news, now) + spacing, NEWS_FIRST)

    def _page(self, delivery: Delivery, article: Article, account: Account) -> Verdict:
        patience = self.patience(article.source)
        # Whatever its page answers; but one of long ago may be gone, and what is known of it is from before.
        vouched = delivery.approved is not None and delivery.expires_at is None and delivery.again is None
        unusable = None if patience is not None or vouched else no_link(article)
        if unusable is not None:
            return Skip("preflight", unusable.words, alerted=True)
        if self.look is None or patience is None or vouched:
            return None
        trouble = self.look(article, picture=account.image != "none")
        if trouble is None:
            return None
        now = self.ledger.now()
        # Time spent waiting for an embargo or an approval does not count.
        waited = now - (delivery.looked_at or now)
        if waited < patience or (trouble.fatal and delivery.looks + 1 < LOOKS):
            left = patience - waited if waited < patience else FIRST_LOOK
            again = min(max(FIRST_LOOK, waited / 2), LONGEST_LOOK, left)
            soon = now + max(again, timedelta(seconds=1))
            ends = now + max(left, (LOOKS - 1 - delivery.looks) * FIRST_LOOK)
            late = trouble.fatal and waited >= patience / 2
            return Wait("preflight", soon, trouble.words, ends=ends if late else None)
        if trouble.fatal and self.ledger.doubt() is not None:
            return Wait("preflight", now + LONGEST_LOOK, trouble.words)
        return Skip("preflight", trouble.words, alerted=True) if trouble.fatal else None


def no_link(article: Article) -> Trouble | None:
    """What is wrong with the link that an article's source states, whatever a page would answer; None if nothing is."""
    url = article.url or article.raw.get(UNUSABLE, "")
    if not url or is_possible(url):
        return None
    if not url.lower().startswith(("http://", "https://")):
        return Trouble(f"its link is not a web address: {url[:80]}")
    return Trouble(f"its link leads nowhere, since no host can have such a name: {url[:80]}")


def record(verdict: Wait | Skip, delivery: Delivery, account: Account, ledger: Ledger) -> None:
    """Record in the ledger why a due delivery is not sent now."""
    now = ledger.now()
    match verdict:
        case Skip(reason, words, alerted):
            ledger.waiting.skips(delivery, reason, error=words, now=now, alerted=alerted)
        case Wait("preflight", until, words, ends=ends):
            ledger.waiting.looks_again(delivery, words or "", due_at=until or now, now=now)
            if ends is not None:
                ledger.decisions.tell(delivery, "waits")
        case Wait("override" | "embargo" as reason, until, words):
            ledger.waiting.waits(delivery, reason, state="planned", due_at=until, error=words, now=now)
        case Wait("approval", _, words):
            ledger.waiting.waits(delivery, "approval", state="planned", due_at=None, error=words, now=now)
        case Wait(reason, until, words, True) if until is not None:
            ledger.backlog.close(account.name, reason, until, words or "", now)
            # `close` leaves out breaking news, even where the account makes no exception for it.
            fresh = ledger.deliveries.find(delivery.key)
            if fresh is not None and fresh.due_at is not None and fresh.due_at <= now:
                ledger.waiting.waits(delivery, reason, due_at=until, error=words, now=now)
        case Wait(reason, until, words):
            due_at = delivery.due_at if until is None else until
            ledger.waiting.waits(delivery, reason, due_at=due_at, error=words, now=now)


def _month(account: Account, now: datetime, ahead: int) -> datetime:
    """The start of this month on the account's local clock, or of the month so many ahead."""
    local = now.astimezone(ZoneInfo(account.schedule.timezone))
    month = local.month - 1 + ahead
    first = datetime(local.year + month // 12, month % 12 + 1, 1, tzinfo=local.tzinfo)
    return first.astimezone(UTC)
