"""What a subscriber asks of a hub, when it asks again, and what it takes an answer for; without a server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.errors import Unavailable
from syndicate.ingestion.poll import Polled
from syndicate.ingestion.websub import GOODBYES, LEASE, PATIENCE, SOONEST, Subscriber
from syndicate.ledger.database import from_micros
from syndicate.model import Hub, Validators
from syndicate.ports import Reply

HUB = Hub("https://hub.example/", "https://gazette.example/rss")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Http:
    """Answers as told, the last for ever; an error is raised."""

    def __init__(self):
        self.replies, self.asked = [reply(202)], []

    def call(self, method, url, *, data):
        self.asked.append((method, url, data))
        answer = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def reply(status, body=b"", **headers):
    return Reply(status, headers, body, HUB.url, datetime(2026, 11, 23, 12, tzinfo=UTC))


@pytest.fixture
def http():
    return Http()


@pytest.fixture
def said():
    return []


@pytest.fixture
def subscriber(ledger, http, said):
    def make(public="https://desk.example", feeds=("news",)):
        return Subscriber(public, feeds, ledger, http, lambda event, **fields: said.append((event, fields)))

    return make


@pytest.fixture
def polled():
    """What a poll says of the feed's hub."""
    return lambda hub=HUB, known=True, source="news": Polled(
        source, (), baseline=False, seen=0, new=0, keys=(), hub=hub, hub_known=known
    )


@pytest.fixture
def joined(ledger, subscriber, polled):
    """A subscriber that was asked to subscribe `news`; gives both."""
    one = subscriber()
    one.update_subscription(polled())
    return one, ledger.subscriptions.of("news")


def act_at(ledger, callback):
    row = ledger.database.row("SELECT act_at FROM subscription WHERE callback = :callback", callback=callback)
    return row and from_micros(row["act_at"])


def test_a_feed_with_a_hub_is_subscribed_with_a_secret_and_an_address_of_its_own(ledger, http, subscriber, polled):
    one = subscriber("https://desk.example/", feeds=("news", "sport"))
    for source in ("news", "sport"):
        one.update_subscription(polled(source=source))
    assert one.has_work()
    made = {source: ledger.subscriptions.of(source) for source in ("news", "sport")}
    assert {each.state for each in made.values()} == {"pending"}
    assert len({each.callback for each in made.values()}) == len({each.secret for each in made.values()}) == 2
    one.work()
    assert not one.has_work()
    news = made["news"]
    assert ("POST", HUB.url, {
        "hub.mode": "subscribe",
        "hub.topic": HUB.topic,
        "hub.callback": f"https://desk.example/hooks/websub/{news.callback}",
        "hub.secret": news.secret,
        "hub.lease_seconds": "864000",
    }) in http.asked  # fmt: skip
    assert timedelta(seconds=864_000) == LEASE
    assert min(map(len, (news.callback, news.secret))) >= 43
    assert one.subscription(news.callback).asked == "subscribe"
    assert one.subscription("another") is None


@pytest.mark.parametrize(
    ("hub", "known", "source", "state"),
    [
        (HUB, False, "news", None),
        (HUB, True, "sport", None),
        (None, True, "news", "none"),
        (HUB, True, "news", "pending"),
    ],
)
def test_only_a_feed_of_which_it_is_known_is_subscribed(ledger, http, subscriber, polled, hub, known, source, state):
    one = subscriber()
    one.update_subscription(polled(hub, known, source))
    found = ledger.subscriptions.of(source)
    assert (found and found.state) == state
    assert one.has_work() is (state == "pending")
    if state == "none":
        assert (found.hub, found.topic, found.names) == ("", "", None)


def test_the_same_hub_again_changes_nothing_and_another_replaces_it(ledger, joined, polled):
    one, first = joined
    one.update_subscription(polled())
    assert ledger.subscriptions.of("news") == first
    one.update_subscription(polled(Hub("https://other.example/", HUB.topic)))
    assert ledger.subscriptions.of("news").hub == "https://other.example/"
    assert ledger.subscriptions.find(first.callback).state == "ended"
    one.update_subscription(polled(None))
    assert ledger.subscriptions.of("news").state == "none"


@pytest.mark.parametrize(
    ("state", "left"), [("pending", "ended"), ("active", "ended"), ("denied", None), ("none", None)]
)
def test_only_what_a_hub_may_hold_is_said_goodbye(ledger, joined, polled, state, left):
    one, first = joined
    ledger.database.change("UPDATE subscription SET state = :state", state=state)
    one.update_subscription(polled(Hub("https://other.example/", HUB.topic)))
    found = ledger.subscriptions.find(first.callback)
    assert (found and found.state) == left


# Asking


@pytest.mark.parametrize(("fails", "hours"), [(0, 1), (1, 2), (4, 16), (5, 24), (30, 24)])
def test_without_a_confirmation_it_is_asked_again_ever_more_rarely(ledger, clock, joined, fails, hours):
    one, found = joined
    ledger.database.change("UPDATE subscription SET fails = :fails", fails=fails)
    one.work()
    assert act_at(ledger, found.callback) == clock() + hours * HOUR
    assert ledger.subscriptions.find(found.callback).fails == fails + 1
    assert HOUR == PATIENCE


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply(200), None),
        (reply(202), None),
        (reply(204), None),
        (reply(299), None),
        (reply(199), "the hub answers 199"),
        (reply(300), "the hub answers 300"),
        (reply(404, b"no\n such  topic "), "the hub answers 404: no such topic"),
        (reply(500, b"<html>down</html>"), "the hub answers 500"),
        (reply(500, b"x" * 400), f"the hub answers 500: {'x' * 200}"),
        (reply(500, b" " * 300 + b"late"), "the hub answers 500"),
        (reply(500, b"\xff"), "the hub answers 500: \ufffd"),
        (reply(307), "the hub answers 307"),
        (reply(302, location="https://other.example/"), "the hub answers 302"),
        (Unavailable("no answer"), "no answer"),
    ],
)
def test_what_a_hub_answers(ledger, http, said, joined, answer, error):
    one, found = joined
    http.replies = [answer]
    one.work()
    assert ledger.subscriptions.find(found.callback).error == error
    failed = [("websub.failed", {"source": "news", "mode": "subscribe", "error": error})]
    assert said == ([] if error is None else failed)
    assert len(http.asked) == 1


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize(("redirects", "error"), [(1, None), (3, None), (4, True)])
def test_a_hub_may_lead_to_others_a_few_times(ledger, http, joined, status, redirects, error):
    one, found = joined
    led = [reply(status, location=f"/{number}") for number in range(redirects)]
    http.replies = [*led, reply(202)]
    one.work()
    assert [url for _, url, _ in http.asked] == [
        HUB.url,
        *(f"https://hub.example/{number}" for number in range(min(redirects, 3))),
    ]
    assert (ledger.subscriptions.find(found.callback).error is not None) is bool(error)


def test_the_request_that_another_process_took_is_not_made(ledger, http, clock, joined):
    one, found = joined
    due = ledger.subscriptions.due
    ledger.subscriptions.due = lambda now: [found] if due(now) else []
    ledger.subscriptions.take(found.callback, "subscribe", clock(), clock() + HOUR)
    ledger.subscriptions.due = lambda now: [found]
    one.work()
    assert http.asked == []


@pytest.mark.parametrize(("fails", "asked"), [(GOODBYES - 1, True), (GOODBYES, False)])
def test_a_hub_is_said_goodbye_three_times(ledger, http, clock, joined, fails, asked):
    one, found = joined
    ledger.subscriptions.end(found.callback, clock())
    ledger.database.change("UPDATE subscription SET fails = :fails", fails=fails)
    one.work()
    forms = [data for _, _, data in http.asked]
    callback = f"https://desk.example/hooks/websub/{found.callback}"
    goodbye = {"hub.mode": "unsubscribe", "hub.topic": HUB.topic, "hub.callback": callback}
    assert forms == ([goodbye] if asked else [])
    assert (ledger.subscriptions.find(found.callback) is not None) is asked
    assert GOODBYES == 3


def test_what_is_subscribed_is_asked_however_often_it_failed(ledger, http, joined):
    one, _ = joined
    ledger.database.change("UPDATE subscription SET fails = 9")
    one.work()
    assert len(http.asked) == 1


# Answers that come later


@pytest.mark.parametrize(("lease", "renewed"), [(DAY, 12 * HOUR), (2 * MINUTE, MINUTE), (MINUTE, MINUTE)])
def test_what_is_confirmed_is_renewed_at_half_its_lease(ledger, clock, said, joined, lease, renewed):
    one, found = joined
    one.work()
    one.confirmed(one.subscription(found.callback), lease)
    assert ledger.subscriptions.find(found.callback).lease_until == clock() + lease
    assert act_at(ledger, found.callback) == clock() + renewed
    assert said == [("websub.subscribed", {"source": "news", "seconds": lease.total_seconds()})]
    assert MINUTE == SOONEST


def test_what_was_to_end_is_removed_when_the_hub_confirms_it(ledger, clock, said, joined):
    one, found = joined
    one.confirmed(replace(found, asked="unsubscribe"), DAY)
    assert ledger.subscriptions.find(found.callback) is None
    assert said == [("websub.unsubscribed", {"source": "news"})]


@pytest.mark.parametrize("state", ["pending", "active", "ended"])
def test_what_is_refused_is_asked_for_again_a_day_later_unless_it_was_to_end(ledger, clock, said, joined, state):
    one, found = joined
    one.denied(replace(found, state=state), "full")
    left = ledger.subscriptions.find(found.callback)
    if state == "ended":
        assert (left, said) == (None, [])
    else:
        assert (left.state, left.error, act_at(ledger, found.callback)) == ("denied", "full", clock() + DAY)
        assert said == [("websub.denied", {"source": "news", "reason": "full"})]


def test_news_has_its_feed_polled_and_no_other(ledger, clock, said, joined):
    one, found = joined
    for name in ("news", "sport"):
        ledger.sources.ensure(name, HUB.topic)
        ledger.sources.read(name, Validators(), baseline_at=clock() - HOUR, entries=1, next_poll_at=clock() + HOUR)
    one.news(found)
    assert ledger.sources.due(clock()).keys() == {"news"}
    one.ignored(found, "sha1")
    assert said == [
        ("hook.received", {"hook": "websub", "sources": "news"}),
        ("websub.ignored", {"source": "news", "signed_with": "sha1"}),
    ]


# Beginning


def validators(ledger, *names):
    return [ledger.sources.ensure(name, HUB.topic).validators.etag for name in names]


@pytest.mark.parametrize(
    ("public", "feeds", "kept"),
    [
        ("https://desk.example", ("news", "sport"), True),
        ("https://other.example", ("news", "sport"), False),
        ("https://desk.example", ("sport",), False),
    ],
)
def test_it_begins_with_what_the_config_says(ledger, clock, joined, subscriber, public, feeds, kept):
    _, found = joined
    for name in ("news", "sport", "other"):
        ledger.sources.ensure(name, HUB.topic)
        ledger.sources.read(name, Validators(etag="e"), baseline_at=clock(), entries=1, next_poll_at=clock())
    subscriber(public, feeds).begin()
    left = ledger.subscriptions.find(found.callback)
    assert left.state == ("pending" if kept else "ended")
    read_anew = [name in feeds and (name == "sport" or not kept) for name in ("news", "sport", "other")]
    assert validators(ledger, "news", "sport", "other") == [None if anew else "e" for anew in read_anew]


@pytest.mark.parametrize(("ago", "renewed"), [(HOUR + MINUTE, True), (HOUR, False)])
def test_what_was_confirmed_long_ago_is_renewed_at_the_beginning(ledger, clock, joined, subscriber, ago, renewed):
    one, found = joined
    one.work()
    one.confirmed(found, DAY)
    clock.now += ago
    subscriber().begin()
    assert one.has_work() is renewed


def test_what_was_sealed_with_another_key_is_dropped(ledger, clock, joined, said, subscriber):
    ledger.database.change("UPDATE subscription SET sealed = 'of another key'")
    subscriber().begin()
    assert ledger.database.rows("SELECT 1 FROM subscription") == []
    assert said == []  # the key has an alert of its own
