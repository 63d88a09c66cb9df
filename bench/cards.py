"""Cards: ours against a screenshot of the same card in a warm Chromium, and against what a photo costs anyway.

`python bench/cards.py` alone, or all figures with `make bench`.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from figures import note, note_pairs
from PIL import Image

from syndicate.model import Article, Site
from syndicate.model import Image as Named
from syndicate.rendering.cards.draw import Drawer
from syndicate.rendering.cards.engine import Takumi
from syndicate.rendering.cards.order import Order
from syndicate.rendering.environment import builtin_templates
from syndicate.rendering.pixels import master

ROOT = Path(__file__).parents[1]
SITE = Site("The Example Gazette", "https://gazette.example/", "en", "Europe/Lisbon")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SWITCHES = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
NETWORKS = ("default", "x", "instagram", "pinterest")


def photo(size: tuple[int, int] = (4000, 3000)) -> bytes:
    """Twelve megapixels, from one of the sample photos, with the grain of a camera."""
    with Image.open(ROOT / "examples/site/photos/harbour.jpg") as opened:
        large = opened.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(size, 24).convert("RGB")
    out = io.BytesIO()
    Image.blend(large, grain, 0.12).save(out, "JPEG", quality=92)
    return out.getvalue()


def order(headline: str, photo_hash: str, size: str = "default") -> Order:
    """A card's order with this headline."""
    article = Article(
        "news",
        "https://gazette.example/a",
        headline,
        published=datetime(2026, 11, 23, 9, tzinfo=UTC),
        authors=("Inês Prado",),
        section="Travel",
        language="en",
        images=(Named("https://gazette.example/a.jpg", credit="Ana Sousa"),),
    )
    return Order(article, SITE, None, size, None, photo_hash, 1_000_000, ("image/jpeg",))


def headlines() -> Iterator[str]:
    """Never the same twice, so that nothing is taken from a cache."""
    number = 0
    while True:
        number += 1
        yield f"The night train to the coast returns in spring, number {number}"


def crops(data: bytes) -> Iterator[str]:
    """The photo cropped for the card, each time as bytes that were never seen before."""
    picture = master(data, (1200, 630)).resize((1200, 630))
    number = 0
    while True:
        number += 1
        picture.putpixel((number % 1200, number // 1200), (number % 256, 0, 0))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=88)
        yield f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


@contextlib.contextmanager
def chromium(html: str, photos: Iterator[str]) -> Iterator[Callable[[str], bytes]]:
    """A warm page that shows the card; what it gives takes a headline and answers with the screenshot.

    Each story has a photo of its own, as ours has: the page gets it cropped, as a JPEG it has not seen.
    """
    from playwright.sync_api import sync_playwright

    photos = itertools.cycle([*itertools.islice(photos, 40)])
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        page.set_content(html)
        page.evaluate("document.fonts.ready")

        def shot(headline: str) -> bytes:
            page.evaluate(
                """async ([text, photo]) => {
                  document.querySelector('.headline').textContent = text
                  const image = document.querySelector('#photo')
                  image.src = photo
                  await image.decode()
                }""",
                [headline, next(photos)],
            )
            return page.screenshot(type="jpeg", quality=88)

        yield shot
        browser.close()


def page_of(drawer: Drawer, photo_hash: str) -> str:
    """Our own card's HTML and CSS as a page for Chromium: the same fonts."""
    from syndicate.rendering.cards.draw import _Card
    from syndicate.rendering.cards.setting import Setting

    made = order("A headline", photo_hash)
    card = _Card(made, drawer._design("headline"), drawer._engine, drawer._fonts, drawer._photos[photo_hash])
    html, css = card._printed(Setting(68, 1088))
    fonts = "".join(_font(name, file) for name, file in (("Source Serif 4", "SourceSerif4"), ("Noto Sans", "NotoSans")))
    css += "html, body { margin: 0; height: 100% }"
    css += "#photo, #shade { position: absolute; inset: 0; width: 100%; height: 100% }"
    css += ".card { position: relative } #shade { background: linear-gradient(180deg,"
    css += " rgba(11,15,26,.4) 0%, rgba(11,15,26,.1) 40%, rgba(11,15,26,.8) 100%) }"
    return f"<style>{fonts}{css}</style><img id=photo><div id=shade></div>{html}"


def _font(name: str, file: str) -> str:
    data = base64.b64encode((builtin_templates() / f"cards/fonts/{file}.ttf").read_bytes()).decode()
    return f'@font-face {{ font-family: "{name}"; src: url(data:font/ttf;base64,{data}); font-weight: 100 900 }}'


def timed(work: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def against(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int, name: str
) -> tuple[float, float, float]:
    """Median of the ratios pair by pair, and both medians; two rounds to warm up. Noted by its name."""
    for _ in range(2):
        ours(), theirs()
    pairs = [(timed(ours), timed(theirs)) for _ in range(rounds)]
    note_pairs(name, pairs)
    return (
        statistics.median(mine / other for mine, other in pairs),
        statistics.median(mine for mine, _ in pairs),
        statistics.median(other for _, other in pairs),
    )


def told(name: str, measured: tuple[float, float, float], bound: float) -> bool:
    value, mine, other = measured
    good = value <= bound
    print(
        f"{'ok  ' if good else 'OVER'} {value:6.2f} ≤ {bound:<5} {name}   ({mine * 1e3:.0f} ms / {other * 1e3:.0f} ms)"
    )
    return good


def run() -> bool:
    """Print the figures; whether all are within their bounds."""
    data = photo()
    photo_hash = hashlib.sha256(data).hexdigest()
    drawer = Drawer(Takumi, [builtin_templates()])
    drawer.learn(data)
    names = headlines()
    good = True
    if CHROMIUM is None:
        print("skip  no Chromium here: a card against its screenshot")
    else:
        with chromium(page_of(drawer, photo_hash), crops(data)) as shot:
            mine, theirs = lambda: drawer.card(order(next(names), photo_hash)), lambda: shot(next(names))
            ratio = against(mine, theirs, 15, "card default")
        good &= told("a 1200×630 card from a decoded photo / its screenshot in a warm Chromium", ratio, 0.5)

    def four() -> None:
        drawer._photos.clear()
        drawer.learn(data)
        first = order(next(names), photo_hash)
        for size in NETWORKS:
            drawer.card(replace(first, size=size))

    def once() -> None:
        with Image.open(io.BytesIO(data)) as opened:
            opened.load()
            opened.convert("RGB").save(io.BytesIO(), "JPEG", quality=88)

    good &= told(
        "four networks from a 12-megapixel photo / decoding it once and encoding one JPEG",
        against(four, once, 9, "card four"),
        3.5,
    )
    by_size(drawer, photo_hash)
    good &= memory(data)
    return daemon() and good


def by_size(drawer: Drawer, photo_hash: str, rounds: int = 15) -> None:
    """A card of each size, from a photo that was read already."""
    names = headlines()
    for size in NETWORKS if CHROMIUM is None else NETWORKS[1:]:
        taken = [timed(lambda: drawer.card(order(next(names), photo_hash, size))) for _ in range(rounds + 1)][1:]  # noqa: B023
        note(f"card {size}", "s", taken)
        print(f"     {1 / statistics.median(taken):6.1f} cards a second of the size for {size}")


def memory(data: bytes, cards: int = 1000) -> bool:
    """The worker over many cards: where its memory is after a tenth of them, and after all."""
    from syndicate.rendering.cards.studio import Studio

    status = Path("/proc/self/status")
    if not status.exists():
        print("skip  no /proc here: the worker's memory")
        return True
    studio = Studio([builtin_templates()])
    names = headlines()
    seen = []
    for number in range(cards):
        studio.draw(order(next(names), "", NETWORKS[number % len(NETWORKS)]), data)
        if number + 1 in (cards // 10, cards):
            assert studio._child.process is not None
            told_by = Path(f"/proc/{studio._child.process.pid}/status").read_text()
            seen.append(int(told_by.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6)
    studio.close()
    here = int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
    note("memory cards", "MB", [seen[1]])
    good = seen[1] <= 170 and seen[1] <= seen[0] * 1.05
    print(
        f"{'ok  ' if good else 'OVER'} {seen[1]:6.0f} ≤ 170   MB of the card worker after {cards} cards"
        f"   (after {cards // 10}: {seen[0]:.0f} MB; this process, with Chromium's driver and Pillow: {here:.0f} MB)"
    )
    return good


def daemon(stories: int = 100) -> bool:
    """A daemon that posts cards, and its worker: what each needs at most."""
    import tempfile

    from feed import Feed

    from syndicate.sandbox.server import Sandbox

    if not Path("/proc/self/status").exists():
        print("skip  no /proc here: the daemon's memory")
        return True
    feed = Feed(3)
    with tempfile.TemporaryDirectory() as folder, Sandbox(port=0) as sandbox:
        config = Path(folder, "config.yaml")
        config.write_text(
            f'site: {{name: Bench, url: "https://gazette.example/"}}\ndatabase: sqlite:///{folder}/bench.db\n'
            f'sources: {{news: {{url: "{feed.url}", every: 1s, burst: off}}}}\n'
            "accounts: {masto: {platform: mastodon, url: 'https://s.example', token: bench,"
            f" api_url: '{sandbox.url}'}}}}\n"
        )
        command = [sys.executable, "-m", "syndicate", "-c", str(config), "daemon"]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(4)
        feed.stories += stories
        deadline = time.monotonic() + 120
        while len(sandbox.posts()) < stories and time.monotonic() < deadline:
            time.sleep(0.5)
        own, worker = _peak(running.pid), max(map(_peak, _children(running.pid)), default=0.0)
        posts = len(sandbox.posts())
        running.terminate()
        running.wait()
    feed.close()
    if posts != stories:
        raise SystemExit(f"daemon: {posts} posts arrived, not {stories}")
    good = own <= 80 and worker <= 170
    verdict = "ok  " if good else "OVER"
    print(f"{verdict} {own:6.0f} ≤ 80    MB of a daemon at most, {stories} cards, and {worker:.0f} ≤ 170 of its worker")
    return good


def overflow() -> bool:
    """The test that no line of a card is wider than its box, over more sizes than in `make test`."""
    test = ROOT / "tests/rendering/cards/test_overflow.py"
    environ = os.environ | {"SYNDICATE_SIZES": "60"}
    words = [sys.executable, "-m", "pytest", "-q", str(test)]
    done = subprocess.run(words, env=environ, capture_output=True, check=False)
    verdict = "OVER" if done.returncode else "ok  "
    print(f"{verdict} no line wider than its box: 60 sizes × 12 headlines, 10 scripts, all themes")
    return done.returncode == 0


def _peak(pid: int) -> float:
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(0 if run() & overflow() else 1)
