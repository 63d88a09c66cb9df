"""The day that names a record is the same in every ledger that has the story, however exactly it is dated there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from syndicate.ledger import Ledger
from syndicate.ledger.database import micros
from syndicate.ledger.days import day_of, fixed_day
from syndicate.ledger.delivery_keys import delivery_key
from syndicate.ledger.sqlite import SqliteDatabase
from syndicate.planning.apply import announce
from tests.worlds.accounts import MASTO

DAY = datetime(2026, 11, 23, tzinfo=UTC)


def zone(hours):
    return timezone(timedelta(hours=hours))


@pytest.fixture
def planned_in_a_new_ledger(tmp_path, clock):
    ledgers = []

    def plan(article):
        opened = Ledger(SqliteDatabase(tmp_path / f"{len(ledgers)}.db", durable=False), clock, lambda: b"")
        ledgers.append(opened)
        clock.now += timedelta(hours=7)
        return opened.deliveries.find(delivery_key(announce(article, [MASTO], opened), MASTO.name))

    yield plan
    for each in ledgers:
        each.close()


def test_a_story_dated_by_day_minute_and_second_has_one_day_in_all_ledgers(planned_in_a_new_ledger, article):
    dated = [
        {"published": DAY, "precision": "day"},
        {"published": DAY.replace(hour=17, minute=5), "precision": "minute"},
        {"published": DAY.replace(hour=17, minute=5, second=9)},
    ]
    rows = [planned_in_a_new_ledger(article(**date)) for date in dated]
    assert len({row.key for row in rows}) == 1
    assert [row.day for row in rows] == [DAY] * 3


@pytest.mark.parametrize("hours", [-11, -8, 0, 1, 9, 12])
def test_a_date_without_a_time_is_the_day_of_its_noon(article, hours):
    midnight = datetime(2026, 11, 23, tzinfo=zone(hours))
    by_day = day_of(article(published=midnight.astimezone(UTC), precision="day"))
    assert by_day == day_of(article(published=midnight.replace(hour=12).astimezone(UTC)))


def test_without_a_usable_date_the_day_is_made_of_the_key(planned_in_a_new_ledger, article):
    for number, date in enumerate((None, datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))):
        one, other = (planned_in_a_new_ledger(article(number, published=date)) for _ in range(2))
        assert one.day == other.day == datetime.fromtimestamp(fixed_day(one.key) / 1e6, UTC)


def test_the_day_is_the_first_that_was_stored_whatever_the_site_says_later(ledger, article):
    first = article(published=DAY)
    anchor = announce(first, [], ledger)
    ledger.articles.update(anchor, article(published=DAY + timedelta(days=3), title="Other words"), ledger.now())
    ledger.articles.restore(anchor, DAY + timedelta(days=3))
    announce(first, [MASTO], ledger)
    assert ledger.deliveries.find(delivery_key(anchor, MASTO.name)).day == DAY


def test_an_article_of_an_earlier_version_has_the_day_of_its_date(ledger, article):
    anchor = announce(article(published=DAY.replace(hour=3)), [], ledger)
    ledger.database.change("UPDATE article SET utc_day = NULL")
    announce(article(published=DAY.replace(hour=3)), [MASTO], ledger)
    assert ledger.deliveries.find(delivery_key(anchor, MASTO.name)).day == DAY


def test_what_was_planned_by_an_earlier_version_has_no_day(ledger, put):
    row = put()
    ledger.database.change("UPDATE delivery SET day = NULL")
    assert ledger.deliveries.find(row.key).day is None


@pytest.mark.parametrize(
    ("published", "precision", "day"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), "second", datetime(1970, 1, 1, tzinfo=UTC)),
        (datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), "second", None),
        (datetime(2199, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), "second", datetime(2199, 12, 31, tzinfo=UTC)),
        (datetime(2200, 1, 1, tzinfo=UTC), "second", None),
        (datetime(2026, 11, 23, 12, tzinfo=UTC), "day", datetime(2026, 11, 24, tzinfo=UTC)),
        (datetime(2026, 11, 23, 11, 59, 59, 999999, tzinfo=UTC), "day", datetime(2026, 11, 23, tzinfo=UTC)),
    ],
)
def test_the_bounds_of_a_day(article, published, precision, day):
    assert day_of(article(published=published, precision=precision)) == (day and micros(day))


@pytest.mark.parametrize(("key", "days"), [("0", 0), ("1", 1), ("3ff", 1023), ("400", 0), ("f401", 1)])
def test_undated_articles_are_spread_over_three_years(key, days):
    assert fixed_day(key) == micros(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=days))
