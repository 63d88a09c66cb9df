"""A feed and a Mastodon server on loopback, in a process of their own: `python loopback.py`; the address is printed.

As cheap as a server in Python can be, so that what is measured is the program that asks. A post with an Idempotency-Key
that was there before is the same post, as on a real server. A post takes `--write` seconds. Besides:

- `PUT /stories/N` publishes so many stories, `PUT /correct/0` gives the newest another headline;
- `PUT /lose/N` takes the next N posts and closes the connection instead of an answer, `PUT /refuse/N` answers the Nth
  post from now with 500, `PUT /delay/N` has each post take N milliseconds;
- `GET /asked` lists the requests since the last time, `GET /posted` counts the posts, `GET /times` says how often each
  story was posted, and `PUT /forget/0` begins anew with that: it is another account then.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
import time
from contextlib import suppress
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

STORY = re.compile(rb"Story(?:[ +]|%20)(\d+)")
"""The number of a story in what a program posts, however it is written."""


class Loopback:
    """What the feed holds and what was asked and posted."""

    def __init__(self, write: float = 0.0) -> None:
        self.write = write
        self.stories = 0
        self.feed = b""
        self.asked: list[str] = []
        self.posts = 0
        self.lose = 0
        self.refuse = 0
        self.at = datetime.now(UTC)
        self.times: dict[str, int] = {}
        self.keys: dict[str, int] = {}
        self.guard = threading.Lock()

    def answer(self, method: str, path: str, key: str, body: bytes = b"") -> tuple[int, bytes, str] | None:
        """Status, body and type of the answer to a request; None if it gets none."""
        if method == "PUT" or path in ("/asked", "/posted", "/times"):
            return 200, json.dumps(self.told(path)).encode(), "application/json"
        self.asked.append(f"{method} {path}")
        if path == "/feed.xml":
            return 200, self.feed, "application/rss+xml"
        if method == "POST" and path == "/api/v1/statuses":
            time.sleep(self.write)
            return self.post(key, body)
        found = next((each for start, each in ANSWERS.items() if path.startswith(start)), None)
        return (200, found, "application/json") if found else (404, b'{"error":"Record not found"}', "application/json")

    def told(self, path: str) -> object:
        """What whoever measures tells or asks."""
        what, _, number = path[1:].partition("/")
        if what == "stories":
            self.stories, self.at = int(number), datetime.now(UTC)
            self.feed = rss(self.stories, self.at)
        elif what == "correct":
            self.feed = rss(self.stories, self.at, corrected=datetime.now(UTC))
        elif what == "lose":
            self.lose = int(number)
        elif what == "refuse":
            self.refuse = int(number)
        elif what == "forget":
            self.times, self.keys = {}, {}
        elif what == "delay":
            self.write = int(number) / 1000
        elif what == "posted":
            return self.posts
        elif what == "times":
            return self.times
        else:
            asked, self.asked = self.asked, []
            return asked
        return {}

    def post(self, key: str, body: bytes) -> tuple[int, bytes, str] | None:
        """A post, or the one that came with this key before."""
        with self.guard:
            self.refuse -= 1
            if self.refuse == 0:
                return 500, b'{"error":"Something went wrong"}', "application/json"
            number = self.keys.get(key, self.posts + 1)
            story = STORY.search(body)
            if story and number > self.posts:
                self.times[story[1].decode()] = self.times.get(story[1].decode(), 0) + 1
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
                    more = b""
                    with suppress(ConnectionResetError):  # of a program that was killed
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
                sent, left = left[:length], left[length:]
                method, path, _ = first.split(" ")
                found = self.answer(method, path, key, sent)
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


def rss(stories: int, now: datetime, corrected: datetime | None = None) -> bytes:
    """A feed of so many stories, the newest on top, all published at this second. If it was corrected later, the newest
    has another headline, and says when.
    """
    items = "".join(
        f"<item><title>Story {number}: the harbour {'is open' if corrected and number == stories else 'opens'} again</title><link>https://gazette.example/{number}</link>"
        f"<guid>https://gazette.example/{number}</guid>"
        f"<pubDate>{format_datetime(now)}</pubDate>"
        f"{f'<a:updated>{corrected.isoformat()}</a:updated>' if corrected and number == stories else ''}"
        f"<category>News</category><description>What happened in story {number}, in one line.</description></item>"
        for number in range(stories, 0, -1)
    )
    head = "<title>Gazette</title><link>https://gazette.example/</link><description>News</description>"
    space = ' xmlns:a="http://www.w3.org/2005/Atom"' if corrected else ""
    return f'<?xml version="1.0"?><rss version="2.0"{space}><channel>{head}{items}</channel></rss>'.encode()


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
