"""What makes a list look like its source's own next articles: the forms of addresses and headlines."""

from datetime import timedelta

import pytest

from syndicate.model import ENCLOSED
from syndicate.planning.likeness import address_form, difference, is_newer

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


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/2026/11/28/a-b", "/9/9/9/w"),
        ("/news/12-13", "/w/9"),
        ("/news/12-harbour", "/w/9-w"),
        ("/news/harbour-12", "/w/w-9"),
        ("/news/12-harbour-13", "/w/9-w-9"),
        ("/news/12-13-14", "/w/9-w-9"),
        ("/news/the_old-harbour", "/w/w"),
        ("/s/a1b2", "/w/#"),
        ("/s/a1b2-fire", "/w/w"),
        ("/news/x.HTML", "/w/w.html"),
        ("/news/x.htmlx7", "/w/w.htmlx7"),
        ("/news/x.htmlx78", "/w/w"),
        ("/news/x.7z", "/w/w"),
        ("/a/?b=1&&a&b=2", "/w?a?b"),
        ("/%D0%BC-x/", "/w"),
        ("/", "/"),
    ],
)
def test_the_form_itself(path, form):
    assert address_form(f"https://gazette.example{path}") == form


# Bounds: twelve listed, so many of which are strange


def paths(*counts):
    """So many paths of each kind, each with a number of its own."""
    made = [path for path, count in counts for _ in range(count)]
    return [path.format(number) for number, path in enumerate(made, 100)]


@pytest.fixture
def lists(article, clock):
    def made(listed, known, roams=False, newest=None, **fields):
        both = [
            [article(n, title="", url=url if "//" in url else SITE + url, **fields) for n, url in each]
            for each in (enumerate(listed), enumerate(known))
        ]
        return difference(*both, newest, roams=roams)

    return made


SITE = "https://gazette.example"
NEWS, BLOG, OTHER = "/news/{}", "/blog/{}", "https://other.example/news/{}"


@pytest.mark.parametrize(
    ("listed", "known", "told"),
    [
        (((OTHER, 3), (NEWS, 9)), ((NEWS, 4),), ""),
        (((OTHER, 4), (NEWS, 8)), ((NEWS, 4),), "and it leads to other.example"),
        (((OTHER, 4), (NEWS, 8)), (), ""),
        ((("nowhere//{}", 4), (NEWS, 8)), ((NEWS, 4), ("nowhere//{}", 1)), ""),
        (((NEWS + "-a", 3), (NEWS, 9)), ((NEWS, 4),), ""),
        (
            ((NEWS + "-a", 4), (NEWS, 8)),
            ((NEWS, 4),),
            f"and its addresses have another form, such as {SITE}/news/100-a",
        ),
        (((BLOG, 9), ("/1/{}", 3)), ((NEWS, 4), ("/1/{}", 1)), ""),
        (((BLOG, 10), ("/1/{}", 2)), ((NEWS, 4), ("/1/{}", 1)), "and its addresses are in another folder, /blog/"),
        (((BLOG, 10), (NEWS, 2)), ((NEWS, 4),), ""),
        (((BLOG, 12),), ((NEWS, 2), ("/sport/{}", 2)), "and its addresses are in another folder, /blog/"),
        (((BLOG, 12),), ((NEWS, 2), ("/sport/{}", 1), ("/town/{}", 1)), ""),  # a folder for each
        ((("/2026/{}", 12),), (("/2025/{}", 4),), ""),
        ((("/blog", 12),), (("/news", 4),), ""),
        ((("/News/{}", 12),), ((NEWS, 4),), ""),
    ],
)
def test_how_many_addresses_have_to_differ(lists, listed, known, told):
    assert lists(paths(*listed), paths(*known)) == told
    assert lists(paths(*listed), paths(*known), roams=True) == ""


def test_addresses_of_recordings_tell_nothing(lists):
    assert lists(paths((OTHER, 12)), paths((NEWS, 4)), raw={ENCLOSED: "yes"}) == ""


@pytest.mark.parametrize(("newer", "told"), [(9, ""), (8, "and some of it is not newer than what was known before")])
def test_most_of_a_list_has_to_be_newer(article, clock, newer, told):
    listed = [article(n, published=clock() + timedelta(microseconds=n < newer)) for n in range(12)]
    assert difference(listed, [], clock(), roams=True) == told


@pytest.mark.parametrize(
    ("published", "precision", "newer"),
    [
        (timedelta(microseconds=1), "second", True),
        (timedelta(0), "second", False),
        (-timedelta(days=1), "day", False),
        (timedelta(microseconds=1) - timedelta(days=1), "day", True),
        (timedelta(microseconds=1) - timedelta(days=1), "minute", False),
        (None, "second", True),
    ],
)
def test_what_is_newer(article, clock, published, precision, newer):
    story = article(1, published=None if published is None else clock() + published, precision=precision)
    assert is_newer(story, clock()) is newer
    assert is_newer(story, None)


@pytest.fixture
def headlines(article):
    def made(listed, known):
        both = [[article(n, title=title, url="") for n, title in enumerate(each)] for each in (listed, known)]
        return difference(*both, None, roams=True)

    return made


WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu"]


def said(count, how, plain=0):
    """So many headlines that are written like this, and so many plain ones, all of other words."""
    made = [how.format(f"{word} x{word}") for word in WORDS[:count]]
    return made + [f"{word}s y{word}" for word in WORDS[count : count + plain]]


@pytest.mark.parametrize(
    ("listed", "known", "told"),
    [
        (said(9, "News: {}", 3), said(0, "", 4), "and its headlines begin with “news”"),
        (said(8, "News: {}", 4), said(0, "", 4), ""),
        (said(4, "{} Gazette"), said(1, "{} Gazette", 3), "and its headlines end with “gazette”"),
        (said(4, "{} Gazette"), said(2, "{} Gazette", 2), ""),
        (said(4, "{} Gazette"), said(3, "{} Gazette", 9), "and its headlines end with “gazette”"),
        (said(4, "{} Gazette"), said(4, "{} Gazette", 8), ""),
        (said(0, "", 4), said(4, "News: {}"), "and the known headlines begin with “news”, and its own do not"),
        (said(3, "News: {}"), said(0, "", 4), ""),
        (said(4, "News: {}"), said(0, "", 3), ""),
        (said(4, "News: {}"), [], ""),
        ([], said(4, "News: {}"), ""),
        (said(4, "{} […] "), said(0, "", 4), "and its headlines end with “…”"),
        (said(4, "{} [...]"), said(0, "", 4), "and its headlines end with “…”"),
        (said(4, "{}..."), said(0, "", 4), "and its headlines end with “…”"),
        (said(4, "{}…"), said(0, "", 4), "and its headlines end with “…”"),
        ([each.upper() for each in said(4, "{}")], said(0, "", 4), "and its headlines are written with “capitals”"),
        (["", "", "", "", *said(3, "News: {}")], said(0, "", 4), ""),
        (["!", "?", "!", "?"], said(0, "", 4), ""),
    ],
)
def test_how_many_headlines_have_to_be_alike(headlines, listed, known, told):
    assert headlines(listed, known) == told
