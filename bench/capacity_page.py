"""The page `docs/operations/capacity.md`: what was measured, what is assumed, and what follows for three newsrooms."""

# ruff: noqa: E501 - a sentence of the page is one line

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.capacity_model import QUIET_DAYS, Assumed, Ledger, Measured, Needs, Range, needs

MADE = "<!-- Made by bench/capacity.py; run `python bench/capacity.py --measure`, or `--page`. -->"
SERVER = "postgresql"
LEDGERS = (SERVER, "sqlite")
TITLES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
SIZES = {
    "one newspaper": ("sqlite", Assumed(accounts=5, posts=40, feeds=3)),
    "200 titles": (SERVER, Assumed(accounts=1000, posts=40, feeds=400)),
    "5,000 accounts": (SERVER, Assumed()),
}
"""Newsrooms, and where each has its ledger; in a file, where no server could be measured."""
HEAD = """
What machines, processor time, connections, disk, traffic and money a number of accounts and feeds needs.
It is a calculation, not a trial: nobody has run 5,000 accounts for three years.
But each number in it is either measured by a command that you can repeat, or an assumption that you can change.
"""
CHANGE = """
With your own numbers:

```bash
python bench/capacity.py --accounts 500 --posts 40 --feeds 2000 --every 600
```

On your own machine, which also writes this page anew:

```bash
python bench/capacity.py --measure
```
"""
WORDS = {
    "accounts": "accounts",
    "posts": "posts of each account in a day",
    "feeds": "feeds",
    "every": "seconds between two polls of a feed",
    "accounts_per_story": "accounts that get one story",
    "years": "years that are kept",
    "peak": "posts in the busiest hour, by the mean of all hours",
    "validated": "part of the feeds that answer 304 when nothing is new; the others send everything each time",
    "poll_seconds": "seconds until a site has answered",
    "delivery_seconds": "seconds until a network has taken a post with its picture",
    "cards": "part of the posts that have a drawn card",
    "photo_bytes": "bytes of a story's photo, fetched once",
    "card_bytes": "bytes of a card, sent to each account",
    "busy": "part of a core, and of the time of writing, that is planned to be used in the busiest hour",
    "threads": "jobs at once in a process",
    "cores": "cores of a machine",
    "on_x": "part of the posts that go to X, which charges for each",
    "room": "times the bytes of fresh rows, for what updates leave free in between",
    "core_month": "US dollars for a core with its memory, a month",
    "gigabyte_month": "US dollars for a gigabyte of disk, a month",
    "sent_gigabyte": "US dollars for a gigabyte that is sent, where it is charged",
    "x_post": "US dollars of X for a post with a link ([since 2026-04-20](../platforms/x.md#what-it-costs))",
}
WORKS = (
    ("unchanged", "a poll, answered with 304"),
    ("whole", "a poll, answered whole, nothing new"),
    ("new", "a poll with one new story, planned for five accounts"),
    ("delivery", "a post to one account, without picture"),
)
HOW = f"""
- Polls of a day: feeds × 86,400 ÷ seconds between two. Each new story comes by a poll of its own; the others find nothing.
- Posts of a day: accounts × posts. Stories: posts ÷ accounts that get one story.
- Processor time: each poll and each post, times what one takes here; a photo read for each story, a card drawn for each post.
- The busiest hour: polls as always, posts times the peak.
- Jobs at once: polls a second × seconds until a site has answered, and posts a second in the busiest hour × seconds until a network has.
- Processes: as many as that needs by jobs at once and by processor time, since a Python process uses one core; two at least, so that one may fail. A ledger in a file is for one process of one machine.
- Ledgers: one process writes at a time, so a ledger is full when its time is; titles can then be spread over several.
- Machines: so many cores, two at least; and one or more for the database.
- Connections: what a process has by itself, and one for each of its jobs at once.
- Bytes: stories are rows for {QUIET_DAYS} days, then [on the shelf](backup-and-restore.md#what-an-article-takes).
- Received: polls, pages and photos, with a TLS handshake for each; sent: posts with their cards, likewise.
"""
LEFT_OUT = """
- The engine of a [fleet](postgresql.md) has jobs of its own in the database, which cost more than what is counted here; [how many posts a second](../benchmarks.md#how-many-posts-a-second) it reaches is measured apart.
- The processor time of TLS, edits and withdrawals, look-ups after lost answers, backups, and a standby of the database.
- The photo of twelve megapixels is a large one, and cards of one size are drawn once for all accounts of a story: pictures cost less in fact.
- Prices are ranges of what large and small hosting companies ask, as assumptions; none is an offer.
"""


def page(found: dict[str, Any]) -> str:
    """The page; what was not measured is not on it."""
    if "measured" not in found:
        return unmeasured()
    common = Measured(**found["measured"])
    there = [name for name in LEDGERS if name in found]
    ledgers = {name: Ledger(**found[name]) for name in there}
    results = {
        name: (assumed, needs(assumed, common, ledgers.get(kind, ledgers["sqlite"]), server=kind == SERVER))
        for name, (kind, assumed) in SIZES.items()
    }
    blocks = [
        ["# How large a machine", "", MADE],
        HEAD.strip().splitlines(),
        [*verdict(*results["5,000 accounts"]), *busy(found)],
        ["## What it comes to"],
        ["Five accounts for each story, and feeds every five minutes:"],
        list(compared(results)),
        CHANGE.strip().splitlines(),
        ["## What was measured"],
        [_machine(found)],
        ["Processor time of our process, of the database, and time in which no other process can write, for one:"],
        list(_works(ledgers)),
        ["Bytes and rows, for one:"],
        list(_stored(ledgers)),
        ["Whatever the ledger is:"],
        list(_common(common)),
        ["## What is assumed"],
        ["Each of these is an option of the command, with the value of the column as its default."],
        list(_assumptions()),
        ["## How it is calculated"],
        HOW.strip().splitlines(),
        ["## What it leaves out"],
        LEFT_OUT.strip().splitlines(),
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def unmeasured() -> str:
    """The page before anybody measured: what is assumed, and how it is calculated."""
    blocks = [
        ["# How large a machine", "", MADE],
        HEAD.strip().splitlines(),
        ["Nothing is measured yet, so there is no answer here."],
        CHANGE.strip().splitlines(),
        ["## What is assumed"],
        ["Each of these is an option of the command, with the value of the column as its default."],
        list(_assumptions()),
        ["## How it is calculated"],
        HOW.strip().splitlines(),
        ["## What it leaves out"],
        LEFT_OUT.strip().splitlines(),
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def busy(found: dict[str, Any]) -> list[str]:
    """A warning, where the machine had more to do than it has cores."""
    if found["load"] <= found["machine"]["cores"]:
        return []
    warned = f"**The machine was busy** (a load of {found['load']:g} on {found['machine']['cores']} cores), and"
    return [f"{warned} time alone grows with that, so the ledgers are too many: measure again on a quiet machine."]


def verdict(assumed: Assumed, answer: Needs) -> list[str]:
    """The answer in three sentences."""
    charged = assumed.accounts * assumed.posts * 30 / assumed.accounts_per_story * assumed.x_post.least
    needed = (
        f"5,000 accounts with 50 posts a day and 20,000 feeds every five minutes need {answer.machines:,.0f} machines"
        f" with {assumed.cores:g} cores: {answer.processes:,.0f} processes and the database, for {money(answer.money)}"
        " a month."
    )
    full = f"Writing takes {answer.held_peak:.0%} of the busiest hour of one ledger, since one process writes at a time"
    verdict = "." if answer.ledgers == 1 else f", so the titles have to be spread over {answer.ledgers:,.0f} ledgers."
    often = charged / max(answer.money.most, 1)
    dear = f"If one account in five is on X, X charges ${charged:,.0f} a month: {often:,.0f} times that at its highest."
    return [needed, full + verdict, dear]


def answers(assumed: Assumed, answer: Needs) -> Iterator[tuple[str, str]]:
    """Each line of the result: what it is, and its value as a person reads it."""
    yield "polls a day", f"{answer.polls:,.0f}"
    yield "stories a day", f"{answer.stories:,.0f}"
    yield "posts a day", f"{answer.deliveries:,.0f}"
    yield "posts a second, in the busiest hour", f"{answer.deliveries * assumed.peak / 86_400:,.2g}"
    yield "cores in use, on average", f"{answer.cores:.2g}"
    yield "cores in use, in the busiest hour", f"{answer.cores_peak:.2g}"
    yield "cores of the database, in the busiest hour", f"{answer.server_cores_peak:.2g}"
    yield "time when others cannot write, in the busiest hour", f"{answer.held_peak:.1%}"
    yield "ledgers", f"{answer.ledgers:,.0f}"
    yield "jobs at once, in the busiest hour", f"{answer.at_once:,.0f}"
    yield "processes", f"{answer.processes:,.0f}"
    yield "machines, with the database", f"{answer.machines:,.0f}"
    yield "memory of each process", size(answer.memory)
    yield "processor time until a process has started", f"{answer.start:.2g} s"
    yield "connections to PostgreSQL", f"{answer.connections:,.0f}"
    yield f"rows after {assumed.years:g} years", f"{answer.fresh_rows + answer.shelved_rows:,.0f}"
    yield f"bytes after {assumed.years:g} years: stories that are rows", size(answer.fresh_bytes)
    yield f"bytes after {assumed.years:g} years: stories on the shelf", size(answer.shelved_bytes)
    yield "received in a day", size(answer.received)
    yield "sent in a day", size(answer.sent)
    yield "money for machines, disk and traffic, a month", money(answer.money)
    if assumed.on_x:
        yield "money for X, a month", money(answer.on_x)


def compared(results: dict[str, tuple[Assumed, Needs]]) -> Iterator[str]:
    """A column for each newsroom."""
    columns = [[("ledger", TITLES[SIZES[name][0]]), *answers(*each)] for name, each in results.items()]
    yield f"| | {' | '.join(results)} |"
    yield f"|---|{'---|' * len(results)}"
    for row in zip(*columns, strict=True):
        yield f"| {row[0][0]} | {' | '.join(value for _, value in row)} |"


def _machine(found: dict[str, Any]) -> str:
    kind = found["machine"]
    return (
        f"On {kind['cores']} cores of {kind['processor']} with {kind['memory_gb']} GB, Python {kind['python']} and"
        f" SQLite {kind['sqlite']}, {str(found['at'])[:16].replace('T', ' ')} UTC, with a load of {found['load']}"
        " at the start; the database on the same machine, waiting for its disk.\n"
        f"Each was done {found['times']} times in each of {found['rounds']} rounds.\n"
        "Processor time is the middle of all rounds; time alone is the least of them, because other programs lengthen it."
    )


def _works(ledgers: dict[str, Ledger]) -> Iterator[str]:
    heads = [f"{TITLES[name]}: {kind}" for name in ledgers for kind in ("ours", "database", "alone")]
    yield f"| ms | {' | '.join(heads)} |"
    yield f"|---|{'---|' * len(heads)}"
    for name, words in WORKS:
        values = [getattr(each, f"{name}_{kind}") for each in ledgers.values() for kind in ("cpu", "server", "held")]
        yield f"| {words} | {' | '.join(f'{value * 1000:.2f}' for value in values)} |"


def _stored(ledgers: dict[str, Ledger]) -> Iterator[str]:
    heads = [f"{TITLES[name]}: {kind}" for name in ledgers for kind in ("bytes", "rows")]
    yield f"| | {' | '.join(heads)} |"
    yield f"|---|{'---|' * len(heads)}"
    for name, words in (
        ("article", "a story, as rows"),
        ("delivery", "a post, as rows"),
        ("shelved_article", "a story, on the shelf"),
        ("shelved_delivery", "a post, on the shelf"),
    ):
        values = [(getattr(each, f"{name}_bytes"), getattr(each, f"{name}_rows")) for each in ledgers.values()]
        yield f"| {words} | {' | '.join(f'{taken:,.0f} | {count:.2f}' for taken, count in values)} |"


def _common(common: Measured) -> Iterator[str]:
    yield "| | |"
    yield "|---|---|"
    yield f"| processor time to read a photo of 12 megapixels | {common.photo_cpu * 1000:,.0f} ms |"
    yield f"| processor time to draw a card of it | {common.card_cpu * 1000:,.0f} ms |"
    yield f"| traffic of a poll answered with 304 | {common.unchanged_bytes:,.0f} bytes |"
    yield f"| traffic of a poll answered whole: 20 stories, compressed | {common.whole_bytes:,.0f} bytes |"
    yield f"| traffic of a look at a story's page, compressed | {common.page_bytes:,.0f} bytes |"
    yield f"| traffic of a post without picture | {common.post_bytes:,.0f} bytes |"
    yield f"| traffic of a TLS handshake with two certificates | {common.handshake_bytes:,.0f} bytes |"
    for name, words in (("base", "a process"), ("per_source", "each source"), ("per_account", "each account")):
        memory, start = getattr(common, f"memory_{name}"), getattr(common, f"start_{name}")
        yield f"| {words}: memory, and processor time to start | {size(memory)}, {start * 1000:,.2f} ms |"
    yield f"| connections of a process by itself | {common.connections_base:g} |"
    yield f"| connections for each job at once | {common.connections_per_thread:g} |"


def _assumptions() -> Iterator[str]:
    yield "| option | value | what it is |"
    yield "|---|---|---|"
    for name, words in WORDS.items():
        value = getattr(Assumed(), name)
        shown = f"{value.least:g} to {value.most:g}" if isinstance(value, Range) else f"{value:,g}"
        yield f"| `--{name.replace('_', '-')}` | {shown} | {words} |"


def size(value: float) -> str:
    """Bytes as a person reads them."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if abs(value) >= scale:
            return f"{value / scale:,.3g} {unit}"
    return f"{value:,.0f} bytes"


def money(price: Range) -> str:
    """A range of US dollars."""
    return f"${price.least:,.0f} to ${price.most:,.0f}"
