"""What `capacity_measure.py` measures with: a site, a wire that counts bytes, a PostgreSQL server, a handshake."""

from __future__ import annotations

import contextlib
import gzip
import os
import random
import socket
import ssl
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from parse import HEAD, ITEM

ENTRIES = 20
"""Stories in the feed, each with what WordPress writes."""
WORDS = 600
"""Of a story."""
PAGE = """<!doctype html><html lang="en"><head><title>Story {n}</title><meta property="og:title" content="Story {n}">
<meta property="og:type" content="article"><link rel="canonical" href="{url}"></head>
<body>{menu}{body}</body></html>"""
MENU = "".join(f'<li class="menu-item menu-item-{n}"><a href="/section/{n}">Section {n}</a></li>' for n in range(200))
SYLLABLES = [first + last for first in "bdfgklmnprstv" for last in ("a", "e", "i", "o", "u", "ai", "en", "or")]
BLOCK = 65_536
TICK = os.sysconf("SC_CLK_TCK")


class Paper:
    """Serves a feed of the newest ENTRIES stories, and the page of each, compressed; a story keeps its date.

    `stories`: how many there were. `url`: where others reach it, which its links lead to. `validated`: it has an ETag,
    and answers 304 to somebody who knows it.
    """

    def __init__(self) -> None:
        self.stories, self.validated, self.url = ENTRIES, True, ""
        self._items: dict[int, str] = {}
        self._made: tuple[int, bytes] = (0, b"")
        paper = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                tag = f'"{paper.stories}"'
                feed = self.path == "/feed"
                known = feed and paper.validated and self.headers.get("If-None-Match") == tag
                body = b"" if known else paper.body() if feed else paper.page(self.path)
                self.send_response(304 if known else 200)
                if feed and paper.validated:
                    self.send_header("ETag", tag)
                self.send_header("Content-Type", f"{'application/rss+xml' if feed else 'text/html'}; charset=UTF-8")
                self.send_header("Content-Encoding", "gzip")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.port: int = self._server.server_address[1]

    def body(self) -> bytes:
        """The feed as it is now."""
        stories = self.stories
        if self._made[0] != stories:
            numbers = range(stories, max(0, stories - ENTRIES), -1)
            text = HEAD + "".join(map(self._item, numbers)) + "</channel></rss>"
            self._made = (stories, gzip.compress(text.encode()))
        return self._made[1]

    def page(self, path: str) -> bytes:
        """The page of a story, with a menu and the whole text."""
        number = "".join(filter(str.isdigit, path.rpartition("/story-")[2])) or "0"
        url = f"{self.url}{path}"
        return gzip.compress(PAGE.format(n=number, url=url, menu=MENU, body=written(int(number))).encode())

    def _item(self, number: int) -> str:
        if number not in self._items:
            date = format_datetime(datetime.now(UTC) - timedelta(minutes=max(0, ENTRIES - number)))
            dated = ITEM.replace("Mon, 01 Sep 2025 10:00:00 +0000", date).replace("https://gazette.example", self.url)
            self._items[number] = dated.format(n=number, body=written(number))
        return self._items[number]

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


def written(number: int) -> str:
    """The text of a story: words that are the same each time, and do not repeat themselves as samples do."""
    source = random.Random(number)
    words = ["".join(source.choices(SYLLABLES, k=source.randint(1, 3))) for _ in range(WORDS)]
    return "".join(f"<p>{' '.join(words[start : start + 60])}.</p>" for start in range(0, WORDS, 60))


class Wire:
    """Leads to another port of this machine, and counts the bytes of both directions."""

    def __init__(self, port: int) -> None:
        self._to, self.bytes, self._guard = port, 0, threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def _accept(self) -> None:
        while True:
            try:
                one, _ = self._listening.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._join, args=(one,), daemon=True).start()

    def _join(self, one: socket.socket) -> None:
        with one, socket.create_connection(("127.0.0.1", self._to)) as other:
            for line in (one, other):
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = threading.Thread(target=self._carry, args=(other, one), daemon=True)
            back.start()
            self._carry(one, other)
            back.join()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):  # one of them has left
            while block := source.recv(BLOCK):
                with self._guard:
                    self.bytes += len(block)
                target.sendall(block)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listening.close()


def server() -> Any:
    """A PostgreSQL server of this machine that waits for its disk, as one in use does. None if none starts here."""
    from tests.worlds import postgres

    return None if postgres.missing() else postgres.Server(("max_connections=60", "shared_buffers=128MB"))


def spent(pid: int) -> float:
    """Seconds of processor time of a process, of its children, and of theirs that have ended."""
    found = 0.0
    for each in (pid, *_children(pid)):
        try:
            fields = Path(f"/proc/{each}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except OSError:  # it has ended: the next look counts it with its parent
            continue
        found += sum(map(int, fields[11 : 15 if each == pid else 13])) / TICK
    return found


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text(encoding="ascii").split()]


def handshake() -> int:
    """Bytes of both directions of a TLS handshake with two certificates, as most sites send: theirs and the signer."""
    signer, leaf = _Signed("An Authority of the Web R10"), _Signed("gazette.example")
    made = leaf.signed_by(signer) + signer.signed_by(signer)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "chain.pem")
        file.write_bytes(made + leaf.secret())
        theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        theirs.load_cert_chain(file)
        ours = ssl.create_default_context(cadata=signer.signed_by(signer).decode())
        up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = ours.wrap_bio(down, up, server_hostname="gazette.example")
        answering = theirs.wrap_bio(up, down, server_side=True)
        return _shaken(client, answering, up, down)


def _shaken(client: ssl.SSLObject, answering: ssl.SSLObject, up: ssl.MemoryBIO, down: ssl.MemoryBIO) -> int:
    counted, waiting = 0, [client, answering]
    while waiting:
        for side in list(waiting):
            written, before = (up, up.pending) if side is client else (down, down.pending)
            try:
                side.do_handshake()
                waiting.remove(side)
            except ssl.SSLWantReadError:
                pass
            counted += written.pending - before
    return counted


class _Signed:
    """A name with a key, and certificates for it."""

    def __init__(self, name: str) -> None:
        self.name, self._key = name, ec.generate_private_key(ec.SECP256R1())

    def secret(self) -> bytes:
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return self._key.private_bytes(*form)

    def signed_by(self, signer: _Signed) -> bytes:
        now, root = datetime.now(UTC), signer is self
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.name)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, signer.name)]))
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=90))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(self.name.replace(" ", "-"))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
            .sign(signer._key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)
