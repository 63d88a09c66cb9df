"""The complete theme of the guide on cards, run through the commands that a publisher runs."""

import re
from pathlib import Path

import pytest
from PIL import Image as Pillow

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "cards.md"
STORY = "---\ntitle: The night train to the coast returns in spring\ndate: 2026-11-20T10:00:00Z\n---\nText.\n"
CONFIG = """site: {name: The Example Gazette, url: "https://gazette.example/"}
templates: ./templates
defaults: {image: card, theme: front}
sources: {news: {type: folder, url: ./stories, link: "https://gazette.example/{slug}"}}
accounts: {drafts: {platform: folder, path: ./posts}}
"""


@pytest.fixture
def front(desk):
    """The folder of the theme that the guide shows, as the config's."""
    text = GUIDE.read_text(encoding="utf-8").partition("### A complete theme")[2].partition("###")[0]
    shown = {kind: re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL)[1] for kind in ("yaml", "jinja")}
    folder = desk.folder / "templates" / "cards" / "front"
    folder.mkdir(parents=True)
    (folder / "theme.yaml").write_text(shown["yaml"], encoding="utf-8")
    (folder / "card.html.j2").write_text(shown["jinja"], encoding="utf-8")
    (desk.folder / "stories").mkdir()
    (desk.folder / "stories" / "night-train.md").write_text(STORY, encoding="utf-8")
    desk.path.write_text(CONFIG, encoding="utf-8")
    return folder


def test_the_theme_of_the_guide_extends_nothing_and_works_in_every_command(desk, front):
    assert "extends" not in (front / "theme.yaml").read_text(encoding="utf-8")
    assert desk("config", "check").code == 0
    drawn = desk("cards", "preview", "--theme", "front", "--output", str(desk.folder / "cards.html"))
    assert (drawn.code, "42 cards are in" in drawn.err) == (0, True), drawn.err
    posted = desk("post", "--backfill", "1")
    assert posted.code == 0, posted.err
    (picture,) = (desk.folder / "posts").glob("*/*.jpg")
    with Pillow.open(picture) as card:
        assert card.size == (1200, 630)
        assert card.convert("RGB").getpixel((600, 5)) == pytest.approx((10, 92, 74), abs=6)


def test_without_its_template_it_is_a_mistake_where_the_config_is_read(desk, front):
    (front / "card.html.j2").unlink()
    run = desk("config", "check")
    assert run.code == 2
    assert "templates: cards/front has no card.html.j2 (or say `extends: headline` in theme.yaml)" in run.err


def test_it_has_the_built_in_colours_where_it_names_none(desk, front):
    (front / "theme.yaml").write_text("photo: cover\n", encoding="utf-8")
    drawn = desk("cards", "preview", "--theme", "front", "--output", str(desk.folder / "cards.html"))
    assert (drawn.code, "21 cards are in" in drawn.err) == (0, True), drawn.err
