from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import EMBARGOED, UNREAD_DATE, Account, Article, Filter, Image
from syndicate.planning.plan import Candidate, plan, wanted

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BASELINE = NOW - timedelta(hours=48)
MASTO = Account("masto", "mastodon")


def article(minutes_ago: float | None = 5, **fields):
    published = None if minutes_ago is None else NOW - timedelta(minutes=minutes_ago)
    base = {"source": "news", "url": "https://gazette.example/a", "title": "A storm", "published": published}
    return Article(**base | fields)


def outcome(found, *, account=MASTO, account_baseline=BASELINE, source_baseline=BASELINE, on_top=False, zone="UTC"):
    planned = plan(
        [Candidate("anchor", found, on_top=on_top)],
        [(account, account_baseline)],
        source_baseline=source_baseline,
        zone=zone,
        now=NOW,
    )
    return [(entry.state, entry.reason) for entry in planned]


def test_the_first_reading_of_a_source_plans_nothing():
    assert outcome(article(), source_baseline=None) == []


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (article(5), ("due", None)),
        (article(23 * 60), ("due", None)),
        (article(25 * 60), ("skipped", "too_old")),
        (article(49 * 60), ("skipped", "baseline")),
        (article(-4), ("due", None)),
        (article(-30), ("planned", "embargo")),
        (article(-3, raw={EMBARGOED: "2026-11-23T12:03:00Z"}), ("planned", "embargo")),
        (article(None), ("skipped", "baseline")),
        (article(25 * 60, tz_assumed=True), ("due", None)),
        (article(39 * 60, tz_assumed=True), ("skipped", "too_old")),
        (article(36 * 60, precision="day"), ("due", None)),
    ],
)
def test_a_new_article_is_judged_by_its_date(found, expected):
    assert outcome(found) == [expected]


def test_an_undated_article_is_new_only_above_every_known_one():
    assert outcome(article(None), on_top=True) == [("due", None)]


def test_a_story_published_seconds_before_the_baseline_is_within_its_grace():
    baseline = NOW - timedelta(minutes=5)
    assert outcome(article(5.9), source_baseline=baseline) == [("due", None)]
    assert outcome(article(6.1), source_baseline=baseline) == [("skipped", "baseline")]


def test_a_date_without_a_time_is_compared_by_day_in_the_sources_zone():
    baseline = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # the 23rd in Tokyo
    day = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)  # 23 November, 00:00 in Tokyo
    dated = article(published=day, precision="day")
    assert outcome(dated, source_baseline=baseline, account_baseline=baseline, zone="Asia/Tokyo") == [("due", None)]
    earlier = article(published=day - timedelta(days=1), precision="day")
    assert outcome(earlier, source_baseline=baseline, zone="Asia/Tokyo") == [("skipped", "baseline")]


def test_a_new_account_gets_only_what_comes_after_it():
    since = NOW - timedelta(minutes=10)
    assert outcome(article(5), account_baseline=since) == [("due", None)]
    assert outcome(article(15), account_baseline=since) == [("skipped", "baseline")]


@pytest.mark.parametrize(
    ("rule", "fields", "admitted"),
    [
        (Filter(sections=("News",)), {"section": "News > Russia"}, True),
        (Filter(sections=("russia",)), {"section": "News > Russia"}, True),
        (Filter(sections=("News > Russia",)), {"section": "News > Russia"}, True),
        (Filter(sections=("Sport",)), {"section": "News > Russia"}, False),
        (Filter(sections=("Sport",)), {"section": None, "categories": ("Sport",)}, True),
        (Filter(tags=("sponsored",)), {"categories": ("Sponsored",)}, True),
        (Filter(languages=("en",)), {"language": "en-GB"}, True),
        (Filter(languages=("en-GB",)), {"language": "en"}, False),
        (Filter(languages=("en",)), {"language": None}, False),
        (Filter(sources=("news",)), {}, True),
        (Filter(title="(?i)storm"), {}, True),
        (Filter(title="^Live"), {}, False),
        (Filter(sections=("News",), languages=("pt",)), {"section": "News", "language": "en"}, False),
    ],
)
def test_only_and_never_are_each_others_mirror(rule, fields, admitted):
    found = article(5, **fields)
    only = outcome(found, account=Account("a", "mastodon", only=rule))
    never = outcome(found, account=Account("a", "mastodon", never=rule))
    assert only == [("due", None) if admitted else ("skipped", "filtered")]
    assert never == [("skipped", "filtered") if admitted else ("due", None)]


def test_what_a_person_asks_for_ignores_age_and_baseline():
    old = Candidate("anchor", article(60 * 24 * 365))
    filtered = Account("a", "mastodon", only=Filter(sections=("Sport",)))
    assert [entry.state for entry in wanted([old], [MASTO, filtered], now=NOW, filtered=False)] == ["due", "due"]
    assert [entry.state for entry in wanted([old], [MASTO, filtered], now=NOW, filtered=True)] == ["due", "skipped"]


def test_the_oldest_is_planned_first_and_equals_in_reverse_of_the_document():
    titles = {"first": 1, "second": 3, "twin above": 2, "twin below": 2}
    candidates = [Candidate(name, article(minutes, title=name)) for name, minutes in titles.items()]
    planned = plan(candidates, [(MASTO, BASELINE)], source_baseline=BASELINE, zone="UTC", now=NOW)
    assert [entry.candidate.anchor for entry in planned] == ["second", "twin below", "twin above", "first"]


HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (NOW - timedelta(days=2000), ("skipped", "baseline")),
        (NOW - 64 * HOURS, ("skipped", "too_old")),
        (NOW - 20 * HOURS, ("due", None)),
        (NOW + 2 * HOURS, ("due", None)),
    ],
)
def test_an_undated_article_is_at_least_as_old_as_its_last_change(changed, expected):
    assert outcome(article(None, updated=changed), on_top=True) == [expected]


def test_an_undated_article_that_was_changed_just_now_is_still_no_news_below_known_ones():
    assert outcome(article(None, updated=NOW)) == [("skipped", "baseline")]


def test_a_date_that_cannot_be_read_waits_for_a_person():
    unread = article(None, raw={UNREAD_DATE: "Yestreen"})
    (planned,) = plan(
        [Candidate("a", unread, on_top=True)], [(MASTO, BASELINE)], source_baseline=BASELINE, zone="UTC", now=NOW
    )
    assert (planned.state, planned.reason, planned.note) == ("planned", "date", "its date cannot be read: 'Yestreen'")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ("skipped", "empty")),
        ({"title": " "}, ("skipped", "empty")),
        ({"summary": "Fog."}, ("due", None)),
        ({"images": (Image("https://gazette.example/a.jpg"),)}, ("due", None)),
        ({"kind": "audio"}, ("due", None)),
    ],
)
def test_what_says_and_shows_nothing_is_not_announced(fields, expected):
    found = article(**{"title": ""} | fields)
    assert outcome(found) == [expected]
    (asked,) = wanted([Candidate("anchor", found)], [MASTO], now=NOW, filtered=True)
    assert (asked.state, asked.reason) == expected
