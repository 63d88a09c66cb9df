"""Makes the picture of a preview in the docs: `python examples/draw_preview.py` (needs Chromium).

One story of https://gazette.example on three networks, rendered by what renders posts, the whole page.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image as Picture
from playwright.sync_api import sync_playwright

from syndicate.model import Account, Delivery, Image
from syndicate.platforms import find
from syndicate.ports import Reply
from syndicate.rendering.cards.studio import Studio
from syndicate.rendering.environment import Templates, builtin_templates
from syndicate.rendering.photo import Pictures
from syndicate.rendering.post import Renderer
from syndicate.rendering.preview.facts import shown
from syndicate.rendering.preview.page import Page
from syndicate.rendering.preview.recording import Recording
from syndicate.rendering.preview.samples import SITE, photo, samples
from syndicate.serialization import delivery_record, post_record

PICTURE = Path(__file__).parents[1] / "docs" / "images" / "preview.jpg"
NAMES = {"mastodon": "@gazette@social.example", "bluesky": "@gazette.example", "x": "@gazette"}
NOW = datetime(2026, 11, 23, 9, 35, tzinfo=UTC)
PHOTO = "https://gazette.example/photos/viaduct.jpg"
STORY = replace(
    samples()[0].article,
    url="https://gazette.example/night-train",
    summary="Six carriages, one dining car and a ticket for thirty euros.",
    images=(Image(PHOTO, alt="A small red train on a stone viaduct in the morning mist", credit="Ana Sousa"),),
)


class Shelf:
    """Answers every address with the sample photo of its name."""

    def call(self, _method: str, url: str, **_: object) -> Reply:
        """The photo's bytes."""
        return Reply(200, {}, photo(url.rpartition("/")[2]), url, NOW)


def page(names: Mapping[str, str]) -> str:
    """The preview of the story on these networks."""
    studio = Studio([builtin_templates()])
    renderer = Renderer(Templates(), Pictures(Shelf(), lambda: studio), studio.draw, SITE)
    records, exhibits = [], {}
    for number, name in enumerate(names):
        adapter, account = find(name), Account(name, name)
        rendered = renderer.render(STORY, account, object.__new__(adapter), adapter.limits, at=NOW, planned_at=NOW)
        post = post_record(rendered.post) | {"length": rendered.length, "limit": rendered.limit}
        key = f"{number:032x}"
        made = Delivery(key, key, STORY.url, name, name, "post", 0, 0, "due", None, NOW, NOW, 0, 0, post=post)
        records.append(delivery_record(made))
        exhibits[key] = Recording(rendered, ())
    looks = {name: find(name).look for name in names}
    html = Page(SITE, NOW, shown(records, exhibits, {}, {}), names, looks, studio.small).html()
    studio.close()
    return html


def photographed(html: str) -> bytes:
    """A picture of the whole page, in PNG."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("no Chromium here: apt install chromium, or brew install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        path = Path(folder, "page.html")
        path.write_text(html, encoding="utf-8")
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": 1200, "height": 600}, color_scheme="light")
        tab.goto(path.as_uri(), wait_until="load")
        picture = tab.screenshot(full_page=True)
        browser.close()
    return picture


if __name__ == "__main__":
    with Picture.open(io.BytesIO(photographed(page(NAMES)))) as made:
        made.convert("RGB").save(PICTURE, "JPEG", quality=84, optimize=True, progressive=True)
        print(f"{PICTURE}: {made.width} × {made.height}, {PICTURE.stat().st_size:,} bytes")
