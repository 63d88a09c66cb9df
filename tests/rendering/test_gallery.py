"""Which pictures of an article are pictures of their own."""

import pytest

from syndicate.model import Image
from syndicate.rendering.gallery import apart

SAME = [
    ("https://a.example/wp/boat-300x200.jpg", "https://a.example/wp/boat.jpg"),
    ("https://a.example/wp/boat-1024x683.jpg", "https://a.example/wp/boat-scaled.jpg"),
    ("https://i0.wp.com/a.example/wp/boat.jpg?resize=300%2C200&ssl=1", "https://a.example/wp/boat.jpg"),
    (
        "https://a.example/content/images/size/w600/2026/11/boat.jpg",
        "https://a.example/content/images/2026/11/boat.jpg",
    ),
    ("https://i.guim.example/boat.jpg?width=140&quality=85&s=ab", "https://i.guim.example/boat.jpg?width=1200&s=cd"),
    ("https://1.bp.blogspot.com/x/s72-c/boat.jpg", "https://1.bp.blogspot.com/x/s1600/boat.jpg"),
    ("https://lh3.googleusercontent.com/abc=s220", "https://lh3.googleusercontent.com/abc=w1200-h800"),
    (
        "https://res.cloudinary.com/d/image/upload/w_300,c_fill/v1/boat.jpg",
        "https://res.cloudinary.com/d/image/upload/v1/boat.jpg",
    ),
    ("https://www.a.example/boat.jpg", "https://a.example/boat.jpg?w=1200"),
]
DIFFERENT = [
    ("https://a.example/wp/boat-1.jpg", "https://a.example/wp/boat-2.jpg"),
    ("https://a.example/image.php?id=1", "https://a.example/image.php?id=2"),
    ("https://a.example/1/boat.jpg", "https://a.example/2/boat.jpg"),
    ("https://a.example/2026/s1/boat.jpg", "https://a.example/2026/s2/boat.jpg"),
    ("https://a.example/boat.jpg", "https://b.example/boat.jpg"),
]


@pytest.mark.parametrize(("small", "large"), SAME)
def test_one_picture_in_several_sizes_is_there_once(small, large):
    assert len(apart([Image(small), Image(large)])) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_pictures_with_similar_addresses_are_two(one, other):
    assert len(apart([Image(one), Image(other)])) == 2


def test_the_largest_is_taken_at_the_first_ones_place_with_what_any_says():
    small = Image("https://a.example/boat-300x200.jpg", alt="A boat.", width=300)
    other = Image("https://a.example/pier.jpg", alt="A pier.")
    large = Image("https://a.example/boat.jpg", caption="Home.", width=2000)
    found = apart([small, other, large])
    assert [image.url for image in found] == [large.url, other.url]
    assert (found[0].alt, found[0].caption) == ("A boat.", "Home.")


def test_icons_are_left_out():
    assert (
        apart([Image("https://a.example/i.png", width=48, height=48), Image("https://a.example/c.gif", width=1)]) == ()
    )
