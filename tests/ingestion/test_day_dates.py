"""Dates that are days: where every one is midnight, and what then becomes of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from syndicate.ingestion.day_dates import by_day
from syndicate.model import EMBARGOED

NOW = datetime(2025, 1, 10, 12, tzinfo=UTC)  # in winter, when Lisbon keeps UTC
TOKYO, NEW_YORK = "Asia/Tokyo", "America/New_York"


def at(day, hour=0, **rest):
    return datetime(2025, 1, day, hour, tzinfo=UTC).replace(**rest)


@pytest.mark.parametrize(
    ("zone", "dates", "days"),
    [
        ("UTC", [], []),
        ("UTC", [None], [None]),
        ("UTC", [at(1)], [at(1)]),
        ("UTC", [at(1), None, at(2)], [at(1), None, at(2)]),
        ("UTC", [at(1), at(2, second=1)], None),
        ("UTC", [at(1), at(2, microsecond=1)], None),
        ("UTC", [at(1), at(2, minute=1)], None),
        ("UTC", [at(11), at(12)], [at(11), at(12)]),  # ahead, and the publisher's own zone
        (TOKYO, [at(1, 15), at(2, 15)], [at(1, 15), at(2, 15)]),
        (TOKYO, [at(11, 15)], [at(11, 15)]),
        (TOKYO, [at(1), at(2)], [datetime(2024, 12, 31, 15, tzinfo=UTC), at(1, 15)]),
        (TOKYO, [at(1), None, at(2)], [datetime(2024, 12, 31, 15, tzinfo=UTC), None, at(1, 15)]),
        (TOKYO, [at(1)], None),  # one alone may be by chance
        (TOKYO, [at(1), None], None),
        (TOKYO, [at(1), at(2, 15)], None),
        (NEW_YORK, [at(1), at(2)], [at(1, 5), at(2, 5)]),
        (NEW_YORK, [at(10), at(9)], [at(10, 5), at(9, 5)]),
        (NEW_YORK, [at(10), at(11)], None),  # one ahead may be an embargo
    ],
)
def test_days_are_midnights_of_the_source_or_all_of_utc(article, zone, dates, days):
    listed = [article(number, published=date) for number, date in enumerate(dates)]
    found = by_day(listed, zone, NOW)
    if days is None:
        assert found == tuple(listed)
    else:
        assert [each.published for each in found] == days
        assert [each.precision == "day" for each in found] == [date is not None for date in days]


@pytest.mark.parametrize(("later", "days"), [(timedelta(0), True), (timedelta(microseconds=-1), False)])
def test_what_is_dated_ahead_is_no_day_of_another_zone(article, later, days):
    listed = [article(number, published=at(number)) for number in (8, 9)]
    assert (by_day(listed, TOKYO, at(9) + later)[0].precision == "day") is days


@pytest.mark.parametrize("zone", ["UTC", TOKYO])
def test_one_stated_embargo_keeps_every_date_as_it_is(article, zone):
    listed = [article(1, published=at(1), raw={EMBARGOED: "yes"}), article(2, published=at(2))]
    assert by_day(listed, zone, NOW) == tuple(listed)
