import pytest

from syndicate.errors import RenderError
from syndicate.rendering.cards.theme import load, names, shape, stamp
from syndicate.rendering.environment import builtin_templates


@pytest.fixture
def folders(tmp_path):
    """Writes files of a publisher's; gives the folders themes are looked for in."""

    def write(**files):
        for name, text in files.items():
            path = tmp_path / "cards" / name.replace("__", "/")
            path = path.with_name(path.name + ".yaml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return [tmp_path, builtin_templates()]

    return write


def test_the_built_in_themes_load_and_say_all_sizes(folders):
    assert names(folders()) == ["headline", "live", "opinion", "opinion-dark", "quote"]
    for name in names(folders()):
        theme = load(name, folders())
        assert theme.size("x") == (1600, 900)
        assert theme.size("instagram") == (1080, 1350)
        assert theme.size("pinterest") == (1000, 1500)
        assert theme.size("mastodon") == (1200, 630)


def test_a_publisher_writes_only_what_differs(folders):
    theme = load("headline", folders(headline__theme='colours: {accent: "#00ff00"}\nheadline: {largest: 60}\n'))
    assert theme.colours["accent"] == "#00ff00"
    assert theme.colours["ink"] == "#14181f"
    assert (theme.headline.largest, theme.headline.smallest) == (60, 34)


def test_a_brand_lies_over_every_built_in_theme_and_under_the_publishers_own(folders):
    own = folders(brand='colours: {accent: "#0000ff", ink: "#111111"}\n', quote__theme='colours: {ink: "#222222"}\n')
    assert load("live", own).colours["accent"] == "#0000ff"
    assert load("quote", own).colours["accent"] == "#0000ff"
    assert load("quote", own).colours["ink"] == "#222222"


def test_a_theme_takes_what_it_lacks_from_the_one_it_extends(folders):
    theme = load("mine", folders(mine__theme="extends: quote\nfonts: {headline: Georgia Pro}\n"))
    assert theme.fonts == {"headline": "Georgia Pro", "text": "Noto Sans"}
    assert theme.photo == dict.fromkeys(("landscape", "square", "portrait"))
    assert theme.file("card.html.j2") == builtin_templates() / "cards/quote/card.html.j2"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colors: {}\n", "cards/mine/theme.yaml:1:1: colors is not a setting of a theme (did you mean 'colours'?)"),
        ("\ncolours: {accent: red}\n", "cards/mine/theme.yaml:2:1: colours: 'red' is not a colour such as \"#b3132b\""),
        ("sizes: {x: huge}\n", "cards/mine/theme.yaml:1:1: sizes: 'huge' is not a size such as 1200x630"),
        ("sizes: {x: 9000x9000}\n", "sizes: '9000x9000' is not a size"),
        ("headline: {larges: 4}\n", "headline: 'larges' is unknown (did you mean 'largest'?)"),
        ("headline: {fill: 3}\n", "headline: 3 should be a number from 0.1 to 1"),
        ("photo: {portrait: [0, 0, 2, 1]}\n", "photo: [0, 0, 2, 1] should be left, top, width and height"),
        ("photo: {round: cover}\n", "photo: 'round' is not a shape"),
        ("logo: ../../secret.png\n", "logo: '../../secret.png' should be the name of a file"),
        ("shade: {edges: [left]}\n", "shade: ['left'] should be a list of top and bottom"),
        ("format: webp\n", "format: 'webp' should be jpeg or png"),
        ("fonts: {text: 'x\"; color: red'}\n", "fonts: 'x\"; color: red' is not a name"),
        ("colours: [\n", "cards/mine/theme.yaml:2:1: "),
        ("just words\n", "cards/mine/theme.yaml:1:1: should hold names and values"),
        ("extends: nothing\n", "there is no theme 'nothing'"),
        ("extends: mine\n", "the theme 'mine' extends itself"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(folders, text, told):
    with pytest.raises(RenderError) as fault:
        load("mine", folders(mine__theme=text))
    assert told in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("name", ["../headline", "Headline", "", "a/b", "x" * 80])
def test_a_name_leads_nowhere_else(folders, name):
    with pytest.raises(RenderError, match="is not the name of a theme"):
        load(name, folders())


@pytest.mark.parametrize(
    ("size", "told"), [((1200, 630), "landscape"), ((1080, 1080), "square"), ((1080, 1350), "portrait")]
)
def test_a_shape_is_what_a_layout_is_made_for(size, told):
    assert shape(size) == told


def test_a_stamp_changes_with_a_file(folders, tmp_path):
    own = folders(mine__theme="extends: quote\n")
    before = stamp(load("mine", own).folders)
    (tmp_path / "cards/mine/theme.yaml").write_text("extends: quote\nformat: png\n", encoding="utf-8")
    assert stamp(load("mine", own).folders) != before
