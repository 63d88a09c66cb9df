"""`deliver`: takes one delivery through as many steps as possible now. Safe to call twice, at once, or late."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.delivery import retry_policy
from syndicate.delivery.ahead import Ahead
from syndicate.delivery.concessions import render_conceded
from syndicate.delivery.failures import hold_account, throttles
from syndicate.delivery.gates import Gate, Skip, Wait, record
from syndicate.delivery.lane import Lane, Render, Timeouts
from syndicate.delivery.look_first import UNASKED, look_first
from syndicate.delivery.lost_renders import watched
from syndicate.delivery.sending import Frozen, cost, send
from syndicate.delivery.session import renew_ahead, with_session
from syndicate.errors import PlatformError, RenderError, SyndicateError, TooLong
from syndicate.ledger import Ledger
from syndicate.model import Article, Delivery, Draft
from syndicate.serialization import PARTS, freeze, moment

TWIN = "another post with its link was sent without an answer, and is looked up first"
TWIN_WAIT = timedelta(seconds=1)
SAID_BEFORE = "its text is that of an earlier post of the story; give it another in again.txt.j2, or with --text"


def deliver(
    key: str,
    lane: Lane,
    ledger: Ledger,
    render: Render,
    timeouts: Timeouts,
    gate: Gate,
    ahead: Ahead | None = None,
) -> tuple[Delivery, tuple[str, ...]]:
    """Take one delivery as far as possible now: check, render, claim, prepare, commit, record; or look it up.

    If `gate` stops it, the reason is recorded. Returns the delivery in its new state, and warnings. Calling it
    again, or in two processes at once, does no harm. `ahead` has what is sent right after it.
    """
    delivery = _found(ledger, key)
    warnings: tuple[str, ...] = ()
    if delivery.state == "unknown":
        from syndicate.delivery.look_up import look_up

        look_up(delivery, lane, ledger, timeouts)
    elif delivery.state == "due" and not _is_recognised(delivery, lane, ledger, timeouts):
        pass
    elif delivery.state == "due" and delivery.action != "post":
        from syndicate.delivery.amend import amend

        amend(delivery, lane, ledger, render, timeouts)
    elif delivery.state == "due":
        looked = look_first(lane, ledger, timeouts, key=key)
        delivery, warnings = _found(ledger, key), looked.notes
        if looked.waits:
            _waits_for_a_look(delivery, ledger)
        elif delivery.state == "due" and delivery.part:
            from syndicate.delivery.parts import send_part

            send_part(delivery, lane, ledger, timeouts, gate)
        elif delivery.state == "due":
            warnings += _post(delivery, lane, ledger, render, timeouts, gate, ahead)
    return _found(ledger, key), warnings


def _is_recognised(delivery: Delivery, lane: Lane, ledger: Ledger, timeouts: Timeouts) -> bool:
    """Whether the network knows the account as the login that the delivery was planned for; else why is recorded."""
    try:
        renew_ahead(lane, ledger)
        return with_session(lane, ledger, lane.recognise)
    except PlatformError as fault:
        _wait(delivery, fault, lane, ledger, timeouts)
        return False


def _waits_for_a_look(delivery: Delivery, ledger: Ledger) -> None:
    """Record that a delivery waits until its network has said what it has, if that is not recorded already."""
    look, now = ledger.recovery.wanted(delivery.account), ledger.now()
    if look is not None and delivery.state == "due" and delivery.due_at is not None and delivery.due_at <= now:
        ledger.waiting.waits(delivery, "restored", due_at=max(look.again_at, now), error=UNASKED, now=now)


def _post(
    delivery: Delivery,
    lane: Lane,
    ledger: Ledger,
    render: Render,
    timeouts: Timeouts,
    gate: Gate,
    ahead: Ahead | None,
) -> tuple[str, ...]:
    known = ledger.articles.find(delivery.anchor)
    verdict = gate.before_render(delivery, known, lane.account)
    article = known.article
    if verdict is None and delivery.draft is None:
        article, verdict = _renamed(delivery, article, lane, ledger, gate)
    if verdict is not None:
        record(verdict, delivery, lane.account, ledger)
        return _ends_soon(verdict, article)
    ledger.waiting.page_ok(delivery)
    frozen = _freeze(delivery, article, lane, ledger, render, timeouts)
    if frozen is None:
        return ()
    if _is_said_already(delivery, frozen, lane, ledger) or _comes_after_its_twin(delivery, frozen, lane, ledger):
        return frozen.warnings
    if frozen.draft is None:  # a post rendered anew passes every gate, whatever was tried before
        delivery = replace(delivery, draft=None)
    allowance = gate.allowance(delivery, lane.account, lane.platform, frozen.post, frozen.rest)
    wait = gate.after_render(delivery, frozen.digest, lane.account, allowance)
    if wait is not None:
        record(wait, delivery, lane.account, ledger)
        return frozen.warnings
    if ahead is not None:
        ahead.fill(delivery, article)
    claimed = ledger.claims.claim(delivery, now=ledger.now(), lease=timeouts.lease, allowance=allowance)
    if claimed is not None:
        costly = replace(frozen, cost=cost(lane.platform, frozen.post))
        return frozen.warnings + send(claimed, costly, lane, ledger, timeouts, ahead)
    return frozen.warnings


def _ends_soon(verdict: Wait | Skip, article: Article) -> tuple[str, ...]:
    """A warning about an article that is given up soon."""
    if isinstance(verdict, Skip) or verdict.ends is None:
        return ()
    return (f"{article.url} waits, and is given up at {verdict.ends:%H:%M} UTC: {verdict.words}",)


def _is_said_already(delivery: Delivery, frozen: Frozen, lane: Lane, ledger: Ledger) -> bool:
    """Whether its words are out already: as the network listed them, or, of a story that is repeated, as the ledger has
    them.
    """
    again = delivery.again is not None
    if (again or frozen.record.get("link") is None) and _has_these_words(delivery, frozen, lane, ledger):
        return True
    return again and frozen.draft is None and _was_said(delivery, frozen, ledger)


def _was_said(delivery: Delivery, frozen: Frozen, ledger: Ledger) -> bool:
    """Whether a post that repeats a story says what was said before; then it is skipped."""
    from syndicate.delivery.same_text import same_text

    if not same_text(delivery, frozen.record.get("text") or "", ledger):
        return False
    ledger.waiting.skips(delivery, "same_text", error=SAID_BEFORE, now=ledger.now())
    return True


def _has_these_words(delivery: Delivery, frozen: Frozen, lane: Lane, ledger: Ledger) -> bool:
    """Whether the network listed a post of exactly these words, where the account had to look before it posts. They
    have no link, or repeat a story. With it, the words of its thread are known, unless they wait for an approval.
    """
    if ledger.recovery.wanted(delivery.account) is None:
        return False
    if PARTS in frozen.record and (not lane.account.approve or delivery.approved == frozen.digest):
        delivery = replace(delivery, post=frozen.record)
    return ledger.elsewhere.same_words(delivery, frozen.record.get("text") or "", ledger.now())


def _comes_after_its_twin(delivery: Delivery, frozen: Frozen, lane: Lane, ledger: Ledger) -> bool:
    """Whether it has to wait for the look-up of another post with its link: afterwards nobody could tell them apart."""
    link = frozen.record.get("link")
    if lane.platform.certainty not in ("keyed", "lookup") or not ledger.deliveries.rivals(delivery, link, ("unknown",)):
        return False
    now = ledger.now()
    ledger.waiting.waits(delivery, "behind", due_at=now + max(lane.settle, TWIN_WAIT), error=TWIN, now=now)
    return True


def _renamed(
    delivery: Delivery, article: Article, lane: Lane, ledger: Ledger, gate: Gate
) -> tuple[Article, Skip | None]:
    """The article under the address that its page names as its own, recorded as one more of its names; or why the
    story is not sent under it: another article has that address, and is the same story.
    """
    canonical = gate.canonical(article)
    renamed = ledger.articles.rename(delivery.anchor, canonical) if canonical else None
    if canonical is None or renamed is not None:
        return renamed or article, None
    return article, gate.announced_as(article, canonical, lane.account)


def _freeze(
    delivery: Delivery, article: Article, lane: Lane, ledger: Ledger, render: Render, timeouts: Timeouts
) -> Frozen | None:
    """Render the post, before any claim. None if that is not possible now; why is then recorded."""
    now = ledger.now()
    if delivery.draft is not None and delivery.post is not None and not _expired(delivery.draft, now):
        return Frozen(delivery.post, delivery.digest or "", draft=delivery.draft)
    try:
        limits = with_session(lane, ledger, lane.limits)
        render = watched(render, delivery, ledger, timeouts.lease)
        rendered = render_conceded(
            delivery.conceded, article, lane, limits, render, at=now, planned_at=delivery.planned_at
        )
    except TooLong as fault:
        ledger.waiting.fails(delivery, "too_long", error=str(fault), now=now)
    except RenderError as fault:
        ledger.waiting.waits(delivery, "template", due_at=now + retry_policy.TEMPLATE_WAIT, error=str(fault), now=now)
    except PlatformError as fault:
        _wait(delivery, fault, lane, ledger, timeouts)
    else:
        post = replace(rendered.post, day=delivery.day)
        rest = tuple(each.post for each in rendered.rest)
        return Frozen(*freeze(rendered), post=post, warnings=rendered.warnings, rest=rest)
    return None


def _wait(delivery: Delivery, fault: PlatformError, lane: Lane, ledger: Ledger, timeouts: Timeouts) -> None:
    """Record that whose login it is, or the network's limits, could not be read. Nothing was claimed, so no attempt
    counts.
    """
    now = ledger.now()
    asked = throttles(fault, lane, ledger)
    step = retry_policy.after_failure(fault, attempts=1, now=now, jitter=timeouts.jitter(), throttles=asked)
    due_at = step.due_at or now + retry_policy.LONGEST_WAIT
    reason = step.reason if step.state == "due" and step.reason else "unavailable"  # what was refused is not this post
    ledger.waiting.waits(delivery, reason, due_at=due_at, error=str(fault), now=now)
    hold_account(lane, step, ledger, now)


def _expired(draft: Draft, now: datetime) -> bool:
    expires_at = moment(draft.get("expires_at"))
    return expires_at is not None and expires_at <= now


def _found(ledger: Ledger, key: str) -> Delivery:
    delivery = ledger.deliveries.find(key)
    if delivery is None:
        raise SyndicateError(f"there is no delivery {key}")
    return delivery
