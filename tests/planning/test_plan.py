from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from syndicate.model import EMBARGOED, UNREAD_DATE, Account, Article, BreakingRules, Filter, Image, Schedule
from syndicate.planning.plan import FAR, GRACE, SOON, UNSURE, Baselines, Candidate, plan, steps, wanted

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


SLOW, STUCK = r"(a+)+b$", "a" * 500


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"never": Filter(title=SLOW)}, ("planned", "approval")),
        ({"only": Filter(title=SLOW)}, ("planned", "approval")),
        ({"never": Filter(title=SLOW), "delay": timedelta(hours=1)}, ("planned", "approval")),
        ({"never": Filter(title=SLOW, tags=("ads",))}, ("due", None)),
        ({"only": Filter(title=SLOW, tags=("ads",))}, ("skipped", "filtered")),
        ({"never": Filter(title=SLOW), "only": Filter(title="b")}, ("skipped", "filtered")),
        ({"only": Filter(title=SLOW), "never": Filter(title="a")}, ("skipped", "filtered")),
    ],
)
def test_a_title_that_takes_too_long_to_compare_waits_for_a_person(rules, expected):
    """It may be what the publisher never wants, or the very story an account is for: neither is decided unseen."""
    account = Account("a", "mastodon", **rules)
    assert outcome(article(title=STUCK), account=account) == [expected]
    [asked] = wanted([Candidate("anchor", article(title=STUCK))], [account], now=NOW, filtered=True)
    assert (asked.state, asked.reason) == expected
    assert outcome(article(25 * 60, title=STUCK), account=account)[0][0] == "skipped"


def test_what_waits_for_that_says_which_rule_and_keeps_the_account_as_it_is():
    account = Account("a", "mastodon", never=Filter(title=SLOW), delay=timedelta(hours=1))
    entry = planned(article(title=STUCK), account)
    assert entry.undecided == "never.title"
    assert entry.note == "never.title took too long on its title, so it may be one that the rule is about"
    assert entry.account is account
    assert planned(article(title="Fine"), account).undecided is None
    both = Account("a", "mastodon", only=Filter(title=SLOW))
    assert planned(article(title=STUCK), both).undecided == "only.title"
    far = planned(article(-60 * 24 * 90, title=STUCK), account)
    assert (far.reason, far.undecided) == ("date", "never.title")
    assert "days ahead" in far.note


def test_a_title_that_takes_too_long_is_no_breaking_news():
    assert planned(article(title=STUCK), breaking=BreakingRules(title=SLOW)).priority == 1
    assert planned(article(title="aab"), breaking=BreakingRules(title=SLOW)).priority == 0


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


SECOND = timedelta(seconds=1)


def planned(found, account=MASTO, **options):
    known = {"source_baseline": BASELINE, "zone": "UTC", "now": NOW} | options
    [entry] = plan([Candidate("anchor", found, on_top=True)], [(account, BASELINE)], **known)
    return entry


@pytest.mark.parametrize(
    ("ahead", "fields", "state", "reason"),
    [
        (SOON, {}, "due", None),
        (SOON + SECOND, {}, "planned", "embargo"),
        (timedelta(0), {"raw": {EMBARGOED: "x"}}, "due", None),
        (SECOND, {"raw": {EMBARGOED: "x"}}, "planned", "embargo"),
        (FAR, {}, "planned", "embargo"),
        (FAR + SECOND, {}, "planned", "date"),
    ],
)
def test_how_far_ahead_a_date_may_be(ahead, fields, state, reason):
    entry = planned(article(published=NOW + ahead, **fields))
    assert (entry.state, entry.reason) == (state, reason)
    assert entry.due_at == (NOW if state == "due" else NOW + ahead)
    told = f"it is dated {NOW + ahead:%Y-%m-%d}, more than 30 days ahead" if reason == "date" else None
    assert entry.note == told


@pytest.mark.parametrize(
    ("fields", "slack"),
    [
        ({}, timedelta(0)),
        ({"precision": "day"}, timedelta(days=1)),
        ({"tz_assumed": True}, timedelta(hours=14)),
        ({"precision": "day", "tz_assumed": True}, timedelta(hours=38)),
    ],
)
def test_to_the_second_how_old_an_article_may_be(fields, slack):
    oldest = NOW - MASTO.max_age - slack
    long_ago = {"source_baseline": oldest - timedelta(days=9)}
    accounts = [(MASTO, oldest - timedelta(days=9))]
    for age, state in ((timedelta(0), "due"), (SECOND, "skipped")):
        found = Candidate("anchor", article(published=oldest - age, **fields))
        [entry] = plan([found], accounts, zone="UTC", now=NOW, **long_ago)
        assert entry.state == state
        assert entry.expires_at == (NOW if state == "due" else None)
    assert planned(article(None)).expires_at == NOW + MASTO.max_age


@pytest.mark.parametrize(("assumed", "slack"), [(False, GRACE), (True, GRACE + UNSURE)])
def test_to_the_second_how_old_news_is(assumed, slack):
    for early, state in ((slack, "due"), (slack + SECOND, "skipped")):
        found = article(published=NOW - early, tz_assumed=assumed)
        assert planned(found, source_baseline=NOW).state == state


@pytest.mark.parametrize(
    ("account", "published", "state", "reason", "due_at"),
    [
        ({"approve": True}, timedelta(0), "planned", "approval", None),
        ({"approve": True}, timedelta(hours=1), "planned", "approval", timedelta(hours=1)),
        ({"approve": True, "delay": timedelta(hours=2)}, timedelta(0), "planned", "approval", timedelta(hours=2)),
        ({"approve": True}, timedelta(days=31), "planned", "date", timedelta(days=31)),
        ({"delay": timedelta(hours=2)}, timedelta(0), "planned", "delay", timedelta(hours=2)),
        ({"delay": timedelta(hours=2)}, timedelta(hours=1), "planned", "delay", timedelta(hours=2)),
        ({"delay": timedelta(hours=2)}, timedelta(hours=3), "planned", "embargo", timedelta(hours=3)),
        ({"delay": timedelta(hours=2)}, timedelta(hours=2), "planned", "delay", timedelta(hours=2)),
    ],
)
def test_what_an_article_waits_for(account, published, state, reason, due_at):
    entry = planned(article(published=NOW + published), Account("a", "mastodon", **account))
    assert (entry.state, entry.reason, entry.due_at) == (state, reason, None if due_at is None else NOW + due_at)


@pytest.mark.parametrize(
    ("raw", "fields", "rules", "priority"),
    [
        ({}, {}, {}, 1),
        ({"urgency": "1"}, {}, {}, 0),
        ({"urgency": "2"}, {}, {}, 1),
        ({"priority": "Breaking"}, {}, {}, 0),
        ({"priority": "FLASH"}, {}, {}, 0),
        ({"priority": "low"}, {}, {}, 1),
        ({}, {"categories": ("Alert",)}, {"tags": ("alert",)}, 0),
        ({}, {"categories": ("Alerts",)}, {"tags": ("alert",)}, 1),
        ({}, {"section": "News > Live"}, {"sections": ("Live",)}, 0),
        ({}, {}, {"title": "storm"}, 0),
        ({}, {}, {"title": "^storm"}, 1),
    ],
)
@pytest.mark.parametrize("delay", [timedelta(0), timedelta(hours=1)])
def test_what_is_breaking_news(raw, fields, rules, priority, delay):
    at_once = Account("a", "mastodon", delay=delay, schedule=Schedule(timezone="UTC", breaking="at once"))
    waits = Account("a", "mastodon", delay=delay, schedule=Schedule(timezone="UTC", breaking="wait"))
    rules = BreakingRules(**rules)
    found = article(raw=raw, **fields)
    assert planned(found, at_once, breaking=rules).priority == priority
    assert planned(found, at_once, breaking=rules).state == ("planned" if delay and priority else "due")
    assert planned(found, waits, breaking=rules).state == ("planned" if delay else "due")


@pytest.mark.parametrize(
    ("language", "wish", "speaks"),
    [
        ("en", "en", True),
        ("EN", "en", True),
        ("en-gb", "EN-GB", True),
        ("en-GB", "en", True),
        ("en", "en-GB", False),
        ("eng", "en", False),
        (None, "en", False),
    ],
)
def test_a_language_admits_its_regions(language, wish, speaks):
    rule = Account("a", "mastodon", only=Filter(languages=("pt", wish)))
    assert planned(article(language=language), rule).state == ("due" if speaks else "skipped")


def test_what_a_person_asks_for_has_no_delay_and_no_age_and_keeps_its_embargo():
    slow = Account("a", "mastodon", delay=timedelta(hours=1))
    now, later = article(60 * 24 * 365, raw={"urgency": "1"}), article(-60)
    entries = wanted([Candidate("b", later), Candidate("a", now)], [slow], now=NOW, filtered=False)
    assert [(entry.candidate.anchor, entry.state, entry.reason) for entry in entries] == [
        ("a", "due", None),
        ("b", "planned", "embargo"),
    ]
    assert [(entry.due_at, entry.expires_at, entry.priority) for entry in entries] == [
        (NOW, None, 0),
        (NOW + timedelta(hours=1), None, 1),
    ]


def test_the_steps_say_what_they_compared():
    found = article(None)
    [_, newness, age] = steps(found, MASTO, Baselines(BASELINE, NOW), "UTC", NOW)
    assert (newness.passed, newness.began, newness.published, age.age, age.passed) == (None, NOW, None, None, True)
    [_, newness, _] = steps(found, MASTO, Baselines(BASELINE, None), "UTC", NOW, on_top=True)
    assert (newness.passed, newness.began) == (None, None)
    [_, newness, age] = steps(article(-10), MASTO, Baselines(NOW, BASELINE), "UTC", NOW, on_top=False)
    assert (newness.passed, newness.began, newness.slack) == (True, NOW, GRACE)
    assert (age.age, age.limit) == (timedelta(0), MASTO.max_age)


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


def test_an_article_without_a_date_is_as_old_as_its_last_change():
    found = replace(article(None), updated=NOW - timedelta(hours=2))
    [_, _, age] = steps(found, MASTO, Baselines(BASELINE, NOW), "UTC", NOW)
    assert age.age == timedelta(hours=2)
