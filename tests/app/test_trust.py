"""Where the addresses of a source may lead on a private network: to its own origin, never to another source's."""

import contextlib
from pathlib import Path

import pytest

from syndicate.app.doors import Doors
from syndicate.app.sources import reader
from syndicate.app.trust import article_origins, hub_origins, is_own, registrable
from syndicate.config.schema import Config, NetworkConfig, SourceConfig
from syndicate.errors import RenderError, SourceError, Unavailable
from syndicate.model import Site as Masthead
from syndicate.model import Validators
from syndicate.rendering.photo import Pictures
from tests.worlds.servers import Documents

SITE = "https://www.gazette.co.uk/"


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("gazette.example", "gazette.example"),
        ("www.gazette.example", "gazette.example"),
        ("a.b.gazette.example.", "gazette.example"),
        ("CMS.Gazette.co.uk", "gazette.co.uk"),
        ("gazette.co.uk", "gazette.co.uk"),
        ("co.uk", None),
        ("cms.taz.de", "taz.de"),
        ("www.go.com", "go.com"),
        ("jornal.com.br", "jornal.com.br"),
        ("www.jornal.jor.br", "jornal.jor.br"),
        ("cms.blog.ie", "blog.ie"),
        ("gazette.ghost.io", "gazette.ghost.io"),
        ("ghost.io", None),
        ("zeitung.bücher.example", "xn--bcher-kva.example"),
        ("127.0.0.1", None),
        ("10.0.0.5", None),
        ("::1", None),
        ("localhost", None),
        ("cms", None),
        (".example", None),
    ],
)
def test_a_domain_is_what_somebody_registered(host, domain):
    assert registrable(host) == domain


@pytest.mark.parametrize(
    ("url", "own", "mine"),
    [
        ("https://www.gazette.co.uk/feed", None, True),
        ("http://cms.gazette.co.uk:2368/rss", None, True),
        ("https://gazette.co.uk", None, True),
        ("https://agency.co.uk/feed", None, False),
        ("https://gazette.co.uk.evil.example/feed", None, False),
        ("https://notgazette.co.uk/feed", None, False),
        ("http://10.0.0.5/feed", None, False),
        ("http://10.0.0.5/feed", True, True),
        ("/var/agency/in.jsonl", None, False),
        ("/var/agency/in.jsonl", True, True),
        ("https://guests.gazette.co.uk/feed", False, False),
    ],
)
def test_a_source_is_the_publishers_by_its_domain_or_because_it_is_said(url, own, mine):
    assert is_own(SourceConfig("news", url, own=own), SITE) is mine


def test_an_address_is_not_a_domain_of_the_publisher():
    """Whatever else answers on this machine has the same address as a site that is tried out here."""
    assert not is_own(SourceConfig("bridge", "http://127.0.0.1:1200/rss"), "http://127.0.0.1:8000/")


def config(site=SITE, allow=(), **sources):
    made = {name: SourceConfig(name, **options) for name, options in sources.items()}
    return Config(Path("c.yaml"), Masthead("Gazette", site), sources=made, network=NetworkConfig(allow=allow))


def test_each_source_has_its_own_origin_and_an_own_one_the_sites_too():
    made = config(
        cms={"url": "http://10.0.0.5:2368/rss", "own": True},
        blog={"url": "https://blog.gazette.co.uk/feed"},
        agency={"url": "https://agency.example/feed"},
        folder={"url": "/srv/content", "type": "folder", "link": "http://preview.gazette.co.uk/{slug}"},
        wire={"url": "/srv/wire.jsonl", "type": "jsonl"},
    )
    site = ("https", "www.gazette.co.uk", 443)
    assert article_origins(made, "cms") == {("http", "10.0.0.5", 2368), site}
    assert article_origins(made, "blog") == {("https", "blog.gazette.co.uk", 443), site}
    assert article_origins(made, "agency") == {("https", "agency.example", 443)}
    assert article_origins(made, "folder") == {("http", "preview.gazette.co.uk", 80), site}
    assert article_origins(made, "wire") == article_origins(made, "was removed") == article_origins(made, "") == set()
    assert [hub_origins(made, name) for name in ("cms", "folder", "gone")] == [
        {("http", "10.0.0.5", 2368)},
        set(),
        set(),
    ]


# Over real HTTP


@pytest.fixture
def houses():
    """The site, the own CMS and an agency, each on a port of its own."""
    made = {name: Documents() for name in ("site", "cms", "agency")}
    for house in made.values():
        house.pages = {"/feed": b"<rss><channel/></rss>", "/x": b"here"}
    yield made
    for house in made.values():
        house.close()


@pytest.fixture
def doors(houses, clock):
    def build(**more):
        wanted = {name: {"url": f"{house.url}/feed"} for name, house in houses.items() if name != "site"}
        wanted["cms"]["own"] = True
        return Doors(config(f"{houses['site'].url}/", **more, **wanted), clock)

    return build


def reached(door, houses):
    """Which of the houses a door leads to."""
    before = {name: len(house.asked) for name, house in houses.items()}
    for house in houses.values():
        with contextlib.suppress(Unavailable):
            door.call("GET", f"{house.url}/x")
    return {name for name, house in houses.items() if len(house.asked) > before[name]}


def test_nobody_is_led_to_anothers_house(doors, houses):
    web = doors().web
    assert reached(web.on_behalf_of("agency"), houses) == {"agency"}
    assert reached(web.on_behalf_of("cms"), houses) == {"cms", "site"}
    assert reached(web.on_behalf_of("agency"), houses) == {"agency"}  # also on connections that another one opened
    assert reached(web.on_behalf_of("renamed"), houses) == set()
    assert reached(web, houses) == set()


def test_a_hub_is_in_no_private_house_but_its_feeds_own(doors, houses):
    hubs = doors().hubs
    assert reached(hubs.on_behalf_of("cms"), houses) == {"cms"}
    assert reached(hubs.on_behalf_of("agency"), houses) == {"agency"}
    assert reached(hubs, houses) == reached(hubs.on_behalf_of("renamed"), houses) == set()


def test_what_is_allowed_is_allowed_to_all(doors, houses):
    made = doors(allow=("127.0.0.1",))
    assert (
        reached(made.web.on_behalf_of("agency"), houses)
        == reached(made.hubs.on_behalf_of("agency"), houses)
        == {
            "site",
            "cms",
            "agency",
        }
    )


def test_a_source_that_is_only_listed_is_guarded_too(houses, clock):
    houses["agency"].pages["/sitemap"] = (
        f"<sitemapindex><sitemap><loc>{houses['cms'].url}/x</loc></sitemap></sitemapindex>".encode()
    )
    made = config(
        agency={"url": f"{houses['agency'].url}/sitemap", "type": "sitemap"}, cms={"url": f"{houses['cms'].url}/feed"}
    )
    with pytest.raises(SourceError, match="private address"):
        reader(made, "agency", clock).fetch(Validators())
    assert houses["cms"].asked == []


def test_a_picture_is_not_handed_on_to_another_source(doors, houses):
    pictures = Pictures(doors().web, lambda: None)
    inside = f"{houses['cms'].url}/x"
    assert pictures.of("cms").original(inside) == b"here"
    with pytest.raises(RenderError, match="private address"):
        pictures.of("agency").original(inside)
    assert pictures.of("cms").original(inside) == b"here"
    assert houses["cms"].asked == ["/x"]
