"""The judge: holds each request against the thirteen points of a well-behaved reader, by its own arithmetic.

It imports nothing of the client: what it knows are the feeds, the requests, and when the client was
restarted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from tests.polite.feeds import DAY, Answer, Feed, Seen

WEEK = timedelta(days=7)
SLACK = timedelta(seconds=1)
AGENT = re.compile(r"syndicate/\S+ \(\+https?://[^\s)]+\)")
Pair = tuple[str | None, str | None]


@dataclass(frozen=True)
class Fault:
    """`point` is the number in the list of a well-behaved reader; 0: it stopped reading."""

    point: int
    feed: str
    at: datetime
    words: str

    def __str__(self) -> str:
        return f"{self.at:%a %d %H:%M:%S} {self.feed}: [{self.point}] {self.words}"


def judge(feeds: Iterable[Feed], seen: Sequence[Seen], restarts: Sequence[datetime], end: datetime) -> list[Fault]:
    """Every fault, in the order of feeds and time."""
    found = []
    for feed in feeds:
        own = [each for each in seen if each.path in feed.paths]
        found += _Case(feed, restarts).faults(own, end)
    known = {path for feed in feeds for path in feed.paths}
    found += [Fault(9, "?", each.at, f"asks for {each.path}") for each in seen if each.path not in known]
    return found


class _Case:
    """One feed before the judge."""

    def __init__(self, feed: Feed, restarts: Sequence[datetime]) -> None:
        self.feed = feed
        self.restarts = restarts
        self.found: list[Fault] = []
        self.fails = 0
        self.earliest: tuple[datetime, int] | None = None
        self.last: datetime | None = None
        self.lost = False
        self.tags: Pair = (None, None)
        self.forgotten: Pair = (None, None)
        self.place: str | None = None
        self.streak: datetime | None = None
        self.absent = False

    def faults(self, seen: Sequence[Seen], end: datetime) -> list[Fault]:
        for at, hops in groupby(seen, lambda each: each.at):
            self._visit(at, list(hops))
        asked = len({each.at for each in seen})
        if end - (self.last or end - 99 * DAY) > max(self.feed.most, DAY) * 2 + WEEK / 7 or asked < 5:
            self._fault(0, end, f"it was asked {asked} times, last at {self.last}")
        return self.found

    def _fault(self, point: int, at: datetime, words: str) -> None:
        self.found.append(Fault(point, self.feed.name, at, words))

    def _visit(self, at: datetime, hops: list[Seen]) -> None:
        for hop in hops:
            self._manners(hop)
        paths = [hop.path for hop in hops]
        if len(set(paths)) < len(paths):
            self._fault(12 if self.feed.twins else 6, at, "asked twice in one go")
        self._timing(at)
        self._conditions(at, hops)
        self._place(at, hops)
        self._learn(at, hops[-1])
        self.last = at

    def _manners(self, hop: Seen) -> None:
        """Point 9, for each request by itself."""
        for name in ("cookie", "referer", "authorization", "cache-control", "pragma"):
            if name in hop.headers and not (name == "authorization" and self.feed.login and hop.path == self.feed.path):
                self._fault(9, hop.at, f"sends {name}: {hop.headers[name]}")
        if "gzip" not in hop.headers.get("accept-encoding", ""):
            self._fault(9, hop.at, "takes nothing packed")
        if "application/rss+xml" not in hop.headers.get("accept", ""):
            self._fault(9, hop.at, "does not say what it reads")
        if not AGENT.fullmatch(hop.headers.get("user-agent", "")):
            self._fault(9, hop.at, f"calls itself {hop.headers.get('user-agent')}")

    def _timing(self, at: datetime) -> None:
        """Points 4 to 7, 12: not before the last answer, or the config, allows."""
        if self.earliest is not None and at < self.earliest[0] - SLACK:
            until, point = self.earliest
            restarted = self.last is not None and any(self.last <= moment <= at for moment in self.restarts)
            if self.feed.twins and point == 5:
                point = 12
            self._fault(4 if restarted and point == 5 else point, at, f"comes {until - at} too soon")
        if at.hour in self.feed.skip and self.last is not None and at - self.last < self.feed.most - SLACK:
            self._fault(5, at, "comes in an hour that it should skip")

    def _conditions(self, at: datetime, hops: list[Seen]) -> None:
        """Points 1 to 3. What a killed reader could not keep, it cannot send."""
        for hop in hops:
            sent = (hop.headers.get("if-none-match"), hop.headers.get("if-modified-since"))
            if sent == self.tags or (self.lost and sent == self.forgotten):
                continue
            if sent == (None, None):
                self._fault(3, at, f"asks without conditions, and had {self.tags}")
            elif self.tags == (None, None):
                self._fault(2, at, f"sends {sent}, which no readable answer gave")
            else:
                self._fault(1, at, f"sends {sent} for {self.tags}")

    def _place(self, at: datetime, hops: list[Seen]) -> None:
        """Point 8: a new address is asked directly when it may be, and the old one no longer than it must."""
        feed, first, final = self.feed, hops[0], hops[-1]
        if feed.target is None:
            return
        ripe = self.streak is not None and at - self.streak >= WEEK
        if first.path == feed.target:
            allowed = {"never": False, "week": ripe, "gone": self.absent}[feed.believed]
            if not allowed:
                self._fault(8, at, f"believes in {feed.target} since {self.streak}")
            return
        if feed.believed == "week" and self.streak and at - self.streak > WEEK + 3 * feed.most:
            self._fault(8, at, f"still asks at the old address, which moved at {self.streak}")
        if final.path == feed.target and hops[0].answer.status in (301, 308):
            self.streak = self.streak or at
        elif final.answer.good:
            self.streak = None
        if len(hops) == 1 and final.answer.status in (404, 410):
            if self.absent and feed.believed == "gone":
                self._fault(8, at, "asks again where there is nothing, and knew another address")
            self.absent = True

    def _learn(self, at: datetime, final: Seen) -> None:
        """What the reader has to keep to from now on."""
        feed, answer = self.feed, final.answer
        usual = min(feed.most, max(feed.least, feed.wish))
        if final.lost:
            self.forgotten = self.forgotten if self.lost else self.tags
            self.lost = True
        elif answer.good:
            self.lost = False
        if answer.good:
            self.fails = 0
            self.earliest = (at + usual, 5)
            self._keep(final)
            return
        self.fails += not final.lost
        wait = _wait(answer, at)
        if wait is not None:
            self.earliest = (at + max(wait, usual), 6)
        elif answer.status == 429:
            self.earliest = (at + max(usual, min(DAY, usual * 2**self.fails)), 6)
        else:
            doubled = max(usual, min(DAY / 2, usual * 2 ** max(0, self.fails - 1)))
            self.earliest = (at + (DAY if answer.status == 410 else doubled), 7)

    def _keep(self, final: Seen) -> None:
        given = (final.answer.headers.get("ETag"), final.answer.headers.get("Last-Modified"))
        elsewhere = self.place not in (None, final.path)
        if final.answer.status == 304 and elsewhere:
            given = (None, None)  # it cannot know what another address gave
        self.tags, self.place = given, final.path


def _wait(answer: Answer, at: datetime) -> timedelta | None:
    """What Retry-After asks for."""
    said = answer.headers.get("Retry-After")
    if said is None:
        return None
    if said.isdigit():
        return timedelta(seconds=int(said))
    from email.utils import parsedate_to_datetime

    return parsedate_to_datetime(said) - at
