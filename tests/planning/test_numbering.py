"""Old articles that come back are told by the numbers in their addresses."""

import pytest

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
