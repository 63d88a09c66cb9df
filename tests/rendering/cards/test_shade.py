import pytest
from PIL import Image as Pillow

from syndicate.rendering.cards.draw import _Card
from syndicate.rendering.cards.order import Order
from syndicate.rendering.cards.shade import CONTRAST, colour, contrast, luminance, zones
from syndicate.rendering.preview.samples import SITE, photo, samples
from tests.worlds.pictures import saved

WHITE = (255, 255, 255)


def test_contrast_is_that_of_wcag():
    # Pairs and values as webaim.org's checker gives them (from memory), and the two ends of the scale.
    assert contrast((0, 0, 0), WHITE) == pytest.approx(21)
    assert contrast(WHITE, WHITE) == 1
    assert contrast(colour("#767676"), WHITE) == pytest.approx(4.54, abs=0.01)
    assert luminance(colour("#f00")) == pytest.approx(0.2126)


def beneath(ours, order, data, **wishes):
    """A card without its text, and where text will stand on it."""
    asked = order(data, **wishes)
    ours.learn(data)
    design = ours._design(asked.theme_for(has_photo=True))
    card = _Card(asked, design, ours._engine, ours._fonts, ours._photos[asked.photo])
    html, css = card._printed(card.fitted())
    layout = ours._engine.measure(html, css, card._width, card._height)
    return card._beneath(layout), zones(layout.runs, card._scale, (0, 0, *card._size)), card._theme


def worst(picture, found, ink, patch=12):
    """The lowest contrast of ink to any patch behind text."""
    lowest = 21.0
    for zone in found:
        size = max(1, (zone[2] - zone[0]) // patch), max(1, (zone[3] - zone[1]) // patch)
        patches = picture.resize(size, Pillow.Resampling.BOX, box=zone)
        lowest = min([lowest, *(contrast(each, ink) for _, each in patches.getcolors(100_000))])
    return lowest


@pytest.mark.parametrize("size", ["default", "x", "instagram", "pinterest"])
@pytest.mark.parametrize(
    "photograph",
    [
        saved(Pillow.new("RGB", (1600, 1067), "white")),
        saved(Pillow.new("RGB", (1600, 1067), "black")),
        saved(Pillow.new("RGB", (1600, 1067), (255, 240, 60))),
        saved(Pillow.effect_noise((1600, 1067), 120).convert("RGB")),
        saved(Pillow.linear_gradient("L").resize((1600, 1067)).convert("RGB")),
    ],
    ids=["white", "black", "yellow", "noise", "gradient"],
)
def test_text_on_a_photo_has_the_contrast_that_wcag_aa_asks_for(ours, order, photograph, size):
    for title in ("Short", "A headline of the usual length, neither long nor short", "word " * 45):
        picture, found, theme = beneath(ours, order, photograph, size=size, title=title)
        assert found
        assert worst(picture, found, colour(theme.shade.ink)) >= CONTRAST


@pytest.mark.parametrize("sample", [sample for sample in samples() if sample.photo], ids=lambda sample: sample.name)
def test_every_sample_story_can_be_read(ours, sample):
    data = photo(sample.photo)

    def order(_, **wishes):
        import hashlib

        return Order(sample.article, SITE, None, "default", "headline", hashlib.sha256(data).hexdigest(), 10**6, ())

    picture, found, theme = beneath(ours, order, data)
    assert worst(picture, found, colour(theme.shade.ink)) >= CONTRAST


def test_a_dark_photo_gets_no_more_shade_than_it_needs(ours, order):
    dark = saved(Pillow.new("RGB", (1600, 1067), (40, 44, 60)))
    picture, _, theme = beneath(ours, order, dark)
    middle = picture.getpixel((600, 200))
    bottom = picture.getpixel((600, 600))
    assert middle[0] >= 36
    assert bottom[0] == pytest.approx(40 + (11 - 40) * theme.shade.least, abs=2)


def test_built_in_colours_of_text_on_paper_are_readable(ours):
    for name, pairs in {
        "headline": [("on_accent", "accent"), ("paper", "ink")],
        "quote": [("ink", "paper"), ("accent", "paper"), ("muted", "paper")],
        "live": [("muted", "panel"), ("on_accent", "accent")],
    }.items():
        colours = ours._design(name).theme.colours
        for ink, ground in pairs:
            assert contrast(colour(colours[ink]), colour(colours[ground])) >= CONTRAST, (name, ink, ground)
