"""The gate, check by check: what it decides of one delivery, and what is recorded of that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.config.hours import hours
from syndicate.delivery.gates import Gate, Opening, Skip, Trouble, Wait, no_link
from syndicate.ledger.account_names import Fingerprint
from syndicate.ledger.articles import StoredArticle
from syndicate.model import UNUSABLE, Schedule
from tests.worlds.accounts import MASTO

NIGHT = Schedule(windows=(hours("Mon-Sun 00:00-06:00"),))  # it is noon, on a Monday
SLOW = Schedule(spacing=timedelta(minutes=10))
TICK, MINUTE, HOUR = timedelta(microseconds=1), timedelta(minutes=1), timedelta(hours=1)
GONE, BARE = Trouble("its page answers 404"), Trouble("its picture: HTTP 404", fatal=False)
DRAFT = {"text": "x"}


@pytest.fixture
def gate(ledger):
    """A gate that looks at pages and finds this; `looked` are the looks."""

    def make(trouble=None, patience=HOUR, **options):
        def look(article, *, picture):
            make.looked.append((article.url, picture))
            return trouble

        return Gate(ledger, look, lambda source: patience if source == "news" else None, **options)

    make.looked = []
    return make


def decided(gate, row, article, account=MASTO, *, withdrawn_at=None):
    return gate.before_render(
        row, StoredArticle(row.anchor, article, row.planned_at, withdrawn_at=withdrawn_at), account
    )


def with_account(**fields):
    return replace(MASTO, **fields)


# Before it is rendered


def test_a_withdrawn_story_is_never_sent_not_even_as_it_was(clock, put, article, gate):
    for draft in (None, DRAFT):
        row = replace(put(1), draft=draft)
        skip = decided(gate(), row, article(1), withdrawn_at=clock())
        assert skip == Skip("withdrawn", "withdrawn by the publisher", alerted=False)


def test_a_post_that_goes_again_as_it_is_passes_everything_else(ledger, clock, put, article, gate):
    ledger.pauses.add("story", now=clock(), until=None)
    row = put(1, draft=DRAFT, expires_at=clock())
    assert decided(gate(GONE), row, article(1), with_account(schedule=NIGHT)) is None
    assert gate.looked == []


@pytest.mark.parametrize(
    ("ahead", "reason", "words"),
    [
        (None, "window", None),
        (TICK, "window", None),
        (timedelta(0), None, "it expired while it waited"),
        (-HOUR, "window", "it expired while it waited: window"),
    ],
)
def test_a_story_is_too_old_from_the_instant_at_which_it_expires(clock, put, article, gate, ahead, reason, words):
    row = put(1, reason=reason, expires_at=ahead if ahead is None else clock() + ahead)
    assert decided(gate(), row, article(1)) == (words and Skip("too_old", words, alerted=False))


def test_age_is_checked_before_words_and_words_before_hours_and_hours_before_the_page(
    ledger, clock, put, article, gate
):
    row, strict = put(1, expires_at=clock()), with_account(schedule=NIGHT)
    ledger.pauses.add("story", now=clock(), until=None)
    story = article(1)
    found = [decided(gate(GONE), row, story, strict)]
    found.append(decided(gate(GONE), replace(row, expires_at=None), story, strict))
    ledger.pauses.end("story", clock())
    found.append(decided(gate(GONE), replace(row, expires_at=None), story, strict))
    found.append(decided(gate(GONE), replace(row, expires_at=None), story))
    assert [verdict.reason for verdict in found] == ["too_old", "paused", "window", "preflight"]
    assert len(gate.looked) == 1


@pytest.mark.parametrize(
    ("said", "fields", "holds"),
    [
        ("Storm", {"title": "A STORM comes"}, True),
        ("storm", {"summary": "The storms."}, True),
        ("sport", {"section": "Sport > Rowing"}, True),
        ("ferries", {"categories": ("cats", "Ferries")}, True),
        ("storm", {"title": "Calm", "section": None, "summary": ""}, False),
        ("", {"title": "Anything"}, False),
    ],
)
def test_a_paused_word_holds_what_says_it_anywhere(ledger, clock, put, article, gate, said, fields, holds):
    ledger.pauses.add(said, now=clock(), until=None)
    story, row = article(1, **{"title": "A bridge", "summary": "It opens."} | fields), put(1)
    wait = Wait("paused", clock() + MINUTE, f"articles with '{said.casefold()}' are paused")
    assert decided(gate(), row, story) == (wait if holds else None)
    assert gate().paused_words(story) == ([(said.casefold(), None)] if holds else [])


@pytest.mark.parametrize(("ends", "again"), [(30, 30), (60, 60), (90, 60)])
def test_a_paused_word_is_looked_at_again_after_a_minute_or_when_it_ends(
    ledger, clock, put, article, gate, ends, again
):
    ledger.pauses.add("story", now=clock(), until=clock() + timedelta(seconds=ends))
    assert decided(gate(), put(1), article(1)).until == clock() + timedelta(seconds=again)


# Hours, spacing and caps

CLOSED = {"windows": (hours("Mon-Sun 00:00-06:00"),), "quiet": (hours("Mon-Sun 00:00-06:00"),)}
EVENING = (hours("Mon-Sun 10:00-12:05"),)


@pytest.mark.parametrize(
    ("schedule", "sent", "opening"),
    [
        ({}, [], (0, None, "")),
        ({"windows": NIGHT.windows}, [], (720, "window", "windows")),
        ({"quiet": (hours("Mon 11:00-13:00"),)}, [], (60, "window", "quiet")),
        (CLOSED, [], (1440, "window", "quiet")),
        ({"spacing": 10 * MINUTE}, [4], (6, "spacing", "spacing")),
        ({"spacing": 10 * MINUTE}, [10], (0, None, "")),
        ({"per_hour": 2}, [50, 55], (5, "cap", "per_hour")),
        ({"per_hour": 2}, [50], (0, None, "")),
        ({"per_day": 1}, [60], (1380, "cap", "per_day")),
        ({"spacing": 10 * MINUTE, "windows": EVENING}, [8], (2, "spacing", "spacing")),
        ({"spacing": 10 * MINUTE, "windows": EVENING}, [1], (1320, "window", "windows")),
        ({"spacing": 10 * MINUTE, "windows": NIGHT.windows}, [1], (720, "window", "windows")),
        ({"per_hour": 1, "breaking": "at once"}, [50], (10, "cap", "per_hour")),
    ],
)
@pytest.mark.parametrize("counted", ["ledger", "queue"])
def test_hours_spacing_and_caps_say_from_when_on_and_which_setting(
    ledger, clock, put, schedule, sent, opening, counted
):
    row, times = put(1, committed_at=clock()), sorted(clock() - minutes * MINUTE for minutes in sent)
    if counted == "ledger":
        for number, at in enumerate(times, 2):
            put(number, state="posted", committed_at=at)
    minutes, reason, said = opening
    gate = Gate(ledger, sent=times if counted == "queue" else ())
    account = with_account(schedule=Schedule(**schedule))
    assert gate.opening(row, account, clock()) == Opening(clock() + minutes * MINUTE, reason, said)


def test_what_a_look_at_the_queue_let_go_counts_before_what_was_sent(ledger, clock, put):
    row = put(1)
    put(2, state="posted", committed_at=clock() - 40 * MINUTE)
    put(3, state="posted", committed_at=clock() - 50 * MINUTE)
    capped = with_account(schedule=Schedule(per_hour=3))
    assert Gate(ledger, sent=[clock()]).opening(row, capped, clock()).at == clock() + 10 * MINUTE
    assert Gate(ledger).opening(row, capped, clock()) == Opening(clock())


@pytest.mark.parametrize(
    ("schedule", "priority", "wait"),
    [
        ({"windows": NIGHT.windows}, 1, ("window", 720, True)),
        ({"windows": NIGHT.windows}, 0, ("window", 720, True)),
        ({"windows": NIGHT.windows, "breaking": "at once"}, 1, ("window", 720, True)),
        ({"windows": NIGHT.windows, "breaking": "at once"}, 0, None),
        ({"spacing": HOUR, "breaking": "at once"}, 0, None),
        ({"per_hour": 1, "breaking": "at once"}, 0, ("cap", 20, False)),
        ({"per_hour": 1}, 0, ("cap", 20, True)),
    ],
)
def test_breaking_news_waits_for_a_cap_alone_and_for_itself_alone(clock, put, article, gate, schedule, priority, wait):
    put(2, state="posted", committed_at=clock() - 40 * MINUTE)
    found = decided(gate(), put(1, priority=priority), article(1), with_account(schedule=Schedule(**schedule)))
    assert (found and (found.reason, (found.until - clock()) / MINUTE, found.scheduled)) == wait


# The page


@pytest.mark.parametrize(
    ("trouble", "waited", "looks", "again"),
    [
        (GONE, None, 0, 30),
        (GONE, 0, 1, 30),
        (GONE, 60, 1, 30),
        (GONE, 80, 1, 40),
        (GONE, 1200, 1, 300),
        (GONE, 3590, 9, 10),
        (GONE, 3599.5, 9, 1),
        (GONE, 3600, 2, 30),  # a clock that was set may have made the hour
        (GONE, 3600, 3, "skip"),
        (GONE, 9999, 9, "skip"),
        (BARE, 3599, 9, 1),
        (BARE, 3600, 0, "goes"),
    ],
)
def test_a_page_that_is_not_right_is_looked_at_ever_more_rarely_until_patience_is_over(
    clock, put, article, gate, trouble, waited, looks, again
):
    since = None if waited is None else clock() - timedelta(seconds=waited)
    found = decided(gate(trouble), put(1, looks=looks, looked_at=since), article(1))
    if again == "skip":
        assert found == Skip("preflight", trouble.words, alerted=True)
    elif again == "goes":
        assert found is None
    else:
        told = waited is not None and trouble is GONE and waited >= 1800  # half of it is over
        ends = (
            clock() + timedelta(seconds=max(3600 - waited if waited < 3600 else 30, 30 * (3 - looks))) if told else None
        )
        assert found == Wait("preflight", clock() + timedelta(seconds=again), trouble.words, ends=ends)


@pytest.mark.parametrize(("image", "picture"), [("card", True), ("photo", True), ("none", False)])
def test_a_picture_is_looked_at_where_the_account_posts_one(put, article, gate, image, picture):
    assert decided(gate(), put(1), article(1), with_account(image=image)) is None
    assert gate.looked == [("https://gazette.example/1", picture)]


VOUCHED = {"approved": "d1", "expires_at": None}


@pytest.mark.parametrize(
    ("patience", "columns", "looks", "verdict"),
    [
        (HOUR, {}, 1, "preflight"),
        (HOUR, {"approved": "d1", "expires_at": datetime(2027, 1, 1, tzinfo=UTC)}, 1, "preflight"),
        (HOUR, VOUCHED, 0, None),
        (None, {}, 0, None),
    ],
)
def test_no_page_is_looked_at_where_that_is_switched_off_or_a_person_vouches_for_it(
    put, article, gate, patience, columns, looks, verdict
):
    found = decided(gate(GONE, patience), put(1, **columns), article(1))
    assert (found and found.reason, len(gate.looked)) == (verdict, looks)


@pytest.mark.parametrize(("columns", "skipped"), [({}, True), (VOUCHED, False)])
def test_a_link_that_leads_nowhere_is_not_posted_though_pages_are_not_looked_at(put, article, gate, columns, skipped):
    story = article(1, url="mailto:x@gazette.example")
    found = decided(gate(None, None), put(1, **columns), story)
    words = "its link is not a web address: mailto:x@gazette.example"
    assert found == (Skip("preflight", words, alerted=True) if skipped else None)


def test_without_a_way_to_look_no_page_is_looked_at(ledger, put, article):
    assert decided(Gate(ledger, None, lambda _: HOUR), put(1), article(1)) is None
    assert Gate(ledger).canonical(article(1)) is None


@pytest.mark.parametrize(
    ("url", "raw", "words"),
    [
        ("https://gazette.example/1", {}, None),
        ("", {}, None),
        ("", {UNUSABLE: "undefined"}, "its link is not a web address: undefined"),
        ("ftp://gazette.example/1", {}, "its link is not a web address: ftp://gazette.example/1"),
        ("x:" + "y" * 99, {}, "its link is not a web address: x:" + "y" * 78),
        (
            "HTTPS://https://gazette.example/1",
            {},
            "its link leads nowhere, since no host can have such a name: HTTPS://https://gazette.example/1",
        ),
        (
            "http://https://gazette.example/" + "y" * 99,
            {},
            "its link leads nowhere, since no host can have such a name: http://https://gazette.example/" + "y" * 49,
        ),
    ],
)
def test_a_link_that_nobody_can_open_is_named(article, url, raw, words):
    found = no_link(article(1, url=url, raw=raw))
    assert (found and found.words) == words
    assert found is None or found.fatal


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("posted", Skip("elsewhere", "twin is the same login and posted it: https://social.example/1")),
        ("unknown", "behind"),
        ("held", "behind"),
        ("sending", "behind"),
        ("due", None),
        ("failed", None),
    ],
)
@pytest.mark.parametrize("draft", [None, {"text": "x"}])
def test_what_another_name_of_the_login_has_is_not_sent_again(ledger, clock, put, state, verdict, draft):
    for name in ("masto", "twin"):
        account = replace(MASTO, name=name)
        ledger.logins.register(account, Fingerprint("one login"), clock())
        put(1, account)
    put(1, replace(MASTO, name="twin"), state=state, permalink="https://social.example/1")
    row = put(1, MASTO, draft=draft)
    found = Gate(ledger).before_render(row, ledger.articles.find(row.anchor), MASTO)
    assert (found.reason if verdict == "behind" else found) == verdict
