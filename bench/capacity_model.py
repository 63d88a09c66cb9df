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


class Day(NamedTuple):
    """What happens in a day: deliveries of stories, and polls that find nothing, answered with 304 or whole. Each story
    comes by a poll of its own.
    """

    deliveries: float
    stories: float
    unchanged: float
    whole: float

    @property
    def polls(self) -> float:
        """All of them."""
        return self.unchanged + self.whole + self.stories


class Work(NamedTuple):
    """Seconds of a day: of polls that find nothing, and of what comes with stories, which has a busy hour."""

    reading: float
    telling: float

    def mean(self) -> float:
        """In each second."""
        return (self.reading + self.telling) / DAY

    def most(self, peak: float) -> float:
        """In each second of the busiest hour."""
        return (self.reading + peak * self.telling) / DAY


class Kept(NamedTuple):
    """Bytes and rows after all years: of stories that are rows still, and of those on the shelf."""

    fresh_bytes: float
    shelved_bytes: float
    fresh_rows: float
    shelved_rows: float


def needs(assumed: Assumed, measured: Measured, ledger: Ledger, *, server: bool) -> Needs:
    """What it takes. `server`: the ledger is on one, so that many processes can share it; else one process has it."""
    today = day(assumed)
    ours, theirs, held = (work(today, ledger, kind) for kind in KINDS)
    drawn = pictures(today, assumed, measured)
    ours = Work(ours.reading, ours.telling + drawn)
    held_peak, server_peak = held.most(assumed.peak), theirs.most(assumed.peak)
    cores_peak, at_once = ours.most(assumed.peak), jobs(today, assumed)
    least = 2 if server else 1
    processes = max(least, math.ceil(cores_peak / assumed.busy), math.ceil(at_once / assumed.threads) if server else 1)
    bases = math.ceil(server_peak / assumed.busy / assumed.cores)
    machines = max(least, math.ceil(processes / assumed.cores)) + (bases if server else 0)
    own = measured.connections_base + assumed.threads * measured.connections_per_thread
    stored, (received, sent) = kept(today, assumed, ledger), traffic(today, assumed, measured)
    return Needs(
        polls=today.polls,
        stories=today.stories,
        deliveries=today.deliveries,
        cores=ours.mean(),
        cores_peak=cores_peak,
        server_cores_peak=server_peak,
        held_peak=held_peak,
        ledgers=max(1, math.ceil(held_peak / assumed.busy)),
        at_once=at_once,
        processes=processes,
        machines=machines,
        memory=of_config(assumed, measured, "memory"),
        start=of_config(assumed, measured, "start"),
        connections=processes * own if server else 0,
        **stored._asdict(),
        received=received,
        sent=sent,
        money=money(assumed, machines, stored.fresh_bytes + stored.shelved_bytes, sent),
        on_x=scaled(assumed.x_post, today.deliveries * assumed.on_x * MONTH / DAY),
    )


def day(assumed: Assumed) -> Day:
    """A day's mean of everything."""
    polls, deliveries = assumed.feeds * DAY / assumed.every, assumed.accounts * assumed.posts
    stories = deliveries / assumed.accounts_per_story
    quiet = max(0.0, polls - stories)
    return Day(deliveries, stories, quiet * assumed.validated, quiet * (1 - assumed.validated))


def work(today: Day, ledger: Ledger, kind: str) -> Work:
    """Seconds of one of KINDS."""

    def each(what: str) -> float:
        return float(getattr(ledger, f"{what}_{kind}"))

    reading = today.unchanged * each("unchanged") + today.whole * each("whole")
    return Work(reading, today.stories * each("new") + today.deliveries * each("delivery"))


def pictures(today: Day, assumed: Assumed, measured: Measured) -> float:
    """Seconds of processor time: a photo read for each story, a card drawn for each delivery that has one."""
    photos = today.stories if assumed.cards else 0
    return photos * measured.photo_cpu + today.deliveries * assumed.cards * measured.card_cpu


def jobs(today: Day, assumed: Assumed) -> float:
    """How many polls and deliveries are under way at once in the busiest hour."""
    waiting = today.deliveries * assumed.peak * assumed.delivery_seconds
    return (today.polls * assumed.poll_seconds + waiting) / DAY


def of_config(assumed: Assumed, measured: Measured, what: str) -> float:
    """Memory, or seconds to start, of a process that has the whole config."""
    base, source, account = (getattr(measured, f"{what}_{part}") for part in ("base", "per_source", "per_account"))
    return float(base + assumed.feeds * source + assumed.accounts * account)


def kept(today: Day, assumed: Assumed, ledger: Ledger) -> Kept:
    """What is stored after all years, with room for what updates leave free."""
    days = assumed.years * YEAR_DAYS
    fresh, shelved = min(days, QUIET_DAYS), max(0, days - QUIET_DAYS)

    def daily(where: str, kind: str) -> float:
        article, delivery = (getattr(ledger, f"{where}{what}_{kind}") for what in ("article", "delivery"))
        return float(today.stories * article + today.deliveries * delivery)

    return Kept(
        fresh * daily("", "bytes") * assumed.room,
        shelved * daily("shelved_", "bytes") * assumed.room,
        fresh * daily("", "rows"),
        shelved * daily("shelved_", "rows"),
    )


def traffic(today: Day, assumed: Assumed, measured: Measured) -> tuple[float, float]:
    """Bytes of a day: of polls, pages and photos that come in, and of what goes to networks."""
    polls = today.unchanged * measured.unchanged_bytes + (today.whole + today.stories) * measured.whole_bytes
    pages = today.stories * (measured.page_bytes + (assumed.photo_bytes if assumed.cards else 0))
    calls = (today.polls + 2 * today.stories) * measured.handshake_bytes
    each = measured.post_bytes + measured.handshake_bytes + assumed.cards * assumed.card_bytes
    return polls + pages + calls, today.deliveries * each


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
