"""Compares what stands on the stand-ins, what the ledger says and what each place of `after` was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.stories import PHOTOS, form, number_in, ships

PARTS: Mapping[str, tuple[int, bool]] = {
    "bluesky": (3, False),
    "mastodon": (3, False),
    "facebook": (1, True),
    "x": (3, True),
    "telegram": (2, True),
    "webhook": (1, False),
}
"""By account: how many posts an article's thread has, and whether its link follows in a reply. A note is one post."""
Post = dict[str, Any]


@dataclass
class Column:
    """What came of one account."""

    posted: int = 0
    duplicates: int = 0
    lost: int = 0
    held: int = 0
    behind: int = 0
    threads: int = 0
    replies: int = 0
    galleries: int = 0
    bare: int = 0


@dataclass
class Told:
    """What came of one place. `never` was not told, `untrue` did not happen, `disordered` came too early."""

    events: int = 0
    told: int = 0
    again: int = 0
    never: int = 0
    untrue: int = 0
    disordered: int = 0


@dataclass
class Reckoning:
    """All of it; `complaints` says in words what is wrong."""

    columns: dict[str, Column] = field(default_factory=dict)
    places: dict[str, Told] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def wrong(self, where: str, what: object) -> int:
        self.complaints.append(f"{where}: {what}")
        return 1


class World:
    """The ledger's rows and the stand-ins' posts, by account and story."""

    def __init__(self, rows: Iterable[Post], posts: Iterable[Post], links: Mapping[int, str]) -> None:
        self.links = links
        self.rows: dict[tuple[str, int], list[Post]] = {}
        self.posts: dict[tuple[str, int | None], list[Post]] = {}
        numbers = {link: number for number, link in links.items()}
        for row in sorted(rows, key=lambda row: row["part"]):
            self.rows.setdefault((row["account"], numbers[row["article"]]), []).append(row)
        for post in posts:
            number = number_in(f"{post['text']} {post['link'] or ''}")
            self.posts.setdefault((post["platform"], number), []).append(post)

    def chain(self, account: str, number: int) -> list[Post]:
        """The posts of a story, each the first reply to the one before."""
        mine = self.posts.get((account, number), [])
        answers: dict[Any, Post] = {}
        for post in mine:
            answers.setdefault(post["reply_to"] and str(post["reply_to"]), post)
        found: list[Post] = []
        while (post := answers.get(str(found[-1]["id"]) if found else None)) is not None and post not in found:
            found.append(post)
        return found


def expected(account: str, number: int) -> int:
    """How many posts a story takes there."""
    return 1 if form(number) == "note" else sum(PARTS[account])


def reckon_posts(world: World, made: Reckoning) -> None:
    """Each post once, its thread whole and in order, its link and its pictures where they belong."""
    for account in PARTS:
        column = made.columns[account] = Column()
        for number in world.links:
            _reckon_story(world, account, number, column, made)
        strays = [post for (name, at), posts in world.posts.items() if name == account for post in posts if at is None]
        column.duplicates += sum(made.wrong(account, f"a post of no story: {post}") for post in strays)


def _reckon_story(world: World, account: str, number: int, column: Column, made: Reckoning) -> None:
    where = f"{account}, story {number}"
    rows, chain = world.rows.get((account, number), []), world.chain(account, number)
    mine, length = world.posts.get((account, number), []), expected(account, number)
    states = [row["state"] for row in rows]
    posted, held = states.count("posted"), states.count("held")
    column.posted += len(chain)
    column.held += held
    extra = len(mine) - min(len(chain), length)
    if extra:
        column.duplicates += extra
        made.wrong(where, f"{len(mine)} posts: {_brief(mine)}")
    stopped = posted + held
    column.behind += length - stopped if held else 0
    if (states != ["posted"] * posted + ["held"] * held or held > 1) or (not held and posted != length):
        column.lost += max(length - stopped, 0)
        made.wrong(where, f"the ledger has {states}, {length} are expected: {_brief(rows)}")
    if len(chain) not in (posted, stopped):
        column.lost += max(posted - len(chain), 0)
        made.wrong(where, f"{len(chain)} posts one below the other, {posted} recorded: {_brief(mine)}")
    for row, post in zip(rows, chain, strict=False):
        if row["state"] == "posted" and not _is_at(row, post):
            made.wrong(where, f"the ledger says {row['remote_id']} {row['permalink']} of {_brief([post])}")
    if chain and len(chain) == length:
        _reckon_whole(account, number, chain, column, made)
    if chain:
        _reckon_pictures(where, rows[0] if rows else {"media": []}, chain, column, made)


def _brief(listed: Iterable[Post]) -> list[Post]:
    names = ("key", "id", "reply_to", "part", "state", "reason", "attempts", "remote_id", "text", "event", "taken")
    return [{name: str(each[name])[:60] for name in names if name in each} for each in listed]


def _is_at(row: Post, post: Post) -> bool:
    """Whether a receipt is that of a post. A network's stand-in is at an address of its own."""
    ends = {str(address).rpartition("/")[2] for address in (row["permalink"], post["permalink"])}
    own = {str(post["id"]), post["key"] if post["platform"] == "webhook" else None}  # a webhook names it by our key
    named = row["remote_id"] in own or (row["remote_id"] is None and row["permalink"])
    return bool(named) and len(ends) == 1


def _reckon_whole(account: str, number: int, chain: list[Post], column: Column, made: Reckoning) -> None:
    """The sentences of a thread follow on another, and its link comes last where it is a reply."""
    thread, reply = PARTS[account]
    if form(number) == "note":
        return
    where = f"{account}, story {number}"
    if thread > 1:
        column.threads += 1
        said = [ship for post in chain for ship in ships(post["text"])]
        if said != list(range(1, len(said) + 1)) or len(said) < thread:
            made.wrong(where, f"the sentences {said} are not in order: {[post['text'] for post in chain]}")
    if reply:
        column.replies += 1
        has_link = [f"story-{number}." in f"{post['text']} {post['link'] or ''}" for post in chain]
        if has_link != [False] * thread + [True]:
            made.wrong(where, f"the link is in {has_link}: {chain}")


def _reckon_pictures(where: str, row: Post, chain: list[Post], column: Column, made: Reckoning) -> None:
    """All photos in order on the first post; none where the ledger says that they were left out."""
    number = int(where.rpartition(" ")[2])
    alts = [media["alt"] for media in chain[0]["media"]]
    whole = [f"Photo {each} of story {number}" for each in range(1, PHOTOS + 1)]
    if where.startswith("telegram"):  # which has no descriptions
        whole = [""] * PHOTOS
    column.galleries += len(alts) == PHOTOS
    column.bare += not alts
    if len(row["media"]) != len(alts) or alts not in (whole, []):
        made.wrong(where, f"the pictures {alts}, {len(row['media'])} in the ledger")
    if any(post["media"] for post in chain[1:]):
        made.wrong(where, f"pictures on further posts: {chain[1:]}")


# The places

ENDS = {
    "posted": (("posted",), ("held", "resolved", "posted")),
    "held": (("held",),),
    "failed": (("failed",),),
}
"""What is told of a delivery that ends in a state."""


def reckon_events(name: str, heard: list[Post], order: Mapping[str, list[str]], world: World, made: Reckoning) -> None:
    """A place that hears each event by itself. `order`: by article, the ids of its events as they happened."""
    told = made.places[name] = Told(told=len(heard))
    rows = {row["key"]: row for listed in world.rows.values() for row in listed}
    first = {event["id"]: event for event in reversed(heard)}
    taken = {event["id"] for event in heard if event["taken"]}
    told.again = len(heard) - len(first)
    seen: dict[str, list[Post]] = {key: [] for key in rows}
    for event in {event["id"]: None for event in heard}:
        seen.setdefault(first[event]["key"], []).append(first[event])
    for key, events in seen.items():
        row, said = rows.get(key), tuple(event["event"] for event in events)
        told.events += len(events)
        untold = [event["event"] for event in events if event["id"] not in taken]
        if row is None or not _is_true(events, row, world):
            told.untrue += made.wrong(name, f"{key} is {row and _brief([row])}, and was told {_brief(events)}")
        elif not said or untold:
            told.never += made.wrong(name, f"{key} is {row['state']}, and was told {said}, without {untold}")
    for article, wanted in order.items():
        came = [each for each in dict.fromkeys(event["id"] for event in heard) if first[each]["article"] == article]
        if came != wanted:
            told.disordered += made.wrong(name, f"{article}: {came} came, {wanted} happened")


def _is_true(events: list[Post], row: Post, world: World) -> bool:
    """Whether these events are what became of a delivery, as ledger and stand-in have it."""
    said = tuple(event["event"] for event in events)
    same = ("account", "platform", "article", "part", "action")
    known = all(event[name] == row[name] for event in events for name in same)
    posts = world.posts.get((row["account"], number_in(row["article"])), [])
    out = [event for event in events if event["event"] == "posted"]
    there = all(any(_is_at(event, post) for post in posts) for event in out)
    return known and (not said or said in ENDS[row["state"]]) and there


def reckon_addresses(name: str, told: Mapping[int, Any], wanted: Mapping[int, Any], made: Reckoning) -> None:
    """A place that has all addresses of an article: what it has, and what it should."""
    found = made.places[name] = Told(events=sum(map(len, wanted.values())), told=sum(map(len, told.values())))
    for number in sorted({*told, *wanted}):
        has, should = list(told.get(number, [])), list(wanted.get(number, []))
        found.never += sum(each not in has for each in should)
        found.untrue += sum(each not in should for each in has)
        found.disordered += sorted(map(str, has)) == sorted(map(str, should)) and has != should
        if has != should:
            made.wrong(name, f"story {number}: {has}, and {should} is true")


def addresses(world: World) -> dict[int, list[Post]]:
    """What should be said of each story: the post that stands on the stand-in, at the address of its receipt."""
    found: dict[int, list[Post]] = {}
    for (account, number), rows in sorted(world.rows.items()):
        chain, row = world.chain(account, number), rows[0]
        if chain and row["state"] == "posted" and row["permalink"]:
            said = {"url": row["permalink"], "id": str(chain[0]["id"]), "at": row["posted_at"]}
            found.setdefault(number, []).append({"account": account, "platform": account} | said)
    return found


def in_order(words: Iterable[Mapping[str, Any]], world: World) -> dict[str, list[str]]:
    """By article, the ids of the events that the ledger kept for a place, as they happened."""
    articles = {row["key"]: row["article"] for listed in world.rows.values() for row in listed}
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(articles[word["key"]], []).append(word["id"])
    return found


def early_parts(events: list[Post]) -> Counter[str]:
    """By account, posts of a thread that were told before the post that they answer."""
    out: set[tuple[str, str, int]] = set()
    found: Counter[str] = Counter()
    for event in events:
        if event["event"] == "posted":
            before = event["article"], event["account"], event["part"] - 1
            found[event["account"]] += bool(event["part"]) and before not in out
            out.add((event["article"], event["account"], event["part"]))
    return found
