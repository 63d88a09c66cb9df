"""The WebSub subscriber against a small hub of our own, over real HTTP.

What of https://www.w3.org/TR/websub/ (Recommendation, 23 January 2018) asks something of a subscriber:

- §4 discovery: Link headers before links in the document; RSS, RSS 1.0, Atom, JSON Feed, documents that are
  not well-formed; nothing without both hub and self. (HTML pages are no feeds, and not looked at.)
- §5.1 request: form-encoded POST with mode, topic (the self link), callback, lease and secret; the callback
  a capability, one for each subscription; a secret of less than 200 bytes.
- §5.1.2 response: 202; errors are told and tried again; 307 and 308 are followed.
- §5.2 validation: a denial, at once or later, ends it; it is tried again each day.
- §5.3 verification: the challenge of a pending topic alone is echoed, 404 for all else; leases are the
  hub's, renewal comes at half of them, and overrides what was, without a gap.
- §6.1 migration: a feed that names another hub or topic is subscribed there.
- §7 distribution: 2xx, at once; 410 for what has ended; Link headers there identify nothing.
- §7.1 authentication: signature over the raw body, by the method stated; unsigned and wrongly signed is
  dropped, and acknowledged all the same.
- §8.2, §8.3 security: HTTPS hubs preferred, a safe media type and nosniff, challenges short and plain, SHA-1
  not enough.

Not followed: the callback stays when a subscription is renewed (§5.1.1 SHOULD change it), and the secret is
sent to a hub without HTTPS, too (§5.1 SHOULD NOT): it guards nothing but how often a feed is asked.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import secrets
import signal
import sqlite3
import threading
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from syndicate.config.schema import Config, Listen
from syndicate.ingestion.websub import GOODBYES, Subscriber
from syndicate.model import Hub, Secret, Site, Validators
from syndicate.net.address_guard import Guard
from syndicate.net.http import RequestsHttp
from syndicate.sources.feed import FeedSource
from syndicate.web.hooks import Hooks
from syndicate.web.server import Listener
from syndicate.web.websub import LARGEST
from tests.processes import free_port
from tests.waiting import PATIENCE, wait_for
from tests.worlds.desk import Desk
from tests.worlds.site import Site as Gazette
from tests.worlds.subscriber import TOPIC, Newsroom
from tests.worlds.waiting import accepts

HOUR = timedelta(hours=1)


def ask(url, method="GET", body=b"", **headers):
    """Status, headers, body."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE)
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body, headers)
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read()
    finally:
        connection.close()


class Server:
    """A server on loopback; `handle(method, path, headers, body)` gives status, headers and body."""

    def __init__(self):
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                length = int(self.headers.get("Content-Length", 0))
                status, headers, body = server.handle(self.command, self.path, self.headers, self.rfile.read(length))
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class HubServer(Server):
    """A hub that keeps to the Recommendation, unless told otherwise.

    `requests` are the forms it was sent; `checks` what came of each verification: mode, status, echoed.
    `lease` is what it grants, None: what is asked for. `deny` is the reason to. `answer` is status and headers.
    """

    def __init__(self):
        self.requests, self.checks, self.subscribers = [], [], {}
        self.lease, self.deny, self.answer = None, None, (202, [])
        self._deciding = []
        super().__init__()

    def handle(self, method, path, headers, body):
        assert headers["Content-Type"] == "application/x-www-form-urlencoded"
        form = dict(parse_qsl(body.decode("utf-8"), strict_parsing=True))
        self.requests.append(form)
        status, more = self.answer
        if status == 202:
            self._deciding.append(threading.Thread(target=self._decide, args=(form,), daemon=True))
            self._deciding[-1].start()
        return status, more, b"" if status == 202 else b"not today"

    def close(self):
        super().close()
        for thread in self._deciding:
            thread.join()

    def _decide(self, form):
        with contextlib.suppress(OSError, HTTPException):  # whoever asked has gone
            self._verify(form)

    def _verify(self, form):
        if self.deny is not None:
            self.tell(form, {"hub.mode": "denied", "hub.topic": form["hub.topic"], "hub.reason": self.deny})
            return
        challenge = secrets.token_hex(16)
        asked = {"hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"], "hub.challenge": challenge}
        lease = self.lease or int(form.get("hub.lease_seconds", 1000))
        if form["hub.mode"] == "subscribe":
            asked["hub.lease_seconds"] = str(lease)
        status, _, echoed = self.tell(form, asked)
        confirmed = status == 200 and echoed == challenge.encode()
        self.checks.append((form["hub.mode"], status, confirmed))
        key = form["hub.topic"], form["hub.callback"]
        if confirmed and form["hub.mode"] == "subscribe":
            self.subscribers[key] = form["hub.secret"]
        elif confirmed:
            self.subscribers.pop(key, None)

    def tell(self, form, asked):
        return ask(f"{form['hub.callback']}?{urlencode(asked)}")

    def distribute(self, body=b"<rss>news</rss>", method="sha256"):
        """Statuses of what was sent to each subscriber; whoever is gone is forgotten."""
        told = []
        for (topic, callback), secret in list(self.subscribers.items()):
            status, _, _ = ask(callback, "POST", body, **{
                "Content-Type": "application/rss+xml",
                "Link": f'<{self.url}>; rel="hub", <{topic}>; rel="self"',
                "X-Hub-Signature": f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}",
            })  # fmt: skip
            told.append(status)
            if status == 410:
                del self.subscribers[topic, callback]
        return told


@pytest.fixture
def hub():
    running = HubServer()
    yield running
    running.close()


@pytest.fixture
def newsroom(ledger, clock, tmp_path):
    made = Newsroom(ledger, clock, tmp_path, Guard(allow=["127.0.0.1"]))
    yield made
    made.close()


# §4 Discovery

ATOM_LINKS = (
    '<{0}link rel="hub" href="https://hub.example/"/><{0}link rel="self" href="/topic"/>'
    '<{0}link rel="alternate" href="https://gazette.example/"/>'
)
ITEM = "<item><title>A</title><link>https://gazette.example/a</link></item>"
DOCUMENTS = {
    "rss": '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>G</title>'
    f"{ATOM_LINKS.format('a:')}{ITEM}</channel></rss>",
    "rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    f' xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>G</title>{ATOM_LINKS.format("atom:")}</channel>'
    f"{ITEM}</rdf:RDF>",
    "atom": f'<feed xmlns="http://www.w3.org/2005/Atom"><title>G</title>{ATOM_LINKS.format("")}'
    '<entry><title>A</title><link rel="hub" href="https://wrong.example/"/>'
    '<link href="https://gazette.example/a"/></entry></feed>',
    "json": '{"version": "https://jsonfeed.org/version/1.1", "title": "G", "feed_url": "/topic",'
    ' "hubs": [{"type": "rssCloud", "url": "https://cloud.example/"}, {"type": "WebSub", "url": "https://hub.example/"}],'
    ' "items": [{"id": "1", "url": "https://gazette.example/a", "title": "A"}]}',
    "broken": '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>G & H</title>'
    f"{ATOM_LINKS.format('atom:')}{ITEM}</channel></rss>",
}


class Feed(Server):
    """One document, with what headers it is told."""

    def __init__(self):
        self.headers, self.body = [], b""
        super().__init__()

    def handle(self, method, path, headers, body):
        return 200, [("Content-Type", "application/xml"), *self.headers], self.body

    def read(self):
        door = RequestsHttp(clock=lambda: None, timeout=PATIENCE)
        try:
            return FeedSource("news", f"{self.url}/rss.xml", door).fetch(Validators())
        finally:
            door.close()


@pytest.fixture
def feed():
    running = Feed()
    yield running
    running.close()


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_feed_names_its_hub_and_its_topic(feed, kind):
    feed.body = DOCUMENTS[kind].encode()
    fetched = feed.read()
    assert (fetched.hub, fetched.hub_known) == (Hub("https://hub.example/", f"{feed.url}/topic"), True)
    assert len(fetched.articles) == 1


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (['<https://h.example/>; rel="hub", </self>; rel=self'], ("https://h.example/", "URL/self")),
        (
            ['<https://h.example/>; rel=hub; title="a, b"', "</self>;type=x;REL='self'"],
            ("https://h.example/", "URL/topic"),
        ),
        (['</self>; rel="alternate self"'], ("https://hub.example/", "URL/self")),
        (
            ['<http://plain.example/>; rel="hub", <https://tls.example/>; rel="hub", </s>; rel="self"'],
            ("https://tls.example/", "URL/s"),
        ),
        (['<ftp://h.example/>; rel=hub, <javascript:x>; rel="self"'], ("https://hub.example/", "URL/topic")),
        (["<<<<>;rel=hub" * 1000], ("https://hub.example/", "URL/topic")),
    ],
)
def test_the_link_header_counts_before_the_document(feed, headers, expected):
    feed.body = DOCUMENTS["rss"].encode()
    feed.headers = [("Link", each) for each in headers]
    assert feed.read().hub == Hub(*(each.replace("URL", feed.url) for each in expected))


def test_nothing_without_both(feed):
    feed.body = f'<rss version="2.0"><channel><title>G</title>{ITEM}</channel></rss>'.encode()
    for headers in ([], [("Link", "<https://hub.example/>; rel=hub")]):
        feed.headers = headers
        fetched = feed.read()
        assert (fetched.hub, fetched.hub_known) == (None, True)


def test_a_document_that_is_cut_off_says_nothing_against_its_hub(feed):
    feed.body = f'<rss version="2.0"><channel><title>G</title>{ITEM}<item><title>B'.encode()
    fetched = feed.read()
    assert (len(fetched.articles), fetched.hub, fetched.hub_known) == (1, None, False)
    feed.body = (DOCUMENTS["rss"].removesuffix("</channel></rss>") + "<item><tit").encode()
    fetched = feed.read()
    assert (fetched.hub, fetched.hub_known) == (Hub("https://hub.example/", f"{feed.url}/topic"), True)


# §5.1 The request


def test_a_subscription_is_asked_for_and_confirmed(newsroom, hub):
    newsroom.join(hub)
    [form] = hub.requests
    callback = form["hub.callback"]
    assert form["hub.mode"] == "subscribe"
    assert form["hub.topic"] == TOPIC
    assert form["hub.lease_seconds"] == "864000"
    assert callback.startswith(f"{newsroom.public}/hooks/websub/")
    assert len(callback.rpartition("/")[2]) >= 43  # 256 bits
    assert 43 <= len(form["hub.secret"]) < 200
    assert form["hub.secret"] not in callback
    assert hub.checks == [("subscribe", 200, True)]
    assert newsroom.told("websub.subscribed") == [{"source": "news", "seconds": 864000}]
    assert newsroom.kept().lease_until == newsroom.clock() + timedelta(days=10)


def test_nothing_of_it_is_readable_in_the_ledger(newsroom, hub):
    newsroom.join(hub)
    [form] = hub.requests
    rows = json.dumps(newsroom.ledger.database.rows("SELECT * FROM subscription"))
    assert form["hub.secret"] not in rows
    assert "feed-secret" not in rows


def test_a_hub_that_is_no_public_address_is_not_called(ledger, clock, tmp_path, hub):
    newsroom = Newsroom(ledger, clock, tmp_path, Guard())
    try:
        newsroom.heard(hub.url)
        newsroom.subscriber.work()
        [failed] = newsroom.told("websub.failed")
        assert "127.0.0.1" in failed["error"]
        assert hub.requests == []
    finally:
        newsroom.close()


def test_nor_one_that_a_hub_leads_to(newsroom, hub):
    hub.answer = (307, [("Location", "http://169.254.1.1/latest")])
    newsroom.heard(hub.url)
    newsroom.subscriber.work()
    [failed] = newsroom.told("websub.failed")
    assert "169.254.1.1" in failed["error"]
    assert newsroom.kept().state == "pending"


@pytest.mark.parametrize("status", [307, 308])
def test_a_hub_may_lead_to_another(newsroom, hub, status):
    first = HubServer()
    try:
        first.answer = (status, [("Location", hub.url)])
        newsroom.heard(first.url)
        newsroom.subscriber.work()
        assert wait_for(lambda: hub.subscribers)
        assert newsroom.kept().state == "active"
        assert hub.requests == first.requests
    finally:
        first.close()


@pytest.mark.parametrize(
    ("answer", "said"), [((500, []), "500: not today"), ((302, [("Location", "/")]), "302"), ((200, []), "")]
)
def test_what_fails_is_told_and_tried_again_ever_more_rarely(newsroom, hub, answer, said):
    hub.answer = answer
    newsroom.heard(hub.url)
    waits = []
    for _ in range(7):
        newsroom.subscriber.work()
        newsroom.subscriber.work()  # nothing is due
        wait = 0
        while not newsroom.subscriber.has_work():
            newsroom.clock.move(minutes=30)
            wait += 0.5
        waits.append(wait)
    assert waits == [1, 2, 4, 8, 16, 24, 24]
    assert len(hub.requests) == 7
    assert [said in fields["error"] for fields in newsroom.told("websub.failed")] == ([True] * 7 if said else [])
    hub.answer = (202, [])
    newsroom.subscriber.work()
    assert wait_for(lambda: hub.subscribers)
    assert newsroom.kept().fails == 0


# §5.2 Denial


def test_a_denial_is_remembered_and_tried_again_each_day(newsroom, hub):
    hub.deny = "not for\nyou"
    newsroom.heard(hub.url)
    newsroom.subscriber.work()
    assert wait_for(lambda: newsroom.kept().state == "denied")
    assert newsroom.told("websub.denied") == [{"source": "news", "reason": "not for you"}]
    newsroom.heard(hub.url)  # the feed goes on naming it
    newsroom.clock.move(hours=23)
    assert not newsroom.subscriber.has_work()
    newsroom.clock.move(hours=1)
    hub.deny = None
    newsroom.subscriber.work()
    assert wait_for(lambda: hub.subscribers)
    assert newsroom.kept().state == "active"
    assert newsroom.kept().error is None


def test_it_may_come_later_and_only_for_the_topic(newsroom, hub):
    newsroom.join(hub)
    denied = {"hub.mode": "denied", "hub.topic": "https://gazette.example/other", "hub.reason": "x"}
    assert hub.tell(hub.requests[0], denied)[0] == 404
    assert newsroom.kept().state == "active"
    assert hub.tell(hub.requests[0], denied | {"hub.topic": TOPIC})[0] == 200
    assert newsroom.kept().state == "denied"
    assert hub.distribute() == [410]
    assert not newsroom.due()


# §5.3 Verification


@pytest.mark.parametrize(
    "change",
    [
        {"hub.topic": "https://gazette.example/other"},
        {"hub.topic": ""},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": "publish"},
        {"hub.mode": ""},
        {"hub.challenge": ""},
        {"hub.challenge": "x" * 2000},
        {"hub.challenge": "<script>é"},
        {"hub.challenge": "a\r\nSet-Cookie: b"},
        {"hub.challenge": "\udcff"},
        dict.fromkeys(map(str, range(100)), "x"),
    ],
)
def test_only_what_is_pending_is_confirmed(newsroom, hub, change):
    hub.answer = (204, [])  # takes it, and asks nothing back
    newsroom.heard(hub.url)
    newsroom.subscriber.work()
    [form] = hub.requests
    asked = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "<abc>", "hub.lease_seconds": "600"}
    query = urlencode(asked | change, errors="surrogateescape")
    assert ask(f"{form['hub.callback']}?{query}")[0] == 404
    assert newsroom.kept().state == "pending"
    status, headers, body = hub.tell(form, asked)
    assert (status, body) == (200, b"<abc>")
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_nobody_else_can_subscribe_or_unsubscribe_us(newsroom, hub):
    newsroom.join(hub)
    asked = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "abc", "hub.lease_seconds": "600"}
    assert hub.tell(hub.requests[0], asked)[0] == 404  # confirmed already
    assert hub.tell(hub.requests[0], asked | {"hub.mode": "unsubscribe"})[0] == 404
    assert hub.tell({"hub.callback": f"{newsroom.public}/hooks/websub/guessed"}, asked)[0] == 404
    assert hub.tell({"hub.callback": f"{newsroom.public}/hooks/websub/"}, asked)[0] == 404
    assert newsroom.kept().state == "active"


@pytest.mark.parametrize(
    ("lease", "half"),
    [
        (3600, 1800),
        (1, 60),
        (10**9 - 1, 50 * 86_400),
        (0, 60),
        (-5, 5 * 86_400),
        ("x" * 9, 5 * 86_400),
        ("9" * 99, 5 * 86_400),
    ],
)
def test_it_is_renewed_at_half_the_lease_the_hub_grants(newsroom, hub, lease, half):
    hub.answer = (204, [])
    newsroom.heard(hub.url)
    newsroom.subscriber.work()
    asked = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "abc", "hub.lease_seconds": str(lease)}
    assert hub.tell(hub.requests[0], asked)[0] == 200
    newsroom.clock.move(seconds=half - 1)
    assert not newsroom.subscriber.has_work()
    newsroom.clock.move(seconds=1)
    assert newsroom.subscriber.has_work()


def test_a_renewal_leaves_no_gap(newsroom, hub):
    hub.lease = 3600
    newsroom.join(hub)
    newsroom.clock.move(seconds=1800)
    hub.answer = (503, [])
    newsroom.subscriber.work()
    assert newsroom.kept().state == "active"
    assert hub.distribute() == [202]
    assert newsroom.due()
    hub.answer = (202, [])
    newsroom.clock.move(hours=1)
    newsroom.subscriber.work()
    assert wait_for(lambda: len(hub.checks) == 2)
    assert hub.checks[1] == ("subscribe", 200, True)
    assert len(hub.subscribers) == 1
    assert hub.requests[0] == hub.requests[-1]
    assert newsroom.kept().lease_until == newsroom.clock() + HOUR


# §6.1 Migration, and leaving


def test_a_feed_that_names_another_hub_is_subscribed_there(newsroom, hub):
    newsroom.join(hub)
    other = HubServer()
    try:
        old = dict(hub.subscribers)
        newsroom.heard(other.url, "https://gazette.example/new")
        newsroom.subscriber.work()
        assert wait_for(lambda: other.subscribers and not hub.subscribers)
        assert hub.checks[-1] == ("unsubscribe", 200, True)
        assert "hub.secret" not in hub.requests[-1]
        assert newsroom.kept().topic == "https://gazette.example/new"
        hub.subscribers = old  # a hub that does not let go
        assert hub.distribute() == [410]
        assert hub.subscribers == {}
        assert not newsroom.due()
    finally:
        other.close()


def test_a_feed_that_names_none_any_more_is_left_and_one_that_never_did_is_let_be(newsroom, hub):
    newsroom.join(hub)
    newsroom.heard(None)
    newsroom.subscriber.work()
    assert wait_for(lambda: not hub.subscribers)
    assert newsroom.kept().state == "none"
    assert not newsroom.subscriber.has_work()


def test_a_hub_that_does_not_hear_a_farewell_is_told_thrice(newsroom, hub):
    newsroom.join(hub)
    hub.answer = (500, [])
    newsroom.heard(None)
    for _ in range(10):
        newsroom.subscriber.work()
        newsroom.clock.move(days=1)
    assert [form["hub.mode"] for form in hub.requests].count("unsubscribe") == GOODBYES
    assert len(newsroom.ledger.database.rows("SELECT * FROM subscription")) == 1
    assert hub.distribute() == [410]


def test_it_outlives_the_process_and_follows_the_config(newsroom, hub, ledger):
    def again(public, feeds):
        Subscriber(public, feeds, ledger, newsroom.http, lambda *_, **__: None).begin()

    ledger.database.change("UPDATE source SET etag = 'x', body_hash = 'y'")
    newsroom.join(hub)
    again(newsroom.public, ["news"])
    assert newsroom.kept().state == "active"
    assert ledger.sources.ensure("news", TOPIC).validators == Validators("x", None, "y")
    again("http://127.0.0.1:1", ["news"])  # moved
    assert newsroom.kept() is None
    assert ledger.sources.ensure("news", TOPIC).validators == Validators()  # it is read whole, and names its hub again
    newsroom.join(hub)
    again(newsroom.public, [])
    assert newsroom.kept() is None


def test_a_daemon_that_was_away_asks_again_and_one_that_crashes_in_a_loop_does_not(newsroom, hub):
    """A hub may have given us up; but a subscription of the last hour stands."""
    newsroom.join(hub)
    hub.subscribers.clear()
    newsroom.clock.move(minutes=59)
    newsroom.subscriber.begin()
    assert not newsroom.subscriber.has_work()
    newsroom.clock.move(minutes=2)
    newsroom.subscriber.begin()
    newsroom.subscriber.begin()
    newsroom.subscriber.work()
    assert wait_for(lambda: len(hub.checks) == 2)
    assert len(hub.subscribers) == 1
    assert not newsroom.subscriber.has_work()


def test_two_daemons_ask_once(newsroom, hub):
    newsroom.heard(hub.url)
    newsroom.heard(hub.url)
    [due] = newsroom.ledger.subscriptions.due(newsroom.clock())
    both = [threading.Thread(target=newsroom.subscriber._ask, args=(due,)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(hub.requests) == 1


def test_with_another_key_it_begins_again(newsroom, hub, ledger, tmp_path):
    from syndicate.ledger import Ledger
    from syndicate.ledger.sqlite import SqliteDatabase

    newsroom.join(hub)
    other = Ledger(SqliteDatabase(ledger.database.path), newsroom.clock, lambda: b"A" * 43 + b"=")
    told = []
    try:
        Subscriber(newsroom.public, ["news"], other, newsroom.http, lambda event, **_: told.append(event)).begin()
        assert told == []
        assert other.subscriptions.all() == []
        assert other.sources.ensure("news", "").validators == Validators()  # so that the hub is found anew
    finally:
        other.close()


# §7 Distribution


@pytest.mark.parametrize("method", ["sha256", "sha384", "sha512"])
def test_news_has_the_feed_asked(newsroom, hub, method):
    newsroom.join(hub)
    assert not newsroom.due()
    assert hub.distribute(method=method) == [202]
    assert newsroom.due()
    assert newsroom.told("hook.received") == [{"hook": "websub", "sources": "news"}]


def test_what_is_not_signed_well_changes_nothing(newsroom, hub):
    newsroom.join(hub)
    [(_, callback)] = hub.subscribers
    [secret] = hub.subscribers.values()
    body = b"<rss>forged</rss>"

    def mac(method, key=secret, over=body):
        return hmac.new(key.encode(), over, method).hexdigest()

    for signature in (
        None,
        "",
        f"sha256={mac('sha256', 'another')}",
        f"sha256={mac('sha256', over=b'other')}",
        f"sha512={mac('sha256')}",
        f"sha256={mac('sha512')}",
        f"sha256={mac('sha256')[:-1]}",
        f"sha256={mac('sha256')}0",
        mac("sha256"),
        f"sha1={mac('sha1')}",
        f"md5={mac('md5')}",
        "sha256=" + "0" * 64,
        "sha256=é",
    ):
        sent = {} if signature is None else {"X-Hub-Signature": signature.encode("latin-1")}
        assert ask(callback, "POST", body, **sent)[0] == 202, signature
        assert not newsroom.due(), signature
    assert len(newsroom.told("websub.ignored")) == 13
    assert {"source": "news", "signed_with": "sha1"} in newsroom.told("websub.ignored")
    good = {"X-Hub-Signature": f"SHA256={mac('sha256').upper()}"}
    assert ask(callback, "POST", body, **good)[0] == 202
    assert newsroom.due()


def test_the_same_news_again_and_again_is_one_poll_in_ten_seconds(newsroom, hub):
    newsroom.join(hub)
    hub.distribute()
    polls = 0
    for _ in range(40):  # 20 s
        now = newsroom.clock()
        polls += len(newsroom.ledger.sources.reserve(["news"], now=now, next_poll_at=now + timedelta(days=1)))
        hub.distribute()
        newsroom.clock.move(seconds=0.5)
    assert polls == 2


def test_what_link_headers_say_there_identifies_nothing(newsroom, hub):
    newsroom.join(hub)
    hub.subscribers = {
        ("https://elsewhere.example/", callback): secret for (_, callback), secret in hub.subscribers.items()
    }
    assert hub.distribute() == [202]
    assert newsroom.due()


def test_a_whole_feed_may_come_and_no_more(newsroom, hub):
    newsroom.join(hub)
    assert hub.distribute(b"x" * LARGEST) == [202]
    assert newsroom.due()
    assert hub.distribute(b"x" * (LARGEST + 1)) == [413]


def test_an_unknown_callback_is_gone(newsroom):
    assert ask(f"{newsroom.public}/hooks/websub/guessed", "POST", b"x" * 10_000_000)[0] == 410


def test_without_a_public_address_there_are_none(ledger, clock, tmp_path):
    config = Config(tmp_path / "c.yaml", Site("G", "https://g.example/"), listen=Listen("127.0.0.1:0", Secret("token")))
    listener = Listener(("127.0.0.1", 0), None, lambda: None, lambda: b"", Hooks(config, ledger, lambda *_, **__: None))
    try:
        assert ask(f"http://127.0.0.1:{listener.port}/hooks/websub/x", "POST")[0] == 410
    finally:
        listener.close()


# All of it


class Hubbed(Gazette):
    """The site, whose feed names a hub."""

    hub = ""

    def feed(self):
        links = f'<a:link rel="hub" href="{self.hub}"/><a:link rel="self" href="{self.url}/rss.xml"/>'
        return super().feed().replace("<channel>", f'<channel xmlns:a="http://www.w3.org/2005/Atom">{links}', 1)


@pytest.mark.slow
def test_a_story_and_its_hub_are_a_post_long_before_the_next_poll(tmp_path, hub, sandbox, capsys):
    """A feed asked once an hour; the daemon finds the hub, subscribes, is told, asks the feed, posts."""
    site, port = Hubbed(), free_port()
    site.hub = hub.url
    desk = Desk(tmp_path, site, sandbox, capsys)
    listen = f"listen: {{address: '127.0.0.1:{port}', token: listen-token-0001, public: 'http://127.0.0.1:{port}'}}"
    desk.config("masto", source=", every: 1h", extra=f"{listen}\nnetwork: {{allow: [127.0.0.1]}}")
    desk("post")
    with sqlite3.connect(tmp_path / "syndicate.db") as ledger:
        ledger.execute("UPDATE source SET next_poll_at = 0")  # an hour later
    ledger.close()
    daemon = desk.start("daemon", "--json")
    try:
        assert wait_for(lambda: hub.subscribers)
        with sqlite3.connect(tmp_path / "syndicate.db") as ledger:
            ledger.execute("UPDATE source SET polled_at = polled_at - 60000000")  # a minute later
        ledger.close()
        site.publish(1)
        assert hub.distribute(site.feed().encode()) == [202]
        assert wait_for(lambda: len(sandbox.posts()) == 1)
    finally:
        daemon.send_signal(signal.SIGTERM)
        _, err = daemon.communicate(timeout=PATIENCE)
        site.close()
    assert daemon.returncode == 0
    assert '"websub.subscribed"' in err
    assert "Traceback" not in err
    assert hub.requests[0]["hub.secret"] not in err
    assert not accepts(port)
