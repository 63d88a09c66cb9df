"""Which stories may be posted again, in turn: found by an index, however many articles there are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syndicate.ledger.evergreens import Survey, Turn
from syndicate.model import LAST_OF_ALL

DAY = timedelta(days=1)


def turns(ledger, times, before, most=10):
    return [turn.anchor for turn in ledger.evergreens.turns("masto", times, before, most)]


def test_those_of_longest_ago_come_first_each_number_of_times_by_itself(ledger, clock):
    for number, (times, days) in enumerate([(0, 3), (0, 9), (1, 20), (0, 6)]):
        ledger.evergreens.put("masto", Turn(f"a{number}", times, clock() - days * DAY))
    ledger.evergreens.put("blue", Turn("a9", 0, clock() - 99 * DAY))
    assert turns(ledger, 0, clock()) == ["a1", "a3", "a0"]
    assert turns(ledger, 0, clock() - 5 * DAY) == ["a1", "a3"]
    assert turns(ledger, 0, clock(), most=1) == ["a1"]
    assert turns(ledger, 1, clock()) == ["a2"]
    ledger.evergreens.put("masto", Turn("a1", 1, clock()))  # it was repeated
    assert (turns(ledger, 0, clock()), turns(ledger, 1, clock())) == (["a3", "a0"], ["a2", "a1"])
    ledger.evergreens.drop("masto", "a3")
    assert turns(ledger, 0, clock()) == ["a0"]


@pytest.mark.parametrize("state", ["planned", "due", "sending", "unknown", "held"])
def test_one_is_open_until_it_is_posted_skipped_or_failed(ledger, put, state):
    row = put(1, state=state)
    assert not ledger.evergreens.is_open("masto")  # a story's first post is none
    ledger.database.change("UPDATE delivery SET again = :rule WHERE key = :key", rule='{"by":"rule"}', key=row.key)
    assert ledger.evergreens.is_open("masto")
    assert not ledger.evergreens.is_open("blue")
    ledger.database.change("UPDATE delivery SET state = 'posted' WHERE key = :key", key=row.key)
    assert not ledger.evergreens.is_open("masto")


def test_only_what_a_rule_sent_counts_for_its_day(ledger, put, clock):
    rule, person = {"by": "rule", "text": None}, {"by": "person", "text": "Words"}
    put(1, state="posted", committed_at=clock() - DAY, priority=LAST_OF_ALL, again=rule)
    put(2, state="posted", committed_at=clock(), priority=LAST_OF_ALL, again=rule)
    put(3, state="posted", committed_at=clock(), again=person)
    put(4, state="posted", committed_at=clock())
    assert ledger.evergreens.sent_by_rule("masto", clock() - DAY) == 2
    assert ledger.evergreens.sent_by_rule("masto", clock() - DAY / 2) == 1


def test_news_is_what_is_due_soon_and_nothing_that_waits_for_a_person(ledger, put, clock):
    soon = clock() + timedelta(minutes=10)
    put(1, state="planned", reason="approval", due_at=clock())
    put(2, state="due", due_at=clock(), again={"by": "rule", "text": None})
    put(3, state="posted", due_at=None)
    assert ledger.evergreens.news_at("masto", soon) is None
    put(4, state="planned", reason="embargo", due_at=soon)
    assert ledger.evergreens.news_at("masto", soon) == soon
    assert ledger.evergreens.news_at("masto", soon - timedelta(seconds=1)) is None
    put(5, state="due", due_at=clock())
    assert ledger.evergreens.news_at("masto", soon) == clock()


def test_a_survey_goes_on_where_it_was_up_to_the_first_article_that_is_too_young(ledger, put, clock):
    assert ledger.evergreens.survey() is None
    for number in range(5):
        put(number)
        clock.now += DAY
    survey = Survey("rules")
    found = ledger.evergreens.articles(survey, clock() - 2 * DAY, 2)
    assert [known.article.title for _, known in found] == ["Story 0", "Story 1"]
    survey = Survey("rules", found[-1][0])
    ledger.evergreens.surveyed(survey)
    assert ledger.evergreens.survey() == survey
    found = ledger.evergreens.articles(survey, clock() - 2 * DAY, 9)
    assert [known.article.title for _, known in found] == ["Story 2", "Story 3"]
    ledger.evergreens.surveyed(Survey("rules", 7, clock()))
    assert ledger.evergreens.survey() == Survey("rules", 7, clock())


def test_no_question_reads_all_rows_of_a_table(ledger):
    """SQLite's plans: each is answered by an index, so that a million articles cost no more than ten."""
    asked: list[str] = []
    database = ledger.database
    plain = database.rows

    def watched(sql, **values):
        asked.extend(row["detail"] for row in plain(f"EXPLAIN QUERY PLAN {sql}", **values))
        return plain(sql, **values)

    now = ledger.now()
    database.rows = watched
    try:
        ledger.evergreens.turns("masto", 0, now, 20)
        for question in (
            lambda: ledger.evergreens.is_open("masto"),
            lambda: ledger.evergreens.sent_by_rule("masto", now),
            lambda: ledger.evergreens.news_at("masto", now),
            lambda: ledger.evergreens.articles(Survey("rules"), now, 200),
        ):
            question()
    finally:
        del database.rows
    assert any("evergreen_by_turn (account=? AND times=? AND last_at<?)" in plan for plan in asked), asked
    assert any("delivery_again (account=?" in plan for plan in asked), asked
    assert any("delivery_by_commit (account=? AND committed_at>?)" in plan for plan in asked), asked
    assert [plan for plan in asked if plan.startswith("SCAN") or "TEMP B-TREE" in plan] == []
