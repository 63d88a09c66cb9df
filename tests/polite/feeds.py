"""Feeds with every quirk that servers have, on real HTTP, at a simulated time; all requests are written down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

START = datetime(2026, 11, 2, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Answer:
    """`good`: a reader may learn its validators."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    good: bool = False


Trouble = Callable[["Feed", str, datetime], Answer | None]


@dataclass
class Feed:
    """One feed as it is played, and what a reader is told of it.

    `every` is what the config says, "" for nothing; `least` and `most` what that means, by the docs;
    `wish` what server or document ask for. `tags` are "etag", "modified", "both" or "". `trouble` may
    answer in place of the document. `target` is where it redirects to, and `believed` when a reader may
    ask there at once: "never", "week", "gone" (when the old address has nothing any more).
    """

    name: str
    every: str = "4h"
    least: timedelta = 4 * HOUR
    most: timedelta = 4 * HOUR
    wish: timedelta = timedelta(0)
    tags: str = "both"
    headers: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    skip: tuple[int, ...] = ()
    stories: Callable[[datetime], int] = lambda now: (now - START) // (19 * HOUR)
    trouble: Trouble | None = None
    target: str | None = None
    believed: str = "never"
    login: str = ""
    twins: tuple[str, ...] = ()
    date: Callable[[datetime], str] = lambda now: format_datetime(now, usegmt=True)

    @property
    def path(self) -> str:
        return f"/{self.name}.xml?edition=1"

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path, self.target) if self.target else (self.path,)

    @property
    def names(self) -> tuple[str, ...]:
        return self.twins or (self.name,)

    def answer(self, path: str, headers: Mapping[str, str], now: datetime) -> Answer:
        trouble = self.trouble(self, path, now) if self.trouble else None
        return trouble or self.document(path, headers, now)

    def document(self, path: str, headers: Mapping[str, str], now: datetime) -> Answer:
        """The feed, or 304 for who sends back, to the letter, what this very address gave for this very version."""
        count = self.stories(now)
        given = {}
        where = "b" if path == self.target else "a"
        if self.tags in ("etag", "both"):
            given["ETag"] = f"W/\"{where}-{count}~'x'\""
        if self.tags in ("modified", "both"):
            given["Last-Modified"] = f"{self.date(START + count * HOUR)} {where}".removesuffix(" a")
        asked = {"ETag": headers.get("if-none-match"), "Last-Modified": headers.get("if-modified-since")}
        sent = given | dict(self.headers)
        if given and all(asked[name] == value for name, value in given.items()):
            return Answer(304, sent, good=True)
        return Answer(200, sent, self.body(count, now), good=True)

    def body(self, count: int, now: datetime) -> bytes:
        items = "".join(
            f"<item><guid isPermaLink='false'>{self.name}-{number}</guid><title>{self.name} {number}</title>"
            f"<link>https://gazette.example/{self.name}/{number}</link>"
            f"<pubDate>{format_datetime(self.published(number, now))}</pubDate></item>"
            for number in range(count, max(-1, count - 30), -1)
        )
        return (
            '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
            f"<title>{self.name}</title>{self.said}{items}</channel></rss>"
        ).encode()

    def published(self, number: int, now: datetime) -> datetime:
        """When a story came: the first minute at which it is counted, found by halving."""
        low, high = 0, (now - START) // timedelta(minutes=1)
        while low < high:
            middle = (low + high) // 2
            low, high = (
                (low, middle) if self.stories(START + timedelta(minutes=middle)) >= number else (middle + 1, high)
            )
        return START + timedelta(minutes=low)


@dataclass(frozen=True)
class Seen:
    """One request and its answer. `lost`: the reader was killed before it could keep it."""

    at: datetime
    path: str
    headers: Mapping[str, str]
    answer: Answer
    lost: bool = False


class Server:
    """Plays feeds on two origins; `seen` is every request, in order."""

    def __init__(self, feeds: list[Feed], clock: Callable[[], datetime]) -> None:
        self.seen: list[Seen] = []
        self._by_path = {path: feed for feed in feeds for path in feed.paths}
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                now = clock()
                headers = {name.lower(): value for name, value in self.headers.items()}
                feed = server._by_path.get(self.path)
                answer = feed.answer(self.path, headers, now) if feed else Answer(404)
                server.seen.append(Seen(now, self.path, headers, answer))
                self.send_response_only(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, server.placed(value))
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: object) -> None:
                pass

        self._servers = [ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2)]
        for each in self._servers:
            each.daemon_threads = True
            threading.Thread(target=each.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.here, self.there = (f"127.0.0.1:{each.server_address[1]}" for each in self._servers)

    def placed(self, value: str) -> str:
        """A header with the origins put in."""
        return value.replace("{here}", f"http://{self.here}").replace("{there}", f"http://{self.there}")

    def close(self) -> None:
        for each in self._servers:
            each.shutdown()
            each.server_close()


def between(start: float, end: float, answer: Callable[[datetime], Answer]) -> Trouble:
    """A trouble of some days, at the configured address."""

    def trouble(feed: Feed, path: str, now: datetime) -> Answer | None:
        if path == feed.path and START + start * DAY <= now < START + end * DAY:
            return answer(now)
        return None

    return trouble


def either(*troubles: Trouble) -> Trouble:
    def trouble(feed: Feed, path: str, now: datetime) -> Answer | None:
        return next((answer for each in troubles if (answer := each(feed, path, now))), None)

    return trouble


def away(status: int, where: str) -> Callable[[datetime], Answer]:
    return lambda now: Answer(status, {"Location": where})


def busy(now: datetime) -> int:
    """A newsroom: four stories an hour, Monday to Friday from seven to nineteen."""
    days, rest = divmod(now - START, DAY)
    workdays = days // 7 * 5 + min(days % 7, 5)
    today = min(max(rest - 7 * HOUR, timedelta(0)), 12 * HOUR) if days % 7 < 5 else timedelta(0)
    return workdays * 48 + today // timedelta(minutes=15)


def later(span: timedelta) -> Callable[[datetime], Answer]:
    return lambda now: Answer(429, {"Retry-After": format_datetime(now + span, usegmt=True)})


HTML = Answer(200, {"ETag": '"challenge"', "Last-Modified": "Mon, 02 Nov 2026 00:00:00 GMT"}, b"<!doctype html><p>Wait")
DEFAULT = {"every": "", "least": timedelta(minutes=5), "most": HOUR}


def all_feeds() -> list[Feed]:
    """Every quirk once."""
    return [
        Feed("etag", tags="etag", every="2h", least=2 * HOUR, most=2 * HOUR),
        Feed("odd-date", tags="modified", date=lambda now: f"{now:%A, %d-%b-%y}, {now:%H} or so"),
        Feed("both"),
        Feed("max-age", **DEFAULT, headers={"Cache-Control": "public, max-age=3300"}, wish=55 * HOUR / 60),
        Feed("too-long", **DEFAULT, headers={"Cache-Control": "max-age=86400"}, wish=DAY),
        Feed("ttl", **DEFAULT, said="<ttl>55</ttl>", wish=55 * HOUR / 60),
        Feed(
            "sy",
            **DEFAULT,
            said="<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>25</sy:updateFrequency>",
            wish=DAY / 25,
        ),
        Feed("owner", headers={"Cache-Control": "max-age=86400"}),
        Feed("wait-seconds", trouble=between(3, 3.2, lambda _: Answer(429, {"Retry-After": "40000"}))),
        Feed("wait-date", trouble=between(4, 4.2, later(30 * HOUR))),
        Feed("wait-days", trouble=between(4, 4.1, later(3 * DAY))),
        Feed("too-many", trouble=between(5, 9, lambda _: Answer(429))),
        Feed("unwell", trouble=between(6, 7, lambda _: Answer(503))),
        Feed("unwell-wait", trouble=between(6, 6.1, lambda _: Answer(503, {"Retry-After": "50000"}))),
        Feed("missing", trouble=between(8, 9, lambda _: Answer(404))),
        Feed("gone", trouble=between(10, 99, lambda _: Answer(410))),
        Feed("login-page", trouble=between(3, 3.5, lambda _: HTML)),
        Feed("challenged-first", trouble=between(0, 0.5, lambda _: HTML)),
        Feed("cookie", headers={"Set-Cookie": "who=you; Path=/"}),
        Feed(
            "skips",
            every="1h to 12h",
            least=HOUR,
            most=12 * HOUR,
            said=f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in range(6))}</skipHours>",
            skip=tuple(range(6)),
        ),
        Feed("bare", tags="", every="30m to 6h", least=HOUR / 2, most=6 * HOUR, wish=HOUR),
        Feed("newsroom", every="30m to 6h", least=HOUR / 2, most=6 * HOUR, stories=busy),
        Feed(
            "moved", target="/moved-there.xml", believed="week", trouble=between(2, 99, away(301, "/moved-there.xml"))
        ),
        Feed("moved-308", target="/far.xml", believed="week", trouble=between(2, 99, away(308, "{there}/far.xml"))),
        Feed(
            "wavers",
            target="/wavers-b.xml",
            trouble=either(
                between(2, 5, away(301, "/wavers-b.xml")),
                between(6, 12, away(301, "/wavers-b.xml")),
                between(13, 19, away(301, "/wavers-b.xml")),
            ),
        ),
        Feed("for-now", target="/for-now-b.xml", trouble=between(1, 99, away(302, "/for-now-b.xml"))),
        Feed("for-now-307", target="/for-now-c.xml", trouble=between(1, 99, away(307, "{here}/for-now-c.xml"))),
        Feed(
            "moved-then-gone",
            target="/last.xml",
            believed="gone",
            trouble=either(between(2, 5, away(301, "/last.xml")), between(5, 99, lambda _: Answer(410))),
        ),
        Feed("secret", target="/open.xml", login="desk:secret1", trouble=between(0, 99, away(302, "{there}/open.xml"))),
        Feed("twice", twins=("twice-a", "twice-b")),
    ]
