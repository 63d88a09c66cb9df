"""Stories of all scripts, with markup of all kinds, as they arrive on LinkedIn: whole, and not shorter than needed.

`SYNDICATE_STORIES=2000 python -m pytest tests/rendering/test_stories_on_linkedin.py` takes more of them.
"""

from __future__ import annotations

import os
import random
import re

import pytest

from syndicate.model import Account, Article, Secret, Site
from syndicate.platforms._linkedin_text import commentary
from syndicate.platforms.linkedin import LinkedIn, Options
from syndicate.rendering import pixels
from syndicate.rendering.environment import Templates
from syndicate.rendering.photo import Pictures
from syndicate.rendering.post import Renderer
from syndicate.rendering.view import view
from syndicate.sandbox.networks import _linkedin_text as seen_there
from syndicate.testing import Held, Recorded
from syndicate.text import ELLIPSIS, breaks, clip

STORIES = int(os.environ.get("SYNDICATE_STORIES", "60"))
WORDS = (
    *[
        "bridge",
        "harbour",
        "(today)",
        "[live]",
        "snake_case",
        "*bold*",
        "a|b",
        "C#",
        "#Fog",
        "#climate_change",
        "@mayor",
        "<b>",
        "{x}",
        "~",
        "\\",
        "50%",
        "&",
        "3<4",
    ],
    *[
        "नमस्ते",
        "दुनिया",
        "橋",
        "が",
        "開通",
        "다리",
        "الجسر",
        "يفتح",
        "גשר",
        "Мост",
        "สะพาน",
        "வணக்கம்",
        "é",
        "naïve",
        "🌉",
        "👨\u200d👩\u200d👧",
        "🇵🇹",
        "👋🏿",
        "①",
    ],
    *("https://gazette.example.com/a_(b)?c=d#e", "gazette.example/x_y", "me@gazette.example", "\u200f", "𠮷"),
)
SITE = Site("The Gazette", "https://gazette.example.com/", language="en")
PLATFORM = LinkedIn(Options("urn:li:organization:1", Secret("x")), Recorded(), Held())


def story(number):
    dice = random.Random(number)

    def words(most):
        return " ".join(dice.choice(WORDS) for _ in range(dice.randint(1, most)))

    tags = tuple(dice.sample(("Fog", "climate change", "天気", "हिन्दी", "C++", "a_b"), dice.randint(0, 4)))
    odd = f"{dice.choice(('~f', '[g]', '*h'))}#{dice.choice(('', 'i_j'))}"
    url = f"https://gazette.example.com/{number}_(a)?b=c_d&e={odd}"
    return Article("news", url, words(30), words(dice.choice((5, 60, 900))), section="News", categories=tags)


@pytest.mark.parametrize("link", ["card", "text"])
def test_a_story_arrives_whole_and_no_longer_variant_would_have_been_taken(shelf, now, link):
    renderer = Renderer(Templates(), Pictures(shelf, lambda: pixels), None, SITE)
    account = Account("account", "linkedin", image="none", link=link, utm={"medium": "social"})
    cut = 0
    for number in range(STORIES):
        rendered = renderer.render(story(number), account, PLATFORM, PLATFORM.limits, at=now, planned_at=now)
        post = rendered.post
        written = commentary(post.text)
        assert seen_there.shown(written) == post.text
        assert rendered.length == seen_there.units(written) <= PLATFORM.limits.text
        if link == "text":
            assert re.search(re.escape(post.link) + r"(?!\S)", post.text)
        else:
            assert post.card.url == post.link
        if ELLIPSIS in post.text:
            cut += 1
            assert variant_with_one_word_more(story(number), post.text) > PLATFORM.limits.text
    assert link == "card" or cut > STORIES // 10


def variant_with_one_word_more(article, text):
    """How long the post would be with one word more of its summary."""
    before, _, after = text.partition(ELLIPSIS)
    kept = before.rpartition("\n\n")[2]
    whole = view(article, 0).summary
    assert whole.startswith(kept)
    more = next((clip(whole, end) for end in breaks(whole) if len(clip(whole, end)) > len(kept) + 1), whole)
    return PLATFORM.measure(before[: len(before) - len(kept)] + more + after)
