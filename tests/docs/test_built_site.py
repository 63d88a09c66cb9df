"""The site that `make docs` has built, in a real Chromium; left out where it is not built, or from other pages."""

from __future__ import annotations

import functools
import os
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests import processes
from tests.waiting import PATIENCE
from tests.worlds.pages import ROOT, site_script

BUILT, BUILT_FROM = ROOT / "build" / "site", ROOT / "build" / "site.sha256"
LOOKED_AT = ("index.html", "tutorial.html", "reference/config.html", "platforms/index.html", "platforms/mastodon.html")
MOST = 100_000  # bytes of a page without pictures, as a server sends it


def left_out(why):
    if os.environ.get(processes.ON_CI):
        pytest.fail(f"{why}: .ci/run sees to it")
    pytest.skip(why)


@pytest.fixture(scope="session")
def built():
    if not BUILT_FROM.exists():
        left_out("there is no site here: make docs builds it")
    if BUILT_FROM.read_text(encoding="utf-8") != site_script("pages").digest():
        left_out("the site was built from other pages: make docs builds it anew")
    return site_script("check").Site(BUILT)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def address(built):
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=built.folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def opened(address, browser):
    """Opens a page of the site; what it asks for and what its console says is kept."""
    contexts = []

    def open_page(name, width=1280, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda fault: page.said.append(str(fault)))
        context.on("request", lambda request: page.asked.append(request.url))
        page.goto(f"{address}/{name}")
        page.wait_for_load_state("load")
        return page

    yield open_page
    for context in contexts:
        context.close()


def brightness(page):
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(int, ground.removeprefix("rgb(").removesuffix(")").split(",")[:3]))


def test_every_page_is_sound_and_light(built):
    assert built.faults() == []
    assert len(built.pages) > 100
    assert {name: sent for name in built.pages if (sent := built.weight(name)[1]) > MOST} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", LOOKED_AT)
def test_a_page_asks_nobody_else_fits_a_phone_and_axe_finds_nothing_serious(opened, address, name, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(name, 390, scheme)
    assert page.said == []
    assert [url for url in page.asked if not url.startswith((f"{address}/", "data:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert (brightness(page) < 200) is (scheme == "dark")
    found = Axe().run(page).response["violations"]
    grave = [
        (each["id"], each["nodes"][0]["html"][:120]) for each in found if each["impact"] in ("serious", "critical")
    ]
    assert grave == []


def test_lists_are_nested_as_they_were_written(opened):
    page = opened("guides/ci.html")
    assert page.locator("article ol > li").count() == 5
    assert page.locator("article ol > li pre").count() == 2
    assert opened("benchmarks.html").locator("article ul > li > ul > li").count() > 6


def test_the_reader_may_choose_light_or_dark(opened):
    page = opened("index.html", scheme="dark")
    page.get_by_title("Always light").click()
    page.wait_for_function("getComputedStyle(document.body).backgroundColor == 'rgb(255, 255, 255)'")
    page.reload()
    assert brightness(page) > 700


def test_the_search_finds_a_page_and_asks_nobody_else(opened, address):
    page = opened("index.html")
    page.locator(".md-search__input").click()
    page.locator(".md-search-result__meta", has_text="Type to start searching").wait_for()  # it has read the index
    page.locator(".md-search__input").press_sequentially("post is held")
    page.locator(".md-search-result__link", has_text="When a post is held").first.wait_for()
    assert f"{address}/search/search_index.json" in page.asked
    assert [url for url in page.asked if not url.startswith(f"{address}/")] == []
