"""What a reading is compared with before anything of it is held back: hosts, pace, twins, replaced and old articles."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.aliases import aliases
from syndicate.model import ENCLOSED, FloodLimits, Reading
from syndicate.planning import history
from syndicate.planning.flood_control import History, LikelyDuplicate, Pace
from syndicate.planning.history import Fresh, follow, restrained
from syndicate.planning.plan import Candidate, Planned
from tests.worlds.accounts import MASTO
from tests.worlds.rows import planned

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
TICK = timedelta(microseconds=1)
OWN = frozenset({"gazette.example"})


@pytest.fixture
def add(ledger, clock):
    """Stores an article as it was known; its anchor."""

    def make(story, seen=2 * HOUR):
        return ledger.articles.add(story, aliases(story), position=0, now=clock() - seen)

    return make


@pytest.fixture
def compared(ledger, clock, add, monkeypatch):
    """What a reading of these articles, all new, is compared with."""
    found = []
    monkeypatch.setattr(history, "hold_back", lambda *args: found.append(args) or [])

    def run(*stories, unknown=None, floods=None, newest=None, stopped=False, priority=1, state="due", **reading):
        anchors = [add(story, timedelta(0)) for story in stories]
        known = {anchors[number] for number in unknown} if unknown is not None else {*anchors}
        entries = [
            Planned(Candidate(anchor, story), MASTO, state, None, priority=priority)
            for anchor, story in zip(anchors, stories, strict=True)
        ]
        read = Reading(articles=stories, entries=len(stories), **reading)
        fresh = Fresh(read, anchors, known, {*anchors}, newest, stopped)
        limits = floods or FloodLimits(burst=3, similar="ask", hosts=OWN)
        found.clear()
        result = restrained(entries, fresh, ledger, limits, clock())
        if not found:
            return result
        [(told, new, before, used)] = found
        assert (told, new, used) == (entries, {*anchors}, limits)
        return before

    return run


def test_a_reading_is_compared_as_it_is(compared, article, clock):
    before = compared(article(1), article(2), newest=clock(), stopped=True)
    assert before == History(
        listed=2, newest=clock(), twins={before_anchor: [] for before_anchor in before.twins}, stopped=True
    )
    assert len(before.twins) == 2
    assert compared(article(3)).stopped is False


def test_where_nothing_goes_out_nothing_is_compared(compared, article, ledger):
    entries = compared(article(1), state="skipped")
    assert [entry.state for entry in entries] == ["skipped"]
    assert ledger.floods.hosts("news") == set()


# Hosts


def at(article, number, host, **fields):
    return article(number, url=f"https://{host}/{number}", **fields)


@pytest.mark.parametrize(
    ("known", "host", "stranger"),
    [
        ((), "gazette.example", False),
        ((), "m.gazette.example", False),
        ((), "other.example", True),
        (("other.example",), "other.example", False),
        (("other.example",), "m.other.example", False),
        (("m.other.example",), "other.example", False),
        (("other.example",), "another.example", True),
        (("one.example", "two.example"), "new.example", True),
        (("one.example", "two.example", "three.example"), "new.example", False),
        (("one.example", "a.gazette.example", "b.gazette.example"), "new.example", True),  # two sites
        (("one.example", "two.example", "b.gazette.example"), "new.example", False),
    ],
)
def test_what_leads_where_nothing_led_before(compared, article, ledger, known, host, stranger):
    ledger.floods.lead_to("news", known)
    before = compared(at(article, 1, host))
    assert [*before.strangers.values()] == [host] * stranger
    assert ledger.floods.hosts("news") == {*known, *([] if stranger else [host])}


def test_where_links_may_lead_anywhere_nothing_is_a_stranger(compared, article, ledger):
    assert compared(at(article, 1, "other.example"), floods=FloodLimits(burst=3)).strangers == {}
    assert ledger.floods.hosts("news") == {"other.example"}


def test_what_leads_to_a_recording_or_to_no_host_tells_nothing(compared, article, ledger):
    stories = [at(article, 1, "cdn.example", raw={ENCLOSED: "yes"}), article(2, url="nowhere")]
    assert compared(*stories).strangers == {}
    assert ledger.floods.hosts("news") == set()


def test_a_ledger_that_kept_no_hosts_learns_them_from_what_was_known(compared, article, ledger, add):
    add(at(article, 7, "old.example"))
    before = compared(at(article, 1, "old.example"), at(article, 2, "new.example"))
    assert [*before.strangers.values()] == ["new.example"]
    assert ledger.floods.hosts("news") == {"old.example"}
    add(at(article, 8, "older.example"))
    assert [*compared(at(article, 3, "older.example")).strangers.values()] == ["older.example"], "it is done once"
    assert compared(at(article, 2, "new.example"), floods=FloodLimits(hosts=frozenset({"new.example"}))).strangers == {}
    assert ledger.floods.hosts("news") == {"old.example", "new.example"}


def test_the_hosts_of_the_site_are_learnt_from_articles_too(compared, article, ledger, add):
    add(at(article, 7, "old.example"))
    compared(at(article, 1, "gazette.example"))
    assert ledger.floods.hosts("news") == {"old.example", "gazette.example"}


def test_known_articles_that_moved_lead_to_the_new_host(article, ledger):
    ledger.floods.lead_to("news", ["gazette.example"])
    old = at(article, 1, "gazette.example")
    moves = [
        ("a", old, at(article, 1, "new.example")),
        ("b", at(article, 2, "strange.example"), at(article, 2, "stranger.example")),
        ("c", old, at(article, 1, "gazette.example")),
        ("d", old, article(1, url="nowhere")),
    ]
    follow(moves, "news", ledger)
    assert ledger.floods.hosts("news") == {"gazette.example", "new.example"}
    follow(moves[:1], "other", ledger)
    assert ledger.floods.hosts("other") == set()


# Strange lists


@pytest.mark.parametrize(
    ("count", "unknown", "known", "told"),
    [(4, None, (), True), (3, None, (), False), (4, (0, 1, 2), (), False), (4, None, ("https://x.example/",), False)],
)
def test_a_list_in_which_nothing_is_known_is_compared(compared, article, add, clock, count, unknown, known, told):
    for number in range(4):
        add(article(number, title=f"{number} tells"))
    stories = [
        article(number, url=f"https://gazette.example/blog/{number}", title=f"{number} says", published=clock())
        for number in range(10, 10 + count)
    ]
    before = compared(*stories, unknown=unknown, known=known, newest=clock() - HOUR)
    assert bool(before.strange) is told
    if told:
        assert "another form" in before.strange


def test_a_list_is_compared_with_fifty_known_articles(compared, article, add, clock, monkeypatch):
    compared_with = []
    monkeypatch.setattr(history, "difference", lambda *args, **how: compared_with.append((*args, how)) or "")
    stories = [article(number, published=clock() - TICK) for number in range(100, 105)]
    assert compared(*stories).strange == ""
    assert compared_with == [], "nothing was known"
    for number in range(60):
        add(article(number, published=clock() - number * HOUR))
    stories = [article(number, published=clock() - TICK) for number in range(200, 205)]
    compared(*stories, newest=clock())
    [(listed, known, newest, how)] = compared_with
    assert ([*listed], newest, how) == (stories, clock(), {"roams": False})
    assert len(known) == 50
    assert known[0] == article(0, published=clock())
    assert not {each.url for each in known} & {each.url for each in stories}
    compared(*(article(number) for number in range(300, 305)), floods=FloodLimits(burst=3))
    assert compared_with[-1][-1] == {"roams": True}


# Old articles


@pytest.mark.parametrize(("count", "returned"), [(3, 0), (4, 4)])
def test_old_articles_come_back_by_their_numbers(compared, article, add, clock, count, returned):
    for number in range(201, 221):
        add(article(number, url=f"https://gazette.example/a/{number}.html", published=clock() - (230 - number) * HOUR))
    stories = [article(number, url=f"https://gazette.example/a/{number}.html") for number in range(101, 101 + count)]
    assert len(compared(*stories).returned) == returned


def test_fewer_than_four_unknown_ones_are_late_drafts(compared, article, add, monkeypatch):
    asked = []
    monkeypatch.setattr(history, "returned", lambda new, known: asked.append((new, known)) or ())
    compared(*(article(number) for number in range(1, 6)), unknown=(0, 1, 2))
    assert asked == []
    compared(*(article(number) for number in range(11, 16)), unknown=(0, 1, 2, 3))
    [(new, known)] = asked
    assert (len(new), {each.url[-1] for each in known}) == (4, {"1", "2", "3", "4", "5"})


# Pace


@pytest.mark.parametrize(
    ("came", "count", "priority", "burst", "calm", "fast"),
    [
        (0, 4, 1, 3, False, True),
        (0, 3, 1, 3, False, False),
        (2, 2, 1, 3, False, True),
        (2, 1, 1, 3, False, False),
        (0, 4, 0, 3, False, False),  # breaking news
        (0, 4, 1, 3, True, False),
        (0, 4, 1, None, False, False),
    ],
)
def test_the_pace_of_a_source_counts_where_it_may_be_too_fast(
    compared, article, ledger, clock, came, count, priority, burst, calm, fast
):
    ledger.sources.ensure("news", "https://gazette.example/feed")
    if calm:
        ledger.database.change("UPDATE source SET calm_until = :at", at=10**17)
    for number in range(came):
        planned(ledger, article(number), MASTO, expires_at=clock() + DAY)
    old = planned(ledger, article(9, published=clock() - 5 * HOUR), MASTO, state="posted")
    ledger.database.change(
        "UPDATE article SET first_seen_at = first_seen_at - 18000000000 WHERE anchor = :anchor", anchor=old.anchor
    )
    stories = [article(number) for number in range(20, 20 + count)]
    before = compared(*stories, floods=FloodLimits(burst=burst, hosts=OWN), priority=priority)
    moments = [clock() - timedelta(minutes=5)] * came
    assert before.pace == (Pace(moments, [clock() - 5 * HOUR], clock()) if fast else None)


# Twins


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("doubted", [True, False])
def test_a_known_article_of_the_same_words_is_a_twin(compared, article, ledger, clock, dated, doubted):
    published = clock() - 9 * HOUR if dated else None
    known = article(1, title="The harbour burns", published=published)
    row = planned(
        ledger, known, MASTO, **({"state": "planned", "reason": "similar"} if doubted else {"state": "posted"})
    )
    seen = ledger.articles.find(row.anchor).first_seen
    clock.move(hours=2)
    new = article(2, title="The harbour burns", published=clock() - HOUR)
    [[twin]] = compared(new).twins.values()
    assert (twin.anchor, twin.at, twin.doubted, twin.replaced) == (row.anchor, published or seen, doubted, False)
    assert compared(article(3, title="The harbour burns"), floods=FloodLimits(burst=3, similar="post")).twins == {}


@pytest.mark.parametrize(
    ("oldest", "listed", "precision", "replaced"),
    [
        (TICK, False, "second", True),
        (timedelta(0), False, "second", False),  # it may have scrolled out
        (None, False, "second", False),
        (TICK, True, "second", False),  # both are listed
        (TICK, False, "day", False),
    ],
)
def test_an_article_that_left_the_list_with_exactly_the_same_date_was_replaced(
    compared, article, ledger, add, clock, oldest, listed, precision, replaced
):
    date = clock() - HOUR
    known = article(1, title="A first headline", published=date, precision=precision, summary="Other words.")
    anchor = add(known)
    new = article(2, title="Quite another one", published=date, precision=precision, summary="Now this.")
    stories = [new, article(4, title="No date at all", published=None, summary="Neither here.")]
    if oldest is not None:
        stories.append(article(3, title="Something old", published=date - oldest, summary="Long ago."))
    if listed:
        stories.append(known)
    before = compared(*stories)
    found = [twin for twins in before.twins.values() for twin in twins]
    wanted = LikelyDuplicate(anchor, ledger.articles.find(anchor).article, date, doubted=False, replaced=True)
    assert found == [wanted] * replaced


def test_a_list_without_dates_replaces_nothing(compared, article):
    before = compared(article(1, published=None, title="One"), article(2, published=None, title="Two"))
    assert [*before.twins.values()] == [[], []]


def test_the_source_of_a_reading_is_that_of_its_articles(article):
    assert Fresh(Reading(articles=(article(1, source="paper"),)), [], set(), set(), None).source == "paper"
