"""Pure: what happens next, and when, after a failure or a look-up that found nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from syndicate.errors import (
    AuthError,
    NotReady,
    PlatformError,
    RateLimited,
    Rejected,
    Unavailable,
    Uncertain,
    Unsupported,
)
from syndicate.model import Certainty, Delivery, Reason, State
from syndicate.model.dataclass import dataclass

ATTEMPTS = 8  # after so many the delivery has failed
BREAKS = 5  # failures in a row to reach a network, over all deliveries of an account: then one try at long intervals
UNKNOWNS = 3  # commits in a row without an answer, then a person decides, unless a key makes another one safe
PERSISTS = timedelta(hours=24)  # how long such a post is sent again that never expires
LOOKS = 2  # look-ups in a row that find nothing, a settle time apart: then it was not published
SWALLOWED_WAIT = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=10)
TEMPLATE_WAIT = timedelta(minutes=1)  # until a template that could not be rendered is tried again
LONGEST_WAIT = timedelta(minutes=15)
RATE_WAITS = tuple(timedelta(minutes=wait) for wait in (1, 5, 15, 60))  # in a row, where it is not said how long
LONG_WAIT = timedelta(hours=6)  # a longer one that a network asks for is told at once
RENEWAL_WAIT, LONGEST_RENEWAL_WAIT = timedelta(minutes=5), timedelta(hours=6)  # between tries to renew a login
LONGEST_RATE_WAIT = timedelta(hours=24)  # a longer Retry-After is cut to this


@dataclass(frozen=True, slots=True)
class Step:
    """What happens next to a delivery.

    `spent` False: the attempt does not count. `fresh`: post and draft are dropped and rendered anew.
    `account_wait`: the whole account waits until then; `pause`: until a person acts. `trouble` is what a person is
    told of a wait that may be long.
    """

    state: State
    reason: Reason | None
    due_at: datetime | None
    spent: bool = True
    fresh: bool = False
    pause: bool = False
    account_wait: datetime | None = None
    trouble: str | None = None


def unreached(failure: PlatformError) -> bool:
    """Whether the network failed, not this post: no answer at all, a gateway's, or that of something else."""
    other = isinstance(failure, Unavailable) and (failure.gateway or failure.astray)
    return isinstance(failure, Unavailable | Uncertain) and (other or failure.status in (None, 502, 503, 504))


def unstated(failure: PlatformError) -> bool:
    """Whether the network asks to wait without saying how long. A reset that has passed says nothing either."""
    return isinstance(failure, RateLimited) and not (failure.retry_after and failure.retry_after > 0)


def rate_wait(failure: RateLimited, throttles: int) -> timedelta:
    """How long the account waits: as long as the network says, else longer each time in a row (`throttles`).

    A spent quota waits an hour at least. Calling on makes the wait longer, says Meta of codes 4, 17 and 613:
    https://developers.facebook.com/docs/graph-api/overview/rate-limiting/
    """
    grown = RATE_WAITS[min(max(throttles, 1), len(RATE_WAITS)) - 1]
    wait = grown if unstated(failure) else _asked(failure.retry_after, grown, LONGEST_RATE_WAIT)
    return max(wait, RATE_WAITS[-1]) if failure.capped else wait


def renewal_wait(failure: PlatformError, failures: int) -> timedelta:
    """How long until a renewal is tried again after this failure and `failures` before it."""
    grown: timedelta = min(RENEWAL_WAIT * (1 << min(failures, 16)), LONGEST_RENEWAL_WAIT)
    asked = failure.retry_after if isinstance(failure, RateLimited | Unavailable) else None
    return grown if asked is None else max(grown, min(timedelta(seconds=asked), LONGEST_RATE_WAIT))


def after_failure(
    failure: PlatformError,
    *,
    attempts: int,
    now: datetime,
    jitter: float,
    failures: int = 0,
    throttles: int = 1,
    aging: bool = False,
) -> Step:
    """The next step after a failure that published nothing. `jitter` is in [0, 1).

    `failures` counts failures in a row to reach the network, with this one: from BREAKS on the whole account
    waits. The attempt then does not count if the delivery can expire (`aging`). `throttles` counts answers in a row,
    with this one, that ask to wait without saying how long.
    """
    match failure:
        case AuthError():
            return Step("due", "auth", now, spent=False, pause=True)
        case RateLimited():
            until = now + rate_wait(failure, throttles)
            often = unstated(failure) and throttles >= len(RATE_WAITS)
            told = failure.capped or often or until - now > LONG_WAIT
            return Step(
                "due",
                "rate_limited",
                until,
                spent=False,
                account_wait=until,
                trouble=_told(failure) if told else None,
            )
        case NotReady():
            return Step("due", "unavailable", now + _asked(failure.retry_after, FIRST_WAIT, LONGEST_WAIT), spent=False)
        case Unavailable(astray=True):
            return _misled(failure, now, failures)
        case Unavailable() | Uncertain():
            return _unreachable(failure, attempts, now, jitter, failures, aging=aging)
        case Rejected() | Unsupported():
            return Step("failed", "rejected", None)
    raise TypeError(f"no step for {type(failure).__name__}")


def _misled(failure: Unavailable, now: datetime, failures: int) -> Step:
    """The address leads to something else than the API: no post of the account can arrive, until a person acts."""
    grown = min(RATE_WAITS[min(max(failures, 1), len(RATE_WAITS)) - 1], LONGEST_WAIT)
    until = now + _asked(failure.retry_after, grown, LONGEST_RATE_WAIT)
    return Step("due", "unavailable", until, spent=False, account_wait=until, trouble=_told(failure))


def _unreachable(
    failure: PlatformError, attempts: int, now: datetime, jitter: float, failures: int, *, aging: bool
) -> Step:
    broken = failures >= BREAKS
    if attempts >= ATTEMPTS and not (broken and aging):
        return Step("failed", "attempts", None)
    asked = getattr(failure, "retry_after", None)
    wait = _asked(asked, backoff(max(attempts, failures - 1), jitter), LONGEST_RATE_WAIT)
    held = now + wait if broken else None
    trouble = str(failure) if wait > LONG_WAIT else None
    return Step("due", "unavailable", now + wait, spent=not (broken and aging), account_wait=held, trouble=trouble)


def backoff(attempts: int, jitter: float) -> timedelta:
    """The wait before the next attempt, by full jitter: from a second up to a bound that doubles with each attempt."""
    bound: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(max(attempts - 1, 0), 16))
    return max(timedelta(seconds=1), bound * jitter)


def unanswered(*, settle: timedelta, now: datetime) -> Step:
    """The next step after a commit without an answer: look it up once it would surely be visible."""
    return Step("unknown", "no_answer", now + settle)


def after_absence(
    delivery: Delivery, certainty: Certainty, key_window: float, settle: timedelta, now: datetime
) -> Step:
    """The next step after a look-up that did not find the post; `delivery.absent` counts the ones before this."""
    if delivery.absent + 1 < LOOKS:
        return Step("unknown", "no_answer", now + settle)
    safe = _same_key_is_safe(delivery, certainty, key_window, now)
    if delivery.unknowns >= UNKNOWNS and not (safe and _has_time(delivery, certainty, now)):
        return Step("held", "no_answer", None)
    # Again at once the first time; later ones wait, so that a network that loses writes can recover.
    wait = min(SWALLOWED_WAIT * max(0, delivery.unknowns - 1), LONGEST_WAIT)
    return Step("due", None, now + wait, fresh=not safe)


def cannot_tell(wish: Literal["hold", "retry", "assume-sent"], now: datetime) -> Step:
    """The next step where the network cannot be asked. A `wish` other than `hold` accepts a double or a lost post."""
    match wish:
        case "hold":
            return Step("held", "no_answer", None)
        case "retry":
            return Step("due", None, now, fresh=True)
        case "assume-sent":
            return Step("posted", "no_answer", None)


def lookup_failed(
    failure: PlatformError, *, settle: timedelta, now: datetime, jitter: float, throttles: int = 1
) -> Step:
    """The next step after a failed look-up: it stays unknown, and is looked up later."""
    if isinstance(failure, Rejected):
        return Step("held", "no_answer", None)
    if isinstance(failure, RateLimited):
        wait = rate_wait(failure, throttles)
    else:
        wait = _asked(getattr(failure, "retry_after", None), backoff(1, jitter), LONGEST_RATE_WAIT)
    trouble = str(failure) if wait > LONG_WAIT else None
    pause = isinstance(failure, AuthError)
    return Step("unknown", "no_answer", now + max(settle, wait), pause=pause, trouble=trouble)


def _same_key_is_safe(delivery: Delivery, certainty: Certainty, key_window: float, now: datetime) -> bool:
    if certainty == "exact":
        return True
    began = delivery.committed_at
    return certainty == "keyed" and began is not None and now < began + timedelta(seconds=key_window)


def _has_time(delivery: Delivery, certainty: Certainty, now: datetime) -> bool:
    """Whether a post that no key doubles may be sent more than UNKNOWNS times: while the key lasts (which is asked
    elsewhere), and where it lasts for ever, until the article is too old.
    """
    began = delivery.committed_at or now
    return certainty == "keyed" or now < (delivery.expires_at or began + PERSISTS)


def _told(failure: PlatformError) -> str:
    return "; ".join(filter(None, (str(failure), failure.hint)))


def _asked(seconds: float | None, otherwise: timedelta, most: timedelta) -> timedelta:
    return otherwise if seconds is None else timedelta(seconds=min(most.total_seconds(), max(0.0, seconds)))
