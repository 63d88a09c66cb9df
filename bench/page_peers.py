"""The part of `docs/benchmarks.md` about other programs: what each took, leaves out, and does better."""

# ruff: noqa: E501 - a sentence of the page is one line

from __future__ import annotations

from typing import Any, NamedTuple

OURS = "syndicate"


class Peer(NamedTuple):
    """A program, with what was read in its code: how it works, what it leaves out, and what it does better."""

    name: str
    works: str
    lacks: str
    better: str


PEERS = (
    Peer(
        "feediverse",
        "reads feeds, posts to Mastodon, and keeps the date of the newest story",
        "That date is written at the end of a run: a run that is killed posts again what it has posted, and a story that"
        " is dated before the newest one is never posted.",
        "One file, read in ten minutes; attaches the pictures of a feed as they are.",
    ),
    Peer(
        "feed2toot",
        "reads feeds, posts to Mastodon, and keeps the ids of the last hundred stories",
        "The ids are written at the end of a run, and only the newest ten stories of a feed are looked at unless told"
        " otherwise; it stops at a post that fails.",
        "Filters by patterns, adds hashtags from a list, and runs plugins after a post.",
    ),
    Peer(
        "feed2fedi",
        "reads feeds, posts to Mastodon and its relatives, and keeps a database of the addresses posted",
        "A post without an answer is sent again under a new key, so that it may be there twice; one that is refused is"
        " recorded as if it were posted.",
        "Attaches pictures and videos, replaces words by patterns, and can let the server post later.",
    ),
    Peer(
        "barkr",
        "a program that you write with it reads feeds and networks while it runs, and posts to others",
        "It keeps nothing on disk: what is published while it does not run is never posted, and a post without an answer"
        " is sent again.",
        "Reads from networks too, such as Mastodon to Bluesky, with threads; looks every ten seconds, without a hook.",
    ),
    Peer(
        "crier",
        "posts files of Markdown that you name, and keeps a database of what it posted where",
        "It reads no feed, and sends a post without an answer again, so that it may be there twice.",
        "Whole articles to dev.to, Hashnode and others, campaigns, statistics, and texts rewritten by a language model.",
    ),
    Peer(
        "apprise",
        "sends one message to the addresses that you give",
        "It reads no feed and keeps no record: what calls it has to know what is new, and what was sent.",
        "More than a hundred services, among them many that we do not have.",
    ),
)
INTRODUCTION = """
Programs from PyPI that post to networks, in turn in one run, to one stand-in of Mastodon on this machine.
The figures are of whole processes; *times* is the middle of our time by theirs, round by round: below 1, ours is quicker.
They do less than ours does, which is a good reason to be quicker: a claim, a record that is on the disk before the request leaves, and a look-up of what got no answer are what our time goes into.
What each of them does better is below.
"""
FAIR = """
barkr posts only what comes while it runs, so its start and its work were timed without the wait between them.
crier got files instead of a feed, and apprise got the text.
syndicate, feed2fedi and crier record each post at once, feediverse and feed2toot at the end, barkr and apprise not at all.
"""


def peers(figures: Any) -> list[list[str]]:
    """The blocks of this part."""
    return [
        ["## Beside other programs"],
        INTRODUCTION.strip().splitlines(),
        ["One new story:"],
        _taken(figures, "one"),
        ["A hundred new stories:"],
        _taken(figures, "hundred"),
        FAIR.strip().splitlines(),
        [
            "One story whose first answer is lost: the network takes the post and cuts the connection, and the program is run a second time, as cron would."
        ],
        _lost(figures),
        [
            "The lock that feed2toot leaves behind was set to end after a second instead of an hour; apprise is missing because what calls it decides."
        ],
        ["What each does, by its code at this version:"],
        [line for peer in PEERS for line in _told(figures, peer)],
    ]


def _taken(figures: Any, what: str) -> list[str]:
    lines = [
        "| program | least | middle | processor | memory | requests | runs | times |",
        "|---|---|---|---|---|---|---|---|",
    ]
    names = (OURS, *(peer.name for peer in PEERS))
    return [*lines, *(f"| {' | '.join(_row(figures, what, name))} |" for name in names)]


def _lost(figures: Any) -> list[str]:
    """How many posts of one story there are in the end: one is right."""
    names = [name for name in (OURS, *(peer.name for peer in PEERS)) if figures.values(f"peer lost/{name}")]
    rows = [f"| {name} | {figures.values(f'peer lost/{name}')[0]:g} |" for name in names] or ["| | not measured |"]
    return ["| program | posts |", "|---|---|", *rows]


def _row(figures: Any, what: str, name: str) -> list[str]:
    full = f"peer {what}/{name}"
    values = figures.values(full)
    if not values:
        return [name, figures.why(full) or "not measured", *[""] * 6]
    return [
        name,
        figures.least(full),
        figures.middle(full),
        figures.middle(f"peer {what} cpu/{name}"),
        figures.middle(f"peer {what} memory/{name}"),
        figures.middle(f"peer {what} requests/{name}").strip(),
        str(len(values)),
        "" if name == OURS else figures.middle(f"peer {what} ratio/{name}").removesuffix(" ×"),
    ]


def _told(figures: Any, peer: Peer) -> list[str]:
    version = str(figures.all.get(f"peer version/{peer.name}", {}).get("said", ""))
    size = figures.middle(f"peer installed/{peer.name}") if figures.values(f"peer installed/{peer.name}") else ""
    head = f"**{peer.name}**{f' {version}' if version else ''}{f', {size} installed' if size else ''}: {peer.works}."
    return [f"- {head}", f"  - Left out: {peer.lacks}", f"  - Better: {peer.better}"]
