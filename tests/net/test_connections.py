"""How `requests` is loaded: without what it does not need, and without harm to whoever needs that. And how it sends."""

from __future__ import annotations

import socket
import sys
import threading
from datetime import UTC, datetime

import pytest

from syndicate.net.connections import AT_ONCE
from syndicate.net.http import RequestsHttp
from tests import processes

SCRIPT = """
import sys
from syndicate.net.connections import load_requests
load_requests()
load_requests()
import requests
from urllib3 import http2
print(sorted({"charset_normalizer", "chardet", "importlib.metadata"} & set(sys.modules)))
print(http2.version("requests") == requests.__version__)
import importlib.metadata
print(importlib.metadata.version("requests") == requests.__version__, len(importlib.metadata.entry_points()) > 0)
import charset_normalizer
print(str(charset_normalizer.from_bytes("Grüße aus Köln".encode()).best()))
answer = requests.Response()
answer._content = "Grüße".encode()
print(answer.text)
import http.cookiejar, re, urllib3
late = [name for name in vars(urllib3.util.url) if type(vars(urllib3.util.url)[name]).__name__ == "_Pattern"]
print(len(late) > 5, urllib3.util.url._IPV6_RE._made, isinstance(re.compile("a"), re.Pattern))
print(urllib3.util.parse_url("http://[2001:db8::1%25eth0]:8080/a b?c"))
print(http.cookiejar.http2time("Wed, 09 Feb 1994 22:23:32 GMT"))
"""


def test_what_requests_does_not_need_is_loaded_when_somebody_asks_for_it():
    command = [sys.executable, "-W", "error", "-X", "utf8", "-c", SCRIPT]
    done = processes.run(command, encoding="utf-8")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "[]",
        "True",
        "True True",
        "Grüße aus Köln",
        "Grüße",
        "True None True",
        "http://[2001:db8::1%eth0]:8080/a%20b?c",
        "760832612.0",
    ]


@pytest.mark.parametrize(("size", "pieces"), [(0, 1), (200, 1), (AT_ONCE, 2), (3 * AT_ONCE, 2)])
def test_a_small_request_leaves_in_one_piece_and_a_large_one_whole(size, pieces, monkeypatch):
    sent, got = [], []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def counted(self, data, *flags):
            if self.getpeername()[1] == port:
                sent.append(bytes(data))
            return super(socket.socket, self).sendall(data, *flags)

        monkeypatch.setattr(socket.socket, "sendall", counted, raising=False)
        thread = threading.Thread(target=_answer_once, args=(listener, size, got))
        thread.start()
        http = RequestsHttp(clock=lambda: datetime.now(UTC))
        reply = http.call("POST", f"http://127.0.0.1:{port}/", data=b"x" * size)
        thread.join()
        http.close()
    assert (reply.status, got, len(sent)) == (200, [b"x" * size], pieces)
    assert b"".join(sent).endswith(b"\r\n\r\n" + b"x" * size)


def _answer_once(listener, size, got):
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as read:
        while read.readline() != b"\r\n":
            pass
        got.append(read.read(size))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
