"""What a reading brings: pinned entries, one entry at a time, stale copies, dates that are days."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from syndicate.ingestion.day_dates import by_day
from syndicate.model import EMBARGOED
from tests.worlds.press import Item


def link(number):
    return f"https://gazette.example/{number}"


def undated(room, *numbers):
    return [room.story(number, at=None) for number in numbers]


@pytest.fixture
def listing(press):
    """A press whose list has shown these entries without dates, and nothing else."""

    def begin(*numbers):
        room = press()
        room.path.write_text(room.path.read_text().replace("/rss.xml", "/rss.xml?list"))
        room.close()
        plain = room.site.answer
        room.site.answer = lambda path, tag: plain(path.partition("?")[0], tag)
        assert room.run(*undated(room, *numbers)) == []
        room.clock.move(hours=1)
        return room

    return begin


# Pinned entries


@pytest.mark.parametrize(
    ("known", "listed", "new"),
    [
        ([90, 11], [90, 12, 11], [12]),
        ([90, 11], [90, 13, 12, 11], [13, 12]),
        ([90, 11, 10], [12, 90, 11, 10], [12]),
        # What comes back, or is shown in addition, is none.
        ([15, 14, 12, 11], [15, 14, 13, 12, 11], []),
        ([15, 14], [15, 14, 13, 12], []),
        ([15], [15, 14, 13], []),
        ([15, 14], [15, 21, 22, 23, 24, 14], []),
    ],
)
def test_a_new_entry_right_below_a_pinned_one_is_news(listing, known, listed, new):
    room = listing(*known)
    assert sorted(room.run(*undated(room, *listed))) == sorted(map(link, new))


def test_two_pinned_entries_are_learned_from_the_first_that_comes_below_them(listing):
    room = listing(90, 91, 11)
    posted = []
    for number in (12, 13, 14):
        posted += room.run(*undated(room, 90, 91, *range(number, 10, -1)))
        room.clock.move(hours=1)
    assert posted == [link(13), link(14)]


def test_a_list_whose_newest_is_on_top_pins_nothing(listing):
    room = listing(12, 11)
    assert room.run(*undated(room, 13, 12, 11)) == [link(13)]
    room.clock.move(hours=1)
    assert room.run(*undated(room, 13, 40, 12, 11)) == [], "an old one that comes back"


# Feeds that show one entry


def version(room, number, **fields):
    address = f"https://gazette.example/changes#v{number}"
    return Item(**{"title": f"Version {number}", "link": address, "guid": f"v{number}", "at": room.clock()} | fields)


@pytest.mark.parametrize("policy", ["ask", "post"])
def test_the_next_entry_under_one_address_is_another_story(listing, policy):
    room = listing(10)
    room.configure(source=f", similar: {policy}", account=", on_edit: edit")
    room.path.write_text(room.path.read_text().replace("/rss.xml", "/rss.xml?list"))
    for number in ("1.0", "1.1", "2.0"):
        assert len(room.run(version(room, number))) == 1
        assert room.run() == []
        room.clock.move(minutes=30)
    assert [row.action for row in room.app().ledger.deliveries.search()] == ["post"] * 3
    assert [post["text"].split("\n")[0] for post in room.sandbox.posts()] == [
        "Version 1.0",
        "Version 1.1",
        "Version 2.0",
    ]


def test_the_next_entry_without_a_date_is_another_story_too(listing):
    room = listing(10)
    assert room.run(version(room, "1.0", at=None)) == [version(room, "1.0").link]
    assert room.run(version(room, "1.1", at=None, title="All is new")) == [version(room, "1.1").link]


@pytest.mark.parametrize(
    "again",
    [
        {"title": "Storm nears our coast"},  # mended
        {"guid": "one"},  # the same entry, said anew
        {"later": 0},
        {"guid": None},
    ],
)
def test_one_entry_that_is_told_anew_is_none(listing, again):
    room = listing(10)
    story = room.story(11, guid="one", title="Storm nears the coast")
    assert room.run(story) == [link(11)]
    room.clock.move(hours=5)
    changed = {"guid": "two", "title": "Council passes its budget", "at": room.clock()} | again
    changed |= {"at": story.at} if changed.pop("later", None) == 0 else {}
    assert room.run(replace(story, **changed)) == []
    assert len(room.rows()) == 1


def test_with_more_entries_it_waits_for_a_yes_and_nothing_is_edited(press, clock):
    room = press(account=", on_edit: edit")
    story = room.story(10, guid="one", title="Storm: all trains stand still")
    assert room.run(story, *room.items) == [link(10)]
    clock.move(hours=5)
    other = replace(story, guid="two", title="Harbour wall breached at dawn", at=clock())
    assert room.run(other, *room.items[1:]) == []
    assert room.waiting("similar") == [link(10)]
    assert [row.action for row in room.app().ledger.deliveries.search()] == ["post", "post"]


# Stale copies


def test_an_older_version_edits_nothing_back(press, clock):
    room = press(account=", on_edit: edit")
    first = room.story(10, title="The brigde is open", updated=clock())
    assert room.run(first, *room.items) == [link(10)]
    mended = replace(first, title="The bridge is open", updated=clock() + timedelta(minutes=1))
    clock.move(minutes=5)
    for listed in (mended, first, mended, first):
        room.run(listed, *room.items[1:])
    assert [post["text"].split("\n")[0] for post in room.sandbox.posts()] == ["The bridge is open"]
    assert len(room.rows()) == 2, "one edit"
    clock.move(minutes=5)
    room.run(replace(first, updated=clock()), *room.items[1:])  # a publisher may take a change back
    assert [post["text"].split("\n")[0] for post in room.sandbox.posts()] == ["The brigde is open"]


def test_a_version_dated_in_the_future_by_mistake_hides_no_later_one(press, clock):
    room = press(account=", on_edit: edit")
    first = room.story(10, title="One", updated=clock() + timedelta(days=200))
    assert room.run(first, *room.items) == [link(10)]
    clock.move(minutes=5)
    room.run(replace(first, title="Two", updated=clock()), *room.items[1:])
    assert [post["text"].split("\n")[0] for post in room.sandbox.posts()] == ["Two"]


# Dates that are days


def test_dates_that_are_all_midnight_are_days(listing, clock):
    room = listing(10)
    today = clock().replace(hour=0, minute=0, second=0)
    old = room.story(10, at=today - timedelta(days=1))
    assert room.run(room.story(11, at=today), old) == [link(11)], "on the first day"
    assert room.run(
        room.story(12, at=today), room.story(11, at=today), room.story(13, at=today - timedelta(days=1))
    ) == [link(12)]


LISBON, NEW_YORK = "Europe/Lisbon", "America/New_York"


@pytest.mark.parametrize(
    ("zone", "hours", "days"),
    [
        ("UTC", [0, 0], True),
        ("UTC", [0], True),
        ("UTC", [0, 9], False),
        (LISBON, [23, 23], True),  # in summer
        (NEW_YORK, [4, 4], True),
        (NEW_YORK, [0, 0], True),  # a generator that knows no zone
        (NEW_YORK, [0], False),
        (NEW_YORK, [5, 5], False),
    ],
)
def test_midnight_is_that_of_the_source_or_of_utc(article, zone, hours, days):
    now = datetime(2025, 7, 3, 12, tzinfo=UTC)
    dated = [article(n, published=datetime(2025, 7, 1 + n, hour, tzinfo=UTC)) for n, hour in enumerate(hours)]
    found = by_day([*dated, article(9, published=None)], zone, now)
    assert [each.precision == "day" for each in found] == [days] * len(dated) + [False]
    if days:
        local = [each.published.astimezone(ZoneInfo(zone)) for each in found[:-1]]
        assert {(each.hour, each.minute) for each in local} == {(0, 0)}
        assert hours[0] == 23 or [each.day for each in local] == [1 + n for n in range(len(dated))]


def test_an_embargo_is_never_a_day(article):
    now = datetime(2025, 7, 3, 12, tzinfo=UTC)
    ahead = [article(n, published=datetime(2025, 7, 3 + n, tzinfo=UTC)) for n in (0, 1)]
    assert by_day(ahead, "Asia/Tokyo", now) == tuple(ahead)
    stated = [replace(each, raw={EMBARGOED: "yes"}) for each in ahead]
    assert by_day(stated, "UTC", now) == tuple(stated)
