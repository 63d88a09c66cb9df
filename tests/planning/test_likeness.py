"""What makes a list look like its source's own next articles: the forms of addresses and headlines."""

from datetime import timedelta

import pytest

from syndicate.planning.likeness import address_form, difference

AHEAD = timedelta(hours=1)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("/2026/11/28/night-train-returns/", "/2025/01/02/harbour/", True),
        ("/news/fire-in-the-harbour-12345", "/sport/cup-6", True),
        ("/news/12-harbour.html", "/news/3-the-mayor-resigns.html", True),
        ("/?p=12", "/?p=4711", True),
        ("/index.php?id=1&lang=en", "/index.php?lang=pt&id=77", True),
        ("/s/a1b2c3", "/s/77fe01", True),
        ("/новости/пожар-в-порту", "/новости/%D0%BC%D1%8D%D1%80", True),
        ("/a/12.html", "/posts/12-new", False),
        ("/2026/11/28/night-train/", "/night-train/", False),
        ("/news/night-train", "/news/night-train.html", False),
        ("/?p=12", "/?page_id=12", False),
        ("/news/12", "/news/harbour", False),
    ],
)
def test_the_form_of_an_address(one, other, same):
    site = "https://gazette.example"
    assert (address_form(site + one) == address_form(site + other)) is same


@pytest.fixture
def compare(article, clock):
    """In what five new articles differ from ten known ones, after `titles`, `urls` and `fields` had their way."""

    def made(title=None, url=None, known_title=None, roams=False, count=10, **fields):
        words = [
            "Harbour",
            "council",
            "theatre",
            "railway",
            "market",
            "storm",
            "mayor",
            "school",
            "bridge",
            "ferry",
            "tram",
            "museum",
            "strike",
        ]
        known = [
            article(n, title=f"{words[n]} {words[-n]} opens {words[n + 1]}", url=f"https://gazette.example/news/{n}")
            for n in range(count)
        ]
        base = [
            article(
                n,
                title=f"{words[-n]} {words[n]} {words[n + 2]}",
                url=f"https://gazette.example/news/{n + 50}",
                **fields,
            )
            for n in range(1, 6)
        ]
        new = [
            article(
                n,
                title=title(each.title) if title else each.title,
                url=url(n) if url else each.url,
                **{"published": clock.now} | fields,
            )
            for n, each in enumerate(base)
        ]
        if known_title:
            known = [article(n, title=known_title(each.title), url=each.url) for n, each in enumerate(known)]
        return difference(new, known, clock.now - AHEAD, roams=roams)

    return made


def test_the_sources_own_next_articles_differ_in_nothing(compare):
    assert compare() == ""


@pytest.mark.parametrize(
    "title",
    [
        lambda title: f"{title} | The Gazette",
        lambda title: f"{title} – Gazette",
        lambda title: f"News: {title}",
        lambda title: f"[Gazette] {title}",
        lambda title: f"{title[:9]}…",
        lambda title: f"{title[:9]}...",
        str.upper,
    ],
)
def test_headlines_that_all_begin_or_end_in_a_new_way(compare, title):
    assert compare(title=title).startswith("and its headlines ")
    assert compare(known_title=title).startswith("and the known headlines ")
    assert compare(title=title, known_title=title) == ""
    assert compare(title=title, count=3) == "", "three known headlines show no habit"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (lambda n: f"https://other.example/news/{n}", "and it leads to other.example"),
        (lambda n: f"https://gazette.example/news/{n}-harbour", "and its addresses have another form, such as "),
        (lambda n: f"https://gazette.example/blog/{n}", "and its addresses are in another folder, /blog/"),
        (lambda n: f"https://gazette.example/{'news' if n else 'blog'}/{n}", ""),  # one in five
        (lambda n: "", ""),
    ],
)
def test_addresses_of_another_form(compare, url, told):
    assert compare(url=url).startswith(told)
    assert bool(compare(url=url)) is bool(told)
    assert compare(url=url, roams=True) == "", "a source that leads to many sites has no form of its own"


def test_what_is_not_newer_than_what_was_known(compare, clock):
    assert compare(published=clock.now - 2 * AHEAD) == "and some of it is not newer than what was known before"
    assert compare(published=None) == ""
