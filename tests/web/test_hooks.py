"""Hooks as a CMS and Ghost call them: over real HTTP, on a real ledger, and once through a whole daemon."""

from __future__ import annotations

import hashlib
import hmac
import json
import signal
import socket
import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest

from syndicate.aliases import drop_repeated
from syndicate.config.schema import Config, Listen, SourceConfig
from syndicate.errors import SourceError
from syndicate.ingestion.poll import PollRules, poll
from syndicate.ledger.sources import FLOOR
from syndicate.model import Account, PollInterval, Reading, Secret, Site, Validators
from syndicate.planning.apply import announce
from syndicate.web import signatures
from syndicate.web.hooks import LARGEST, Hooks
from syndicate.web.server import WORKERS, Listener
from tests.processes import free_port
from tests.waiting import PATIENCE, wait_for
from tests.worlds.waiting import accepts

TOKEN = "listen-token-of-the-gazette"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
HOUR = timedelta(hours=1)
SOURCES = {
    "news": SourceConfig("news", "https://gazette.example/rss.xml", every=PollInterval(HOUR, HOUR)),
    "sport": SourceConfig("sport", "https://www.sport.example/feed", every=PollInterval(HOUR, HOUR)),
    "notes": SourceConfig(
        "notes", "/srv/notes", "folder", every=PollInterval(HOUR, HOUR), link="https://notes.example/{slug}"
    ),
}


def call(port, method="POST", path="/hooks/publish", body=b"", **headers):
    """Status, and what was said: JSON where it is."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        said = reply.read().decode()
        return reply.status, json.loads(said) if reply.getheader("Content-Type") == "application/json" else said
    finally:
        connection.close()


class Hooked:
    """A listener with hooks on a ledger whose sources were all asked a minute ago."""

    def __init__(self, ledger, clock, tmp_path, token, patience=10.0):
        self.ledger, self.clock, self.facts, self.woken = ledger, clock, [], []
        listen = Listen("127.0.0.1:0", token)
        config = Config(
            tmp_path / "c.yaml", Site("Gazette", "https://gazette.example/"), sources=SOURCES, listen=listen
        )
        for source in SOURCES.values():
            ledger.sources.ensure(source.name, source.url)
            assert ledger.sources.reserve([source.name], now=clock(), next_poll_at=clock() + HOUR)
        clock.move(minutes=1)
        hooks = Hooks(
            config,
            ledger,
            lambda event, **fields: self.facts.append((event, fields)),
            wake=lambda: self.woken.append(self.due()),
        )
        self.listener = Listener(listen.place, token, lambda: None, lambda: b"", hooks, patience)
        self.port = self.listener.port

    def ask(self, method="POST", path="/hooks/publish", body=b"", **headers):
        return call(self.port, method, path, body, **headers)

    def publish(self, said=None, path="/hooks/publish"):
        return self.ask("POST", path, b"" if said is None else json.dumps(said).encode(), **BEARER)

    def due(self):
        return sorted(self.ledger.sources.due(self.clock()))


@pytest.fixture
def hooked(ledger, clock, tmp_path):
    made = Hooked(ledger, clock, tmp_path, Secret(TOKEN))
    yield made
    made.listener.close()


def test_what_a_hook_names_is_due_when_the_polls_are_woken_and_a_refused_one_wakes_nobody(hooked):
    assert hooked.ask(Authorization="Bearer another")[0] == 401
    assert hooked.publish({"source": "nobody"})[0] == 404
    assert hooked.woken == []
    assert hooked.publish({"source": "news"})[0] == 202
    assert hooked.woken == [["news"]]


# What a CMS may say


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({"source": "news"}, ["news"]),
        ({"url": "https://gazette.example/2026/harbour"}, ["news"]),
        ({"url": "http://sport.example/cup"}, ["sport"]),
        ({"url": "https://notes.example/today"}, ["notes"]),
        ({"url": "https://elsewhere.example/"}, ["news", "notes", "sport"]),
        ({"url": "http://[", "source": ""}, ["news", "notes", "sport"]),
        ({"source": {"id": 7}, "url": 5}, ["news", "notes", "sport"]),
        (["news"], ["news", "notes", "sport"]),
        (None, ["news", "notes", "sport"]),
    ],
)
def test_a_hint_has_the_sources_asked_that_are_meant(hooked, said, asked):
    assert hooked.due() == []
    status, answer = hooked.publish(said)
    assert (status, sorted(answer["sources"])) == (202, asked)
    assert set(answer["sources"].values()) == {"2026-11-23T12:01:00Z"}
    assert hooked.due() == asked
    assert hooked.facts == [("hook.received", {"hook": "publish", "sources": ", ".join(answer["sources"])})]


def test_a_form_and_the_address_can_say_it_too(hooked):
    form = {"Content-Type": "application/x-www-form-urlencoded"} | BEARER
    assert list(hooked.ask(body=b"source=news&title=x", **form)[1]["sources"]) == ["news"]
    assert list(hooked.publish({"id": 7}, "/hooks/publish?source=sport")[1]["sources"]) == ["sport"]
    assert list(hooked.ask(body=b"\xff{" * 100, **BEARER)[1]["sources"]) == list(SOURCES)
    assert list(hooked.ask(body=b"[" * 60_000, **BEARER)[1]["sources"]) == list(SOURCES)


def test_an_unknown_source_is_told_which_there_are(hooked):
    status, said = hooked.publish({"source": "nwes"})
    assert (status, said) == (404, {"error": "no source is called 'nwes'", "sources": ["news", "sport", "notes"]})
    assert hooked.due() == []


# Who may say it


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer "},
    ],
)
def test_nobody_without_the_token(hooked, headers):
    status, said = hooked.ask(body=b'{"source": "news"}', **headers)
    assert (status, said) == (401, "send the token of `listen` as a bearer token\n")
    assert hooked.due() == []


def test_a_wrong_token_takes_as_long_wherever_it_is_wrong():
    """Of eight megabytes, a plain comparison takes a thousand times longer for the later difference."""
    secret = "x" * 8_000_000
    wrong = {"early": "y" + secret[1:], "late": secret[:-1] + "y", "short": secret[:-1]}
    spans = {name: [] for name in wrong}
    for _ in range(9):
        for name, given in wrong.items():
            began = time.thread_time()
            assert not signatures._same(given, secret)
            spans[name].append(time.thread_time() - began)
    took = {name: min(each) for name, each in spans.items()}
    assert max(took.values()) < 3 * min(took.values()), took


def test_without_a_token_in_the_config_hooks_are_off(ledger, clock, tmp_path):
    made = Hooked(ledger, clock, tmp_path, None)
    try:
        status, said = made.ask(Authorization="Bearer ")
        assert (status, said) == (403, "hooks are off: set `listen.token` in the config\n")
        assert made.ask(path="/hooks/ghost")[0] == 403
        assert made.due() == []
    finally:
        made.listener.close()


def test_only_posts_and_only_what_there_is(hooked):
    assert hooked.ask("GET", **BEARER)[0] == 405
    assert hooked.ask("PUT", **BEARER)[0] == 501
    assert hooked.ask(path="/hooks/elsewhere", **BEARER)[0] == 404
    assert hooked.ask(path="/metrics", **BEARER)[0] == 405
    assert hooked.due() == []


# How often


def test_hints_within_the_floor_are_one_and_none_is_lost(hooked):
    assert hooked.publish({"source": "news"})[0] == 202
    assert hooked.ledger.sources.reserve(["news"], now=hooked.clock(), next_poll_at=hooked.clock() + HOUR)
    hooked.clock.move(seconds=1)
    for _ in range(20):
        assert hooked.publish({"source": "news"})[1] == {"sources": {"news": "2026-11-23T12:01:10Z"}}
    hooked.clock.move(seconds=8.9)
    assert hooked.due() == []
    hooked.clock.move(seconds=0.1)
    assert hooked.due() == ["news"]
    assert hooked.ledger.sources.reserve(["news"], now=hooked.clock(), next_poll_at=hooked.clock() + HOUR)
    hooked.clock.move(minutes=59)
    assert hooked.due() == ["notes", "sport"]  # by their `every`; twenty hints were one poll


def test_a_hint_never_puts_off_what_is_due_anyway(hooked):
    hooked.clock.move(minutes=58, seconds=55)
    assert hooked.ledger.sources.reserve(["sport"], now=hooked.clock(), next_poll_at=hooked.clock() + HOUR) == []
    hooked.ledger.database.change("UPDATE source SET polled_at = next_poll_at - 6000000 WHERE name = 'news'")
    assert hooked.publish({"source": "news"})[1] == {"sources": {"news": "2026-11-23T13:00:00Z"}}


class Slow:
    """A source during whose reading something happens."""

    name = "news"

    def __init__(self, during, fault=None):
        self.during, self.fault = during, fault

    def fetch(self, validators):
        self.during()
        if self.fault:
            raise self.fault
        return Reading(validators=Validators(etag="x"), entries=0)


def state(hooked):
    return hooked.ledger.sources.ensure("news", SOURCES["news"].url)


def read(hooked, source):
    """As the daemon polls."""
    now = hooked.clock()
    assert hooked.ledger.sources.reserve(["news"], now=now, next_poll_at=now + HOUR)
    return poll(source, state(hooked), [], hooked.ledger, PollRules(every=PollInterval(HOUR, HOUR)))


def test_a_hint_that_comes_while_the_source_is_read_has_it_read_again(hooked):
    """What was read may be older than the story."""
    hooked.clock.move(hours=1)
    read(hooked, Slow(lambda: hooked.publish({"source": "news"})))
    assert state(hooked).next_poll_at == hooked.clock() + FLOOR
    hooked.clock.move(seconds=10)
    read(hooked, Slow(lambda: None))
    assert state(hooked).next_poll_at == hooked.clock() + HOUR


def test_no_hint_is_above_the_servers_own_wish(hooked):
    hooked.clock.move(hours=1)
    fault = SourceError("busy", retry_after=90)
    with pytest.raises(SourceError):
        read(hooked, Slow(lambda: hooked.publish({"source": "news"}), fault))
    wished = hooked.clock() + timedelta(seconds=90)
    assert state(hooked).next_poll_at == wished
    hooked.clock.move(seconds=60)
    assert hooked.publish({"source": "news"})[1] == {"sources": {"news": "2026-11-23T13:02:30Z"}}
    assert state(hooked).next_poll_at == wished


# What strangers send


def test_a_body_that_is_too_large_is_refused_and_the_answer_arrives(hooked):
    body = b'{"source": "news"}'
    assert hooked.ask(body=body + b" " * (LARGEST - len(body)), **BEARER)[0] == 202
    assert hooked.ask(body=body + b" " * (LARGEST - len(body) + 1), **BEARER) == (
        413,
        "the body may have at most 65536 bytes\n",
    )
    assert hooked.ask(body=b" " * 1_000_000, **BEARER)[0] == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ("Transfer-Encoding: chunked", 411),
        ("Content-Length: nine", 400),
        ("Content-Length: -1", 400),
        (f"Content-Length: {'9' * 5000}", 413),
        ("Content-Length: 30", 400),
    ],
)
def test_a_body_of_unknown_length_or_one_that_breaks_off(hooked, headers, status):
    with socket.create_connection(("127.0.0.1", hooked.port), timeout=PATIENCE) as client:
        token = f"Authorization: Bearer {TOKEN}"
        client.sendall(f"POST /hooks/publish HTTP/1.1\r\n{token}\r\n{headers}\r\n\r\n0\r\n".encode())
        client.shutdown(socket.SHUT_WR)
        said = client.makefile("rb").read()
    assert said.startswith(f"HTTP/1.0 {status} ".encode())


@pytest.mark.parametrize("begun", [b"", b"POST /hooks/publish HTTP/1.1\r\nContent-Length: 1000\r\n\r\n"])
def test_a_drip_ends_with_the_time_for_a_request_and_keeps_nobody_out(ledger, clock, tmp_path, begun):
    made = Hooked(ledger, clock, tmp_path, Secret(TOKEN), patience=1.0)
    stop = threading.Event()

    def drip():
        with socket.create_connection(("127.0.0.1", made.port), timeout=PATIENCE) as client:
            client.sendall(begun or b"P")
            while not stop.wait(0.1):
                try:
                    client.sendall(b"X")
                    client.settimeout(0.001)
                    if client.recv(1000) == b"":
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break

    drips = [threading.Thread(target=drip) for _ in range(WORKERS + 4)]
    try:
        for each in drips:
            each.start()
        assert made.publish({"source": "news"})[0] == 202  # it waits for a turn, and gets one
        for each in drips:  # which would go on for ever
            each.join(PATIENCE)
        assert not any(each.is_alive() for each in drips)
    finally:
        stop.set()
        made.listener.close()


def test_a_thousand_requests_hold_no_more_of_the_ledger_than_the_first(hooked):
    def held():
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    for _ in range(WORKERS * 3):
        hooked.publish({"source": "news"})
    before = held()
    for _ in range(100):
        hooked.publish({"source": "news"})
    assert held() <= before + 4


# Ghost


def signed(body, at, secret=TOKEN, *, old=False):
    stated = str(int(at.timestamp() * 1000))
    over = body if old else body + stated.encode()
    return {"X-Ghost-Signature": f"sha256={hmac.new(secret.encode(), over, hashlib.sha256).hexdigest()}, t={stated}"}


POST = json.dumps({
    "event": "post.published",
    "post": {"current": {"id": "1", "url": "https://gazette.example/cup/", "html": "<p>é"}, "previous": {}},
}).encode()  # fmt: skip


@pytest.mark.parametrize("old", [False, True])
def test_ghost_is_believed_by_its_signature(hooked, old):
    """Over body and time since Ghost 5.87.1, over the body alone before."""
    status, said = hooked.ask(path="/hooks/ghost", body=POST, **signed(POST, hooked.clock(), old=old))
    assert (status, list(said["sources"])) == (202, ["news"])
    assert hooked.due() == ["news"]


@pytest.mark.parametrize(
    "signature",
    [
        "0aae9cf7903e610ddd1a65db487f862520b68105df4626564ec3dc2be90ef051",
        "04624516ba9e49a39dcba3d451f8ccce6eb1f2d5eb389cdfa5591e2171a7b9e0",
    ],
)
def test_the_signature_of_a_known_call(signature):
    """Of `{"a":1}` with and without its time, as OpenSSL computes it."""
    at = datetime.fromtimestamp(1719842984, UTC)
    headers = {"x-ghost-signature": f"sha256={signature}, t=1719842984367"}
    assert signatures.ghost(headers, b'{"a":1}', "FOOBARBAZ", at)
    assert not signatures.ghost(headers, b'{"a":2}', "FOOBARBAZ", at)


def test_a_forged_old_or_foreign_signature_is_not_believed(hooked):
    good = signed(POST, hooked.clock())["X-Ghost-Signature"]
    stated = good.rpartition("t=")[2]
    bad = [
        {},
        signed(POST, hooked.clock(), "another secret"),
        signed(POST + b" ", hooked.clock()),
        signed(POST, hooked.clock() - timedelta(minutes=6)),
        signed(POST, hooked.clock() + timedelta(minutes=6)),
        {"X-Ghost-Signature": good.partition(",")[0]},
        {"X-Ghost-Signature": good.replace(stated, str(int(stated) + 1))},
        {"X-Ghost-Signature": good + "0" * 100},
        {"X-Ghost-Signature": "sha256=, t="},
        BEARER,
    ]
    for headers in bad:
        assert hooked.ask(path="/hooks/ghost", body=POST, **headers)[0] == 401, headers
    # The new way's body and time, passed off as a body of the old way, with a time of the forger's.
    hooked.clock.move(minutes=30)
    renewed = signed(b"", hooked.clock())["X-Ghost-Signature"].rpartition("t=")[2]
    headers = {"X-Ghost-Signature": good.replace(stated, renewed)}
    assert hooked.ask(path="/hooks/ghost", body=POST + stated.encode(), **headers)[0] == 401
    assert hooked.due() == []


def test_ghost_replayed_is_one_poll(hooked):
    headers = signed(POST, hooked.clock())
    assert hooked.ask(path="/hooks/ghost", body=POST, **headers)[0] == 202
    assert hooked.ledger.sources.reserve(["news"], now=hooked.clock(), next_poll_at=hooked.clock() + HOUR)
    answers = {json.dumps(hooked.ask(path="/hooks/ghost", body=POST, **headers)[1]) for _ in range(10)}
    assert answers == {'{"sources": {"news": "2026-11-23T12:01:10Z"}}'}


def test_a_ghost_whose_posts_are_elsewhere_is_named_in_the_address(hooked):
    body = json.dumps({"post": {"current": {"url": "https://cms.internal.example/cup/"}}}).encode()
    path = "/hooks/ghost?source=sport"
    assert list(hooked.ask(path=path, body=body, **signed(body, hooked.clock()))[1]["sources"]) == ["sport"]
    assert hooked.ask(path="/hooks/ghost?source=x", body=body, **signed(body, hooked.clock()))[0] == 404


# A story that is taken back


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/hooks/publish", {"url": "https://gazette.example/cup/"}),
        ("/hooks/publish", {"url": "https://gazette.example/?p=7"}),  # WordPress's address of a draft is the guid
        ("/hooks/ghost", {"post": {"current": {"id": "https://gazette.example/?p=7", "status": "draft"}}}),
        ("/hooks/ghost", {"post": {"current": {}, "previous": {"url": "https://gazette.example/cup/"}}}),
    ],
)
def test_the_page_of_a_story_that_is_named_is_looked_at_at_once(hooked, article, path, said):
    cup = article(1, url="https://gazette.example/cup", guid="https://gazette.example/?p=7")
    anchor = announce(cup, [Account("acct", "fake")], hooked.ledger)
    other = announce(article(2), [Account("acct", "fake")], hooked.ledger)
    assert hooked.ledger.articles.to_check(hooked.clock(), 9) == []
    body = json.dumps(said).encode()
    headers = signed(body, hooked.clock()) if "ghost" in path else BEARER
    assert hooked.ask(path=path, body=body, **headers)[0] == 202
    [(found, gone)] = hooked.ledger.articles.to_check(hooked.clock(), 9)
    assert (found.anchor, gone) == (anchor, 0)
    assert found.anchor != other
    # Gone at the first look: the second one waits, however often we are told.
    hooked.ledger.articles.checked(anchor, gone=1, next_at=hooked.clock() + timedelta(minutes=5))
    assert hooked.ask(path=path, body=body, **headers)[0] == 202
    assert hooked.ledger.articles.to_check(hooked.clock(), 9) == []


def test_a_story_that_nobody_was_told_of_is_not_looked_at(hooked, article):
    ledger = hooked.ledger
    cup = article(1, url="https://gazette.example/cup")
    ledger.articles.add(cup, drop_repeated([cup])[0], position=0, now=hooked.clock())
    assert hooked.publish({"url": cup.url})[0] == 202
    assert not ledger.articles.has_to_check(hooked.clock())


# All of it


@pytest.mark.slow
def test_a_story_and_a_hook_are_a_post_long_before_the_next_poll(desk):
    port = free_port()
    desk.config("masto", source=", every: 1h", extra=f"listen: {{address: '127.0.0.1:{port}', token: {TOKEN}}}")
    desk("post")
    with sqlite3.connect(desk.folder / "syndicate.db") as ledger:  # asked a minute ago
        ledger.execute("UPDATE source SET polled_at = polled_at - 60000000")
    ledger.close()
    polls = len(desk.site.requests)
    daemon = desk.start("daemon", "--json")
    try:
        assert wait_for(lambda: accepts(port))
        desk.site.publish(1)
        said = json.dumps({"url": f"{desk.site.url}/news/story-0.html"}).encode()
        status, answer = call(port, body=said, **BEARER)
        assert (status, list(answer["sources"])) == (202, ["news"])
        assert wait_for(lambda: len(desk.sandbox.posts()) == 1)
        asked = [path for path, _ in desk.site.requests[polls:]]
    finally:
        daemon.send_signal(signal.SIGTERM)
        _, err = daemon.communicate(timeout=PATIENCE)
    assert asked.count("/rss.xml") == 1
    assert daemon.returncode == 0
    assert '"hook.received"' in err
    assert TOKEN not in err
    assert "Traceback" not in err
