"""A real Chromium for the pages; one for all tests of a process."""

from __future__ import annotations

import os
import shutil
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
from tests import processes
from tests.waiting import PATIENCE
from tests.worlds.pictures import Shelf, drawn
from tests.worlds.preview import LIMITS, NOW, SITE, record

SWITCHES = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="session")
def browser():
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
    if path is None:
        if os.environ.get(processes.ON_CI):
            pytest.fail("no Chromium here: .ci/run installs it")
        pytest.skip("no Chromium here: apt install chromium, or brew install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=path, args=list(SWITCHES), timeout=PATIENCE * 1000)
        yield running
        running.close()


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a page; nothing may leave it, and nothing may be said on its console."""
    contexts = []

    def open_page(html, width=1280, scheme="light"):
        path = tmp_path / "page.html"
        path.write_text(html, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda fault: page.said.append(str(fault)))
        page.on("dialog", lambda dialog: (page.said.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_load_state("load")
        page.own = path.as_uri()
        return page

    yield open_page
    for context in contexts:
        context.close()


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
