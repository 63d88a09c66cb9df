"""Before an account posts after a restore or a long stop: asks its network, once, what it has already."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import field
from datetime import datetime, timedelta

from syndicate.aliases import site_host
from syndicate.delivery import retry_policy
from syndicate.delivery.failures import hold_account, throttles
from syndicate.delivery.lane import Lane, Timeouts
from syndicate.delivery.retry_policy import Step
from syndicate.delivery.session import with_session
from syndicate.errors import PlatformError, Rejected, Unsupported
from syndicate.ledger import Ledger
from syndicate.ledger.elsewhere import Settled
from syndicate.ledger.recovery import WantedLook
from syndicate.model import ListedPost
from syndicate.model.dataclass import dataclass
from syndicate.ports import Listing, ListsNoAnswers, PricedListing

SKEW = timedelta(hours=2)  # a network's clock may be this far behind ours
BEYOND = timedelta(days=1)  # how much longer than `max_age` ago a story that still waits may have been posted
FURTHER = (timedelta(days=30), timedelta(days=400))
"""How far back a new ledger looks where nothing newer links to its site."""
UNASKED = "its network could not be asked what it has"


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of it. `listed` is how many posts the network listed, None if it was not asked now.

    `fault` is why it could not be asked. `waits`: nothing may be sent for the account yet. `blind`: its network cannot
    say what it has.
    """

    account: str
    listed: int | None = None
    settled: Settled = field(default_factory=Settled)
    fault: str | None = None
    waits: bool = False
    blind: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person is told of it, without the account's name."""
        told = []
        if self.settled.posted:
            told.append(f"it had {_stories(len(self.settled.posted))} already, recorded as posted")
        if self.settled.held:
            told.append(f"nobody can tell whether it has {_stories(len(self.settled.held))}: held for you to decide")
        if self.fault and self.waits:
            told.append(f"nothing is sent until it says what it has: {self.fault}")
        elif self.fault:
            told.append(f"it could not be asked what it has: {self.fault}")
        return tuple(told)


def look_first(lane: Lane, ledger: Ledger, timeouts: Timeouts, *, now: bool = False, key: str | None = None) -> Looked:
    """Have the account look, if that is wanted; then record what its network has already, or what is in doubt.

    The look of an account is made once, by whoever comes first; `now` ignores that a failed one waits. Once it is made,
    with `key`, only that delivery is compared. After a mere
    stop, a network that cannot be asked keeps nothing back. After a restore its account waits, unless it is one that
    refuses a second post of a story by itself (`exact`).
    """
    name = lane.account.name
    look = ledger.recovery.wanted(name)
    if look is None:
        return Looked(name)
    if look.looked_at is not None:
        return Looked(name, settled=_settle(lane, ledger, key), blind=look.unlisted)
    if look.again_at > ledger.now() and not now:
        return Looked(name, waits=True)
    return _look(look, lane, ledger, timeouts)


def look_back(lane: Lane, ledger: Ledger, host: str | None) -> bool:
    """Have an account list what it has, where its ledger is new. Returns whether any of it links to this host.

    Raises PlatformError where it cannot be asked now; where its network cannot tell, nothing does.
    """
    platform, now = lane.platform, ledger.now()
    if not isinstance(platform, Listing):
        return _blind(lane, ledger).listed is not None
    for back in (lane.account.max_age + BEYOND, *FURTHER):
        since = now - back
        try:
            posts = with_session(lane, ledger, functools.partial(platform.recent, since))
        except (Unsupported, Rejected):
            return _blind(lane, ledger).listed is not None
        if shows := any(_leads_to(link, host) for post in posts for link in post.links):
            break
    _took(posts, lane, ledger)
    return shows


def _leads_to(link: str, host: str | None) -> bool:
    found = site_host(link)
    return found is not None and host is not None and (found == host or found.endswith(f".{host}"))


def _look(look: WantedLook, lane: Lane, ledger: Ledger, timeouts: Timeouts) -> Looked:
    platform = lane.platform
    if not isinstance(platform, Listing):
        return _blind(lane, ledger)
    since = _since(look, lane, ledger.now())
    try:
        posts = with_session(lane, ledger, lambda: platform.recent(since))
    except Unsupported as fault:
        return _blind(lane, ledger, str(fault))
    except PlatformError as fault:
        return _failed(look, fault, lane, ledger, timeouts)
    return _took(posts, lane, ledger)


def _took(posts: Sequence[ListedPost], lane: Lane, ledger: Ledger) -> Looked:
    name, platform = lane.account.name, lane.platform
    with ledger.transaction():
        if isinstance(platform, PricedListing):
            ledger.recovery.charged(name, platform.price_of_listing(len(posts)))
        ledger.elsewhere.keep(name, posts)
        ledger.recovery.looked(name)
        settled = _settle(lane, ledger)
    ledger.reached(lane.account)
    return Looked(name, len(posts), settled)


def _settle(lane: Lane, ledger: Ledger, key: str | None = None) -> Settled:
    """Record what its network has. An exact one refuses a second post by itself, whether it lists it or not."""
    told = lane.platform.certainty == "exact" or not isinstance(lane.platform, ListsNoAnswers)
    return ledger.elsewhere.settle(lane.account.name, ledger.now(), key, answers=told)


def _blind(lane: Lane, ledger: Ledger, fault: str | None = None) -> Looked:
    """Its network cannot say what it has. An exact one needs not: it refuses a second post by itself."""
    name, exact = lane.account.name, lane.platform.certainty == "exact"
    with ledger.transaction():
        ledger.recovery.looked(name, unlisted=not exact)
        settled = _settle(lane, ledger)
    return Looked(name, settled=settled, fault=fault, blind=not exact)


def _failed(look: WantedLook, fault: PlatformError, lane: Lane, ledger: Ledger, timeouts: Timeouts) -> Looked:
    name, now = lane.account.name, ledger.now()
    if look.why == "stopped" or lane.platform.certainty == "exact":
        ledger.recovery.looked(name)
        return Looked(name, settled=_settle(lane, ledger), fault=str(fault))
    step = _step(fault, lane, ledger, timeouts)
    again_at = max(step.due_at or now + retry_policy.LONGEST_WAIT, now + retry_policy.FIRST_WAIT)
    hold_account(lane, step, ledger, now)
    ledger.recovery.later(name, again_at)
    ledger.backlog.hold(name, "auth" if step.pause else "restored", again_at, f"{UNASKED}: {fault}", now)
    return Looked(name, fault=str(fault), waits=True)


def _step(fault: PlatformError, lane: Lane, ledger: Ledger, timeouts: Timeouts) -> Step:
    """When to ask again. Failures in a row to reach the network make the wait longer, as for posts."""
    name, now, failures = lane.account.name, ledger.now(), 0
    if retry_policy.unreached(fault):
        failures = ledger.accounts.unreachable(name, now, retry_policy.BREAKS)
    return retry_policy.after_failure(
        fault,
        attempts=1,
        now=now,
        jitter=timeouts.jitter(),
        failures=failures,
        throttles=throttles(fault, lane, ledger),
        aging=True,
    )


def _since(look: WantedLook, lane: Lane, now: datetime) -> datetime:
    """From when on posts are listed: what waits is younger than `max_age`, and the ledger knows what came before."""
    oldest = now - lane.account.max_age - BEYOND
    return max(look.since - SKEW, oldest) if look.why != "asked" else oldest


def _stories(count: int) -> str:
    return "one story" if count == 1 else f"{count} stories"
