"""Which picture of an entry is the article's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from syndicate import sources
from syndicate.model import Image
from syndicate.sources.parsing.picture_choice import in_text, is_picture, is_usable, ranked

BASE = "https://gazette.example/2025/bridge"
SITE = "https://gazette.example/"
NOW = datetime(2025, 9, 1, 12, tzinfo=UTC)


def shown(body):
    return [image.url.removeprefix(SITE) for image in in_text(body, BASE)]


def item(inside):
    """The first picture of an RSS item."""
    feed = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:media="http://search.yahoo.com/mrss/"><channel><title>G</title>'
        f"<link>{SITE}</link><item><title>t</title><link>{BASE}</link>{inside}</item></channel></rss>"
    )
    (article,) = sources.parse(feed.encode(), source="news", url=f"{SITE}feed", now=NOW).articles
    return article.image.url.removeprefix(SITE) if article.image else None


def page(*metas, body=""):
    head = "".join(f'<meta property="{name}" content="{content}">' for name, content in metas)
    document = f"<html><head><title>t</title>{head}</head><body>{body}</body></html>"
    (article,) = sources.parse(document.encode(), source="page", url=BASE, now=NOW).articles
    return article


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('<img srcset="/a-400.jpg 400w, /a-1200.jpg 1200w">', ["a-1200.jpg"]),
        ('<img srcset="/a.jpg 1x,/a2.jpg 2x">', ["a2.jpg"]),
        ('<img srcset="/a.jpg, /b.jpg 2x">', ["b.jpg"]),
        ('<img src="/a.jpg" srcset="/w_400,c_fill/a.jpg 400w, /w_900,c_fill/a.jpg 900w">', ["w_900,c_fill/a.jpg"]),
        ('<img src="/a-800.jpg" width="800" srcset="/a-400.jpg 400w">', ["a-800.jpg"]),
        ('<img src="/a.jpg" srcset="/a-1200.jpg 1200w, /raw.jpg 6000w">', ["a-1200.jpg"]),
        ('<img srcset="/raw.jpg 6000w, /raw2.jpg 7000w">', ["raw.jpg"]),
        ('<img src="data:image/gif;base64,R0" data-srcset="/a-400.jpg 400w, /a-1200.jpg 1200w">', ["a-1200.jpg"]),
        ('<img src="/wait.gif" data-lazy-srcset="/a.jpg 900w">', ["a.jpg"]),
        ('<picture><source srcset="/a.webp 900w" media="(min-width: 1px)"><img alt="x"></picture>', ["a.webp"]),
        ('<picture><source srcset="/a.webp 900w"><img src="/a.jpg"></picture>', ["a.jpg"]),
        ('<img src="undefined"><img src="/null"><img src="/a.jpg">', ["a.jpg"]),
        ('<img srcset="undefined 400w" src="/a.jpg">', ["a.jpg"]),
        ('<img src="/p.gif" style="display:none"><img src="/a.jpg">', ["a.jpg"]),
        ('<img src="/p.gif" style="visibility: hidden"><img src="/a.jpg">', ["a.jpg"]),
        ('<img src="/p.gif" hidden><img src="/a.jpg">', ["a.jpg"]),
        ('<img src="/p.gif" style="width:1px;height:1px"><img src="/a.jpg">', ["a.jpg"]),
        ('<img src="/p.gif" style="max-width: 100px"><img src="/a.jpg">', ["a.jpg"]),
        ('<div style="display: none"><img src="/p.gif"></div><img src="/a.jpg">', ["a.jpg"]),
        ('<span hidden><img src="/p.gif"></span><img src="/a.jpg">', ["a.jpg"]),
        ('<img src="/share.svg"><img src="/icon.ico"><img src="/a.jpg">', ["a.jpg"]),
        ('<img src="/p.gif" width="1" height="1"><img src="/a.jpg" width="1600">', ["a.jpg"]),
        ('<img src="/a.jpg"><img src="/b.jpg">', ["a.jpg", "b.jpg"]),
        # what only looks like it
        ('<img src="/a.jpg" alt="hidden and undefined">', ["a.jpg"]),
        ('<p>display: none hides it</p><img src="/a.jpg">', ["a.jpg"]),
        ('<img src="/a.jpg" style="max-width:100%; opacity: 0.9">', ["a.jpg"]),
        ('<img src="/undefined-behaviour.jpg">', ["undefined-behaviour.jpg"]),
        ('<img src="/svg/a.jpg?from=x.svg">', ["svg/a.jpg?from=x.svg"]),
    ],
)
def test_of_a_text_the_pictures_that_are_seen_count_and_of_a_set_the_largest(body, found):
    assert shown(body) == found


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        (
            '<media:thumbnail url="/a.jpg" width="72"/><description>&lt;img src="/b.jpg" width=1600></description>',
            "b.jpg",
        ),
        ('<media:thumbnail url="/t.jpg"/><description>&lt;img src="/a.jpg"></description>', "a.jpg"),
        ('<media:thumbnail url="/t.jpg" width="480"/><description>&lt;img src="/a.jpg"></description>', "t.jpg"),
        ('<media:thumbnail url="/t.jpg" width="72"/>', "t.jpg"),
        (
            '<media:content url="/a-300x200.jpg" medium="image"/><description>&lt;img src="/a.jpg"></description>',
            "a.jpg",
        ),
        ('<media:content url="/a.jpg" medium="image"/><description>&lt;img src="/b.jpg"></description>', "a.jpg"),
        (
            '<media:content url="/a.jpg" type="image/png" width="9"/><media:content url="/b.jpg" width="1200"/>',
            "b.jpg",
        ),
        ('<media:thumbnail url="/t.jpg" width="240"/><enclosure url="/a.jpg" type="image/jpeg"/>', "a.jpg"),
        ('<enclosure url="/a.jpg" length="1" type="application/octet-stream"/>', "a.jpg"),
        ('<enclosure url="/a.jpg" length="1" type="binary/octet-stream"/>', "a.jpg"),
        ('<enclosure url="/a.jpg" length="1" type=""/>', "a.jpg"),
        ('<enclosure url="/a.svg" type="image/svg+xml"/><enclosure url="/a.png" type="image/png"/>', "a.png"),
        ('<enclosure url="/a.mp3" type="application/octet-stream"/>', None),
        ('<enclosure url="/a.jpg" type="audio/mpeg"/>', None),
        ("<enclosure url='undefined' type='image/jpeg'/><description>&lt;img src='/a.jpg'></description>", "a.jpg"),
    ],
)
def test_the_largest_sensible_picture_of_an_entry_is_first(inside, found):
    assert item(inside) == found


@pytest.mark.parametrize(
    ("metas", "found"),
    [
        (
            [
                ("og:image", "/logo.png"),
                ("og:image:width", "60"),
                ("og:image", "/a.jpg"),
                ("og:image:width", "1200"),
            ],
            "a.jpg",
        ),
        (
            [("og:image", "/a.jpg"), ("og:image:width", "800"), ("og:image", "/b.jpg"), ("og:image:width", "1200")],
            "a.jpg",
        ),
        ([("og:image", "/logo.png"), ("og:image:width", "60")], "logo.png"),
        ([("og:image", "/logo.png"), ("og:image:width", "60"), ("og:image", "/a.jpg")], "a.jpg"),
        ([("og:image", "/logo.svg"), ("og:image", "/a.jpg")], "a.jpg"),
        ([("og:image", "undefined"), ("twitter:image", "/a.jpg")], "a.jpg"),
        ([("og:image", "/undefined")], None),
        ([("og:image", "[object Object]")], None),
    ],
)
def test_a_pages_small_or_missing_picture_loses(metas, found):
    image = page(*metas).image
    assert (image.url.removeprefix(SITE) if image else None) == found


def test_what_scripts_write_for_nothing_is_no_summary():
    assert page(("og:description", "null")).summary == ""
    assert page(("og:description", "Null and void, says the court.")).summary == "Null and void, says the court."


def test_a_small_picture_of_a_page_loses_to_the_one_in_its_text():
    metas = (("og:image", "/logo.png"), ("og:image:width", "60"))
    found = page(*metas, body='<article><img src="/a.jpg"></article>').images
    assert [image.url for image in found] == [f"{SITE}a.jpg", f"{SITE}logo.png"]


def test_a_picture_that_is_large_enough_stays_where_its_publisher_put_it():
    first, second = Image(f"{SITE}a.jpg", width=600), Image(f"{SITE}b.jpg", width=2000)
    assert ranked([first, second]) == (first, second)
    assert ranked([first], shown=lambda: [second, first]) == (first, second)


def test_a_file_is_a_picture_by_type_or_name():
    assert is_picture("image/heic", f"{SITE}a")
    assert not is_picture("application/pdf", f"{SITE}a.pdf")
    assert not is_usable(Image(f"{SITE}a", type="image/svg+xml"))
