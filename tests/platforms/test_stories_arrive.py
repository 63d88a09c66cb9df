"""Thousands of generated stories through renderer, adapter and stand-in: each is taken as it was rendered, and where
one was shortened, the next longer form of it would have been refused.
"""

from __future__ import annotations

import html
import os
import random
import re
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest

from syndicate.errors import Rejected
from syndicate.model import Account, Article, Secret, Site
from syndicate.net.http import _prepared
from syndicate.platforms import discord, slack, telegram
from syndicate.rendering.environment import Templates
from syndicate.rendering.post import Renderer
from syndicate.sandbox.board import Board
from syndicate.sandbox.exchange import Received
from syndicate.sandbox.networks import stand_ins
from syndicate.testing import Held, now, picture, recorded

STORIES = int(os.environ.get("SYNDICATE_STORIES", "60"))
"""How many stories of each network; the figures of the documentation are of 2,000."""

SITE = Site("The Example Gazette", "https://gazette.example.com/", language="en")
HOOK = "https://discord.com/api/webhooks/123456789012345678/" + "aB-_" * 17
SERVICE = "https://hooks.slack.com/services/T0123456/B0123456/" + "aB1" * 8
MADE = {
    "discord": lambda door: discord.Discord(discord.Options(bot_token=Secret("t"), channel="55"), door, Held()),
    "discord webhook": lambda door: discord.Discord(discord.Options(Secret(HOOK)), door, Held()),
    "slack": lambda door: slack.Slack(slack.Options(Secret("xoxb-1"), "C0123456789"), door, Held()),
    "slack webhook": lambda door: slack.Slack(slack.Options(webhook_url=Secret(SERVICE)), door, Held()),
    "telegram": lambda door: telegram.Telegram(telegram.Options(Secret("1:token"), "@gazette"), door, Held()),
}
SAID = """
The bridge opens today after long years of work and fog over the old harbour of Łódź
中文報導 日本語の見出し 한국어 क्षिप्र பொன் مرحبا بكم שָׁלוֹם ภาษาไทย 👨‍👩‍👧 🇵🇹 👋🏽 été ❤️ 𝒻𝓸𝓰 𠮷野家
*bold* _it_ `x` <b> &amp; <!channel> <@U123> @everyone @here ~~gone~~ ||shh|| > [x](y) $USD
https://a.example/x?y=1&z=2 Booking.com #Fog @gazette /start
"""
WORDS = SAID.split()
OURS = {"slack": lambda text: len(html.escape(text, quote=False).encode("utf-16-le")) // 2}
"""Networks that take far more than our limit, with how they count."""
PING = re.compile(r"@(?:everyone|here|gazette|U123)")


class Inside:
    """A door to one stand-in without a network between."""

    def __init__(self, name):
        self.board = Board()
        self._stand_in = stand_ins()[name](self.board, lambda: 1_795_000_000.0, "http://sandbox.example")

    def call(self, method, url, *, params=None, json=None, data=None, files=None, headers=None, auth=None, sample=None):
        made = _prepared(method, url, headers or {}, params=params, json=json, data=data, files=files)
        parts = urlsplit(made.url)
        body = made.body.encode() if isinstance(made.body, str) else made.body or b""
        headers = {name.lower(): value for name, value in made.headers.items()}
        request = Received(method, parts.path, dict(parse_qsl(parts.query)), headers, body)
        answer = self._stand_in.route(method, parts.path).operation(request)
        return recorded(answer.status, answer.body, answer.headers)


def story(number):
    """A story of that number: in every script, from a word to a page."""
    dice = random.Random(number)
    title = " ".join(dice.choices(WORDS, k=dice.choice((1, 4, 9, 40))))
    summary = " ".join(dice.choices(WORDS, k=dice.choice((0, 8, 60, 300, 900))))
    url = f"https://gazette.example.com/{number}/a-bridge-opens?section=news"
    tags = tuple(dice.sample(("Fog", "Old Harbour", "橋", "Economy"), k=dice.randrange(3)))
    return Article("news", url, title, summary, categories=tags)


class World:
    def __init__(self, name):
        self.name = name.partition(" ")[0]
        self.door = Inside(self.name)
        self.platform = MADE[name](self.door)
        self.templates = Templates()

    def rendered(self, number, limits):
        account = Account("a", self.name, image="card" if number % 2 else "none", utm={"medium": "social"})
        account = replace(account, link="text") if number % 5 == 0 else account
        drawn = SimpleNamespace(media=picture(alt="A bridge in fog"), warnings=())
        renderer = Renderer(self.templates, SimpleNamespace(of=lambda _: None), lambda _order, _photo: drawn, SITE)
        at = now()
        return renderer.render(story(number), account, self.platform, limits, at=at, planned_at=at)

    def send(self, made, number):
        key = f"{number:032x}"
        return self.platform.commit(self.platform.prepare(made.post, key), key)

    def arrives(self, number):
        """Send a story, and look at what the stand-in has of it. Whether it was shortened."""
        limits = self.platform.limits
        made = self.rendered(number, limits)
        self.send(made, number)
        shown = self.door.board.posts()[-1]
        self.door.board.clear()
        assert shown["text"] == made.post.text
        assert made.post.link.endswith("utm_medium=social") or "utm_medium=social" in made.post.link
        assert made.post.link in (shown["link"], *re.findall(r"https?://\S+", shown["text"]))
        assert PING.search(shown["text"]) is None
        thumbs = 1 if made.post.card and made.post.card.thumb else 0
        assert len(shown["media"]) == len(made.post.media) + thumbs
        assert "pinged" not in shown
        if made.length < 0.8 * made.limit:
            return False
        return made.length < self.platform.measure(self.rendered(number, wider(limits, 100_000)).post.text)

    def next_longer(self, number):
        """The form of a shortened story that comes next, and is one too long."""
        limits = self.platform.limits
        usual = self.rendered(number, limits).post.text
        forms = (self.rendered(number, wider(limits, more)) for more in range(1, 300))
        return next(made for made in forms if made.post.text != usual)


def wider(limits, by):
    beside = limits.text_with_media
    return replace(limits, text=limits.text + by, text_with_media=None if beside is None else beside + by)


@pytest.fixture
def world(request):
    return World(request.param)


def check(world, numbers):
    shortened = [number for number in numbers if world.arrives(number)]
    assert len(shortened) > len(numbers) // 50
    for number in shortened[:12]:
        longer = world.next_longer(number)
        if world.name in OURS:
            assert OURS[world.name](longer.post.text) > world.platform.limits.text
            continue
        with pytest.raises(Rejected):
            world.send(longer, number + 1_000_000)


@pytest.mark.parametrize("world", MADE, indirect=True)
def test_stories_in_every_script_arrive_as_they_were_rendered(world):
    check(world, range(STORIES))
