"""A feed and a Mastodon server on loopback, in a process of their own: `python loopback.py`; the address is printed.

As cheap as a server in Python can be, so that what is measured is the program that asks. `PUT /stories/N` publishes,
`GET /asked` lists the requests since the last time, `PUT /lose/N` takes the next N posts and closes the connection
instead of an answer. A post with an Idempotency-Key that was there before is the same post, as on a real server.
A post takes `--write` seconds.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from datetime import UTC, datetime
from email.utils import format_datetime

ACCOUNT = {"id": "1", "acct": "desk", "username": "desk", "url": "https://social.example/@desk"}
INSTANCE = {"uri": "social.example", "domain": "social.example", "version": "4.5.0", "title": "Loopback"}
LIMITS = {"configuration": {"statuses": {"max_characters": 500, "max_media_attachments": 4}}}
ANSWERS = {
    "/api/v1/accounts/verify_credentials": json.dumps(ACCOUNT).encode(),
    "/api/v1/instance": json.dumps(INSTANCE | LIMITS).encode(),
    "/api/v2/instance": json.dumps(INSTANCE | LIMITS).encode(),
    "/api/v1/accounts/": b"[]",
}


class Loopback:
    """What the feed holds and what was asked and posted."""

    def __init__(self, write: float = 0.0) -> None:
        self.write = write
        self.stories = 0
        self.feed = b""
        self.asked: list[str] = []
        self.posts = 0
        self.lose = 0
        self.keys: dict[str, int] = {}
        self.guard = threading.Lock()

    def answer(self, method: str, path: str, key: str) -> tuple[int, bytes, str] | None:
        """Status, body and type of the answer to a request; None if it gets none."""
        if method == "PUT" or path in ("/asked", "/posted"):
            return 200, json.dumps(self.told(path)).encode(), "application/json"
        self.asked.append(f"{method} {path}")
        if path == "/feed.xml":
            return 200, self.feed, "application/rss+xml"
        if method == "POST" and path == "/api/v1/statuses":
            time.sleep(self.write)
            return self.post(key)
        found = next((each for start, each in ANSWERS.items() if path.startswith(start)), None)
        return (200, found, "application/json") if found else (404, b'{"error":"Record not found"}', "application/json")

    def told(self, path: str) -> object:
        """What whoever measures tells or asks."""
        what, _, number = path[1:].partition("/")
        if what == "stories":
            self.stories = int(number)
            self.feed = rss(self.stories, datetime.now(UTC))
        elif what == "lose":
            self.lose = int(number)
        elif what == "posted":
            return self.posts
        else:
            asked, self.asked = self.asked, []
            return asked
        return {}

    def post(self, key: str) -> tuple[int, bytes, str] | None:
        """A post, or the one that came with this key before."""
        with self.guard:
            number = self.keys.get(key, self.posts + 1)
            self.posts = max(self.posts, number)
            if key:
                self.keys[key] = number
            if self.lose:
                self.lose -= 1
                return None
        return 200, json.dumps(status(number)).encode(), "application/json"

    def serve(self, line: socket.socket) -> None:
        """Answer the requests of one connection."""
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        left = b""
        with line:
            while True:
                while b"\r\n\r\n" not in left:
                    more = line.recv(65_536)
                    if not more:
                        return
                    left += more
                head, _, left = left.partition(b"\r\n\r\n")
                first, *fields = head.decode("latin-1").split("\r\n")
                length = next((int(each[15:]) for each in fields if each.lower().startswith("content-length:")), 0)
                key = next((each[16:].strip() for each in fields if each.lower().startswith("idempotency-key:")), "")
                while len(left) < length:
                    left += line.recv(65_536)
                left = left[length:]
                method, path, _ = first.split(" ")
                found = self.answer(method, path, key)
                if found is None:
                    return
                code, body, kind = found
                told = f"HTTP/1.1 {code} Told\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
                line.sendall(told.encode() + body)


def status(number: int) -> dict[str, object]:
    """A status as the server returns it."""
    at = "2026-01-01T12:00:00.000Z"
    return {
        "id": str(number),
        "created_at": at,
        "content": "<p>…</p>",
        "visibility": "public",
        "uri": f"https://social.example/users/desk/statuses/{number}",
        "url": f"https://social.example/@desk/{number}",
        "account": ACCOUNT,
        "media_attachments": [],
        "tags": [],
    }


def rss(stories: int, now: datetime) -> bytes:
    """A feed of so many stories, the newest on top, all published at this second."""
    items = "".join(
        f"<item><title>Story {number}: the harbour opens again</title><link>https://gazette.example/{number}</link>"
        f"<guid>https://gazette.example/{number}</guid>"
        f"<pubDate>{format_datetime(now)}</pubDate>"
        f"<category>News</category><description>What happened in story {number}, in one line.</description></item>"
        for number in range(stories, 0, -1)
    )
    head = "<title>Gazette</title><link>https://gazette.example/</link><description>News</description>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def main() -> int:
    """Serve until standard input ends."""
    loopback = Loopback(float(sys.argv[2]) if sys.argv[1:2] == ["--write"] else 0.0)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        print(f"http://127.0.0.1:{server.getsockname()[1]}", flush=True)

        def accept() -> None:
            while True:
                line, _ = server.accept()
                threading.Thread(target=loopback.serve, args=(line,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
