import io
import os
import re
import sys

import pytest
from PIL import Image as Pillow
from PIL import ImageCms, PngImagePlugin

from syndicate.errors import RenderError
from syndicate.rendering.cards.draw import Drawer
from syndicate.rendering.cards.engine import Takumi
from tests import processes
from tests.worlds.cards import HTML
from tests.worlds.pictures import saved


@pytest.mark.parametrize(
    ("size", "pixels"),
    [("default", (1200, 630)), ("mastodon", (1200, 630)), ("x", (1600, 900)), ("instagram", (1080, 1350))],
)
@pytest.mark.parametrize("theme", [None, "headline", "live", "quote"])
def test_a_card_has_the_size_of_its_network(drawn, photo, size, pixels, theme):
    picture, found = drawn(photo, size=size, theme=theme)
    assert (picture.size, picture.format, picture.mode) == (pixels, "JPEG", "RGB")
    assert found.warnings == ()


def test_a_card_carries_nothing_a_camera_wrote(drawn):
    exif = Pillow.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825)[1] = "N"
    data = saved(Pillow.new("RGB", (1400, 900), "navy"), exif=exif, comment=b"secret place")
    picture, found = drawn(data)
    assert not picture.getexif()
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(picture.info)
    assert b"secret place" not in found.media.data


def test_quality_goes_down_until_the_bytes_fit_and_the_same_again_afterwards(drawn):
    noise = saved(Pillow.effect_noise((1600, 1067), 120).convert("RGB"), quality=95)
    large = drawn(noise)[1].media
    small = drawn(noise, max_bytes=120_000)[1].media
    assert len(small.data) <= 120_000 < len(large.data)
    assert drawn(noise)[1].media == large


def test_the_same_card_for_accounts_that_take_as_many_bytes_or_more(drawn, photo):
    assert drawn(photo, max_bytes=5_000_000)[1].media == drawn(photo, max_bytes=1_000_000)[1].media


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("CMYK TIFF", lambda: saved(Pillow.new("RGB", (900, 700), "teal").convert("CMYK"), "TIFF")),
        ("CMYK JPEG", lambda: saved(Pillow.new("RGB", (900, 700), "teal").convert("CMYK"))),
        ("grey PNG", lambda: saved(Pillow.new("L", (900, 700), 90), "PNG")),
        ("PNG with alpha", lambda: saved(Pillow.new("RGBA", (900, 700), (0, 90, 90, 128)), "PNG")),
        ("16-bit PNG", lambda: saved(Pillow.new("I;16", (900, 700), 20_000), "PNG")),
        ("palette GIF", lambda: saved(Pillow.new("P", (900, 700)), "GIF")),
        ("WebP", lambda: saved(Pillow.new("RGB", (900, 700), "teal"), "WEBP")),
        ("tall PNG", lambda: saved(Pillow.new("RGB", (900, 27_000), "teal"), "PNG")),
        (
            "animation",
            lambda: saved(
                Pillow.new("RGB", (900, 700), "teal"),
                "GIF",
                save_all=True,
                append_images=[Pillow.new("RGB", (900, 700), "red")],
            ),
        ),
    ],
)
def test_odd_photos_make_good_cards(drawn, kind, make):
    picture, found = drawn(make())
    assert found.warnings == (), kind
    assert picture.mode == "RGB"


def test_colours_with_a_profile_are_turned_into_what_screens_show(drawn):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture, found = drawn(saved(Pillow.new("RGB", (1400, 900), (200, 30, 30)), icc_profile=lab))
    assert found.warnings == ()
    assert "icc_profile" not in picture.info


def test_a_photo_that_lies_on_its_side_is_put_upright(drawn):
    exif = Pillow.Exif()
    exif[0x0112] = 6
    lying = Pillow.new("RGB", (900, 1400), (0, 0, 0))
    lying.paste((250, 250, 250), (0, 0, 900, 700))  # the upper half of the file is the right of the photo
    upright, _ = drawn(saved(lying, exif=exif), theme="live", size="pinterest")
    assert upright.getpixel((900, 300))[0] > 200
    assert upright.getpixel((100, 300))[0] < 60


def svg():
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="700"><rect width="9" height="9"/></svg>'


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: b"<html>not found</html>", "not a picture we can read"),
        (lambda: b"\0", "not a picture"),
        (svg, "not a picture we can read"),
        (lambda: saved(Pillow.new("1", (30_000, 10_000)), "PNG", compress_level=1), "more than the"),
        (lambda: saved(Pillow.new("RGB", (60, 40), "teal")), "60 x 40 pixels are too few"),
    ],
    ids=["html", "empty", "svg", "huge", "tiny"],
)
def test_a_photo_that_cannot_be_used_leaves_a_card_without_it_and_one_warning(ours, drawn, order, make, told):
    picture, found = drawn(make())
    assert picture.size == (1200, 630)
    assert [told in warning for warning in found.warnings] == [True]
    assert found.warnings[0].startswith("the photo is left out of the card: ")


def test_a_truncated_photo_is_told_as_such(drawn, photo):
    _, found = drawn(photo[: len(photo) // 3])
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith("the photo is left out of the card: not a picture we can read")


def test_css_that_the_engine_does_not_know_is_told_with_its_place(drawn, theme, photo):
    html = HTML.replace("color: #ffffff;", "color: #ffffff; hyphens: auto; widht: 3px;")
    _, found = drawn(photo, drawer=theme(html=html), theme="mine")
    assert found.warnings == (
        "cards/mine/card.html.j2:2:52: the card engine does not support 'hyphens: auto'",
        "cards/mine/card.html.j2:2:67: the card engine does not support 'widht: 3px'",
    )


def test_a_missing_font_and_a_missing_logo_are_told_and_stood_in_for(drawn, theme, photo):
    drawer = theme("extends: headline\nfonts: {headline: Gazette Grotesk}\nlogo: nowhere.svg\n", fonts__x=b"")
    picture, found = drawn(photo, drawer=drawer, theme="mine")
    assert picture.size == (1200, 630)
    assert found.warnings == (
        "the theme 'mine' uses the font 'Gazette Grotesk', which is missing",
        "the logo 'nowhere.svg' of the theme 'mine' cannot be read; the card shows the site's name",
    )


def test_a_file_that_is_no_font_is_told_and_left_out(drawn, theme, tmp_path, photo):
    drawer = theme()
    fonts = tmp_path / "templates/cards/mine/fonts"
    fonts.mkdir()
    (fonts / "broken.ttf").write_bytes(b"not a font at all")
    _, found = drawn(photo, drawer=drawer, theme="mine")
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith("the font mine/fonts/broken.ttf is left out: not a font")


def test_a_logo_is_drawn(drawn, theme, photo):
    html = HTML.replace(
        '<div class="headline">', '<img src="asset:logo" width="200" height="100"><div class="headline">'
    )
    logo = saved(Pillow.new("RGB", (200, 100), (0, 200, 0)), "PNG")
    drawer = theme("extends: headline\nlogo: logo.png\nphoto: none\n", html=html, logo__png=logo)
    picture, found = drawn(photo, drawer=drawer, theme="mine")
    assert found.warnings == ()
    assert picture.getpixel((60, 50))[1] > 150


@pytest.mark.parametrize(
    ("html", "told"),
    [
        (
            "<div>{{ card.hedline }}</div>",
            "cards/mine/card.html.j2:1:14: 'hedline' is undefined (did you mean 'headline'?)",
        ),
        ("<div>\n  {% if card.photo %}\n</div>", "cards/mine/card.html.j2:3:1: "),
        ("<img src='x'><style>.a{background:url(http://127.0.0.1/x)}</style>", "would load something from outside"),
        ("<style>@import 'x.css';</style><div></div>", "would load something from outside"),
        ("<script>alert(1)</script>", "would load something from outside"),
        ("{% for i in range(10**9) %}x{% endfor %}", "powers are not available"),
        ("{% for i in range(1000000) %}x{% endfor %}", "loops take more than"),
        ("{{ ().__class__.__base__ }}", "cards/mine/card.html.j2:1"),
        ("{% include '/etc/passwd' %}", "there is no template"),
    ],
)
def test_a_broken_or_hostile_template_is_one_line(ours, order, theme, html, told):
    with pytest.raises(RenderError) as fault:
        theme(html=html).card(order(theme="mine"))
    assert told in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.fixture
def linked(theme, tmp_path):
    """A theme with a link at `name` to a file outside of the templates' folder."""

    def make(name, *, target="../../../outside.env", **wishes):
        (tmp_path / "outside.env").write_text("DB_PASSWORD=example")
        drawer = theme(**wishes)
        path = tmp_path / "templates" / "cards" / "mine" / name
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(target)
        return drawer

    return make


@pytest.mark.parametrize("name", ["theme.yaml", "card.html.j2", "x.txt"])
@pytest.mark.parametrize("target", ["../../../outside.env", "/dev/zero"])
def test_a_theme_reads_nothing_outside_the_templates_folder(linked, order, name, target):
    drawer = linked(name, target=target, html="<div>{% include 'x.txt' ignore missing %}</div>")
    with pytest.raises(RenderError, match=rf"^cards/mine/{re.escape(name)} is a link that leads out of its folder$"):
        drawer.card(order(theme="mine"))


def test_a_logo_and_fonts_outside_the_folder_are_left_out_and_named(linked, drawn, tmp_path):
    drawer = linked("logo.svg", yaml="extends: headline\nlogo: logo.svg\nfonts: {emoji: emoji.ttf}\n")
    for name in ("emoji.ttf", "fonts/own.ttf"):
        path = tmp_path / "templates" / "cards" / "mine" / name
        path.parent.mkdir(exist_ok=True)
        path.symlink_to(tmp_path / "outside.env")
    out, instead = "is a link that leads out of its folder", "the card shows the site's name"
    assert drawn(drawer=drawer, theme="mine")[1].warnings == (
        f"the font mine/fonts/own.ttf is left out: it {out}",
        f"the emoji font 'emoji.ttf' is left out: cards/mine/emoji.ttf {out}",
        f"the logo 'logo.svg' of the theme 'mine' cannot be read (cards/mine/logo.svg {out}); {instead}",
    )


def test_a_theme_of_links_that_stay_inside_is_drawn(theme, drawn, tmp_path):
    drawer = theme()
    cards = tmp_path / "templates" / "cards"
    (cards / "mine").rename(cards / "..data")
    (cards / "mine").mkdir()
    for name in ("theme.yaml", "card.html.j2"):
        (cards / "mine" / name).symlink_to(f"../..data/{name}")
    assert drawn(drawer=drawer, theme="mine")[1].warnings == ()


def test_a_pipe_in_a_themes_folder_is_not_waited_for(theme, order, tmp_path):
    drawer = theme()
    folder = tmp_path / "templates" / "cards"
    os.mkfifo(folder / "brand.yaml")
    with pytest.raises(RenderError, match=r"^cards/brand\.yaml is no regular file$"):
        drawer.card(order(theme="mine"))


WORDS = ("Why @import in CSS is slow", "How url(photo.png) works", "The <link> tag, and <style>@import 'a'</style>")


@pytest.mark.parametrize("title", WORDS)
@pytest.mark.parametrize("name", ["headline", "quote", "live"])
def test_a_title_about_style_sheets_has_its_card(drawn, photo, title, name):
    assert drawn(photo, theme=name, title=title, summary=title, section=title)[1].warnings == ()


@pytest.mark.parametrize(
    "html",
    [
        '<div style="background: {{ article.title }}">a</div>',
        "<style>.a { background: {{ article.title }} }</style><div class=a>a</div>",
        "<style>.a { background: {{ article.title|safe }} }</style><div class=a>a</div>",
        "<svg><rect fill='{{ article.title }}'/></svg>",
    ],
)
def test_a_title_that_a_theme_puts_into_its_style_loads_nothing(ours, order, theme, html):
    drawer = theme(html=html)
    with pytest.raises(RenderError, match=r"^cards/mine/card\.html\.j2: url\(http://a/b\) would load something from"):
        drawer.card(order(theme="mine", title="red url(http://a/b)"))
    with pytest.raises(RenderError, match="would load something from outside"):
        drawer.card(order(theme="mine", title="red} @import url(http://a/b); .b {background: url(http://a/b)"))
    assert drawer.card(order(theme="mine", title="red")).media.data


def test_a_headline_is_text_and_never_markup(drawn, photo):
    plain, _ = drawn(photo, title="Tom Jerry")
    hostile, found = drawn(photo, title="<b style='font-size:400px'>Tom</b><img src=x>")
    assert found.warnings == ()
    assert plain.size == hostile.size
    # Drawn as the letters it is: the card is not one giant word.
    assert hostile.resize((1, 1)).getpixel((0, 0)) == pytest.approx(plain.resize((1, 1)).getpixel((0, 0)), abs=25)


@pytest.mark.parametrize(
    ("title", "language", "told"),
    [
        ("The old signs 𐎀 and 𓀀", "en", "no font has 2 of the card's characters: 𐎀, 𓀀"),
        ("Ferries 🛳️ are back 👨‍👩‍👧", "en", None),
        ("最晚的桥", "zh", None),
        ("Příliš žluťoučký", "cs", None),
        ("आम का पेड़", "hi", None),
        ("รถไฟกลางคืน", "th", None),
        ("שלום עולם", "he", None),
        ("سوق الكتب", "ar", None),
        ("Οι γάτες", "el", None),
    ],
)
def test_only_characters_that_no_font_has_are_warned_of(drawn, photo, title, language, told):
    _, found = drawn(photo, title=title, language=language)
    assert found.warnings == ((told,) if told else ())


def test_emoji_without_a_font_leave_no_gap(ours, order):
    from syndicate.rendering.cards.fonts import without_emoji

    faces, _ = ours._fonts.of(ours._design("headline").theme, "")
    assert without_emoji("Ferries 🛳️ are back 🇵🇹👨‍👩‍👧, at last ❤️!", faces) == "Ferries are back, at last!"
    assert without_emoji("100 % © 2026 → 5½", faces) == "100 % © 2026 → 5½"


def test_the_same_order_gives_the_same_bytes_in_another_process(drawn, photo, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(photo)
    script = (
        "import hashlib, sys; from pathlib import Path\n"
        "from tests.worlds.cards import ARTICLE, SITE\n"
        "from syndicate.rendering.cards.draw import Drawer\n"
        "from syndicate.rendering.cards.engine import Takumi\n"
        "from syndicate.rendering.cards.order import Order\n"
        "from syndicate.rendering.environment import builtin_templates\n"
        "data = Path(sys.argv[1]).read_bytes(); drawer = Drawer(Takumi, [builtin_templates()]); drawer.learn(data)\n"
        "digest = hashlib.sha256(data).hexdigest()\n"
        "order = Order(ARTICLE, SITE, None, 'default', None, digest, 10**6, ('image/jpeg',))\n"
        "print(hashlib.sha256(drawer.card(order).media.data).hexdigest())"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "photo.jpg")]
    done = processes.run(command)
    assert done.stdout.strip() == drawn(photo)[1].media.file.partition(".")[0]


def test_a_png_where_the_theme_says_so_and_the_network_takes_it(drawn, theme, photo):
    drawer = theme("extends: quote\nformat: png\n", html=None)
    assert drawn(photo, drawer=drawer, theme="mine", types=("image/jpeg", "image/png"))[0].format == "PNG"
    assert drawn(photo, drawer=drawer, theme="mine", types=("image/jpeg",))[0].format == "JPEG"


def test_a_changed_theme_is_drawn_anew(drawn, theme, photo):
    drawer = theme()
    before = drawn(photo, drawer=drawer, theme="mine")[1].media
    theme(html=HTML.replace("color: #ffffff", "color: #ff0000"))
    assert drawn(photo, drawer=drawer, theme="mine")[1].media != before


def test_metadata_of_a_png_does_not_travel(drawn):
    info = PngImagePlugin.PngInfo()
    info.add_text("Location", "51.5, -0.1")
    _, found = drawn(saved(Pillow.new("RGB", (1400, 900), "teal"), "PNG", pnginfo=info))
    assert b"51.5" not in found.media.data


def test_an_engine_that_is_missing_is_told(order, photo):
    def engine():
        raise RenderError("the card engine pytakumi is not installed")

    drawer = Drawer(engine, [__import__("pathlib").Path("templates")])
    drawer.learn(photo)
    with pytest.raises(RenderError, match="not installed"):
        drawer.card(order(photo))
    found = drawer.photo(order(photo))
    assert Pillow.open(io.BytesIO(found.media.data)).size == (1200, 630)


def test_takumi_reads_no_file_and_no_address(tmp_path):
    (tmp_path / "secret.png").write_bytes(saved(Pillow.new("RGB", (20, 20), (255, 0, 0)), "PNG"))
    path = tmp_path / "secret.png"
    for source in (
        str(path),
        path.as_uri(),
        f"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='{path}'/></svg>",
    ):
        picture = Takumi().draw(f'<img src="{source}" width="20" height="20">', "", (20, 20), 1, {})
        assert picture.getextrema()[3] == (0, 0) or picture.getpixel((10, 10))[0] < 200


def test_a_configured_emoji_font_draws_emoji(drawn, theme, photo, tmp_path):
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    for point, move in (((0, 0), pen.moveTo), ((0, 900), pen.lineTo), ((900, 900), pen.lineTo), ((900, 0), pen.lineTo)):
        move(point)
    pen.closePath()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "ship"])
    font.setupCharacterMap({0x1F6A2: "ship"})
    font.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "ship": pen.glyph()})
    font.setupHorizontalMetrics({".notdef": (1000, 0), "ship": (1000, 0)})
    font.setupHorizontalHeader(ascent=900, descent=-100)
    font.setupNameTable({"familyName": "Test Emoji", "styleName": "Regular"})
    font.setupOS2(sTypoAscender=900, usWinAscent=900, usWinDescent=100)
    font.setupPost()
    buffer = io.BytesIO()
    font.save(buffer)
    drawer = theme("extends: headline\nphoto: none\nfonts: {emoji: emoji.ttf}\n", emoji__ttf=buffer.getvalue())
    with_ship, found = drawn(photo, drawer=drawer, theme="mine", title="🚢")
    assert found.warnings == ()
    assert min(with_ship.getpixel((40, 50))) >= 252  # the ship, a white square on paper
    assert with_ship.getpixel((600, 500))[2] < 245
    missing = theme("extends: headline\nfonts: {emoji: gone.ttf}\n")
    assert (
        "the emoji font 'gone.ttf' is not in the theme's folder"
        in drawn(photo, drawer=missing, theme="mine")[1].warnings
    )
