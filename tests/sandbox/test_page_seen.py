"""The sandbox's pages in a browser."""

from __future__ import annotations

import pytest

from syndicate.sandbox.networks import stand_ins
from syndicate.sandbox.page import static_page
from tests.worlds.browser import WIDTHS, fits, grave, weight
from tests.worlds.client import png
from tests.worlds.sandbox_posts import picture, shown

ARABIC = "سوق الكتب المستعملة يعود إلى الميناء"
MOMENT = "2026-11-23T10:05:00.000Z"
CARD = {"url": "https://gazette.example/b", "title": ARABIC, "description": "Books.", "image": picture()}
MEDIA = {"ab12": ("image/png", png()), "cd34": ("text/html", b"no picture")}


def posts():
    """What every network can have: a post with everything, one that was deleted, one without alt text."""
    for number, platform in enumerate(stand_ins()):
        yield shown(platform=platform, seq=3 * number, card=CARD, warning="Violence", visibility="unlisted")
        yield shown(platform=platform, seq=3 * number + 1, media=[picture(ARABIC)], deleted_at=MOMENT, edited_at=MOMENT)
        lacking = [picture("") | {"sha256": "cd34", "mime": "text/html"}]
        yield shown(platform=platform, seq=3 * number + 2, text="", media=lacking, language=None, key=None)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_fits_and_axe_finds_nothing_serious(opened, width, scheme):
    for listed in ([*posts()], []):
        page = opened(static_page(listed, stand_ins(), MEDIA), width, scheme)
        assert fits(page)
        assert page.said == []
        assert grave(page) == []


def test_the_live_page_shows_what_arrives_and_counts_it(opened, client, sandbox):
    client("POST", "/webhook/cms", json={"text": "One", "link": "https://gazette.example/a"})
    page = opened(sandbox.url)
    assert page.locator("h1").inner_text() == "gazette.example"
    assert page.locator(".top").get_by_text("1 post on 1 network").is_visible()
    client("POST", "/webhook/cms", json={"text": "Two", "link": "https://town.example/b"})
    page.get_by_text("2 posts on 1 network").wait_for()
    assert page.locator("h1").inner_text() == "gazette.example, town.example"
    assert page.locator("article .text").all_inner_texts() == ["Two", "One"]
    assert page.locator("article footer").first.get_by_text("article").get_attribute("href") == "https://town.example/b"
    assert page.said == []
    assert grave(page) == []


def test_a_link_leads_to_each_network(opened):
    page = opened(static_page([*posts()], stand_ins(), MEDIA), 390)
    page.locator(".jump a", has_text="Webhook").click()
    assert page.locator("#name-webhook").bounding_box()["y"] < 100


def test_what_begins_at_the_right_stands_there(opened):
    page = opened(static_page([shown(text=ARABIC, card=CARD, media=[picture(ARABIC)])], stand_ins(), MEDIA))
    for place in (".text", ".card strong", "figcaption span"):
        assert page.locator(place).first.evaluate("node => getComputedStyle(node).direction") == "rtl", place


def test_fifty_posts_are_light():
    listed = [shown(seq=n, media=[picture()], card=CARD, text="Every boat home. " * 20) for n in range(50)]
    html = static_page(listed, stand_ins(), MEDIA)
    assert html.count("<article") == 50
    assert weight(html) <= 200_000
