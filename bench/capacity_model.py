"""What a number of accounts and feeds needs: arithmetic on what was measured and what is assumed. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import NamedTuple

DAY = 86_400
MONTH = 30 * DAY
YEAR_DAYS = 365
KINDS = ("cpu", "server", "held")
QUIET_DAYS = 45
"""Days after which a finished story is put on the shelf."""


class Range(NamedTuple):
    """An assumption about the world outside: from, to."""

    least: float
    most: float


CORE, GIGABYTE, SENT, OF_X = Range(5, 40), Range(0.05, 0.25), Range(0.0, 0.09), Range(0.2, 0.2)
"""US dollars: of a core with its memory in a month, a gigabyte of disk in a month, one that is sent, a post on X."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was measured on one kind of ledger: for one poll or delivery, and for one stored story or delivery.

    `…_cpu` are seconds of our process, `…_server` of the database's own processes, `…_held` during which no other
    process can write. A new story is planned for all its accounts.
    """

    unchanged_cpu: float
    unchanged_server: float
    unchanged_held: float
    whole_cpu: float
    whole_server: float
    whole_held: float
    new_cpu: float
    new_server: float
    new_held: float
    delivery_cpu: float
    delivery_server: float
    delivery_held: float
    article_bytes: float
    delivery_bytes: float
    shelved_article_bytes: float
    shelved_delivery_bytes: float
    article_rows: float
    delivery_rows: float
    shelved_article_rows: float
    shelved_delivery_rows: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured whatever the ledger is. Bytes are of both directions, without TLS and TCP."""

    card_cpu: float
    photo_cpu: float
    unchanged_bytes: float
    whole_bytes: float
    page_bytes: float
    post_bytes: float
    handshake_bytes: float
    memory_base: float
    memory_per_source: float
    memory_per_account: float
    start_base: float
    start_per_source: float
    start_per_account: float
    connections_base: float
    connections_per_thread: float


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a reader puts in. `peak`: deliveries in the busiest hour by the mean of all hours. `validated`: the part of
    feeds that answer 304. `cards`: the part of deliveries with a drawn card. `photo_bytes`: of a story's picture, which
    is fetched once; `card_bytes`: of a card, which is sent to each account. `busy`: how much of a core, and of the time
    in which nobody else can write, is planned to be used at the peak. `on_x`: the part of deliveries that X charges.
    """

    accounts: float = 5000
    posts: float = 50
    feeds: float = 20_000
    every: float = 300
    accounts_per_story: float = 5
    years: float = 3
    peak: float = 5
    validated: float = 0.7
    poll_seconds: float = 1.0
    delivery_seconds: float = 1.5
    cards: float = 1.0
    photo_bytes: float = 500_000
    card_bytes: float = 150_000
    busy: float = 0.5
    threads: float = 16
    cores: float = 4
    on_x: float = 0.0
    room: float = 1.5
    core_month: Range = CORE
    gigabyte_month: Range = GIGABYTE
    sent_gigabyte: Range = SENT
    x_post: Range = OF_X


@dataclass(frozen=True, slots=True)
class Needs:
    """The answer. Cores are of the mean and of the busiest hour; bytes and rows at the end of all years."""

    polls: float
    stories: float
    deliveries: float
    cores: float
    cores_peak: float
    server_cores_peak: float
    held_peak: float
    ledgers: float
    at_once: float
    processes: float
    machines: float
    memory: float
    start: float
    connections: float
    fresh_rows: float
    shelved_rows: float
    fresh_bytes: float
    shelved_bytes: float
    received: float
    sent: float
    money: Range
    on_x: Range


def needs(assumed: Assumed, measured: Measured, ledger: Ledger) -> Needs:
    """What it takes. All figures of a day are a day's mean; `peak` times as many deliveries in the busiest hour."""
    polls, deliveries = assumed.feeds * DAY / assumed.every, assumed.accounts * assumed.posts
    stories = deliveries / assumed.accounts_per_story
    unchanged, whole = split(polls, stories, assumed.validated)
    ours, server, held = (work(ledger, kind, unchanged, whole, stories, deliveries) for kind in KINDS)
    drawn = deliveries * assumed.cards
    pictures = (stories * measured.photo_cpu if drawn else 0) + drawn * measured.card_cpu
    held_peak = (held.reading + assumed.peak * held.telling) / DAY
    at_once = (polls * assumed.poll_seconds + deliveries * assumed.peak * assumed.delivery_seconds) / DAY
    cores_peak = (ours.reading + assumed.peak * (ours.telling + pictures)) / DAY
    processes = max(2, math.ceil(cores_peak / assumed.busy), math.ceil(at_once / assumed.threads))
    server_peak = (server.reading + assumed.peak * server.telling) / DAY
    machines = max(2, math.ceil(processes / assumed.cores)) + math.ceil(server_peak / assumed.busy / assumed.cores)
    fresh, shelved = kept(assumed)
    fresh_bytes = fresh * (stories * ledger.article_bytes + deliveries * ledger.delivery_bytes) * assumed.room
    shelf_day = stories * ledger.shelved_article_bytes + deliveries * ledger.shelved_delivery_bytes
    shelved_bytes = shelved * shelf_day * assumed.room
    fresh_rows = fresh * (stories * ledger.article_rows + deliveries * ledger.delivery_rows)
    shelved_rows = shelved * (stories * ledger.shelved_article_rows + deliveries * ledger.shelved_delivery_rows)
    received, sent = traffic(assumed, measured, unchanged, whole + stories, stories, deliveries)
    memory = (
        measured.memory_base
        + assumed.feeds * measured.memory_per_source
        + assumed.accounts * measured.memory_per_account
    )
    start = (
        measured.start_base + assumed.feeds * measured.start_per_source + assumed.accounts * measured.start_per_account
    )
    return Needs(
        polls=polls,
        stories=stories,
        deliveries=deliveries,
        cores=(ours.reading + ours.telling + pictures) / DAY,
        cores_peak=cores_peak,
        server_cores_peak=server_peak,
        held_peak=held_peak,
        ledgers=max(1, math.ceil(held_peak / assumed.busy)),
        at_once=at_once,
        processes=processes,
        machines=machines,
        memory=memory,
        start=start,
        connections=processes * (measured.connections_base + assumed.threads * measured.connections_per_thread),
        fresh_rows=fresh_rows,
        shelved_rows=shelved_rows,
        fresh_bytes=fresh_bytes,
        shelved_bytes=shelved_bytes,
        received=received,
        sent=sent,
        money=money(assumed, machines, fresh_bytes + shelved_bytes, sent),
        on_x=scaled(assumed.x_post, deliveries * assumed.on_x * MONTH / DAY),
    )


class Work(NamedTuple):
    """Seconds of a day: of polls that find nothing, and of what comes with stories, which has a busy hour."""

    reading: float
    telling: float


def work(ledger: Ledger, kind: str, unchanged: float, whole: float, stories: float, deliveries: float) -> Work:
    """Seconds of a day, of one of KINDS."""

    def each(what: str) -> float:
        return float(getattr(ledger, f"{what}_{kind}"))

    reading = unchanged * each("unchanged") + whole * each("whole")
    return Work(reading, stories * each("new") + deliveries * each("delivery"))


def split(polls: float, stories: float, validated: float) -> tuple[float, float]:
    """Polls without anything new: those answered with 304, and those answered whole. Each story comes by one poll."""
    rest = max(0.0, polls - stories)
    return rest * validated, rest * (1 - validated)


def kept(assumed: Assumed) -> tuple[float, float]:
    """Days whose stories are rows still after all years, and days whose stories are on the shelf."""
    days = assumed.years * YEAR_DAYS
    return min(days, QUIET_DAYS), max(0, days - QUIET_DAYS)


def traffic(
    assumed: Assumed, measured: Measured, unchanged: float, whole: float, stories: float, deliveries: float
) -> tuple[float, float]:
    """Bytes of a day: of polls and pictures that come in, and of what goes to networks."""
    polls = unchanged * measured.unchanged_bytes + whole * measured.whole_bytes
    pages = stories * (measured.page_bytes + (assumed.photo_bytes if assumed.cards else 0))
    calls = (unchanged + whole + 2 * stories) * measured.handshake_bytes
    posts = deliveries * (measured.post_bytes + measured.handshake_bytes + assumed.cards * assumed.card_bytes)
    return polls + pages + calls, posts


def money(assumed: Assumed, machines: float, size: float, sent: float) -> Range:
    """Money of a month: machines, disk at the end of all years, and what leaves for the networks."""
    parts = (
        scaled(assumed.core_month, machines * assumed.cores),
        scaled(assumed.gigabyte_month, size / 1e9),
        scaled(assumed.sent_gigabyte, sent * MONTH / DAY / 1e9),
    )
    return Range(sum(each.least for each in parts), sum(each.most for each in parts))


def scaled(price: Range, amount: float) -> Range:
    return Range(price.least * amount, price.most * amount)


def names(kind: type) -> list[str]:
    """The fields of one of the classes above."""
    return [each.name for each in fields(kind)]
