"""What waits for one yes: too many new stories at once, and those that look like one of before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.model import BreakingRules, FloodLimits
from syndicate.planning.apply import announce
from syndicate.planning.flood_control import _differ
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


# Links that lead where nothing led before

GUARDED = FloodLimits(burst=10, similar="ask", hosts=frozenset({"gazette.example", "feeds.example"}))


def elsewhere(found, host="casino.example"):
    return [replace(each, url=each.url.replace("gazette.example", host)) for each in found]


def strangers(room):
    return [row for row in room.ledger.deliveries.search(states=("planned",)) if row.reason == "stranger"]


@pytest.fixture
def guarded(newsroom, stories, clock):
    """A newsroom that has posted four stories, and lists five more, after `listed` had its way with them."""

    def begin(listed, floods=GUARDED, before=lambda old: old):
        room = newsroom(floods=floods)
        clock.move(hours=2)
        old = before(stories(4))
        room.publish(*old)
        for row in strangers(room):
            assert room.ledger.decisions.approve(row, "", at=None, now=clock.now, ages=True)
        assert len(room.run()) == 4
        clock.move(hours=2)
        room.publish(*listed(stories(5, start=50), old))
        return room

    return begin


@pytest.mark.parametrize(
    ("listed", "held"),
    [
        (lambda new, _: elsewhere(new), 5),
        (lambda new, _: elsewhere(new)[:1], 1),
        (lambda new, _: new, 0),  # more was published than the feed shows
        (lambda new, _: elsewhere(new, "www.gazette.example"), 0),
        (lambda new, _: elsewhere(new[:3], "sport.gazette.example"), 0),
        (lambda new, _: elsewhere(new[:3], "feeds.example"), 0),  # of another source
        (lambda new, _: elsewhere(new, "notgazette.example"), 5),
        (lambda new, old: [*elsewhere(new[:2]), *new[2:], *old], 2),
        (lambda new, old: [*elsewhere(new), *elsewhere(old)], 0),  # the site has moved: what was known is there too
        (lambda new, _: [replace(each, raw={"enclosed": "1"}) for each in elsewhere(new)], 0),  # recordings
    ],
)
def test_what_leads_where_nothing_led_before_waits(guarded, listed, held):
    room = guarded(listed)
    assert len(strangers(room)) == held
    assert waiting(room) == 0
    assert {row.error for row in strangers(room)} <= {
        f"it leads to {host}, where nothing led before" for host in ("casino.example", "notgazette.example")
    }


@pytest.mark.parametrize(
    ("floods", "before"),
    [
        (CAREFUL, lambda old: old),  # links: out
        (GUARDED, lambda old: [*elsewhere(old[:1], "a.example"), *elsewhere(old[1:2], "b.example"), *old[2:]]),
    ],
    ids=["links out", "a source that led to three sites"],
)
def test_a_source_that_leads_to_many_sites_may_lead_to_any(guarded, floods, before):
    room = guarded(lambda new, _: elsewhere(new)[:2], floods, before)
    assert (strangers(room), waiting(room)) == ([], 0)


def test_a_host_is_the_sources_own_once_a_person_says_so_and_not_before(guarded, stories, clock):
    room = guarded(lambda new, old: [*elsewhere(new[:2]), *old])
    for row in strangers(room):
        assert room.ledger.decisions.skip(row, clock.now)
    clock.move(minutes=5)
    room.publish(*elsewhere(stories(1, start=60)), *room.articles)
    [row] = strangers(room)
    assert room.ledger.decisions.approve(row, "", at=None, now=clock.now, ages=True)
    clock.move(minutes=5)
    room.publish(*elsewhere(stories(1, start=70)), *room.articles)
    assert strangers(room) == []


# A list in which nothing is known


@pytest.mark.parametrize(
    ("change", "held"),
    [
        (lambda story: story, 0),
        (lambda story: replace(story, url=f"https://gazette.example/p/{story.title[-2:]}-new"), 5),
        (lambda story: replace(story, url=f"{story.url}.html"), 5),
        (lambda story: replace(story, title=f"{story.title} | The Gazette"), 5),
        (lambda story: replace(story, title=f"News: {story.title}"), 5),
        (lambda story: replace(story, title=f"{story.title} about…"), 5),
        (lambda story: replace(story, published=story.published - timedelta(hours=3)), 5),
    ],
    ids=["its next", "address", "ending", "suffix", "prefix", "cut", "older"],
)
def test_a_list_in_which_nothing_is_known_waits_unless_it_looks_like_the_sources_own(guarded, change, held):
    room = guarded(lambda new, _: [change(each) for each in new])
    assert waiting(room) == held
    assert len(room.run()) == 5 - held


def test_so_much_of_it_goes_out_as_burst_allows_and_three_are_no_list(guarded, stories, clock):
    room = guarded(lambda new, _: [replace(each, title=f"News: {each.title}") for each in new[:3]])
    assert waiting(room) == 0
    clock.move(hours=2)
    room.publish(*stories(11, start=60))
    assert waiting(room) == 11


# More within an hour than the source ever published


def dripped(room, stories, clock, count, polls, **fields):
    """Publish so many new stories in each of so many readings, five minutes apart; how many of them went out."""
    gone = 0
    for number in range(polls):
        clock.move(minutes=5)
        room.publish(*stories(count, start=1000 + number * count, **fields), *room.articles[:20])
        gone += len(room.run())
    return gone


def found_by_the_first_run(room, articles):
    room.ledger.sources.ensure("news", "https://gazette.example/old")  # its address changes: another first run
    assert room.publish(*articles) == ()


@pytest.mark.parametrize(
    ("apart", "gone"),
    [(timedelta(minutes=5), 30), (timedelta(0), 9), (timedelta(hours=3), 9)],
    ids=["an hour of ten", "an import of one second", "few an hour"],
)
def test_the_dates_of_what_the_first_run_found_say_how_much_is_usual(newsroom, stories, article, clock, apart, gone):
    room = newsroom(floods=CAREFUL)
    begin = clock.now - timedelta(days=4)
    found_by_the_first_run(room, [article(n, published=begin + n * apart) for n in range(11)])
    assert dripped(room, stories, clock, 3, 10) == gone


def test_what_was_refused_says_nothing_of_what_is_usual(newsroom, stories, clock):
    room = newsroom(floods=CAREFUL)
    clock.move(hours=2)
    assert dripped(room, stories, clock, 4, 5) == 8
    for row in room.ledger.deliveries.search(states=("planned",)):
        assert room.ledger.decisions.skip(row, clock.now)
    clock.move(days=1)
    assert dripped(room, lambda count, start: stories(count, start=start + 500), clock, 7, 4) == 21  # three times eight


def test_old_stories_that_come_back_nine_a_poll_are_stopped_within_the_hour(newsroom, stories, clock):
    room = newsroom(floods=CAREFUL)
    clock.move(hours=2)
    assert dripped(room, stories, clock, 9, 20) == 9
    assert waiting(room) == 171


def test_old_stories_that_were_never_seen_are_told_by_their_numbers(newsroom, article, clock):
    room = newsroom(floods=CAREFUL)
    known = [article(n, published=clock.now - timedelta(hours=2 * (220 - n))) for n in range(220, 200, -1)]
    found_by_the_first_run(room, known)
    for number in range(20):
        clock.move(minutes=5)
        again = [article(n, published=clock.now) for n in range(1 + number * 9, 10 + number * 9)]
        room.publish(*again, *known[: 20 - len(again)])
        assert room.run() == []
    clock.move(days=1)
    room.publish(article(221, published=clock.now), article(190, published=clock.now), *known)
    assert len(room.run()) == 2, "what is published next, and a late draft"


def test_old_stories_with_known_words_are_stopped_at_once(newsroom, article, clock):
    words = "It was seen by everybody who walked along the harbour that morning, early, and it was number"
    old = [article(n, summary=f"{words} {n}.", published=clock.now - timedelta(days=n)) for n in range(1, 181)]
    room = newsroom(floods=CAREFUL)
    found_by_the_first_run(room, old)
    clock.move(hours=2)
    for number in range(20):
        clock.move(minutes=5)
        again = [renamed(each, published=clock.now) for each in old[number * 9 : number * 9 + 9]]
        room.publish(*again, *room.articles[:20])
        assert room.run() == []


def test_a_breaking_day_is_no_flood_at_a_newsroom_that_has_had_such_hours(newsroom, stories, clock):
    room = newsroom(floods=CAREFUL)
    clock.move(days=1)
    for _ in range(2):  # ten stories within an hour, on the day before
        room.publish(*stories(5, start=200 + 5 * _), *room.articles)
        clock.move(minutes=5)
    assert len(room.run()) == 10
    clock.move(days=1)
    assert dripped(room, stories, clock, 3, 10) == 30


def test_what_was_published_during_a_night_without_polls_is_not_of_one_hour(newsroom, stories, article, clock):
    room = newsroom(floods=CAREFUL)
    clock.move(hours=12)
    night = [article(300 + n, published=clock.now - timedelta(hours=n)) for n in range(9)]
    room.publish(*night)
    assert len(room.run()) == 9
    assert dripped(room, stories, clock, 2, 4) == 8


def test_one_yes_lets_the_rest_of_the_hour_through(newsroom, stories, clock):
    room = newsroom(floods=CAREFUL)
    clock.move(hours=2)
    assert dripped(room, stories, clock, 4, 3) == 8
    for row in room.ledger.deliveries.search(states=("planned",)):
        assert room.ledger.decisions.approve(row, "", at=None, now=clock.now, ages=True)
    assert len(room.run()) == 4
    assert dripped(room, lambda count, start: stories(count, start=start + 500), clock, 4, 4) == 16
    clock.move(days=2)
    assert dripped(room, lambda count, start: stories(count, start=start + 900), clock, 9, 5) == 45


def test_breaking_news_is_never_too_much_for_an_hour(newsroom, stories, clock):
    room = newsroom(floods=CAREFUL, breaking=BreakingRules(tags=("breaking",)))
    clock.move(hours=2)
    assert dripped(room, stories, clock, 5, 4, categories=("breaking",)) == 20
    assert dripped(room, lambda count, start: stories(count, start=start + 500), clock, 5, 2) == 10


@pytest.mark.parametrize("fields", [{"precision": "day"}, {"published": None}], ids=["days", "undated"])
def test_without_hours_the_time_when_it_was_seen_counts(newsroom, article, clock, fields):
    room = newsroom(floods=CAREFUL)
    clock.move(hours=2)
    gone, base = 0, {"published": clock.now.replace(hour=0, minute=0)} | fields
    for number in range(0, 20, 4):
        clock.move(minutes=5)
        room.publish(*(article(1000 + number + each, **base) for each in range(4)), *room.articles)
        gone += len(room.run())
    assert (gone, waiting(room)) == (8, 12)


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("", "a b c", False),
        ("a b c", "", False),
        ("a b c d", "a e f g", True),  # one of seven
        ("a b c d e", "a b f g h", False),  # two of eight are a quarter
        ("a b c d e", "a b f g h i", True),
        ("a b c", "a b", False),  # by pairs of letters
        ("abcd", "abxy", True),  # one pair of five
        ("abcd", "abcx", False),
        ("a b c", "d e f", True),
    ],
)
def test_two_summaries_differ_that_share_less_than_a_quarter(one, other, differ):
    assert _differ(one, other) is differ
