"""The doors that a config opens: whom they trust, and from when on."""

from pathlib import Path

import pytest

from syndicate.app.doors import TYPED, Doors
from syndicate.app.sources import read_article
from syndicate.config.schema import Config
from syndicate.errors import SourceError, Unavailable
from syndicate.model import Site as Masthead
from tests.worlds.site import Site


@pytest.fixture
def site():
    made = Site()
    yield made
    made.close()


@pytest.fixture
def doors(clock):
    return Doors(Config(Path("config.yaml"), Masthead("Gazette", "https://gazette.example/")), clock)


def test_an_address_that_a_person_typed_is_trusted_whatever_was_asked_before(doors, site, clock):
    [story] = site.publish(1)
    address = site.link(story)
    with pytest.raises(Unavailable, match="private address"):
        doors.web.call("GET", address)
    assert read_article(address, doors, clock, zone="UTC").title == story.title
    typed = doors.web.on_behalf_of(TYPED)
    assert typed.call("GET", f"{site.url}/photo.jpg").status == 200
    for door, url in ((typed, address.replace("127.0.0.1", "127.0.0.2")), (doors.web.on_behalf_of("news"), address)):
        with pytest.raises(Unavailable, match="private address"):
            door.call("GET", url)


def test_what_is_no_web_address_is_not_trusted(doors, clock):
    with pytest.raises(SourceError, match="no web address"):
        read_article("ftp://gazette.example/1", doors, clock, zone="UTC")


def test_a_site_learns_who_asks_and_a_network_does_not(doors, site):
    doors.trust(site.url)
    doors.web.on_behalf_of(TYPED).call("GET", site.url)
    doors.network().call("GET", site.url)
    web, network = (headers["user-agent"] for _, headers in site.requests)
    assert web == f"{network} (+https://gazette.example/)"
    assert doors.network().site == "https://gazette.example/"  # for one that asks, as Discord does
