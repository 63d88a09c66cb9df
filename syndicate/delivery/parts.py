"""Sends the further posts of a thread, each in reply to the receipt of the one before, as they were frozen with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from syndicate.delivery.gates import Gate, Skip, record
from syndicate.delivery.lane import Lane, Timeouts
from syndicate.delivery.sending import Frozen, cost, send
from syndicate.ledger import Ledger
from syndicate.ledger.claims import ANYTHING
from syndicate.model import Article, Delivery, Json, Post, Receipt
from syndicate.serialization import OF, PARTS, article_record, digest, moment, part_post, post_record

APART = timedelta(milliseconds=1)
"""Between the times that two posts of a thread bear: networks sort by them."""
ALONE = "the post that it answers is not there"
ASSUMED = "the post that it answers was assumed to be sent, so nobody knows where it is"
UNKNOWN_WORDS = (
    "its words are not known here any more: its thread was pruned, or the ledger was made anew while it was under way"
)


def send_part(delivery: Delivery, lane: Lane, ledger: Ledger, timeouts: Timeouts, gate: Gate) -> None:
    """Take a further post of a thread as far as possible now. It is never rendered anew.

    Hours, spacing, caps and budget do not hold it back: they let its whole thread go.
    """
    article = ledger.articles.find(delivery.anchor)
    verdict = gate.of_part(delivery, article)
    if isinstance(verdict, Skip) and verdict.reason == "too_old":
        ledger.backlog.give_up_part(delivery, ledger.now())
        return
    if verdict is not None:
        record(verdict, delivery, lane.account, ledger)
        return
    found = _frozen(delivery, article.article, ledger)
    if isinstance(found, Skip):
        ledger.waiting.fails(delivery, "rejected", error=found.words, now=ledger.now())
        return
    if _is_out(delivery, found, ledger):
        return
    claimed = ledger.claims.claim(delivery, now=ledger.now(), lease=timeouts.lease, allowance=ANYTHING)
    if claimed is not None:
        send(claimed, replace(found, cost=cost(lane.platform, found.post)), lane, ledger, timeouts)


def reply_to(delivery: Delivery, ledger: Ledger) -> tuple[Delivery, Receipt] | None:
    """The post before this one in its thread, with its receipt; None if it is not there (any more)."""
    before = ledger.deliveries.of(delivery.anchor, delivery.account, delivery.revision, delivery.part - 1)
    receipt = ledger.deliveries.receipt(before.key) if before is not None else None
    if before is None or before.state != "posted" or before.reason == "deleted" or receipt is None:
        return None
    return before, receipt


def _frozen(delivery: Delivery, article: Article, ledger: Ledger) -> Frozen | Skip:
    """What is sent: the bytes of an earlier attempt, or the words that were frozen with the thread's first post."""
    before = reply_to(delivery, ledger)
    if before is None:
        return Skip("person", _alone(delivery, ledger))
    if delivery.draft is not None and delivery.post is not None and not _expired(delivery, ledger.now()):
        return Frozen(delivery.post, delivery.digest or "", draft=delivery.draft)
    first = ledger.deliveries.of(delivery.anchor, delivery.account, delivery.revision)
    parts: list[Json] = ((first and first.post) or {}).get(PARTS, [])
    if len(parts) < delivery.part:
        return Skip("person", UNKNOWN_WORDS)
    post = _post(delivery, parts[delivery.part - 1], article, before, ledger.now())
    stored = parts[delivery.part - 1]
    sizes = {"length": stored["length"], "limit": stored["limit"], OF: 1 + len(parts)}
    written = post_record(post)
    return Frozen(written | sizes, digest(written), post=post)


def _alone(delivery: Delivery, ledger: Ledger) -> str:
    """Why there is no post that it could answer."""
    before = ledger.deliveries.of(delivery.anchor, delivery.account, delivery.revision, delivery.part - 1)
    return ASSUMED if before is not None and (before.state, before.reason) == ("posted", "no_answer") else ALONE


def _post(delivery: Delivery, stored: Json, article: Article, before: tuple[Delivery, Receipt], now: datetime) -> Post:
    earlier, receipt = before
    at = moment((earlier.post or {}).get("at"))
    return part_post(
        stored,
        article_record(article),
        at=now if at is None else max(now, at + APART),
        planned_at=delivery.planned_at,
        reply_to=receipt,
        day=delivery.day,
    )


def _is_out(delivery: Delivery, found: Frozen, ledger: Ledger) -> bool:
    """Whether the network listed a post of exactly these words, where the account had to look before it posts."""
    if ledger.recovery.wanted(delivery.account) is None:
        return False
    sent = replace(delivery, post=found.record)
    if found.record.get("link") is not None:  # the one post of its thread that has it; networks may shorten its words
        return ledger.elsewhere.same_link(sent, ledger.now())
    return ledger.elsewhere.same_words(sent, found.record.get("text") or "", ledger.now())


def _expired(delivery: Delivery, now: datetime) -> bool:
    expires_at = moment((delivery.draft or {}).get("expires_at"))
    return expires_at is not None and expires_at <= now
