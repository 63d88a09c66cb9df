"""The door, over real sockets on loopback: a scripted server plays every way in which a network can answer."""

import gzip
import json
import socket
import struct
import sys
import threading
import time
import traceback
import tracemalloc
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import AuthError, ConfigError, Unavailable, Uncertain
from syndicate.model import Receipt
from syndicate.net.address_guard import HINT, Guard, origin_of, resolve
from syndicate.net.answers import AnswerCleaner
from syndicate.net.awaiting import meanwhile
from syndicate.net.http import Machine, RequestsHttp
from syndicate.net.leaving import asking
from syndicate.net.status import failure
from syndicate.ports import OAuth1
from tests import processes
from tests.waiting import PATIENCE

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECRET = "S3cr3t/to+ken=="
TOKEN = "abcdefgh"
KEYS = OAuth1("consumer", "consumer-secret", "token", "token-secret")


@dataclass
class Request:
    """What the server got."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """Answers the n-th request with the n-th answer (the last one for ever): bytes, or what to do with the socket."""

    answers: list
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def accept(self):
        while not self.over.is_set():
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.threads.append(threading.Thread(target=self.talk, args=(line,), daemon=True))
            self.threads[-1].start()

    def talk(self, line):
        with line, line.makefile("rb") as stream:
            line.settimeout(PATIENCE)
            while request := self.read(stream):
                with self.lock:
                    self.requests.append(request)
                    answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
                if isinstance(answer, bytes):
                    line.sendall(answer)
                elif answer(line) is not True:
                    return

    def read(self, stream):
        try:
            first = stream.readline().decode("latin-1").strip()
            headers = {}
            while first and (row := stream.readline().decode("latin-1").strip()):
                name, _, value = row.partition(":")
                headers[name.lower()] = value.strip()
            return Request(first, headers, stream.read(int(headers.get("content-length", 0)))) if first else None
        except OSError:
            return None

    def close(self):
        self.over.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def answer(status=200, body=b"{}", **headers):
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode("latin-1") + body


def hang_up(line):
    """Closes without a word."""


def reset(line):
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def after(sent, act=hang_up):
    def play(line):
        line.sendall(sent)
        return act(line)

    return play


def drip(start, over):
    """A byte at a time until somebody leaves or it is `over`, which it is by itself where a test hangs."""

    def play(line):
        line.sendall(start)
        last = time.monotonic() + PATIENCE
        while not over.wait(0.02):
            if time.monotonic() > last:
                over.set()
            try:
                line.sendall(b"x")
            except OSError:
                return

    return play


@pytest.fixture
def serve():
    servers = []

    def start(*answers):
        servers.append(Server(list(answers)))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def door():
    doors = []

    def build(**settings):
        doors.append(RequestsHttp(clock=lambda: NOW, **{"timeout": PATIENCE} | settings))
        return doors[-1]

    yield build
    for each in doors:
        each.close()


@pytest.fixture
def closed_port():
    """A port nobody listens on: bound, never listening."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        yield line.getsockname()[1]


def test_only_what_changes_something_asks_whether_it_may_still_leave(serve, door):
    server, http = serve(answer(body=b"read"), answer(body=b"written")), door()
    asked = []

    def refuse():
        asked.append("again")
        raise Unavailable("too late")

    with asking(refuse):
        assert http.call("GET", server.url).body == b"read"
        with pytest.raises(Unavailable, match="too late"):
            http.call("POST", server.url, json={})
    assert [request.line.split()[0] for request in server.requests] == ["GET"]
    assert http.call("POST", server.url, json={}).body == b"written"
    assert asked == ["again"]


def test_work_is_done_when_a_request_has_left_and_before_its_answer(serve, door):
    worked = threading.Event()

    def answers_then(line):
        assert worked.wait(PATIENCE)
        line.sendall(answer(body=b"written"))
        return True

    with meanwhile(worked.set):
        assert door().call("POST", serve(answers_then).url, json={}).body == b"written"


def told(fault):
    """Everything a person could be shown of it."""
    return "".join(traceback.format_exception(fault)) + repr(fault) + str(getattr(fault, "hint", ""))


# --- the plain way


def test_a_reply_is_what_the_server_sent(serve, door):
    server = serve(answer(201, b'{"id": "7"}', X_Thing="Yes"))
    reply = door().call("post", f"{server.url}/a", params={"q": "é"}, json={"text": "Ünï"}, headers={"X-Key": "k"})
    assert (reply.status, reply.json(), reply.received_at) == (201, {"id": "7"}, NOW)
    assert reply.headers["x-thing"] == "Yes"
    assert reply.url == f"{server.url}/a?q=%C3%A9"
    got = server.requests[0]
    assert got.line == "POST /a?q=%C3%A9 HTTP/1.1"
    assert json.loads(got.body) == {"text": "Ünï"}
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"].startswith("syndicate/")
    assert got.headers["accept-encoding"] == "gzip"
    assert got.headers["x-key"] == "k"


def test_our_own_headers_can_be_replaced_in_any_case(serve, door):
    server = serve(answer())
    door(user_agent="gazette/1").call("GET", server.url, headers={"ACCEPT": "text/html"})
    assert (server.requests[0].headers["accept"], server.requests[0].headers["user-agent"]) == (
        "text/html",
        "gazette/1",
    )


def test_forms_files_and_bytes_arrive(serve, door):
    server = serve(answer())
    http = door()
    http.call("POST", server.url, data={"a": "1 2"})
    http.call("POST", server.url, data={"alt": "é"}, files={"file": ("a.png", b"\x89\x00\xff", "image/png")})
    http.call("POST", server.url, data=b"\x00\xff", headers={"Content-Type": "image/jpeg"})
    form, files, raw = server.requests
    assert form.body == b"a=1+2"
    assert files.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89\x00\xff\r\n' in files.body
    assert (raw.body, raw.headers["content-type"]) == (b"\x00\xff", "image/jpeg")


@pytest.mark.parametrize(
    "between",
    [
        answer(body=b"x" * 200_000),
        answer(304).replace(b"Content-Length: 2\r\n", b"").removesuffix(b"{}"),
        answer(204).replace(b"Content-Length: 2\r\n", b"").removesuffix(b"{}"),
        answer(500, b""),
        answer(200, gzip.compress(b"abc"), Content_Encoding="gzip"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    ],
    ids=["long", "304", "204", "empty", "gzip", "chunked"],
)
def test_connections_are_kept(serve, door, between):
    server = serve(between, answer())
    http = door()
    for _ in range(3):
        http.call("GET", server.url)
    assert (server.connections, len(server.requests)) == (1, 3)


def test_each_thread_has_a_connection_of_its_own(serve, door):
    server = serve(answer())
    http, ready = door(), threading.Barrier(3)

    def run():
        http.call("GET", server.url)
        ready.wait(PATIENCE)
        http.call("GET", server.url)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (server.connections, len(server.requests)) == (3, 6)


def test_cookies_are_not_kept(serve, door):
    server = serve(answer(Set_Cookie="id=1; Path=/"), answer())
    http = door()
    http.call("GET", server.url)
    http.call("GET", server.url)
    assert "cookie" not in server.requests[1].headers


def test_the_environment_is_not_asked(serve, door, monkeypatch, tmp_path):
    server = serve(answer())
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert door().call("GET", server.url).status == 200
    assert "authorization" not in server.requests[0].headers


def test_importing_the_door_costs_no_library():
    code = "import sys, syndicate.net.http; print([m for m in ('requests', 'urllib3', 'oauthlib') if m in sys.modules])"
    assert processes.run([sys.executable, "-c", code]).stdout == "[]\n"


def test_gzip_is_unpacked(serve, door):
    server = serve(answer(200, gzip.compress(b"story " * 1000), Content_Encoding="gzip"))
    assert door().call("GET", server.url).body == b"story " * 1000


# --- nothing was sent


def test_a_refused_connection_is_unavailable(door, closed_port):
    with pytest.raises(Unavailable) as fault:
        door().call("POST", f"http://127.0.0.1:{closed_port}/x")
    assert str(fault.value) == f"127.0.0.1:{closed_port} cannot be reached: connection refused"
    assert not fault.value.unresolved


def test_an_unknown_name_is_unavailable(door):
    with pytest.raises(Unavailable, match=r"cannot be reached: its name cannot be resolved$") as fault:
        door().call("POST", f"http://{'x' * 64}.example/")
    assert fault.value.unresolved


def test_a_connection_that_does_not_come_about_is_unavailable(door):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        clients = [socket.socket() for _ in range(4)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        with pytest.raises(Unavailable, match=r"no answer in time$"):
            door(timeout=0.3).call("POST", f"http://127.0.0.1:{full.getsockname()[1]}/")
        for client in clients:
            client.close()


def test_no_tls_is_unavailable(serve, door):
    server = serve()
    server.talk = lambda line: line.sendall(b"not TLS at all") or line.close()
    with pytest.raises(Unavailable, match="cannot be reached: TLS: "):
        door().call("POST", server.url.replace("http", "https"))
    assert not [request for request in server.requests if request.line.startswith("POST")]


@pytest.mark.parametrize(
    "url", ["nonsense", "ftp://a.example/", "http://", "http://[::1/", "http://a:99999/", "file:///x", ""]
)
def test_what_is_no_address_is_unavailable(door, url):
    with pytest.raises(Unavailable, match=r"is not an address|is neither") as fault:
        door().call("GET", url)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize("token", ["abcdefgh\n", "abc\r\nX-Evil: 1", "tok’en-tok’en"])
def test_a_token_no_header_can_carry_needs_a_person(serve, door, token):
    server = serve(answer())
    with pytest.raises(AuthError, match="holds a character no header may have") as fault:
        door(secrets=[token]).call("POST", server.url, headers={"Authorization": f"Bearer {token}"})
    assert token not in told(fault.value)
    assert token.strip() not in told(fault.value)
    assert not server.requests


# --- it may have been sent


LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize(
    ("act", "words"),
    [
        (hang_up, "closed the connection without an answer"),
        (reset, "cut the connection"),
        (after(LENGTH), "broke off in the middle of its answer"),
        (after(CHUNKED), "broke off in the middle of its answer"),
        (after(LENGTH, reset), "cut the connection|broke off in the middle"),
        (after(b"HTTP/1.1 200 OK\r\nContent-"), "broke off in the middle of its answer"),
        (after(b"SSH-2.0-OpenSSH\r\n"), "sent something that is not HTTP"),
        (answer(200, b"no gzip", Content_Encoding="gzip"), "cannot be unpacked"),
        (answer(200, b"x" * 3000), "sent more than 2000 bytes"),
    ],
)
def test_an_answer_that_is_not_whole_is_uncertain_and_asked_for_once(serve, door, method, act, words):
    server = serve(act)
    with pytest.raises(Uncertain, match=rf"^127\.0\.0\.1:{server.port} .*({words})"):
        door(max_body=2000).call(method, server.url, json={})
    assert len(server.requests) == 1


def test_no_answer_in_time_is_uncertain(serve, door):
    server = serve(lambda line: server.over.wait(PATIENCE) and None)
    with pytest.raises(Uncertain, match=r"did not answer within 0\.3 s$"):
        door(timeout=0.3).call("POST", server.url)


@pytest.mark.parametrize(
    "start",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 O", CHUNKED],
    ids=["body", "headers", "status", "chunked"],
)
def test_a_drip_stops_at_the_deadline(serve, door, start):
    over = threading.Event()
    server = serve(drip(start, over))
    http = door(timeout=0.4)
    try:
        with pytest.raises(Uncertain, match=r"did not answer within|middle of its answer|not HTTP"):
            http.call("GET", server.url)
        assert not over.is_set()
    finally:
        over.set()


def test_the_deadline_of_one_call_does_not_shorten_the_next(serve, door):
    server = serve(after(answer(), lambda _line: server.over.wait(3.5) or True), answer())
    http = door(timeout=3.0)
    http.call("POST", server.url)
    http._timeout = PATIENCE
    assert http.call("POST", server.url, data=bytes(30_000_000)).status == 200
    assert server.connections == 1


def test_the_time_to_connect_does_not_bound_an_upload(serve, door, monkeypatch):
    monkeypatch.setattr("syndicate.net.connections.CONNECT", 0.3)
    server = serve(answer())
    talk = server.talk
    server.talk = lambda line: server.over.wait(0.5) or talk(line)
    assert door().call("POST", server.url, data=bytes(30_000_000)).status == 200


def test_a_bomb_is_cut_where_the_limit_is(serve, door):
    bomb = gzip.compress(bytes(100_000_000), compresslevel=1)
    server = serve(answer(200, bomb, Content_Encoding="gzip"))
    http = door(max_body=1_000_000)
    http.call("GET", serve(answer()).url)  # libraries are loaded before anything is measured
    tracemalloc.start()
    try:
        with pytest.raises(Uncertain, match="sent more than 1000000 bytes"):
            http.call("GET", server.url)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_body_just_at_the_limit_is_whole(serve, door):
    server = serve(answer(200, b"x" * 2000))
    assert len(door(max_body=2000).call("GET", server.url).body) == 2000


def stale(line):
    """Takes the request and closes: what a server does whose patience with an idle connection ended just then."""


def test_a_write_on_a_connection_closed_meanwhile_is_not_sent_again(serve, door):
    server = serve(answer(), stale, answer())
    http = door()
    http.call("POST", server.url)
    with pytest.raises(Uncertain, match="closed the connection without an answer"):
        http.call("POST", server.url)
    assert len(server.requests) == 2


def test_a_read_on_a_connection_closed_meanwhile_goes_out_once_more(serve, door):
    server = serve(answer(), stale, answer(200, b"fresh"))
    http = door()
    http.call("POST", server.url)
    assert http.call("GET", server.url).body == b"fresh"
    assert (len(server.requests), server.connections) == (3, 2)


def test_a_read_goes_out_twice_at_most(serve, door):
    server = serve(answer(), stale)
    http = door()
    http.call("POST", server.url)
    with pytest.raises(Uncertain):
        http.call("GET", server.url)
    assert len(server.requests) == 3


def test_a_connection_seen_closed_is_replaced_before_a_write(serve, door):
    closed = threading.Event()
    server = serve(after(answer(), lambda line: line.shutdown(socket.SHUT_RDWR) or closed.set()), answer())
    http = door()
    http.call("POST", server.url)
    assert closed.wait(PATIENCE)
    assert http.call("POST", server.url).status == 200
    assert (len(server.requests), server.connections) == (2, 2)


def test_a_connection_long_idle_is_replaced(serve, door, monkeypatch):
    server = serve(answer())
    http = door()
    http.call("POST", server.url)
    monkeypatch.setattr("syndicate.net.connections.IDLE", 0.0)
    http.call("POST", server.url)
    assert (len(server.requests), server.connections) == (2, 2)


def test_an_upload_nobody_takes_stops_at_the_deadline(serve, door):
    server = serve()
    server.talk = lambda line: server.over.wait(PATIENCE) and line.close()
    with pytest.raises(Uncertain, match=r"did not answer within 0\.3 s$"):
        door(timeout=0.3).call("POST", server.url, data=bytes(30_000_000))


# --- redirects


def moved(to, status=302):
    return answer(status, b"", Location=to)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_read_follows(serve, door, status):
    server = serve(moved("/b?x=é", status), answer(200, b"there"))
    reply = door().call("GET", f"{server.url}/a", headers={"Authorization": "Bearer abcdefgh"})
    assert (reply.body, reply.url) == (b"there", f"{server.url}/b?x=%C3%A9")
    assert server.requests[1].headers["authorization"] == "Bearer abcdefgh"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_write_does_not_follow(serve, door, method):
    server = serve(moved("/b", 307))
    assert door().call(method, server.url).status == 307
    assert len(server.requests) == 1


def test_five_redirects_are_followed_and_six_are_not(serve, door):
    server = serve(*[moved("/x")] * 5, answer(200, b"end"), moved("/x"))
    http = door()
    assert http.call("GET", server.url).body == b"end"
    with pytest.raises(Unavailable, match="redirects more than 5 times"):
        http.call("GET", server.url)
    assert len(server.requests) == 12


def test_secrets_stay_with_their_origin(serve, door):
    other = serve(answer(200, b"other"))
    server = serve(moved(f"{other.url}/b"))
    headers = {"Authorization": "Bearer abcdefgh", "X-Api-Key": "k", "Cookie": "c=1", "If-None-Match": '"e"'}
    assert door().call("GET", server.url, params={"access_token": SECRET}, headers=headers, auth=KEYS).body == b"other"
    got = other.requests[0]
    assert not {"authorization", "x-api-key", "cookie"} & set(got.headers)
    assert got.headers["if-none-match"] == '"e"'
    assert got.line == "GET /b HTTP/1.1"


def test_an_address_with_a_secret_is_not_followed_elsewhere(serve, door):
    other = serve(answer())
    server = serve(moved(f"{other.url}/b?token={TOKEN}"))
    with pytest.raises(Unavailable, match="redirects elsewhere with a secret") as fault:
        door(secrets=[TOKEN]).call("GET", server.url)
    assert not other.requests
    assert TOKEN not in told(fault.value)


@pytest.mark.parametrize("to", ["ftp://a.example/", "mailto:a@b.example", "http://[x/", "http://a:99999/"])
def test_a_redirect_to_no_address_is_unavailable(serve, door, to):
    with pytest.raises(Unavailable, match=r"address|neither"):
        door().call("GET", serve(moved(to)).url)


# --- the guard at the door


def test_a_private_address_is_not_called(serve, door):
    server = serve(answer())
    with pytest.raises(Unavailable, match=r"leads to a private address \(127\.0\.0\.1\)") as fault:
        door(guard=Guard()).call("GET", server.url)
    assert fault.value.hint == HINT
    assert server.connections == 0


def test_a_name_is_judged_by_what_it_resolves_to(serve, door):
    server = serve(answer())
    name = socket.gethostname() if "127." in _resolved(socket.gethostname()) else "localhost.localdomain"
    with pytest.raises(Unavailable):
        door(guard=Guard()).call("GET", f"http://{name}:{server.port}/")
    assert server.connections == 0


def _resolved(name):
    try:
        return socket.gethostbyname(name)
    except OSError:
        return ""


@pytest.mark.parametrize("allow", ["127.0.0.0/8", "127.0.0.1"])
def test_what_is_allowed_is_called(serve, door, allow):
    assert door(guard=Guard([allow])).call("GET", serve(answer()).url).status == 200


def test_an_origin_is_trusted_and_its_neighbour_is_not(serve, door):
    ours, other = serve(answer()), serve(answer())
    http = door(guard=Guard(origins=[f"{ours.url}/feed.xml"]))
    assert http.call("GET", f"{ours.url}/photo.jpg").status == 200
    with pytest.raises(Unavailable, match="private address"):
        http.call("GET", other.url)


def test_trust_is_for_one_call_and_not_for_the_next_on_the_same_connection(serve, door):
    ours = serve(answer())
    place = f"http://cms.example:{ours.port}/"
    http = door(guard=Guard(), machine=Machine(resolver=lambda _, port: resolve("127.0.0.1", port)))
    mine = http.trusting(frozenset([origin_of(place)]))
    for _ in range(2):
        assert mine.call("GET", place).status == 200
    assert ours.connections == 1
    for other in (http, http.trusting(frozenset([("http", "cms.example", ours.port + 1)]))):
        with pytest.raises(Unavailable, match="private address"):
            other.call("GET", place)
    assert mine.call("GET", place).status == 200
    assert (len(ours.requests), ours.connections) == (3, 2)


def test_a_public_connection_serves_every_call(serve, door):
    ours = serve(answer())
    http = door(guard=Guard(["127.0.0.1"]))
    http.trusting(frozenset([origin_of(ours.url)])).call("GET", ours.url)
    http.call("GET", ours.url)
    assert ours.connections == 1


def test_no_hop_leads_where_its_call_may_not(serve, door):
    inner = serve(answer())
    ours = serve(moved(inner.url))
    http = door(guard=Guard())
    with pytest.raises(Unavailable, match="private address"):
        http.trusting(frozenset([origin_of(ours.url)])).call("GET", ours.url)
    assert (len(ours.requests), inner.connections) == (1, 0)
    both = http.trusting(frozenset([origin_of(ours.url), origin_of(inner.url)]))
    assert both.call("GET", ours.url).status == 200


def test_each_hop_is_judged(serve, door):
    inner = serve(answer())
    ours = serve(moved(inner.url))
    with pytest.raises(Unavailable, match="private address"):
        door(guard=Guard(origins=[ours.url])).call("GET", ours.url)
    assert (len(ours.requests), inner.connections) == (1, 0)


HOSTILE = [
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0.0.1:{port}/",
    "http://017700000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://127.0.0.2:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://localhost:{port}/",
    "http://localhost.:{port}/",
    "http://LOCALHOST:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://gazette.example@127.0.0.1:{port}/",
    "http://gazette.example:80@127.0.0.1:{port}/",
    "http://gazette.example#@127.0.0.1:{port}/",
    "http://gazette.example\\@127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/",
    "http://127.0.0.1%09:{port}/",
    "http://127。0。0。1:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://１２７.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/",
    "data:text/plain,a",
]


@pytest.mark.parametrize("there", HOSTILE)
@pytest.mark.parametrize("way", ["redirect", "typed"])
def test_no_disguise_reaches_the_inside(serve, door, there, way):
    inner = serve(answer())
    there = there.format(port=inner.port)
    outer = serve(f"HTTP/1.1 302 Found\r\nLocation: {there}\r\nContent-Length: 0\r\n\r\n".encode())
    http = door(guard=Guard(origins=[outer.url]), timeout=2.0, machine=Machine(resolver=nowhere))
    with pytest.raises((Unavailable, Uncertain)):
        http.call("GET", outer.url if way == "redirect" else there)
    assert inner.connections == 0


def nowhere(host, port):
    """As the system resolves, but names of the outside lead nowhere."""
    if "gazette.example" in host:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")
    return resolve(host, port)


def entries(*hosts):
    kinds = {True: socket.AF_INET6, False: socket.AF_INET}
    return lambda _host, port: [(kinds[":" in host], socket.SOCK_STREAM, 6, "", (host, port)) for host in hosts]


def test_one_private_address_among_public_ones_refuses_the_host(serve, door):
    inner = serve(answer())
    http = door(guard=Guard(), machine=Machine(resolver=entries("8.8.8.8", "127.0.0.1", "2606:4700::1111")))
    with pytest.raises(Unavailable, match=r"leads to a private address \(127\.0\.0\.1\)"):
        http.call("GET", f"http://gazette.example:{inner.port}/")
    assert inner.connections == 0


def test_a_name_that_changes_its_address_is_judged_at_each_connection(serve, door):
    inner = serve(after(answer(200, b"{}", Connection="close")))
    said = iter(["127.0.0.1", "127.0.0.2"])
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return entries(next(said))(host, port)

    http = door(guard=Guard(["127.0.0.1"]), machine=Machine(resolver=rebinding))
    assert http.call("GET", f"http://rebind.example:{inner.port}/").status == 200
    assert asked == ["rebind.example"], "judged and dialled are one look-up"
    with pytest.raises(Unavailable, match=r"rebind\.example leads to a private address \(127\.0\.0\.2\)"):
        http.call("GET", f"http://rebind.example:{inner.port}/")
    assert (asked, inner.connections) == (["rebind.example"] * 2, 1)


def test_hops_share_the_time_of_one_call(serve, door):
    slow = serve(lambda line: server_waits(line, slow))
    with pytest.raises(Uncertain, match=r"did not answer within 0\.5 s"):
        door(timeout=0.5).call("GET", slow.url)
    assert len(slow.requests) <= 3


def server_waits(line, server):
    """Redirects to itself, after a while."""
    server.over.wait(0.25)
    line.sendall(moved(f"{server.url}/again"))
    return True


@pytest.mark.parametrize(
    ("kind", "bomb"),
    [
        ("deflate", lambda: zlib.compress(bytes(100_000_000), 1)),
        ("gzip", lambda: gzip.compress(bytes(1_000_000)) * 100),
    ],
    ids=["deflate", "members"],
)
def test_a_bomb_of_any_make_is_cut_where_the_limit_is(serve, door, kind, bomb):
    import tracemalloc

    server = serve(answer(200, bomb(), Content_Encoding=kind))
    http = door(max_body=1_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(Uncertain, match=r"sent more than 1000000 bytes|cannot be unpacked"):
            http.call("GET", server.url)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["gzip, gzip", "GZIP,deflate", "identity, gzip, br", "gzip\r\nContent-Encoding: gzip"])
@pytest.mark.parametrize("status", [200, 404])
def test_an_answer_that_is_packed_twice_is_refused_unopened(serve, door, kind, status):
    """Each layer holds a thousand times as much as it has bytes, so that two would take minutes to count."""
    server = serve(answer(status, gzip.compress(gzip.compress(b"story")), Content_Encoding=kind))
    with pytest.raises(Uncertain, match=r"^127\.0\.0\.1:\d+ packed its answer more than once$") as caught:
        door().call("GET", server.url)
    assert caught.value.status == status
    assert (len(server.requests), server.connections) == (1, 1)


@pytest.mark.parametrize("kind", ["gzip", "identity", "Identity, ", "identity, identity"])
def test_a_coding_that_is_none_does_not_count(serve, door, kind):
    body = b"story" if "gzip" not in kind else gzip.compress(b"story")
    assert door().call("GET", serve(answer(200, body, Content_Encoding=kind)).url).status == 200


# --- TLS and proxy


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate for localhost that signs itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return path


def over_tls(server, authority, names):
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    context.sni_callback = lambda _line, name, _context: names.append(name)
    talk = server.talk

    def wrapped(line):
        try:
            line = context.wrap_socket(line, server_side=True)
        except OSError:
            line.close()
            return
        talk(line)

    server.talk = wrapped
    return f"https://localhost:{server.port}"


def test_the_guard_leaves_tls_as_it_is(serve, door, authority):
    names = []
    server = serve(answer(200, b"sealed"))
    url = over_tls(server, authority, names)
    http = door(guard=Guard(origins=[url]), machine=Machine(ca_file=str(authority)))
    assert [http.call("GET", url).body for _ in range(2)] == [b"sealed"] * 2
    assert (names, server.requests[0].headers["host"]) == (["localhost"], f"localhost:{server.port}")


def test_a_certificate_nobody_vouches_for_is_unavailable(serve, door, authority):
    server = serve(answer())
    url = over_tls(server, authority, [])
    with pytest.raises(Unavailable, match=rf"^localhost:{server.port} cannot be reached: TLS: self.signed certificate"):
        door().call("POST", url)
    assert not server.requests


def test_a_drip_over_tls_stops_too(serve, door, authority):
    over = threading.Event()
    server = serve(drip(b"HTTP/1.1 200 OK\r\nX-Long: ", over))
    url = over_tls(server, authority, [])
    try:
        with pytest.raises(Uncertain):
            door(timeout=2.0, machine=Machine(ca_file=str(authority))).call("POST", url)
        assert not over.is_set()
    finally:
        over.set()


def test_a_proxy_is_used_and_its_password_is_a_secret(serve, door):
    proxy = serve(answer(200, b"by proxy"), answer(407, b"who is pass-word?"))
    http = door(proxy=f"http://user:pass-word@127.0.0.1:{proxy.port}", guard=Guard())
    assert http.call("GET", "http://gazette.example/a").body == b"by proxy"
    assert proxy.requests[0].line == "GET http://gazette.example/a HTTP/1.1"
    assert proxy.requests[0].headers["proxy-authorization"].startswith("Basic ")
    assert http.call("GET", "http://gazette.example/a").body == b"who is ***?"
    with pytest.raises(Unavailable, match="private address"):
        http.call("GET", "http://127.0.0.1/")


def test_a_proxy_that_refuses_a_tunnel_is_unavailable(serve, door):
    proxy = serve(answer(403))
    with pytest.raises(Unavailable, match=rf"^gazette\.example behind the proxy 127\.0\.0\.1:{proxy.port} cannot be"):
        door(proxy=proxy.url).call("POST", "https://gazette.example/")


def test_a_proxy_that_is_away_is_named(door, closed_port):
    with pytest.raises(
        Unavailable, match=rf"the proxy 127\.0\.0\.1:{closed_port} cannot be reached: connection refused"
    ):
        door(proxy=f"http://127.0.0.1:{closed_port}").call("GET", "http://gazette.example/")


@pytest.mark.parametrize("proxy", ["socks5://a:1", "gazette.example:3128", "http://", "http://[::1", "http://a:b:c/"])
def test_a_proxy_we_cannot_use_is_a_config_error(proxy):
    with pytest.raises(ConfigError, match=r"^network\.proxy: "):
        RequestsHttp(clock=lambda: NOW, proxy=proxy)


# --- secrets


@pytest.mark.parametrize(
    "act", [hang_up, reset, after(LENGTH), b"HTTP/1.1 nonsense\r\n\r\n", moved("http://[S3cr3t"), moved("ftp://x/")]
)
@pytest.mark.parametrize("form", [SECRET, "S3cr3t%2Fto%2Bken%3D%3D", "S3cr3t%2fto%2bken%3d%3d"])
def test_no_failure_tells_a_secret(serve, door, act, form):
    server = serve(act)
    with pytest.raises((Uncertain, Unavailable)) as fault:
        door(secrets=[SECRET]).call("GET", f"{server.url}/bot{form}/send", params={"t": SECRET}, json={"k": SECRET})
    assert SECRET not in told(fault.value)
    assert form not in told(fault.value)


def test_a_refused_connection_tells_no_secret(door, closed_port):
    with pytest.raises(Unavailable) as fault:
        door(secrets=[SECRET]).call("POST", f"http://u:{SECRET[:6]}@127.0.0.1:{closed_port}/bot{SECRET}/x")
    assert SECRET[:6] not in told(fault.value)
    assert fault.value.__cause__ is not None


def test_a_bad_address_tells_no_secret(door):
    with pytest.raises(Unavailable) as fault:
        door(secrets=[SECRET]).call("GET", f"http//a.example/bot{SECRET}/x")
    assert SECRET not in told(fault.value)
    assert "***" in str(fault.value)


def test_a_reply_tells_no_secret_where_it_could_be_printed(serve, door):
    server = serve(answer(401, f'{{"error": "token {SECRET} is bad"}}'.encode()))
    reply = door(secrets=[SECRET]).call("GET", f"{server.url}/bot{SECRET}/x")
    assert reply.url == f"{server.url}/bot***/x"
    assert str(failure(reply, "telegram")) == "telegram: HTTP 401: token *** is bad"


def test_a_body_that_was_asked_for_is_left_alone(serve, door):
    server = serve(answer(200, SECRET.encode()))
    assert door(secrets=[SECRET]).call("GET", server.url).body == SECRET.encode()


@pytest.mark.parametrize(
    "carried",
    [
        {"headers": {"Authorization": "Bearer fresh-session"}},
        {"params": {"access_token": "fresh-session"}},
        {"data": {"refresh_token": "fresh-session"}},
        {"auth": OAuth1("a", "b", "c", "fresh-session")},
    ],
    ids=["header", "query", "form", "signature"],
)
def test_a_token_that_came_later_is_a_secret_as_well(serve, door, carried):
    server = serve(answer(400, b"fresh-session is no good"))
    assert door().call("POST", server.url, **carried).body == b"*** is no good"


def test_the_libraries_log_no_address(serve, door, caplog):
    caplog.set_level("DEBUG")
    server = serve(after(b"HTTP/1.1 200 OK\r\nthis is no header\r\n\r\n"))
    door(secrets=[SECRET]).call("GET", f"{server.url}/{SECRET}", auth=KEYS)
    assert not caplog.records


def test_a_login_in_an_address_is_sent_and_not_shown(serve, door):
    server = serve(answer())
    reply = door().call("GET", server.url.replace("//", "//me:pw@") + "/feed")
    assert server.requests[0].headers["authorization"] == "Basic bWU6cHc="
    assert reply.url == f"{server.url}/feed"


# --- OAuth 1.0a


def signed(request, url, *, form=False):
    """Whether a server with the same secrets comes to the same signature, and what else was said."""
    from urllib.parse import parse_qsl, unquote, urlsplit

    from oauthlib.oauth1.rfc5849 import signature, utils

    oauth = {name: unquote(value) for name, value in utils.parse_authorization_header(request.headers["authorization"])}
    given = oauth.pop("oauth_signature")
    pairs = [*oauth.items(), *parse_qsl(urlsplit(url).query), *(parse_qsl(request.body.decode()) if form else [])]
    base = signature.signature_base_string(
        request.line.split()[0], signature.base_string_uri(url), signature.normalize_parameters(pairs)
    )
    return given == signature.sign_hmac_sha1_with_client(base, _Client), oauth


class _Client:
    client_secret = KEYS.consumer_secret
    resource_owner_secret = KEYS.token_secret


@pytest.mark.parametrize(
    ("method", "parts", "form"),
    [
        ("POST", {"json": {"text": "a & b = c"}}, False),
        ("POST", {"data": {"media": "a b", "x": "é"}}, True),
        ("POST", {"files": {"media": ("a.png", b"\x89\xff", "image/png")}, "data": {"x": "1"}}, False),
        ("GET", {"params": {"max results": "5 %", "a": "1"}}, False),
        ("DELETE", {}, False),
    ],
    ids=["json", "form", "multipart", "query", "bare"],
)
def test_a_signature_is_the_one_a_server_computes(serve, door, method, parts, form):
    server = serve(answer())
    reply = door().call(method, f"{server.url}/2/tweets", auth=KEYS, **parts)
    right, oauth = signed(server.requests[0], reply.url, form=form)
    assert right
    assert (oauth["oauth_signature_method"], oauth["oauth_timestamp"]) == ("HMAC-SHA1", str(int(NOW.timestamp())))
    assert "oauth_body_hash" not in oauth


def test_the_end_of_a_posts_address_is_no_secret(serve, door):
    server = serve(answer(body=b'{"uri": "at://did:plc:a/app.bsky.feed.post/3n3jon5ok4feh"}'))
    own = door()
    uri = own.call("GET", server.url, params={"rkey": "3n3jon5ok4feh", "api_key": "abcdefgh12"}).json()["uri"]
    assert AnswerCleaner([], own).cleaned(Receipt(uri, None)).id == uri
    assert own.learned == {"abcdefgh12"}
