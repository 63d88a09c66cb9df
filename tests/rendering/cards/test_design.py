"""What a designer looks at: the photo's colours, bars, hyphens and last lines, in each theme and size."""

from dataclasses import replace

import pytest
from PIL import Image as Pillow
from PIL import ImageChops, ImageStat

from syndicate.rendering.cards.draw import _Card
from syndicate.rendering.cards.lines import END
from syndicate.rendering.cards.shade import CONTRAST, colour, contrast
from syndicate.rendering.cards.theme import names
from syndicate.rendering.environment import builtin_templates
from syndicate.rendering.preview.samples import photo as sample_photo
from syndicate.rendering.preview.samples import samples
from tests.worlds.pictures import saved

THEMES = names([builtin_templates()])
SIZES = {"default": None, "x": None, "instagram": None, "pinterest": None, "square": (1080, 1080), "wide": (1500, 500)}
ACCENT = colour("#c8102e")
LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzestext"


@pytest.fixture
def composed(ours, order):
    """A card before it is drawn; sizes that no theme has are added to it."""

    def make(theme, size="default", photo=b"", **fields):
        if photo:
            ours.learn(photo)
        asked = order(photo, size=size, theme=theme, **fields)
        design = ours._design(theme)
        if SIZES.get(size):
            design = replace(design, theme=replace(design.theme, sizes={**design.theme.sizes, size: SIZES[size]}))
        return _Card(asked, design, ours._engine, ours._fonts, ours._photos.get(asked.photo))

    return make


@pytest.mark.parametrize("name", ["harbour.jpg", "dunes.jpg", "books.jpg", "lighthouse.jpg"])
@pytest.mark.parametrize("size", ["default", "x", "instagram", "pinterest"])
def test_the_photo_keeps_its_colours_where_no_words_are(composed, name, size):
    data = sample_photo(name)
    card = composed("headline", size, data, title="The night train to the coast returns")
    html, css = card._printed(card.fitted())
    layout = card._engine.measure(html, css, card._width, card._height)
    shaded = card._beneath(layout)
    card._theme = replace(card._theme, shade=replace(card._theme.shade, edges=()))
    bare = card._beneath(layout)
    free = (0, 0, card._size[0], round(card._size[1] * 0.25))
    for one, other in zip(*(ImageStat.Stat(picture.crop(free)).mean for picture in (shaded, bare)), strict=True):
        assert one == pytest.approx(other, abs=4)
    assert ImageStat.Stat(shaded).mean != ImageStat.Stat(bare).mean


def test_the_shade_has_the_hue_of_the_photo(composed):
    green = composed("headline", photo=saved(Pillow.new("RGB", (1600, 1067), (120, 210, 120))))
    html, css = green._printed(green.fitted())
    picture = green._beneath(green._engine.measure(html, css, green._width, green._height))
    red, leaf, blue = picture.getpixel((600, 600))
    assert leaf > 1.5 * max(red, blue)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("with_photo", [True, False], ids=["photo", "bare"])
def test_the_bar_is_there_along_its_whole_edge(composed, photo, theme, size, with_photo):
    """The longest headline is what squeezes it."""
    card = composed(theme, size, photo if with_photo else b"", title="word " * 45)
    setting = card.fitted()
    html, css = card._printed(setting)
    picture = card._engine.draw(html, css, card._size, card._scale, {}).convert("RGB")
    away = ImageChops.difference(picture, Pillow.new("RGB", picture.size, ACCENT)).convert("L")
    bar = away.point(lambda level: 255 * (level < 8))
    rows = list(bar.resize((1, picture.height), Pillow.Resampling.BOX).tobytes())
    columns = list(bar.resize((picture.width, 1), Pillow.Resampling.BOX).tobytes())
    panel = theme == "live" and with_photo and card._box[2] < 1
    across = 250 * (1 - card._box[2]) if panel else 250
    thick = max(sum(part >= across - 3 for part in rows), sum(part >= 247 for part in columns))
    assert thick / card._scale >= 8


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_no_word_of_a_sample_is_left_alone_on_the_last_line(composed, theme, size):
    """Except where two words stand on two lines, each as large as a line."""
    for sample in samples():
        if sample.name in ("68 letters", "two words"):
            continue
        article = sample.article
        setting = composed(theme, size, title=article.title, language=article.language).fitted()
        if setting.text and END in setting.text:
            assert len(setting.text.split(END)[-1].replace("\u200b", " ").split()) > 1, (sample.name, setting)


def test_a_long_german_word_is_divided_by_its_syllables(composed):
    plain = composed("quote", "instagram", title=f"Das {LONG}", language=None).fitted()
    divided = composed("quote", "instagram", title=f"Das {LONG}", language="de").fitted()
    assert plain.text is None  # it is broken wherever the line ends
    assert divided.text.replace(f"-{END}", "").replace(END, " ") == f"Das {LONG}"
    assert divided.text.count(f"-{END}") >= 3


def test_a_divided_headline_is_about_as_large_as_one_that_is_broken_anywhere(composed):
    title = "Verkehrswegeplanungsbeschleunigungsgesetz gilt"
    plain = composed("quote", "instagram", title=title, language=None).fitted()
    divided = composed("quote", "instagram", title=title, language="de").fitted()
    assert f"-{END}" in divided.text
    assert plain.text is None  # it is broken wherever the line ends
    assert divided.size > 0.9 * plain.size


def test_lines_are_not_made_good_by_words_of_half_the_size(composed):
    czech = composed("quote", "pinterest", title="Příliš žluťoučký kůň úpěl ďábelské ódy nad spícím městem").fitted()
    french = composed(
        "quote", "pinterest", title="La librairie qui n’a jamais fermé fête ses cent cinquante ans"
    ).fitted()
    assert czech.text.count(END) == 3
    assert french.text.split(END) == ["La librairie", "qui n’a jamais", "fermé fête", "ses cent", "cinquante ans"]


def test_short_words_are_not_divided(composed):
    setting = composed("quote", "instagram", title="Die Regierung will mehr Wohnungen", language="de").fitted()
    assert f"-{END}" not in (setting.text or "")


@pytest.mark.parametrize("size", ["default", "instagram", "pinterest", "x"])
def test_a_quote_fills_its_card(composed, size):
    """Short or usual: the headline is as wide as its column, or as high as its room."""
    for title in ("Gazette wins", "El faro cambia de traje", "What the tide leaves behind is ours to read"):
        card = composed("quote", size, title=title)
        setting = card.fitted()
        html, css = card._printed(setting)
        layout = card._engine.measure(html, css, card._width, card._height)
        runs = [run for run in layout.runs if run.height > setting.size]
        wide = max(run.width for run in runs) / (card._width - 120)
        assert wide > 0.85 or card._measured(setting).height > 0.85 * card._height, (title, wide, setting)


def test_a_headline_without_a_photo_is_drawn_in_the_sites_accent(drawn, theme):
    shades = []
    for accent in ("#0a5c4a", "#ffd400"):
        drawer = theme(yaml="extends: headline\n", html=None, brand=f'colours: {{accent: "{accent}"}}\n')
        picture, found = drawn(drawer=drawer, theme="mine", title="A headline without a photo")
        assert found.warnings == ()
        shades.append(picture.getpixel((1180, 12)))
        assert shades[-1] == pytest.approx(colour(accent), abs=6)
        ring = picture.getpixel((1000, 40))  # where white words of a long headline may lie
        assert contrast(ring, (255, 255, 255)) >= CONTRAST
    assert shades[0] != shades[1]


def test_words_on_the_grounds_of_the_themes_for_opinion_can_be_read(ours):
    for name, pairs in {
        "opinion": [("ink", "paper"), ("muted", "paper")],
        "opinion-dark": [("muted", "ground"), ("on_accent", "accent")],
    }.items():
        colours = ours._design(name).theme.colours
        for ink, ground in pairs:
            assert contrast(colour(colours[ink]), colour(colours[ground])) >= CONTRAST, (name, ink, ground)
    assert contrast((255, 255, 255), colour(ours._design("opinion-dark").theme.colours["ground"])) >= CONTRAST
