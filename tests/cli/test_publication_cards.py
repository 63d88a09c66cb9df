"""A story whose page names its standard.site records, from the feed to the sandbox's Bluesky."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.worlds.client import Client

DOCUMENT, PUBLICATION = "site.standard.document", "site.standard.publication"
KEY = "3jzfcijpj2z2a"


class Repository:
    """The records of the account that posts, or of another on the same server."""

    def __init__(self, url, handle="gazette.example"):
        self.url = url
        login = {"identifier": handle, "password": "abcd"}
        self.session = self._call("com.atproto.server.createSession", login)
        self.did = self.session["did"]

    def put(self, collection, **fields):
        body = {"repo": self.did, "collection": collection, "rkey": KEY, "record": fields}
        return self._call("com.atproto.repo.putRecord", body)["uri"]

    def _call(self, name, body):
        signed = {"Authorization": f"Bearer {self.session['accessJwt']}"} if hasattr(self, "session") else {}
        with closing(Client(self.url)) as client:
            got = client("POST", f"/xrpc/{name}", json=body, headers=signed)
        assert got.status == 200, got.body
        return got.json


@pytest.fixture
def press(desk):
    """Publishes a story whose page names a document; `path` is where the document says that it is."""
    options = "image: none"

    def publish(handle="gazette.example", *, path="/news/ferry.html", records="link", source=""):
        desk.config("bsky", account=f", records: {records}", extra=f"defaults: {{{options}}}", source=source)
        desk("post")
        owner = Repository(desk.sandbox.url, handle)
        site = owner.put(PUBLICATION, url=desk.site.url, name="The Test Gazette")
        at = owner.put(DOCUMENT, site=site, path=path, title="A ferry", publishedAt="2026-11-29T10:00:00Z")
        desk.site.page = lambda story: f'<title>{story.title}</title><link rel="{DOCUMENT}" href="{at}">'
        [story] = desk.site.publish(1, slug="ferry", title="A ferry comes")
        return desk.site.link(story), [at, site]

    return publish


def card(desk):
    [post] = desk.sandbox.posts()
    return post["card"]


def step(desk, url):
    found = [one for one in desk("explain", url, "--json").rows[0]["steps"] if one["name"] == "card"]
    return [(one["verdict"], one["value"]) for one in found]


@pytest.mark.parametrize("handle", ["gazette.example", "desk.example"])
def test_the_card_names_the_records_of_the_page_and_explain_says_so(desk, press, handle):
    url, uris = press(handle)
    assert desk("post").code == 0
    assert card(desk)["records"] == uris
    assert step(desk, url) == [("yes", f"it names {' and '.join(uris)}")]


def test_records_of_another_page_leave_the_plain_card_and_explain_says_why(desk, press):
    url, _ = press(path="/news/another.html")
    assert desk("post").code == 0
    assert "records" not in card(desk)
    [(verdict, why)] = step(desk, url)
    assert verdict == "note"
    assert "/news/another.html, which is not the address of the card" in why


@pytest.mark.parametrize("off", [{"records": "off"}, {"source": ", preflight: off"}])
def test_nothing_is_looked_up_where_that_is_switched_off(desk, press, off):
    url, _ = press(**off)
    assert desk("post").code == 0
    assert "records" not in card(desk)
    assert step(desk, url) == []


def test_a_preview_shows_which_card_is_sent(desk, press):
    _, uris = press()
    shown = desk("preview")
    assert shown.code == 0
    assert "the publication's name" in " ".join(shown.out.split())
    page = desk.folder / "preview.html"
    assert desk("preview", "--html", str(page)).code == 0
    html = page.read_text(encoding="utf-8")
    assert "associatedRefs" in html
    assert all(uri in html for uri in uris)
    assert desk.sandbox.posts() == []


def test_records_that_the_site_publishes_itself_are_not_built(desk):
    desk.config("bsky", account=", records: publish")
    refused = desk("config", "check")
    assert refused.code == 2
    assert "not built yet" in refused.err


def test_an_approval_holds_though_the_document_changes(desk, press):
    _, uris = press()
    desk.path.write_text(desk.path.read_text().replace("records: link", "records: link, approve: true"))
    assert desk("post", "--json").rows[0]["reason"] == "approval"
    [row] = desk("deliveries", "list", "--json").rows
    assert desk("deliveries", "approve", row["key"]).code == 0
    owner = Repository(desk.sandbox.url)
    owner.put(DOCUMENT, site=uris[1], path="/news/ferry.html", title="New words", publishedAt="2026-11-29T10:00:00Z")
    desk("post")
    assert card(desk)["records"] == uris
