"""The preview page of 30 stories on 6 accounts: its weight, and how soon Chromium shows it.

`python bench/preview.py` alone, or all figures with `make bench`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from cards import CHROMIUM, SWITCHES

from syndicate.model import Account, Article, Image, Site
from syndicate.platforms import find
from syndicate.ports import Reply
from syndicate.rendering.cards.studio import Studio
from syndicate.rendering.environment import Templates, builtin_templates
from syndicate.rendering.photo import Pictures
from syndicate.rendering.post import Renderer
from syndicate.rendering.preview.facts import shown
from syndicate.rendering.preview.page import Page
from syndicate.rendering.preview.recording import Recording
from syndicate.rendering.preview.samples import photo, samples
from syndicate.serialization import delivery_record, post_record

SITE = Site("The Example Gazette", "https://gazette.example/", "en", "Europe/Lisbon")
PLATFORMS = ("mastodon", "bluesky", "x", "facebook", "webhook", "folder")
STORIES = 30


class Shelf:
    """Answers every address with the sample photo of its name."""

    def call(self, _method: str, url: str, **_: object) -> Reply:
        return Reply(200, {}, photo(url.rpartition("/")[2]), url, None)  # type: ignore[arg-type]


def page() -> str:
    """Thirty stories with cards of their own, rendered by what renders posts."""
    from datetime import UTC, datetime

    from syndicate.model import Delivery

    now = datetime(2026, 11, 26, tzinfo=UTC)
    photos = sorted({sample.photo for sample in samples() if sample.photo})
    studio = Studio([builtin_templates()])
    renderer = Renderer(Templates(), Pictures(Shelf(), lambda: studio), studio.draw, SITE)
    records, exhibits = [], {}
    for number in range(STORIES):
        sample = samples()[number % len(samples())].article
        picture = Image(
            f"https://gazette.example/{photos[number % len(photos)]}", alt="What it shows", credit="Ana Sousa"
        )
        story = Article(
            "news",
            f"https://gazette.example/{number}",
            f"{sample.title} ({number})",
            "What happened, in a line or two, as a summary says it.",
            published=now,
            section=sample.section,
            language=sample.language,
            images=(picture,),
        )
        for name in PLATFORMS:
            adapter = find(name)
            account = Account(name, name)
            rendered = renderer.render(story, account, object.__new__(adapter), adapter.limits, at=now, planned_at=now)
            key = f"{number:016x}{PLATFORMS.index(name):016x}"
            post = post_record(rendered.post) | {"length": rendered.length, "limit": rendered.limit}
            made = Delivery(key, key, story.url, name, name, "post", 0, 0, "due", None, now, now, 0, 0, post=post)
            records.append(delivery_record(made))
            exhibits[key] = Recording(rendered, ())
    looks = {name: find(name).look for name in PLATFORMS}
    made = Page(SITE, now, shown(records, exhibits, {}, {}), {}, looks, studio.small).html()
    studio.close()
    return made


def opened(path: Path) -> float:
    """Seconds from asking for the page to its load event and every picture decoded; the median of five."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        took = []
        for _ in range(6):
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            start = time.perf_counter()
            tab.goto(path.as_uri(), wait_until="load")
            took.append(time.perf_counter() - start)
            tab.close()
        browser.close()
    return statistics.median(took[1:])


def run() -> bool:
    """Print both figures; whether they are within their bounds."""
    html = page()
    megabytes = len(html.encode()) / 1e6
    good = megabytes <= 12
    print(
        f"{'ok  ' if good else 'OVER'} {megabytes:6.2f} ≤ 12    MB,"
        f" a preview page of {STORIES} stories × {len(PLATFORMS)} accounts"
    )
    if CHROMIUM is None:
        print("skip  no Chromium here: how soon the page is shown")
        return good
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "page.html")
        path.write_text(html, encoding="utf-8")
        seconds = opened(path)
    print(f"{'ok  ' if seconds <= 1 else 'OVER'} {seconds:6.2f} ≤ 1     s until Chromium has loaded it")
    return good and seconds <= 1


if __name__ == "__main__":
    sys.exit(0 if run() else 1)
