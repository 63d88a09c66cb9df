"""An agency's feed and the publisher's own CMS, both on private addresses: none leads the program into the other."""

from __future__ import annotations

import json
import socket
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from tests.waiting import wait_for
from tests.worlds.servers import Documents
from tests.worlds.site import photo

AGES = datetime.now(UTC) - timedelta(minutes=5)
CLOSED = ", schedule: {quiet: ['00:00-23:59']}"
PAGE = b"<html><title>A page</title></html>"


@pytest.fixture
def house():
    made = []

    def build(**pages):
        made.append(Documents())
        made[-1].pages = {f"/{name.replace('_', '.')}": body for name, body in pages.items()}
        return made[-1]

    yield build
    for each in made:
        each.close()


@pytest.fixture
def agency(house):
    return house(photo_jpg=photo())


@pytest.fixture
def cms(house):
    return house(feed=feed(), inside_jpg=photo(), admin=PAGE, photo_jpg=photo())


def feed(*stories, **more):
    """A JSON Feed of these stories: each an address, a title and the address of its picture."""
    items = [
        {"id": url, "url": url, "title": title, "date_published": AGES.isoformat()}
        | ({"image": image} if image else {})
        for url, title, image in stories
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "A", "items": items} | more).encode()


def configure(desk, sources, *, site="https://gazette.example/", account="", more=""):
    listed = "\n".join(f"  {name}: {{{text}}}" for name, text in sources.items())
    desk.path.write_text(
        f"site: {{name: Gazette, url: '{site}'}}\nsources:\n{listed}\n"
        "defaults: {image: photo, alt_text: optional, max_age: 9000d}\n"
        f"accounts: {{out: {{platform: folder, path: ./posts{account}}}}}\n{more}\n",
        encoding="utf-8",
    )


def opened(desk, sources):
    """A later run, of another process: the account's hours have begun."""
    configure(desk, sources)
    with sqlite3.connect(desk.folder / "syndicate.db") as ledger:
        ledger.execute("UPDATE delivery SET due_at = 0 WHERE state IN ('planned', 'due')")
    ledger.close()
    desk("post")


def rows(desk, statement):
    with sqlite3.connect(desk.folder / "syndicate.db") as ledger:
        found = [row[0] for row in ledger.execute(statement)]
    ledger.close()
    return found


def of(house, more="preflight: off"):
    return f"url: '{house.url}/feed', {more}"


def asked(house):
    return [path for path in house.asked if path not in ("/feed", "/rich")]


def pictures(desk):
    return [path.name for path in (desk.folder / "posts").rglob("*.jpg")]


def test_a_picture_is_not_had_from_the_cms_of_another(desk, agency, cms):
    story = f"{agency.url}/story"
    agency.pages |= {"/feed": feed((story, "Agency story", f"{cms.url}/inside.jpg")), "/story": PAGE}
    configure(desk, {"cms": of(cms), "agency": of(agency)})
    desk("post")
    assert desk("post", "--backfill", "1").code == 0
    assert (asked(cms), pictures(desk)) == ([], [])
    assert [json.loads(path.read_text())["link"] for path in (desk.folder / "posts").rglob("post.json")] == [story]


def test_a_page_of_the_cms_is_not_opened_for_another(desk, agency, cms):
    agency.pages["/feed"] = feed((f"{cms.url}/admin?action=delete", "Agency story", None))
    configure(desk, {"cms": of(cms), "agency": of(agency, "preflight: 1m")})
    said = desk("post", "--backfill", "1")
    assert asked(cms) == []
    assert "leads to a private address (127.0.0.1)" in said.err


def test_each_has_its_own(desk, agency, cms):
    """Without any setting, also where the story goes out long after it was read."""
    for each in (agency, cms):
        story = f"{each.url}/story"
        each.pages |= {"/feed": feed((story, f"A story of {each.url}", f"{each.url}/photo.jpg")), "/story": PAGE}
    sources = {"cms": of(cms, "preflight: 1m"), "agency": of(agency, "preflight: 1m")}
    configure(desk, sources, account=CLOSED)
    desk("post", "--backfill", "1")
    assert asked(cms) == asked(agency) == pictures(desk) == []
    opened(desk, sources)
    assert [set(asked(each)) for each in (agency, cms)] == [{"/story", "/photo.jpg"}] * 2
    assert len(pictures(desk)) == 2


@pytest.mark.parametrize(("own", "had"), [("", False), (", own: true", True), (", own: false", False)])
def test_the_sites_address_is_for_the_publishers_own_sources(desk, house, cms, own, had):
    site = house(photo_jpg=photo())
    cms.pages["/feed"] = feed((f"{cms.url}/story", "A story", f"{site.url}/photo.jpg"))
    configure(desk, {"cms": of(cms, f"preflight: off{own}")}, site=f"{site.url}/")
    desk("post", "--backfill", "1")
    assert (bool(asked(site)), len(pictures(desk))) == (had, had)


@pytest.mark.parametrize("same", [True, False])
def test_a_picture_that_another_source_filled_in_is_that_ones(desk, agency, cms, same):
    """The agency lists the CMS's own story, and gives it the picture that it wants to see."""
    story, theirs = f"{cms.url}/story", cms if same else agency
    cms.pages["/feed"] = feed((story, "A story", None))
    theirs.pages["/rich"] = feed((story, "A story", f"{cms.url}/inside.jpg"))
    configure(desk, {"cms": of(cms)}, account=CLOSED)
    desk("post", "--backfill", "1")
    both = {"cms": of(cms), "rich": f"url: '{theirs.url}/rich', preflight: off"}
    configure(desk, both, account=CLOSED)
    desk("post")
    [article] = rows(desk, "SELECT data FROM article")
    assert (json.loads(article)["source"], json.loads(article)["pictured_by"]) == ("cms", "rich")
    opened(desk, both)
    assert len(rows(desk, "SELECT key FROM delivery WHERE state = 'posted'")) == 1
    assert (asked(cms), len(pictures(desk))) == ((["/inside.jpg"], 1) if same else ([], 0))


@pytest.mark.parametrize("same", [True, False])
def test_a_story_that_a_stranger_listed_first_is_opened_for_the_one_who_lists_it_too(desk, agency, cms, same):
    """By the very same address, and not by one that only belongs to the same story."""
    story = f"{cms.url}/story"
    cms.pages |= {"/story": PAGE, "/story?utm_source=agency": PAGE}
    agency.pages["/feed"] = feed((story if same else f"{story}?utm_source=agency", "A story", None))
    configure(desk, {"agency": of(agency, "preflight: 1h")}, account=CLOSED)
    desk("post", "--backfill", "1")
    cms.pages["/feed"] = feed((story, "A story", None))
    both = {"agency": of(agency, "preflight: 1h"), "cms": of(cms, "preflight: 1h")}
    configure(desk, both, account=CLOSED)
    desk("post")
    opened(desk, both)
    assert (
        [len(set(asked(cms))), *rows(desk, "SELECT state FROM delivery")] == [1, "posted"] if same else [0, "planned"]
    )


@pytest.mark.parametrize("inside", [True, False])
def test_a_source_that_left_is_trusted_with_nothing(desk, cms, agency, inside):
    cms.pages["/feed"] = feed((f"{cms.url}/story", "A story", f"{cms.url}/photo.jpg"))
    agency.pages["/feed"] = feed()
    configure(desk, {"cms": of(cms)}, account=CLOSED)
    desk("post", "--backfill", "1")
    opened(desk, {"cms": of(cms)} if inside else {"other": of(agency)})
    assert (asked(cms), len(pictures(desk))) == ((["/photo.jpg"], 1) if inside else ([], 0))


def test_a_source_with_another_name_has_what_it_had(desk, cms):
    cms.pages["/feed"] = feed((f"{cms.url}/story", "A story", f"{cms.url}/photo.jpg"))
    configure(desk, {"cms": of(cms)}, account=CLOSED)
    desk("post", "--backfill", "1")
    opened(desk, {"newsroom": of(cms)})
    assert (asked(cms), len(pictures(desk))) == (["/photo.jpg"], 1)


def test_a_hub_gets_requests_in_its_feeds_own_house_alone(desk, house, agency, cms):
    """The CMS may read at the site's address, but nothing is sent there."""
    site = house()
    for feeding, hub in ((agency, cms), (cms, site), (site, site)):
        hubs = [{"type": "WebSub", "url": f"{hub.url}/admin?delete=all"}]
        feeding.pages["/feed"] = feed(feed_url=f"{feeding.url}/feed", hubs=hubs)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    listen = f"listen: {{address: '127.0.0.1:{port}', token: a-token-of-16-letters, public: 'http://127.0.0.1:{port}'}}"
    sources = {"cms": of(cms, "own: true"), "agency": of(agency), "site": of(site)}
    configure(desk, sources, site=f"{site.url}/", more=listen)
    daemon, told = desk.start("daemon", "--json"), {}

    def all_told():
        fact = json.loads(daemon.stderr.readline())
        if fact["event"] == "websub.failed":
            told[fact["source"]] = fact["error"]
        return len(told) == 3

    assert wait_for(all_told)
    daemon.terminate()
    daemon.communicate()
    private = "127.0.0.1 leads to a private address (127.0.0.1)"
    assert told == {"agency": private, "cms": private, "site": "the hub answers 501"}
    assert (asked(cms), asked(site)) == ([], [])
