"""Cards drawn in this process, from our own themes or from one that a test writes."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import pytest
from PIL import Image as Pillow

from syndicate.rendering.cards.draw import Drawer
from syndicate.rendering.cards.engine import Takumi
from syndicate.rendering.cards.order import Order
from syndicate.rendering.environment import builtin_templates
from tests.worlds.cards import ARTICLE, HTML, SITE
from tests.worlds.pictures import saved


@pytest.fixture(scope="session")
def photo():
    """A photo of 1600 × 1067: a gradient, brighter below."""
    return saved(Pillow.linear_gradient("L").resize((1600, 1067)).convert("RGB"))


@pytest.fixture(scope="session")
def ours():
    """A drawer with our own themes, shared: what it keeps must not change what it draws."""
    return Drawer(Takumi, [builtin_templates()])


@pytest.fixture
def order():
    def make(photo=b"", *, size="default", theme=None, max_bytes=1_000_000, types=("image/jpeg",), **fields):
        digest = hashlib.sha256(photo).hexdigest() if photo else ""
        article = replace(ARTICLE, **fields)
        return Order(article, SITE, None, size, theme, digest, max_bytes, types)

    return make


@pytest.fixture
def drawn(ours, order):
    """A card as a picture, with what it warns of."""

    def draw(photo=b"", drawer=None, **wishes):
        drawer = drawer or ours
        asked = order(photo, **wishes)
        if photo:
            drawer.learn(photo)
        found = drawer.card(asked)
        picture = Pillow.open(io.BytesIO(found.media.data))
        picture.load()
        assert picture.size == (found.media.width, found.media.height)
        return picture, found

    return draw


@pytest.fixture
def theme(tmp_path):
    """Writes a publisher's own theme `mine`; gives a drawer that knows it, and its folder."""

    def write(yaml="extends: headline\n", html=HTML, brand=None, **files):
        folder = tmp_path / "templates" / "cards" / "mine"
        folder.mkdir(parents=True, exist_ok=True)
        if yaml is not None:
            (folder / "theme.yaml").write_text(yaml, encoding="utf-8")
        if html is not None:
            (folder / "card.html.j2").write_text(html, encoding="utf-8")
        if brand is not None:
            (folder.parent / "brand.yaml").write_text(brand, encoding="utf-8")
        for name, data in files.items():
            path = folder / name.replace("__", ".")
            path.write_bytes(data)
        return Drawer(Takumi, [tmp_path / "templates", builtin_templates()])

    return write
