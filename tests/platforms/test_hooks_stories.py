"""Generated stories through renderer, adapter and stand-in: each arrives to the letter, linked, and calls nobody.

Where one was shortened, all of it would have been too long, and so would the next longer form of it.
"""

from __future__ import annotations

import json as jsons
import os
import random
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from syndicate.model import Account, Article, Secret, Site
from syndicate.platforms import googlechat, mattermost, micropub, misskey, ntfy, rocketchat, teams
from syndicate.rendering.environment import Templates
from syndicate.rendering.post import Renderer
from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Received
from syndicate.sandbox.networks import stand_ins
from syndicate.testing import Held, now, recorded

STORIES = int(os.environ.get("SYNDICATE_STORIES", "30"))
"""How many stories of each network; the figures of the documentation are of 2,000."""

SITE = Site("The Example Gazette", "https://gazette.example.com/", language="en")
SAID = """
Fog over the old harbour of Łódź 中文報導 日本語の見出し 한국어 क्षिप्र பொன் مرحبا שָׁלוֹם ภาษาไทย 👨‍👩‍👧 🇵🇹 👋🏽 𠮷野家
*bold* _it_ `x` <b> &amp; <!channel> <users/all> @all @here @channel @gazette ~gone~ ||x|| > # - 1. [x](y) <a|b> AT&T
snake_case C:\\path 100% $5 desk@all.example https://a.example/x_y?a=1&b=[2] Booking.com #Fog
"""
WORDS = SAID.split()
HOST = "https://hook.example"
ADAPTERS = {
    "micropub": (micropub.Micropub, micropub.Options(f"{HOST}/micropub/desk", Secret("t"))),
    "misskey": (misskey.Misskey, misskey.Options(HOST, Secret("t"))),
    "mattermost": (mattermost.Mattermost, mattermost.Options(Secret(f"{HOST}/mattermost/desk"))),
    "rocketchat": (rocketchat.RocketChat, rocketchat.Options(Secret(f"{HOST}/rocketchat/hooks/desk/token"))),
    "googlechat": (googlechat.GoogleChat, googlechat.Options(Secret(f"{HOST}/v1/spaces/d/messages?key=k&token=t"))),
    "teams": (teams.Teams, teams.Options(Secret(f"{HOST}/teams/desk"))),
    "ntfy": (ntfy.Ntfy, ntfy.Options(Secret(f"{HOST}/ntfy/desk"))),
}
SHORT = {
    "micropub": micropub.SHOWN,
    "misskey": 700,
    "rocketchat": 700,
    "mattermost": 700,
    "googlechat": 900,
    "teams": 900,
    "ntfy": 900,
}
"""Limits small enough for a story to reach; that of micro.blog is its own."""


class Direct:
    """A door to a stand-in without a network between."""

    def __init__(self, name):
        self.board = Board()
        self._stand_in = stand_ins()[name](self.board, lambda: 1_795_000_000.0, HOST)

    def call(self, method, url, *, params=None, json=None, data=None, headers=None, **_):
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query)) | dict(params or {})
        sent = {name.lower(): value for name, value in (headers or {}).items()} | {"content-type": "application/json"}
        body = data or jsons.dumps(json, ensure_ascii=False).encode()
        answer = self._stand_in.route(method, parts.path).operation(Received(method, parts.path, query, sent, body))
        return recorded(answer.status, answer.body, answer.headers)


def story(number):
    dice = random.Random(number)
    title = " ".join(dice.choices(WORDS, k=dice.choice((1, 4, 9, 30))))
    summary = " ".join(dice.choices(WORDS, k=dice.choice((0, 8, 40, 200))))
    tags = tuple(dice.sample(("Fog", "Old Harbour", "橋", "Economy"), k=dice.randrange(3)))
    return Article("news", f"https://gazette.example.com/{number}/a_bridge?x=1", title, summary, categories=tags)


class World:
    def __init__(self, name):
        kind, options = ADAPTERS[name]
        self.name, self.door = name, Direct(name)
        self.platform = kind(options, self.door, Held())
        self.limits = replace(self.platform.limits, text=SHORT[name])
        self.renderer = Renderer(Templates(), None, None, SITE)

    def rendered(self, number, more=0):
        limits = replace(self.limits, text=self.limits.text + more)
        account = Account("a", self.name, image="none", utm={"medium": "social"})
        return self.renderer.render(story(number), account, self.platform, limits, at=now(), planned_at=now())

    def arrives(self, number):
        """Send a story, and look at what the stand-in has of it. Whether it was shortened."""
        made, key = self.rendered(number), f"{number:032x}"
        assert made.length == self.platform.measure(made.post.text) <= self.limits.text
        self.platform.commit(self.platform.prepare(made.post, key), key)
        [shown] = self.door.board.posts()
        self.door.board.clear()
        assert shown.get("calls", []) == []
        assert shown.get("formatted", []) == []
        assert "utm_medium=social" in made.post.link
        assert made.post.link == shown["link"] or made.post.link in shown.get("links", shown["text"])
        assert shown["text"].replace("\u2060", "").split() == made.post.text.replace("\u2060", "").split()
        return self.rendered(number, 1_000_000).length > self.limits.text


def check(name, numbers):
    world = World(name)
    shortened = [number for number in numbers if world.arrives(number)]
    assert len(shortened) > len(numbers) // 20
    for number in shortened[:5]:
        usual = world.rendered(number).post.text
        longer = next(made for more in range(1, 400) if (made := world.rendered(number, more)).post.text != usual)
        assert world.platform.measure(longer.post.text) > world.limits.text


@pytest.mark.parametrize("name", ADAPTERS)
def test_stories_in_every_script_arrive_as_they_were_rendered(name):
    check(name, range(STORIES))
