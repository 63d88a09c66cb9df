"""A day of a busy newspaper, at speed: each of its two hundred stories is out once on every account."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.worlds.press import Item, Press, feed

STORIES = 200
WINDOW = 10  # entries the feed lists
EVERY = timedelta(minutes=5)


class Newspaper(Press):
    """Publishes, corrects, mends addresses, moves. The feed shows the newest ten; older ones are on its next pages."""

    def __init__(self, folder, clock, **options) -> None:
        super().__init__(folder, clock, **options)
        self.dice = random.Random(4711)
        self.all: list[Item] = [self.story(n, ago=30 * n) for n in range(900, 915)]
        self.published = 0
        self.host = "http://gazette.example"
        self.mended = 0
        self.site.answer = self.answer

    def answer(self, path: str, tag: str | None) -> tuple[int, str, bytes, str | None]:
        if self.site.status != 200:
            return self.site.status, "text/plain", b"no", None
        page = int(parse_qs(urlsplit(path).query).get("page", ["1"])[0])
        newest_first = self.all[::-1] if page == 0 else self.all
        shown = newest_first[(page - 1) * WINDOW : page * WINDOW]
        more = f'<atom:link rel="next" href="{self.site.url}/rss.xml?page={page + 1}"/>'
        body = feed(*shown, extra=more if page * WINDOW < len(self.all) else "")
        own = f'"{hash(body)}"'
        return (304, "text/plain", b"", own) if tag == own else (200, "application/rss+xml", body, own)

    def publish(self) -> None:
        self.published += 1
        number = self.published
        self.all.insert(
            0, self.story(number, host=self.host, title=f"Story {number} of the day", summary=f"It {number}.")
        )

    def correct(self, position: int) -> None:
        item = self.all[position]
        self.all[position] = replace(item, title=f"{item.title}, corrected", updated=self.clock())

    def mend(self, position: int, *, redated: bool) -> None:
        """Another address, and with it another guid; sometimes the date as well."""
        item = self.all[position]
        fresh = {"at": self.clock()} if redated else {}
        link = f"{item.link}-mended"
        self.all[position] = replace(item, link=link, guid=link, **fresh)
        self.mended += redated

    def move(self) -> None:
        """To https on another host, with a guid for everything."""
        self.host = "https://www.gazette.example"
        self.all = [
            replace(item, link=item.link.replace("http://gazette", "https://www.gazette"), guid=f"tag:{item.guid}")
            for item in self.all
        ]


def counted(room) -> Counter:
    """How often each story arrived at each network."""
    said = ((post["platform"], re.search(r"Story (\d+) of the day", post["text"])) for post in room.sandbox.posts())
    return Counter((platform, int(match[1])) for platform, match in said)


@pytest.fixture
def room(tmp_path, clock):
    clock.now = clock.now.replace(hour=0, minute=0)
    made = Newspaper(tmp_path, clock, accounts=("masto", "fb"))
    yield made
    made.shut()


@pytest.mark.slow
def test_a_day_with_corrections_mended_addresses_a_migration_and_an_outage_of_six_hours(room, clock):
    dice = room.dice
    instants = sorted(dice.uniform(10, 1430) for _ in range(STORIES))
    assert room.run() == []
    for minute in range(0, 24 * 60 + 60, 5):
        while room.published < STORIES and instants[room.published] <= minute:
            room.publish()
            if dice.random() < 0.15 and room.published > 5:
                room.correct(dice.randrange(5))
            if dice.random() < 0.05 and room.published > 5:
                room.mend(dice.randrange(1, 5), redated=dice.random() < 0.5)
        clock.move(minutes=5)
        if minute == 17 * 60:
            room.move()
        room.site.status = 503 if 60 * 20 <= minute < 60 * 20 + 20 else 200
        if 9 * 60 <= minute < 15 * 60:  # the machine is off
            room.close()
            continue
        if minute % 120 == 0:
            room.close()  # and is started again
        room.run()
        room.skip("similar")
        if room.waiting("burst"):
            room.approve("burst")
    found = counted(room)
    wanted = {(platform, n) for platform in ("mastodon", "facebook") for n in range(1, STORIES + 1)}
    assert {story for story, times in found.items() if times > 1} == set()
    assert wanted - set(found) == set()
    assert len(found) == 2 * STORIES
    assert room.mended > 3
