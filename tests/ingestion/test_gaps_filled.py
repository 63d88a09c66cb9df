"""What closes a gap and what does not: each bound of it, without a server."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from syndicate.aliases import aliases
from syndicate.errors import SourceError
from syndicate.ingestion import gaps
from syndicate.ingestion.gaps import Gap, fill, find, reaches, report, same_choice
from syndicate.model import Account, Filter, LeftOut, Reading, Validators
from tests.worlds.accounts import MASTO

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OLD = Validators(etag="old")


class Paper:
    """A source with further pages and sitemaps; counts how many of each were read. An error is raised in its turn."""

    name = "news"

    def __init__(self, older=(), listed=()):
        self.pages, self.lists = older, listed
        self.asked = self.looked = 0

    def older(self, fetched):
        for page in self.pages:
            self.asked += 1
            if isinstance(page, Exception):
                raise page
            yield page

    def listed(self):
        for page in self.lists:
            self.looked += 1
            yield page


@pytest.fixture
def story(article, clock):
    """Story `number`, dated so many minutes after the beginning."""
    start = clock()
    return lambda number, **fields: article(number, **{"published": start + number * MINUTE} | fields)


@pytest.fixture
def page(story):
    return lambda *numbers, **fields: Reading(
        tuple(story(number, **fields) for number in numbers), entries=len(numbers), windowed=True
    )


@pytest.fixture
def read(ledger, clock, story):
    """Completes a reading after one that knew stories 0, -1 and -2; `clock` goes two hours on meanwhile."""
    for number in (-2, -1, 0):
        known = story(number)
        ledger.articles.add(known, aliases(known), position=0, now=clock())
    first = ledger.sources.ensure("news", "https://gazette.example/rss")
    began = clock()
    clock.move(hours=2)

    def complete(source, fetched, *, account=MASTO, backfill=0, entries=3, gap_at=None, baseline=True):
        state = replace(first, baseline_at=began if baseline else None, entries=entries, gap_at=gap_at, validators=OLD)
        whole = fill(source, fetched, state, ledger, [account], backfill=backfill)
        return whole, [int(each.url.rpartition("/")[2] or 0) for each in whole.fetched.articles]

    return complete


def test_pages_are_read_until_one_reaches_back(read, page):
    paper = Paper([page(57, 56, 55), page(54, 1, 0), page(-1, -2)])
    whole, numbers = read(paper, page(60, 59, 58))
    assert (numbers, paper.asked, paper.looked) == ([60, 59, 58, 57, 56, 55, 54, 1, 0], 2, 0)
    assert (whole.missing, whole.gap_at) == (None, None)
    assert whole.fetched.notes == ("more was published than the feed shows: 6 further entries were read",)


def test_what_is_older_by_more_than_an_hour_is_left(read, page):
    _, numbers = read(Paper([page(57, -59, -60, -61)]), page(60, 59, 58))
    assert numbers == [60, 59, 58, 57, -59]


@pytest.mark.parametrize(("entries", "filled"), [(6, True), (7, False)])
def test_a_feed_that_became_much_shorter_was_remade(read, page, entries, filled):
    paper = Paper([page(57, 0)])
    read(paper, page(60, 59, 58), entries=entries)
    assert (paper.asked > 0) is filled


def test_a_first_reading_has_no_gap(read, page):
    paper = Paper([page(57, 0)])
    assert read(paper, page(60, 59, 58), baseline=False)[1] == [60, 59, 58]
    assert paper.asked == 0


def test_a_page_with_nothing_new_ends_it(read, page):
    paper = Paper([page(60, 59), page(57)])
    whole, numbers = read(paper, page(60, 59, 58))
    assert (numbers, paper.asked) == ([60, 59, 58], 1)
    assert whole.missing.endswith("no further page of the feed lists them, nor does a news sitemap")
    assert whole.fetched.notes == ()


def test_a_story_that_was_retitled_between_two_pages_is_one(read, page, story):
    again = replace(page(57), articles=(story(58, title="Another headline"), story(57)))
    assert read(Paper([again, page(0)]), page(60, 59, 58))[1] == [60, 59, 58, 57, 0]


def test_an_undated_story_is_one_by_any_of_its_names(read, page, story):
    undated = replace(page(60, 59, 58), articles=(*page(60, 59).articles, story(58, published=None)))
    again = replace(page(57), articles=(story(58, published=None), story(57)))
    assert read(Paper([again, page(0)]), undated)[1] == [60, 59, 58, 57, 0]


@pytest.mark.parametrize(("requests", "read_pages"), [(2, 2), (3, 3), (9, 4)])
def test_so_many_further_requests_are_made_and_no_more(read, page, monkeypatch, requests, read_pages):
    monkeypatch.setattr(gaps, "REQUESTS", requests)
    paper = Paper([page(57), page(56), page(55), page(54)], [page()])
    whole, _ = read(paper, page(60, 59, 58))
    assert (paper.asked, paper.looked) == (read_pages, 1 if requests == 9 else 0)
    enough = "nor does a news sitemap" if requests == 9 else "there are more than one poll reads"
    assert whole.missing.endswith(enough)


@pytest.mark.parametrize(("requests", "lists"), [(2, 1), (3, 2), (4, 3), (50, 3)])
def test_sitemaps_are_looked_for_in_what_is_left_of_them(read, page, monkeypatch, requests, lists):
    monkeypatch.setattr(gaps, "REQUESTS", requests)
    paper = Paper([page(60)], [page(), page(), page(), page()])
    read(paper, page(60, 59, 58))
    assert (paper.asked, paper.looked) == (1, lists)


@pytest.mark.parametrize(("room", "missing"), [(1, True), (2, True), (3, False), (4, False)])
def test_so_many_entries_are_taken_and_no_more(read, page, monkeypatch, room, missing):
    monkeypatch.setattr(gaps._Collected, "__init__", _with_room(gaps._Collected.__init__, room))
    paper = Paper([page(57, 56, 0)], [page(55)])
    whole, numbers = read(paper, page(60, 59, 58))
    assert numbers == [60, 59, 58, 57, 56, 0][: 3 + room]
    assert (whole.missing is not None) is missing
    if missing:
        assert whole.missing.endswith("there are more than one poll reads")
        assert paper.looked == 0


def _with_room(plain, room):
    return lambda self, *rest, **named: plain(self, *rest, **named | {"room": room})


@pytest.mark.parametrize("pinned", [(), (0,), (-5,)])
def test_of_what_is_left_the_oldest_that_was_read_bounds_it(read, page, clock, pinned):
    whole, _ = read(Paper([page(*pinned, 57, 56)]), page(60, 59, 58))
    start = clock() - 2 * HOUR
    assert whole.missing == (
        f"articles published between {start:%Y-%m-%d %H:%M} and {start + 56 * MINUTE:%Y-%m-%d %H:%M} UTC may be"
        " missing: no further page of the feed lists them, nor does a news sitemap"
    )


def test_a_sitemap_of_the_same_choice_fills_the_gap(read, page):
    paper = Paper([], [page(), page(60, 59, 58, 57, 56, 1, 0)])
    whole, numbers = read(paper, page(60, 59, 58))
    assert numbers == [60, 59, 58, 57, 56, 1]
    assert (whole.missing, paper.looked) == (None, 2)


def test_a_sitemap_that_does_not_reach_back_is_told(read, page):
    whole, numbers = read(Paper([], [page(60, 59, 58, 57), page(0)]), page(60, 59, 58))
    assert numbers == [60, 59, 58, 57]
    assert whole.missing.endswith("the news sitemap does not reach back that far either")


@pytest.mark.parametrize(("number", "taken"), [(57, True), (58, False), (-59, True), (-60, False), (-3, True)])
def test_of_a_sitemap_only_what_lies_in_the_gap_is_taken(read, page, number, taken):
    listed = page(60, 59, 58, number) if number != 58 else page(60, 59, 58)
    assert (number in read(Paper([], [listed]), page(60, 59, 58))[1][3:]) is taken


def test_of_a_sitemap_what_has_no_date_is_not_taken(read, page, story):
    listed = replace(page(60, 59, 58), articles=(*page(60, 59, 58).articles, story(57, published=None)))
    assert read(Paper([], [listed]), page(60, 59, 58))[1] == [60, 59, 58]


def test_what_a_sitemap_lists_is_taken_the_newest_first(read, page):
    assert read(Paper([], [page(60, 59, 58, 5, 56, 30, 0)]), page(60, 59, 58))[1] == [60, 59, 58, 56, 30, 5]


@pytest.mark.parametrize(
    ("rules", "looks"),
    [
        ({}, True),
        ({"only": Filter(sections=("Sport",))}, False),
        ({"never": Filter(tags=("Sponsored",))}, False),
        ({"only": Filter(languages=("en",))}, True),
        ({"only": Filter(title="Storm")}, True),
        ({"only": Filter(title="Storm"), "never": Filter(sections=("Sport",))}, False),
    ],
)
def test_an_account_that_chooses_by_section_or_tag_wants_no_sitemap(read, page, rules, looks):
    paper = Paper([], [page(60, 59, 58, 0)])
    whole, _ = read(paper, page(60, 59, 58), account=Account("masto", "mastodon", **rules))
    assert (paper.looked > 0) is looks
    if not looks:
        assert whole.missing.endswith(
            "no further page of the feed lists them, and a sitemap has neither sections nor tags"
        )


# Faults


def test_a_page_that_fails_is_tried_again_with_the_next_poll(read, page, clock):
    whole, numbers = read(Paper([page(57), SourceError("page 3 answers 500")]), page(60, 59, 58))
    assert numbers == [60, 59, 58, 57]
    assert (whole.missing, whole.gap_at, whole.fetched.validators) == (None, clock(), OLD)
    assert whole.fetched.notes[-1].endswith("UTC may be missing: page 3 answers 500; the next poll tries again")


@pytest.mark.parametrize(("hours", "again"), [(5.99, True), (6, False)])
def test_for_six_hours_it_is_tried_again(read, page, clock, hours, again):
    found_at = clock()
    clock.move(hours=hours)
    whole, _ = read(Paper([SourceError("500")]), page(60, 59, 58), gap_at=found_at)
    assert whole.gap_at == (found_at if again else None)
    assert (whole.missing is None) is again


def test_a_page_that_fails_and_a_sitemap_that_fills_it(read, page):
    whole, numbers = read(Paper([SourceError("500")], [page(60, 59, 58, 57, 0)]), page(60, 59, 58))
    assert (numbers, whole.missing, whole.gap_at) == ([60, 59, 58, 57], None, None)


def test_a_page_that_fails_is_why_where_accounts_choose_by_section(read, page):
    account = Account("masto", "mastodon", only=Filter(sections=("Sport",)))
    whole, _ = read(Paper([SourceError("500")]), page(60, 59, 58), account=account)
    assert "may be missing: 500, and a sitemap has neither sections nor tags; the next" in whole.fetched.notes[-1]


def test_what_became_known_since_does_not_close_a_gap(read, page, ledger, story, clock):
    found_at = clock()
    for number in (60, 57):
        late = story(number)
        ledger.articles.add(late, aliases(late), position=0, now=clock())
    paper = Paper([page(57, 56), page(55, 0), page(-1)])
    whole, numbers = read(paper, page(60, 59, 58), gap_at=found_at)
    assert (numbers, paper.asked, whole.missing) == ([60, 59, 58, 57, 56, 55, 0], 2, None)


def test_an_undated_feed_has_a_gap_where_nothing_in_it_is_known(read, page, clock):
    paper = Paper([page(57, 0, published=None)])
    whole, numbers = read(paper, page(60, 59, 58, published=None))
    assert (numbers, whole.missing) == ([60, 59, 58, 57, 0], None)
    assert paper.asked == 1
    paper = Paper([page(57, published=None)])
    read(paper, page(60, 59, 0, published=None))
    assert paper.asked == 0


@pytest.mark.parametrize(("familiar", "moved"), [(3, True), (2, True), (1, False), (0, False)])
def test_a_feed_half_of_which_is_known_by_its_headlines_was_moved(read, page, familiar, moved):
    """As after a move of the site, with new addresses and dates."""
    titles = [" story -1 ", "STORY -2", "Story 0"][:familiar]
    fetched = page(60, 59, 58, 57)
    listed = [replace(each, title=title) for each, title in zip(fetched.articles, titles, strict=False)]
    paper = Paper([page(50, 0)])
    read(paper, replace(fetched, articles=(*listed, *fetched.articles[familiar:])))
    assert (paper.asked == 0) is moved


def test_without_any_story_there_is_no_gap(ledger, clock, page, story):
    state = replace(ledger.sources.ensure("news", "https://g.example/"), baseline_at=clock(), entries=3)
    for gap_at in (None, clock()):
        paper = Paper([page(57)])
        whole = fill(paper, page(60, 59, 58), replace(state, gap_at=gap_at), ledger, [MASTO])
        assert (whole.missing, paper.asked) == (None, 0)


def test_what_pages_leave_out_is_told_with_what_the_feed_does(read, page):
    left = [LeftOut(f"place {number}", "no date") for number in range(3)]
    further = [replace(page(57), left_out=(left[0], left[1])), replace(page(0), left_out=(left[2],))]
    whole, _ = read(Paper(further), replace(page(60, 59, 58), left_out=(left[0],)))
    assert whole.fetched.left_out == tuple(left)


def test_so_much_is_read_as_the_guide_says():
    assert (gaps.REQUESTS, gaps.ENTRIES) == (50, 500)
    assert (gaps.LISTS, gaps.LEAST, gaps.PINNED, gaps.LATE, gaps.PATIENCE) == (3, 3, 3, HOUR, 6 * HOUR)


# Backfill


@pytest.mark.parametrize(("wanted", "pages"), [(0, 0), (3, 0), (4, 1), (5, 1), (6, 2), (99, 3)])
def test_a_backfill_reads_as_many_pages_as_it_needs(read, page, wanted, pages):
    paper = Paper([page(-1, -2), page(-3, -4), page(-3, -4), page(-5)])
    whole, numbers = read(paper, page(2, 1, 0), backfill=wanted, baseline=False)
    assert paper.asked == pages
    assert numbers == [2, 1, 0, -1, -2, -3, -4][: 3 + 2 * min(pages, 2)]
    assert (whole.missing, whole.gap_at) == (None, None)


def test_a_page_of_a_backfill_that_fails_is_a_note(read, page):
    paper = Paper([page(-1, -2), SourceError("page 3 answers 500")])
    whole, numbers = read(paper, page(2, 1, 0), backfill=9, baseline=False)
    assert numbers == [2, 1, 0, -1, -2]
    assert whole.fetched.notes == ("page 3 answers 500",)


def test_a_backfill_makes_so_many_requests_and_no_more(read, page, monkeypatch):
    monkeypatch.setattr(gaps, "REQUESTS", 2)
    paper = Paper([page(-1), page(-2), page(-3)])
    assert read(paper, page(2, 1, 0), backfill=99, baseline=False)[1] == [2, 1, 0, -1, -2]


# Lists


def test_an_undated_list_has_a_gap_until_now(article, clock):
    listed = [article(number, published=None) for number in (1, 2, 3)]
    assert find(listed, clock() - HOUR, clock()) == Gap(clock() - HOUR, clock())
    assert find(listed[:2], clock() - HOUR, clock()) is None


@pytest.mark.parametrize(
    ("minutes", "known", "reached"),
    [
        ((3, 2, 1), (False, False, False), False),
        ((3, 2, 0), (False, False, False), True),
        ((3, 2, -1), (False, False, False), True),
        ((3, 2, 1), (False, True, False), True),
        ((-1, 3, 2, 1), (True, False, False, False), False),  # pinned
        ((-1, 3, 2, 1), (True, False, True, False), True),
        ((-1, -2, -3, 3, 2), (True, True, True, False, False), False),
        ((-1, -2, -3, -4, 3, 2), (True, True, True, True, False, False), True),
        ((-1, 1, 2), (True, False, False), True),  # oldest first
        ((-1, 3), (True, False), True),
        ((), (), False),
    ],
)
def test_a_list_reaches_back_by_what_is_not_pinned(story, clock, minutes, known, reached):
    assert reaches([story(number) for number in minutes], clock(), known) is reached


@pytest.mark.parametrize(
    ("listed", "shown", "same"),
    [
        ((9, 8, 7, 6, 5), (9, 8, 7), True),
        ((9, 8, 5), (9, 8, 7), True),
        ((9, 8), (9, 8, 7, 6), True),  # half of them
        ((9,), (9, 8, 7), False),
        ((9, 8, 7, 6), (9, 7, 6), False),  # it has one between that the feed does not have
        ((10, 9, 8, 7, 2), (9, 8, 7), True),
        ((), (9, 8, 7), False),
        ((9, 8, 7), (), False),
    ],
)
def test_a_sitemap_makes_the_same_choice_as_a_feed(story, listed, shown, same):
    assert same_choice([story(number) for number in listed], [story(number) for number in shown]) is same


def test_dates_show_nothing_where_there_are_none(story):
    undated = [story(number, published=None) for number in (9, 8, 7)]
    assert same_choice(undated, undated) is False
    shown = [story(9), story(8), story(7)]
    assert same_choice([*shown, story(5, published=None)], shown) is True


@pytest.mark.parametrize(("again", "end"), [(False, "why"), (True, "why; the next poll tries again")])
def test_a_gap_is_told_with_its_hours(clock, again, end):
    told = report(Gap(clock(), clock() + HOUR), "why", again=again)
    assert told == (f"articles published between 2026-11-23 12:00 and 2026-11-23 13:00 UTC may be missing: {end}")


def test_what_has_only_the_date_of_the_oldest_or_newest_story_is_no_other_choice(story):
    shown = [story(9), story(8), story(7)]
    for number in (9, 7):
        beside = story(50, published=story(number).published)
        assert same_choice([*shown, beside], shown) is True


def test_a_list_without_dates_has_nothing_pinned(story, clock):
    undated = [story(number, published=None) for number in (1, 2, 3)]
    assert reaches(undated, clock(), [False] * 3) is False
    assert reaches([story(-1), *undated], clock(), [True, False, False, False]) is True


def test_what_has_neither_address_nor_guid_is_known_by_its_headline(read, page, story):
    nameless = [story(number, url="", guid=None) for number in (57, 56)]
    whole, _ = read(Paper([replace(page(57), articles=(*nameless, nameless[0], story(0)))]), page(60, 59, 58))
    assert [each.title for each in whole.fetched.articles[3:]] == ["Story 57", "Story 56", "Story 0"]


def test_of_a_sitemap_what_the_feed_lists_under_another_date_is_not_taken_again(read, page, story):
    listed = replace(page(60), articles=(*page(60, 59).articles, story(58, published=story(30).published), story(0)))
    assert read(Paper([], [listed]), page(60, 59, 58))[1] == [60, 59, 58]


@pytest.mark.parametrize("gap_at", [True, False])
@pytest.mark.parametrize("dated", [True, False])
def test_since_when_a_gap_is(read, page, story, ledger, clock, gap_at, dated):
    """A dated feed goes on from the newest that had appeared, an undated one from what came last of all."""
    ahead = story(500)
    ledger.articles.add(ahead, aliases(ahead), position=0, now=clock() - HOUR)
    fields = {} if dated else {"published": None}
    whole, _ = read(Paper(), page(60, 59, 58, **fields), gap_at=clock() if gap_at else None)
    since = clock() - 2 * HOUR + (0 if dated else 500) * MINUTE
    assert f"between {since:%Y-%m-%d %H:%M} and" in whole.missing


def test_a_feed_whose_articles_are_known_by_their_addresses_was_moved(read, page, story, ledger, clock):
    for number in (60, 59):
        known = story(number, title=f"An older headline {number}", published=story(-9).published)
        ledger.articles.add(known, aliases(known), position=0, now=clock() - HOUR)
    paper = Paper([page(57, 0)])
    read(paper, page(60, 59, 58, 57))
    assert paper.asked == 0


@pytest.mark.parametrize("gap_at", [True, False])
def test_where_nothing_known_has_a_date_a_gap_is_since_it_came(page, story, ledger, clock, gap_at):
    known = story(0, published=None)
    ledger.articles.add(known, aliases(known), position=0, now=clock())
    began = clock()
    clock.move(hours=2)
    state = replace(ledger.sources.ensure("news", "https://gazette.example/rss"), baseline_at=began, entries=3)
    whole = fill(Paper(), page(60, 59, 58), replace(state, gap_at=clock() if gap_at else None), ledger, [MASTO])
    assert f"between {began:%Y-%m-%d %H:%M} and" in whole.missing


@pytest.mark.parametrize("fault", [True, False])
def test_what_the_pages_of_a_backfill_leave_out_is_told(read, page, fault):
    left = [LeftOut(f"place {number}", "no date") for number in range(2)]
    further = [replace(page(-1, -2), left_out=(left[1],)), SourceError("500") if fault else page(-3)]
    whole, _ = read(Paper(further), replace(page(2, 1, 0), left_out=(left[0],)), backfill=99, baseline=False)
    assert whole.fetched.left_out == tuple(left)
