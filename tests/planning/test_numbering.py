"""Old articles that come back are told by the numbers in their addresses."""

import pytest

from syndicate.planning.likeness import address_form
from syndicate.planning.numbering import numbered, returned

SITE = "https://gazette.example"


@pytest.mark.parametrize(
    ("url", "guid", "numbers"),
    [
        ("/a/12.html", None, (12,)),
        ("/news/harbour-fire-4711", None, (4711,)),
        ("/news/4711-top-10-films/", None, (4711,)),
        ("/?p=12", None, (12,)),
        ("/2026/11/28/harbour", None, (2026, 11, 28)),
        ("/2026/harbour-7", None, (2026, 7)),
        ("/28/11/2026/harbour", None, None),  # numbers of no order
        ("/harbour-fire", "https://gazette.example/?p=77", (77,)),
        ("/harbour-fire", "77", (77,)),
        ("/harbour-fire", "urn:uuid:77", None),
        ("/top-10-films", None, None),
    ],
)
def test_the_numbers_of_an_address(article, url, guid, numbers):
    found = numbered(article(1, url=SITE + url, guid=guid))
    assert (found and found[1]) == numbers


@pytest.mark.parametrize(
    ("known", "new", "old"),
    [
        (range(201, 221), (1, 2, 3, 4, 300), 4),
        (range(201, 221), (1, 2, 3, 300), 0),  # three late drafts
        (range(201, 210), (1, 2, 3, 4), 0),  # nine known ones show no habit
        (range(41, 61), (1, 2, 3, 4), 0),  # weeks of a year
        (range(221, 201, -1), (1, 2, 3, 4), 0),  # numbers that fall
        ([*range(201, 219), 150, 219], (151, 152, 153, 154), 0),
    ],
)
def test_several_numbers_lower_than_all_recent_ones_are_old_articles(article, known, new, old):
    listed = [article(n, url=f"{SITE}/a/{n}.html") for n in reversed(known)]
    fresh = {str(n): article(n, url=f"{SITE}/a/{n}.html") for n in new}
    assert len(returned(fresh, listed)) == old
    other = {name: article(1, url=each.url.replace("/a/", "/b/c/")) for name, each in fresh.items()}
    assert returned(other, listed) == frozenset(), "numbers elsewhere in an address have their own order"


@pytest.mark.parametrize(
    ("url", "numbers"),
    [
        ("/a/" + "1" * 18, (int("1" * 18),)),
        ("/a/" + "1" * 19, None),
        ("/?p=" + "1" * 19, None),
        ("/?q=2&p=1990", (1990, 2)),
        ("/1990/7", (1990, 7)),
        ("/1989/7", None),
        ("/2100/7", (2100, 7)),
        ("/2101/7", None),
        ("/2026/7-fire-8.HTML", (2026, 7, 8)),
        ("/2026/fire-7.php5", (2026, 7)),
        ("/a-7-b", None),
        ("/7-a-b_8", None),
        ("/2026-a-b_8", (2026, 8)),
    ],
)
def test_which_numbers_are_read(article, url, numbers):
    found = numbered(article(1, url=SITE + url, guid=None))
    assert found == (None if numbers is None else (address_form(SITE + url), numbers))


@pytest.mark.parametrize("guid", ["1" * 18, "1" * 19, "ftp://gazette.example/7", "https://gazette.example/7"])
def test_a_guid_is_a_number_or_an_address(article, guid):
    found = numbered(article(1, url=SITE + "/harbour", guid=guid))
    wanted = {"1" * 18: (int("1" * 18),), "https://gazette.example/7": (7,)}.get(guid)
    assert (found and found[1]) == wanted


def numbers(article, known, new):
    listed = [article(n, url=f"{SITE}/a/{n}.html", guid=None) for n in reversed(known)]
    return returned({str(n): article(n, url=f"{SITE}/a/{n}.html", guid=None) for n in new}, listed)


@pytest.mark.parametrize(
    ("known", "new", "old"),
    [
        (range(201, 211), (1, 2, 3, 4), 4),
        (range(201, 210), (1, 2, 3, 4), 0),
        (range(100, 110), (1, 2, 3, 4), 4),
        (range(99, 109), (1, 2, 3, 4), 0),
        (range(201, 211), (1, 2, 3), 0),
        (range(201, 211), (1, 2, 3, 201), 0),  # it is not lower than all
        (range(201, 211), (1, 2, 3, 200), 4),
        ([*range(201, 210), 200, 209], (1, 2, 3, 4), 4),  # nine in ten rise
        ([201, 200, 203, 202, *range(204, 211)], (1, 2, 3, 4), 4),  # eight in ten
        ([201, 200, 203, 202, 205, 204, *range(206, 211)], (1, 2, 3, 4), 0),  # seven
        ([201] * 11, (1, 2, 3, 4), 4),
    ],
)
def test_the_bounds_of_old_numbers(article, known, new, old):
    assert len(numbers(article, known, new)) == old
