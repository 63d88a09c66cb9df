"""The pages of a folder in a browser."""

from __future__ import annotations

from dataclasses import replace

import pytest

from syndicate.platforms.folder import FileDoor, Folder, Options
from syndicate.ports import Sender
from syndicate.testing import Held, illustrated, now
from tests.worlds.browser import WIDTHS, fits, grave, weight

ARABIC = "سوق الكتب المستعملة يعود إلى الميناء"
HOSTILE = "</style><script>alert(1)</script><img src=x onerror=alert(2)> \u202egnirts"


def story(title, number=0):
    link = f"https://gazette.example/{number}"
    made = illustrated(text=f"{title}\n\n{'What happened, in a line or two. ' * 4}", link=link)
    return replace(made, article={"url": link, "title": title})


def folder(root, *titles):
    """A folder with a post for each headline; its index, and the first one's own page."""
    door = FileDoor(root, now)
    door.sender = Sender("The Example Gazette", "archive")
    platform = Folder(Options(root), door, Held())
    for number, title in enumerate(titles):
        key = f"{number:032x}"
        platform.commit(platform.prepare(story(title, number), key), key)
    return root / "index.html", root / f"{0:032x}" / "index.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_fit_show_their_pictures_and_axe_finds_nothing_serious(opened, tmp_path, width, scheme):
    for place in folder(tmp_path / "posts", ARABIC, "A bridge opens", "W" * 400):
        page = opened(place, width, scheme)
        assert fits(page)
        assert page.said == []
        for image in page.locator("img").all():
            assert image.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
        assert grave(page) == []


def test_a_reader_goes_from_the_index_to_a_post_and_to_its_article(opened, tmp_path):
    index, _ = folder(tmp_path / "posts", "A bridge opens", ARABIC)
    page = opened(index)
    assert page.locator("h1").inner_text() == "The Example Gazette"
    assert page.locator("article").count() == 2
    assert page.locator("h2 a").nth(1).get_attribute("href") == "https://gazette.example/0"
    assert page.locator("h2").nth(0).evaluate("node => getComputedStyle(node).direction") == "rtl"
    page.locator("article").nth(1).locator("footer a").click()
    assert page.locator("article h2").inner_text() == "A bridge opens"
    page.get_by_role("link", name="All posts").click()
    assert page.locator("article").count() == 2


def test_a_hostile_headline_does_nothing(opened, tmp_path):
    for place in folder(tmp_path / "posts", HOSTILE, "Second"):
        page = opened(place)
        assert page.said == []
        assert page.locator("script").count() == 0
        assert all(url.startswith("file:") for url in page.asked)
        assert page.locator("article h2").last.inner_text().startswith("</style><script>")


def test_fifty_posts_are_light(tmp_path):
    index, _ = folder(tmp_path / "posts", *(f"Every boat home before the fog, for the {n}th time" for n in range(50)))
    html = index.read_text(encoding="utf-8")
    assert html.count("<article>") == 50
    assert weight(html) <= 200_000
