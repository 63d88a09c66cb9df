"""What a reading makes of each entry: which stand on top, which are news all the same, and what changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.aliases import aliases
from syndicate.ingestion.ingest import ingest, listed_here_too
from syndicate.ledger.articles import ELSEWHERE, UNREAD
from syndicate.model import EMBARGOED, Account, Filter, Image
from syndicate.planning.apply import announce
from syndicate.planning.plan import FAR
from tests.worlds.accounts import MASTO

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SITE = "https://gazette.example"


@pytest.fixture
def add(ledger, clock):
    """Stores an article; gives its anchor."""

    def make(story, position=0, **columns):
        anchor = ledger.articles.add(story, aliases(story), position=position, now=clock())
        for name, value in columns.items():
            ledger.database.change(f"UPDATE article SET {name} = :value WHERE anchor = :row", value=value, row=anchor)
        return anchor

    return make


@pytest.fixture
def read(ledger, clock):
    """Ingests these articles, after a first reading at the beginning."""
    began = clock()

    def once(*articles, **options):
        return ingest(articles, ledger, clock(), **{"was_empty": False, "since": began} | options)

    return once


# The top of a list


@pytest.mark.parametrize(
    ("times", "listed", "top"),
    [
        # Its newest stands first.
        ("C3 B2 A1", "xCBA", "x"),
        ("C3 B2 A1", "xyCBA", "xy"),
        ("C3 B2 A1", "CxBA", ""),
        ("C3 B2 A1", "CBAx", ""),
        ("C1 B1 A1", "xCyBA", "x"),
        # What is pinned above it is older than what stands below.
        ("A1 B2", "AxB", "x"),
        ("A1 B2", "xAyB", "x"),
        ("B4 A3 C9", "BAxC", "x"),
        ("D4 B3 A2 C9", "DBAxC", "x"),
        ("E5 D4 B3 A2 C9", "EDBAxC", ""),  # too many for that
        ("B4 A3 C4", "BAxC", ""),  # not older
        ("A1 C3 B2", "AxCyB", "x"),
        ("A2 B2 C3 D9", "ABxCD", "x"),
        # After the first reading all are as old: a few new ones right below the first show that it is pinned.
        ("A1 B1 C1", "AxBC", "x"),
        ("A1 B1 C1", "AxyzBC", "xyz"),
        ("A1 B1 C1", "AwxyzBC", ""),
        ("A1 B1 C1", "ABxC", ""),
        ("A1", "Ax", ""),
        ("A1", "xA", "x"),
        ("A2 B1", "AxB", ""),
        # Its oldest stands first, as far as three show it.
        ("A1 B2 C3 D4", "ABCDx", "x"),
        ("A1 B2 C3 D4", "xAByCDz", "z"),
        ("A1 B2 C3", "ABCx", ""),
        ("A1 B1 C2 D3 E4", "ABCDEx", "x"),
        ("A1 B3 C2 D4 E5", "ABCDEx", ""),
        ("A1 B1 C1 D1 E1", "ABCDEx", ""),
    ],
)
def test_which_entries_stand_on_top(add, read, article, clock, times, listed, top):
    began, stories = clock(), {}
    for number, (name, minutes) in enumerate(each.partition(each[0])[1:] for each in times.split()):
        clock.now = began + int(minutes) * MINUTE
        stories[name] = article(number, published=None, guid=name)
        add(stories[name])
    stories |= {name: article(50 + n, published=None, guid=name) for n, name in enumerate(listed) if name.islower()}
    found = read(*(stories[name] for name in listed))
    assert "".join(each.article.guid for each in found.candidates) == "".join(filter(str.islower, listed))
    assert "".join(each.article.guid for each in found.candidates if each.on_top) == top


@pytest.mark.parametrize(("options", "top"), [({}, False), ({"was_empty": True}, True), ({"alone": True}, True)])
def test_where_nothing_is_known_all_are_new_in_a_list_that_was_empty_or_shows_one(read, article, options, top):
    [found] = read(article(1, published=None), **options).candidates
    assert found.on_top is top


def test_the_dates_of_known_ones_show_the_order_of_a_list(add, read, article, clock):
    stories = [article(n, published=clock() - DAY + n * HOUR) for n in range(1, 5)]
    for each in reversed(stories):
        add(each)
    new = article(9, published=None)
    [found] = read(*stories, new).candidates
    assert found.on_top, "it begins with its oldest"
    assert ingest_top(read(article(8, published=None), *reversed(stories)))


def ingest_top(found):
    return [each.on_top for each in found.candidates] == [True]


def test_a_withdrawn_entry_is_recorded_and_never_news(ledger, read, article):
    assert read(article(1, withdrawn=True)).candidates == []
    assert ledger.articles.at(f"{SITE}/1")
    assert read(article(1)).candidates == []


def test_an_entry_without_a_name_is_none(read, article):
    assert read(article(1, url="", guid=None, published=None)).candidates == []


def test_new_names_of_a_known_one_are_kept(ledger, read, add, article):
    anchor = add(article(1, url=""))
    found = read(article(1))
    assert (found.candidates, found.changed != []) == ([], True)
    assert ledger.articles.at(f"{SITE}/1") == anchor


def test_of_one_that_is_listed_twice_the_first_words_count(ledger, read, add, article):
    anchor = add(article(1))
    changed = read(article(1, title="First"), article(1, title="Second")).changed
    assert [(before.title, after.title) for _, before, after in changed] == [("Story 1", "First")]
    assert ledger.articles.find(anchor).article.title == "First"


# What another source listed


@pytest.mark.parametrize(
    ("seen", "columns", "planned", "new"),
    [
        (1, {}, False, True),
        (0, {}, False, False),  # with this one's first reading, or before it
        (-1, {}, False, False),
        (1, {"position": ELSEWHERE}, False, False),
        (1, {}, True, False),
    ],
)
@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_another_source_brought_in_its_first_reading(
    ledger, add, read, article, clock, seen, columns, planned, new, withdrawn
):
    clock.move(minutes=seen)
    anchor = add(article(1, source="sport"), **columns)
    if planned:
        announce(article(1, source="sport"), [MASTO], ledger)
    clock.move(hours=1)
    found = read(article(1, withdrawn=withdrawn))
    assert [each.anchor for each in found.candidates] == ([anchor] if new and not withdrawn else [])
    assert not any(each.on_top for each in found.candidates)
    assert dict(found.shared) == ({anchor: article(1, withdrawn=withdrawn)} if planned else {})


def test_with_its_own_first_reading_nothing_of_another_is_new(add, read, article):
    add(article(1, source="sport"))
    assert read(article(1), since=None).candidates == []


def test_what_its_own_source_recorded_is_not_new(add, read, article, clock):
    clock.move(minutes=1)
    add(article(1))
    assert read(article(1)).candidates == []


def test_only_what_another_source_planned_is_shared(ledger, read, add, article):
    announce(article(1), [MASTO], ledger)
    announce(article(2, source="sport"), [MASTO], ledger)
    add(article(3, source="sport"))
    assert [*read(article(1), article(2), article(3)).shared.values()] == [article(2)]


def test_what_was_imported_gets_its_words_and_is_neither_new_nor_changed(ledger, add, read, article, clock):
    clock.move(minutes=1)
    anchor = add(article(1, source="", title=""), position=ELSEWHERE, content_hash=UNREAD)
    found = read(article(1))
    assert (found.candidates, found.changed, dict(found.shared)) == ([], [], {})
    assert ledger.articles.find(anchor).article == article(1)


# Changes


def test_a_change_is_told_with_what_it_was_and_only_of_its_own_source(ledger, add, read, article):
    anchor = add(article(1))
    assert read(article(1)).changed == []
    assert read(article(1, title="Mended", source="sport")).changed == []
    assert read(article(1, title="Mended")).changed == [(anchor, article(1), article(1, title="Mended"))]
    assert ledger.articles.find(anchor).article == article(1, title="Mended")


@pytest.mark.parametrize(
    ("stored", "said", "withdrawn", "changes"),
    [
        (0, -1, False, False),
        (0, 0, False, True),
        (0, 1, False, True),
        (0, None, False, True),
        (None, -1, False, True),
        (0, -1, True, True),
        (1440, 1439, False, True),  # a date in the future is a mistake
        (5, 4, False, False),
        (6, 4, False, True),
    ],
)
def test_an_older_version_changes_nothing(add, read, article, clock, stored, said, withdrawn, changes):
    def at(minutes):
        return None if minutes is None else clock() + minutes * MINUTE

    add(article(1, updated=at(stored)))
    changed = read(article(1, title="Other", updated=at(said), withdrawn=withdrawn)).changed
    assert (changed != []) is changes


@pytest.mark.parametrize("reason", ["preflight", "withdrawn", "too_old"])
@pytest.mark.parametrize(
    ("before", "after", "withdrawn", "source", "back"),
    [
        (-60, -60, False, "news", False),
        (-60, -59, False, "news", True),  # it is dated anew
        (-60, -61, False, "news", False),
        (-60, None, False, "news", False),
        (None, -60, False, "news", True),
        (-60, -59, True, "news", False),
        (-60, -59, False, "sport", False),
    ],
)
def test_one_that_was_not_there_when_it_was_due_may_come_back(
    ledger, read, article, clock, put, reason, before, after, withdrawn, source, back
):
    def at(minutes):
        return None if minutes is None else clock() + minutes * MINUTE

    row = put(1, state="skipped", reason=reason)
    ledger.database.change("UPDATE article SET published_at = NULL")
    if before is not None:
        ledger.articles.restore(row.anchor, at(before))
    found = read(article(1, published=at(after), withdrawn=withdrawn, source=source)).candidates
    comes = back and reason != "too_old"
    assert [(each.anchor, each.on_top) for each in found] == ([(row.anchor, True)] if comes else [])
    assert all(set(each.overrules) == {"preflight", "withdrawn"} for each in found)
    if comes:
        assert ledger.articles.standings([row.anchor])[row.anchor].published_at == at(after)


def test_one_whose_withdrawal_is_taken_back_comes_back(ledger, read, article, put, clock):
    row = put(1, state="skipped", reason="withdrawn")
    read(article(1, withdrawn=True))
    ledger.articles.withdraw(row.anchor, clock())
    [found] = read(article(1)).candidates
    assert (found.anchor, found.article) == (row.anchor, article(1))
    assert ledger.articles.find(row.anchor).withdrawn_at is None


@pytest.mark.parametrize(
    ("state", "reason", "said", "comes"),
    [
        ("skipped", "empty", {"title": "Said"}, True),
        ("skipped", "empty", {"summary": "Said"}, True),
        ("skipped", "empty", {"images": (Image(f"{SITE}/1.jpg"),)}, True),
        ("skipped", "empty", {"categories": ("City",)}, False),
        ("skipped", "too_old", {"title": "Said"}, False),
        ("planned", "empty", {"title": "Said"}, False),
    ],
)
def test_one_that_said_nothing_comes_when_it_does(ledger, read, article, clock, state, reason, said, comes):
    nothing = article(1, title="", summary="")
    anchor = announce(nothing, [MASTO], ledger)
    ledger.database.change("UPDATE delivery SET state = :state, reason = :reason", state=state, reason=reason)
    found = read(replace(nothing, **said)).candidates
    assert [(each.anchor, each.on_top, each.overrules) for each in found] == (
        [(anchor, True, ("empty",))] if comes else []
    )


def test_one_that_had_words_and_gets_others_does_not_come_again(ledger, read, article, put):
    put(1, state="skipped", reason="empty")
    assert read(article(1, title="Other")).candidates == []


# Dates


@pytest.mark.parametrize("source", ["news", "sport"])
@pytest.mark.parametrize(
    ("minutes", "raw", "at"),
    [
        (60, {}, 60),
        (None, {}, None),
        (5, {}, 5),
        (6, {}, 6),
    ],
)
def test_a_new_date_of_its_own_source_moves_what_waits(ledger, read, article, clock, put, source, minutes, raw, at):
    row = put(1, state="planned", reason="embargo", due_at=clock() + 2 * HOUR, expires_at=clock() + DAY)
    other = put(2, state="planned", reason="embargo", due_at=clock() + 2 * HOUR)
    date = None if minutes is None else clock() + minutes * MINUTE
    read(article(1, published=date, source=source, raw=raw))
    left = ledger.deliveries.find(row.key)
    assert left.due_at == (clock() + (at * MINUTE if source == "news" and at else 2 * HOUR))
    assert ledger.deliveries.find(other.key) == other


@pytest.mark.parametrize(("raw", "waits"), [({}, None), ({EMBARGOED: "yes"}, 5)])
def test_a_date_a_little_ahead_is_waited_for_where_it_is_an_embargo(ledger, read, article, clock, put, raw, waits):
    row = put(1, state="planned", reason="approval", due_at=None)
    read(article(1, published=clock() + 5 * MINUTE, raw=raw))
    left = ledger.deliveries.find(row.key)
    assert left.due_at == (None if waits is None else clock() + waits * MINUTE)


@pytest.mark.parametrize(("ahead", "reason"), [(FAR, "embargo"), (FAR + MINUTE, "date")])
def test_a_date_far_ahead_is_asked_about(ledger, read, article, clock, put, ahead, reason):
    row = put(1, state="planned", reason="embargo", due_at=clock() + HOUR)
    read(article(1, published=clock() + ahead))
    assert ledger.deliveries.find(row.key).reason == reason


def test_an_older_version_moves_nothing(ledger, read, article, clock, put):
    row = put(1, state="planned", reason="embargo", due_at=clock() + HOUR)
    first = article(1, published=clock() + HOUR, updated=clock() - MINUTE)
    for told, due in (
        (first, 1),
        (replace(first, published=clock() + 3 * HOUR, updated=clock()), 3),  # its hour alone is another
        (first, 3),
        (replace(first, updated=None), 1),
    ):
        read(told)
        assert ledger.deliveries.find(row.key).due_at == clock() + due * HOUR
    assert ledger.articles.find(row.anchor).article.published == clock() + HOUR


# Names that are shared


@pytest.mark.parametrize(
    ("fields", "known"),
    [
        ({"url": f"{SITE}/1", "guid": "https://old.example/?p=7"}, True),
        ({"guid": "https://old.example/?p=7", "title": "Story 1"}, True),  # resembles it
        ({"guid": "https://old.example/?p=7", "title": "Another", "published": None}, False),
    ],
)
def test_the_path_of_a_guid_alone_is_no_name(add, read, article, fields, known):
    add(article(1, guid="https://new.example/?p=7"))
    found = read(article(2, **fields))
    assert (found.candidates == []) is known


def test_one_with_names_of_two_is_the_one_it_has_more_in_common_with(ledger, add, read, article):
    first, second = add(article(1)), add(article(2, guid="guid-2"))
    read(article(1, url=f"{SITE}/3", canonical_url=f"{SITE}/2", title="Moved"))
    assert ledger.articles.find(first).article.title == "Moved"
    read(article(2, url=f"{SITE}/2", guid="guid-1", title="Hers"))
    titles = [ledger.articles.find(anchor).article.title for anchor in (first, second)]
    assert sorted(titles) in (["Hers", "Moved"], ["Hers", "Story 2"])


@pytest.mark.parametrize(
    ("fields", "another"),
    [
        ({"guid": "another"}, True),
        ({"url": f"{SITE}/another"}, True),
        ({}, False),  # both are its own
        ({"guid": "another", "url": f"{SITE}/another"}, None),  # neither is
        ({"guid": None}, False),
        ({"guid": "another", "later": 0}, False),
        ({"guid": "another", "title": "Story 1"}, False),
    ],
)
@pytest.mark.parametrize("asks", [True, False])
def test_one_that_took_over_a_name_and_no_more_is_another(ledger, add, read, article, clock, fields, another, asks):
    known = article(1)
    anchor = add(known)
    fields = dict(fields)
    later = fields.pop("later", 1)
    told = replace(
        known, **{"title": "Quite other words", "summary": "", "published": known.published + later * DAY} | fields
    )
    clock.move(days=1)
    found = read(told, asks=asks)
    if another is None or (another and asks):
        [new] = found.candidates
        assert (new.anchor != anchor, new.borrowed) == (True, known if another else None)
        assert found.changed == []
    else:
        assert found.candidates == []


@pytest.mark.parametrize("known", [{"guid": None}, {"url": ""}, {"source": "sport"}])
def test_one_that_has_a_name_more_than_it_had_is_the_same(add, read, article, clock, known):
    first = article(1, **known)
    add(first)
    clock.move(days=1)
    told = replace(article(1), title="Quite other words", summary="", published=clock())
    told = replace(told, guid="another") if known.get("url") is None else told
    assert read(told, asks=True).candidates == []


def test_the_only_entry_of_a_list_is_the_next_and_nobody_is_asked(add, read, article, clock):
    known = article(1)
    add(known)
    clock.move(days=1)
    told = replace(known, guid="another", title="Quite other words", summary="", published=clock())
    [new] = read(told, alone=True).candidates
    assert (new.article, new.borrowed) == (told, None)


# A site that moved


@pytest.mark.parametrize(
    ("moved", "stayed", "told"),
    [
        (3, 0, "3 of 3"),
        (2, 0, None),
        (4, 1, "4 of 5"),
        (3, 1, None),
        (8, 2, "8 of 10"),
        (7, 2, None),
    ],
)
def test_where_most_have_new_addresses_the_site_seems_to_have_moved(add, read, article, moved, stayed, told):
    stories = [article(number) for number in range(moved + stayed)]
    for each in stories:
        add(each)
    listed = [replace(each, url=f"https://new.example/{n}") for n, each in enumerate(stories[:moved])]
    notes = read(*listed, *stories[moved:]).notes
    said = f"{told} articles have new addresses; they are known by other names and not posted again"
    assert notes == (() if told is None else (said,))
    assert read(*listed, *stories[moved:]).notes == ()


# For accounts that choose by source


PICKY = Account("picky", "mastodon", only=Filter(sources=("news",)))


@pytest.mark.parametrize(
    ("account", "seen", "state", "source", "withdrawn", "let_in"),
    [
        (PICKY, 1, "filtered", "sport", False, True),
        (PICKY, 0, "filtered", "sport", False, False),
        (PICKY, 1, "too_old", "sport", False, False),
        (PICKY, 1, "filtered", "news", False, False),
        (PICKY, 1, "filtered", "sport", True, False),
        (Account("picky", "mastodon", only=Filter(sources=("sport",))), 1, "filtered", "sport", False, False),
        (Account("picky", "mastodon"), 1, "filtered", "sport", False, False),
        (
            Account("picky", "mastodon", only=Filter(("Sport",), sources=("news",))),
            1,
            "filtered",
            "sport",
            False,
            False,
        ),
    ],
)
def test_what_another_source_listed_first_is_let_in_where_this_one_is_asked_for(
    ledger, article, clock, account, seen, state, source, withdrawn, let_in
):
    began = clock()
    clock.move(minutes=seen)
    anchor = announce(article(1, source=source), [account], ledger)
    announce(article(2, source=source), [MASTO], ledger)
    ledger.database.change("UPDATE delivery SET state = 'skipped', reason = :reason", reason=state)
    clock.move(hours=1)
    told = article(1, withdrawn=withdrawn)
    found = [*listed_here_too([told, article(2)], [(account, began), (MASTO, began)], ledger, began)]
    if not let_in:
        assert found == []
        return
    [([candidate], whom)] = found
    assert (candidate.anchor, candidate.article, candidate.on_top, candidate.overrules) == (
        anchor,
        told,
        True,
        ("filtered",),
    )
    assert whom == [(account, began)]
    assert [*listed_here_too([told], [(account, began)], ledger, None)] == []
    assert [*listed_here_too([], [(account, began)], ledger, began)] == []
