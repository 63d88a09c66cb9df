from __future__ import annotations

import pytest

from syndicate.sandbox import Sandbox
from tests.worlds.client import Client, png

TOKEN = {"Authorization": "Bearer t"}
LINK = "https://gazette.example/a"


@pytest.fixture
def post(client):
    def call(content="A bridge opens", site="desk", headers=TOKEN, **properties):
        given = {"content": [content]} | properties
        body = {"type": ["h-entry"], "properties": given}
        return client("POST", f"/micropub/{site}", json=body, headers=headers)

    return call


@pytest.fixture
def act(client):
    def call(action, url, **more):
        return client("POST", "/micropub/desk", json={"action": action, "url": url, **more}, headers=TOKEN)

    return call


@pytest.fixture
def ask(client):
    def call(site="desk", headers=TOKEN, **query):
        return client("GET", f"/micropub/{site}", headers=headers, query=query)

    return call


@pytest.fixture
def quirky(time):
    made = []

    def make(**quirks):
        sandbox = Sandbox(clock=time, quirks={"micropub": quirks})
        made.extend([Client(sandbox.url), sandbox])
        return sandbox, made[-2]

    yield make
    for each in made:
        each.close()


def where(got):
    return got.headers["location"]


def test_an_entry_has_its_address_and_a_page(client, sandbox, post):
    got = post(f"See {LINK}.", category=["Fog"], **{"mp-slug": ["sabc"]})
    assert (got.status, where(got)) == (201, f"{sandbox.url}/micropub/desk/posts/sabc")
    [shown] = sandbox.posts()
    assert (shown["account"], shown["text"], shown["link"], shown["key"]) == ("desk", f"See {LINK}.", LINK, "sabc")
    assert client("GET", "/micropub/desk/posts/sabc").status == 200
    assert client("GET", "/micropub/desk/posts/other").status == 404


def test_the_same_slug_again_gets_a_number(sandbox, post):
    ends = [where(post(**{"mp-slug": ["sabc"]})).rpartition("/")[2] for _ in range(2)]
    assert ends == ["sabc", "sabc-2"]
    assert len(sandbox.posts()) == 2


def test_the_text_of_html_is_what_readers_see(sandbox, post):
    post({"html": f'<p>Tom &amp; <b>J</b></p><p>a<br>b <a href="{LINK}">{LINK}</a></p>'})
    assert sandbox.posts()[0]["text"] == f"Tom & J\n\na\nb {LINK}"


def test_a_bookmark_links_to_what_it_is_of(sandbox, post):
    post(**{"bookmark-of": [LINK]})
    assert sandbox.posts()[0]["link"] == LINK


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": ["h-event"], "properties": {"content": ["a"]}},
        {"type": ["h-entry"]},
        {"type": ["h-entry"], "properties": {}},
        {"type": ["h-entry"], "properties": {"content": "a"}},
        {"type": ["h-entry"], "properties": {"photo": ["a.png"]}},
        {"type": ["h-entry"], "properties": {"photo": [{"alt": "a"}]}},
        ["h-entry"],
        {"action": "rename", "url": "x"},
    ],
)
def test_what_is_no_entry_is_refused_in_the_recommendation_s_words(client, sandbox, body):
    got = client("POST", "/micropub/desk", json=body, headers=TOKEN)
    assert (got.status, got.json["error"]) == (400, "invalid_request")
    assert client("POST", "/micropub/desk", data=b"{", headers=TOKEN).status == 400
    assert sandbox.posts() == []


def test_nothing_goes_without_a_token(client, post, ask):
    got = post(headers={})
    assert (got.status, got.json["error"], got.headers["www-authenticate"]) == (401, "unauthorized", "Bearer")
    assert ask(headers={}, q="config").status == 401
    assert client("POST", "/micropub/desk/media", files={}).status == 401


def test_an_update_replaces_adds_and_deletes(sandbox, post, act, ask):
    url = where(post(category=["a", "b"], **{"bookmark-of": [LINK]}))
    assert act("update", url, replace={"content": ["New"]}, add={"category": ["c"]}).status == 204
    assert act("update", url, delete={"category": ["a"]}).status == 204
    assert act("update", url, delete=["bookmark-of"]).status == 204
    properties = ask(q="source", url=url).json["properties"]
    assert (properties["content"], properties["category"], properties.get("bookmark-of")) == (["New"], ["b", "c"], None)
    assert sandbox.posts()[0]["text"] == "New"
    assert act("update", url).status == 400
    assert act("update", url, replace={"content": "New"}).status == 400


def test_what_is_deleted_is_gone(client, sandbox, post, act, ask):
    url = where(post())
    assert act("delete", url).status == 204
    assert (sandbox.posts(), len(sandbox.deleted())) == ([], 1)
    assert [act(action, url, replace={"content": ["a"]}).status for action in ("delete", "update")] == [400, 400]
    assert ask(q="source", url=url).status == 400
    assert client("GET", url.removeprefix(sandbox.url)).status == 404


def test_entries_are_listed_newest_first_and_each_site_has_its_own(sandbox, post, ask):
    for number in range(12):
        post(f"Story {number}")
    post("Elsewhere", site="sports")
    listed = [item["properties"]["content"][0] for item in ask(q="source").json["items"]]
    assert listed == [f"Story {number}" for number in range(11, 1, -1)]
    rest = [item["properties"]["content"][0] for item in ask(q="source", offset=10, limit=40).json["items"]]
    assert rest == ["Story 1", "Story 0", "Hello world!"]
    assert ask(q="source", offset=13).json["items"] == []
    assert len(ask("sports", q="source").json["items"]) == 2
    assert ask(q="what").status == 400


def test_pictures_are_uploaded_first_and_shown_with_their_alt_texts(client, sandbox, post, ask):
    endpoint = ask(q="config").json["media-endpoint"]
    path = endpoint.removeprefix(sandbox.url)
    got = client("POST", path, files={"file": ("a.png", png(), "image/png")}, headers=TOKEN)
    assert got.status == 201
    post(photo=[{"value": where(got), "alt": "Fog"}, where(got)])
    post(photo=[where(got)], **{"mp-photo-alt": ["Fog"]})
    assert [[media["alt"] for media in shown["media"]] for shown in sandbox.posts()] == [["Fog", ""], ["Fog"]]
    assert {media["width"] for shown in sandbox.posts() for media in shown["media"]} == {3}
    assert client("POST", path, files={"file": ("a.txt", b"words", "text/plain")}, headers=TOKEN).status == 400
    big = client("POST", path, files={"file": ("a.png", png(size=10_000_001), "image/png")}, headers=TOKEN)
    assert big.status == 413


def test_servers_differ(quirky):
    body = {"type": ["h-entry"], "properties": {"photo": [{"value": "https://a.example/1", "alt": "Fog"}]}}
    _, client = quirky(alts=False, slugs=False, lists=False, media=False, accepted=True)
    got = client("POST", "/micropub/desk", json=body, headers=TOKEN)
    assert (got.status, got.body) == (400, b"invalid_request")
    body["properties"] = {"photo": ["https://a.example/1"], "mp-slug": ["sabc"]}
    got = client("POST", "/micropub/desk", json=body, headers=TOKEN)
    assert (got.status, where(got).rpartition("/")[2]) == (202, "1")
    assert client("GET", "/micropub/desk", headers=TOKEN, query={"q": "source"}).status == 501
    assert "media-endpoint" not in client("GET", "/micropub/desk", headers=TOKEN, query={"q": "config"}).json


def test_a_fault_is_chosen_by_what_the_request_says(client, sandbox, post, act):
    url = where(post())
    sandbox.add_faults([{"fault": "503", "platform": "micropub", "step": "delete"}])
    assert act("update", url, replace={"content": ["New"]}).status == 204
    assert act("delete", url).status == 503
    assert act("delete", url).status == 204
    assert [request["step"] for request in sandbox.requests()] == ["commit", "edit", "delete", "delete"]
    sandbox.add_faults([{"fault": "refuse", "platform": "micropub", "step": "commit"}])
    with pytest.raises(OSError, match=r"."):
        post()
    assert sandbox.posts() == []


def test_failures_are_told_in_its_own_words(sandbox, post):
    sandbox.add_faults([{"fault": "429", "platform": "micropub", "retry_after": 7}, {"fault": "401"}])
    got = post()
    assert (got.status, got.headers["retry-after"]) == (429, "7")
    assert post().json == {"error": "unauthorized"}


def test_what_it_does_not_have_is_a_page(client):
    assert client("PUT", "/micropub/desk").status == 404
    assert client("GET", "/micropub/desk/posts").status == 404
