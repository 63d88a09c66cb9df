"""A real Chromium in which pages are looked at, and what axe-core says of them."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import processes
from tests.waiting import PATIENCE

WIDTHS = (390, 768, 1280)
SWITCHES = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser; without one the test is skipped, in CI it fails."""
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


class Windows:
    """Opens pages: an address, a file, or HTML. Each page keeps what it asked for and what its console said."""

    def __init__(self, browser: Any, folder: Path) -> None:
        self._browser, self._folder, self._contexts = browser, folder, []

    def __call__(self, source: str | Path, width: int = 1280, scheme: str = "light") -> Any:
        address = self._address(source)
        context = self._browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.said, page.asked, page.own = [], [], address
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda fault: page.said.append(str(fault)))
        page.on("dialog", lambda dialog: (page.said.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address)
        page.wait_for_load_state("load")
        return page

    def _address(self, source: str | Path) -> str:
        if isinstance(source, Path):
            return source.as_uri()
        if source.startswith(("http://", "file://")):
            return source
        path = self._folder / "page.html"
        path.write_text(source, encoding="utf-8")
        return path.as_uri()

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def grave(page: Any) -> list[tuple[str, str]]:
    """What axe-core finds that is serious or critical: the rule, and the first element that breaks it."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(each["id"], each["nodes"][0]["html"][:160]) for each in found if each["impact"] in ("serious", "critical")]


def fits(page: Any) -> bool:
    """Whether nothing sticks out at the side."""
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def weight(html: str) -> int:
    """Bytes of a page without its pictures."""
    return len(re.sub(r"data:image/[^\"]*", "", html).encode())
