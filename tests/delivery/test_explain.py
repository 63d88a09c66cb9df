from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.delivery.explain import Facts, explain
from syndicate.ledger.accounts import AccountState
from syndicate.ledger.articles import StoredArticle
from syndicate.model import Account, Article, Delivery, Filter
from syndicate.model.override import Override, PostOverride
from syndicate.planning.plan import Candidate, plan

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STORY = Article("news", "https://g.example/1", "Story", published=NOON, section="News > Travel", categories=("trains",))


def steps(account=None, *, article=STORY, seen=NOON, baseline=NOON - timedelta(hours=5), paused=None, **delivery):
    account = account or Account("masto", "mastodon")
    state = AccountState("masto", "mastodon", NOON - timedelta(hours=3), paused, NOON, None, None)
    made = None
    if delivery:
        made = Delivery("k", "a", article.url, "masto", "mastodon", "post", 0, 0, **delivery)
    facts = Facts(StoredArticle("a", article, seen), baseline, "UTC", made, [], NOON + timedelta(minutes=1))
    found = explain(account, state, facts)
    return {step.name: (step.verdict, step.value, *([step.cure] if step.cure else [])) for step in found}


def row(state, reason=None, **fields):
    base = {"due_at": None, "planned_at": NOON, "attempts": 1, "fence": 1}
    return base | {"state": state, "reason": reason} | fields


def test_a_posted_story_passed_every_step():
    found = steps(**row("posted", permalink="https://social.example/1"))
    assert found["filter"] == ("yes", "none is set")
    assert found["baseline"][0] == "yes"
    assert "the account's first run at 2026-11-23T09:00:00Z" in found["baseline"][1]
    assert found["age"] == ("yes", "0s old when first seen; max_age 24h")
    assert found["posted"] == ("yes", "https://social.example/1")


@pytest.mark.parametrize(
    ("backing", "card"),
    [
        (
            {"why": "its page names none that is ours", "refs": []},
            ("note", "plain, since its page names none that is ours"),
        ),
        ({"why": "", "refs": [{"uri": "at://a"}, {"uri": "at://b"}]}, ("yes", "it names at://a and at://b")),
        (None, None),
    ],
)
def test_a_link_card_says_which_records_it_names_or_why_none(backing, card):
    assert steps(**row("posted", post={"backing": backing} if backing else {})).get("card") == card


def test_a_filter_says_what_it_compared():
    picky = Account("masto", "mastodon", only=Filter(sections=("Sport",)), never=Filter(title="^Quiz"))
    found = steps(picky, **row("skipped", "filtered"))
    assert found["filter"][0] == "no"
    assert "section News > Travel; tags trains" in found["filter"][1]
    assert "only sections Sport; never title /^Quiz/" in found["filter"][1]
    assert found["skipped"] == ("no", "filtered")


def test_a_story_from_before_the_first_run_and_one_that_came_too_late():
    early = replace(STORY, published=NOON - timedelta(hours=4))
    assert steps(article=early, **row("skipped", "baseline"))["baseline"][0] == "no"
    late = steps(seen=NOON + timedelta(days=3), **row("skipped", "too_old"))
    assert late["age"] == ("no", "3d old when first seen; max_age 24h")
    undated = steps(article=replace(STORY, published=None))
    assert undated["baseline"][0] == "note"
    ahead = steps(article=replace(STORY, published=NOON + timedelta(hours=2)), **row("planned", "embargo"))
    assert ahead["embargo"] == ("waits", "dated in the future, 2026-11-23T14:00:00Z")


def test_what_was_planned_by_hand_is_not_told_to_have_been_stopped():
    old = replace(STORY, published=NOON - timedelta(days=90))
    found = steps(article=old, **row("posted"))
    assert (found["baseline"][0], found["age"][0]) == ("note", "note")


@pytest.mark.parametrize(
    ("paused", "told", "cure"),
    [
        ("auth", "paused: its login was refused", "check"),
        ("person", "paused by a person", "resume"),
        ("all", "paused with everything else", "resume_all"),
    ],
)
def test_a_paused_account_says_so_and_how_to_go_on(paused, told, cure):
    assert steps(paused=paused, **row("due", "auth"))["account"] == ("waits", told, cure)


@pytest.mark.parametrize("reason", ["approval", "burst", "similar"])
def test_what_waits_for_a_person_says_so(reason):
    assert steps(**row("planned", reason, error="why"))["planned"] == ("waits", f"{reason}, why", "approve")


def test_what_nobody_knows_is_told_as_unclear():
    found = steps(**row("held", "no_answer", error="read timed out"))
    assert found["held"] == ("unclear", "no_answer, read timed out")
    assert steps()["delivery"][0] == "no"
    assert steps(baseline=None)["baseline"][0] == "note"


minutes = st.integers(-3 * 24 * 60, 5 * 24 * 60)


@given(
    published=minutes,
    source=minutes,
    joined=minutes,
    precision=st.sampled_from(["second", "day"]),
    tz_assumed=st.booleans(),
    section=st.sampled_from(["News", "Sport"]),
    zone=st.sampled_from(["UTC", "Asia/Tokyo"]),
)
def test_it_tells_the_very_step_at_which_a_story_was_skipped(
    published, source, joined, precision, tz_assumed, section, zone
):
    ago = [NOON - timedelta(minutes=each) for each in (published, source, joined)]
    story = Article("news", "https://g.example/1", "Story", published=ago[0], precision=precision, section=section)
    story = replace(story, tz_assumed=tz_assumed)
    account = Account("masto", "mastodon", only=Filter(sections=("News",)))
    [entry] = plan([Candidate("a", story)], [(account, ago[2])], source_baseline=ago[1], zone=zone, now=NOON)
    state = AccountState("masto", "mastodon", ago[2], None, NOON, None, None)
    found = explain(account, state, Facts(StoredArticle("a", story, NOON), ago[1], zone, None, [], NOON))
    told = [step.name for step in found if step.verdict == "no" and step.name != "delivery"]
    named = {"filtered": "filter", "baseline": "baseline", "too_old": "age"}
    assert told[:1] == ([named[entry.reason]] if entry.state == "skipped" else [])


@pytest.mark.parametrize(
    ("outcome", "verdict", "said"),
    [
        ("posted", "yes", "posted"),
        ("unknown", "unclear", "unknown"),
        (None, "unclear", "not ended"),
        ("due", "waits", "due"),
        ("rejected", "waits", "rejected"),
    ],
)
def test_each_try_says_how_it_ended(outcome, verdict, said):
    facts = Facts(StoredArticle("a", STORY, NOON), NOON, "UTC", None, [(NOON, "due"), (NOON, outcome)], NOON)
    found = {step.name: (step.verdict, step.value) for step in explain(Account("m", "mastodon"), None, facts)}
    assert found["attempt 2"] == (verdict, f"2026-11-23T12:00:00Z: {said}")
    assert "attempt 0" not in found


@pytest.mark.parametrize(
    ("state", "fields", "verdict", "value"),
    [
        ("posted", {}, "yes", "done"),
        ("due", {}, "waits", "now"),
        ("due", {"due_at": NOON + timedelta(minutes=1)}, "waits", "now"),
        ("due", {"due_at": NOON + timedelta(minutes=2)}, "waits", "; not before 2026-11-23T12:02:00Z"),
        ("due", {"reason": "unavailable", "error": "down\n at noon"}, "waits", "unavailable, down at noon"),
        ("due", {"reason": "window", "error": "windows 08:00-10:00"}, "waits", "window"),
        ("failed", {"reason": "rejected", "error": "no"}, "no", "rejected, no"),
        ("held", {"reason": "no_answer"}, "unclear", "no_answer"),
        ("unknown", {"reason": "no_answer"}, "unclear", "no_answer"),
    ],
)
def test_the_end_says_the_state_why_and_from_when(state, fields, verdict, value):
    assert steps(**row(state, **fields))[state] == (verdict, value)


@pytest.mark.parametrize(
    ("imported", "why"),
    [(True, "it was announced elsewhere"), (False, "what a first run finds is recorded, not posted")],
)
def test_what_was_never_planned_says_why(imported, why):
    facts = Facts(StoredArticle("a", STORY, NOON, imported=imported), NOON, "UTC", None, [], NOON)
    found = explain(Account("m", "mastodon"), None, facts)
    assert (found[-1].name, found[-1].verdict, found[-1].value) == ("delivery", "no", f"none was planned: {why}")


@pytest.mark.parametrize(
    ("state", "reason", "error", "verdict", "value"),
    [
        ("posted", None, None, "yes", "done"),
        ("due", "unavailable", "down", "waits", "due: unavailable, down"),
        ("due", None, None, "waits", "due"),
        ("skipped", "unchanged", None, "note", "skipped: unchanged"),
    ],
)
def test_a_change_of_a_post_says_how_far_it_is(state, reason, error, verdict, value):
    edit = Delivery("k2", "a", STORY.url, "m", "mastodon", "edit", 1, 0, **row(state, reason, error=error))
    facts = Facts(StoredArticle("a", STORY, NOON), NOON, "UTC", None, [], NOON, changes=[edit])
    found = explain(Account("m", "mastodon"), None, facts)[-1]
    assert (found.name, found.verdict, found.value) == ("edit", verdict, value)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(0), "0s"),
        (timedelta(seconds=59), "59s"),
        (timedelta(seconds=60), "1m"),
        (timedelta(seconds=90), "90s"),
        (timedelta(seconds=119), "119s"),
        (timedelta(seconds=120), "2m"),
        (timedelta(minutes=60), "1h"),
        (timedelta(minutes=119), "119m"),
        (timedelta(hours=2), "2h"),
        (timedelta(hours=24), "24h"),
        (timedelta(hours=47), "47h"),
        (timedelta(hours=48), "2d"),
    ],
)
def test_an_age_is_said_as_people_write_it(length, said):
    assert steps(seen=NOON + length, **row("due"))["age"][1] == f"{said} old when first seen; max_age 24h"


@pytest.mark.parametrize(("seconds", "waits"), [(61, True), (60, False)])
@pytest.mark.parametrize("state", ["due", "planned"])
def test_an_account_whose_network_asked_to_wait_says_until_when(seconds, waits, state):
    until = NOON + timedelta(seconds=seconds)
    made = Delivery("k", "a", STORY.url, "m", "mastodon", "post", 0, 0, **row(state))
    account = AccountState("m", "mastodon", NOON, None, until, None, None)
    facts = Facts(StoredArticle("a", STORY, NOON), NOON, "UTC", made, [], NOON + timedelta(minutes=1))
    found = [step.value for step in explain(Account("m", "mastodon"), account, facts) if step.name == "account"]
    told = "the network asked to wait until 2026-11-23T12:01:01Z"
    assert found == ([told] if waits and state == "due" else [])


ITS_TEXT = "the article says so itself (news.md:3): its text"


@pytest.mark.parametrize(
    ("delivery", "found"),
    [
        ({}, ("yes", ITS_TEXT)),
        (row("planned", post={"text": "Other words"}), ("yes", ITS_TEXT)),
        (
            row("posted", post={"text": "Other words"}),
            ("note", f"{ITS_TEXT}; its post went out without this text, and stays as it is"),
        ),
        (row("posted", post={"text": "Own words"}), ("yes", ITS_TEXT)),
        (row("posted", post={}), ("note", f"{ITS_TEXT}; its post went out without this text, and stays as it is")),
    ],
)
def test_what_an_article_says_itself_is_held_against_its_post_only_once_that_is_out(delivery, found):
    said = replace(STORY, override=Override("news.md:3", PostOverride(text="Own words")))
    assert steps(article=said, **delivery)["override"] == found


def test_a_post_that_is_out_is_not_held_against_words_that_its_article_does_not_have():
    said = replace(STORY, override=Override("news.md:3", PostOverride(alt="A bridge")))
    found = steps(article=said, **row("posted", post={"text": "Other words"}))["override"]
    assert found == ("yes", "the article says so itself (news.md:3): its alt")
