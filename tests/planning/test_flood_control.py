"""What waits for one yes: too many new stories at once, and those that look like one of before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.model import Article, FloodLimits
from syndicate.planning.apply import announce
from syndicate.planning.flood_control import alike
from tests.worlds.newsroom import Newsroom

CAREFUL = FloodLimits(burst=10, similar="ask")


@pytest.fixture
def newsroom(ledger, clock):
    return lambda **options: Newsroom(ledger, clock, **{"floods": CAREFUL} | options)


@pytest.fixture
def stories(article, clock):
    """So many stories, the newest first, a minute apart, the last published now."""

    def make(count=1, start=1, ago=timedelta(0), **fields):
        numbers = range(start, start + count)
        last = numbers[-1] if count else 0
        made = [article(n, published=clock.now - ago - timedelta(minutes=last - n), **fields) for n in numbers]
        return made[::-1]

    return make


def waiting(room):
    return sum(row.reason == "burst" for row in room.ledger.deliveries.search(states=("planned",)))


def renamed(found, **fields):
    """The same story under another guid and address."""
    return replace(found, guid=f"{found.guid}-new", url=f"{found.url}-new", **fields)


# Bursts


@pytest.mark.parametrize(("count", "held"), [(10, 0), (11, 11), (60, 60)])
def test_more_than_burst_at_once_wait_for_a_yes(newsroom, stories, clock, count, held):
    room = newsroom()
    room.publish(*stories(3))
    room.run()
    clock.move(hours=2)
    room.publish(*stories(count, start=100), *room.articles)
    assert waiting(room) == held
    assert len(room.run()) == count - held


def test_without_a_burst_everything_goes_out(newsroom, stories, clock):
    room = newsroom(floods=FloodLimits(burst=None, similar="ask"))
    clock.move(hours=2)
    room.publish(*stories(60))
    assert len(room.run()) == 60


def test_an_archive_that_comes_back_waits_while_what_is_really_new_goes_out(newsroom, stories, clock):
    room = newsroom(max_age=timedelta(days=9))
    clock.move(hours=5)
    room.publish(*stories(2))
    assert len(room.run()) == 2
    clock.move(hours=1)
    archive = stories(8, start=50, ago=timedelta(hours=3))
    room.publish(*stories(1, start=100), *room.articles, *archive)
    assert (waiting(room), room.run()) == (8, ["Story 100"])


def test_a_late_story_or_three_are_no_archive(newsroom, stories, clock):
    room = newsroom()
    clock.move(hours=5)
    room.publish(*stories(4))
    room.run()
    clock.move(hours=1)
    room.publish(*room.articles, *stories(3, start=50, ago=timedelta(hours=3)))
    assert (waiting(room), len(room.run())) == (0, 3)


def test_a_feed_that_was_cached_for_an_hour_is_no_archive(newsroom, stories, clock):
    """What is new is older than our last look, and newer than what we know."""
    room = newsroom()
    clock.move(hours=5)
    room.publish(*stories(2))
    room.run()
    clock.move(minutes=50)
    written = stories(6, start=50)
    clock.move(minutes=50)
    room.poll()
    room.publish(*written, *room.articles)
    assert (waiting(room), len(room.run())) == (0, 6)


def test_what_waits_keeps_its_embargo_and_grows_too_old_like_any_other(newsroom, stories, article, clock):
    room = newsroom()
    clock.move(hours=5)
    later = article(99, published=clock.now + timedelta(hours=3))
    room.publish(later, *stories(11))
    rows = {row.article: row for row in room.ledger.deliveries.search()}
    assert rows[later.url].due_at == later.published
    assert waiting(room) == 12
    clock.move(hours=25)
    assert room.run() == []
    states = room.states()
    assert states.count(("skipped", "too_old")) == 11


def test_backfill_lets_out_what_waited_and_only_as_many_as_were_asked_for(newsroom, stories, clock):
    from syndicate.ingestion.poll import PollRules, poll

    room = newsroom()
    clock.move(hours=2)
    room.publish(*stories(20))
    poll(
        room,
        room.ledger.sources.ensure("news", "https://gazette.example/rss"),
        [room.account],
        room.ledger,
        PollRules(backfill=4, floods=CAREFUL),
    )
    assert room.run() == ["Story 17", "Story 18", "Story 19", "Story 20"]
    assert waiting(room) == 16


# Stories that look like another one


def test_a_story_under_a_new_address_and_a_new_date_waits(newsroom, stories, clock):
    room = newsroom()
    clock.move(hours=2)
    [first] = room.articles = stories(1)
    room.poll()
    room.run()
    clock.move(hours=1)
    room.publish(renamed(first, published=clock.now, title="STORY 1!"))
    assert room.run() == []
    [_, second] = room.ledger.deliveries.search()
    assert (second.state, second.reason, second.error) == ("planned", "similar", f"it resembles {first.url}")


@pytest.mark.parametrize(("wish", "state"), [("post", ("due", None)), ("skip", ("skipped", "similar"))])
def test_what_is_done_with_it_is_the_publishers_choice(newsroom, stories, clock, wish, state):
    room = newsroom(floods=FloodLimits(similar=wish))
    clock.move(hours=2)
    [first] = stories(1)
    room.publish(first)
    room.run()
    clock.move(hours=1)
    room.publish(renamed(first, published=clock.now))
    assert room.states() == [("posted", None), state]


def test_what_was_skipped_for_looking_alike_goes_out_when_a_person_names_it(newsroom, stories, clock):
    room = newsroom(floods=FloodLimits(similar="skip"))
    clock.move(hours=2)
    [first] = stories(1)
    room.publish(first)
    room.run()
    clock.move(hours=1)
    again = renamed(first, published=clock.now)
    room.publish(again)
    announce(again, [room.account], room.ledger)
    assert room.run() == ["Story 1"]


def test_the_same_headline_days_later_is_another_story(newsroom, stories, clock):
    room = newsroom()
    clock.move(hours=2)
    [first] = stories(1)
    room.publish(first)
    clock.move(days=3)
    room.publish(renamed(first, published=clock.now), first)
    assert room.states()[-1] == ("due", None)


def test_a_column_that_bears_one_headline_every_day_is_asked_about_once(newsroom, stories, article, clock):
    room = newsroom()
    states = []
    column = []
    for day in range(5):
        clock.move(days=1)
        column.insert(0, article(day, title="The morning briefing", published=clock.now))
        room.publish(*column)
        states.append(room.states()[-1])
        for row in room.ledger.deliveries.search(states=("planned",)):
            room.ledger.decisions.approve(row, "", at=None, now=clock.now, ages=True)
        room.run()
    assert states == [("due", None), ("planned", "similar"), *[("due", None)] * 3]


def test_a_migration_that_changes_guids_addresses_and_dates_posts_nothing(newsroom, stories, clock):
    room = newsroom()
    clock.move(days=1)
    room.publish(*stories(9))
    assert len(room.run()) == 9
    for days in (1, 5, 9):  # and again, and again
        clock.move(days=days)
        moved = [renamed(found, published=clock.now) for found in room.articles]
        room.publish(*moved)
        assert room.run() == []
    assert room.states().count(("planned", "similar")) + room.states().count(("skipped", "too_old")) == 27


@pytest.mark.parametrize("fields", [{}, {"tz_assumed": True}], ids=["zoned", "zone guessed"])
def test_a_migration_that_changes_guids_addresses_and_headlines_posts_not_even_the_newest(
    newsroom, stories, clock, fields
):
    room = newsroom()
    clock.move(days=1)
    room.publish(*stories(9, **fields))
    assert len(room.run()) == 9
    clock.move(minutes=5)
    room.publish(*(renamed(found, title=f"{found.title} | The Gazette", summary="") for found in room.articles))
    assert (room.run(), waiting(room)) == ([], 9)


SUMMARY = "The council voted nine to four for the tram line along the harbour, after a debate of six hours."


@pytest.mark.parametrize(
    ("title", "summary", "state"),
    [
        ("Council says yes to trams", SUMMARY.replace("tram line", "tramline"), ("due", None)),
        ("Council says yes to trams", SUMMARY, ("planned", "similar")),
        ("Harbour fire under control", SUMMARY, ("due", None)),  # a boilerplate summary
        ("Council says yes to tram 2", SUMMARY, ("due", None)),  # a part of a series
        ("Council says yes to trams", "In short.", ("due", None)),
        ("Corrected: council says yes to tram", SUMMARY, ("planned", "similar")),
    ],
)
def test_a_mended_headline_over_the_same_summary_is_alike(newsroom, article, clock, title, summary, state):
    room = newsroom()
    clock.move(hours=2)
    first = article(1, title="Council says yes to tram", summary=SUMMARY, published=clock.now)
    room.publish(first)
    clock.move(hours=1)
    room.publish(article(2, title=title, summary=summary, published=clock.now), first)
    assert room.states()[-1] == state


def test_an_address_and_a_headline_mended_at_once_are_the_story_that_stood_there(newsroom, article, clock):
    room = newsroom()
    clock.move(hours=2)
    old, written = article(1, published=clock.now - timedelta(hours=1)), clock.now
    typo = article(2, title="Mayor resings", published=written)
    room.publish(typo, old)
    assert room.run() == ["Story 1", "Mayor resings"]
    clock.move(minutes=5)
    other = article(4, title="Weather", published=written)
    room.publish(article(3, title="Harbour reopens", published=clock.now), typo, other, old)
    assert room.run() == ["Weather", "Harbour reopens"]  # of the same second, and the first is still there
    mended = renamed(typo, title="The mayor resigns", summary="")
    room.publish(article(3, title="Harbour reopens", published=clock.now), mended, other, old)
    assert room.run() == []
    [row] = room.ledger.deliveries.search(states=("planned",))
    assert (row.reason, row.error) == ("similar", f"it resembles {typo.url}")


def test_a_feed_whose_dates_are_days_and_whose_stories_scroll_out_asks_nothing(newsroom, article, clock):
    room = newsroom()
    clock.now = clock.now.replace(hour=1) + timedelta(days=1)
    today = clock.now.replace(hour=0)
    pinned = article(900, published=today - timedelta(days=3))
    listed = [article(n, published=today) for n in range(4)]
    room.publish(pinned, *listed)
    room.run()
    for number in range(4, 9):
        clock.move(minutes=30)
        listed = [article(number, published=today), *listed[:3]]
        room.publish(pinned, *listed)
        assert room.run() == [f"Story {number}"]


def test_one_story_twice_in_one_reading_under_two_addresses_goes_out_once(newsroom, article, clock):
    room = newsroom()
    clock.move(hours=2)
    amp = article(2, title="One storm", published=clock.now - timedelta(minutes=1))
    room.publish(article(1, title="One storm", published=clock.now), amp)
    assert sorted(room.states(), key=str) == [("due", None), ("planned", "similar")]


@pytest.mark.parametrize(
    ("title", "summaries", "same"),
    [
        ("Photo", ("The harbour at dawn.", "The clock tower in fog."), False),
        ("Photo", ("The harbour at dawn.", "The harbour, at dawn"), True),
        ("Photo", ("The harbour at dawn.", ""), True),
        ("Mayor resigns", ("The harbour at dawn.", "The clock tower in fog."), True),
    ],
)
def test_a_headline_of_one_word_may_be_a_label(title, summaries, same):
    one, other = (Article("news", "https://gazette.example/a", title, summary) for summary in summaries)
    assert alike(one, other) is same
