"""The preview page of some articles, rendered by the real renderer."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from syndicate.model import Account, Article, Image
from syndicate.platforms import find
from syndicate.ports import RichText
from syndicate.rendering import pixels
from syndicate.rendering.environment import Templates
from syndicate.rendering.photo import Pictures
from syndicate.rendering.post import Renderer
from syndicate.rendering.preview.facts import shown
from syndicate.rendering.preview.page import Page
from syndicate.rendering.preview.recording import Recording
from syndicate.rendering.preview.rendition import rendition
from syndicate.text import graphemes
from tests.worlds.pictures import Shelf, drawn
from tests.worlds.preview import LIMITS, NOW, SITE, record


@pytest.fixture
def page_of():
    """The page of these articles on these platforms, rendered by the real renderer."""

    def make(articles, platforms=tuple(LIMITS), photo=True, dead=None, notes=()):
        picture = drawn((1200, 630))
        looks = {name: find(name).look for name in LIMITS}
        records, exhibits = [], {}
        for number, article in enumerate(articles):
            image = (Image("https://gazette.example/a.jpg", alt=article.title[:200], credit="Ana"),) if photo else ()
            story = Article(**{name: getattr(article, name) for name in article.__slots__} | {"images": image})
            for platform in platforms:
                shelf = Shelf({"https://gazette.example/a.jpg": picture})
                account = Account(f"{platform}-1", platform, image="photo", utm={"utm_medium": "social"})
                network = SimpleNamespace(name=platform, measure=lambda text: len(graphemes(text)))
                adapter = object.__new__(find(platform))
                if isinstance(adapter, RichText):
                    network.shown, network.linked = adapter.shown, adapter.linked
                renderer = Renderer(Templates(), Pictures(shelf, lambda: pixels), None, SITE)
                rendered = renderer.render(story, account, network, LIMITS[platform], at=NOW, planned_at=NOW)
                key = f"{number:016x}{platform:_<16.16}"
                records.append(record(key, story, account, rendered))
                exhibits[key] = Recording(rendered, ())
        return Page(SITE, NOW, shown(records, exhibits, {}, dead or {}), {}, looks, rendition, notes).html()

    return make
