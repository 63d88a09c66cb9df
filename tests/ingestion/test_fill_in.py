"""Two sources list one story: the richer reading fills in what the poorer one left out, until the story is sent."""

from dataclasses import replace

import pytest

from syndicate.ingestion.fill_in import filled, still_filled
from syndicate.model import FILLED, Image
from tests.worlds.press import feed

LINK = "https://gazette.example/10"
RICH = {"summary": "All the summary there is.", "guid": "another"}


@pytest.fixture
def two(press):
    """A press whose `news` says little; `sport` is read after it and says more. `listed` is what that one shows."""

    def begin(account=""):
        room, listed = press(), []
        room.configure(more=f'  sport: {{url: "{room.site.url}/sport.xml", preflight: off}}', account=account)
        plain = room.site.answer

        def answer(path, tag):
            return (200, "application/rss+xml", body(listed), None) if path == "/sport.xml" else plain(path, tag)

        room.site.answer = answer
        listed.append(room.story(90, ago=90))
        assert room.run() == []
        room.clock.move(hours=1)
        return room, listed

    return begin


def body(listed):
    """The richer feed: its stories of today have a section, too."""
    return feed(*listed).replace(b'<guid isPermaLink="false">another', b"<category>Harbour</category><guid>another")


def texts(room):
    return [post["text"] for post in room.sandbox.posts()]


def test_what_the_first_source_left_out_is_said(two):
    room, listed = two()
    story = room.story(10)
    listed.insert(0, replace(story, **RICH))
    assert room.run(story, *room.items) == [LINK]
    assert texts(room) == [f"Story 10\n\nAll the summary there is.\n\n{LINK}\n\n#Harbour"]


def test_what_the_first_source_said_stays(two):
    room, listed = two(", delay: 10m")
    story = room.story(10, summary="Its own words.")
    room.run(story, *room.items)  # which of two is read first within one run is left open
    listed.insert(0, replace(story, title="Another headline", **RICH))
    room.run()
    room.clock.move(minutes=11)
    assert room.run() == [LINK]
    assert texts(room) == [f"Story 10\n\nIts own words.\n\n{LINK}\n\n#Harbour"]


def test_a_story_that_is_sent_is_not_edited_for_it(two):
    room, listed = two(", on_edit: edit")
    story = room.story(10)
    assert room.run(story, *room.items) == [LINK]
    room.clock.move(minutes=5)
    listed.insert(0, replace(story, **RICH))
    room.run()
    assert texts(room) == [f"Story 10\n\n{LINK}"]
    assert len(room.rows()) == 1


def test_an_account_that_waits_for_approval_is_asked_about_the_whole_story(two):
    room, listed = two(", approve: true, schedule: {quiet: ['00:00-23:59']}")
    story = room.story(10)
    assert room.run(story, *room.items) == []
    [row] = room.app().ledger.deliveries.search()
    room.app().ledger.decisions.approve(row, "digest of the poorer post", at=None, now=room.clock(), ages=True)
    listed.insert(0, replace(story, **RICH))
    room.run()
    room.close()
    room.path.write_text(room.path.read_text().replace(", schedule: {quiet: ['00:00-23:59']}", ""))
    assert room.run() == []
    assert room.waiting("approval") == [LINK]


def test_what_is_filled_in_stays_when_the_first_source_is_read_again(two, clock):
    room, listed = two(", delay: 10m, on_edit: edit")
    story = room.story(10)
    room.run(story, *room.items)
    listed.insert(0, replace(story, **RICH))
    room.run()
    clock.move(minutes=5)
    room.run(replace(story, title="Story 10, mended"), *room.items[1:])
    clock.move(minutes=5)
    room.run(replace(story, title="Story 10, mended", summary="Now its own."), *room.items[1:])
    clock.move(minutes=11)
    assert room.run() == [LINK]
    assert texts(room) == [f"Story 10, mended\n\nNow its own.\n\n{LINK}\n\n#Harbour"]


@pytest.mark.parametrize(
    ("rule", "arrives"),
    [
        ("only: {sections: [Harbour]}", [LINK]),
        ("only: {tags: [Sport]}", []),
        ("never: {tags: [Harbour]}", []),
    ],
)
def test_filters_see_the_whole_story(two, rule, arrives):
    room, listed = two(f", {rule}")
    story = room.story(10)
    listed.insert(0, replace(story, **RICH))
    assert room.run(story, *room.items) == arrives
    assert room.run() == []
    [(_, state, reason)] = room.rows()
    assert (state, reason) == (("posted", None) if arrives else ("skipped", "filtered"))


def test_a_field_is_filled_in_only_where_there_is_none(article):
    known = article(1, summary="", images=(), authors=("Ana",))
    other = article(1, summary="Said.", images=(Image("https://a.example/1.jpg"),), authors=("Rui",))
    whole = filled(known, other)
    assert (whole.summary, whole.images, whole.authors) == ("Said.", other.images, ("Ana",))
    assert set(whole.raw[FILLED].split()) == {"summary", "images"}
    assert filled(whole, other) is whole
    again = still_filled(replace(known, title="Mended", summary="Own."), whole)
    assert (again.title, again.summary, again.images, again.raw[FILLED]) == ("Mended", "Own.", other.images, "images")
    assert still_filled(known, known) is known
