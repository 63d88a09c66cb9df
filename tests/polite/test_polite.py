"""Three simulated weeks before the judge, restarts included; then readers with bad manners, who must not pass."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from syndicate.app import poller
from syndicate.app.monitoring.alerts import current
from syndicate.ingestion import interval, poll
from syndicate.model import NO_HINTS
from tests.polite.feeds import DAY, HOUR, START, Feed, all_feeds
from tests.polite.world import World


@pytest.fixture
def world(tmp_path):
    made = []

    def make(*names):
        feeds = all_feeds()
        assert set(names) <= {feed.name for feed in feeds}
        made.append(World(tmp_path, [feed for feed in feeds if not names or feed.name in names]))
        return made[-1]

    yield make
    for each in made:
        each.close()


def told(faults):
    return f"{len(faults)} faults: {Counter(fault.point for fault in faults)}\n" + "\n".join(map(str, faults[:40]))


@pytest.mark.slow
def test_three_weeks_with_restarts_show_no_fault(world):
    """Each day a restart or a crash loop, killed before a request left or before its answer was kept."""
    played, notices = world(), {}
    for day in range(21):
        played.run(START + (day + 0.3) * DAY)
        if day % 2:
            played.restart()
        if day % 4 == 1:
            played.crash(times=6, apart=timedelta(seconds=20), kill="before")
        if day % 4 == 3:
            played.crash(times=4, apart=timedelta(seconds=20), kill="after")
        played.run(START + (day + 1) * DAY)
        if day % 7 == 5:  # nobody is there for nine hours
            played.clock.move(hours=9)
            played.restart()
        for notice in current(played.app.ledger, played.app.accounts, played.app.config.sources):
            notices.setdefault(notice, day)
    faults = played.faults()
    assert not faults, told(faults)
    assert not [said for said in played.said if said["event"] == "bug"]

    # Nobody was forgotten for it: what came is planned once, and who has to know, knows.
    for feed in played.feeds:
        if feed.name not in ("gone", "twice"):
            assert planned(played, feed) == expected(played, feed), feed.name
    assert notices["source_failing", "missing"] == 8
    assert notices["source_gone", "gone"] == 10
    assert ("source_failing", "moved-then-gone") not in notices

    # The newsroom is asked when it works, and let sleep.
    asked = [seen.at for seen in played.server.seen if seen.path.startswith("/newsroom")]
    hours = [at for at in asked if at > START + 14 * DAY]
    work = sum(at.weekday() < 5 and 8 <= at.hour < 18 for at in hours) / 50
    rest = sum(at.weekday() >= 5 or at.hour < 6 or at.hour >= 20 for at in hours) / (48 + 5 * 10)
    assert 1.5 < work <= 2
    assert rest < 0.4


def planned(played: World, feed: Feed) -> Counter[str]:
    rows = played.app.ledger.database.rows(
        "SELECT article.url FROM delivery JOIN article ON article.anchor = delivery.anchor"
        " WHERE delivery.action = 'post' AND article.source = :name",
        name=feed.name,
    )
    return Counter(row["url"] for row in rows)


def expected(played: World, feed: Feed) -> Counter[str]:
    """What came after the first answer that was read, and before the last."""
    read = [seen for seen in played.server.seen if seen.path in feed.paths and seen.answer.good and not seen.lost]
    first, last = (feed.stories(seen.at) for seen in (read[0], read[-1]))
    return Counter(f"https://gazette.example/{feed.name}/{number}" for number in range(first + 1, last + 1))


# Readers with bad manners


def without(*names):
    def manner(http, method, url, options):
        headers = {name: value for name, value in options["headers"].items() if name not in names}
        return http.call(method, url, **options | {"headers": headers})

    return manner


def reformatting(http, method, url, options):
    headers = {name: value.removeprefix("W/") for name, value in options["headers"].items()}
    return http.call(method, url, **options | {"headers": headers})


def with_header(**added):
    def manner(http, method, url, options):
        return http.call(method, url, **options | {"headers": options["headers"] | added})

    return manner


def busting(http, method, url, options):
    return http.call(method, f"{url}&t=1", **options)


def twice(http, method, url, options):
    http.call(method, url, **options)
    return http.call(method, url, **options)


class Learning:
    """Takes validators from any answer with status 200, whatever it was."""

    def __init__(self):
        self.etag = None

    def __call__(self, http, method, url, options):
        added = {"If-None-Match": self.etag} if self.etag and "If-None-Match" not in options["headers"] else {}
        reply = http.call(method, url, **options | {"headers": options["headers"] | added})
        self.etag = reply.headers.get("etag") if reply.status == 200 else None
        return reply


@pytest.mark.parametrize(
    ("feed", "manner", "point"),
    [
        ("both", without("If-None-Match"), 1),
        ("both", without("If-None-Match", "If-Modified-Since"), 3),
        ("odd-date", without("If-Modified-Since"), 3),
        ("etag", reformatting, 1),
        ("challenged-first", Learning(), 2),
        ("both", with_header(Cookie="who=you"), 9),
        ("both", with_header(Referer="https://gazette.example/"), 9),
        ("both", with_header(**{"User-Agent": "Mozilla/5.0"}), 9),
        ("both", with_header(**{"Accept-Encoding": "identity"}), 9),
        ("both", busting, 9),
        ("unwell", twice, 6),
    ],
)
def test_the_judge_sees_what_is_sent_wrongly(tmp_path, monkeypatch, feed, manner, point):
    monkeypatch.setattr(World, "ask", lambda self, *asked: manner(*asked))
    assert point in points(World(tmp_path, [each for each in all_feeds() if each.name == feed]), days=2)


def points(played: World, *, days: float, restarts: int = 0) -> set[int]:
    try:
        for part in range(restarts + 1):
            if part:
                played.restart()
            played.run(START + days * DAY * (part + 1) / (restarts + 1))
        return {fault.point for fault in played.faults()}
    finally:
        played.close()


def at_once(name, every, wish, now, **_):
    return now + every.least


def forgetful(played):
    played.app.ledger.database.change("UPDATE source SET next_poll_at = 0")


@pytest.mark.parametrize(
    ("feed", "where", "name", "wrong", "point", "days"),
    [
        ("wait-seconds", interval, "asked_for", lambda seconds, now: None, 6, 4),
        ("wait-date", interval, "asked_for", lambda seconds, now: None, 6, 6),
        ("too-many", interval, "after_failure", at_once, 6, 6),
        ("unwell", interval, "after_failure", at_once, 7, 7),
        ("gone", interval, "GONE", timedelta(hours=1), 7, 12),
        ("max-age", poll, "_wish", lambda state, fetched: NO_HINTS, 5, 1),
        ("skips", interval, "awake", lambda moment, wish, latest: moment, 5, 2),
        ("moved", poll, "SETTLED", timedelta(0), 8, 4),
        ("moved", poll, "SETTLED", timedelta(days=99), 8, 12),
        ("wavers", poll, "SETTLED", timedelta(days=2), 8, 5),
        ("moved-then-gone", poll, "_move", lambda *_: None, 8, 7),
        ("twice", poller.Rounds, "_twins", {}, 12, 1),
        ("both", poll, "_failed", lambda *_: None, None, 2),  # touches nothing here: no fault
    ],
)
def test_the_judge_sees_who_comes_too_soon(world, monkeypatch, feed, where, name, wrong, point, days):
    monkeypatch.setattr(where, name, wrong)
    assert points(world(feed), days=days) == ({point} if point else set())


def test_the_judge_sees_who_asks_again_after_a_restart(world, monkeypatch):
    played = world("both")
    start = played.start

    def eager():
        start()
        forgetful(played)

    monkeypatch.setattr(played, "start", eager)
    assert points(played, days=2.1, restarts=5) == {4}


def test_the_judge_sees_who_writes_the_next_poll_down_too_late(world, monkeypatch):
    """Killed in the middle, again and again."""
    monkeypatch.setattr(poller.Rounds, "reserve", lambda self, names: list(names))
    played = world("both")
    played.run(START + DAY)
    played.crash(times=3, apart=4 * HOUR, kill="after")
    played.crash(times=5, apart=timedelta(seconds=20), kill="after")
    assert 4 in {fault.point for fault in played.faults()}


def test_the_judge_sees_who_stops_reading(world):
    played = world("both")
    played.run(START + DAY)
    played.clock.move(days=5)
    assert {fault.point for fault in played.faults()} == {0}
