"""The records that back a link card: every check, what is asked of whom, and that a post never waits for it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from syndicate.app.doors import Web
from syndicate.delivery import at_records
from syndicate.delivery.publication_records import DOCUMENT, PUBLICATION, PublicationRecords, backing
from syndicate.model import Article, Backing, LinkCard, StrongRef
from syndicate.net.address_guard import Guard
from syndicate.net.http import RequestsHttp
from tests.waiting import PATIENCE

OWNER = "did:plc:4jb5uvwhid2a43xunrjidbpi"
PAGE = "https://gazette.example/2026/ferry"
DOC, PUB = f"at://{OWNER}/{DOCUMENT}/3n2lg2pyg2222", f"at://{OWNER}/{PUBLICATION}/3n2lg2pyg2223"
DOC_CID, PUB_CID = (
    "bafyreihnnf5rncytno4ynurkoks7lsukzelksmntq3lkakvnorgvdauct4",
    "bafyreigezw42wjwk6hmrdb45lq55dq72twycghqwxbier2yqyinvk4wizy",
)
REFS = (StrongRef(DOC, DOC_CID), StrongRef(PUB, PUB_CID))
DOCUMENT_SAID = {"$type": DOCUMENT, "site": PUB, "path": "/2026/ferry", "title": "A ferry"}
PUBLICATION_SAID = {"$type": PUBLICATION, "url": "https://gazette.example", "name": "The Gazette"}


def records(document: Mapping = {}, publication: Mapping = {}):
    """What is at the two addresses, with these changes; a field of None is left out."""

    def changed(said, change):
        return {name: value for name, value in (said | change).items() if value is not None}

    return {
        DOC: {"uri": DOC, "cid": DOC_CID, "value": changed(DOCUMENT_SAID, document)},
        PUB: {"uri": PUB, "cid": PUB_CID, "value": changed(PUBLICATION_SAID, publication)},
    }


def found(named=None, url=PAGE, there=None):
    there = records() if there is None else there

    def find(uri):
        if uri not in there:
            raise at_records.NotThere(f"{uri} is gone")
        return there[uri]

    return backing({DOCUMENT: DOC} if named is None else named, url, find)


def test_the_records_of_the_page_back_its_card():
    assert found() == Backing(REFS)
    assert found({DOCUMENT: DOC, PUBLICATION: PUB}) == Backing(REFS)


@pytest.mark.parametrize(
    ("url", "document", "publication"),
    [
        (PAGE + "?utm_source=bluesky", {}, {}),
        (PAGE + "/", {}, {}),
        (PAGE + "#top", {}, {}),
        ("https://GAZETTE.example/2026/ferry", {}, {}),
        (PAGE, {"path": "2026/ferry"}, {"url": "https://gazette.example/"}),
        (PAGE, {"path": "/ferry/"}, {"url": "https://gazette.example/2026"}),
        (PAGE, {"path": None}, {"url": PAGE}),
        ("https://gazette.example/f%C3%A4hre", {"path": "/fähre"}, {}),
    ],
)
def test_the_address_of_the_card_is_compared_as_bluesky_compares_it(url, document, publication):
    assert found(url=url, there=records(document, publication)).refs == REFS


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ({PUBLICATION: PUB}, "no document"),
        ({DOCUMENT: "at://gazette.example/site.standard.document/3n2lg2pyg2222"}, "owner's DID"),
        (
            {DOCUMENT: f"at://{OWNER}/app.bsky.feed.post/3n2lg2pyg2222"},
            "is not the address of a site.standard.document",
        ),
        ({DOCUMENT: f"at://{OWNER}/site.standard.document"}, "is not the address"),
        ({DOCUMENT: DOC + "/../x"}, "is not the address"),
        ({DOCUMENT: f"at://{OWNER}/{DOCUMENT}/.."}, "is not the address"),
        ({DOCUMENT: f"at://did:web:/{DOCUMENT}/3n2lg2pyg2222"}, "is not the address"),
        ({DOCUMENT: f"at://{OWNER}/{DOCUMENT}/{'a' * 513}"}, "is not the address"),
        ({DOCUMENT: DOC + "\n"}, "is not the address"),
        ({DOCUMENT: DOC, PUBLICATION: PUB + "x"}, "another publication than the page"),
        ({DOCUMENT: DOC + "x"}, "is gone"),
    ],
)
def test_what_a_page_names_wrongly_leaves_the_plain_card(named, why):
    said = found(named)
    assert said.refs == ()
    assert why in said.why


@pytest.mark.parametrize(
    ("document", "publication", "why"),
    [
        ({"site": "https://gazette.example"}, {}, "at:// address"),
        ({"site": None}, {}, "at:// address"),
        ({"site": 5}, {}, "at:// address"),
        ({"site": f"at://{OWNER}/site.standard.publication"}, {}, "is not the address of a site.standard.publication"),
        ({"site": PUB + "x"}, {}, "is gone"),
        ({"path": "/2026/another"}, {}, "is not the address of the card"),
        ({"path": 5}, {}, "nowhere"),
        ({}, {"url": "https://elsewhere.example"}, "https://elsewhere.example/2026/ferry"),
        ({}, {"url": "http://gazette.example"}, "is not the address of the card"),
        ({}, {"url": None}, "nowhere"),
        ({}, {"url": "mailto:x"}, "nowhere"),
    ],
)
def test_records_that_do_not_belong_together_or_to_the_page_leave_the_plain_card(document, publication, why):
    said = found(there=records(document, publication))
    assert said.refs == ()
    assert why in said.why


class Answers(dict):
    """Answers by path; what is asked is in `asked`. `slow` seconds pass before each."""

    def __init__(self):
        super().__init__()
        self.asked, self.slow, self.ended = [], 0.0, threading.Event()


@contextmanager
def serving(answers):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answers.asked.append(self.path)
            answers.ended.wait(answers.slow)
            status, said = answers.get(self.path, (404, {"error": "none"}))
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:
                pass

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        answers.ended.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def answers():
    return Answers()


@pytest.fixture
def server(answers):
    with serving(answers) as url:
        yield url


def at(uri):
    owner, collection, rkey = uri.removeprefix("at://").split("/")
    return f"/xrpc/com.atproto.repo.getRecord?repo={owner.replace(':', '%3A')}&collection={collection}&rkey={rkey}"


class Account:
    """A platform that names records; `known` is the server of every DID, as in a config with `api_url`."""

    def __init__(self, known=None, names=True):
        self.known, self.names_records = known, names

    def record_server(self, did):
        return self.known


def door(clock, allow=(), timeout=PATIENCE):
    return Web(RequestsHttp(clock=clock, guard=Guard(allow), timeout=timeout), lambda _: frozenset())


CARD = LinkCard(PAGE, "A ferry", "")
STORY = Article("news", PAGE, "A ferry")


def looked_up(clock, account, allow=(), named=None, **options):
    web = door(clock, allow, **options)
    said = {DOCUMENT: DOC} if named is None else named
    return PublicationRecords(lambda article, http: said, web.within, clock).of(STORY, account, CARD)


def test_the_accounts_own_server_is_asked_though_it_is_on_a_private_network(answers, server, clock):
    answers |= {at(uri): (200, said) for uri, said in records().items()}
    assert looked_up(clock, Account(server)) == Backing(REFS)
    assert answers.asked == [at(DOC), at(PUB)]


@pytest.mark.parametrize(
    "service",
    [
        {"id": "#atproto_pds"},
        {"id": f"{OWNER}#atproto_pds"},
    ],
)
def test_the_server_of_another_owner_is_the_one_that_its_did_names(answers, server, clock, monkeypatch, service):
    monkeypatch.setattr(at_records, "DIRECTORY", server)
    service |= {"type": "AtprotoPersonalDataServer", "serviceEndpoint": server + "/"}
    answers |= {at(uri): (200, said) for uri, said in records().items()}
    answers[f"/{OWNER}"] = (200, {"id": OWNER, "service": [{"id": "#other"}, "x", service]})
    assert looked_up(clock, Account(), allow=["127.0.0.1"]) == Backing(REFS)


def test_a_did_may_lead_to_no_private_network(answers, server, clock, monkeypatch):
    monkeypatch.setattr(at_records, "DIRECTORY", server)
    said = looked_up(clock, Account())
    assert "private address" in said.why
    assert answers.asked == []


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ((404, {}), "answers 404"),
        ((200, []), "answers 200"),
        ((200, b"<html>"), "unreadable"),
        ((200, {"service": []}), "names no server"),
        ((200, {"service": "x"}), "names no server"),
        ((200, {"service": [{"id": "#atproto_pds", "type": "Other", "serviceEndpoint": "https://x"}]}), "no server"),
        (
            (200, {"service": [{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "x"}]}),
            "names no server",
        ),
    ],
)
def test_a_did_that_names_no_server_leaves_the_plain_card(answers, server, clock, monkeypatch, document, why):
    monkeypatch.setattr(at_records, "DIRECTORY", server)
    answers[f"/{OWNER}"] = document
    assert why in looked_up(clock, Account(), allow=["127.0.0.1"]).why


@pytest.mark.parametrize(
    ("did", "why"),
    [("did:key:abc", "cannot be looked up"), ("did:web:a%2Fb", "cannot be looked up"), ("did:web:10.0.0.1", "private")],
)
def test_a_did_of_another_kind_is_not_looked_up(clock, did, why):
    named = {DOCUMENT: DOC.replace(OWNER, did)}
    assert why in looked_up(clock, Account(), named=named).why


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((400, {"error": "RecordNotFound"}), "answers 400"),
        ((502, {"error": "UpstreamFailure"}), "answers 502"),
        ((200, {"uri": PUB, "cid": DOC_CID, "value": DOCUMENT_SAID}), "something else"),
        ((200, {"uri": DOC, "cid": "nonsense!", "value": DOCUMENT_SAID}), "something else"),
        ((200, {"uri": DOC, "cid": "bafyrei" + "b" * 52, "value": DOCUMENT_SAID}), "something else"),
        ((200, {"uri": DOC, "cid": DOC_CID.upper(), "value": DOCUMENT_SAID}), "something else"),
        ((200, {"uri": DOC, "cid": DOC_CID.replace("bafyrei", "bafkrei"), "value": DOCUMENT_SAID}), "something else"),
        ((200, {"uri": DOC, "cid": DOC_CID, "value": {"$type": "a.b.c"}}), "is no site.standard.document"),
        ((200, {"uri": DOC, "cid": DOC_CID}), "is no site.standard.document"),
    ],
)
def test_a_server_that_does_not_have_the_record_leaves_the_plain_card(answers, server, clock, answer, why):
    answers[at(DOC)] = answer
    assert why in looked_up(clock, Account(server)).why


def test_a_server_that_is_down_leaves_the_plain_card(answers, clock):
    with serving(answers) as url:
        pass
    assert "cannot be read" in looked_up(clock, Account(url)).why


def test_all_look_ups_together_have_five_seconds(answers, server, clock, monkeypatch):
    monkeypatch.setattr("syndicate.delivery.publication_records.SECONDS", 0.3)
    answers.slow = PATIENCE
    before = time.monotonic()
    assert "cannot be read" in looked_up(clock, Account(server)).why
    assert time.monotonic() - before < PATIENCE / 2


def test_the_time_is_shared_by_all_calls(answers, server, clock):
    web = door(clock, ["127.0.0.1"]).within(0.0)
    for client in (web, web.at(server), web.on_behalf_of("news")):
        with pytest.raises(Exception, match=r"time|answer"):
            client.call("GET", server)


@pytest.mark.parametrize(
    ("account", "story"),
    [(object(), STORY), (Account("http://x", names=False), STORY), (Account("http://x"), Article("news", "", "A"))],
)
def test_nobody_is_asked_where_nothing_is_wanted(clock, account, story):
    def never(*_):
        raise AssertionError

    assert PublicationRecords(never, never, clock).of(story, account, CARD) is None


def test_a_page_that_names_nothing_has_a_plain_card_without_a_word(clock):
    assert looked_up(clock, Account("http://127.0.0.1:9"), named={}) is None


def test_accounts_share_what_was_found_for_five_minutes(answers, server, clock):
    answers |= {at(uri): (200, said) for uri, said in records().items()}
    looks = PublicationRecords(lambda *_: {DOCUMENT: DOC}, door(clock).within, clock)
    for _ in range(3):
        assert looks.of(STORY, Account(server), CARD) == Backing(REFS)
    clock.move(minutes=4, seconds=59)
    looks.of(STORY, Account(server), CARD)
    assert len(answers.asked) == 2
    clock.move(seconds=1)
    looks.of(STORY, Account(server), CARD)
    assert len(answers.asked) == 4
