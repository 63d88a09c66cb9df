"""What makes a story new: one test for each way in which feeds have fooled those that read them.

The cases are those on which feed readers and feed bots have been seen to repeat, lose or flood: each ends
with every story once, or planned for a stated reason.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.worlds.press import Item, feed


def link(number, host="https://gazette.example"):
    return f"{host}/{number}"


# Other names for what is known


@pytest.mark.parametrize(
    "renamed",
    [
        {"guid": "http://gazette.example/?p=10"},  # http to https in the guid
        {"guid": "https://new.example/?p=10"},  # another host in the guid
        {"guid": "build-4711-10"},  # new in every build
        {"guid": None},
    ],
)
def test_a_guid_that_changes(press, renamed):
    room = press()
    story = room.story(10, guid="https://gazette.example/?p=10")
    assert room.run(story, *room.items) == [link(10)]
    assert room.run(replace(story, **renamed), *room.items[1:]) == []


@pytest.mark.parametrize(
    "address",
    [
        "http://gazette.example/10",
        "https://www.gazette.example/10/",
        "https://gazette.example/10?utm_source=rss&utm_medium=feed",
        "https://GAZETTE.example:443/10#comments",
        "https://gazette.example/10?fbclid=4711",
    ],
)
def test_an_address_that_is_written_otherwise(press, address):
    room = press()
    story = room.story(10)
    assert room.run(story, *room.items) == [link(10)]
    assert room.run(replace(story, link=address, guid="another"), *room.items[1:]) == []


@pytest.mark.parametrize("address", ["/caf%c3%a9", "//café", "/café/?utm_source=rss"])
def test_an_address_that_is_spelled_otherwise_under_a_new_headline(press, address):
    room = press()
    story = room.story(10, link="https://gazette.example/caf%C3%A9", guid=None)
    assert room.run(story, *room.items) == [story.link]
    again = replace(story, link=f"https://gazette.example{address}", title="The café is open again")
    assert room.run(again, *room.items[1:]) == []


def test_a_whole_site_moves_to_https_and_another_host_with_new_guids(press):
    room = press()
    old = [room.story(n, host="http://old.example") for n in range(10, 18)]
    assert room.run(*old, *room.items) == []
    room.approve("stranger")
    assert len(room.run()) == 8
    moved = [replace(item, link=item.link.replace("http://old", "https://new"), guid=f"x{item.guid}") for item in old]
    assert room.run(*moved) == []
    assert any("new addresses" in note for note in room.notes)
    assert room.run(room.story(30, host="https://new.example"), *moved) == ["https://new.example/30"]


def test_a_slug_mended_after_publishing_while_the_date_stays(press):
    room = press()
    story = room.story(10, title="The mayor resings")
    assert room.run(story, *room.items) == [link(10)]
    mended = replace(story, link=link("10-the-mayor-resigns"), guid=link("10-the-mayor-resigns"))
    assert room.run(mended, *room.items[1:]) == []


def test_a_slug_mended_and_the_date_with_it_waits_for_a_yes(press, clock):
    room = press()
    story = room.story(10)
    assert room.run(story, *room.items) == [link(10)]
    clock.move(hours=3)
    again = replace(story, link=link("10-b"), guid="other", at=clock())
    assert room.run(again, *room.items[1:]) == []
    assert room.waiting("similar") == [link("10-b")]
    room.skip("similar")
    assert room.run() == []


# Names that are no names


def test_one_guid_on_two_stories(press):
    room = press()
    both = [room.story(n, guid="guid") for n in (10, 11)]
    assert sorted(room.run(*both, *room.items)) == [link(10), link(11)]
    assert room.run(room.story(12, guid="guid"), *room.items) == [link(12)]


def test_two_sites_in_one_feed_that_number_their_posts_alike(press, clock):
    room = press()
    one = room.story(10, link="https://a.example/tram", guid="https://a.example/?p=77")
    assert room.run(one, *room.items) == []
    room.approve("stranger")
    assert room.run() == [one.link]
    clock.move(hours=5)
    other = room.story(11, link="https://b.example/ferry", guid="https://b.example/?p=77")
    assert room.run(other, *room.items[1:]) == []
    room.approve("stranger")
    assert room.run() == [other.link]
    moved = replace(one, link="https://c.example/tram", guid="https://c.example/?p=77", at=clock(), title="Moved")
    assert room.run(moved, *room.items[1:]) == []
    assert room.waiting("similar") == []


def test_one_story_listed_twice_under_its_old_and_its_new_headline(press):
    room = press()
    story = room.story(10)
    again = replace(story, title="The mayor has resigned")
    assert room.run(again, story, *room.items) == [link(10)]
    assert room.run(replace(story, title="Who follows the mayor?"), *room.items) == []


def test_one_link_on_all_stories(press):
    room = press()
    front = "https://gazette.example/"
    assert room.run(*[room.story(n, link=front) for n in (10, 11, 12)], *room.items) == [front] * 3
    assert room.run() == []


def test_no_guid_and_no_link(press):
    """Headline and date are its name. It goes out once, where nobody looks at pages; else it waits, having none."""
    room = press()
    nameless = Item("Nameless", None, None, room.clock())
    assert room.run(nameless, *room.items) == [None]
    assert room.run(replace(nameless, summary="Changed."), *room.items[1:]) == []
    room.configure(source=", preflight: 1h")
    assert room.run(Item("Nameless 2", None, None, room.clock()), *room.items) == []
    assert len(room.waiting("preflight")) == 1


def test_neither_headline_nor_link_is_left_out_and_told(press):
    room = press()
    assert room.run(Item(None, None, "guid-only", room.clock()), room.story(10), *room.items) == [link(10)]
    assert room.left_out == [("guid-only", "it has neither a title nor an address")]


# Dates


def test_an_edit_that_bumps_updated_never_posts_again(press, clock):
    room = press()
    story = room.story(10)
    assert room.run(story, *room.items) == [link(10)]
    clock.move(minutes=30)
    edited = replace(story, title="Story 10, corrected", updated=clock(), summary="Now right.")
    assert room.run(edited, *room.items[1:]) == []


def test_a_story_moved_to_the_top_with_a_new_date(press, clock):
    room = press()
    old = room.items[-1]
    clock.move(hours=1)
    assert room.run(replace(old, at=clock()), *room.items[:-1]) == []


def test_a_date_ahead_is_an_embargo_to_the_second(press, clock):
    room = press()
    story = room.story(10, at=clock() + timedelta(hours=2))
    assert room.run(story, *room.items) == []
    assert room.waiting("embargo") == [link(10)]
    clock.move(hours=2, seconds=-1)
    assert room.run() == []
    clock.move(seconds=1)
    assert room.run() == [link(10)]


def test_an_embargoed_story_whose_page_is_not_there_at_its_hour_is_not_announced(press, clock):
    """Taken back, or late: the page is asked right before the post, whatever the feed lists."""
    room = press(source=", preflight: 1h")
    gone = room.site.link(room.site.publish(1)[0])
    assert room.run(room.story(10, link=gone, at=clock() + timedelta(hours=2)), *room.items) == []
    room.site.stories.clear()
    clock.move(hours=2)
    assert room.run() == []
    assert room.waiting("preflight") == [gone]


def test_a_date_months_ahead_is_a_slip_and_waits_for_a_person(press, clock):
    room = press()
    assert room.run(room.story(10, at=clock() + timedelta(days=300)), *room.items) == []
    assert room.waiting("date") == [link(10)]


def test_undated_stories_count_as_new_only_on_top(press):
    room = press()
    below = room.story(11, at=None)
    assert room.run(room.story(10, at=None), *room.items, below) == [link(10)]
    assert (link(11), "skipped", "baseline") in room.rows()


def test_a_list_without_dates_that_begins_with_its_oldest_is_learned(press, clock):
    room = press()
    listed = [room.story(n, at=None) for n in range(10, 14)]
    posted = []
    for number in range(14, 20):
        posted += room.run(*listed)
        clock.move(hours=1)
        listed.append(room.story(number, at=None))
    posted += room.run(*listed)
    assert posted == [link(n) for n in (17, 18, 19)], "three show the direction"
    assert room.run(room.story(30, at=None), *listed) == [], "an old one that is added elsewhere is none"


def test_a_list_that_begins_with_its_oldest_says_so_by_dates_too(press, clock):
    room = press()
    listed = [room.story(n, ago=60 * (20 - n)) for n in range(10, 15)]
    room.run(*listed)
    clock.move(hours=1)
    assert room.run(room.story(30, at=None), *listed, room.story(31, at=None)) == [link(31)]


def test_a_date_without_a_zone_is_read_in_the_sources_own(press, clock):
    room = press(source=", timezone: Asia/Tokyo")
    local = (clock() + timedelta(hours=9)).strftime("%Y-%m-%d %H:%M:%S")
    assert room.run(room.story(10, at=local), *room.items) == [link(10)]


@pytest.mark.parametrize("words", ["0000-00-00 00:00:00", "Mon, 31 Feb 2025 10:00:00 GMT", "soon", "1756"])
def test_a_date_that_is_none_never_becomes_today(press, words):
    room = press()
    archive = room.story(10, at=words)
    assert room.run(*room.items, archive) == []
    assert room.rows() == [(link(10), "skipped", "baseline")]


# A name that is given to another story


def test_a_guid_that_is_used_again_for_another_story_waits_for_a_yes(press, clock):
    room = press()
    first = room.story(10, guid="live", title="Storm nears the coast")
    assert room.run(first, *room.items) == [link(10)]
    clock.move(days=3)
    second = room.story(11, guid="live", title="Council passes its budget")
    assert room.run(second, *room.items[1:]) == []
    assert room.waiting("similar") == [link(11)]
    assert room.run() == []
    room.approve("similar")
    assert room.run() == [link(11)]
    mended = replace(second, title="Council passes budget at last")
    assert room.run(mended, *room.items[1:]) == []
    assert len(room.rows()) == 2


def test_an_address_that_is_used_again_for_another_story_waits_for_a_yes(press, clock):
    room = press()
    daily = room.story(10, guid="monday", title="Storm nears the coast")
    assert room.run(daily, *room.items) == [link(10)]
    for guid, title in (("tuesday", "Council passes its budget"), ("friday", "Ferry runs again after repairs")):
        clock.move(days=1)
        next_one = replace(daily, guid=guid, title=title, at=clock())
        assert room.run(next_one, *room.items[1:]) == []
        assert room.run() == []
        assert len(room.waiting("similar")) == 1
        room.approve("similar")
        assert room.run() == [link(10)]
        assert room.run() == []


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Storm nears the coast, ferries stop"},  # told anew, the day after
        {"title": "Council passes its budget", "ago": 0},  # at once: an edit
        {"title": "Storm nears the coast", "link": link(11)},
    ],
)
def test_a_story_that_is_told_anew_under_a_changed_name_is_none(press, clock, change):
    room = press()
    story = room.story(10, guid="one", title="Storm nears the coast")
    assert room.run(story, *room.items) == [link(10)]
    clock.move(days=1)
    at = story.at if change.pop("ago", None) == 0 else clock()
    other = {"guid": "two"} if "link" not in change else {}
    assert room.run(replace(story, **(change | other), at=at), *room.items[1:]) == []
    assert [(state, reason) for _, state, reason in room.rows()] == [("posted", None)]


@pytest.mark.parametrize(
    ("at_first", "later"),
    [
        ({}, {}),
        ({}, {"guid": None}),
        ({}, {"link": None}),
        ({"guid": None}, {}),
        ({"guid": None}, {"guid": None}),
        ({"link": None}, {}),
        ({"link": None}, {"link": None}),
    ],
)
def test_a_story_that_has_no_name_of_its_own_is_no_other_whatever_is_said_anew(press, clock, at_first, later):
    room = press()
    story = room.story(10, title="Storm nears the coast")
    assert room.run(replace(story, **at_first), *room.items) == [at_first.get("link", story.link)]
    clock.move(days=3)
    told_anew = replace(story, title="Council passes its budget", at=clock(), **later)
    assert room.run(told_anew, *room.items[1:]) == []
    assert len(room.rows()) == 1
    assert room.waiting("similar") == []


# Order, and what comes and goes


def test_a_feed_in_the_reverse_order(press, clock):
    room = press()
    stories = [room.story(n, ago=20 - n) for n in (10, 11, 12)]
    assert room.run(*reversed(room.items), *stories) == [link(10), link(11), link(12)]


def test_a_story_that_disappears_and_comes_back_after_a_year(press, clock):
    room = press()
    story = room.story(10)
    assert room.run(story, *room.items) == [link(10)]
    old = room.items[1:]
    for _ in range(20):
        clock.move(days=18)
        room.run(*(room.story(n + 100 * clock().toordinal()) for n in range(3)), *old)
    before = len(room.arrived())
    assert room.run(replace(story, at=clock()), *old) == []
    assert len(room.arrived()) == before


def test_an_old_story_that_is_inserted_late(press, clock):
    room = press()
    late = room.story(10, ago=60 * 30)
    assert room.run(room.story(11), late, *room.items) == [link(11)]
    assert (link(10), "skipped", "baseline") in room.rows()
    clock.move(days=3)
    older = room.story(12, ago=60 * 30)
    assert room.run(older, *room.items) == []
    assert (link(12), "skipped", "too_old") in room.rows()


# Readings that are none


@pytest.mark.parametrize(
    ("raw", "status", "told"),
    [
        (b"<!doctype html><html><title>Gazette</title><p>Hello</html>", 200, "HTML page"),
        (
            b"<!doctype html><title>Just a moment...</title><script>window._cf_chl_opt={}</script>",
            200,
            "bot check",
        ),
        (b"", 200, "empty"),
        (b"no", 503, "503"),
    ],
)
def test_a_page_a_challenge_or_nothing_instead_of_a_feed(press, raw, status, told):
    room = press()
    body, room.body = room.body, lambda: raw
    room.site.status = status
    assert room.run() == []
    assert len(room.faults) == 1
    assert told in room.faults[0]
    room.site.status, room.body = 200, body
    assert room.run(room.story(10), *room.items) == [link(10)]


def test_a_feed_that_shrank_to_nothing_removes_nothing(press):
    room = press()
    known = room.items
    body, room.body = room.body, lambda: b"<rss version='2.0'><channel><title>Gazette</title></channel></rss>"
    assert room.run() == []
    assert "no entries" in room.faults[0]
    room.body = body
    assert room.run(room.story(10), *known) == [link(10)]


def test_a_document_cut_off_gives_its_whole_entries_now_and_the_rest_later(press):
    room = press()
    stories = [room.story(n, ago=n) for n in (10, 11, 12)]
    room.items = [*stories, *room.items]
    body = room.body
    room.body = lambda: body()[: body().index(b"Story 11") + 30]
    assert room.run() == [link(10)]
    room.body = body
    assert room.run() == [link(12), link(11)]


# Floods


def test_a_first_run_posts_nothing_and_backfill_as_many_as_were_asked_for(press):
    room = press()
    assert room.arrived() == []
    assert room.run(backfill=2) == [link(2), link(1)]
    assert room.run(backfill=2) == []


def moved(room):
    """The feed goes on at another address."""
    room.configure()
    room.path.write_text(room.path.read_text().replace("/rss.xml", "/rss.xml?v=2"))
    plain = room.site.answer
    room.site.answer = lambda path, tag: plain(path.partition("?")[0], tag)


@pytest.mark.parametrize("undated", [False, True])
def test_a_source_whose_address_is_corrected_goes_on(press, undated):
    room = press()
    if undated:
        room.items = [replace(item, at=None) for item in room.items]
        assert room.run() == []
    moved(room)
    fresh = room.story(10, **({"at": None} if undated else {}))
    assert room.run(fresh, *room.items) == [link(10)]
    assert any("3 of the 4 articles there are known" in note for note in room.notes)
    room.clock.move(hours=1)
    assert room.run(room.story(11), *room.items) == [link(11)]


@pytest.mark.parametrize(
    "ago",
    [
        pytest.param([20, 21, 22, 23, 24, 25], id="too many new ones"),
        pytest.param([20, 200, 210], id="older ones that are not known"),
    ],
)
def test_a_source_whose_address_leads_to_other_articles_begins_anew(press, ago):
    room = press()
    moved(room)
    others = [room.story(20 + number, ago=each) for number, each in enumerate(ago)]
    assert room.run(*others, *room.items[:2]) == []
    assert room.notes == []
    room.clock.move(hours=1)
    assert room.run(room.story(11), *room.items) == [link(11)]


def test_a_new_account_posts_what_comes_after_it(press, clock):
    room = press()
    assert room.run(room.story(10), *room.items) == [link(10)]
    clock.move(hours=1)
    room.configure(accounts=("masto", "fb"))
    assert room.run() == []
    clock.move(hours=1)
    assert room.run(room.story(11), *room.items) == [link(11)] * 2


@pytest.mark.parametrize("count", [10, 12, 40])
def test_an_archive_with_new_names_and_new_dates_waits_as_a_whole(press, clock, count):
    room = press()
    assert len(room.run(*(room.story(n, ago=n) for n in range(20, 29)), *room.items)) == 9
    clock.move(hours=5)
    ago = [timedelta(hours=5, minutes=22 + n) for n in range(count)]
    archive = [Item(f"Archive {n}", link(f"a{n}"), f"a{n}", clock() - age) for n, age in enumerate(ago)]
    assert room.run(room.story(50), *archive) == []
    assert len(room.waiting("burst")) + sum(row[2] == "baseline" for row in room.rows()) == count + 1


def test_a_burst_of_real_news_waits_for_one_yes_and_then_goes_out_in_order(press, clock):
    room = press()
    stories = [room.story(n, ago=40 - n) for n in range(10, 25)]
    assert room.run(*reversed(stories), *room.items) == []
    assert len(room.waiting("burst")) == 15
    room.approve("burst")
    assert room.run() == [link(n) for n in range(10, 25)]


# Two at once


def test_two_feeds_that_list_one_story(press, clock):
    room = press()
    other = f'  sport: {{url: "{room.site.url}/sport.xml", preflight: off}}'
    room.configure(more=other)
    plain = room.site.answer
    room.site.answer = lambda path, tag: plain("/rss.xml" if path == "/sport.xml" else path, tag)
    assert room.run() == []
    clock.move(hours=1)
    assert room.run(room.story(10), *room.items) == [link(10)]
    clock.move(hours=1)
    assert room.run(room.story(11), *room.items) == [link(11)]


@pytest.fixture
def beside(press):
    """A press with a second feed; `listed` is what that one shows."""

    def begin(account=""):
        room, listed = press(), []
        room.configure(more=f'  sport: {{url: "{room.site.url}/sport.xml", preflight: off}}', account=account)
        plain = room.site.answer

        def answer(path, tag):
            if path == "/sport.xml":
                return 200, "application/rss+xml", feed(*listed), None
            return plain(path, tag)

        room.site.answer = answer
        listed.append(room.story(90, ago=90))
        assert room.run() == []
        room.clock.move(hours=1)
        return room, listed

    return begin


def test_an_account_of_one_feed_gets_what_another_feed_listed_first(beside):
    room, sport = beside(", only: {sources: [sport]}")
    assert room.run(room.story(10), room.story(11), *room.items) == []
    room.clock.move(minutes=5)
    sport.insert(0, room.items[0])
    assert room.run() == [link(10)]
    assert room.run() == []
    assert (link(11), "skipped", "filtered") in room.rows()


def test_what_a_person_or_a_filter_of_words_left_out_stays_out_wherever_it_is_listed(beside):
    room, sport = beside(", only: {sources: [sport]}, never: {title: Advertisement}")
    sold = room.story(10, title="Advertisement: a car")
    assert room.run(sold, *room.items) == []
    sport.insert(0, sold)
    assert room.run() == []
    assert room.rows() == [(link(10), "skipped", "filtered")]


def test_what_a_first_run_of_a_feed_finds_is_not_new_to_an_account_of_that_feed(beside):
    room, sport = beside(", only: {sources: [sport]}")
    assert room.run(room.story(10), *room.items) == []
    room.close()
    room.path.write_text(room.path.read_text().replace("/sport.xml", "/sport.xml?v=2"))
    plain = room.site.answer
    room.site.answer = lambda path, tag: plain(path.partition("?")[0], tag)
    sport[:] = [room.items[0], room.story(92, ago=95)]
    assert room.run() == []
    sport.insert(0, room.story(91))
    assert room.run() == [link(91)]


def test_a_story_without_words_waits_for_its_words_and_goes_out_once(press, clock):
    room = press()
    bare = room.story(10, title=None)
    assert room.run(bare, *room.items) == []
    assert (link(10), "skipped", "empty") in room.rows()
    assert "entries without words, picture or recording, which are not announced: 1" in room.notes
    clock.move(minutes=10)
    assert room.run(replace(bare, summary="Fog on the river."), *room.items[1:]) == [None]  # a note, without its link
    assert room.run(replace(bare, summary="Fog on the river, still."), *room.items[1:]) == []


def test_words_for_what_the_first_run_saw_without_any_are_no_news(press):
    bare = Item(None, link(10), "id-10", None)
    room = press(bare)
    assert room.run(replace(bare, summary="Fog on the river."), *room.items[1:]) == []


def test_a_date_that_cannot_be_read_is_not_now(press):
    room = press()
    assert room.run(room.story(10, at="Yestreen at ten"), *room.items) == []
    assert room.waiting("date") == [link(10)]
    assert room.notes == ["dates that cannot be read: 1, such as 'Yestreen at ten'"]


def test_an_old_change_of_an_undated_story_is_older_than_news(press, clock):
    room = press()
    assert room.run(room.story(10, at=None, updated=clock() - timedelta(days=900)), *room.items) == []
    assert room.run(room.story(11, at=None, updated=clock()), *room.items) == [link(11)]
