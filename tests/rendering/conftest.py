"""The pictures of the sample articles, and a shelf that holds them."""

import pytest

from syndicate.errors import Unavailable
from tests.worlds.pictures import NOW, Shelf, drawn


@pytest.fixture
def draw():
    return drawn


@pytest.fixture
def shelf():
    photos = ("ferry", "lighthouse", "market", "engine")
    data = drawn((1600, 900))
    answers = {f"https://gazette.example.com/photos/{name}.jpg": data for name in photos}
    return Shelf(answers | {"https://gazette.example.com/photos/down.jpg": Unavailable("gazette.example: refused")})


@pytest.fixture
def now():
    return NOW
