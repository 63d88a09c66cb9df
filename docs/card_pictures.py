"""Draws the pictures of cards in `docs/images`, of the sample articles: run it after a change of the themes."""

# ruff: noqa: INP001 - a script beside the pages it writes, no package

from __future__ import annotations

import hashlib
import io
from pathlib import Path

from PIL import Image

from syndicate.rendering.cards.draw import Drawer
from syndicate.rendering.cards.engine import Takumi
from syndicate.rendering.cards.order import Order
from syndicate.rendering.environment import builtin_templates
from syndicate.rendering.preview.samples import SITE, photo, samples

IMAGES = Path(__file__).parent / "images"
WIDTH = 800
CARDS = {
    "headline": ("usual", "headline"),
    "quote": ("no photo", "quote"),
    "live": ("live", "live"),
    "arabic": ("Arabic", "headline"),
    "opinion": ("busy", "opinion"),
    "opinion-dark": ("dark", "opinion-dark"),
}


def main() -> None:
    """Draw all of them, for somebody to look at before they are committed."""
    drawer = Drawer(Takumi, [builtin_templates()])
    stories = {sample.name: sample for sample in samples()}
    for file, (story, theme) in CARDS.items():
        data = photo(stories[story].photo) if stories[story].photo else b""
        digest = hashlib.sha256(data).hexdigest() if data else ""
        if data:
            drawer.learn(data)
        order = Order(stories[story].article, SITE, None, "default", theme, digest, 1_000_000, ("image/jpeg",))
        with Image.open(io.BytesIO(drawer.card(order).media.data)) as card:
            small = card.resize((WIDTH, round(card.height * WIDTH / card.width)), Image.Resampling.LANCZOS)
        small.save(IMAGES / f"card-{file}.jpg", quality=88)


if __name__ == "__main__":
    main()
