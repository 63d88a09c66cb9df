"""Slow clients: the head of a request is there within seconds, and /healthz answers whoever else hangs."""

import contextlib
import socket
import time
from urllib.request import urlopen

import pytest

from syndicate.model import Secret
from syndicate.web import server
from syndicate.web.doorstep import HEAD_BYTES, HELD, Doorstep
from syndicate.web.hooks import Hooks
from syndicate.web.server import HEAD_SECONDS, HEALTH_WORKERS, WAITING, WORKERS, Listener
from tests.waiting import PATIENCE, wait_for

BEGUN = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
BODY = b"POST /hooks/ghost HTTP/1.1\r\nContent-Length: 1000\r\n\r\n{"
UNREAD = b"GET /healthz HTTP/1.1\r\nContent-Length: 9\r\n\r\n"
ENDED = b"GET /healthz HTTP/1.1\r\n\r\n"


@pytest.fixture
def listener(ledger, tmp_path):
    from syndicate.config.schema import Config, Listen
    from syndicate.model import Site

    token = Secret("a-token-of-16-letters")
    config = Config(tmp_path / "c.yaml", Site("G", "https://gazette.example/"), listen=Listen("127.0.0.1:0", token))
    hooks = Hooks(config, ledger, lambda *_, **__: None)
    made = Listener(("127.0.0.1", 0), token, lambda: None, lambda: b"", hooks)
    yield made
    made.close()


@pytest.fixture
def clients():
    """`clients(port, said)` connects, and says that much."""
    with contextlib.ExitStack() as opened:

        def connect(port, said=b"", patience=PATIENCE):
            made = opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=patience))
            made.sendall(said)
            return made

        yield connect


def health(port):
    with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE) as reply:
        return reply.status


def hung_up(client):
    """Everything a client is told until the connection is closed."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while more := client.recv(65_536):
            said += more
    return said


@pytest.mark.parametrize("said", [b"", b"G", BEGUN, BODY, UNREAD, b"POST" + UNREAD[3:]])
def test_health_answers_while_others_hang(listener, clients, said):
    """None of these clients is done before a request's time is up, and there are more than may wait."""
    slow = [clients(listener.port, said) for _ in range(HELD + WORKERS + WAITING)]
    assert health(listener.port) == 200
    assert len(slow) > 300


def test_a_client_that_hangs_is_let_go_by_the_whole_time_and_not_by_the_byte(clients):
    handed = []
    door = Doorstep(("127.0.0.1", 0), 1.0, lambda *turn: handed.append(turn))
    begun = time.monotonic()
    silent, drip = clients(door.port, BEGUN), clients(door.port, BEGUN)
    sent = 0
    with contextlib.suppress(OSError):
        while not _answered(drip) and sent < 500:  # always a byte within the time
            sent += drip.send(b"X")
    assert sent < 500
    assert hung_up(silent).startswith(b"HTTP/1.0 408 ")
    hung_up(drip)
    assert time.monotonic() - begun >= 1.0
    assert handed == []
    door.close()


def _answered(client):
    client.settimeout(0.02)
    try:
        return bool(client.recv(1, socket.MSG_PEEK))
    except TimeoutError:
        return False
    finally:
        client.settimeout(PATIENCE)


def test_headers_have_three_seconds_and_never_more_than_a_request_has(monkeypatch):
    given = []

    class Told(Doorstep):
        def __init__(self, address, seconds, hand_on):
            given.append(seconds)
            super().__init__(address, seconds, hand_on)

    monkeypatch.setattr(server, "Doorstep", Told)
    for patience in (10.0, 1.0):
        Listener(("127.0.0.1", 0), None, lambda: None, lambda: b"", patience=patience).close()
    assert given == [HEAD_SECONDS, 1.0] == [3.0, 1.0]


@pytest.mark.parametrize(
    "pieces", [[ENDED], [ENDED[:-1], b"\n"], [ENDED[:-3], b"\n\r\n"], [b"GET /healthz HTTP/1.1\n", b"\n"]]
)
def test_a_head_may_come_in_pieces(listener, clients, pieces):
    client = clients(listener.port)
    for piece in pieces:
        client.sendall(piece)
        time.sleep(0.01)
    assert hung_up(client).startswith(b"HTTP/1.0 200 ")


def test_what_came_with_the_head_is_the_bodys_begin(listener, clients):
    client = clients(listener.port, b"POST /hooks/ghost HTTP/1.1\r\nContent-Length: 4\r\n\r\n{")
    client.sendall(b"}{}")
    assert hung_up(client).startswith(b"HTTP/1.0 401 ")


@pytest.mark.parametrize("said", [b"A" * (HEAD_BYTES + 1), BEGUN + b"A: b\r\n" * (HEAD_BYTES // 6)])
def test_a_head_that_does_not_end_is_refused(listener, clients, said):
    assert hung_up(clients(listener.port, said)).startswith(b"HTTP/1.0 431 ")
    assert health(listener.port) == 200


def test_where_too_many_wait_the_first_gives_way(clients):
    door = Doorstep(("127.0.0.1", 0), 600.0, lambda *_: None)
    waiting = [clients(door.port, BEGUN) for _ in range(HELD)]
    last = clients(door.port, BEGUN)
    assert hung_up(waiting[0]) == b""
    for client in (waiting[1], last):
        assert not _answered(client)
    door.close()
    assert hung_up(last) == b""


def test_a_body_that_nobody_reads_holds_no_worker(listener, clients):
    """The answer arrives, though the rest of the body is not waited for."""
    said = b"POST /healthz HTTP/1.1\r\nContent-Length: 100000\r\n\r\n"
    asked = [clients(listener.port, said) for _ in range(3 * HEALTH_WORKERS)]
    for client in asked:
        assert client.recv(13) == b"HTTP/1.0 405 "
    assert health(listener.port) == 200


def test_a_stranger_does_not_get_as_far_as_a_body(listener, clients):
    strangers = [
        clients(listener.port, b"POST /hooks/publish HTTP/1.1\r\nContent-Length: 1000\r\n\r\n{")
        for _ in range(WORKERS + 1)
    ]
    for client in strangers:
        assert client.recv(13) == b"HTTP/1.0 401 "


def test_nothing_is_left_open_when_it_closes(listener, clients):
    client = clients(listener.port, BEGUN)
    assert wait_for(lambda: health(listener.port) == 200)
    listener.close()
    assert hung_up(client) == b""
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", listener.port), timeout=PATIENCE)


@pytest.mark.parametrize("address", ["127.0.0.1", "::"])
def test_every_interface_is_every_family(address):
    try:
        door = Doorstep((address, 0), 1.0, lambda *_: None)
    except OSError:
        pytest.skip("no IPv6 here")
    socket.create_connection(("127.0.0.1", door.port), timeout=PATIENCE).close()
    door.close()
