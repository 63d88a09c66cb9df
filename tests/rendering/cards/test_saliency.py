"""The window of a photo with the most conspicuous content; for our samples, the one that smartcrop 0.5 finds."""

from pathlib import Path

import pytest
from PIL import Image

from syndicate.rendering.cards.saliency import Saliency

PHOTOS = Path(__file__).parents[3] / "examples" / "site" / "photos"
WINDOWS = (1, 0.5), (0.4, 1), (0.5, 0.5)
FOUND = {
    "books.jpg": [(0, 0), (24, 0), (88, 0)],
    "dunes.jpg": [(0, 72), (136, 0), (112, 72)],
    "harbour.jpg": [(0, 40), (16, 0), (8, 48)],
    "lighthouse.jpg": [(0, 40), (8, 0), (8, 40)],
    "mountains.jpg": [(0, 24), (32, 0), (24, 24)],
    "night.jpg": [(0, 0), (144, 0), (120, 32)],
    "town.jpg": [(0, 72), (48, 0), (8, 72)],
    "viaduct.jpg": [(0, 48), (64, 0), (56, 48)],
}


@pytest.mark.parametrize("name", FOUND)
def test_the_window_is_the_one_that_smartcrop_finds(name):
    with Image.open(PHOTOS / name) as photo:
        scale = 240 / max(photo.size)
        size = round(photo.width * scale), round(photo.height * scale)
        small = photo.convert("RGB").resize(size, Image.Resampling.BOX)
    found = Saliency(small)
    windows = [(round(size[0] * across), round(size[1] * down)) for across, down in WINDOWS]
    assert [found.best_window(*window) for window in windows] == FOUND[name]


@pytest.fixture
def spotted():
    """A grey field with one spot of a colour."""

    def make(colour, box):
        field = Image.new("RGB", (240, 160), (128, 128, 128))
        field.paste(colour, box)
        return Saliency(field)

    return make


@pytest.mark.parametrize("colour", [(205, 150, 115), (250, 20, 20), (0, 0, 0)])
def test_skin_colour_and_contrast_draw_the_window(spotted, colour):
    left, top = spotted(colour, (180, 100, 212, 132)).best_window(80, 80)
    assert left > 110
    assert top > 40


def test_the_whole_picture_is_one_window(spotted):
    assert spotted((250, 20, 20), (0, 0, 8, 8)).best_window(240, 160) == (0, 0)
